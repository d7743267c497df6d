/* help.c - `inlay help`: on the program, a command or a topic. */
#include "commands.h"

#include "manual/manual.h"

enum exit_code command_help(const struct options *options)
{
	size_t count;
	const struct command *commands = commands_all(&count);

	(void)options;
	manual_print_usage(stdout, commands, count);
	return EXIT_DONE;
}
