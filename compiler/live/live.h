/*
 * live.h - the database that a command was pointed at, of either kind: opened, asked, told.
 *
 * Whatever changes it is the runtime's work (live_ensure(), live_rollback() ...), so that lock,
 * transactions and guarantees are those of the applications.  What goes wrong is said on standard
 * error here, once, with the remedy; commands pass on the exit code.
 */
#ifndef INLAY_LIVE_H
#define INLAY_LIVE_H

#include "address.h"
#include "inlay.h"
#include "options.h"

enum live_access {
	LIVE_READ,   /* Reads only; works with read-only rights and on a standby. */
	LIVE_LOOK,   /* As LIVE_READ; a SQLite file that is not there counts as an empty one. */
	LIVE_CHANGE, /* Writes to what is there: of SQLite's files as LIVE_LOOK. */
	LIVE_WRITE,  /* SQLite: makes the file when there is none. */
};

struct live {
	struct arena *arena;
	const char *command; /* "status": messages begin with it. */
	struct address address;
	struct sqlite3 *sqlite; /* One of the two. */
	struct pg_conn *postgres;
	enum live_access access;
	bool is_quiet;
	bool is_absent; /* There is no such file, and this is an empty database. */
	/* What the command line says of how to migrate; auto_migrate is on, no cache, no roll-out:
	 * who types a command means it.  For the command to fill in further. */
	struct inlay_options settings;
	const char *words; /* What the database said when live_query() failed. */
	const char **told; /* What live_fail() said last, or points to NULL. */
};

/* Reads --env-file, finds the database, waits for it as --wait says, and opens it.  EXIT_DONE, or
 * after a message another code.  live_close() in any case; until then `live` stays where it is. */
enum exit_code live_open(struct live *live, const char *command, const struct options *options,
                         enum live_access access, struct arena *arena);
void live_close(struct live *live);

/* Makes SQLite's file where LIVE_CHANGE has found none: when it is clear that something will be in
 * it.  EXIT_DONE, or EXIT_FAILED after a message. */
enum exit_code live_make(struct live *live);

/* --- The runtime's functions, of either kind --- */

enum inlay_result live_ensure(struct live *live, const struct inlay_set *set,
                              struct inlay_error *error);
enum inlay_result live_check(struct live *live, const struct inlay_set *set,
                             struct inlay_error *error);
enum inlay_result live_rollback(struct live *live, const struct inlay_set *set,
                                const struct inlay_rollback_scope *scope,
                                struct inlay_error *error);
enum inlay_result live_baseline(struct live *live, const struct inlay_set *set,
                                const struct inlay_baseline_scope *scope,
                                struct inlay_error *error);
enum inlay_result live_status(struct live *live, const struct inlay_set *set,
                              void (*each)(void *context, const struct inlay_migration_status *row),
                              void *context, struct inlay_error *error);
enum inlay_result live_history(struct live *live,
                               void (*each)(void *context, const struct inlay_history_entry *entry),
                               void *context, struct inlay_error *error);

enum inlay_result live_examine(struct live *live, const struct inlay_set *set,
                               void (*each)(void *context, const struct inlay_finding *finding),
                               void *context, struct inlay_error *error);
enum inlay_result live_repair(struct live *live, const struct inlay_set *set,
                              const struct inlay_repair_scope *scope, struct inlay_error *error);

/* --- Questions --- */

/* What a query is to be asked with, and who gets its rows; NULL is SQL's. */
struct live_query {
	const char *sql; /* Parameters are $1, $2 ... on both databases. */
	const char *const *parameters;
	int parameter_count;
	void (*row)(void *context, const char *const *columns, int column_count); /* Or NULL. */
	void *context;
};

/* Asks; what is to be read only is asked in a transaction that PostgreSQL lets write nothing, which
 * holds behind a pooler, too.  false when the database can not answer: live->words says why, in one
 * line, and nothing is printed. */
bool live_query(struct live *live, const struct live_query *query);

/* --- Saying --- */

/* "inlay status: ..." with a line "    help: ..." (NULL: none), on standard error; returns
 * EXIT_FAILED. */
enum exit_code live_fail(const struct live *live, const char *help, const char *format, ...)
        __attribute__((format(printf, 3, 4)));

/* error->message, with the options called as the command line has them. */
const char *live_spell(const struct live *live, const struct inlay_error *error);

/* What a call of the runtime came to: says error->message and what helps, unless it is INLAY_OK.
 * Returns EXIT_DONE; EXIT_FINDINGS for INLAY_PENDING; EXIT_FAILED. */
enum exit_code live_tell(const struct live *live, const struct inlay_error *error);

#endif
