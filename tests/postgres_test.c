/* postgres_test.c - what only PostgreSQL has: schemas, roles, settings, extensions, COPY. */
#include "support/database.h"
#include "support/postgres_server.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
/* cmocka.h wants some of those first. */
#include <cmocka.h>

static const struct set_file simple[] = {
	{ "1_t.sql", "CREATE TABLE t (id INTEGER);" },
	{ "2_more.sql", "INSERT INTO t VALUES (1);" },
	SET_END,
};

/* Everything about a session that a migration could leave changed. */
static const char session_sql[] =
        "SELECT md5(string_agg(name || '=' || setting || '/' || source, ',' ORDER BY name)),"
        " SESSION_USER, current_setting('role'), current_setting('search_path')"
        " FROM pg_settings WHERE name NOT LIKE 'transaction%'";

/* --- The main job --- */

static void has_the_extension_after_its_migration(void **state)
{
	static const struct set_file files[] = {
		{ "1_extensions.sql", "CREATE EXTENSION IF NOT EXISTS pgcrypto;\n"
		                      "CREATE EXTENSION citext;" },
		{ "2_use.sql", "CREATE TABLE t (name citext, secret text);\n"
		               "INSERT INTO t VALUES ('Ann', crypt('x', gen_salt('bf', 4)));" },
		SET_END,
	};

	database_expect_ok(*state, files, 2);
	database_expect(*state, "SELECT name = 'ANN', length(secret) FROM t", "t|60");
}

static void creates_functions(void **state)
{
	static const struct set_file files[] = {
		{ "1_f.sql", "CREATE FUNCTION f() RETURNS text LANGUAGE plpgsql AS $$\n"
		             "BEGIN\n  -- a ; in a comment\n  RETURN 'a;b';\nEND $$;\r\n"
		             "CREATE FUNCTION g(a integer) RETURNS integer LANGUAGE SQL\n"
		             "BEGIN ATOMIC\n  SELECT CASE WHEN a > 1 THEN 1; END;\n" },
		SET_END,
	};
	static const struct set_file mended[] = {
		{ "1_f.sql", "CREATE FUNCTION f() RETURNS text LANGUAGE plpgsql AS $$\n"
		             "BEGIN\n  -- a ; in a comment\n  RETURN 'a;b';\nEND $$;\r\n"
		             "CREATE FUNCTION g(a integer) RETURNS integer LANGUAGE SQL\n"
		             "BEGIN ATOMIC\n  SELECT CASE WHEN a > 1 THEN 1 ELSE 0 END;\nEND;\n" },
		SET_END,
	};

	database_expect_result(*state, database_ensure_unchecked(*state, files), INLAY_FAILED);
	database_expect_ok(*state, mended, 1);
	database_expect(*state, "SELECT f(), g(2), g(0)", "a;b|1|0");
}

static void goes_on_after_a_pg_dump(void **state)
{
	static const struct set_file files[] = {
		{ "001_dump.sql",
		  "SET statement_timeout = 0;\nSET lock_timeout = 0;\n"
		  "SET idle_in_transaction_session_timeout = 0;\n"
		  "SET client_encoding = 'UTF8';\nSET standard_conforming_strings = on;\n"
		  "SELECT pg_catalog.set_config('search_path', '', false);\n"
		  "SET check_function_bodies = false;\nSET xmloption = content;\n"
		  "SET client_min_messages = warning;\nSET row_security = off;\n"
		  "SET default_tablespace = '';\nSET default_table_access_method = heap;\n"
		  "CREATE TABLE public.people (id bigint NOT NULL, name text);\n"
		  "CREATE SEQUENCE public.people_id_seq START WITH 1;\n"
		  "SELECT pg_catalog.setval('public.people_id_seq', 3, true);\n"
		  "ALTER TABLE ONLY public.people ADD CONSTRAINT people_pkey PRIMARY KEY (id);\n" },
		{ "002_more.sql", "ALTER TABLE people ADD COLUMN email text;\n" },
		SET_END,
	};
	struct database *database = *state;
	char before[300];

	(void)snprintf(before, sizeof(before), "%s", database_ask(database, session_sql));
	database_expect_ok(database, files, 2);
	database_expect(database, session_sql, before);
	database_expect_ok(database, files, 0);
}

/* --- Session state --- */

/* Each of these must neither disturb the next migration nor reach the caller. */
static void puts_the_session_back(void **state)
{
	static const struct set_file files[] = {
		{ "01_path.sql", "CREATE SCHEMA other; SET search_path = other, pg_catalog;\n"
		                 "CREATE TABLE in_other (id integer);" },
		{ "02_empty.sql", "SELECT set_config('search_path', '', false);" },
		{ "03_role.sql",
		  "CREATE ROLE owner_role; CREATE SCHEMA s AUTHORIZATION owner_role;\n"
		  "SET ROLE owner_role; CREATE TABLE s.owned (id integer);" },
		{ "04_user.sql", "SET SESSION AUTHORIZATION owner_role;\n"
		                 "CREATE TABLE s.owned_too (id integer);" },
		{ "05_encoding.sql", "SET client_encoding = 'LATIN1';\n"
		                     "CREATE TABLE public.caf\xC3\xA9 (id integer);" },
		{ "06_settings.sql",
		  "SET statement_timeout = '59s'; SET lock_timeout = '7s';\n"
		  "SET TimeZone = 'Asia/Tokyo'; SET my.own = 'x';\n"
		  "SET default_transaction_read_only = on; SET work_mem = '9MB';\n"
		  "SET default_transaction_isolation = 'serializable';" },
		{ "07_temp.sql", "CREATE TEMP TABLE schema_migrations (version text);\n"
		                 "PREPARE p AS SELECT 1;" },
		{ "08_reset.sql", "RESET ALL; SET LOCAL search_path = '';" },
		{ "09_alone.sql",
		  "-- migrate:up transaction:false\n"
		  "SET ROLE owner_role; SET search_path = s; SET lock_timeout = '8s';\n"
		  "CREATE TABLE owned_three (id integer);" },
		{ "10_after.sql", "CREATE TABLE after (id integer);" },
		SET_END,
	};
	struct database *database = *state;
	char before[300];

	database_run(database, "SET application_name = 'caller'; SET work_mem = '5MB'");
	(void)snprintf(before, sizeof(before), "%s", database_ask(database, session_sql));
	database_expect_ok(database, files, 10);
	database_expect(database, session_sql, before);
	database_expect_ok(database, files, 0);
	database_expect(database,
	                "SELECT schemaname, tablename, tableowner FROM pg_tables"
	                " WHERE schemaname IN ('public', 'other', 's') ORDER BY 1, 2",
	                "other|in_other|postgres\n"
	                "public|after|postgres\n"
	                "public|caf\xC3\xA9|postgres\n"
	                "public|schema_migrations|postgres\n"
	                "public|schema_migrations_log|postgres\n"
	                "public|schema_migrations_state|postgres\n"
	                "s|owned|owner_role\n"
	                "s|owned_three|owner_role\n"
	                "s|owned_too|owner_role");
	database_run(database, "DROP OWNED BY owner_role; DROP ROLE owner_role");
}

static void puts_the_callers_role_back(void **state)
{
	static const struct set_file files[] = {
		{ "1_user.sql", "RESET ROLE; CREATE TABLE of_postgres (id integer);" },
		{ "2_again.sql", "CREATE TABLE of_app (id integer); RESET SESSION AUTHORIZATION;" },
		{ "3_more.sql", "CREATE TABLE of_app_too (id integer); SET ROLE NONE;" },
		SET_END,
	};
	struct database *database = *state;
	char before[300];

	database_run(database, "CREATE ROLE app_role; GRANT CREATE ON SCHEMA public TO app_role;"
	                       "SET ROLE app_role");
	(void)snprintf(before, sizeof(before), "%s", database_ask(database, session_sql));
	database_expect_ok(database, files, 3);
	database_expect(database, session_sql, before);
	database_run(database, "RESET ROLE");
	database_expect(database,
	                "SELECT tablename, tableowner FROM pg_tables WHERE schemaname = 'public'"
	                " ORDER BY 1",
	                "of_app|app_role\nof_app_too|app_role\nof_postgres|postgres\n"
	                "schema_migrations|app_role\nschema_migrations_log|app_role\n"
	                "schema_migrations_state|app_role");
	database_run(database, "DROP OWNED BY app_role; DROP ROLE app_role");
}

static void restores_the_session_after_a_failure(void **state)
{
	static const struct set_file files[] = {
		{ "1_alone.sql", "-- migrate:up transaction:false\n"
		                 "SET search_path = ''; SET work_mem = '9MB';\nSELECT nothing;" },
		SET_END,
	};
	struct database *database = *state;
	char before[300];

	(void)snprintf(before, sizeof(before), "%s", database_ask(database, session_sql));
	database_expect_result(database, database_ensure(database, files), INLAY_INTERRUPTED);
	database_expect(database, session_sql, before);
}

static void keeps_notices_to_itself(void **state)
{
	static const struct set_file files[] = {
		{ "1_notice.sql", "DROP TABLE IF EXISTS nothing;\n"
		                  "DO $$ BEGIN RAISE NOTICE 'n'; RAISE WARNING 'w'; END $$;" },
		{ "2_alone.sql", "-- migrate:up transaction:false\nDROP TABLE IF EXISTS nothing;" },
		SET_END,
	};
	struct database *database = *state;

	database_run(database, "SELECT 1");
	database_expect_ok(database, files, 2);
	assert_string_equal(database->notice, "");
	database_run(database, "DROP TABLE IF EXISTS nothing");
	assert_non_null(strstr(database->notice, "does not exist, skipping"));
}

/* --- Where the table is --- */

static void keeps_to_the_current_schema(void **state)
{
	struct database *database = *state;

	database_expect_ok(database, simple, 2);
	database_run(database, "CREATE SCHEMA tenant; SET search_path = tenant");
	database_expect_ok(database, simple, 2);
	database_expect_ok(database, simple, 0);
	database_expect(database,
	                "SELECT schemaname, tablename FROM pg_tables WHERE schemaname = 'tenant'"
	                " ORDER BY 2",
	                "tenant|schema_migrations\ntenant|schema_migrations_log\n"
	                "tenant|schema_migrations_state\ntenant|t");
	database_run(database, "CREATE TEMP TABLE schema_migrations (version text)");
	database_expect_ok(database, simple, 0);
	database_run(database, "SET search_path = nowhere");
	database_expect_error(
	        database, simple, INLAY_UNREACHABLE,
	        "no schema of the connection's search_path exists, or none that this role may "
	        "use, so there is no place for "
	        "\"schema_migrations\"; nothing was changed");
}

/* libpq keeps the single-row mode of a command for the first one of the next pipeline. */
static void does_not_mind_single_rows(void **state)
{
	struct database *database = *state;
	PGresult *result;

	database_expect_ok(database, simple, 2);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(PQsendQuery(database->postgres, "SELECT generate_series(1, 3)"),
		                 1);
		assert_int_equal(PQsetSingleRowMode(database->postgres), 1);
		while ((result = PQgetResult(database->postgres)) != NULL)
			PQclear(result);
		if (i == 0)
			assert_non_null(strstr(database_status(database, simple), "applied"));
		else if (i == 1)
			assert_non_null(strstr(database_history(database), "applied"));
		else
			database_expect_result(
			        database,
			        database_rollback(database, simple, inlay_rollback_last(0)),
			        INLAY_OK);
	}
}

static int count_results(PGconn *connection)
{
	PGresult *result;
	int count = 0;

	assert_int_equal(PQenterPipelineMode(connection), 1);
	assert_int_equal(PQsendQueryParams(connection, "SELECT generate_series(1, 3)", 0, NULL,
	                                   NULL, NULL, NULL, 0),
	                 1);
	assert_int_equal(PQpipelineSync(connection), 1);
	for (; (result = PQgetResult(connection)) != NULL; PQclear(result))
		count++;
	result = PQgetResult(connection);
	assert_int_equal(PQresultStatus(result), PGRES_PIPELINE_SYNC);
	PQclear(result);
	assert_int_equal(PQexitPipelineMode(connection), 1);
	return count;
}

static void leaves_no_single_rows(void **state)
{
	static const struct set_file bad[] = {
		{ "1_bad.sql", "CREATE TABLE x (id INTEGER);\nSELECT nothing;\n" },
		SET_END,
	};
	struct database *database = *state;

	database_expect_result(database, database_ensure(database, bad), INLAY_FAILED);
	assert_int_equal(count_results(database->postgres), 1);
	database_expect_ok(database, simple, 2);
	assert_int_equal(count_results(database->postgres), 1);
}

/* --- Rights --- */

static struct database *become(struct database *database, const char *role)
{
	PQfinish(database->postgres);
	database->postgres = postgres_server_connect_as(database->name, role);
	assert_non_null(database->postgres);
	return database;
}

static void needs_no_rights_when_nothing_is_pending(void **state)
{
	struct database *database = *state;

	database_expect_ok(database, simple, 2);
	database_run(database, "CREATE ROLE reader LOGIN;"
	                       "GRANT SELECT ON schema_migrations TO reader");
	database_expect_ok(become(database, "reader"), simple, 0);
	database_run(database, "SET default_transaction_read_only = on");
	database_expect_ok(database, simple, 0);
	assert_string_equal(database_status(database, simple), "1 1_t.sql applied\n"
	                                                       "2 2_more.sql applied\n");
	(void)become(database, "postgres");
	database_run(database, "DROP OWNED BY reader; DROP ROLE reader");
}

static void says_what_right_is_missing(void **state)
{
	struct database *database = *state;

	database_run(database, "CREATE ROLE poor LOGIN");
	(void)become(database, "poor");
	database_expect_error(
	        database, simple, INLAY_FAILED,
	        "migrations/1_t.sql: it can not be begun: permission denied for schema public "
	        "(SQLSTATE 42501); 1_t is rolled back, no migration is applied");
	(void)become(database, "postgres");
	database_expect_ok(database, simple, 2);
	(void)become(database, "poor");
	database_expect_error(database, simple, INLAY_UNREACHABLE,
	                      "the tracking table can not be read: permission denied for table "
	                      "schema_migrations (SQLSTATE 42501)");
	(void)become(database, "postgres");
	database_run(database, "DROP ROLE poor");
}

/* --- Statements the runtime must not fall for --- */

static void notices_a_procedure_that_commits(void **state)
{
	static const struct set_file files[] = {
		{ "1_p.sql", "CREATE PROCEDURE p() LANGUAGE plpgsql AS $$ BEGIN COMMIT; END $$;" },
		{ "2_call.sql", "CREATE TABLE t (id integer);\nCALL p();" },
		SET_END,
	};
	static const struct set_file alone[] = {
		{ "1_p.sql", "CREATE PROCEDURE p() LANGUAGE plpgsql AS $$ BEGIN COMMIT; END $$;" },
		{ "2_call.sql", "-- migrate:up transaction:false\n"
		                "CREATE TABLE t (id integer);\nCALL p();" },
		SET_END,
	};

	database_expect_error(
	        *state, files, INLAY_FAILED,
	        "migrations/2_call.sql:2:1: invalid transaction termination (SQLSTATE 2D000); "
	        "2_call is rolled back, 1 earlier migration stays applied; put `-- migrate:up "
	        "transaction:false` on top of the file, and other statements into a migration of "
	        "their own");
	database_expect(*state, "SELECT COUNT(*) FROM pg_class WHERE relname = 't'", "0");
	database_expect_ok(*state, alone, 1);
}

static void notices_a_chained_transaction(void **state)
{
	static const struct set_file commits[] = {
		{ "1_t.sql", "CREATE TABLE t (id integer);" },
		{ "2_commit.sql", "INSERT INTO t VALUES (1);\nCOMMIT AND CHAIN;\n"
		                  "INSERT INTO t VALUES (2);" },
		SET_END,
	};
	static const struct set_file rolls_back[] = {
		{ "1_t.sql", "CREATE TABLE t (id integer);" },
		{ "2_roll.sql", "INSERT INTO t VALUES (1);\nROLLBACK AND CHAIN;\n"
		                "INSERT INTO t VALUES (2);" },
		SET_END,
	};
	struct database *database = *state;

	database_expect_result(database, database_ensure_unchecked(database, rolls_back),
	                       INLAY_FAILED);
	assert_string_equal(database->error.message,
	                    "migrations/2_roll.sql: it can not be recorded: its row in "
	                    "\"public\".\"schema_migrations\" is gone or was changed by somebody "
	                    "else; 2_roll is rolled back, 1 earlier migration stays applied");
	database_expect(database, "SELECT id FROM t", "");
	database_expect_result(database, database_ensure_unchecked(database, commits),
	                       INLAY_INTERRUPTED);
	database_expect(database, "SELECT id FROM t", "1");
}

static void lets_savepoints_be(void **state)
{
	static const struct set_file files[] = {
		{ "1_t.sql",
		  "CREATE TABLE t (id integer);\nSAVEPOINT a;\nINSERT INTO t VALUES (1);\n"
		  "ROLLBACK TO SAVEPOINT a;\nINSERT INTO t VALUES (2);\n"
		  "RELEASE SAVEPOINT a;" },
		SET_END,
	};

	database_expect_result(*state, database_ensure_unchecked(*state, files), INLAY_OK);
	database_expect(*state, "SELECT id FROM t", "2");
}

static void ends_copy_properly(void **state)
{
	static const struct set_file in[] = {
		{ "1_t.sql", "CREATE TABLE t (id integer);\nCOPY t FROM STDIN;\n" },
		SET_END,
	};
	static const struct set_file out[] = {
		{ "1_t.sql", "CREATE TABLE t (id integer);\nINSERT INTO t VALUES (1), (2);\n"
		             "COPY t TO STDOUT;\n" },
		SET_END,
	};
	struct database *database = *state;

	database_expect_result(database, database_ensure_unchecked(database, in), INLAY_FAILED);
	assert_string_equal(database->error.message,
	                    "migrations/1_t.sql:2:1: COPY from stdin failed: a migration can not "
	                    "COPY FROM STDIN (SQLSTATE 57014); 1_t is rolled back, no migration is "
	                    "applied");
	database_expect_result(database, database_ensure_unchecked(database, out), INLAY_FAILED);
	assert_string_equal(database->error.message,
	                    "migrations/1_t.sql:3:1: a migration can not COPY TO STDOUT; 1_t is "
	                    "rolled back, no migration is applied");
	database_expect_ok(database, simple, 2);
}

static void throws_rows_away(void **state)
{
	static const struct set_file files[] = {
		{ "1_rows.sql", "SELECT repeat('x', 1000) FROM generate_series(1, 20000);" },
		SET_END,
	};

	database_expect_ok(*state, files, 1);
}

static void builds_indexes_concurrently(void **state)
{
	static const struct set_file files[] = {
		{ "1_t.sql", "CREATE TABLE t (id integer);\nINSERT INTO t VALUES (1), (1);" },
		{ "2_index.sql", "-- migrate:up transaction:false\n"
		                 "CREATE INDEX CONCURRENTLY a ON t (id);\n"
		                 "CREATE INDEX CONCURRENTLY b ON t (id);" },
		{ "3_after.sql", "DROP INDEX a;" },
		SET_END,
	};

	database_expect_ok(*state, files, 3);
	database_expect(*state,
	                "SELECT indexrelid::regclass, indisvalid FROM pg_index"
	                " WHERE indrelid = 't'::regclass",
	                "b|t");
}

/* --- Others --- */

static void gives_up_on_a_claim_that_is_not_decided(void **state)
{
	struct database *database = *state;
	PGconn *other = postgres_server_connect_as(database->name, "postgres");

	database_expect_ok(database, simple, 2);
	PQclear(PQexec(other, "BEGIN; LOCK TABLE schema_migrations IN SHARE MODE"));
	database->options.lock_timeout_ms = 150;
	database_expect_error(database,
	                      (const struct set_file[]){
	                              { "1_t.sql", "CREATE TABLE t (id INTEGER);" },
	                              { "2_more.sql", "INSERT INTO t VALUES (1);" },
	                              { "3_new.sql", "INSERT INTO t VALUES (1);" },
	                              SET_END,
	                      },
	                      INLAY_LOCKED,
	                      "others kept the database busy for the 150 ms of "
	                      "options->lock_timeout_ms, at 3_new; "
	                      "0 migrations were applied before that and stay: call again");
	assert_string_equal(database->error.sqlstate, "55P03");
	PQfinish(other);
}

static void says_that_the_connection_is_lost(void **state)
{
	static const struct set_file files[] = {
		{ "1_t.sql", "CREATE TABLE t (id integer);" },
		{ "2_end.sql", "INSERT INTO t VALUES (1);\n"
		               "SELECT pg_terminate_backend(pg_backend_pid());" },
		SET_END,
	};
	struct database *database = *state;

	database_expect_result(database, database_ensure(database, files), INLAY_UNREACHABLE);
	assert_non_null(
	        strstr(database->error.message,
	               "migrations/2_end.sql:2:1: terminating connection due to administrator "
	               "command (SQLSTATE 57P01); 2_end is rolled back, 1 earlier migration "
	               "stays applied"));
	database_reconnect(database);
	database_expect(database, "SELECT COUNT(*) FROM t", "0");
	database_expect(database, "SELECT version FROM schema_migrations", "1");
	(void)become(database, "postgres");
	PQclear(PQexec(database->postgres, "SELECT pg_terminate_backend(pg_backend_pid())"));
	database_expect_result(database, database_ensure(database, simple), INLAY_UNREACHABLE);
	assert_non_null(strstr(database->error.message,
	                       "the connection is not open: FATAL:  terminating connection due to "
	                       "administrator command"));
	database->options.allow_unchecked = 1;
	database_expect_result(database, database_ensure(database, simple), INLAY_OK);
	assert_int_equal(database->error.unchecked, INLAY_UNREACHABLE);
}

static void refuses_a_connection_at_work(void **state)
{
	struct database *database = *state;
	struct compiled_set compiled = set_compile(simple, INLAY_DIALECT_POSTGRES);
	PGresult *result;

	database_run(database, "SELECT 1");
	assert_int_equal(PQsendQuery(database->postgres, "SELECT 1"), 1);
	assert_int_equal(ensure_migrated(database->postgres, &compiled.set, NULL, &database->error),
	                 INLAY_MISUSE);
	assert_string_equal(database->error.message,
	                    "the connection has a command under way: read its results first");
	while ((result = PQgetResult(database->postgres)) != NULL)
		PQclear(result);
	assert_int_equal(PQenterPipelineMode(database->postgres), 1);
	assert_int_equal(ensure_migrated(database->postgres, &compiled.set, NULL, &database->error),
	                 INLAY_MISUSE);
	assert_string_equal(database->error.message,
	                    "the connection is in pipeline mode: leave it first");
	assert_int_equal(PQexitPipelineMode(database->postgres), 1);
	set_destroy(&compiled);
	database_expect_ok(database, simple, 2);
}

/* Counts the lines of a libpq trace that a message from the client begins. */
static int count_messages(FILE *trace, const char *name)
{
	char line[2000];
	int count = 0;

	rewind(trace);
	while (fgets(line, sizeof(line), trace) != NULL)
		count += strncmp(line, "F\t", 2) == 0 && strstr(line, name) != NULL;
	return count;
}

static void checks_in_one_round_trip(void **state)
{
	struct database *database = *state;
	FILE *trace = tmpfile();

	assert_non_null(trace);
	database_expect_ok(database, simple, 2);
	PQtrace(database->postgres, trace);
	PQsetTraceFlags(database->postgres, PQTRACE_SUPPRESS_TIMESTAMPS);
	database_expect_ok(database, simple, 0);
	PQuntrace(database->postgres);
	assert_int_equal(fflush(trace), 0);
	assert_int_equal(count_messages(trace, "\tSync"), 1);
	assert_int_equal(count_messages(trace, "\tParse"), 1);
	assert_int_equal(count_messages(trace, "\tQuery"), 0);
	assert_int_equal(fclose(trace), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DATABASE_TEST_POSTGRES(has_the_extension_after_its_migration),
		DATABASE_TEST_POSTGRES(creates_functions),
		DATABASE_TEST_POSTGRES(goes_on_after_a_pg_dump),
		DATABASE_TEST_POSTGRES(puts_the_session_back),
		DATABASE_TEST_POSTGRES(puts_the_callers_role_back),
		DATABASE_TEST_POSTGRES(restores_the_session_after_a_failure),
		DATABASE_TEST_POSTGRES(keeps_notices_to_itself),
		DATABASE_TEST_POSTGRES(keeps_to_the_current_schema),
		DATABASE_TEST_POSTGRES(does_not_mind_single_rows),
		DATABASE_TEST_POSTGRES(leaves_no_single_rows),
		DATABASE_TEST_POSTGRES(needs_no_rights_when_nothing_is_pending),
		DATABASE_TEST_POSTGRES(says_what_right_is_missing),
		DATABASE_TEST_POSTGRES(notices_a_procedure_that_commits),
		DATABASE_TEST_POSTGRES(notices_a_chained_transaction),
		DATABASE_TEST_POSTGRES(lets_savepoints_be),
		DATABASE_TEST_POSTGRES(ends_copy_properly),
		DATABASE_TEST_POSTGRES(throws_rows_away),
		DATABASE_TEST_POSTGRES(builds_indexes_concurrently),
		DATABASE_TEST_POSTGRES(gives_up_on_a_claim_that_is_not_decided),
		DATABASE_TEST_POSTGRES(says_that_the_connection_is_lost),
		DATABASE_TEST_POSTGRES(refuses_a_connection_at_work),
		DATABASE_TEST_POSTGRES(checks_in_one_round_trip),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
