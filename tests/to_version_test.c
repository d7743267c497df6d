/* to_version_test.c - a set that is taken as if it ended earlier, by every function of the
 * runtime. */
#include "support/database.h"

#include <setjmp.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
/* cmocka.h wants some of those first. */
#include <cmocka.h>

static const struct set_file all[] = {
	{ "001_a.sql", "-- migrate:up\nCREATE TABLE a (id INTEGER);\n-- migrate:down\n"
	               "DROP TABLE a;\n" },
	{ "005_b.sql", "-- migrate:up\nCREATE TABLE b (id INTEGER);\n-- migrate:down\n"
	               "DROP TABLE b;\n" },
	{ "007_c.sql", "-- migrate:up\nCREATE TABLE c (id INTEGER);\n-- migrate:down\n"
	               "DROP TABLE c;\n" },
	{ "R__v.sql", "DROP VIEW IF EXISTS v;\nCREATE VIEW v AS SELECT id FROM a;\n" },
	SET_END
};

static void ends_with_that_version(void **state)
{
	struct database *database = *state;

	database->options.to_version = 5;
	database_expect_ok(database, all, 2);
	assert_non_null(strstr(database->events, "applied 005_b 2/2\n"));
	database_expect_ok(database, all, 0);
	assert_int_equal(database_check(database, all), INLAY_OK);
	assert_null(strstr(database_status(database, all), "007_c"));
	assert_null(strstr(database_status(database, all), "R__v"));
	assert_non_null(strstr(database_status(database, all), "005_b"));
	database->options.to_version = -1;
	assert_int_equal(database_check(database, all), INLAY_PENDING);
	assert_int_equal(database->error.pending_count, 1);
	database_expect_ok(database, all, 2);
	assert_non_null(strstr(database_status(database, all), "R__v"));
}

static void is_a_version_of_the_set(void **state)
{
	static const int64_t others[] = { 0, 4, 8, -2, INT64_MAX, INT64_MIN };
	struct database *database = *state;

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		database->options.to_version = others[i];
		database_expect_error(
		        database, all, INLAY_MISUSE,
		        "options->to_version is no version of the set; -1 is for all of it");
	}
	database->options.to_version = 7;
	database_expect_ok(database, all, 3);
	database_expect(database, "SELECT count(*) FROM a", "0");
}

/* As a program whose set ends there: what is later is ahead. */
static void what_is_later_is_ahead(void **state)
{
	struct database *database = *state;
	enum inlay_result result;

	database_expect_ok(database, all, 4);
	database->options.to_version = 5;
	database_expect_ok(database, all, 0);
	database->options.refuse_ahead = 1;
	database_expect_error(database, all, INLAY_AHEAD,
	                      "the database has 007_c.sql (version 7), which is later than the "
	                      "set's last migration; nothing was changed: run a newer release of "
	                      "this program");
	result = database_rollback(database, all, inlay_rollback_last(1));
	database_expect_result(database, result, INLAY_AHEAD);
	database->options.to_version = 7;
	result = database_rollback(database, all, inlay_rollback_to(1));
	database_expect_result(database, result, INLAY_OK);
	assert_int_equal(database->error.rolled_back_count, 2);
}

/* "Up to date as far as 1" is no answer to "up to date as far as 5". */
static void answers_are_remembered_apart(void **state)
{
	struct database *database = *state;
	struct compiled_set set = set_compile(all, database->dialect);

	database->options.cache_ttl_ms = 3600000;
	database->options.to_version = 1;
	database_expect_result(database, database_ensure_set(database, &set.set), INLAY_OK);
	database_expect_result(database, database_ensure_set(database, &set.set), INLAY_OK);
	assert_true(database->error.is_cached);
	database->options.to_version = 5;
	database_expect_result(database, database_ensure_set(database, &set.set), INLAY_OK);
	assert_false(database->error.is_cached);
	assert_int_equal(database->error.applied_count, 1);
	database->options.to_version = -1;
	database_expect_result(database, database_ensure_set(database, &set.set), INLAY_OK);
	assert_int_equal(database->error.applied_count, 2);
	inlay_cache_forget();
	set_destroy(&set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DATABASE_TEST_BOTH(ends_with_that_version),
		DATABASE_TEST_BOTH(is_a_version_of_the_set),
		DATABASE_TEST_BOTH(what_is_later_is_ahead),
		DATABASE_TEST_BOTH(answers_are_remembered_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
