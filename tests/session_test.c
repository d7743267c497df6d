/* session_test.c - what migrations do to PostgreSQL's session, and sessions of their own. */
#include "support/database.h"
#include "support/pooler.h"
#include "support/postgres_server.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/* cmocka.h wants some of those first. */
#include <cmocka.h>

#define ALONE "-- migrate:up transaction:false\n"
#define FRESH "-- migrate:up transaction:false\n-- migrate:session fresh\n"

/* All that a session holds: settings and where they come from (those of extensions are listed once
 * a library is loaded), user, role, its objects. */
#define STATE_SQL                                                                                  \
	"SELECT (SELECT string_agg(name || '=' || setting, ',' ORDER BY name) FROM pg_settings"    \
	" WHERE source = 'session' AND name NOT LIKE 'transaction%'),"                             \
	" (SELECT md5(string_agg(name || '=' || setting || '/' || source, ',' ORDER BY name))"     \
	" FROM pg_settings WHERE name NOT LIKE 'transaction%' AND name NOT LIKE '%.%'),"           \
	" SESSION_USER, CURRENT_USER, current_setting('role'),"                                    \
	" (SELECT string_agg(relname, ',' ORDER BY relname) FROM pg_class"                         \
	" WHERE relnamespace = pg_my_temp_schema() AND relkind IN ('r', 'v', 'S')),"               \
	" (SELECT string_agg(proname, ',') FROM pg_proc"                                           \
	" WHERE pronamespace = pg_my_temp_schema()),"                                              \
	" (SELECT string_agg(name, ',' ORDER BY name) FROM pg_prepared_statements)"

/* Everything but what a plain migration has by right: lock_timeout and the like. */
#define SEEN_SQL                                                                                   \
	"SELECT current_setting('search_path') AS path, SESSION_USER AS session,"                  \
	" CURRENT_USER AS role, current_setting('TimeZone') AS zone,"                              \
	" current_setting('client_encoding') AS encoding, current_setting('work_mem') AS memory,"  \
	" current_setting('statement_timeout') AS timeout,"                                        \
	" (SELECT string_agg(relname, ',') FROM pg_class WHERE relnamespace = pg_my_temp_schema()" \
	" AND relname LIKE 'mine%') AS objects, (SELECT string_agg(name, ',') FROM"                \
	" pg_prepared_statements WHERE name LIKE 'mine%') AS statements"

/* What a migration does, each in the middle of three. */
static const char *const changes[] = {
	"SET search_path = '';",
	"SET search_path = other, pg_catalog;\nCREATE TABLE x (id int);",
	"SET ROLE some_role;",
	"SET SESSION AUTHORIZATION some_role;",
	"SET SESSION AUTHORIZATION some_role;\nSET ROLE NONE;",
	"RESET ALL;",
	"RESET SESSION AUTHORIZATION;",
	"SET statement_timeout = '59s';\nSET lock_timeout = '58s';\nSET work_mem = '9MB';",
	"SET client_encoding = 'LATIN1';",
	"SET TIME ZONE 'Asia/Tokyo';",
	"SET TIME ZONE INTERVAL '+02:00' HOUR TO MINUTE;",
	"CREATE TEMP TABLE mine_t (id int);\nINSERT INTO mine_t VALUES (1);",
	("CREATE TEMP TABLE mine_t (id serial PRIMARY KEY);\n"
	 "CREATE TEMP VIEW mine_v AS SELECT id FROM mine_t;"),
	"CREATE FUNCTION pg_temp.mine_f() RETURNS int LANGUAGE sql AS 'SELECT 1';",
	"PREPARE mine_p AS SELECT 1;",
	"SELECT set_config('search_path', 'other', false);",
	"DO $$ BEGIN PERFORM set_config('work_mem', '7MB', false); END $$;",
	"SET LOCAL work_mem = '8MB';\nSET LOCAL search_path = other;",
	"SET default_transaction_read_only = on;",
	"SET session_replication_role = replica;",
};
#define CHANGE_COUNT (sizeof(changes) / sizeof(changes[0]))

static void expect_state(struct database *database, const char *expected, const char *change)
{
	const char *received = database_ask(database, STATE_SQL);

	if (strcmp(received, expected) != 0)
		fail_msg("%s\nexpected: %s\nreceived: %s", change, expected, received);
}

/* What the caller has of its own, and means to keep. */
static const char own_sql[] = "SET work_mem = '5MB';\nSET TIME ZONE 'Europe/Rome';"
                              "CREATE TEMP TABLE own_table (id int);"
                              "PREPARE own_statement AS SELECT 1";

/* The change, a text that is not ASCII, and then somebody who must not see any of it. */
static void change_session(struct database *database, const char *head, const char *change,
                           int number)
{
	char text[1000];
	char state[2000];
	struct set_file files[] = {
		{ "1_before.sql", "CREATE TABLE seen AS " SEEN_SQL ";" },
		{ "2_change.sql", text },
		{ "3_after.sql", "INSERT INTO seen " SEEN_SQL ";" },
		SET_END,
	};
	char table[40];

	(void)snprintf(table, sizeof(table), "migrations_%d", number);
	database->options.table = table;
	(void)snprintf(text, sizeof(text),
	               "%s%s\nSELECT CASE WHEN length('caf\xC3\xA9') <> 4 THEN 1 / 0 END;\n", head,
	               change);
	(void)snprintf(state, sizeof(state), "%s", database_ask(database, STATE_SQL));
	database_expect_ok(database, files, 3);
	expect_state(database, state, text);
	database_expect(database, "SELECT count(*), count(DISTINCT seen) FROM seen", "2|1");
	database_expect_ok(database, files, 0);
	database_run(database, "EXECUTE own_statement; SELECT id FROM own_table;"
	                       "DROP TABLE seen; DROP TABLE IF EXISTS other.x");
}

static void change_everything(struct database *database, const char *head)
{
	database_run(database, "CREATE ROLE some_role SUPERUSER; CREATE SCHEMA other");
	database_run(database, own_sql);
	for (size_t i = 0; i < CHANGE_COUNT; i++)
		change_session(database, head, changes[i], (int)i);
	database_reconnect(database);
	database_run(database, "DROP OWNED BY some_role; DROP ROLE some_role");
}

static void leaves_the_session_as_it_was(void **state)
{
	change_everything(*state, "");
}

static void leaves_the_session_as_it_was_alone(void **state)
{
	change_everything(*state, ALONE);
}

/* Also where the change is in the one that fails. */
static void leaves_the_session_after_a_failure(void **state)
{
	struct database *database = *state;
	char before[2000];

	database_run(database, "CREATE ROLE some_role SUPERUSER; CREATE SCHEMA other");
	database_run(database, own_sql);
	(void)snprintf(before, sizeof(before), "%s", database_ask(database, STATE_SQL));
	for (size_t i = 0; i < CHANGE_COUNT * 2; i++) {
		char text[1000];
		struct set_file files[] = { { "1_change.sql", text }, SET_END };

		(void)snprintf(text, sizeof(text), "%s%s\nSELECT 1 / 0;\n",
		               i < CHANGE_COUNT ? "" : ALONE, changes[i % CHANGE_COUNT]);
		database_expect_result(database, database_ensure(database, files),
		                       i < CHANGE_COUNT ? INLAY_FAILED : INLAY_INTERRUPTED);
		expect_state(database, before, text);
		database_run(database, "DROP TABLE IF EXISTS schema_migrations,"
		                       " schema_migrations_log, schema_migrations_state, other.x");
	}
	database_reconnect(database);
	database_run(database, "DROP OWNED BY some_role; DROP ROLE some_role");
}

/* The next statement is UTF-8, whatever the one before has set. */
static void sends_utf8_whatever_is_set(void **state)
{
	static const struct set_file files[] = {
		{ "1_t.sql", "CREATE TABLE t (name text);" },
		{ "2_latin.sql", "SET client_encoding = 'LATIN1';\n"
		                 "INSERT INTO t VALUES ('caf\xC3\xA9');\n"
		                 "SET client_encoding TO SJIS;\n"
		                 "INSERT INTO t VALUES ('\xE2\x82\xAC');" },
		{ "3_alone.sql", ALONE "SET client_encoding = 'LATIN1';\n"
		                       "INSERT INTO t VALUES ('na\xC3\xAFve');" },
		{ "4_after.sql", "INSERT INTO t VALUES ('\xC3\xBC');" },
		SET_END,
	};
	struct database *database = *state;

	database_run(database, "SET client_encoding = 'LATIN1'");
	database_expect_ok(database, files, 4);
	database_expect(database, "SHOW client_encoding", "LATIN1");
	database_run(database, "SET client_encoding = 'UTF8'");
	database_expect(database, "SELECT name FROM t ORDER BY length(name), name",
	                "\xC3\xBC\n\xE2\x82\xAC\ncaf\xC3\xA9\nna\xC3\xAFve");
}

/* --- A session of its own --- */

static const struct set_file fresh[] = {
	{ "1_t.sql", "CREATE TABLE t (id int, backend int, own text);" },
	{ "2_fresh.sql",
	  FRESH "INSERT INTO t SELECT 1, pg_backend_pid(), current_setting('work_mem');\n"
	        "INSERT INTO t SELECT 2, pg_backend_pid(), current_setting('work_mem');" },
	{ "3_after.sql", "INSERT INTO t SELECT 3, pg_backend_pid(), current_setting('work_mem');" },
	SET_END,
};

static void expect_no_other_session(struct database *database)
{
	database_expect(database,
	                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
	                " AND pid <> pg_backend_pid() AND backend_type = 'client backend'",
	                "0");
}

static void has_a_session_of_its_own(void **state)
{
	struct database *database = *state;

	database_run(database, "SET work_mem = '5MB'");
	database_expect_ok(database, fresh, 3);
	database_expect(database,
	                "SELECT id, backend = pg_backend_pid(), own, count(*) OVER (PARTITION BY"
	                " backend) FROM t ORDER BY id",
	                "1|f|4MB|2\n2|f|4MB|2\n3|t|5MB|1");
	database_expect(database, "SHOW work_mem", "5MB");
	database_expect(database, "SELECT status, progress FROM schema_migrations",
	                "applied|NULL\napplied|NULL\napplied|NULL");
}

/* What the session did before: nothing.  pg_stat_activity tells nothing of that, its state does. */
static void begins_with_the_migration(void **state)
{
	static const struct set_file files[] = {
		{ "1_t.sql", "CREATE TABLE t (seconds float, xact text);" },
		{ "2_fresh.sql",
		  FRESH "INSERT INTO t SELECT 0, string_agg(name, ',') FROM pg_settings"
		        " WHERE source = 'session' AND name NOT LIKE 'transaction%';" },
		SET_END,
	};
	struct database *database = *state;

	database_expect_ok(database, files, 2);
	database_expect(database, "SELECT xact FROM t", "NULL");
}

static void goes_on_in_another_one(void **state)
{
	static const struct set_file files[] = {
		{ "1_t.sql", "CREATE TABLE t (id int);" },
		{ "2_fresh.sql", FRESH "INSERT INTO t VALUES (1);\nINSERT INTO u VALUES (2);\n"
		                       "INSERT INTO t VALUES (3);" },
		SET_END,
	};
	struct database *database = *state;

	database_expect_error(
	        database, files, INLAY_INTERRUPTED,
	        "migrations/2_fresh.sql:4:13: relation \"u\" does not exist (SQLSTATE 42P01); "
	        "2_fresh runs without a transaction: its statement 1 stays, the next call goes on "
	        "with statement 2");
	database_expect(database,
	                "SELECT status, progress FROM schema_migrations WHERE version = 2",
	                "failed|1");
	database_run(database, "CREATE TABLE u (id int)");
	database_expect_ok(database, files, 1);
	database_expect(database, "SELECT id FROM t ORDER BY 1", "1\n3");
	database_expect(database, "SELECT id FROM u", "2");
}

static void closes_its_session(void **state)
{
	struct database *database = *state;

	database_expect_ok(database, fresh, 3);
	for (int i = 0; i < 1000; i++)
		if (strcmp(database_ask(database, "SELECT count(*) FROM pg_stat_activity WHERE"
		                                  " datname = current_database() AND"
		                                  " backend_type = 'client backend'"),
		           "1") == 0)
			break;
	expect_no_other_session(database);
}

static void refuses_a_used_session(void **state)
{
	struct database *database = *state;
	struct pooler *pooler = pooler_start(postgres_server());
	PGconn *direct = database->postgres;

	/* So that the pooler has a session that is not the first one of this client. */
	database->postgres = PQconnectdb(pooler_options(pooler, database->name, "postgres"));
	database_expect_result(database, database_ensure(database, fresh), INLAY_INTERRUPTED);
	if (strstr(database->error.message,
	           "it asks for a session of its own, and this connection goes through a pooler "
	           "that hands out used ones: connect directly") == NULL)
		fail_msg("%s", database->error.message);
	PQfinish(database->postgres);
	database->postgres = direct;
	database_expect(database, "SELECT count(*) FROM t", "0");
	pooler_stop(pooler);
	database_expect_ok(database, fresh, 2);
}

#define POOL_SIZE 4

/* Asks every server process that the pooler has, by keeping all of them at once. */
static void expect_of_pool(const char *options, const char *sql, const char *expected)
{
	PGconn *connections[POOL_SIZE];

	for (int i = 0; i < POOL_SIZE; i++) {
		PGresult *result;

		connections[i] = PQconnectdb(options);
		PQclear(PQexec(connections[i], "BEGIN"));
		result = PQexec(connections[i], sql);
		assert_int_equal(PQresultStatus(result), PGRES_TUPLES_OK);
		assert_string_equal(PQgetvalue(result, 0, 0), expected);
		PQclear(result);
	}
	for (int i = 0; i < POOL_SIZE; i++) {
		/* Left open, it would be thrown away. */
		PQclear(PQexec(connections[i], "COMMIT"));
		PQfinish(connections[i]);
	}
}

/* Behind its transaction the session is somebody else's. */
static void leaves_nothing_to_the_pooler(void **state)
{
	static const struct set_file files[] = {
		{ "1_set.sql", "SET work_mem = '14MB';\nCREATE ROLE pool_role;\n"
		               "GRANT ALL ON SCHEMA public TO pool_role;\n"
		               "SET ROLE pool_role;\nSET search_path = '';\n"
		               "CREATE TABLE public.t (id integer);\n" },
		{ "2_reset.sql", "SET lock_timeout = '7s';\nRESET ALL;\nSET work_mem = '15MB';\n" },
		{ "3_after.sql", "CREATE TABLE after AS SELECT current_setting('work_mem') AS w,"
		                 " current_setting('search_path') AS p, current_user AS u;\n" },
		SET_END,
	};
	struct database *database = *state;
	struct pooler *pooler = pooler_start(postgres_server());
	const char *options = pooler_options(pooler, database->name, "postgres");
	PGconn *direct = database->postgres;

	/* All of them are there before, so that the migrations meet more than one. */
	expect_of_pool(options, "SHOW work_mem", "4MB");
	database->postgres = PQconnectdb(options);
	database_expect_ok(database, files, 3);
	database_expect(database, "SELECT w, p, u FROM after", "4MB|\"$user\", public|postgres");
	PQfinish(database->postgres);
	database->postgres = direct;
	expect_of_pool(options,
	               "SELECT concat_ws(' ', current_setting('work_mem'), current_user,"
	               " current_setting('search_path'), current_setting('lock_timeout'))",
	               "4MB postgres \"$user\", public 0");
	pooler_stop(pooler);
	database_run(database, "DROP TABLE t; REVOKE ALL ON SCHEMA public FROM pool_role;"
	                       " DROP ROLE pool_role");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DATABASE_TEST_GATES(leaves_the_session_as_it_was),
		DATABASE_TEST_GATES(leaves_the_session_as_it_was_alone),
		DATABASE_TEST_GATES(leaves_the_session_after_a_failure),
		DATABASE_TEST_GATES(sends_utf8_whatever_is_set),
		DATABASE_TEST_GATES(has_a_session_of_its_own),
		DATABASE_TEST_GATES(begins_with_the_migration),
		DATABASE_TEST_GATES(goes_on_in_another_one),
		DATABASE_TEST_GATES(closes_its_session),
		POOLER_TEST(refuses_a_used_session),
		POOLER_TEST(leaves_nothing_to_the_pooler),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
