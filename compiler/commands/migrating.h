/* migrating.h - what up, down and redo share: a database and a set, progress, Ctrl-C, the end. */
#ifndef INLAY_MIGRATING_H
#define INLAY_MIGRATING_H

#include "live/live_set.h"
#include "live/preview.h"
#include "live/progress.h"

/* A migration that the set or the database has, as live_status() tells it. */
struct migrating_row {
	int64_t version; /* -1: a repeatable one. */
	const char *filename;
	enum inlay_state state;
};

struct migrating {
	const struct options *options;
	struct arena arena;
	struct live live;
	struct live_set set;
	struct migrating_row *rows;
	size_t row_count;
	size_t row_capacity;
	struct preview preview;
	struct progress progress;
	struct inlay_error error; /* Of the last call. */
	bool is_dry;              /* --dry-run, or MIGRATION_DRY_RUN. */
	bool is_open;             /* The database. */
	bool is_watched;
	bool goes_down; /* The last call of the runtime. */
	int signal;     /* That asked to stop; or 0. */
};

/* Opens the database, reads the set, and what is applied.  EXIT_DONE, or another code after
 * messages.  migrating_end() in any case. */
enum exit_code migrating_begin(struct migrating *migrating, const char *command,
                               const struct options *options);

/* Reads again what is applied, into `rows`.  EXIT_DONE, or another code after messages. */
enum exit_code migrating_read_rows(struct migrating *migrating);

/* Looks what would happen, see preview.h.  EXIT_DONE, or another code after messages. */
enum exit_code migrating_preview(struct migrating *migrating,
                                 const struct inlay_rollback_scope *scope);

/* Prints that preview as SQL, or as JSON. */
void migrating_print_preview(struct migrating *migrating);

/* Lets the runtime do it: live_ensure(), or live_rollback() unless `scope` is NULL; with progress,
 * and stopped by signals until migrating_end().  EXIT_DONE, or another code after messages. */
enum exit_code migrating_run(struct migrating *migrating, const struct inlay_rollback_scope *scope);

/* Totals, and with --json the document; closes everything.  When a signal has stopped the work, it
 * ends the program.  Returns `code`. */
enum exit_code migrating_end(struct migrating *migrating, enum exit_code code);

/* How many versions are applied, the interrupted one included; how many of them the set lacks. */
size_t migrating_count_applied(const struct migrating *migrating);
size_t migrating_count_strange(const struct migrating *migrating);

/* Is it recorded in the database? */
bool migrating_is_applied(const struct migrating_row *row);

/* The row of a version, or NULL. */
const struct migrating_row *migrating_find(const struct migrating *migrating, int64_t version);

/* Reads a version that somebody has typed.  EXIT_DONE or EXIT_USAGE after a message. */
enum exit_code migrating_read_version(const struct migrating *migrating, const char *text,
                                      int64_t *version);

/* "near it are 006_x.sql and 008_y.sql": of the rows that `is_wanted` wants.  In the arena. */
const char *migrating_neighbours(struct migrating *migrating, int64_t version,
                                 bool (*is_wanted)(const struct migrating_row *row));

/* Prints a note on standard output unless --quiet or --json; in a dry run as SQL's comment. */
void migrating_say(const struct migrating *migrating, const char *format, ...)
        __attribute__((format(printf, 2, 3)));

/* Asks on the terminal whether what the preview of `scope` shows is to be rolled back, unless
 * --yes, and looks again after that.  EXIT_DONE for yes; EXIT_FAILED for no, or where somebody else
 * was faster; EXIT_USAGE where there is no terminal. */
enum exit_code migrating_ask(struct migrating *migrating, const struct inlay_rollback_scope *scope);

/* What down and redo are to undo, by their operand and --to.  EXIT_DONE, or EXIT_USAGE after a
 * message. */
enum exit_code migrating_read_scope(struct migrating *migrating,
                                    struct inlay_rollback_scope *scope);

/* EXIT_FAILED after a message when a down script calls a function of the application. */
enum exit_code migrating_refuse_down_functions(struct migrating *migrating);

/* The document of --json, of a command that ends in `code`. */
void migrating_print_json(struct migrating *migrating, enum exit_code code);

#endif
