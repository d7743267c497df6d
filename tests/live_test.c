/* live_test.c - which database a command means, and what it says when there is none. */
#include "console.h"
#include "live/address.h"
#include "live/env_file.h"
#include "live/hint.h"
#include "live/live.h"
#include "live/table.h"
#include "password.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
/* cmocka.h wants some of those first. */
#include <cmocka.h>

#define UNREADABLE_URL                                                                             \
	"it is no connection string that libpq can read: in a URL % = & : and space are written "  \
	"%25 %3D %26 %3A %20 where they mean themselves (not shown: it may have a password)"

static void addresses_are_shown_without_their_password(void **state)
{
	static const struct {
		const char *text;
		const char *shown; /* NULL: it is refused with `problem`. */
		const char *problem;
	} rows[] = {
		{ "sqlite:app.db", "sqlite:app.db", NULL },
		{ "sqlite::memory:", "sqlite::memory:", NULL },
		{ "sqlite:///var/app.db", "sqlite:/var/app.db", NULL },
		{ "sqlite3:app.db", "sqlite:app.db", NULL },
		{ "sqlite:", NULL, "a path is missing behind sqlite:" },
		{ "sqlite:what?.db", "sqlite:what?.db", NULL },
		{ "sqlite:app.db?mode=ro", NULL,
		  "sqlite:PATH takes no parameters, such as mode=ro" },
		{ "postgres://ada@db/app?options=-csearch_path=x", NULL, UNREADABLE_URL },
		{ "postgres://ada:secret@db:5433/app", "postgres://ada@db:5433/app", NULL },
		{ "postgresql://ada@db:5433/app?password=secret", "postgres://ada@db:5433/app",
		  NULL },
		{ "host=db port=5433 user=ada password='se cret' dbname=app",
		  "postgres://ada@db:5433/app", NULL },
		{ "host=/run/pg port=5433 user=ada dbname=app",
		  "postgres://ada@:5433/app?host=/run/pg", NULL },
		{ "postgres://ada:secret@db:54x33:/app%", NULL, UNREADABLE_URL },
		{ "host=db password=two words", NULL,
		  "it is no connection string that libpq can read: a value with a space in it "
		  "stands in quotes, 'so and so' (not shown: it may have a password)" },
		{ "postgres://ada:s@cret@db/app", NULL,
		  "a @ or / in the user's name or the password has to be written as %40 or %2F "
		  "(not shown: it has a password)" },
		{ "postgres://ada:s/cret@db/app", NULL,
		  "a @ or / in the user's name or the password has to be written as %40 or %2F "
		  "(not shown: it has a password)" },
		{ "postgres://a%40b:s%3Fcret@[::1]:5433/a%20b?x", NULL, UNREADABLE_URL },
		{ "postgres://a%40b:s%2F:c@[::1]:5433/a%20b", "postgres://a%40b@[::1]:5433/a%20b",
		  NULL },
		{ "ada:secret@db/app", NULL,
		  "what is given is no database: it is postgres://USER@HOST/NAME, \"host=... "
		  "dbname=...\" or sqlite:PATH" },
		{ "hots=db", NULL, "invalid connection option \"hots\"" },
		{ "mysql://ada:secret@db/app", NULL,
		  "mysql:// is no database that inlay knows: it is postgres://USER@HOST/NAME, "
		  "\"host=... dbname=...\" or sqlite:PATH" },
		{ "app.db", NULL,
		  "app.db is no database: it is postgres://USER@HOST/NAME, \"host=... "
		  "dbname=...\" or sqlite:PATH" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct arena arena = { 0 };
		struct address address = { .shown = NULL };
		const char *problem = address_parse(&arena, rows[i].text, &address);

		if (rows[i].shown != NULL) {
			assert_null(problem);
			assert_string_equal(address.shown, rows[i].shown);
		} else {
			assert_non_null(problem);
			assert_string_equal(problem, rows[i].problem);
		}
		arena_clear(&arena);
	}
}

static void passwords_are_hidden_from_the_list_of_processes(void **state)
{
	static const struct {
		const char *text;
		const char *hidden;
	} rows[] = {
		{ "postgres://ada:secret@db/app", "postgres://ada:******@db/app" },
		{ "postgres://ada:s@c/r:t@db/app", "postgres://ada:*******@db/app" },
		{ "postgres://ada@db/app?password=secret&x=y",
		  "postgres://ada@db/app?password=******&x=y" },
		{ "host=db password=secret user=ada", "host=db password=****** user=ada" },
		{ "host=db password='se \\' cret' user=ada",
		  "host=db password=************ user=ada" },
		{ "postgres://ada:se?cr:e#t@db/app?x=y", "postgres://ada:*********@db/app?x=y" },
		{ "postgres://ada:s%40%2f@db/app?sslpassword=a&password=b&x=y",
		  "postgres://ada:*******@db/app?sslpassword=*&password=*&x=y" },
		{ "postgres://ada@db/app?pass%77ord=b", "postgres://ada@db/app?pass%77ord=*" },
		{ "postgres://db:5432/a?x=p@q&password=secret&y",
		  "postgres://db:**********@q&password=******&y" },
		{ "host=db password = secret user=ada", "host=db password = ****** user=ada" },
		{ "PASSWORD=a\\ b sslpassword = 'b' user", "PASSWORD=**** sslpassword = *** user" },
		{ "password=secret", "password=******" },
		{ "postgres://ada@db/app", "postgres://ada@db/app" },
		{ "sqlite:app.db", "sqlite:app.db" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char text[100];

		(void)snprintf(text, sizeof(text), "%s", rows[i].text);
		password_hide(text);
		assert_string_equal(text, rows[i].hidden);
	}
}

static void an_env_file_sets_what_is_not_set(void **state)
{
	char *directory = directory_make();
	char *path = format("%s/app.env", directory);
	struct arena arena = { 0 };

	(void)state;
	(void)setenv("LIVE_TEST_SET", "before", 1);
	file_write_string(path,
	                  "# a comment\n\nLIVE_TEST_SET=after\r\nexport LIVE_TEST_A = a b # c\n"
	                  "LIVE_TEST_B='x # \\n y'\nLIVE_TEST_C=\"x\\n\\\"y\\\"\" # c\n"
	                  "LIVE_TEST_D=");
	assert_null(env_file_read(&arena, path));
	assert_string_equal(getenv("LIVE_TEST_SET"), "before");
	assert_string_equal(getenv("LIVE_TEST_A"), "a b");
	assert_string_equal(getenv("LIVE_TEST_B"), "x # \\n y");
	assert_string_equal(getenv("LIVE_TEST_C"), "x\n\"y\"");
	assert_string_equal(getenv("LIVE_TEST_D"), "");

	file_write_string(path, "A=1\nB\n");
	assert_string_equal(strstr(env_file_read(&arena, path), "app.env"),
	                    "app.env:2: this is no NAME=VALUE");
	file_write_string(path, "1A=1\n");
	assert_string_equal(strstr(env_file_read(&arena, path), "app.env"),
	                    "app.env:1: a name is letters, digits and _");
	file_write_string(path, "A='1\n");
	assert_string_equal(strstr(env_file_read(&arena, path), "app.env"),
	                    "app.env:1: this quote is never closed");
	file_write_string(path, "A='1' 2\n");
	assert_string_equal(strstr(env_file_read(&arena, path), "app.env"),
	                    "app.env:1: something stands behind the closing quote");
	/* As Windows saves it: with a mark in front, or in another encoding. */
	file_write_string(path, "\xef\xbb\xbfLIVE_TEST_E=1\r\n");
	assert_null(env_file_read(&arena, path));
	assert_string_equal(getenv("LIVE_TEST_E"), "1");
	file_write(path, "A=1\n\0B=2\n", 9);
	assert_string_equal(strstr(env_file_read(&arena, path), "app.env"),
	                    "app.env: it has NUL bytes; save it as UTF-8");
	arena_clear(&arena);
	directory_remove(directory);
	free(path);
	free(directory);
}

static void tables_are_as_wide_as_their_cells(void **state)
{
	struct arena arena = { 0 };
	struct buffer out = { 0 };
	struct table table = { .arena = &arena, .column_count = 3, .is_number = { true } };

	(void)state;
	table_row(&table, (const char *[]){ "version", "name", "state" });
	table_row(&table, (const char *[]){ "1", "\xc3\xa4", "applied" });
	table_note(&table, "it is what it is, and long");
	table_row(&table, (const char *[]){ "20261121", "long name", NULL });
	table_row(&table, (const char *[]){ "2", "\033[31m\r\n \xff", "\xe2\x80\xae" });
	table_write(&table, &out);
	buffer_byte(&out, '\0');
	assert_string_equal((const char *)out.start, " version  name       state\n"
	                                             "       1  \xc3\xa4          applied\n"
	                                             "    it is what it is, and long\n"
	                                             "20261121  long name\n"
	                                             "       2  ?[31m?? ?  ?\n");
	assert_string_equal(table_duration(&arena, 999), "999 ms");
	assert_string_equal(table_duration(&arena, 1999), "1.9 s");
	assert_string_equal(table_duration(&arena, 200000), "3 min 20 s");
	buffer_clear(&out);
	arena_clear(&arena);
}

/* --- Questions --- */

static void collect(void *context, const char *const *columns, int column_count)
{
	char *text = context;
	size_t size = strlen(text);

	for (int i = 0; i < column_count; i++)
		size += (size_t)snprintf(text + size, 200 - size, "%s|",
		                         columns[i] != NULL ? columns[i] : "NULL");
}

static const char *ask(struct live *live, const char *sql)
{
	static char text[200];
	const char *const parameters[] = { "7", NULL };
	struct live_query query = {
		.sql = sql,
		.parameters = parameters,
		.parameter_count = strchr(sql, '$') != NULL ? 2 : 0,
		.row = collect,
		.context = text,
	};

	text[0] = '\0';
	return live_query(live, &query) ? text : live->words;
}

static void open_live(struct live *live, struct database *database, enum live_access access,
                      struct arena *arena)
{
	struct options options = { 0 };
	char *url =
	        format("%s%s", database_either(database, "sqlite:", ""), database_place(database));

	options.database = url; /* Its password would be overwritten. */
	assert_int_equal(live_open(live, "test", &options, access, arena), EXIT_DONE);
	free(url);
}

static void who_reads_can_not_write(void **state)
{
	static const char *const writes[] = {
		"WITH x AS (INSERT INTO t VALUES (1) RETURNING id) SELECT * FROM x",
		"SELECT nextval('s')",
	};
	struct database *database = *state;
	bool is_sqlite = database->dialect == INLAY_DIALECT_SQLITE;
	struct arena arena = { 0 };
	struct live live;

	database_run(database, "CREATE TABLE t (id INTEGER)");
	if (!is_sqlite)
		database_run(database, "CREATE SEQUENCE s");
	open_live(&live, database, LIVE_READ, &arena);
	assert_string_equal(ask(&live, "SELECT CAST($1 AS INTEGER) + 1, CAST($2 AS TEXT)"),
	                    "8|NULL|");
	if (is_sqlite) {
		assert_string_equal(ask(&live, "INSERT INTO t VALUES (1)"),
		                    "attempt to write a readonly database");
	} else {
		assert_non_null(strstr(ask(&live, writes[0]),
		                       "cannot execute SELECT in a read-only transaction"));
		assert_non_null(strstr(ask(&live, writes[1]),
		                       "cannot execute nextval() in a read-only transaction"));
		assert_string_equal(ask(&live, "SELECT current_setting('application_name')"),
		                    "inlay|");
		/* What is begun by hand is not ended by a question. */
		assert_string_equal(ask(&live, "BEGIN ISOLATION LEVEL REPEATABLE READ"), "");
		assert_string_equal(ask(&live, "SELECT current_setting('transaction_isolation')"),
		                    "repeatable read|");
		assert_string_equal(ask(&live, "COMMIT"), "");
		/* Nothing is left in the session, which may be a pooler's. */
		assert_string_equal(
		        ask(&live, "SELECT current_setting('default_transaction_read_only')"),
		        "off|");
	}
	assert_non_null(strstr(ask(&live, "SELECT * FROM nowhere"), "nowhere"));
	assert_null(strchr(live.words, '\n'));
	assert_string_equal(ask(&live, "SELECT 1"), "1|");
	live_close(&live);
	open_live(&live, database, LIVE_WRITE, &arena); /* In place of the one before. */
	assert_string_equal(ask(&live, "INSERT INTO t VALUES (1)"), "");
	live_close(&live);
	database_expect(database, "SELECT COUNT(*) FROM t", "1");
	arena_clear(&arena);
}

static void notices_are_told_and_not_obeyed(void **state)
{
	static const char noise[] = "DO $$ BEGIN RAISE NOTICE E'a\\x1b[31m\\nb'; END $$";
	struct database *database = *state;
	struct arena arena = { 0 };
	char *directory = directory_make();
	char *path = format("%s/err", directory);
	int before = dup(STDERR_FILENO);
	int file = open(path, O_WRONLY | O_CREAT, 0600);
	struct live_query query = { .sql = noise };
	struct bytes said;
	struct live live;

	open_live(&live, database, LIVE_WRITE, &arena);
	(void)dup2(file, STDERR_FILENO);
	(void)live_query(&live, &query);
	live.is_quiet = true;
	(void)live_query(&live, &query);
	(void)fflush(stderr);
	(void)dup2(before, STDERR_FILENO);
	said = file_read(path);
	assert_string_equal(said.start, "inlay test: NOTICE: a?[31m; b\n");
	(void)close(before);
	(void)close(file);
	live_close(&live);
	arena_clear(&arena);
	directory_remove(directory);
	free(said.start);
	free(path);
	free(directory);
}

static void a_result_names_the_command_that_helps(void **state)
{
	static const struct {
		const char *command;
		enum inlay_result result;
		const char *message;
		const char *help; /* Its beginning; NULL: none. */
	} rows[] = {
		{ "up", INLAY_LOCKED, "", "--lock-timeout 5min waits longer; " },
		{ "repair", INLAY_LOCKED, "", NULL },
		{ "up", INLAY_EDITED, "", "`inlay status` shows all of them; `inlay repair " },
		{ "down", INLAY_EDITED, "", "--use-stored takes the down script " },
		{ "up", INLAY_MISSING, "", "`inlay status` shows all of them; `inlay down " },
		{ "redo", INLAY_MISSING, "", "--use-stored takes the down script " },
		{ "up", INLAY_AHEAD, "", "`inlay status` shows what the database has" },
		{ "down", INLAY_AHEAD, "", "--use-stored takes the down script " },
		{ "up", INLAY_FOREIGN, "t is goose's table", "--table and --schema say " },
		{ "up", INLAY_FOREIGN, "t is in format 9, written by a later inlay; ...", NULL },
		{ "up", INLAY_INTERRUPTED, "", "`inlay status` shows how far it came; " },
		{ "repair", INLAY_INTERRUPTED, "", NULL },
		{ "down", INLAY_IRREVERSIBLE, "", "undo it by a migration of its own: " },
		{ "up", INLAY_FAILED, "", NULL },
	};
	struct arena arena = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct live live = { .arena = &arena, .command = rows[i].command };
		struct inlay_error error = inlay_error_init();
		const char *help;

		error.result = rows[i].result;
		(void)snprintf(error.message, sizeof(error.message), "%s", rows[i].message);
		help = hint_for(&live, &error);
		if ((help == NULL) != (rows[i].help == NULL) ||
		    (help != NULL && strncmp(help, rows[i].help, strlen(rows[i].help)) != 0))
			fail_msg("row %zu: %s", i, help != NULL ? help : "(none)");
	}
	arena_clear(&arena);
}

static void settings_are_refused_that_make_no_sense(void **state)
{
	struct console console = console_open(*state);

	console_expect(&console, "inlay up --gate door", 64, "",
	               "inlay up: the gate is auto, advisory or row, not door\n"
	               "    help: inlay up --help\n");
	console_expect(&console, "inlay up --lock-timeout soon", 64, "",
	               "inlay up: a time is a number with ms, s, min or h behind it, not soon\n"
	               "    help: inlay up --help\n");
	console_close(&console);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_are_shown_without_their_password),
		cmocka_unit_test(passwords_are_hidden_from_the_list_of_processes),
		cmocka_unit_test(an_env_file_sets_what_is_not_set),
		cmocka_unit_test(tables_are_as_wide_as_their_cells),
		cmocka_unit_test(a_result_names_the_command_that_helps),
		DATABASE_TEST_FILE(settings_are_refused_that_make_no_sense),
		DATABASE_TEST_FILE(who_reads_can_not_write),
		DATABASE_TEST_POSTGRES(who_reads_can_not_write),
		DATABASE_TEST_POSTGRES(notices_are_told_and_not_obeyed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
