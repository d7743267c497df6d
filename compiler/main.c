/* main.c - what the command line asks for, and how the program ends. */
#include "commands/commands.h"
#include "manual/manual.h"
#include "password.h"
#include "safe.h"
#include "version.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static enum exit_code print_usage(FILE *to, enum exit_code code)
{
	struct buffer text = { 0 };
	struct manual manual;

	manual.commands = commands_all(&manual.count);
	manual_write_usage(&manual, &text);
	buffer_print(&text, to);
	return code;
}

static enum exit_code print_help(const struct command *command)
{
	struct buffer text = { 0 };

	manual_write_help(command, &text);
	buffer_print(&text, stdout);
	return EXIT_DONE;
}

static enum exit_code run(const struct command *command, int argc, char **argv)
{
	struct options options;

	if (!options_parse(command, argc, argv, &options))
		return EXIT_USAGE;
	if (options.help)
		return print_help(command);
	return command->run(&options);
}

/* A result nobody received is no result: a full disk behind `> file` must not end in 0. */
static int finish(enum exit_code code)
{
	if (fflush(stdout) != 0 || ferror(stdout)) {
		fputs("inlay: standard output can not be written\n", stderr);
		return EXIT_NO_OUTPUT;
	}
	return (int)code;
}

/* A file or a connection that takes the place of a closed stream would get our messages.  What is
 * opened here can not be written to either, and so the loss is noticed. */
static void open_streams(void)
{
	int descriptor;

	do
		descriptor = open("/dev/null", O_RDONLY);
	while (descriptor >= 0 && descriptor <= 2);
	if (descriptor > 2)
		(void)close(descriptor);
}

static enum exit_code complain(const char *name)
{
	struct buffer text = { 0 };

	buffer_string(&text, "inlay: there is no command `");
	safe_string(&text, name);
	buffer_format(&text, "`\n    help: inlay %s\n", commands_near(name));
	buffer_print(&text, stderr);
	return EXIT_USAGE;
}

int main(int argc, char **argv)
{
	const struct command *command;

	open_streams();
	argv = password_take(argc, argv);
	if (argc < 2)
		return (int)print_usage(stderr, EXIT_USAGE);
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
		return finish(print_usage(stdout, EXIT_DONE));
	if (strcmp(argv[1], "--version") == 0) {
		version_print();
		return finish(EXIT_DONE);
	}
	command = commands_find(argv[1]);
	if (command == NULL)
		return (int)complain(argv[1]);
	return finish(run(command, argc - 2, argv + 2));
}
