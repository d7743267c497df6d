/* rehearse_postgres_test.c - the rehearsal on PostgreSQL: on a server that is there, and on one
 * that it starts; and that nothing is left behind. */
#include "support/files.h"
#include "support/postgres_server.h"
#include "support/rehearsal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <libpq-fe.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define TWO_TABLES                                                                                 \
	{                                                                                          \
		"001_a.sql", "CREATE TYPE mood AS ENUM ('sad', 'ok');\n"                           \
		             "CREATE TABLE p (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY "     \
		             "KEY, name varchar(4) NOT NULL, m mood NOT NULL, s text NOT NULL "    \
		             "CHECK (s IN ('x', 'y')), t timestamptz NOT NULL, u uuid UNIQUE "     \
		             "NOT NULL, j jsonb NOT NULL, a int[] NOT NULL, b bytea NOT NULL, "    \
		             "i inet NOT NULL, r int4range NOT NULL);\n"                           \
		             "CREATE TABLE c (id serial PRIMARY KEY, p bigint NOT NULL "           \
		             "REFERENCES p ON DELETE CASCADE);\n"                                  \
	}

static const struct rehearsal_example examples[] = {
	{ "a type that is not there",
	  { { "001_a.sql", "CREATE TABLE a (id int);\nALTER TABLE a ADD n nothere;\n" } },
	  "001_a.sql:2:21 [nothere] rehearsal: type \"nothere\" does not exist\n",
	  NULL },
	{ "an extension that is not installed",
	  { { "001_a.sql", "CREATE EXTENSION never_heard_of;\n" } },
	  NULL,
	  "-- inlay:requires never_heard_of -- " },
	{ "one that the application's server has",
	  { { "001_a.sql", "CREATE TABLE a (id int);\n" },
	    { "002_b.sql", "-- inlay:requires never_heard_of -- the image of production has it\n"
	                   "CREATE EXTENSION never_heard_of;\n" },
	    { "003_c.sql", "DROP TABLE b;\n" } },
	  "002_b.sql:2:1 [CREATE] rehearsal-stopped: the extension never_heard_of is the "
	  "application's: 2 migrations are not rehearsed\n",
	  NULL },
	{ "what down leaves behind, and what it takes too much",
	  { TWO_TABLES,
	    { "002_b.sql",
	      "-- migrate:up\nALTER TABLE c ADD n text;\nCREATE INDEX x ON c (n);\nCREATE FUNCTION "
	      "f() RETURNS int LANGUAGE sql AS 'SELECT 1';\nCREATE VIEW v AS SELECT id FROM c;\n"
	      "-- migrate:down\nDROP INDEX x;\nALTER TABLE p ALTER s DROP NOT NULL;\n"
	      "ALTER TYPE mood ADD VALUE 'new';\nDROP VIEW v;\nDROP FUNCTION f();\n" } },
	  "002_b.sql:7:1 [DROP] rehearsal-down: up and down do not lead back to the schema that "
	  "was "
	  "there: ~ type mood: values 'sad', 'ok' gone; ~ type mood: values 'sad', 'ok', 'new' "
	  "added; "
	  "~ table c: column n text added; ~ table p: column s text, and was text NOT NULL\n",
	  NULL },
	{ "NOT NULL without a default, with rows",
	  { TWO_TABLES,
	    { "002_b.sql", "ALTER TABLE p ADD n int NOT NULL;\n" },
	    { "003_c.sql", "ALTER TABLE c ADD n int NOT NULL;\n" } },
	  "002_b.sql:1:1 [ALTER] rehearsal-rows: fails when the tables have rows: column \"n\" of "
	  "relation \"p\" contains null values\n"
	  "003_c.sql:1:1 [ALTER] rehearsal-rows: fails when the tables have rows: column \"n\" of "
	  "relation \"c\" contains null values\n",
	  "add the column with a DEFAULT" },
	{ "a failure in the second repetition",
	  { TWO_TABLES,
	    { "002_b.sql", "-- migrate:up\nINSERT INTO c (id, p) SELECT 77, min(id) FROM p HAVING "
	                   "count(*) > 0;\n-- migrate:down\nSELECT 1;\n" } },
	  "002_b.sql:2:1 [INSERT] rehearsal-rows: fails when the tables have rows: duplicate key "
	  "value "
	  "violates unique constraint \"c_pkey\"; detail: Key (id)=(77) already exists.\n",
	  NULL },
	{ "rows that TRUNCATE CASCADE takes along",
	  { TWO_TABLES, { "002_b.sql", "TRUNCATE p CASCADE;\n" } },
	  "002_b.sql:1:1 [TRUNCATE] rehearsal-lost: 3 of 3 rows of c are gone after this, and the "
	  "table stays\n",
	  "leave CASCADE out" },
	{ "a repeatable migration that runs once only",
	  { TWO_TABLES, { "R__v.sql", "CREATE VIEW v AS SELECT 1 AS n;\n" } },
	  "R__v.sql:1:1 [CREATE] rehearsal-again: a repeatable migration runs again whenever its "
	  "text "
	  "changes, and fails then: relation \"v\" already exists\n",
	  NULL },
	/* Near misses. */
	{ "all is well, there and back",
	  { TWO_TABLES,
	    { "002_b.sql", "-- migrate:up\nALTER TABLE c ADD n text;\nCREATE INDEX x ON c (n);\n"
	                   "ALTER TABLE p DROP COLUMN i;\n-- migrate:down\nALTER TABLE c DROP n;\n"
	                   "ALTER TABLE p ADD i inet NOT NULL DEFAULT '::1';\n"
	                   "ALTER TABLE p ALTER i DROP DEFAULT;\n" },
	    { "003_c.sql",
	      "-- migrate:up transaction:false\nCREATE INDEX CONCURRENTLY y ON c (p);\n"
	      "-- migrate:down transaction:false\nDROP INDEX CONCURRENTLY y;\n" } },
	  "",
	  NULL },
	{ "values that only ours do not fit",
	  { { "001_a.sql", "CREATE TABLE a (id int PRIMARY KEY, kind text NOT NULL, at text);\n" },
	    { "002_b.sql", "ALTER TABLE a ADD CHECK (kind IN ('red', 'green'));\n"
	                   "ALTER TABLE a ALTER at TYPE date USING at::date;\n" } },
	  "",
	  NULL },
	{ "a row that is one of ours, too",
	  { TWO_TABLES,
	    { "002_b.sql", "CREATE TABLE d (p bigint UNIQUE REFERENCES p);\n" },
	    { "003_c.sql", "INSERT INTO d SELECT id FROM p;\n" } },
	  "",
	  NULL },
	{ "all tables are named, or deleted from",
	  { TWO_TABLES, { "002_b.sql", "TRUNCATE p, c;\n" }, { "003_c.sql", "DELETE FROM p;\n" } },
	  "",
	  NULL },
};

static char *url(void)
{
	return format("%s", postgres_server_options("postgres", "postgres"));
}

static char *rehearse_on(const struct set_file *files, const char *server, char **schema)
{
	struct rehearsal_options options = { .dialect = DIALECT_POSTGRES,
		                             .postgres = server,
		                             .schema_out = schema != NULL ? "s.sql" : NULL };

	return rehearse_files(files, &options, schema);
}

static void says_what_it_finds(void **state)
{
	char *server = url();

	rehearse_example(*state, &(struct rehearsal_options){ .dialect = DIALECT_POSTGRES,
	                                                      .postgres = server });
	free(server);
}

/* --- Around it --- */

static const struct set_file whole[] = {
	{ "001_a.sql",
	  "CREATE SCHEMA app;\nCREATE TYPE mood AS ENUM ('sad', 'ok');\n"
	  "CREATE DOMAIN app.positive AS int NOT NULL CHECK (VALUE > 0);\n"
	  "CREATE TYPE pair AS (a int, b text COLLATE \"C\");\n"
	  "CREATE TYPE span AS RANGE (SUBTYPE = float8, SUBTYPE_DIFF = float8mi);\n"
	  "CREATE FUNCTION double(n int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT 2 * n';\n"
	  "CREATE TABLE b (id serial PRIMARY KEY, n app.positive, m mood DEFAULT 'ok', d int "
	  "GENERATED ALWAYS AS (double(1)) STORED, p pair, UNIQUE (n, m));\n"
	  "CREATE TABLE a (id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, b int "
	  "REFERENCES b "
	  "ON DELETE SET NULL, c text COLLATE \"C\" CHECK (c <> ''));\n"
	  "CREATE FUNCTION all_of_a() RETURNS SETOF a LANGUAGE sql AS 'SELECT * FROM public.a';\n"
	  "CREATE TABLE app.part (d date NOT NULL, v int) PARTITION BY RANGE (d);\n"
	  "CREATE TABLE app.part_1 PARTITION OF app.part FOR VALUES FROM ('2020-01-01') TO "
	  "('2030-01-01');\nCREATE INDEX part_d ON app.part (d);\n"
	  "CREATE INDEX a_c ON a (lower(c)) WHERE c IS NOT NULL;\n"
	  "CREATE VIEW z AS SELECT id FROM all_of_a();\nCREATE VIEW y AS SELECT id FROM z;\n"
	  "CREATE MATERIALIZED VIEW mv AS SELECT id FROM y;\nCREATE UNIQUE INDEX mv_id ON mv "
	  "(id);\n"
	  "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NEW; END$$;\n"
	  "CREATE TRIGGER t BEFORE UPDATE ON a FOR EACH ROW EXECUTE FUNCTION touch();\n"
	  "CREATE TRIGGER off BEFORE UPDATE ON b FOR EACH ROW EXECUTE FUNCTION touch();\n"
	  "ALTER TABLE b DISABLE TRIGGER off;\n"
	  "ALTER TABLE a ENABLE ROW LEVEL SECURITY;\nCREATE POLICY own ON a USING (id > 0);\n"
	  "CREATE RULE nothing AS ON DELETE TO b DO INSTEAD NOTHING;\n"
	  "CREATE AGGREGATE total (int) (SFUNC = int4pl, STYPE = int, INITCOND = '0');\n"
	  "CREATE STATISTICS st ON n, m FROM b;\nCOMMENT ON TABLE a IS 'it''s';\n"
	  "COMMENT ON COLUMN a.c IS 'a text';\n" },
	SET_END
};

/* What is written makes the same schema again. */
static void writes_a_schema_that_runs(void **state)
{
	static const char *const parts[] = { "CREATE TABLE app.part_1 PARTITION OF app.part",
		                             "COMMENT ON COLUMN public.a.c IS 'a text'",
		                             "CREATE POLICY own",
		                             "CREATE AGGREGATE",
		                             "CREATE INDEX part_d ON app.part ",
		                             "DISABLE TRIGGER off",
		                             "SUBTYPE_DIFF = float8mi",
		                             "b text COLLATE \"C\"",
		                             "CREATE UNIQUE INDEX mv_id",
		                             "ON DELETE SET NULL" };
	struct set_file again[] = { { "001_s.sql", NULL }, SET_END };
	char *server = url();
	char *schema = NULL, *second = NULL;
	char *received = rehearse_on(whole, server, &schema);

	(void)state;
	assert_string_equal(received, "");
	free(received);
	assert_non_null(schema);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (strstr(schema, parts[i]) == NULL)
			fail_msg("no %s in\n%s", parts[i], schema);
	assert_null(strstr(schema, "schema_migrations"));
	again[0].content = schema;
	received = rehearse_on(again, server, &second);
	assert_string_equal(received, "");
	assert_string_equal(second, schema);
	free(received);
	free(second);
	free(schema);
	free(server);
}

static void leaves_no_database(void **state)
{
	PGconn *connection = postgres_server_connect_as("postgres", "postgres");
	PGresult *result;

	(void)state;
	result = PQexec(connection, "SELECT count(*) FROM pg_database WHERE datname LIKE "
	                            "'inlay_rehearsal%'");
	assert_string_equal(PQgetvalue(result, 0, 0), "0");
	PQclear(result);
	PQfinish(connection);
}

static void pause_briefly(void)
{
	struct timespec time = { .tv_nsec = 50000000 };

	nanosleep(&time, NULL);
}

/* Killed in the middle, it is cleaned up behind by the child that waits for that. */
static void leaves_none_when_killed(void **state)
{
	static const struct set_file slow[] = { { "001_a.sql", "SELECT pg_sleep(60);\n" },
		                                SET_END };
	char *server = url();
	PGconn *connection = postgres_server_connect_as("postgres", "postgres");
	const char *running = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE "
	                      "'%pg_sleep(60)%' AND pid <> pg_backend_pid() AND state = 'active'";
	const char *left = "SELECT count(*) FROM pg_database WHERE datname LIKE 'inlay_rehearsal%'";
	const char *answer = "0";
	PGresult *result = NULL;
	pid_t child = fork();

	(void)state;
	if (child == 0) {
		free(rehearse_on(slow, server, NULL));
		_exit(0);
	}
	for (int i = 0; i < 600 && strcmp(answer, "1") != 0; i++) {
		pause_briefly();
		PQclear(result);
		result = PQexec(connection, running);
		answer = PQgetvalue(result, 0, 0);
	}
	assert_string_equal(answer, "1");
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	for (int i = 0; i < 600 && strcmp(answer, "0") != 0; i++) {
		pause_briefly();
		PQclear(result);
		result = PQexec(connection, left);
		answer = PQgetvalue(result, 0, 0);
	}
	assert_string_equal(answer, "0");
	PQclear(result);
	PQfinish(connection);
	free(server);
}

static void says_what_is_wrong_with_the_server(void **state)
{
	static const struct set_file files[] = { { "001_a.sql", "SELECT 1;\n" }, SET_END };
	/* A password that libpq takes for something else. */
	static const char *const odd[] = {
		"postgres://me:se%cret@127.0.0.1:1/x", "postgres://me:se@cret@127.0.0.1:1/x",
		"postgres://me:cret/s@127.0.0.1:1/x",  "postgres://me:cret?se@127.0.0.1:1/x",
		"postgres://me:se#cret@127.0.0.1:1/x", "host=127.0.0.1 password=se cret"
	};
	char *received = rehearse_on(files, "postgres://me:secret@127.0.0.1:1/x", NULL);

	(void)state;
	assert_non_null(strstr(received, "rehearsal-server: the server can not be reached: "));
	assert_null(strstr(received, "secret"));
	free(received);
	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
		received = rehearse_on(files, odd[i], NULL);
		assert_non_null(strstr(received, "not well-formed"));
		assert_null(strstr(received, "cret"));
		free(received);
	}
	received = rehearse_on(files, "postgres://%", NULL);
	assert_non_null(strstr(received, "rehearsal-server: the server can not be reached: "));
	free(received);
}

/* A role that may not create a database. */
static void says_what_the_role_lacks(void **state)
{
	static const struct set_file files[] = { { "001_a.sql", "SELECT 1;\n" }, SET_END };
	PGconn *connection = postgres_server_connect_as("postgres", "postgres");
	char *server = format("%s", postgres_server_options("postgres", "rehearsal_role"));
	char *received;

	(void)state;
	PQclear(PQexec(connection, "CREATE ROLE rehearsal_role LOGIN"));
	received = rehearse_on(files, server, NULL);
	assert_non_null(strstr(received,
	                       "rehearsal-server: no database can be created for the "
	                       "rehearsal: ERROR:  permission denied to create database"));
	assert_non_null(strstr(rehearse_help(), "may create databases"));
	PQclear(PQexec(connection, "DROP ROLE rehearsal_role"));
	PQfinish(connection);
	free(received);
	free(server);
}

static void starts_a_server_of_its_own(void **state)
{
	static const struct set_file files[] = {
		{ "001_a.sql", "CREATE TABLE a (id int);\nDROP TABLE b;\n" }, SET_END
	};
	char *parent = directory_make();
	char *received;
	char **names;

	(void)state;
	assert_int_equal(chmod(parent, 0777), 0);
	setenv("TMPDIR", parent, 1);
	received = rehearse_on(files, "auto", NULL);
	names = directory_names(parent);
	assert_string_equal(received,
	                    "001_a.sql:2:1 [DROP] rehearsal: table \"b\" does not exist\n");
	/* Its directory is gone with it. */
	assert_null(names[0]);
	unsetenv("TMPDIR");
	names_free(names);
	free(received);
	directory_remove(parent);
	free(parent);
}

static void skip_all(void **state)
{
	(void)state;
	if (getenv("CI") != NULL)
		fail_msg("there is no PostgreSQL to start");
	skip();
}

int main(void)
{
	static struct CMUnitTest tests[sizeof(examples) / sizeof(examples[0]) + 10];
	static const struct CMUnitTest others[] = {
		cmocka_unit_test(writes_a_schema_that_runs),
		cmocka_unit_test(says_what_is_wrong_with_the_server),
		cmocka_unit_test(says_what_the_role_lacks),
		cmocka_unit_test(leaves_none_when_killed),
		cmocka_unit_test(leaves_no_database),
		cmocka_unit_test(starts_a_server_of_its_own),
	};
	bool is_there = postgres_server() != NULL;
	size_t count = 0;

	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++)
		tests[count++] = (struct CMUnitTest){ .name = examples[i].name,
			                              .test_func = says_what_it_finds,
			                              .initial_state = (void *)&examples[i] };
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		tests[count++] = others[i];
	for (size_t i = 0; i < count && !is_there; i++)
		tests[i].test_func = skip_all;
	return _cmocka_run_group_tests("rehearse_postgres", tests, count, NULL, NULL);
}
