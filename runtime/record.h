/*
 * record.h - writing down in the tracking tables what happens to one migration.
 *
 * All of these run in whatever transaction is open.  OUTCOME_CONFLICT means that the row is not,
 * or no longer, ours to write.
 */
#ifndef INLAY_RECORD_H
#define INLAY_RECORD_H

#include "tracking.h"

/* Which migration, and who is writing. */
struct record_entry {
	const struct image_view *view;
	const struct inlay_image_migration *migration;
	int64_t attempt; /* 1 for a claim; one more with each take-over. */
};

/* Inserts the migration's row, if the database still ends where the set's migration before does. */
enum outcome record_claim(struct tracking *tracking, const struct record_entry *entry);

/* Makes a failed row ours; entry->attempt is the failed one's. */
enum outcome record_take_over(struct tracking *tracking, const struct record_entry *entry);

/* So many statements are through. */
enum outcome record_progress(struct tracking *tracking, const struct record_entry *entry,
                             uint32_t statement_count);

/* The migration is applied. */
enum outcome record_finish(struct tracking *tracking, const struct record_entry *entry,
                           int64_t duration_ms);

/* The migration stopped after so many statements, and somebody may take it over. */
enum outcome record_fail(struct tracking *tracking, const struct record_entry *entry,
                         uint32_t statement_count);

/* A line for the log. */
struct record_note {
	const char *action; /* "applied" or "failed". */
	int64_t duration_ms;
	const char *message; /* Of a failure; otherwise NULL. */
};

enum outcome record_add_note(struct tracking *tracking, const struct record_entry *entry,
                             const struct record_note *note);

#endif
