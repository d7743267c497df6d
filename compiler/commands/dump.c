/* dump.c - `inlay dump`. */
#include "commands.h"

enum exit_code command_dump(const struct options *options)
{
	(void)options;
	return EXIT_FAILED;
}
