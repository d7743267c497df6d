/* driver_sqlite_session_test.c - SQLite's side of driver.h: locks, foreign keys, what reset() puts
 * back, and memory that runs out. */
#include "support/contract.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/* cmocka.h wants some of those first. */
#include <cmocka.h>

/* --- enter() --- */

static int count_call(void *context, int count)
{
	(void)count;
	++*(int *)context;
	return 0;
}

static void enters_without_waiting(void **state)
{
	struct contract *contract = *state;
	int64_t started_ms = contract_now_ms();
	int call_count = 0;

	contract_run_on(contract->another, "BEGIN IMMEDIATE");
	(void)sqlite3_busy_timeout(contract->database, 20000);
	assert_int_equal(contract_enter(contract), OUTCOME_BUSY);
	contract_expect_failure(contract, OUTCOME_BUSY, SQLITE_BUSY, "database is locked");
	assert_int_equal(sqlite3_get_autocommit(contract->database), 1);
	assert_int_equal(contract_enter(contract), OUTCOME_BUSY);
	assert_true(contract_now_ms() - started_ms < 2000);
	contract_expect(contract->database, "PRAGMA busy_timeout", "20000");

	(void)sqlite3_busy_handler(contract->database, count_call, &call_count);
	assert_int_equal(contract_enter(contract), OUTCOME_BUSY);
	assert_int_equal(contract_enter(contract), OUTCOME_BUSY);
	assert_int_equal(call_count, 2);
	contract_run_on(contract->another, "ROLLBACK; BEGIN EXCLUSIVE");
	assert_int_equal(contract_enter(contract), OUTCOME_BUSY);
	contract_run_on(contract->another, "ROLLBACK");
	contract_expect_done(contract, contract_enter(contract));
	contract_expect_done(contract, contract_enter(contract));
	assert_true(contract->driver->in_transaction(&contract->session));
}

/* A file that is locked wholly can not even be read: the first enter() finds out. */
static void enters_a_locked_file_later(void **state)
{
	struct contract *contract = *state;

	contract_run_on(contract->another, "BEGIN EXCLUSIVE");
	assert_int_equal(contract_enter(contract), OUTCOME_BUSY);
	contract_run_on(contract->another, "ROLLBACK");
	contract_expect_done(contract, contract_enter(contract));
}

static void refuses_what_can_not_be_written(void **state)
{
	struct contract *contract = *state;
	sqlite3 *writable = contract->database;

	contract_run_on(contract->database, "PRAGMA query_only = ON");
	assert_int_equal(contract_enter(contract), OUTCOME_FAILED);
	contract_expect_failure(contract, OUTCOME_FAILED, SQLITE_READONLY,
	                        "attempt to write a readonly database");
	contract->driver->close(&contract->session);
	assert_int_equal(
	        sqlite3_open_v2(contract->path, &contract->database, SQLITE_OPEN_READONLY, NULL),
	        SQLITE_OK);
	contract_begin_session(contract);
	contract_expect_done(contract, contract_execute(contract, STEP_LOOK, "SELECT 1 FROM t"));
	assert_int_equal(contract_enter(contract), OUTCOME_FAILED);
	contract_expect_failure(contract, OUTCOME_FAILED, SQLITE_READONLY,
	                        "the database is opened read-only");
	assert_int_equal(sqlite3_close(writable), SQLITE_OK);
}

/* What a look finds wrong does not end the transaction it is in. */
static void looks_in_the_transaction(void **state)
{
	struct contract *contract = *state;

	contract_expect_done(contract, contract_enter(contract));
	assert_int_equal(contract_send(contract, STEP_LOOK, "SELECT 1 FROM missing"),
	                 OUTCOME_FAILED);
	assert_int_equal(contract_send(contract, STEP_LOOK, "SELECT 1"), OUTCOME_FAILED);
	assert_int_equal(contract_finish(contract), OUTCOME_FAILED);
	contract_expect_blamed(contract, STEP_LOOK, 0);
	assert_int_equal(contract_execute(contract, STEP_LOOK, "SELECT missing"), OUTCOME_FAILED);
	contract_expect_done(contract, contract_execute(contract, STEP_LOOK, "SELECT 1"));
	contract_expect_done(contract, contract_finish(contract));
	assert_false(sqlite3_get_autocommit(contract->database));
	contract_migrate(contract, 0, "INSERT INTO t (id) VALUES (1)");
	contract_expect_done(contract, contract_finish(contract));
	contract_expect_rows(contract, "1");
	contract_expect_answers(contract, "statement 0, commit 0");
}

static void looks_before_entering(void **state)
{
	struct contract *contract = *state;

	contract_expect_done(contract, contract_execute(contract, STEP_LOOK, "SELECT 1"));
	assert_null(contract->session.state);
	assert_int_equal(contract_execute(contract, STEP_LOOK, "SELECT missing"), OUTCOME_FAILED);
	contract_expect_done(contract, contract_send(contract, STEP_LOOK, "SELECT 1"));
	assert_int_equal(contract_send(contract, STEP_LOOK, "SELECT missing"), OUTCOME_FAILED);
	assert_int_equal(contract_send(contract, STEP_LOOK, "SELECT 1"), OUTCOME_FAILED);
	assert_int_equal(contract_finish(contract), OUTCOME_FAILED);
	contract_expect_done(contract, contract_send(contract, STEP_LOOK, "SELECT 1"));
	contract_expect_done(contract, contract_finish(contract));
	contract_expect_done(contract, contract->driver->settle(&contract->session));
}

static void begins_without_entering(void **state)
{
	struct contract *contract = *state;

	contract_migrate(contract, 0, "INSERT INTO t (id) VALUES (1)");
	contract_expect_done(contract, contract_finish(contract));
	contract_expect_rows(contract, "1");
}

/* Other names, places and modes of a database; `sql` sets the mode. */
static void migrate_in(struct contract *contract, const char *name, const char *sql)
{
	sqlite3 *file = contract->database;

	assert_int_equal(
	        sqlite3_open_v2(name, &contract->database,
	                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_URI, NULL),
	        SQLITE_OK);
	contract_run_on(contract->database, "CREATE TABLE IF NOT EXISTS t (id INTEGER)");
	contract_run_on(contract->database, sql);
	contract_begin_session(contract);
	contract_begin_group(contract);
	contract_expect_done(contract, contract_begin(contract, 1, 0));
	assert_int_equal(contract_send(contract, STEP_STATEMENT, "SELECT missing"), OUTCOME_FAILED);
	assert_int_equal(contract_finish(contract), OUTCOME_FAILED);
	contract_expect_done(contract,
	                     contract_begin(contract, 2, INLAY_MIGRATION_FOREIGN_KEYS_OFF));
	contract_expect_done(
	        contract, contract_send(contract, STEP_STATEMENT, "INSERT INTO t (id) VALUES (2)"));
	contract_expect_done(contract, contract_commit(contract));
	contract_expect_done(contract, contract->driver->reset(&contract->session));
	contract_expect(contract->database, "SELECT group_concat(id) FROM t", "1,2");
	contract_run_on(contract->database, "DELETE FROM t");
	contract->driver->close(&contract->session);
	assert_int_equal(sqlite3_close(contract->database), SQLITE_OK);
	contract->database = file;
	contract_begin_session(contract);
}

static void runs_in_every_mode(void **state)
{
	struct contract *contract = *state;
	char uri[300];

	(void)snprintf(uri, sizeof(uri), "file:%s?cache=private", contract->path);
	migrate_in(contract, ":memory:", "PRAGMA foreign_keys = ON");
	migrate_in(contract, "file:x?mode=memory&cache=shared", "SELECT 1");
	migrate_in(contract, "", "SELECT 1");
	migrate_in(contract, uri, "PRAGMA foreign_keys = ON");
	migrate_in(contract, contract->path, "PRAGMA journal_mode = WAL");
	migrate_in(contract, contract->path, "PRAGMA journal_mode = TRUNCATE");
	migrate_in(contract, contract->path, "PRAGMA locking_mode = EXCLUSIVE");
	migrate_in(contract, contract->path,
	           "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL");
	migrate_in(contract, contract->path, "PRAGMA busy_timeout = 5; ATTACH ':memory:' AS other");
}

/* --- Outcomes --- */

static void tells_conflicts_from_failures(void **state)
{
	static const struct {
		const char *sql;
		int code;
	} cases[] = {
		{ "INSERT INTO t (id) VALUES (1)", SQLITE_CONSTRAINT_PRIMARYKEY },
		{ "INSERT INTO t (id, n) VALUES (7, NULL)", SQLITE_CONSTRAINT_NOTNULL },
		{ "INSERT INTO u (n) VALUES (1)", SQLITE_CONSTRAINT_UNIQUE },
	};
	static const enum step steps[] = { STEP_CLAIM, STEP_RECORD, STEP_STATEMENT, STEP_LOOK };
	struct contract *contract = *state;

	contract_run_on(contract->database, "CREATE TABLE u (n UNIQUE); INSERT INTO u VALUES (1);"
	                                    "INSERT INTO t (id) VALUES (1)");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		for (size_t j = 0; j < sizeof(steps) / sizeof(steps[0]); j++) {
			contract_expect_done(contract, contract_begin(contract, 0, 0));
			assert_int_equal(contract_send(contract, steps[j], cases[i].sql),
			                 j < 2 ? OUTCOME_CONFLICT : OUTCOME_FAILED);
			assert_int_equal(contract->session.failure.code, cases[i].code);
			(void)contract_finish(contract);
		}
}

static void tells_what_runs_alone(void **state)
{
	static const char *const statements[] = { "VACUUM", "PRAGMA synchronous = OFF",
		                                  "PRAGMA journal_mode = WAL" };
	struct contract *contract = *state;

	for (size_t i = 0; i < sizeof(statements) / sizeof(statements[0]); i++) {
		contract_expect_done(contract, contract_begin(contract, 0, 0));
		assert_int_equal(contract_send(contract, STEP_STATEMENT, statements[i]),
		                 OUTCOME_ALONE);
		assert_int_equal(contract_finish(contract), OUTCOME_ALONE);
	}
	contract_begin_group(contract);
	contract_expect_done(contract, contract_begin(contract, 1, 0));
	assert_int_equal(contract_execute(contract, STEP_STATEMENT, "VACUUM"), OUTCOME_ALONE);
	contract_expect_rows(contract, "1");
	contract_expect_done(contract, contract_begin(contract, 1, 0));
	assert_int_equal(contract_send(contract, STEP_STATEMENT, "BEGIN"), OUTCOME_FAILED);
}

static void refuses_two_commands(void **state)
{
	struct contract *contract = *state;

	contract_begin_group(contract);
	contract_expect_done(contract, contract_begin(contract, 1, 0));
	assert_int_equal(contract_send(contract, STEP_STATEMENT, "SELECT 1; DELETE FROM t"),
	                 OUTCOME_FAILED);
	assert_int_equal(contract_finish(contract), OUTCOME_FAILED);
	contract_expect_failure(contract, OUTCOME_FAILED, 1,
	                        "the text holds more than one statement");
	contract_expect_rows(contract, "1");
}

/* --- Foreign keys --- */

#define PARENTS                                                                                    \
	"CREATE TABLE p (id INTEGER PRIMARY KEY);"                                                 \
	"CREATE TABLE c (id INTEGER PRIMARY KEY, p REFERENCES p ON DELETE CASCADE"                 \
	" DEFERRABLE INITIALLY DEFERRED);"                                                         \
	"INSERT INTO p VALUES (1); INSERT INTO c VALUES (10, 1)"

static void expect_orphan_blamed(struct contract *contract, uint32_t migration)
{
	contract_expect_failure(contract, OUTCOME_FAILED, SQLITE_CONSTRAINT_FOREIGNKEY,
	                        "row 20 of table c refers to a row of table p that does not "
	                        "exist (1 such rows in all)");
	contract_expect_blamed(contract, STEP_COMMIT, migration);
}

static void blames_who_left_a_child_alone(void **state)
{
	struct contract *contract = *state;

	contract_run_on(contract->database, PARENTS);
	contract_begin_group(contract);
	contract_migrate(contract, 1, "INSERT INTO c VALUES (11, 1)");
	contract_expect_done(contract, contract_begin(contract, 2, 0));
	contract_expect_done(
	        contract, contract_send(contract, STEP_STATEMENT, "INSERT INTO c VALUES (20, 2)"));
	assert_int_equal(contract_commit(contract), OUTCOME_FAILED);
	assert_int_equal(contract_begin(contract, 3, 0), OUTCOME_FAILED);
	assert_int_equal(contract_finish(contract), OUTCOME_FAILED);
	expect_orphan_blamed(contract, 2);
	contract_expect_answers(contract, "statement 1, statement 2, commit 0, commit 1");
	contract_expect(contract->another, "SELECT group_concat(id) FROM c", "10,11");
	/* The parent may come later, in the same migration. */
	contract_expect_done(contract, contract_begin(contract, 2, 0));
	contract_expect_done(
	        contract, contract_send(contract, STEP_STATEMENT, "INSERT INTO c VALUES (20, 2)"));
	contract_expect_done(contract,
	                     contract_send(contract, STEP_STATEMENT, "INSERT INTO p VALUES (2)"));
	contract_expect_done(contract, contract_commit(contract));
	contract_expect_done(contract, contract_finish(contract));
	contract_expect(contract->another, "SELECT group_concat(id) FROM c", "10,11,20");
}

/* Attached databases are not searched for whose child it is. */
static void finds_an_attached_child_alone(void **state)
{
	struct contract *contract = *state;

	contract_run_on(contract->database,
	                "ATTACH ':memory:' AS o; CREATE TABLE o.p (id INTEGER PRIMARY KEY);"
	                "CREATE TABLE o.c (p REFERENCES p)");
	contract_begin_group(contract);
	contract_expect_done(contract, contract_begin(contract, 1, 0));
	contract_expect_done(contract, contract_send(contract, STEP_STATEMENT,
	                                             "PRAGMA defer_foreign_keys = ON"));
	contract_expect_done(contract,
	                     contract_send(contract, STEP_STATEMENT, "INSERT INTO o.c VALUES (1)"));
	assert_int_equal(contract_commit(contract), OUTCOME_FAILED);
	assert_int_equal(contract_finish(contract), OUTCOME_FAILED);
	contract_expect_failure(contract, OUTCOME_FAILED, SQLITE_CONSTRAINT_FOREIGNKEY,
	                        "FOREIGN KEY constraint failed");
	contract_expect_rows(contract, "1");
}

static void rebuilds_from_a_group(void **state)
{
	static const char *const rebuild[] = { "CREATE TABLE q (id INTEGER PRIMARY KEY, n)",
		                               "INSERT INTO q SELECT id, 1 FROM p", "DROP TABLE p",
		                               "ALTER TABLE q RENAME TO p" };
	struct contract *contract = *state;

	contract_run_on(contract->database, PARENTS);
	contract_begin_group(contract);
	contract_expect_done(contract,
	                     contract_begin(contract, 1, INLAY_MIGRATION_FOREIGN_KEYS_OFF));
	contract_expect_answers(contract, "commit 0");
	for (size_t i = 0; i < sizeof(rebuild) / sizeof(rebuild[0]); i++)
		contract_expect_done(contract, contract_send(contract, STEP_STATEMENT, rebuild[i]));
	contract->answers[0] = '\0';
	contract_expect_done(contract, contract_commit(contract));
	contract_expect_answers(contract, "commit 1");
	contract_expect(contract->another, "SELECT p.id || c.id FROM p JOIN c ON c.p = p.id",
	                "110");
	contract_expect_done(contract, contract->driver->reset(&contract->session));
	contract_expect(contract->database, "PRAGMA foreign_keys", "1");
}

static void rebuilds_right_after_entering(void **state)
{
	struct contract *contract = *state;

	contract_run_on(contract->database, PARENTS);
	contract_expect_done(contract, contract_enter(contract));
	contract_expect_done(contract,
	                     contract_begin(contract, 1, INLAY_MIGRATION_FOREIGN_KEYS_OFF));
	contract_expect_done(
	        contract, contract_send(contract, STEP_STATEMENT, "INSERT INTO c VALUES (20, 2)"));
	assert_int_equal(contract_commit(contract), OUTCOME_FAILED);
	assert_int_equal(contract_finish(contract), OUTCOME_FAILED);
	expect_orphan_blamed(contract, 1);
	contract_expect(contract->another, "SELECT COUNT(*) FROM c", "1");
	contract->driver->rollback(&contract->session);
	contract_expect_done(contract, contract->driver->reset(&contract->session));
	contract_expect(contract->database, "PRAGMA foreign_keys", "1");
}

static int stop_writing(void *context, int count)
{
	struct contract *contract = context;

	(void)count;
	if (sqlite3_get_autocommit(contract->another) == 0)
		contract_run_on(contract->another, "INSERT INTO t (id) VALUES (9); COMMIT");
	return 0;
}

/* enter()'s transaction ends, and others may come in between: begin() waits for them. */
static void waits_to_begin_again(void **state)
{
	struct contract *contract = *state;

	contract_expect_done(contract, contract_enter(contract));
	contract->driver->rollback(&contract->session);
	contract_run_on(contract->another, "BEGIN IMMEDIATE");
	(void)sqlite3_busy_handler(contract->database, stop_writing, contract);
	contract_expect_done(contract,
	                     contract_begin(contract, 1, INLAY_MIGRATION_FOREIGN_KEYS_OFF));
	contract_expect_done(contract, contract_send(contract, STEP_STATEMENT, "DELETE FROM t"));
	contract_expect_done(contract, contract_commit(contract));
	contract_expect_rows(contract, "NULL");
}

/* --- reset() --- */

static void puts_the_session_back(void **state)
{
	static const char *const statements[] = {
		"CREATE TEMP TABLE parents (id INTEGER PRIMARY KEY)",
		"CREATE TEMP TABLE \"my \"\"children\" (p REFERENCES parents)",
		"INSERT INTO temp.parents VALUES (1)",
		"INSERT INTO \"my \"\"children\" VALUES (1)",
		"CREATE TEMP TABLE numbered (id INTEGER PRIMARY KEY AUTOINCREMENT)",
		"CREATE TEMP VIEW v AS SELECT * FROM t",
		"CREATE TEMP TRIGGER g AFTER INSERT ON main.t BEGIN DELETE FROM parents; END",
		"CREATE INDEX temp.i ON parents (id)",
		"ATTACH ':memory:' AS \"the \"\"other\"",
		"PRAGMA recursive_triggers = ON",
	};
	struct contract *contract = *state;

	contract_run_on(contract->database,
	                "CREATE TEMP TABLE mine (id); CREATE TEMP VIEW my_view AS SELECT 1;"
	                "ATTACH ':memory:' AS mine; CREATE TABLE mine.kept (id)");
	contract_begin_group(contract);
	contract_expect_done(contract, contract_begin(contract, 1, 0));
	for (size_t i = 0; i < sizeof(statements) / sizeof(statements[0]); i++)
		contract_expect_done(contract,
		                     contract_send(contract, STEP_STATEMENT, statements[i]));
	contract_expect_done(contract, contract_commit(contract));
	contract->answers[0] = '\0';
	contract_expect_done(contract, contract->driver->reset(&contract->session));
	contract_expect_answers(contract, "commit 0, commit 1");
	contract_expect(contract->database,
	                "SELECT group_concat(name) FROM sqlite_temp_master"
	                " WHERE name NOT LIKE 'sqlite%'",
	                "mine,my_view");
	contract_expect(contract->database, "SELECT COUNT(*) FROM mine.kept", "0");
	contract_expect(contract->database,
	                "SELECT group_concat(name) FROM pragma_database_list WHERE seq > 1",
	                "mine");
	contract_expect(contract->database, "PRAGMA recursive_triggers", "0");
	contract_expect(contract->database, "PRAGMA foreign_keys", "1");
}

/* What no name leads to can not be dropped; reset() ends nevertheless. */
static void does_not_chase_ghosts(void **state)
{
	struct contract *contract = *state;

	contract_expect_done(contract, contract_enter(contract));
	contract_expect_done(contract, contract_begin(contract, 0, INLAY_MIGRATION_NO_TRANSACTION));
	contract_run_on(contract->database,
	                "CREATE TEMP TABLE a (id); PRAGMA writable_schema = ON;"
	                "UPDATE sqlite_temp_master SET name = 'b'; PRAGMA writable_schema = OFF");
	contract_expect_done(contract, contract->driver->reset(&contract->session));
}

static void closes_in_the_middle(void **state)
{
	struct contract *contract = *state;

	contract_begin_group(contract);
	contract_expect_done(contract, contract_begin(contract, 1, INLAY_MIGRATION_SESSION));
	contract_expect_done(contract, contract_send(contract, STEP_STATEMENT,
	                                             "PRAGMA recursive_triggers = ON"));
	assert_int_equal(contract_send(contract, STEP_STATEMENT, "SELECT missing"), OUTCOME_FAILED);
	contract->driver->close(&contract->session);
	contract_expect_failure(contract, OUTCOME_FAILED, 1, "no such column: missing");
	contract_expect(contract->database, "PRAGMA recursive_triggers", "0");
	contract_expect_rows(contract, "NULL");
}

/* --- Memory --- */

static sqlite3_mem_methods memory;
static int failing_allocation; /* So many, this one included, until one fails; 0 is never. */
static bool fails_for_good;
static bool has_failed;

static bool must_fail(void)
{
	if (failing_allocation == 0 || (failing_allocation > 1 && failing_allocation-- > 0))
		return false;
	has_failed = true;
	if (!fails_for_good)
		failing_allocation = 0;
	return true;
}

static void *allocate(int size)
{
	return must_fail() ? NULL : memory.xMalloc(size);
}

static void *reallocate(void *old, int size)
{
	return must_fail() ? NULL : memory.xRealloc(old, size);
}

static enum outcome send_migration(struct contract *contract, uint32_t migration, uint32_t flags)
{
	enum outcome outcome = contract_begin(contract, migration, flags);
	char sql[120];

	(void)snprintf(sql, sizeof(sql), "INSERT INTO t (id, n) VALUES (%u, zeroblob(20000))",
	               migration + 1);
	if (outcome == OUTCOME_DONE)
		outcome = contract_send(contract, STEP_STATEMENT, sql);
	if (outcome == OUTCOME_DONE)
		outcome = contract_send(contract, STEP_STATEMENT, "CREATE TEMP TABLE x (id)");
	if (outcome == OUTCOME_DONE)
		outcome = contract_send(contract, STEP_STATEMENT, "DROP TABLE x");
	return outcome == OUTCOME_DONE ? contract_commit(contract) : outcome;
}

static enum outcome send_all(struct contract *contract)
{
	enum outcome outcome = contract_enter(contract);
	enum outcome finished;

	if (outcome == OUTCOME_DONE)
		outcome = send_migration(contract, 0, 0);
	if (outcome == OUTCOME_DONE)
		outcome = send_migration(contract, 1, 0);
	if (outcome == OUTCOME_DONE)
		outcome = send_migration(contract, 2, INLAY_MIGRATION_FOREIGN_KEYS_OFF);
	if (outcome == OUTCOME_DONE)
		outcome = send_migration(contract, 3, 0);
	finished = contract_finish(contract);
	if (outcome != OUTCOME_DONE && finished == OUTCOME_DONE)
		return outcome; /* Of enter(). */
	if (finished == OUTCOME_DONE)
		finished = contract->driver->reset(&contract->session);
	contract->driver->rollback(&contract->session);
	return finished;
}

/* Whatever allocation fails: what was answered is in the file, and nothing else. */
static void loses_nothing_without_memory(void **state)
{
	struct contract *contract = *state;

	contract_run_on(contract->database, "PRAGMA synchronous = OFF");
	for (int i = 0; i < 20000; i++) {
		enum outcome outcome;
		unsigned answered = 0;
		char expected[60];

		fails_for_good = i % 2 != 0;
		failing_allocation = i / 2 + 1;
		has_failed = false;
		outcome = send_all(contract);
		failing_allocation = 0;
		contract->driver->close(&contract->session);
		for (const char *at = contract->answers; (at = strstr(at, "commit")) != NULL; at++)
			answered++;
		(void)snprintf(expected, sizeof(expected), "%.*s", (int)(answered * 2) - 1,
		               "1,2,3,4");
		contract_expect_rows(contract, answered > 0 ? expected : "NULL");
		contract->answers[0] = '\0';
		if (!has_failed && outcome == OUTCOME_DONE && answered == 4)
			return;
		contract_run_on(contract->database, "DELETE FROM t");
		contract_expect(contract->database, "PRAGMA foreign_keys", "1");
		contract_begin_session(contract);
	}
	fail_msg("memory was never enough");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CONTRACT_TEST(enters_without_waiting),
		CONTRACT_TEST(enters_a_locked_file_later),
		CONTRACT_TEST(refuses_what_can_not_be_written),
		CONTRACT_TEST(looks_in_the_transaction),
		CONTRACT_TEST(looks_before_entering),
		CONTRACT_TEST(begins_without_entering),
		CONTRACT_TEST(runs_in_every_mode),
		CONTRACT_TEST(tells_conflicts_from_failures),
		CONTRACT_TEST(tells_what_runs_alone),
		CONTRACT_TEST(refuses_two_commands),
		CONTRACT_TEST(blames_who_left_a_child_alone),
		CONTRACT_TEST(finds_an_attached_child_alone),
		CONTRACT_TEST(rebuilds_from_a_group),
		CONTRACT_TEST(rebuilds_right_after_entering),
		CONTRACT_TEST(waits_to_begin_again),
		CONTRACT_TEST(puts_the_session_back),
		CONTRACT_TEST(does_not_chase_ghosts),
		CONTRACT_TEST(closes_in_the_middle),
		CONTRACT_TEST(loses_nothing_without_memory),
	};
	sqlite3_mem_methods failing;

	/* Before SQLite is first used; cmocka's own allocations are not counted. */
	if (sqlite3_config(SQLITE_CONFIG_GETMALLOC, &memory) != SQLITE_OK)
		return 1;
	failing = memory;
	failing.xMalloc = allocate;
	failing.xRealloc = reallocate;
	if (sqlite3_config(SQLITE_CONFIG_MALLOC, &failing) != SQLITE_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
