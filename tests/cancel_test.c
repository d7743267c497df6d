/* cancel_test.c - options->cancel: where a call stops, and what it leaves. */
#include "../runtime/inlay_many.h"
#include "support/database.h"
#include "support/files.h"
#include "support/postgres_server.h"

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
/* cmocka.h wants some of those first. */
#include <cmocka.h>

#define DOWN(table) "\n-- migrate:down\nDROP TABLE " table ";\n"

static const struct set_file plain[] = {
	{ "1_a.sql", "-- migrate:up\nCREATE TABLE a (id INTEGER);" DOWN("a") },
	{ "2_b.sql", "-- migrate:up\nCREATE TABLE b (id INTEGER);\nCREATE TABLE bb (id INTEGER);"
	             "\n-- migrate:down\nDROP TABLE bb;\nDROP TABLE b;\n" },
	{ "3_c.sql", "-- migrate:up\nCREATE TABLE c (id INTEGER);" DOWN("c") },
	SET_END,
};

static volatile sig_atomic_t flag;

/* Sets the flag at an event, or lets it be. */
struct listener {
	enum inlay_event_kind kind;
	const char *migration; /* NULL: any. */
	uint32_t statement;    /* 0: any. */
	int failed_count;
	enum inlay_result failed; /* What FAILED said. */
};

static void listen(void *context, const struct inlay_event *event)
{
	struct listener *listener = context;

	if (event->kind == INLAY_EVENT_FAILED) {
		listener->failed_count++;
		listener->failed = event->result;
	}
	if (event->kind == listener->kind &&
	    (listener->migration == NULL || strcmp(listener->migration, event->migration) == 0) &&
	    (listener->statement == 0 || listener->statement == event->statement))
		flag = 1;
}

static void begin(struct database *database, struct listener *listener)
{
	flag = 0;
	database->error = inlay_error_init();
	database->options.cancel = &flag;
	database->options.on_event = listen;
	database->options.context = listener;
}

static enum inlay_result ensure(struct database *database, const struct set_file *files,
                                struct listener *listener)
{
	struct compiled_set set = set_compile_unchecked(files, database->dialect);
	enum inlay_result result;

	assert_non_null(set.set.image);
	if (database->dialect == INLAY_DIALECT_SQLITE) {
		result = ensure_migrated(database->sqlite, &set.set, &database->options,
		                         &database->error);
		assert_int_not_equal(sqlite3_get_autocommit(database->sqlite), 0);
	} else {
		result = ensure_migrated(database->postgres, &set.set, &database->options,
		                         &database->error);
		assert_int_equal(PQtransactionStatus(database->postgres), PQTRANS_IDLE);
	}
	set_destroy(&set);
	(void)listener;
	return result;
}

static void expect_cancelled(struct database *database, enum inlay_result result, uint32_t applied,
                             const char *message)
{
	if (result != INLAY_CANCELLED)
		fail_msg("%s: %s", inlay_result_name(result), database->error.message);
	assert_int_equal(database->error.applied_count, applied);
	assert_string_equal(database->error.message, message);
}

/* The next call, which nobody cancels, does the rest. */
static void expect_rest(struct database *database, const struct set_file *files, uint32_t count)
{
	flag = 0;
	database->options.on_event = NULL;
	database_expect_ok(database, files, count);
}

static void a_cancelled_call_begins_nothing(void **state)
{
	struct database *database = *state;
	struct listener listener = { .kind = INLAY_EVENT_CHECKED };

	begin(database, &listener);
	expect_cancelled(
	        database, ensure(database, plain, &listener), 0,
	        "the call was cancelled (options->cancel); 0 migrations were applied before that "
	        "and stay");
	assert_int_equal(listener.failed_count, 0);
	database_expect(database,
	                database_either(database, "SELECT count(*) FROM sqlite_master",
	                                "SELECT count(*) FROM pg_tables WHERE schemaname = "
	                                "'public'"),
	                "0");
	expect_rest(database, plain, 3);

	/* Nothing to do is done, cancelled or not. */
	begin(database, &listener);
	flag = 1;
	database_expect_result(database, ensure(database, plain, &listener), INLAY_OK);
}

static void a_call_stops_between_two_statements(void **state)
{
	struct database *database = *state;
	struct listener listener = { INLAY_EVENT_STATEMENT, "2_b", 1, 0, INLAY_OK };

	begin(database, &listener);
	expect_cancelled(database, ensure(database, plain, &listener), 1,
	                 "migrations/2_b.sql:3:1: the call was cancelled; 2_b is rolled back, "
	                 "1 earlier migration stays applied");
	assert_int_equal(listener.failed_count, 1);
	assert_int_equal(listener.failed, INLAY_CANCELLED);
	assert_int_equal(database->error.version, 2);
	database_expect(database, "SELECT version, status FROM schema_migrations", "1|applied");
	database_expect(database, "SELECT action FROM schema_migrations_log WHERE version = 2",
	                "failed");
	expect_rest(database, plain, 2);
}

static void a_call_stops_between_two_migrations(void **state)
{
	struct database *database = *state;
	struct listener listener = { INLAY_EVENT_STATEMENT, "2_b", 2, 0, INLAY_OK };

	begin(database, &listener);
	expect_cancelled(
	        database, ensure(database, plain, &listener), 2,
	        "the call was cancelled (options->cancel); 2 migrations were applied before that "
	        "and stay");
	assert_int_equal(listener.failed_count, 0);
	expect_rest(database, plain, 1);
}

static void a_rollback_stops_between_two_migrations(void **state)
{
	struct inlay_rollback_scope all = inlay_rollback_to(0);
	struct database *database = *state;
	struct listener listener = { INLAY_EVENT_ROLLING_BACK, "2_b", 0, 0, INLAY_OK };
	struct compiled_set set = set_compile(plain, database->dialect);

	database_expect_ok(database, plain, 3);
	begin(database, &listener);
	if (inlay_rollback(database->sqlite, &set.set, &all, &database->options,
	                   &database->error) != INLAY_CANCELLED)
		fail_msg("%s", database->error.message);
	assert_int_equal(database->error.rolled_back_count, 1);
	assert_string_equal(database->error.message,
	                    "migrations/2_b.sql:5:1: the call was cancelled; 2_b is still applied, "
	                    "2 migrations are applied");
	database_expect(database, "SELECT count(*) FROM schema_migrations", "2");
	set_destroy(&set);
}

/* --- SQLite's own interrupt --- */

/* Within a statement: whoever cancels sets the flag and interrupts. */
static void stop_now(sqlite3_context *context, int count, sqlite3_value **values)
{
	(void)count;
	(void)values;
	flag = 1;
	sqlite3_interrupt(sqlite3_context_db_handle(context));
	sqlite3_result_int(context, 1);
}

static void begin_with_function(struct database *database, struct listener *listener)
{
	begin(database, listener);
	assert_int_equal(sqlite3_create_function(database->sqlite, "stop_now", 0, SQLITE_UTF8, NULL,
	                                         stop_now, NULL, NULL),
	                 SQLITE_OK);
}

#define ENDLESS "(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n)"

static void sqlite_stops_within_a_statement(void **state)
{
	static const struct set_file reading[] = {
		{ "1_a.sql", "CREATE TABLE a (id INTEGER);" },
		{ "2_b.sql", "CREATE TABLE b (id INTEGER);\n"
		             "SELECT max(i + stop_now()) FROM " ENDLESS ";" },
		SET_END,
	};
	static const struct set_file writing[] = {
		{ "1_a.sql", "CREATE TABLE a (id INTEGER);" },
		{ "2_b.sql", "INSERT INTO a SELECT i + stop_now() FROM " ENDLESS ";" },
		SET_END,
	};
	struct database *database = *state;
	struct listener listener = { .statement = 0 };

	begin_with_function(database, &listener);
	expect_cancelled(database, ensure(database, reading, &listener), 1,
	                 "migrations/2_b.sql:2:1: interrupted (SQLite 9); 2_b is rolled back, 1 "
	                 "earlier migration stays applied");
	assert_int_equal(database->error.code, SQLITE_INTERRUPT);
	database_clear(database);

	/* What is interrupted while it writes takes its transaction along: all that share it. */
	begin_with_function(database, &listener);
	expect_cancelled(
	        database, ensure(database, writing, &listener), 0,
	        "the call was cancelled (options->cancel); 0 migrations were applied before that "
	        "and stay");
	database_expect(database, "SELECT count(*) FROM sqlite_master", "0");

	/* One by one it is the last one alone. */
	database->options.separate_commits = 1;
	begin_with_function(database, &listener);
	expect_cancelled(database, ensure(database, writing, &listener), 1,
	                 "migrations/2_b.sql:1:1: interrupted (SQLite 9); 2_b is rolled back, 1 "
	                 "earlier migration stays applied");
	database->options.separate_commits = 0;
}

static void interrupt_without_the_flag(sqlite3_context *context, int count, sqlite3_value **values)
{
	stop_now(context, count, values);
	flag = 0;
}

/* The application's own doing: as before there was an option. */
static void an_interrupt_without_the_flag_is_a_failure(void **state)
{
	static const struct set_file reading[] = {
		{ "1_a.sql", "SELECT max(i + stop_now()) FROM " ENDLESS ";" },
		SET_END,
	};
	struct database *database = *state;
	struct listener listener = { .statement = 0 };

	begin(database, &listener);
	assert_int_equal(sqlite3_create_function(database->sqlite, "stop_now", 0, SQLITE_UTF8, NULL,
	                                         interrupt_without_the_flag, NULL, NULL),
	                 SQLITE_OK);
	database_expect_result(database, ensure(database, reading, &listener), INLAY_FAILED);
}

/* --- While PostgreSQL is at it --- */

/* A thread that sets the flag as soon as the server says that `event` is what it waits for. */
struct stopper {
	PGconn *connection;
	char sql[300];
	pthread_t thread;
};

static void *run_stopper(void *context)
{
	const struct timespec pause = { 0, 5000000 };
	struct stopper *stopper = context;

	for (int i = 0; i < 6000 && flag == 0; i++) {
		PGresult *result = PQexec(stopper->connection, stopper->sql);

		if (PQntuples(result) > 0)
			flag = 1;
		PQclear(result);
		(void)nanosleep(&pause, NULL);
	}
	return NULL;
}

static void start_stopper(struct stopper *stopper, const struct database *database,
                          const char *condition)
{
	stopper->connection = postgres_server_connect_as(database->name, "postgres");
	(void)snprintf(stopper->sql, sizeof(stopper->sql),
	               "SELECT 1 FROM pg_stat_activity WHERE pid = %d AND state = 'active' AND %s",
	               PQbackendPID(database->postgres), condition);
	assert_int_equal(pthread_create(&stopper->thread, NULL, run_stopper, stopper), 0);
}

static void end_stopper(struct stopper *stopper)
{
	assert_int_equal(pthread_join(stopper->thread, NULL), 0);
	PQfinish(stopper->connection);
}

static const struct set_file sleeping[] = {
	{ "1_a.sql", "CREATE TABLE a (id INTEGER);" },
	{ "2_b.sql", "CREATE TABLE b (id INTEGER);\n  SELECT pg_sleep(600);" },
	{ "3_c.sql", "CREATE TABLE c (id INTEGER);" },
	SET_END,
};

static void a_running_statement_is_cancelled(void **state)
{
	struct database *database = *state;
	struct listener listener = { .statement = 0 };
	struct stopper stopper;

	begin(database, &listener);
	start_stopper(&stopper, database, "wait_event = 'PgSleep'");
	expect_cancelled(
	        database, ensure(database, sleeping, &listener), 1,
	        "migrations/2_b.sql:2:3: canceling statement due to user request (SQLSTATE "
	        "57014); 2_b is rolled back, 1 earlier migration stays applied");
	end_stopper(&stopper);
	assert_string_equal(database->error.sqlstate, "57014");
	database_expect(database, "SELECT version, status FROM schema_migrations", "1|applied");
	database_expect(database,
	                "SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND "
	                "tablename IN ('b', 'c')",
	                "0");
}

/* What ran before can not be rolled back. */
static void without_a_transaction_it_is_interrupted(void **state)
{
	static const struct set_file alone[] = {
		{ "1_a.sql", "CREATE TABLE pause (seconds INTEGER);\n"
		             "INSERT INTO pause VALUES (600);\nCREATE TABLE a (id INTEGER);" },
		{ "2_b.sql", "-- migrate:up transaction:false\nINSERT INTO a VALUES (1);\n"
		             "SELECT pg_sleep(seconds) FROM pause;\nINSERT INTO a VALUES (3);" },
		SET_END,
	};
	struct database *database = *state;
	struct listener listener = { .statement = 0 };
	struct stopper stopper;

	begin(database, &listener);
	start_stopper(&stopper, database, "wait_event = 'PgSleep'");
	database_expect_result(database, ensure(database, alone, &listener), INLAY_INTERRUPTED);
	end_stopper(&stopper);
	assert_string_equal(database->error.message,
	                    "migrations/2_b.sql:3:1: canceling statement due to user request "
	                    "(SQLSTATE 57014); 2_b runs without a transaction: its statement 1 "
	                    "stays, the next call goes on with statement 2");
	database_run(database, "UPDATE pause SET seconds = 0");
	expect_rest(database, alone, 1);
	database_expect(database, "SELECT id FROM a ORDER BY id", "1\n3");
}

static void between_statements_without_a_transaction_too(void **state)
{
	static const struct set_file alone[] = {
		{ "1_a.sql", "CREATE TABLE a (id INTEGER);" },
		{ "2_b.sql", "-- migrate:up transaction:false\nINSERT INTO a VALUES (1);\n"
		             "VACUUM;\nINSERT INTO a VALUES (3);" },
		SET_END,
	};
	struct database *database = *state;
	struct listener listener = { INLAY_EVENT_STATEMENT, "2_b", 1, 0, INLAY_OK };

	begin(database, &listener);
	database_expect_result(database, ensure(database, alone, &listener), INLAY_INTERRUPTED);
	assert_string_equal(database->error.message,
	                    "migrations/2_b.sql:3:1: the call was cancelled; 2_b runs without a "
	                    "transaction: its statement 1 stays, the next call goes on with "
	                    "statement 2");
	expect_rest(database, alone, 1);
	database_expect(database, "SELECT id FROM a ORDER BY id", "1\n3");
}

static void the_check_itself_is_cancelled(void **state)
{
	struct database *database = *state;
	PGconn *other = postgres_server_connect_as(database->name, "postgres");
	struct listener listener = { .statement = 0 };
	struct stopper stopper;

	database_expect_ok(database, (const struct set_file[]){ plain[0], SET_END }, 1);
	PQclear(PQexec(other, "BEGIN; LOCK TABLE schema_migrations IN ACCESS EXCLUSIVE MODE"));
	begin(database, &listener);
	start_stopper(&stopper, database, "wait_event_type = 'Lock'");
	expect_cancelled(
	        database, ensure(database, plain, &listener), 0,
	        "the call was cancelled (options->cancel); 0 migrations were applied before that "
	        "and stay");
	end_stopper(&stopper);
	PQfinish(other);
	expect_rest(database, plain, 2);
}

/* A lock timeout that comes at the same time is not tried again. */
static void what_may_pass_is_not_tried_again(void **state)
{
	static const struct set_file altering[] = {
		{ "1_a.sql", "-- migrate:up\nCREATE TABLE a (id INTEGER);" DOWN("a") },
		{ "2_b.sql", "ALTER TABLE a ADD COLUMN n INTEGER;" },
		SET_END,
	};
	static const struct set_file altering_alone[] = {
		{ "1_a.sql", "-- migrate:up\nCREATE TABLE a (id INTEGER);" DOWN("a") },
		{ "2_b.sql",
		  "-- migrate:up transaction:false\nALTER TABLE a ADD COLUMN n INTEGER;" },
		SET_END,
	};
	struct database *database = *state;
	PGconn *other = postgres_server_connect_as(database->name, "postgres");
	struct listener listener = { .kind = INLAY_EVENT_RETRYING };

	database_expect_ok(database, (const struct set_file[]){ plain[0], SET_END }, 1);
	PQclear(PQexec(other, "BEGIN; LOCK TABLE a IN ACCESS EXCLUSIVE MODE"));
	database->options.statement_lock_timeout_ms = 50;
	begin(database, &listener);
	expect_cancelled(
	        database, ensure(database, altering, &listener), 0,
	        "the call was cancelled (options->cancel); 0 migrations were applied before that "
	        "and stay");
	listener.kind = INLAY_EVENT_APPLYING;
	begin(database, &listener);
	database_expect_result(database, ensure(database, altering_alone, &listener),
	                       INLAY_INTERRUPTED);
	PQfinish(other);
	expect_rest(database, altering_alone, 1);
}

/* --- While others are at it --- */

static void who_waits_stops_waiting(void **state)
{
	struct database *database = *state;
	struct listener listener = { .kind = INLAY_EVENT_WAITING };
	sqlite3 *sqlite = NULL;
	PGconn *postgres = NULL;

	database_expect_ok(database, (const struct set_file[]){ plain[0], SET_END }, 1);
	if (database->dialect == INLAY_DIALECT_SQLITE) {
		assert_int_equal(sqlite3_open(database->path, &sqlite), SQLITE_OK);
		assert_int_equal(sqlite3_exec(sqlite, "BEGIN IMMEDIATE", NULL, NULL, NULL),
		                 SQLITE_OK);
	} else {
		postgres = postgres_server_connect_as(database->name, "postgres");
		PQclear(PQexec(postgres,
		               database_by_gate(
		                       database,
		                       "BEGIN; SELECT pg_advisory_xact_lock(hashtextextended("
		                       "'\"public\".' || '\"schema_migrations\"', 0))",
		                       "BEGIN; SELECT 1 FROM schema_migrations_state WHERE id = 1 "
		                       "FOR UPDATE")));
	}
	begin(database, &listener);
	expect_cancelled(
	        database, ensure(database, plain, &listener), 0,
	        "the call was cancelled (options->cancel); 0 migrations were applied before that "
	        "and stay");
	assert_int_equal(listener.failed_count, 0);
	(void)sqlite3_close(sqlite);
	PQfinish(postgres);
	expect_rest(database, plain, 2);
}

static void stop_after_first(void *context, const struct inlay_target *target,
                             const struct inlay_error *error)
{
	(void)context;
	(void)target;
	(void)error;
	flag = 1;
}

static void many_databases_are_left_alone(void **state)
{
	struct compiled_set set = set_compile(plain, INLAY_DIALECT_SQLITE);
	struct inlay_options options = inlay_options_init();
	struct inlay_error error = inlay_error_init();
	struct inlay_target targets[3];
	char *directory = directory_make();
	struct inlay_many many;

	(void)state;
	for (int i = 0; i < 3; i++) {
		targets[i] = inlay_target_init(format("%s/%d.db", directory, i));
		file_write_string(targets[i].database, "");
	}
	many = inlay_many_init(targets, 3);
	many.thread_count = 1;
	many.each = stop_after_first;
	flag = 0;
	options.cancel = &flag;
	assert_int_equal(ensure_migrated_all_sqlite(&many, &set.set, &options, &error),
	                 INLAY_CANCELLED);
	assert_string_equal(error.message,
	                    "the call was cancelled (options->cancel); 2 databases were not begun");
	assert_int_equal(many.done_count, 1);
	assert_int_equal(many.left_count, 2);
	assert_int_equal(many.failed_count, 0);
	assert_int_equal(targets[1].is_done, 0);
	for (int i = 0; i < 3; i++)
		free((char *)(uintptr_t)targets[i].database);
	directory_remove(directory);
	free(directory);
	set_destroy(&set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DATABASE_TEST_BOTH(a_cancelled_call_begins_nothing),
		DATABASE_TEST_FILE(a_call_stops_between_two_statements),
		DATABASE_TEST_FILE(a_call_stops_between_two_migrations),
		DATABASE_TEST_FILE(a_rollback_stops_between_two_migrations),
		DATABASE_TEST_FILE(sqlite_stops_within_a_statement),
		DATABASE_TEST_FILE(an_interrupt_without_the_flag_is_a_failure),
		DATABASE_TEST_GATES(a_running_statement_is_cancelled),
		DATABASE_TEST_GATES(without_a_transaction_it_is_interrupted),
		DATABASE_TEST_FILE(between_statements_without_a_transaction_too),
		DATABASE_TEST_POSTGRES(the_check_itself_is_cancelled),
		DATABASE_TEST_GATES(what_may_pass_is_not_tried_again),
		DATABASE_TEST_BOTH(who_waits_stops_waiting),
		cmocka_unit_test(many_databases_are_left_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
