/* completion.c - `inlay completion`. */
#include "commands.h"

enum exit_code command_completion(const struct options *options)
{
	(void)options;
	return EXIT_FAILED;
}
