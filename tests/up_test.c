/* up_test.c - `inlay up` in a pipe: what it applies, what it refuses, and what it says. */
#include "support/console.h"
#include "support/postgres_server.h"

#include <setjmp.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/* cmocka.h wants some of those first. */
#include <cmocka.h>

static void write_three(const struct console *console)
{
	console_write(console, "migrations/001_a.sql",
	              "-- migrate:up\nCREATE TABLE a (id INTEGER PRIMARY KEY);\n"
	              "-- migrate:down\nDROP TABLE a;\n");
	console_write(console, "migrations/002_b.sql",
	              "-- migrate:up\nCREATE TABLE b (id INTEGER PRIMARY KEY, name TEXT);\n"
	              "CREATE INDEX b_name ON b (name);\n-- migrate:down\nDROP TABLE b;\n");
	console_write(console, "migrations/005_c.sql",
	              "-- migrate:up\nINSERT INTO b VALUES (1, 'it''s \"$1\" -- no comment');\n"
	              "-- migrate:down\nDELETE FROM b;\n");
}

static void up_applies_what_is_pending(void **state)
{
	struct console console = console_open(*state);

	write_three(&console);
	console_expect(&console, "inlay up", 0,
	               "applied  001_a  <ms>\napplied  002_b  <ms>\napplied  005_c  <ms>\n"
	               "3 migrations applied in <ms>\n",
	               "");
	console_expect(&console, "inlay up", 0, "nothing to do: 3 migrations are applied\n", "");
	console_expect(&console, "inlay up --quiet", 0, "", "");
	console_write(&console, "migrations/006_d.sql", "CREATE TABLE d (id INTEGER);\n");
	console_expect(&console, "inlay up --quiet", 0, "", "");
	console_expect(&console, "rm migrations/006_d.sql; inlay up", 0,
	               "nothing to do: 4 migrations are applied, 1 of which this set does not "
	               "have\n",
	               "");
	console_close(&console);
}

/* On PostgreSQL nothing but the table tells, so up begins anew. */
static void a_table_that_is_lost_is_not_up_to_date(void **state)
{
	struct console console = console_open(*state);

	write_three(&console);
	console_expect(&console, "inlay up --quiet", 0, "", "");
	console_expect(&console,
	               "sqlite3 \"${DATABASE_URL#sqlite:}\" 'DROP TABLE schema_migrations'", 0, "",
	               "");
	console_expect(&console, "inlay up", 2, "",
	               "inlay up: user_version says that all is applied, and the tracking table "
	               "lacks 001_a.sql: somebody has changed it; nothing was changed\n"
	               "    help: `inlay repair` tells more, and puts user_version right\n");
	console_close(&console);
}

static void variables_for_applications_are_not_asked(void **state)
{
	struct console console = console_open(*state);

	write_three(&console);
	console_expect(&console, "MIGRATION_DRY_RUN=maybe inlay up", 64, "",
	               "inlay up: MIGRATION_DRY_RUN is true, false, on, off, yes, no, 1 or 0, not "
	               "maybe\n    help: inlay up --help\n");
	console_expect(&console, "MIGRATION_DRY_RUN=on inlay up | grep -v '^[^-]' | grep 'sql)'", 0,
	               "-- 001_a (migrations/001_a.sql)\n-- 002_b (migrations/002_b.sql)\n"
	               "-- 005_c (migrations/005_c.sql)\n",
	               "inlay up: MIGRATION_DRY_RUN is set: this is a dry run\n");
	console_expect(&console,
	               "AUTO_MIGRATE=false APP_ENV=production MIGRATION_ROLLOUT=0 "
	               "MIGRATION_DRY_RUN=no inlay up | tail -1",
	               0, "3 migrations applied in <ms>\n", "");
	console_close(&console);
}

static void a_part_is_named_by_number_or_version(void **state)
{
	struct console console = console_open(*state);

	write_three(&console);
	console_write(&console, "migrations/R__view.sql",
	              "DROP VIEW IF EXISTS v;\nCREATE VIEW v AS SELECT name FROM b;\n");
	console_expect(&console, "inlay up --steps 1", 0,
	               "applied  001_a  <ms>\n1 migration applied in <ms>\n", "");
	console_expect(&console, "inlay up --to 2", 0,
	               "applied  002_b  <ms>\n1 migration applied in <ms>\n", "");
	console_expect(&console, "inlay up --to 2", 0, "nothing to do: 2 migrations are applied\n",
	               "");
	console_expect(&console, "inlay up --to 1", 2, "",
	               "inlay up: 002_b.sql is applied already, which is later than version 1\n"
	               "    help: `inlay down --to 1` goes back to it\n");
	console_expect(&console, "inlay up --to 4", 64, "",
	               "inlay up: the set has no version 4\n"
	               "    help: near it are 002_b.sql and 005_c.sql\n");
	console_expect(&console, "inlay up --to 9", 64, "",
	               "inlay up: the set has no version 9\n"
	               "    help: the last one is 005_c.sql\n");
	console_expect(&console, "inlay up --to 5x", 64, "",
	               "inlay up: a version is a number, not 5x\n    help: inlay up --help\n");
	console_expect(&console, "inlay up --steps 0", 64, "",
	               "inlay up: --steps is a number from 1 on, not 0\n"
	               "    help: inlay up --help\n");
	console_expect(&console, "inlay up --steps 1 --to 5", 64, "",
	               "inlay up: --to leaves nothing to do for --steps\n"
	               "    help: inlay up --help\n");
	/* Nothing is left behind: the repeatable ones come along. */
	console_expect(&console, "inlay up --steps 1", 0,
	               "applied  005_c  <ms>\napplied  R__view  <ms>\n2 migrations applied in "
	               "<ms>\n",
	               "");
	console_close(&console);
}

/* What is shown does what up does, when it is run. */
static void a_dry_run_is_a_script(void **state)
{
	struct database *database = *state;
	struct console console = console_open(database);
	struct outcome outcome;

	write_three(&console);
	console_write(&console, "migrations/R__view.sql",
	              "DROP VIEW IF EXISTS v;\nCREATE VIEW v AS SELECT name FROM b;\n");
	outcome = console_run(&console, "inlay up --dry-run");
	assert_int_equal(outcome.status, 0);
	assert_string_equal(outcome.err.start, "");
	console_expect(&console, "inlay up --dry-run --to 1 | head -4", 0,
	               database_either(database,
	                               "-- inlay up: what would be sent for 1 migration to "
	                               "<database>\n-- Really they share one transaction, each in "
	                               "a savepoint.\n\n-- 001_a (migrations/001_a.sql)\n",
	                               "-- inlay up: what would be sent for 1 migration to "
	                               "<database>\n-- Really each begins with the lock, and with "
	                               "timeouts that end with it.\n\n"
	                               "-- 001_a (migrations/001_a.sql)\n"),
	               "");
	database_reconnect(database);
	database_expect(database,
	                database_either(database, "SELECT count(*) FROM sqlite_master",
	                                "SELECT count(*) FROM pg_tables WHERE schemaname = "
	                                "'public'"),
	                "0");
	database_run(database, outcome.out.start);
	database_expect(database, "SELECT name FROM v", "it's \"$1\" -- no comment");
	database_disconnect(database);
	console_expect(&console, "inlay up", 0, "nothing to do: 3 migrations are applied\n", "");
	console_expect(&console, "inlay up --dry-run", 0,
	               "-- nothing to do: 3 migrations are applied\n", "");
	outcome_free(&outcome);
	console_close(&console);
}

static void a_dry_run_makes_no_file(void **state)
{
	struct console console = console_open(*state);

	write_three(&console);
	console_expect(&console,
	               "DATABASE_URL=sqlite:new.db inlay up --dry-run >/dev/null; ls new.db "
	               "2>/dev/null",
	               2, "", "");
	console_close(&console);
}

static void a_failure_says_where_and_what_is_there_now(void **state)
{
	struct database *database = *state;
	struct console console = console_open(database);
	char *json;

	write_three(&console);
	console_write(&console, "migrations/005_c.sql",
	              "CREATE TABLE c (id INTEGER);\n  INSERT INTO missing VALUES (1);\n");
	console_expect(&console, "inlay up", 2,
	               "applied  001_a  <ms>\napplied  002_b  <ms>\n2 migrations applied in <ms>\n",
	               database_either(
	                       database,
	                       "inlay up: migrations/005_c.sql:2:3: no such table: missing (SQLite "
	                       "1); 005_c is rolled back, 2 earlier migrations stay applied\n",
	                       "inlay up: migrations/005_c.sql:2:15: relation \"missing\" does not "
	                       "exist (SQLSTATE 42P01); 005_c is rolled back, 2 earlier migrations "
	                       "stay applied\n"));
	json = format(
	        "{\n  \"command\": \"up\",\n  \"database\": \"<database>\",\n"
	        "  \"result\": \"INLAY_FAILED\",\n  \"applied\": [],\n"
	        "  \"rolled_back\": [],\n  \"duration_ms\": <ms>,\n  \"error\": {\n"
	        "    \"message\": \"%s\",\n    \"version\": 5,\n    \"name\": \"c\",\n"
	        "    \"filename\": \"005_c.sql\",\n"
	        "    \"file\": \"migrations/005_c.sql\",\n    \"line\": 2,\n"
	        "    \"column\": %s,\n    \"statement\": 2,\n    \"sqlstate\": %s,\n"
	        "    \"code\": %s\n  }\n}\n",
	        database_either(database,
	                        "migrations/005_c.sql:2:3: no such table: missing (SQLite 1); "
	                        "005_c is rolled back, 2 earlier migrations stay applied",
	                        "migrations/005_c.sql:2:15: relation \\\"missing\\\" does not "
	                        "exist (SQLSTATE 42P01); 005_c is rolled back, 2 earlier "
	                        "migrations stay applied"),
	        database_either(database, "3", "15"),
	        database_either(database, "null", "\"42P01\""),
	        database_either(database, "1", "null"));
	console_expect(&console, "inlay up --json 2>/dev/null", 2, json, "");
	free(json);
	console_close(&console);
}

static void programs_read_json(void **state)
{
	struct console console = console_open(*state);

	write_three(&console);
	console_expect(
	        &console, "inlay up --json --steps 1", 0,
	        "{\n  \"command\": \"up\",\n  \"database\": \"<database>\",\n"
	        "  \"result\": \"INLAY_OK\",\n  \"applied\": [\n    {\n"
	        "      \"version\": 1,\n      \"name\": \"a\",\n"
	        "      \"filename\": \"001_a.sql\",\n"
	        "      \"file\": \"migrations/001_a.sql\",\n      \"duration_ms\": <ms>\n    }\n"
	        "  ],\n  \"rolled_back\": [],\n  \"duration_ms\": <ms>,\n"
	        "  \"error\": null\n}\n",
	        "");
	console_expect(
	        &console,
	        "inlay up --json --dry-run | python3 -c 'import json, sys\n"
	        "d = json.load(sys.stdin)\n"
	        "print(d[\"result\"], [m[\"filename\"] for m in d[\"pending\"]])\n"
	        "print([s[\"sql\"] for s in d[\"statements\"] if s[\"statement\"]])'",
	        0,
	        "INLAY_PENDING ['002_b.sql', '005_c.sql']\n"
	        "['CREATE TABLE b (id INTEGER PRIMARY KEY, name TEXT)', 'CREATE INDEX b_name "
	        "ON b (name)', 'INSERT INTO b VALUES (1, \\'it\\'\\'s \"$1\" -- no "
	        "comment\\')']\n",
	        "");
	console_close(&console);
}

/* A failure is one in the document, too, whoever has found it out. */
static void failures_are_told_in_json(void **state)
{
	struct console console = console_open(*state);

	write_three(&console);
	console_expect(&console, "inlay up --json --database sqlite:.", 2,
	               "{\n  \"command\": \"up\",\n  \"database\": \"sqlite:.\",\n"
	               "  \"result\": \"INLAY_UNREACHABLE\",\n  \"applied\": [],\n"
	               "  \"rolled_back\": [],\n  \"duration_ms\": <ms>,\n  \"error\": {\n"
	               "    \"message\": \"sqlite:.: it is a directory\",\n"
	               "    \"version\": null,\n    \"name\": null,\n"
	               "    \"filename\": null,\n    \"file\": null,\n    \"line\": null,\n    "
	               "\"column\": null,\n"
	               "    \"statement\": null,\n    \"sqlstate\": null,\n"
	               "    \"code\": null\n  }\n}\n",
	               "inlay up: sqlite:.: it is a directory\n    help: name the file in it\n");
	console_write(&console, "migrations/006_call.sql", "-- migrate:call rehash\n");
	console_expect(&console,
	               "inlay up --json 2>/dev/null | grep -E 'result|message'; inlay up -q --to 5;"
	               " inlay up --json --to 1 2>/dev/null | grep -E 'result|message'",
	               0,
	               "  \"result\": \"INLAY_PENDING\",\n"
	               "    \"message\": \"006_call calls rehash(), a function of the "
	               "application, which this command does not have; nothing was changed\",\n"
	               "  \"result\": \"INLAY_FAILED\",\n"
	               "    \"message\": \"005_c.sql is applied already, which is later than "
	               "version 1\",\n",
	               "");
	console_expect(&console,
	               "rm migrations/006*; echo 'SELECT nothing;' > migrations/R__v.sql;"
	               " inlay up --json 2>/dev/null | grep -E '\"(version|name)\"'",
	               0, "    \"version\": null,\n    \"name\": \"R__v\",\n", "");
	console_close(&console);
}

/* Who no longer reads what it says does not end it half way: 005_c, in no transaction, would be
 * left interrupted. */
static void the_end_of_a_pipe_is_not_the_end_of_the_work(void **state)
{
	struct console console = console_open(*state);

	write_three(&console);
	console_write(&console, "migrations/005_c.sql",
	              "-- migrate:up transaction:false\nSELECT 1;\nSELECT pg_sleep(0.2);\n"
	              "SELECT 2;\nSELECT 3;\n");
	console_expect(&console, "inlay up --verbose 2>/dev/null | true; inlay status --quiet", 0,
	               "", "");
	console_close(&console);
}

static void verbose_tells_each_statement(void **state)
{
	struct console console = console_open(*state);

	write_three(&console);
	console_expect(
	        &console, "inlay sum migrations --quiet; inlay up --verbose --to 2", 0,
	        database_either(console.database,
	                        "statement  001_a 1 of 1  CREATE TABLE a (id INTEGER PRIMARY KEY)\n"
	                        "statement  002_b 1 of 2  CREATE TABLE b (id INTEGER PRIMARY KEY, "
	                        "name TEXT)\n"
	                        "statement  002_b 2 of 2  CREATE INDEX b_name ON b (name)\n"
	                        "applied  001_a  <ms>\napplied  002_b  <ms>\n"
	                        "2 migrations applied in <ms>\n",
	                        "statement  001_a 1 of 1  CREATE TABLE a (id INTEGER PRIMARY KEY)\n"
	                        "applied  001_a  <ms>\n"
	                        "statement  002_b 1 of 2  CREATE TABLE b (id INTEGER PRIMARY KEY, "
	                        "name TEXT)\n"
	                        "statement  002_b 2 of 2  CREATE INDEX b_name ON b (name)\n"
	                        "applied  002_b  <ms>\n2 migrations applied in <ms>\n"),
	        "");
	console_close(&console);
}

static void functions_of_the_application_are_refused_before(void **state)
{
	struct console console = console_open(*state);

	write_three(&console);
	console_write(&console, "migrations/006_call.sql", "-- migrate:call rehash\n");
	console_expect(&console, "inlay up", 2, "",
	               "inlay up: 006_call calls rehash(), a function of the application, which "
	               "this command does not have; nothing was changed\n    help: start the "
	               "application, which applies it itself; or stop before it: --to 5\n");
	console_expect(&console, "inlay up --to 5 --quiet; inlay up --dry-run", 2, "",
	               "inlay up: 006_call calls rehash(), a function of the application, which "
	               "this command does not have; nothing was changed\n    help: start the "
	               "application: it applies this migration itself\n");
	console_close(&console);
}

static void what_differs_names_the_command_that_helps(void **state)
{
	struct console console = console_open(*state);

	write_three(&console);
	console_expect(&console, "inlay up --quiet", 0, "", "");
	console_write(&console, "migrations/001_a.sql", "CREATE TABLE a (id BIGINT);\n");
	console_expect(
	        &console, "inlay up", 2, "",
	        "inlay up: migrations/001_a.sql: 001_a was edited after it had been applied "
	        "(on <time>); nothing was changed: restore the file, and put the change into "
	        "a new migration\n    help: `inlay status` shows all of them; `inlay repair 1 "
	        "--accept` records the set's text, where that is what the database has\n");
	write_three(&console);
	console_write(&console, "migrations/003_late.sql", "CREATE TABLE late (id INTEGER);\n");
	console_expect(&console, "inlay up", 2, "",
	               "inlay up: migrations/003_late.sql: 003_late is older than a migration that "
	               "is applied already; nothing was changed: give it a version above all "
	               "others\n    help: if no database has it yet, give it the next version; "
	               "otherwise `inlay up --allow-late` applies it all the same\n");
	console_expect(&console, "printf 'x' > migrations/nothing.sql; inlay up 2>/dev/null", 65,
	               "", "");
	console_expect(&console, "inlay up --dir nowhere 2>/dev/null", 66, "", "");
	console_close(&console);
}

static void late_ones_are_applied_when_it_is_said(void **state)
{
	struct database *database = *state;
	struct console console = console_open(database);

	write_three(&console);
	console_expect(&console, "inlay up --quiet", 0, "", "");
	console_write(&console, "migrations/003_late.sql", "CREATE TABLE late (id INTEGER);\n");
	console_write(&console, "migrations/004_too.sql", "CREATE TABLE too (id INTEGER);\n");
	console_expect(&console, "inlay up --allow-late --steps 1", 2, "",
	               "inlay up: --allow-late applies all late migrations, not only those up to "
	               "version 3\n    help: leave out --steps, or give more\n");
	console_expect(&console, "inlay up --allow-late --dry-run | grep -c '^CREATE TABLE'", 0,
	               "2\n", "");
	console_expect(&console, "inlay up --allow-late --steps 2", 0,
	               "applied  003_late  <ms>\napplied  004_too  <ms>\n2 migrations applied in "
	               "<ms>\n",
	               "");
	console_expect(&console, "inlay up; inlay status --quiet", 0,
	               "nothing to do: 5 migrations are applied\n", "");
	database_reconnect(database);
	database_expect(database, "SELECT count(*) FROM late, too", "0");
	console_close(&console);
}

/* Only where nothing else is wrong. */
static void late_ones_wait_for_what_is_edited(void **state)
{
	struct console console = console_open(*state);

	write_three(&console);
	console_expect(&console, "inlay up --quiet", 0, "", "");
	console_write(&console, "migrations/003_late.sql", "CREATE TABLE late (id INTEGER);\n");
	console_expect(&console, "rm migrations/005_c.sql; inlay up --allow-late", 2, "",
	               "inlay up: migrations/003_late.sql: 003_late is older than a migration that "
	               "is applied already; nothing was changed: give it a version above all "
	               "others (--allow-late holds only where all that is applied is the set's)\n"
	               "    help: `inlay status` shows what is not the set's: that comes first\n");
	console_close(&console);
}

static void somebody_has_the_file(void **state)
{
	struct database *database = *state;
	struct console console = console_open(database);
	sqlite3 *other = NULL;

	write_three(&console);
	assert_int_equal(sqlite3_open(database->path, &other), SQLITE_OK);
	assert_int_equal(sqlite3_exec(other, "BEGIN EXCLUSIVE", NULL, NULL, NULL), SQLITE_OK);
	console_expect(&console, "inlay up --lock-timeout 50ms", 2, "",
	               "inlay up: others kept the database busy for the <ms> of --lock-timeout; "
	               "nothing was changed: run it again\n"
	               "    help: --lock-timeout 5min waits longer; who else has the file open?\n");
	console_expect(&console, "MIGRATION_LOCK_TIMEOUT=50ms inlay status", 2, "",
	               "inlay status: others kept the database busy for the <ms> of "
	               "MIGRATION_LOCK_TIMEOUT; nothing was changed: run it again\n"
	               "    help: MIGRATION_LOCK_TIMEOUT=5min waits longer; who else has the file "
	               "open?\n");
	(void)sqlite3_close(other);
	console_close(&console);
}

/* In a pipe it is said once who is at work. */
static void who_is_at_work_is_told(void **state)
{
	struct database *database = *state;
	PGconn *other = postgres_server_connect_as(database->name, "postgres");
	struct console console = console_open(database);
	struct outcome outcome;
	char *masked;

	write_three(&console);
	PQclear(PQexec(other, "SET application_name = 'the_other'; BEGIN;"
	                      " SELECT pg_advisory_xact_lock(hashtextextended("
	                      "'\"public\".' || '\"schema_migrations\"', 0))"));
	outcome = console_run(&console, "inlay up --lock-timeout 400ms");
	assert_int_equal(outcome.status, 2);
	masked = console_mask(&console, outcome.err.start);
	assert_non_null(strstr(masked, "inlay up: waiting while others migrate: role postgres, "
	                               "application the_other, backend <pid>"));
	assert_non_null(strstr(masked, "of --lock-timeout, at 001_a (role postgres, application "
	                               "the_other"));
	assert_non_null(strstr(masked, "help: --lock-timeout 5min waits longer; `inlay repair "
	                               "--terminate` ends the session that holds the lock\n"));
	free(masked);
	outcome_free(&outcome);
	PQfinish(other);
	console_close(&console);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DATABASE_TEST_FILE(up_applies_what_is_pending),
		DATABASE_TEST_POSTGRES(up_applies_what_is_pending),
		DATABASE_TEST_FILE(a_table_that_is_lost_is_not_up_to_date),
		DATABASE_TEST_FILE(variables_for_applications_are_not_asked),
		DATABASE_TEST_FILE(a_part_is_named_by_number_or_version),
		DATABASE_TEST_POSTGRES(a_part_is_named_by_number_or_version),
		DATABASE_TEST_FILE(a_dry_run_is_a_script),
		DATABASE_TEST_POSTGRES(a_dry_run_is_a_script),
		DATABASE_TEST_FILE(a_dry_run_makes_no_file),
		DATABASE_TEST_FILE(a_failure_says_where_and_what_is_there_now),
		DATABASE_TEST_POSTGRES(a_failure_says_where_and_what_is_there_now),
		DATABASE_TEST_FILE(programs_read_json),
		DATABASE_TEST_POSTGRES(programs_read_json),
		DATABASE_TEST_FILE(failures_are_told_in_json),
		DATABASE_TEST_POSTGRES(failures_are_told_in_json),
		DATABASE_TEST_POSTGRES(the_end_of_a_pipe_is_not_the_end_of_the_work),
		DATABASE_TEST_FILE(verbose_tells_each_statement),
		DATABASE_TEST_POSTGRES(verbose_tells_each_statement),
		DATABASE_TEST_FILE(functions_of_the_application_are_refused_before),
		DATABASE_TEST_FILE(what_differs_names_the_command_that_helps),
		DATABASE_TEST_POSTGRES(what_differs_names_the_command_that_helps),
		DATABASE_TEST_FILE(late_ones_are_applied_when_it_is_said),
		DATABASE_TEST_POSTGRES(late_ones_are_applied_when_it_is_said),
		DATABASE_TEST_FILE(late_ones_wait_for_what_is_edited),
		DATABASE_TEST_POSTGRES(late_ones_wait_for_what_is_edited),
		DATABASE_TEST_FILE(somebody_has_the_file),
		DATABASE_TEST_POSTGRES(who_is_at_work_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
