/* access_test.c - status and history where little is allowed, or the server is late or gone. */
#include "console.h"
#include "pooler.h"
#include "postgres_server.h"
#include "proxy.h"

#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
/* cmocka.h wants some of those first. */
#include <cmocka.h>

static const struct set_file one[] = {
	{ "001_create_t.sql", "CREATE TABLE t (id INTEGER PRIMARY KEY);\n" },
	SET_END,
};
static const struct set_file with_view[] = {
	{ "001_create_t.sql", "CREATE TABLE t (id INTEGER PRIMARY KEY);\n" },
	{ "R__v.sql", "DROP VIEW IF EXISTS v;\nCREATE VIEW v AS SELECT id FROM t;\n" },
	SET_END,
};

static struct console open_with(struct database *database, const struct set_file *files)
{
	struct console console = console_open(database);

	for (; files->name != NULL; files++) {
		char *path = format("migrations/%s", files->name);

		console_write(&console, path, files->content);
		free(path);
	}
	return console;
}

static void pause_ms(long milliseconds)
{
	const struct timespec pause = { milliseconds / 1000, milliseconds % 1000 * 1000000 };

	(void)nanosleep(&pause, NULL);
}

/* --- Rights --- */

/* `role` at the test's database. */
static void expect_as(const struct console *console, const char *options, const char *script,
                      int status, const char *const says[2])
{
	char *text = format("DATABASE_URL='%s'\n%s", options, script);

	console_expect(console, text, status, says[0], says[1]);
	free(text);
}

static void reader(struct database *database, const char *grants, const char *script, int status,
                   const char *const says[2])
{
	struct console console;
	char options[600];

	(void)snprintf(options, sizeof(options), "%s",
	               cluster_options(postgres_server(), database->name, "reader"));
	database_run(database, "CREATE ROLE reader LOGIN");
	database_run(database, grants);
	console = open_with(database, with_view);
	expect_as(&console, options, script, status, says);
	console_close(&console);
	database_run(database, "DROP OWNED BY reader; DROP ROLE reader");
}

#define GRANT                                                                                      \
	"    help: GRANT SELECT ON schema_migrations, schema_migrations_log, "                     \
	"schema_migrations_state TO the role; USAGE on their schema it needs as well\n"

static void who_may_read_is_told(void **state)
{
	static const char all[] = "GRANT SELECT ON schema_migrations, schema_migrations_log, "
	                          "schema_migrations_state TO reader";
	struct database *database = *state;

	database_expect_ok(database, with_view, 2);
	reader(database, all, "inlay status | tail -1; inlay history | wc -l", 0,
	       (const char *const[]){ "up to date: 2 applied\n3\n", "" });
	reader(database, "GRANT SELECT ON schema_migrations, schema_migrations_state TO reader",
	       "inlay status | tail -3 | tr -s ' '; inlay history", 2,
	       (const char *const[]){
	               "repeatable R__v applied - - -\n\nup to date: 2 applied\n",
	               "inlay history: the log can not be read: permission denied for table "
	               "schema_migrations_log (SQLSTATE 42501)\n" GRANT });
	reader(database, "GRANT SELECT ON schema_migrations_log TO reader", "inlay status", 2,
	       (const char *const[]){
	               "", "inlay status: the tracking table can not be read: permission denied "
	                   "for table schema_migrations_state (SQLSTATE 42501)\n" GRANT });
	reader(database, "REVOKE USAGE ON SCHEMA public FROM PUBLIC", "inlay status", 2,
	       (const char *const[]){
	               "", "inlay status: no schema of the connection's search_path exists, or "
	                   "none that "
	                   "this role may use, so there is no place for \"schema_migrations\"; "
	                   "nothing was changed\n" });
}

static void nothing_is_written_by_readers(void **state)
{
	struct database *database = *state;
	const char next[] = "SELECT pg_snapshot_xmax(pg_current_snapshot())";
	struct console console;
	char before[40];

	database_expect_ok(database, with_view, 2);
	(void)snprintf(before, sizeof(before), "%s", database_ask(database, next));
	console = open_with(database, with_view);
	console_expect(&console,
	               "inlay status -q && inlay history -q && inlay status --json -q | "
	               "wc -c | tr -d 0-9",
	               0, "\n", "");
	console_close(&console);
	database_expect(database, next, before);
}

/* --- A standby --- */

static void go_to_standby(struct database *database, const struct cluster *standby)
{
	char end[40];
	char sql[120];
	PGconn *connection = cluster_connect(standby, "postgres", "postgres");

	(void)snprintf(end, sizeof(end), "%s",
	               database_ask(database, "SELECT pg_current_wal_flush_lsn()"));
	(void)snprintf(sql, sizeof(sql), "SELECT pg_last_wal_replay_lsn() >= '%s'", end);
	for (int i = 0; i < 4000; i++) {
		PGresult *result = PQexec(connection, sql);
		bool is_there = strcmp(PQgetvalue(result, 0, 0), "t") == 0;

		PQclear(result);
		if (is_there)
			break;
		pause_ms(5);
	}
	PQfinish(connection);
}

static void a_standby_answers(void **state)
{
	static const struct set_file alone[] = {
		{ "001_alone.sql", "-- migrate:up transaction:false\nCREATE TABLE t (id INTEGER);\n"
		                   "INSERT INTO missing VALUES (1);\n" },
		SET_END,
	};
	struct database *database = *state;
	struct cluster *standby;
	struct console console;
	char options[600];

	database_expect_ok(database, one, 1);
	standby = cluster_create_standby(postgres_server());
	go_to_standby(database, standby);
	(void)snprintf(options, sizeof(options), "%s",
	               cluster_options(standby, database->name, "postgres"));
	console = open_with(database, one);
	expect_as(&console, options, "inlay status | tail -1; inlay history | wc -l", 0,
	          (const char *const[]){ "up to date: 1 applied\n2\n", "" });
	console_close(&console);
	database_clear(database);
	database_expect_result(database, database_ensure_unchecked(database, alone),
	                       INLAY_INTERRUPTED);
	go_to_standby(database, standby);
	console = open_with(database, alone);
	expect_as(&console, options, "inlay status | sed -n '4,$p'; inlay status -q", 1,
	          (const char *const[]){
	                  "001_alone.sql is not finished: 1 of 2 statements are through; begun by "
	                  "role postgres, backend <pid>, process <pid> on <host>\n"
	                  "    help: a standby does not see whether somebody is at it: ask the "
	                  "primary\n"
	                  "1 interrupted\n",
	                  "" });
	console_close(&console);
	cluster_destroy(standby);
}

/* --- On the way --- */

static void a_pooler_is_fine(void **state)
{
	struct database *database = *state;
	struct pooler *pooler = pooler_start(postgres_server());
	struct console console;
	char options[600];

	database_expect_ok(database, with_view, 2);
	(void)snprintf(options, sizeof(options), "%s",
	               pooler_options(pooler, database->name, "postgres"));
	console = open_with(database, with_view);
	expect_as(&console, options, "inlay status | tail -1; inlay history | wc -l", 0,
	          (const char *const[]){ "up to date: 2 applied\n3\n", "" });
	console_close(&console);
	pooler_stop(pooler);
}

static void the_server_goes_away(void **state)
{
	struct database *database = *state;
	const struct proxy_plan plan = { cluster_directory(postgres_server()), 0, 0 };
	struct proxy *proxy = proxy_start(&plan);
	const struct proxy_limit limit = { .end = PROXY_CUT, .frame_count = 1 };
	struct console console;
	struct outcome outcome;
	char *script;

	assert_non_null(proxy);
	script = format("DATABASE_URL='%s user=postgres dbname=%s' inlay status",
	                proxy_options(proxy), database->name);
	database_expect_ok(database, one, 1);
	console = open_with(database, one);
	proxy_arm(proxy, &limit);
	outcome = console_run(&console, script);
	assert_int_equal(outcome.status, 2);
	assert_int_equal(outcome.out.size, 0);
	assert_non_null(
	        strstr(outcome.err.start, "inlay status: the tracking table can not be read: "));
	assert_non_null(strstr(outcome.err.start, "server closed the connection unexpectedly"));
	assert_ptr_equal(strchr(outcome.err.start, '\n') + 1, outcome.err.start + outcome.err.size);
	outcome_free(&outcome);
	console_close(&console);
	proxy_stop(proxy);
	free(script);
}

static void a_late_server_is_waited_for(void **state)
{
	struct cluster *cluster = cluster_create();
	char *directory = directory_make();
	char *script = format("inlay history --wait 60s --database '%s'",
	                      cluster_options(cluster, "postgres", "postgres"));
	struct outcome outcome;
	pid_t child;

	(void)state;
	cluster_crash(cluster);
	(void)fflush(NULL);
	child = fork();
	if (child == 0) {
		pause_ms(600);
		cluster_restart(cluster);
		_exit(0);
	}
	outcome = command_run(directory, script);
	if (outcome.status != 0)
		fail_msg("%s", outcome.err.start);
	assert_string_equal(outcome.out.start, "nothing has been done yet\n");
	assert_non_null(strstr(outcome.err.start, ", 60 s at most\n"));
	(void)waitpid(child, NULL, 0);
	outcome_free(&outcome);
	cluster_destroy(cluster);
	directory_remove(directory);
	free(directory);
	free(script);
}

/* Answers everybody with that, whatever they ask; ends with the test program. */
static pid_t pretend_to_start(const char *directory, const char *words)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	char answer[200] = { 'E' };
	size_t size = 5;
	int line = socket(AF_UNIX, SOCK_STREAM, 0);
	pid_t child;

	(void)snprintf(address.sun_path, sizeof(address.sun_path), "%s/.s.PGSQL.5432", directory);
	assert_int_equal(bind(line, (const struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(line, 5), 0);
	size += (size_t)snprintf(answer + size, 150, "SFATAL%cVFATAL%cC57P03%cM%s%c", 0, 0, 0,
	                         words, 0) +
	        1;
	answer[4] = (char)(size - 1);
	child = fork();
	while (child == 0) {
		char question[1000];
		int caller = accept(line, NULL, NULL);

		if (caller < 0 || read(caller, question, sizeof(question)) < 0 ||
		    write(caller, answer, size) < 0)
			_exit(1);
		(void)close(caller);
	}
	(void)close(line);
	return child;
}

static void a_starting_server_may_be_waited_for(void **state)
{
	static const char words[] = "the database system is \033[31mstarting up";
	char *directory = directory_make();
	char *script = format("inlay history --wait 1ms --database 'host=%s user=ada dbname=app'",
	                      directory);
	char *expected =
	        format("inlay history: waiting for postgres://ada@:5432/app?host=%s, 1 s at most\n"
	               "inlay history: postgres://ada@:5432/app?host=%s: connection to server on "
	               "socket \"%s/.s.PGSQL.5432\" failed: FATAL: the database system is "
	               "?[31mstarting up\n"
	               "    help: --wait 60s waits for a server that is starting\n",
	               directory, directory, directory);
	pid_t server = pretend_to_start(directory, words);
	struct outcome outcome = command_run(directory, script);

	(void)state;
	assert_int_equal(outcome.status, 2);
	assert_string_equal(outcome.err.start, expected);
	(void)kill(server, SIGKILL);
	(void)waitpid(server, NULL, 0);
	outcome_free(&outcome);
	directory_remove(directory);
	free(directory);
	free(expected);
	free(script);
}

/* --- SQLite's files --- */

#define NOBODY                                                                                     \
	"chmod 755 .; cp \"$INLAY\" ./command\n"                                                   \
	"as_nobody() { if [ \"$(id -u)\" = 0 ]; then setpriv --reuid 65534 --regid 65534 "         \
	"--clear-groups \"$@\"; else \"$@\"; fi; }\n"

/* In a directory where nothing can be made, with the files that `copies` has. */
static void expect_read_only(struct database *database, const char *copies, int status,
                             const char *const says[2])
{
	struct console console = open_with(database, one);
	char *script = format(NOBODY "mkdir 'a b%%41?'; for file in %s; do cp \"%s$file\" "
	                             "\"a b%%41?/app.db$file\"; done\n"
	                             "chmod 444 a*/*; chmod 555 a*; ls a* > before\n"
	                             "as_nobody ./command status --database 'sqlite:a "
	                             "b%%41?/app.db' > out; code=$?\n"
	                             "as_nobody ./command history -q --database 'sqlite:a "
	                             "b%%41?/app.db' 2>/dev/null || code=$?\n"
	                             "ls a* | cmp - before; tail -1 out; chmod 755 a*; exit $code",
	                      copies, database->path);

	console_expect(&console, script, status, says[0], says[1]);
	console_close(&console);
	free(script);
}

static void read_only_files_are_read(void **state)
{
	struct database *database = *state;

	database_expect_ok(database, one, 1);
	expect_read_only(database, "''", 0, (const char *const[]){ "up to date: 1 applied\n", "" });
	database_run(database, "PRAGMA journal_mode = WAL");
	/* The last connection that closes empties the log, and removes it. */
	expect_read_only(database, "''", 0, (const char *const[]){ "up to date: 1 applied\n", "" });
}

static void a_log_that_can_not_be_read_is_not_passed_over(void **state)
{
	struct database *database = *state;
	sqlite3 *writer;

	database_expect_ok(database, one, 1);
	database_run(database, "PRAGMA journal_mode = WAL");
	assert_int_equal(sqlite3_open(database->path, &writer), SQLITE_OK);
	assert_int_equal(sqlite3_exec(writer, "INSERT INTO t VALUES (1)", NULL, NULL, NULL),
	                 SQLITE_OK);
	expect_read_only(database, "'' -wal -shm", 0,
	                 (const char *const[]){ "up to date: 1 applied\n", "" });
	expect_read_only(
	        database, "'' -wal", 2,
	        (const char *const[]){
	                "", "inlay status: sqlite:a b%41?/app.db: it is in WAL mode, and what is "
	                    "in its log can not be read without writing beside it\n"
	                    "    help: run it as a user who may write to the directory, or close "
	                    "the database there, which empties the log\n" });
	assert_int_equal(sqlite3_close(writer), SQLITE_OK);
}

static void a_locked_file_is_waited_for_and_told(void **state)
{
	struct database *database = *state;
	sqlite3 *writer;
	struct console console;

	database_expect_ok(database, one, 1);
	console = open_with(database, one);
	assert_int_equal(sqlite3_open(database->path, &writer), SQLITE_OK);
	assert_int_equal(sqlite3_exec(writer, "BEGIN EXCLUSIVE", NULL, NULL, NULL), SQLITE_OK);
	console_expect(&console, "inlay history 2>&1 | grep -c 'database is locked\\|busy'", 0,
	               "1\n", "");
	assert_int_equal(sqlite3_close(writer), SQLITE_OK);
	console_close(&console);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DATABASE_TEST_POSTGRES(who_may_read_is_told),
		DATABASE_TEST_POSTGRES(nothing_is_written_by_readers),
		DATABASE_TEST_POSTGRES(a_standby_answers),
		POOLER_TEST(a_pooler_is_fine),
		DATABASE_TEST_POSTGRES(the_server_goes_away),
		{ "a_late_server_is_waited_for",
		  database_unless_missing(a_late_server_is_waited_for), NULL, NULL, NULL },
		cmocka_unit_test(a_starting_server_may_be_waited_for),
		DATABASE_TEST_FILE(read_only_files_are_read),
		DATABASE_TEST_FILE(a_log_that_can_not_be_read_is_not_passed_over),
		DATABASE_TEST_FILE(a_locked_file_is_waited_for_and_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
