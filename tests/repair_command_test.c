/* repair_command_test.c - `inlay repair` as a person sees it. */
#include "support/console.h"
#include "support/postgres_server.h"
#include "support/screen.h"

#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
/* cmocka.h wants some of those first. */
#include <cmocka.h>

static const struct set_file alone[] = {
	{ "1_t.sql", "CREATE TABLE t (id INTEGER);\n" },
	{ "2_alone.sql", "-- migrate:up transaction:false\n"
	                 "INSERT INTO t VALUES (1);\n"
	                 "INSERT INTO nowhere\n    VALUES (2);\n"
	                 "INSERT INTO t VALUES (3);\n"
	                 "-- migrate:down transaction:false\n"
	                 "DELETE FROM t WHERE id = 1;\n"
	                 "DELETE FROM nowhere;\n" },
	SET_END,
};

/* The set's directory beside the database, which is as `change` leaves it. */
static struct console open_with(struct database *database, const struct set_file *files,
                                const char *change)
{
	struct console console;

	if (change != NULL)
		database_run(database, change);
	console = console_open(database);
	for (; files->name != NULL; files++) {
		char path[200];

		(void)snprintf(path, sizeof(path), "migrations/%s", files->name);
		console_write(&console, path, files->content);
	}
	return console;
}

static void interrupt(struct database *database)
{
	database_expect_result(database, database_ensure(database, alone), INLAY_INTERRUPTED);
}

static const char *doubt_of(const struct database *database)
{
	return database_either(
	        database,
	        "UPDATE schema_migrations SET status = 'alone', applied_at = '2020-01-01 00:00:00'"
	        " WHERE version = 2",
	        "UPDATE schema_migrations SET status = 'alone', backend = '1 1' WHERE version = 2");
}

static const char *actor_of(const struct database *database)
{
	return database_either(database, "process <pid> on <host>",
	                       "role postgres, backend <pid>, process <pid> on <host>");
}

/* console_expect() with `%s` in the text: who was at work. */
static void expect_by(const struct console *console, const char *script, int status,
                      const char *out_format, const char *err)
{
	const char *mark = strstr(out_format, "ACTOR");
	char out[4000];

	assert_non_null(mark);
	(void)snprintf(out, sizeof(out), "%.*s%s%s", (int)(mark - out_format), out_format,
	               actor_of(console->database), mark + 5);
	console_expect(console, script, status, out, err);
}

static void says_that_nothing_is_wrong(void **state)
{
	struct database *database = *state;
	struct console console;

	database_expect_ok(database, (const struct set_file[]){ alone[0], SET_END }, 1);
	console = open_with(database, alone, NULL);
	console_expect(&console, "inlay repair", 0,
	               "<database>: nothing is wrong with the history\n", "");
	console_expect(&console, "inlay repair --quiet", 0, "", "");
	console_expect(&console, "inlay repair 1 --accept --yes", 0,
	               "version 1: there is nothing to repair\n", "");
	console_expect(&console, "inlay repair 7 --forget --yes", 2, "",
	               "inlay repair: version 7 can not be repaired: the database does not have "
	               "it; nothing was changed\n");
	console_close(&console);
}

#define AT_STATEMENT_1                                                                             \
	"   these statements are through, and what they did is there:\n"                           \
	"     migrations/2_alone.sql:2:1: INSERT INTO t VALUES (1)\n"
#define IN_DOUBT                                                                                   \
	"2_alone.sql: it stopped in statement 2, its process is gone, and nobody can know "        \
	"whether that statement took effect\n"                                                     \
	"   since <time> ACTOR\n" AT_STATEMENT_1 "   nobody knows of statement 2:\n"               \
	"     migrations/2_alone.sql:3:1: INSERT INTO nowhere VALUES (2)\n"
#define RESUMABLE                                                                                  \
	"2_alone.sql: it stopped, and the next call goes on with statement 2\n"                    \
	"   since <time> ACTOR\n" AT_STATEMENT_1 "   it is at statement 2:\n"                      \
	"     migrations/2_alone.sql:3:1: INSERT INTO nowhere VALUES (2)\n"

static void tells_who_has_to_decide(void **state)
{
	struct database *database = *state;
	struct console console;

	interrupt(database);
	console = open_with(database, alone, doubt_of(database));
	expect_by(&console, "inlay repair", 1,
	          "1. " IN_DOUBT "   look, then run one of\n"
	          "     inlay repair 2 --done  that statement took effect, or you did it: go on "
	          "behind\n"
	          "     inlay repair 2 --again  it took no effect, or you undid it: run it\n"
	          "     inlay repair 2 --forget  you have undone all of it: it is pending again\n"
	          "     inlay repair 2 --accept  you have done the rest: it is applied\n",
	          "");
	console_expect(&console, "inlay repair --quiet", 1, "", "");
	expect_by(&console, "inlay repair 2 --done </dev/null", 64, IN_DOUBT,
	          "inlay repair: this is to take statement 2 of 2_alone.sql as done, and there is "
	          "no terminal to "
	          "ask on\n"
	          "    help: --yes does not ask\n");
	expect_by(&console, "inlay repair 2 --again --yes", 0,
	          IN_DOUBT "repaired 2_alone: statement 2 is taken as not done: the next call "
	                   "runs it\n"
	                   "2_alone.sql: it stopped, and the next call goes on with statement 2\n"
	                   "    help: inlay up goes on with it\n",
	          "");
	expect_by(&console, "inlay repair 2 --done --yes", 0,
	          RESUMABLE "repaired 2_alone: statement 2 is taken as done: the next call goes "
	                    "on behind it\n"
	                    "2_alone.sql: it stopped, and the next call goes on with statement 3\n"
	                    "    help: inlay up goes on with it\n",
	          "");
	console_close(&console);
}

static void goes_on_with_what_can_be_gone_on_with(void **state)
{
	struct database *database = *state;
	struct console console;

	interrupt(database);
	console = open_with(database, alone, "CREATE TABLE nowhere (id INTEGER)");
	expect_by(&console, "inlay repair </dev/null", 1,
	          "1. " RESUMABLE "   inlay up goes on with it; otherwise one of\n"
	          "     inlay repair 2 --done  that statement took effect, or you did it: go on "
	          "behind\n"
	          "     inlay repair 2 --forget  you have undone all of it: it is pending again\n"
	          "     inlay repair 2 --accept  you have done the rest: it is applied\n",
	          "to go on with 2_alone.sql: inlay repair --yes\n");
	console_expect(&console, "inlay repair --yes --quiet && inlay repair", 0,
	               "<database>: nothing is wrong with the history\n", "");
	console_close(&console);
	database_expect(database, "SELECT id FROM nowhere", "2");
	database_expect(database, "SELECT id FROM t ORDER BY id", "1\n3");
}

static void goes_on_with_a_rollback(void **state)
{
	struct database *database = *state;
	struct console console;

	database_run(database, "CREATE TABLE nowhere (id INTEGER)");
	database_expect_ok(database, alone, 2);
	database_run(database, "ALTER TABLE nowhere RENAME TO somewhere");
	database_expect_result(database, database_rollback(database, alone, inlay_rollback_last(1)),
	                       INLAY_INTERRUPTED);
	console = open_with(database, alone, "ALTER TABLE somewhere RENAME TO nowhere");
	expect_by(&console, "inlay repair --yes", 0,
	          "1. 2_alone.sql: its rollback stopped, and the next call goes on with statement "
	          "2\n"
	          "   since <time> ACTOR\n"
	          "   these statements are through, and what they did is there:\n"
	          "     migrations/2_alone.sql:7:1: DELETE FROM t WHERE id = 1\n"
	          "   it is at statement 2:\n"
	          "     migrations/2_alone.sql:8:1: DELETE FROM nowhere\n"
	          "   inlay down goes on with it; otherwise one of\n"
	          "     inlay repair 2 --done  that statement took effect, or you did it: go on "
	          "behind\n"
	          "     inlay repair 2 --forget  you have undone the rest: it is rolled back\n"
	          "     inlay repair 2 --accept  you have put back what is gone: it is applied\n"
	          "2_alone.sql: rolled back\n",
	          "");
	console_expect(&console, "inlay repair", 0,
	               "<database>: nothing is wrong with the history\n", "");
	console_close(&console);
	database_expect(database, "SELECT id FROM nowhere", "");
}

static const struct set_file edited[] = {
	{ "1_t.sql", "CREATE TABLE t\n    (id INTEGER);\n" },
	{ "2_u.sql", "CREATE TABLE u (id BIGINT);\n" },
	{ "4_w.sql", "CREATE TABLE w (id INTEGER);\n" },
	SET_END,
};

/* Every kind at once: reformatted, edited, missing. */
static void repairs_what_the_set_tells(void **state)
{
	static const struct set_file before[] = {
		{ "1_t.sql", "CREATE TABLE t (id INTEGER);\n" },
		{ "2_u.sql", "CREATE TABLE u (id INTEGER);\n" },
		{ "3_v.sql", "CREATE TABLE v (id INTEGER);\n" },
		{ "4_w.sql", "CREATE TABLE w (id INTEGER);\n" },
		SET_END,
	};
	struct database *database = *state;
	struct console console;

	database_expect_ok(database, before, 4);
	console = open_with(database, edited, NULL);
	console_expect(
	        &console, "inlay repair --yes", 1,
	        "1. 1_t.sql: its file was changed, its statements were not\n"
	        "   the set tells what to record: inlay repair --yes\n"
	        "2. 2_u.sql: it was edited after it had been applied\n"
	        "   restore the file, or run\n"
	        "     inlay repair 2 --accept  the database has what the file says now\n"
	        "3. 3_v.sql: it is applied, and the set, which has later ones, lacks it\n"
	        "   restore the file, or run\n"
	        "     inlay repair 3 --forget  it was taken out on purpose, and what it did stays\n"
	        "repaired 1_t: the set's text is recorded, which has the same statements\n",
	        "");
	console_expect(&console, "inlay repair 2 --accept --yes", 0,
	               "2_u.sql: it was edited after it had been applied\n"
	               "repaired 2_u: the set's text, which was edited, is taken for what was "
	               "applied\n"
	               "repaired 3_v.sql: its place in the history is the set's again\n",
	               "");
	console_expect(&console, "inlay repair 3 --forget --yes", 0,
	               "3_v.sql: it is applied, and the set, which has later ones, lacks it\n"
	               "repaired 3_v.sql: it is forgotten, as the set lacks it: what it did stays\n"
	               "repaired 4_w: its place in the history is the set's again\n",
	               "");
	console_expect(&console, "inlay repair && inlay status --quiet", 0,
	               "<database>: nothing is wrong with the history\n", "");
	console_close(&console);
}

static void accepts_all_that_was_reformatted(void **state)
{
	struct database *database = *state;
	struct console console;

	database_expect_ok(database,
	                   (const struct set_file[]){
	                           { "1_t.sql", "CREATE TABLE t (id INTEGER);\n" }, SET_END },
	                   1);
	console = open_with(database, edited, NULL);
	console_expect(
	        &console, "inlay repair --accept </dev/null", 64, "",
	        "inlay repair: this is to record what the set says of 1 of them, and there is no "
	        "terminal "
	        "to ask on\n"
	        "    help: --yes does not ask\n");
	console_expect(&console, "inlay repair --accept --yes && inlay repair --accept", 0,
	               "repaired 1_t: the set's text is recorded, which has the same statements\n",
	               "");
	console_close(&console);
}

static void shows_what_would_be_sent(void **state)
{
	struct database *database = *state;
	struct console console;

	interrupt(database);
	console = open_with(database, alone, doubt_of(database));
	console_expect(
	        &console, "inlay repair 2 --again --dry-run | sed -n '/^BEGIN/,$p' | cut -c-70", 0,
	        "BEGIN;\n"
	        "UPDATE \"main\".\"schema_migrations\" SET previous = 'repair ' || version,\n"
	        "    -- $1 = '2', $2 = '1', $3 = '1', $4 = 'alone', $5 = '61e99ea27b982\n"
	        "UPDATE \"main\".\"schema_migrations\" SET direction = $1, status = $2, pro\n"
	        "    -- $1 = 'up', $2 = 'failed', $3 = '1', $4 = '2'\n"
	        "UPDATE \"main\".\"schema_migrations\" SET chain = $1, previous = $2, floor\n"
	        "    -- $1 = 'bf4f4aa83d4a5045fa4ba3543bf7d1d72d445b545c3e5430ba3a6a4a6\n"
	        "INSERT INTO \"main\".\"schema_migrations_log\" (version, filename, action,\n"
	        "    -- $1 = '2', $2 = '2_alone.sql', $3 = '61e99ea27b98285d54da5b4bebc\n"
	        "COMMIT;\n",
	        "");
	console_expect(&console, "inlay repair 2 --again --dry-run >/dev/null", 1, "", "");
	console_expect(&console, "inlay repair | head -1", 0,
	               "1. 2_alone.sql: it stopped in statement 2, its process is gone, and "
	               "nobody can know whether that statement took effect\n",
	               "");
	console_close(&console);
}

/* --- At a terminal --- */

static void answer(const struct console *console, const char *script, const char *question,
                   const char *keys, int status)
{
	struct screen screen = screen_open(console, script, 100);

	screen_await(&screen, question);
	screen_type(&screen, keys);
	assert_int_equal(screen_wait(&screen), status);
	screen_close(&screen);
}

static void asks_at_a_terminal(void **state)
{
	static const char done[] = "exec \"$INLAY\" repair 2 --done";
	static const char go_on[] = "exec \"$INLAY\" repair";
	static const char question[] = "take statement 2 of 2_alone.sql as done? [y/N] ";
	struct database *database = *state;
	struct console console;

	interrupt(database);
	console = open_with(database, alone, doubt_of(database));
	answer(&console, done, question, "n\n", 2);
	answer(&console, done, question, KEY_CTRL_D, 2);
	answer(&console, done, question, "\n", 2);
	console_expect(&console, "inlay repair | grep -c 'nobody knows of statement 2'", 0, "1\n",
	               "");
	answer(&console, done, question, "y\n", 0);
	answer(&console, go_on, "go on with 2_alone.sql? [y/N] ", "n\n", 1);
	answer(&console, go_on, "go on with 2_alone.sql? [y/N] ", "yes\n", 0);
	console_expect(&console, "inlay repair", 0,
	               "<database>: nothing is wrong with the history\n", "");
	console_close(&console);
	database_expect(database, "SELECT id FROM t ORDER BY id", "1\n3");
}

/* While it goes on with what was interrupted, Ctrl-C stops it; what is through stays. */
static void stops_when_it_is_told_to(void **state)
{
	struct database *database = *state;
	struct console console;
	struct screen screen;

	database_expect_result(
	        database,
	        database_ensure(database,
	                        (const struct set_file[]){ { "1_slow.sql",
	                                                     "-- migrate:up transaction:false\n"
	                                                     "CREATE TABLE t (id INTEGER);\n"
	                                                     "SELECT pg_sleep(0) FROM nowhere;\n" },
	                                                   SET_END }),
	        INLAY_INTERRUPTED);
	console = open_with(
	        database,
	        (const struct set_file[]){ { "1_slow.sql", "-- migrate:up transaction:false\n"
	                                                   "CREATE TABLE t (id INTEGER);\n"
	                                                   "INSERT INTO t VALUES (1);\n"
	                                                   "SELECT pg_sleep(600);\n" },
	                                   SET_END },
	        NULL);
	screen = screen_open(&console, "exec \"$INLAY\" repair --yes --verbose", 100);
	screen_await(&screen, "statement 2: INSERT INTO t VALUES (1)");
	screen_type(&screen, KEY_CTRL_C);
	assert_int_equal(screen_wait(&screen), 128 + SIGINT);
	screen_close(&screen);
	console_close(&console);
	database_expect(database, "SELECT id FROM t", "1");
	database_expect(database, "SELECT status, progress FROM schema_migrations", "failed|2");
}

/* --- The lock --- */

#define TAKE_GATE                                                                                  \
	"BEGIN; SELECT pg_advisory_xact_lock(hashtextextended('\"public\".\"schema_migrations\"'," \
	" 0))"
#define TAKE_ROW "BEGIN; SELECT 1 FROM schema_migrations_state FOR UPDATE"

#define STUCK_SESSION                                                                              \
	"backend <pid>, role postgres, application stuck: idle in transaction for <ms>, in a "     \
	"transaction since <time>\n   its last command: COMMAND\n"
#define BUSY_SESSION                                                                               \
	"backend <pid>, role postgres, application busy: active for <ms>, in a transaction since " \
	"<time>\n   its command: SELECT pg_sleep(600)\n"

/* console_expect() with COMMAND for what takes the gate. */
static void expect_last(const struct console *console, const char *script, int status,
                        const char *out_format, const char *err)
{
	const char *mark = strstr(out_format, "COMMAND");
	char out[4000];

	assert_non_null(mark);
	(void)snprintf(out, sizeof(out), "%.*s%s%s", (int)(mark - out_format), out_format,
	               database_by_gate(console->database, TAKE_GATE, TAKE_ROW), mark + 7);
	console_expect(console, script, status, out, err);
}

static void ends_who_holds_the_lock_and_does_nothing(void **state)
{
	struct database *database = *state;
	PGconn *other = postgres_server_connect_as(database->name, "postgres");
	struct console console;

	database_expect_ok(database, (const struct set_file[]){ alone[0], SET_END }, 1);
	PQclear(PQexec(other, "SET application_name = 'stuck'"));
	console = open_with(database, alone, NULL);
	console_expect(&console, "inlay repair --terminate", 0, "nobody holds the lock\n", "");
	PQclear(PQexec(other, database_by_gate(database, TAKE_GATE, TAKE_ROW)));
	expect_last(&console, "sleep 1.2; inlay repair", 1,
	            "1. the lock is held and nothing is done with it: " STUCK_SESSION
	            "   find out whose it is, then end it: inlay repair --terminate\n",
	            "");
	expect_last(
	        &console, "inlay repair --terminate </dev/null", 64, STUCK_SESSION,
	        "inlay repair: this is to end backend <pid>, and there is no terminal to ask on\n"
	        "    help: --yes does not ask\n");
	expect_last(&console, "inlay repair --terminate --yes", 0,
	            STUCK_SESSION "backend <pid> is ended\n", "");
	console_expect(&console, "inlay repair --terminate", 0, "nobody holds the lock\n", "");
	PQclear(PQexec(other, "SELECT 1"));
	assert_int_equal(PQstatus(other), CONNECTION_BAD);
	PQfinish(other);
	console_close(&console);
}

static void leaves_who_is_at_work_alone(void **state)
{
	struct database *database = *state;
	PGconn *other = postgres_server_connect_as(database->name, "postgres");
	struct console console;

	database_expect_ok(database, (const struct set_file[]){ alone[0], SET_END }, 1);
	PQclear(PQexec(other, "SET application_name = 'busy'"));
	PQclear(PQexec(other, database_by_gate(database, TAKE_GATE, TAKE_ROW)));
	assert_int_equal(PQsendQuery(other, "SELECT pg_sleep(600)"), 1);
	console = open_with(database, alone, NULL);
	console_expect(&console, "inlay repair", 0,
	               "somebody is at work: " BUSY_SESSION
	               "<database>: nothing is wrong with the history\n",
	               "");
	console_expect(&console, "inlay repair --terminate --yes", 2, BUSY_SESSION,
	               "inlay repair: backend <pid> may be at work, and is not ended\n"
	               "    help: wait until it is through; --force ends it all the same\n");
	console_expect(&console, "inlay repair --terminate --yes --force", 0,
	               BUSY_SESSION "backend <pid> is ended\n", "");
	PQfinish(other);
	console_close(&console);
}

static void says_what_it_may_not(void **state)
{
	struct database *database = *state;
	PGconn *other = postgres_server_connect_as(database->name, "postgres");
	struct console console;

	database_expect_ok(database, (const struct set_file[]){ alone[0], SET_END }, 1);
	database_run(database, "CREATE ROLE weak LOGIN;"
	                       " GRANT SELECT ON ALL TABLES IN SCHEMA public TO weak");
	PQclear(PQexec(other, TAKE_GATE));
	console = open_with(database, alone, NULL);
	console_expect(&console,
	               "DATABASE_URL=\"$DATABASE_URL user=weak\" inlay repair --terminate --yes "
	               "--force 2>&1 | sed 's/ERROR: .*/ERROR: .../'",
	               0,
	               "backend <pid>, role postgres: this role is not told what it does\n"
	               "inlay repair: backend <pid> can not be ended: ERROR: ...\n"
	               "    help: that takes its role, pg_signal_backend or a superuser\n",
	               "");
	/* Looking is no more than reading. */
	console_expect(&console, "DATABASE_URL=\"$DATABASE_URL user=weak\" inlay repair", 0,
	               "somebody is at work: backend <pid>, role postgres: this role is not told "
	               "what it does\n"
	               "<database>: nothing is wrong with the history\n",
	               "");
	PQfinish(other);
	console_close(&console);
	database_run(database, "DROP OWNED BY weak; DROP ROLE weak");
}

static void says_that_sqlite_has_nothing_to_end(void **state)
{
	struct database *database = *state;
	struct console console;

	database_expect_ok(database, (const struct set_file[]){ alone[0], SET_END }, 1);
	console = open_with(database, alone, NULL);
	console_expect(&console, "inlay repair --terminate", 0,
	               "SQLite's locks end with their processes: there is nothing to end\n", "");
	console_close(&console);
}

/* --- What can not be --- */

static void refuses_what_makes_no_sense(void **state)
{
	static const struct {
		const char *script;
		const char *err;
	} rows[] = {
		{ "inlay repair --done --again 2", "--done, --again, --forget, --accept and "
		                                   "--terminate leave each other out" },
		{ "inlay repair --forget", "which version?  inlay repair tells" },
		{ "inlay repair two", "a version is a number, not two" },
		{ "inlay repair 2 --terminate", "--terminate takes no version: 2" },
		{ "inlay repair 2 --force", "--force goes with --terminate" },
	};
	struct database *database = *state;
	struct console console = open_with(database, alone, NULL);

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char err[300];

		(void)snprintf(err, sizeof(err),
		               "inlay repair: %s\n    help: inlay repair --help\n", rows[i].err);
		console_expect(&console, rows[i].script, 64, "", err);
	}
	console_expect(&console, "DATABASE_URL=sqlite:none.db inlay repair", 2, "",
	               "inlay repair: sqlite:none.db: there is no such file\n"
	               "    help: inlay up makes it\n");
	console_expect(&console, "inlay repair --dir nowhere 2>/dev/null", 66, "", "");
	console_close(&console);
}

/* Two at once: one of them repairs, and no statement is skipped that nobody meant. */
static void two_at_once_repair_once(void **state)
{
	struct database *database = *state;
	struct console console;

	interrupt(database);
	console = open_with(database, alone, doubt_of(database));
	console_expect(&console,
	               "inlay repair 2 --again --yes --quiet 2>/dev/null & "
	               "inlay repair 2 --again --yes --quiet 2>/dev/null & wait",
	               0, "", "");
	console_close(&console);
	database_expect(database,
	                "SELECT COUNT(*) FROM schema_migrations_log WHERE action = 'repaired'",
	                "1");
	database_expect(database,
	                "SELECT status, progress FROM schema_migrations WHERE version = 2",
	                "failed|1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DATABASE_TEST_BOTH(says_that_nothing_is_wrong),
		DATABASE_TEST_BOTH(tells_who_has_to_decide),
		DATABASE_TEST_BOTH(goes_on_with_what_can_be_gone_on_with),
		DATABASE_TEST_BOTH(goes_on_with_a_rollback),
		DATABASE_TEST_BOTH(repairs_what_the_set_tells),
		DATABASE_TEST_BOTH(accepts_all_that_was_reformatted),
		DATABASE_TEST_FILE(shows_what_would_be_sent),
		DATABASE_TEST_BOTH(asks_at_a_terminal),
		DATABASE_TEST_GATES(stops_when_it_is_told_to),
		DATABASE_TEST_GATES(ends_who_holds_the_lock_and_does_nothing),
		DATABASE_TEST_GATES(leaves_who_is_at_work_alone),
		DATABASE_TEST_POSTGRES(says_what_it_may_not),
		DATABASE_TEST_FILE(says_that_sqlite_has_nothing_to_end),
		DATABASE_TEST_FILE(refuses_what_makes_no_sense),
		DATABASE_TEST_BOTH(two_at_once_repair_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
