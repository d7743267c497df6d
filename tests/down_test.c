/* down_test.c - `inlay down` and `inlay redo` where there is no terminal: what goes, what stays,
 * and what is refused before anything is changed. */
#include "support/console.h"

#include <setjmp.h>
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
	              "-- migrate:up\nCREATE TABLE b (id INTEGER PRIMARY KEY);\n"
	              "-- migrate:down\nDROP TABLE b;\n");
	console_write(console, "migrations/005_c.sql",
	              "-- migrate:up\nCREATE TABLE c (id INTEGER PRIMARY KEY);\n"
	              "-- migrate:down\nDROP TABLE c;\n");
}

/* All three are applied. */
static struct console open_applied(void **state)
{
	struct console console = console_open(*state);

	write_three(&console);
	console_expect(&console, "inlay up --quiet", 0, "", "");
	return console;
}

static void down_undoes_what_is_named(void **state)
{
	struct console console = open_applied(state);

	console_expect(&console, "inlay down --yes", 0,
	               "rolled back  005_c  <ms>\n1 migration rolled back in <ms>\n", "");
	console_expect(&console, "inlay up --quiet; inlay down 2 -y", 0,
	               "rolled back  005_c  <ms>\nrolled back  002_b  <ms>\n"
	               "2 migrations rolled back in <ms>\n",
	               "");
	console_expect(&console, "inlay up --quiet; inlay down --to 2 -y --quiet", 0, "", "");
	console_expect(&console, "inlay down --to 2 -y", 0,
	               "nothing to roll back: no later migration is applied\n", "");
	console_expect(&console, "inlay down 99 -y", 0,
	               "rolled back  002_b  <ms>\nrolled back  001_a  <ms>\n"
	               "2 migrations rolled back in <ms>\n",
	               "");
	console_expect(&console, "inlay down", 0, "nothing to roll back: no migration is applied\n",
	               "");
	console_expect(&console, "inlay up --quiet; inlay down --to 0 -y | tail -1", 0,
	               "3 migrations rolled back in <ms>\n", "");
	console_close(&console);
}

static void a_slip_of_the_finger_is_no_rollback(void **state)
{
	static const struct {
		const char *script;
		const char *said;
	} rows[] = {
		{ "inlay down", "inlay down: this rolls back 1 migration, 005_c first, and there "
		                "is no terminal to "
		                "ask on\n    help: --yes does not ask\n" },
		{ "inlay redo 2", "inlay redo: this rolls back 2 migrations, 005_c first, and "
		                  "there is no terminal to "
		                  "ask on\n    help: --yes does not ask\n" },
		{ "inlay down --to 3 -y", "inlay down: version 3 is not applied\n"
		                          "    help: near it are 002_b.sql and 005_c.sql\n" },
		{ "inlay down --to 9 -y", "inlay down: version 9 is not applied\n"
		                          "    help: the last one is 005_c.sql\n" },
		{ "inlay down --to b -y", "inlay down: a version is a number, not b\n"
		                          "    help: inlay down --help\n" },
		{ "inlay down 0 -y", "inlay down: how many is a number from 1 on, not 0\n"
		                     "    help: inlay down --help\n" },
		{ "inlay down 4294967296 -y",
		  "inlay down: how many is a number from 1 on, not 4294967296\n"
		  "    help: inlay down --help\n" },
		{ "inlay down 1 --to 1 -y", "inlay down: --to leaves nothing to do for 1\n"
		                            "    help: inlay down --help\n" },
	};
	struct console console = open_applied(state);

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		console_expect(&console, rows[i].script, 64, "", rows[i].said);
	console_expect(&console, "inlay up", 0, "nothing to do: 3 migrations are applied\n", "");
	console_close(&console);
}

static void what_can_not_be_undone_is_said_before(void **state)
{
	struct console console = open_applied(state);

	console_write(&console, "migrations/002_b.sql",
	              "CREATE TABLE b (id INTEGER PRIMARY KEY);\n");
	console_expect(
	        &console, "inlay down 2 -y", 2, "",
	        "inlay down: 002_b.sql can not be rolled back: it has no down script: write a "
	        "migration that undoes it; nothing was changed\n"
	        "    help: undo it by a migration of its own: `inlay new`\n");
	console_write(
	        &console, "migrations/002_b.sql",
	        "-- migrate:up\nCREATE TABLE b (id BIGINT);\n-- migrate:down\nDROP TABLE b;\n");
	console_expect(
	        &console, "inlay down 2", 2, "",
	        "inlay down: 002_b.sql can not be rolled back: the set has another migration "
	        "of that version; --use-stored takes the down script that the database "
	        "keeps; nothing was changed\n    help: --use-stored takes the down script "
	        "that the database keeps\n");
	console_expect(&console, "rm migrations/005_c.sql; inlay down -y >/dev/null 2>&1", 2, "",
	               "");
	console_expect(&console, "inlay down 2 -y --use-stored", 0,
	               "rolled back  005_c  <ms>\nrolled back  002_b  <ms>\n"
	               "2 migrations rolled back in <ms>\n",
	               "");
	console_close(&console);
}

static void a_dry_run_shows_the_down_scripts(void **state)
{
	struct console console = open_applied(state);

	console_expect(&console, "inlay down 2 --dry-run | grep -e '.sql)' -e '^DROP' -e '^COMMIT'",
	               0,
	               "-- 005_c (migrations/005_c.sql)\nDROP TABLE c;\nCOMMIT;\n"
	               "-- 002_b (migrations/002_b.sql)\nDROP TABLE b;\nCOMMIT;\n",
	               "");
	console_expect(&console, "inlay up", 0, "nothing to do: 3 migrations are applied\n", "");
	console_close(&console);
}

static void a_failure_tells_what_stays(void **state)
{
	struct console console = console_open(*state);

	write_three(&console);
	console_write(&console, "migrations/002_b.sql",
	              "-- migrate:up\nCREATE TABLE b (id INTEGER PRIMARY KEY);\n"
	              "-- migrate:down\nDROP TABLE missing;\n");
	console_expect(&console, "inlay up --quiet", 0, "", "");
	console_expect(
	        &console, "inlay down 3 -y", 2,
	        "rolled back  005_c  <ms>\n1 migration rolled back in <ms>\n",
	        database_either(
	                console.database,
	                "inlay down: migrations/002_b.sql:4:1: no such table: missing (SQLite "
	                "1); 002_b is still applied, 2 migrations are applied\n",
	                "inlay down: migrations/002_b.sql:4:1: table \"missing\" does not "
	                "exist (SQLSTATE 42P01); 002_b is still applied, 2 migrations are "
	                "applied\n"));
	console_expect(&console,
	               "inlay down 2 -y --json 2>/dev/null | python3 -c 'import json, sys\n"
	               "d = json.load(sys.stdin)\n"
	               "print(d[\"result\"], d[\"rolled_back\"], d[\"error\"][\"filename\"], "
	               "d[\"error\"][\"line\"])'",
	               0, "INLAY_FAILED [] 002_b.sql 4\n", "");
	console_close(&console);
}

static void redo_goes_down_and_up(void **state)
{
	struct console console = open_applied(state);

	console_expect(&console, "inlay redo -y", 0,
	               "rolled back  005_c  <ms>\napplied  005_c  <ms>\n"
	               "1 migration rolled back, 1 migration applied in <ms>\n",
	               "");
	/* Only the same ones again. */
	console_write(&console, "migrations/006_d.sql", "CREATE TABLE d (id INTEGER);\n");
	console_expect(&console, "inlay redo 2 --yes | tail -1", 0,
	               "2 migrations rolled back, 2 migrations applied in <ms>\n", "");
	console_expect(&console, "inlay up", 0,
	               "applied  006_d  <ms>\n1 migration applied in <ms>\n", "");
	console_expect(
	        &console, "inlay redo -y", 2, "",
	        "inlay redo: 006_d.sql can not be rolled back: it has no down script: write a "
	        "migration that undoes it; nothing was changed\n"
	        "    help: undo it by a migration of its own: `inlay new`\n");
	console_expect(&console, "MIGRATION_DRY_RUN=1 inlay redo -y 2>/dev/null", 2, "", "");
	console_close(&console);
}

static void redo_takes_an_edited_one(void **state)
{
	struct console console = open_applied(state);

	console_write(&console, "migrations/005_c.sql",
	              "-- migrate:up\nCREATE TABLE cc (id INTEGER PRIMARY KEY);\n"
	              "-- migrate:down\nDROP TABLE cc;\n");
	console_expect(&console, "inlay redo -y --use-stored", 0,
	               "rolled back  005_c  <ms>\napplied  005_c  <ms>\n"
	               "1 migration rolled back, 1 migration applied in <ms>\n",
	               "");
	/* What fails stays rolled back. */
	console_write(&console, "migrations/005_c.sql",
	              "-- migrate:up\nCREATE TABLE a (id INTEGER PRIMARY KEY);\n"
	              "-- migrate:down\nDROP TABLE a;\n");
	console_expect(&console, "inlay redo -y --use-stored 2>/dev/null", 2,
	               "rolled back  005_c  <ms>\n1 migration rolled back in <ms>\n", "");
	console_expect(&console, "inlay down --yes --quiet; inlay redo -y --quiet", 0, "", "");
	console_expect(&console, "inlay down --to 0 -y --quiet; inlay redo -y", 0,
	               "nothing to do again: no migration is applied\n", "");
	console_close(&console);
}

/* What would stop the second half stops the first one. */
static void redo_looks_at_what_is_below(void **state)
{
	struct console console = open_applied(state);

	console_expect(&console, "mkdir old; mv migrations/001_a.sql old; inlay redo -y", 2, "",
	               "inlay redo: 001_a.sql is missing, and that stands in the way of applying "
	               "anything again; nothing was changed\n"
	               "    help: `inlay status` says what helps\n");
	console_expect(&console, "echo 'SELECT 1;' > migrations/001_a.sql; inlay redo -y 2>&1", 2,
	               "inlay redo: 001_a.sql is edited, and that stands in the way of applying "
	               "anything again; nothing was changed\n"
	               "    help: `inlay status` says what helps\n",
	               "");
	console_expect(&console, "cp old/001_a.sql migrations; inlay redo -y --quiet", 0, "", "");
	console_close(&console);
}

/* `inlay down` is no way to make a database. */
static void what_is_not_there_stays_so(void **state)
{
	struct console console = console_open(*state);

	console_write(&console, "migrations/001_a.sql", "CREATE TABLE a (id INTEGER);\n");
	console_expect(
	        &console,
	        "export DATABASE_URL=sqlite:new.db; inlay down --yes; inlay redo --yes;"
	        " inlay up --dir nowhere 2>/dev/null; inlay up --to 9 2>/dev/null; ls new.db "
	        "2>/dev/null; inlay up --quiet; ls new.db",
	        0,
	        "nothing to roll back: no migration is applied\n"
	        "nothing to do again: no migration is applied\nnew.db\n",
	        "");
	console_close(&console);
}

static void redo_refuses_what_it_could_not_apply_again(void **state)
{
	struct console console = open_applied(state);

	console_expect(&console,
	               "mkdir old; mv migrations/005_c.sql old; inlay redo -y --use-stored", 2, "",
	               "inlay redo: the set does not have 005_c, so it could not be applied again; "
	               "nothing was changed\n    help: `inlay down --use-stored` rolls it back\n");
	console_write(&console, "migrations/005_c.sql",
	              "-- migrate:up\n-- migrate:call rehash\n-- migrate:down\nDROP TABLE c;\n");
	console_expect(&console, "inlay redo -y --use-stored", 2, "",
	               "inlay redo: 005_c calls rehash(), a function of the application, so this "
	               "command could not apply it again; nothing was changed\n"
	               "    help: `inlay down`, and then start the application\n");
	console_expect(
	        &console,
	        "cp old/005_c.sql migrations; sed -i 's/DROP TABLE c;/-- migrate:call "
	        "unhash/' migrations/005_c.sql; inlay down -y",
	        2, "",
	        "inlay down: the down script of 005_c calls unhash(), a function of the "
	        "application, which this command does not have; nothing was changed\n"
	        "    help: roll it back by a program of yours that calls inlay_rollback()\n");
	console_close(&console);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DATABASE_TEST_FILE(down_undoes_what_is_named),
		DATABASE_TEST_POSTGRES(down_undoes_what_is_named),
		DATABASE_TEST_FILE(a_slip_of_the_finger_is_no_rollback),
		DATABASE_TEST_FILE(what_can_not_be_undone_is_said_before),
		DATABASE_TEST_POSTGRES(what_can_not_be_undone_is_said_before),
		DATABASE_TEST_FILE(a_dry_run_shows_the_down_scripts),
		DATABASE_TEST_POSTGRES(a_dry_run_shows_the_down_scripts),
		DATABASE_TEST_FILE(a_failure_tells_what_stays),
		DATABASE_TEST_POSTGRES(a_failure_tells_what_stays),
		DATABASE_TEST_FILE(redo_goes_down_and_up),
		DATABASE_TEST_POSTGRES(redo_goes_down_and_up),
		DATABASE_TEST_FILE(redo_takes_an_edited_one),
		DATABASE_TEST_FILE(redo_looks_at_what_is_below),
		DATABASE_TEST_POSTGRES(redo_looks_at_what_is_below),
		DATABASE_TEST_FILE(what_is_not_there_stays_so),
		DATABASE_TEST_FILE(redo_refuses_what_it_could_not_apply_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
