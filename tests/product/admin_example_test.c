/*
 * admin_example_test.c - examples/http-admin, built from a copy with the installed product: over
 * both databases, its answers to curl are held against its OPENAPI file, its metrics are read by
 * Prometheus' own parser, schemathesis makes requests nobody thought of, and Chromium shows the
 * page.
 *
 * INLAY_PREFIX is where the product is installed: see install_test.c.
 */
#include "database.h"
#include "postgres_server.h"
#include "product.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* Runs a script in a copy of what is built, with the test's database. */
static void expect(void **state, const char *script)
{
	struct database *database = *state;
	char *directory = product_make_example("http-admin");
	char *all;

	database_disconnect(database);
	all = format("export DATABASE_URL='%s%s'; %s",
	             database->dialect == INLAY_DIALECT_SQLITE ? "sqlite:" : "",
	             database_place(database), script);
	product_expect(directory, all);
	free(all);
	product_remove(directory);
}

/* Debian's modules are Debian's Python's. */
static const char check_answers[] =
        "for python in python3 /usr/bin/python3; do\n"
        "	if $python -c 'import jsonschema, prometheus_client' 2>/dev/null; then\n"
        "		exec $python \"$ROOT/tests/programs/validate_answers.py\""
        " openapi.json answers\n"
        "	fi\n"
        "done\n"
        "echo 'no python3 has both: apt-get install python3-jsonschema"
        " python3-prometheus-client' >&2\n"
        "exit 1\n";

static void it_answers_as_it_says(void **state)
{
	const struct database *database = *state;
	char *script = format("SERVER='%s' sh \"$ROOT/tests/programs/ask_admin.sh\"\n%s",
	                      database->dialect == INLAY_DIALECT_POSTGRES
	                              ? postgres_server_options("postgres", "postgres")
	                              : "",
	                      check_answers);

	expect(state, script);
	free(script);
}

/* Who wrote the requests that follow does not know our code: any finding fails, and so does it when
 * it has nothing to ask. */
static void strangers_find_nothing(void **state)
{
	expect(state,
	       ". \"$ROOT/tests/programs/serve_admin.sh\"; serve; "
	       "\"$ROOT\"/.tools/schemathesis-*/bin/python -m schemathesis.cli run openapi.json"
	       " --url \"${url%/migrations}\" -H \"Authorization: Bearer $ADMIN_CHANGE_TOKEN\""
	       " --checks all --seed 1 --max-examples 5 --generation-database none --no-color"
	       " --report json --report-json-path report.json; "
	       "jq -e '.complete and .operations.tested == 6 and .operations.skipped == 0"
	       " and .test_cases.generated >= 100 and .test_cases.with_failures == 0"
	       " and .test_cases.errored == 0 and ([.warnings[]] | add) == []' report.json || "
	       "{ cat report.json; exit 1; }");
}

/* A person opens the page in Chromium, in a light room, a dark one, and on a telephone. */
static void people_see_who_is_at_work_and_what_is_wrong(void **state)
{
	expect(state, "sh \"$ROOT/tests/programs/see_page.sh\" at_work all_wrong");
}

static void people_see_sixty_with_long_names(void **state)
{
	expect(state, "sh \"$ROOT/tests/programs/see_page.sh\" many");
}

/* A mistake in a migration is seen by whoever types make. */
static void a_mistake_stops_the_build(void **state)
{
	(void)state;
	product_expect_example("http-admin",
	                       "echo \"INSERT INTO note VALUES (1, 'it's');\""
	                       " >migrations/004_fill_notes.sql; fails make; "
	                       "grep 'migrations/004_fill_notes.sql:1:34: error: ' said");
}

/* Under strangers' flags, as the first thing a file sees. */
static void the_header_stands_alone(void **state)
{
	(void)state;
	product_expect_alone(
	        "flags='-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wundef -Werror'\n"
	        "flags=\"$flags -fsyntax-only -I $INLAY_PREFIX/include\"\n"
	        "for language in 'gcc -x c -std=c99' 'gcc -x c -std=c2x'"
	        " 'g++ -x c++ -std=c++11' 'clang -x c -std=c99'"
	        " 'clang++ -x c++ -std=c++17'; do\n"
	        "	echo '#include \"inlay_admin.h\"' | $language $flags - || exit 1\n"
	        "done\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_header_stands_alone),
		cmocka_unit_test(a_mistake_stops_the_build),
		DATABASE_TEST_FILE(it_answers_as_it_says),
		DATABASE_TEST_POSTGRES(it_answers_as_it_says),
		DATABASE_TEST_FILE(strangers_find_nothing),
		DATABASE_TEST_POSTGRES(people_see_who_is_at_work_and_what_is_wrong),
		DATABASE_TEST_FILE(people_see_sixty_with_long_names),
	};

	return cmocka_run_group_tests(tests, product_set_up, NULL);
}
