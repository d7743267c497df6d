/* help.c - `inlay help`: on the program, a command or a topic. */
#include "commands.h"

#include "manual/manual.h"

#include <stdio.h>

enum exit_code command_help(const struct options *options)
{
	struct manual manual;
	const struct command *command;
	const struct manual_topic *topic;
	struct buffer out = { 0 };

	manual.commands = commands_all(&manual.count);
	if (options->operand == NULL) {
		manual_write_usage(&manual, &out);
	} else {
		command = commands_find(options->operand);
		topic = manual_find_topic(options->operand);
		if (command != NULL)
			manual_write_help(command, &out);
		else if (topic != NULL)
			manual_write_topic(topic, &out);
		else
			return manual_complain("help", options->operand);
	}
	buffer_print(&out, stdout);
	return EXIT_DONE;
}
