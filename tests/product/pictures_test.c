/*
 * pictures_test.c - the pictures of the documents are what their scripts make today, the recorded
 * session with the installed command.
 *
 * INLAY_PREFIX is where the product is installed: see install_test.c.  With INLAY_GOLDEN=rewrite
 * they are written.
 */
#include "product.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Runs `make` in an empty directory, where it makes `files`. */
static void expect_same(const char *make, const char *files)
{
	const char *mode = getenv("INLAY_GOLDEN");
	bool is_rewrite = mode != NULL && strcmp(mode, "rewrite") == 0;
	char *script = format("export PYTHONDONTWRITEBYTECODE=1; "
	                      "pictures=\"$ROOT/docs/pictures\"; %s; "
	                      "for file in %s; do %s \"$file\" \"$pictures/$file\"; done",
	                      make, files, is_rewrite ? "cp" : "cmp");

	product_expect_alone(script);
	free(script);
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
	(void)state;
	product_expect_alone(
	        "python3 -c 'import sys, xml.etree.ElementTree as tree; "
	        "[tree.parse(path) for path in sys.argv[1:]]' \"$ROOT\"/docs/pictures/*.svg && "
	        "! grep -E '(href|src|url)[=(]|<script' \"$ROOT\"/docs/pictures/*.svg && "
	        "jq -es '.[0].version == 2 and (.[1:] | length > 100 and"
	        " all(.[1] == \"o\")) and ([.[1:][][0]] | . == sort)'"
	        " \"$ROOT/docs/pictures/session.cast\"");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_flow),
		cmocka_unit_test(the_session),
		cmocka_unit_test(they_can_be_read),
	};

	return cmocka_run_group_tests(tests, product_set_up, NULL);
}
