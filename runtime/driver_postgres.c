/*
 * driver_postgres.c - the only file that includes libpq-fe.h.
 *
 * Everything goes by the extended protocol, which takes exactly one command: were a migration
 * split wrongly, the server would refuse it rather than run two.
 */
#include "driver.h"

#include "clock.h"
#include "format.h"
#include "settings_postgres.h"

#include <inttypes.h>
#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>

#define SERVER_VERSION_MIN 100000 /* Identity columns. */
#define DETAIL_SIZE_MAX    240    /* A longer detail or hint is left out of a message. */

/* What close() and reset() put back, and where in a migration we are. */
struct postgres_state {
	struct settings settings;
	bool migrating; /* Between begin() and its end: the encoding must be UTF-8. */
	bool claiming;  /* Between begin() and claimed(): a conflict is a lost race. */
	bool committed; /* A statement of the migration was a COMMIT. */
};

/* --- Failures --- */

static enum outcome fail(struct session *session, enum outcome outcome, const char *message)
{
	session->failure = (struct failure){ .outcome = outcome, .character = -1 };
	format_into(session->failure.message, sizeof(session->failure.message), "%s", message);
	format_one_line(session->failure.message);
	return outcome;
}

/* Waiting for a claim, and losing one, have many names. */
static enum outcome outcome_of(const struct session *session, const char *sqlstate)
{
	static const char *const lost_races[] = {
		"23505", /* unique_violation: also in pg_type and pg_class, when tables are new. */
		"42P07", /* duplicate_table */
		"42710", /* duplicate_object */
		"40001", /* serialization_failure */
		"40P01", /* deadlock_detected */
	};
	const struct postgres_state *state = session->state;

	if (PQstatus(session->connection) != CONNECTION_OK)
		return OUTCOME_LOST;
	if (state == NULL || !state->claiming)
		return OUTCOME_FAILED;
	if (strcmp(sqlstate, "55P03") == 0)
		return OUTCOME_BUSY;
	for (size_t i = 0; i < sizeof(lost_races) / sizeof(lost_races[0]); i++)
		if (strcmp(sqlstate, lost_races[i]) == 0)
			return OUTCOME_CONFLICT;
	return OUTCOME_FAILED;
}

static void append_field(struct failure *failure, const PGresult *result, int field,
                         const char *label)
{
	const char *text = PQresultErrorField(result, field);

	if (text != NULL && strlen(text) <= DETAIL_SIZE_MAX)
		format_append(failure->message, sizeof(failure->message), "%s %s", label, text);
}

/* Takes the first error of a command; what the server says after it is its consequence. */
static void take_failure(struct session *session, const PGresult *result)
{
	const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
	const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	const char *position = PQresultErrorField(result, PG_DIAG_STATEMENT_POSITION);
	struct failure *failure = &session->failure;

	*failure = (struct failure){ .outcome = OUTCOME_FAILED, .character = -1 };
	format_into(failure->message, sizeof(failure->message), "%s",
	            message != NULL ? message : PQresultErrorMessage(result));
	append_field(failure, result, PG_DIAG_MESSAGE_DETAIL, "; detail:");
	append_field(failure, result, PG_DIAG_MESSAGE_HINT, "; hint:");
	format_one_line(failure->message);
	if (sqlstate != NULL)
		format_into(failure->sqlstate, sizeof(failure->sqlstate), "%s", sqlstate);
	if (position != NULL)
		failure->character = strtoll(position, NULL, 10) - 1;
}

/* --- Commands --- */

static void hand_over_rows(const PGresult *result, const struct command *command)
{
	const char *columns[DRIVER_COLUMN_COUNT_MAX];
	int count = PQnfields(result);

	if (count > DRIVER_COLUMN_COUNT_MAX)
		count = DRIVER_COLUMN_COUNT_MAX;
	for (int row = 0; row < PQntuples(result); row++) {
		for (int i = 0; i < count; i++)
			columns[i] =
			        PQgetisnull(result, row, i) ? NULL : PQgetvalue(result, row, i);
		command->row(command->context, columns, (uint32_t)count);
	}
}

/* A migration has no data to send, and nobody reads what it copies out. */
static bool refuse_copy(struct session *session, ExecStatusType status)
{
	PGconn *connection = session->connection;
	char *line = NULL;

	if (status == PGRES_COPY_IN) {
		(void)PQputCopyEnd(connection, "a migration can not COPY FROM STDIN");
		return true;
	}
	if (status != PGRES_COPY_OUT)
		return false;
	while (PQgetCopyData(connection, &line, 0) > 0)
		PQfreemem(line);
	(void)fail(session, OUTCOME_FAILED, "a migration can not COPY TO STDOUT");
	return true;
}

/* Looks at one result; false when it says that the command failed. */
static bool take_result(struct session *session, const struct command *command, PGresult *result)
{
	ExecStatusType status = PQresultStatus(result);
	struct postgres_state *state = session->state;

	switch (status) {
	case PGRES_TUPLES_OK:
		if (command->row != NULL)
			hand_over_rows(result, command);
		session->changed_count = strtoull(PQcmdTuples(result), NULL, 10);
		return true;
	case PGRES_COMMAND_OK:
		session->changed_count = strtoull(PQcmdTuples(result), NULL, 10);
		if (state != NULL && strcmp(PQcmdStatus(result), "COMMIT") == 0)
			state->committed = true;
		return true;
	case PGRES_SINGLE_TUPLE:
	case PGRES_EMPTY_QUERY: return true;
	default: break;
	}
	if (refuse_copy(session, status))
		return status == PGRES_COPY_IN; /* Its own error result is still to come. */
	take_failure(session, result);
	return false;
}

/* Reads every result there is, so that the connection is ready for the next command. */
static enum outcome drain(struct session *session, const struct command *command)
{
	bool good = true;
	PGresult *result;

	while ((result = PQgetResult(session->connection)) != NULL) {
		if (good)
			good = take_result(session, command, result);
		else
			(void)refuse_copy(session, PQresultStatus(result));
		PQclear(result);
	}
	if (good && PQstatus(session->connection) != CONNECTION_OK)
		return fail(session, OUTCOME_LOST, PQerrorMessage(session->connection));
	if (!good)
		session->failure.outcome = outcome_of(session, session->failure.sqlstate);
	return good ? OUTCOME_DONE : session->failure.outcome;
}

static enum outcome send(struct session *session, const struct command *command)
{
	PGconn *connection = session->connection;

	session->changed_count = 0;
	if (!PQsendQueryParams(connection, command->sql, (int)command->parameter_count, NULL,
	                       command->parameters, NULL, NULL, 0))
		return fail(session,
		            PQstatus(connection) == CONNECTION_OK ? OUTCOME_FAILED : OUTCOME_LOST,
		            PQerrorMessage(connection));
	/* Rows that nobody wants are thrown away as they come, not collected. */
	if (command->row == NULL)
		(void)PQsetSingleRowMode(connection);
	return drain(session, command);
}

static enum outcome run(struct session *session, const char *sql, const char *parameter)
{
	struct command command = { .sql = sql, .sql_size = (uint32_t)strlen(sql) };

	command.parameters[0] = parameter;
	command.parameter_count = parameter != NULL ? 1 : 0;
	return send(session, &command);
}

/* Migrations are UTF-8, whatever one of their statements makes of the session. */
static enum outcome ensure_encoding(struct session *session)
{
	const struct postgres_state *state = session->state;
	const char *encoding = PQparameterStatus(session->connection, "client_encoding");

	if (state == NULL || !state->migrating ||
	    (encoding != NULL && strcmp(encoding, "UTF8") == 0))
		return OUTCOME_DONE;
	return run(session, "SELECT pg_catalog.set_config('client_encoding', 'UTF8', true)", NULL);
}

static enum outcome postgres_execute(struct session *session, const struct command *command)
{
	enum outcome outcome = ensure_encoding(session);

	return outcome == OUTCOME_DONE ? send(session, command) : outcome;
}

/* --- The session --- */

static const char *postgres_open(struct session *session)
{
	PGconn *connection = session->connection;

	if (PQstatus(connection) != CONNECTION_OK)
		return "the connection is not open";
	if (PQpipelineStatus(connection) != PQ_PIPELINE_OFF)
		return "the connection is in pipeline mode: leave it first";
	if (PQtransactionStatus(connection) == PQTRANS_ACTIVE)
		return "the connection has a command under way: read its results first";
	if (PQtransactionStatus(connection) != PQTRANS_IDLE)
		return "the connection has a transaction open: commit or roll it back first";
	if (PQserverVersion(connection) < SERVER_VERSION_MIN)
		return "the server is older than PostgreSQL 10";
	return NULL;
}

static enum outcome postgres_prepare(struct session *session)
{
	struct postgres_state *state;
	enum outcome outcome;

	if (session->state != NULL)
		return OUTCOME_DONE;
	state = calloc(1, sizeof(*state));
	if (state == NULL)
		return fail(session, OUTCOME_NO_MEMORY, "memory is out");
	outcome = settings_read(session, &state->settings);
	if (outcome == OUTCOME_DONE && state->settings.read_only)
		outcome = fail(session, OUTCOME_FAILED, "the server is a read-only standby");
	if (outcome != OUTCOME_DONE) {
		settings_destroy(&state->settings);
		free(state);
		return outcome;
	}
	session->state = state;
	return OUTCOME_DONE;
}

static bool is_open(const struct session *session)
{
	PGTransactionStatusType status = PQtransactionStatus(session->connection);

	return status == PQTRANS_INTRANS || status == PQTRANS_INERROR;
}

static void end_migration(struct postgres_state *state)
{
	state->migrating = false;
	state->claiming = false;
	state->committed = false;
}

static void postgres_rollback(struct session *session)
{
	struct failure failure = session->failure;

	if (session->state != NULL)
		end_migration(session->state);
	if (is_open(session))
		(void)run(session, "ROLLBACK", NULL);
	session->failure = failure;
}

static enum outcome postgres_reset(struct session *session)
{
	struct postgres_state *state = session->state;

	if (state == NULL)
		return OUTCOME_DONE;
	end_migration(state);
	return settings_restore(session, &state->settings);
}

static void postgres_close(struct session *session)
{
	struct postgres_state *state = session->state;

	postgres_rollback(session);
	if (state != NULL)
		settings_destroy(&state->settings);
	free(state);
	session->state = NULL;
}

/* What a migration's statements rely on.  $1 is the lock timeout. */
static enum outcome take_settings(struct session *session, const char *lock_timeout, bool local)
{
	return run(session,
	           local ? "SELECT pg_catalog.set_config('lock_timeout', $1, true),"
	                   " pg_catalog.set_config('client_encoding', 'UTF8', true),"
	                   " pg_catalog.set_config('standard_conforming_strings', 'on', true),"
	                   " pg_catalog.set_config('client_min_messages', 'error', true)"
	                 : "SELECT pg_catalog.set_config('lock_timeout', $1, false),"
	                   " pg_catalog.set_config('client_encoding', 'UTF8', false),"
	                   " pg_catalog.set_config('standard_conforming_strings', 'on', false),"
	                   " pg_catalog.set_config('client_min_messages', 'error', false)",
	           lock_timeout);
}

static void remaining_time(const struct session *session, char *text, size_t size)
{
	int64_t remaining_ms = session->deadline_ms - clock_now_ms();

	if (remaining_ms < 1)
		remaining_ms = 1; /* 0 would be no limit at all. */
	if (remaining_ms > INT32_MAX)
		remaining_ms = INT32_MAX;
	format_into(text, size, "%" PRId64, remaining_ms);
}

static enum outcome postgres_begin(struct session *session, uint32_t flags)
{
	struct postgres_state *state = session->state;
	char lock_timeout[24];
	enum outcome outcome;

	end_migration(state);
	if ((flags & INLAY_MIGRATION_NO_TRANSACTION) != 0) {
		outcome = take_settings(session, state->settings.lock_timeout, false);
	} else {
		remaining_time(session, lock_timeout, sizeof(lock_timeout));
		outcome = run(session, "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE", NULL);
		if (outcome == OUTCOME_DONE)
			outcome = take_settings(session, lock_timeout, true);
		state->claiming = outcome == OUTCOME_DONE;
	}
	state->migrating = outcome == OUTCOME_DONE;
	return outcome;
}

static enum outcome postgres_claimed(struct session *session)
{
	struct postgres_state *state = session->state;

	state->claiming = false;
	return run(session, "SELECT pg_catalog.set_config('lock_timeout', $1, true)",
	           state->settings.lock_timeout);
}

static bool postgres_in_transaction(struct session *session)
{
	const struct postgres_state *state = session->state;

	/* COMMIT AND CHAIN leaves a transaction open, but not ours. */
	return PQtransactionStatus(session->connection) == PQTRANS_INTRANS && !state->committed;
}

static enum outcome postgres_settle(struct session *session)
{
	const struct postgres_state *state = session->state;

	return settings_take_role(session, &state->settings);
}

/* COMMIT in a transaction that has failed is answered with ROLLBACK, and that is no error. */
static enum outcome postgres_commit(struct session *session)
{
	struct postgres_state *state = session->state;
	enum outcome outcome;

	state->claiming = false;
	state->committed = false;
	outcome = run(session, "COMMIT", NULL);
	if (outcome == OUTCOME_DONE && !state->committed)
		outcome = fail(session, OUTCOME_FAILED, "the server answered with ROLLBACK");
	end_migration(state);
	return outcome;
}

const struct driver driver_postgres = {
	.dialect = INLAY_DIALECT_POSTGRES,
	.open = postgres_open,
	.close = postgres_close,
	.execute = postgres_execute,
	.prepare = postgres_prepare,
	.begin = postgres_begin,
	.claimed = postgres_claimed,
	.in_transaction = postgres_in_transaction,
	.settle = postgres_settle,
	.commit = postgres_commit,
	.rollback = postgres_rollback,
	.reset = postgres_reset,
};
