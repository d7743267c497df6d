/* retry_test.c - locks, deadlocks, conflicts and limits: what is tried again, and how often. */
#include "support/database.h"
#include "support/postgres_server.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/* cmocka.h wants some of those first. */
#include <cmocka.h>

#define ALONE "-- migrate:up transaction:false\n"

/* Each statement behind the first one in 2_... meets the trouble. */
static const struct set_file altering[] = {
	{ "1_t.sql", "CREATE TABLE t (id INTEGER);\nCREATE TABLE u (id INTEGER);" },
	{ "2_alter.sql", "INSERT INTO u VALUES (1);\nALTER TABLE t ADD COLUMN n INTEGER;" },
	{ "3_after.sql", "INSERT INTO u VALUES (3);" },
	SET_END,
};
static const struct set_file altering_alone[] = {
	{ "1_t.sql", "CREATE TABLE t (id INTEGER);\nCREATE TABLE u (id INTEGER);" },
	{ "2_alter.sql", ALONE "INSERT INTO u VALUES (1);\nALTER TABLE t ADD COLUMN n INTEGER;" },
	{ "3_after.sql", "INSERT INTO u VALUES (3);" },
	SET_END,
};

/* Lets the lock go when it was told so often that a migration is tried again. */
struct listener {
	PGconn *holder;
	int release_at; /* -1: never. */
	int retrying_count;
	int other_count; /* FAILED, and events of another kind than the usual. */
	char last[300];  /* What RETRYING said. */
};

static void listen(void *context, const struct inlay_event *event)
{
	struct listener *listener = context;

	listener->other_count +=
	        event->kind == INLAY_EVENT_FAILED || event->kind == INLAY_EVENT_WAITING;
	if (event->kind != INLAY_EVENT_RETRYING)
		return;
	assert_int_equal(event->version, 2);
	(void)snprintf(listener->last, sizeof(listener->last), "%s", event->message);
	if (++listener->retrying_count == listener->release_at)
		PQclear(PQexec(listener->holder, "ROLLBACK"));
}

static enum inlay_result ensure(struct database *database, const struct set_file *files,
                                struct listener *listener)
{
	struct compiled_set set = set_compile(files, INLAY_DIALECT_POSTGRES);
	enum inlay_result result;

	if (set.set.image == NULL)
		fail_msg("%s", set.problems);
	database->error = inlay_error_init();
	database->options.on_event = listen;
	database->options.context = listener;
	result =
	        ensure_migrated(database->postgres, &set.set, &database->options, &database->error);
	assert_int_equal(PQtransactionStatus(database->postgres), PQTRANS_IDLE);
	set_destroy(&set);
	return result;
}

/* The first migration is applied, and somebody else has the table. */
static struct listener lock(struct database *database, int release_at)
{
	struct listener listener = { .release_at = release_at };

	database_expect_ok(database, (const struct set_file[]){ altering[0], SET_END }, 1);
	listener.holder = postgres_server_connect_as(database->name, "postgres");
	PQclear(PQexec(listener.holder, "BEGIN; LOCK TABLE t IN ACCESS EXCLUSIVE MODE"));
	database->options.statement_lock_timeout_ms = 100;
	return listener;
}

static void comes_through_when_the_lock_is_gone(struct database *database,
                                                const struct set_file *files)
{
	struct listener listener = lock(database, 2);

	database_expect_result(database, ensure(database, files, &listener), INLAY_OK);
	assert_int_equal(listener.retrying_count, 2);
	assert_int_equal(listener.other_count, 0);
	assert_string_equal(listener.last, "canceling statement due to lock timeout");
	assert_int_equal(database->error.applied_count, 2);
	database_expect(database, "SELECT id FROM u ORDER BY 1", "1\n3");
	database_expect(database, "SELECT n FROM t", "");
	PQfinish(listener.holder);
}

static void waits_for_a_lock_again(void **state)
{
	comes_through_when_the_lock_is_gone(*state, altering);
}

static void waits_for_a_lock_again_alone(void **state)
{
	comes_through_when_the_lock_is_gone(*state, altering_alone);
}

static void gives_up_on_a_lock(void **state)
{
	struct database *database = *state;
	struct listener listener = lock(database, -1);

	database->options.retry_count = 2;
	database_expect_result(database, ensure(database, altering, &listener), INLAY_FAILED);
	assert_int_equal(listener.retrying_count, 2);
	assert_int_equal(listener.other_count, 1);
	assert_string_equal(database->error.message,
	                    "migrations/2_alter.sql:2:1: canceling statement due to lock timeout "
	                    "(SQLSTATE 55P03); 2_alter is rolled back, 1 earlier migration stays "
	                    "applied");
	assert_string_equal(database->error.sqlstate, "55P03");
	database_expect(database, "SELECT id FROM u", "");
	database_expect(database, "SELECT version FROM schema_migrations", "1");
	PQfinish(listener.holder);
	database_expect_ok(database, altering, 2);
}

static void gives_up_on_a_lock_alone(void **state)
{
	struct database *database = *state;
	struct listener listener = lock(database, -1);

	database->options.retry_count = 2;
	database_expect_result(database, ensure(database, altering_alone, &listener),
	                       INLAY_INTERRUPTED);
	assert_int_equal(listener.retrying_count, 2);
	assert_string_equal(database->error.sqlstate, "55P03");
	assert_int_equal(database->error.statement, 2);
	database_expect(database, "SELECT id FROM u", "1");
	database_expect(database,
	                "SELECT status, progress FROM schema_migrations WHERE version = 2",
	                "failed|1");
	PQfinish(listener.holder);
	database_expect_ok(database, altering_alone, 2);
	database_expect(database, "SELECT id FROM u ORDER BY 1", "1\n3");
}

/* As long as the option says, and not only as long as a claim waits. */
static void waits_as_long_as_it_is_told(struct database *database, const struct set_file *files)
{
	struct listener listener = lock(database, -1);

	database->options.statement_lock_timeout_ms = 5000;
	database->options.retry_count = 0;
	PQclear(PQexec(listener.holder, "SET idle_in_transaction_session_timeout = 1200"));
	database_expect_result(database, ensure(database, files, &listener), INLAY_OK);
	PQfinish(listener.holder);
}

static void waits_long_enough(void **state)
{
	waits_as_long_as_it_is_told(*state, altering);
}

static void waits_long_enough_alone(void **state)
{
	waits_as_long_as_it_is_told(*state, altering_alone);
}

/* --- What the database made up --- */

/* A sequence counts the tries, as nothing rolls it back. */
static void raise_often(struct database *database, const char *sqlstate, const char *head,
                        int count)
{
	char content[400];
	struct set_file files[] = {
		{ "1_t.sql", "CREATE TABLE u (id INTEGER);\nCREATE SEQUENCE tries;" },
		{ "2_raise.sql", content },
		{ "3_after.sql", "INSERT INTO u VALUES (3);" },
		SET_END,
	};
	struct listener listener = { .release_at = -1 };
	bool passes = count <= 3;

	(void)snprintf(content, sizeof(content),
	               "%sINSERT INTO u VALUES (1);\n"
	               "SELECT CASE WHEN nextval('tries') <= %d THEN pg_temp.raise('%s') END;",
	               head, count, sqlstate);
	database_run(database, "DROP SCHEMA public CASCADE; CREATE SCHEMA public;"
	                       "CREATE OR REPLACE FUNCTION pg_temp.raise(code text) RETURNS text"
	                       " LANGUAGE plpgsql AS"
	                       " $$ BEGIN RAISE 'made up' USING ERRCODE = code; END $$");
	database->options.retry_count = 3;
	database_expect_result(database, ensure(database, files, &listener),
	                       passes         ? INLAY_OK
	                       : *head == '-' ? INLAY_INTERRUPTED
	                                      : INLAY_FAILED);
	assert_int_equal(listener.retrying_count, passes ? count : 3);
	assert_string_equal(database->error.sqlstate, passes ? "" : sqlstate);
	database_expect(database, "SELECT id FROM u ORDER BY 1",
	                passes         ? "1\n3"
	                : *head == '-' ? "1"
	                               : "");
}

static void tries_again_after_conflicts(void **state)
{
	static const char *const sqlstates[] = { "40P01", "40001", "55P03" };

	for (size_t i = 0; i < sizeof(sqlstates) / sizeof(sqlstates[0]); i++) {
		raise_often(*state, sqlstates[i], "", 2);
		raise_often(*state, sqlstates[i], "", 100);
		raise_often(*state, sqlstates[i], ALONE, 2);
		raise_often(*state, sqlstates[i], ALONE, 100);
	}
}

/* The option counts for each migration, not for all of a call together. */
static void counts_the_tries_of_each(void **state)
{
#define TWICE(sequence)                                                                            \
	"DO $$ BEGIN IF nextval('" sequence "') <= 2 THEN RAISE 'x' USING ERRCODE = '40001';"      \
	" END IF; END $$;"
	static const struct set_file files[] = {
		{ "1_t.sql", "CREATE SEQUENCE a;\nCREATE SEQUENCE b;" },
		{ "2_a.sql", TWICE("a") },
		{ "3_b.sql", TWICE("b") },
		SET_END,
	};
	struct database *database = *state;

	database->options.retry_count = 3;
	database_expect_ok(database, files, 3);
}

/* The history does not begin anew because a migration has made another schema the current one. */
static void stays_in_its_schema(void **state)
{
	static const struct set_file files[] = {
		{ "1_t.sql", "CREATE SEQUENCE public.tries;\nCREATE TABLE public.t (id integer);\n"
		             "INSERT INTO public.t VALUES (1);" },
		{ "2_schema.sql", "CREATE SCHEMA AUTHORIZATION postgres;" },
		{ "3_twice.sql", "DO $$ BEGIN IF nextval('public.tries') < 2 THEN"
		                 " RAISE 'x' USING ERRCODE = '40001'; END IF; END $$;" },
		SET_END,
	};
	struct database *database = *state;

	database_expect_ok(database, files, 3);
	database_expect(database, "SELECT id FROM public.t", "1");
	database_expect(database,
	                "SELECT count(*) FROM pg_class WHERE relname = 'schema_migrations'", "1");
}

/* --- Limits --- */

static void take_too_long(struct database *database, const char *head, enum inlay_result result)
{
	char content[200];
	struct set_file files[] = {
		{ "1_t.sql", "CREATE TABLE u (id INTEGER);" },
		{ "2_slow.sql", content },
		SET_END,
	};
	struct listener listener = { .release_at = -1 };

	(void)snprintf(content, sizeof(content), "%sINSERT INTO u VALUES (1);\nSELECT pg_sleep(9);",
	               head);
	database->options.statement_timeout_ms = 100;
	database_expect_result(database, ensure(database, files, &listener), result);
	assert_string_equal(database->error.sqlstate, "57014");
	assert_int_equal(database->error.statement, 2);
	assert_int_equal(listener.retrying_count, 0);
	database_expect(database, "SELECT count(*) FROM u", result == INLAY_FAILED ? "0" : "1");
	database_expect(database, "SHOW statement_timeout", "0");
}

static void ends_a_statement_that_takes_too_long(void **state)
{
	take_too_long(*state, "", INLAY_FAILED);
}

static void ends_a_statement_that_takes_too_long_alone(void **state)
{
	take_too_long(*state, ALONE, INLAY_INTERRUPTED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DATABASE_TEST_GATES(waits_for_a_lock_again),
		DATABASE_TEST_GATES(waits_for_a_lock_again_alone),
		DATABASE_TEST_GATES(gives_up_on_a_lock),
		DATABASE_TEST_GATES(gives_up_on_a_lock_alone),
		DATABASE_TEST_GATES(waits_long_enough),
		DATABASE_TEST_GATES(waits_long_enough_alone),
		DATABASE_TEST_GATES(tries_again_after_conflicts),
		DATABASE_TEST_GATES(counts_the_tries_of_each),
		DATABASE_TEST_GATES(stays_in_its_schema),
		DATABASE_TEST_GATES(ends_a_statement_that_takes_too_long),
		DATABASE_TEST_GATES(ends_a_statement_that_takes_too_long_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
