/* options.c - argv to struct options, from the table that also prints the help. */
#include "options.h"

#include "layout.h"
#include "safe.h"

#include <stdio.h>
#include <string.h>

#define MEMBER(name)        offsetof(struct options, name)
#define FLAG                NULL, ARGUMENT_NONE, NULL
#define TEXT(value)         value, ARGUMENT_TEXT, NULL
#define FILE_AT(value)      value, ARGUMENT_FILE, NULL
#define DIRECTORY(value)    value, ARGUMENT_DIRECTORY, NULL
#define WORDS(value, words) value, ARGUMENT_WORDS, words

#define LAYOUTS "inlay goose golang-migrate dbmate sqlx refinery flyway diesel prisma tern atlas"

static const struct option option_table[] = {
	{ "database", "database", NULL, TEXT("URL"), MEMBER(database),
	  "postgres://..., \"host=... dbname=...\" or sqlite:PATH\n"
	  "(default: DATABASE_URL, or libpq's PG variables)" },
	{ "env-file", "env-file", NULL, FILE_AT("FILE"), MEMBER(env_file),
	  "read NAME=VALUE lines; what is set already stays" },
	{ "dir", "dir", "-d", DIRECTORY("DIR"), MEMBER(directory),
	  "the migrations directory (default: migrations)" },
	{ "from", "from", NULL, FILE_AT("BINARY"), MEMBER(from),
	  "take the set out of a compiled program instead" },
	{ "set", "set", NULL, TEXT("NAME"), MEMBER(set),
	  "which one, of several sets in a program" },
	{ "tool", "from", NULL, TEXT("TOOL"), MEMBER(tool),
	  "whose tables they are (default: as they look)" },
	{ "at", "at", NULL, TEXT("VERSION"), MEMBER(at),
	  "the last migration that the database has already" },
	{ "to", "to", NULL, TEXT("VERSION"), MEMBER(to), "as far as this version" },
	{ "steps", "steps", NULL, TEXT("N"), MEMBER(steps), "so many migrations at most" },
	{ "dry-run", "dry-run", NULL, FLAG, MEMBER(dry_run),
	  "write nothing: print what would be sent" },
	{ "yes", "yes", "-y", FLAG, MEMBER(yes), "do not ask" },
	{ "force", "force", NULL, FLAG, MEMBER(force), "also where the schemas differ" },
	{ "force-active", "force", NULL, FLAG, MEMBER(force),
	  "with --terminate: also a session that is at work" },
	{ "force-adopt", "force", NULL, FLAG, MEMBER(force),
	  "also edited files, and with migrations missing in between" },
	{ "allow-late", "allow-late", NULL, FLAG, MEMBER(allow_late),
	  "also those pending behind which others are applied" },
	{ "use-stored", "use-stored", NULL, FLAG, MEMBER(use_stored),
	  "undo what the set lacks by the script in the database" },
	{ "done", "done", NULL, FLAG, MEMBER(done),
	  "the statement in doubt took effect: go on behind it" },
	{ "again", "again", NULL, FLAG, MEMBER(again),
	  "the statement in doubt did not take effect: run it" },
	{ "forget", "forget", NULL, FLAG, MEMBER(forget),
	  "what the migration did was undone by hand: it is pending" },
	{ "accept", "accept", NULL, FLAG, MEMBER(accept),
	  "the set's text is what the database has: record that" },
	{ "terminate", "terminate", NULL, FLAG, MEMBER(terminate),
	  "end the session that holds the lock (PostgreSQL)" },
	{ "wait", "wait", NULL, TEXT("TIME"), MEMBER(wait),
	  "how long to wait for a database that is starting: 60s" },
	{ "lock-timeout", "lock-timeout", NULL, TEXT("TIME"), MEMBER(lock_timeout),
	  "how long to wait while others migrate (default: 30s)" },
	{ "table", "table", NULL, TEXT("NAME"), MEMBER(table),
	  "the tracking table (default: schema_migrations)" },
	{ "schema", "schema", NULL, TEXT("NAME"), MEMBER(schema),
	  "the schema that is migrated (PostgreSQL)" },
	{ "gate", "gate", NULL, WORDS("KIND", "auto advisory row"), MEMBER(gate),
	  "how starters take turns: auto, advisory or row" },
	{ "except", "except", NULL, TEXT("PATTERNS"), MEMBER(except),
	  "objects not to compare: names with * and ?, between commas" },
	{ "up-to-date", "up-to-date", NULL, FLAG, MEMBER(up_to_date),
	  "pending migrations are findings, too" },
	{ "limit", "limit", "-n", TEXT("N"), MEMBER(limit), "the last so many" },
	{ "down", "down", NULL, FLAG, MEMBER(down), "with a section that undoes it" },
	{ "undo", "down", NULL, FLAG, MEMBER(down),
	  "with --sql: what undoes the migrations, from the last one on" },
	{ "timestamp", "timestamp", NULL, FLAG, MEMBER(timestamp),
	  "the time as its version (default: as the directory's are)" },
	{ "sql", "sql", NULL, FLAG, MEMBER(sql), "print the scripts" },
	{ "output", "output", "-o", FILE_AT("PATH"), MEMBER(output),
	  "compile: the C file to write, FILE.h goes beside it;\n"
	  "dump: the file; import: the directory" },
	{ "name", "name", NULL, TEXT("SYMBOL"), MEMBER(name),
	  "the set's C symbol (default: the output's name without .c)" },
	{ "dialect", "dialect", NULL, WORDS("NAME", "sqlite postgres all"), MEMBER(dialect),
	  "sqlite, postgres or all (default: what inlay.lock has, else\n"
	  "all; split needs one of the two)" },
	{ "depfile", "depfile", NULL, FILE_AT("FILE"), MEMBER(depfile),
	  "also write a Makefile fragment that names every file read" },
	{ "since", "since", NULL, TEXT("VERSION|REV"), MEMBER(since),
	  "what is in production: up to that version, or what a git revision\n"
	  "has (default: what inlay.lock lists)" },
	{ "rehearse", "rehearse", NULL, TEXT("URL|auto"), MEMBER(rehearse),
	  "rehearse on PostgreSQL too: a server where a database may be\n"
	  "created, or one started for it (auto)" },
	{ "schema-out", "schema-out", NULL, FILE_AT("FILE.sql"), MEMBER(schema_out),
	  "write the schema that the rehearsal ends with" },
	{ "layout", "layout", NULL, WORDS("TOOL", LAYOUTS), MEMBER(layout),
	  "whose layout the directory has (default: as it looks)" },
	{ "placeholder", "placeholder", NULL, TEXT("NAME=VALUE"), MEMBER(placeholders),
	  "what stands for a placeholder of another tool's migrations;\n"
	  "once for each" },
	{ "no-syntax", "no-syntax", NULL, FLAG, MEMBER(no_syntax),
	  "do not ask PostgreSQL's grammar" },
	{ "no-lint", "no-lint", NULL, FLAG, MEMBER(no_lint), "do not look for dangers" },
	{ "no-rehearsal", "no-rehearsal", NULL, FLAG, MEMBER(no_rehearsal),
	  "do not run the set on a scratch database" },
	{ "strict", "strict", NULL, FLAG, MEMBER(strict), "warnings are errors" },
	{ "style", "style", NULL, FLAG, MEMBER(style), "matters of taste, too" },
	{ "format", "format", NULL, WORDS("FORMAT", "text gcc github json sarif"),
	  MEMBER(format_name),
	  "text, or for machines, on standard output: gcc, github, json, sarif" },
	{ "check", "check", NULL, FLAG, MEMBER(check),
	  "write nothing; exit 1 when the output would differ" },
	{ "write", "write", NULL, FLAG, MEMBER(write),
	  "also stamp a `-- checksum:` header into every migration" },
	{ "relock", "relock", NULL, FLAG, MEMBER(relock),
	  "accept edits of locked migrations that no database has seen" },
	{ "json", "json", NULL, FLAG, MEMBER(json), "for machines, on standard output" },
	{ "verbose", "verbose", "-v", FLAG, MEMBER(verbose),
	  "more: each statement, files, checksums" },
	{ "quiet", "quiet", "-q", FLAG, MEMBER(quiet), "no notes, and nothing when all is well" },
	{ "help", "help", "-h", FLAG, MEMBER(help), "this text" },
};
#define OPTION_COUNT (sizeof(option_table) / sizeof(option_table[0]))

const struct option *options_all(size_t *count)
{
	*count = OPTION_COUNT;
	return option_table;
}

bool options_takes(const struct command *command, const struct option *option)
{
	const char *found = command->options;
	size_t size = strlen(option->key);

	if (strcmp(option->key, "help") == 0 || strcmp(option->key, "quiet") == 0)
		return true;
	while ((found = strstr(found, option->key)) != NULL) {
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

		if (!options_takes(command, option))
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

enum exit_code options_complain(const char *command, const char *what, const char *argument)
{
	struct buffer out = { 0 };

	buffer_format(&out, "inlay %s: ", command);
	safe_string(&out, what);
	if (argument != NULL) {
		buffer_byte(&out, ' ');
		safe_string(&out, argument);
	}
	buffer_format(&out, "\n    help: inlay %s --help\n", command);
	buffer_print(&out, stderr);
	return EXIT_USAGE;
}

static bool complain(const struct command *command, const char *what, const char *argument)
{
	(void)options_complain(command->name, what, argument);
	return false;
}

bool options_number(const char *text, int64_t least, int64_t *number)
{
	int64_t value = 0;

	if (*text == '\0')
		return false;
	for (; *text >= '0' && *text <= '9'; text++) {
		if (value > (INT64_MAX - (*text - '0')) / 10)
			return false;
		value = 10 * value + (*text - '0');
	}
	*number = value;
	return *text == '\0' && value >= least;
}

bool options_duration(const char *text, uint32_t *milliseconds)
{
	static const struct {
		const char *name;
		int64_t factor;
	} units[] = { { "", 1 }, { "ms", 1 }, { "s", 1000 }, { "min", 60000 }, { "h", 3600000 } };
	size_t digits = strspn(text, "0123456789");
	char number[11];
	int64_t value;
	size_t i;

	if (digits == 0 || digits >= sizeof(number))
		return false;
	memcpy(number, text, digits);
	number[digits] = '\0';
	if (!options_number(number, 0, &value))
		return false;
	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (strcmp(text + digits, units[i].name) == 0 &&
		    value * units[i].factor < UINT32_MAX) {
			*milliseconds = (uint32_t)(value * units[i].factor);
			return true;
		}
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
	if (strcmp(option->key, "placeholder") == 0)
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

/* "FILE [FILE]" takes two, and needs one. */
static int count_operands(const struct command *command)
{
	return command->operand[0] == '\0' ? 0 : strchr(command->operand, ' ') == NULL ? 1 : 2;
}

static bool needs_operand(const struct command *command)
{
	return command->operand[0] != '\0' && command->operand[0] != '[';
}

static bool take_operand(const struct command *command, const char *operand,
                         struct options *options)
{
	static const char *const enough[] = {
		"there are no operands; do not know what to do with",
		"one operand is enough; do not know what to do with",
		"two operands are enough; do not know what to do with",
	};
	int count = count_operands(command);

	if (options->operand == NULL && count > 0)
		options->operand = operand;
	else if (options->second == NULL && count > 1)
		options->second = operand;
	else
		return complain(command, enough[count], operand);
	return true;
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
		} else if (!take_operand(command, argv[i], options)) {
			return false;
		}
	}
	if (options->operand == NULL && !options->help && needs_operand(command))
		return complain(command, "an operand is missing:", command->operand);
	return settle_format(command, options) && agree(command, options);
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
