/* driver_postgres.c - PostgreSQL's transactions and settings; knows SQL and no client library. */
#include "driver.h"

#include "connection_postgres.h"
#include "format.h"
#include "settings_postgres.h"
#include "wire_postgres.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define SETTINGS_SQL_SIZE_MAX 1024
#define SCHEMA_SIZE_MAX       200 /* Quoted. */
#define CLAIM_TIMEOUT_MS      500 /* Whose claim is not decided by then is waited for elsewhere. */

/* What a session needs once something may be pending. */
struct postgres_state {
	struct wire wire;
	struct settings settings; /* As enter() found them. */
	struct settings found;    /* As the last migration of a run left them, or nothing. */
	bool entered;             /* enter() opened a transaction that begin() goes on with. */
	uint32_t flags;           /* Of the migration whose transaction is open. */
};

static struct wire *wire_of(const struct session *session)
{
	struct postgres_state *state = session->state;

	return state != NULL ? &state->wire : NULL;
}

static struct command command_of(const char *sql)
{
	struct command command = { .sql = sql, .sql_size = (uint32_t)strlen(sql) };

	return command;
}

static enum outcome send_sql(struct session *session, const char *sql)
{
	struct command command = command_of(sql);

	return wire_send(session, wire_of(session), &command);
}

static enum outcome execute_sql(struct session *session, const char *sql)
{
	struct command command = command_of(sql);

	return wire_execute(session, wire_of(session), &command);
}

static bool is_complete(const struct settings *settings)
{
	return settings->user[0] != '\0' && !settings->no_memory;
}

static enum outcome create_state(struct session *session)
{
	if (session->state != NULL)
		return OUTCOME_DONE;
	session->state = calloc(1, sizeof(struct postgres_state));
	if (session->state == NULL)
		return wire_fail(session, OUTCOME_NO_MEMORY, "memory is out");
	return OUTCOME_DONE;
}

/* --- Settings --- */

static bool is_utf8(const struct session *session)
{
	return strcmp(connection_parameter(session, "client_encoding"), "UTF8") == 0;
}

static bool is_pooled(const struct session *session)
{
	const struct postgres_state *state = session->state;

	return state->settings.backend != connection_backend(session);
}

/* Is a migration at work whose marks would be somebody else's once its transaction is over? */
static bool is_shared(const struct session *session)
{
	const struct postgres_state *state = session->state;

	return (state->flags & INLAY_MIGRATION_SESSION) != 0 && is_complete(&state->settings) &&
	       is_pooled(session);
}

static void add_setting(char *sql, const char *name, const char *value, bool local)
{
	format_append(sql, SETTINGS_SQL_SIZE_MAX, "%s pg_catalog.set_config('%s', '%s', %s)",
	              sql[0] == '\0' ? "SELECT" : ",", name, value, local ? "true" : "false");
}

static void add_milliseconds(char *sql, const char *name, uint32_t value_ms)
{
	char value[24];

	format_into(value, sizeof(value), "%" PRIu32, value_ms);
	if (value_ms > 0)
		add_setting(sql, name, value, true);
}

/* Migrations are UTF-8, and were split with backslashes as they are. */
static void add_lexical_settings(const struct session *session, char *sql, bool local)
{
	if (!is_utf8(session))
		add_setting(sql, "client_encoding", "UTF8", local);
	if (strcmp(connection_parameter(session, "standard_conforming_strings"), "on") != 0)
		add_setting(sql, "standard_conforming_strings", "on", local);
	add_setting(sql, "client_min_messages", "error", local);
}

/* A server that hears nothing for 25 seconds takes our connection for cut, and frees its locks. */
static void add_keepalives(const struct session *session, char *sql)
{
	if (session->manner.modest || connection_is_local(session))
		return;
	add_setting(sql, "tcp_keepalives_idle", "10", true);
	add_setting(sql, "tcp_keepalives_interval", "5", true);
	add_setting(sql, "tcp_keepalives_count", "3", true);
}

/* The schema that the migrations are for, in front of what the connection looks into anyway. */
static enum outcome take_search_path(struct session *session, bool local)
{
	char sql[SETTINGS_SQL_SIZE_MAX];
	char schema[SCHEMA_SIZE_MAX];
	struct command command = { .parameter_count = 1, .parameters = { schema } };

	if (session->manner.schema == NULL)
		return OUTCOME_DONE;
	format_identifier(schema, sizeof(schema), session->manner.schema);
	format_into(
	        sql, sizeof(sql),
	        "SELECT pg_catalog.set_config('search_path', pg_catalog.concat_ws(', ',"
	        " CAST($1 AS TEXT), NULLIF(pg_catalog.current_setting('search_path'), '')), %s)",
	        local ? "true" : "false");
	command.sql = sql;
	command.sql_size = (uint32_t)strlen(sql);
	return wire_send(session, wire_of(session), &command);
}

static enum outcome take_local_settings(struct session *session)
{
	const struct manner *manner = &session->manner;
	char sql[SETTINGS_SQL_SIZE_MAX] = "";
	enum outcome outcome = take_search_path(session, true);

	if (outcome != OUTCOME_DONE)
		return outcome;

	add_milliseconds(sql, "lock_timeout",
	                 manner->lock_timeout_ms < CLAIM_TIMEOUT_MS ? manner->lock_timeout_ms
	                                                            : CLAIM_TIMEOUT_MS);
	add_milliseconds(sql, "statement_timeout", manner->statement_timeout_ms);
	if (connection_server_version(session) >= 170000)
		add_milliseconds(sql, "transaction_timeout", manner->transaction_timeout_ms);
	/* The WAL is written in order: a later commit that is flushed flushes this one too. */
	if (session->more && !manner->separate && !manner->modest)
		add_setting(sql, "synchronous_commit", "off", true);
	add_lexical_settings(session, sql, true);
	add_keepalives(session, sql);
	return send_sql(session, sql);
}

/* --- Commands --- */

static enum outcome postgres_execute(struct session *session, const struct command *command)
{
	struct postgres_state *state = session->state;

	if (!command->fresh)
		return wire_execute(session, wire_of(session), command);
	if (is_pooled(session))
		return wire_fail(session, OUTCOME_FAILED,
		                 "it asks for a session of its own, and this connection goes "
		                 "through a pooler that hands out used ones: connect directly");
	return wire_execute_fresh(session, &state->wire, command);
}

/* Behind each statement that may have changed it the encoding is set again, since the next one is
 * UTF-8; what a migration sets of its own session is put back by reset(). */
static enum outcome postgres_send(struct session *session, const struct command *command)
{
	struct purpose purpose = session->purpose;
	const struct postgres_state *state;
	enum outcome outcome = create_state(session);

	if (outcome == OUTCOME_DONE)
		outcome = wire_send(session, wire_of(session), command);
	state = session->state;
	if (outcome != OUTCOME_DONE || purpose.step != STEP_STATEMENT ||
	    (state->flags & INLAY_MIGRATION_SESSION) == 0)
		return outcome;
	session->purpose.step = STEP_LOOK;
	outcome =
	        send_sql(session, "SELECT pg_catalog.set_config('client_encoding', 'UTF8', true)");
	session->purpose = purpose;
	return outcome;
}

static enum outcome postgres_finish(struct session *session)
{
	struct postgres_state *state = session->state;

	return state != NULL ? wire_finish(session, &state->wire) : OUTCOME_DONE;
}

static void postgres_fail(struct session *session)
{
	struct postgres_state *state = session->state;

	wire_refuse(session, &state->wire);
}

/* --- The session --- */

/* Engines that speak the protocol and are something else say so when a connection begins. */
static bool is_other_engine(const struct session *session)
{
	return connection_parameter(session, "crdb_version")[0] != '\0' ||
	       strstr(connection_parameter(session, "server_version"), "-YB-") != NULL;
}

static const char *postgres_open(struct session *session)
{
	const char *problem = connection_problem(session);

	if (problem == NULL && is_other_engine(session))
		session->manner.modest = true;
	return problem;
}

static void end_migration(struct postgres_state *state)
{
	state->entered = false;
	state->flags = 0;
}

static void postgres_rollback(struct session *session)
{
	struct postgres_state *state = session->state;
	struct failure failure = session->failure;
	struct purpose purpose = session->purpose;

	if (state == NULL)
		return;
	session->purpose.step = STEP_LOOK;
	if (wire_finish(session, &state->wire) != OUTCOME_DONE)
		settings_destroy(&state->found);
	end_migration(state);
	if (!connection_is_idle(session))
		(void)execute_sql(session, "ROLLBACK");
	session->failure = failure;
	session->purpose = purpose;
}

static enum outcome read_settings(struct session *session, struct settings *settings)
{
	struct command command;
	enum outcome outcome;

	settings_destroy(settings);
	command = settings_query(settings);
	outcome = wire_execute(session, wire_of(session), &command);
	if (outcome == OUTCOME_DONE && settings->no_memory)
		return wire_fail(session, OUTCOME_NO_MEMORY, "memory is out");
	return outcome;
}

/* Behind a pooler the next transaction may be on another server process: what that one's session
 * holds is not ours. */
static enum outcome postgres_reset(struct session *session)
{
	struct postgres_state *state = session->state;
	enum outcome outcome;

	if (state == NULL || !is_complete(&state->settings))
		return OUTCOME_DONE;
	session->purpose.step = STEP_LOOK;
	outcome = wire_finish(session, &state->wire);
	end_migration(state);
	wire_close_fresh(&state->wire);
	if (outcome == OUTCOME_DONE && !is_complete(&state->found))
		outcome = read_settings(session, &state->found);
	if (outcome == OUTCOME_DONE && state->found.backend == state->settings.backend)
		outcome = settings_restore(session, &state->settings, &state->found);
	settings_destroy(&state->found);
	return outcome;
}

static void postgres_close(struct session *session)
{
	struct postgres_state *state = session->state;

	if (state == NULL)
		return;
	postgres_rollback(session);
	wire_close_fresh(&state->wire);
	settings_destroy(&state->settings);
	settings_destroy(&state->found);
	free(state);
	session->state = NULL;
}

/* --- Transactions --- */

static const char begin_sql[] = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE";

static enum outcome postgres_enter(struct session *session)
{
	struct postgres_state *state;
	enum outcome outcome = create_state(session);

	if (outcome != OUTCOME_DONE)
		return outcome;
	state = session->state;
	/* From version 14 on it says so by itself. */
	if (strcmp(connection_parameter(session, "in_hot_standby"), "on") == 0)
		return wire_fail(session, OUTCOME_FAILED, "the server is a read-only standby");
	outcome = send_sql(session, begin_sql);
	state->entered = outcome == OUTCOME_DONE;
	if (outcome == OUTCOME_DONE && !is_complete(&state->settings)) {
		struct command command;

		settings_destroy(&state->settings);
		command = settings_query(&state->settings);
		outcome = wire_send(session, &state->wire, &command);
	}
	return outcome;
}

/* Settings of a migration without a transaction have to be the session's; reset() follows.  Behind
 * a pooler only what must be is set, as it might be put back somewhere else. */
static enum outcome take_session_settings(struct session *session)
{
	char sql[SETTINGS_SQL_SIZE_MAX] = "";

	enum outcome outcome;

	if (is_pooled(session) && session->manner.schema != NULL)
		return wire_fail(
		        session, OUTCOME_FAILED,
		        "it runs without a transaction, and this connection goes through a "
		        "pooler, where options->schema does not hold: connect directly");
	if (is_pooled(session) && is_utf8(session))
		return OUTCOME_DONE;
	add_lexical_settings(session, sql, false);
	add_setting(sql, "default_transaction_read_only", "off", false);
	outcome = take_search_path(session, false);
	return outcome == OUTCOME_DONE ? execute_sql(session, sql) : outcome;
}

static enum outcome postgres_begin(struct session *session, uint32_t flags)
{
	struct postgres_state *state = session->state;
	bool entered = state->entered;
	enum outcome outcome = OUTCOME_DONE;

	state->entered = false;
	if (state->settings.no_memory)
		return wire_fail(session, OUTCOME_NO_MEMORY, "memory is out");
	session->is_pooled = is_complete(&state->settings) && is_pooled(session);
	if ((flags & INLAY_MIGRATION_NO_TRANSACTION) != 0) {
		state->flags = 0;
		return take_session_settings(session);
	}
	state->flags = flags;
	if (!entered)
		outcome = send_sql(session, begin_sql);
	if (outcome == OUTCOME_DONE && is_shared(session))
		outcome = settings_send_note(session);
	return outcome == OUTCOME_DONE ? take_local_settings(session) : outcome;
}

static enum outcome postgres_claimed(struct session *session)
{
	char sql[SETTINGS_SQL_SIZE_MAX] = "";
	enum outcome outcome = OUTCOME_DONE;

	add_milliseconds(sql, "lock_timeout", session->manner.lock_timeout_ms);
	if (session->manner.lock_timeout_ms > CLAIM_TIMEOUT_MS)
		outcome = send_sql(session, sql);
	/* Whoever is told of it is told before a statement that takes an hour, not after. */
	wire_flush(session, wire_of(session));
	return outcome;
}

static bool postgres_in_transaction(struct session *session)
{
	const struct postgres_state *state = session->state;

	/* COMMIT AND CHAIN leaves a transaction open, but not ours. */
	return connection_is_in_transaction(session) && !state->wire.was_committed;
}

/* Whether a transaction is still the same one only a savepoint of our own can tell. */
static enum outcome execute_unheard(struct session *session, const char *sql)
{
	struct purpose purpose = session->purpose;
	enum outcome outcome;

	session->purpose.step = STEP_LOOK;
	outcome = execute_sql(session, sql);
	session->purpose = purpose;
	session->failure.purpose = purpose;
	return outcome;
}

static enum outcome postgres_lend(struct session *session)
{
	enum outcome outcome = postgres_finish(session);

	if (outcome == OUTCOME_DONE)
		outcome = execute_unheard(session, "SAVEPOINT inlay_call");
	wire_lend(session, wire_of(session));
	return outcome;
}

static enum outcome postgres_take_back(struct session *session)
{
	struct wire *wire = wire_of(session);
	bool is_clean = wire_take_back(session, wire);
	bool is_open = connection_is_in_transaction(session);
	bool is_over = !is_open && connection_is_idle(session);

	if (is_open && is_clean) {
		if (execute_unheard(session, "RELEASE SAVEPOINT inlay_call") == OUTCOME_DONE)
			return OUTCOME_DONE;
		is_over = true;
	}
	(void)wire_fail(session, OUTCOME_FAILED,
	                is_over   ? "the function ended the migration's transaction"
	                : is_open ? "the function left pipeline mode on, or a command under way"
	                          : "the function left the migration's transaction failed");
	if (!is_open && !is_over)
		format_into(session->failure.sqlstate, sizeof(session->failure.sqlstate), "25P02");
	wire_refuse(session, wire);
	return OUTCOME_FAILED;
}

static enum outcome postgres_settle(struct session *session)
{
	struct postgres_state *state = session->state;
	enum outcome outcome = OUTCOME_DONE;

	if (is_shared(session))
		outcome = settings_send_restore(session, &state->settings);
	return outcome == OUTCOME_DONE ? settings_take_role(session, &state->settings) : outcome;
}

/* Behind the last migration of a run, what it leaves in the session is read in the same trip. */
static enum outcome postgres_commit(struct session *session)
{
	struct postgres_state *state = session->state;
	enum outcome outcome = wire_send_commit(session, &state->wire);
	struct purpose purpose = session->purpose;
	struct command command;

	state->flags = 0;
	if (outcome != OUTCOME_DONE || session->more || purpose.step != STEP_COMMIT) {
		wire_flush(session, &state->wire);
		return outcome;
	}
	session->purpose.step = STEP_LOOK;
	settings_destroy(&state->found);
	command = settings_query(&state->found);
	outcome = wire_send(session, &state->wire, &command);
	session->purpose = purpose;
	return outcome;
}

const struct driver driver_postgres = {
	.dialect = INLAY_DIALECT_POSTGRES,
	.patience = { .shortest_ms = 10, .longest_ms = 30, .still_ms = 250 },
	.identify = connection_identify_postgres,
	.connect = connection_open_postgres,
	.disconnect = connection_close_postgres,
	.open = postgres_open,
	.close = postgres_close,
	.execute = postgres_execute,
	.send = postgres_send,
	.finish = postgres_finish,
	.fail = postgres_fail,
	.enter = postgres_enter,
	.begin = postgres_begin,
	.claimed = postgres_claimed,
	.in_transaction = postgres_in_transaction,
	.settle = postgres_settle,
	.commit = postgres_commit,
	.rollback = postgres_rollback,
	.lend = postgres_lend,
	.take_back = postgres_take_back,
	.reset = postgres_reset,
};
