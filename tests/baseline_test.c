/* baseline_test.c - inlay_baseline() on both real databases: what is recorded, and how. */
#include "support/baseline.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/* cmocka.h wants some of those first. */
#include <cmocka.h>

#define VIEW                                                                                       \
	{                                                                                          \
		"R__v.sql", "DROP VIEW IF EXISTS v;\nCREATE VIEW v AS SELECT id FROM a;\n"         \
	}
#define OTHER_VIEW                                                                                 \
	{                                                                                          \
		"R__w.sql", "DROP VIEW IF EXISTS w;\nCREATE VIEW w AS SELECT id FROM b;\n"         \
	}

static const struct set_file two[] = { BASELINE_TABLE("1", "a"), BASELINE_TABLE("2", "b"),
	                               SET_END };
static const struct set_file three[] = { BASELINE_TABLE("1", "a"), BASELINE_TABLE("2", "b"),
	                                 BASELINE_TABLE("3", "c"), SET_END };
static const struct set_file four[] = { BASELINE_TABLE("1", "a"), BASELINE_TABLE("2", "b"),
	                                BASELINE_TABLE("3", "c"), BASELINE_TABLE("4", "d"),
	                                SET_END };
static const struct set_file with_view[] = { BASELINE_TABLE("1", "a"), BASELINE_TABLE("2", "b"),
	                                     VIEW, SET_END };
static const struct set_file with_views[] = { BASELINE_TABLE("1", "a"), BASELINE_TABLE("2", "b"),
	                                      VIEW, OTHER_VIEW, SET_END };

static const char versions[] = "SELECT version FROM schema_migrations ORDER BY version";
static const char lines[] = "SELECT version, filename, action, direction, message,"
                            " duration_ms IS NULL FROM schema_migrations_log ORDER BY sequence";
/* All that a run and a record have in common. */
static const char rows[] = "SELECT version, filename, checksum, source_checksum, chain, previous,"
                           " floor, status, direction, progress, attempt, inlay_version, up, down"
                           " FROM schema_migrations ORDER BY version";

/* The rows that applying them would have left, in an empty database. */
static char *rows_of_applied(struct database *database, const struct set_file *files)
{
	char *answer;

	database_clear(database);
	database_expect_result(database, database_ensure(database, files), INLAY_OK);
	answer = strdup(database_ask(database, rows));
	assert_non_null(answer);
	database_clear(database);
	return answer;
}

/* --- What is recorded --- */

static void records_up_to_a_version(void **state)
{
	struct database *database = *state;

	baseline_make_by_hand(database, "ab");
	baseline_expect(database, three, inlay_baseline_to(2), 2);
	assert_string_equal(database->events, "baselined 001_a 1/2\nbaselined 002_b 2/2\n");
	database_expect(database, lines,
	                database_either(database,
	                                "1|001_a.sql|baselined|up|NULL|1\n"
	                                "2|002_b.sql|baselined|up|NULL|1",
	                                "1|001_a.sql|baselined|up|NULL|t\n"
	                                "2|002_b.sql|baselined|up|NULL|t"));
	assert_string_equal(database_history(database),
	                    "1 001_a.sql baselined \n2 002_b.sql baselined \n");
	baseline_expect_at_head(database, two);
	database_expect_ok(database, three, 1);
	assert_string_equal(database->events, "applying 003_c 1/1\napplied 003_c 1/1\n");
	database_expect(database, versions, "1\n2\n3");
	baseline_expect_at_head(database, three);
}

static void leaves_the_rows_of_applied_ones(void **state)
{
	struct database *database = *state;
	char *expected = rows_of_applied(database, three);

	baseline_make_by_hand(database, "abc");
	baseline_expect(database, three, inlay_baseline_to(3), 3);
	database_expect(database, rows, expected);
	database_expect(database,
	                "SELECT COUNT(*) FROM schema_migrations WHERE actor LIKE '%process %'"
	                " AND duration_ms IS NULL",
	                "3");
	free(expected);
}

static void records_nothing_twice(void **state)
{
	struct database *database = *state;
	char before[2000];

	baseline_make_by_hand(database, "ab");
	baseline_expect(database, three, inlay_baseline_to(2), 2);
	(void)snprintf(before, sizeof(before), "%s",
	               database_ask(database, "SELECT * FROM schema_migrations"));
	baseline_expect(database, three, inlay_baseline_to(2), 0);
	assert_string_equal(database->events, "");
	database_expect(database, "SELECT * FROM schema_migrations", before);
	database_expect(database, "SELECT COUNT(*) FROM schema_migrations_log", "2");
	/* Nor when later ones are there. */
	database_expect_ok(database, three, 1);
	baseline_expect(database, three, inlay_baseline_to(2), 0);
	baseline_expect(database, two, inlay_baseline_to(2), 0);
}

static void goes_on_from_what_is_there(void **state)
{
	struct database *database = *state;
	char *expected = rows_of_applied(database, three);

	database_expect_ok(database, two, 2);
	baseline_make_by_hand(database, "c");
	baseline_expect(database, three, inlay_baseline_to(3), 1);
	assert_string_equal(database->events, "baselined 003_c 1/1\n");
	database_expect(database, rows, expected);
	baseline_expect_at_head(database, three);
	free(expected);
}

static void what_is_recorded_can_be_rolled_back(void **state)
{
	struct inlay_rollback_scope scope = inlay_rollback_last(1);
	struct database *database = *state;

	baseline_make_by_hand(database, "ab");
	baseline_expect(database, two, inlay_baseline_to(2), 2);
	database_expect_result(database, database_rollback(database, two, scope), INLAY_OK);
	database_expect(database, versions, "1");
	/* By a program that does not have it, from the database. */
	scope = inlay_rollback_to(0);
	scope.use_stored = 1;
	database_expect_result(
	        database,
	        database_rollback(database,
	                          (struct set_file[]){ BASELINE_TABLE("9", "z"), SET_END }, scope),
	        INLAY_OK);
	database_expect(database, versions, "");
	database_expect_ok(database, two, 2);
}

static void keeps_what_is_breaking(void **state)
{
	static const struct set_file files[] = {
		BASELINE_TABLE("1", "a"),
		{ "002_b.sql", "-- migrate:breaking\nCREATE TABLE b (id INTEGER);\n" },
		BASELINE_TABLE("3", "c"),
		SET_END,
	};
	struct database *database = *state;

	baseline_expect(database, files, inlay_baseline_to(3), 3);
	database_expect(database, "SELECT version, floor FROM schema_migrations ORDER BY version",
	                "1|0\n2|2\n3|2");
	database_expect_result(
	        database,
	        database_ensure(database, (struct set_file[]){ BASELINE_TABLE("1", "a"), SET_END }),
	        INLAY_AHEAD);
}

/* --- Another tool's history --- */

static void adopts_with_gaps_and_times(void **state)
{
	static const struct inlay_baseline_row rows_of_goose[] = {
		{ 4, "2024-02-29 23:59:59" },
		{ 1, "2019-01-02 03:04:05" },
		{ 3, NULL },
	};
	struct inlay_baseline_scope scope = inlay_baseline_of(rows_of_goose, 3);
	struct database *database = *state;
	char *expected = rows_of_applied(database, four);
	struct inlay_options options = database->options;

	baseline_make_by_hand(database, "acd");
	scope.adopted_from = "goose";
	baseline_expect(database, four, scope, 3);
	assert_string_equal(database_history(database),
	                    "1 001_a.sql adopted from goose\n3 003_c.sql adopted from goose\n"
	                    "4 004_d.sql adopted from goose\n");
	database_expect(database,
	                database_either(database,
	                                "SELECT version, applied_at FROM schema_migrations"
	                                " WHERE version <> 3 ORDER BY version",
	                                "SELECT version, to_char(applied_at AT TIME ZONE 'UTC',"
	                                " 'YYYY-MM-DD HH24:MI:SS') FROM schema_migrations"
	                                " WHERE version <> 3 ORDER BY version"),
	                "1|2019-01-02 03:04:05\n4|2024-02-29 23:59:59");
	database_expect(database,
	                "SELECT COUNT(*) FROM schema_migrations WHERE version = 3"
	                " AND applied_at >= '2026-01-01'",
	                "1");
	database_expect(database,
	                "SELECT version, chain, previous FROM schema_migrations"
	                " WHERE version > 1 ORDER BY version",
	                "3|late 3|late before 3\n4|late 4|late before 4");
	/* What was left out is late. */
	database_expect_result(database, database_ensure(database, four), INLAY_LATE);
	assert_int_equal(database->error.version, 2);
	database->options.allow_late = 1;
	database_expect_ok(database, four, 1);
	database->options = options;
	database_expect(database, rows, expected);
	baseline_expect_at_head(database, four);
	free(expected);
}

/* A history that begins with a gap, and is gone on with before that is filled. */
static void goes_on_behind_a_gap(void **state)
{
	static const struct inlay_baseline_row second[] = { { 2, NULL } };
	static const struct inlay_baseline_row third[] = { { 3, NULL } };
	struct database *database = *state;
	char *expected = rows_of_applied(database, four);

	baseline_make_by_hand(database, "bc");
	baseline_expect(database, four, inlay_baseline_of(second, 1), 1);
	baseline_expect(database, four, inlay_baseline_of(third, 1), 1);
	database_expect(database, "SELECT version, chain FROM schema_migrations ORDER BY version",
	                "2|late 2\n3|late 3");
	database->options.allow_late = 1;
	database_expect_ok(database, four, 2);
	database->options.allow_late = 0;
	database_expect(database, rows, expected);
	baseline_expect_at_head(database, four);
	free(expected);
}

static void refuses_what_would_be_late(void **state)
{
	static const struct inlay_baseline_row third[] = { { 3, NULL } };
	struct database *database = *state;

	baseline_expect(database, three, inlay_baseline_of(third, 1), 1);
	baseline_expect_refused(
	        database, three, inlay_baseline_to(3), INLAY_LATE,
	        "migrations/001_a.sql: 001_a can not be recorded behind later ones: let "
	        "ensure_migrated() apply it with options->allow_late; nothing was changed");
	assert_int_equal(database->error.version, 1);
	assert_string_equal(database->error.migration, "001_a");
	assert_string_equal(database->error.file, "migrations/001_a.sql");
	database_expect(database, versions, "3");
}

/* --- Repeatable ones --- */

static const char repeatables[] = "SELECT repeatables <> '', fingerprint <> ''"
                                  " FROM schema_migrations_state";

static void records_repeatables_with_the_last(void **state)
{
	struct database *database = *state;

	baseline_make_by_hand(database, "ab");
	baseline_expect(database, with_views, inlay_baseline_to(2), 4);
	assert_string_equal(database->events, "baselined 001_a 1/4\nbaselined 002_b 2/4\n"
	                                      "baselined R__v 3/4\nbaselined R__w 4/4\n");
	assert_string_equal(database_history(database),
	                    "1 001_a.sql baselined \n2 002_b.sql baselined \n"
	                    "-1 R__v.sql baselined \n-1 R__w.sql baselined \n");
	database_expect(database,
	                "SELECT DISTINCT direction FROM schema_migrations_log"
	                " WHERE version = -1",
	                "repeatable");
	assert_string_equal(database_status(database, with_view),
	                    "1 001_a.sql applied -\n2 002_b.sql applied -\n"
	                    "-1 R__v.sql applied -\n");
	baseline_expect_at_head(database, with_views);
	database_expect_ok(database, with_views, 0);
}

static void leaves_repeatables_pending(void **state)
{
	static const struct inlay_baseline_row second[] = { { 2, NULL } };
	struct inlay_baseline_scope scope = inlay_baseline_to(2);
	const char *no = database_either(*state, "0|0", "f|f");
	struct database *database = *state;

	/* They belong to the last version, */
	baseline_make_by_hand(database, "a");
	baseline_expect(database, with_view, inlay_baseline_to(1), 1);
	database_expect(database, repeatables, no);
	database_expect_ok(database, with_view, 2);
	/* with nothing left out, */
	database_clear(database);
	baseline_expect(database, with_view, inlay_baseline_of(second, 1), 1);
	database_expect(database, repeatables, no);
	/* unless the caller says otherwise. */
	database_clear(database);
	baseline_make_by_hand(database, "ab");
	scope.repeatables = 0;
	baseline_expect(database, with_view, scope, 2);
	database_expect(database, repeatables, no);
	/* A call that records no version does not put them there either. */
	baseline_expect(database, with_view, inlay_baseline_to(2), 0);
	database_expect_ok(database, with_view, 1);
	baseline_expect_at_head(database, with_view);
}

static void keeps_repeatables_that_are_there(void **state)
{
	static const struct set_file before[] = {
		BASELINE_TABLE("1", "a"),
		{ "R__v.sql", "CREATE VIEW v AS SELECT id + 1 AS id FROM a;\n" },
		SET_END,
	};
	struct database *database = *state;

	database_expect_ok(database, before, 2);
	baseline_make_by_hand(database, "b");
	baseline_expect(database, with_views, inlay_baseline_to(2), 2);
	assert_string_equal(database->events, "baselined 002_b 1/2\nbaselined R__w 2/2\n");
	/* The other one has changed since. */
	database_expect_ok(database, with_views, 1);
	assert_string_equal(database->events, "applying R__v 1/1\napplied R__v 1/1\n");
	baseline_expect_at_head(database, with_views);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DATABASE_TEST_BOTH(records_up_to_a_version),
		DATABASE_TEST_BOTH(leaves_the_rows_of_applied_ones),
		DATABASE_TEST_BOTH(records_nothing_twice),
		DATABASE_TEST_BOTH(goes_on_from_what_is_there),
		DATABASE_TEST_BOTH(what_is_recorded_can_be_rolled_back),
		DATABASE_TEST_BOTH(keeps_what_is_breaking),
		DATABASE_TEST_BOTH(adopts_with_gaps_and_times),
		DATABASE_TEST_BOTH(goes_on_behind_a_gap),
		DATABASE_TEST_BOTH(refuses_what_would_be_late),
		DATABASE_TEST_BOTH(records_repeatables_with_the_last),
		DATABASE_TEST_BOTH(leaves_repeatables_pending),
		DATABASE_TEST_BOTH(keeps_repeatables_that_are_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
