/* baseline.c - `inlay baseline`. */
#include "commands.h"

enum exit_code command_baseline(const struct options *options)
{
	(void)options;
	return EXIT_FAILED;
}
