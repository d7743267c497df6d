/* terminal_test.c - up, down and redo as a person at a terminal sees them: the line that moves,
 * colors, the question, Ctrl-C. */
#include "support/postgres_server.h"
#include "support/screen.h"

#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/* cmocka.h wants some of those first. */
#include <cmocka.h>

#define COLUMNS 100
#define ENDLESS                                                                                    \
	"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n;\n"

#define WAIT_FOR(text)                                                                             \
	"for i in $(seq 600); do grep -q '" text "' out && exit 0; sleep 0.1; done; exit 1"

static void write_plain(const struct console *console)
{
	console_write(console, "migrations/1_a.sql",
	              "-- migrate:up\nCREATE TABLE a (id INTEGER PRIMARY KEY);\n"
	              "-- migrate:down\nDROP TABLE a;\n");
	console_write(console, "migrations/2_b.sql",
	              "-- migrate:up\nCREATE TABLE b (id INTEGER PRIMARY KEY);\n"
	              "-- migrate:down\nDELETE FROM a;\nDROP\n  TABLE b;\nSELECT 1;\n");
}

/* The second one does not end. */
static void write_endless(const struct console *console)
{
	write_plain(console);
	console_write(
	        console, "migrations/2_b.sql",
	        database_either(console->database,
	                        "-- migrate:up\nCREATE TABLE b (id INTEGER PRIMARY KEY);\n" ENDLESS
	                        "SELECT 1;\n-- migrate:down\nDROP TABLE b;\n",
	                        "-- migrate:up\nCREATE TABLE b (id INTEGER PRIMARY KEY);\n"
	                        "SELECT pg_sleep(600);\nSELECT 1;\n"
	                        "-- migrate:down\nDROP TABLE b;\n"));
}

/* The screen's text at the end, masked, is `expected`; the screen is closed. */
static void expect_screen(const struct console *console, struct screen *screen, int status,
                          const char *expected)
{
	int received = screen_wait(screen);
	char *text = screen_text(screen);
	char *masked = console_mask(console, text);

	if (received != status || strcmp(masked, expected) != 0)
		fail_msg("ended in %d, expected %d\n--- expected:\n%s\n--- received:\n%s", received,
		         status, expected, masked);
	free(text);
	free(masked);
	screen_close(screen);
}

/* --- What it looks like --- */

static void a_line_moves_while_a_statement_runs(void **state)
{
	struct database *database = *state;
	PGconn *other = postgres_server_connect_as(database->name, "postgres");
	struct console console = console_open(database);
	struct screen screen;

	PQclear(PQexec(other, "SELECT pg_advisory_lock(42)"));
	console_write(&console, "migrations/1_slow.sql",
	              "CREATE TABLE a (id INTEGER);\nSELECT pg_advisory_xact_lock(42);\n"
	              "CREATE TABLE b (id INTEGER);\n");
	screen = screen_open(&console, "exec \"$INLAY\" up", COLUMNS);
	/* It is drawn again and again while nothing is told. */
	for (int i = 0; i < 3; i++)
		screen_await(&screen, "1 of 1  1_slow  statement 2 of 3  ");
	PQclear(PQexec(other, "SELECT pg_advisory_unlock(42)"));
	screen_await(&screen, "\033[32mapplied\033[0m  1_slow");
	expect_screen(&console, &screen, 0, "applied  1_slow  <ms>\n1 migration applied in <ms>\n");
	PQfinish(other);
	console_close(&console);
}

/* Each time the line is drawn it fits. */
static void the_line_is_as_wide_as_the_terminal(void **state)
{
	struct console console = console_open(*state);
	struct screen screen;
	const char *drawn;
	int count = 0;

	write_endless(&console);
	screen = screen_open(&console, "exec \"$INLAY\" up", 20);
	screen_await(&screen, "2 of 2  2_b");
	screen_await(&screen, "2 of 2  2_b");
	screen_type(&screen, KEY_CTRL_C);
	assert_int_equal(screen_wait(&screen), 128 + SIGINT);
	for (drawn = screen.bytes; (drawn = strchr(drawn, '\r')) != NULL; drawn++) {
		const char *end = strstr(drawn, "\033[K");

		if (end == NULL || drawn[1] == '\n')
			continue;
		assert_true(end - drawn - 1 < 20);
		count++;
	}
	assert_true(count >= 2);
	screen_close(&screen);
	console_close(&console);
}

static void who_wants_no_color_gets_none(void **state)
{
	static const char *const scripts[] = {
		"export NO_COLOR=1; exec \"$INLAY\" up",
		"export TERM=dumb; exec \"$INLAY\" up",
		"unset TERM; exec \"$INLAY\" up",
	};
	struct console console = console_open(*state);

	for (size_t i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++) {
		struct screen screen;

		write_plain(&console);
		screen = screen_open(&console, scripts[i], COLUMNS);
		assert_int_equal(screen_wait(&screen), 0);
		assert_non_null(strstr(screen.bytes, "applied  2_b"));
		assert_null(strstr(screen.bytes, "\033[3"));
		/* Nor is a line written over where that can not be. */
		if (i > 0)
			assert_null(strstr(screen.bytes, "\033"));
		screen_close(&screen);
		database_reconnect(console.database);
		database_clear(console.database);
		database_disconnect(console.database);
	}
	console_close(&console);
}

static void a_pipe_has_color_when_it_is_forced(void **state)
{
	struct console console = console_open(*state);
	struct outcome outcome;

	write_plain(&console);
	outcome = console_run(&console, "CLICOLOR_FORCE=1 inlay up");
	assert_non_null(strstr(outcome.out.start, "\033[32mapplied\033[0m  1_a"));
	assert_string_equal(outcome.err.start, "");
	outcome_free(&outcome);
	console_close(&console);
}

/* --- The question --- */

static void down_asks_and_does_what_is_answered(void **state)
{
	static const struct {
		const char *keys;
		int status;
		const char *said;
	} rows[] = {
		{ "n\n", 2, "inlay down: nothing was changed\n" },
		{ "\n", 2, "inlay down: nothing was changed\n" },
		{ "yesterday\n", 2, "inlay down: nothing was changed\n" },
		{ KEY_CTRL_D, 2, "inlay down: nothing was changed\n" },
		{ "Yes\n", 0, "rolled back  2_b  <ms>\n1 migration rolled back in <ms>\n" },
	};
	struct console console = console_open(*state);

	write_plain(&console);
	console_expect(&console, "inlay up --quiet", 0, "", "");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct screen screen = screen_open(&console, "exec \"$INLAY\" down", COLUMNS);
		char *answer = format("%s", rows[i].keys);
		char *expected;

		screen_await(&screen, "[y/N] ");
		screen_type(&screen, rows[i].keys);
		answer[strcspn(answer, "\n" KEY_CTRL_D)] = '\0';
		expected = format(
		        "rolling back on <database> loses the data in what is dropped:\n  2_b\n"
		        "      DELETE FROM a\n      DROP TABLE b\n"
		        "roll back 2_b? [y/N] %s\n%s",
		        answer, rows[i].said);
		expect_screen(&console, &screen, rows[i].status, expected);
		free(expected);
		free(answer);
	}
	console_expect(&console, "inlay down --dry-run | grep -c 1_a.sql >/dev/null", 0, "", "");
	console_close(&console);
}

static void redo_asks_for_several(void **state)
{
	struct console console = console_open(*state);
	struct screen screen;

	write_plain(&console);
	console_expect(&console, "inlay up --quiet", 0, "", "");
	screen = screen_open(&console, "exec \"$INLAY\" redo 2", COLUMNS);
	screen_await(&screen, "[y/N] ");
	screen_type(&screen, "y\n");
	expect_screen(&console, &screen, 0,
	              "rolling back on <database> loses the data in what is dropped:\n  2_b\n"
	              "      DELETE FROM a\n      DROP TABLE b\n  1_a\n      DROP TABLE a\n"
	              "roll back these 2 migrations? [y/N] y\n"
	              "rolled back  2_b  <ms>\nrolled back  1_a  <ms>\n"
	              "applied  1_a  <ms>\napplied  2_b  <ms>\n"
	              "2 migrations rolled back, 2 migrations applied in <ms>\n");
	console_close(&console);
}

static void somebody_else_was_faster(void **state)
{
	struct console console = console_open(*state);
	struct screen screen;

	write_plain(&console);
	console_expect(&console, "inlay up --quiet", 0, "", "");
	screen = screen_open(&console, "exec \"$INLAY\" down", COLUMNS);
	screen_await(&screen, "roll back 2_b? [y/N] ");
	console_expect(&console, "inlay down --yes --quiet", 0, "", "");
	screen_type(&screen, "y\n");
	screen_await(&screen, "inlay down: somebody else has migrated in the meantime; nothing was "
	                      "changed");
	assert_int_equal(screen_wait(&screen), 2);
	screen_close(&screen);
	console_expect(&console, "inlay up --dry-run | grep '^-- .*sql)'", 0,
	               "-- 2_b (migrations/2_b.sql)\n", "");
	console_close(&console);
}

/* --- Ctrl-C --- */

static void ctrl_c_stops_a_statement(void **state)
{
	struct database *database = *state;
	struct console console = console_open(database);
	struct screen screen;

	write_endless(&console);
	screen = screen_open(&console, "exec \"$INLAY\" up", COLUMNS);
	screen_await(&screen, "2 of 2  2_b  statement 2 of 3");
	screen_type(&screen, KEY_CTRL_C);
	expect_screen(&console, &screen, 128 + SIGINT,
	              "applied  1_a  <ms>\ninlay up: stopped: 2_b was rolled back; 1 migration "
	              "applied before that stays\n1 migration applied in <ms>\n");
	/* The lock is let go. */
	write_plain(&console);
	console_expect(&console, "inlay up", 0, "applied  2_b  <ms>\n1 migration applied in <ms>\n",
	               "");
	console_close(&console);
}

static void ctrl_c_stops_a_rollback(void **state)
{
	struct console console = console_open(*state);
	struct screen screen;

	write_plain(&console);
	console_expect(&console, "inlay up --quiet", 0, "", "");
	console_write(&console, "migrations/2_b.sql",
	              database_either(console.database,
	                              "-- migrate:up\nCREATE TABLE b (id INTEGER PRIMARY KEY);\n"
	                              "-- migrate:down\nSELECT 1;\n" ENDLESS,
	                              "-- migrate:up\nCREATE TABLE b (id INTEGER PRIMARY KEY);\n"
	                              "-- migrate:down\nSELECT 1;\nSELECT pg_sleep(600);\n"));
	screen = screen_open(&console, "exec \"$INLAY\" down -y", COLUMNS);
	screen_await(&screen, "1 of 1  back: 2_b  statement 2 of 2");
	screen_type(&screen, KEY_CTRL_C);
	expect_screen(&console, &screen, 128 + SIGINT,
	              "inlay down: stopped: 2_b is still applied; nothing else was changed\n");
	console_close(&console);
}

/* What is not on a terminal is told in words, once. */
static void sigterm_stops_it_in_a_pipe_too(void **state)
{
	struct console console = console_open(*state);
	struct screen screen;
	struct outcome outcome;

	write_endless(&console);
	screen = screen_open(&console, "exec \"$INLAY\" up --verbose 2>err >out", COLUMNS);
	outcome = console_run(&console, WAIT_FOR("2_b 1 of 3"));
	assert_int_equal(outcome.status, 0);
	outcome_free(&outcome);
	assert_int_equal(kill(screen.pid, SIGTERM), 0);
	assert_int_equal(screen_wait(&screen), 128 + SIGTERM);
	screen_close(&screen);
	console_expect(&console, "cat err | grep -v lock", 0,
	               "inlay up: stopping; a second signal ends at once\n"
	               "inlay up: stopped: 2_b was rolled back; 1 migration applied before that "
	               "stays\n",
	               "");
	console_close(&console);
}

/* Somebody else migrates: it is said who, and Ctrl-C ends the wait. */
static void ctrl_c_while_others_migrate(void **state)
{
	struct database *database = *state;
	struct console console = console_open(database);
	PGconn *postgres = NULL;
	sqlite3 *sqlite = NULL;
	struct screen screen;

	write_plain(&console);
	console_expect(&console, "inlay up --to 1 --quiet", 0, "", "");
	if (database->dialect == INLAY_DIALECT_SQLITE) {
		assert_int_equal(sqlite3_open(database->path, &sqlite), SQLITE_OK);
		assert_int_equal(sqlite3_exec(sqlite, "BEGIN IMMEDIATE", NULL, NULL, NULL),
		                 SQLITE_OK);
	} else {
		postgres = postgres_server_connect_as(database->name, "postgres");
		PQclear(PQexec(postgres, "SET application_name = 'the_other'; BEGIN;"
		                         " SELECT pg_advisory_xact_lock(hashtextextended("
		                         "'\"public\".' || '\"schema_migrations\"', 0))"));
	}
	screen = screen_open(&console, "exec \"$INLAY\" up", 200);
	screen_await(&screen, "waiting  ");
	if (postgres != NULL)
		screen_await(&screen, "role postgres, application the_other, backend ");
	screen_await(&screen, "waiting  ");
	screen_type(&screen, KEY_CTRL_C);
	expect_screen(&console, &screen, 128 + SIGINT, "inlay up: stopped: nothing was changed\n");
	PQfinish(postgres);
	(void)sqlite3_close(sqlite);
	console_close(&console);
}

/* instr() of two large blobs is one step of SQLite's: nothing stops it. */
static void a_second_ctrl_c_ends_at_once(void **state)
{
	struct console console = console_open(*state);
	struct screen screen;

	console_write(&console, "migrations/1_stubborn.sql",
	              "CREATE TABLE a (id INTEGER);\n"
	              "SELECT instr(zeroblob(40000000), CAST(zeroblob(20000000) || x'01' AS "
	              "BLOB));\n");
	screen = screen_open(&console, "exec \"$INLAY\" up", COLUMNS);
	screen_await(&screen, "1 of 1  1_stubborn  statement 2 of 2");
	screen_type(&screen, KEY_CTRL_C);
	screen_await(&screen, "stopping: Ctrl-C again ends at once");
	screen_type(&screen, KEY_CTRL_C);
	assert_int_equal(screen_wait(&screen), 128 + SIGINT);
	screen_close(&screen);
	console_close(&console);
	database_expect(console.database, "SELECT count(*) FROM sqlite_master", "0");
}

/* What a program before us has ignored stays so: `nohup inlay up`. */
static void what_is_ignored_stays_ignored(void **state)
{
	struct database *database = *state;
	PGconn *other = postgres_server_connect_as(database->name, "postgres");
	struct console console = console_open(database);
	struct screen screen;

	PQclear(PQexec(other, "SELECT pg_advisory_lock(42)"));
	console_write(&console, "migrations/1_slow.sql",
	              "CREATE TABLE a (id INTEGER);\nSELECT pg_advisory_xact_lock(42);\n");
	screen = screen_open(&console, "trap '' HUP INT; exec \"$INLAY\" up", COLUMNS);
	screen_await(&screen, "statement 2 of 2");
	screen_type(&screen, KEY_CTRL_C);
	assert_int_equal(kill(screen.pid, SIGHUP), 0);
	screen_await(&screen, "statement 2 of 2");
	screen_await(&screen, "statement 2 of 2");
	PQclear(PQexec(other, "SELECT pg_advisory_unlock(42)"));
	assert_int_equal(screen_wait(&screen), 0);
	screen_close(&screen);
	PQfinish(other);
	console_close(&console);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DATABASE_TEST_POSTGRES(a_line_moves_while_a_statement_runs),
		DATABASE_TEST_FILE(the_line_is_as_wide_as_the_terminal),
		DATABASE_TEST_FILE(who_wants_no_color_gets_none),
		DATABASE_TEST_FILE(a_pipe_has_color_when_it_is_forced),
		DATABASE_TEST_FILE(down_asks_and_does_what_is_answered),
		DATABASE_TEST_POSTGRES(down_asks_and_does_what_is_answered),
		DATABASE_TEST_FILE(redo_asks_for_several),
		DATABASE_TEST_POSTGRES(redo_asks_for_several),
		DATABASE_TEST_FILE(somebody_else_was_faster),
		DATABASE_TEST_FILE(ctrl_c_stops_a_statement),
		DATABASE_TEST_POSTGRES(ctrl_c_stops_a_statement),
		DATABASE_TEST_FILE(ctrl_c_stops_a_rollback),
		DATABASE_TEST_POSTGRES(ctrl_c_stops_a_rollback),
		DATABASE_TEST_POSTGRES(sigterm_stops_it_in_a_pipe_too),
		DATABASE_TEST_FILE(sigterm_stops_it_in_a_pipe_too),
		DATABASE_TEST_FILE(ctrl_c_while_others_migrate),
		DATABASE_TEST_POSTGRES(ctrl_c_while_others_migrate),
		DATABASE_TEST_FILE(a_second_ctrl_c_ends_at_once),
		DATABASE_TEST_POSTGRES(what_is_ignored_stays_ignored),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
