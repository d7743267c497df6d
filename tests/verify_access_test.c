/* verify_access_test.c - inlay verify writes nothing, and needs no more than to read. */
#include "support/verifying.h"
#include "support/postgres_server.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/* cmocka.h wants some of those first. */
#include <cmocka.h>

/* --- Nothing is written --- */

static void a_file_stays_as_it_is(void **state)
{
	struct console console = verifying_begin(*state, verifying_plain, 2, verifying_plain);

	console_expect(&console,
	               "f=\"${DATABASE_URL#sqlite:}\"; chmod a-w \"$f\"; ls -l --full-time \"$f\" "
	               ">a; cksum \"$f\" >>a; inlay verify --quiet && ls -l --full-time \"$f\" >b; "
	               "cksum \"$f\" >>b; cmp a b && ls \"$f\"*; chmod u+w \"$f\"",
	               0, "<path>\n", "");
	console_close(&console);
}

static void a_file_in_wal_mode_stays_as_it_is(void **state)
{
	struct database *database = *state;
	struct console console;

	database_run(database, "PRAGMA journal_mode = wal");
	database_expect_ok(database, verifying_plain, 2);
	console = console_open(database);
	verifying_write(&console, verifying_plain);
	console_expect(&console,
	               "f=\"${DATABASE_URL#sqlite:}\"; ls -l --full-time \"$f\" >a; cksum \"$f\" "
	               ">>a; inlay verify --quiet && ls -l --full-time \"$f\" >b; cksum \"$f\" "
	               ">>b; cmp a b",
	               0, "", "");
	console_close(&console);
}

static void create_reader(struct database *database)
{
	database_run(database, "CREATE ROLE verifier LOGIN");
	database_run(database, "ALTER ROLE verifier SET default_transaction_read_only = on");
}

static void drop_reader(struct database *database)
{
	database_run(database, "DROP OWNED BY verifier; DROP ROLE verifier");
}

static void rights_to_read_are_enough(void **state)
{
	struct database *database = *state;
	struct console console;
	char before[40];

	database_expect_ok(database, verifying_plain, 2);
	create_reader(database);
	database_run(database, "GRANT SELECT ON schema_migrations, schema_migrations_log, "
	                       "schema_migrations_state TO verifier");
	(void)snprintf(before, sizeof(before), "%s",
	               database_ask(database, "SELECT pg_snapshot_xmax(pg_current_snapshot())"));
	console = console_open(database);
	verifying_write(&console, verifying_plain);
	console_expect(&console, "inlay verify --database \"$DATABASE_URL user=verifier\"", 0, TWO,
	               "");
	console_close(&console);
	database_expect(database, "SELECT pg_snapshot_xmax(pg_current_snapshot())", before);
	drop_reader(database);
}

static void without_the_right_to_read_it_says_so(void **state)
{
	struct database *database = *state;
	struct console console;

	database_expect_ok(database, verifying_plain, 2);
	create_reader(database);
	console = console_open(database);
	verifying_write(&console, verifying_plain);
	console_expect(&console, "inlay verify --database \"$DATABASE_URL user=verifier\"", 2, "",
	               "inlay verify: the tracking table can not be read: permission denied for "
	               "table schema_migrations (SQLSTATE 42501)\n"
	               "    help: GRANT SELECT ON schema_migrations, schema_migrations_log, "
	               "schema_migrations_state TO the role; USAGE on their schema it needs as "
	               "well\n");
	console_close(&console);
	drop_reader(database);
}

static void a_standby_can_be_verified(void **state)
{
	static const struct cluster *standby;
	struct database *database = *state;
	struct console console;
	char *script;

	database_expect_ok(database, verifying_plain, 2);
	standby = cluster_create_standby(postgres_server());
	script = format("for i in $(seq 400); do inlay verify --database '%s' >out 2>err; code=$?; "
	                "grep -q pending err || test $code = 2 || break; sleep 0.1; done; "
	                "cat out err; exit $code",
	                cluster_options(standby, database->name, "postgres"));
	console = console_open(database);
	verifying_write(&console, verifying_plain);
	console_expect(&console, script, 0, TWO, "");
	console_close(&console);
	free(script);
	cluster_destroy((struct cluster *)(uintptr_t)standby);
}

/* --- What can not be verified --- */

static void what_is_not_there_fails(void **state)
{
	struct console console = console_open(*state);

	verifying_write(&console, verifying_plain);
	console_expect(&console, "inlay verify --database sqlite:none.db; c=$?; ls; exit $c", 2,
	               "migrations\n",
	               "inlay verify: sqlite:none.db: there is no such file\n"
	               "    help: inlay up makes it\n");
	console_expect(&console, "inlay verify --dir nowhere", 66, "",
	               "nowhere: error: No such file or directory [directory]\n"
	               "     = help: go to where it is, or create the directory and put the first "
	               "migration there, for "
	               "example 001_create_accounts.sql\n");
	console_expect(&console, "inlay verify --rehearse auto", 64, "",
	               "inlay verify: SQLite's scratch database is in memory: leave out "
	               "--rehearse\n    help: inlay verify --help\n");
	console_close(&console);
}

/* A shell's `&` has it ignore SIGQUIT, by which its server is to stop. */
static void killed_at_its_start_it_leaves_no_server(void **state)
{
	struct console console = verifying_begin(*state, verifying_plain, 2, verifying_plain);

	console_expect(
	        &console,
	        "mkdir tmp; chmod 755 . ; chmod 777 tmp; export TMPDIR=$PWD/tmp\n"
	        "inlay verify --rehearse auto >/dev/null 2>&1 & verify=$!\n"
	        "until ls tmp | grep -q .; do sleep 0.02; done\n"
	        "kill -9 $verify; n=0\n"
	        "while ls tmp | grep -q . && [ $n -lt 600 ]; do sleep 0.1; n=$((n + 1)); done\n"
	        "ls tmp",
	        0, "", "");
	console_close(&console);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DATABASE_TEST_FILE(a_file_stays_as_it_is),
		DATABASE_TEST_FILE(a_file_in_wal_mode_stays_as_it_is),
		DATABASE_TEST_POSTGRES(rights_to_read_are_enough),
		DATABASE_TEST_POSTGRES(without_the_right_to_read_it_says_so),
		DATABASE_TEST_POSTGRES(a_standby_can_be_verified),
		DATABASE_TEST_POSTGRES(killed_at_its_start_it_leaves_no_server),
		DATABASE_TEST_FILE(what_is_not_there_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
