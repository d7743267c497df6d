/* example.c - copies, makes and runs an example. */
#define _XOPEN_SOURCE 700 /* For realpath(). */

#include "example.h"

#include "command.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

/* Nothing of whoever runs the tests decides what an example does. */
#define HEAD                                                                                       \
	"set -eu; unset MAKEFLAGS MAKELEVEL APP_ENV NODE_ENV AUTO_MIGRATE MIGRATION_DRY_RUN "      \
	"MIGRATION_ROLLOUT MIGRATION_CACHE_TTL MIGRATION_LOCK_TIMEOUT; export "                    \
	"PATH=\"$PREFIX/bin:$PATH\" "                                                              \
	"PKG_CONFIG_PATH=\"$PREFIX/lib/pkgconfig\" LD_LIBRARY_PATH=\"$PREFIX/lib\"; "

int example_find_product(void **state)
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

/* Made once in a program; the tests get copies of that. */
static char *made;

static void remove_made(void)
{
	example_remove(made);
}

static void make(const char *name)
{
	char *script = format(HEAD "cp -R \"$ROOT/examples/%s/.\" .; "
	                           "CFLAGS='-O1 -Werror' make",
	                      name);

	made = directory_make();
	(void)atexit(remove_made);
	command_expect(made, script, 0);
	free(script);
}

char *example_make(const char *name)
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

void example_remove(char *directory)
{
	directory_remove(directory);
	free(directory);
}

void example_expect(const char *directory, const char *script, const char *function)
{
	char *text = format(HEAD "sh -eu \"$ROOT/tests/programs/%s\" %s", script, function);

	command_expect(directory, text, 0);
	free(text);
}
