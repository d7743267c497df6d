/* inspect.c - `inlay inspect`. */
#include "commands.h"

enum exit_code command_inspect(const struct options *options)
{
	(void)options;
	return EXIT_FAILED;
}
