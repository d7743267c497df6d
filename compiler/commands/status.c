/* status.c - `inlay status`. */
#include "commands.h"

enum exit_code command_status(const struct options *options)
{
	(void)options;
	return EXIT_FAILED;
}
