/* verify.c - `inlay verify`. */
#include "commands.h"

enum exit_code command_verify(const struct options *options)
{
	(void)options;
	return EXIT_FAILED;
}
