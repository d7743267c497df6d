/* command_test.c - the command line from outside: usage, exit statuses, `split`, and what is too
 * large. */
#include "command.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

/* The directory all of them run in; it has migrations/ and a.sql. */
static char *work;

static int set_up(void **state)
{
	(void)state;
	work = directory_make();
	command_expect(work,
	               "mkdir migrations empty && echo 'SELECT 1;' > migrations/1_a.sql && "
	               "cp migrations/1_a.sql a.sql",
	               0);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	directory_remove(work);
	free(work);
	return 0;
}

#define CHECK_ROWS(rows) command_expect_rows(work, rows, sizeof(rows) / sizeof((rows)[0]), false)

/* ---- usage ----------------------------------------------------------------------------------- */

#define HELP(command) "    help: inlay " command " --help\n"

static void wrong_command_lines_are_explained(void **state)
{
	static const struct command_row rows[] = {
		{ "inlay frobnicate", 64, "",
		  "inlay: there is no command `frobnicate`\n    help: inlay --help lists them\n" },
		{ "inlay --frobnicate", 64, "",
		  "inlay: there is no command `--frobnicate`\n    help: inlay --help lists "
		  "them\n" },
		{ "inlay ''", 64, "",
		  "inlay: there is no command ``\n    help: inlay --help lists them\n" },
		{ "inlay compile", 64, "",
		  "inlay compile: an operand is missing: DIR\n" HELP("compile") },
		{ "inlay sum -q", 64, "", "inlay sum: an operand is missing: DIR\n" HELP("sum") },
		{ "inlay split --", 64, "",
		  "inlay split: an operand is missing: FILE\n" HELP("split") },
		{ "inlay sum a b", 64, "",
		  "inlay sum: one operand is enough; do not know what to do with b\n" HELP("sum") },
		{ "inlay sum -- -a -b", 64, "",
		  "inlay sum: one operand is enough; do not know what to do with -b\n" HELP(
		          "sum") },
		{ "inlay compile --bogus m", 64, "",
		  "inlay compile: unknown option --bogus\n" HELP("compile") },
		{ "inlay compile -x m", 64, "",
		  "inlay compile: unknown option -x\n" HELP("compile") },
		{ "inlay compile --outputs=a m", 64, "",
		  "inlay compile: unknown option --outputs=a\n" HELP("compile") },
		{ "inlay sum -o a.c m", 64, "", "inlay sum: unknown option -o\n" HELP("sum") },
		{ "inlay sum --name a m", 64, "",
		  "inlay sum: unknown option --name\n" HELP("sum") },
		{ "inlay sum --depfile a m", 64, "",
		  "inlay sum: unknown option --depfile\n" HELP("sum") },
		{ "inlay split --check a", 64, "",
		  "inlay split: unknown option --check\n" HELP("split") },
		{ "inlay compile --write m", 64, "",
		  "inlay compile: unknown option --write\n" HELP("compile") },
		{ "inlay compile --relock m", 64, "",
		  "inlay compile: unknown option --relock\n" HELP("compile") },
		{ "inlay compile --check=yes m", 64, "",
		  "inlay compile: this option takes no argument: --check=yes\n" HELP("compile") },
		{ "inlay compile -qq m", 64, "",
		  "inlay compile: unknown option -qq\n" HELP("compile") },
		{ "inlay compile m -o", 64, "",
		  "inlay compile: an argument is missing behind -o\n" HELP("compile") },
		{ "inlay compile m -o ''", 64, "",
		  "inlay compile: an argument is missing behind -o\n" HELP("compile") },
		{ "inlay compile m --output=", 64, "",
		  "inlay compile: an argument is missing behind --output=\n" HELP("compile") },
		{ "inlay compile m --name", 64, "",
		  "inlay compile: an argument is missing behind --name\n" HELP("compile") },
		{ "inlay compile m --depfile", 64, "",
		  "inlay compile: an argument is missing behind --depfile\n" HELP("compile") },
		{ "inlay check m --format=xml", 64, "",
		  "inlay check: the format is text, gcc, github, json or sarif, not xml\n" HELP(
		          "check") },
		{ "inlay check m --no-rehearsal --rehearse=auto", 64, "",
		  "inlay check: --no-rehearsal leaves nothing to do for --rehearse\n" HELP(
		          "check") },
		{ "inlay check m --schema-out a.sql --no-rehearsal", 64, "",
		  "inlay check: --no-rehearsal leaves nothing to do for --schema-out\n" HELP(
		          "check") },
		{ "inlay compile m --dialect", 64, "",
		  "inlay compile: an argument is missing behind --dialect\n" HELP("compile") },
	};

	(void)state;
	CHECK_ROWS(rows);
}

#define SYMBOL                                                                                     \
	"    help: --name SYMBOL, of letters, digits and _, at most 60, beginning with a letter; " \
	"no "                                                                                      \
	"keyword, no inlay_\n"
#define HEADER                                                                                     \
	"    help: its header would be included by that name; choose one like app_migrations.c\n"
#define WHERE "    help: -o FILE.c; FILE.h is written beside it\n"
#define SIXTY "s23456789012345678901234567890123456789012345678901234567890"

static void wrong_arguments_are_explained(void **state)
{
	static const struct command_row rows[] = {
		{ "inlay compile migrations", 64, "",
		  "inlay compile: where to?\n    help: -o FILE.c names the C file to write\n" },
		{ "inlay compile migrations -o a.cpp", 64, "",
		  "inlay compile: a.cpp does not end in .c\n" WHERE },
		{ "inlay compile migrations -o .c", 64, "",
		  "inlay compile: .c does not end in .c\n" WHERE },
		{ "inlay compile migrations -o a/.c", 64, "",
		  "inlay compile: a/.c does not end in .c\n" WHERE },
		{ "inlay compile migrations -o --check", 64, "",
		  "inlay compile: --check does not end in .c\n" WHERE },
		{ "inlay compile migrations -o inlay.c", 64, "",
		  "inlay compile: the C file can not be named inlay.c\n" HEADER },
		{ "inlay compile migrations -o a/inlay_image.c", 64, "",
		  "inlay compile: the C file can not be named inlay_image.c\n" HEADER },
		{ "inlay compile migrations -o 'a\"b.c'", 64, "",
		  "inlay compile: the C file can not be named a\"b.c\n" HEADER },
		{ "inlay compile migrations -o app-migrations.c", 64, "",
		  "inlay compile: `app-migrations` can not be the set's C symbol\n" SYMBOL },
		{ "inlay compile migrations -o a.c --name 1a", 64, "",
		  "inlay compile: `1a` can not be the set's C symbol\n" SYMBOL },
		{ "inlay compile migrations -o a.c --name _a", 64, "",
		  "inlay compile: `_a` can not be the set's C symbol\n" SYMBOL },
		{ "inlay compile migrations -o a.c --name template", 64, "",
		  "inlay compile: `template` can not be the set's C symbol\n" SYMBOL },
		{ "inlay compile migrations -o a.c --name inlay_set", 64, "",
		  "inlay compile: `inlay_set` can not be the set's C symbol\n" SYMBOL },
		{ "inlay compile migrations -o a.c --name 'a;b'", 64, "",
		  "inlay compile: `a;b` can not be the set's C symbol\n" SYMBOL },
		{ "inlay compile migrations -o a.c --name " SIXTY "1", 64, "",
		  "inlay compile: `" SIXTY "1` can not be the set's C symbol\n" SYMBOL },
		{ "inlay compile migrations -o a.c --dialect mysql", 64, "",
		  "inlay: unknown dialect mysql\n    help: one of sqlite, postgres, all\n" },
		{ "inlay sum migrations --dialect SQLite", 64, "",
		  "inlay: unknown dialect SQLite\n    help: one of sqlite, postgres, all\n" },
		{ "inlay split a.sql", 64, "",
		  "inlay split: which dialect?\n    help: --dialect sqlite or --dialect "
		  "postgres\n" },
		{ "inlay split --dialect all a.sql", 64, "",
		  "inlay split: which dialect?\n    help: --dialect sqlite or --dialect "
		  "postgres\n" },
		{ "ls", 0, "a.sql\nempty\nmigrations\n", "" },
	};

	(void)state;
	CHECK_ROWS(rows);
}

static void options_have_several_spellings(void **state)
{
	(void)state;
	command_expect(work, "mkdir out", 0);
	command_expect(work, "inlay compile -q migrations -oout/a.c && test -s out/a.c", 0);
	command_expect(
	        work, "inlay compile --quiet --output=out/b.c -- migrations && test -s out/b.c", 0);
	command_expect(work,
	               "inlay compile migrations/ --output out/c.c --name=x --dialect=sqlite -q && "
	               "grep -q 'struct inlay_set x;' out/c.h",
	               0);
	command_expect(work, "inlay compile migrations -o x.c -o out/d.c -q && test ! -e x.c", 0);
	command_expect(work, "inlay compile migrations -q -o out/e.c --name " SIXTY, 0);
	command_expect(work, "rm -r out", 0);
}

#define CHECK_OPTIONS                                                                              \
	"--since\n--rehearse\n--schema-out\n--layout\n--placeholder\n--no-syntax\n--no-lint\n--"   \
	"no-rehearsal\n--"                                                                         \
	"strict\n--style\n--format\n"

static void help_names_every_option_and_no_other(void **state)
{
	static const struct command_row rows[] = {
		{ "inlay --version | sed 's/ [0-9.]*$/ X/; s/[0-9]* (lib/X (lib/; "
		  "s/none, built without libpg_query/PostgreSQL X (libpg_query)/'",
		  0, "inlay X\ngrammar: PostgreSQL X (libpg_query)\nSQLite X\nlibpq X\njansson X\n",
		  "" },
		{ "for c in compile check sum import split; do inlay $c --help; done | "
		  "sed -n 's/^usage: //p'",
		  0,
		  "inlay compile [options] DIR\ninlay check [options] DIR\n"
		  "inlay sum [options] DIR\ninlay import [options] DIR\n"
		  "inlay split [options] FILE\n",
		  "" },
		{ "inlay import --help | grep -A 1 -e --output; inlay import --help | wc -L", 0,
		  "  -o, --output PATH             compile: the C file to write, FILE.h goes "
		  "beside "
		  "it;\n"
		  "                                dump: the file; import: the directory\n92\n",
		  "" },
		{ "inlay compile --help | grep -o '^ *\\(-., \\)\\?--[a-z-]*' | grep -o '[^ ].*'",
		  0,
		  "-o, --output\n--name\n--dialect\n--depfile\n" CHECK_OPTIONS
		  "--check\n-q, --quiet\n-h, --help\n",
		  "" },
		{ "inlay sum -h | grep -o '^ *\\(-., \\)\\?--[a-z-]*' | grep -o '[^ ].*'", 0,
		  "--dialect\n" CHECK_OPTIONS
		  "--check\n--write\n--relock\n-q, --quiet\n-h, --help\n",
		  "" },
		{ "inlay check -h | grep -o '^ *\\(-., \\)\\?--[a-z-]*' | grep -o '[^ ].*'", 0,
		  "--dialect\n" CHECK_OPTIONS "-q, --quiet\n-h, --help\n", "" },
		{ "inlay split --help x | grep -o '^ *\\(-., \\)\\?--[a-z-]*' | grep -o '[^ ].*'",
		  0, "--dialect\n-q, --quiet\n-h, --help\n", "" },
		{ "inlay import --help | grep -o '^ *\\(-., \\)\\?--[a-z-]*' | grep -o '[^ ].*'", 0,
		  "-o, --output\n--dialect\n--layout\n--placeholder\n-q, --quiet\n-h, --help\n",
		  "" },
		{ "inlay --help | grep '^  [a-z]* ' | grep -vc '^  inlay'", 0, "20\n", "" },
		{ "inlay --help > a; inlay help > b; inlay -h > c; cmp a b && cmp a c && rm a b c",
		  0, "", "" },
		{ "inlay --help > a; inlay 2> b; echo $?; cmp a b && rm a b", 0, "64\n", "" },
		{ "inlay compile --help --bogus", 64, "",
		  "inlay compile: unknown option --bogus\n" HELP("compile") },
	};

	(void)state;
	CHECK_ROWS(rows);
}

/* ---- inputs ---------------------------------------------------------------------------------- */

static void what_can_not_be_had_is_said(void **state)
{
	static const struct command_row rows[] = {
		{ "inlay check -q migrations --dialect sqlite --rehearse=auto", 65, "",
		  "migrations: error: --rehearse is for PostgreSQL, and this is a set for SQLite "
		  "only [rehearsal-server]\n"
		  "     = help: leave out --rehearse, or check the set with --dialect all\n"
		  "1 error (1 file read)\n" },
		{ "inlay check -q migrations --dialect postgres --schema-out s.sql", 65, "",
		  "s.sql: error: PostgreSQL's schema is known from a rehearsal only "
		  "[schema-out]\n"
		  "     = help: add --rehearse=auto, or the URL of a server\n"
		  "1 error (1 file read)\n" },
	};

	(void)state;
	CHECK_ROWS(rows);
}

static void missing_input_is_66(void **state)
{
	static const struct command_row rows[] = {
		{ "inlay split --dialect sqlite nowhere.sql", 66, "",
		  "nowhere.sql: error: No such file or directory [unreadable]\n" },
		{ "inlay split --dialect sqlite empty", 66, "",
		  "empty: error: it is a directory, not a file [unreadable]\n" },
		{ "inlay compile -q nowhere -o a.c", 66, "",
		  "nowhere: error: No such file or directory [directory]\n"
		  "     = help: go to where it is, or create the directory and put the first "
		  "migration there, for "
		  "example "
		  "001_create_accounts.sql\n" },
		{ "inlay sum empty", 66, "",
		  "empty: error: there is no migration in the directory [directory]\n"
		  "     = help: put the first migration there, for example "
		  "001_create_accounts.sql\n" },
		{ "inlay check empty", 66, "", /* And nothing about a lock file. */
		  "empty: error: there is no migration in the directory [directory]\n"
		  "     = help: put the first migration there, for example "
		  "001_create_accounts.sql\n" },
		{ "inlay sum a.sql", 66, "", "a.sql: error: Not a directory [directory]\n" },
	};

	(void)state;
	CHECK_ROWS(rows);
}

#define TOO_LARGE                                                                                  \
	"error: the file is larger than 256 MiB [file-size]\n"                                     \
	"     = help: split it into several migrations, or load bulk data with another tool\n"

static void too_large_is_refused_unread(void **state)
{
	static const struct command_row rows[] = {
		{ "mkdir large && truncate -s 268435457 large/1_a.sql && inlay compile -q large -o "
		  "a.c",
		  65, "", "large/1_a.sql: " TOO_LARGE },
		{ "inlay split --dialect sqlite large/1_a.sql; code=$?; rm -r large; exit $code",
		  66, "", "large/1_a.sql: " TOO_LARGE },
	};

	(void)state;
	CHECK_ROWS(rows);
}

/* A pipe that nobody writes to would hang the build. */
static void only_regular_files_are_opened(void **state)
{
	static const struct command_row rows[] = {
		{ "mkdir pipes && mkfifo pipes/1_a.sql && inlay compile -q pipes -o a.c; "
		  "code=$?; rm -r pipes; exit $code",
		  65, "",
		  "pipes/1_a.sql: error: not a regular file [file-name]\n"
		  "     = help: keep only VERSION_name.sql files here\n" },
	};

	(void)state;
	CHECK_ROWS(rows);
}

#define RENAME                                                                                     \
	"     = help: name it like 001_create_accounts.sql (R__views.sql if it is repeatable), "   \
	"or "                                                                                      \
	"move it out of the migrations directory\n"

/* Names that no repository should have: they are written here. */
static void file_names_can_not_fool_anybody(void **state)
{
	static const struct command_row rows[] = {
		{ "mkdir names && cd names && echo > \"$(printf '001_\\377.sql')\" &&"
		  "echo > \"$(printf '002_\\033[31m.sql')\" && echo > \"$(printf '003_\\n.sql')\" "
		  "&& cd "
		  ".. &&"
		  "inlay compile -q names -o a.c; code=$?; rm -r names; exit $code",
		  65, "",
		  "names/001_?.sql: error: the file name is not UTF-8 [file-name]\n" RENAME
		  "names/002_?[31m.sql: error: the file name may have letters, digits, '_', '-' "
		  "and '.' "
		  "only [file-name]\n" RENAME "names/003_?.sql: error: the file name may have "
		  "letters, digits, '_', '-' and '.' "
		  "only [file-name]\n" RENAME "3 errors (3 files read)\n" },
		{ "mkdir turned && echo 'SELECT 1;' > \"$(printf "
		  "'turned/1_\\342\\200\\256a.sql')\" &&"
		  "inlay compile -q turned -o t.c && grep ' 1 _' t.h && grep '/[*] turned' t.c && "
		  "rm -r "
		  "turned t.*",
		  0, " *     1 _a\n\t\t/* turned/1__a.sql */\n", "" },
	};

	(void)state;
	CHECK_ROWS(rows);
}

/* ---- split ----------------------------------------------------------------------------------- */

static void split_prints_json_lines(void **state)
{
	static const struct command_row rows[] = {
		{ "printf 'SELECT 1;\\n  SELECT \"a\\\\\\\\b\"\\n' | inlay split --dialect sqlite "
		  "-",
		  0,
		  "{\"line\":1,\"column\":1,\"offset\":0,\"size\":8,\"text\":\"SELECT 1\"}\n"
		  "{\"line\":2,\"column\":3,\"offset\":12,\"size\":13,\"text\":\"SELECT "
		  "\\\"a\\\\\\\\b\\\"\"}\n",
		  "" },
		{ "printf '\\357\\273\\277SELECT\\r\\n\\t1;\\r\\nSELECT 2' | inlay split --dialect "
		  "postgres -",
		  0,
		  "{\"line\":1,\"column\":1,\"offset\":3,\"size\":10,\"text\":"
		  "\"SELECT\\r\\n\\t1\"}\n"
		  "{\"line\":3,\"column\":1,\"offset\":16,\"size\":8,\"text\":\"SELECT 2\"}\n",
		  "" },
		{ "printf \"SELECT '\\303\\244\\360\\237\\230\\200'; SELECT 2\" | "
		  "inlay split --dialect postgres -",
		  0,
		  "{\"line\":1,\"column\":1,\"offset\":0,\"size\":15,\"text\":"
		  "\"SELECT '\303\244\360\237\230\200'\"}\n"
		  "{\"line\":1,\"column\":14,\"offset\":17,\"size\":8,\"text\":\"SELECT 2\"}\n",
		  "" },
		{ "printf \"SELECT '\\001\\177'\" | inlay split --dialect sqlite -", 0,
		  "{\"line\":1,\"column\":1,\"offset\":0,\"size\":11,\"text\":\"SELECT "
		  "'\\u0001\177'\"}\n",
		  "" },
		{ "inlay split --dialect sqlite - < /dev/null", 0, "", "" },
		{ "printf -- '-- migrate:up\\nBEGIN; SELECT 1; COMMIT\\n-- migrate:down\\n' | "
		  "inlay split --dialect postgres -",
		  0,
		  "{\"line\":2,\"column\":1,\"offset\":14,\"size\":5,\"text\":\"BEGIN\"}\n"
		  "{\"line\":2,\"column\":8,\"offset\":21,\"size\":8,\"text\":\"SELECT 1\"}\n"
		  "{\"line\":2,\"column\":18,\"offset\":31,\"size\":6,\"text\":\"COMMIT\"}\n",
		  "" },
		{ "printf \"SELECT 1;\\nSELECT 'open\" | inlay split --dialect postgres -", 65,
		  "{\"line\":1,\"column\":1,\"offset\":0,\"size\":8,\"text\":\"SELECT 1\"}\n",
		  "<stdin>:2:8: error: this quote is never closed [unterminated]\n"
		  "   2 | SELECT 'open\n     |        ^~~~~\n"
		  "     = help: write a quote inside a string as ''\n" },
		{ "printf 'SELECT \\000' | inlay split --dialect sqlite -", 65, "",
		  "<stdin>:1:8: error: a NUL byte [encoding]\n   1 | SELECT ?\n     |        ^\n"
		  "     = help: save the file as UTF-8\n" },
		{ "inlay split --dialect sqlite a.sql > /dev/full", 73, "",
		  "inlay: standard output can not be written\n" },
	};

	(void)state;
	CHECK_ROWS(rows);
}

/* For every file of the golden sets: the bytes at offset and size are the text. */
static void split_offsets_are_bytes(void **state)
{
	static const char script[] =
	        "import json, os, subprocess, sys\n"
	        "count = 0\n"
	        "for parent, _, names in os.walk(sys.argv[1]):\n"
	        "    for name in names:\n"
	        "        path = os.path.join(parent, name)\n"
	        "        if not name.endswith('.sql'): continue\n"
	        "        data = open(path, 'rb').read()\n"
	        "        for dialect in 'sqlite', 'postgres':\n"
	        "            run = subprocess.run([os.environ['INLAY'], 'split', '--dialect', "
	        "dialect, "
	        "path],\n"
	        "                                 stdout=subprocess.PIPE)\n"
	        "            assert run.returncode in (0, 65), (path, run.returncode)\n"
	        "            for line in run.stdout.splitlines():\n"
	        "                one = json.loads(line)\n"
	        "                text = data[one['offset']:one['offset'] + one['size']]\n"
	        "                assert text.decode() == one['text'], (path, one)\n"
	        "                before = data[:one['offset']]\n"
	        "                assert before.count(b'\\n') + 1 == one['line'], (path, one)\n"
	        "                line = before.split(b'\\n')[-1].decode('utf-8-sig')\n"
	        "                assert len(line) + 1 == one['column'], (path, one)\n"
	        "                count += 1\n"
	        "assert count > 200, count\n";
	char *path = format("%s/check.py", work);
	struct outcome outcome;
	char *command;

	(void)state;
	outcome = command_run(work, "command -v python3");
	if (outcome.status != 0) {
		outcome_free(&outcome);
		free(path);
		skip();
	}
	outcome_free(&outcome);
	file_write_string(path, script);
	command = format("python3 '%s' tests/golden/ok", path);
	command_expect(".", command, 0);
	free(command);
	free(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wrong_command_lines_are_explained),
		cmocka_unit_test(wrong_arguments_are_explained),
		cmocka_unit_test(options_have_several_spellings),
		cmocka_unit_test(help_names_every_option_and_no_other),
		cmocka_unit_test(what_can_not_be_had_is_said),
		cmocka_unit_test(missing_input_is_66),
		cmocka_unit_test(too_large_is_refused_unread),
		cmocka_unit_test(only_regular_files_are_opened),
		cmocka_unit_test(file_names_can_not_fool_anybody),
		cmocka_unit_test(split_prints_json_lines),
		cmocka_unit_test(split_offsets_are_bytes),
	};

	return cmocka_run_group_tests_name("command", tests, set_up, tear_down);
}
