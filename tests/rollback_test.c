/* rollback_test.c - inlay_rollback() on both real databases: what goes, stays, is told. */
#include "support/database.h"

#include <setjmp.h>
#include <stdio.h>
#include <string.h>
/* cmocka.h wants some of those first. */
#include <cmocka.h>

#define ONE                                                                                        \
	{                                                                                          \
		"001_create_a.sql", "-- migrate:up\nCREATE TABLE a (id INTEGER);\n"                \
		                    "-- migrate:down\nDROP TABLE a;\n"                             \
	}
#define TWO                                                                                        \
	{                                                                                          \
		"002_create_b.sql", "-- migrate:up\nCREATE TABLE b (id INTEGER);\n"                \
		                    "INSERT INTO b VALUES (1);\n"                                  \
		                    "-- migrate:down\nDELETE FROM b;\nDROP TABLE b;\n"             \
	}
#define THREE                                                                                      \
	{                                                                                          \
		"003_create_c.sql", "-- migrate:up\nCREATE TABLE c (id INTEGER);\n"                \
		                    "-- migrate:down\nDROP TABLE c;\n"                             \
	}

#define FIVE                                                                                       \
	{                                                                                          \
		"005_create_e.sql", "-- migrate:up\nCREATE TABLE e (id INTEGER);\n"                \
		                    "-- migrate:down\nDROP TABLE e;\n"                             \
	}

static const struct set_file one[] = { ONE, SET_END };
static const struct set_file one_to_three[] = { ONE, TWO, THREE, SET_END };

static const char versions[] = "SELECT version FROM schema_migrations ORDER BY version";

static void expect_rolled_back(struct database *database, enum inlay_result result, uint32_t count)
{
	database_expect_result(database, result, INLAY_OK);
	assert_int_equal(database->error.rolled_back_count, count);
	assert_int_equal(database->error.applied_count, 0);
}

static void undoes_the_last(void **state)
{
	struct database *database = *state;

	database_expect_ok(database, one_to_three, 3);
	expect_rolled_back(database,
	                   database_rollback(database, one_to_three, inlay_rollback_last(1)), 1);
	assert_string_equal(database->events, "rolling back 003_create_c 1/1\n"
	                                      "rolled back 003_create_c 1/1\n");
	database_expect(database, versions, "1\n2");
	database_expect(database, "SELECT id FROM b", "1");
	database_expect_ok(database, one_to_three, 1);
	database_expect(database, versions, "1\n2\n3");
	database_expect_ok(database, one_to_three, 0);
}

static void undoes_several_in_order(void **state)
{
	struct database *database = *state;

	database_expect_ok(database, one_to_three, 3);
	expect_rolled_back(database,
	                   database_rollback(database, one_to_three, inlay_rollback_last(2)), 2);
	assert_string_equal(
	        database->events,
	        database_either(database,
	                        "rolling back 003_create_c 1/2\nrolling back 002_create_b 2/2\n"
	                        "rolled back 003_create_c 1/2\nrolled back 002_create_b 2/2\n",
	                        "rolling back 003_create_c 1/2\nrolled back 003_create_c 1/2\n"
	                        "rolling back 002_create_b 2/2\nrolled back 002_create_b 2/2\n"));
	database_expect(database, versions, "1");
	database_expect(database,
	                "SELECT version, action, direction FROM schema_migrations_log"
	                " ORDER BY sequence",
	                "1|applied|up\n2|applied|up\n3|applied|up\n3|rolled back|down\n"
	                "2|rolled back|down");
}

static void undoes_to_a_version(void **state)
{
	struct database *database = *state;

	database_expect_ok(database, one_to_three, 3);
	expect_rolled_back(database,
	                   database_rollback(database, one_to_three, inlay_rollback_to(1)), 2);
	database_expect(database, versions, "1");
	expect_rolled_back(database,
	                   database_rollback(database, one_to_three, inlay_rollback_to(1)), 0);
	expect_rolled_back(database,
	                   database_rollback(database, one_to_three, inlay_rollback_to(0)), 1);
	database_expect(database, versions, "");
	database_expect_ok(database, one_to_three, 3);
}

static void undoes_everything(void **state)
{
	struct database *database = *state;

	database_expect_ok(database, one_to_three, 3);
	expect_rolled_back(
	        database,
	        database_rollback(database, one_to_three, inlay_rollback_last(UINT32_MAX)), 3);
	database_expect(database, versions, "");
	expect_rolled_back(database,
	                   database_rollback(database, one_to_three, inlay_rollback_last(1)), 0);
}

static void refuses_an_unknown_version(void **state)
{
	struct database *database = *state;

	database_expect_ok(database, one_to_three, 3);
	database_expect_result(database,
	                       database_rollback(database, one_to_three, inlay_rollback_to(7)),
	                       INLAY_MISUSE);
	assert_string_equal(database->error.message,
	                    "scope->to_version is 7, and no such version is applied; nothing was "
	                    "changed");
	database_expect(database, versions, "1\n2\n3");
}

static void refuses_over_one_without_a_down(void **state)
{
	static const struct set_file files[] = {
		ONE,
		{ "002_no_way_back.sql", "CREATE TABLE b (id INTEGER);\n" },
		THREE,
		SET_END,
	};
	struct database *database = *state;

	database_expect_ok(database, files, 3);
	database_expect_result(database, database_rollback(database, files, inlay_rollback_to(1)),
	                       INLAY_IRREVERSIBLE);
	assert_string_equal(database->error.message,
	                    "002_no_way_back.sql can not be rolled back: it has no down script: "
	                    "write a migration that undoes it; nothing was changed");
	assert_int_equal(database->error.version, 2);
	database_expect(database, versions, "1\n2\n3");
	database_expect(database, "SELECT COUNT(*) FROM c", "0");
}

static void undoes_what_the_set_does_not_have(void **state)
{
	struct inlay_rollback_scope scope = inlay_rollback_to(1);
	struct database *database = *state;

	database_expect_ok(database, one_to_three, 3);
	database_expect_result(database, database_rollback(database, one, scope), INLAY_AHEAD);
	assert_string_equal(
	        database->error.message,
	        "003_create_c.sql can not be rolled back: the set does not have it; use a release "
	        "that does, or scope->use_stored, which takes the down script that the database "
	        "keeps; nothing was changed");
	scope.use_stored = 1;
	expect_rolled_back(database, database_rollback(database, one, scope), 2);
	database_expect(database, versions, "1");
	database_expect_ok(database, one, 0);
}

static void keeps_what_fails(void **state)
{
	static const struct set_file files[] = {
		ONE,
		{ "002_bad_down.sql", "-- migrate:up\nCREATE TABLE b (id INTEGER);\n"
		                      "-- migrate:down\nDROP TABLE b;\nDROP TABLE nowhere;\n" },
		THREE,
		SET_END,
	};
	struct database *database = *state;

	database_expect_ok(database, files, 3);
	database_expect_result(database, database_rollback(database, files, inlay_rollback_to(0)),
	                       INLAY_FAILED);
	assert_non_null(strstr(database->error.message, "migrations/002_bad_down.sql:5:"));
	assert_non_null(strstr(database->error.message, "002_bad_down is still applied, 2 "
	                                                "migrations are applied"));
	assert_int_equal(database->error.version, 2);
	assert_int_equal(database->error.rolled_back_count, 1);
	database_expect(database, versions, "1\n2");
	database_expect(database, "SELECT COUNT(*) FROM b", "0");
	database_expect(database,
	                "SELECT version, action, direction FROM schema_migrations_log"
	                " WHERE direction = 'down' ORDER BY sequence",
	                "3|rolled back|down\n2|failed|down");
}

static void goes_on_without_a_transaction(void **state)
{
	static const struct set_file files[] = {
		ONE,
		{ "002_three.sql", "-- migrate:up\nCREATE TABLE b (id INTEGER);\n"
		                   "-- migrate:down transaction:false\nDELETE FROM a;\n"
		                   "INSERT INTO nowhere VALUES (1);\nDROP TABLE b;\n" },
		SET_END,
	};
	struct database *database = *state;

	database_expect_ok(database, files, 2);
	database_run(database, "INSERT INTO a VALUES (5)");
	database_expect_result(database, database_rollback(database, files, inlay_rollback_last(1)),
	                       INLAY_INTERRUPTED);
	database_expect(database,
	                "SELECT version, status, direction, progress FROM"
	                " schema_migrations WHERE progress IS NOT NULL",
	                "2|failed|down|1");
	database_expect_result(database, database_ensure(database, files), INLAY_INTERRUPTED);
	assert_string_equal(database->error.message,
	                    "migrations/002_three.sql: the rollback of 002_three stopped after its "
	                    "statement 1; nothing was changed: call inlay_rollback() again, which "
	                    "goes on with it");
	database_run(database, "INSERT INTO a VALUES (6)");
	database_run(database, "CREATE TABLE nowhere (id INTEGER)");
	expect_rolled_back(database, database_rollback(database, files, inlay_rollback_last(1)), 1);
	database_expect(database, versions, "1");
	database_expect(database, "SELECT id FROM a", "6");
	database_expect(database, "SELECT id FROM nowhere", "1");
}

/* Two late ones, of which the second failed: what is there meanwhile is no set's history. */
static void undoes_behind_a_late_one(void **state)
{
	static const struct set_file one_three_five[] = { ONE, THREE, FIVE, SET_END };
	static const struct set_file files[] = {
		ONE,  TWO,     THREE, { "004_bad.sql", "INSERT INTO nowhere VALUES (1);\n" },
		FIVE, SET_END,
	};
	struct database *database = *state;

	database_expect_ok(database, one_three_five, 3);
	database->options.allow_late = 1;
	database_expect_result(database, database_ensure(database, files), INLAY_FAILED);
	expect_rolled_back(database, database_rollback(database, files, inlay_rollback_last(1)), 1);
	database_expect(database, versions, "1\n2\n3");
	database_run(database, "CREATE TABLE nowhere (id INTEGER)");
	database_expect_ok(database, files, 2);
	database->options.allow_late = 0;
	database_expect_ok(database, files, 0);
	expect_rolled_back(database, database_rollback(database, files, inlay_rollback_last(1)), 1);
	database_expect_ok(database, files, 1);
}

static void shows_what_it_would_do(void **state)
{
	struct database *database = *state;

	database_expect_ok(database, one_to_three, 3);
	database->options.dry_run = 1;
	database_expect_result(database,
	                       database_rollback(database, one_to_three, inlay_rollback_to(1)),
	                       INLAY_PENDING);
	assert_int_equal(database->error.pending_count, 2);
	assert_non_null(strstr(database->shown, "DROP TABLE c\n"));
	assert_non_null(strstr(database->shown, "DELETE FROM b\nDROP TABLE b\n"));
	database_expect(database, versions, "1\n2\n3");
	database_expect(database, "SELECT COUNT(*) FROM schema_migrations_log", "3");
}

/* Neither this program's answers nor those of an older set in the same process outlive it. */
static void forgets_what_was_remembered(void **state)
{
	static const struct set_file one_and_two[] = { ONE, TWO, SET_END };
	struct database *database = *state;
	struct compiled_set sets[] = { set_compile(one_to_three, database->dialect),
		                       set_compile(one_and_two, database->dialect) };

	database->options.cache_ttl_ms = 600000;
	for (int i = 0; i < 6; i++)
		database_expect_result(database, database_ensure_set(database, &sets[i % 2].set),
		                       INLAY_OK);
	assert_int_equal(database->error.is_cached, 1);
	expect_rolled_back(database,
	                   database_rollback_set(database, &sets[0].set, inlay_rollback_to(1)), 2);
	for (int i = 1; i >= 0; i--) {
		database_expect_result(database, database_ensure_set(database, &sets[i].set),
		                       INLAY_OK);
		assert_int_equal(database->error.applied_count, 1);
	}
	for (int i = 0; i < 2; i++)
		set_destroy(&sets[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DATABASE_TEST_BOTH(undoes_the_last),
		DATABASE_TEST_BOTH(undoes_several_in_order),
		DATABASE_TEST_BOTH(undoes_to_a_version),
		DATABASE_TEST_BOTH(undoes_everything),
		DATABASE_TEST_BOTH(refuses_an_unknown_version),
		DATABASE_TEST_BOTH(refuses_over_one_without_a_down),
		DATABASE_TEST_BOTH(undoes_what_the_set_does_not_have),
		DATABASE_TEST_BOTH(keeps_what_fails),
		DATABASE_TEST_BOTH(goes_on_without_a_transaction),
		DATABASE_TEST_BOTH(undoes_behind_a_late_one),
		DATABASE_TEST_BOTH(shows_what_it_would_do),
		DATABASE_TEST_BOTH(forgets_what_was_remembered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
