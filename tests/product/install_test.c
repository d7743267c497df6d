/*
 * install_test.c - what `./zigw build install` puts below a prefix is all that applications need:
 * they are built by pkg-config from a copy elsewhere, against the shared library and the static
 * one.  What they were compiled to believe of the library is in tests/abi/.
 *
 * INLAY_PREFIX is the prefix: the command as the other tests have it, the library as it is shipped.
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

static char *directory;

static int set_up(void **state)
{
	char *copy;

	product_set_up(state);
	directory = directory_make();
	product_expect(directory,
	               "cp -a \"$INLAY_PREFIX\" prefix; cp -R \"$ROOT/migrations\" .; "
	               "prefix/bin/inlay compile --quiet migrations -o app_migrations.c");
	copy = format("%s/prefix", directory);
	setenv("INLAY_PREFIX", copy, 1);
	free(copy);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	product_remove(directory);
	return 0;
}

static void expect(const char *script)
{
	product_expect(directory, script);
}

static void pages_and_completions_are_there(void **state)
{
	(void)state;
	expect("cd \"$INLAY_PREFIX/share\"; for file in man/man1/inlay.1 man/man1/inlay-compile.1 "
	       "man/man7/inlay-layouts.7 bash-completion/completions/inlay "
	       "zsh/site-functions/_inlay fish/vendor_completions.d/inlay.fish; do "
	       "[ -s $file ] || { echo $file; exit 1; }; done");
}

static void headers_stand_alone(void **state)
{
	(void)state;
	expect("for header in $(cd \"$ROOT/runtime\" && ls inlay*.h); do "
	       "cmp \"$ROOT/runtime/$header\" \"$INLAY_PREFIX/include/$header\"; "
	       "echo \"#include <$header>\" >header.c; "
	       "gcc -std=c99 -Wall -Wextra -Wpedantic -Werror $(pkg-config --cflags inlay) "
	       "-fsyntax-only header.c; "
	       "g++ -std=c++11 -xc++ -Wall -Wextra -Wpedantic -Werror "
	       "$(pkg-config --cflags inlay) -fsyntax-only header.c; done");
}

static void symbols_are_those_of_the_abi(void **state)
{
	(void)state;
	expect("nm -D --defined-only \"$INLAY_PREFIX/lib/libinlay.so\" | awk '{ print $3 }' | "
	       "LC_ALL=C sort >symbols; diff \"$ROOT/tests/abi/symbols\" symbols; "
	       "[ \"$(readlink \"$INLAY_PREFIX/lib/libinlay.so\")\" = libinlay.so.0.1 ]; "
	       "readelf -d \"$INLAY_PREFIX/lib/libinlay.so.0.1\" | "
	       "grep -q 'SONAME.*\\[libinlay[.]so[.]0[.]1\\]'");
}

static void structs_are_those_of_the_abi(void **state)
{
	(void)state;
	expect("sh \"$ROOT/tests/abi/layout.sh\" \"$INLAY_PREFIX/include\" >layout; "
	       "diff \"$ROOT/tests/abi/layout\" layout; "
	       "[ \"$(cat \"$INLAY_PREFIX\"/include/*.h | grep -cE '^struct inlay_[a-z_]+ [{]')\" "
	       "= "
	       "\"$(grep -c '^struct .* bytes$' layout)\" ]");
}

static void versions_agree(void **state)
{
	(void)state;
	expect("version=$(pkg-config --modversion inlay); "
	       "grep -q \"^#define INLAY_VERSION \\\"$version\\\"\" "
	       "\"$INLAY_PREFIX/include/inlay.h\"; "
	       "[ -f \"$INLAY_PREFIX/lib/libinlay.so.$version\" ]; "
	       "pkg-config --exact-version=$version inlay-sqlite; "
	       "pkg-config --exact-version=$version inlay-postgres");
}

static void the_worked_example_links_the_shared_library(void **state)
{
	(void)state;
	expect("gcc -std=c11 \"$ROOT/examples/demo/app.c\" -I. app_migrations.c -o shared "
	       "$(pkg-config --cflags --libs inlay-sqlite); "
	       "readelf -d shared | grep -q 'NEEDED.*libinlay[.]so[.]0[.]1'; "
	       "./shared shared.db | grep -q '12 applied in '; "
	       "./shared shared.db | grep -q 'nothing to do'");
}

static void the_worked_example_links_the_static_library(void **state)
{
	(void)state;
	expect("gcc -std=c11 \"$ROOT/examples/demo/app.c\" -I. app_migrations.c -o static "
	       "$(pkg-config --cflags inlay-sqlite) $(pkg-config --variable=archive inlay) "
	       "$(pkg-config --libs sqlite3) -pthread; "
	       "if readelf -d static | grep -E 'NEEDED.*lib(inlay|pq)'; then exit 1; fi; "
	       "./static static.db | grep -q '12 applied in '; "
	       "./static static.db | grep -q 'nothing to do'");
}

static void an_application_of_postgres_runs(void **state)
{
	struct database *database = *state;
	char *script = format("gcc -std=c11 -I. \"$ROOT/tests/programs/migrate_postgres.c\" "
	                      "app_migrations.c -o postgres "
	                      "$(pkg-config --cflags --libs inlay-postgres); "
	                      "[ \"$(./postgres '%s')\" = '12 applied' ]",
	                      database_place(database));

	expect(script);
	free(script);
	database_expect(database, "SELECT count(*) FROM schema_migrations", "12");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages_and_completions_are_there),
		cmocka_unit_test(headers_stand_alone),
		cmocka_unit_test(symbols_are_those_of_the_abi),
		cmocka_unit_test(structs_are_those_of_the_abi),
		cmocka_unit_test(versions_agree),
		cmocka_unit_test(the_worked_example_links_the_shared_library),
		cmocka_unit_test(the_worked_example_links_the_static_library),
		DATABASE_TEST_POSTGRES(an_application_of_postgres_runs),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
