/*
 * record.h - writing down in the tracking tables what happens to one migration.
 *
 * All of these send their commands into whatever transaction is open.  Where the row is not, or no
 * longer, ours to write, the command fails with OUTCOME_CONFLICT, and with it what is sent behind.
 */
#ifndef INLAY_RECORD_H
#define INLAY_RECORD_H

#include "tracking.h"

/* Which migration, and who is writing. */
struct record_entry {
	const struct image_view *view;
	const struct inlay_image_migration *migration;
	int64_t attempt;    /* 1 for a claim; one more with each take-over. */
	const struct tracking_row *unfinished; /* Of a take-over: the row as it was read. */
	int64_t started_ms; /* On clock_now_ms(). */
	/* The server knows best how long it took: all of it is in the transaction that is open. */
	bool is_timed_by_server;
};

/* Inserts the migration's row, if the database still ends where the set's migration before does. */
enum outcome record_claim(struct tracking *tracking, const struct record_entry *entry);

/* Makes an unfinished row ours; entry->attempt is the one it has. */
enum outcome record_take_over(struct tracking *tracking, const struct record_entry *entry);

/* Is the row still ours?  And until the transaction ends it stays so. */
enum outcome record_hold(struct tracking *tracking, const struct record_entry *entry);

/* So many statements are through; with `alone` the next one is not in one transaction with the
 * record of it. */
enum outcome record_progress(struct tracking *tracking, const struct record_entry *entry,
                             uint32_t statement_count, bool alone);

/* The migration is applied. */
enum outcome record_finish(struct tracking *tracking, const struct record_entry *entry);

/* The migration stopped after so many statements, and somebody may take it over. */
enum outcome record_fail(struct tracking *tracking, const struct record_entry *entry,
                         uint32_t statement_count);

/* The row goes: nothing of the migration is there. */
enum outcome record_withdraw(struct tracking *tracking, const struct record_entry *entry);

/* A line for the log: "applied" or "failed", the second with a message, otherwise NULL. */
enum outcome record_add_note(struct tracking *tracking, const struct record_entry *entry,
                             const char *action, const char *message);

/* SQLite: the database's user_version says that the migration is the last one, if it is ours. */
enum outcome record_mark(struct tracking *tracking, const struct record_entry *entry);

#endif
