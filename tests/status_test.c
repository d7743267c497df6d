/* status_test.c - `inlay status`: every state in words, for people, machines and probes. */
#include "console.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
/* cmocka.h wants some of those first. */
#include <cmocka.h>

#define T                                                                                          \
	{                                                                                          \
		"001_create_t.sql", "CREATE TABLE t (id INTEGER PRIMARY KEY);\n"                   \
	}
#define FILL                                                                                       \
	{                                                                                          \
		"002_fill_t.sql", "INSERT INTO t VALUES (1);\n"                                    \
	}
#define ALONE                                                                                      \
	{                                                                                          \
		"003_alone.sql", "-- migrate:up transaction:false\nINSERT INTO t VALUES (2);\n"    \
		                 "INSERT INTO t VALUES (3);\nINSERT INTO t VALUES (4);\n"          \
		                 "-- migrate:down transaction:false\nDELETE FROM t;\n"             \
		                 "DELETE FROM t;\n"                                                \
	}

#define ALONE_FAILING                                                                              \
	{                                                                                          \
		"003_alone.sql", "-- migrate:up transaction:false\nINSERT INTO t VALUES (2);\n"    \
		                 "INSERT INTO missing VALUES (3);\nINSERT INTO t VALUES (4);\n"    \
		                 "-- migrate:down transaction:false\nDELETE FROM t;\n"             \
		                 "DELETE FROM t;\n"                                                \
	}

static const struct set_file one[] = { T, SET_END };
static const struct set_file two[] = { T, FILL, SET_END };
static const struct set_file failing[] = { T, FILL, ALONE_FAILING, SET_END };
static const struct set_file with_alone[] = { T, FILL, ALONE, SET_END };

#define HEADING "version  name  state  applied at  duration  by\n"

/* Begins a console whose directory migrations/ has the files. */
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

/* console_expect() where {by} is who applies in a test, and nothing is said on standard error. */
static void expect(const struct console *console, const char *script, int status, const char *out)
{
	const char *by = database_either(console->database, "process <pid> on <host>",
	                                 "role postgres, backend <pid>, process <pid> on <host>");
	char text[4000];
	size_t size = 0;

	while (*out != '\0') {
		bool is_by = strncmp(out, "{by}", 4) == 0;

		assert_true(size + strlen(by) + 2 < sizeof(text));
		size += (size_t)snprintf(text + size, sizeof(text) - size, "%.*s",
		                         is_by ? (int)strlen(by) : 1, is_by ? by : out);
		out += is_by ? 4 : 1;
	}
	text[size] = '\0';
	console_expect(console, script, status, text, "");
}

/* Once, of a set that the console has. */
static void expect_status(struct database *database, const struct set_file *files, int status,
                          const char *out)
{
	struct console console = open_with(database, files);

	expect(&console, "inlay status", status, out);
	console_close(&console);
}

static void pending_then_up_to_date(void **state)
{
	struct database *database = *state;
	struct console console = open_with(database, two);

	expect(&console, "inlay status", 1,
	       HEADING "1  create_t  pending  -  -  -\n"
	               "2  fill_t  pending  -  -  -\n"
	               "\n"
	               "2 pending\n"
	               "    help: inlay up applies them\n");
	expect(&console, "inlay status --quiet", 1, "");
	console_close(&console);
	database_expect_ok(database, one, 1);
	expect_status(database, two, 1,
	              HEADING "1  create_t  applied  <time>  <ms>  {by}\n"
	                      "2  fill_t  pending  -  -  -\n"
	                      "\n"
	                      "1 applied, 1 pending\n"
	                      "    help: inlay up applies it\n");
	database_expect_ok(database, two, 1);
	console = open_with(database, two);
	expect(&console, "inlay status", 0,
	       HEADING "1  create_t  applied  <time>  <ms>  {by}\n"
	               "2  fill_t  applied  <time>  <ms>  {by}\n"
	               "\n"
	               "up to date: 2 applied\n");
	expect(&console, "inlay status --quiet", 0, "");
	expect(&console,
	       "inlay status --verbose 2>/dev/null | sed -n 2p | tr -s ' ' | cut -d ' ' -f 1-3", 0,
	       "1 create_t applied\n");
	expect(&console,
	       "inlay status --verbose 2>/dev/null | grep -cE ' 00[12]_[a-z_]+[.]sql "
	       "+[0-9a-f]{64}$'",
	       0, "2\n");
	console_close(&console);
}

static void every_difference_is_explained(void **state)
{
	static const struct set_file then[] = {
		T,
		FILL,
		{ "003_gone.sql", "INSERT INTO t VALUES (3);\n" },
		{ "005_later.sql", "INSERT INTO t VALUES (5);\n" },
		{ "006_next.sql", "INSERT INTO t VALUES (6);\n" },
		SET_END,
	};
	static const struct set_file now[] = {
		{ "001_create_t.sql", "create table t (\n  id INTEGER PRIMARY KEY\n);\n" },
		{ "002_fill_t.sql", "INSERT INTO t VALUES (2);\n" },
		{ "004_late.sql", "INSERT INTO t VALUES (4);\n" },
		{ "005_later.sql", "INSERT INTO t VALUES (5);\n" },
		SET_END,
	};
	struct database *database = *state;

	database_expect_ok(database, then, 5);
	expect_status(
	        database, now, 1,
	        HEADING
	        "1  create_t  applied  <time>  <ms>  {by}\n"
	        "2  fill_t  edited  <time>  <ms>  {by}\n"
	        "3  gone  missing  <time>  <ms>  {by}\n"
	        "4  late  late  -  -  -\n"
	        "5  later  applied  <time>  <ms>  {by}\n"
	        "6  next  ahead  <time>  <ms>  {by}\n"
	        "\n"
	        "001_create_t.sql was reformatted since it was applied: its SQL is the same, so "
	        "nothing is to be done\n"
	        "002_fill_t.sql was edited: its SQL, not only its layout, is not what was applied "
	        "on <time>\n"
	        "    help: restore the file, and put the change into a new migration; where the "
	        "database has the new text already, inlay repair 2 --accept records that\n"
	        "003_gone.sql is missing: the database has it, and the set does not, though it "
	        "has later ones\n"
	        "    help: restore the file\n"
	        "004_late.sql is late: it is pending, and later ones are applied\n"
	        "    help: if no database has it yet, give it a version above all others; "
	        "otherwise inlay up --allow-late applies it all the same; if its row was deleted "
	        "by hand, restore that\n"
	        "006_next.sql is ahead: it is from a later release than this set\n"
	        "2 applied, 1 late, 1 edited, 1 missing, 1 ahead\n");
}

static void reformatted_is_up_to_date(void **state)
{
	static const struct set_file reformatted[] = {
		{ "001_create_t.sql", "CREATE TABLE t -- a comment\n(id INTEGER PRIMARY KEY);\n" },
		SET_END,
	};
	struct database *database = *state;

	database_expect_ok(database, one, 1);
	expect_status(database, reformatted, 0,
	              HEADING "1  create_t  applied  <time>  <ms>  {by}\n"
	                      "\n"
	                      "001_create_t.sql was reformatted since it was applied: its SQL is "
	                      "the same, so nothing is to be done\n"
	                      "up to date: 1 applied\n");
}

static void ahead_is_up_to_date_unless_breaking(void **state)
{
	static const struct set_file breaking[] = {
		T,
		FILL,
		{ "003_breaks.sql", "-- migrate:breaking\nINSERT INTO t VALUES (3);\n" },
		SET_END,
	};
	struct database *database = *state;

	database_expect_ok(database, two, 2);
	expect_status(database, one, 0,
	              HEADING "1  create_t  applied  <time>  <ms>  {by}\n"
	                      "2  fill_t  ahead  <time>  <ms>  {by}\n"
	                      "\n"
	                      "002_fill_t.sql is ahead: it is from a later release than this set\n"
	                      "up to date: 1 applied, 1 ahead\n");
	database_expect_ok(database, breaking, 1);
	expect_status(database, two, 1,
	              HEADING "1  create_t  applied  <time>  <ms>  {by}\n"
	                      "2  fill_t  applied  <time>  <ms>  {by}\n"
	                      "3  breaks  ahead  <time>  <ms>  {by}\n"
	                      "\n"
	                      "003_breaks.sql is ahead: it is from a later release than this set, "
	                      "and programs without it must not run any more (-- "
	                      "migrate:breaking)\n"
	                      "    help: run that release, or a later one\n"
	                      "2 applied, 1 ahead\n");
}

static void rows_changed_by_hand_are_found(void **state)
{
	struct database *database = *state;

	database_expect_ok(database, two, 2);
	database_run(database, "UPDATE schema_migrations SET chain = 'x' WHERE version = 2");
	expect_status(database, two, 1,
	              HEADING "1  create_t  applied  <time>  <ms>  {by}\n"
	                      "2  fill_t  applied  <time>  <ms>  {by}\n"
	                      "\n"
	                      "002_fill_t.sql does not fit the migrations before it, though its "
	                      "SQL is the set's: somebody has changed the tracking table by hand\n"
	                      "    help: inlay repair puts its row right\n"
	                      "2 applied\n");
}

/* --- Unfinished ones --- */

/* Version 3 stops behind its first statement, is half a minute old, and as `assignments` say. */
static void interrupt(struct database *database, const char *assignments)
{
	char *sql = format("UPDATE schema_migrations SET applied_at = %s, %s WHERE version = 3",
	                   database_either(database, "datetime('now', '-30 seconds')",
	                                   "now() - interval '30 seconds'"),
	                   assignments);

	database_expect_result(database, database_ensure_unchecked(database, failing),
	                       INLAY_INTERRUPTED);
	database_run(database, sql);
	free(sql);
}

#define TWO_APPLIED                                                                                \
	HEADING "1  create_t  applied  <time>  <ms>  {by}\n"                                       \
	        "2  fill_t  applied  <time>  <ms>  {by}\n"

static void interrupted_ones_say_how_far(void **state)
{
	static const struct {
		const char *assignments;
		const char *words;
	} rows[] = {
		{ "status = 'failed'",
		  "003_alone.sql was interrupted: 1 of 3 statements are through; begun by {by}, "
		  "and nobody is at it now\n"
		  "    help: inlay up goes on with statement 2\n" },
		{ "status = 'alone'",
		  "003_alone.sql was interrupted: 1 of 3 statements are through; begun by {by}, "
		  "and nobody is at it now\n"
		  "    help: nobody can know whether statement 2 took effect: look, then tell "
		  "inlay "
		  "repair 3 --done or --again\n" },
		{ "up = 'other'",
		  "003_alone.sql was interrupted: 1 of 3 statements are through; begun by {by}, "
		  "and nobody is at it now\n"
		  "    help: it can not be gone on with as it is: inlay repair 3 says why, and "
		  "what "
		  "there is to choose\n" },
		{ "direction = 'down'",
		  "the rollback of 003_alone.sql was interrupted: 1 of 2 statements are through; "
		  "begun "
		  "by {by}, and nobody is at it now\n"
		  "    help: inlay down goes on with it\n" },
	};
	struct database *database = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *out = format(TWO_APPLIED "3  alone  interrupted  <time>  -  {by}\n"
		                               "\n"
		                               "%s2 applied, 1 interrupted\n",
		                   rows[i].words);

		database_clear(database);
		interrupt(database, rows[i].assignments);
		expect_status(database, with_alone, 1, out);
		free(out);
	}
}

static void the_set_may_lack_an_interrupted_one(void **state)
{
	struct database *database = *state;

	interrupt(database, "status = 'failed'");
	expect_status(database, two, 0,
	              TWO_APPLIED "3  alone  interrupted  <time>  -  {by}\n"
	                          "\n"
	                          "003_alone.sql was interrupted: 1 of its statements are through; "
	                          "begun by {by}, and nobody is at it now\n"
	                          "    help: the set lacks it: use the release that began it\n"
	                          "up to date: 2 applied, 1 ahead\n");
}

static void somebody_is_at_work(void **state)
{
	struct database *database = *state;
	PGconn *worker;
	char *assignments;

	database_expect_ok(database, with_alone, 3);
	worker = PQconnectdb(database_place(database));
	assert_int_equal(PQstatus(worker), CONNECTION_OK);
	assignments =
	        format("status = 'running', progress = 2, backend = '%d '", PQbackendPID(worker));
	database_run(database, "UPDATE schema_migrations SET backend = NULL");
	free(assignments);
	assignments = format("UPDATE schema_migrations SET status = 'running', progress = 2, "
	                     "backend = '%d ' WHERE version = 3",
	                     PQbackendPID(worker));
	database_run(database, assignments);
	expect_status(database, with_alone, 1,
	              TWO_APPLIED "3  alone  at work  <time>  <ms>  {by}\n"
	                          "\n"
	                          "003_alone.sql is at work: 2 of 3 statements are through; at it "
	                          "is {by}\n"
	                          "2 applied, 1 interrupted\n");
	PQfinish(worker);
	free(assignments);
}

/* --- Repeatable ones --- */

#define VIEW(columns)                                                                              \
	{                                                                                          \
		"R__v.sql",                                                                        \
		        "DROP VIEW IF EXISTS v;\nCREATE VIEW v AS SELECT " columns " FROM t;\n"    \
	}

static void repeatable_ones_stand_behind(void **state)
{
	static const struct set_file first[] = { T, VIEW("id"), SET_END };
	static const struct set_file second[] = { T, VIEW("id + 1 AS id"), SET_END };
	struct database *database = *state;

	database_expect_ok(database, first, 2);
	expect_status(database, first, 0,
	              HEADING "1  create_t  applied  <time>  <ms>  {by}\n"
	                      "repeatable  R__v  applied  <time>  <ms>  {by}\n"
	                      "\n"
	                      "up to date: 2 applied\n");
	expect_status(database, second, 1,
	              HEADING "1  create_t  applied  <time>  <ms>  {by}\n"
	                      "repeatable  R__v  pending  <time>  <ms>  {by}\n"
	                      "\n"
	                      "1 applied, 1 pending\n"
	                      "    help: inlay up applies it\n");
}

static void who_is_behind_leaves_repeatable_ones_alone(void **state)
{
	static const struct set_file newer[] = { T, FILL, VIEW("id"), SET_END };
	static const struct set_file older[] = { T, VIEW("id + 1 AS id"), SET_END };
	struct database *database = *state;

	database_expect_ok(database, newer, 3);
	database_expect_result(database, database_check(database, older), INLAY_OK);
	expect_status(database, older, 0,
	              HEADING "1  create_t  applied  <time>  <ms>  {by}\n"
	                      "2  fill_t  ahead  <time>  <ms>  {by}\n"
	                      "repeatable  R__v  pending  <time>  <ms>  {by}\n"
	                      "\n"
	                      "002_fill_t.sql is ahead: it is from a later release than this set\n"
	                      "R__v.sql is left to the release that is ahead: its text may be "
	                      "older than that one's\n"
	                      "up to date: 1 applied, 1 pending, 1 ahead\n");
}

/* --- Where --- */

static void other_tables_and_schemas(void **state)
{
	struct database *database = *state;
	struct console console;

	if (database->dialect == INLAY_DIALECT_POSTGRES) {
		database_run(database, "CREATE SCHEMA \"App's\"");
		database->options.schema = "App's";
	}
	database->options.table = "odd \"name\"";
	database_expect_ok(database, two, 2);
	console = open_with(database, two);
	if (database->dialect == INLAY_DIALECT_POSTGRES) {
		expect(&console, "inlay status --schema \"App's\" --table 'odd \"name\"' | tail -1",
		       0, "up to date: 2 applied\n");
		expect(&console,
		       "PGOPTIONS=\"-c search_path=\\\"App's\\\"\" inlay status --table 'odd "
		       "\"name\"' | tail -1",
		       0, "up to date: 2 applied\n");
	} else {
		expect(&console, "inlay status --table 'odd \"name\"' | tail -1", 0,
		       "up to date: 2 applied\n");
	}
	expect(&console, "inlay status | tail -2", 0,
	       "2 pending\n    help: inlay up applies them\n");
	console_close(&console);
}

static void a_history_elsewhere_is_pointed_out(void **state)
{
	struct database *database = *state;
	struct console console;

	database_expect_ok(database, one, 1);
	database_run(database, "CREATE SCHEMA app");
	console = open_with(database, one);
	expect(&console, "PGOPTIONS='-c search_path=app,public' inlay status", 1,
	       HEADING "1  create_t  pending  -  -  -\n"
	               "\n"
	               "this set's history is in public.schema_migrations, and the connection's "
	               "current schema is app, where there is none; nothing was changed: say which "
	               "one is meant by --schema, or by the connection's search_path\n"
	               "1 pending\n");
	console_close(&console);
}

static void another_tools_table_is_none_of_ours(void **state)
{
	struct database *database = *state;
	struct console console;
	struct outcome outcome;

	database_run(database, "CREATE TABLE schema_migrations (version TEXT PRIMARY KEY)");
	console = open_with(database, one);
	outcome = console_run(&console, "inlay status");
	assert_int_equal(outcome.status, 2);
	assert_int_equal(outcome.out.size, 0);
	assert_non_null(strstr(outcome.err.start, "is dbmate's or Rails' table"));
	assert_null(strstr(outcome.err.start, "options->"));
	outcome_free(&outcome);
	console_close(&console);
}

static void an_absent_file_is_empty_and_stays_absent(void **state)
{
	struct database *database = *state;
	struct console console = open_with(database, one);

	expect(&console, "inlay status --database sqlite:absent.db; ls", 0,
	       HEADING "1  create_t  pending  -  -  -\n"
	               "\n"
	               "sqlite:absent.db is not there yet, which counts as empty\n"
	               "1 pending\n"
	               "    help: inlay up applies it\n"
	               "migrations\n");
	expect(&console, "inlay status -q --database sqlite:absent.db", 1, "");
	console_close(&console);
}

/* --- For machines --- */

static json_t *status_json(const struct console *console, const char *script, int status)
{
	struct outcome outcome = console_run(console, script);
	json_t *document = json_loads(outcome.out.start, 0, NULL);

	assert_int_equal(outcome.err.size, 0);
	assert_int_equal(outcome.status, status);
	assert_non_null(document);
	outcome_free(&outcome);
	return document;
}

static void json_is_one_document(void **state)
{
	struct database *database = *state;
	struct console console;
	json_t *document;
	json_t *rows;
	json_t *row;

	database_expect_ok(database, one, 1);
	console = open_with(database, two);
	document = status_json(&console, "inlay status --json", 1);
	assert_false(json_boolean_value(json_object_get(document, "up_to_date")));
	assert_false(json_boolean_value(json_object_get(document, "absent")));
	assert_true(json_is_null(json_object_get(document, "elsewhere")));
	assert_int_equal(json_integer_value(json_object_get(document, "set_head")), 2);
	assert_int_equal(json_integer_value(json_object_get(document, "database_head")), 1);
	assert_int_equal(json_object_size(json_object_get(document, "counts")), 7);
	row = json_object_get(document, "counts");
	assert_int_equal(json_integer_value(json_object_get(row, "applied")), 1);
	assert_int_equal(json_integer_value(json_object_get(row, "pending")), 1);
	rows = json_object_get(document, "migrations");
	assert_int_equal(json_array_size(rows), 2);
	row = json_array_get(rows, 0);
	assert_int_equal(json_object_size(row), 23);
	assert_int_equal(json_integer_value(json_object_get(row, "version")), 1);
	assert_string_equal(json_string_value(json_object_get(row, "name")), "create_t");
	assert_string_equal(json_string_value(json_object_get(row, "filename")),
	                    "001_create_t.sql");
	assert_string_equal(json_string_value(json_object_get(row, "state")), "applied");
	assert_string_equal(json_string_value(json_object_get(row, "checksum")),
	                    json_string_value(json_object_get(row, "set_checksum")));
	assert_true(json_is_integer(json_object_get(row, "duration_ms")));
	assert_non_null(strstr(json_string_value(json_object_get(row, "actor")), "process "));
	row = json_array_get(rows, 1);
	assert_string_equal(json_string_value(json_object_get(row, "state")), "pending");
	assert_true(json_is_null(json_object_get(row, "applied_at")));
	assert_true(json_is_null(json_object_get(row, "checksum")));
	assert_true(json_is_string(json_object_get(row, "set_checksum")));
	assert_true(json_is_null(json_object_get(row, "words")));
	json_decref(document);
	console_close(&console);
}

static void terminals_are_not_obeyed(void **state)
{
	struct database *database = *state;
	struct console console;
	json_t *document;

	database_expect_ok(database, two, 2);
	database_run(database,
	             database_either(
	                     database,
	                     "UPDATE schema_migrations SET actor = char(27) || '[2J' || char(10), "
	                     "filename = '2' || char(27) || ']0;x' || char(7) WHERE version = 2",
	                     "UPDATE schema_migrations SET actor = E'\\x1b[2J\\n', "
	                     "filename = E'2\\x1b]0;x\\x07' WHERE version = 2"));
	console = open_with(database, one);
	expect(&console, "inlay status", 0,
	       HEADING "1  create_t  applied  <time>  <ms>  {by}\n"
	               "2  2?]0;x?  ahead  <time>  <ms>  ?[2J?\n"
	               "\n"
	               "2?]0;x? is ahead: it is from a later release than this set\n"
	               "up to date: 1 applied, 1 ahead\n");
	document = status_json(&console, "inlay status --json", 0);
	assert_string_equal(
	        json_string_value(json_object_get(
	                json_array_get(json_object_get(document, "migrations"), 1), "actor")),
	        "\033[2J\n");
	json_decref(document);
	console_close(&console);
}

static void what_can_not_be_told_is_said(void **state)
{
	struct database *database = *state;
	struct console console = open_with(database, one);

	console_expect(&console, "inlay status > /dev/full", 73, "",
	               "inlay: standard output can not be written\n");
	console_expect(&console, "inlay status --json > /dev/full", 73, "",
	               "inlay: standard output can not be written\n");
	console_expect(&console, "inlay status more", 64, "",
	               "inlay status: there are no operands; do not know what to do with more\n"
	               "    help: inlay status --help\n");
	console_expect(&console, "inlay status --wait soon", 64, "",
	               "inlay status: a time is a number with ms, s, min or h behind it, not "
	               "soon\n"
	               "    help: inlay status --help\n");
	console_expect(&console, "inlay status --dir nowhere", 66, "",
	               "nowhere: error: No such file or directory [directory]\n"
	               "     = help: go to where it is, or create the directory and put the first "
	               "migration there, for "
	               "example 001_create_accounts.sql\n");
	console_close(&console);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DATABASE_TEST_BOTH(pending_then_up_to_date),
		DATABASE_TEST_BOTH(every_difference_is_explained),
		DATABASE_TEST_BOTH(reformatted_is_up_to_date),
		DATABASE_TEST_BOTH(ahead_is_up_to_date_unless_breaking),
		DATABASE_TEST_BOTH(rows_changed_by_hand_are_found),
		DATABASE_TEST_BOTH(interrupted_ones_say_how_far),
		DATABASE_TEST_BOTH(the_set_may_lack_an_interrupted_one),
		DATABASE_TEST_POSTGRES(somebody_is_at_work),
		DATABASE_TEST_BOTH(repeatable_ones_stand_behind),
		DATABASE_TEST_BOTH(who_is_behind_leaves_repeatable_ones_alone),
		DATABASE_TEST_BOTH(other_tables_and_schemas),
		DATABASE_TEST_POSTGRES(a_history_elsewhere_is_pointed_out),
		DATABASE_TEST_BOTH(another_tools_table_is_none_of_ours),
		DATABASE_TEST_FILE(an_absent_file_is_empty_and_stays_absent),
		DATABASE_TEST_BOTH(json_is_one_document),
		DATABASE_TEST_BOTH(terminals_are_not_obeyed),
		DATABASE_TEST_BOTH(what_can_not_be_told_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
