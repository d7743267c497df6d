/* interrupted_test.c - migrations without a transaction: stopped, gone on with, never run twice. */
#include "support/database.h"

#include <setjmp.h>
#include <string.h>
/* cmocka.h wants some of those first. */
#include <cmocka.h>

static const struct set_file alone_broken[] = {
	{ "1_t.sql", "CREATE TABLE t (id INTEGER);\n" },
	{ "2_alone.sql", "-- migrate:up transaction:false\n"
	                 "INSERT INTO t VALUES (1);\n"
	                 "INSERT INTO t VALUES (2);\n"
	                 "INSERT INTO nowhere VALUES (3);\n"
	                 "INSERT INTO t VALUES (4);\n" },
	SET_END,
};

static const struct set_file alone_mended[] = {
	{ "1_t.sql", "CREATE TABLE t (id INTEGER);\n" },
	{ "2_alone.sql", "-- migrate:up transaction:false\n"
	                 "INSERT INTO t VALUES (1);\n"
	                 "INSERT INTO t VALUES (2);\n"
	                 "INSERT INTO t VALUES (3);\n"
	                 "INSERT INTO t VALUES (4);\n" },
	{ "3_after.sql", "INSERT INTO t VALUES (5);\n" },
	SET_END,
};

static void interrupt(struct database *database)
{
	database_expect_error(
	        database, alone_broken, INLAY_INTERRUPTED,
	        database_either(
	                database,
	                "migrations/2_alone.sql:4:1: no such table: nowhere (SQLite 1); 2_alone "
	                "runs without a transaction: its statements 1 to 2 stay, the next call "
	                "goes on with statement 3",
	                "migrations/2_alone.sql:4:13: relation \"nowhere\" does not exist "
	                "(SQLSTATE 42P01); 2_alone runs without a transaction: its statements 1 "
	                "to 2 stay, the next call goes on with statement 3"));
	assert_int_equal(database->error.statement, 3);
	database_expect(database, "SELECT id FROM t ORDER BY id", "1\n2");
	database_expect(database,
	                "SELECT status, progress, attempt FROM schema_migrations WHERE version = 2",
	                "failed|2|1");
	assert_string_equal(database_status(database, alone_mended), "1 1_t.sql applied\n"
	                                                             "2 2_alone.sql interrupted -\n"
	                                                             "3 3_after.sql pending -\n");
}

static void goes_on_where_it_stopped(void **state)
{
	struct database *database = *state;

	interrupt(database);
	database_run(database, "CREATE TABLE nowhere (id INTEGER)");
	database_expect_ok(database, alone_broken, 1);
	database_expect(database, "SELECT id FROM t ORDER BY id", "1\n2\n4");
	database_expect(database, "SELECT id FROM nowhere", "3");
	database_expect(
	        database,
	        "SELECT status, progress, attempt, up FROM schema_migrations WHERE version = 2",
	        "applied|NULL|2|NULL");
	database_expect_ok(database, alone_broken, 0);
}

static void goes_on_with_a_mended_file(void **state)
{
	struct database *database = *state;

	interrupt(database);
	database_expect_ok(database, alone_mended, 2);
	database_expect(database, "SELECT id FROM t ORDER BY id", "1\n2\n3\n4\n5");
	database_expect_ok(database, alone_mended, 0);
}

static void does_not_go_on_when_what_ran_was_edited(void **state)
{
	static const struct set_file edited[] = {
		{ "1_t.sql", "CREATE TABLE t (id INTEGER);\n" },
		{ "2_alone.sql", "-- migrate:up transaction:false\n"
		                 "INSERT INTO t VALUES (0);\n"
		                 "INSERT INTO t VALUES (1);\n"
		                 "INSERT INTO t VALUES (2);\n" },
		SET_END,
	};
	struct database *database = *state;

	interrupt(database);
	database_expect_result(database, database_ensure(database, edited), INLAY_INTERRUPTED);
	assert_non_null(
	        strstr(database->error.message,
	               "migrations/2_alone.sql: 2_alone stopped after its statement 2 and can "
	               "not be gone on with, because that part of the file was edited, "));
	database_expect(database, "SELECT id FROM t ORDER BY id", "1\n2");
}

static void waits_for_one_who_is_at_work(void **state)
{
	struct database *database = *state;

	interrupt(database);
	database_run(database, "UPDATE schema_migrations SET status = 'running' WHERE version = 2");
	database->options.lock_timeout_ms = 150;
	database_expect_result(database, database_ensure(database, alone_mended),
	                       INLAY_INTERRUPTED);
	assert_string_equal(database->events, "waiting  0/0\n");
	assert_non_null(strstr(database->error.message,
	                       "migrations/2_alone.sql: 2_alone runs without a transaction and has "
	                       "been at statement 3 since 20"));
	assert_non_null(
	        strstr(database->error.message,
	               "another process is at work on it, or died there; if it died, look "
	               "whether that statement took effect, then set status = 'failed' (and "
	               "progress = 3 if it did) in "));
	database_expect(database, "SELECT id FROM t ORDER BY id", "1\n2");

	/* Just as the message says. */
	database_run(database, "UPDATE schema_migrations SET status = 'failed' WHERE version = 2");
	database_expect_ok(database, alone_mended, 2);
}

static void refuses_to_leave_a_transaction_open(void **state)
{
	static const struct set_file files[] = {
		{ "1_open.sql", "-- migrate:up transaction:false\n"
		                "CREATE TABLE t (id INTEGER);\n"
		                "BEGIN;\n"
		                "INSERT INTO t VALUES (1);\n" },
		SET_END,
	};
	struct database *database = *state;

	database_expect_result(database, database_ensure_unchecked(database, files),
	                       INLAY_INTERRUPTED);
	assert_string_equal(
	        database->error.message,
	        "migrations/1_open.sql:3:1: this statement leaves a transaction open; "
	        "1_open runs without a transaction: its statement 1 stays, the next call "
	        "goes on with statement 2");
	database_expect(database, "SELECT COUNT(*) FROM t", "0");
}

/* --- What an earlier call set up --- */

/* With foreign keys on again, DROP TABLE would delete the children's rows. */
static void goes_on_with_foreign_keys_off(void **state)
{
	static const struct set_file files[] = {
		{ "1_p.sql", "CREATE TABLE p (id INTEGER PRIMARY KEY, n TEXT);\n"
		             "CREATE TABLE c (p INTEGER REFERENCES p (id) ON DELETE CASCADE);\n"
		             "INSERT INTO p VALUES (1, NULL);\nINSERT INTO c VALUES (1);\n" },
		{ "2_rebuild.sql", "-- migrate:up transaction:false\n"
		                   "pragma foreign_keys=OFF;\n"
		                   "CREATE TABLE p2 (id INTEGER PRIMARY KEY, n TEXT NOT NULL);\n"
		                   "INSERT INTO p2 SELECT * FROM p;\n"
		                   "DROP TABLE p;\nALTER TABLE p2 RENAME TO p;\n" },
		SET_END,
	};
	struct database *database = *state;

	database_run(database, "PRAGMA foreign_keys = ON");
	database_expect_result(database, database_ensure(database, files), INLAY_INTERRUPTED);
	database_expect(database, "PRAGMA foreign_keys", "1");
	database_run(database, "UPDATE p SET n = 'ann'");
	database_expect_ok(database, files, 1);
	database_expect(database, "SELECT p FROM c", "1");
	database_expect(database, "SELECT id, n FROM p", "1|ann");
	database_expect(database, "PRAGMA foreign_keys", "1");
}

static void goes_on_with_the_search_path(void **state)
{
	static const struct set_file files[] = {
		{ "1_t.sql", "CREATE SCHEMA app;\nCREATE TABLE t (id INTEGER);\n"
		             "CREATE TABLE app.t (id INTEGER);\n" },
		{ "2_alone.sql", "-- migrate:up transaction:false\n"
		                 "SET search_path = public;\nSET search_path = app;\n"
		                 "INSERT INTO nowhere VALUES (1);\n"
		                 "CREATE INDEX CONCURRENTLY t_id ON t (id);\n" },
		SET_END,
	};
	struct database *database = *state;

	database_expect_result(database, database_ensure(database, files), INLAY_INTERRUPTED);
	database_run(database, "CREATE TABLE app.nowhere (id INTEGER)");
	database_reconnect(database);
	database_expect_ok(database, files, 1);
	database_expect(database, "SELECT id FROM app.nowhere", "1");
	database_expect(database,
	                "SELECT schemaname::text FROM pg_indexes WHERE indexname = 't_id'", "app");
	database_expect(database, "SELECT current_setting('search_path')", "\"$user\", public");
}

static void names_what_does_not_set_up_again(void **state)
{
	static const struct set_file files[] = {
		{ "1_alone.sql", "-- migrate:up transaction:false\n"
		                 "CREATE TABLE t (id INTEGER);\nATTACH ':memory:' AS other;\n"
		                 "INSERT INTO nowhere VALUES (1);\n" },
		SET_END,
	};
	struct database *database = *state;

	database_expect_result(database, database_ensure(database, files), INLAY_INTERRUPTED);
	database_run(database, "CREATE TABLE nowhere (id INTEGER)");
	database_expect_error(database, files, INLAY_INTERRUPTED,
	                      "migrations/1_alone.sql:3:1: database other is already in use "
	                      "(SQLite 1); 1_alone runs without a transaction: its statements 1 to "
	                      "2 stay, the next call goes on with statement 3, but first runs this "
	                      "one again, as it sets up the session");
	assert_int_equal(database->error.statement, 2);
	database_expect(database, "SELECT status, progress FROM schema_migrations", "failed|2");
	database_reconnect(database);
	database_expect_ok(database, files, 1);
	database_expect(database, "SELECT id FROM nowhere", "1");
}

/* When not even the failure can be written down, the message must not promise a next call. */
static void says_when_the_row_can_not_be_written(void **state)
{
	static const struct set_file files[] = {
		{ "1_alone.sql", "-- migrate:up transaction:false\n"
		                 "CREATE TRIGGER no BEFORE UPDATE ON schema_migrations\n"
		                 "BEGIN SELECT RAISE(ABORT, 'no'); END;\n"
		                 "CREATE TABLE t (id INTEGER);\n" },
		SET_END,
	};
	struct database *database = *state;

	database_expect_result(database, database_ensure(database, files), INLAY_INTERRUPTED);
	assert_non_null(strstr(database->error.message,
	                       "its row could not be written and says that it is running: set "
	                       "status = 'failed' and progress = 1"));
	database_expect(database, "SELECT status, progress FROM schema_migrations", "running|0");
	database_run(database, "DROP TRIGGER no");
	database_run(database, "UPDATE schema_migrations SET status = 'failed', progress = 1");
	database_expect_ok(database, files, 1);
	database_expect(database, "SELECT count(*) FROM t", "0");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DATABASE_TEST_BOTH(goes_on_where_it_stopped),
		DATABASE_TEST_BOTH(goes_on_with_a_mended_file),
		DATABASE_TEST_BOTH(does_not_go_on_when_what_ran_was_edited),
		DATABASE_TEST_BOTH(waits_for_one_who_is_at_work),
		DATABASE_TEST_BOTH(refuses_to_leave_a_transaction_open),
		DATABASE_TEST_FILE(goes_on_with_foreign_keys_off),
		DATABASE_TEST_POSTGRES(goes_on_with_the_search_path),
		DATABASE_TEST_FILE(names_what_does_not_set_up_again),
		DATABASE_TEST_FILE(says_when_the_row_can_not_be_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
