/* adopt.c - `inlay adopt`. */
#include "commands.h"

enum exit_code command_adopt(const struct options *options)
{
	(void)options;
	return EXIT_FAILED;
}
