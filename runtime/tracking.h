/*
 * tracking.h - the tables in which a database remembers its migrations.
 *
 * schema_migrations has a row for each applied migration; schema_migrations_log, which only
 * grows, has one for each thing that happened.  Both lie in the schema that was the connection's
 * current one when they were looked for, and every reference names that schema, so a migration
 * that changes the search path loses nothing.
 *
 * A migration's row is inserted before its first statement, in the same transaction.  Two keys
 * make it a fence: of all programs that start together one can insert this version, and one can
 * insert a successor of the migration before.  The row says 'running' until the last statement is
 * through, so that it never claims more than what happened, even when a statement commits.
 */
#ifndef INLAY_TRACKING_H
#define INLAY_TRACKING_H

#include "driver.h"
#include "format.h"
#include "image.h"

#define TRACKING_NAME_SIZE_MAX 340 /* Two quoted identifiers and the dot between them. */

struct tracking {
	struct session *session;
	const char *table;                 /* As the options name it. */
	char name[TRACKING_NAME_SIZE_MAX]; /* Quoted and, after tracking_find(), qualified. */
	char log_name[TRACKING_NAME_SIZE_MAX];
	bool exists; /* Known after tracking_find(). */
	bool log_exists;
};

/* One row.  Its texts are its own and never NULL. */
struct tracking_row {
	struct tracking_row *next;
	int64_t version;
	int64_t progress;    /* Statements that are through; -1 when all are. */
	int64_t attempt;     /* Counts take-overs; names the one who may write the row. */
	int64_t duration_ms; /* -1 when not recorded. */
	const char *filename;
	const char *checksum; /* 64 hex digits, unless somebody changed them. */
	const char *chain;
	const char *status;     /* "applied", "running", "failed". */
	const char *up;         /* Of an unfinished migration, see script.h; or "". */
	const char *applied_at; /* UTC; or "". */
	const char *actor;
};

/* All rows in version order. */
struct tracking_rows {
	struct tracking_row *first;
	struct tracking_row *last;
	bool no_memory; /* A row is missing because memory ran out. */
};

/* What tracking_find() found out. */
enum tracking_found {
	TRACKING_READY,     /* Ours, or not there yet. */
	TRACKING_FOREIGN,   /* Another tool's table has the name; `words` says whose. */
	TRACKING_NO_SCHEMA, /* PostgreSQL: no schema of search_path exists to make a table in. */
	TRACKING_UNKNOWN    /* The database did not answer: session->failure. */
};

/* `table` must outlive the tracking. */
void tracking_init(struct tracking *tracking, struct session *session, const char *table);

/* In one query: is the set's last migration applied as the set has it, all before it finished, and
 * is the database `*ahead` of it?  False also when the answer is not certain. */
bool tracking_at_head(struct tracking *tracking, const struct image_view *view, bool *ahead);

/* Finds schema and tables. */
enum tracking_found tracking_find(struct tracking *tracking, char *words, size_t words_size);

/* Reads all rows; tracking->exists must be true.  Call tracking_rows_destroy() in any case. */
enum outcome tracking_read(struct tracking *tracking, struct tracking_rows *rows);
void tracking_rows_destroy(struct tracking_rows *rows);

/* Creates the tables that are not there. */
enum outcome tracking_create(struct tracking *tracking);

/* Calls `row` with the log's lines, columns in the order of struct inlay_history_entry. */
enum outcome tracking_history(struct tracking *tracking,
                              void (*row)(void *context, const char *const *columns,
                                          uint32_t column_count),
                              void *context);

/* For record.c too: one more parameter; runs `command` with the SQL that `format` makes. */
void tracking_add_parameter(struct command *command, const char *text);
enum outcome tracking_run(struct tracking *tracking, struct command *command, const char *format,
                          ...) FORMAT_LIKE_PRINTF(3, 4);

/* A decimal number as the tables hold it; `otherwise` when it is not one. */
int64_t tracking_number(const char *text, int64_t otherwise);

#endif
