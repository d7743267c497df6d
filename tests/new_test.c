/* new_test.c - `inlay new`: the next version in a directory's own manner. */
#include "command.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

/* Each test has a directory of its own. */
static int set_up(void **state)
{
	*state = directory_make();
	return 0;
}

static int tear_down(void **state)
{
	directory_remove(*state);
	free(*state);
	return 0;
}

#define CHECK_ROWS(rows) command_expect_rows(*state, rows, sizeof(rows) / sizeof((rows)[0]), false)

/* What depends on the clock. */
#define UNTIMED " | sed 's/[0-9]\\{14\\}/TIME/; s/....-..-..-....../DASHED/'"

static void numbers_go_on(void **state)
{
	static const struct command_row rows[] = {
		{ "inlay new 'create accounts'", 0, "migrations/001_create_accounts.sql\n", "" },
		{ "cat migrations/001*", 0, "-- migrate:up\n\n", "" },
		{ "inlay new add-x --down", 0, "migrations/002_add-x.sql\n", "" },
		{ "cat migrations/002*", 0, "-- migrate:up\n\n-- migrate:down\n\n", "" },
		{ "inlay new views --dialect all", 0,
		  "migrations/003_views.sqlite.sql\nmigrations/003_views.postgres.sql\n", "" },
		{ "inlay new -q index --dialect postgres && ls migrations/004*", 0,
		  "migrations/004_index.postgres.sql\n", "" },
		{ "echo 'inlay-lock 1 sqlite postgres' > migrations/inlay.lock && "
		  "z=$(printf %064d 0) && echo \"9 later $z $z\" >> migrations/inlay.lock && "
		  "inlay new behind_the_lock_file",
		  0, "migrations/010_behind_the_lock_file.sql\n", "" },
	};

	CHECK_ROWS(rows);
}

static void the_directory_shows_how(void **state)
{
	static const struct command_row rows[] = {
		{ "mkdir a b c d && echo 'SELECT 1;' > a/20260101093000_a.sql && inlay new -d a "
		  "b" UNTIMED,
		  0, "a/TIME_b.sql\n", "" },
		{ "echo 'SELECT 1;' > a/99991231235959_a.sql && inlay new -d a c", 0,
		  "a/99991231235960_c.sql\n", "" },
		{ "echo 'SELECT 1;' > b/0007_a.up.sql && inlay new -d b/ b --down", 0,
		  "b/0008_b.up.sql\nb/0008_b.down.sql\n", "" },
		{ "echo 'SELECT 1;' > c/1700000000_a.sql && inlay new -d c b | "
		  "grep -c '^c/[0-9]\\{10\\}_b.sql$'",
		  0, "1\n", "" },
		{ "echo 'SELECT 1;' > d/1_a.sql && inlay new --timestamp -d d b" UNTIMED, 0,
		  "d/TIME_b.sql\n", "" },
	};

	CHECK_ROWS(rows);
}

#define NEW(tool) "inlay new --layout " tool " -d " tool " "

static void other_tools_are_followed(void **state)
{
	static const struct command_row rows[] = {
		{ "mkdir goose golang-migrate dbmate sqlx refinery flyway diesel prisma tern atlas",
		  0, "", "" },
		{ NEW("goose") "a --down" UNTIMED "; cat goose/*", 0,
		  "goose/TIME_a.sql\n-- +goose Up\n\n-- +goose Down\n\n", "" },
		{ NEW("golang-migrate") "a --down" UNTIMED, 0,
		  "golang-migrate/TIME_a.up.sql\ngolang-migrate/TIME_a.down.sql\n", "" },
		{ NEW("dbmate") "a" UNTIMED "; cat dbmate/*", 0,
		  "dbmate/TIME_a.sql\n-- migrate:up\n\n-- migrate:down\n\n", "" },
		{ "inlay check --quiet --layout dbmate --dialect postgres dbmate", 0, "", "" },
		{ NEW("sqlx") "a" UNTIMED, 0, "sqlx/TIME_a.sql\n", "" },
		{ NEW("refinery") "a; " NEW("refinery") "b", 0,
		  "refinery/V1__a.sql\nrefinery/V2__b.sql\n", "" },
		{ NEW("flyway") "a; " NEW("flyway") "b", 0, "flyway/V1__a.sql\nflyway/V2__b.sql\n",
		  "" },
		{ NEW("diesel") "a --down" UNTIMED, 0,
		  "diesel/DASHED_a/up.sql\ndiesel/DASHED_a/down.sql\n", "" },
		{ "mkdir diesel/9999-12-31-235959_b; touch diesel/9999-12-31-235959_b/up.sql; " NEW(
		          "diesel") "c",
		  2, "",
		  "inlay new: there is no version behind 99991231235959 by this machine's "
		  "clock\n" },
		{ NEW("prisma") "a" UNTIMED, 0, "prisma/TIME_a/migration.sql\n", "" },
		{ NEW("tern") "a --down; cat tern/*", 0,
		  "tern/001_a.sql\n\n---- create above / drop below ----\n\n", "" },
		{ NEW("atlas") "a" UNTIMED, 0, "atlas/TIME_a.sql\n", "" },
		{ NEW("atlas") "a --dialect sqlite", 64, "",
		  "inlay new: files for one dialect are not known to Atlas\n"
		  "    help: inlay new --help\n" },
		{ "touch flyway/V3.1__c.sql; " NEW("flyway") "d", 64, "",
		  "inlay new: V3.1__c.sql has a version of several numbers, and which comes next "
		  "is yours to say\n    help: name the file yourself\n" },
	};

	CHECK_ROWS(rows);
}

static void what_can_not_be_begun_is_refused(void **state)
{
	static const struct command_row rows[] = {
		{ "inlay new", 64, "",
		  "inlay new: an operand is missing: NAME\n    help: inlay new --help\n" },
		{ "inlay new a/b", 64, "",
		  "inlay new: a name is letters, digits, '_' and '-', not a/b\n"
		  "    help: inlay new --help\n" },
		{ "inlay new ''", 64, "",
		  "inlay new: a name is letters, digits, '_' and '-', not \n"
		  "    help: inlay new --help\n" },
		{ "inlay new $(printf %0121d 0) 2>&1 | head -1 | cut -c 1-60", 0,
		  "inlay new: a name has 120 bytes at most; this one is longer:\n", "" },
		{ "inlay new a --dialect mysql", 64, "",
		  "inlay: unknown dialect mysql\n    help: one of sqlite, postgres, all\n" },
		{ "inlay new a -d no/such", 73, "",
		  "inlay: no/such: No such file or directory\n    help: create the directory "
		  "it goes to first\n" },
		{ "mkdir f && echo > f/1_a.sql && inlay new a -d f --layout no", 65, "",
		  "f: error: there is no layout `no` [layout]\n     = help: one of inlay, "
		  "atlas, dbmate, diesel, flyway, golang-migrate, goose, prisma, refinery, sqlx, "
		  "tern\n" },
		{ "mkdir d && echo > d/9223372036854775807_a.sql && inlay new -d d b", 2, "",
		  "inlay new: there is no version behind 9223372036854775807 by this machine's "
		  "clock\n" },
		{ "mkdir e && echo > e/V1__a.sql && inlay new -d e b 2>&1 | head -1", 0,
		  "e: error: the directory could be of any of these: Flyway and refinery "
		  "[layout]\n",
		  "" },
	};

	CHECK_ROWS(rows);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(numbers_go_on, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_directory_shows_how, set_up, tear_down),
		cmocka_unit_test_setup_teardown(other_tools_are_followed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_can_not_be_begun_is_refused, set_up,
		                                tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
