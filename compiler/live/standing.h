/* standing.h - where each migration stands in a database, kept for a command to tell, in words. */
#ifndef INLAY_STANDING_H
#define INLAY_STANDING_H

#include "live.h"

#define STANDING_STATE_COUNT ((size_t)INLAY_STATE_INTERRUPTED + 1)

struct standing {
	struct live *live;
	struct inlay_migration_status *rows; /* Their texts are the arena's. */
	size_t count;
	size_t capacity;
	size_t counts[STANDING_STATE_COUNT]; /* Of each state. */
	int64_t set_head;                    /* The set's last version; -1 without any. */
	int64_t database_head;               /* The database's. */
	size_t recorded_count;               /* Rows that the database has. */
	bool is_standby;                     /* Which does not see who is at work. */
	/* The set's history is in another schema: what the runtime says to that; or NULL. */
	const char *elsewhere;
};

/* Reads it, as inlay_status() tells it; what the log knows of repeatable ones is filled in, where
 * it may be read.  EXIT_DONE, or after a message EXIT_FAILED. */
enum exit_code standing_read(struct standing *standing, struct live *live,
                             const struct inlay_set *set);

/* May a program with this set run, with nothing left to apply?  As inlay_check() says that has
 * looked at every row. */
bool standing_is_up_to_date(const struct standing *standing);

/* "pending", "at work", ...: for people. */
const char *standing_state(const struct inlay_migration_status *row);

/* "add_invoices": the set's name; where it lacks the migration, what the file's says. */
const char *standing_name(struct arena *arena, const struct inlay_migration_status *row);

/* What the name of a file says: "013_add_invoices.up.sql" is "add_invoices". */
const char *standing_name_in(struct arena *arena, const char *filename);

/* Something else than applied or pending in words, and what helps (or NULL).  NULL: nothing is to
 * be said. */
const char *standing_words(const struct standing *standing,
                           const struct inlay_migration_status *row, const char **help);

#endif
