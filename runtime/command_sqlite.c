/*
 * command_sqlite.c - one command against sqlite3, with its failures and its waiting.
 *
 * Waiting is done here and not by a busy handler: SQLite can not say which handler a connection
 * has, so ours could not be taken off again.
 */
#include "command_sqlite.h"

#include "clock.h"
#include "format.h"

#include <limits.h>
#include <sqlite3.h>
#include <string.h>

/* --- Failures --- */

static bool is_busy(int code)
{
	return (code & 0xff) == SQLITE_BUSY || code == SQLITE_LOCKED_SHAREDCACHE;
}

/* A key that is taken; a guard of ours yields a NULL where none may be. */
static bool is_conflict(int code)
{
	return code == SQLITE_CONSTRAINT_PRIMARYKEY || code == SQLITE_CONSTRAINT_UNIQUE ||
	       code == SQLITE_CONSTRAINT_ROWID || code == SQLITE_CONSTRAINT_NOTNULL;
}

static enum outcome outcome_of(const struct session *session, int code)
{
	enum step step = session->purpose.step;

	if (is_busy(code))
		return OUTCOME_BUSY;
	if ((code & 0xff) == SQLITE_INTERRUPT && driver_is_cancelled(session))
		return OUTCOME_CANCELLED;
	if (is_conflict(code) && (step == STEP_CLAIM || step == STEP_RECORD))
		return OUTCOME_CONFLICT;
	return (code & 0xff) == SQLITE_NOMEM ? OUTCOME_NO_MEMORY : OUTCOME_FAILED;
}

/* SQLite has no code for it.  A BEGIN would not be happier without a transaction around it. */
static bool wants_no_transaction(const char *message)
{
	return strncmp(message, "cannot start", 12) != 0 &&
	       (strstr(message, "within a transaction") != NULL ||
	        strstr(message, "inside a transaction") != NULL ||
	        strstr(message, "within transaction") != NULL);
}

/* The code point at byte `offset`; -1 when SQLite does not know. */
static int64_t character_at(const char *sql, int offset)
{
	int64_t count = 0;

	if (offset < 0)
		return -1;
	for (int i = 0; i < offset && sql[i] != '\0'; i++)
		count += ((unsigned char)sql[i + 1] & 0xc0) != 0x80;
	return count;
}

static int error_offset(sqlite3 *database)
{
#if SQLITE_VERSION_NUMBER >= 3038000
	return sqlite3_error_offset(database);
#else
	(void)database;
	return -1;
#endif
}

enum outcome command_sqlite_fail(struct session *session, int code, const char *message)
{
	session->failure = (struct failure){ .code = code, .character = -1 };
	session->failure.outcome = outcome_of(session, code);
	session->failure.purpose = session->purpose;
	format_into(session->failure.message, sizeof(session->failure.message), "%s", message);
	format_one_line(session->failure.message);
	return session->failure.outcome;
}

/* Takes what the connection says about its last call. */
static void take_failure(struct session *session, const char *sql)
{
	sqlite3 *database = session->connection;
	int offset = error_offset(database);
	int code = sqlite3_extended_errcode(database);

	(void)command_sqlite_fail(session, code, sqlite3_errmsg(database));
	session->failure.character = character_at(sql, offset);
	if (code == SQLITE_ERROR && sqlite3_get_autocommit(database) == 0 &&
	    wants_no_transaction(session->failure.message))
		session->failure.outcome = OUTCOME_ALONE;
}

/* --- Commands --- */

static int bind_parameters(sqlite3_stmt *statement, const struct command *command)
{
	int code = SQLITE_OK;

	for (uint32_t i = 0; i < command->parameter_count && code == SQLITE_OK; i++)
		code = sqlite3_bind_text(statement, (int)i + 1, command->parameters[i], -1,
		                         SQLITE_STATIC); /* NULL binds SQL's NULL. */
	return code;
}

static void hand_over_row(sqlite3_stmt *statement, const struct command *command)
{
	const char *columns[DRIVER_COLUMN_COUNT_MAX];
	int count = sqlite3_column_count(statement);

	if (count > DRIVER_COLUMN_COUNT_MAX)
		count = DRIVER_COLUMN_COUNT_MAX;
	for (int i = 0; i < count; i++)
		columns[i] = (const char *)sqlite3_column_text(statement, i);
	command->row(command->context, columns, (uint32_t)count);
}

/* Steps to the end.  *delivered tells that a row was handed over, so that nobody tries again. */
static int step_through(sqlite3_stmt *statement, const struct command *command, bool *delivered)
{
	int code = bind_parameters(statement, command);

	if (code != SQLITE_OK)
		return code;
	while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
		*delivered = true;
		if (command->row != NULL)
			hand_over_row(statement, command);
	}
	return code == SQLITE_DONE ? SQLITE_OK : code;
}

/* Is there a second command in what prepare left over?  A splitter's mistake must not go by. */
static bool has_second_command(sqlite3 *database, const char *tail)
{
	sqlite3_stmt *statement = NULL;
	bool found;

	while (*tail == ' ' || *tail == '\t' || *tail == '\n' || *tail == '\r' || *tail == ';')
		tail++;
	if (*tail == '\0')
		return false;
	found = sqlite3_prepare_v2(database, tail, -1, &statement, NULL) != SQLITE_OK ||
	        statement != NULL;
	(void)sqlite3_finalize(statement);
	return found;
}

static int run_once(struct session *session, const struct command *command, bool *delivered)
{
	sqlite3 *database = session->connection;
	sqlite3_stmt *statement = NULL;
	const char *tail = NULL;
	int code;

	if (command->sql_size >= INT_MAX) {
		(void)command_sqlite_fail(session, SQLITE_TOOBIG, "the statement is too long");
		return SQLITE_TOOBIG;
	}
	/* The size with the NUL: without it SQLite would copy the text. */
	code = sqlite3_prepare_v2(database, command->sql, (int)command->sql_size + 1, &statement,
	                          &tail);
	if (code == SQLITE_OK && has_second_command(database, tail)) {
		(void)sqlite3_finalize(statement);
		(void)command_sqlite_fail(session, SQLITE_ERROR,
		                          "the text holds more than one statement");
		return SQLITE_ERROR;
	}
	if (code == SQLITE_OK && statement != NULL)
		code = step_through(statement, command, delivered);
	if (code != SQLITE_OK)
		take_failure(session, command->sql);
	(void)sqlite3_finalize(statement);
	session->changed_count = code == SQLITE_OK ? (uint64_t)sqlite3_changes(database) : 0;
	return code == SQLITE_OK ? SQLITE_OK : session->failure.code;
}

enum outcome command_sqlite_run(struct session *session, const struct command *command,
                                int64_t patience_ms)
{
	const struct patience *patience = &session->driver->patience;
	int64_t deadline_ms = patience_ms > 0 ? clock_now_ms() + patience_ms : 0;
	bool delivered = false;
	int code = run_once(session, command, &delivered);

	while (is_busy(code) && !delivered && clock_now_ms() < deadline_ms &&
	       !driver_is_cancelled(session)) {
		clock_sleep_ms(patience->shortest_ms, patience->longest_ms);
		code = run_once(session, command, &delivered);
	}
	if (is_busy(code) && patience_ms > 0 && driver_is_cancelled(session))
		session->failure.outcome = OUTCOME_CANCELLED;
	return code == SQLITE_OK ? OUTCOME_DONE : session->failure.outcome;
}
