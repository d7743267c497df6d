/* race_services_test.c - rollbacks against rollbacks and starters, repeatable ones by many. */
#include "support/database.h"
#include "support/herd.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
/* cmocka.h wants some of those first. */
#include <cmocka.h>

#define ROUND_COUNT   6
#define STARTER_COUNT 50
#define FAILED_STATUS 99

#define COUNTED(name, table)                                                                       \
	{                                                                                          \
		name, "-- migrate:up\nCREATE TABLE " table " (id INTEGER);\n"                      \
		      "UPDATE counter SET number = number + 1;\n-- migrate:down\n"                 \
		      "UPDATE counter SET number = number - 1;\nDROP TABLE " table ";\n"           \
	}

static const struct set_file four[] = {
	COUNTED("001_a.sql", "a"),
	COUNTED("002_b.sql", "b"),
	COUNTED("003_c.sql", "c"),
	COUNTED("004_d.sql", "d"),
	SET_END,
};

/* What a process does as soon as the gate opens: a rollback, or ensure_migrated(). */
struct racer {
	const struct database *database;
	const struct inlay_set *set;
	uint32_t rollback_count; /* 0: ensure_migrated(). */
	char place[700];
};

static enum inlay_result run(const struct racer *racer, struct inlay_error *error)
{
	struct inlay_rollback_scope scope = inlay_rollback_last(racer->rollback_count);
	struct inlay_options options = racer->database->options;
	enum inlay_result result = INLAY_UNREACHABLE;

	options.lock_timeout_ms = 60000;
	if (racer->database->dialect == INLAY_DIALECT_SQLITE) {
		sqlite3 *connection = NULL;

		if (sqlite3_open(racer->place, &connection) == SQLITE_OK)
			result = racer->rollback_count == 0
			                 ? ensure_migrated(connection, racer->set, &options, error)
			                 : inlay_rollback(connection, racer->set, &scope, &options,
			                                  error);
		(void)sqlite3_close(connection);
	} else {
		PGconn *connection = PQconnectdb(racer->place);

		if (PQstatus(connection) == CONNECTION_OK)
			result = racer->rollback_count == 0
			                 ? ensure_migrated(connection, racer->set, &options, error)
			                 : inlay_rollback(connection, racer->set, &scope, &options,
			                                  error);
		PQfinish(connection);
	}
	return result;
}

/* A rollback may find that somebody has applied more than it looked at. */
static _Noreturn void become_racer(const struct racer *racer, int gate)
{
	struct inlay_error error = inlay_error_init();
	enum inlay_result result;
	char byte;

	if (read(gate, &byte, 1) != 0)
		_exit(FAILED_STATUS);
	result = run(racer, &error);
	if (result != INLAY_OK && !(result == INLAY_LOCKED && racer->rollback_count > 0)) {
		(void)fprintf(stderr, "%s: %s\n", inlay_result_name(result), error.message);
		_exit(FAILED_STATUS);
	}
	_exit((int)(error.applied_count + error.rolled_back_count));
}

/* Counts told, of those that roll back and of the others. */
static void race(struct database *database, const struct racer *racers, int count, int told[2])
{
	pid_t pids[HERD_COUNT_MAX];
	int gate[2];

	told[0] = told[1] = 0;
	assert_int_equal(pipe(gate), 0);
	database_disconnect(database);
	(void)fflush(NULL);
	for (int i = 0; i < count; i++) {
		pids[i] = fork();
		assert_true(pids[i] >= 0);
		if (pids[i] == 0) {
			(void)close(gate[1]);
			become_racer(&racers[i], gate[0]);
		}
	}
	(void)close(gate[0]);
	(void)close(gate[1]);
	for (int i = 0; i < count; i++) {
		int status = 0;

		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
		assert_true(WIFEXITED(status));
		assert_int_not_equal(WEXITSTATUS(status), FAILED_STATUS);
		told[racers[i].rollback_count > 0] += WEXITSTATUS(status);
	}
	database_reconnect(database);
}

static struct racer racer_of(const struct database *database, const struct compiled_set *set,
                             uint32_t rollback_count)
{
	struct racer racer = { database, &set->set, rollback_count, "" };

	(void)snprintf(racer.place, sizeof(racer.place), "%s", database_place(database));
	return racer;
}

/* As many tables as rows, and as the counter says; the rows are a beginning of the set. */
static int expect_agreement(struct database *database)
{
	const char *tables = database_either(database,
	                                     "SELECT COUNT(*) FROM sqlite_master WHERE"
	                                     " type = 'table' AND name IN ('a', 'b', 'c', 'd')",
	                                     "SELECT COUNT(*) FROM pg_tables WHERE schemaname ="
	                                     " 'public' AND tablename IN ('a', 'b', 'c', 'd')");
	char count[20];

	(void)snprintf(count, sizeof(count), "%s",
	               database_ask(database, "SELECT COUNT(*) FROM schema_migrations"));
	database_expect(database, tables, count);
	database_expect(database, "SELECT number FROM counter", count);
	database_expect(database, "SELECT COALESCE(MAX(version), 0) FROM schema_migrations", count);
	database_expect(database,
	                "SELECT COUNT(*) FROM schema_migrations WHERE progress IS NOT NULL", "0");
	return (int)strtol(count, NULL, 10);
}

static void prepare(struct database *database, const struct compiled_set *set)
{
	database_clear(database);
	database_run(database, "CREATE TABLE counter (number INTEGER);"
	                       "INSERT INTO counter VALUES (0)");
	database_expect_result(database, database_ensure_set(database, &set->set), INLAY_OK);
}

/* Each undoes what it saw as the last one: together one, or one each, and both say so. */
static void two_roll_back_at_once(void **state)
{
	struct database *database = *state;
	struct compiled_set set = set_compile(four, database->dialect);
	int seen[3] = { 0 };

	for (int i = 0; i < ROUND_COUNT; i++) {
		struct racer racers[2];
		int told[2];

		prepare(database, &set);
		racers[0] = racers[1] = racer_of(database, &set, 1);
		race(database, racers, 2, told);
		assert_int_equal(expect_agreement(database), 4 - told[1]);
		assert_in_range(told[1], 1, 2);
		seen[told[1]]++;
	}
	print_message("undone: one %d times, two %d times\n", seen[1], seen[2]);
	set_destroy(&set);
}

/* Some roll back while others bring it to the head again: what was done less what was undone. */
static void rolls_back_against_starters(void **state)
{
	struct database *database = *state;
	struct compiled_set set = set_compile(four, database->dialect);

	for (int i = 0; i < ROUND_COUNT; i++) {
		struct racer racers[8];
		int told[2];

		prepare(database, &set);
		for (uint32_t j = 0; j < 8; j++)
			racers[j] = racer_of(database, &set, j % 2 == 0 ? 0 : 1 + j / 2);
		race(database, racers, 8, told);
		assert_int_equal(expect_agreement(database), 4 + told[0] - told[1]);
		database_expect_result(database, database_ensure_set(database, &set.set), INLAY_OK);
		assert_int_equal(expect_agreement(database), 4);
	}
	set_destroy(&set);
}

static const struct set_file repeatables[] = {
	{ "001_a.sql", "CREATE TABLE effect (number INTEGER);\n" },
	{ "R__a.sql", "INSERT INTO effect VALUES (1);\n" },
	{ "R__b.sql", "INSERT INTO effect VALUES (2);\n" },
	SET_END,
};
static const struct set_file changed[] = {
	{ "001_a.sql", "CREATE TABLE effect (number INTEGER);\n" },
	{ "R__a.sql", "INSERT INTO effect VALUES (11);\n" },
	{ "R__b.sql", "INSERT INTO effect VALUES (12);\n" },
	{ "R__c.sql", "INSERT INTO effect VALUES (13);\n" },
	SET_END,
};

static void many_apply_changed_repeatables_once(void **state)
{
	struct database *database = *state;
	struct compiled_set set = set_compile(changed, database->dialect);
	struct racer *racers = calloc(STARTER_COUNT, sizeof(*racers));
	int told[2];

	assert_non_null(racers);
	database_expect_ok(database, repeatables, 3);
	for (int i = 0; i < STARTER_COUNT; i++)
		racers[i] = racer_of(database, &set, 0);
	race(database, racers, STARTER_COUNT, told);
	assert_int_equal(told[0], 3);
	database_expect(database, "SELECT number FROM effect ORDER BY number", "1\n2\n11\n12\n13");
	database_expect(database,
	                "SELECT filename, COUNT(*) FROM schema_migrations_log WHERE version = -1"
	                " AND action = 'applied' GROUP BY filename ORDER BY filename",
	                "R__a.sql|2\nR__b.sql|2\nR__c.sql|1");
	free(racers);
	set_destroy(&set);
}

/* --- Waiting --- */

/* Who listens: how often it was told that it waits, and for whom. */
struct listener {
	int waiting_count;
	char holder[400];
	PGconn *other; /* Lets go at the first time; or NULL. */
};

static void listen(void *context, const struct inlay_event *event)
{
	struct listener *listener = context;

	if (event->kind != INLAY_EVENT_WAITING)
		return;
	listener->waiting_count++;
	(void)snprintf(listener->holder, sizeof(listener->holder), "%s", event->holder);
	if (listener->other != NULL)
		PQclear(PQexec(listener->other, "ROLLBACK"));
}

/* Somebody who has the gate. */
static PGconn *hold(const struct database *database)
{
	char place[800];
	PGconn *other;

	(void)snprintf(place, sizeof(place), "%s application_name=holder",
	               database_place(database));
	other = PQconnectdb(place);
	PQclear(PQexec(other, "BEGIN; SELECT id FROM schema_migrations_state FOR UPDATE;"
	                      "SELECT pg_advisory_xact_lock(hashtextextended("
	                      "'\"public\".\"schema_migrations\"', 0))"));
	assert_int_equal(PQtransactionStatus(other), PQTRANS_INTRANS);
	return other;
}

static enum inlay_result roll_back(struct database *database, const struct compiled_set *set,
                                   struct listener *listener, uint32_t timeout_ms)
{
	struct inlay_rollback_scope scope = inlay_rollback_last(1);
	struct inlay_options options = database->options;

	options.lock_timeout_ms = timeout_ms;
	options.on_event = listen;
	options.context = listener;
	database->error = inlay_error_init();
	return inlay_rollback(database->postgres, &set->set, &scope, &options, &database->error);
}

static void waits_and_says_for_whom(void **state)
{
	struct database *database = *state;
	struct compiled_set set = set_compile(four, database->dialect);
	struct listener listener = { 0, "", NULL };
	PGconn *other;

	prepare(database, &set);
	other = hold(database);
	assert_int_equal(roll_back(database, &set, &listener, 700), INLAY_LOCKED);
	assert_true(listener.waiting_count >= 1);
	if (!database_has_row_gate(database)) {
		assert_non_null(strstr(listener.holder, "application holder"));
		assert_non_null(strstr(database->error.message, "application holder"));
	}
	assert_int_equal(database->error.rolled_back_count, 0);
	PQfinish(other);
	assert_int_equal(expect_agreement(database), 4);
	set_destroy(&set);
}

/* The database is at its head all the time: that is no reason to keep silent. */
static void says_that_it_waits_while_it_does(void **state)
{
	struct database *database = *state;
	struct compiled_set set = set_compile(four, database->dialect);
	struct listener listener = { 0, "", NULL };

	prepare(database, &set);
	listener.other = hold(database);
	database_expect_result(database, roll_back(database, &set, &listener, 20000), INLAY_OK);
	assert_int_equal(listener.waiting_count, 1);
	assert_int_equal(database->error.rolled_back_count, 1);
	PQfinish(listener.other);
	assert_int_equal(expect_agreement(database), 3);
	set_destroy(&set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DATABASE_TEST_BOTH(two_roll_back_at_once),
		DATABASE_TEST_BOTH(rolls_back_against_starters),
		DATABASE_TEST_BOTH(many_apply_changed_repeatables_once),
		DATABASE_TEST_GATES(waits_and_says_for_whom),
		DATABASE_TEST_GATES(says_that_it_waits_while_it_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
