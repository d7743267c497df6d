/* effects.h - sets whose every effect can be counted, and what a crash may leave of them. */
#ifndef INLAY_TESTS_EFFECTS_H
#define INLAY_TESTS_EFFECTS_H

#include "database.h"

/*
 * Sets for both dialects.  A statement of migration N inserts the number 10 * N + K into the table
 * "effect", which is there before all migrations; others create tables and indexes.
 */
enum effects_kind {
	EFFECTS_TRANSACTIONAL, /* Six migrations, each in its transaction. */
	EFFECTS_MIXED          /* Some without: INSERT, and indexes, on PostgreSQL concurrently. */
};

struct compiled_set effects_compile(enum effects_kind kind, enum inlay_dialect dialect);

/* Empties the database and creates the table "effect". */
void effects_prepare(struct database *database);

/* What is recorded is a beginning of the set, and just its effects have happened; of a migration
 * without a transaction, some of the next one's too.  Returns how many migrations are applied. */
int effects_expect_prefix(struct database *database, enum effects_kind kind);

/* Migrates to the end, as the next one to start would, and expects every effect once. */
void effects_expect_completion(struct database *database, enum effects_kind kind,
                               const struct inlay_set *set);

/* Until nobody but this connection is at work in the database: what a killed client's server
 * process was given, it does. */
void effects_wait_for_orphans(struct database *database);

#endif
