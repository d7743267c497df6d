/* report_test.c - where the command says what, and how it ends: streams, colors, exit status, and
 * whether editors understand it. */
#include "command.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

static char *work;

static int set_up(void **state)
{
	(void)state;
	work = directory_make();
	command_expect(
	        work,
	        "mkdir fine warned wrong && echo 'CREATE TABLE a (a INTEGER);' >fine/1_a.sql && "
	        "inlay sum -q fine && cp fine/* warned && "
	        "echo '-- inlay:ignore drop-table -- x' >>warned/1_a.sql && "
	        "echo 'SELECT (1' >wrong/1_a.sql",
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

#define CHECK_ROWS(rows) command_expect_rows(work, rows, sizeof(rows) / sizeof((rows)[0]), true)

#define PLAIN "--no-syntax --no-rehearsal "

/* What was looked at is said, as silence would not. */
static void test_nothing_found(void **state)
{
	static const struct command_row rows[] = {
		{ "inlay check fine " PLAIN "--no-lint", 0,
		  "fine: nothing wrong with 1 migration in 1 file for SQLite and PostgreSQL: "
		  "lexer\n",
		  "" },
		{ "inlay check fine " PLAIN "--dialect sqlite", 0,
		  "fine: nothing wrong with 1 migration in 1 file for SQLite: lexer, lint\n", "" },
		{ "inlay check fine " PLAIN "--dialect postgres --style", 0,
		  "fine: nothing wrong with 1 migration in 1 file for PostgreSQL: lexer, lint and "
		  "style\n",
		  "" },
		{ "inlay check fine --dialect sqlite", 0,
		  "fine: nothing wrong with 1 migration in 1 file for SQLite: lexer, lint, "
		  "rehearsal on "
		  "SQLite\n",
		  "" },
		{ "inlay check -q fine", 0, "", "" },
		{ "inlay check --format=gcc fine", 0, "", "" },
		{ "inlay check --format=github fine", 0, "", "" },
		{ "inlay check --format=json fine", 0, "{\n  \"version\": 1,", "" },
		{ "inlay check --format=sarif fine", 0, "{\n  \"$schema\": ", "" },
	};

	(void)state;
	CHECK_ROWS(rows);
}

#define WARNING "1_a.sql:2:1: warning: no statement follows this remark"
#define ERROR   "1_a.sql:1:8: error: this parenthesis is never closed"

static void test_streams(void **state)
{
	static const struct command_row rows[] = {
		{ "inlay check warned", 1, "", "warned/" WARNING },
		{ "inlay check --format=text warned", 1, "", "warned/" WARNING },
		{ "inlay check --strict warned", 65, "",
		  "warned/1_a.sql:2:1: error: no statement follows this remark" },
		{ "inlay check --format=gcc warned", 1, "warned/" WARNING, "" },
		{ "inlay check --format=github warned", 1, "::warning file=warned/1_a.sql,line=2,",
		  "" },
		{ "inlay check --format=json warned", 1, "{\n", "" },
		{ "inlay check --format=sarif warned", 1, "{\n", "" },
		{ "inlay compile warned -o a.c", 0, "a.c: written: ", "warned/" WARNING },
		{ "rm a.c; inlay compile --format=gcc warned -o a.c && test -e a.c", 0,
		  "warned/" WARNING, "" },
		{ "rm a.c; inlay compile --strict -q warned -o a.c; code=$?; test -e a.c && "
		  "code=0; "
		  "exit $code",
		  65, "", "warned/1_a.sql:2:1: error: " },
		{ "inlay sum --format=gcc warned", 0, "warned/" WARNING, "" },
		{ "inlay check -q --format=json wrong", 65, "{\n", "" },
		{ "inlay check -q --format=gcc wrong | sed 1q", 0, "wrong/" ERROR, "" },
		{ "inlay check --format=gcc nowhere", 66,
		  "nowhere: error: No such file or directory [directory]\n", "" },
		{ "inlay check --format=json --frobnicate wrong", 64, "", "inlay check: unknown" },
		{ "inlay check --format=gcc fine > /dev/full", 0, "", "" },
		{ "inlay check --format=json fine > /dev/full", 73, "", "inlay: standard output" },
	};

	(void)state;
	CHECK_ROWS(rows);
}

/* On a terminal, and where it is forced; not where somebody does not want it. */
static void test_color(void **state)
{
	static const struct command_row rows[] = {
		{ "inlay check warned", 1, "", "warned/" },
		{ "CLICOLOR_FORCE=1 inlay check warned", 1, "", "\033[1mwarned/" },
		{ "CLICOLOR_FORCE=0 inlay check warned", 1, "", "warned/" },
		{ "CLICOLOR_FORCE= inlay check warned", 1, "", "warned/" },
		{ "NO_COLOR=1 CLICOLOR_FORCE=1 inlay check warned", 1, "", "warned/" },
		{ "NO_COLOR= CLICOLOR_FORCE=1 inlay check warned", 1, "", "\033[1mwarned/" },
		{ "CLICOLOR_FORCE=1 inlay check --format=gcc warned", 1, "warned/", "" },
		{ "TERM=xterm script -qec \"$INLAY check warned\" /dev/null </dev/null", 1,
		  "\033[1mwarned/", "" },
		{ "TERM=xterm NO_COLOR=1 script -qec \"$INLAY check warned\" /dev/null </dev/null",
		  1, "warned/", "" },
		{ "TERM=dumb script -qec \"$INLAY check warned\" /dev/null </dev/null", 1,
		  "warned/", "" },
	};

	(void)state;
	CHECK_ROWS(rows);
}

/* What docs/editors.md tells to paste. */
static void test_editors(void **state)
{
	(void)state;
	command_expect(work,
	               "mkdir -p editors/migrations && cd editors && "
	               "printf 'SELECT 1; -- grün: 1:2: x\\nSELECT (1;\\n' >migrations/1_a.sql && "
	               "printf 'SELECT 1; -- inlay:ignroe x -- y\\n' >migrations/2_b.sql && "
	               "printf 'BEGIN; SELECT 1; COMMIT;\\n' >migrations/3_c.sql && "
	               ": >'migrations/stray file' && "
	               "python3 \"$ROOT/tests/programs/read_as_editors.py\" "
	               "\"$ROOT/docs/editors.md\"",
	               0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_found),
		cmocka_unit_test(test_streams),
		cmocka_unit_test(test_color),
		cmocka_unit_test(test_editors),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
