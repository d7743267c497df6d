/* interrupted_test.c - migrations without a transaction: stopped, gone on with, never run twice. */
#include "support/database.h"
#include "support/postgres_server.h"

#include <setjmp.h>
#include <stdio.h>
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

/* Makes the interrupted row that of a process which is at work: on PostgreSQL that of `other`. */
static void pretend_at_work(struct database *database, PGconn *other, const char *status)
{
	char sql[500];

	if (database->dialect == INLAY_DIALECT_SQLITE)
		(void)snprintf(sql, sizeof(sql),
		               "UPDATE schema_migrations SET status = '%s', applied_at = "
		               "datetime('now') WHERE version = 2",
		               status);
	else
		(void)snprintf(
		        sql, sizeof(sql),
		        "UPDATE schema_migrations SET status = '%s', backend = (SELECT pid || "
		        "' ' || EXTRACT(EPOCH FROM backend_start) FROM pg_stat_activity WHERE "
		        "pid = %d) WHERE version = 2",
		        status, PQbackendPID(other));
	database_run(database, sql);
}

static void waits_for_one_who_is_at_work(void **state)
{
	struct database *database = *state;
	PGconn *other = NULL;

	interrupt(database);
	if (database->dialect == INLAY_DIALECT_POSTGRES)
		other = postgres_server_connect_as(database->name, "postgres");
	pretend_at_work(database, other, "running");
	database->options.lock_timeout_ms = 150;
	database_expect_result(database, database_ensure(database, alone_mended), INLAY_LOCKED);
	assert_string_equal(database->events,
	                    database_either(database, "waiting  0/0\n", "waiting 2_alone 0/0\n"));
	if (other != NULL)
		assert_non_null(strstr(database->error.message, ", at 2_alone (role postgres, "));
	database_expect(database, "SELECT id FROM t ORDER BY id", "1\n2");

	/* The server knows that it is gone; SQLite that nothing has moved. */
	PQfinish(other);
	if (other == NULL)
		database_run(database, "UPDATE schema_migrations SET applied_at ="
		                       " datetime('now', '-1 minute') WHERE version = 2");
	database->options.lock_timeout_ms = 30000;
	database_expect_ok(database, alone_mended, 2);
	database_expect(database, "SELECT id FROM t ORDER BY id", "1\n2\n3\n4\n5");
}

/* Its process died at a statement that is not in one transaction with its record. */
static void says_what_nobody_can_know(void **state)
{
	static const struct set_file files[] = {
		{ "1_t.sql", "CREATE TABLE t (id INTEGER);\n" },
		{ "2_call.sql", "-- migrate:up transaction:false\n"
		                "INSERT INTO t VALUES (1);\n"
		                "DO $$ BEGIN INSERT INTO nowhere VALUES (2); END $$;\n"
		                "INSERT INTO t VALUES (3);\n" },
		SET_END,
	};
	struct database *database = *state;

	database_expect_result(database, database_ensure(database, files), INLAY_INTERRUPTED);
	database_expect(database,
	                "SELECT status, progress FROM schema_migrations WHERE version = 2",
	                "failed|1");
	database_run(database, "UPDATE schema_migrations SET status = 'alone', backend = '1 1'"
	                       " WHERE version = 2");
	database_expect_result(database, database_ensure(database, files), INLAY_INTERRUPTED);
	assert_int_equal(database->error.line, 3);
	assert_int_equal(database->error.statement, 2);
	assert_non_null(
	        strstr(database->error.message,
	               "migrations/2_call.sql: the process that ran statement 2 of 2_call is "
	               "gone (role postgres, "));
	assert_non_null(
	        strstr(database->error.message,
	               "look, then run `inlay repair 2 --done` if it did, or `inlay repair 2 "
	               "--again` if it did not, and call again"));

	/* Just as the message says: it did. */
	database_expect_result(
	        database,
	        database_repair(database, files, inlay_repair_version(INLAY_REPAIR_DONE, 2)),
	        INLAY_OK);
	database_expect_ok(database, files, 1);
	database_expect(database, "SELECT id FROM t ORDER BY id", "1\n3");
}

/* An owner without rights on its own session still says which one it is, and is not taken for dead:
 * here it is the other's, whose beginning nobody may see. */
static void believes_in_a_backend_without_a_beginning(void **state)
{
	struct database *database = *state;
	PGconn *other = postgres_server_connect_as(database->name, "postgres");
	char sql[200];

	interrupt(database);
	(void)snprintf(sql, sizeof(sql),
	               "UPDATE schema_migrations SET status = 'running', backend = '%d  direct'"
	               " WHERE version = 2",
	               PQbackendPID(other));
	database_run(database, sql);
	database->options.lock_timeout_ms = 150;
	database_expect_result(database, database_ensure(database, alone_mended), INLAY_LOCKED);
	PQfinish(other);
	database->options.lock_timeout_ms = 30000;
	database_expect_ok(database, alone_mended, 2);
}

/* What was begun without a transaction can not become one that has it. */
static void does_not_repeat_what_may_have_happened(void **state)
{
	static const struct set_file before[] = {
		{ "1_do.sql",
		  "-- migrate:up transaction:false\nDO $$ BEGIN RAISE 'no'; END $$;\n" },
		SET_END,
	};
	static const struct set_file after[] = {
		{ "1_do.sql", "CREATE TABLE t (id INTEGER);\n" },
		SET_END,
	};
	struct database *database = *state;

	database_expect_result(database, database_ensure(database, before), INLAY_INTERRUPTED);
	database_run(database, "UPDATE schema_migrations SET status = 'alone', backend = '1 1'");
	database_expect_result(database, database_ensure(database, before), INLAY_INTERRUPTED);
	database_expect_result(database, database_ensure(database, after), INLAY_INTERRUPTED);
	database_expect(database, "SELECT COUNT(*) FROM pg_class WHERE relname = 't'", "0");
}

/* Leaves the row as somebody leaves it who dies in the middle of building the index. */
static void die_at_index(struct database *database)
{
	database_run(database, "UPDATE schema_migrations SET status = 'alone', progress = 1,"
	                       " backend = '1 1' WHERE version = 2");
}

static const struct set_file two_indexes[] = {
	{ "1_t.sql", "CREATE TABLE t (id INTEGER);\nINSERT INTO t VALUES (1), (1);\n" },
	{ "2_index.sql", "-- migrate:up transaction:false\n"
	                 "CREATE INDEX CONCURRENTLY a ON t (id);\n"
	                 "CREATE UNIQUE INDEX CONCURRENTLY b ON t (id);\n" },
	SET_END,
};

static void builds_an_invalid_index_again(void **state)
{
	struct database *database = *state;

	database_expect_result(database, database_ensure(database, two_indexes), INLAY_INTERRUPTED);
	database_expect(database,
	                "SELECT indisvalid FROM pg_index WHERE indexrelid = 'b'::regclass", "f");
	database_run(database, "DELETE FROM t WHERE ctid = '(0,1)'");
	die_at_index(database);
	database_expect_ok(database, two_indexes, 1);
	database_expect(database,
	                "SELECT indexrelid::regclass, indisvalid FROM pg_index"
	                " WHERE indrelid = 't'::regclass ORDER BY 1",
	                "a|t\nb|t");
}

/* It was built to its end, and the record of it is what is missing. */
static void keeps_an_index_that_was_built(void **state)
{
	struct database *database = *state;

	database_expect_result(database, database_ensure(database, two_indexes), INLAY_INTERRUPTED);
	database_run(database, "DELETE FROM t WHERE ctid = '(0,1)'; DROP INDEX b;"
	                       " CREATE UNIQUE INDEX b ON t (id)");
	die_at_index(database);
	database_run(database, "CREATE TABLE before AS SELECT 'b'::regclass::oid AS b");
	database_expect_ok(database, two_indexes, 1);
	database_expect(database, "SELECT b = 'b'::regclass FROM before", "t");
}

/* IF NOT EXISTS is content with what is there, valid or not; we are not. */
static void is_not_content_with_an_invalid_index(void **state)
{
	static const struct set_file files[] = {
		{ "1_t.sql", "CREATE TABLE t (id INTEGER);\nINSERT INTO t VALUES (1), (1);\n" },
		{ "2_index.sql", "-- migrate:up transaction:false\n"
		                 "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS b ON t (id);\n" },
		SET_END,
	};
	struct database *database = *state;
	PGresult *result;

	database_run(database, "CREATE TABLE t (id INTEGER); INSERT INTO t VALUES (1), (1)");
	result = PQexec(database->postgres, "CREATE UNIQUE INDEX CONCURRENTLY b ON t (id)");
	assert_int_equal(PQresultStatus(result), PGRES_FATAL_ERROR);
	PQclear(result);
	database_expect_result(
	        database,
	        database_ensure(database,
	                        (const struct set_file[]){ { "1_t.sql", "" }, files[1], SET_END }),
	        INLAY_INTERRUPTED);
	assert_non_null(strstr(database->error.message,
	                       "migrations/2_index.sql:2:1: what it makes was there before, half "
	                       "built: the next call clears it away"));
	database_run(database, "DELETE FROM t WHERE ctid = '(0,1)'");
	database_expect_ok(database,
	                   (const struct set_file[]){ { "1_t.sql", "" }, files[1], SET_END }, 1);
	database_expect(database,
	                "SELECT indisvalid FROM pg_index WHERE indexrelid = 'b'::regclass", "t");
}

/* The compiler can not know what an extension's function minds: the server says so, and it is run
 * without.  This one knows a transaction of ours by its settings. */
static void runs_alone_what_does_not_run_in_a_transaction(void **state)
{
	static const struct set_file files[] = {
		{ "1_f.sql", "CREATE TABLE t (id INTEGER);\n"
		             "CREATE FUNCTION alone(id INTEGER) RETURNS VOID LANGUAGE plpgsql\n"
		             "AS $$ BEGIN\n"
		             "  IF current_setting('lock_timeout') <> '0' THEN\n"
		             "    RAISE 'not in a transaction' USING ERRCODE = '25001';\n"
		             "  END IF;\n"
		             "  INSERT INTO t VALUES (id);\n"
		             "END $$;\n" },
		{ "2_alone.sql", "-- migrate:up transaction:false\n"
		                 "INSERT INTO t VALUES (1);\nINSERT INTO t SELECT 2;\n"
		                 "SELECT alone(3);\nSELECT alone(4);\n"
		                 "INSERT INTO t VALUES (5);\n" },
		SET_END,
	};
	struct database *database = *state;

	database_expect_ok(database, files, 2);
	database_expect(database, "SELECT id FROM t ORDER BY id", "1\n2\n3\n4\n5");
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
	database_run(database, "CREATE TABLE nowhere (id INTEGER); ATTACH ':memory:' AS other");
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

/* What can not be recorded does not happen: they are in one transaction. */
static void does_nothing_that_can_not_be_recorded(void **state)
{
	static const struct set_file files[] = {
		{ "1_alone.sql", "-- migrate:up transaction:false\n"
		                 "CREATE TABLE t (id INTEGER);\n"
		                 "CREATE TRIGGER no BEFORE UPDATE ON schema_migrations\n"
		                 "BEGIN SELECT RAISE(ABORT, 'no'); END;\n" },
		SET_END,
	};
	struct database *database = *state;

	database_expect_error(database, files, INLAY_INTERRUPTED,
	                      "migrations/1_alone.sql: its progress can not be recorded: no "
	                      "(SQLite 1811); 1_alone runs without a transaction: its statement 1 "
	                      "stays, the next call goes on with statement 2");
	database_expect(database, "SELECT status, progress FROM schema_migrations", "failed|1");
	database_expect(database, "SELECT name FROM sqlite_master WHERE type = 'trigger'", "");
}

/* Somebody who takes the migration over as soon as it has been begun. */
struct rival {
	const struct inlay_set *set;
	const char *path;
	uint32_t applied_count;
	bool has_come;
};

/* The commit of the claim: for the rival it is long ago. */
static int take_over(void *context, sqlite3 *connection, const char *schema, int page_count)
{
	struct rival *rival = context;
	struct inlay_error error = inlay_error_init();
	sqlite3 *other = NULL;

	(void)connection;
	(void)schema;
	(void)page_count;
	if (rival->has_come)
		return SQLITE_OK;
	rival->has_come = true;
	assert_int_equal(sqlite3_open(rival->path, &other), SQLITE_OK);
	assert_int_equal(sqlite3_exec(other,
	                              "UPDATE schema_migrations SET applied_at ="
	                              " datetime('now', '-1 hour')",
	                              NULL, NULL, NULL),
	                 SQLITE_OK);
	assert_int_equal(ensure_migrated(other, rival->set, NULL, &error), INLAY_OK);
	rival->applied_count = error.applied_count;
	(void)sqlite3_close(other);
	return SQLITE_OK;
}

/* Where its statement fails because the rival has done the same, the failure is not its own. */
static void gives_way_to_who_has_taken_over(void **state)
{
	static const struct set_file files[] = {
		{ "1_alone.sql", "-- migrate:up transaction:false\n"
		                 "CREATE TABLE t (id INTEGER);\n" },
		SET_END,
	};
	struct database *database = *state;
	struct compiled_set compiled = set_compile(files, INLAY_DIALECT_SQLITE);
	struct rival rival = { .set = &compiled.set, .path = database->path };

	database_run(database, "PRAGMA journal_mode = WAL");
	(void)sqlite3_wal_hook(database->sqlite, take_over, &rival);
	database_expect_ok(database, files, 0);
	assert_int_equal(rival.applied_count, 1);
	database_expect(database, "SELECT status, attempt FROM schema_migrations", "applied|2");
	set_destroy(&compiled);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DATABASE_TEST_BOTH(goes_on_where_it_stopped),
		DATABASE_TEST_BOTH(goes_on_with_a_mended_file),
		DATABASE_TEST_BOTH(does_not_go_on_when_what_ran_was_edited),
		DATABASE_TEST_BOTH(waits_for_one_who_is_at_work),
		DATABASE_TEST_GATES(says_what_nobody_can_know),
		DATABASE_TEST_GATES(believes_in_a_backend_without_a_beginning),
		DATABASE_TEST_GATES(does_not_repeat_what_may_have_happened),
		DATABASE_TEST_GATES(runs_alone_what_does_not_run_in_a_transaction),
		DATABASE_TEST_GATES(builds_an_invalid_index_again),
		DATABASE_TEST_GATES(keeps_an_index_that_was_built),
		DATABASE_TEST_GATES(is_not_content_with_an_invalid_index),
		DATABASE_TEST_BOTH(refuses_to_leave_a_transaction_open),
		DATABASE_TEST_FILE(goes_on_with_foreign_keys_off),
		DATABASE_TEST_GATES(goes_on_with_the_search_path),
		DATABASE_TEST_FILE(names_what_does_not_set_up_again),
		DATABASE_TEST_FILE(does_nothing_that_can_not_be_recorded),
		DATABASE_TEST_FILE(gives_way_to_who_has_taken_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
