/* history_test.c - `inlay history`: the log as people and machines get it. */
#include "console.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
/* cmocka.h wants some of those first. */
#include <cmocka.h>

static const struct set_file one[] = {
	{ "001_create_t.sql", "CREATE TABLE t (id INTEGER PRIMARY KEY);\n" },
	SET_END,
};
static const struct set_file failing[] = {
	{ "001_create_t.sql", "CREATE TABLE t (id INTEGER PRIMARY KEY);\n" },
	{ "002_fill.sql", "-- migrate:up\nINSERT INTO missing VALUES (1);\n"
	                  "-- migrate:down\nDELETE FROM t;\n" },
	SET_END,
};
static const struct set_file two[] = {
	{ "001_create_t.sql", "CREATE TABLE t (id INTEGER PRIMARY KEY);\n" },
	{ "002_fill.sql", "-- migrate:up\nINSERT INTO t VALUES (1);\n"
	                  "-- migrate:down\nDELETE FROM t;\n" },
	SET_END,
};

#define HEADING "when  what  direction  file  duration  checksum  by\n"

static void fill(struct database *database)
{
	database_expect_ok(database, one, 1);
	database_expect_result(database, database_ensure_unchecked(database, failing),
	                       INLAY_FAILED);
	database_expect_ok(database, two, 1);
	database_expect_result(database, database_rollback(database, two, inlay_rollback_last(1)),
	                       INLAY_OK);
}

static void tells_all_that_was_done(void **state)
{
	struct database *database = *state;
	struct console console;
	const char *by;
	char *expected;

	fill(database);
	console = console_open(database);
	by = database_either(database, "process <pid> on <host>",
	                     "role postgres, backend <pid>, process <pid> on <host>");
	expected = format(
	        HEADING "<time>  applied  up  001_create_t.sql  <ms>  CHECKSUM  %s\n"
	                "<time>  failed  up  002_fill.sql  <ms>  CHECKSUM  %s\n"
	                "    %s\n"
	                "<time>  applied  up  002_fill.sql  <ms>  CHECKSUM  %s\n"
	                "<time>  rolled back  down  002_fill.sql  <ms>  CHECKSUM  %s\n",
	        by, by,
	        database_either(database,
	                        "migrations/002_fill.sql:2:1: no such table: missing (SQLite "
	                        "1); 002_fill is rolled back, 1 earlier migration stays applied",
	                        "migrations/002_fill.sql:2:13: relation \"missing\" does not "
	                        "exist (SQLSTATE 42P01); 002_fill is rolled back, 1 earlier "
	                        "migration stays applied"),
	        by, by);
	console_expect(&console, "inlay history | sed -E 's/ [0-9a-f]{12} / CHECKSUM /'", 0,
	               expected, "");
	console_expect(&console, "inlay history --verbose | sed -E 's/ [0-9a-f]{64} / CHECKSUM /'",
	               0, expected, "");
	console_expect(&console, "inlay history -n 1 | cut -d . -f 1", 0,
	               HEADING "<time>  rolled back  down  002_fill\n", "");
	console_expect(&console, "inlay history -n 99 | wc -l", 0, "6\n", "");
	console_expect(&console, "inlay history --quiet", 0, "", "");
	free(expected);
	console_close(&console);
}

static void json_has_the_same(void **state)
{
	struct database *database = *state;
	struct console console;
	struct outcome outcome;
	json_t *document;
	json_t *entries;
	json_t *entry;

	fill(database);
	console = console_open(database);
	outcome = console_run(&console, "inlay history --json --limit 3");
	assert_int_equal(outcome.status, 0);
	assert_int_equal(outcome.err.size, 0);
	document = json_loads(outcome.out.start, 0, NULL);
	assert_non_null(document);
	entries = json_object_get(document, "entries");
	assert_int_equal(json_array_size(entries), 3);
	entry = json_array_get(entries, 0);
	assert_int_equal(json_object_size(entry), 10);
	assert_string_equal(json_string_value(json_object_get(entry, "action")), "failed");
	assert_string_equal(json_string_value(json_object_get(entry, "direction")), "up");
	assert_string_equal(json_string_value(json_object_get(entry, "filename")), "002_fill.sql");
	assert_int_equal(json_integer_value(json_object_get(entry, "version")), 2);
	assert_non_null(strstr(json_string_value(json_object_get(entry, "message")), "missing"));
	assert_int_equal(strlen(json_string_value(json_object_get(entry, "checksum"))), 64);
	entry = json_array_get(entries, 2);
	assert_string_equal(json_string_value(json_object_get(entry, "action")), "rolled back");
	assert_true(json_is_null(json_object_get(entry, "message")));
	json_decref(document);
	outcome_free(&outcome);
	console_close(&console);
}

static void terminals_are_not_obeyed(void **state)
{
	struct database *database = *state;
	struct console console;

	fill(database);
	database_run(database,
	             database_either(database,
	                             "UPDATE schema_migrations_log SET message = 'a' || char(10) "
	                             "|| char(27) || '[31m' WHERE action = 'failed'",
	                             "UPDATE schema_migrations_log SET message = "
	                             "E'a\\n\\x1b[31m' WHERE action = 'failed'"));
	console = console_open(database);
	console_expect(&console, "inlay history | sed -n 4p", 0, "    a??[31m\n", "");
	console_close(&console);
}

static void nothing_yet(void **state)
{
	struct database *database = *state;
	struct console console = console_open(database);

	console_expect(&console, "inlay history", 0, "nothing has been done yet\n", "");
	console_expect(&console, "inlay history --json", 0,
	               "{\n  \"database\": \"<database>\",\n  \"entries\": []\n}\n", "");
	console_expect(&console, "inlay history --database sqlite:absent.db; ls", 0,
	               "nothing has been done yet: there is no such file\n", "");
	console_expect(&console, "inlay history --limit 0", 64, "",
	               "inlay history: a limit is a number from 1 on, not 0\n"
	               "    help: inlay history --help\n");
	console_expect(&console, "inlay history > /dev/full", 73, "",
	               "inlay: standard output can not be written\n");
	console_close(&console);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DATABASE_TEST_BOTH(tells_all_that_was_done),
		DATABASE_TEST_BOTH(json_has_the_same),
		DATABASE_TEST_BOTH(terminals_are_not_obeyed),
		DATABASE_TEST_BOTH(nothing_yet),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
