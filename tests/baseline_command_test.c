/* baseline_command_test.c - `inlay baseline`: what it compares, asks, records, and refuses. */
#include "support/console.h"
#include "support/screen.h"

#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
/* cmocka.h wants some of those first. */
#include <cmocka.h>

#define ONE   "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL);\n"
#define TWO   "CREATE TABLE orders (id INTEGER PRIMARY KEY);\n"
#define INDEX "CREATE INDEX users_email ON users (email);\n"
#define THREE "CREATE TABLE notes (id INTEGER PRIMARY KEY);\n"
#define VIEW  "DROP VIEW IF EXISTS v;\nCREATE VIEW v AS SELECT id FROM users;\n"

#define RECORDED_TWO "recorded 001_users\nrecorded 002_orders\n"
#define NOT_THE_SAME                                                                               \
	"inlay baseline: the schema is not what the migrations up to 002_orders.sql make (- not "  \
	"in the database, + only there, ~ otherwise); nothing was recorded\n"                      \
	"    help: name the version that the database is at, or mend it by hand; --force records " \
	"all the same\n"

static const char versions[] = "SELECT version FROM schema_migrations ORDER BY version";

/* A directory of three migrations, and a database made by `sql`. */
static struct console begin(void **state, const char *sql)
{
	struct database *database = *state;
	struct console console;

	if (sql[0] != '\0')
		database_run(database, sql);
	console = console_open(database);
	console_write(&console, "migrations/001_users.sql", ONE);
	console_write(&console, "migrations/002_orders.sql", TWO INDEX);
	console_write(&console, "migrations/003_notes.sql",
	              "-- migrate:up\n" THREE "-- migrate:down\nDROP TABLE notes;\n");
	return console;
}

/* `inlay baseline ARGUMENTS`; a server of its own is not started for each. */
static void expect(const struct console *console, const char *arguments, int status,
                   const char *out, const char *err)
{
	char *line = format("inlay baseline --rehearse=\"$DATABASE_URL\" %s", arguments);

	console_expect(console, line, status, out, err);
	free(line);
}

static void expect_nothing_recorded(struct database *database)
{
	database_expect(database,
	                database_either(database,
	                                "SELECT COUNT(*) FROM sqlite_master"
	                                " WHERE name = 'schema_migrations'",
	                                "SELECT COUNT(to_regclass('schema_migrations'))"),
	                "0");
}

/* --- What is recorded --- */

static void records_what_is_there(void **state)
{
	struct database *database = *state;
	struct console console = begin(state, ONE TWO INDEX);

	expect(&console, "--at 2 --yes", 0,
	       RECORDED_TWO "2 migrations recorded as applied, 1 pending\n"
	                    "    help: inlay up applies it\n",
	       "");
	expect(&console, "--at 2 --yes", 0,
	       "nothing to record: all up to 002_orders.sql is recorded already\n", "");
	expect(&console, "--at 2 --yes --quiet", 0, "", "");
	console_close(&console);
	database_expect(database, versions, "1\n2");
	database_expect(database, "SELECT version, action FROM schema_migrations_log",
	                "1|baselined\n2|baselined");
	database_run(database, THREE);
	console = begin(state, "");
	expect(&console, "--at=3 -y", 0,
	       "recorded 003_notes\n1 migration recorded as applied, 0 pending\n", "");
	console_expect(&console, "inlay status | tail -n 1", 0, "up to date: 3 applied\n", "");
	console_close(&console);
}

static void quiet_says_nothing(void **state)
{
	struct database *database = *state;
	struct console console = begin(state, ONE TWO INDEX);

	expect(&console, "--at 2 --yes --quiet", 0, "", "");
	console_close(&console);
	database_expect(database, versions, "1\n2");
}

static void a_dry_run_lists_it(void **state)
{
	struct database *database = *state;
	struct console console = begin(state, ONE TWO INDEX);

	expect(&console, "--at 2 --dry-run", 0, "would record 001_users\nwould record 002_orders\n",
	       "");
	expect(&console, "--at 1 --dry-run", 1, "+ table orders\n+ index users_email\n",
	       "inlay baseline: the schema is not what the migrations up to 001_users.sql make (- "
	       "not in the database, + only there, ~ otherwise); nothing was recorded\n"
	       "    help: name the version that the database is at, or mend it by hand; --force "
	       "records all the same\n");
	console_close(&console);
	expect_nothing_recorded(database);
}

static void other_tables_and_schemas(void **state)
{
	struct database *database = *state;
	struct console console =
	        begin(state, "CREATE SCHEMA app; SET search_path = app; " ONE TWO INDEX);

	expect(&console, "--at 2 --yes --schema app --table history", 0,
	       RECORDED_TWO "2 migrations recorded as applied, 1 pending\n"
	                    "    help: inlay up applies it\n",
	       "");
	console_close(&console);
	database_expect(database, "SELECT version FROM app.history ORDER BY version", "1\n2");
}

static void repeatables_come_with_the_last(void **state)
{
	struct database *database = *state;
	struct console console = begin(state, ONE TWO INDEX THREE "CREATE VIEW v AS SELECT id"
	                                                          " FROM users;");

	console_write(&console, "migrations/R__v.sql", VIEW);
	expect(&console, "--at 3 --yes", 0,
	       RECORDED_TWO "recorded 003_notes\nrecorded R__v\n"
	                    "4 migrations recorded as applied, 0 pending\n",
	       "");
	console_expect(&console, "inlay status | tail -n 1", 0, "up to date: 4 applied\n", "");
	console_close(&console);
	database_expect(database,
	                "SELECT filename, action FROM schema_migrations_log"
	                " WHERE direction = 'repeatable'",
	                "R__v.sql|baselined");
}

static void repeatables_that_differ_stay_pending(void **state)
{
	struct console console = begin(state, ONE TWO INDEX THREE);

	console_write(&console, "migrations/R__v.sql", VIEW);
	expect(&console, "--at 3 --yes", 0,
	       RECORDED_TWO "recorded 003_notes\n"
	                    "3 migrations recorded as applied, 1 pending\n"
	                    "    help: inlay up applies it\n",
	       "note: what the repeatable migrations make is not there as they make it: they stay "
	       "pending\n");
	console_close(&console);
}

/* --- Differences --- */

static void refuses_another_schema(void **state)
{
	struct database *database = *state;
	struct console console =
	        begin(state, "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT);" TWO
	                     "CREATE TABLE more (id INTEGER);");
	const char *diff = database_either(database,
	                                   "+ table more\n~ table users: column email TEXT, and "
	                                   "the set makes it TEXT NOT NULL\n- index users_email\n",
	                                   "+ table more\n~ table users: column email text, and "
	                                   "the set makes it text NOT NULL\n- index users_email\n");
	char *forced;

	expect(&console, "--at 2 --yes", 1, diff, NOT_THE_SAME);
	expect(&console, "--at 2 --yes --quiet", 1, "", NOT_THE_SAME);
	database_reconnect(database);
	expect_nothing_recorded(database);
	database_disconnect(database);
	expect(&console, "--at 2 --yes --except 'users*,more'", 0,
	       RECORDED_TWO "2 migrations recorded as applied, 1 pending\n"
	                    "    help: inlay up applies it\n",
	       "");
	database_reconnect(database);
	database_run(database, "DROP TABLE schema_migrations; DROP TABLE schema_migrations_log;"
	                       "DROP TABLE schema_migrations_state");
	database_disconnect(database);
	forced = format("%s%s", diff,
	                RECORDED_TWO "2 migrations recorded as applied, 1 pending\n"
	                             "    help: inlay up applies it\n");
	expect(&console, "--at 2 --yes --force", 0, forced,
	       "note: the schema differs in 3 places\n");
	free(forced);
	console_close(&console);
	database_expect(database, versions, "1\n2");
}

static void refuses_what_can_not_be_compared(void **state)
{
	struct database *database = *state;
	struct console console = begin(state, ONE TWO INDEX);

	console_write(&console, "migrations/002_orders.sql",
	              TWO INDEX "-- migrate:call rehash_passwords\n");
	expect(&console, "--at 2 --yes", 2, "",
	       "inlay baseline: the schema can not be compared: 002_orders.sql calls a function of "
	       "the application, which is not here\n"
	       "    help: --force records without a comparison\n");
	database_reconnect(database);
	expect_nothing_recorded(database);
	database_disconnect(database);
	expect(&console, "--at 2 --yes --force", 0,
	       RECORDED_TWO "2 migrations recorded as applied, 1 pending\n"
	                    "    help: inlay up applies it\n",
	       "note: nothing was compared: 002_orders.sql calls a function of the application, "
	       "which is not here\n");
	console_close(&console);
}

static void refuses_without_a_scratch_server(void **state)
{
	struct database *database = *state;
	struct console console = begin(state, ONE TWO INDEX);

	console_expect(&console,
	               "inlay baseline --at 2 --yes --rehearse='host=/nowhere' 2>&1 | cut -c 1-86",
	               0,
	               "inlay baseline: the schema can not be compared: there is no scratch "
	               "database: the serv\n"
	               "    help: --rehearse=URL wants a server where the role may create "
	               "databases; --rehears\n",
	               "");
	console_close(&console);
	expect_nothing_recorded(database);
}

/* With no word about where, a server is started. */
static void starts_a_scratch_server(void **state)
{
	struct console console = begin(state, ONE TWO INDEX);

	console_expect(&console, "inlay baseline --at 2 --dry-run", 0,
	               "would record 001_users\nwould record 002_orders\n", "");
	console_close(&console);
}

/* --- Refusals --- */

static void refuses_an_empty_database(void **state)
{
	struct database *database = *state;
	struct console console = begin(state, "");

	expect(&console, "--at 2 --yes", 2, "",
	       "inlay baseline: <database> is empty: nothing that a migration makes is there\n"
	       "    help: inlay up applies the migrations\n");
	console_close(&console);
	expect_nothing_recorded(database);
}

static void makes_no_file(void **state)
{
	struct console console = begin(state, "");
	static const char missing[] = "inlay baseline: sqlite:none.db: there is no such file\n"
	                              "    help: inlay up makes it, and applies the migrations\n";

	expect(&console, "--at 2 --yes --database sqlite:none.db", 2, "", missing);
	expect(&console, "--at 2 --dry-run --database sqlite:none.db", 2, "", missing);
	expect(&console, "--at 2 --yes --force --database sqlite:none.db", 2, "", missing);
	console_expect(&console, "ls", 0, "migrations\n", "");
	console_close(&console);
}

static void wants_a_version_of_the_set(void **state)
{
	static const char all[] = "    help: --at 3 is for all of the set, which has "
	                          "001_users.sql, 002_orders.sql, 003_notes.sql\n";
	struct console console = begin(state, ONE);
	char *missing = format("inlay baseline: --at VERSION is missing: the last migration that "
	                       "the database has already\n%s",
	                       all);
	char *unknown = format("inlay baseline: the set has no version 7\n%s", all);
	static const char number[] = "inlay baseline: a version is a number, not two\n"
	                             "    help: inlay baseline --help\n";

	expect(&console, "", 64, "", missing);
	expect(&console, "--at 7", 64, "", unknown);
	expect(&console, "--at two", 64, "", number);
	console_expect(&console,
	               "for i in 4 5 6 7 8 9; do echo 'SELECT 1;' > migrations/00${i}_x.sql; done;"
	               " inlay baseline 2>&1 | tail -n 1",
	               0,
	               "    help: --at 9 is for all of the set, which has ... 002_orders.sql, "
	               "003_notes.sql, 004_x.sql, 005_x.sql, 006_x.sql, 007_x.sql, 008_x.sql, "
	               "009_x.sql\n",
	               "");
	console_expect(&console,
	               "rm migrations/*; echo 'SELECT 1;' > migrations/R__a.sql;"
	               " inlay baseline --at 1",
	               2, "", "inlay baseline: the set has no versions to record\n");
	free(missing);
	free(unknown);
	console_close(&console);
}

static void refuses_another_history(void **state)
{
	struct database *database = *state;
	struct console console;

	database_expect_ok(
	        database,
	        (struct set_file[]){ { "001_users.sql", "-- migrate:up\n" THREE }, SET_END }, 1);
	console = begin(state, "");
	console_expect(
	        &console, "inlay baseline --at 2 --yes", 2, "",
	        "inlay baseline: migrations/001_users.sql: 001_users was edited after it "
	        "had been applied (on <time>); nothing was changed: restore the file, and "
	        "put the change into a new migration\n"
	        "    help: `inlay status` shows all of them; `inlay repair 1 --accept` "
	        "records the set's text, where that is what the database has\n");
	console_close(&console);
	database_expect(database, versions, "1");
}

static void refuses_another_tools_table(void **state)
{
	struct console console = begin(state, "CREATE TABLE schema_migrations (version TEXT);" ONE);

	console_expect(&console,
	               "inlay baseline --at 1 --yes 2>&1 |"
	               " grep -o \"is dbmate's or Rails' table\"",
	               0, "is dbmate's or Rails' table\n", "");
	console_close(&console);
}

static void waits_no_longer_than_it_may(void **state)
{
	struct database *database = *state;
	struct console console = begin(state, ONE TWO INDEX);
	sqlite3 *other = NULL;

	assert_int_equal(sqlite3_open(database->path, &other), SQLITE_OK);
	assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
	expect(&console, "--at 2 --yes --lock-timeout 50ms", 2, "",
	       "note: waiting while others migrate\n"
	       "inlay baseline: others kept the database busy for the <ms> of --lock-timeout; "
	       "nothing was changed: run it again\n"
	       "    help: --lock-timeout 5min waits longer; who else has the file open?\n");
	(void)sqlite3_close(other);
	console_close(&console);
	expect_nothing_recorded(database);
}

static void may_not_write(void **state)
{
	struct console console = begin(state, ONE TWO INDEX);

	console_expect(
	        &console,
	        "psql -qX \"$DATABASE_URL\" -c 'CREATE ROLE inlay_baseline_reader LOGIN';"
	        " psql -qX \"$DATABASE_URL\" -c 'REVOKE CREATE ON SCHEMA public FROM PUBLIC';"
	        " PGUSER=inlay_baseline_reader PGOPTIONS='-c role=inlay_baseline_reader'"
	        " inlay baseline --at 2 --yes --force 2>&1 | tail -n 1;"
	        " psql -qX \"$DATABASE_URL\" -c 'DROP ROLE inlay_baseline_reader'",
	        0,
	        "inlay baseline: migrations/001_users.sql: it can not be recorded as applied: "
	        "permission denied for schema public (SQLSTATE 42501); nothing was changed\n",
	        "");
	console_close(&console);
}

/* --- Asking --- */

static void asks_nobody_in_a_pipe(void **state)
{
	struct database *database = *state;
	struct console console = begin(state, ONE TWO INDEX);

	expect(&console, "--at 2 </dev/null", 64, "",
	       "inlay baseline: this records 2 migrations as applied, and there is no terminal to "
	       "ask on\n    help: --yes does not ask\n");
	console_close(&console);
	expect_nothing_recorded(database);
}

/* The command at a terminal where somebody types `keys`: how it ends. */
static int answer(const struct console *console, const char *keys, const char *expected)
{
	struct screen screen = screen_open(
	        console, "exec \"$INLAY\" baseline --at 2 --rehearse=\"$DATABASE_URL\"", 80);
	int status;

	screen_await(&screen, "record 2 migrations as applied? [y/N] ");
	screen_type(&screen, keys);
	screen_await(&screen, expected);
	status = screen_wait(&screen);
	screen_close(&screen);
	return status;
}

static void asks_at_a_terminal(void **state)
{
	struct database *database = *state;
	struct console console = begin(state, ONE TWO INDEX);

	assert_int_equal(answer(&console, "n\n", "inlay baseline: nothing was changed"), 2);
	assert_int_equal(answer(&console, "\n", "inlay baseline: nothing was changed"), 2);
	assert_int_equal(answer(&console, KEY_CTRL_D, "inlay baseline: nothing was changed"), 2);
	assert_int_equal(answer(&console, KEY_CTRL_C, ""), 128 + SIGINT);
	database_reconnect(database);
	expect_nothing_recorded(database);
	database_disconnect(database);
	assert_int_equal(answer(&console, "y\n", "2 migrations recorded as applied"), 0);
	console_close(&console);
	database_expect(database, versions, "1\n2");
}

/* While others keep the database busy. */
static void stops_at_ctrl_c(void **state)
{
	struct database *database = *state;
	struct console console = begin(state, ONE TWO INDEX);
	struct screen screen;
	sqlite3 *other = NULL;

	screen = screen_open(&console, "exec \"$INLAY\" baseline --at 2", 80);
	screen_await(&screen, "as applied? [y/N] ");
	assert_int_equal(sqlite3_open(database->path, &other), SQLITE_OK);
	assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
	screen_type(&screen, "y\n");
	screen_await(&screen, "waiting while others migrate");
	screen_type(&screen, KEY_CTRL_C);
	screen_await(&screen, "inlay baseline: stopped: nothing was recorded");
	assert_int_equal(screen_wait(&screen), 128 + SIGINT);
	screen_close(&screen);
	(void)sqlite3_close(other);
	console_close(&console);
	expect_nothing_recorded(database);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DATABASE_TEST_FILE(records_what_is_there),
		DATABASE_TEST_POSTGRES(records_what_is_there),
		DATABASE_TEST_FILE(quiet_says_nothing),
		DATABASE_TEST_FILE(a_dry_run_lists_it),
		DATABASE_TEST_POSTGRES(a_dry_run_lists_it),
		DATABASE_TEST_POSTGRES(other_tables_and_schemas),
		DATABASE_TEST_FILE(repeatables_come_with_the_last),
		DATABASE_TEST_POSTGRES(repeatables_come_with_the_last),
		DATABASE_TEST_FILE(repeatables_that_differ_stay_pending),
		DATABASE_TEST_POSTGRES(repeatables_that_differ_stay_pending),
		DATABASE_TEST_FILE(refuses_another_schema),
		DATABASE_TEST_POSTGRES(refuses_another_schema),
		DATABASE_TEST_FILE(refuses_what_can_not_be_compared),
		DATABASE_TEST_POSTGRES(refuses_what_can_not_be_compared),
		DATABASE_TEST_POSTGRES(refuses_without_a_scratch_server),
		DATABASE_TEST_POSTGRES(starts_a_scratch_server),
		DATABASE_TEST_FILE(refuses_an_empty_database),
		DATABASE_TEST_POSTGRES(refuses_an_empty_database),
		DATABASE_TEST_FILE(makes_no_file),
		DATABASE_TEST_FILE(wants_a_version_of_the_set),
		DATABASE_TEST_POSTGRES(wants_a_version_of_the_set),
		DATABASE_TEST_FILE(refuses_another_history),
		DATABASE_TEST_POSTGRES(refuses_another_history),
		DATABASE_TEST_FILE(refuses_another_tools_table),
		DATABASE_TEST_POSTGRES(refuses_another_tools_table),
		DATABASE_TEST_FILE(waits_no_longer_than_it_may),
		DATABASE_TEST_POSTGRES(may_not_write),
		DATABASE_TEST_FILE(asks_nobody_in_a_pipe),
		DATABASE_TEST_POSTGRES(asks_nobody_in_a_pipe),
		DATABASE_TEST_FILE(asks_at_a_terminal),
		DATABASE_TEST_POSTGRES(asks_at_a_terminal),
		DATABASE_TEST_FILE(stops_at_ctrl_c),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
