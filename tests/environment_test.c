/* environment_test.c - MIGRATION_LOCK_TIMEOUT, and options as an older inlay.h had them. */
#include "support/database.h"

#include <setjmp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/* cmocka.h wants some of those first. */
#include <cmocka.h>

#define NAME "MIGRATION_LOCK_TIMEOUT"

static const struct set_file simple[] = {
	{ "1_t.sql", "CREATE TABLE t (id INTEGER PRIMARY KEY);" },
	SET_END,
};

static int forget_variable(void **state)
{
	assert_int_equal(unsetenv(NAME), 0);
	return database_teardown(state);
}

static void takes_durations(void **state)
{
	static const char *const values[] = { "30s", "500ms", "1000", "2min",  "1h",
		                              "0",   "",      "0s",   "1193h", "4294967294" };

	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		assert_int_equal(setenv(NAME, values[i], 1), 0);
		database_expect_ok(*state, simple, i == 0 ? 1 : 0);
	}
}

static void refuses_what_is_no_duration(void **state)
{
	static const char *const values[] = {
		"abc",        "-1",
		"1.5s",       "99999999h",
		"30 s",       " 30s",
		"30S",        "s",
		"1d",         "0x10",
		"+1",         "1ms ",
		"4294967295", "18446744073709551617",
		"1194h",      "99999999999999999999999999999min",
	};
	struct database *database = *state;

	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		char expected[300];

		assert_int_equal(setenv(NAME, values[i], 1), 0);
		(void)snprintf(expected, sizeof(expected),
		               NAME " is \"%s\": write milliseconds, or a number with ms, s, min "
		                    "or h, up to 49 days",
		               values[i]);
		database_expect_error(database, simple, INLAY_MISUSE, expected);
		database_expect(database, "SELECT COUNT(*) FROM sqlite_master", "0");
	}
	/* Whoever decides by the option is not asked. */
	database->options.lock_timeout_ms = 1000;
	database_expect_ok(database, simple, 1);
}

/* Somebody else writes: how long do we wait? */
static void expect_waits(struct database *database, const char *words)
{
	sqlite3 *another = NULL;

	assert_int_equal(sqlite3_open(database->path, &another), SQLITE_OK);
	assert_int_equal(sqlite3_exec(another, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
	database_expect_result(database, database_ensure(database, simple), INLAY_LOCKED);
	assert_non_null(strstr(database->error.message, words));
	assert_int_equal(sqlite3_close(another), SQLITE_OK);
}

static void means_what_it_says(void **state)
{
	struct database *database = *state;

	assert_int_equal(setenv(NAME, "70ms", 1), 0);
	expect_waits(database, "for the 70 ms of options->lock_timeout_ms");
	database->options.lock_timeout_ms = 60;
	expect_waits(database, "for the 60 ms of options->lock_timeout_ms");
	database_expect_ok(database, simple, 1);
}

/* All that 0.1.0 had.  What is behind it is not ours to read. */
static void takes_the_options_of_an_older_header(void **state)
{
	size_t size = offsetof(struct inlay_options, statement_lock_timeout_ms);
	struct database *database = *state;
	struct inlay_options *options = &database->options;

	memset((unsigned char *)options + size, 0xFF, sizeof(*options) - size);
	options->size = size;
	options->table = "older_migrations";
	options->lock_timeout_ms = 1000;
	database_expect_ok(database, simple, 1);
	assert_string_equal(database->events, "applying 1_t 1/1\napplied 1_t 1/1\n");
	database_expect(database, "SELECT version, status FROM older_migrations", "1|applied");
	database_expect_ok(database, simple, 0);
	options->size = size - 1;
	database_expect_error(database, simple, INLAY_MISUSE,
	                      "options->size is not set: begin with inlay_options_init()");
	options->size = 0;
}

#define ENVIRONMENT_TEST(test)                                                                     \
	cmocka_unit_test_setup_teardown(test, database_setup_file, forget_variable)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ENVIRONMENT_TEST(takes_durations),
		ENVIRONMENT_TEST(refuses_what_is_no_duration),
		ENVIRONMENT_TEST(means_what_it_says),
		DATABASE_TEST_FILE(takes_the_options_of_an_older_header),
		DATABASE_TEST_POSTGRES(takes_the_options_of_an_older_header),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
