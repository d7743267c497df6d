/* redo.c - `inlay redo`. */
#include "commands.h"

enum exit_code command_redo(const struct options *options)
{
	(void)options;
	return EXIT_FAILED;
}
