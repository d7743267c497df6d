/* new.c - `inlay new`. */
#include "commands.h"

enum exit_code command_new(const struct options *options)
{
	(void)options;
	return EXIT_FAILED;
}
