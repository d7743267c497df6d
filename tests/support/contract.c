/* contract.c - calls a SQLite driver's functions, and looks at what they did. */
#include "contract.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
/* cmocka.h wants some of those first. */
#include <cmocka.h>

/* --- Around a test --- */

static void note_answer(void *context, const struct purpose *purpose)
{
	static const char *const words[] = { "look",   "begin",    "claim", "statement",
		                             "record", "progress", "commit" };
	struct contract *contract = context;
	size_t used = strlen(contract->answers);

	(void)snprintf(contract->answers + used, sizeof(contract->answers) - used, "%s%s %u",
	               used > 0 ? ", " : "", words[purpose->step], purpose->migration);
}

static int count_commit(void *context)
{
	struct contract *contract = context;

	if (contract->refused_count > 0) {
		contract->refused_count--;
		return 1;
	}
	contract->commit_count++;
	return 0;
}

void contract_begin_session(struct contract *contract)
{
	contract->driver = &driver_sqlite;
	contract->session = (struct session){ .driver = &driver_sqlite };
	contract->session.connection = contract->database;
	contract->session.answered = note_answer;
	contract->session.context = contract;
	assert_null(contract->driver->open(&contract->session));
}

void contract_run_on(sqlite3 *connection, const char *sql)
{
	char *message = NULL;

	if (sqlite3_exec(connection, sql, NULL, NULL, &message) != SQLITE_OK)
		fail_msg("%s: %s", sql, message);
}

int contract_setup(void **state)
{
	struct contract *contract = calloc(1, sizeof(*contract));
	const char *parent = getenv("TMPDIR");

	assert_non_null(contract);
	(void)snprintf(contract->directory, sizeof(contract->directory),
	               "%.150s/inlay-driver-XXXXXX", parent != NULL ? parent : "/tmp");
	assert_non_null(mkdtemp(contract->directory));
	(void)snprintf(contract->path, sizeof(contract->path), "%s/app.db", contract->directory);
	assert_int_equal(sqlite3_open(contract->path, &contract->database), SQLITE_OK);
	assert_int_equal(sqlite3_open(contract->path, &contract->another), SQLITE_OK);
	contract_run_on(contract->database,
	                "PRAGMA foreign_keys = ON;"
	                "CREATE TABLE t (id INTEGER PRIMARY KEY, n NOT NULL DEFAULT 0)");
	(void)sqlite3_commit_hook(contract->database, count_commit, contract);
	contract_begin_session(contract);
	*state = contract;
	return 0;
}

int contract_teardown(void **state)
{
	static const char *const suffixes[] = { "", "-journal", "-wal", "-shm" };
	struct contract *contract = *state;
	char path[260];

	contract->driver->close(&contract->session);
	assert_null(contract->session.state);
	assert_int_equal(sqlite3_get_autocommit(contract->database), 1);
	assert_int_equal(sqlite3_close(contract->database), SQLITE_OK);
	assert_int_equal(sqlite3_close(contract->another), SQLITE_OK);
	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		(void)snprintf(path, sizeof(path), "%s%s", contract->path, suffixes[i]);
		(void)unlink(path);
	}
	assert_int_equal(rmdir(contract->directory), 0);
	free(contract);
	return 0;
}

/* --- Words of the tests --- */

int64_t contract_now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int take_text(void *context, int count, char **values, char **names)
{
	(void)count;
	(void)names;
	(void)snprintf(context, 200, "%s", values[0] != NULL ? values[0] : "NULL");
	return 0;
}

/* The first column of the last row. */
void contract_expect(sqlite3 *connection, const char *sql, const char *expected)
{
	char received[200] = "";
	char *message = NULL;

	if (sqlite3_exec(connection, sql, take_text, received, &message) != SQLITE_OK)
		fail_msg("%s: %s", sql, message);
	if (strcmp(received, expected) != 0)
		fail_msg("%s\nexpected: %s\nreceived: %s", sql, expected, received);
}

/* What another connection reads in t. */
void contract_expect_rows(struct contract *contract, const char *expected)
{
	contract_expect(contract->another,
	                "SELECT group_concat(id) FROM (SELECT id FROM t ORDER BY id)", expected);
}

void contract_expect_answers(struct contract *contract, const char *expected)
{
	assert_string_equal(contract->answers, expected);
	contract->answers[0] = '\0';
}

void contract_expect_done(struct contract *contract, enum outcome outcome)
{
	if (outcome != OUTCOME_DONE)
		fail_msg("outcome %d: %s", (int)outcome, contract->session.failure.message);
}

void contract_expect_failure(struct contract *contract, enum outcome outcome, int code,
                             const char *message)
{
	assert_int_equal(contract->session.failure.outcome, outcome);
	assert_int_equal(contract->session.failure.code, code);
	assert_string_equal(contract->session.failure.message, message);
}

void contract_expect_blamed(struct contract *contract, enum step step, uint32_t migration)
{
	assert_int_equal(contract->session.failure.purpose.step, step);
	assert_int_equal(contract->session.failure.purpose.migration, migration);
}

static struct command command_of(const char *sql)
{
	struct command command = { .sql = sql };

	command.sql_size = (uint32_t)strlen(sql);
	return command;
}

enum outcome contract_send(struct contract *contract, enum step step, const char *sql)
{
	struct command command = command_of(sql);

	contract->session.purpose.step = step;
	return contract->driver->send(&contract->session, &command);
}

enum outcome contract_execute(struct contract *contract, enum step step, const char *sql)
{
	struct command command = command_of(sql);

	contract->session.purpose.step = step;
	return contract->driver->execute(&contract->session, &command);
}

enum outcome contract_begin(struct contract *contract, uint32_t migration, uint32_t flags)
{
	contract->session.purpose = (struct purpose){ .step = STEP_CLAIM, .migration = migration };
	return contract->driver->begin(&contract->session, flags);
}

enum outcome contract_commit(struct contract *contract)
{
	contract->session.purpose.step = STEP_COMMIT;
	return contract->driver->commit(&contract->session);
}

enum outcome contract_enter(struct contract *contract)
{
	contract->session.purpose = (struct purpose){ .step = STEP_LOOK };
	return contract->driver->enter(&contract->session);
}

enum outcome contract_finish(struct contract *contract)
{
	return contract->driver->finish(&contract->session);
}

/* A migration of one statement, sent up to its commit. */
void contract_migrate(struct contract *contract, uint32_t migration, const char *sql)
{
	contract_expect_done(contract, contract_begin(contract, migration, 0));
	contract_expect_done(contract, contract_send(contract, STEP_STATEMENT, sql));
	contract_expect_done(contract, contract->driver->settle(&contract->session));
	contract_expect_done(contract, contract_commit(contract));
}

/* contract_enter(), and a migration 0 that waits for its COMMIT. */
void contract_begin_group(struct contract *contract)
{
	contract_expect_done(contract, contract_enter(contract));
	contract_migrate(contract, 0, "INSERT INTO t (id) VALUES (1)");
	contract->answers[0] = '\0';
}
