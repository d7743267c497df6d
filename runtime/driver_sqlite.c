/*
 * driver_sqlite.c - the only file that includes sqlite3.h.
 *
 * Waiting is done here and not by a busy handler: SQLite can not say which handler a connection
 * has, so ours could not be taken off again.
 */
#include "driver.h"

#include "clock.h"
#include "format.h"

#include <limits.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

/*
 * Settings of a connection that a migration can change by a PRAGMA.  Not temp_store: putting it
 * back would drop the temporary tables.  Not defer_foreign_keys: it ends with the transaction.
 * locking_mode is there twice, as the default of all databases and as what the main one has.
 */
static const char *const pragmas[] = {
	"foreign_keys",       "recursive_triggers", "ignore_check_constraints",
	"legacy_alter_table", "writable_schema",    "reverse_unordered_selects",
	"trusted_schema",     "cell_size_check",    "query_only",
	"read_uncommitted",   "automatic_index",    "full_column_names",
	"short_column_names", "fullfsync",          "checkpoint_fullfsync",
	"busy_timeout",       "analysis_limit",     "threads",
	"wal_autocheckpoint", "main.cache_size",    "main.synchronous",
	"main.secure_delete", "main.mmap_size",     "main.journal_size_limit",
	"main.journal_mode",  "locking_mode",       "main.locking_mode",
};
#define PRAGMA_COUNT          (sizeof(pragmas) / sizeof(pragmas[0]))
#define PRAGMA_VALUE_SIZE_MAX 24
#define FOREIGN_KEYS          0 /* Index in pragmas. */

/* What close() and reset() put back. */
struct sqlite_state {
	/* "" where this SQLite does not know the name. */
	char values[PRAGMA_COUNT][PRAGMA_VALUE_SIZE_MAX];
	bool check_foreign_keys; /* commit() must find all of them intact. */
	bool changed;            /* A PRAGMA ran: reset() has to look. */
};

/* --- Failures --- */

static bool is_busy(int code)
{
	return (code & 0xff) == SQLITE_BUSY || code == SQLITE_LOCKED_SHAREDCACHE;
}

static enum outcome outcome_of(int code)
{
	if (is_busy(code))
		return OUTCOME_BUSY;
	if (code == SQLITE_CONSTRAINT_PRIMARYKEY || code == SQLITE_CONSTRAINT_UNIQUE ||
	    code == SQLITE_CONSTRAINT_ROWID)
		return OUTCOME_CONFLICT;
	return (code & 0xff) == SQLITE_NOMEM ? OUTCOME_NO_MEMORY : OUTCOME_FAILED;
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

static enum outcome fail(struct session *session, int code, const char *message)
{
	session->failure = (struct failure){ .outcome = outcome_of(code), .code = code };
	session->failure.character = -1;
	format_into(session->failure.message, sizeof(session->failure.message), "%s", message);
	format_one_line(session->failure.message);
	return session->failure.outcome;
}

/* Takes what the connection says about its last call. */
static enum outcome take_failure(struct session *session, const char *sql)
{
	sqlite3 *database = session->connection;
	int offset = error_offset(database);

	(void)fail(session, sqlite3_extended_errcode(database), sqlite3_errmsg(database));
	session->failure.character = character_at(sql, offset);
	return session->failure.outcome;
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
		(void)fail(session, SQLITE_TOOBIG, "the statement is too long");
		return SQLITE_TOOBIG;
	}
	/* The size with the NUL: without it SQLite would copy the text. */
	code = sqlite3_prepare_v2(database, command->sql, (int)command->sql_size + 1, &statement,
	                          &tail);
	if (code == SQLITE_OK && has_second_command(database, tail)) {
		(void)sqlite3_finalize(statement);
		(void)fail(session, SQLITE_ERROR, "the text holds more than one statement");
		return SQLITE_ERROR;
	}
	if (code == SQLITE_OK && statement != NULL)
		code = step_through(statement, command, delivered);
	if (code != SQLITE_OK)
		(void)take_failure(session, command->sql);
	(void)sqlite3_finalize(statement);
	session->changed_count = code == SQLITE_OK ? (uint64_t)sqlite3_changes(database) : 0;
	return code == SQLITE_OK ? SQLITE_OK : session->failure.code;
}

static enum outcome sqlite_execute(struct session *session, const struct command *command)
{
	struct sqlite_state *state = session->state;
	bool delivered = false;
	int code;

	if (state != NULL && sqlite3_strnicmp(command->sql, "PRAGMA", 6) == 0)
		state->changed = true;
	code = run_once(session, command, &delivered);
	while (is_busy(code) && !delivered && clock_now_ms() < session->deadline_ms) {
		clock_sleep_ms(1, 8);
		code = run_once(session, command, &delivered);
	}
	return code == SQLITE_OK ? OUTCOME_DONE : session->failure.outcome;
}

static enum outcome run(struct session *session, const char *sql)
{
	struct command command = { .sql = sql, .sql_size = (uint32_t)strlen(sql) };

	return sqlite_execute(session, &command);
}

/* --- Pragmas --- */

static void take_value(void *context, const char *const *columns, uint32_t column_count)
{
	if (column_count > 0 && columns[0] != NULL)
		format_into(context, PRAGMA_VALUE_SIZE_MAX, "%s", columns[0]);
}

static enum outcome read_pragma(struct session *session, const char *name,
                                char value[PRAGMA_VALUE_SIZE_MAX])
{
	char sql[64];
	struct command command = { .sql = sql, .row = take_value, .context = value };

	value[0] = '\0';
	format_into(sql, sizeof(sql), "PRAGMA %s", name);
	command.sql_size = (uint32_t)strlen(sql);
	return sqlite_execute(session, &command);
}

static enum outcome write_pragma(struct session *session, const char *name, const char *value)
{
	char sql[96];

	format_into(sql, sizeof(sql), "PRAGMA %s = %s", name, value);
	return run(session, sql);
}

/* WAL that began in exclusive mode has its index in memory, and no other mode until WAL is left. */
static enum outcome leave_exclusive_wal(struct session *session)
{
	enum outcome outcome = write_pragma(session, "main.journal_mode", "DELETE");

	if (outcome == OUTCOME_DONE)
		outcome = write_pragma(session, "main.locking_mode", "NORMAL");
	if (outcome == OUTCOME_DONE)
		outcome = write_pragma(session, "main.journal_mode", "WAL");
	return outcome;
}

/* A changed locking mode takes effect, and gives its lock back, when something is read. */
static enum outcome restore_locking_mode(struct session *session, const char *name,
                                         const char *value)
{
	char now[PRAGMA_VALUE_SIZE_MAX];
	enum outcome outcome = write_pragma(session, name, value);

	if (outcome == OUTCOME_DONE)
		outcome = read_pragma(session, "main.locking_mode", now);
	if (outcome == OUTCOME_DONE && strcmp(value, "normal") == 0 && strcmp(value, now) != 0)
		outcome = leave_exclusive_wal(session);
	if (outcome == OUTCOME_DONE)
		outcome = run(session, "SELECT 1 FROM main.sqlite_master LIMIT 1");
	return outcome;
}

/* Writes what a migration has changed; `now` is what it made of it. */
static enum outcome restore_pragma(struct session *session, const char *name, const char *value,
                                   const char *now)
{
	if (value[0] == '\0' || strcmp(value, now) == 0)
		return OUTCOME_DONE;
	/* To and from WAL is a change of the file, and meant to last. */
	if (strcmp(value, "wal") == 0 || strcmp(now, "wal") == 0)
		return OUTCOME_DONE;
	if (strstr(name, "locking_mode") != NULL)
		return restore_locking_mode(session, name, value);
	/* Written as a number, FAST would be no more than ON. */
	if (strcmp(name, "main.secure_delete") == 0 && strcmp(value, "2") == 0)
		return write_pragma(session, name, "FAST");
	return write_pragma(session, name, value);
}

/* Some pragmas are quietly ignored: a changed foreign_keys is not believed before it is read. */
static enum outcome set_foreign_keys_off(struct session *session)
{
	char value[PRAGMA_VALUE_SIZE_MAX];
	enum outcome outcome = write_pragma(session, pragmas[FOREIGN_KEYS], "0");

	if (outcome == OUTCOME_DONE)
		outcome = read_pragma(session, pragmas[FOREIGN_KEYS], value);
	if (outcome == OUTCOME_DONE && strcmp(value, "0") != 0)
		return fail(session, SQLITE_ERROR, "foreign_keys can not be switched off");
	return outcome;
}

/* --- The session --- */

static const char *sqlite_open(struct session *session)
{
	sqlite3 *database = session->connection;

	if (sqlite3_get_autocommit(database) == 0)
		return "the connection has a transaction open: commit or roll it back first";
	for (sqlite3_stmt *statement = sqlite3_next_stmt(database, NULL); statement != NULL;
	     statement = sqlite3_next_stmt(database, statement))
		if (sqlite3_stmt_busy(statement))
			return "the connection has a statement that is still being stepped: reset "
			       "or finalize it first";
	return NULL;
}

static enum outcome sqlite_prepare(struct session *session)
{
	struct sqlite_state *state;
	enum outcome outcome = OUTCOME_DONE;

	if (session->state != NULL)
		return OUTCOME_DONE;
	if (sqlite3_db_readonly(session->connection, "main") == 1)
		return fail(session, SQLITE_READONLY, "the database is opened read-only");
	state = malloc(sizeof(*state));
	if (state == NULL)
		return fail(session, SQLITE_NOMEM, "memory is out");
	state->check_foreign_keys = false;
	state->changed = false;
	for (size_t i = 0; i < PRAGMA_COUNT && outcome == OUTCOME_DONE; i++)
		outcome = read_pragma(session, pragmas[i], state->values[i]);
	if (outcome == OUTCOME_DONE)
		session->state = state;
	else
		free(state);
	return outcome;
}

static enum outcome sqlite_reset(struct session *session)
{
	struct sqlite_state *state = session->state;
	enum outcome outcome = OUTCOME_DONE;

	if (state == NULL || !state->changed)
		return OUTCOME_DONE;
	for (size_t i = 0; i < PRAGMA_COUNT && outcome == OUTCOME_DONE; i++) {
		char now[PRAGMA_VALUE_SIZE_MAX];

		outcome = read_pragma(session, pragmas[i], now);
		if (outcome == OUTCOME_DONE)
			outcome = restore_pragma(session, pragmas[i], state->values[i], now);
	}
	state->changed = outcome != OUTCOME_DONE;
	return outcome;
}

static bool sqlite_in_transaction(struct session *session)
{
	return sqlite3_get_autocommit(session->connection) == 0;
}

/* Keeps the failure: what can not be rolled back is over already. */
static void sqlite_rollback(struct session *session)
{
	struct sqlite_state *state = session->state;

	if (sqlite_in_transaction(session))
		(void)sqlite3_exec(session->connection, "ROLLBACK", NULL, NULL, NULL);
	if (state != NULL)
		state->check_foreign_keys = false;
}

static void sqlite_close(struct session *session)
{
	sqlite_rollback(session);
	(void)sqlite_reset(session);
	free(session->state);
	session->state = NULL;
}

/* Inside a transaction the pragma does nothing, and DROP TABLE would delete the children's rows. */
static enum outcome sqlite_begin(struct session *session, uint32_t flags)
{
	struct sqlite_state *state = session->state;
	enum outcome outcome = OUTCOME_DONE;

	state->check_foreign_keys = false;
	if ((flags & INLAY_MIGRATION_FOREIGN_KEYS_OFF) != 0) {
		state->check_foreign_keys = strcmp(state->values[FOREIGN_KEYS], "1") == 0;
		outcome = set_foreign_keys_off(session);
	}
	if (outcome == OUTCOME_DONE && (flags & INLAY_MIGRATION_NO_TRANSACTION) == 0)
		outcome = run(session, "BEGIN IMMEDIATE");
	return outcome;
}

static enum outcome sqlite_nothing_to_do(struct session *session)
{
	(void)session;
	return OUTCOME_DONE;
}

/* The first of the rows that foreign_key_check finds, and how many there are. */
struct orphans {
	uint64_t count;
	char words[512];
};

static void take_orphan(void *context, const char *const *columns, uint32_t column_count)
{
	struct orphans *orphans = context;

	orphans->count++;
	if (orphans->count > 1 || column_count < 3)
		return;
	format_into(orphans->words, sizeof(orphans->words),
	            "row %s of table %s refers to a row of table %s that does not exist",
	            columns[1] != NULL ? columns[1] : "(without a rowid)",
	            columns[0] != NULL ? columns[0] : "?", columns[2] != NULL ? columns[2] : "?");
}

static enum outcome check_foreign_keys(struct session *session)
{
	static const char sql[] = "PRAGMA main.foreign_key_check";
	struct orphans orphans = { .count = 0 };
	struct command command = { .sql = sql, .sql_size = sizeof(sql) - 1 };
	enum outcome outcome;

	command.row = take_orphan;
	command.context = &orphans;
	outcome = sqlite_execute(session, &command);
	if (outcome != OUTCOME_DONE || orphans.count == 0)
		return outcome;
	format_append(orphans.words, sizeof(orphans.words), " (%llu such rows in all)",
	              (unsigned long long)orphans.count);
	return fail(session, SQLITE_CONSTRAINT_FOREIGNKEY, orphans.words);
}

static enum outcome sqlite_commit(struct session *session)
{
	struct sqlite_state *state = session->state;
	enum outcome outcome = OUTCOME_DONE;

	if (state->check_foreign_keys)
		outcome = check_foreign_keys(session);
	state->check_foreign_keys = false;
	return outcome == OUTCOME_DONE ? run(session, "COMMIT") : outcome;
}

const struct driver driver_sqlite = {
	.dialect = INLAY_DIALECT_SQLITE,
	.open = sqlite_open,
	.close = sqlite_close,
	.execute = sqlite_execute,
	.prepare = sqlite_prepare,
	.begin = sqlite_begin,
	.claimed = sqlite_nothing_to_do,
	.in_transaction = sqlite_in_transaction,
	.settle = sqlite_nothing_to_do,
	.commit = sqlite_commit,
	.rollback = sqlite_rollback,
	.reset = sqlite_reset,
};
