/* admin_example_test.c - the admin endpoints over real HTTP: examples/http-admin as a stranger
 * builds it, asked by curl, its answers held against its OpenAPI file. */
#include "command.h"
#include "files.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
/* cmocka.h wants some of those first. */
#include <cmocka.h>

/* In an archive, so that what is not called is not linked: libpq is not there to be. */
static const char build_library[] =
        "for file in \"$ROOT\"/runtime/*.c; do echo \"$file\"; done |"
        " xargs -n 16 gcc -c -std=c11 -D_POSIX_C_SOURCE=200809L -I /usr/include/postgresql &&"
        " ar rc libinlay.a *.o\n";

static const char run_example[] =
        "mkdir answers &&"
        " CC=gcc INLAY_INCLUDE=\"$ROOT/runtime\" INLAY_LIBRARY=\"$PWD/libinlay.a\""
        " ANSWERS=\"$PWD/answers\" sh \"$ROOT/examples/http-admin/run.sh\"\n";

/* Debian's modules are Debian's Python's. */
static const char check_answers[] =
        "for python in python3 /usr/bin/python3; do\n"
        "	if $python -c 'import jsonschema, prometheus_client' 2>/dev/null; then\n"
        "		exec $python \"$ROOT/tests/programs/validate_answers.py\""
        " \"$ROOT/examples/http-admin/openapi.json\" answers\n"
        "	fi\n"
        "done\n"
        "echo 'no python3 has both: apt-get install python3-jsonschema"
        " python3-prometheus-client' >&2\n"
        "exit 1\n";

static void the_example_answers_as_it_says(void **state)
{
	const char *directory = *state;

	command_expect(directory, run_example, 0);
	command_expect(directory, check_answers, 0);
}

static int set_up(void **state)
{
	*state = directory_make();
	command_expect(*state, build_library, 0);
	return 0;
}

static int tear_down(void **state)
{
	directory_remove(*state);
	free(*state);
	return 0;
}

/* docs/admin.md's program, started as a web server would. */
static void the_document_s_program_answers(void **state)
{
	const char *directory = *state;

	command_expect(
	        directory,
	        "sed -n '/^#include \"app_migrations.h\"/,/^```$/p' \"$ROOT/docs/admin.md\""
	        " | sed '$d' >admin.c &&"
	        " gcc -std=c11 -Wall -Wextra -Wpedantic -Werror -I \"$ROOT/runtime\""
	        " -I \"$ROOT/generated\" admin.c \"$ROOT/generated/app_migrations.c\""
	        " libinlay.a -lsqlite3 -pthread -o admin\n"
	        "export ADMIN_CHANGE_TOKEN=secret HTTP_AUTHORIZATION='Bearer secret'\n"
	        "export REQUEST_METHOD=POST SCRIPT_NAME=/migrations/run QUERY_STRING=\n"
	        "echo '{\"to\": 2}' | ./admin | tr -d '\\r' >out\n"
	        "grep -qx 'Status: 200' out && grep -qx 'Cache-Control: no-store' out &&"
	        " grep -q '^{.*\"applied_count\":2,' out || exit 1\n"
	        "echo '{\"to\": 2' | ./admin | grep -q 'Status: 400' || exit 1\n"
	        "head -c 1025 /dev/zero | ./admin | grep -q 'Status: 413' || exit 1\n"
	        "export REQUEST_METHOD=GET SCRIPT_NAME=/migrations/history QUERY_STRING=limit=1\n"
	        "./admin | grep '\"sequence\":2,' || exit 1\n"
	        "rm app.db && mkdir app.db && ./admin | grep -q 'Status: 503' || exit 1\n"
	        "unset ADMIN_CHANGE_TOKEN; ./admin | grep -q 'Status: 404'\n",
	        0);
}

/* Under strangers' flags, as the first thing a file sees. */
static void the_header_stands_alone(void **state)
{
	const char *directory = *state;

	command_expect(directory,
	               "flags='-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wundef -Werror'\n"
	               "flags=\"$flags -fsyntax-only -I $ROOT/runtime\"\n"
	               "for language in 'gcc -x c -std=c99' 'gcc -x c -std=c2x'"
	               " 'g++ -x c++ -std=c++11' 'clang -x c -std=c99'"
	               " 'clang++ -x c++ -std=c++17'; do\n"
	               "	echo '#include \"inlay_admin.h\"' | $language $flags - || exit 1\n"
	               "done\n",
	               0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_header_stands_alone),
		cmocka_unit_test(the_document_s_program_answers),
		cmocka_unit_test(the_example_answers_as_it_says),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
