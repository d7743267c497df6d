/* runtime_header_test.c - the public headers under strangers' flags, and the library in a
 * stranger's program: it names nothing but its own, and links no client that is not called. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
/* cmocka.h wants some of those first. */
#include <cmocka.h>

#define WARNINGS "-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wundef -Werror"

/* What each compiler is given, when it is there and knows the standard. */
static const struct {
	const char *compiler;
	const char *language;
} languages[] = {
	{ "gcc", "-x c -std=c99 -Wstrict-prototypes" },
	{ "gcc", "-x c -std=c11 -Wstrict-prototypes" },
	{ "gcc", "-x c -std=c17 -Wstrict-prototypes" },
	{ "gcc", "-x c -std=c2x -Wstrict-prototypes" },
	{ "g++", "-x c++ -std=c++11" },
	{ "g++", "-x c++ -std=c++17" },
	{ "g++", "-x c++ -std=c++20" },
	{ "clang", "-x c -std=c99 -Wstrict-prototypes" },
	{ "clang", "-x c -std=c11 -Wstrict-prototypes" },
	{ "clang", "-x c -std=c2x -Wstrict-prototypes" },
	{ "clang++", "-x c++ -std=c++11" },
	{ "clang++", "-x c++ -std=c++17" },
};

/* A stranger's program: everything by its public name, and names of its own that ours must not
 * meet. */
static const char program[] =
        "#include \"inlay.h\"\n"
        "#include \"inlay_image.h\"\n"
        "#include \"inlay_observe.h\"\n"
        "int plan_make(void); int clock_now_ms(void); int error_set(void);\n"
        "int plan_make(void) { return 1; }\n"
        "int clock_now_ms(void) { return 2; }\n"
        "int error_set(void) { return 3; }\n"
        "int call_everything(struct sqlite3 *, const struct inlay_set *);\n"
        "int call_everything(struct sqlite3 *connection, const struct inlay_set *set)\n"
        "{\n"
        "	struct inlay_options options = inlay_options_init();\n"
        "	struct inlay_error error = inlay_error_init();\n"
        "	struct inlay_logger logger = inlay_logger_init();\n"
        "	struct inlay_alert_options alerts = inlay_alert_options_init();\n"
        "	int sum = inlay_alerts_create(&alerts) != NULL;\n"
        "	inlay_log_event(&logger, NULL);\n"
        "#if defined(__cplusplus) || __STDC_VERSION__ >= 201112L\n"
        "	sum += (int)ensure_migrated(connection, set, &options, &error);\n"
        "	sum += (int)inlay_status(connection, set, &options, NULL, NULL, &error);\n"
        "	sum += (int)inlay_history(connection, &options, NULL, NULL, &error);\n"
        "#else\n"
        "	sum += (int)ensure_migrated_sqlite(connection, set, &options, &error);\n"
        "	sum += (int)inlay_status_sqlite(connection, set, &options, NULL, NULL, &error);\n"
        "	sum += (int)inlay_history_sqlite(connection, &options, NULL, NULL, &error);\n"
        "#endif\n"
        "	sum += inlay_result_name(error.result)[0] + "
        "inlay_state_name(INLAY_STATE_LATE)[0];\n"
        "	return sum + inlay_version()[0];\n"
        "}\n"
        "int main(void)\n"
        "{\n"
        "	return call_everything(NULL, NULL) > 0 ? 0 : 1;\n"
        "}\n";

static char directory[300];

static int make_directory(void **state)
{
	const char *parent = getenv("TMPDIR");
	char path[400];
	FILE *file;

	(void)state;
	(void)snprintf(directory, sizeof(directory), "%.200s/inlay-header-XXXXXX",
	               parent != NULL ? parent : "/tmp");
	assert_non_null(mkdtemp(directory));
	(void)snprintf(path, sizeof(path), "%s/program.c", directory);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_true(fputs(program, file) >= 0);
	assert_int_equal(fclose(file), 0);
	return 0;
}

static int remove_directory(void **state)
{
	char command[400];

	(void)state;
	(void)snprintf(command, sizeof(command), "rm -rf '%s'", directory);
	return system(command);
}

/* Runs a shell command, with $D for our directory; true when it succeeds. */
static bool runs(const char *command)
{
	char line[4000];
	int size = snprintf(line, sizeof(line), "D='%s'; %s", directory, command);

	assert_true(size > 0 && (size_t)size < sizeof(line));
	return system(line) == 0;
}

/* A compiler that is not there, or does not know the standard, can say nothing. */
static bool can_compile(const char *compiler, const char *language)
{
	char command[400];

	(void)snprintf(command, sizeof(command),
	               "echo 'int x;' | %s %s -c -o \"$D/probe.o\" - >\"$D/probe\" 2>&1", compiler,
	               language);
	return runs(command);
}

static void compiles_under_strangers_flags(void **state)
{
	int compiled_count = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(languages) / sizeof(languages[0]); i++) {
		char command[600];

		if (!can_compile(languages[i].compiler, languages[i].language)) {
			print_message("left out: %s %s\n", languages[i].compiler,
			              languages[i].language);
			continue;
		}
		(void)snprintf(command, sizeof(command),
		               "%s %s " WARNINGS " -Iruntime -c -o \"$D/x.o\" \"$D/program.c\"",
		               languages[i].compiler, languages[i].language);
		if (!runs(command))
			fail_msg("%s", command);
		compiled_count++;
	}
	if (compiled_count == 0)
		skip();
}

/* Each header alone, as the first thing a file sees. */
static void headers_stand_alone(void **state)
{
	(void)state;
	if (!can_compile("gcc", "-x c -std=c99"))
		skip();
	assert_true(runs(
	        "for h in inlay.h inlay_image.h inlay_observe.h; do echo \"#include \\\"$h\\\"\""
	        " | gcc -x c -std=c99 " WARNINGS " -Iruntime -c -o \"$D/x.o\" - || exit 1;"
	        " done"));
}

/* The library as an application that uses SQLite alone would build and link it. */
static void links_only_the_client_it_calls(void **state)
{
	(void)state;
	if (!can_compile("gcc", "-x c -std=c11"))
		skip();
	assert_true(
	        runs("for f in runtime/*.c; do gcc -std=c11 -D_POSIX_C_SOURCE=200809L"
	             " -I/usr/include/postgresql -c $f -o \"$D/$(basename $f .c).o\" || exit 1;"
	             " done; rm -f \"$D/x.o\" \"$D/probe.o\"; ar rc \"$D/libinlay.a\" \"$D\"/*.o"));
	assert_true(runs("gcc -Iruntime \"$D/program.c\" \"$D/libinlay.a\" -lsqlite3"
	                 " -o \"$D/program\" && \"$D/program\""));
	/* Whatever another file could see begins with our name. */
	assert_true(runs("nm -g --defined-only \"$D/libinlay.a\" | awk 'NF == 3 { print $3 }'"
	                 " | grep -v -e '^inlay_' -e '^ensure_migrated_' >\"$D/names\";"
	                 " cat \"$D/names\"; test ! -s \"$D/names\""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(compiles_under_strangers_flags),
		cmocka_unit_test(headers_stand_alone),
		cmocka_unit_test(links_only_the_client_it_calls),
	};

	return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
