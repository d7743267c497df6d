/* connect_test.c - what the command says when it can not get at a database, and that it never says
 * a password. */
#include "console.h"
#include "postgres_server.h"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
/* cmocka.h wants some of those first. */
#include <cmocka.h>

#define IS_IT_RUNNING                                                                              \
	"    help: is the server running there?  --wait 60s waits for one that is starting\n"

static void run_rows(const char *const (*rows)[2], size_t count, int status)
{
	char *directory = directory_make();

	for (size_t i = 0; i < count; i++) {
		const struct command_row row = { rows[i][0], status, "", rows[i][1] };

		command_expect_rows(directory, &row, 1, false);
	}
	directory_remove(directory);
	free(directory);
}

/* --- Without a database --- */

#define CLEAN "unset DATABASE_URL PGHOST PGHOSTADDR PGDATABASE PGSERVICE PGUSER PGPORT\n"
#define USAGE "    help: inlay history --help\n"

static void no_database_is_meant(void **state)
{
	static const char *const rows[][2] = {
		{ CLEAN "inlay history",
		  "inlay history: no database is named: give --database URL, or set "
		  "DATABASE_URL\n" USAGE },
		{ CLEAN "DATABASE_URL=mysql://ada:secret@db/app inlay history",
		  "inlay history: DATABASE_URL: mysql:// is no database that inlay knows: it is "
		  "postgres://USER@HOST/NAME, \"host=... dbname=...\" or sqlite:PATH\n" USAGE },
		{ CLEAN "inlay history --database postgres://ada:se@cret@db/app",
		  "inlay history: a @ or / in the user's name or the password has to be written "
		  "as %40 or %2F (not shown: it has a password)\n" USAGE },
		{ CLEAN "inlay history --database 'host=db password=two words'",
		  "inlay history: it is no connection string that libpq can read: a value with a "
		  "space in it stands in quotes, 'so and so' (not shown: it may have a "
		  "password)\n" USAGE },
		{ CLEAN "inlay history --database 'hots=db'",
		  "inlay history: invalid connection option \"hots\"\n" USAGE },
		{ CLEAN "inlay history --database sqlite:",
		  "inlay history: a path is missing behind sqlite:\n" USAGE },
		{ CLEAN "inlay history --database sqlite:x --gate shut",
		  "inlay history: unknown option --gate\n" USAGE },
	};

	(void)state;
	run_rows(rows, sizeof(rows) / sizeof(rows[0]), 64);
}

static void there_is_no_server(void **state)
{
	static const char *const rows[][2] = {
		{ "inlay history --database postgres://ada:secret@127.0.0.1:1/app",
		  "inlay history: postgres://ada@127.0.0.1:1/app: connection to server at "
		  "\"127.0.0.1\", port 1 failed: Connection refused\n" IS_IT_RUNNING },
		{ "inlay history --database 'host=/nowhere user=ada dbname=app'",
		  "inlay history: postgres://ada@:5432/app?host=/nowhere: connection to server on "
		  "socket \"/nowhere/.s.PGSQL.5432\" failed: No such file or "
		  "directory\n" IS_IT_RUNNING },
		{ "inlay history --database 'postgres://ada@/app?sslmode=maybe'",
		  "inlay history: postgres://ada@:5432/app: invalid sslmode value: \"maybe\"\n" },
		{ "inlay history --database postgres://ada@h:0x/app",
		  "inlay history: postgres://ada@h:0x/app: invalid integer value \"0x\" for "
		  "connection option \"port\"\n" },
		{ "inlay history --database postgres://ada:secret@x.invalid/app 2>&1 |"
		  " sed 's/ to address: .*//' >&2; exit 2",
		  "inlay history: postgres://ada@x.invalid:5432/app: could not translate host name "
		  "\"x.invalid\"\n"
		  "    help: is the name right?  --wait 60s waits for one that is not known "
		  "yet\n" },
		{ "PGSERVICE=nowhere inlay history --database postgres:///app 2>&1 |"
		  " sed 's/.*definition/definition/' >&2; exit 2",
		  "definition of service \"nowhere\" not found\n" },
		{ "inlay history --wait 300ms --database postgres://ada:secret@127.0.0.1:1/app",
		  "inlay history: waiting for postgres://ada@127.0.0.1:1/app, 1 s at most\n"
		  "inlay history: postgres://ada@127.0.0.1:1/app: connection to server at "
		  "\"127.0.0.1\", port 1 failed: Connection refused\n" IS_IT_RUNNING },
		{ "inlay history -q --wait 1ms --database postgres://ada@127.0.0.1:1/app",
		  "inlay history: postgres://ada@127.0.0.1:1/app: connection to server at "
		  "\"127.0.0.1\", port 1 failed: Connection refused\n" IS_IT_RUNNING },
	};

	(void)state;
	run_rows(rows, sizeof(rows) / sizeof(rows[0]), 2);
}

static void env_files(void **state)
{
	static const struct command_row rows[] = {
		{ CLEAN "inlay history --env-file app.env", 66, "",
		  "inlay history: app.env: No such file or directory\n" },
		{ CLEAN "echo x > app.env; inlay history --env-file app.env", 66, "",
		  "inlay history: app.env:1: this is no NAME=VALUE\n" },
		{ CLEAN "echo DATABASE_URL=sqlite:a.db > app.env; inlay history --env-file app.env",
		  0, "nothing has been done yet: there is no such file\n", "" },
		{ "DATABASE_URL=sqlite: inlay history --env-file app.env", 64, "",
		  "inlay history: DATABASE_URL: a path is missing behind sqlite:\n" USAGE },
	};
	char *directory = directory_make();

	(void)state;
	command_expect_rows(directory, rows, sizeof(rows) / sizeof(rows[0]), false);
	directory_remove(directory);
	free(directory);
}

static void nobody_reads_a_password_from_the_list_of_processes(void **state)
{
	static const char *const urls[] = {
		"postgres://ada:secret@127.0.0.1:1/app",
		"postgres://ada:%73ecr%65t%40secret:secret@127.0.0.1:1/app",
		"postgres://ada@127.0.0.1:1/app?password=secret&sslpassword=secret",
		"host=127.0.0.1 port=1 password = secret sslpassword=secret",
		"host=127.0.0.1 port=1 password='my secret'",
	};
	char *directory = directory_make();

	(void)state;
	for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
		/* Until it is the command itself, the process is a shell, with this script. */
		char *script = format("test -r /proc/self/cmdline || { echo '*'; exit 0; }\n"
		                      "\"$INLAY\" history -q --wait 60s --database \"%s\" &\n"
		                      "until grep -qvx sh /proc/$!/comm && "
		                      "grep -q '[*]' /proc/$!/cmdline; do sleep 0.05; done\n"
		                      "tr '\\0' ' ' < /proc/$!/cmdline; kill $!",
		                      urls[i]);
		struct outcome outcome = command_run(directory, script);

		assert_non_null(strstr(outcome.out.start, "*"));
		assert_null(strstr(outcome.out.start, "secr"));
		assert_null(strstr(outcome.out.start, "%73"));
		outcome_free(&outcome);
		free(script);
	}
	directory_remove(directory);
	free(directory);
}

/* --- PostgreSQL --- */

static void other_ways_to_name_it(void **state)
{
	struct database *database = *state;
	struct console console = console_open(database);
	const char *directory = cluster_directory(postgres_server());
	char *script =
	        format("set -e\n" CLEAN "PGHOST=%s PGUSER=postgres PGDATABASE=%s inlay history\n"
	               "PGUSER=postgres inlay history --database postgres:///%s?host=%s\n"
	               "inlay history --database \"dbname='%s' user=postgres host = %s\"\n"
	               "printf '[here]\\nhost=%s\\nuser=postgres\\ndbname=%s\\n' > service\n"
	               "export PGSERVICEFILE=service\n"
	               "PGSERVICE=here inlay history\n"
	               "inlay history --json --database service=here | grep -c %s\n",
	               directory, database->name, database->name, directory, database->name,
	               directory, directory, database->name, database->name);

	console_expect(&console, script, 0,
	               "nothing has been done yet\nnothing has been done yet\n"
	               "nothing has been done yet\nnothing has been done yet\n1\n",
	               "");
	free(script);
	console_close(&console);
}

/* `database` as a role or under a name of somebody else's. */
static char *url_as(const struct database *database, const char *role, const char *name)
{
	return format("host=%s user=%s dbname=%s", cluster_directory(postgres_server()), role,
	              name != NULL ? name : database->name);
}

struct refusal {
	const char *role;
	const char *name; /* Of the database; NULL: the test's. */
	const char *words;
	const char *help;
};

static void expect_refusal(const struct console *console, const struct refusal *row)
{
	char *url = url_as(console->database, row->role, row->name);
	char *script = format("inlay status --database \"%s\" 2>&1 >/dev/null |"
	                      " sed 's/-h [^ ]*/-h <host>/'",
	                      url);
	char *expected =
	        format("inlay status: <database>: connection to server on socket "
	               "\"%s/.s.PGSQL.5432\" failed: FATAL: %s\n%s%s",
	               cluster_directory(postgres_server()), row->words,
	               row->help != NULL ? "    help: " : "", row->help != NULL ? row->help : "");

	console_expect(console, script, 0, expected, "");
	free(url);
	free(script);
	free(expected);
}

static void the_server_refuses(void **state)
{
	static const struct refusal rows[] = {
		{ "postgres", "absent", "database \"absent\" does not exist",
		  "createdb -h <host> -p 5432 -U postgres absent makes it\n" },
		{ "postgres", "'ab sent'", "database \"ab sent\" does not exist",
		  "createdb -h <host> -p 5432 -U postgres 'ab sent' makes it\n" },
		{ "absent", NULL, "role \"absent\" does not exist",
		  "name another role in the URL, or make it: CREATE ROLE ... LOGIN\n" },
		{ "no_login", NULL, "role \"no_login\" is not permitted to log in",
		  "ALTER ROLE ... LOGIN, or another role in the URL\n" },
		{ "crowd", NULL, "too many connections for role \"crowd\"",
		  "it may pass; pg_stat_activity shows who holds them\n" },
		{ "stranger", NULL,
		  "permission denied for database \"<name>\"; DETAIL: User does "
		  "not have CONNECT privilege.",
		  "GRANT CONNECT ON DATABASE ... TO the role\n" },
	};
	struct database *database = *state;
	char *sql = format("CREATE ROLE no_login; CREATE ROLE crowd LOGIN CONNECTION LIMIT 0;"
	                   "CREATE ROLE stranger LOGIN; GRANT CONNECT ON DATABASE %s TO crowd;"
	                   "REVOKE CONNECT ON DATABASE %s FROM PUBLIC",
	                   database->name, database->name);
	struct console console;

	database_run(database, sql);
	console = console_open(database);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		expect_refusal(&console, &rows[i]);
	console_close(&console);
	database_run(database, "DROP OWNED BY no_login, crowd, stranger;"
	                       "DROP ROLE no_login, crowd, stranger");
	free(sql);
}

/* A server of its own where roles but postgres have to know their passwords. */
static void ask_for_passwords(const struct cluster *cluster)
{
	PGconn *connection = cluster_connect(cluster, "postgres", "postgres");
	char *sql = format("SET password_encryption = 'scram-sha-256'; CREATE ROLE ada LOGIN "
	                   "PASSWORD 'se@c/r:e%%t x'; COPY (VALUES "
	                   "('local all postgres trust'), ('local all ada scram-sha-256')) TO "
	                   "'%s/data/pg_hba.conf'",
	                   cluster_directory(cluster));

	PQclear(PQexec(connection, sql));
	PQclear(PQexec(connection, "SELECT pg_reload_conf(), pg_sleep(0.5)"));
	PQfinish(connection);
	free(sql);
}

static void passwords(void **state)
{
	static const struct {
		const char *url; /* %s: the server's directory */
		int status;
		const char *words; /* The end of the first line of standard error. */
		const char *help;
	} rows[] = {
		{ "postgres://ada:se%%40c%%2Fr:e%%25t%%20x@/postgres?host=%s", 0, NULL, NULL },
		{ "host=%s user=ada dbname=postgres password='se@c/r:e%%t x'", 0, NULL, NULL },
		{ "postgres://ada:wrong%%40@/postgres?host=%s", 2,
		  "password authentication failed for user \"ada\"\n",
		  "    help: the password in DATABASE_URL, PGPASSWORD or ~/.pgpass is not this "
		  "role's; in a URL its @ : / % are written %40 %3A %2F %25\n" },
		{ "postgres://ada@/postgres?host=%s", 2, "fe_sendauth: no password supplied\n",
		  "    help: put the password into DATABASE_URL, PGPASSWORD or ~/.pgpass\n" },
		{ "postgres://postgres@/postgres?target_session_attrs=standby&host=%s", 2,
		  "server is not in hot standby mode\n",
		  "    help: target_session_attrs asks for a standby\n" },
		{ "postgres://eve@/postgres?host=%s", 2,
		  "no pg_hba.conf entry for host \"[local]\", user \"eve\", database "
		  "\"postgres\", ",
		  "    help: the server's pg_hba.conf does not let this role in from here\n" },
	};
	struct cluster *cluster = cluster_create();
	char *directory = directory_make();

	(void)state;
	ask_for_passwords(cluster);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *at = strstr(rows[i].url, "%s");
		char *url = format("%.*s%s%s", (int)(at - rows[i].url), rows[i].url,
		                   cluster_directory(cluster), at + 2);
		char *script;
		struct outcome outcome;

		for (char *c = url; *c != '\0'; c++) /* "%%" is one. */
			if (c[0] == '%' && c[1] == '%')
				memmove(c, c + 1, strlen(c));
		script = format("unset PGPASSWORD; DATABASE_URL=\"%s\" inlay history", url);
		outcome = command_run(directory, script);
		if (outcome.status != rows[i].status)
			fail_msg("%s: %s", url, outcome.err.start);
		if (rows[i].words != NULL) {
			assert_non_null(strstr(outcome.err.start, rows[i].words));
			assert_string_equal(strstr(outcome.err.start, "    help"), rows[i].help);
			assert_null(strstr(outcome.err.start, "wrong"));
		}
		outcome_free(&outcome);
		free(script);
		free(url);
	}
	directory_remove(directory);
	free(directory);
	cluster_destroy(cluster);
}

/* --- SQLite --- */

static void files_that_are_none(void **state)
{
	static const char *const rows[][2] = {
		{ "mkdir d; inlay history --database sqlite:d",
		  "inlay history: sqlite:d: it is a directory\n"
		  "    help: name the file in it\n" },
		{ "echo 'This is a text of more than a hundred bytes, as SQLite wants to see a "
		  "whole header before it says anything about a file.' > text;"
		  " inlay history --database sqlite:text",
		  "inlay history: sqlite:text: it is no SQLite database\n"
		  "    help: is it the right file?  An encrypted one looks like that, too\n" },
	};

	(void)state;
	run_rows(rows, sizeof(rows) / sizeof(rows[0]), 2);
}

/* `as_nobody`: whom files may keep out. */
#define NOBODY                                                                                     \
	"chmod 755 .; cp \"$INLAY\" ./command\n"                                                   \
	"as_nobody() { if [ \"$(id -u)\" = 0 ]; then setpriv --reuid 65534 --regid 65534 "         \
	"--clear-groups \"$@\"; else \"$@\"; fi; }\n"

static void files_that_may_not_be_read(void **state)
{
	static const char *const rows[][2] = {
		{ NOBODY "mkdir d; echo x > d/a.db; chmod 0 d/a.db\n"
		         "as_nobody ./command history --database sqlite:d/a.db",
		  "inlay history: sqlite:d/a.db: Permission denied\n"
		  "    help: it is this user who has to be let in\n" },
		{ NOBODY "mkdir e; chmod 0 e\n"
		         "as_nobody ./command history --database sqlite:e/a.db\n"
		         "code=$?; chmod 700 e; exit $code",
		  "inlay history: sqlite:e/a.db: Permission denied\n" },
		{ NOBODY "mkdir f m; chmod 755 f; echo 'SELECT 1;' > m/1_a.sql\n"
		         "as_nobody ./command up --dir m --database sqlite:f/a.db",
		  "inlay up: sqlite:f/a.db: Permission denied\n"
		  "    help: it is this user who may not write to its directory\n" },
		{ "inlay up --dir m --database sqlite:g/a.db",
		  "inlay up: sqlite:g/a.db: No such file or directory\n"
		  "    help: make the directory that it is to be in\n" },
	};

	(void)state;
	run_rows(rows, sizeof(rows) / sizeof(rows[0]), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_database_is_meant),
		cmocka_unit_test(there_is_no_server),
		cmocka_unit_test(env_files),
		cmocka_unit_test(nobody_reads_a_password_from_the_list_of_processes),
		DATABASE_TEST_POSTGRES(other_ways_to_name_it),
		DATABASE_TEST_POSTGRES(the_server_refuses),
		{ "passwords", database_unless_missing(passwords), NULL, NULL, NULL },
		cmocka_unit_test(files_that_are_none),
		cmocka_unit_test(files_that_may_not_be_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
