/* commands.c - which commands there are: the one table that also makes usage, manual and
 * completions. */
#include "commands.h"

#include "nearest.h"

#include <string.h>

/* How a set is read and judged. */
#define CHECK_OPTIONS                                                                              \
	"layout placeholder since rehearse schema-out no-syntax no-lint no-rehearsal strict "      \
	"style format"

/* Which database, and which set is meant for it. */
#define DATABASE_OPTIONS "database env-file wait table schema verbose"
#define SET_OPTIONS      "dir from set layout placeholder"
#define LIVE_OPTIONS     SET_OPTIONS " " DATABASE_OPTIONS
#define LOCK_OPTIONS     "lock-timeout gate"

static const struct command commands[] = {
	{ COMMANDS_BUILD, "new", "NAME", "dir layout down dialect timestamp",
	  "begin a migration: the next version, and its file", command_new },
	{ COMMANDS_BUILD, "compile", "DIR", "output name dialect depfile check " CHECK_OPTIONS,
	  "compile a migrations directory to C", command_compile },
	{ COMMANDS_BUILD, "check", "DIR", "dialect " CHECK_OPTIONS,
	  "look for everything that is wrong, and write nothing", command_check },
	{ COMMANDS_BUILD, "sum", "DIR", "dialect write relock check " CHECK_OPTIONS,
	  "write inlay.lock, which guards released migrations", command_sum },
	{ COMMANDS_BUILD, "split", "FILE", "dialect",
	  "print each statement of a file as a JSON object (- is standard input)", command_split },
	{ COMMANDS_BUILD, "inspect", "FILE [FILE]", "sql undo dialect set layout placeholder json",
	  "the migrations in a compiled program, or what differs between two", command_inspect },
	{ COMMANDS_DATABASE, "status", "", LIVE_OPTIONS " json",
	  "where each migration stands; exits 0 only when all are applied", command_status },
	{ COMMANDS_DATABASE, "up", "",
	  LIVE_OPTIONS " " LOCK_OPTIONS " to steps allow-late dry-run json",
	  "apply pending migrations", command_up },
	{ COMMANDS_DATABASE, "down", "[N]",
	  LIVE_OPTIONS " " LOCK_OPTIONS " to dry-run use-stored yes json",
	  "roll back the last migration, or the last N", command_down },
	{ COMMANDS_DATABASE, "redo", "[N]", LIVE_OPTIONS " " LOCK_OPTIONS " use-stored yes json",
	  "roll back the last migration, or the last N, and apply them again", command_redo },
	{ COMMANDS_DATABASE, "verify", "", LIVE_OPTIONS " rehearse except up-to-date format strict",
	  "hold a live database against the set: history, schema, leftovers", command_verify },
	{ COMMANDS_DATABASE, "history", "", DATABASE_OPTIONS " limit json",
	  "everything that was ever done, by whom and when", command_history },
	{ COMMANDS_DATABASE, "repair", "[VERSION]",
	  LIVE_OPTIONS " " LOCK_OPTIONS " done again forget accept terminate force-active "
	               "dry-run yes",
	  "what is wrong with the history, and mend it", command_repair },
	{ COMMANDS_DATABASE, "dump", "", DATABASE_OPTIONS " output check",
	  "the live schema as SQL, the same for the same schema", command_dump },
	{ COMMANDS_TAKE_UP, "baseline", "",
	  LIVE_OPTIONS " " LOCK_OPTIONS " at rehearse except force dry-run yes",
	  "record migrations as applied that the database has already", command_baseline },
	{ COMMANDS_TAKE_UP, "adopt", "",
	  "dir layout placeholder " DATABASE_OPTIONS " " LOCK_OPTIONS
	  " tool force-adopt dry-run yes json",
	  "go on with a database that another tool has migrated", command_adopt },
	{ COMMANDS_TAKE_UP, "import", "DIR", "output dialect layout placeholder",
	  "rewrite another tool's migrations as inlay's", command_import },
	{ COMMANDS_HELP, "help", "[TOPIC]", "", "help on a command or a topic", command_help },
	{ COMMANDS_HELP, "manual", "[COMMAND]", "", "print a manual page, for man",
	  command_manual },
	{ COMMANDS_HELP, "completion", "SHELL", "", "print completions for bash, zsh or fish",
	  command_completion },
};

const struct command *commands_all(size_t *count)
{
	*count = sizeof(commands) / sizeof(commands[0]);
	return commands;
}

const struct command *commands_find(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	return NULL;
}

static const char *command_name(size_t index)
{
	return index < sizeof(commands) / sizeof(commands[0]) ? commands[index].name : NULL;
}

const char *commands_near(const char *name)
{
	/* Their words, and ours. */
	static const char *const others[][2] = {
		{ "apply", "up" },          { "create", "new" },    { "deploy", "up" },
		{ "diff", "verify" },       { "generate", "new" },  { "info", "status" },
		{ "lint", "check" },        { "lock", "sum" },      { "log", "history" },
		{ "make", "new" },          { "migrate", "up" },    { "resolve", "repair" },
		{ "revert", "down" },       { "rollback", "down" }, { "schema", "dump" },
		{ "undo", "down" },         { "upgrade", "up" },    { "validate", "check" },
		{ "version", "--version" }, { "hash", "sum" },
	};
	const char *near = nearest_find(text_of(name), command_name);
	size_t i;

	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (strcmp(others[i][0], name) == 0)
			return others[i][1];
	return near != NULL ? near : "--help lists them";
}
