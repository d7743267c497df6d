/* product.c - the environment in which a stranger builds with what is installed. */
#define _XOPEN_SOURCE 700 /* For realpath(). */

#include "product.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

int product_set_up(void **state)
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

void product_expect(const char *directory, const char *script)
{
	char *all =
	        format("set -eu; unset APP_ENV NODE_ENV AUTO_MIGRATE MIGRATION_DRY_RUN MAKEFLAGS; "
	               "export PATH=\"$PREFIX/bin:$PATH\" CMAKE_PREFIX_PATH=\"$PREFIX\" "
	               "PKG_CONFIG_PATH=\"$PREFIX/lib/pkgconfig\" "
	               "LD_LIBRARY_PATH=\"$PREFIX/lib\"\n%s",
	               script);

	command_expect(directory, all, 0);
	free(all);
}

void product_expect_example(const char *name, const char *script)
{
	char *directory = directory_make();
	char *all = format("cp -R \"$ROOT/examples/%s/.\" .\n"
	                   "fails() { if \"$@\" >said 2>&1; then cat said; return 1; fi; }\n"
	                   "add_unique() { echo 'CREATE UNIQUE INDEX note_text ON note (text);' "
	                   ">migrations/003_unique_notes.sql; inlay sum --quiet migrations; }\n"
	                   "%s",
	                   name, script);

	product_expect(directory, all);
	free(all);
	directory_remove(directory);
	free(directory);
}
