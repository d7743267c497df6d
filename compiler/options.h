/* options.h - the command line: one table of commands, one of options. */
#ifndef INLAY_OPTIONS_H
#define INLAY_OPTIONS_H

#include "lexer.h"

/* How the program ends; from 64 on these are the numbers of sysexits.h. */
enum exit_code {
	EXIT_DONE = 0,      /* As asked. */
	EXIT_FINDINGS = 1,  /* check: warnings; --check: the output would differ. */
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
	const char *operand;                             /* DIR or FILE. */
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
	bool no_syntax;    /* --no-syntax */
	bool no_lint;      /* --no-lint */
	bool no_rehearsal; /* --no-rehearsal */
	bool strict;       /* --strict */
	bool style;        /* --style */
	bool check;        /* --check */
	bool write;        /* --write */
	bool relock;       /* --relock */
	bool quiet;        /* --quiet */
	bool help;         /* --help */
};

/* One subcommand. */
struct command {
	const char *name;
	const char *operand; /* "DIR": how the usage names it. */
	const char *options; /* Names of its options, between spaces. */
	const char *summary;
	enum exit_code (*run)(const struct options *options);
};

/* Reads what stands behind the command's name.  false after a message on standard error. */
bool options_parse(const struct command *command, int argc, char **argv, struct options *options);

/* The manual of one command, on standard output. */
void options_print_help(const struct command *command);

/* "sqlite", "postgres", "all" to flags; NULL leaves them.  false after a message on standard
 * error. */
bool options_dialects(const struct options *options, bool dialects[DIALECT_COUNT]);

#endif
