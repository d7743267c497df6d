/*
 * subproject_test.c - the tarball that `./zigw build dist` makes: a subproject for Meson, by its
 * wrap, and for CMake, of examples that find no installed library; and the same bytes whenever and
 * by whomever it is packed.
 *
 * INLAY_PACKAGES is where it is.
 */
#include "product.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#define HEAD                                                                                       \
	"set -eu; unset APP_ENV AUTO_MIGRATE PKG_CONFIG_PATH CMAKE_PREFIX_PATH; "                  \
	"mkdir bin; printf '#!/bin/sh\\nexec \"%s\" \"$@\"\\n' \"$INLAY\" >bin/inlay; "            \
	"chmod +x bin/inlay; export PATH=\"$PWD/bin:$PATH\"; mkdir app; cd app; "

#define MESON                                                                                      \
	HEAD "cp -R \"$ROOT/examples/meson/.\" .; mkdir -p subprojects/packagefiles; "             \
	     "cp \"$INLAY_PACKAGES/inlay.wrap\" subprojects/; "                                    \
	     "cp \"$INLAY_PACKAGES\"/inlay-[0-9].[0-9].[0-9].tar.gz subprojects/packagefiles/; "

static int set_up(void **state)
{
	(void)state;
	assert_true(product_find("INLAY_PACKAGES"));
	return 0;
}

static void expect(const char *script)
{
	char *directory = directory_make();

	command_expect(directory, script, 0);
	product_remove(directory);
}

static void meson_by_the_wrap(void **state)
{
	(void)state;
	expect(MESON "meson setup out; meson compile -C out; [ \"$(out/app)\" = '1 applied' ]; "
	             "if readelf -d out/app | grep -E 'NEEDED.*lib(inlay|pq)'; then exit 1; fi");
}

static void meson_refuses_another_tarball(void **state)
{
	(void)state;
	expect(MESON "for file in subprojects/packagefiles/*; do echo >>$file; done; "
	             "if meson setup out >said 2>&1; then exit 1; fi; "
	             "grep 'Incorrect hash for source' said");
}

static void meson_has_both_databases(void **state)
{
	(void)state;
	expect(MESON "sed -i \"s/'inlay-sqlite'/'inlay'/\" meson.build; "
	             "meson setup out; meson compile -C out; [ \"$(out/app)\" = '1 applied' ]; "
	             "nm out/app | grep -w ensure_migrated_postgres");
}

static void cmake_by_add_subdirectory(void **state)
{
	(void)state;
	expect(HEAD "cp -R \"$ROOT/examples/cmake/.\" .; "
	            "tar xzf \"$INLAY_PACKAGES\"/inlay-[0-9].[0-9].[0-9].tar.gz; mv inlay-* inlay; "
	            "sed -i 's/^find_package.*/add_subdirectory(inlay)/' CMakeLists.txt; "
	            "cmake -G Ninja -B out .; cmake --build out; [ \"$(out/app)\" = '1 applied' ]; "
	            "if readelf -d out/app | grep -E 'NEEDED.*lib(inlay|pq)'; then exit 1; fi; "
	            "sed -i 's/inlay::sqlite/inlay::both/' CMakeLists.txt; "
	            "cmake --build out; nm out/app | grep -w ensure_migrated_postgres");
}

static void the_same_files_are_the_same_bytes(void **state)
{
	(void)state;
	expect("set -eu; umask 077; for file in \"$INLAY_PACKAGES\"/inlay-*.tar.gz; do "
	       "name=$(basename \"$file\" .tar.gz); tar xzf \"$file\"; "
	       "find $name -exec touch {} +; "
	       "TZ=Asia/Tokyo sh \"$ROOT/build/dist/pack.sh\" $name $name again; cmp \"$file\" "
	       "again; "
	       "done; [ $(ls -d inlay-* | wc -l) = 2 ]");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(meson_by_the_wrap),
		cmocka_unit_test(meson_refuses_another_tarball),
		cmocka_unit_test(meson_has_both_databases),
		cmocka_unit_test(cmake_by_add_subdirectory),
		cmocka_unit_test(the_same_files_are_the_same_bytes),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
