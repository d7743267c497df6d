/* repair.c - `inlay repair`. */
#include "commands.h"

enum exit_code command_repair(const struct options *options)
{
	(void)options;
	return EXIT_FAILED;
}
