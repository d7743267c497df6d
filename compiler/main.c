/* main.c - the table of contents: which commands there are. */
#include "commands.h"
#include "version.h"

#include <stdio.h>
#include <string.h>

/* How a set is read and judged. */
#define CHECK_OPTIONS                                                                              \
	"layout placeholder since rehearse schema-out no-syntax no-lint no-rehearsal strict "      \
	"style format"

static const struct command commands[] = {
	{ "compile", "DIR", "output name dialect depfile check " CHECK_OPTIONS,
	  "compile a migrations directory to C", command_compile },
	{ "check", "DIR", "dialect " CHECK_OPTIONS,
	  "look for everything that is wrong, and write nothing", command_check },
	{ "sum", "DIR", "dialect write relock check " CHECK_OPTIONS,
	  "write inlay.lock, which guards released migrations", command_sum },
	{ "import", "DIR", "output dialect layout placeholder",
	  "rewrite another tool's migrations as inlay's", command_import },
	{ "split", "FILE", "dialect",
	  "print each statement of a file as a JSON object (- is standard input)", command_split },
};
#define COMMAND_COUNT (sizeof(commands) / sizeof(commands[0]))

static void print_usage(FILE *to)
{
	size_t i;

	fputs("inlay - your schema, compiled in\n\nusage: inlay COMMAND [options] OPERAND\n\n", to);
	for (i = 0; i < COMMAND_COUNT; i++)
		fprintf(to, "  %-8s %-5s %s\n", commands[i].name, commands[i].operand,
		        commands[i].summary);
	fputs("\n  inlay COMMAND --help     its options\n  inlay --version          the version\n\n"
	      "exit status: 0 done, 1 warnings of check or a difference of --check, 2 failed,\n"
	      "64 usage, 65 bad migrations, 66 no input, 73 can not write\n",
	      to);
}

static const struct command *find_command(const char *name)
{
	size_t i;

	for (i = 0; i < COMMAND_COUNT; i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	return NULL;
}

static enum exit_code run(const struct command *command, int argc, char **argv)
{
	struct options options;

	if (!options_parse(command, argc, argv, &options))
		return EXIT_USAGE;
	if (options.help) {
		options_print_help(command);
		return EXIT_DONE;
	}
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

int main(int argc, char **argv)
{
	const struct command *command;

	if (argc < 2) {
		print_usage(stderr);
		return EXIT_USAGE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
	    strcmp(argv[1], "help") == 0) {
		print_usage(stdout);
		return finish(EXIT_DONE);
	}
	if (strcmp(argv[1], "--version") == 0) {
		version_print();
		return finish(EXIT_DONE);
	}
	command = find_command(argv[1]);
	if (command == NULL) {
		fprintf(stderr,
		        "inlay: there is no command `%s`\n    help: inlay --help lists them\n",
		        argv[1]);
		return EXIT_USAGE;
	}
	return finish(run(command, argc - 2, argv + 2));
}
