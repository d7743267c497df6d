/* manual.h - what the command says about itself: usage, help, topics, manual pages, completions and
 * docs/commands.md; all from the tables of commands and options, and from one page a command. */
#ifndef INLAY_MANUAL_H
#define INLAY_MANUAL_H

#include "buffer.h"
#include "options.h"

#define MANUAL_EXAMPLES_MAX 6

/* A command line that works, and what it is for. */
struct manual_example {
	const char *line; /* "inlay up --to 20" */
	const char *text; /* One sentence. */
};

/*
 * What the tables do not say of one command.
 *
 * Texts are paragraphs of one line each, parted by empty lines; what stands in `backquotes` is
 * literal.  Lines that begin with two spaces are kept as they are.
 */
struct manual_page {
	const char *command;
	const char *description;
	struct manual_example examples[MANUAL_EXAMPLES_MAX]; /* Up to one without a line. */
	const char *exit_status; /* Lines "0  all applied"; NULL: as for all commands. */
	const char *see_also;    /* Names of commands and topics, between spaces; or NULL. */
};

/* The page of that command, or NULL; pages.c lists them, each is in a page_COMMAND.c. */
const struct manual_page *manual_find(const char *command);

/* What is about more than one command. */
struct manual_topic {
	const char *name;
	const char *summary;
	const char *text;
};

/* All topics; the one of that name, or NULL. */
const struct manual_topic *manual_topics(size_t *count);
const struct manual_topic *manual_find_topic(const char *name);

/* Says that nothing is called so, and where the names are.  EXIT_USAGE. */
enum exit_code manual_complain(const char *command, const char *name);

/* What is written about: the table of commands goes in, so that nothing here has to know who runs
 * them. */
struct manual {
	const struct command *commands;
	size_t count;
};

/* --- On a terminal (help.c) --- */

/* All commands, by group, and the topics. */
void manual_write_usage(const struct manual *manual, struct buffer *out);

/* One command: what it does, its options, examples. */
void manual_write_help(const struct command *command, struct buffer *out);

void manual_write_topic(const struct manual_topic *topic, struct buffer *out);

/* --- Manual pages (roff.c): man(7), as `man -l` reads them --- */

void manual_write_main_page(const struct manual *manual, struct buffer *out);
void manual_write_page(const struct command *command, struct buffer *out);
void manual_write_topic_page(const struct manual_topic *topic, struct buffer *out);

/* --- docs/commands.md (markdown.c) --- */

void manual_write_markdown(const struct manual *manual, struct buffer *out);

/* --- Completions --- */

void manual_write_bash(const struct manual *manual, struct buffer *out);
void manual_write_zsh(const struct manual *manual, struct buffer *out);
void manual_write_fish(const struct manual *manual, struct buffer *out);

/* What completes the first operand of a command: ARGUMENT_TEXT when nothing does.  For
 * ARGUMENT_WORDS they are appended to `words`. */
enum option_argument manual_operand(const struct manual *manual, const struct command *command,
                                    struct buffer *words);

/* --- Texts (prose.c) --- */

/* Calls `block` for every paragraph, and for every run of lines that are kept as they are. */
void manual_blocks(const char *text,
                   void (*block)(struct text block, bool is_kept, struct buffer *out),
                   struct buffer *out);

/* What all commands end in, as manual_page.exit_status. */
extern const char manual_exit_status[];

/* "-q, --quiet" or "    --json", with its argument. */
void manual_write_option(const struct option *option, struct buffer *out);

#endif
