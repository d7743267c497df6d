/* completion_bash.c - completions for bash, by its own builtins alone. */
#include "manual.h"

#include <string.h>

/* The command that yields what completes an argument of that kind. */
static void write_source(enum option_argument argument, const char *words, struct buffer *out)
{
	switch (argument) {
	case ARGUMENT_FILE: buffer_string(out, "_inlay_paths -f"); return;
	case ARGUMENT_DIRECTORY: buffer_string(out, "_inlay_paths -d"); return;
	case ARGUMENT_WORDS: buffer_format(out, "_inlay_words '%s'", words); return;
	case ARGUMENT_NONE:
	case ARGUMENT_TEXT: buffer_string(out, ":"); return;
	}
}

/* "--dir|-d) _inlay_paths -d; return ;;" for each option with an argument. */
static void write_arguments(const struct command *command, struct buffer *out)
{
	size_t count;
	const struct option *options = options_all(&count);
	size_t i;

	for (i = 0; i < count; i++) {
		const struct option *option = &options[i];

		if (!options_takes(command, option) || option->argument == ARGUMENT_NONE)
			continue;
		buffer_format(out, "\t%s:--%s", command->name, option->name);
		if (option->letter != NULL)
			buffer_format(out, "|%s:%s", command->name, option->letter);
		buffer_string(out, ") ");
		write_source(option->argument, option->words, out);
		buffer_string(out, "; return ;;\n");
	}
}

static void write_words(const struct command *command, struct buffer *out)
{
	size_t count;
	const struct option *options = options_all(&count);
	size_t i;

	buffer_format(out, "\t%s:-*) _inlay_words '", command->name);
	for (i = 0; i < count; i++) {
		if (!options_takes(command, &options[i]))
			continue;
		if (options[i].letter != NULL)
			buffer_format(out, "%s ", options[i].letter);
		buffer_format(out, "--%s ", options[i].name);
	}
	out->size--;
	buffer_string(out, "' ;;\n");
}

static void write_operands(const struct manual *manual, const struct command *command,
                           struct buffer *out)
{
	struct buffer words = { 0 };
	enum option_argument argument = manual_operand(manual, command, &words);

	buffer_byte(&words, '\0');
	buffer_format(out, "\t%s:*) ", command->name);
	write_source(argument, (const char *)words.start, out);
	buffer_string(out, " ;;\n");
	buffer_clear(&words);
}

void manual_write_bash(const struct manual *manual, struct buffer *out)
{
	size_t i;

	buffer_string(out,
	              "# bash completion of inlay: source it, or put it where bash-completion "
	              "looks, as `inlay`\n\n"
	              "_inlay_words() { mapfile -t COMPREPLY < <(compgen -W \"$1\" -- "
	              "\"$current\"); }\n\n"
	              "_inlay_paths() { compopt -o filenames 2>/dev/null; "
	              "mapfile -t COMPREPLY < <(compgen \"$1\" -- \"$current\"); }\n\n"
	              "_inlay() {\n"
	              "\tlocal current=${COMP_WORDS[COMP_CWORD]} before command=${COMP_WORDS[1]}\n"
	              "\tbefore=${COMP_WORDS[COMP_CWORD - 1]}\n"
	              "\tCOMPREPLY=()\n"
	              "\tif [[ $current == '=' ]]; then\n\t\tcurrent=\n"
	              "\telif [[ $before == '=' ]]; then\n"
	              "\t\tbefore=${COMP_WORDS[COMP_CWORD - 2]}\n\tfi\n"
	              "\tif ((COMP_CWORD == 1)); then\n\t\t_inlay_words '");
	for (i = 0; i < manual->count; i++)
		buffer_format(out, "%s ", manual->commands[i].name);
	buffer_string(out, "--help --version'\n\t\treturn\n\tfi\n\tcase $command:$before in\n");
	for (i = 0; i < manual->count; i++)
		write_arguments(&manual->commands[i], out);
	buffer_string(out, "\tesac\n\tcase $command:$current in\n");
	for (i = 0; i < manual->count; i++)
		write_words(&manual->commands[i], out);
	for (i = 0; i < manual->count; i++)
		write_operands(manual, &manual->commands[i], out);
	buffer_string(out, "\tesac\n}\n\ncomplete -F _inlay inlay\n");
}
