/* help.c - usage, the help of one command and topics, in 80 columns where that goes. */
#include "manual.h"

#include <string.h>

#define LEFT_SIZE 29 /* Columns of an option's name and argument. */
#define WIDTH     79

static void pad_to(struct buffer *out, size_t start, size_t width)
{
	while (out->size - start < width)
		buffer_byte(out, ' ');
}

/* A paragraph in lines. */
static void write_block(struct text block, bool is_kept, struct buffer *out)
{
	struct text rest = block;
	size_t column = 0;
	struct text word;

	buffer_byte(out, '\n');
	if (is_kept) {
		buffer_text(out, block);
		buffer_byte(out, '\n');
		return;
	}
	for (word = text_next_word(&rest, " "); word.size > 0; word = text_next_word(&rest, " ")) {
		size_t width = text_code_points(word);

		if (column > 0 && column + 1 + width > WIDTH) {
			buffer_byte(out, '\n');
			column = 0;
		}
		if (column > 0) {
			buffer_byte(out, ' ');
			column++;
		}
		buffer_text(out, word);
		column += width;
	}
	buffer_byte(out, '\n');
}

void manual_write_usage(const struct manual *manual, struct buffer *out)
{
	static const char *const titles[COMMAND_GROUP_COUNT] = {
		[COMMANDS_BUILD] = "in the build",
		[COMMANDS_DATABASE] = "with a database",
		[COMMANDS_TAKE_UP] = "coming from somewhere else",
		[COMMANDS_HELP] = "help",
	};
	size_t topic_count;
	const struct manual_topic *topics = manual_topics(&topic_count);
	enum command_group group;
	size_t i;

	buffer_string(out, "inlay - your schema, compiled in\n\n"
	                   "usage: inlay COMMAND [options] [operands]\n");
	for (group = 0; group < COMMAND_GROUP_COUNT; group++) {
		buffer_format(out, "\n%s\n", titles[group]);
		for (i = 0; i < manual->count; i++)
			if (manual->commands[i].group == group)
				buffer_format(out, "  %-10s %-11s %s\n", manual->commands[i].name,
				              manual->commands[i].operand,
				              manual->commands[i].summary);
	}
	buffer_string(out, "\n  inlay COMMAND --help     its options, and examples\n"
	                   "  inlay help TOPIC         more:");
	for (i = 0; i < topic_count; i++)
		buffer_format(out, "%s %s", i > 0 ? "," : "", topics[i].name);
	buffer_string(out,
	              "\n  inlay --version          the version, and what it was built with\n");
}

static void write_option(const struct option *option, struct buffer *out)
{
	const char *line = option->help;
	size_t start = out->size;

	buffer_string(out, "  ");
	manual_write_option(option, out);
	pad_to(out, start, LEFT_SIZE + 2);
	for (;;) {
		size_t size = strcspn(line, "\n");

		buffer_format(out, " %.*s\n", (int)size, line);
		if (line[size] == '\0')
			return;
		line += size + 1;
		start = out->size;
		pad_to(out, start, LEFT_SIZE + 2);
	}
}

void manual_write_help(const struct command *command, struct buffer *out)
{
	const struct manual_page *page = manual_find(command->name);
	size_t count;
	const struct option *options = options_all(&count);
	size_t i;

	buffer_format(out, "inlay %s - %s\n\nusage: inlay %s [options]%s%s\n\n", command->name,
	              command->summary, command->name, command->operand[0] != '\0' ? " " : "",
	              command->operand);
	for (i = 0; i < count; i++)
		if (options_takes(command, &options[i]))
			write_option(&options[i], out);
	if (page == NULL)
		return;
	manual_blocks(page->description, write_block, out);
	for (i = 0; i < MANUAL_EXAMPLES_MAX && page->examples[i].line != NULL; i++)
		buffer_format(out, "%s  %s\n      %s\n", i == 0 ? "\nfor example\n" : "",
		              page->examples[i].line, page->examples[i].text);
	if (page->exit_status != NULL) {
		const char *line = page->exit_status;

		buffer_string(out, "\nexit status\n");
		for (; *line != '\0'; line += strcspn(line, "\n") + (strchr(line, '\n') != NULL))
			buffer_format(out, "  %.*s\n", (int)strcspn(line, "\n"), line);
	}
}

void manual_write_topic(const struct manual_topic *topic, struct buffer *out)
{
	buffer_format(out, "%s - %s\n", topic->name, topic->summary);
	manual_blocks(topic->text, write_block, out);
}
