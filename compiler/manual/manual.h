/* manual.h - what the command says about itself: usage, help, topics, manual pages, completions;
 * all from the tables of commands and options, and from one page a command. */
#ifndef INLAY_MANUAL_H
#define INLAY_MANUAL_H

#include "buffer.h"
#include "options.h"

#include <stdio.h>

/* A command line that works, and what it is for. */
struct manual_example {
	const char *line; /* "inlay up --to 20" */
	const char *text; /* One sentence. */
};

/* What the tables do not say of one command.  Texts are paragraphs, parted by empty lines; what
 * stands in `backquotes` is literal. */
struct manual_page {
	const char *command;
	const char *description;
	struct manual_example examples[6]; /* Up to one without a line. */
	const char *exit_status;           /* Lines "0  all applied"; NULL: as for all commands. */
	const char *see_also;              /* Names of commands and topics, between spaces. */
};

/* pages.c lists them; each is in a page_COMMAND.c. */
const struct manual_page *manual_find(const char *command);

/* All commands, by group. */
void manual_print_usage(FILE *to, const struct command *commands, size_t count);

/* One command: what it does, its options, examples.  On standard output. */
void manual_print_help(const struct command *command);

#endif
