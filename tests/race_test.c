/* race_test.c - many processes at once: every migration's effect happens exactly once. */
#include "support/database.h"
#include "support/postgres_server.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
/* cmocka.h wants some of those first. */
#include <cmocka.h>

#define PROCESS_COUNT   32
#define EXTENSION_COUNT 10
#define INCREMENT_COUNT 12

/* How a child ends that has not succeeded; otherwise with the number it applied. */
#define BROKEN_STATUS 98
#define FAILED_STATUS 99

/* Each migration but the first adds one to a number: running twice would show. */
static void write_increments(struct set_file *files, char names[][40], char contents[][120])
{
	files[0] = (struct set_file){ "001_create.sql", "CREATE TABLE counter (number INTEGER);\n"
		                                        "INSERT INTO counter VALUES (0);\n" };
	for (int i = 1; i <= INCREMENT_COUNT; i++) {
		(void)snprintf(names[i], 40, "%03d_add.sql", i + 1);
		(void)snprintf(contents[i], 120,
		               "%sUPDATE counter SET number = number + 1;\nSELECT %d;\n",
		               i % 5 == 0 ? "-- migrate:up transaction:false\n" : "", i);
		files[i] = (struct set_file){ names[i], contents[i] };
	}
	files[INCREMENT_COUNT + 1] = (struct set_file)SET_END;
}

/* In a child: waits until all are there, connects, migrates; the exit status says how it went. */
static void migrate_in_child(const struct database *database, const struct inlay_set *set, int gate)
{
	struct inlay_options options = inlay_options_init();
	struct inlay_error error = inlay_error_init();
	enum inlay_result result = INLAY_UNREACHABLE;
	char byte;

	if (read(gate, &byte, 1) != 0)
		_exit(BROKEN_STATUS);
	if (database->dialect == INLAY_DIALECT_SQLITE) {
		sqlite3 *connection = NULL;

		if (sqlite3_open(database->path, &connection) == SQLITE_OK)
			result = ensure_migrated(connection, set, &options, &error);
		(void)sqlite3_close(connection);
	} else {
		PGconn *connection = postgres_server_connect_as(database->name, "postgres");

		if (connection != NULL)
			result = ensure_migrated(connection, set, &options, &error);
		PQfinish(connection);
	}
	if (result != INLAY_OK && result != INLAY_LATE && result != INLAY_MISSING)
		(void)fprintf(stderr, "%s: %s\n", inlay_result_name(result), error.message);
	_exit(result == INLAY_OK ? (int)error.applied_count : FAILED_STATUS);
}

/* Children that wait at one gate, whatever set each has. */
struct herd {
	int gate[2];
	pid_t pids[PROCESS_COUNT];
	int count;
};

static void herd_init(struct herd *herd)
{
	herd->count = 0;
	assert_int_equal(pipe(herd->gate), 0);
}

static void herd_add(struct herd *herd, const struct database *database,
                     const struct inlay_set *set, int count)
{
	for (int i = 0; i < count; i++) {
		pid_t pid = fork();

		assert_true(pid >= 0);
		if (pid == 0) {
			(void)close(herd->gate[1]);
			migrate_in_child(database, set, herd->gate[0]);
		}
		herd->pids[herd->count++] = pid;
	}
}

/* Opens the gate and waits for all.  Returns how many migrations they say they applied;
 * *failed_count counts those that did not succeed. */
static int herd_run(struct herd *herd, int *failed_count)
{
	int applied_count = 0;

	*failed_count = 0;
	(void)close(herd->gate[0]);
	(void)close(herd->gate[1]);
	for (int i = 0; i < herd->count; i++) {
		int status = 0;

		assert_int_equal(waitpid(herd->pids[i], &status, 0), herd->pids[i]);
		assert_true(WIFEXITED(status));
		assert_int_not_equal(WEXITSTATUS(status), BROKEN_STATUS);
		if (WEXITSTATUS(status) == FAILED_STATUS)
			(*failed_count)++;
		else
			applied_count += WEXITSTATUS(status);
	}
	return applied_count;
}

/* The same set for all; every one must succeed. */
static int run_all(const struct database *database, const struct inlay_set *set, int count)
{
	struct herd herd;
	int failed_count;
	int applied_count;

	herd_init(&herd);
	herd_add(&herd, database, set, count);
	applied_count = herd_run(&herd, &failed_count);
	assert_int_equal(failed_count, 0);
	return applied_count;
}

/* A connection must not cross fork(): the parent's is closed while the children work. */
static void disconnect(struct database *database)
{
	assert_int_equal(sqlite3_close(database->sqlite), SQLITE_OK);
	PQfinish(database->postgres);
	database->sqlite = NULL;
	database->postgres = NULL;
}

static void applies_each_exactly_once(void **state)
{
	struct database *database = *state;
	struct set_file files[INCREMENT_COUNT + 2];
	char names[INCREMENT_COUNT + 1][40];
	char contents[INCREMENT_COUNT + 1][120];
	struct compiled_set compiled;
	char expected[40];

	write_increments(files, names, contents);
	compiled = set_compile(files, database->dialect);
	if (compiled.set.image == NULL)
		fail_msg("%s", compiled.problems);
	disconnect(database);
	assert_int_equal(run_all(database, &compiled.set, PROCESS_COUNT), INCREMENT_COUNT + 1);
	database_reconnect(database);
	(void)snprintf(expected, sizeof(expected), "%d|%d|%d", INCREMENT_COUNT, INCREMENT_COUNT + 1,
	               INCREMENT_COUNT + 1);
	database_expect(database,
	                "SELECT (SELECT number FROM counter),"
	                " (SELECT COUNT(*) FROM schema_migrations WHERE progress IS NULL),"
	                " (SELECT COUNT(*) FROM schema_migrations_log WHERE action = 'applied')",
	                expected);
	database_expect(database, "SELECT COUNT(*) FROM schema_migrations_log", expected + 6);

	/* All of them again: nothing happens. */
	disconnect(database);
	assert_int_equal(run_all(database, &compiled.set, PROCESS_COUNT), 0);
	database_reconnect(database);
	set_destroy(&compiled);
}

/* An old program and a new one start together. */
static void lets_old_and_new_start_together(void **state)
{
	struct database *database = *state;
	struct set_file files[INCREMENT_COUNT + 2];
	char names[INCREMENT_COUNT + 1][40];
	char contents[INCREMENT_COUNT + 1][120];
	struct compiled_set newer;
	struct compiled_set older;
	struct herd herd;
	int failed_count;

	write_increments(files, names, contents);
	newer = set_compile(files, database->dialect);
	files[6] = (struct set_file)SET_END;
	older = set_compile(files, database->dialect);
	disconnect(database);
	herd_init(&herd);
	for (int i = 0; i < 8; i++) {
		herd_add(&herd, database, &older.set, 1);
		herd_add(&herd, database, &newer.set, 1);
	}
	assert_int_equal(herd_run(&herd, &failed_count), INCREMENT_COUNT + 1);
	assert_int_equal(failed_count, 0);
	database_reconnect(database);
	database_expect(database, "SELECT number FROM counter", "12");
	set_destroy(&newer);
	set_destroy(&older);
}

/* IF NOT EXISTS does not protect CREATE EXTENSION from itself; the fence does. */
static void creates_an_extension_once(void **state)
{
	static const struct set_file files[] = {
		{ "1_extension.sql", "CREATE EXTENSION IF NOT EXISTS pgcrypto;\n"
		                     "CREATE EXTENSION IF NOT EXISTS citext;" },
		SET_END,
	};
	struct database *database = *state;
	struct compiled_set compiled = set_compile(files, database->dialect);

	disconnect(database);
	assert_int_equal(run_all(database, &compiled.set, EXTENSION_COUNT), 1);
	database_reconnect(database);
	database_expect(database,
	                "SELECT COUNT(*) FROM pg_extension WHERE extname IN ('pgcrypto', 'citext')",
	                "2");
	set_destroy(&compiled);
}

/* Takes long enough for the others to come to the same point. */
#define SLOW                                                                                       \
	"WITH RECURSIVE r (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 200000)"        \
	" INSERT INTO a SELECT MAX(n) FROM r;"

/* Sets that part after a common beginning: one of them wins whole, the others say so. */
static void never_mixes_two_histories(void **state)
{
	static const struct set_file left[] = {
		{ "1_a.sql", "CREATE TABLE a (id INTEGER);" },
		{ "2_left.sql", SLOW },
		SET_END,
	};
	static const struct set_file right[] = {
		{ "1_a.sql", "CREATE TABLE a (id INTEGER);" },
		{ "3_right.sql", SLOW },
		SET_END,
	};
	struct database *database = *state;
	struct compiled_set sets[2] = { set_compile(left, database->dialect),
		                        set_compile(right, database->dialect) };
	struct herd herd;
	int failed_count;

	disconnect(database);
	herd_init(&herd);
	for (int i = 0; i < 8; i++)
		herd_add(&herd, database, &sets[i % 2].set, 1);
	assert_int_equal(herd_run(&herd, &failed_count), 2);
	assert_int_equal(failed_count, 4);
	database_reconnect(database);
	database_expect(database,
	                "SELECT COUNT(*), (SELECT COUNT(*) FROM a) FROM schema_migrations", "2|1");
	for (int i = 0; i < 2; i++)
		set_destroy(&sets[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DATABASE_TEST_BOTH(applies_each_exactly_once),
		DATABASE_TEST_BOTH(lets_old_and_new_start_together),
		DATABASE_TEST_BOTH(never_mixes_two_histories),
		DATABASE_TEST_POSTGRES(creates_an_extension_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
