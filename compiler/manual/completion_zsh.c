/* completion_zsh.c - completions for zsh, by its _arguments. */
#include "manual.h"

#include <stdio.h>
#include <string.h>

/* Inside '...' and in _arguments' own brackets. */
static void write_quoted(const char *text, struct buffer *out)
{
	for (; *text != '\0'; text++) {
		if (*text == '\'')
			buffer_string(out, "'\\''");
		else if (*text == '\n')
			buffer_byte(out, ' ');
		else {
			if (strchr("[]:\\", *text) != NULL)
				buffer_byte(out, '\\');
			buffer_byte(out, (unsigned char)*text);
		}
	}
}

static void write_action(enum option_argument argument, const char *words, struct buffer *out)
{
	switch (argument) {
	case ARGUMENT_FILE: buffer_string(out, "_files"); return;
	case ARGUMENT_DIRECTORY: buffer_string(out, "_files -/"); return;
	case ARGUMENT_WORDS: buffer_format(out, "(%s)", words); return;
	case ARGUMENT_NONE:
	case ARGUMENT_TEXT: buffer_byte(out, ' '); return;
	}
}

/* '--dir[help]:DIR:_files -/', once for each spelling. */
static void write_option(const struct option *option, const char *spelling, struct buffer *out)
{
	buffer_format(out, " \\\n\t\t\t'%s", spelling);
	if (option->argument != ARGUMENT_NONE && spelling[1] == '-')
		buffer_byte(out, '=');
	buffer_byte(out, '[');
	write_quoted(option->help, out);
	buffer_byte(out, ']');
	if (option->argument != ARGUMENT_NONE) {
		buffer_byte(out, ':');
		write_quoted(option->value, out);
		buffer_byte(out, ':');
		write_action(option->argument, option->words, out);
	}
	buffer_byte(out, '\'');
}

static void write_command(const struct manual *manual, const struct command *command,
                          struct buffer *out)
{
	size_t count;
	const struct option *options = options_all(&count);
	struct buffer words = { 0 };
	enum option_argument argument = manual_operand(manual, command, &words);
	size_t i;

	buffer_byte(&words, '\0');
	buffer_format(out, "\t%s)\n\t\t_arguments", command->name);
	for (i = 0; i < count; i++) {
		char spelling[40];

		if (!options_takes(command, &options[i]))
			continue;
		(void)snprintf(spelling, sizeof(spelling), "--%s", options[i].name);
		write_option(&options[i], spelling, out);
		if (options[i].letter != NULL)
			write_option(&options[i], options[i].letter, out);
	}
	if (argument != ARGUMENT_NONE) {
		buffer_string(out, " \\\n\t\t\t'*: :");
		write_action(argument, (const char *)words.start, out);
		buffer_byte(out, '\'');
	}
	buffer_string(out, "\n\t\t;;\n");
	buffer_clear(&words);
}

void manual_write_zsh(const struct manual *manual, struct buffer *out)
{
	size_t i;

	buffer_string(out, "#compdef inlay\n"
	                   "# zsh completion of inlay: put it into a directory of $fpath, as "
	                   "`_inlay`\n\n_inlay() {\n"
	                   "\tlocal -a commands\n\tcommands=(\n");
	for (i = 0; i < manual->count; i++) {
		buffer_format(out, "\t\t'%s:", manual->commands[i].name);
		write_quoted(manual->commands[i].summary, out);
		buffer_string(out, "'\n");
	}
	buffer_string(out, "\t)\n\tif ((CURRENT == 2)); then\n"
	                   "\t\t_describe command commands\n\t\treturn\n\tfi\n"
	                   "\tlocal command=$words[2]\n"
	                   "\tshift words\n\t((CURRENT--))\n"
	                   "\tcase $command in\n");
	for (i = 0; i < manual->count; i++)
		write_command(manual, &manual->commands[i], out);
	buffer_string(out, "\tesac\n}\n\n"
	                   "if [[ $zsh_eval_context[-1] == loadautofunc ]]; then\n\t_inlay \"$@\"\n"
	                   "else\n\tcompdef _inlay inlay\nfi\n");
}
