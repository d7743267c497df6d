/* markdown.c - docs/commands.md: every command and topic on one page. */
#include "manual.h"

#include <string.h>

static void write_block(struct text block, bool is_kept, struct buffer *out)
{
	buffer_string(out, is_kept ? "\n```\n" : "\n");
	buffer_text(out, block);
	buffer_string(out, is_kept ? "\n```\n" : "\n");
}

/* A table cell: a bar would end it, a line end the row. */
static void write_cell(const char *text, struct buffer *out)
{
	for (; *text != '\0'; text++)
		if (*text == '|')
			buffer_string(out, "\\|");
		else
			buffer_byte(out, *text == '\n' ? ' ' : (unsigned char)*text);
}

static void write_options(const struct command *command, struct buffer *out)
{
	size_t count;
	const struct option *options = options_all(&count);
	size_t i;

	buffer_string(out, "\n| Option | |\n|---|---|\n");
	for (i = 0; i < count; i++) {
		struct buffer left = { 0 };

		if (!options_takes(command, &options[i]) || strcmp(options[i].key, "help") == 0)
			continue;
		manual_write_option(&options[i], &left);
		buffer_byte(&left, '\0');
		buffer_string(out, "| `");
		write_cell((const char *)left.start + strspn((const char *)left.start, " "), out);
		buffer_string(out, "` | ");
		write_cell(options[i].help, out);
		buffer_string(out, " |\n");
		buffer_clear(&left);
	}
}

static void write_command(const struct command *command, struct buffer *out)
{
	const struct manual_page *page = manual_find(command->name);
	const char *line = page->exit_status;
	size_t i;

	buffer_format(out, "\n## inlay %s\n\n`inlay %s [options]%s%s`: %s.\n", command->name,
	              command->name, command->operand[0] != '\0' ? " " : "", command->operand,
	              command->summary);
	manual_blocks(page->description, write_block, out);
	write_options(command, out);
	for (i = 0; i < MANUAL_EXAMPLES_MAX && page->examples[i].line != NULL; i++)
		buffer_format(out, "\n%s\n\n```sh\n%s\n```\n", page->examples[i].text,
		              page->examples[i].line);
	if (line == NULL)
		return;
	buffer_string(out, "\nExit status:");
	for (i = 0; *line != '\0'; i++) {
		size_t number = strspn(line, "0123456789");
		size_t size = strcspn(line, "\n");

		buffer_format(out, "%s `%.*s`%.*s", i > 0 ? " ·" : "", (int)number, line,
		              (int)(size - number - 1), line + number + 1);
		line += size + (line[size] == '\n');
	}
	buffer_byte(out, '\n');
}

void manual_write_markdown(const struct manual *manual, struct buffer *out)
{
	size_t count;
	const struct manual_topic *topics = manual_topics(&count);
	size_t i;

	buffer_string(out, "# The command\n\nWritten by the command itself; `inlay COMMAND --help` "
	                   "says the same, and so does `man inlay-COMMAND`.\n\n");
	for (i = 0; i < manual->count; i++)
		buffer_format(out, "- [`%s`](#inlay-%s): %s\n", manual->commands[i].name,
		              manual->commands[i].name, manual->commands[i].summary);
	for (i = 0; i < count; i++)
		buffer_format(out, "- [%s](#%s): %s\n", topics[i].name, topics[i].name,
		              topics[i].summary);
	for (i = 0; i < manual->count; i++)
		write_command(&manual->commands[i], out);
	for (i = 0; i < count; i++) {
		buffer_format(out, "\n## %s\n\n%s.\n", topics[i].name, topics[i].summary);
		manual_blocks(topics[i].text, write_block, out);
	}
}
