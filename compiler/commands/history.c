/* history.c - `inlay history`. */
#include "commands.h"

enum exit_code command_history(const struct options *options)
{
	(void)options;
	return EXIT_FAILED;
}
