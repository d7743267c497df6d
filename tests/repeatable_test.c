/* repeatable_test.c - repeatable migrations, breaking ones, and calls of functions, on both real
 * databases. */
#include "support/database.h"

#include <setjmp.h>
#include <stdio.h>
#include <string.h>
/* cmocka.h wants some of those first. */
#include <cmocka.h>

#define ONE                                                                                        \
	{                                                                                          \
		"001_a.sql", "CREATE TABLE a (id INTEGER);\nINSERT INTO a VALUES (1);\n"           \
	}
#define TWO                                                                                        \
	{                                                                                          \
		"002_b.sql", "ALTER TABLE a ADD COLUMN name TEXT;\n"                               \
	}
#define VIEW(columns)                                                                              \
	{                                                                                          \
		"R__v.sql",                                                                        \
		        "DROP VIEW IF EXISTS v;\nCREATE VIEW v AS SELECT " columns " FROM a;\n"    \
	}
#define OTHER                                                                                      \
	{                                                                                          \
		"R__w.sql",                                                                        \
		        "DROP VIEW IF EXISTS w;\nCREATE VIEW w AS SELECT id + 1 AS next FROM a;\n" \
	}

static const struct set_file with_view[] = { ONE, VIEW("id"), SET_END };
static const struct set_file with_two_views[] = { ONE, VIEW("id"), OTHER, SET_END };
static const struct set_file changed[] = { ONE, TWO, VIEW("id, name"), OTHER, SET_END };
static const struct set_file other_text[] = { ONE, VIEW("id * 2 AS id"), SET_END };
static const struct set_file failing[] = { ONE, VIEW("nothing"), SET_END };

static const char notes[] = "SELECT version, filename, action, direction FROM"
                            " schema_migrations_log ORDER BY sequence";

static void applies_them_after_the_others(void **state)
{
	struct database *database = *state;

	database_expect_ok(database, with_two_views, 3);
	assert_non_null(strstr(database->events, "applied 001_a 1/1\n"));
	assert_non_null(strstr(database->events, "applied R__v 2/3\n"));
	assert_non_null(strstr(database->events, "applied R__w 3/3\n"));
	database_expect(database, "SELECT id FROM v", "1");
	database_expect(database, "SELECT next FROM w", "2");
	database_expect(database, notes,
	                "1|001_a.sql|applied|up\n-1|R__v.sql|applied|repeatable\n"
	                "-1|R__w.sql|applied|repeatable");
	database_expect_ok(database, with_two_views, 0);
	assert_string_equal(database->events, "");
}

static void applies_those_that_changed(void **state)
{
	struct database *database = *state;

	database_expect_ok(database, with_two_views, 3);
	database_run(database, "DROP VIEW w");
	/* The changed view needs the pending column. */
	database_expect_ok(database, changed, 2);
	database_expect(database, "SELECT id, name FROM v", "1|NULL");
	database_expect_ok(database, changed, 0);
	/* Its text is the same: nobody looks whether it is there. */
	database_expect(database, notes,
	                "1|001_a.sql|applied|up\n-1|R__v.sql|applied|repeatable\n"
	                "-1|R__w.sql|applied|repeatable\n2|002_b.sql|applied|up\n"
	                "-1|R__v.sql|applied|repeatable");
}

static void leaves_them_to_newer_programs(void **state)
{
	struct database *database = *state;

	database_expect_ok(database, changed, 4);
	database_expect_ok(database, other_text, 0);
	database_expect(database, "SELECT id FROM v", "1");
	database_expect_ok(database, other_text, 0);
}

static void applies_another_text_without_a_lock_file(void **state)
{
	struct database *database = *state;

	database_expect_ok(database, with_view, 2);
	database_expect_ok(database, other_text, 1);
	database_expect(database, "SELECT id FROM v", "2");
	database_expect_ok(database, with_view, 1);
	database_expect(database, "SELECT id FROM v", "1");
}

static void leaves_a_later_revision_alone(void **state)
{
	struct database *database = *state;

	database_expect_ok(database, with_view, 2);
	database_run(database, "UPDATE schema_migrations_state SET repeatables ="
	                       " REPLACE(repeatables, 'R__v 0 ', 'R__v 7 '), fingerprint = ''");
	database_expect_ok(database, other_text, 0);
	database_expect(database, "SELECT id FROM v", "1");
	assert_string_equal(database_status(database, other_text),
	                    "1 001_a.sql applied\n-1 R__v.sql ahead -\n");
	database->options.auto_migrate = 0;
	database_expect_ok(database, other_text, 0);
}

static void tells_where_they_stand(void **state)
{
	struct database *database = *state;

	assert_string_equal(database_status(database, with_view),
	                    "1 001_a.sql pending -\n-1 R__v.sql pending -\n");
	database_expect_ok(database, with_view, 2);
	assert_string_equal(database_status(database, with_two_views),
	                    "1 001_a.sql applied\n-1 R__v.sql applied -\n-1 R__w.sql pending -\n");
	assert_string_equal(database_status(database, other_text),
	                    "1 001_a.sql applied\n-1 R__v.sql pending -\n");
}

static void fails_and_tries_again(void **state)
{
	struct database *database = *state;

	database_expect_ok(database, with_view, 2);
	database_expect_result(database, database_ensure(database, failing), INLAY_FAILED);
	assert_int_equal(database->error.version, -1); /* Not its revision. */
	assert_non_null(strstr(database->error.message, "migrations/R__v.sql:2:"));
	assert_non_null(strstr(database->error.message, "R__v is rolled back, "));
	database_expect(database, "SELECT id FROM v", "1");
	database_expect_result(database, database_ensure(database, failing), INLAY_FAILED);
	database_expect_ok(database, other_text, 1);
	database_expect_ok(database, other_text, 0);
}

static void tells_them_when_they_are_pending(void **state)
{
	struct database *database = *state;

	database_expect_ok(database, with_view, 2);
	database->options.auto_migrate = 0;
	database_expect_result(database, database_ensure(database, other_text), INLAY_PENDING);
	assert_string_equal(database->events, "pending R__v 1/1\n");
	database->options.auto_migrate = 1;
	database->options.dry_run = 1;
	database_expect_result(database, database_ensure(database, other_text), INLAY_PENDING);
	assert_non_null(strstr(database->shown, "\nCREATE VIEW v AS SELECT id * 2 AS id FROM a\n"));
	database_expect(database, "SELECT id FROM v", "1");
}

static void applies_a_set_of_nothing_else(void **state)
{
	static const struct set_file only[] = {
		{ "R__t.sql", "CREATE TABLE IF NOT EXISTS t (id INTEGER);\n"
		              "INSERT INTO t VALUES (1);\n" },
		SET_END,
	};
	struct database *database = *state;

	database_expect_ok(database, only, 1);
	database_expect_ok(database, only, 0);
	database_expect(database, "SELECT id FROM t", "1");
	assert_string_equal(database_status(database, only), "-1 R__t.sql applied -\n");
	database_expect_result(database, database_rollback(database, only, inlay_rollback_last(1)),
	                       INLAY_OK);
	assert_int_equal(database->error.rolled_back_count, 0);
}

/* An empty table of versions, and what is repeatable stays as it is. */
static void stays_when_everything_is_rolled_back(void **state)
{
	static const struct set_file files[] = {
		{ "001_a.sql", "-- migrate:up\nCREATE TABLE a (id INTEGER);\n"
		               "-- migrate:down\nDROP TABLE a;\n" },
		{ "R__t.sql", "CREATE TABLE IF NOT EXISTS t (id INTEGER);\n"
		              "INSERT INTO t VALUES (1);\n" },
		SET_END,
	};
	struct database *database = *state;

	database_expect_ok(database, files, 2);
	database_expect_result(database, database_rollback(database, files, inlay_rollback_to(0)),
	                       INLAY_OK);
	database_expect(database, "SELECT COUNT(*) FROM schema_migrations", "0");
	database->options.auto_migrate = 0;
	database_expect_result(database, database_ensure(database, files), INLAY_PENDING);
	assert_int_equal(database->error.pending_count, 1);
	database->options.auto_migrate = 1;
	database_expect_ok(database, files, 1);
	database_expect(database, "SELECT id FROM t", "1");
	database_expect_ok(database, files, 0);
}

/* --- Breaking --- */

static const struct set_file one[] = { ONE, SET_END };
static const struct set_file one_and_two[] = { ONE, TWO, SET_END };
static const struct set_file breaking[] = {
	ONE,
	{ "002_b.sql", "-- migrate:breaking\nALTER TABLE a ADD COLUMN name TEXT;\n" },
	{ "003_c.sql", "CREATE TABLE c (id INTEGER);\n" },
	{ "004_d.sql", "CREATE TABLE d (id INTEGER);\n" },
	SET_END,
};
static const struct set_file up_to_breaking[] = {
	ONE,
	{ "002_b.sql", "-- migrate:breaking\nALTER TABLE a ADD COLUMN name TEXT;\n" },
	SET_END,
};

static void bars_older_programs(void **state)
{
	struct database *database = *state;

	database_expect_ok(database, breaking, 4);
	database_expect_error(
	        database, one, INLAY_AHEAD,
	        "the database has 002_b.sql, and migration 2 breaks programs that do "
	        "not have it; nothing was changed: run a release of this program that "
	        "has that migration");
	database_expect_ok(database, up_to_breaking, 0);
	database_expect_ok(database, breaking, 0);
	database_expect(database, "SELECT floor FROM schema_migrations ORDER BY version",
	                "0\n2\n2\n2");
	database_expect_result(database, database_ensure(database, one_and_two), INLAY_EDITED);
}

/* A release from which it was taken out is older than one that has it, whatever it lets pass. */
static void bars_programs_that_miss_it(void **state)
{
	static const struct set_file without[] = {
		ONE,
		{ "003_c.sql", "CREATE TABLE c (id INTEGER);\n" },
		{ "004_d.sql", "CREATE TABLE d (id INTEGER);\n" },
		SET_END,
	};
	struct database *database = *state;

	database_expect_ok(database, breaking, 4);
	database->options.allow_missing = 1;
	database_expect_result(database, database_ensure(database, without), INLAY_AHEAD);
	assert_string_equal(database->error.message,
	                    "the database has 002_b.sql, and migration 2 breaks programs that do "
	                    "not have it; nothing was changed: run a release of this program that "
	                    "has that migration");
}

/* --- Calls --- */

#define CALLING                                                                                    \
	{                                                                                          \
		"002_call.sql", "INSERT INTO a VALUES (2);\n-- migrate:call double_all\n"          \
		                "INSERT INTO a VALUES (5);\n"                                      \
	}

static const struct set_file calling[] = { ONE, CALLING, SET_END };

static int run_sql(struct inlay_call *call, const char *sql)
{
	PGresult *result;
	bool done;

	if (call->sqlite != NULL)
		return sqlite3_exec(call->sqlite, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : 1;
	result = PQexec(call->postgres, sql);
	done = PQresultStatus(result) == PGRES_COMMAND_OK;
	PQclear(result);
	return done ? 0 : 1;
}

static int double_all(struct inlay_call *call)
{
	int *count = call->context;

	assert_int_equal(call->size, sizeof(*call));
	assert_int_equal(call->version, 2);
	assert_string_equal(call->migration, "002_call");
	assert_true((call->sqlite == NULL) != (call->postgres == NULL));
	(*count)++;
	return run_sql(call, "UPDATE a SET id = id * 2");
}

static int fail_with_words(struct inlay_call *call)
{
	(void)run_sql(call, "INSERT INTO a VALUES (99)");
	snprintf(call->message, sizeof(call->message), "the moon is\nnot full");
	return 3;
}

static int commit_behind_our_back(struct inlay_call *call)
{
	return run_sql(call, "COMMIT");
}

static int commit_and_begin(struct inlay_call *call)
{
	(void)run_sql(call, "COMMIT");
	return run_sql(call, call->sqlite != NULL ? "BEGIN IMMEDIATE" : "BEGIN");
}

static int commit_begin_and_fail(struct inlay_call *call)
{
	(void)commit_and_begin(call);
	return 1;
}

static int leave_it_failed(struct inlay_call *call)
{
	(void)run_sql(call, "INSERT INTO nowhere VALUES (1)");
	return 0;
}

static enum inlay_result ensure_with(struct database *database, const struct set_file *files,
                                     inlay_function *function)
{
	struct compiled_set compiled = set_compile(files, database->dialect);
	inlay_function *const functions[] = { function };
	enum inlay_result result;

	assert_string_equal(compiled.function_names[0], "double_all");
	compiled.set.functions = functions;
	result = database_ensure_set(database, &compiled.set);
	set_destroy(&compiled);
	return result;
}

static void calls_a_function(void **state)
{
	struct database *database = *state;
	int count = 0;

	database->options.call_context = &count;
	database_expect_result(database, ensure_with(database, calling, double_all), INLAY_OK);
	assert_int_equal(count, 1);
	database_expect(database, "SELECT id FROM a ORDER BY id", "2\n4\n5");
	database_expect_result(database, ensure_with(database, calling, double_all), INLAY_OK);
	assert_int_equal(count, 1);
}

static void rolls_back_when_it_fails(void **state)
{
	struct database *database = *state;
	int count = 0;

	database->options.call_context = &count;
	database_expect_result(database, ensure_with(database, calling, fail_with_words),
	                       INLAY_FAILED);
	assert_non_null(
	        strstr(database->error.message,
	               "migrations/002_call.sql:2:17: double_all() failed with 3: the moon is "
	               "not full; 002_call is rolled back, 1 earlier migration stays "
	               "applied"));
	database_expect(database, "SELECT id FROM a ORDER BY id", "1");
	database_expect_result(database, ensure_with(database, calling, double_all), INLAY_OK);
	database_expect(database, "SELECT id FROM a ORDER BY id", "2\n4\n5");
}

static void notices_what_a_function_leaves(void **state)
{
	struct database *database = *state;

	database_expect_result(database, ensure_with(database, calling, commit_behind_our_back),
	                       INLAY_INTERRUPTED);
	assert_non_null(strstr(database->error.message, "the function ended the migration's "
	                                                "transaction"));
}

/* There is a transaction again, but not ours. */
static void notices_another_transaction(void **state)
{
	struct database *database = *state;
	inlay_function *const functions[] = { commit_and_begin, commit_begin_and_fail };

	for (size_t i = 0; i < 2; i++) {
		database_expect_result(database, ensure_with(database, calling, functions[i]),
		                       INLAY_INTERRUPTED);
		assert_non_null(strstr(database->error.message,
		                       "the function ended the migration's transaction"));
		assert_non_null(
		        strstr(database->error.message, "what ran up to it may be committed"));
		database_expect(database, "SELECT id FROM a ORDER BY id", "1\n2");
		database_clear(database);
	}
}

static void notices_a_failed_transaction(void **state)
{
	struct database *database = *state;

	database_expect_result(database, ensure_with(database, calling, leave_it_failed),
	                       INLAY_FAILED);
	assert_non_null(strstr(database->error.message,
	                       "the function left the migration's transaction failed"));
	database_expect(database, "SELECT id FROM a ORDER BY id", "1");
}

static void does_not_call_in_a_dry_run(void **state)
{
	struct database *database = *state;
	int count = 0;

	database->options.call_context = &count;
	database->options.dry_run = 1;
	database_expect_result(database, ensure_with(database, calling, double_all), INLAY_PENDING);
	assert_int_equal(count, 0);
	assert_non_null(strstr(database->shown, "double_all"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DATABASE_TEST_BOTH(applies_them_after_the_others),
		DATABASE_TEST_BOTH(applies_those_that_changed),
		DATABASE_TEST_BOTH(leaves_them_to_newer_programs),
		DATABASE_TEST_BOTH(applies_another_text_without_a_lock_file),
		DATABASE_TEST_GATES(leaves_a_later_revision_alone),
		DATABASE_TEST_BOTH(tells_where_they_stand),
		DATABASE_TEST_BOTH(fails_and_tries_again),
		DATABASE_TEST_BOTH(tells_them_when_they_are_pending),
		DATABASE_TEST_BOTH(applies_a_set_of_nothing_else),
		DATABASE_TEST_BOTH(stays_when_everything_is_rolled_back),
		DATABASE_TEST_BOTH(bars_older_programs),
		DATABASE_TEST_BOTH(bars_programs_that_miss_it),
		DATABASE_TEST_BOTH(calls_a_function),
		DATABASE_TEST_BOTH(rolls_back_when_it_fails),
		DATABASE_TEST_BOTH(notices_what_a_function_leaves),
		DATABASE_TEST_BOTH(notices_another_transaction),
		DATABASE_TEST_GATES(notices_a_failed_transaction),
		DATABASE_TEST_BOTH(does_not_call_in_a_dry_run),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
