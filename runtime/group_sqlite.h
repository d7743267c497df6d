/*
 * group_sqlite.h - migrations that share one transaction of SQLite, each in a savepoint.
 *
 * Only SQL, run by session->driver->execute().
 */
#ifndef INLAY_GROUP_SQLITE_H
#define INLAY_GROUP_SQLITE_H

#include "names.h"
#include "driver.h"

struct group {
	bool internal;    /* What runs is the driver's own: nobody is told, and it ends nothing. */
	bool transaction; /* One was opened, and it is not over as far as we know. */
	bool migration;   /* Its savepoint was set, and not released. */
	bool lost;        /* A statement ended the transaction of the migration. */
	bool alone;       /* The migration shares its transaction with no other. */

	/* The commits that wait for COMMIT, to be answered in this order. */
	struct purpose *commits;
	uint32_t commit_count;
	uint32_t commit_capacity;
};

/* Tells the caller that what was sent for `purpose` has succeeded. */
void group_answer(struct session *session, const struct purpose *purpose);

/* Sets a migration's savepoint, in a transaction that is opened if none is. */
enum outcome group_begin(struct session *session, struct group *group);

/* Makes room for group_release(), which is not to fail once it has happened.  False: no memory. */
bool group_reserve(struct group *group);

/* Releases the migration's savepoint; its commit waits for group_end(). */
enum outcome group_release(struct session *session, struct group *group);

/* Commits what is open and answers.  What fails then is the last commit, and none is applied. */
enum outcome group_end(struct session *session, struct group *group);

/* The migration at work has failed: undoes it, and nothing else where that is possible; otherwise
 * the failure becomes OUTCOME_TORN. */
void group_undo_migration(struct session *session, struct group *group);

/* Rolls back everything that is open. */
void group_abandon(struct session *session, struct group *group);

/* Nothing is open any more. */
void group_forget(struct group *group);

/* A command ended with `outcome`, and the transaction with it: what the command's outcome is.  Only
 * a COMMIT (`was_commit`) keeps what earlier migrations did; otherwise it is OUTCOME_TORN. */
enum outcome group_lose(struct session *session, struct group *group, enum outcome outcome,
                        bool was_commit);

void group_destroy(struct group *group);

#endif
