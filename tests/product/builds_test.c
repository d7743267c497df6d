/*
 * builds_test.c - examples/cmake, make and meson, each copied to a clean directory and built with
 * the installed product: it runs, nothing is built again without need, and a new .sql file is
 * noticed.
 *
 * INLAY_PREFIX is where the product is installed: see install_test.c.
 */
#define _XOPEN_SOURCE 700 /* For realpath(). */

#include "command.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

/* $PREFIX is found by the environment alone. */
#define HEAD                                                                                       \
	"set -eu; unset APP_ENV AUTO_MIGRATE; "                                                    \
	"export PATH=\"$PREFIX/bin:$PATH\" PKG_CONFIG_PATH=\"$PREFIX/lib/pkgconfig\" "             \
	"CMAKE_PREFIX_PATH=\"$PREFIX\" LD_LIBRARY_PATH=\"$PREFIX/lib\"; "

static int set_up(void **state)
{
	const char *named = getenv("INLAY_PREFIX");
	char *path = realpath(named != NULL ? named : "", NULL);

	(void)state;
	if (path == NULL)
		print_error("INLAY_PREFIX is not where the product is installed\n");
	assert_non_null(path);
	setenv("PREFIX", path, 1);
	free(path);
	return 0;
}

/* The example's directory, a `configure` command, one that builds, and the program it makes. */
static void expect_build(const char *example, const char *configure, const char *build,
                         const char *program)
{
	char *directory = directory_make();
	char *script = format(
	        HEAD
	        "cp -R \"$ROOT/examples/%s/.\" .; %s; %s; [ \"$(%s)\" = '1 applied' ]; "
	        "cp -p %s first; %s; [ ! %s -nt first ]; "
	        "echo 'CREATE INDEX note_text ON note (text);' >migrations/002_index_notes.sql; "
	        "inlay sum --quiet migrations; "
	        "%s; [ %s -nt first ]; [ \"$(%s)\" = '1 applied' ]; [ \"$(%s)\" = '0 applied' ]",
	        example, configure, build, program, program, build, program, build, program,
	        program, program);

	command_expect(directory, script, 0);
	free(script);
	directory_remove(directory);
	free(directory);
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
	char *directory = directory_make();

	(void)state;
	command_expect(directory,
	               HEAD
	               "refused() { if cmake -B out . 2>said; then exit 1; fi; rm -rf out; "
	               "tr -s ' \\n' '  ' <said | grep \"$1\"; }; "
	               "cp -R \"$ROOT/examples/cmake/.\" .; cp CMakeLists.txt as-it-is; "
	               "sed 's/COMPONENTS sqlite/COMPONENTS oracle/' as-it-is >CMakeLists.txt; "
	               "refused 'inlay has no component oracle; it has sqlite and postgres'; "
	               "sed 's/inlay 0.1/inlay 0.2/' as-it-is >CMakeLists.txt; "
	               "refused 'compatible with requested version \"0.2\"'; "
	               "sed 's/DIRECTORY //' as-it-is >CMakeLists.txt; "
	               "refused 'inlay_add_migrations(TARGET DIRECTORY DIR'",
	               0);
	directory_remove(directory);
	free(directory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cmake_with_ninja),
		cmocka_unit_test(cmake_with_make),
		cmocka_unit_test(make),
		cmocka_unit_test(meson),
		cmocka_unit_test(cmake_refuses_what_is_not_there),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
