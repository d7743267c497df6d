/* gate_test.c - who waits for whom, how long, and what the one who waits is told. */
#include "support/database.h"
#include "support/postgres_server.h"
#include "support/starter.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
/* cmocka.h wants some of those first. */
#include <cmocka.h>

static const struct set_file slow[] = {
	{ "1_t.sql", "CREATE TABLE t (id INTEGER);" },
	{ "2_slow.sql", "INSERT INTO t VALUES (2);\nSELECT pg_sleep(1);" },
	{ "3_after.sql", "INSERT INTO t VALUES (3);" },
	SET_END,
};

static const struct set_file broken[] = {
	{ "1_t.sql", "CREATE TABLE t (id INTEGER);" },
	{ "2_broken.sql", "INSERT INTO t VALUES (2);\nSELECT 1 / 0;" },
	SET_END,
};

static const struct set_file mended[] = {
	{ "1_t.sql", "CREATE TABLE t (id INTEGER);" },
	{ "2_broken.sql", "INSERT INTO t VALUES (2);" },
	SET_END,
};

static const struct set_file alone[] = {
	{ "1_t.sql", "CREATE TABLE t (id INTEGER);" },
	{ "2_alone.sql",
	  "-- migrate:up transaction:false\nINSERT INTO t VALUES (2);\nSELECT 1/0;" },
	SET_END,
};

static void expect_no_lock(struct database *database)
{
	database_expect(database, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'", "0");
}

/* Starts one who comes to 2_slow and stays there for a second. */
static struct starter start_slow(struct database *database, const struct compiled_set *set)
{
	struct starter starter = starter_start(database, &set->set, "first");

	starter_await(database, "first", "pg_sleep");
	return starter;
}

static void expect_contains(const char *text, const char *part)
{
	if (strstr(text, part) == NULL)
		fail_msg("\"%s\" is not in: %s", part, text);
}

static void tells_who_is_at_what(void **state)
{
	struct database *database = *state;
	struct compiled_set set = set_compile(slow, INLAY_DIALECT_POSTGRES);
	struct starter first = start_slow(database, &set);
	struct starter second;
	struct starter_report report;
	char backend[40];

	(void)snprintf(backend, sizeof(backend), "backend %d", first.backend);
	database->options.lock_timeout_ms = 100;
	second = starter_start(database, &set.set, "second");
	report = starter_finish(&second);
	assert_int_equal(report.result, INLAY_LOCKED);
	expect_contains(report.events, "waiting 2_slow [role postgres, application first, backend");
	expect_contains(report.events, backend);
	expect_contains(report.error.message, ", at 2_slow (role postgres, application first, ");
	expect_contains(report.error.message, backend);

	database->options.lock_timeout_ms = 30000;
	database_expect_result(database, database_ensure_set(database, &set.set), INLAY_OK);
	assert_int_equal(database->error.applied_count, 0);
	assert_int_equal(starter_finish(&first).result, INLAY_OK);
	database_expect(database, "SELECT id FROM t ORDER BY 1", "2\n3");
	expect_no_lock(database);
	set_destroy(&set);
}

/* --- The gate is free at once --- */

static void is_free_after_a_failure(void **state)
{
	struct database *database = *state;
	struct compiled_set set = set_compile(broken, INLAY_DIALECT_POSTGRES);
	PGconn *other = postgres_server_connect_as(database->name, "postgres");
	struct inlay_options options = database->options;

	assert_int_equal(ensure_migrated(other, &set.set, &options, &database->error),
	                 INLAY_FAILED);
	expect_no_lock(database);
	database->options.lock_timeout_ms = 1;
	database_expect_ok(database, mended, 1);
	assert_int_equal(PQtransactionStatus(other), PQTRANS_IDLE);
	PQfinish(other);
	set_destroy(&set);
}

static void goes_on_behind_the_dead(struct database *database)
{
	expect_no_lock(database);
	database->options.lock_timeout_ms = 1;
	database_expect_result(database, database_ensure(database, slow), INLAY_OK);
	database_expect(database, "SELECT id FROM t ORDER BY 1", "2\n3");
	expect_no_lock(database);
}

/* What its server process was given before, it does: all of it, or a beginning. */
static void is_free_after_a_death(void **state)
{
	struct database *database = *state;
	struct compiled_set set = set_compile(slow, INLAY_DIALECT_POSTGRES);
	struct starter first = start_slow(database, &set);

	starter_kill(database, &first);
	goes_on_behind_the_dead(database);
	set_destroy(&set);
}

static void is_free_after_a_termination(void **state)
{
	struct database *database = *state;
	struct compiled_set set = set_compile(slow, INLAY_DIALECT_POSTGRES);
	struct starter first = start_slow(database, &set);
	struct starter_report report;
	char sql[100];

	(void)snprintf(sql, sizeof(sql), "SELECT pg_terminate_backend(%d, 10000)", first.backend);
	database_expect(database, sql, "t");
	report = starter_finish(&first);
	assert_int_equal(report.result, INLAY_UNREACHABLE);
	database_expect(database, "SELECT id FROM t", "");
	goes_on_behind_the_dead(database);
	set_destroy(&set);
}

/* Whatever the end is: nobody holds a lock, and the connection is still there. */
static void leaves_no_lock(void **state)
{
	static const struct set_file edited[] = {
		{ "1_t.sql", "CREATE TABLE t (id BIGINT);" },
		SET_END,
	};
	static const struct {
		const struct set_file *files;
		enum inlay_result result;
	} ends[] = {
		{ broken, INLAY_FAILED },
		{ alone, INLAY_INTERRUPTED },
		{ edited, INLAY_EDITED },

	};
	struct database *database = *state;

	for (size_t i = 0; i < 3; i++) {
		database_expect_result(database, database_ensure(database, ends[i].files),
		                       ends[i].result);
		expect_no_lock(database);
	}
	database_run(database, "DELETE FROM schema_migrations WHERE version = 2");
	database_expect_ok(database, mended, 1);
	expect_no_lock(database);
	database_expect_ok(database, mended, 0);
	expect_no_lock(database);
}

/* --- Whose gate it is --- */

static void is_the_tables_own(void **state)
{
	struct database *database = *state;
	struct compiled_set set = set_compile(slow, INLAY_DIALECT_POSTGRES);
	static const struct set_file other[] = {
		{ "1_u.sql", "CREATE TABLE u (id INTEGER);" },
		SET_END,
	};
	struct starter first;

	database->options.table = "one_migrations";
	first = start_slow(database, &set);
	database->options.lock_timeout_ms = 1;
	database_expect_result(database, database_ensure_set(database, &set.set), INLAY_LOCKED);
	database->options.table = "two_migrations";
	database_expect_ok(database, other, 1);
	assert_int_equal(starter_finish(&first).result, INLAY_OK);
	expect_no_lock(database);
	set_destroy(&set);
}

/* --- Without a transaction --- */

/* An index is built concurrently once every older transaction is over: who waits has none. */
static void waits_without_a_transaction(void **state)
{
	static const struct set_file files[] = {
		{ "1_t.sql", "CREATE TABLE t (id INTEGER);" },
		{ "2_index.sql",
		  "-- migrate:up transaction:false\nCREATE INDEX CONCURRENTLY i ON t (id);" },
		{ "3_after.sql", "INSERT INTO t VALUES (3);" },
		SET_END,
	};
	struct database *database = *state;
	struct compiled_set set = set_compile(files, INLAY_DIALECT_POSTGRES);
	PGconn *other = postgres_server_connect_as(database->name, "postgres");
	const struct timespec pause = { 0, 10000000 };
	struct starter starters[3];

	database_expect_ok(database, (const struct set_file[]){ files[0], SET_END }, 1);
	PQclear(PQexec(other, "BEGIN; INSERT INTO t VALUES (1)"));
	starters[0] = starter_start(database, &set.set, "first");
	starter_await(database, "first", "CONCURRENTLY");
	for (int i = 1; i < 3; i++)
		starters[i] = starter_start(database, &set.set, "waiter");
	for (int i = 0; i < 80; i++) {
		database_expect(database,
		                "SELECT count(*) FROM pg_stat_activity WHERE application_name ="
		                " 'waiter' AND xact_start < clock_timestamp() - interval '100 ms'"
		                " AND state <> 'idle'",
		                "0");
		(void)nanosleep(&pause, NULL);
	}
	PQclear(PQexec(other, "COMMIT"));
	for (int i = 0; i < 3; i++)
		assert_int_equal(starter_finish(&starters[i]).result, INLAY_OK);
	database_expect(database, "SELECT indisvalid FROM pg_index WHERE indrelid = 't'::regclass",
	                "t");
	database_expect(database, "SELECT id FROM t ORDER BY 1", "1\n3");
	PQfinish(other);
	expect_no_lock(database);
	set_destroy(&set);
}

/* Nobody else is there, and the name is taken all the same: the message says what by. */
static void says_why_it_loses_every_race(void **state)
{
	struct database *database = *state;

	database_run(database, "CREATE TYPE schema_migrations_log AS ENUM ('a')");
	database->options.lock_timeout_ms = 200;
	database_expect_result(database, database_ensure(database, mended), INLAY_LOCKED);
	expect_contains(database->error.message, "; the database said last: ");
	expect_contains(database->error.message, "schema_migrations_log");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DATABASE_TEST_GATES(tells_who_is_at_what),
		DATABASE_TEST_GATES(is_free_after_a_failure),
		DATABASE_TEST_GATES(is_free_after_a_death),
		DATABASE_TEST_GATES(is_free_after_a_termination),
		DATABASE_TEST_GATES(leaves_no_lock),
		DATABASE_TEST_GATES(is_the_tables_own),
		DATABASE_TEST_GATES(waits_without_a_transaction),
		DATABASE_TEST_POSTGRES(says_why_it_loses_every_race),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
