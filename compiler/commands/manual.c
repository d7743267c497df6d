/* manual.c - `inlay manual`: a page for man. */
#include "commands.h"

#include "manual/manual.h"

#include <stdio.h>

enum exit_code command_manual(const struct options *options)
{
	struct manual manual;
	const struct command *command;
	const struct manual_topic *topic;
	struct buffer out = { 0 };

	manual.commands = commands_all(&manual.count);
	if (options->operand == NULL) {
		manual_write_main_page(&manual, &out);
	} else {
		command = commands_find(options->operand);
		topic = manual_find_topic(options->operand);
		if (command != NULL)
			manual_write_page(command, &out);
		else if (topic != NULL)
			manual_write_topic_page(topic, &out);
		else
			return manual_complain("manual", options->operand);
	}
	buffer_print(&out, stdout);
	return EXIT_DONE;
}
