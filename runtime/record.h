/*
 * record.h - writing down in the tracking tables what happens to one migration.
 *
 * All of these send their commands into whatever transaction is open.  Where the row is not, or no
 * longer, ours to write, the command fails with OUTCOME_CONFLICT, and with it what is sent behind.
 */
#ifndef INLAY_RECORD_H
#define INLAY_RECORD_H

#include "tracking.h"

#define RECORD_ADOPTED_SIZE 200 /* Of "from goose". */

/* Which migration, and who is writing. */
struct record_entry {
	const struct image_view *view;
	const struct inlay_image_migration *migration;
	int64_t attempt;                /* 1 for a claim; one more with each take-over. */
	const struct tracking_row *row; /* Of a take-over or a rollback: the row as it was read. */
	int64_t started_ms;             /* On clock_now_ms(). */
	/* The server knows best how long it took: all of it is in the transaction that is open. */
	bool is_timed_by_server;
	const char *previous; /* Of a claim: the chain that the migration's follows, or "". */
	const char *tip; /* The last row's chain, before; and when the migration is recorded. */
	const char *next_tip;
	const char *fingerprint; /* The state's, before; and then. */
	const char *next_fingerprint;
	int64_t floor; /* Of a claim: the highest breaking version, its own included. */
	/* Of a migration that is late: the rows behind it, as they were read, and before it those
	 * whose chains are not settled; and whether it is the last late one, so that all of their
	 * chains are the set's when it is through. */
	const struct tracking_row *later;
	const struct image_view *set;
	bool is_last_late;
	const char *down;        /* Of a rollback: the script that it runs, to be gone on with. */
	const char *repeatables; /* Of a repeatable one: the state's text, before; and then. */
	const char *next_repeatables;
	const char *applied_at;   /* Of a baseline: in UTC, or NULL for now; */
	const char *adopted_from; /* and whose history it was, or NULL. */
};

/*
 * What happens to the tracking tables when a migration is run, one for each way of running it.
 */
struct record_way {
	const char *direction; /* As the log has it. */
	const char *action;    /* The same, when all went well. */

	/* Makes the migration ours, or fails: for a claim in the transaction of the migration, or
	 * in one of its own before. */
	enum outcome (*claim)(struct tracking *tracking, const struct record_entry *entry);

	/* Makes an unfinished row ours; entry->attempt is the one it has. */
	enum outcome (*take_over)(struct tracking *tracking, const struct record_entry *entry);

	/* It is done. */
	enum outcome (*finish)(struct tracking *tracking, const struct record_entry *entry);

	/* A claim that is committed is taken back: nothing was done. */
	enum outcome (*withdraw)(struct tracking *tracking, const struct record_entry *entry);
};

extern const struct record_way record_up;         /* Applying. */
extern const struct record_way record_down;       /* Rolling back. */
extern const struct record_way record_repeatable; /* Applying a repeatable one. */

/* Nobody but us writes rows until the transaction is over. */
enum outcome record_begin_baseline(struct tracking *tracking);

/* Applied it was, but not by us: the row and a line of the log, or the repeatable one's place in
 * the state and the line. */
enum outcome record_baseline(struct tracking *tracking, const struct record_entry *entry);
enum outcome record_baseline_repeatable(struct tracking *tracking,
                                        const struct record_entry *entry);

/* Is the row still ours?  And until the transaction ends it stays so. */
enum outcome record_hold(struct tracking *tracking, const struct record_entry *entry);

/* So many statements are through; with `alone` the next one is not in one transaction with the
 * record of it. */
enum outcome record_progress(struct tracking *tracking, const struct record_entry *entry,
                             uint32_t statement_count, bool alone);

/* The migration stopped after so many statements, and somebody may take it over. */
enum outcome record_fail(struct tracking *tracking, const struct record_entry *entry,
                         uint32_t statement_count);

/* It stopped there, and the next one, which was announced, may have happened: its probe tells. */
enum outcome record_doubt(struct tracking *tracking, const struct record_entry *entry,
                          uint32_t statement_count);

/* A line for the log: way->action, or "failed" with a message, which is otherwise NULL. */
enum outcome record_add_note(struct tracking *tracking, const struct record_entry *entry,
                             const struct record_way *way, const char *message);

/* SQLite: the database's user_version says that the last row is entry->next_tip, if it was ours. */
enum outcome record_mark(struct tracking *tracking, const struct record_entry *entry);

#endif
