/* policy_test.c - what the options let pass, forbid, or only tell, on both real databases. */
#include "support/database.h"

#include <setjmp.h>
#include <stdio.h>
#include <string.h>
/* cmocka.h wants some of those first. */
#include <cmocka.h>

#define ONE                                                                                        \
	{                                                                                          \
		"001_a.sql", "CREATE TABLE a (id INTEGER);\n"                                      \
	}
#define TWO                                                                                        \
	{                                                                                          \
		"002_b.sql", "CREATE TABLE b (id INTEGER);\n"                                      \
	}
#define THREE                                                                                      \
	{                                                                                          \
		"003_c.sql", "CREATE TABLE c (id INTEGER);\n"                                      \
	}
#define FOUR                                                                                       \
	{                                                                                          \
		"004_d.sql", "CREATE TABLE d (id INTEGER);\n"                                      \
	}
#define FIVE                                                                                       \
	{                                                                                          \
		"005_e.sql", "-- migrate:up\nCREATE TABLE e (id INTEGER);\n"                       \
		             "-- migrate:down\nDROP TABLE e;\n"                                    \
	}

static const struct set_file one[] = { ONE, SET_END };
static const struct set_file one_and_two[] = { ONE, TWO, SET_END };
static const struct set_file one_and_three[] = { ONE, THREE, SET_END };
static const struct set_file one_to_three[] = { ONE, TWO, THREE, SET_END };
static const struct set_file one_three_five[] = { ONE, THREE, FIVE, SET_END };
static const struct set_file one_to_five[] = { ONE, TWO, THREE, FOUR, FIVE, SET_END };
static const struct set_file edited[] = {
	{ "001_a.sql", "CREATE TABLE a (id INTEGER, name TEXT);\n" },
	TWO,
	SET_END,
};
static const struct set_file edited_and_more[] = {
	{ "001_a.sql", "CREATE TABLE a (id INTEGER, name TEXT);\n" },
	TWO,
	THREE,
	SET_END,
};

static const char versions[] = "SELECT version FROM schema_migrations ORDER BY version";

static void tells_what_is_pending(void **state)
{
	struct database *database = *state;

	database_expect_ok(database, one, 1);
	database->options.auto_migrate = 0;
	database_expect_error(database, one_to_three, INLAY_PENDING,
	                      "2 migrations are pending: 002_b, 003_c; nothing was changed: this "
	                      "call may not apply them (auto_migrate is off: option)");
	assert_int_equal(database->error.pending_count, 2);
	assert_string_equal(database->events, "pending 002_b 1/2\npending 003_c 2/2\n");
	database_expect(database, versions, "1");
	database_expect_ok(database, one, 0);
}

static void tells_it_of_an_empty_database(void **state)
{
	struct database *database = *state;

	database->options.auto_migrate = 0;
	database_expect_result(database, database_ensure(database, one_to_three), INLAY_PENDING);
	assert_int_equal(database->error.pending_count, 3);
	database_expect(
	        database,
	        database_either(database, "SELECT COUNT(*) FROM sqlite_master",
	                        "SELECT COUNT(*) FROM pg_tables WHERE schemaname = 'public'"),
	        "0");
}

static void checks_and_applies_nothing(void **state)
{
	struct database *database = *state;

	database_expect_result(database, database_check(database, one), INLAY_PENDING);
	database_expect_ok(database, one, 1);
	database_expect_result(database, database_check(database, one), INLAY_OK);
	database->options.refuse_ahead = 1;
	database_expect_result(database, database_check(database, one), INLAY_OK);
}

static void shows_the_sql(void **state)
{
	struct database *database = *state;

	database_expect_ok(database, one, 1);
	database->options.dry_run = 1;
	database_expect_error(database, one_and_two, INLAY_PENDING,
	                      "1 migration is pending: 002_b; nothing was changed: this is a dry "
	                      "run (dry_run is on: option)");
	assert_memory_equal(database->shown, "BEGIN\n", 6);
	assert_non_null(strstr(database->shown, "\nCREATE TABLE b (id INTEGER)\n"));
	assert_non_null(strstr(database->shown, "\nCOMMIT\n"));
	assert_non_null(strstr(database->shown, "INSERT INTO "));
	database_expect(database, versions, "1");
	database_expect(database, "SELECT COUNT(*) FROM schema_migrations_log", "1");
}

static void shows_the_sql_of_an_empty_database(void **state)
{
	struct database *database = *state;

	database->options.dry_run = 1;
	database_expect_result(database, database_ensure(database, one_and_two), INLAY_PENDING);
	assert_non_null(strstr(database->shown, "CREATE TABLE IF NOT EXISTS "));
	assert_non_null(strstr(database->shown, "\nCREATE TABLE a (id INTEGER)\n"));
	database_expect(
	        database,
	        database_either(database, "SELECT COUNT(*) FROM sqlite_master",
	                        "SELECT COUNT(*) FROM pg_tables WHERE schemaname = 'public'"),
	        "0");
}

static void lets_an_edited_one_pass(void **state)
{
	struct database *database = *state;

	database_expect_ok(database, one_and_two, 2);
	database->options.user_version = INLAY_USER_VERSION_NEVER;
	database_expect_result(database, database_ensure(database, edited), INLAY_EDITED);
	assert_string_equal(database->events, "drift 001_a 0/0\n");
	database->options.allow_edited = 1;
	database_expect_ok(database, edited, 0);
	assert_string_equal(database->events, "drift 001_a 0/0\n");
	database_expect_ok(database, edited_and_more, 1);
	database_expect(database, versions, "1\n2\n3");
	database_expect_ok(database, edited_and_more, 0);
}

static void lets_a_missing_one_pass(void **state)
{
	struct database *database = *state;

	database_expect_ok(database, one_to_three, 3);
	database->options.allow_missing = 1;
	database_expect_ok(database, one_and_three, 0);
	database_expect_ok(database, one_three_five, 1);
	database_expect(database, versions, "1\n2\n3\n5");
	/* What was applied over it is recorded as if it were not there. */
	database->options.allow_missing = 0;
	database_expect_ok(database, one_three_five, 0);
}

static void lets_late_ones_in(void **state)
{
	struct database *database = *state;

	database_expect_ok(database, one_three_five, 3);
	database_expect_result(database, database_ensure(database, one_to_five), INLAY_LATE);
	database->options.allow_late = 1;
	database_expect_ok(database, one_to_five, 2);
	database_expect(database, versions, "1\n2\n3\n4\n5");
	database->options.allow_late = 0;
	database_expect_ok(database, one_to_five, 0);
	database_expect_result(database, database_ensure(database, one_three_five), INLAY_MISSING);
}

static void lets_late_ones_in_with_the_rest(void **state)
{
	struct database *database = *state;

	database_expect_ok(database, one_and_three, 2);
	database->options.allow_late = 1;
	database_expect_ok(database, one_to_five, 3);
	database_expect(database, versions, "1\n2\n3\n4\n5");
	database->options.allow_late = 0;
	database_expect_ok(database, one_to_five, 0);
}

static void keeps_the_history_when_a_late_one_fails(void **state)
{
	static const struct set_file files[] = {
		ONE,  TWO,     THREE, { "004_bad.sql", "INSERT INTO nowhere VALUES (1);\n" },
		FIVE, SET_END,
	};
	struct database *database = *state;

	database_expect_ok(database, one_three_five, 3);
	database->options.allow_late = 1;
	database_expect_result(database, database_ensure(database, files), INLAY_FAILED);
	assert_int_equal(database->error.applied_count, 1);
	database_expect(database, versions, "1\n2\n3\n5");
	database_expect_result(database, database_ensure(database, files), INLAY_FAILED);
	database_expect_ok(database, one_to_five, 1);
	database->options.allow_late = 0;
	database_expect_ok(database, one_to_five, 0);
}

/* What the late ones left unsettled is the database's tip, and others are applied behind it. */
static void applies_more_after_a_late_one_failed_and_a_rollback(void **state)
{
	static const struct set_file bad[] = {
		ONE,  TWO,     THREE, { "004_bad.sql", "INSERT INTO nowhere VALUES (1);\n" },
		FIVE, SET_END,
	};
	struct database *database = *state;

	database_expect_ok(database, one_three_five, 3);
	database->options.allow_late = 1;
	database_expect_result(database, database_ensure(database, bad), INLAY_FAILED);
	database_expect_result(database, database_rollback(database, bad, inlay_rollback_last(1)),
	                       INLAY_OK);
	database_expect(database, versions, "1\n2\n3");
	database->options.lock_timeout_ms = 1000;
	database_expect_ok(database, one_to_five, 2);
	database->options.allow_late = 0;
	database_expect_ok(database, one_to_five, 0);
}

static void refuses_late_ones_behind_a_stranger(void **state)
{
	struct database *database = *state;

	database_expect_ok(database, one_three_five, 3);
	database->options.allow_late = 1;
	database->options.allow_missing = 1;
	database_expect_result(database, database_ensure(database, one_to_three), INLAY_LATE);
	database_expect(database, versions, "1\n3\n5");
}

static void keeps_off_what_is_interrupted(void **state)
{
	static const struct set_file files[] = {
		{ "001_a.sql", "-- migrate:up transaction:false\nCREATE TABLE a (id INTEGER);\n"
		               "INSERT INTO nowhere VALUES (1);\n" },
		SET_END,
	};
	struct database *database = *state;

	database_expect_result(database, database_ensure(database, files), INLAY_INTERRUPTED);
	database_run(database, "CREATE TABLE nowhere (id INTEGER)");
	database->options.refuse_interrupted = 1;
	database_expect_error(database, files, INLAY_INTERRUPTED,
	                      "migrations/001_a.sql: 001_a stopped after its statement 1, and "
	                      "options->refuse_interrupted keeps this call from going on with it; "
	                      "nothing was changed");
	database->options.refuse_interrupted = 0;
	database_expect_ok(database, files, 1);
}

/* --- Going on unchecked --- */

static void is_not_unchecked_for_a_file_of_junk(void **state)
{
	struct database *database = *state;
	struct compiled_set compiled = set_compile(one, INLAY_DIALECT_SQLITE);
	struct inlay_options options = inlay_options_init();
	struct inlay_error error = inlay_error_init();
	sqlite3 *junk;
	FILE *file;

	database_disconnect(database);
	file = fopen(database->path, "wb");
	assert_non_null(file);
	for (int i = 0; i < 2000; i++)
		assert_int_equal(fputs("junk", file) >= 0, 1);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(sqlite3_open(database->path, &junk), SQLITE_OK);
	options.allow_unchecked = 1;
	assert_int_equal(ensure_migrated(junk, &compiled.set, &options, &error), INLAY_UNREACHABLE);
	assert_int_equal(error.unchecked, INLAY_OK);
	assert_int_equal(sqlite3_close(junk), SQLITE_OK);
	set_destroy(&compiled);
}

/* --- Schemas --- */

static void serves_any_number_of_schemas(void **state)
{
	struct database *database = *state;

	database_expect_ok(database, one, 1);
	database->options.schema = "Tenant \"7\"";
	database_expect_ok(database, one_and_two, 2);
	database_expect_ok(database, one_and_two, 0);
	database->options.schema = "o'8\\";
	database_expect_ok(database, one_to_three, 3);
	database->options.schema = NULL;
	database_expect_ok(database, one, 0);
	database_expect(database,
	                "SELECT schemaname, tablename FROM pg_tables WHERE tablename IN ('a', 'b',"
	                " 'c', 'schema_migrations') ORDER BY schemaname COLLATE \"C\", tablename",
	                "Tenant \"7\"|a\nTenant \"7\"|b\nTenant \"7\"|schema_migrations\n"
	                "o'8\\|a\no'8\\|b\no'8\\|c\no'8\\|schema_migrations\n"
	                "public|a\npublic|schema_migrations");
	database_expect(database, "SHOW search_path", "\"$user\", public");
}

static void keeps_to_the_schema_without_a_transaction(void **state)
{
	static const struct set_file files[] = {
		ONE,
		{ "002_index.sql", "-- migrate:up transaction:false\n"
		                   "CREATE INDEX CONCURRENTLY a_id ON a (id);\nVACUUM a;\n"
		                   "-- migrate:down transaction:false\n"
		                   "DROP INDEX CONCURRENTLY a_id;\n" },
		SET_END,
	};
	struct database *database = *state;

	database_expect_ok(database, one, 1);
	database->options.schema = "tenant";
	database_expect_ok(database, files, 2);
	database_expect(database, "SELECT schemaname FROM pg_indexes WHERE indexname = 'a_id'",
	                "tenant");
	database_expect(database, "SHOW search_path", "\"$user\", public");
	database_expect_result(database, database_rollback(database, files, inlay_rollback_last(1)),
	                       INLAY_OK);
	database_expect(database, "SELECT COUNT(*) FROM pg_indexes WHERE indexname = 'a_id'", "0");
}

static void does_not_begin_again_in_another_schema(void **state)
{
	struct database *database = *state;

	database_expect_ok(database, one, 1);
	database_run(database, "CREATE SCHEMA app");
	database_run(database, "SET search_path = app, public");
	database_expect_error(
	        database, one, INLAY_FOREIGN,
	        "this set's history is in public.schema_migrations, and the "
	        "connection's current schema is app, where there is none; nothing was "
	        "changed: say which one is meant by options->schema, or by the "
	        "connection's search_path");
	database_expect_result(database, database_check(database, one), INLAY_FOREIGN);
	database->options.dry_run = 1;
	database_expect_result(database, database_ensure(database, one), INLAY_FOREIGN);
	database->options.dry_run = 0;
	database->options.schema = "app";
	database_expect_ok(database, one, 1);
	database->options.schema = "public";
	database_expect_ok(database, one, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DATABASE_TEST_BOTH(tells_what_is_pending),
		DATABASE_TEST_BOTH(tells_it_of_an_empty_database),
		DATABASE_TEST_BOTH(checks_and_applies_nothing),
		DATABASE_TEST_BOTH(shows_the_sql),
		DATABASE_TEST_BOTH(shows_the_sql_of_an_empty_database),
		DATABASE_TEST_BOTH(lets_an_edited_one_pass),
		DATABASE_TEST_BOTH(lets_a_missing_one_pass),
		DATABASE_TEST_BOTH(lets_late_ones_in),
		DATABASE_TEST_BOTH(lets_late_ones_in_with_the_rest),
		DATABASE_TEST_BOTH(keeps_the_history_when_a_late_one_fails),
		DATABASE_TEST_BOTH(applies_more_after_a_late_one_failed_and_a_rollback),
		DATABASE_TEST_BOTH(refuses_late_ones_behind_a_stranger),
		DATABASE_TEST_BOTH(keeps_off_what_is_interrupted),
		DATABASE_TEST_FILE(is_not_unchecked_for_a_file_of_junk),
		DATABASE_TEST_GATES(serves_any_number_of_schemas),
		DATABASE_TEST_GATES(keeps_to_the_schema_without_a_transaction),
		DATABASE_TEST_GATES(does_not_begin_again_in_another_schema),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
