/* dump_test.c - `inlay dump`: the same bytes for the same schema, and the same schema from them. */
#include "console.h"
#include "live/pg_dump.h"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
/* cmocka.h wants some of those first. */
#include <cmocka.h>

/* The same schema, put together in two orders. */
static const char sqlite_schema[] =
        "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);"
        "CREATE TABLE orders (id INTEGER PRIMARY KEY, buyer REFERENCES users (id));"
        "CREATE INDEX orders_buyer ON orders (buyer);"
        "CREATE VIEW buyers AS SELECT name FROM users -- all of them\n;"
        "CREATE TRIGGER gone AFTER DELETE ON users BEGIN DELETE FROM orders; END;"
        "CREATE VIRTUAL TABLE found USING fts5(text);";

static const char sqlite_schema_again[] =
        "CREATE VIRTUAL TABLE found USING fts5(text);"
        "CREATE TABLE other (x);"
        "CREATE TABLE orders (id INTEGER PRIMARY KEY, buyer REFERENCES users (id));"
        "CREATE VIEW buyers AS SELECT name FROM users -- all of them\n;"
        "CREATE INDEX orders_buyer ON orders (buyer);"
        "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);"
        "CREATE TRIGGER gone AFTER DELETE ON users BEGIN DELETE FROM orders; END;"
        "DROP TABLE other;";

static const char postgres_schema[] =
        "CREATE SCHEMA app;"
        "CREATE TYPE mood AS ENUM ('glad', 'sad');"
        "CREATE TABLE users (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text "
        "NOT NULL, mood mood DEFAULT 'glad');"
        "CREATE TABLE app.orders (id serial PRIMARY KEY, buyer bigint REFERENCES users (id));"
        "CREATE INDEX orders_buyer ON app.orders (buyer) WHERE buyer > 1;"
        "CREATE FUNCTION app.twice(n integer) RETURNS integer LANGUAGE sql AS 'SELECT 2 * n';"
        "CREATE VIEW buyers AS SELECT name FROM users;"
        "CREATE VIEW app.known AS SELECT name FROM public.buyers;"
        "COMMENT ON TABLE users IS 'who buys';"
        "ALTER TABLE app.orders ENABLE ROW LEVEL SECURITY;"
        "CREATE POLICY own ON app.orders USING (buyer = 1);";

static const char postgres_schema_again[] =
        "CREATE TABLE users (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text "
        "NOT NULL);"
        "CREATE VIEW buyers AS SELECT name FROM users;"
        "CREATE SCHEMA app;"
        "CREATE FUNCTION app.twice(n integer) RETURNS integer LANGUAGE sql AS 'SELECT 2 * n';"
        "CREATE VIEW app.known AS SELECT name FROM public.buyers;"
        "CREATE TABLE app.orders (id serial PRIMARY KEY, buyer bigint);"
        "CREATE INDEX orders_buyer ON app.orders (buyer) WHERE buyer > 1;"
        "ALTER TABLE app.orders ADD FOREIGN KEY (buyer) REFERENCES users (id);"
        "CREATE TYPE mood AS ENUM ('glad', 'sad');"
        "ALTER TABLE users ADD mood mood DEFAULT 'glad';"
        "CREATE POLICY own ON app.orders USING (buyer = 1);"
        "ALTER TABLE app.orders ENABLE ROW LEVEL SECURITY;"
        "COMMENT ON TABLE users IS 'who buys';"
        "ALTER SCHEMA public OWNER TO postgres; GRANT SELECT ON users TO public;";

static const struct set_file one[] = {
	{ "001_a.sql", "CREATE TABLE a (b INTEGER);\n" },
	SET_END,
};

/* What a run prints, on the heap. */
static char *print(struct database *database, const char *script)
{
	struct console console = console_open(database);
	struct outcome outcome = console_run(&console, script);
	char *text = format("%s", outcome.out.start);

	if (outcome.status != 0)
		fail_msg("%s ended in %d: %s", script, outcome.status, outcome.err.start);
	assert_string_equal(outcome.err.start, "");
	outcome_free(&outcome);
	console_close(&console);
	return text;
}

static void clear(struct database *database)
{
	if (database->postgres != NULL)
		database_run(database, "DROP SCHEMA IF EXISTS app CASCADE");
	database_clear(database);
}

/* Two orders, and what is made of the dump: each time the same dump. */
static void expect_same(struct database *database, const char *script)
{
	bool is_sqlite = database->sqlite != NULL;
	char *first, *again;

	clear(database);
	database_run(database, is_sqlite ? sqlite_schema : postgres_schema);
	first = print(database, script);
	again = print(database, script);
	assert_string_equal(first, again);
	free(again);

	clear(database);
	database_run(database, is_sqlite ? sqlite_schema_again : postgres_schema_again);
	again = print(database, script);
	assert_string_equal(first, again);
	free(again);

	clear(database);
	database_run(database, first);
	database_reconnect(database);
	again = print(database, script);
	assert_string_equal(first, again);
	assert_non_null(strstr(first, "orders_buyer"));
	free(again);
	free(first);
}

static void the_same_schema_is_the_same_text(void **state)
{
	expect_same(*state, "inlay dump");
}

static void without_pg_dump_it_is_so_too(void **state)
{
	expect_same(*state, "PG_DUMP= inlay dump");
}

static void the_tracking_tables_are_left_out(void **state)
{
	struct database *database = *state;
	char *text;

	database_expect_ok(database, one, 1);
	text = print(database, "inlay dump && PG_DUMP= inlay dump");
	assert_non_null(strstr(text, "CREATE TABLE"));
	assert_null(strstr(text, "schema_migrations"));
	free(text);
	database->options.table = "history";
	clear(database);
	database_expect_ok(database, one, 1);
	text = print(database, "inlay dump --table history && PG_DUMP= inlay dump --table history");
	assert_null(strstr(text, "history"));
	free(text);
	text = print(database, "inlay dump");
	assert_non_null(strstr(text, "history_log"));
	free(text);
}

static void sqlite_writes_what_it_stores(void **state)
{
	struct console console;

	database_run(*state, "CREATE TABLE b (id INTEGER PRIMARY KEY);\n"
	                     "CREATE TABLE a (id INTEGER,\n  b REFERENCES b);"
	                     "CREATE INDEX a_b ON a (b)");
	console = console_open(*state);
	console_expect(&console, "inlay dump", 0,
	               "-- The schema of the database, as SQLite tells it: by `inlay`.\n\n"
	               "CREATE TABLE a (id INTEGER,\n  b REFERENCES b);\n\n"
	               "CREATE TABLE b (id INTEGER PRIMARY KEY);\n\n"
	               "CREATE INDEX a_b ON a (b);\n",
	               "");
	console_close(&console);
}

static void a_file_is_written_when_it_differs(void **state)
{
	struct database *database = *state;
	struct console console;

	database_run(database, "CREATE TABLE a (b INTEGER)");
	console = console_open(database);
	console_expect(&console, "inlay dump -o schema.sql --check", 1, "",
	               "schema.sql: is not the schema of the database\n"
	               "    help: run `inlay dump` again, without --check\n");
	console_expect(&console, "inlay dump -o schema.sql", 0, "schema.sql: written\n", "");
	console_expect(&console, "inlay dump -o schema.sql", 0, "schema.sql: up to date\n", "");
	console_expect(&console, "inlay dump -o schema.sql --check", 0, "", "");
	console_expect(&console, "inlay dump -q -o other.sql && cmp schema.sql other.sql", 0, "",
	               "");
	console_expect(&console, "inlay dump | cmp - schema.sql", 0, "", "");
	console_expect(&console, "inlay dump -o nowhere/schema.sql", 73, "",
	               "inlay: nowhere/schema.sql: No such file or directory\n"
	               "    help: create the directory it goes to first\n");
	console_expect(&console, "inlay dump --check", 64, "",
	               "inlay dump: only with -o there is a file for --check\n"
	               "    help: inlay dump --help\n");
	console_expect(&console, "inlay dump > /dev/full", 73, "",
	               "inlay: standard output can not be written\n");
	console_close(&console);
}

static void sqlite_has_no_schemas(void **state)
{
	struct console console = console_open(*state);

	console_expect(&console, "inlay dump --schema app", 64, "",
	               "inlay dump: only PostgreSQL has schemas for --schema\n"
	               "    help: inlay dump --help\n");
	console_expect(&console, "inlay dump --database sqlite:nowhere.db", 2, "",
	               "inlay dump: sqlite:nowhere.db: there is no such file\n"
	               "    help: inlay up makes it\n");
	console_close(&console);
}

static void one_schema_is_written_by_itself(void **state)
{
	struct database *database = *state;
	static const char *const scripts[] = { "inlay dump --schema app",
		                               "PG_DUMP= inlay dump --schema app" };
	struct console console;

	database_run(database, postgres_schema);
	for (size_t i = 0; i < 2; i++) {
		char *text = print(database, scripts[i]);

		assert_non_null(strstr(text, "app.orders"));
		assert_non_null(strstr(text, "CREATE POLICY own"));
		assert_non_null(strstr(text, "CREATE FUNCTION app.twice") != NULL
		                        ? text
		                        : strstr(text, "CREATE OR REPLACE FUNCTION app.twice"));
		assert_null(strstr(text, "TABLE public.users ("));
		assert_null(strstr(text, "VIEW public.buyers"));
		free(text);
	}
	console = console_open(database);
	console_expect(&console, "inlay dump --schema nowhere", 2, "",
	               "inlay dump: <database> has no schema nowhere\n");
	console_close(&console);
	database_run(database, "DROP SCHEMA app CASCADE");
}

/* A stand-in shows what the program is called with: nothing secret. */
static void passwords_are_in_no_arguments(void **state)
{
	struct console console = console_open(*state);

	console_write(
	        &console, "pg_dump",
	        "#!/bin/sh\n"
	        "if [ \"$1\" = --version ]; then echo 'pg_dump (PostgreSQL) 99.1'; exit; fi\n"
	        "echo \"$@\" > arguments\necho \"$PGPASSWORD $PGUSER $PGSERVICE\" > password\n"
	        "echo 'CREATE TABLE t ();'\n");
	console_expect(&console,
	               "chmod +x pg_dump; PATH=\"$PWD:$PATH\"; DATABASE_URL=\"$DATABASE_URL "
	               "password=secret\"; PGSERVICEFILE=$PWD/s; printf '[x]\\n' > s; PGSERVICE=x;"
	               "export PGSERVICE PGSERVICEFILE; inlay dump && cat arguments password",
	               0,
	               "-- The schema of the database, as PostgreSQL tells it: by `pg_dump`.\n\n"
	               "CREATE TABLE t ();\n"
	               "--schema-only --no-owner --no-privileges --no-password --no-tablespaces "
	               "--no-subscriptions --encoding=UTF8 --lock-wait-timeout=30000 "
	               "--exclude-table=*.\"schema_migrations\" "
	               "--exclude-table=*.\"schema_migrations_log\" "
	               "--exclude-table=*.\"schema_migrations_state\"\n"
	               "secret postgres \n",
	               "");
	console_close(&console);
}

static void what_the_program_complains_of_is_told(void **state)
{
	struct console console = console_open(*state);

	console_write(&console, "fails",
	              "#!/bin/sh\n"
	              "if [ \"$1\" = --version ]; then echo "
	              "'pg_dump (PostgreSQL) 99.1'; exit; fi\n"
	              "echo 'pg_dump: error: no disk' >&2\necho detail >&2\n"
	              "exit 1\n");
	console_write(&console, "ends",
	              "#!/bin/sh\n"
	              "if [ \"$1\" = --version ]; then echo "
	              "'pg_dump (PostgreSQL) 99.1'; exit; fi\nexit 3\n");
	console_write(&console, "old", "#!/bin/sh\necho 'pg_dump (PostgreSQL) 9.6.1'\n");
	console_expect(&console, "chmod +x fails; PG_DUMP=./fails inlay dump", 2, "",
	               "inlay dump: <database>: pg_dump: error: no disk\n"
	               "    help: PG_DUMP= lets inlay write the schema by itself\n");
	console_expect(&console, "chmod +x ends; PG_DUMP=./ends inlay dump -o x || test ! -e x", 0,
	               "",
	               "inlay dump: <database>: ./ends ended in 3\n"
	               "    help: PG_DUMP= lets inlay write the schema by itself\n");
	console_expect(
	        &console,
	        "chmod +x old; PG_DUMP=./old inlay dump 2>&1 | sed \"s/is [0-9]*'s/is N's/\"", 0,
	        "inlay dump: ./old is PostgreSQL 9's, and the server is N's\n"
	        "    help: PG_DUMP names a newer one; PG_DUMP= lets inlay write the schema "
	        "by itself\n",
	        "");
	console_expect(&console, "PG_DUMP=./none inlay dump", 2, "",
	               "inlay dump: PG_DUMP: ./none can not be run\n"
	               "    help: PG_DUMP names a newer one; PG_DUMP= lets inlay write the schema "
	               "by itself\n");
	console_close(&console);
}

/* No program in PATH is no reason to fail. */
static void without_a_program_it_is_ours(void **state)
{
	struct console console;

	database_run(*state, "CREATE TABLE a (b integer)");
	console = console_open(*state);
	console_expect(&console, "inlay=$(command -v \"$INLAY\"); PATH=/nowhere \"$inlay\" dump", 0,
	               "-- The schema of the database, as PostgreSQL tells it: by `inlay`.\n\n"
	               "SET check_function_bodies = off;\n\n"
	               "CREATE TABLE public.a (\n    b integer\n);\n",
	               "");
	console_write(&console, "bin/pg_dump", "#!/bin/sh\necho 'pg_dump (PostgreSQL) 9.6.1'\n");
	console_expect(&console,
	               "chmod +x bin/pg_dump; PATH=\"$PWD/bin:$PATH\"; inlay dump 2> note | "
	               "sed -n 1p; sed \"s/is [0-9]*'s;/is N's;/\" note; inlay dump -q > x",
	               0,
	               "-- The schema of the database, as PostgreSQL tells it: by `inlay`.\n"
	               "inlay dump: note: pg_dump is PostgreSQL 9's, and the server is N's; the "
	               "schema is written by inlay\n",
	               "");
	console_close(&console);
}

/* Around the objects, and nowhere in them. */
static void noise_of_versions_is_taken_out(void **state)
{
	static const char text[] =
	        "--\n-- PostgreSQL database dump\n--\n\n\\restrict abc\n\n"
	        "-- Dumped from database version 15.18\n-- Dumped by pg_dump version 18.1\n\n"
	        "SET statement_timeout = 0;\nSET transaction_timeout = 0;\nSET row_security = "
	        "off;\n\n"
	        "--\n-- Name: public; Type: SCHEMA; Schema: -; Owner: -\n--\n\n"
	        "-- *not* creating schema, since initdb creates it\n\n\n"
	        "--\n-- Name: f(); Type: FUNCTION; Schema: public; Owner: -\n--\n\n"
	        "CREATE FUNCTION public.f() RETURNS void\n    LANGUAGE sql\n    AS $$\n\n"
	        "-- Dumped from database version 1\nSET transaction_timeout = 5;\n\n"
	        "\\restrict\n$$;\n\n\n"
	        "--\n-- PostgreSQL database dump complete\n--\n\n\\unrestrict abc\n\n";
	struct buffer out = { 0 };

	(void)state;
	pg_dump_normalize(text_of(text), &out);
	buffer_byte(&out, '\0');
	assert_string_equal(
	        (const char *)out.start,
	        "SET statement_timeout = 0;\nSET row_security = off;\n\n"
	        "--\n-- Name: f(); Type: FUNCTION; Schema: public; Owner: -\n--\n\n"
	        "CREATE FUNCTION public.f() RETURNS void\n    LANGUAGE sql\n    AS $$\n\n"
	        "-- Dumped from database version 1\nSET transaction_timeout = 5;\n\n"
	        "\\restrict\n$$;\n");
	buffer_clear(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DATABASE_TEST_FILE(the_same_schema_is_the_same_text),
		DATABASE_TEST_POSTGRES(the_same_schema_is_the_same_text),
		DATABASE_TEST_POSTGRES(without_pg_dump_it_is_so_too),
		DATABASE_TEST_FILE(the_tracking_tables_are_left_out),
		DATABASE_TEST_POSTGRES(the_tracking_tables_are_left_out),
		DATABASE_TEST_FILE(sqlite_writes_what_it_stores),
		DATABASE_TEST_FILE(a_file_is_written_when_it_differs),
		DATABASE_TEST_POSTGRES(a_file_is_written_when_it_differs),
		DATABASE_TEST_FILE(sqlite_has_no_schemas),
		DATABASE_TEST_POSTGRES(one_schema_is_written_by_itself),
		DATABASE_TEST_POSTGRES(passwords_are_in_no_arguments),
		DATABASE_TEST_POSTGRES(what_the_program_complains_of_is_told),
		DATABASE_TEST_POSTGRES(without_a_program_it_is_ours),
		cmocka_unit_test(noise_of_versions_is_taken_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
