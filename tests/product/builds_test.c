/*
 * builds_test.c - examples/cmake, make and meson, each copied to a clean directory and built with
 * the installed product: it runs, nothing is built again without need, and a new .sql file is
 * noticed.
 *
 * INLAY_PREFIX is where the product is installed: see install_test.c.
 */
#include "product.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

/* The example's directory, a `configure` command, one that builds, and the program it makes. */
static void expect_build(const char *example, const char *configure, const char *build,
                         const char *program)
{
	char *script = format(
	        "%s; %s; [ \"$(%s)\" = '1 applied' ]; "
	        "cp -p %s first; %s; [ ! %s -nt first ]; "
	        "echo 'CREATE INDEX note_text ON note (text);' >migrations/002_index_notes.sql; "
	        "inlay sum --quiet migrations; "
	        "%s; [ %s -nt first ]; [ \"$(%s)\" = '1 applied' ]; [ \"$(%s)\" = '0 applied' ]",
	        configure, build, program, program, build, program, build, program, program,
	        program);

	product_expect_example(example, script);
	free(script);
}

static void cmake_with_ninja(void **state)
{
	(void)state;
	expect_build("cmake", "cmake -G Ninja -B out .", "cmake --build out", "out/app");
}

static void cmake_with_make(void **state)
{
	(void)state;
	expect_build("cmake", "cmake -G 'Unix Makefiles' -B out .", "cmake --build out", "out/app");
}

/* The prefix is for another machine, as far as CMake is told: its command can not be run here. */
static void cmake_that_cross_compiles(void **state)
{
	(void)state;
	product_expect_example(
	        "cmake",
	        "unset CMAKE_PREFIX_PATH; mkdir -p other/bin; "
	        "cp -R \"$INLAY_PREFIX/lib\" \"$INLAY_PREFIX/include\" other; "
	        "printf 'exit 1\n' >other/bin/inlay; chmod +x other/bin/inlay; "
	        "cmake -DCMAKE_SYSTEM_NAME=Linux -DCMAKE_PREFIX_PATH=\"$PWD/other\" -B out .; "
	        "cmake --build out; [ \"$(out/app)\" = '1 applied' ]");
}

static void make(void **state)
{
	(void)state;
	expect_build("make", ":", "make", "./app");
}

static void meson(void **state)
{
	(void)state;
	expect_build("meson", "meson setup out", "meson compile -C out", "out/app");
}

static void cmake_refuses_what_is_not_there(void **state)
{
	(void)state;
	product_expect_example(
	        "cmake", "refused() { if cmake -B out . 2>said; then exit 1; fi; rm -rf out; "
	                 "tr -s ' \\n' '  ' <said | grep \"$1\"; }; "
	                 "cp CMakeLists.txt as-it-is; "
	                 "sed 's/COMPONENTS sqlite/COMPONENTS oracle/' as-it-is >CMakeLists.txt; "
	                 "refused 'inlay has no component oracle; it has sqlite and postgres'; "
	                 "sed 's/inlay 0.1/inlay 0.2/' as-it-is >CMakeLists.txt; "
	                 "refused 'compatible with requested version \"0.2\"'; "
	                 "sed 's/DIRECTORY //' as-it-is >CMakeLists.txt; "
	                 "refused 'inlay_add_migrations(TARGET DIRECTORY DIR'");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cmake_with_ninja),
		cmocka_unit_test(cmake_with_make),
		cmocka_unit_test(cmake_that_cross_compiles),
		cmocka_unit_test(make),
		cmocka_unit_test(meson),
		cmocka_unit_test(cmake_refuses_what_is_not_there),
	};

	return cmocka_run_group_tests(tests, product_set_up, NULL);
}
