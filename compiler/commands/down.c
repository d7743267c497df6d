/* down.c - `inlay down`. */
#include "commands.h"

enum exit_code command_down(const struct options *options)
{
	(void)options;
	return EXIT_FAILED;
}
