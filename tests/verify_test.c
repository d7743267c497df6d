/* verify_test.c - inlay verify: the history, finding by finding, and what is next to it. */
#include "support/verifying.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/* cmocka.h wants some of those first. */
#include <cmocka.h>

#define EDITED                                                                                     \
	"migrations/001_t.sql: error: 001_t.sql was edited: its SQL, not only its layout, is not " \
	"what was applied on <time> [live-edited]\n"                                               \
	"     = help: restore the file, and put the change into a new migration; where the "       \
	"database has the new text already, inlay repair 1 --accept records that\n"

static void nothing_is_wrong(void **state)
{
	struct database *database = *state;
	struct console console;

	database_expect_ok(database, verifying_plain, 2);
	console = console_open(database);
	verifying_write(&console, verifying_plain);
	verifying_expect(&console, "", 0, TWO, "");
	verifying_expect(&console, "--quiet", 0, "", "");
	console_close(&console);
}

static void what_is_pending_is_a_note(void **state)
{
	struct console console = verifying_begin(*state, verifying_first, 1, verifying_plain);

	verifying_expect(&console, "", 0, TWO,
	                 "<database>: note: 1 migration is pending: 002_u.sql [live-pending]\n");
	verifying_expect(&console, "--up-to-date", 1, "",
	                 "<database>: warning: 1 migration is pending: 002_u.sql [live-behind]\n"
	                 "     = help: inlay up applies them\n" WRONG("1 warning"));
	console_close(&console);
}

static void an_empty_database_has_all_pending(void **state)
{
	struct console console = console_open(*state);

	verifying_write(&console, verifying_plain);
	verifying_expect(
	        &console, "", 0, TWO,
	        "<database>: note: 2 migrations are pending: 001_t.sql first [live-pending]\n");
	console_close(&console);
}

static void an_edited_migration_is_an_error(void **state)
{
	static const struct set_file edited[] = {
		{ "001_t.sql", "-- migrate:up\n"
		               "CREATE TABLE t (id INTEGER PRIMARY KEY, remark TEXT);\n"
		               "-- migrate:down\nDROP TABLE t;\n" },
		SET_END,
	};
	struct console console = verifying_begin(*state, verifying_first, 1, edited);

	verifying_expect(
	        &console, "", 1, "",
	        database_either(
	                console.database,
	                EDITED "<database>: warning: ~ table t: column remark TEXT: not in the "
	                       "database [live-drift]\n" DRIFT_HELP
	                       "<database>: warning: ~ table t: column note TEXT: only in the "
	                       "database [live-drift]\n" WRONG("1 error and 2 warnings"),
	                EDITED "<database>: warning: ~ table t: column remark text: not in the "
	                       "database [live-drift]\n" DRIFT_HELP
	                       "<database>: warning: ~ table t: column note text: only in the "
	                       "database [live-drift]\n" WRONG("1 error and 2 warnings")));
	console_close(&console);
}

/* What machines read of it has every rule's group. */
static void a_document_says_that_it_is_live(void **state)
{
	struct console console = verifying_begin(*state, verifying_first, 1, verifying_first);

	console_expect(&console,
	               "rm migrations/*; echo 'CREATE TABLE o (i INTEGER);' >migrations/001_t.sql\n"
	               "inlay verify --format json | grep -o '\"group\": .*' | sort -u",
	               0, "\"group\": \"live\",\n", "");
	console_close(&console);
}

static void a_reformatted_migration_is_a_note(void **state)
{
	static const struct set_file reformatted[] = {
		{ "001_t.sql", "-- migrate:up\n"
		               "create table t (id INTEGER PRIMARY KEY,\n    note TEXT); -- notes\n"
		               "-- migrate:down\nDROP TABLE t;\n" },
		SET_END,
	};
	struct console console = verifying_begin(*state, verifying_first, 1, reformatted);

	verifying_expect(
	        &console, "", 0, FINE("1 migration"),
	        "migrations/001_t.sql: note: 001_t.sql was reformatted since it was applied: its "
	        "SQL "
	        "is the same, so nothing is to be done [live-reformatted]\n");
	console_close(&console);
}

static void a_late_and_a_missing_migration_are_errors(void **state)
{
	static const struct set_file set[] = {
		{ "000_s.sql", "CREATE TABLE s (id INTEGER);\n" },
		{ "002_u.sql", "-- migrate:up\nCREATE TABLE u (id INTEGER PRIMARY KEY, t INTEGER "
		               "REFERENCES t (id));\n-- migrate:down\nDROP TABLE u;\n" },
		SET_END,
	};
	struct console console = verifying_begin(*state, verifying_plain, 2, set);

	verifying_expect(
	        &console, "", 1, "",
	        "migrations/000_s.sql: error: 000_s.sql is late: it is pending, and later ones are "
	        "applied [live-late]\n"
	        "     = help: if no database has it yet, give it a version above all others; "
	        "otherwise inlay up --allow-late applies it all the same; if its row was deleted "
	        "by hand, restore that\n"
	        "<database>: error: 001_t.sql is missing: the database has it, and the set does "
	        "not, "
	        "though it has later ones [live-missing]\n"
	        "     = help: restore the file\n" UNSEEN(
	                "the database has migrations that the set "
	                "lacks") "<database>: 2 errors" NOT_SCHEMA);
	console_close(&console);
}

static void a_database_that_is_ahead_is_a_warning(void **state)
{
	struct console console = verifying_begin(*state, verifying_plain, 2, verifying_first);

	verifying_expect(
	        &console, "", 1, "",
	        "<database>: warning: 1 migration is ahead, from a later release than this set: "
	        "002_u.sql [live-ahead]\n"
	        "     = help: verify with the set of the release that was deployed last\n" UNSEEN(
	                "the database has migrations that the set lacks") "<database>: 1 "
	                                                                  "warning" NOT_SCHEMA);
	console_close(&console);
}

static void a_breaking_migration_ahead_is_an_error(void **state)
{
	static const struct set_file breaking[] = {
		{ "001_t.sql", "-- migrate:up\n"
		               "CREATE TABLE t (id INTEGER PRIMARY KEY, note TEXT);\n"
		               "-- migrate:down\nDROP TABLE t;\n" },
		{ "002_u.sql", "-- migrate:up\n-- migrate:breaking\nALTER TABLE t RENAME TO u;\n" },
		SET_END,
	};
	struct console console = verifying_begin(*state, breaking, 2, verifying_first);

	verifying_expect(
	        &console, "", 1, "",
	        "<database>: error: 002_u.sql is ahead: it is from a later release than this set, "
	        "and programs without it must not run any more (-- migrate:breaking) "
	        "[live-barred]\n"
	        "     = help: run that release, or a later one\n" UNSEEN(
	                "the database has migrations that the set lacks") "<database>: 1 "
	                                                                  "error" NOT_SCHEMA);
	console_close(&console);
}

static void an_interrupted_migration_is_an_error(void **state)
{
	static const struct set_file alone[] = {
		{ "001_t.sql", "-- migrate:up transaction:false\nCREATE TABLE t (id INTEGER);\n"
		               "CREATE INDEX i ON t (nothing);\n" },
		SET_END,
	};
	struct database *database = *state;
	struct console console;

	database_expect_result(database, database_ensure_unchecked(database, alone),
	                       INLAY_INTERRUPTED);
	console = console_open(database);
	verifying_write(&console, alone);
	verifying_expect(
	        &console, "", 1, "",
	        database_either(
	                console.database,
	                "migrations/001_t.sql: error: 001_t.sql was interrupted: 1 of 2 statements "
	                "are through; begun by process <pid> on <host>, and nobody is at it now "
	                "[live-interrupted]\n"
	                "     = help: inlay up goes on with statement 2\n" UNSEEN(
	                        "a migration is half done") "<database>: 1 error" NOT_SCHEMA,
	                "migrations/001_t.sql: error: 001_t.sql was interrupted: 1 of 2 statements "
	                "are through; begun by role postgres, backend <pid>, process <pid> on "
	                "<host>, and nobody is at it now [live-interrupted]\n"
	                "     = help: inlay up goes on with statement 2\n" UNSEEN(
	                        "a migration is half done") "<database>: 1 error" NOT_SCHEMA));
	console_close(&console);
}

static void changed_rows_are_an_error(void **state)
{
	verifying_expect_after(
	        *state, "UPDATE schema_migrations SET previous = 'x' WHERE version = 2",
	        "<database>: error: the row of 002_u.sql does not follow the one before it: a "
	        "row was deleted, added or changed [live-chain]\n"
	        "     = help: inlay repair tells whether it can put it right\n" WRONG("1 error"));
}

static void a_changed_chain_is_an_error(void **state)
{
	verifying_expect_after(
	        *state, "UPDATE schema_migrations SET chain = 'x' WHERE version = 2",
	        "migrations/002_u.sql: error: 002_u.sql does not fit the migrations before it, "
	        "though its SQL is the set's: somebody has changed the tracking table by hand "
	        "[live-chain]\n"
	        "     = help: inlay repair puts its row right\n" WRONG("1 error"));
}

static void a_wrong_mark_is_an_error(void **state)
{
	verifying_expect_after(
	        *state, "PRAGMA user_version = -5",
	        "<database>: error: user_version says that another history is applied than "
	        "the tracking table has [live-chain]\n"
	        "     = help: inlay repair puts it right\n" WRONG("1 error"));
}

/* What is not negative is the application's own. */
static void an_own_user_version_is_none(void **state)
{
	struct database *database = *state;
	struct console console;

	database_expect_ok(database, verifying_plain, 2);
	database_run(database, "PRAGMA user_version = 5");
	console = console_open(database);
	verifying_write(&console, verifying_plain);
	verifying_expect(&console, "", 0, TWO, "");
	console_close(&console);
}

static void a_later_format_is_an_error(void **state)
{
	verifying_expect_after(
	        *state, "UPDATE schema_migrations_state SET format = format + 1",
	        "<database>: error: the tracking tables are in format 2, and inlay " INLAY_VERSION
	        " knows format 1: verify with a newer one [live-tracking]\n" UNSEEN(
	                "nobody knows what is applied") "<database>: 1 error; looked at: "
	                                                "leftovers; not looked at: history, "
	                                                "schema, up and "
	                                                "down scripts\n");
}

static void another_tool_s_table_is_an_error(void **state)
{
	struct database *database = *state;
	struct console console;
	struct outcome outcome;

	database_run(database, "CREATE TABLE schema_migrations (version varchar(128) PRIMARY KEY)");
	console = console_open(database);
	verifying_write(&console, verifying_plain);
	outcome = console_run(&console, "inlay verify --format gcc --rehearse host=/nowhere");
	if (console.database->dialect == INLAY_DIALECT_SQLITE) {
		outcome_free(&outcome);
		outcome = console_run(&console, "inlay verify --format gcc");
	}
	assert_int_equal(outcome.status, 1);
	assert_non_null(
	        strstr(outcome.out.start, "schema_migrations\" is dbmate's or Rails' table"));
	assert_non_null(strstr(outcome.out.start, "[live-tracking]\n"));
	outcome_free(&outcome);
	console_close(&console);
}

/* It stays behind inlay adopt: no difference, but somebody may still use it. */
static void another_tool_beside_ours_is_a_note(void **state)
{
	struct database *database = *state;
	struct console console;

	database_expect_ok(database, verifying_plain, 2);
	database_run(database,
	             database_either(database,
	                             "CREATE TABLE goose_db_version (id INTEGER PRIMARY KEY "
	                             "AUTOINCREMENT, version_id INTEGER NOT NULL, is_applied "
	                             "INTEGER NOT NULL, tstamp TIMESTAMP DEFAULT "
	                             "(datetime('now')))",
	                             "CREATE TABLE goose_db_version (id integer PRIMARY KEY "
	                             "GENERATED BY DEFAULT AS IDENTITY, version_id bigint NOT "
	                             "NULL, is_applied boolean NOT NULL, tstamp timestamp NOT "
	                             "NULL DEFAULT now())"));
	console = console_open(database);
	verifying_write(&console, verifying_plain);
	verifying_expect(&console, "", 0, TWO,
	                 database_either(database,
	                                 "<database>: note: goose_db_version is a table of goose: "
	                                 "who still migrates with that goes behind inlay's back "
	                                 "[live-foreign]\n",
	                                 "<database>: note: public.goose_db_version is a table of "
	                                 "goose: who still migrates with that goes behind inlay's "
	                                 "back [live-foreign]\n"));
	console_close(&console);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DATABASE_TEST_FILE(nothing_is_wrong),
		DATABASE_TEST_POSTGRES(nothing_is_wrong),
		DATABASE_TEST_FILE(what_is_pending_is_a_note),
		DATABASE_TEST_POSTGRES(what_is_pending_is_a_note),
		DATABASE_TEST_FILE(an_empty_database_has_all_pending),
		DATABASE_TEST_POSTGRES(an_empty_database_has_all_pending),
		DATABASE_TEST_FILE(an_edited_migration_is_an_error),
		DATABASE_TEST_POSTGRES(an_edited_migration_is_an_error),
		DATABASE_TEST_FILE(a_document_says_that_it_is_live),
		DATABASE_TEST_FILE(a_reformatted_migration_is_a_note),
		DATABASE_TEST_FILE(a_late_and_a_missing_migration_are_errors),
		DATABASE_TEST_POSTGRES(a_late_and_a_missing_migration_are_errors),
		DATABASE_TEST_FILE(a_database_that_is_ahead_is_a_warning),
		DATABASE_TEST_FILE(a_breaking_migration_ahead_is_an_error),
		DATABASE_TEST_FILE(an_interrupted_migration_is_an_error),
		DATABASE_TEST_POSTGRES(an_interrupted_migration_is_an_error),
		DATABASE_TEST_FILE(changed_rows_are_an_error),
		DATABASE_TEST_POSTGRES(changed_rows_are_an_error),
		DATABASE_TEST_FILE(a_changed_chain_is_an_error),
		DATABASE_TEST_FILE(a_wrong_mark_is_an_error),
		DATABASE_TEST_FILE(an_own_user_version_is_none),
		DATABASE_TEST_FILE(a_later_format_is_an_error),
		DATABASE_TEST_POSTGRES(a_later_format_is_an_error),
		DATABASE_TEST_FILE(another_tool_s_table_is_an_error),
		DATABASE_TEST_POSTGRES(another_tool_s_table_is_an_error),
		DATABASE_TEST_FILE(another_tool_beside_ours_is_a_note),
		DATABASE_TEST_POSTGRES(another_tool_beside_ours_is_a_note),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
