/* scratch_test.c - inlay_scratch_sqlite(): copies that know nothing of each other. */
#define _XOPEN_SOURCE 700

#include "../runtime/inlay_scratch.h"
#include "support/set.h"

#include <pthread.h>
#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
/* cmocka.h wants some of those first. */
#include <cmocka.h>

#define THREAD_COUNT 8

static const struct set_file files[] = {
	{ "1_notes.sql", "CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL);" },
	{ "2_seed.sql", "INSERT INTO notes (text) VALUES ('first');" },
	SET_END,
};

/* Heard of by on_event. */
static int applied_count;

static void on_event(void *context, const struct inlay_event *event)
{
	(void)context;
	applied_count += event->kind == INLAY_EVENT_APPLIED;
}

static int setup(void **state)
{
	struct compiled_set *set = malloc(sizeof(*set));

	assert_non_null(set);
	*set = set_compile(files, INLAY_DIALECT_SQLITE);
	assert_non_null(set->set.image);
	applied_count = 0;
	*state = set;
	return 0;
}

static int teardown(void **state)
{
	inlay_scratch_forget_sqlite();
	set_destroy(*state);
	free(*state);
	return 0;
}

static sqlite3 *make(const struct inlay_set *set, const char *table)
{
	struct inlay_options options = inlay_options_init();
	struct inlay_error error = inlay_error_init();
	sqlite3 *database = NULL;

	options.table = table;
	options.on_event = on_event;
	if (inlay_scratch_sqlite(set, &options, &database, &error) != INLAY_OK)
		fail_msg("%s", error.message);
	assert_non_null(database);
	return database;
}

static void run(sqlite3 *database, const char *sql)
{
	assert_int_equal(sqlite3_exec(database, sql, NULL, NULL, NULL), SQLITE_OK);
}

static int ask(sqlite3 *database, const char *sql)
{
	sqlite3_stmt *statement;
	int answer;

	assert_int_equal(sqlite3_prepare_v2(database, sql, -1, &statement, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
	answer = sqlite3_column_int(statement, 0);
	assert_int_equal(sqlite3_finalize(statement), SQLITE_OK);
	return answer;
}

static void each_is_its_own(void **state)
{
	const struct compiled_set *set = *state;
	sqlite3 *one = make(&set->set, "schema_migrations");
	sqlite3 *two;

	run(one, "INSERT INTO notes (text) VALUES ('second'); DROP TABLE schema_migrations_log");
	two = make(&set->set, "schema_migrations");
	assert_int_equal(ask(one, "SELECT count(*) FROM notes"), 2);
	assert_int_equal(ask(two, "SELECT count(*) FROM notes"), 1);
	assert_int_equal(ask(two, "SELECT count(*) FROM schema_migrations_log"), 2);
	/* The set was applied once. */
	assert_int_equal(applied_count, 2);
	inlay_scratch_drop_sqlite(one);
	assert_int_equal(ask(two, "SELECT count(*) FROM notes"), 1);
	inlay_scratch_drop_sqlite(two);
}

/* To the application it is a database that is up to date. */
static void is_up_to_date(void **state)
{
	const struct compiled_set *set = *state;
	struct inlay_error error = inlay_error_init();
	sqlite3 *database = make(&set->set, "schema_migrations");

	assert_int_equal(ensure_migrated(database, &set->set, NULL, &error), INLAY_OK);
	assert_int_equal(error.applied_count, 0);
	assert_int_equal(ask(database, "SELECT count(*) FROM schema_migrations"), 2);
	inlay_scratch_drop_sqlite(database);
}

static void a_master_for_each_set_and_table(void **state)
{
	static const struct set_file more[] = {
		{ "1_notes.sql", "CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT);" },
		SET_END,
	};
	const struct compiled_set *set = *state;
	struct compiled_set other = set_compile(more, INLAY_DIALECT_SQLITE);
	struct compiled_set same = set_compile(files, INLAY_DIALECT_SQLITE);
	sqlite3 *databases[4];

	databases[0] = make(&set->set, "schema_migrations");
	databases[1] = make(&other.set, "schema_migrations");
	databases[2] = make(&set->set, "own");
	assert_int_equal(applied_count, 2 + 1 + 2);
	databases[3] = make(&same.set, "schema_migrations"); /* Elsewhere in memory. */
	assert_int_equal(applied_count, 2 + 1 + 2);
	assert_int_equal(ask(databases[1], "SELECT count(*) FROM notes"), 0);
	assert_int_equal(ask(databases[2], "SELECT count(*) FROM own"), 2);
	assert_int_equal(ask(databases[3], "SELECT count(*) FROM notes"), 1);
	for (int i = 0; i < 4; i++)
		inlay_scratch_drop_sqlite(databases[i]);
	set_destroy(&other);
	set_destroy(&same);
}

static void drops_with_what_is_open(void **state)
{
	const struct compiled_set *set = *state;
	sqlite3 *database = make(&set->set, "schema_migrations");
	sqlite3_stmt *statement;

	run(database, "BEGIN");
	assert_int_equal(sqlite3_prepare_v2(database, "SELECT * FROM notes", -1, &statement, NULL),
	                 SQLITE_OK);
	assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
	inlay_scratch_drop_sqlite(database); /* A leak checker looks on. */
	inlay_scratch_drop_sqlite(NULL);
}

static void a_set_that_fails_says_why(void **state)
{
	static const struct set_file broken[] = {
		{ "1_a.sql", "CREATE TABLE a (id INTEGER);" },
		{ "2_b.sql", "INSERT INTO nowhere VALUES (1);" },
		SET_END,
	};
	struct compiled_set set = set_compile(broken, INLAY_DIALECT_SQLITE);
	struct inlay_error error = inlay_error_init();
	sqlite3 *database = (sqlite3 *)&set; /* Anything. */

	(void)state;
	for (int i = 0; i < 2; i++) {
		assert_int_equal(inlay_scratch_sqlite(&set.set, NULL, &database, &error),
		                 INLAY_FAILED);
		assert_null(database);
		assert_string_equal(error.migration, "2_b");
		assert_non_null(strstr(error.message, "migrations/2_b.sql:1:"));
	}
	set_destroy(&set);
}

/* A test suite runs anywhere.  In a process of its own, and before all others, as the environment
 * is read once. */
static void the_environment_does_not_matter(void **state)
{
	const struct compiled_set *set = *state;
	pid_t pid = fork();
	int status;

	assert_true(pid >= 0);
	if (pid == 0) {
		struct inlay_options options = inlay_options_init();
		struct inlay_error error = inlay_error_init();
		sqlite3 *database;

		(void)setenv("AUTO_MIGRATE", "off", 1);
		(void)setenv("APP_ENV", "production", 1);
		(void)setenv("MIGRATION_DRY_RUN", "on", 1);
		(void)setenv("MIGRATION_ROLLOUT", "0", 1);
		options.on_event = on_event;
		if (inlay_scratch_sqlite(&set->set, &options, &database, &error) != INLAY_OK)
			_exit(99);
		_exit(applied_count);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 2);
}

static void rules(void **state)
{
	struct compiled_set *set = *state;
	struct inlay_options options = inlay_options_init();
	struct inlay_error error = inlay_error_init();
	sqlite3 *database;

	assert_int_equal(inlay_scratch_sqlite(NULL, NULL, &database, &error), INLAY_MISUSE);
	assert_null(database);
	assert_int_equal(inlay_scratch_sqlite(&set->set, NULL, NULL, &error), INLAY_MISUSE);
	assert_int_equal(inlay_scratch_sqlite(&set->set, NULL, &database, NULL), INLAY_MISUSE);
	options.size = 3;
	assert_int_equal(inlay_scratch_sqlite(&set->set, &options, &database, &error),
	                 INLAY_MISUSE);
	options = inlay_options_init();
	options.table = NULL;
	assert_int_equal(inlay_scratch_sqlite(&set->set, &options, &database, &error),
	                 INLAY_MISUSE);
	options.table = "";
	assert_int_equal(inlay_scratch_sqlite(&set->set, &options, &database, &error),
	                 INLAY_MISUSE);
	set->set.abi++;
	assert_int_equal(inlay_scratch_sqlite(&set->set, NULL, &database, &error), INLAY_MISUSE);
	set->set.abi--;
}

static void *use_scratches(void *context)
{
	const struct compiled_set *set = context;

	for (int i = 0; i < 20; i++) {
		struct inlay_error error = inlay_error_init();
		sqlite3 *database;

		if (inlay_scratch_sqlite(&set->set, NULL, &database, &error) != INLAY_OK)
			return "failed";
		if (sqlite3_exec(database, "INSERT INTO notes (id, text) VALUES (2, 'mine')", NULL,
		                 NULL, NULL) != SQLITE_OK)
			return "not alone";
		inlay_scratch_drop_sqlite(database);
		if (i == 10)
			inlay_scratch_forget_sqlite();
	}
	return NULL;
}

static void many_threads(void **state)
{
	pthread_t threads[THREAD_COUNT];
	void *problem;

	for (int i = 0; i < THREAD_COUNT; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, use_scratches, *state), 0);
	for (int i = 0; i < THREAD_COUNT; i++) {
		assert_int_equal(pthread_join(threads[i], &problem), 0);
		assert_null(problem);
	}
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_environment_does_not_matter), /* First. */
		TEST(each_is_its_own),
		TEST(is_up_to_date),
		TEST(a_master_for_each_set_and_table),
		TEST(drops_with_what_is_open),
		TEST(a_set_that_fails_says_why),
		TEST(rules),
		TEST(many_threads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
