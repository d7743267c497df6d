/* driver_sqlite_test.c - SQLite's side of driver.h: groups of migrations, and what undoes them. */
#include "support/contract.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
/* cmocka.h wants some of those first. */
#include <cmocka.h>

/* --- Groups --- */

static void commits_a_group_once(void **state)
{
	struct contract *contract = *state;

	contract_expect_done(contract, contract_enter(contract));
	contract_expect_done(contract, contract_begin(contract, 0, 0));
	contract_expect_done(contract,
	                     contract_send(contract, STEP_CLAIM, "INSERT INTO t (id) VALUES (1)"));
	contract_expect_done(contract, contract_send(contract, STEP_LOOK, "SELECT 1"));
	contract_expect_done(contract, contract_commit(contract));
	contract_migrate(contract, 1, "INSERT INTO t (id) VALUES (2)");
	contract_migrate(contract, 2, "INSERT INTO t (id) VALUES (3)");
	contract_expect_answers(contract, "claim 0, statement 1, statement 2");
	assert_int_equal(contract->commit_count, 0);
	contract_expect_rows(contract, "NULL");
	contract_expect_done(contract, contract_finish(contract));
	contract_expect_answers(contract, "commit 0, commit 1, commit 2");
	assert_int_equal(contract->commit_count, 1);
	contract_expect_rows(contract, "1,2,3");
	contract_expect_done(contract, contract_finish(contract));
	contract_expect_answers(contract, "");
}

static void commits_one_by_one_when_told(void **state)
{
	struct contract *contract = *state;

	contract->session.manner.separate = true;
	contract_expect_done(contract, contract_enter(contract));
	contract_migrate(contract, 0, "INSERT INTO t (id) VALUES (1)");
	contract_expect_answers(contract, "statement 0, commit 0");
	contract_expect_rows(contract, "1");
	contract_migrate(contract, 1, "INSERT INTO t (id) VALUES (2)");
	assert_int_equal(contract->commit_count, 2);
	contract_expect_rows(contract, "1,2");
}

/* Many in a group, and execute() within it: nothing is committed while a migration is open. */
static void executes_within_a_group(void **state)
{
	struct contract *contract = *state;
	const char *insert = "INSERT INTO t (n) VALUES (1), (2)";
	char expected[400] = "";

	contract_expect_done(contract, contract_enter(contract));
	for (uint32_t i = 0; i < 20; i++) {
		contract_expect_done(contract, contract_begin(contract, i, 0));
		contract_expect_done(contract, contract_execute(contract, STEP_LOOK, insert));
		assert_int_equal(contract->session.changed_count, 2);
		assert_true(contract->driver->in_transaction(&contract->session));
		contract_expect_done(contract, contract_finish(contract));
		contract_expect_done(contract, contract_commit(contract));
		(void)snprintf(expected + strlen(expected), sizeof(expected) - strlen(expected),
		               "%scommit %u", i > 0 ? ", " : "", i);
	}
	assert_int_equal(contract->commit_count, 0);
	contract_expect_done(contract, contract_finish(contract));
	contract_expect_answers(contract, expected);
	assert_int_equal(contract->commit_count, 1);
}

static void keeps_what_was_before_a_failure(void **state)
{
	struct contract *contract = *state;

	contract_begin_group(contract);
	contract_expect_done(contract, contract_begin(contract, 1, 0));
	contract_expect_done(
	        contract, contract_send(contract, STEP_STATEMENT, "INSERT INTO t (id) VALUES (2)"));
	contract->session.purpose.statement = 1;
	assert_int_equal(contract_send(contract, STEP_STATEMENT, "INSERT INTO \xC3\xA4 VALUEZ (3)"),
	                 OUTCOME_FAILED);
	assert_int_equal(contract->session.failure.character, 14);
	assert_int_equal(contract->session.failure.purpose.statement, 1);
	contract->session.purpose.statement = 2;
	assert_int_equal(contract_send(contract, STEP_STATEMENT, "INSERT INTO t (id) VALUES (4)"),
	                 OUTCOME_FAILED);
	assert_int_equal(contract->driver->settle(&contract->session), OUTCOME_FAILED);
	assert_int_equal(contract_commit(contract), OUTCOME_FAILED);
	assert_int_equal(contract_begin(contract, 2, 0), OUTCOME_FAILED);
	contract_expect_answers(contract, "statement 1");
	assert_int_equal(contract_finish(contract), OUTCOME_FAILED);
	contract_expect_blamed(contract, STEP_STATEMENT, 1);
	contract_expect_failure(contract, OUTCOME_FAILED, 1, "near \"VALUEZ\": syntax error");
	contract_expect_answers(contract, "commit 0");
	contract_expect_rows(contract, "1");
	assert_int_equal(sqlite3_get_autocommit(contract->database), 1);
	contract_expect_done(contract, contract_finish(contract));
	contract_migrate(contract, 1, "INSERT INTO t (id) VALUES (5)");
	contract_expect_done(contract, contract_finish(contract));
	contract_expect_rows(contract, "1,5");
}

/* contract_execute() needs no contract_finish(): whoever rolls back next loses nothing. */
static void keeps_it_when_executing(void **state)
{
	struct contract *contract = *state;

	contract_begin_group(contract);
	contract_expect_done(contract, contract_begin(contract, 1, 0));
	contract_expect_done(
	        contract, contract_send(contract, STEP_STATEMENT, "INSERT INTO t (id) VALUES (2)"));
	assert_int_equal(
	        contract_execute(contract, STEP_STATEMENT, "INSERT INTO t (id) VALUES (1)"),
	        OUTCOME_FAILED);
	contract->driver->rollback(&contract->session);
	contract_expect_failure(contract, OUTCOME_FAILED, 1555, "UNIQUE constraint failed: t.id");
	contract_expect_answers(contract, "statement 1, commit 0");
	contract_expect_rows(contract, "1");
}

/* What is executed behind a failure does not happen, but ends the refusal. */
static void executes_nothing_behind_a_failure(void **state)
{
	struct contract *contract = *state;

	contract_begin_group(contract);
	contract_expect_done(contract, contract_begin(contract, 1, 0));
	assert_int_equal(contract_send(contract, STEP_STATEMENT, "SELECT missing"), OUTCOME_FAILED);
	assert_int_equal(contract_enter(contract), OUTCOME_FAILED);
	assert_int_equal(contract_execute(contract, STEP_STATEMENT, "DELETE FROM t"),
	                 OUTCOME_FAILED);
	contract_expect_failure(contract, OUTCOME_FAILED, 1, "no such column: missing");
	contract_expect_rows(contract, "1");
	contract_expect_done(contract, contract_execute(contract, STEP_STATEMENT, "DELETE FROM t"));
	contract_expect_rows(contract, "NULL");
}

static void rolls_everything_back(void **state)
{
	struct contract *contract = *state;

	contract_begin_group(contract);
	contract_expect_done(contract, contract_begin(contract, 1, 0));
	assert_int_equal(contract_send(contract, STEP_STATEMENT, "SELECT missing"), OUTCOME_FAILED);
	contract->driver->rollback(&contract->session);
	contract_expect_failure(contract, OUTCOME_FAILED, 1, "no such column: missing");
	contract_expect_answers(contract, "");
	contract_expect_rows(contract, "NULL");
	contract_begin_group(contract);
	contract_expect_done(contract, contract_finish(contract));
	contract_expect_rows(contract, "1");
}

/* Between migrations, and in one without a transaction, commands run on their own. */
static void runs_without_a_transaction(void **state)
{
	struct contract *contract = *state;

	contract_begin_group(contract);
	contract_expect_done(contract, contract_begin(contract, 1, INLAY_MIGRATION_NO_TRANSACTION));
	contract_expect_answers(contract, "commit 0");
	contract_expect_done(contract, contract_send(contract, STEP_STATEMENT, "VACUUM"));
	assert_false(contract->driver->in_transaction(&contract->session));
	contract_expect_done(contract, contract_begin(contract, 1, 0));
	contract_expect_done(contract,
	                     contract_send(contract, STEP_RECORD, "INSERT INTO t (id) VALUES (2)"));
	contract->session.purpose.step = STEP_PROGRESS;
	contract_expect_done(contract, contract->driver->commit(&contract->session));
	contract_expect_done(contract, contract_send(contract, STEP_STATEMENT, "VACUUM"));
	contract_expect_answers(contract, "statement 1, record 1, progress 1, statement 1");
	contract_expect_done(contract, contract_commit(contract));
	contract_expect_answers(contract, "");
	contract_expect_done(contract, contract_execute(contract, STEP_STATEMENT, "BEGIN"));
	assert_true(contract->driver->in_transaction(&contract->session));
	contract->driver->rollback(&contract->session);
	assert_false(contract->driver->in_transaction(&contract->session));
	contract_expect_rows(contract, "1,2");
}

/* --- Transactions that end by themselves --- */

/* How a statement ends the transaction, alone in it and behind another migration. */
static void expect_torn(struct contract *contract, const char *sql, int code)
{
	for (int alone = 0; alone < 2; alone++) {
		enum outcome outcome = alone ? OUTCOME_FAILED : OUTCOME_TORN;

		contract_expect_done(contract, contract_enter(contract));
		if (!alone)
			contract_migrate(contract, 0, "INSERT INTO t (id) VALUES (1)");
		contract_expect_done(contract, contract_begin(contract, 1, 0));
		contract_expect_done(contract, contract_send(contract, STEP_STATEMENT,
		                                             "INSERT INTO t VALUES (13, 1)"));
		assert_int_equal(contract_send(contract, STEP_STATEMENT, sql), outcome);
		assert_int_equal(contract_send(contract, STEP_STATEMENT, "SELECT 1"), outcome);
		assert_false(contract->driver->in_transaction(&contract->session));
		contract->answers[0] = '\0';
		assert_int_equal(contract_finish(contract), outcome);
		assert_int_equal(contract->session.failure.code, code);
		contract_expect_blamed(contract, STEP_STATEMENT, 1);
		contract_expect_answers(contract, "");
		contract_expect_rows(contract, "NULL");
		contract->driver->rollback(&contract->session);
	}
}

static int interrupt(void *context)
{
	(void)context;
	return 1;
}

static void notices_that_the_transaction_is_torn(void **state)
{
	struct contract *contract = *state;

	expect_torn(contract, "INSERT OR ROLLBACK INTO t VALUES (13, 1)", 1555);
	contract_run_on(contract->database, "PRAGMA max_page_count = 8");
	expect_torn(contract, "INSERT INTO t VALUES (14, zeroblob(1000000))", SQLITE_FULL);
	contract_run_on(contract->database,
	                "CREATE TRIGGER g BEFORE INSERT ON t WHEN NEW.id = 14 BEGIN"
	                " SELECT RAISE(ROLLBACK, 'no'); END;");
	expect_torn(contract, "INSERT INTO t VALUES (14, 1)", SQLITE_CONSTRAINT_TRIGGER);
}

static void notices_an_interruption(void **state)
{
	struct contract *contract = *state;

	contract_begin_group(contract);
	contract_expect_done(contract, contract_begin(contract, 1, 0));
	sqlite3_progress_handler(contract->database, 50, interrupt, NULL);
	assert_int_equal(
	        contract_execute(contract, STEP_STATEMENT,
	                         "INSERT INTO t WITH RECURSIVE c (i) AS (SELECT 9 UNION ALL"
	                         " SELECT i + 1 FROM c LIMIT 99999) SELECT i, i FROM c"),
	        OUTCOME_TORN);
	sqlite3_progress_handler(contract->database, 0, NULL, NULL);
	contract_expect_failure(contract, OUTCOME_TORN, SQLITE_INTERRUPT, "interrupted");
	assert_int_equal(sqlite3_get_autocommit(contract->database), 1);
	contract_expect_rows(contract, "NULL");
}

/* Statements that the compiler does not let through. */
static void notices_commit_and_rollback(void **state)
{
	struct contract *contract = *state;

	contract_begin_group(contract);
	contract_expect_done(contract, contract_begin(contract, 1, 0));
	contract_expect_done(contract, contract_execute(contract, STEP_STATEMENT, "COMMIT"));
	contract_expect_answers(contract, "commit 0, statement 1");
	assert_false(contract->driver->in_transaction(&contract->session));
	assert_int_equal(contract_commit(contract), OUTCOME_FAILED);
	contract_expect_failure(contract, OUTCOME_FAILED, 1, "the migration's transaction is over");
	assert_int_equal(contract_finish(contract), OUTCOME_FAILED);
	contract_expect_rows(contract, "1");

	contract_expect_done(contract, contract_enter(contract));
	contract_migrate(contract, 1, "INSERT INTO t (id) VALUES (2)");
	contract_expect_done(contract, contract_begin(contract, 2, 0));
	assert_int_equal(contract_execute(contract, STEP_STATEMENT, "ROLLBACK"), OUTCOME_TORN);
	contract_expect_failure(contract, OUTCOME_TORN, 0, "this statement ended the transaction");

	contract_expect_done(contract, contract_begin(contract, 1, 0));
	assert_int_equal(contract_send(contract, STEP_STATEMENT, "ROLLBACK"), OUTCOME_FAILED);
	contract_expect_failure(contract, OUTCOME_FAILED, 1,
	                        "this statement ended the transaction");
	assert_int_equal(contract_finish(contract), OUTCOME_FAILED);

	contract_expect_done(contract, contract_begin(contract, 1, 0));
	contract_expect_done(contract, contract_execute(contract, STEP_STATEMENT, "ROLLBACK"));
	assert_int_equal(
	        contract_execute(contract, STEP_STATEMENT, "INSERT INTO t (id) VALUES (3)"),
	        OUTCOME_FAILED);
	contract_expect_failure(contract, OUTCOME_FAILED, 1, "the migration's transaction is over");
	contract_expect_rows(contract, "1");
}

/* SQL's run_sql(): a function of the application that uses the connection behind our back. */
static void run_sql(sqlite3_context *context, int count, sqlite3_value **values)
{
	sqlite3 *database = sqlite3_context_db_handle(context);

	assert_int_equal(count, 1);
	contract_run_on(database, (const char *)sqlite3_value_text(values[0]));
}

/* Migration 1 of a group calls `statement` and goes on. */
static void lose_savepoint(struct contract *contract, const char *statement)
{
	assert_int_equal(sqlite3_create_function(contract->database, "run_sql", 1, SQLITE_UTF8,
	                                         NULL, run_sql, NULL, NULL),
	                 SQLITE_OK);
	contract_begin_group(contract);
	contract_expect_done(contract, contract_begin(contract, 1, 0));
	contract_expect_done(contract, contract_execute(contract, STEP_STATEMENT, statement));
	contract->answers[0] = '\0';
}

static void notices_another_transaction(void **state)
{
	struct contract *contract = *state;

	lose_savepoint(contract, "SELECT run_sql('COMMIT; BEGIN')");
	assert_false(contract->driver->in_transaction(&contract->session));
	assert_int_equal(contract_commit(contract), OUTCOME_TORN);
	contract_expect_failure(contract, OUTCOME_TORN, 1,
	                        "a statement ended the migration's transaction or its savepoint");
	contract_expect_blamed(contract, STEP_COMMIT, 1);
	assert_int_equal(contract_finish(contract), OUTCOME_TORN);
	contract_expect_answers(contract, "");
	assert_int_equal(sqlite3_get_autocommit(contract->database), 1);
}

/* Nobody can tell what belongs to which migration then. */
static void notices_that_the_savepoint_is_gone(void **state)
{
	struct contract *contract = *state;

	lose_savepoint(contract, "RELEASE inlay_migration");
	assert_true(contract->driver->in_transaction(&contract->session));
	assert_int_equal(contract_commit(contract), OUTCOME_TORN);
	assert_int_equal(contract_finish(contract), OUTCOME_TORN);
	contract_expect_answers(contract, "");
	contract_expect_rows(contract, "NULL");

	contract->session.manner.separate = true;
	contract_expect_done(contract, contract_enter(contract));
	contract_expect_done(contract, contract_begin(contract, 0, 0));
	contract_expect_done(contract,
	                     contract_execute(contract, STEP_STATEMENT, "RELEASE inlay_migration"));
	assert_int_equal(contract_commit(contract), OUTCOME_FAILED);
	assert_int_equal(contract_finish(contract), OUTCOME_FAILED);
}

/* --- COMMIT --- */

static void blames_the_commit_when_it_fails(void **state)
{
	struct contract *contract = *state;

	contract_begin_group(contract);
	contract_migrate(contract, 1, "INSERT INTO t (id) VALUES (2)");
	contract_expect_done(contract, contract_begin(contract, 2, 0));
	assert_int_equal(contract_send(contract, STEP_STATEMENT, "SELECT missing"), OUTCOME_FAILED);
	contract->answers[0] = '\0';
	contract->refused_count = 1;
	assert_int_equal(contract_finish(contract), OUTCOME_TORN);
	assert_int_equal(contract->session.failure.code, SQLITE_CONSTRAINT_COMMITHOOK);
	contract_expect_blamed(contract, STEP_COMMIT, 1);
	contract_expect_answers(contract, "");
	contract_expect_rows(contract, "NULL");
	assert_int_equal(sqlite3_get_autocommit(contract->database), 1);

	contract->refused_count = 1;
	contract_begin_group(contract);
	assert_int_equal(contract_begin(contract, 7, INLAY_MIGRATION_NO_TRANSACTION),
	                 OUTCOME_FAILED);
	contract_expect_blamed(contract, STEP_COMMIT, 0);
	assert_int_equal(contract_finish(contract), OUTCOME_FAILED);
	contract_expect_done(contract, contract_finish(contract));
}

/* Stops reading when it has been in the way `patience` times. */
struct reader {
	sqlite3 *connection;
	int patience;
};

static int stop_reading(void *context, int count)
{
	struct reader *reader = context;

	(void)count;
	if (reader->patience-- == 0)
		contract_run_on(reader->connection, "COMMIT");
	return 0;
}

static void waits_for_a_reader(void **state)
{
	struct contract *contract = *state;
	struct reader reader = { contract->another, 5 };

	contract_begin_group(contract);
	contract_expect_done(contract, contract_begin(contract, 1, 0));
	assert_int_equal(contract_send(contract, STEP_STATEMENT, "SELECT missing"), OUTCOME_FAILED);
	contract_run_on(contract->another, "BEGIN; SELECT * FROM t");
	(void)sqlite3_busy_handler(contract->database, stop_reading, &reader);
	assert_int_equal(contract_finish(contract), OUTCOME_FAILED);
	contract_expect_failure(contract, OUTCOME_FAILED, 1, "no such column: missing");
	contract_expect_answers(contract, "commit 0");
	assert_int_equal(reader.patience, -1);
	contract_expect_rows(contract, "1");
}

static void gives_up_waiting(void **state)
{
	struct contract *contract = *state;
	int64_t started_ms;

	contract_begin_group(contract);
	contract_run_on(contract->another, "BEGIN; SELECT * FROM t");
	started_ms = contract_now_ms();
	assert_int_equal(contract_finish(contract), OUTCOME_BUSY);
	assert_in_range(contract_now_ms() - started_ms, 4900, 8000);
	contract_expect_failure(contract, OUTCOME_BUSY, SQLITE_BUSY, "database is locked");
	contract_expect_blamed(contract, STEP_COMMIT, 0);
	contract_expect_answers(contract, "");
	contract_run_on(contract->another, "COMMIT");
	contract_expect_rows(contract, "NULL");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CONTRACT_TEST(commits_a_group_once),
		CONTRACT_TEST(commits_one_by_one_when_told),
		CONTRACT_TEST(executes_within_a_group),
		CONTRACT_TEST(keeps_what_was_before_a_failure),
		CONTRACT_TEST(keeps_it_when_executing),
		CONTRACT_TEST(executes_nothing_behind_a_failure),
		CONTRACT_TEST(rolls_everything_back),
		CONTRACT_TEST(runs_without_a_transaction),
		CONTRACT_TEST(notices_that_the_transaction_is_torn),
		CONTRACT_TEST(notices_an_interruption),
		CONTRACT_TEST(notices_commit_and_rollback),
		CONTRACT_TEST(notices_another_transaction),
		CONTRACT_TEST(notices_that_the_savepoint_is_gone),
		CONTRACT_TEST(blames_the_commit_when_it_fails),
		CONTRACT_TEST(waits_for_a_reader),
		CONTRACT_TEST(gives_up_waiting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
