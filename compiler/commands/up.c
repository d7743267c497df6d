/* up.c - `inlay up`. */
#include "commands.h"

enum exit_code command_up(const struct options *options)
{
	(void)options;
	return EXIT_FAILED;
}
