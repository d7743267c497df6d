/* baseline_test.c - inlay_baseline() on both real databases: what is recorded, refused, told. */
#include "support/database.h"
#include "support/fake_driver.h"

#include "../runtime/baseline.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
/* cmocka.h wants some of those first. */
#include <cmocka.h>

#define TABLE(version, name)                                                                       \
	{                                                                                          \
		"00" version "_" name ".sql",                                                      \
		        "-- migrate:up\nCREATE TABLE " name " (id INTEGER);\n-- migrate:down\n"    \
		        "DROP TABLE " name ";\n"                                                   \
	}
#define VIEW                                                                                       \
	{                                                                                          \
		"R__v.sql", "DROP VIEW IF EXISTS v;\nCREATE VIEW v AS SELECT id FROM a;\n"         \
	}
#define OTHER_VIEW                                                                                 \
	{                                                                                          \
		"R__w.sql", "DROP VIEW IF EXISTS w;\nCREATE VIEW w AS SELECT id FROM b;\n"         \
	}

static const struct set_file two[] = { TABLE("1", "a"), TABLE("2", "b"), SET_END };
static const struct set_file three[] = { TABLE("1", "a"), TABLE("2", "b"), TABLE("3", "c"),
	                                 SET_END };
static const struct set_file four[] = { TABLE("1", "a"), TABLE("2", "b"), TABLE("3", "c"),
	                                TABLE("4", "d"), SET_END };
static const struct set_file with_view[] = { TABLE("1", "a"), TABLE("2", "b"), VIEW, SET_END };
static const struct set_file with_views[] = { TABLE("1", "a"), TABLE("2", "b"), VIEW, OTHER_VIEW,
	                                      SET_END };

static const char versions[] = "SELECT version FROM schema_migrations ORDER BY version";
static const char lines[] = "SELECT version, filename, action, direction, message,"
                            " duration_ms IS NULL FROM schema_migrations_log ORDER BY sequence";
/* All that a run and a record have in common. */
static const char rows[] = "SELECT version, filename, checksum, source_checksum, chain, previous,"
                           " floor, status, direction, progress, attempt, inlay_version, up, down"
                           " FROM schema_migrations ORDER BY version";

static void make_by_hand(struct database *database, const char *tables)
{
	char sql[80];

	for (const char *table = tables; *table != '\0'; table++) {
		(void)snprintf(sql, sizeof(sql), "CREATE TABLE %c (id INTEGER)", *table);
		database_run(database, sql);
	}
}

static void expect_recorded(struct database *database, const struct set_file *files,
                            struct inlay_baseline_scope scope, uint32_t count)
{
	database_expect_result(database, database_baseline(database, files, scope), INLAY_OK);
	assert_int_equal(database->error.recorded_count, count);
	assert_int_equal(database->error.applied_count, 0);
}

static void expect_refused(struct database *database, const struct set_file *files,
                           struct inlay_baseline_scope scope, enum inlay_result result,
                           const char *message)
{
	database_expect_result(database, database_baseline(database, files, scope), result);
	assert_string_equal(database->error.message, message);
	assert_int_equal(database->error.recorded_count, 0);
	assert_string_equal(database->events, "");
}

static void note_check(void *context, const struct inlay_event *event)
{
	enum inlay_result *result = context;

	if (event->kind == INLAY_EVENT_CHECKED)
		*result = event->result;
}

/* The check's one query is enough. */
static void expect_at_head(struct database *database, const struct set_file *files)
{
	struct compiled_set set = set_compile(files, database->dialect);
	enum inlay_result checked = INLAY_FAILED;
	enum inlay_result result;

	database->options.on_event = note_check;
	database->options.context = &checked;
	if (database->dialect == INLAY_DIALECT_SQLITE)
		result = inlay_check(database->sqlite, &set.set, &database->options,
		                     &database->error);
	else
		result = inlay_check(database->postgres, &set.set, &database->options,
		                     &database->error);
	set_destroy(&set);
	database_expect_result(database, result, INLAY_OK);
	assert_int_equal(checked, INLAY_OK);
}

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

	make_by_hand(database, "ab");
	expect_recorded(database, three, inlay_baseline_to(2), 2);
	assert_string_equal(database->events, "baselined 001_a 1/2\nbaselined 002_b 2/2\n");
	database_expect(database, lines,
	                database_either(database,
	                                "1|001_a.sql|baselined|up|NULL|1\n"
	                                "2|002_b.sql|baselined|up|NULL|1",
	                                "1|001_a.sql|baselined|up|NULL|t\n"
	                                "2|002_b.sql|baselined|up|NULL|t"));
	assert_string_equal(database_history(database),
	                    "1 001_a.sql baselined \n2 002_b.sql baselined \n");
	expect_at_head(database, two);
	database_expect_ok(database, three, 1);
	assert_string_equal(database->events, "applying 003_c 1/1\napplied 003_c 1/1\n");
	database_expect(database, versions, "1\n2\n3");
	expect_at_head(database, three);
}

static void leaves_the_rows_of_applied_ones(void **state)
{
	struct database *database = *state;
	char *expected = rows_of_applied(database, three);

	make_by_hand(database, "abc");
	expect_recorded(database, three, inlay_baseline_to(3), 3);
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

	make_by_hand(database, "ab");
	expect_recorded(database, three, inlay_baseline_to(2), 2);
	(void)snprintf(before, sizeof(before), "%s",
	               database_ask(database, "SELECT * FROM schema_migrations"));
	expect_recorded(database, three, inlay_baseline_to(2), 0);
	assert_string_equal(database->events, "");
	database_expect(database, "SELECT * FROM schema_migrations", before);
	database_expect(database, "SELECT COUNT(*) FROM schema_migrations_log", "2");
	/* Nor when later ones are there. */
	database_expect_ok(database, three, 1);
	expect_recorded(database, three, inlay_baseline_to(2), 0);
	expect_recorded(database, two, inlay_baseline_to(2), 0);
}

static void goes_on_from_what_is_there(void **state)
{
	struct database *database = *state;
	char *expected = rows_of_applied(database, three);

	database_expect_ok(database, two, 2);
	make_by_hand(database, "c");
	expect_recorded(database, three, inlay_baseline_to(3), 1);
	assert_string_equal(database->events, "baselined 003_c 1/1\n");
	database_expect(database, rows, expected);
	expect_at_head(database, three);
	free(expected);
}

static void what_is_recorded_can_be_rolled_back(void **state)
{
	struct inlay_rollback_scope scope = inlay_rollback_last(1);
	struct database *database = *state;

	make_by_hand(database, "ab");
	expect_recorded(database, two, inlay_baseline_to(2), 2);
	database_expect_result(database, database_rollback(database, two, scope), INLAY_OK);
	database_expect(database, versions, "1");
	/* By a program that does not have it, from the database. */
	scope = inlay_rollback_to(0);
	scope.use_stored = 1;
	database_expect_result(
	        database,
	        database_rollback(database, (struct set_file[]){ TABLE("9", "z"), SET_END }, scope),
	        INLAY_OK);
	database_expect(database, versions, "");
	database_expect_ok(database, two, 2);
}

static void keeps_what_is_breaking(void **state)
{
	static const struct set_file files[] = {
		TABLE("1", "a"),
		{ "002_b.sql", "-- migrate:breaking\nCREATE TABLE b (id INTEGER);\n" },
		TABLE("3", "c"),
		SET_END,
	};
	struct database *database = *state;

	expect_recorded(database, files, inlay_baseline_to(3), 3);
	database_expect(database, "SELECT version, floor FROM schema_migrations ORDER BY version",
	                "1|0\n2|2\n3|2");
	database_expect_result(
	        database,
	        database_ensure(database, (struct set_file[]){ TABLE("1", "a"), SET_END }),
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

	make_by_hand(database, "acd");
	scope.adopted_from = "goose";
	expect_recorded(database, four, scope, 3);
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
	expect_at_head(database, four);
	free(expected);
}

/* A history that begins with a gap, and is gone on with before that is filled. */
static void goes_on_behind_a_gap(void **state)
{
	static const struct inlay_baseline_row second[] = { { 2, NULL } };
	static const struct inlay_baseline_row third[] = { { 3, NULL } };
	struct database *database = *state;
	char *expected = rows_of_applied(database, four);

	make_by_hand(database, "bc");
	expect_recorded(database, four, inlay_baseline_of(second, 1), 1);
	expect_recorded(database, four, inlay_baseline_of(third, 1), 1);
	database_expect(database, "SELECT version, chain FROM schema_migrations ORDER BY version",
	                "2|late 2\n3|late 3");
	database->options.allow_late = 1;
	database_expect_ok(database, four, 2);
	database->options.allow_late = 0;
	database_expect(database, rows, expected);
	expect_at_head(database, four);
	free(expected);
}

static void refuses_what_would_be_late(void **state)
{
	static const struct inlay_baseline_row third[] = { { 3, NULL } };
	struct database *database = *state;

	expect_recorded(database, three, inlay_baseline_of(third, 1), 1);
	expect_refused(database, three, inlay_baseline_to(3), INLAY_LATE,
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

	make_by_hand(database, "ab");
	expect_recorded(database, with_views, inlay_baseline_to(2), 4);
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
	expect_at_head(database, with_views);
	database_expect_ok(database, with_views, 0);
}

static void leaves_repeatables_pending(void **state)
{
	static const struct inlay_baseline_row second[] = { { 2, NULL } };
	struct inlay_baseline_scope scope = inlay_baseline_to(2);
	const char *no = database_either(*state, "0|0", "f|f");
	struct database *database = *state;

	/* They belong to the last version, */
	make_by_hand(database, "a");
	expect_recorded(database, with_view, inlay_baseline_to(1), 1);
	database_expect(database, repeatables, no);
	database_expect_ok(database, with_view, 2);
	/* with nothing left out, */
	database_clear(database);
	expect_recorded(database, with_view, inlay_baseline_of(second, 1), 1);
	database_expect(database, repeatables, no);
	/* unless the caller says otherwise. */
	database_clear(database);
	make_by_hand(database, "ab");
	scope.repeatables = 0;
	expect_recorded(database, with_view, scope, 2);
	database_expect(database, repeatables, no);
	/* A call that records no version does not put them there either. */
	expect_recorded(database, with_view, inlay_baseline_to(2), 0);
	database_expect_ok(database, with_view, 1);
	expect_at_head(database, with_view);
}

static void keeps_repeatables_that_are_there(void **state)
{
	static const struct set_file before[] = {
		TABLE("1", "a"),
		{ "R__v.sql", "CREATE VIEW v AS SELECT id + 1 AS id FROM a;\n" },
		SET_END,
	};
	struct database *database = *state;

	database_expect_ok(database, before, 2);
	make_by_hand(database, "b");
	expect_recorded(database, with_views, inlay_baseline_to(2), 2);
	assert_string_equal(database->events, "baselined 002_b 1/2\nbaselined R__w 2/2\n");
	/* The other one has changed since. */
	database_expect_ok(database, with_views, 1);
	assert_string_equal(database->events, "applying R__v 1/1\napplied R__v 1/1\n");
	expect_at_head(database, with_views);
}

/* --- What is refused --- */

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

	expect_refused(database, three, inlay_baseline_to(7), INLAY_MISUSE,
	               "scope->to_version is 7, which the set does not have; nothing was changed");
	expect_refused(database, three, inlay_baseline_of(unknown, 2), INLAY_MISUSE,
	               "scope->rows has version 7 which the set does not have; nothing was "
	               "changed");
	expect_refused(database, three, inlay_baseline_of(twice, 2), INLAY_MISUSE,
	               "scope->rows has version 1 twice; nothing was changed");
	expect_refused(database, three, inlay_baseline_of(NULL, 0), INLAY_MISUSE, unset);
	expect_refused(database, three, inlay_baseline_of(NULL, 1), INLAY_MISUSE, unset);
	expect_refused(database, three, inlay_baseline_to(-2), INLAY_MISUSE, unset);
	scope.rows = both;
	scope.row_count = 1;
	expect_refused(database, three, scope, INLAY_MISUSE, unset);
	scope = inlay_baseline_to(2);
	scope.size = 8;
	expect_refused(database, three, scope, INLAY_MISUSE, unset);
	scope = inlay_baseline_to(2);
	scope.adopted_from = "";
	expect_refused(database, three, scope, INLAY_MISUSE, name);
	memset(long_name, 'x', sizeof(long_name) - 1);
	long_name[sizeof(long_name) - 1] = '\0';
	scope.adopted_from = long_name;
	expect_refused(database, three, scope, INLAY_MISUSE, name);
	long_name[100] = '\0';
	expect_recorded(database, three, scope, 2);
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

		expect_refused(database, three, inlay_baseline_of(&row, 1), INLAY_MISUSE,
		               "scope->rows has version 1 with another applied_at than "
		               "\"YYYY-MM-DD HH:MM:SS\"; nothing was changed");
	}
}

static void refuses_another_history(void **state)
{
	static const struct set_file edited[] = { { "001_a.sql", "CREATE TABLE a (id TEXT);\n" },
		                                  TABLE("2", "b"),
		                                  SET_END };
	static const struct set_file missing[] = { TABLE("2", "b"), TABLE("3", "c"), SET_END };
	struct database *database = *state;

	database_expect_ok(database, (struct set_file[]){ TABLE("1", "a"), SET_END }, 1);
	database_expect_result(database, database_baseline(database, edited, inlay_baseline_to(2)),
	                       INLAY_EDITED);
	database_expect_result(database, database_baseline(database, missing, inlay_baseline_to(3)),
	                       INLAY_MISSING);
	database_expect(database, versions, "1");
	database_expect(database, "SELECT COUNT(*) FROM schema_migrations_log", "1");
	/* Unless they are allowed. */
	database->options.allow_edited = 1;
	expect_recorded(database, edited, inlay_baseline_to(2), 1);
	database->options.allow_missing = 1;
	expect_recorded(database, missing, inlay_baseline_to(3), 1);
	database_expect(database, versions, "1\n2\n3");
	database->options.allow_missing = 0;
	database->options.refuse_ahead = 1;
	database_expect_result(database, database_baseline(database, edited, inlay_baseline_to(2)),
	                       INLAY_AHEAD);
}

static void refuses_what_is_not_finished(void **state)
{
	static const struct set_file files[] = {
		TABLE("1", "a"),
		{ "002_b.sql", "-- migrate:up transaction:false\nINSERT INTO a VALUES (1);\n"
		               "INSERT INTO nowhere VALUES (1);\n" },
		TABLE("3", "c"),
		SET_END,
	};
	struct database *database = *state;

	database_expect_result(database, database_ensure(database, files), INLAY_INTERRUPTED);
	expect_refused(database, files, inlay_baseline_to(3), INLAY_INTERRUPTED,
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
	expect_refused(database, two, inlay_baseline_to(2), INLAY_UNREACHABLE,
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
	expect_refused(database, two, inlay_baseline_to(2), INLAY_FAILED,
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

	database_expect_ok(database, (struct set_file[]){ TABLE("1", "a"), SET_END }, 1);
	database_run(
	        database,
	        database_either(database,
	                        "CREATE TRIGGER no BEFORE INSERT ON schema_migrations_log BEGIN"
	                        " SELECT RAISE(ABORT, 'no more'); END",
	                        "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS"
	                        " 'BEGIN RAISE EXCEPTION ''no more''; END';"
	                        "CREATE TRIGGER no BEFORE INSERT ON schema_migrations_log"
	                        " FOR EACH ROW EXECUTE FUNCTION no()"));
	expect_refused(database, three, inlay_baseline_to(3), INLAY_FAILED,
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
	expect_recorded(database, two, inlay_baseline_to(2), 2);
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
	assert_string_equal(database->events, "");
	assert_non_null(strstr(database->shown, "BEGIN\n"));
	assert_non_null(strstr(database->shown, "INSERT INTO"));
	assert_non_null(strstr(database->shown, "COMMIT\n"));
	assert_null(strstr(database->shown, "CREATE TABLE a"));
	database->options.dry_run = 0;
	assert_string_equal(database_status(database, two),
	                    "1 001_a.sql pending -\n2 002_b.sql pending -\n");
	expect_recorded(database, two, inlay_baseline_to(2), 2);
	database->options.dry_run = 1;
	expect_recorded(database, two, inlay_baseline_to(2), 0);
	assert_string_equal(database->shown, "");
}

static void does_not_care_who_may_migrate(void **state)
{
	struct database *database = *state;

	database->options.auto_migrate = 0;
	database->options.rollout_percent = 0;
	database->options.separate_commits = 1;
	database->options.table = "history \"of\" ours";
	expect_recorded(database, two, inlay_baseline_to(2), 2);
	expect_at_head(database, two);
	database->options.table = "schema_migrations";
	database->options.to_version = 1;
	expect_recorded(database, with_view, inlay_baseline_to(1), 1);
	expect_refused(database, with_view, inlay_baseline_to(2), INLAY_MISUSE,
	               "scope->to_version is 2, which the set does not have; nothing was changed");
}

static void remembers_nothing_untrue(void **state)
{
	struct inlay_cache_statistics statistics = inlay_cache_statistics_init();
	struct database *database = *state;

	make_by_hand(database, "ab");
	database->options.cache_ttl_ms = 600000;
	database->options.auto_migrate = 0;
	database_expect_result(database, database_ensure(database, two), INLAY_PENDING);
	expect_recorded(database, two, inlay_baseline_to(2), 2);
	database_expect_result(database, database_ensure(database, two), INLAY_OK);
	inlay_cache_read(&statistics);
	assert_int_equal(statistics.stale_hit_count, 0);
}

static void records_in_a_schema(void **state)
{
	struct database *database = *state;

	database->options.schema = "tenant \"7\"";
	expect_recorded(database, two, inlay_baseline_to(2), 2);
	database_expect(database, "SELECT COUNT(*) FROM \"tenant \"\"7\"\"\".schema_migrations",
	                "2");
	expect_at_head(database, two);
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

	make_by_hand(database, "ab");
	expect_recorded(database, three, inlay_baseline_to(2), 2);
	database_expect(database, "PRAGMA user_version", "0");
	database->options.user_version = INLAY_USER_VERSION_CLAIM;
	make_by_hand(database, "c");
	expect_recorded(database, three, inlay_baseline_to(3), 1);
	assert_int_equal(database_ask(database, "PRAGMA user_version")[0], '-');
	expect_at_head(database, three);
	database_clear(database);
	make_by_hand(database, "a");
	database_run(database, "PRAGMA user_version = 5");
	expect_recorded(database, three, inlay_baseline_to(1), 1);
	database_expect(database, "PRAGMA user_version", "5");
	/* One that we keep stays true. */
	database->options.user_version = INLAY_USER_VERSION_AUTO;
	database_clear(database);
	database_expect_ok(database, two, 2);
	make_by_hand(database, "c");
	expect_recorded(database, three, inlay_baseline_to(3), 1);
	assert_int_equal(database_ask(database, "PRAGMA user_version")[0], '-');
	database_expect_result(database, database_check(database, three), INLAY_OK);
	expect_at_head(database, three);
}

/* --- Faults --- */

static enum inlay_result run_disturbed(struct database *database, const struct inlay_set *set,
                                       const struct fake_plan *plan)
{
	struct inlay_baseline_scope scope = inlay_baseline_to(3);
	struct request request = { fake_driver(database->dialect), NULL, set, &database->options,
		                   &database->error };

	request.connection = database->dialect == INLAY_DIALECT_SQLITE ? (void *)database->sqlite
	                                                               : (void *)database->postgres;
	database->error = inlay_error_init();
	database->options.on_event = NULL;
	fake_driver_start(plan);
	return baseline_run(&request, &scope);
}

/* All of it or nothing, whatever is told; and the next call makes it complete. */
static void expect_all_or_nothing(struct database *database, const struct inlay_set *set,
                                  const struct fake_plan *plan, enum inlay_result result)
{
	struct fake_plan calm = { .real = plan->real };
	const char *rows_there = "0";

	assert_true(fake_driver_is_closed());
	assert_int_equal(result, database->error.result);
	assert_true((result == INLAY_OK) == (database->error.message[0] == '\0'));
	assert_true(result == INLAY_OK || database->error.recorded_count == 0);
	if (database->error.recorded_count > 0)
		assert_int_equal(database->error.recorded_count, 4);
	if (strcmp(database_ask(database, database_either(database,
	                                                  "SELECT COUNT(*) FROM sqlite_master WHERE"
	                                                  " name = 'schema_migrations'",
	                                                  "SELECT COUNT(to_regclass("
	                                                  "'schema_migrations'))")),
	           "1") == 0)
		rows_there = database_ask(database, "SELECT COUNT(*) FROM schema_migrations");
	assert_true(strcmp(rows_there, "0") == 0 || strcmp(rows_there, "3") == 0);
	if (result == INLAY_OK)
		assert_string_equal(rows_there, "3");
	else if (plan->outcome != OUTCOME_LOST)
		assert_string_equal(rows_there, "0");
	database_expect_result(database, run_disturbed(database, set, &calm), INLAY_OK);
	database_expect(database, "SELECT COUNT(*) FROM schema_migrations", "3");
	database_expect(database, "SELECT COUNT(*) FROM schema_migrations_log", "4");
}

static void survives_every_fault(void **state)
{
	static const struct set_file files[] = { TABLE("1", "a"), TABLE("2", "b"), TABLE("3", "c"),
		                                 VIEW, SET_END };
	static const struct fake_plan plans[] = {
		{ .outcome = OUTCOME_FAILED },
		{ .outcome = OUTCOME_LOST },
		{ .outcome = OUTCOME_LOST, .after = true },
		{ .outcome = OUTCOME_NO_MEMORY },
		{ .outcome = OUTCOME_CONFLICT },
		{ .outcome = OUTCOME_BUSY },
		{ .outcome = OUTCOME_RETRY },
	};
	struct database *database = *state;
	bool is_sqlite = database->dialect == INLAY_DIALECT_SQLITE;
	struct compiled_set set = set_compile(files, database->dialect);

	database->options.lock_timeout_ms = 5000;
	for (size_t i = 0; i < sizeof(plans) / sizeof(plans[0]); i++) {
		struct fake_plan plan = plans[i];
		bool has_failed = true;

		plan.real = is_sqlite ? &driver_sqlite : &driver_postgres;
		for (plan.fail_at = 1; has_failed; plan.fail_at++) {
			enum inlay_result result;

			database_clear(database);
			result = run_disturbed(database, &set.set, &plan);
			has_failed = fake_driver_count() >= plan.fail_at;
			expect_all_or_nothing(database, &set.set, &plan, result);
		}
	}
	set_destroy(&set);
}

/* --- Races --- */

#define RACER_COUNT 12
#define ROUND_COUNT 5
#define FAILED      99

#define COUNTED(version, name)                                                                     \
	{                                                                                          \
		"00" version "_" name ".sql", "CREATE TABLE " name " (id INTEGER);\n"              \
		                              "UPDATE counter SET number = number + 1;\n"          \
	}

static const struct set_file counted[] = { COUNTED("1", "a"), COUNTED("2", "b"), COUNTED("3", "c"),
	                                   COUNTED("4", "d"), SET_END };

static enum inlay_result run_racer(const char *place, const struct inlay_set *set,
                                   const struct inlay_options *options, bool is_baseline,
                                   struct inlay_error *error)
{
	struct inlay_baseline_scope scope = inlay_baseline_to(2);
	enum inlay_result result = INLAY_UNREACHABLE;
	sqlite3 *sqlite = NULL;
	PGconn *postgres;

	if (place[0] == '/') {
		if (sqlite3_open(place, &sqlite) == SQLITE_OK)
			result = is_baseline ? inlay_baseline(sqlite, set, &scope, options, error)
			                     : ensure_migrated(sqlite, set, options, error);
		(void)sqlite3_close(sqlite);
		return result;
	}
	postgres = PQconnectdb(place);
	if (PQstatus(postgres) == CONNECTION_OK)
		result = is_baseline ? inlay_baseline(postgres, set, &scope, options, error)
		                     : ensure_migrated(postgres, set, options, error);
	PQfinish(postgres);
	return result;
}

static _Noreturn void become_racer(const char *place, const struct inlay_set *set,
                                   struct inlay_options options, bool is_baseline, int gate)
{
	struct inlay_error error = inlay_error_init();
	char byte;

	options.lock_timeout_ms = 60000;
	options.on_event = NULL;
	if (read(gate, &byte, 1) != 0)
		_exit(FAILED);
	if (run_racer(place, set, &options, is_baseline, &error) != INLAY_OK) {
		(void)fprintf(stderr, "%s\n", error.message);
		_exit(FAILED);
	}
	_exit(is_baseline ? (int)error.recorded_count : (int)error.applied_count);
}

/* Of the first `baseline_count` and of the others: what they say they did. */
static void race(struct database *database, const struct inlay_set *set, int baseline_count,
                 int told[2])
{
	pid_t pids[RACER_COUNT];
	char place[700];
	int gate[2];

	(void)snprintf(place, sizeof(place), "%s", database_place(database));
	told[0] = told[1] = 0;
	assert_int_equal(pipe(gate), 0);
	database_disconnect(database);
	(void)fflush(NULL);
	for (int i = 0; i < RACER_COUNT; i++) {
		pids[i] = fork();
		assert_true(pids[i] >= 0);
		if (pids[i] == 0) {
			(void)close(gate[1]);
			become_racer(place, set, database->options, i < baseline_count, gate[0]);
		}
	}
	(void)close(gate[0]);
	(void)close(gate[1]);
	for (int i = 0; i < RACER_COUNT; i++) {
		int status = 0;

		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
		assert_true(WIFEXITED(status));
		assert_int_not_equal(WEXITSTATUS(status), FAILED);
		told[i >= baseline_count] += WEXITSTATUS(status);
	}
	database_reconnect(database);
}

static void begin_race(struct database *database)
{
	database_clear(database);
	database_run(database, "CREATE TABLE counter (number INTEGER);"
	                       "INSERT INTO counter VALUES (0)");
}

static void many_record_at_once(void **state)
{
	struct database *database = *state;
	struct compiled_set set = set_compile(counted, database->dialect);

	for (int i = 0; i < ROUND_COUNT; i++) {
		int told[2];

		begin_race(database);
		race(database, &set.set, RACER_COUNT, told);
		assert_int_equal(told[0], 2);
		database_expect(database, versions, "1\n2");
		database_expect(database, "SELECT COUNT(*) FROM schema_migrations_log", "2");
		database_expect(database, "SELECT number FROM counter", "0");
	}
	set_destroy(&set);
}

/* Each version is recorded or applied, by one of them. */
static void nobody_runs_what_is_recorded(void **state)
{
	struct database *database = *state;
	struct compiled_set set = set_compile(counted, database->dialect);
	char number[20];

	for (int i = 0; i < ROUND_COUNT; i++) {
		int told[2];

		begin_race(database);
		race(database, &set.set, RACER_COUNT / 2, told);
		assert_int_equal(told[0] + told[1], 4);
		assert_in_range(told[0], 0, 2);
		(void)snprintf(number, sizeof(number), "%d", told[1]);
		database_expect(database, "SELECT number FROM counter", number);
		database_expect(database, versions, "1\n2\n3\n4");
		database_expect(database,
		                "SELECT COUNT(*) FROM schema_migrations_log"
		                " WHERE action = 'applied'",
		                number);
		database_expect(database, "SELECT COUNT(*) FROM schema_migrations_log", "4");
		database_expect_result(database, database_check(database, counted), INLAY_OK);
	}
	set_destroy(&set);
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
		DATABASE_TEST_BOTH(remembers_nothing_untrue),
		DATABASE_TEST_GATES(records_in_a_schema),
		DATABASE_TEST_GATES(does_not_begin_a_history_twice),
		DATABASE_TEST_FILE(marks_only_what_is_ours),
		DATABASE_TEST_BOTH(survives_every_fault),
		DATABASE_TEST_BOTH(many_record_at_once),
		DATABASE_TEST_BOTH(nobody_runs_what_is_recorded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
