/* completion.c - `inlay completion`: a script for a shell. */
#include "commands.h"

#include "manual/manual.h"

#include <stdio.h>
#include <string.h>

enum exit_code command_completion(const struct options *options)
{
	static const struct {
		const char *name;
		void (*write)(const struct manual *manual, struct buffer *out);
	} shells[] = {
		{ "bash", manual_write_bash },
		{ "zsh", manual_write_zsh },
		{ "fish", manual_write_fish },
	};
	struct buffer out = { 0 };
	struct manual manual;
	size_t i;

	manual.commands = commands_all(&manual.count);
	for (i = 0; i < sizeof(shells) / sizeof(shells[0]); i++) {
		if (strcmp(shells[i].name, options->operand) != 0)
			continue;
		shells[i].write(&manual, &out);
		buffer_print(&out, stdout);
		return EXIT_DONE;
	}
	return options_complain("completion", "the shell is bash, zsh or fish, not",
	                        options->operand);
}
