/* group_sqlite.c - savepoints, the COMMIT they share, and what it promises; knows only SQL. */
#include "group_sqlite.h"

#include "format.h"

#include <stdlib.h>
#include <string.h>

#define SAVEPOINT "inlay_migration"

static enum outcome run(struct session *session, struct group *group, const char *sql)
{
	struct command command = { .sql = sql, .sql_size = (uint32_t)strlen(sql) };
	enum outcome outcome;

	group->internal = true;
	outcome = session->driver->execute(session, &command);
	group->internal = false;
	return outcome;
}

/* Runs what cleans up: the failure it cleans up after is kept. */
static bool run_quietly(struct session *session, struct group *group, const char *sql)
{
	struct failure failure = session->failure;
	bool done = run(session, group, sql) == OUTCOME_DONE;

	session->failure = failure;
	return done;
}

/* --- Answers --- */

void group_answer(struct session *session, const struct purpose *purpose)
{
	if (session->answered != NULL && purpose->step != STEP_LOOK)
		session->answered(session->context, purpose);
}

static void answer_commits(struct session *session, struct group *group)
{
	uint32_t count = group->commit_count;

	group->commit_count = 0;
	for (uint32_t i = 0; i < count; i++)
		group_answer(session, &group->commits[i]);
}

/* --- One migration --- */

enum outcome group_begin(struct session *session, struct group *group)
{
	enum outcome outcome = OUTCOME_DONE;

	if (!group->transaction)
		outcome = run(session, group, "BEGIN IMMEDIATE");
	group->transaction = outcome == OUTCOME_DONE;
	if (outcome == OUTCOME_DONE)
		outcome = run(session, group, "SAVEPOINT " SAVEPOINT);
	group->migration = outcome == OUTCOME_DONE;
	return outcome;
}

bool group_reserve(struct group *group)
{
	uint32_t capacity = group->commit_capacity * 2 + 8;
	struct purpose *larger;

	if (group->commit_count < group->commit_capacity)
		return true;
	larger = realloc(group->commits, capacity * sizeof(*larger));
	if (larger == NULL)
		return false;
	group->commits = larger;
	group->commit_capacity = capacity;
	return true;
}

/* Without the savepoint nobody can tell what in the transaction is the migration's. */
static enum outcome miss_savepoint(struct session *session, const struct group *group)
{
	format_into(session->failure.message, sizeof(session->failure.message),
	            "a statement ended the migration's transaction or its savepoint");
	if (group->commit_count > 0)
		session->failure.outcome = OUTCOME_TORN;
	return session->failure.outcome;
}

enum outcome group_release(struct session *session, struct group *group)
{
	enum outcome outcome = run(session, group, "RELEASE " SAVEPOINT);

	if (outcome != OUTCOME_DONE)
		return strstr(session->failure.message, "no such savepoint") != NULL
		               ? miss_savepoint(session, group)
		               : outcome;
	group->migration = false;
	group->commits[group->commit_count++] = session->purpose;
	return OUTCOME_DONE;
}

void group_undo_migration(struct session *session, struct group *group)
{
	bool shared = group->commit_count > 0;

	if (!group->migration)
		return;
	group->migration = false;
	if (shared && group->transaction && run_quietly(session, group, "ROLLBACK TO " SAVEPOINT) &&
	    run_quietly(session, group, "RELEASE " SAVEPOINT))
		return;
	group_abandon(session, group);
	if (shared)
		session->failure.outcome = OUTCOME_TORN;
}

/* --- All of them --- */

enum outcome group_end(struct session *session, struct group *group)
{
	struct purpose purpose = session->purpose;
	enum outcome outcome;

	if (!group->transaction)
		return OUTCOME_DONE;
	if (group->commit_count > 0)
		session->purpose = group->commits[group->commit_count - 1];
	outcome = run(session, group, "COMMIT");
	session->purpose = purpose;
	if (outcome == OUTCOME_DONE) {
		group->transaction = false;
		answer_commits(session, group);
	} else {
		/* One by one they will show which of them it is. */
		if (outcome == OUTCOME_FAILED && group->commit_count > 1)
			outcome = session->failure.outcome = OUTCOME_TORN;
		group_abandon(session, group);
	}
	return outcome;
}

void group_abandon(struct session *session, struct group *group)
{
	(void)run_quietly(session, group, "ROLLBACK"); /* It may be over already. */
	group_forget(group);
}

void group_forget(struct group *group)
{
	group->transaction = false;
	group->migration = false;
	group->lost = false;
	group->commit_count = 0;
}

enum outcome group_lose(struct session *session, struct group *group, enum outcome outcome,
                        bool was_commit)
{
	group->transaction = false;
	group->lost = group->migration;
	if (outcome == OUTCOME_DONE && was_commit)
		answer_commits(session, group);
	if (group->commit_count == 0)
		return outcome;
	group->commit_count = 0;
	if (outcome == OUTCOME_DONE) {
		session->failure = (struct failure){ .character = -1 };
		session->failure.purpose = session->purpose;
		format_into(session->failure.message, sizeof(session->failure.message),
		            "this statement ended the transaction");
	}
	session->failure.outcome = OUTCOME_TORN;
	return OUTCOME_TORN;
}

void group_destroy(struct group *group)
{
	free(group->commits);
	group->commits = NULL;
	group->commit_count = 0;
	group->commit_capacity = 0;
}
