/* probe_test.c - the probes of CREATE and DROP INDEX CONCURRENTLY against a server: they are taken
 * from an image, as the runtime would. */
#include "../runtime/image.h"
#include "support/database.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/* cmocka.h wants some of those first. */
#include <cmocka.h>

#define TEXT_SIZE 4000

/* A statement that must fail. */
static void run_in_vain(struct database *database, const char *sql)
{
	PGresult *result = PQexec(database->postgres, sql);

	assert_int_equal(PQresultStatus(result), PGRES_FATAL_ERROR);
	PQclear(result);
}

/* The probe of a statement, as the image has it. */
static void find_probe(const char *statement, char probe[TEXT_SIZE])
{
	char text[TEXT_SIZE];
	struct set_file files[] = { { "1_a.sql", text }, SET_END };
	struct compiled_set compiled;
	struct image_view view;

	(void)snprintf(text, sizeof(text), "-- migrate:up transaction:false\n%s;\n", statement);
	compiled = set_compile(files, INLAY_DIALECT_POSTGRES);
	assert_string_equal(compiled.problems, "");
	assert_null(image_check_header(compiled.set.image, compiled.set.image->size,
	                               INLAY_DIALECT_POSTGRES, &view));
	assert_null(image_check(&view, 0));
	assert_int_equal(view.statement_count, 1);
	assert_int_not_equal(view.statements[0].probe, 0);
	(void)snprintf(probe, TEXT_SIZE, "%s", image_text(&view, view.statements[0].probe));
	set_destroy(&compiled);
}

/* What the statement's probe answers, see database_ask(). */
static void expect(struct database *database, const char *statement, const char *expected)
{
	char probe[TEXT_SIZE];

	find_probe(statement, probe);
	database_expect(database, probe, expected);
}

static void tells_how_far_an_index_is(void **state)
{
	static const char statement[] = "CREATE UNIQUE INDEX CONCURRENTLY T_Id ON T (id)";
	struct database *database = *state;

	expect(database, statement, "");
	database_run(database, "CREATE TABLE t (id int)");
	database_run(database, "INSERT INTO t VALUES (1), (1)");
	expect(database, statement, "");
	run_in_vain(database, statement);
	expect(database, statement, "f|DROP INDEX CONCURRENTLY public.t_id");
	database_run(database, "DROP INDEX CONCURRENTLY public.t_id");
	expect(database, statement, "");
	database_run(database, "DELETE FROM t");
	database_run(database, statement);
	expect(database, statement, "t|DROP INDEX CONCURRENTLY public.t_id");
}

/* IF NOT EXISTS takes the invalid index for the one it should build: the probe does not. */
static void sees_what_if_not_exists_does_not(void **state)
{
	static const char statement[] =
	        "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS t_id ON ONLY t USING btree (id)";
	struct database *database = *state;

	database_run(database, "CREATE TABLE t (id int)");
	database_run(database, "INSERT INTO t VALUES (1), (1)");
	run_in_vain(database, statement);
	database_run(database, statement);
	expect(database, statement, "f|DROP INDEX CONCURRENTLY public.t_id");
}

static void reads_names_as_the_server_does(void **state)
{
	/* Each is created, found, and dropped by what the probe says. */
	static const char *const statements[] = {
		"CREATE INDEX CONCURRENTLY \"a b\"\"c'd\\e\" ON \"S 1\" . \"T'\\\"\"1\" (id)",
		"CREATE INDEX CONCURRENTLY Stra\xC3\x9F"
		"e$1_\xC3\x89 ON \"S 1\".Gr\xC3\x96sse (id)",
		"CREATE INDEX CONCURRENTLY a234567890123456789012345678901234567890123456789012345"
		"678901\xC3\xA9"
		"x ON \"S 1\".Gr\xC3\x96sse (id)",
		"CREATE INDEX CONCURRENTLY \"A23456789012345678901234567890123456789012345678901234"
		"567890123 and more\" ON \"S 1\".Gr\xC3\x96sse (id)",
		"CREATE INDEX CONCURRENTLY Drop ON \"S 1\" /* . */ . -- x\n Gr\xC3\x96sse(id)",
		"CREATE INDEX CONCURRENTLY \"on\" ON \"S 1\".Gr\xC3\x96sse (id)",
	};
	struct database *database = *state;
	size_t i;

	database_run(database, "CREATE SCHEMA \"S 1\"");
	database_run(database, "CREATE TABLE \"S 1\".\"T'\\\"\"1\" (id int)");
	database_run(database, "CREATE TABLE \"S 1\".Gr\xC3\x96sse (id int)");
	for (i = 0; i < sizeof(statements) / sizeof(statements[0]); i++) {
		char probe[TEXT_SIZE];
		const char *answer;

		find_probe(statements[i], probe);
		database_expect(database, probe, "");
		database_run(database, statements[i]);
		answer = database_ask(database, probe);
		assert_memory_equal(answer, "t|", 2);
		(void)snprintf(probe, sizeof(probe), "%s", answer + 2);
		database_run(database, probe);
		expect(database, statements[i], "");
	}
}

/* Only the table's own name is looked for in the path, as the statement itself would: an index of
 * that name on another table is another one. */
static void depends_on_the_path_for_the_table_alone(void **state)
{
	static const char statement[] = "CREATE INDEX CONCURRENTLY t_id ON t (id)";
	struct database *database = *state;

	database_run(database, "CREATE SCHEMA a");
	database_run(database, "CREATE TABLE a.t (id int)");
	database_run(database, "CREATE TABLE a.u (id int)");
	database_run(database, "CREATE TABLE public.t (id int)");
	database_run(database, "CREATE INDEX t_id ON a.u (id)");
	expect(database, statement, "");
	database_run(database, "SET search_path = a");
	expect(database, statement, "");
	database_run(database, "SET search_path = public");
	database_run(database, statement);
	expect(database, statement, "t|DROP INDEX CONCURRENTLY public.t_id");
	database_run(database, "SET search_path = a");
	expect(database, statement, "");

	/* Somebody's own = and friends, before the server's. */
	database_run(database, "CREATE FUNCTION a.no(oid, oid) RETURNS bool LANGUAGE sql AS "
	                       "'SELECT false'");
	database_run(database,
	             "CREATE OPERATOR a.= (LEFTARG = oid, RIGHTARG = oid, FUNCTION = a.no)");
	database_run(database, "CREATE FUNCTION a.no(name, name) RETURNS bool LANGUAGE sql AS "
	                       "'SELECT false'");
	database_run(database,
	             "CREATE OPERATOR a.= (LEFTARG = name, RIGHTARG = name, FUNCTION = a.no)");
	database_run(database, "CREATE FUNCTION a.to_regclass(text) RETURNS regclass LANGUAGE sql "
	                       "AS 'SELECT NULL::regclass'");
	database_run(database, "CREATE FUNCTION a.format(text, name, name) RETURNS text "
	                       "LANGUAGE sql AS 'SELECT NULL'");
	database_run(database, "SET search_path = a, public, pg_catalog");
	database_run(database, "DROP TABLE a.t");
	expect(database, statement, "t|DROP INDEX CONCURRENTLY public.t_id");
	expect(database, "DROP INDEX CONCURRENTLY public.t_id", "");
	expect(database, "DROP INDEX CONCURRENTLY t_i", "t|NULL");
}

static void tells_whether_an_index_is_gone(void **state)
{
	static const char statement[] = "DROP INDEX CONCURRENTLY Public.T_Id";
	struct database *database = *state;

	database_run(database, "CREATE TABLE t (id int)");
	database_run(database, "CREATE INDEX t_id ON t (id)");
	expect(database, statement, "");
	database_run(database, statement);
	expect(database, statement, "t|NULL");
	expect(database, "DROP INDEX CONCURRENTLY nowhere.t_id", "t|NULL");
}

/* With the setting of old times, in which a backslash means something in any string. */
static void does_not_depend_on_how_strings_are_read(void **state)
{
	static const char statement[] = "CREATE INDEX CONCURRENTLY \"a\\'b\" ON t (id)";
	struct database *database = *state;
	PGresult *result;

	database_run(database, "CREATE TABLE t (id int)");
	database_run(database, statement);
	result = PQexec(database->postgres, "SET standard_conforming_strings = off");
	if (PQresultStatus(result) == PGRES_COMMAND_OK) /* Some day it can not be off. */
		expect(database, statement, "t|DROP INDEX CONCURRENTLY public.\"a\\'b\"");
	PQclear(result);
	database_run(database, "RESET standard_conforming_strings");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DATABASE_TEST_POSTGRES(tells_how_far_an_index_is),
		DATABASE_TEST_POSTGRES(sees_what_if_not_exists_does_not),
		DATABASE_TEST_POSTGRES(reads_names_as_the_server_does),
		DATABASE_TEST_POSTGRES(depends_on_the_path_for_the_table_alone),
		DATABASE_TEST_POSTGRES(tells_whether_an_index_is_gone),
		DATABASE_TEST_POSTGRES(does_not_depend_on_how_strings_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
