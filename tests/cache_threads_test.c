/* cache_threads_test.c - a million calls of eight threads over sixteen connections: each is counted
 * once, and the database is asked once in its time; also under ThreadSanitizer. */
#include "support/command.h"
#include "support/database.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
/* cmocka.h wants some of those first. */
#include <cmocka.h>

#define CALLS "1000000"

static char *directory;

/* Builds the program with `flags` as `name`, unless that was done; skips the test where there is no
 * such compiler. */
static void build(const char *name, const char *flags)
{
	char *path = format("%s/%s", directory, name);
	bool is_built = file_exists(path);
	char *probe = format("echo 'int main(void) { return 0; }' >probe.c && "
	                     "gcc %s probe.c -o probe && ./probe",
	                     flags);
	char *script = format("gcc -std=c11 -D_POSIX_C_SOURCE=200809L -g %s -I \"$ROOT/runtime\" "
	                      "-I /usr/include/postgresql \"$ROOT\"/runtime/*.c "
	                      "\"$ROOT/generated/app_migrations.c\" "
	                      "\"$ROOT/tests/programs/cache_threads.c\" "
	                      "-lsqlite3 -lpq -lpthread -o %s",
	                      flags, name);
	struct outcome outcome = command_run(directory, probe);
	int status = outcome.status;

	outcome_free(&outcome);
	free(probe);
	free(path);
	if (status != 0 && getenv("CI") == NULL) {
		free(script);
		print_message("gcc %s does not work here\n", flags);
		skip();
	}
	if (!is_built)
		command_expect(directory, script, 0);
	free(script);
}

static void run(const struct database *database, const char *name, const char *ttl_ms)
{
	char *script = format("TSAN_OPTIONS=exitcode=66 ./%s %s '%s' " CALLS " %s", name,
	                      database_either(database, "sqlite", "postgres"),
	                      database_place(database), ttl_ms);

	command_expect(directory, script, 0);
	free(script);
}

/* The answer never gets too old; then it does so all the time. */
static void every_call_counts_once(void **state)
{
	struct database *database = *state;

	build("fast", "-O2 -DCOUNT_ALLOCATIONS -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc");
	run(database, "fast", "3600000");
	database_clear(database);
	run(database, "fast", "20");
}

static void no_thread_sees_half_of_anything(void **state)
{
	struct database *database = *state;

	build("sanitized", "-O1 -fsanitize=thread");
	run(database, "sanitized", "3600000");
	database_clear(database);
	run(database, "sanitized", "5");
}

static int make_directory(void **state)
{
	(void)state;
	directory = directory_make();
	return 0;
}

static int remove_directory(void **state)
{
	(void)state;
	directory_remove(directory);
	free(directory);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DATABASE_TEST_FILE(every_call_counts_once),
		DATABASE_TEST_POSTGRES(every_call_counts_once),
		DATABASE_TEST_FILE(no_thread_sees_half_of_anything),
		DATABASE_TEST_POSTGRES(no_thread_sees_half_of_anything),
	};

	return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
