/* product.c - the environment in which a stranger builds with what is installed. */
#define _XOPEN_SOURCE 700 /* For realpath(). */

#include "product.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

/* Nothing of whoever runs the tests decides what is built and what it does. */
static const char head[] =
        "set -eu\n"
        "unset MAKEFLAGS MAKELEVEL APP_ENV NODE_ENV AUTO_MIGRATE MIGRATION_DRY_RUN "
        "MIGRATION_ROLLOUT MIGRATION_CACHE_TTL MIGRATION_LOCK_TIMEOUT\n"
        "export PATH=\"$INLAY_PREFIX/bin:$PATH\" CMAKE_PREFIX_PATH=\"$INLAY_PREFIX\" "
        "PKG_CONFIG_PATH=\"$INLAY_PREFIX/lib/pkgconfig\" LD_LIBRARY_PATH=\"$INLAY_PREFIX/lib\"\n"
        "fails() { if \"$@\" >said 2>&1; then cat said; return 1; fi; }\n"
        "add_unique() { echo 'CREATE UNIQUE INDEX note_text ON note (text);' "
        ">migrations/003_unique_notes.sql; inlay sum --quiet migrations; }\n";

bool product_find(const char *variable)
{
	const char *named = getenv(variable);
	char *path = realpath(named != NULL ? named : "", NULL);
	bool is_there = path != NULL;

	if (is_there)
		setenv(variable, path, 1);
	else
		print_error("%s does not name what was built\n", variable);
	free(path);
	return is_there;
}

int product_set_up(void **state)
{
	(void)state;
	assert_true(product_find("INLAY_PREFIX"));
	return 0;
}

void product_expect(const char *directory, const char *script)
{
	char *all = format("%s%s", head, script);

	command_expect(directory, all, 0);
	free(all);
}

void product_expect_alone(const char *script)
{
	char *directory = directory_make();

	product_expect(directory, script);
	product_remove(directory);
}

void product_expect_example(const char *name, const char *script)
{
	char *all = format("cp -R \"$ROOT/examples/%s/.\" .\n%s", name, script);

	product_expect_alone(all);
	free(all);
}

/* The tests get copies of it. */
static char *made;

static void remove_made(void)
{
	product_remove(made);
}

static void make(const char *name)
{
	char *script = format("cp -R \"$ROOT/examples/%s/.\" .; CFLAGS='-O1 -Werror' make", name);

	made = directory_make();
	(void)atexit(remove_made);
	product_expect(made, script);
	free(script);
}

char *product_make_example(const char *name)
{
	char *directory = directory_make();
	char *script;

	if (made == NULL)
		make(name);
	script = format("cp -Rp \"%s/.\" .", made);
	command_expect(directory, script, 0);
	free(script);
	return directory;
}

void product_remove(char *directory)
{
	if (directory != NULL)
		directory_remove(directory);
	free(directory);
}

void product_expect_function(const char *directory, const char *script, const char *function)
{
	char *text = format("sh -eu \"$ROOT/tests/programs/%s\" %s", script, function);

	product_expect(directory, text);
	free(text);
}
