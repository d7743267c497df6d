/* completion_fish.c - completions for fish, a line each. */
#include "manual.h"

#include <string.h>

static void write_quoted(const char *text, struct buffer *out)
{
	buffer_byte(out, '\'');
	for (; *text != '\0'; text++) {
		if (*text == '\'' || *text == '\\')
			buffer_byte(out, '\\');
		buffer_byte(out, *text == '\n' ? ' ' : (unsigned char)*text);
	}
	buffer_byte(out, '\'');
}

static void write_argument(enum option_argument argument, const char *words, struct buffer *out)
{
	switch (argument) {
	case ARGUMENT_NONE: return;
	case ARGUMENT_FILE: buffer_string(out, " -r -F"); return;
	case ARGUMENT_DIRECTORY:
		buffer_string(out, " -x -a '(__fish_complete_directories)'");
		return;
	case ARGUMENT_WORDS: buffer_format(out, " -x -a '%s'", words); return;
	case ARGUMENT_TEXT: buffer_string(out, " -x"); return;
	}
}

static void write_option(const struct command *command, const struct option *option,
                         struct buffer *out)
{
	buffer_format(out, "complete -c inlay -n '__fish_seen_subcommand_from %s' -l %s",
	              command->name, option->name);
	if (option->letter != NULL)
		buffer_format(out, " -s %s", option->letter + 1);
	write_argument(option->argument, option->words, out);
	buffer_string(out, " -d ");
	write_quoted(option->help, out);
	buffer_byte(out, '\n');
}

static void write_operand(const struct manual *manual, const struct command *command,
                          struct buffer *out)
{
	struct buffer words = { 0 };
	enum option_argument argument = manual_operand(manual, command, &words);

	buffer_byte(&words, '\0');
	if (argument == ARGUMENT_FILE || argument == ARGUMENT_DIRECTORY ||
	    argument == ARGUMENT_WORDS) {
		buffer_format(out, "complete -c inlay -n '__fish_seen_subcommand_from %s'",
		              command->name);
		if (argument == ARGUMENT_FILE)
			buffer_string(out, " -F");
		else
			write_argument(argument, (const char *)words.start, out);
		buffer_byte(out, '\n');
	}
	buffer_clear(&words);
}

void manual_write_fish(const struct manual *manual, struct buffer *out)
{
	size_t count;
	const struct option *options = options_all(&count);
	size_t i;
	size_t j;

	buffer_string(out, "# fish completion of inlay: put it into ~/.config/fish/completions, as "
	                   "`inlay.fish`\n\ncomplete -c inlay -f\n");
	for (i = 0; i < manual->count; i++) {
		buffer_format(out, "complete -c inlay -n __fish_use_subcommand -a %s -d ",
		              manual->commands[i].name);
		write_quoted(manual->commands[i].summary, out);
		buffer_byte(out, '\n');
	}
	for (i = 0; i < manual->count; i++) {
		for (j = 0; j < count; j++)
			if (options_takes(&manual->commands[i], &options[j]))
				write_option(&manual->commands[i], &options[j], out);
		write_operand(manual, &manual->commands[i], out);
	}
}
