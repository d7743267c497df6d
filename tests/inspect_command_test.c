/* inspect_command_test.c - what `inlay inspect` says of two releases of an application, in every
 * kind of file that a build makes of them. */
#include "command.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The first release; the second one adds a migration, and its author has a formatter. */
static const char *const files[][2] = {
	{ "one/migrations/001_create_notes.sql",
	  "-- migrate:up\nCREATE TABLE notes (id INTEGER, text TEXT);\n"
	  "-- migrate:down\nDROP TABLE notes;\n" },
	{ "one/migrations/002_index_notes.sqlite.sql", "CREATE INDEX notes_id ON notes (id);\n" },
	{ "one/migrations/002_index_notes.postgres.sql",
	  "-- migrate:up transaction:false\nCREATE INDEX CONCURRENTLY notes_id ON notes (id);\n" },
	{ "one/migrations/R__recent.sql", "CREATE VIEW recent AS SELECT id FROM notes;\n" },
	{ "two/migrations/003_fill.sql", "-- migrate:breaking\n-- migrate:call fill_notes\n" },
	{ "library/migrations/7_parts.sql", "CREATE TABLE parts (id INTEGER);\n" },
	{ "app.c", "#include \"app_migrations.h\"\n"
	           "int main(void) { return (int)app_migrations.abi - INLAY_ABI; }\n" },
	{ "fill.c", "#include \"two/app_migrations.h\"\n"
	            "int fill_notes(struct inlay_call *call) { (void)call; return 0; }\n"
	            "int main(void) { return (int)app_migrations.abi - INLAY_ABI; }\n" },
	{ "plug.c", "#include \"library/lib_migrations.h\"\n#include \"one/app_migrations.h\"\n"
	            "const struct inlay_set *sets[] = { &app_migrations, &lib_migrations };\n" },
};

static const char build[] =
        "set -e\n"
        "cp one/migrations/*.sql two/migrations\n"
        "printf -- '-- an index\\nCREATE INDEX notes_id\\n  ON notes (id);\\n'"
        " > two/migrations/002_index_notes.sqlite.sql\n"
        "for set in one two; do\n"
        "  inlay compile -q --no-lint --no-rehearsal $set/migrations -o $set/app_migrations.c\n"
        "  gcc -std=c99 -fPIC -I \"$ROOT/runtime\" -c $set/app_migrations.c -o $set/set.o\n"
        "done\n"
        "inlay compile -q --no-lint --no-rehearsal --dialect sqlite library/migrations"
        " -o library/lib_migrations.c\n"
        "gcc -std=c99 -fPIC -I \"$ROOT/runtime\" -c library/lib_migrations.c -o library/set.o\n"
        "gcc -std=c99 -I \"$ROOT/runtime\" -I one app.c one/set.o -o one/app\n"
        "gcc -std=c99 -I \"$ROOT/runtime\" fill.c two/set.o -o two/app\n"
        "strip two/app\n"
        "ar rcs one/libapp.a one/set.o one/set.o\n"
        "gcc -std=c99 -fPIC -I \"$ROOT/runtime\" -shared plug.c one/set.o library/set.o"
        " -o plug.so\n"
        "strip --strip-unneeded plug.so\n";

static char *work;

static int set_up(void **state)
{
	(void)state;
	work = directory_make();
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		char *path = format("%s/%s", work, files[i][0]);

		file_write_string(path, files[i][1]);
		free(path);
	}
	command_expect(work, build, 0);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	directory_remove(work);
	free(work);
	return 0;
}

/* Digests are of the version, too, and places are the linker's. */
#define MASK                                                                                       \
	" | sed -e 's/inlay [0-9.]*[0-9]/inlay X/; s/digest .*/digest .../; "                      \
	"s/bytes  *[0-9]* at [0-9]*/bytes .../'"

#define TABLE_ONE                                                                                  \
	"version  name          SQLite        PostgreSQL\n"                                        \
	"      1  create_notes  58e37de15a4c  e3059217ecdd  down\n"                                \
	"      2  index_notes   9d87ed4c1962  619baec34974  no transaction (PostgreSQL)\n"         \
	"      R  R__recent     120b4fd6ce42  38d8c311f207  repeatable, revision 0\n"

#define SET_ONE                                                                                    \
	"app_migrations: 2 migrations and 1 repeatable one for SQLite and PostgreSQL\n"            \
	"  head      2 index_notes\n"                                                              \
	"  compiled  by inlay X, format 4\n"                                                       \
	"  digest ...\n"                                                                           \
	"  bytes ...\n"                                                                            \
	"\n" TABLE_ONE

static void expect_rows(const struct command_row *rows, size_t count)
{
	command_expect_rows(work, rows, count, false);
}
#define EXPECT_ROWS(rows) expect_rows(rows, sizeof(rows) / sizeof(rows[0]))

static const struct command_row kinds_of_files[] = {
	{ "inlay inspect one/app" MASK, 0, SET_ONE, "" },
	{ "inlay inspect one/set.o" MASK, 0, SET_ONE, "" },
	{ "inlay inspect two/app" MASK, 0,
	  "app_migrations: 3 migrations and 1 repeatable one for SQLite and PostgreSQL\n"
	  "  head      3 fill\n"
	  "  compiled  by inlay X, format 4\n"
	  "  digest ...\n"
	  "  bytes ...\n"
	  "  calls     fill_notes\n"
	  "\n"
	  "version  name          SQLite        PostgreSQL\n"
	  "      1  create_notes  58e37de15a4c  e3059217ecdd  down\n"
	  "      2  index_notes   9d87ed4c1962  619baec34974  no transaction (PostgreSQL)\n"
	  "      3  fill          ec79120953b6  dec0706cffe7  breaking, calls fill_notes\n"
	  "      R  R__recent     120b4fd6ce42  38d8c311f207  repeatable, revision 0\n",
	  "" },
	{ "inlay inspect one/libapp.a | sed -n 's/.*bytes.*at [0-9]*//p'", 0, ", 2 times\n", "" },
	{ "inlay inspect plug.so" MASK, 0,
	  SET_ONE "\n"
	          "lib_migrations: 1 migration for SQLite\n"
	          "  head      7 parts\n"
	          "  compiled  by inlay X, format 4\n"
	          "  digest ...\n"
	          "  bytes ...\n"
	          "\n"
	          "version  name   SQLite\n"
	          "      7  parts  64e23be228f2\n",
	  "" },
	{ "inlay inspect --set lib_migrations plug.so" MASK, 0,
	  "lib_migrations: 1 migration for SQLite\n"
	  "  head      7 parts\n"
	  "  compiled  by inlay X, format 4\n"
	  "  digest ...\n"
	  "  bytes ...\n"
	  "\n"
	  "version  name   SQLite\n"
	  "      7  parts  64e23be228f2\n",
	  "" },
	{ "inlay inspect one/migrations" MASK, 0,
	  "one/migrations: 2 migrations and 1 repeatable one for SQLite and PostgreSQL\n"
	  "  head      2 index_notes\n"
	  "  compiled  by inlay X, format 4\n"
	  "  digest ...\n"
	  "\n" TABLE_ONE,
	  "" },
	{ "inlay inspect -q one/app", 0, "", "" },
};

static void any_file_of_a_build_tells_its_set(void **state)
{
	(void)state;
	EXPECT_ROWS(kinds_of_files);
}

static void scripts_are_printed_as_they_are(void **state)
{
	static const struct command_row rows[] = {
		{ "inlay inspect two/app --sql --dialect sqlite" MASK, 0,
		  "-- app_migrations for SQLite, compiled by inlay X\n"
		  "\n"
		  "-- migrations/001_create_notes.sql\n"
		  "CREATE TABLE notes (id INTEGER, text TEXT);\n"
		  "\n"
		  "-- migrations/002_index_notes.sqlite.sql\n"
		  "CREATE INDEX notes_id\n"
		  "  ON notes (id);\n"
		  "\n"
		  "-- migrations/003_fill.sql\n"
		  "-- migrate:call fill_notes\n"
		  "\n"
		  "-- migrations/R__recent.sql\n"
		  "CREATE VIEW recent AS SELECT id FROM notes;\n",
		  "" },
		{ "inlay inspect two/app --sql --dialect postgres --down" MASK, 0,
		  "-- app_migrations for PostgreSQL, what undoes it, compiled by inlay X\n"
		  "\n"
		  "-- migrations/001_create_notes.sql, down\n"
		  "DROP TABLE notes;\n",
		  "" },
		{ "inlay inspect --sql --set lib_migrations plug.so" MASK, 0,
		  "-- lib_migrations for SQLite, compiled by inlay X\n"
		  "\n"
		  "-- migrations/7_parts.sql\n"
		  "CREATE TABLE parts (id INTEGER);\n",
		  "" },
		{ "inlay inspect --sql two/app", 64, "",
		  "inlay inspect: SQL is of one database: --dialect sqlite or postgres\n"
		  "    help: inlay inspect --help\n" },
		{ "inlay inspect --sql plug.so", 64, "",
		  "inlay inspect: plug.so: it has 2 sets: app_migrations, lib_migrations\n"
		  "    help: --set NAME takes one of them\n" },
		{ "inlay inspect --sql --dialect postgres --set lib_migrations plug.so", 65, "",
		  "inlay inspect: plug.so: its set lib_migrations has no migrations for "
		  "PostgreSQL\n    help: inlay compile --dialect all makes a set for both "
		  "databases\n" },
	};

	(void)state;
	EXPECT_ROWS(rows);
}

/* What was compiled can be run. */
static void the_sql_makes_the_schema(void **state)
{
	(void)state;
	command_expect(work,
	               "inlay inspect one/app --sql --dialect sqlite > one.sql && "
	               "python3 -c 'import sqlite3; d = sqlite3.connect(\":memory:\"); "
	               "d.executescript(open(\"one.sql\").read()); "
	               "d.execute(\"SELECT id FROM recent\")'",
	               0);
}

static const struct command_row comparisons[] = {
	{ "inlay inspect one/app one/libapp.a" MASK, 0,
	  "one/app: app_migrations, 2 migrations and 1 repeatable one for SQLite and "
	  "PostgreSQL, by inlay X\n"
	  "one/libapp.a: app_migrations, 2 migrations and 1 repeatable one for SQLite and "
	  "PostgreSQL, by inlay X\n"
	  "\n"
	  "one/app and one/libapp.a have the same migrations\n",
	  "" },
	{ "inlay inspect one/app two/app" MASK, 0,
	  "one/app: app_migrations, 2 migrations and 1 repeatable one for SQLite and "
	  "PostgreSQL, by inlay X\n"
	  "two/app: app_migrations, 3 migrations and 1 repeatable one for SQLite and "
	  "PostgreSQL, by inlay X\n"
	  "\n"
	  "= 2 index_notes: only reformatted for SQLite\n"
	  "+ 3 fill: new, breaking\n"
	  "\n"
	  "two/app can follow one/app: it applies 1 migration\n"
	  "one/app stops working once 3 fill is applied\n",
	  "" },
	{ "inlay inspect one/app two/app > /dev/null", 1, "", "" },
	{ "inlay inspect -q one/app two/app", 1, "", "" },
	{ "inlay inspect two/app one/app" MASK, 0,
	  "two/app: app_migrations, 3 migrations and 1 repeatable one for SQLite and "
	  "PostgreSQL, by inlay X\n"
	  "one/app: app_migrations, 2 migrations and 1 repeatable one for SQLite and "
	  "PostgreSQL, by inlay X\n"
	  "\n"
	  "= 2 index_notes: only reformatted for SQLite\n"
	  "- 3 fill: gone\n"
	  "\n"
	  "one/app can not follow two/app on a live database:\n"
	  "    3 fill is breaking: programs that lack it must not run\n",
	  "" },
	{ "inlay inspect one/app two/migrations" MASK, 0,
	  "one/app: app_migrations, 2 migrations and 1 repeatable one for SQLite and "
	  "PostgreSQL, by inlay X\n"
	  "two/migrations: 3 migrations and 1 repeatable one for SQLite and PostgreSQL, by "
	  "inlay X\n"
	  "\n"
	  "= 2 index_notes: only reformatted for SQLite\n"
	  "+ 3 fill: new, breaking\n"
	  "\n"
	  "two/migrations can follow one/app: it applies 1 migration\n"
	  "one/app stops working once 3 fill is applied\n",
	  "" },
	{ "inlay inspect library/set.o library/migrations" MASK, 0,
	  "library/set.o: lib_migrations, 1 migration for SQLite, by inlay X\n"
	  "library/migrations: 1 migration for SQLite, by inlay X\n\n"
	  "library/set.o and library/migrations have the same migrations\n",
	  "" },
	{ "inlay inspect one/app one/migrations --dialect sqlite" MASK, 0,
	  "one/app: app_migrations, 2 migrations and 1 repeatable one for SQLite and "
	  "PostgreSQL, by inlay X\n"
	  "one/migrations: 2 migrations and 1 repeatable one for SQLite, by inlay X\n"
	  "\n"
	  "one/migrations can not follow one/app on a live database:\n"
	  "    it has nothing for PostgreSQL\n",
	  "" },
	{ "inlay inspect one/migrations one/app --dialect sqlite" MASK, 0,
	  "one/migrations: 2 migrations and 1 repeatable one for SQLite, by inlay X\n"
	  "one/app: app_migrations, 2 migrations and 1 repeatable one for SQLite and "
	  "PostgreSQL, by inlay X\n"
	  "\n"
	  "one/app can follow one/migrations\n",
	  "" },
	{ "cp -r one/migrations old && echo 'CREATE VIEW recent AS SELECT text FROM "
	  "notes;' "
	  "> old/R__recent.sql && inlay sum -q --no-lint --no-rehearsal one/migrations && "
	  "cp one/migrations/inlay.lock old && inlay sum -q --no-lint --no-rehearsal old "
	  "&& "
	  "inlay inspect old one/migrations" MASK,
	  0,
	  "old: 2 migrations and 1 repeatable one for SQLite and PostgreSQL, by inlay X\n"
	  "one/migrations: 2 migrations and 1 repeatable one for SQLite and PostgreSQL, by "
	  "inlay X\n"
	  "\n"
	  "~ R__recent: edited, as revision 1: revision 2 stays\n"
	  "\n"
	  "one/migrations can follow old\n",
	  "" },
	{ "rm one/migrations/inlay.lock", 0, "", "" },
	{ "inlay inspect one/app plug.so", 64, "",
	  "inlay inspect: plug.so: it has 2 sets: app_migrations, lib_migrations\n"
	  "    help: --set NAME takes one of them\n" },
	{ "inlay inspect --set app_migrations one/app plug.so" MASK, 0,
	  "one/app: app_migrations, 2 migrations and 1 repeatable one for SQLite and "
	  "PostgreSQL, by inlay X\n"
	  "plug.so: app_migrations, 2 migrations and 1 repeatable one for SQLite and "
	  "PostgreSQL, by inlay X\n"
	  "\n"
	  "one/app and plug.so have the same migrations\n",
	  "" },
};

static void releases_are_compared(void **state)
{
	(void)state;
	EXPECT_ROWS(comparisons);
}

/* A release whose directory is changed by `change`, held against the first one. */
static void expect_verdict(const char *change, const char *expected)
{
	char *script = format("rm -rf new && cp -r one/migrations new && "
	                      "(cd new && %s) && inlay inspect one/app new | tail -n +4",
	                      change);
	struct command_row row = { script, 0, expected, "" };

	command_expect_rows(work, &row, 1, false);
	free(script);
}

static void every_difference_has_its_words(void **state)
{
	static const char *const rows[][2] = {
		{ "echo 'SELECT 3;' > 003_x.sql",
		  "+ 3 x: new\n"
		  "\n"
		  "new can follow one/app: it applies 1 migration\n" },
		{ "echo 'SELECT 3;' > 000_x.sql", "+ 0 x: new\n"
		                                  "\n"
		                                  "new can not follow one/app on a live database:\n"
		                                  "    0 x is late: older than what is applied\n" },
		{ "rm 001*", "- 1 create_notes: gone\n"
		             "\n"
		             "new can not follow one/app on a live database:\n"
		             "    1 create_notes is missing\n" },
		{ "rm 002*", "- 2 index_notes: gone\n"
		             "\n"
		             "new is behind one/app: databases of one/app are ahead of it, which "
		             "it accepts unless told otherwise\n" },
		{ "rm 002* && echo 'SELECT 3;' > 003_x.sql",
		  "- 2 index_notes: gone\n"
		  "+ 3 x: new\n"
		  "\n"
		  "new can not follow one/app on a live database:\n"
		  "    2 index_notes is missing\n" },
		{ "echo 'CREATE INDEX notes_id ON notes (text);' > 002_index_notes.sqlite.sql",
		  "~ 2 index_notes: edited for SQLite\n"
		  "\n"
		  "new can not follow one/app on a live database:\n"
		  "    2 index_notes is edited for SQLite\n" },
		{ "sed -i s/INTEGER/BIGINT/ 001*",
		  "~ 1 create_notes: edited\n"
		  "\n"
		  "new can not follow one/app on a live database:\n"
		  "    1 create_notes is edited\n" },
		{ "sed -i 's/DROP TABLE notes/DROP TABLE IF EXISTS notes/' 001*",
		  "~ 1 create_notes: another down script\n"
		  "\n"
		  "new can follow one/app\n" },
		{ "echo >> 001_create_notes.sql", "= 1 create_notes: only reformatted\n"
		                                  "\n"
		                                  "new can follow one/app\n" },
		{ "mv 001_create_notes.sql 001_make_notes.sql",
		  "~ 1 make_notes: was named create_notes\n"
		  "\n"
		  "new can follow one/app\n" },
		{ "echo 'CREATE VIEW recent AS SELECT text FROM notes;' > R__recent.sql",
		  "~ R__recent: edited\n"
		  "\n"
		  "new can follow one/app: it applies 1 repeatable migration\n" },
		{ "rm R*", "- R__recent: gone\n"
		           "\n"
		           "new can follow one/app\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		expect_verdict(rows[i][0], rows[i][1]);
}

static void machines_read_json(void **state)
{
	(void)state;
	command_expect(work,
	               "inlay inspect --json plug.so > one.json && "
	               "inlay inspect --json one/app two/app > two.json; "
	               "inlay inspect --json --sql --set app_migrations plug.so > sql.json && "
	               "python3 - <<'E'\n"
	               "import json\n"
	               "one = json.load(open('one.json'))\n"
	               "assert one['file'] == 'plug.so' and one['damaged'] == []\n"
	               "app, lib = sorted(one['sets'], key=lambda s: s['name'])\n"
	               "assert lib['dialects'] == ['sqlite'] and lib['head'] == 7\n"
	               "assert [m['version'] for m in app['migrations']] == [1, 2]\n"
	               "assert app['repeatables'][0]['name'] == 'R__recent'\n"
	               "index = app['migrations'][1]['dialects']\n"
	               "assert index['postgres']['no_transaction']\n"
	               "assert not index['sqlite']['no_transaction']\n"
	               "assert len(index['sqlite']['checksum']) == 64\n"
	               "assert 'up_script' not in index['sqlite']\n"
	               "sql = json.load(open('sql.json'))['sets'][0]['migrations'][0]\n"
	               "assert sql['dialects']['sqlite']['down_script'] == "
	               "[{'sql': 'DROP TABLE notes', 'line': 4, 'column': 1}]\n"
	               "two = json.load(open('two.json'))\n"
	               "assert two['verdict'] == 'follows' and two['reasons'] == []\n"
	               "assert [c['kind'] for c in two['changes']] == ['reformatted', 'new']\n"
	               "assert two['changes'][1]['breaking']\n"
	               "E\n",
	               0);
}

static void what_has_no_set_is_refused(void **state)
{
	static const struct command_row rows[] = {
		{ "inlay inspect one/app_migrations.c", 66, "",
		  "inlay inspect: one/app_migrations.c: there is no set in it\n"
		  "    help: this is source: name what is compiled of it, or the directory of the "
		  "migrations\n" },
		{ "cp \"$INLAY\" tool && inlay inspect tool", 66, "",
		  "inlay inspect: tool: there is no set in it\n"
		  "    help: a program has the set that it is linked with; a packed one hides "
		  "it\n" },
		{ "inlay inspect nowhere", 66, "",
		  "inlay inspect: nowhere: No such file or directory\n" },
		{ "inlay inspect one/app nowhere", 66, "",
		  "inlay inspect: nowhere: No such file or directory\n" },
		{ "mkdir -p empty && inlay inspect empty", 66, "",
		  "empty: error: there is no migration in the directory [directory]\n"
		  "     = help: put the first migration there, for example "
		  "001_create_accounts.sql\n" },
		{ "mkfifo pipe && inlay inspect pipe", 66, "",
		  "inlay inspect: pipe: it is no regular file\n" },
		{ "inlay inspect --set x plug.so", 64, "",
		  "inlay inspect: plug.so: it has no set x; it has app_migrations, "
		  "lib_migrations\n" },
		{ "inlay inspect --down one/app", 64, "",
		  "inlay inspect: only with --sql there are scripts for --down\n"
		  "    help: inlay inspect --help\n" },
		{ "inlay inspect --dialect sqlite one/app", 64, "",
		  "inlay inspect: only a directory leaves a choice for --dialect\n"
		  "    help: inlay inspect --help\n" },
		{ "inlay inspect --sql one/app two/app", 64, "",
		  "inlay inspect: two files are compared; one is enough for --sql\n"
		  "    help: inlay inspect --help\n" },
		{ "inlay inspect", 64, "",
		  "inlay inspect: an operand is missing: FILE [FILE]\n"
		  "    help: inlay inspect --help\n" },
	};

	(void)state;
	EXPECT_ROWS(rows);
}

/* A set beside it is told of all the same. */
static void what_is_damaged_is_refused(void **state)
{
	static const struct command_row rows[] = {
		{ "head -c 1000 one/set.o > short; inlay inspect short 2> words", 65, "", "" },
		{ "sed 's/[0-9][0-9]*/N/g' words", 0,
		  "inlay inspect: short: the set at byte N can not be used: it is cut short: N of "
		  "its N bytes are there\n",
		  "" },
		{ "sed 's/DROP TABLE notes/DRIP TABLE notes/' one/set.o > edited && "
		  "inlay inspect edited 2> words",
		  65, "", "" },
		{ "sed 's/[0-9][0-9]*/N/g' words", 0,
		  "inlay inspect: edited: the set at byte N can not be used: it is damaged: its "
		  "digest is not that of its bytes\n",
		  "" },
		{ "inlay inspect one/app edited 2> words", 65, "", "" },
		{ "sed 's/[0-9][0-9]*/N/g' words", 0,
		  "inlay inspect: edited: the set at byte N can not be used: it is damaged: its "
		  "digest is not that of its bytes\n"
		  "    help: copy or build the file again\n",
		  "" },
		{ "cat library/set.o edited > both && inlay inspect both > told 2> words", 65, "",
		  "" },
		{ "sed -n 1p told; sed 's/[0-9][0-9]*/N/g' words", 0,
		  "lib_migrations: 1 migration for SQLite\n"
		  "inlay inspect: both: the set at byte N can not be used: it is damaged: its "
		  "digest is not that of its bytes\n",
		  "" },
		{ "inlay inspect --json edited | grep -c 'its digest is not'", 0, "1\n", "" },
		{ "inlay inspect --json edited > /dev/null", 65, "", "" },
	};

	(void)state;
	EXPECT_ROWS(rows);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_file_of_a_build_tells_its_set),
		cmocka_unit_test(scripts_are_printed_as_they_are),
		cmocka_unit_test(the_sql_makes_the_schema),
		cmocka_unit_test(releases_are_compared),
		cmocka_unit_test(every_difference_has_its_words),
		cmocka_unit_test(machines_read_json),
		cmocka_unit_test(what_has_no_set_is_refused),
		cmocka_unit_test(what_is_damaged_is_refused),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
