/* wire_postgres.c - commands and answers, by libpq; knows no SQL of its own but COMMIT. */
#include "wire_postgres.h"

#include "clock.h"
#include "connection_postgres.h"
#include "format.h"

#include <libpq-fe.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#define DETAIL_SIZE_MAX    240   /* A longer detail or hint is left out of a message. */
#define FLUSH_SIZE         65536 /* Sent before the server is asked to answer. */
#define LOOK_INTERVAL_MS   50    /* Between two looks whether the call is cancelled. */
#define CANCEL_INTERVAL_MS 1000  /* Between telling the server so, and telling it again. */

/* --- Failures --- */

enum outcome wire_fail(struct session *session, enum outcome outcome, const char *message)
{
	session->failure = (struct failure){ .outcome = outcome, .character = -1 };
	session->failure.purpose = session->purpose;
	format_into(session->failure.message, sizeof(session->failure.message), "%s", message);
	format_one_line(session->failure.message);
	return outcome;
}

static bool is_one_of(const char *sqlstate, const char *const *list)
{
	for (; *list != NULL; list++)
		if (strcmp(sqlstate, *list) == 0)
			return true;
	return false;
}

/* Losing a race for a claim has many names, and so have troubles that may pass. */
static enum outcome outcome_of(const char *sqlstate, enum step step)
{
	static const char *const lost_races[] = {
		"23505", /* unique_violation: also in pg_type and pg_class, when tables are new. */
		"23502", /* not_null_violation, division_by_zero: record.c's guards. */
		"22012", "42P07", /* duplicate_table */
		"42710",          /* duplicate_object */
		"XX000",          /* "tuple concurrently updated", of CREATE TABLE IF NOT EXISTS */
		NULL,
	};
	static const char *const passing[] = {
		"55P03", /* lock_not_available */
		"40P01", /* deadlock_detected */
		"40001", /* serialization_failure */
		NULL,
	};
	static const char *const alone[] = {
		"25001", /* active_sql_transaction */
		"2D000", /* invalid_transaction_termination: a procedure that commits */
		NULL,
	};

	bool is_claiming = step == STEP_BEGIN || step == STEP_CLAIM;

	if (is_claiming && is_one_of(sqlstate, lost_races))
		return OUTCOME_CONFLICT;
	if (is_claiming && is_one_of(sqlstate, passing))
		return OUTCOME_BUSY;
	if ((step == STEP_RECORD || step == STEP_PROGRESS) && strcmp(sqlstate, "22012") == 0)
		return OUTCOME_CONFLICT;
	if (is_one_of(sqlstate, passing))
		return OUTCOME_RETRY;
	return is_one_of(sqlstate, alone) ? OUTCOME_ALONE : OUTCOME_FAILED;
}

static void append_field(struct failure *failure, const PGresult *result, int field,
                         const char *label)
{
	const char *text = PQresultErrorField(result, field);

	if (text != NULL && strlen(text) <= DETAIL_SIZE_MAX)
		format_append(failure->message, sizeof(failure->message), "%s %s", label, text);
}

/* Takes the first error of a command; what the server says after it is its consequence. */
static void take_failure(struct session *session, PGconn *connection, const PGresult *result,
                         struct purpose purpose)
{
	const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
	const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	const char *position = PQresultErrorField(result, PG_DIAG_STATEMENT_POSITION);
	struct failure *failure = &session->failure;

	*failure = (struct failure){ .character = -1, .purpose = purpose };
	format_into(failure->message, sizeof(failure->message), "%s",
	            message != NULL ? message : PQresultErrorMessage(result));
	append_field(failure, result, PG_DIAG_MESSAGE_DETAIL, "; detail:");
	append_field(failure, result, PG_DIAG_MESSAGE_HINT, "; hint:");
	format_one_line(failure->message);
	if (sqlstate != NULL)
		format_into(failure->sqlstate, sizeof(failure->sqlstate), "%s", sqlstate);
	if (position != NULL)
		failure->character = strtoll(position, NULL, 10) - 1;
	failure->outcome = outcome_of(failure->sqlstate, purpose.step);
	if (driver_is_cancelled(session) && strcmp(failure->sqlstate, "57014") == 0)
		failure->outcome = OUTCOME_CANCELLED;
	if (PQstatus(connection) != CONNECTION_OK)
		failure->outcome = OUTCOME_LOST;
}

static enum outcome fail_sending(struct session *session, PGconn *connection)
{
	bool is_open = PQstatus(connection) == CONNECTION_OK;

	return wire_fail(session, is_open ? OUTCOME_NO_MEMORY : OUTCOME_LOST,
	                 PQerrorMessage(connection));
}

/* --- Waiting --- */

/* Waits until there is something to read, or to write where that is asked for.  Meanwhile the
 * application may ask to stop; a server between two commands misses that, so it is told again. */
static short wait_for(struct session *session, PGconn *connection, int events)
{
	struct pollfd wait = { .fd = PQsocket(connection), .events = (short)events };

	(void)poll(&wait, 1, session->cancel != NULL ? LOOK_INTERVAL_MS : -1);
	if (driver_is_cancelled(session) && clock_now_ms() >= session->cancel_again_ms) {
		connection_cancel(connection);
		session->cancel_again_ms = clock_now_ms() + CANCEL_INTERVAL_MS;
	}
	return wait.revents;
}

/* The next result, as PQgetResult() waits for it. */
static PGresult *next_result(struct session *session, PGconn *connection)
{
	while (session->cancel != NULL && PQflush(connection) == 0 && PQisBusy(connection)) {
		short ready = wait_for(session, connection, POLLIN);

		if (ready != 0 && !PQconsumeInput(connection))
			break;
	}
	return PQgetResult(connection);
}

/* --- Answers --- */

static void hand_over_rows(const PGresult *result, const struct wire_entry *entry)
{
	const char *columns[DRIVER_COLUMN_COUNT_MAX];
	int count = PQnfields(result);

	if (count > DRIVER_COLUMN_COUNT_MAX)
		count = DRIVER_COLUMN_COUNT_MAX;
	for (int row = 0; row < PQntuples(result); row++) {
		for (int i = 0; i < count; i++)
			columns[i] =
			        PQgetisnull(result, row, i) ? NULL : PQgetvalue(result, row, i);
		entry->row(entry->context, columns, (uint32_t)count);
	}
}

/* A migration has no data to send, and nobody reads what it copies out. */
static bool refuse_copy(struct session *session, PGconn *connection, ExecStatusType status)
{
	char *line = NULL;

	if (status == PGRES_COPY_IN) {
		(void)PQputCopyEnd(connection, "a migration can not COPY FROM STDIN");
		return true;
	}
	if (status != PGRES_COPY_OUT)
		return false;
	while (PQgetCopyData(connection, &line, 0) > 0)
		PQfreemem(line);
	(void)wire_fail(session, OUTCOME_FAILED, "a migration can not COPY TO STDOUT");
	return true;
}

/* Looks at one result; false when it says that the command failed. */
static bool take_result(struct session *session, PGconn *connection, PGresult *result,
                        const struct wire_entry *entry)
{
	ExecStatusType status = PQresultStatus(result);

	switch (status) {
	case PGRES_TUPLES_OK:
		if (entry->row != NULL)
			hand_over_rows(result, entry);
		session->changed_count = strtoull(PQcmdTuples(result), NULL, 10);
		return true;
	case PGRES_COMMAND_OK:
		session->changed_count = strtoull(PQcmdTuples(result), NULL, 10);
		if (!entry->is_commit || strcmp(PQcmdStatus(result), "COMMIT") == 0)
			return true;
		(void)wire_fail(session, OUTCOME_FAILED, "the server answered with ROLLBACK");
		session->failure.purpose = entry->purpose;
		return false;
	case PGRES_SINGLE_TUPLE: /* libpq may still be in the mode of the command before. */
		if (entry->row != NULL)
			hand_over_rows(result, entry);
		return true;
	case PGRES_EMPTY_QUERY: return true;
	default: break;
	}
	if (refuse_copy(session, connection, status))
		return status == PGRES_COPY_IN; /* Its own error result is still to come. */
	take_failure(session, connection, result, entry->purpose);
	return false;
}

/* Rows that nobody wants are thrown away as they come, not collected; only where there may be
 * many, and commands of our own follow: the last one of a connection leaves libpq in its mode. */
static bool throws_rows_away(const struct wire_entry *entry)
{
	return entry->row == NULL && entry->purpose.step == STEP_STATEMENT;
}

/* --- One command, and its answer --- */

/* Reads every result there is, so that the connection is ready for the next command. */
static enum outcome drain(struct session *session, PGconn *connection,
                          const struct wire_entry *entry, bool *committed)
{
	bool good = true;
	PGresult *result;

	while ((result = next_result(session, connection)) != NULL) {
		if (good)
			good = take_result(session, connection, result, entry);
		else
			(void)refuse_copy(session, connection, PQresultStatus(result));
		if (good && committed != NULL && strcmp(PQcmdStatus(result), "COMMIT") == 0)
			*committed = true;
		PQclear(result);
	}
	if (PQstatus(connection) != CONNECTION_OK && good)
		return wire_fail(session, OUTCOME_LOST, PQerrorMessage(connection));
	if (PQstatus(connection) != CONNECTION_OK)
		session->failure.outcome = OUTCOME_LOST;
	return good ? OUTCOME_DONE : session->failure.outcome;
}

static enum outcome run(struct session *session, PGconn *connection, const struct command *command,
                        bool *committed)
{
	struct wire_entry entry = { .purpose = session->purpose };

	entry.row = command->row;
	entry.context = command->context;
	session->changed_count = 0;
	if (!PQsendQueryParams(connection, command->sql, (int)command->parameter_count, NULL,
	                       command->parameters, NULL, NULL, 0))
		return fail_sending(session, connection);
	if (throws_rows_away(&entry))
		(void)PQsetSingleRowMode(connection);
	return drain(session, connection, &entry, committed);
}

static void tell_answered(struct session *session, const struct purpose *purpose)
{
	if (purpose->step != STEP_LOOK && session->answered != NULL)
		session->answered(session->context, purpose);
}

enum outcome wire_execute(struct session *session, struct wire *wire, const struct command *command)
{
	enum outcome outcome = wire != NULL ? wire_finish(session, wire) : OUTCOME_DONE;

	if (outcome != OUTCOME_DONE)
		return outcome;
	if (wire != NULL)
		wire->was_committed = false;
	outcome = run(session, session->connection, command,
	              wire != NULL ? &wire->was_committed : NULL);
	if (outcome == OUTCOME_DONE)
		tell_answered(session, &session->purpose);
	return outcome;
}

/* --- The pipeline --- */

static struct wire_entry *first_entry(struct wire *wire)
{
	return &wire->entries[wire->first];
}

static void drop_first_entry(struct wire *wire)
{
	wire->unanswered_size -= first_entry(wire)->size;
	wire->first = (wire->first + 1) % WIRE_WINDOW_COUNT;
	wire->count--;
}

/* The first command in the ring is answered to its end. */
static void end_first_entry(struct session *session, struct wire *wire)
{
	struct purpose purpose = first_entry(wire)->purpose;

	drop_first_entry(wire);
	if (!wire->failed)
		tell_answered(session, &purpose);
}

/* Takes one result of a pipeline; NULL ends a command's.  *synced: the answer to Sync. */
static void take_piped(struct session *session, struct wire *wire, PGresult *result, bool *synced)
{
	ExecStatusType status = result != NULL ? PQresultStatus(result) : PGRES_EMPTY_QUERY;

	if (status == PGRES_PIPELINE_SYNC)
		*synced = true;
	else if (wire->count == 0)
		return;
	else if (result == NULL)
		end_first_entry(session, wire);
	else if (!wire->failed && status != PGRES_PIPELINE_ABORTED)
		wire->failed =
		        !take_result(session, session->connection, result, first_entry(wire));
}

static enum outcome fail_lost(struct session *session, struct wire *wire)
{
	if (!wire->failed) {
		struct purpose purpose = session->purpose;

		if (wire->count > 0)
			purpose = first_entry(wire)->purpose;
		(void)wire_fail(session, OUTCOME_LOST, PQerrorMessage(session->connection));
		session->failure.purpose = purpose;
	}
	wire->failed = true;
	session->failure.outcome = OUTCOME_LOST;
	return OUTCOME_LOST;
}

/* Takes the answers that are there.  *synced as above. */
static void take_answers(struct session *session, struct wire *wire, bool *synced)
{
	PGconn *connection = session->connection;

	while (!*synced && !PQisBusy(connection)) {
		PGresult *result;

		if (wire->count > 0 && throws_rows_away(first_entry(wire)))
			(void)PQsetSingleRowMode(connection);
		result = PQgetResult(connection);
		if (result == NULL && wire->count == 0)
			return;
		take_piped(session, wire, result, synced);
		PQclear(result);
		if (PQstatus(connection) != CONNECTION_OK)
			return;
	}
}

/* Sends and reads until no more than `count` commands and `size` bytes are unanswered, or, with
 * `until_sync`, until the answer to Sync is there. */
static enum outcome pump(struct session *session, struct wire *wire, uint32_t count, size_t size,
                         bool until_sync)
{
	PGconn *connection = session->connection;
	bool synced = false;

	for (;;) {
		int unsent = PQflush(connection);
		short ready;

		if (unsent < 0 || PQstatus(connection) != CONNECTION_OK)
			return fail_lost(session, wire);
		take_answers(session, wire, &synced);
		if (PQstatus(connection) != CONNECTION_OK)
			return fail_lost(session, wire);
		if (until_sync ? synced : wire->count <= count && wire->unanswered_size <= size)
			return wire->failed ? session->failure.outcome : OUTCOME_DONE;
		/* Interrupted: then we look again. */
		ready = wait_for(session, connection, unsent > 0 ? POLLIN | POLLOUT : POLLIN);
		if ((ready & ~POLLOUT) != 0 && !PQconsumeInput(connection))
			return fail_lost(session, wire);
	}
}

void wire_flush(struct session *session, struct wire *wire)
{
	if (!wire->in_pipeline || wire->failed)
		return;
	(void)PQsendFlushRequest(session->connection);
	(void)PQflush(session->connection);
	wire->unflushed_size = 0;
}

static enum outcome enter_pipeline(struct session *session, struct wire *wire)
{
	PGconn *connection = session->connection;

	if (wire->refuses)
		return wire->refusal.outcome;
	if (wire->in_pipeline)
		return wire->failed ? session->failure.outcome : OUTCOME_DONE;
	wire->was_nonblocking = PQisnonblocking(connection) != 0;
	if (!PQenterPipelineMode(connection) || PQsetnonblocking(connection, 1) != 0)
		return fail_sending(session, connection);
	wire->in_pipeline = true;
	wire->failed = false;
	wire->unflushed_size = 0;
	return OUTCOME_DONE;
}

static void add_entry(struct session *session, struct wire *wire, const struct command *command,
                      bool is_commit)
{
	uint32_t index = (wire->first + wire->count) % WIRE_WINDOW_COUNT;
	struct wire_entry *entry = &wire->entries[index];

	entry->purpose = session->purpose;
	entry->size = command->sql_size;
	entry->is_commit = is_commit;
	entry->row = command->row;
	entry->context = command->context;
	wire->count++;
	wire->unanswered_size += entry->size;
	wire->unflushed_size += entry->size;
}

/* Behind the command that was sent last.  The answer is asked for, and nobody waits for it. */
static bool is_answer_due(const struct session *session, const struct wire *wire)
{
	return wire->unflushed_size >= FLUSH_SIZE || wire->count % 64 == 0 ||
	       (session->manner.prompt && session->purpose.step == STEP_STATEMENT);
}

static enum outcome send_entry(struct session *session, struct wire *wire,
                               const struct command *command, bool is_commit)
{
	enum outcome outcome = enter_pipeline(session, wire);

	if (outcome != OUTCOME_DONE)
		return outcome;
	/* The window is full: the server has been asked to answer, so it will empty. */
	if (wire->count >= WIRE_WINDOW_COUNT || wire->unanswered_size >= WIRE_WINDOW_SIZE) {
		wire_flush(session, wire);
		outcome = pump(session, wire, WIRE_WINDOW_COUNT / 2, WIRE_WINDOW_SIZE / 2, false);
	}
	if (outcome != OUTCOME_DONE)
		return outcome;
	if (!PQsendQueryParams(session->connection, command->sql, (int)command->parameter_count,
	                       NULL, command->parameters, NULL, NULL, 0)) {
		outcome = fail_sending(session, session->connection);
		wire_refuse(session, wire);
		return outcome;
	}
	add_entry(session, wire, command, is_commit);
	if (!is_answer_due(session, wire))
		return OUTCOME_DONE;
	wire_flush(session, wire);
	if (!PQconsumeInput(session->connection))
		return fail_lost(session, wire);
	return pump(session, wire, WIRE_WINDOW_COUNT, SIZE_MAX, false);
}

enum outcome wire_send(struct session *session, struct wire *wire, const struct command *command)
{
	return send_entry(session, wire, command, false);
}

enum outcome wire_send_commit(struct session *session, struct wire *wire)
{
	struct command command = { .sql = "COMMIT", .sql_size = 6 };

	return send_entry(session, wire, &command, true);
}

void wire_refuse(struct session *session, struct wire *wire)
{
	if (wire->refuses || wire->failed)
		return;
	wire->refuses = true;
	wire->refusal = session->failure;
}

/* What was sent has come to `outcome`: only where that is good our own failure counts. */
static enum outcome end_refusal(struct session *session, struct wire *wire, enum outcome outcome)
{
	bool refused = wire->refuses;

	wire->refuses = false;
	if (outcome != OUTCOME_DONE || !refused)
		return outcome;
	session->failure = wire->refusal;
	return session->failure.outcome;
}

enum outcome wire_finish(struct session *session, struct wire *wire)
{
	PGconn *connection = session->connection;
	enum outcome outcome;

	if (!wire->in_pipeline)
		return end_refusal(session, wire, OUTCOME_DONE);
	if (PQpipelineSync(connection))
		outcome = pump(session, wire, 0, 0, true);
	else
		outcome = fail_lost(session, wire);
	/* On a lost connection the ring may not be empty: nobody will answer any more. */
	wire->count = 0;
	wire->unanswered_size = 0;
	wire->in_pipeline = false;
	wire->failed = false;
	(void)PQexitPipelineMode(connection);
	(void)PQsetnonblocking(connection, wire->was_nonblocking);
	return end_refusal(session, wire, outcome);
}

/* --- In other hands --- */

void wire_lend(struct session *session, struct wire *wire)
{
	wire->was_nonblocking = PQisnonblocking(session->connection) != 0;
}

/* Everything there is to read; two NULLs in a row end it in pipeline mode, too. */
static bool drain_remains(struct session *session, PGconn *connection)
{
	bool is_clean = true;

	for (int nothing_count = 0; nothing_count < 2 && PQstatus(connection) == CONNECTION_OK;) {
		PGresult *result = PQgetResult(connection);

		nothing_count = result == NULL ? nothing_count + 1 : 0;
		is_clean = is_clean && result == NULL;
		(void)refuse_copy(session, connection, PQresultStatus(result));
		PQclear(result);
	}
	return is_clean;
}

bool wire_take_back(struct session *session, struct wire *wire)
{
	PGconn *connection = session->connection;
	bool is_clean = PQtransactionStatus(connection) != PQTRANS_ACTIVE;

	(void)PQsetnonblocking(connection, 0);
	if (PQpipelineStatus(connection) != PQ_PIPELINE_OFF) {
		(void)PQpipelineSync(connection);
		(void)drain_remains(session, connection);
		(void)PQexitPipelineMode(connection);
		is_clean = false;
	}
	is_clean = drain_remains(session, connection) && is_clean;
	(void)PQsetnonblocking(connection, wire->was_nonblocking);
	return is_clean;
}

/* --- A second connection --- */

static enum outcome open_fresh(struct session *session, struct wire *wire)
{
	char problem[DRIVER_PROBLEM_SIZE_MAX];
	char message[DRIVER_PROBLEM_SIZE_MAX + 80];

	wire->fresh = connection_open_again(session, NULL, problem);
	if (wire->fresh != NULL)
		return OUTCOME_DONE;
	if (problem[0] == '\0')
		return wire_fail(session, OUTCOME_NO_MEMORY, "memory is out");
	format_into(message, sizeof(message),
	            "the session of its own that it asks for can not be had: %s", problem);
	return wire_fail(session, OUTCOME_FAILED, message);
}

enum outcome wire_execute_fresh(struct session *session, struct wire *wire,
                                const struct command *command)
{
	enum outcome outcome = wire_finish(session, wire);

	if (outcome == OUTCOME_DONE && wire->fresh == NULL)
		outcome = open_fresh(session, wire);
	if (outcome == OUTCOME_DONE)
		outcome = run(session, wire->fresh, command, NULL);
	if (outcome == OUTCOME_DONE)
		tell_answered(session, &session->purpose);
	return outcome;
}

void wire_close_fresh(struct wire *wire)
{
	connection_close_postgres(wire->fresh);
	wire->fresh = NULL;
}
