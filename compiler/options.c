/* options.c - argv to struct options, from the table that also prints the help. */
#include "options.h"

#include "layout.h"

#include <stdio.h>
#include <string.h>

static const struct option {
	const char *name;
	const char *letter;
	const char *value; /* Placeholder of its argument, or NULL for a flag. */
	size_t offset;     /* Of its member in struct options. */
	const char *help;
} option_table[] = {
	{ "output", "-o", "PATH", offsetof(struct options, output),
	  "compile: the C file to write, FILE.h goes beside it;\n"
	  "import: the directory" },
	{ "name", NULL, "SYMBOL", offsetof(struct options, name),
	  "the set's C symbol (default: the output's name without .c)" },
	{ "dialect", NULL, "NAME", offsetof(struct options, dialect),
	  "sqlite, postgres or all (default: what inlay.lock has, else\n"
	  "all; split needs one of the two)" },
	{ "depfile", NULL, "FILE", offsetof(struct options, depfile),
	  "also write a Makefile fragment that names every file read" },
	{ "since", NULL, "VERSION|REV", offsetof(struct options, since),
	  "what is in production: up to that version, or what a git revision\n"
	  "has (default: what inlay.lock lists)" },
	{ "rehearse", NULL, "URL|auto", offsetof(struct options, rehearse),
	  "rehearse on PostgreSQL too: a server where a database may be\n"
	  "created, or one started for it (auto)" },
	{ "schema-out", NULL, "FILE.sql", offsetof(struct options, schema_out),
	  "write the schema that the rehearsal ends with" },
	{ "layout", NULL, "TOOL", offsetof(struct options, layout),
	  "whose layout the directory has (default: as it looks)" },
	{ "placeholder", NULL, "NAME=VALUE", offsetof(struct options, placeholders),
	  "what stands for a placeholder of another tool's migrations;\n"
	  "once for each" },
	{ "no-syntax", NULL, NULL, offsetof(struct options, no_syntax),
	  "do not ask PostgreSQL's grammar" },
	{ "no-lint", NULL, NULL, offsetof(struct options, no_lint), "do not look for dangers" },
	{ "no-rehearsal", NULL, NULL, offsetof(struct options, no_rehearsal),
	  "do not run the set on a scratch database" },
	{ "strict", NULL, NULL, offsetof(struct options, strict), "warnings are errors" },
	{ "style", NULL, NULL, offsetof(struct options, style), "matters of taste, too" },
	{ "format", NULL, "FORMAT", offsetof(struct options, format_name),
	  "text, or for machines, on standard output: gcc, github, json, sarif" },
	{ "check", NULL, NULL, offsetof(struct options, check),
	  "write nothing; exit 1 when the output would differ" },
	{ "write", NULL, NULL, offsetof(struct options, write),
	  "also stamp a `-- checksum:` header into every migration" },
	{ "relock", NULL, NULL, offsetof(struct options, relock),
	  "accept edits of locked migrations that no database has seen" },
	{ "quiet", "-q", NULL, offsetof(struct options, quiet),
	  "no notes, and nothing when all is well" },
	{ "help", "-h", NULL, offsetof(struct options, help), "this text" },
};
#define OPTION_COUNT (sizeof(option_table) / sizeof(option_table[0]))

/* Does the command take it?  --quiet and --help belong to all. */
static bool takes(const struct command *command, const struct option *option)
{
	const char *found = command->options;
	size_t size = strlen(option->name);

	if (strcmp(option->name, "help") == 0 || strcmp(option->name, "quiet") == 0)
		return true;
	while ((found = strstr(found, option->name)) != NULL) {
		if ((found == command->options || found[-1] == ' ') &&
		    (found[size] == ' ' || found[size] == '\0'))
			return true;
		found += size;
	}
	return false;
}

/* The option `argument` names; `*value` is what follows a "=" in it, or NULL. */
static const struct option *find_option(const struct command *command, const char *argument,
                                        const char **value)
{
	size_t i;

	*value = NULL;
	for (i = 0; i < OPTION_COUNT; i++) {
		const struct option *option = &option_table[i];
		size_t size = strlen(option->name);

		if (!takes(command, option))
			continue;
		if (option->letter != NULL && strncmp(argument, option->letter, 2) == 0 &&
		    (argument[2] == '\0' || option->value != NULL)) {
			*value = argument[2] != '\0' ? argument + 2 : NULL;
			return option;
		}
		if (strncmp(argument, "--", 2) != 0 ||
		    strncmp(argument + 2, option->name, size) != 0)
			continue;
		if (argument[2 + size] == '=')
			*value = argument + 3 + size;
		if (argument[2 + size] == '=' || argument[2 + size] == '\0')
			return option;
	}
	return NULL;
}

static bool complain(const struct command *command, const char *what, const char *argument)
{
	fprintf(stderr, "inlay %s: %s%s%s\n    help: inlay %s --help\n", command->name, what,
	        argument != NULL ? " " : "", argument != NULL ? argument : "", command->name);
	return false;
}

/* --placeholder, of which there may be many.  A line break would move every line below it. */
static bool take_placeholder(const struct command *command, const char *value,
                             struct options *options)
{
	const char *equals = strchr(value, '=');

	if (equals == NULL || equals == value)
		return complain(command, "a placeholder is NAME=VALUE, not", value);
	if (strpbrk(value, "\r\n") != NULL)
		return complain(command, "a placeholder has one line only:", value);
	if (options->placeholder_count == PLACEHOLDER_COUNT_MAX)
		return complain(command, "more than 64 placeholders; one too many is", value);
	options->placeholders[options->placeholder_count++] = value;
	return true;
}

/* Stores the option found at argv[*index], and steps over its argument. */
static bool take_option(const struct command *command, int argc, char **argv, int *index,
                        struct options *options)
{
	const char *argument = argv[*index];
	const char *value;
	const struct option *option = find_option(command, argument, &value);
	char *member;

	if (option == NULL)
		return complain(command, "unknown option", argument);
	member = (char *)options + option->offset;
	if (option->value == NULL) {
		if (value != NULL)
			return complain(command, "this option takes no argument:", argument);
		*(bool *)(void *)member = true;
		return true;
	}
	if (value == NULL && *index + 1 < argc)
		value = argv[++*index];
	if (value == NULL || *value == '\0')
		return complain(command, "an argument is missing behind", argument);
	if (strcmp(option->name, "placeholder") == 0)
		return take_placeholder(command, value, options);
	memcpy(member, &value, sizeof(value));
	return true;
}

/* false after a message when there is no such format. */
static bool settle_format(const struct command *command, struct options *options)
{
	static const char *const names[] = { "text", "gcc", "github", "json", "sarif" };
	size_t i;

	if (options->format_name == NULL)
		return true;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(options->format_name, names[i]) == 0) {
			options->format = (enum output_format)i;
			return true;
		}
	return complain(command, "the format is text, gcc, github, json or sarif, not",
	                options->format_name);
}

/* What one option asks for and another one leaves out would be missed by nobody. */
static bool agree(const struct command *command, const struct options *options)
{
	const char *other = options->rehearse != NULL ? "--rehearse" : "--schema-out";

	if (!options->no_rehearsal || (options->rehearse == NULL && options->schema_out == NULL))
		return true;
	return complain(command, "--no-rehearsal leaves nothing to do for", other);
}

bool options_parse(const struct command *command, int argc, char **argv, struct options *options)
{
	bool ended = false;
	int i;

	*options = (struct options){ 0 };
	for (i = 0; i < argc; i++) {
		if (!ended && strcmp(argv[i], "--") == 0) {
			ended = true;
		} else if (!ended && argv[i][0] == '-' && argv[i][1] != '\0') {
			if (!take_option(command, argc, argv, &i, options))
				return false;
		} else if (options->operand != NULL) {
			return complain(command,
			                "one operand is enough; do not know what to do with",
			                argv[i]);
		} else {
			options->operand = argv[i];
		}
	}
	if (options->operand == NULL && !options->help)
		return complain(command, "an operand is missing:", command->operand);
	return settle_format(command, options) && agree(command, options);
}

#define LEFT_SIZE 29 /* Columns of an option's name and argument. */

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

void options_print_help(const struct command *command)
{
	size_t i;

	printf("inlay %s - %s\n\nusage: inlay %s [options] %s\n\n", command->name, command->summary,
	       command->name, command->operand);
	for (i = 0; i < OPTION_COUNT; i++) {
		const struct option *option = &option_table[i];
		char left[40];

		if (!takes(command, option))
			continue;
		snprintf(left, sizeof(left), "%s%s--%s%s%s",
		         option->letter != NULL ? option->letter : "",
		         option->letter != NULL ? ", " : "    ", option->name,
		         option->value != NULL ? " " : "",
		         option->value != NULL ? option->value : "");
		printf("  %-*s ", LEFT_SIZE, left);
		print_lines(option->help);
	}
}

bool options_dialects(const struct options *options, bool dialects[DIALECT_COUNT])
{
	int dialect;

	if (options->dialect == NULL)
		return true;
	for (dialect = 0; dialect < DIALECT_COUNT; dialect++)
		dialects[dialect] =
		        strcmp(options->dialect, "all") == 0 ||
		        dialect_from(text_of(options->dialect)) == (enum dialect)dialect;
	if (dialects[DIALECT_SQLITE] || dialects[DIALECT_POSTGRES])
		return true;
	fprintf(stderr, "inlay: unknown dialect %s\n    help: one of sqlite, postgres, all\n",
	        options->dialect);
	return false;
}
