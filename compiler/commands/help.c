/* help.c - `inlay help` and `inlay manual`: on the program, a command or a topic. */
#include "commands.h"

#include "manual/manual.h"

#include <stdio.h>

/* How it is written. */
struct form {
	const char *command;
	void (*program)(const struct manual *manual, struct buffer *out);
	void (*page)(const struct command *command, struct buffer *out);
	void (*topic)(const struct manual_topic *topic, struct buffer *out);
};

static enum exit_code print(const struct options *options, const struct form *form)
{
	struct manual manual;
	const struct command *command;
	const struct manual_topic *topic;
	struct buffer out = { 0 };

	manual.commands = commands_all(&manual.count);
	if (options->operand == NULL) {
		form->program(&manual, &out);
	} else {
		command = commands_find(options->operand);
		topic = manual_find_topic(options->operand);
		if (command != NULL)
			form->page(command, &out);
		else if (topic != NULL)
			form->topic(topic, &out);
		else
			return manual_complain(form->command, options->operand);
	}
	buffer_print(&out, stdout);
	return EXIT_DONE;
}

enum exit_code command_help(const struct options *options)
{
	static const struct form terminal = { "help", manual_write_usage, manual_write_help,
		                              manual_write_topic };

	return print(options, &terminal);
}

enum exit_code command_manual(const struct options *options)
{
	static const struct form roff = { "manual", manual_write_main_page, manual_write_page,
		                          manual_write_topic_page };

	return print(options, &roff);
}
