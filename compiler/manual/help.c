/* help.c - the usage of the program and the help of one command, on a terminal. */
#include "manual.h"

#include <string.h>

#define LEFT_SIZE 29 /* Columns of an option's name and argument. */

void manual_print_usage(FILE *to, const struct command *commands, size_t count)
{
	static const char *const titles[COMMAND_GROUP_COUNT] = {
		[COMMANDS_BUILD] = "in the build",
		[COMMANDS_DATABASE] = "with a database",
		[COMMANDS_TAKE_UP] = "coming from somewhere else",
		[COMMANDS_HELP] = "help",
	};
	enum command_group group;
	size_t i;

	fputs("inlay - your schema, compiled in\n\nusage: inlay COMMAND [options] [operands]\n",
	      to);
	for (group = 0; group < COMMAND_GROUP_COUNT; group++) {
		fprintf(to, "\n%s\n", titles[group]);
		for (i = 0; i < count; i++)
			if (commands[i].group == group)
				fprintf(to, "  %-10s %-11s %s\n", commands[i].name,
				        commands[i].operand, commands[i].summary);
	}
	fputs("\n  inlay COMMAND --help     its options\n  inlay --version          the version\n\n"
	      "exit status: 0 as asked, 1 findings (warnings of check, a difference of --check,\n"
	      "pending migrations), 2 failed, 64 usage, 65 bad migrations, 66 no input,\n"
	      "73 can not write\n",
	      to);
}

/* Lines after the first stand below it. */
static void print_lines(const char *text)
{
	const char *end;

	while ((end = strchr(text, '\n')) != NULL) {
		printf("%.*s\n%*s", (int)(end - text), text, 2 + LEFT_SIZE + 1, "");
		text = end + 1;
	}
	puts(text);
}

static void print_option(const struct option *option)
{
	char left[60];

	snprintf(left, sizeof(left), "%s%s--%s%s%s", option->letter != NULL ? option->letter : "",
	         option->letter != NULL ? ", " : "    ", option->name,
	         option->value != NULL ? " " : "", option->value != NULL ? option->value : "");
	printf("  %-*s ", LEFT_SIZE, left);
	print_lines(option->help);
}

void manual_print_help(const struct command *command)
{
	const struct manual_page *page = manual_find(command->name);
	size_t count;
	const struct option *options = options_all(&count);
	size_t i;

	printf("inlay %s - %s\n\nusage: inlay %s [options]%s%s\n\n", command->name,
	       command->summary, command->name, command->operand[0] != '\0' ? " " : "",
	       command->operand);
	for (i = 0; i < count; i++)
		if (options_takes(command, &options[i]))
			print_option(&options[i]);
	if (page == NULL)
		return;
	printf("\n%s\n", page->description);
	for (i = 0; i < 6 && page->examples[i].line != NULL; i++)
		printf("\n  %s\n      %s\n", page->examples[i].line, page->examples[i].text);
}
