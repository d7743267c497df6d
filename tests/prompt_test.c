/* prompt_test.c - options->prompt_events: STATEMENT is told while the next statement runs. */
#include "support/database.h"
#include "support/pooler.h"
#include "support/postgres_server.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
/* cmocka.h wants some of those first. */
#include <cmocka.h>

#define LOCK      "SELECT pg_advisory_xact_lock(42);\n"
#define LOOKS_MAX 6000 /* A minute. */

/* The third of five statements waits for a lock; and so does the second of three, back. */
static const struct set_file files[] = {
	{ "1_a.sql", "-- migrate:up\nCREATE TABLE a (id INTEGER);\nINSERT INTO a VALUES (1);\n" LOCK
	             "INSERT INTO a VALUES (2);\nINSERT INTO a VALUES (3);\n"
	             "-- migrate:down\nDELETE FROM a;\n" LOCK "DROP TABLE a;\n" },
	SET_END,
};

/* What the calling thread was told, and what the thread that holds the lock saw of it. */
struct stage {
	struct database *database;
	PGconn *holder;
	pthread_t thread;
	_Atomic uint32_t told; /* The number of the last statement; each came in its turn. */
	bool is_in_order;      /* So far. */
	uint32_t expected;     /* 0: nothing is told for a while. */
	uint32_t seen;         /* Of `told`, while the statement waited for the lock. */
};

static void listen(void *context, const struct inlay_event *event)
{
	struct stage *stage = context;

	if (event->kind != INLAY_EVENT_STATEMENT)
		return;
	stage->is_in_order = stage->is_in_order && event->statement == stage->told + 1;
	stage->told = event->statement;
}

static bool is_waited_for(PGconn *holder)
{
	PGresult *result = PQexec(holder, "SELECT 1 FROM pg_locks WHERE locktype = 'advisory'"
	                                  " AND objid = 42 AND NOT granted AND database ="
	                                  " (SELECT oid FROM pg_database"
	                                  " WHERE datname = current_database())");
	bool is_waited = PQntuples(result) > 0;

	PQclear(result);
	return is_waited;
}

static void *hold(void *context)
{
	const struct timespec pause = { 0, 10000000 };
	struct stage *stage = context;

	for (int i = 0; i < LOOKS_MAX && !is_waited_for(stage->holder); i++)
		(void)nanosleep(&pause, NULL);
	/* Where nothing is to come, some time is left for it to come. */
	for (int i = 0; i < LOOKS_MAX && stage->told < stage->expected; i++)
		(void)nanosleep(&pause, NULL);
	for (int i = 0; i < 20 && stage->expected == 0 && stage->told == 0; i++)
		(void)nanosleep(&pause, NULL);
	if (is_waited_for(stage->holder))
		stage->seen = stage->told;
	PQclear(PQexec(stage->holder, "SELECT pg_advisory_unlock(42)"));
	return NULL;
}

static void begin(struct stage *stage, struct database *database, uint32_t expected)
{
	*stage = (struct stage){ .database = database, .is_in_order = true, .seen = UINT32_MAX };
	stage->expected = expected;
	stage->holder = postgres_server_connect_as(database->name, "postgres");
	assert_non_null(stage->holder);
	PQclear(PQexec(stage->holder, "SELECT pg_advisory_lock(42)"));
	database->options.statement_lock_timeout_ms = 600000;
	database->options.on_event = listen;
	database->options.context = stage;
	database->error = inlay_error_init();
	assert_int_equal(pthread_create(&stage->thread, NULL, hold, stage), 0);
}

static void end(struct stage *stage, uint32_t count)
{
	assert_int_equal(pthread_join(stage->thread, NULL), 0);
	assert_int_equal(stage->seen, stage->expected);
	assert_int_equal(stage->told, count);
	assert_true(stage->is_in_order);
	PQfinish(stage->holder);
}

/* Up, and back; `expected`: what is told while the statement waits. */
static void go(struct database *database, uint32_t expected_up, uint32_t expected_down)
{
	struct compiled_set set = set_compile_unchecked(files, INLAY_DIALECT_POSTGRES);
	struct inlay_rollback_scope scope = inlay_rollback_last(1);
	struct stage stage;

	assert_non_null(set.set.image);
	begin(&stage, database, expected_up);
	database_expect_result(
	        database,
	        ensure_migrated(database->postgres, &set.set, &database->options, &database->error),
	        INLAY_OK);
	end(&stage, 5);
	database_expect(database, "SELECT count(*) FROM a", "3");
	begin(&stage, database, expected_down);
	database_expect_result(database,
	                       inlay_rollback(database->postgres, &set.set, &scope,
	                                      &database->options, &database->error),
	                       INLAY_OK);
	end(&stage, 3);
	database_expect(database, "SELECT to_regclass('a') IS NULL", "t");
	set_destroy(&set);
}

static void a_statement_is_told_while_the_next_one_runs(void **state)
{
	struct database *database = *state;

	database->options.prompt_events = 1;
	go(database, 2, 1);
}

static void through_a_pooler_too(void **state)
{
	struct database *database = *state;
	struct pooler *pooler = pooler_start(postgres_server());

	PQfinish(database->postgres);
	database->postgres = PQconnectdb(pooler_options(pooler, database->name, "postgres"));
	if (PQstatus(database->postgres) != CONNECTION_OK)
		fail_msg("%s", PQerrorMessage(database->postgres));
	database->options.prompt_events = 1;
	go(database, 2, 1);
	database_reconnect(database);
	pooler_stop(pooler);
}

static void by_default_the_server_answers_later(void **state)
{
	go(*state, 0, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DATABASE_TEST_GATES(a_statement_is_told_while_the_next_one_runs),
		POOLER_TEST(through_a_pooler_too),
		DATABASE_TEST_GATES(by_default_the_server_answers_later),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
