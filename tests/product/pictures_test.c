/*
 * pictures_test.c - the pictures of the documents are what their scripts make today, the recorded
 * session with the installed command.
 *
 * INLAY_PREFIX is where the product is installed: see install_test.c.  With INLAY_GOLDEN=rewrite
 * they are written.
 */
#define _XOPEN_SOURCE 700 /* For realpath(). */

#include "command.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

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

/* Runs `make` in an empty directory, where it makes `files`. */
static void expect_same(const char *make, const char *files)
{
	const char *mode = getenv("INLAY_GOLDEN");
	bool is_rewrite = mode != NULL && strcmp(mode, "rewrite") == 0;
	char *directory = directory_make();
	char *script = format("set -eu; export PYTHONDONTWRITEBYTECODE=1; "
	                      "PATH=\"$PREFIX/bin:$PATH\"; "
	                      "pictures=\"$ROOT/docs/pictures\"; %s; "
	                      "for file in %s; do %s \"$file\" \"$pictures/$file\"; done",
	                      make, files, is_rewrite ? "cp" : "cmp");

	command_expect(directory, script, 0);
	free(script);
	directory_remove(directory);
	free(directory);
}

static void the_flow(void **state)
{
	(void)state;
	expect_same("python3 \"$pictures/flow.py\" >flow.svg", "flow.svg");
}

static void the_session(void **state)
{
	(void)state;
	expect_same("python3 \"$pictures/session.py\" .", "session.cast session.svg");
}

/* A browser shows nothing of a picture that is not well-formed. */
static void they_can_be_read(void **state)
{
	char *directory = directory_make();

	(void)state;
	command_expect(
	        directory,
	        "python3 -c 'import sys, xml.etree.ElementTree as tree; "
	        "[tree.parse(path) for path in sys.argv[1:]]' \"$ROOT\"/docs/pictures/*.svg && "
	        "! grep -E '(href|src|url)[=(]|<script' \"$ROOT\"/docs/pictures/*.svg && "
	        "jq -es '.[0].version == 2 and (.[1:] | length > 100 and"
	        " all(.[1] == \"o\")) and ([.[1:][][0]] | . == sort)'"
	        " \"$ROOT/docs/pictures/session.cast\"",
	        0);
	directory_remove(directory);
	free(directory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_flow),
		cmocka_unit_test(the_session),
		cmocka_unit_test(they_can_be_read),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
