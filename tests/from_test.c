/* from_test.c - commands take their set out of a program: with `--from`, and nothing beside it. */
#include "console.h"
#include "live/live.h"
#include "live/live_set.h"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
/* cmocka.h wants some of those first. */
#include <cmocka.h>

/* An application with a set for both databases; its next release; a library's set for SQLite
 * alone.  Object files have what a linked program has, bit by bit. */
static const char build[] =
        "set -e\n"
        "compile() { inlay compile -q --no-lint --no-rehearsal $3 $1 -o gen/$2.c;\n"
        "  gcc -std=c99 -I \"$ROOT/runtime\" -c gen/$2.c -o $2.o; }\n"
        "mkdir -p m lib gen\n"
        "echo 'CREATE TABLE a (b INTEGER);' > m/001_a.sql\n"
        "echo 'INSERT INTO a VALUES (1);' > m/002_fill.sql\n"
        "echo 'CREATE TABLE parts (id INTEGER);' > lib/1_parts.sql\n"
        "compile m app_migrations --dialect=all\n"
        "mv app_migrations.o app\n"
        "compile lib lib_migrations --dialect=sqlite\n"
        "cat app lib_migrations.o > both\n"
        "printf -- '-- migrate:call refill\\n' > m/003_call.sql\n"
        "compile m app_migrations --dialect=all\n"
        "mv app_migrations.o calling\n"
        "rm -r m gen\n";

static struct console open_built(struct database *database)
{
	struct console console = console_open(database);

	console_expect(&console, build, 0, "", "");
	return console;
}

#define HEADING "version  name  state  applied at  duration  by\n"

/* What `inlay up --from FILE` does. */
static enum inlay_result bring(const struct console *console, const char *file,
                               struct inlay_error *error)
{
	const char *place = database_place(console->database);
	bool is_sqlite = console->database->dialect == INLAY_DIALECT_SQLITE;
	char *path = format("%s/%s", console->directory, file);
	char *url = format("%s%s", is_sqlite ? "sqlite:" : "", place);
	struct options options = { .from = path, .database = url };
	struct arena arena = { 0 };
	enum inlay_result result;
	struct live_set set;
	struct live live;

	assert_int_equal(live_open(&live, "up", &options, LIVE_WRITE, &arena), EXIT_DONE);
	assert_int_equal(live_set_read(&set, "up", &options, live.address.dialect), EXIT_DONE);
	result = live_ensure(&live, &set.set, error);
	live_set_clear(&set);
	live_close(&live);
	arena_clear(&arena);
	free(url);
	free(path);
	return result;
}

static void the_set_comes_out_of_a_program(void **state)
{
	struct database *database = *state;
	struct console console = open_built(database);
	struct inlay_error error = inlay_error_init();

	console_expect(&console, "inlay status --from app | head -3", 0,
	               HEADING "1  a  pending  -  -  -\n2  fill  pending  -  -  -\n", "");
	assert_int_equal(bring(&console, "app", &error), INLAY_OK);
	console_expect(&console, "inlay status -q --from app", 0, "", "");
	console_expect(&console, "inlay verify -q --from app", 0, "", "");
	console_close(&console);
	database_expect(database, "SELECT b FROM a", "1");
}

/* The function is in the application, which is not running. */
static void calls_are_refused_where_they_are_met(void **state)
{
	struct database *database = *state;
	struct console console = open_built(database);
	struct inlay_error error = inlay_error_init();

	assert_int_not_equal(bring(&console, "calling", &error), INLAY_OK);
	assert_int_equal(error.version, 3);
	assert_non_null(strstr(error.message, "it is a function of the application, which has to "
	                                      "apply this migration itself"));
	console_close(&console);
	database_expect(database, "SELECT version FROM schema_migrations ORDER BY 1", "1\n2");
}

static void one_of_several_sets_is_named(void **state)
{
	struct database *database = *state;
	struct console console = open_built(database);

	console_expect(&console, "inlay status --from both", 64, "",
	               "inlay status: both: it has 2 sets: app_migrations, lib_migrations\n"
	               "    help: --set NAME takes one of them\n");
	console_expect(&console, "inlay status --from both --set x", 64, "",
	               "inlay status: both: it has no set x; it has app_migrations, "
	               "lib_migrations\n");
	console_expect(&console, "inlay status --from both --set app_migrations | sed -n 2p", 0,
	               "1  a  pending  -  -  -\n", "");
	console_close(&console);
}

static void a_set_has_what_the_database_needs(void **state)
{
	struct console console = open_built(*state);

	console_expect(&console, "inlay status --from both --set lib_migrations", 65, "",
	               "inlay status: both: its set lib_migrations has no migrations for "
	               "PostgreSQL\n"
	               "    help: inlay compile --dialect all makes a set for both databases\n");
	console_close(&console);
}

static void what_is_no_program_of_ours_is_refused(void **state)
{
	static const struct {
		const char *script;
		int status;
		const char *err;
	} rows[] = {
		{ "inlay status --from nowhere", 66,
		  "inlay status: nowhere: No such file or directory\n" },
		{ "inlay status --from lib", 66,
		  "inlay status: lib: Is a directory\n"
		  "    help: for a directory of migrations there is --dir\n" },
		{ "inlay status --from lib/1_parts.sql", 66,
		  "inlay status: lib/1_parts.sql: there is no set in it\n"
		  "    help: a program has the set that it is linked with; a packed one hides "
		  "it\n" },
		{ "sed s/INTEGER/INTEGRE/ app > damaged; inlay status --from damaged 2> words", 65,
		  "" },
		{ "sed 's/byte [0-9]*/byte N/' words >&2", 0,
		  "inlay status: damaged: the set at byte N can not be used: it is damaged: its "
		  "digest is not that of its bytes\n    help: copy or build the file again\n" },
		{ "inlay status --from app --dir lib", 64,
		  "inlay status: --from leaves nothing to do for --dir\n"
		  "    help: inlay status --help\n" },
		{ "inlay status --from app --layout goose", 64,
		  "inlay status: --from leaves nothing to do for --layout\n"
		  "    help: inlay status --help\n" },
		{ "inlay status --from app --placeholder a=b", 64,
		  "inlay status: --from leaves nothing to do for --placeholder\n"
		  "    help: inlay status --help\n" },
		{ "inlay status --set app_migrations", 64,
		  "inlay status: only with --from there is a choice for --set\n"
		  "    help: inlay status --help\n" },
	};
	struct console console = open_built(*state);

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		console_expect(&console, rows[i].script, rows[i].status, "", rows[i].err);
	/* One that is named is whole, whatever lies beside it. */
	console_expect(&console,
	               "cat damaged both > more; inlay status --set lib_migrations --from more | "
	               "sed -n 2p",
	               0, "1  parts  pending  -  -  -\n", "");
	console_close(&console);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DATABASE_TEST_FILE(the_set_comes_out_of_a_program),
		DATABASE_TEST_POSTGRES(the_set_comes_out_of_a_program),
		DATABASE_TEST_FILE(calls_are_refused_where_they_are_met),
		DATABASE_TEST_POSTGRES(calls_are_refused_where_they_are_met),
		DATABASE_TEST_FILE(one_of_several_sets_is_named),
		DATABASE_TEST_POSTGRES(a_set_has_what_the_database_needs),
		DATABASE_TEST_FILE(what_is_no_program_of_ours_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
