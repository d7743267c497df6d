/*
 * driver_sqlite.c - SQLite's transactions and what a connection is like around them.
 *
 * Every command runs at once (command_sqlite.h).  Migrations that follow each other share a
 * transaction (group_sqlite.h), so that what a commit() promises becomes true at finish().
 */
#include "driver.h"

#include "command_sqlite.h"
#include "connection_sqlite.h"
#include "group_sqlite.h"
#include "pragmas_sqlite.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#define WAIT_MS_MAX 5000 /* For others, at any one command; enter() does not wait. */

struct sqlite_state {
	struct group group;
	struct pragmas pragmas;
	bool noted;              /* pragmas are. */
	bool changed;            /* A migration ran that leaves its marks: reset() has to look. */
	bool check_foreign_keys; /* commit() must find all of them intact. */
	bool failed;             /* session->failure says how; nothing runs before finish(). */
	bool impatient;          /* enter() is at work. */
};

/* What somebody else's lock stops is tried again. */
static enum outcome run_command(struct session *session, const struct command *command)
{
	const struct sqlite_state *state = session->state;
	bool waits = state == NULL || !state->impatient;

	return command_sqlite_run(session, command, waits ? WAIT_MS_MAX : 0);
}

static enum outcome run(struct session *session, const char *sql)
{
	struct command command = { .sql = sql, .sql_size = (uint32_t)strlen(sql) };

	return run_command(session, &command);
}

static bool is_transaction_open(const struct session *session)
{
	return sqlite3_get_autocommit(session->connection) == 0;
}

/* --- Sending --- */

/* A command has run: ON CONFLICT ROLLBACK, a full disk or a COMMIT may have ended the transaction.
 * Were that missed, what follows would be committed statement by statement. */
static enum outcome notice_end(struct session *session, const struct command *command,
                               enum outcome outcome)
{
	struct sqlite_state *state = session->state;
	bool was_commit = sqlite3_strnicmp(command->sql, "COMMIT", 6) == 0 ||
	                  sqlite3_strnicmp(command->sql, "END", 3) == 0;

	if (!state->group.transaction || is_transaction_open(session))
		return outcome;
	return group_lose(session, &state->group, outcome, was_commit);
}

static enum outcome perform(struct session *session, const struct command *command)
{
	struct sqlite_state *state = session->state;
	enum outcome outcome;

	if (state == NULL)
		return run_command(session, command);
	if (state->group.lost)
		return command_sqlite_fail(session, SQLITE_ERROR,
		                           "the migration's transaction is over");
	/* Between two migrations: what runs there is in no transaction. */
	if (!state->group.migration && state->group.commit_count > 0) {
		outcome = group_end(session, &state->group);
		if (outcome != OUTCOME_DONE)
			return outcome;
	}
	return notice_end(session, command, run_command(session, command));
}

static enum outcome sqlite_finish(struct session *session)
{
	struct sqlite_state *state = session->state;
	struct failure failure;

	if (state == NULL)
		return OUTCOME_DONE;
	if (!state->failed) {
		bool waiting = !state->group.migration && state->group.commit_count > 0;

		return waiting ? group_end(session, &state->group) : OUTCOME_DONE;
	}
	state->failed = false;
	group_undo_migration(session, &state->group);
	failure = session->failure;
	if (state->group.commit_count > 0 && group_end(session, &state->group) != OUTCOME_DONE)
		return session->failure.outcome;
	session->failure = failure;
	return failure.outcome;
}

/* Zeroed before its first use; NULL when memory is out. */
static struct sqlite_state *state_of(struct session *session)
{
	if (session->state == NULL)
		session->state = calloc(1, sizeof(struct sqlite_state));
	return session->state;
}

/* Nothing is sent any more.  Our own commands, too, can end the transaction: memory runs out. */
static enum outcome keep_failure(struct session *session, enum outcome outcome)
{
	struct sqlite_state *state = outcome == OUTCOME_DONE ? NULL : state_of(session);

	if (state == NULL)
		return outcome;
	state->failed = true;
	if (state->group.transaction && !is_transaction_open(session))
		return group_lose(session, &state->group, outcome, false);
	return outcome;
}

static void sqlite_fail(struct session *session)
{
	(void)keep_failure(session, session->failure.outcome);
}

static enum outcome sqlite_send(struct session *session, const struct command *command)
{
	const struct sqlite_state *state = session->state;
	enum outcome outcome;

	if (state != NULL && state->failed)
		return session->failure.outcome;
	outcome = perform(session, command);
	if (outcome == OUTCOME_DONE && state != NULL && state->group.lost)
		outcome = command_sqlite_fail(session, SQLITE_ERROR,
		                              "this statement ended the transaction");
	if (outcome == OUTCOME_DONE)
		group_answer(session, &session->purpose);
	return keep_failure(session, outcome);
}

/* A migration that fails here is undone at once, and those before it are committed: nobody need
 * call finish() any more. */
static enum outcome sqlite_execute(struct session *session, const struct command *command)
{
	struct sqlite_state *state = session->state;
	enum outcome outcome;

	if (state != NULL && state->group.internal)
		return run_command(session, command);
	if (state != NULL && state->failed)
		return sqlite_finish(session);
	outcome = perform(session, command);
	if (outcome == OUTCOME_DONE)
		group_answer(session, &session->purpose);
	else if (state != NULL && state->group.migration)
		state->failed = true;
	return state != NULL && state->failed ? sqlite_finish(session) : outcome;
}

/* --- The session --- */

static bool is_stepping(sqlite3 *database)
{
	sqlite3_stmt *statement = sqlite3_next_stmt(database, NULL);

	while (statement != NULL && !sqlite3_stmt_busy(statement))
		statement = sqlite3_next_stmt(database, statement);
	return statement != NULL;
}

static const char *sqlite_open(struct session *session)
{
	sqlite3 *database = session->connection;

	if (sqlite3_get_autocommit(database) == 0)
		return "the connection has a transaction open: commit or roll it back first";
	if (is_stepping(database))
		return "the connection has a statement that is still being stepped: reset or "
		       "finalize it first";
	return NULL;
}

static enum outcome note_pragmas(struct session *session, struct sqlite_state *state)
{
	enum outcome outcome;

	if (state->noted)
		return OUTCOME_DONE;
	if (sqlite3_db_readonly(session->connection, "main") == 1)
		return command_sqlite_fail(session, SQLITE_READONLY,
		                           "the database is opened read-only");
	state->group.internal = true;
	pragmas_destroy(&state->pragmas);
	outcome = pragmas_note(session, &state->pragmas);
	state->group.internal = false;
	state->noted = outcome == OUTCOME_DONE;
	return outcome;
}

/* SQLite waits by itself where sqlite3_busy_timeout() said so, and can be kept from it: that is the
 * one handler that can be put back. */
static enum outcome begin_at_once(struct session *session, struct sqlite_state *state)
{
	int64_t timeout_ms = 0;
	enum outcome outcome;

	state->group.internal = true;
	outcome = pragmas_read_busy_timeout(session, &timeout_ms);
	state->group.internal = false;
	if (outcome != OUTCOME_DONE)
		return outcome;
	if (timeout_ms > 0)
		(void)sqlite3_busy_timeout(session->connection, 0);
	outcome = run(session, "BEGIN IMMEDIATE");
	if (timeout_ms > 0)
		(void)sqlite3_busy_timeout(session->connection, (int)timeout_ms);
	state->group.transaction = outcome == OUTCOME_DONE;
	return outcome;
}

static enum outcome sqlite_enter(struct session *session)
{
	struct sqlite_state *state = state_of(session);
	enum outcome outcome;

	if (state == NULL)
		return command_sqlite_fail(session, SQLITE_NOMEM, "memory is out");
	if (state->failed)
		return session->failure.outcome;
	outcome = sqlite_finish(session);
	if (outcome != OUTCOME_DONE || state->group.transaction)
		return outcome;
	state->impatient = true;
	outcome = note_pragmas(session, state);
	if (outcome == OUTCOME_DONE)
		outcome = begin_at_once(session, state);
	state->impatient = false;
	return outcome;
}

static enum outcome set_foreign_keys_off(struct session *session, struct sqlite_state *state)
{
	enum outcome outcome;
	bool off;

	state->check_foreign_keys = pragmas_had_foreign_keys(&state->pragmas);
	state->changed = true;
	state->group.internal = true;
	outcome = pragmas_set_foreign_keys_off(session, &off);
	state->group.internal = false;
	if (outcome == OUTCOME_DONE && !off)
		return command_sqlite_fail(session, SQLITE_ERROR,
		                           "foreign_keys can not be switched off");
	return outcome;
}

/* Inside a transaction the pragma does nothing, and DROP TABLE would delete the children's rows. */
static enum outcome begin(struct session *session, struct sqlite_state *state, uint32_t flags)
{
	bool transactional = (flags & INLAY_MIGRATION_NO_TRANSACTION) == 0;
	bool keys_off = (flags & INLAY_MIGRATION_FOREIGN_KEYS_OFF) != 0;
	enum outcome outcome = OUTCOME_DONE;

	state->changed = state->changed ||
	                 (flags & (INLAY_MIGRATION_SESSION | INLAY_MIGRATION_NO_TRANSACTION)) != 0;
	state->group.lost = false;
	state->group.alone =
	        session->manner.separate || keys_off || (flags & DRIVER_BEGIN_ALONE) != 0;
	state->check_foreign_keys = false;
	if (!transactional || keys_off || (state->group.alone && state->group.commit_count > 0))
		outcome = group_end(session, &state->group);
	if (outcome == OUTCOME_DONE && !state->group.transaction)
		outcome = note_pragmas(session, state);
	if (outcome == OUTCOME_DONE && keys_off)
		outcome = set_foreign_keys_off(session, state);
	if (outcome != OUTCOME_DONE || !transactional)
		return outcome;
	return group_begin(session, &state->group);
}

static enum outcome sqlite_begin(struct session *session, uint32_t flags)
{
	struct sqlite_state *state = state_of(session);

	if (state == NULL)
		return command_sqlite_fail(session, SQLITE_NOMEM, "memory is out");
	if (state->failed)
		return session->failure.outcome;
	return keep_failure(session, begin(session, state, flags));
}

/* After a COMMIT, the transaction of a BEGIN is not the one we began: that one was writing. */
static bool sqlite_in_transaction(struct session *session)
{
	const struct sqlite_state *state = session->state;

	if (!is_transaction_open(session) || (state != NULL && state->group.lost))
		return false;
#if SQLITE_VERSION_NUMBER >= 3034000
	if (state != NULL && state->group.migration)
		return sqlite3_txn_state(session->connection, "main") == SQLITE_TXN_WRITE;
#endif
	return true;
}

/* Everything that can be wrong was wrong when it was sent. */
static enum outcome sqlite_nothing_to_do(struct session *session)
{
	const struct sqlite_state *state = session->state;

	return state != NULL && state->failed ? session->failure.outcome : OUTCOME_DONE;
}

/* Would COMMIT find a child without its parent?  Only now it is certain whose it is. */
static bool has_deferred_orphans(struct session *session)
{
	int is_positive = 0;
	int highest = 0;

	(void)sqlite3_db_status(session->connection, SQLITE_DBSTATUS_DEFERRED_FKS, &is_positive,
	                        &highest, 0);
	return is_positive != 0;
}

static enum outcome check_foreign_keys(struct session *session, struct sqlite_state *state)
{
	bool deferred = has_deferred_orphans(session);
	char words[512] = "";
	enum outcome outcome;

	if (!deferred && !state->check_foreign_keys)
		return OUTCOME_DONE;
	state->group.internal = true;
	outcome = pragmas_find_orphans(session, words, sizeof(words));
	state->group.internal = false;
	if (words[0] != '\0')
		return command_sqlite_fail(session, SQLITE_CONSTRAINT_FOREIGNKEY, words);
	/* They are not in the main database, or the search itself has failed. */
	if (deferred && (outcome == OUTCOME_DONE || outcome == OUTCOME_FAILED))
		return command_sqlite_fail(session, SQLITE_CONSTRAINT_FOREIGNKEY,
		                           "FOREIGN KEY constraint failed");
	return outcome;
}

static enum outcome commit(struct session *session, struct sqlite_state *state)
{
	enum outcome outcome;

	if (state->group.lost)
		return command_sqlite_fail(session, SQLITE_ERROR,
		                           "the migration's transaction is over");
	if (!group_reserve(&state->group))
		return command_sqlite_fail(session, SQLITE_NOMEM, "memory is out");
	outcome = check_foreign_keys(session, state);
	if (outcome == OUTCOME_DONE)
		outcome = group_release(session, &state->group);
	if (outcome == OUTCOME_DONE && state->group.alone)
		outcome = group_end(session, &state->group);
	return outcome;
}

static enum outcome sqlite_commit(struct session *session)
{
	struct sqlite_state *state = session->state;

	if (state == NULL || (!state->failed && !state->group.migration))
		return OUTCOME_DONE; /* Nothing was opened. */
	if (state->failed)
		return session->failure.outcome;
	return keep_failure(session, commit(session, state));
}

/* Keeps the failure: what can not be rolled back is over already. */
static void sqlite_rollback(struct session *session)
{
	struct sqlite_state *state = session->state;

	if (is_transaction_open(session))
		(void)sqlite3_exec(session->connection, "ROLLBACK", NULL, NULL, NULL);
	if (state == NULL)
		return;
	group_forget(&state->group);
	state->failed = false;
}

static enum outcome sqlite_reset(struct session *session)
{
	struct sqlite_state *state = session->state;
	enum outcome outcome = sqlite_finish(session);

	if (state == NULL || !state->noted || outcome != OUTCOME_DONE)
		return outcome;
	state->group.internal = true;
	outcome = pragmas_restore(session, &state->pragmas, state->changed);
	state->group.internal = false;
	state->changed = outcome != OUTCOME_DONE;
	return outcome;
}

static enum outcome look_back(struct session *session, struct sqlite_state *state)
{
	if (is_stepping(session->connection))
		return command_sqlite_fail(
		        session, SQLITE_ERROR,
		        "the function left a statement that is still being stepped");
	if (state->group.transaction && !is_transaction_open(session) &&
	    group_lose(session, &state->group, OUTCOME_DONE, false) != OUTCOME_DONE)
		return session->failure.outcome;
	/* After COMMIT and BEGIN there is a transaction, but our savepoint is gone. */
	state->group.lost = !sqlite_in_transaction(session) ||
	                    run(session, "RELEASE inlay_call") != OUTCOME_DONE;
	if (state->group.lost)
		return command_sqlite_fail(session, SQLITE_ERROR,
		                           "the function ended the migration's transaction");
	return OUTCOME_DONE;
}

static enum outcome sqlite_lend(struct session *session)
{
	enum outcome outcome = sqlite_nothing_to_do(session);

	return outcome == OUTCOME_DONE ? run(session, "SAVEPOINT inlay_call") : outcome;
}

static enum outcome sqlite_take_back(struct session *session)
{
	return keep_failure(session, look_back(session, session->state));
}

static void sqlite_close(struct session *session)
{
	struct sqlite_state *state = session->state;
	struct failure failure = session->failure;

	sqlite_rollback(session);
	if (state == NULL)
		return;
	(void)sqlite_reset(session);
	session->failure = failure;
	pragmas_destroy(&state->pragmas);
	group_destroy(&state->group);
	free(state);
	session->state = NULL;
}

const struct driver driver_sqlite = {
	.dialect = INLAY_DIALECT_SQLITE,
	.patience = { .shortest_ms = 1, .longest_ms = 8, .still_ms = 0 },
	.identify = connection_identify_sqlite,
	.connect = connection_open_sqlite,
	.disconnect = connection_close_sqlite,
	.open = sqlite_open,
	.close = sqlite_close,
	.execute = sqlite_execute,
	.send = sqlite_send,
	.finish = sqlite_finish,
	.fail = sqlite_fail,
	.enter = sqlite_enter,
	.begin = sqlite_begin,
	.in_transaction = sqlite_in_transaction,
	.claimed = sqlite_nothing_to_do,
	.settle = sqlite_nothing_to_do,
	.commit = sqlite_commit,
	.rollback = sqlite_rollback,
	.lend = sqlite_lend,
	.take_back = sqlite_take_back,
	.reset = sqlite_reset,
};
