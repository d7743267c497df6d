/* options.h - the command line: one table of commands, one of options. */
#ifndef INLAY_OPTIONS_H
#define INLAY_OPTIONS_H

#include "lexer.h"

/* How the program ends; from 64 on these are the numbers of sysexits.h. */
enum exit_code {
	EXIT_DONE = 0,      /* As asked. */
	EXIT_FINDINGS = 1,  /* Warnings; --check: the output would differ; a database is not as
	                     * the set has it. */
	EXIT_FAILED = 2,    /* Something else went wrong. */
	EXIT_USAGE = 64,    /* The command line is wrong. */
	EXIT_INVALID = 65,  /* The migrations are wrong. */
	EXIT_NO_INPUT = 66, /* There is nothing to read. */
	EXIT_NO_OUTPUT = 73 /* The output can not be written. */
};

/* How diagnostics are written. */
enum output_format {
	FORMAT_TEXT,
	FORMAT_GCC,
	FORMAT_GITHUB,
	FORMAT_JSON,
	FORMAT_SARIF
};

#define PLACEHOLDER_COUNT_MAX ((size_t)64)

/* What was asked for; everything not given is NULL or false. */
struct options {
	const char *operand;                             /* The first one: DIR, FILE, NAME. */
	const char *second;                              /* The second one. */
	const char *output;                              /* -o */
	const char *name;                                /* --name */
	const char *dialect;                             /* --dialect */
	const char *depfile;                             /* --depfile */
	const char *format_name;                         /* --format */
	enum output_format format;                       /* What that is. */
	const char *since;                               /* --since */
	const char *layout;                              /* --layout */
	const char *rehearse;                            /* --rehearse */
	const char *schema_out;                          /* --schema-out */
	const char *placeholders[PLACEHOLDER_COUNT_MAX]; /* Each --placeholder NAME=VALUE. */
	size_t placeholder_count;
	/* Which database, which set, and how (live/). */
	const char *database;     /* --database */
	const char *env_file;     /* --env-file */
	const char *directory;    /* --dir */
	const char *from;         /* --from BINARY */
	const char *set;          /* --set */
	const char *table;        /* --table */
	const char *schema;       /* --schema */
	const char *gate;         /* --gate */
	const char *lock_timeout; /* --lock-timeout */
	const char *wait;         /* --wait */
	const char *except;       /* --except */
	/* What exactly. */
	const char *to;    /* --to */
	const char *steps; /* --steps */
	const char *at;    /* --at */
	const char *tool;  /* adopt's --from */
	const char *limit; /* --limit */
	bool no_syntax;    /* --no-syntax */
	bool no_lint;      /* --no-lint */
	bool no_rehearsal; /* --no-rehearsal */
	bool strict;       /* --strict */
	bool style;        /* --style */
	bool check;        /* --check */
	bool write;        /* --write */
	bool relock;       /* --relock */
	bool dry_run;      /* --dry-run */
	bool yes;          /* --yes */
	bool force;        /* --force */
	bool use_stored;   /* --use-stored */
	bool allow_late;   /* --allow-late */
	bool done;         /* --done */
	bool again;        /* --again */
	bool forget;       /* --forget */
	bool accept;       /* --accept */
	bool terminate;    /* --terminate */
	bool down;         /* --down */
	bool timestamp;    /* --timestamp */
	bool up_to_date;   /* --up-to-date */
	bool sql;          /* --sql */
	bool json;         /* --json */
	bool verbose;      /* --verbose */
	bool quiet;        /* --quiet */
	bool help;         /* --help */
};

/* What a command is for: the usage lists them so. */
enum command_group {
	COMMANDS_BUILD,    /* The build and the editor. */
	COMMANDS_DATABASE, /* A live database. */
	COMMANDS_TAKE_UP,  /* Databases and migrations that are there already. */
	COMMANDS_HELP,
	COMMAND_GROUP_COUNT
};

/* One subcommand. */
struct command {
	enum command_group group;
	const char *name;
	/* How the usage names its operands: "DIR", "FILE [FILE]"; in brackets those that can be
	 * left out, "" for none. */
	const char *operand;
	const char *options; /* Names of its options, between spaces. */
	const char *summary;
	enum exit_code (*run)(const struct options *options);
};

/* What an option's argument is, for who completes it. */
enum option_argument {
	ARGUMENT_NONE, /* A flag. */
	ARGUMENT_TEXT,
	ARGUMENT_FILE,
	ARGUMENT_DIRECTORY,
	ARGUMENT_WORDS /* One of those in option->words. */
};

/* One option, as all commands that take it have it. */
struct option {
	const char *key;    /* By which commands name it. */
	const char *name;   /* Without the dashes. */
	const char *letter; /* "-q", or NULL. */
	const char *value;  /* Placeholder of its argument, or NULL for a flag. */
	enum option_argument argument;
	const char *words; /* Between spaces. */
	size_t offset;     /* Of its member in struct options. */
	const char *help;  /* Lines. */
};

/* All of them, in the order in which a help lists them. */
const struct option *options_all(size_t *count);

/* Does the command take it?  --quiet and --help belong to all. */
bool options_takes(const struct command *command, const struct option *option);

/* Reads what stands behind the command's name.  false after a message on standard error. */
bool options_parse(const struct command *command, int argc, char **argv, struct options *options);

/* "inlay NAME: WHAT ARGUMENT", and where help is, on standard error.  Returns EXIT_USAGE. */
enum exit_code options_complain(const char *command, const char *what, const char *argument);

/* A whole number of decimal digits from `least` to INT64_MAX. */
bool options_number(const char *text, int64_t least, int64_t *number);

/* "500", "500ms", "30s", "2min", "1h" in milliseconds, at most UINT32_MAX - 1. */
bool options_duration(const char *text, uint32_t *milliseconds);

/* "sqlite", "postgres", "all" to flags; NULL leaves them.  false after a message on standard
 * error. */
bool options_dialects(const struct options *options, bool dialects[DIALECT_COUNT]);

#endif
