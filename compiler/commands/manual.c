/* manual.c - `inlay manual`. */
#include "commands.h"

enum exit_code command_manual(const struct options *options)
{
	(void)options;
	return EXIT_FAILED;
}
