/*
 * dist_test.c - the runtime as one file, which `./zigw build dist` makes: every compiler takes it
 * with strict warnings, with both drivers and with either; applications that link it work, need no
 * other database's client library, and see nothing but what inlay.h and its neighbours declare.
 *
 * INLAY_DIST is that file.
 */
#include "console.h"
#include "product.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define STRICT                                                                                     \
	"-std=c11 -Wall -Wextra -Wpedantic -Wconversion -Wstrict-prototypes -Wmissing-prototypes " \
	"-Wshadow -Wundef -Werror -I/usr/include/postgresql"

static char *directory;

static int set_up(void **state)
{
	(void)state;
	assert_true(product_find("INLAY_DIST"));
	directory = directory_make();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	product_remove(directory);
	return 0;
}

/* Compiles it with each driver, and with both. */
static void compile(const char *compiler)
{
	char *script = format("set -e; for omit in BOTH OMIT_POSTGRES OMIT_SQLITE; do "
	                      "%s " STRICT " -DINLAY_$omit=1 -c \"$INLAY_DIST\" -o $omit.o; done",
	                      compiler);

	command_expect(directory, script, 0);
	free(script);
}

static void gcc_takes_it(void **state)
{
	(void)state;
	compile("gcc -O1 -Wformat-truncation");
}

static void other_compilers_take_it(void **state)
{
	(void)state;
	compile("clang");
	compile("cc() { [ $# -gt 0 ] && env ZIG_LOCAL_CACHE_DIR=cache ZIG_GLOBAL_CACHE_DIR=cache "
	        "\"${INLAY_ZIG:-$(ls \"$ROOT\"/.tools/zig-*/zig | head -n 1)}\" cc \"$@\"; }; cc");
}

static void without_any_driver_it_refuses(void **state)
{
	struct outcome outcome = command_run(
	        directory,
	        "gcc -DINLAY_OMIT_POSTGRES -DINLAY_OMIT_SQLITE -fsyntax-only \"$INLAY_DIST\"");

	(void)state;
	assert_int_equal(outcome.status, 1);
	assert_non_null(strstr(outcome.err.start, "without PostgreSQL and without SQLite"));
	outcome_free(&outcome);
}

/* Of an object that gcc_takes_it() left; the last two are what it must not need. */
static void expect_symbols(const char *object, const char *left_out, const char *client)
{
	char *script = format("set -e; nm -g --defined-only %s | awk '{ print $3 }' | "
	                      "LC_ALL=C sort >symbols; "
	                      "grep -v '%s' \"$ROOT/tests/abi/symbols\" | diff - symbols; "
	                      "! nm -u %s | grep -E ' (%s)'",
	                      object, left_out, object, client);

	command_expect(directory, script, 0);
	free(script);
}

static void only_public_names_are_visible(void **state)
{
	(void)state;
	expect_symbols("BOTH.o", "^$", "inlay_|ensure_");
	expect_symbols("OMIT_POSTGRES.o", "_postgres", "PQ|inlay_|ensure_");
	expect_symbols("OMIT_SQLITE.o", "_sqlite", "sqlite3_|inlay_|ensure_");
}

/* `application` is its source; `arguments` go to the compiler. */
static void link_application(const char *application, const char *arguments)
{
	char *script =
	        format("gcc -std=c11 -I\"$ROOT/runtime\" -I\"$ROOT/generated\" "
	               "-I/usr/include/postgresql \"$ROOT/%s\" "
	               "\"$ROOT/generated/app_migrations.c\" \"$INLAY_DIST\" %s -lpthread -o app",
	               application, arguments);

	command_expect(directory, script, 0);
	free(script);
}

static void the_worked_example_runs(void **state)
{
	struct outcome outcome;

	(void)state;
	link_application("examples/demo/app.c", "-DINLAY_OMIT_POSTGRES -lsqlite3");
	outcome = command_run(directory, "unset APP_ENV AUTO_MIGRATE; ./app invoices.db && "
	                                 "./app invoices.db");
	assert_int_equal(outcome.status, 0);
	assert_non_null(strstr(outcome.out.start, "12 applied in "));
	assert_non_null(strstr(outcome.out.start, "nothing to do"));
	outcome_free(&outcome);
}

static void an_application_of_postgres_runs(void **state)
{
	struct database *database = *state;
	char *script = format("set -e; unset APP_ENV AUTO_MIGRATE; ./app '%s'; ./app '%s'",
	                      database_place(database), database_place(database));
	struct outcome outcome;

	link_application("tests/programs/migrate_postgres.c", "-DINLAY_OMIT_SQLITE -lpq");
	outcome = command_run(directory, script);
	free(script);
	assert_string_equal(outcome.err.start, "");
	assert_string_equal(outcome.out.start, "12 applied\n0 applied\n");
	outcome_free(&outcome);
	database_expect(database, "SELECT count(*) FROM schema_migrations", "12");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gcc_takes_it),
		cmocka_unit_test(only_public_names_are_visible),
		cmocka_unit_test(other_compilers_take_it),
		cmocka_unit_test(without_any_driver_it_refuses),
		cmocka_unit_test(the_worked_example_runs),
		DATABASE_TEST_POSTGRES(an_application_of_postgres_runs),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
