/* baseline_refusal_test.c - inlay_baseline(): what is refused, and what options change. */
#include "support/baseline.h"

#include <setjmp.h>
#include <stdio.h>
#include <string.h>
/* cmocka.h wants some of those first. */
#include <cmocka.h>

#define VIEW                                                                                       \
	{                                                                                          \
		"R__v.sql", "DROP VIEW IF EXISTS v;\nCREATE VIEW v AS SELECT id FROM a;\n"         \
	}

static const struct set_file two[] = { BASELINE_TABLE("1", "a"), BASELINE_TABLE("2", "b"),
	                               SET_END };
static const struct set_file three[] = { BASELINE_TABLE("1", "a"), BASELINE_TABLE("2", "b"),
	                                 BASELINE_TABLE("3", "c"), SET_END };
static const struct set_file with_view[] = { BASELINE_TABLE("1", "a"), BASELINE_TABLE("2", "b"),
	                                     VIEW, SET_END };

static const char versions[] = "SELECT version FROM schema_migrations ORDER BY version";

static void refuses_a_scope_that_makes_no_sense(void **state)
{
	static const struct inlay_baseline_row unknown[] = { { 1, NULL }, { 7, NULL } };
	static const struct inlay_baseline_row twice[] = { { 1, NULL }, { 1, NULL } };
	static const struct inlay_baseline_row both[] = { { 1, NULL } };
	struct inlay_baseline_scope scope = inlay_baseline_to(2);
	const char *unset = "the scope is not set: begin with inlay_baseline_to() or "
	                    "inlay_baseline_of(); nothing was changed";
	const char *name = "scope->adopted_from must have 1 to 100 bytes; nothing was changed";
	char long_name[102];
	struct database *database = *state;

	baseline_expect_refused(
	        database, three, inlay_baseline_to(7), INLAY_MISUSE,
	        "scope->to_version is 7, which the set does not have; nothing was changed");
	baseline_expect_refused(
	        database, three, inlay_baseline_of(unknown, 2), INLAY_MISUSE,
	        "scope->rows has version 7 which the set does not have; nothing was "
	        "changed");
	baseline_expect_refused(database, three, inlay_baseline_of(twice, 2), INLAY_MISUSE,
	                        "scope->rows has version 1 twice; nothing was changed");
	baseline_expect_refused(database, three, inlay_baseline_of(NULL, 0), INLAY_MISUSE, unset);
	baseline_expect_refused(database, three, inlay_baseline_of(NULL, 1), INLAY_MISUSE, unset);
	baseline_expect_refused(database, three, inlay_baseline_to(-2), INLAY_MISUSE, unset);
	scope.rows = both;
	scope.row_count = 1;
	baseline_expect_refused(database, three, scope, INLAY_MISUSE, unset);
	scope = inlay_baseline_to(2);
	scope.size = 8;
	baseline_expect_refused(database, three, scope, INLAY_MISUSE, unset);
	scope = inlay_baseline_to(2);
	scope.adopted_from = "";
	baseline_expect_refused(database, three, scope, INLAY_MISUSE, name);
	memset(long_name, 'x', sizeof(long_name) - 1);
	long_name[sizeof(long_name) - 1] = '\0';
	scope.adopted_from = long_name;
	baseline_expect_refused(database, three, scope, INLAY_MISUSE, name);
	long_name[100] = '\0';
	baseline_expect(database, three, scope, 2);
	assert_non_null(strstr(database_history(database), "adopted from xxx"));
}

static void refuses_times_that_are_none(void **state)
{
	static const char *const bad[] = {
		"",
		"2024-01-01",
		"2024-01-01T00:00:00",
		"2024-01-01 00:00:00Z",
		"2024-13-01 00:00:00",
		"2024-00-01 00:00:00",
		"2023-02-29 00:00:00",
		"1900-02-29 00:00:00",
		"2024-04-31 00:00:00",
		"2024-01-00 00:00:00",
		"2024-01-01 24:00:00",
		"2024-01-01 00:60:00",
		"2024-01-01 00:00:60",
		"2024-01-01 00:00:0x",
		"0000-01-01 00:00:00",
	};
	struct database *database = *state;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct inlay_baseline_row row = { 1, bad[i] };

		baseline_expect_refused(database, three, inlay_baseline_of(&row, 1), INLAY_MISUSE,
		                        "scope->rows has version 1 with another applied_at than "
		                        "\"YYYY-MM-DD HH:MM:SS\"; nothing was changed");
	}
}

static void refuses_another_history(void **state)
{
	static const struct set_file edited[] = { { "001_a.sql", "CREATE TABLE a (id TEXT);\n" },
		                                  BASELINE_TABLE("2", "b"),
		                                  SET_END };
	static const struct set_file missing[] = { BASELINE_TABLE("2", "b"),
		                                   BASELINE_TABLE("3", "c"), SET_END };
	struct database *database = *state;

	database_expect_ok(database, (struct set_file[]){ BASELINE_TABLE("1", "a"), SET_END }, 1);
	database_expect_result(database, database_baseline(database, edited, inlay_baseline_to(2)),
	                       INLAY_EDITED);
	database_expect_result(database, database_baseline(database, missing, inlay_baseline_to(3)),
	                       INLAY_MISSING);
	database_expect(database, versions, "1");
	database_expect(database, "SELECT COUNT(*) FROM schema_migrations_log", "1");
	/* Unless they are allowed. */
	database->options.allow_edited = 1;
	baseline_expect(database, edited, inlay_baseline_to(2), 1);
	database->options.allow_missing = 1;
	baseline_expect(database, missing, inlay_baseline_to(3), 1);
	database_expect(database, versions, "1\n2\n3");
	database->options.allow_missing = 0;
	database->options.refuse_ahead = 1;
	database_expect_result(database, database_baseline(database, edited, inlay_baseline_to(2)),
	                       INLAY_AHEAD);
}

static void refuses_what_is_not_finished(void **state)
{
	static const struct set_file files[] = {
		BASELINE_TABLE("1", "a"),
		{ "002_b.sql", "-- migrate:up transaction:false\nINSERT INTO a VALUES (1);\n"
		               "INSERT INTO nowhere VALUES (1);\n" },
		BASELINE_TABLE("3", "c"),
		SET_END,
	};
	struct database *database = *state;

	database_expect_result(database, database_ensure(database, files), INLAY_INTERRUPTED);
	baseline_expect_refused(
	        database, files, inlay_baseline_to(3), INLAY_INTERRUPTED,
	        "migrations/002_b.sql: 002_b is not finished: let ensure_migrated() go on "
	        "with it first; nothing was changed");
	database_expect(database, versions, "1\n2");
}

static void refuses_another_tools_table(void **state)
{
	struct database *database = *state;

	database_run(database, "CREATE TABLE schema_migrations (version TEXT)");
	database_expect_result(database, database_baseline(database, two, inlay_baseline_to(2)),
	                       INLAY_FOREIGN);
	database_expect(database, "SELECT COUNT(*) FROM schema_migrations", "0");
}

static void does_not_write_where_nobody_can(void **state)
{
	struct database *database = *state;

	database_run(database, "PRAGMA query_only = ON");
	baseline_expect_refused(
	        database, two, inlay_baseline_to(2), INLAY_UNREACHABLE,
	        "migrations can not be recorded as applied: attempt to write a readonly "
	        "database (SQLite 8)");
}

static void does_not_write_without_rights(void **state)
{
	struct database *database = *state;

	database_run(database, "DROP ROLE IF EXISTS inlay_baseline_reader;"
	                       "CREATE ROLE inlay_baseline_reader;"
	                       "REVOKE CREATE ON SCHEMA public FROM PUBLIC;"
	                       "SET ROLE inlay_baseline_reader");
	baseline_expect_refused(
	        database, two, inlay_baseline_to(2), INLAY_FAILED,
	        database_by_gate(database,
	                         "migrations/001_a.sql: it can not be recorded as applied: "
	                         "permission denied for schema public (SQLSTATE 42501); "
	                         "nothing was changed",
	                         "migrations can not be recorded as applied: permission "
	                         "denied for schema public (SQLSTATE 42501)"));
	database_run(database, "RESET ROLE; DROP ROLE inlay_baseline_reader");
}

static void says_why_it_can_not_be_written(void **state)
{
	struct database *database = *state;

	database_expect_ok(database, (struct set_file[]){ BASELINE_TABLE("1", "a"), SET_END }, 1);
	database_run(
	        database,
	        database_either(database,
	                        "CREATE TRIGGER no BEFORE INSERT ON schema_migrations_log BEGIN"
	                        " SELECT RAISE(ABORT, 'no more'); END",
	                        "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS"
	                        " 'BEGIN RAISE EXCEPTION ''no more''; END';"
	                        "CREATE TRIGGER no BEFORE INSERT ON schema_migrations_log"
	                        " FOR EACH ROW EXECUTE FUNCTION no()"));
	baseline_expect_refused(
	        database, three, inlay_baseline_to(3), INLAY_FAILED,
	        database_either(database,
	                        "migrations/002_b.sql: it can not be recorded as applied: "
	                        "no more (SQLite 1811); nothing was changed",
	                        "migrations/002_b.sql: it can not be recorded as applied: "
	                        "no more (SQLSTATE P0001); nothing was changed"));
	database_expect(database, versions, "1");
}

static void tells_who_keeps_it_busy(void **state)
{
	struct database *database = *state;
	sqlite3 *other = NULL;

	assert_int_equal(sqlite3_open(database->path, &other), SQLITE_OK);
	assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
	database->options.lock_timeout_ms = 60;
	database_expect_result(database, database_baseline(database, two, inlay_baseline_to(2)),
	                       INLAY_LOCKED);
	assert_non_null(strstr(database->error.message, "; 0 migrations were recorded before that "
	                                                "and stay: call again"));
	(void)sqlite3_close(other);
	baseline_expect(database, two, inlay_baseline_to(2), 2);
}

/* --- Options --- */

static void a_dry_run_writes_nothing(void **state)
{
	struct database *database = *state;

	database->options.dry_run = 1;
	database_expect_result(database,
	                       database_baseline(database, with_view, inlay_baseline_to(2)),
	                       INLAY_PENDING);
	assert_string_equal(database->error.message,
	                    "3 migrations would be recorded as applied, 001_a first; nothing was "
	                    "changed: this is a dry run (dry_run is on: option)");
	assert_int_equal(database->error.pending_count, 3);
	assert_int_equal(database->error.recorded_count, 0);
	assert_string_equal(database->events,
	                    "pending 001_a 1/3\npending 002_b 2/3\npending R__v 3/3\n");
	assert_non_null(strstr(database->shown, "BEGIN\n"));
	assert_non_null(strstr(database->shown, "INSERT INTO"));
	assert_non_null(strstr(database->shown, "COMMIT\n"));
	assert_null(strstr(database->shown, "CREATE TABLE a"));
	database->options.dry_run = 0;
	assert_string_equal(database_status(database, two),
	                    "1 001_a.sql pending -\n2 002_b.sql pending -\n");
	baseline_expect(database, two, inlay_baseline_to(2), 2);
	database->options.dry_run = 1;
	baseline_expect(database, two, inlay_baseline_to(2), 0);
	assert_string_equal(database->shown, "");
}

static void does_not_care_who_may_migrate(void **state)
{
	struct database *database = *state;

	database->options.auto_migrate = 0;
	database->options.rollout_percent = 0;
	database->options.separate_commits = 1;
	database->options.table = "history \"of\" ours";
	baseline_expect(database, two, inlay_baseline_to(2), 2);
	baseline_expect_at_head(database, two);
	database->options.table = "schema_migrations";
	database->options.to_version = 1;
	baseline_expect(database, with_view, inlay_baseline_to(1), 1);
	baseline_expect_refused(
	        database, with_view, inlay_baseline_to(2), INLAY_MISUSE,
	        "scope->to_version is 2, which the set does not have; nothing was changed");
}

static void cancel_behind_the_gate(void *context, const struct inlay_event *event)
{
	volatile int *cancel = context;

	if (event->kind == INLAY_EVENT_LOCKED)
		*cancel = 1;
}

static void stops_when_it_is_cancelled(void **state)
{
	struct database *database = *state;
	struct compiled_set set = set_compile(two, database->dialect);
	struct inlay_baseline_scope scope = inlay_baseline_to(2);
	volatile int cancel = 0;
	enum inlay_result result;

	database->options.cancel = &cancel;
	database->options.on_event = cancel_behind_the_gate;
	database->options.context = (void *)(uintptr_t)&cancel;
	database->error = inlay_error_init();
	if (database->dialect == INLAY_DIALECT_SQLITE)
		result = inlay_baseline(database->sqlite, &set.set, &scope, &database->options,
		                        &database->error);
	else
		result = inlay_baseline(database->postgres, &set.set, &scope, &database->options,
		                        &database->error);
	set_destroy(&set);
	assert_int_equal(cancel, 1);
	database_expect_result(database, result, INLAY_CANCELLED);
	assert_string_equal(database->error.message,
	                    "the call was cancelled (options->cancel); 0 migrations were recorded "
	                    "before that and stay");
	assert_int_equal(database->error.recorded_count, 0);
	cancel = 0;
	baseline_expect(database, two, inlay_baseline_to(2), 2);
}

static void remembers_nothing_untrue(void **state)
{
	struct inlay_cache_statistics statistics = inlay_cache_statistics_init();
	struct database *database = *state;

	baseline_make_by_hand(database, "ab");
	database->options.cache_ttl_ms = 600000;
	database->options.auto_migrate = 0;
	database_expect_result(database, database_ensure(database, two), INLAY_PENDING);
	baseline_expect(database, two, inlay_baseline_to(2), 2);
	database_expect_result(database, database_ensure(database, two), INLAY_OK);
	inlay_cache_read(&statistics);
	assert_int_equal(statistics.stale_hit_count, 0);
}

static void records_in_a_schema(void **state)
{
	struct database *database = *state;

	database->options.schema = "tenant \"7\"";
	baseline_expect(database, two, inlay_baseline_to(2), 2);
	database_expect(database, "SELECT COUNT(*) FROM \"tenant \"\"7\"\"\".schema_migrations",
	                "2");
	baseline_expect_at_head(database, two);
	database->options.schema = NULL;
	assert_string_equal(database_status(database, two),
	                    "1 001_a.sql pending -\n2 002_b.sql pending -\n");
}

static void does_not_begin_a_history_twice(void **state)
{
	struct database *database = *state;

	database_expect_ok(database, two, 2);
	database_run(database, "CREATE SCHEMA app; SET search_path = app, public");
	database_expect_result(database, database_baseline(database, two, inlay_baseline_to(2)),
	                       INLAY_FOREIGN);
	assert_non_null(strstr(database->error.message,
	                       "this set's history is in public.schema_migrations"));
}

/* SQLite's user_version is ours only where it was before, or the caller says so. */
static void marks_only_what_is_ours(void **state)
{
	struct database *database = *state;

	baseline_make_by_hand(database, "ab");
	baseline_expect(database, three, inlay_baseline_to(2), 2);
	database_expect(database, "PRAGMA user_version", "0");
	database->options.user_version = INLAY_USER_VERSION_CLAIM;
	baseline_make_by_hand(database, "c");
	baseline_expect(database, three, inlay_baseline_to(3), 1);
	assert_int_equal(database_ask(database, "PRAGMA user_version")[0], '-');
	baseline_expect_at_head(database, three);
	database_clear(database);
	baseline_make_by_hand(database, "a");
	database_run(database, "PRAGMA user_version = 5");
	baseline_expect(database, three, inlay_baseline_to(1), 1);
	database_expect(database, "PRAGMA user_version", "5");
	/* One that we keep stays true. */
	database->options.user_version = INLAY_USER_VERSION_AUTO;
	database_clear(database);
	database_expect_ok(database, two, 2);
	baseline_make_by_hand(database, "c");
	baseline_expect(database, three, inlay_baseline_to(3), 1);
	assert_int_equal(database_ask(database, "PRAGMA user_version")[0], '-');
	database_expect_result(database, database_check(database, three), INLAY_OK);
	baseline_expect_at_head(database, three);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DATABASE_TEST_SQLITE(refuses_a_scope_that_makes_no_sense),
		DATABASE_TEST_SQLITE(refuses_times_that_are_none),
		DATABASE_TEST_BOTH(refuses_another_history),
		DATABASE_TEST_BOTH(refuses_what_is_not_finished),
		DATABASE_TEST_BOTH(refuses_another_tools_table),
		DATABASE_TEST_FILE(does_not_write_where_nobody_can),
		DATABASE_TEST_GATES(does_not_write_without_rights),
		DATABASE_TEST_BOTH(says_why_it_can_not_be_written),
		DATABASE_TEST_FILE(tells_who_keeps_it_busy),
		DATABASE_TEST_BOTH(a_dry_run_writes_nothing),
		DATABASE_TEST_BOTH(does_not_care_who_may_migrate),
		DATABASE_TEST_BOTH(stops_when_it_is_cancelled),
		DATABASE_TEST_BOTH(remembers_nothing_untrue),
		DATABASE_TEST_GATES(records_in_a_schema),
		DATABASE_TEST_GATES(does_not_begin_a_history_twice),
		DATABASE_TEST_FILE(marks_only_what_is_ours),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
