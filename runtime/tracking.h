/*
 * tracking.h - the tables in which a database remembers its migrations.
 *
 * schema_migrations has a row for each applied migration; schema_migrations_log, which only
 * grows, has one for each thing that happened; schema_migrations_state has a single row: the format
 * of all three, the repeatable migrations (repeatable.h), and the gate of engines that lack a
 * better one.  They lie in the schema that the options name, or else in the one that was the
 * connection's current one when they were looked for, and every reference names that schema, so a
 * migration that changes the search path loses nothing.
 *
 * A migration's row is inserted before its first statement, in the same transaction; where the
 * migration has none, or the engine's schema changes are in none, in one of its own before.  Two
 * keys make it a fence: of all programs that start together one can insert this version, and one
 * can insert a successor of the migration before.  The row says 'running' until the last statement
 * is through, so that it never claims more than what happened, even when a statement commits.
 */
#ifndef INLAY_TRACKING_H
#define INLAY_TRACKING_H

#include "driver.h"
#include "format.h"
#include "image.h"

#define TRACKING_NAME_SIZE_MAX 340 /* Two quoted identifiers and the dot between them. */
#define TRACKING_FORMAT        1   /* Of the tables.  A later one is refused. */
/* Begins a chain that stands for no set's history, since late migrations are still to come. */
#define TRACKING_UNSETTLED "late "

struct tracking {
	struct session *session;
	const char *table;                 /* As the options name it. */
	char name[TRACKING_NAME_SIZE_MAX]; /* Quoted and, once looked for, qualified. */
	char log_name[TRACKING_NAME_SIZE_MAX];
	char state_name[TRACKING_NAME_SIZE_MAX];
	char schema[TRACKING_NAME_SIZE_MAX / 2]; /* Kept for the call once is_qualified. */
	bool is_qualified;
	bool is_found;      /* tracking_look() has answered; then the next five are known. */
	bool schema_exists; /* PostgreSQL. */
	bool exists;
	bool log_exists;
	bool state_exists;
	bool reads_state; /* Who means to write has to know it; who reads may not be allowed. */
	bool reads_down;  /* The rows' down scripts, which may be large. */
	bool reads_all;   /* What only a repair asks of rows. */
	/* PostgreSQL: a table of that name further down search_path, quoted and qualified, when
	 * there is none in the current schema; or "". */
	char outer_name[TRACKING_NAME_SIZE_MAX];
	enum inlay_gate gate;                 /* As the options say; */
	bool row_gate;                        /* and whether it is the state's row. */
	enum inlay_user_version user_version; /* SQLite: as the options say; */
	bool may_claim_user_version;          /* and whether one that is 0 is ours. */
};

/* One row.  Its texts are its own and never NULL. */
struct tracking_row {
	struct tracking_row *next;
	int64_t version;
	int64_t progress;    /* Statements that are through; -1 when all are. */
	int64_t attempt;     /* Counts take-overs; names the one who may write the row. */
	int64_t duration_ms; /* -1 when not recorded. */
	int64_t floor;       /* The highest version up to here that is `-- migrate:breaking`. */
	const char *filename;
	const char *checksum; /* 64 hex digits, unless somebody changed them. */
	const char *source_checksum;
	const char *chain;
	/* "applied"; "running"; "alone", which is running a statement that is not in one
	 * transaction with its progress; "failed". */
	const char *status;
	const char *script; /* Of an unfinished migration, see script.h; or "". */
	const char *down;   /* Its down script, where tracking->reads_down; or "". */
	const char
	        *previous; /* The chain that its own follows, where tracking->reads_all; or "". */
	const char *applied_at; /* UTC; or "". */
	const char *actor;
	bool is_alive; /* Of an unfinished one: its process is still at it. */
	bool is_down;  /* Of an unfinished one: what is unfinished is its rollback. */
};

/* All rows in version order, and the state. */
struct tracking_rows {
	struct tracking_row *first;
	struct tracking_row *last;
	bool no_memory;    /* A row is missing because memory ran out. */
	int64_t format;    /* INT64_MIN when there is no state. */
	char *repeatables; /* See repeatable.h; NULL when there is no state, or it is not read. */
	char fingerprint
	        [FORMAT_DIGEST_SIZE]; /* Of the last set whose repeatable ones are all there. */
};

/* What tracking_look() found out. */
enum tracking_found {
	TRACKING_READY,     /* Ours, or not there yet. */
	TRACKING_FOREIGN,   /* Another tool's table has the name; `words` says whose. */
	TRACKING_NEWER,     /* Ours, in a later format; `words` says which. */
	TRACKING_NO_SCHEMA, /* PostgreSQL: no schema of search_path exists to make a table in. */
	TRACKING_UNKNOWN    /* The database did not answer: session->failure. */
};

/* `table` must outlive the tracking; `schema` may be NULL. */
void tracking_init(struct tracking *tracking, struct session *session, const char *table,
                   const char *schema);

/* In one query: is the set's last migration applied as the set has it, all before it finished, and
 * are its repeatable ones?  Then true; *is_ahead tells whether the database has later migrations,
 * all of which let programs run that lack them.  False also when the answer is not certain.  On
 * SQLite a user_version of ours answers without reading the schema. */
bool tracking_at_head(struct tracking *tracking, const struct image_view *view, bool *is_ahead);

/* Does the table further down search_path hold this set's history?  False when nobody can tell. */
bool tracking_is_outside(struct tracking *tracking, const struct image_view *view);

/* Finds schema and tables and reads all rows, behind what was sent before; `rows` starts out empty.
 * Call tracking_rows_destroy() in any case. */
enum tracking_found tracking_look(struct tracking *tracking, struct tracking_rows *rows,
                                  char *words, size_t words_size);
void tracking_rows_destroy(struct tracking_rows *rows);

/* Calls `row` with the log's lines, columns in the order of struct inlay_history_entry. */
enum outcome tracking_history(struct tracking *tracking,
                              void (*row)(void *context, const char *const *columns,
                                          uint32_t column_count),
                              void *context);

/* SQLite: what user_version is when the last row has this chain, and the state this fingerprint;
 * "" when there is none. */
int64_t tracking_mark_of(const char *chain, const char *fingerprint);

/* The fingerprint of the set's repeatable migrations; "" without any. */
void tracking_fingerprint_of(const struct image_view *view, char fingerprint[FORMAT_DIGEST_SIZE]);

/* For record.c too: one more parameter; sends `command` with the SQL that `format` makes. */
void tracking_add_parameter(struct command *command, const char *text);
enum outcome tracking_send(struct tracking *tracking, struct command *command, const char *format,
                           ...) FORMAT_LIKE_PRINTF(3, 4);
enum outcome tracking_execute(struct tracking *tracking, struct command *command,
                              const char *format, ...) FORMAT_LIKE_PRINTF(3, 4);

/* A decimal number as the tables hold it; `otherwise` when it is not one. */
int64_t tracking_number(const char *text, int64_t otherwise);

/* SQLite's user_version; INT64_MIN when it can not be read. */
int64_t tracking_user_version(struct tracking *tracking);

/* Is it PostgreSQL, or an engine that speaks its protocol? */
bool tracking_is_postgres(const struct tracking *tracking);

#endif
