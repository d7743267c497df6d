/* prose.c - paragraphs, and lines that are kept as they are. */
#include "manual.h"

#include <string.h>

const char manual_exit_status[] =
        "0  as asked\n1  findings: warnings, a difference, pending migrations\n"
        "2  it failed\n64  the command line is wrong\n65  the migrations are wrong\n"
        "66  there is nothing to read\n73  the output can not be written";

static bool is_kept(const char *line)
{
	return strncmp(line, "  ", 2) == 0;
}

void manual_blocks(const char *text,
                   void (*block)(struct text block, bool is_kept, struct buffer *out),
                   struct buffer *out)
{
	while (*text != '\0') {
		const char *end = text + strcspn(text, "\n");
		bool kept = is_kept(text);

		while (kept && *end == '\n' && is_kept(end + 1))
			end += 1 + strcspn(end + 1, "\n");
		block((struct text){ (const unsigned char *)text, (size_t)(end - text) }, kept,
		      out);
		text = end + strspn(end, "\n");
	}
}

void manual_write_option(const struct option *option, struct buffer *out)
{
	buffer_format(out, "%s%s--%s%s%s", option->letter != NULL ? option->letter : "",
	              option->letter != NULL ? ", " : "    ", option->name,
	              option->value != NULL ? " " : "", option->value != NULL ? option->value : "");
}

enum option_argument manual_operand(const struct manual *manual, const struct command *command,
                                    struct buffer *words)
{
	const char *operand = command->operand;
	bool is_topic = strstr(operand, "TOPIC") != NULL;
	size_t count;
	const struct manual_topic *topics = manual_topics(&count);
	size_t i;

	if (strncmp(operand, "DIR", 3) == 0)
		return ARGUMENT_DIRECTORY;
	if (strncmp(operand, "FILE", 4) == 0)
		return ARGUMENT_FILE;
	if (strcmp(operand, "SHELL") == 0) {
		buffer_string(words, "bash zsh fish");
		return ARGUMENT_WORDS;
	}
	if (!is_topic && strstr(operand, "COMMAND") == NULL)
		return operand[0] == '\0' ? ARGUMENT_NONE : ARGUMENT_TEXT;
	for (i = 0; i < manual->count; i++)
		buffer_format(words, "%s%s", i > 0 ? " " : "", manual->commands[i].name);
	for (i = 0; i < count; i++)
		buffer_format(words, " %s", topics[i].name);
	return ARGUMENT_WORDS;
}
