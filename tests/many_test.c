/* many_test.c - ensure_migrated_all_sqlite(): all are done but the broken ones, and only those are
 * done again. */
#define _GNU_SOURCE /* pthread_setattr_default_np() */

#include "../runtime/inlay_many.h"
#include "support/files.h"
#include "support/set.h"

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
/* cmocka.h wants some of those first. */
#include <cmocka.h>

#define COUNT_MAX 1000

static const struct set_file files[] = {
	{ "1_notes.sql", "CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT);" },
	{ "2_runs.sql", "CREATE TABLE runs (number INTEGER); INSERT INTO runs VALUES (1);" },
	SET_END,
};

/* Files of tenants, and what is heard of them. */
struct tenants {
	char *directory;
	char *paths[COUNT_MAX];
	struct inlay_target targets[COUNT_MAX];
	struct compiled_set set;
	struct inlay_many many;
	struct inlay_error error;

	pthread_mutex_t lock;
	int connection_count;
	pthread_t threads[COUNT_MAX]; /* Those that have prepared a connection. */
	int thread_count;
	bool is_telling;
	int told_count;
	int cached_count;
	char failures[2000]; /* "0007.db INLAY_FAILED\n", sorted. */
};

static int prepare(void *context, sqlite3 *connection)
{
	struct tenants *tenants = context;
	int known = 0;

	(void)sqlite3_exec(connection, "PRAGMA synchronous = OFF", NULL, NULL, NULL); /* Quicker. */
	(void)pthread_mutex_lock(&tenants->lock);
	tenants->connection_count++;
	while (known < tenants->thread_count &&
	       !pthread_equal(tenants->threads[known], pthread_self()))
		known++;
	if (known == tenants->thread_count)
		tenants->threads[tenants->thread_count++] = pthread_self();
	(void)pthread_mutex_unlock(&tenants->lock);
	return 0;
}

/* Without a lock: the library promises that it need none.  ThreadSanitizer looks on. */
static void each(void *context, const struct inlay_target *target, const struct inlay_error *error)
{
	struct tenants *tenants = context;

	assert_false(tenants->is_telling);
	tenants->is_telling = true;
	assert_int_equal(target->is_done, 1);
	assert_int_equal(target->result, error->result);
	tenants->told_count++;
	tenants->cached_count += error->is_cached != 0;
	tenants->is_telling = false;
}

static void forget(struct tenants *tenants)
{
	tenants->connection_count = 0;
	tenants->thread_count = 0;
	tenants->told_count = 0;
	tenants->cached_count = 0;
}

static void renew_targets(struct tenants *tenants)
{
	for (size_t i = 0; i < tenants->many.target_count; i++)
		tenants->targets[i] = inlay_target_init(tenants->paths[i]);
}

static int setup(void **state)
{
	struct tenants *tenants = calloc(1, sizeof(*tenants));

	assert_non_null(tenants);
	tenants->directory = directory_make();
	tenants->set = set_compile(files, INLAY_DIALECT_SQLITE);
	assert_non_null(tenants->set.set.image);
	assert_int_equal(pthread_mutex_init(&tenants->lock, NULL), 0);
	*state = tenants;
	return 0;
}

static int teardown(void **state)
{
	struct tenants *tenants = *state;

	for (size_t i = 0; i < COUNT_MAX; i++)
		free(tenants->paths[i]);
	set_destroy(&tenants->set);
	directory_remove(tenants->directory);
	free(tenants->directory);
	(void)pthread_mutex_destroy(&tenants->lock);
	free(tenants);
	return 0;
}

/* `count` empty files: "0000.db" and so on. */
static void make_files(struct tenants *tenants, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		free(tenants->paths[i]);
		tenants->paths[i] = format("%s/%04zu.db", tenants->directory, i);
		file_write_string(tenants->paths[i], "");
	}
	tenants->many = inlay_many_init(tenants->targets, count);
	tenants->many.each = each;
	tenants->many.prepare_sqlite = prepare;
	tenants->many.context = tenants;
	renew_targets(tenants);
}

static enum inlay_result ensure_all(struct tenants *tenants)
{
	enum inlay_result result;

	tenants->error = inlay_error_init();
	forget(tenants);
	result = ensure_migrated_all_sqlite(&tenants->many, &tenants->set.set, NULL,
	                                    &tenants->error);
	assert_int_equal(result, tenants->error.result);
	tenants->failures[0] = '\0';
	for (size_t i = 0; i < tenants->many.target_count; i++) {
		const struct inlay_target *target = &tenants->targets[i];
		size_t size = strlen(tenants->failures);

		if (target->result != INLAY_OK)
			(void)snprintf(tenants->failures + size, sizeof(tenants->failures) - size,
			               "%s %s\n", strrchr(target->database, '/') + 1,
			               inlay_result_name(target->result));
	}
	return result;
}

static void expect_counts(const struct tenants *tenants, size_t done, size_t skipped, size_t failed,
                          size_t left)
{
	size_t timed_count = 0;

	for (size_t i = 0; i < tenants->many.target_count; i++)
		timed_count += tenants->targets[i].duration_ms >= 0;
	assert_int_equal(timed_count, done - skipped + failed);
	assert_int_equal(tenants->many.done_count, done);
	assert_int_equal(tenants->many.skipped_count, skipped);
	assert_int_equal(tenants->many.failed_count, failed);
	assert_int_equal(tenants->many.left_count, left);
	assert_int_equal(tenants->many.unrecorded_count, 0);
}

static void run(const char *path, const char *sql)
{
	sqlite3 *database;

	assert_int_equal(sqlite3_open(path, &database), SQLITE_OK);
	assert_int_equal(sqlite3_exec(database, sql, NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_close(database), SQLITE_OK);
}

/* Exactly once applied: one run, two rows of tracking. */
static int take_number(void *context, int count, char **values, char **names)
{
	(void)count;
	(void)names;
	*(long *)context = strtol(values[0], NULL, 10);
	return 0;
}

static void expect_applied_once(const char *path)
{
	sqlite3 *database;
	long number = 0;

	assert_int_equal(sqlite3_open(path, &database), SQLITE_OK);
	assert_int_equal(sqlite3_exec(database,
	                              "SELECT (SELECT count(*) FROM runs) * 10"
	                              " + (SELECT count(*) FROM schema_migrations)",
	                              take_number, &number, NULL),
	                 SQLITE_OK);
	assert_int_equal(sqlite3_close(database), SQLITE_OK);
	assert_int_equal(number, 12);
}

/* Five ways to be broken: gone, twice no database, twice with a table that is in the way. */
static void break_five(struct tenants *tenants)
{
	char *inside = format("%s/x", tenants->paths[500]);

	assert_int_equal(unlink(tenants->paths[7]), 0);
	file_write_string(tenants->paths[123], "this is no database, and long enough to be seen so"
	                                       " by whoever looks at the first hundred bytes");
	assert_int_equal(unlink(tenants->paths[500]), 0);
	file_write_string(inside, "in a directory");
	free(inside);
	run(tenants->paths[501], "CREATE TABLE runs (other TEXT)");
	run(tenants->paths[999], "CREATE TABLE notes (other TEXT)");
}

static const char five[] = "0007.db INLAY_UNREACHABLE\n"
                           "0123.db INLAY_UNREACHABLE\n"
                           "0500.db INLAY_UNREACHABLE\n"
                           "0501.db INLAY_FAILED\n"
                           "0999.db INLAY_FAILED\n";

static void mend_five(struct tenants *tenants)
{
	file_write_string(tenants->paths[7], "");
	file_write_string(tenants->paths[123], "");
	directory_remove(tenants->paths[500]);
	file_write_string(tenants->paths[500], "");
	run(tenants->paths[501], "DROP TABLE runs");
	run(tenants->paths[999], "DROP TABLE notes");
}

/* --- The main job --- */

static void thousand_files(struct tenants *tenants)
{
	make_files(tenants, 1000);
	break_five(tenants);
	assert_int_equal(ensure_all(tenants), INLAY_UNREACHABLE);
	assert_string_equal(tenants->failures, five);
	expect_counts(tenants, 995, 0, 5, 0);
	assert_int_equal(tenants->told_count, 1000);
	assert_int_equal(tenants->cached_count, 0);
	/* Two could not be opened, so nobody could prepare them: the missing, the directory. */
	assert_int_equal(tenants->connection_count, 998);
	/* The one where 2_runs fails has 1_notes. */
	assert_int_equal(tenants->error.applied_count, 995 * 2 + 1);
	assert_non_null(strstr(tenants->error.message,
	                       "5 of 1000 databases failed; the first is number 8, "));
	assert_non_null(strstr(tenants->error.message, "/0007.db: the database can not be opened: "
	                                               "there is no such file"));
	assert_false(file_exists(tenants->paths[7]));
}

static void only_what_failed_is_done_again(void **state)
{
	struct tenants *tenants = *state;

	thousand_files(tenants);
	mend_five(tenants);
	assert_int_equal(ensure_all(tenants), INLAY_OK);
	assert_string_equal(tenants->error.message, "");
	assert_int_equal(tenants->connection_count, 5);
	expect_counts(tenants, 1000, 995, 0, 0);
	assert_int_equal(tenants->told_count, 1000);
	assert_int_equal(tenants->cached_count, 995);
	assert_int_equal(tenants->error.applied_count, 9);
	for (size_t i = 0; i < 1000; i++)
		expect_applied_once(tenants->paths[i]);
}

static void another_process_goes_on_by_the_ledger(void **state)
{
	struct tenants *tenants = *state;
	char *ledger = format("%s/ledger", tenants->directory);

	make_files(tenants, 1000);
	tenants->many.ledger = ledger;
	break_five(tenants);
	assert_int_equal(ensure_all(tenants), INLAY_UNREACHABLE);
	expect_counts(tenants, 995, 0, 5, 0);

	renew_targets(tenants); /* As a process that knows nothing. */
	assert_int_equal(ensure_all(tenants), INLAY_UNREACHABLE);
	assert_string_equal(tenants->failures, five);
	expect_counts(tenants, 995, 995, 5, 0);
	assert_int_equal(tenants->connection_count, 3);

	mend_five(tenants);
	renew_targets(tenants);
	assert_int_equal(ensure_all(tenants), INLAY_OK);
	expect_counts(tenants, 1000, 995, 0, 0);
	assert_int_equal(tenants->connection_count, 5);

	renew_targets(tenants);
	assert_int_equal(ensure_all(tenants), INLAY_OK);
	expect_counts(tenants, 1000, 1000, 0, 0);
	assert_int_equal(tenants->connection_count, 0);
	free(ledger);
}

/* --- How many at a time, and how long --- */

static void ends_after_so_many_failures(void **state)
{
	struct tenants *tenants = *state;

	make_files(tenants, 20);
	for (size_t i = 5; i < 15; i++)
		assert_int_equal(unlink(tenants->paths[i]), 0);
	tenants->many.thread_count = 1;
	tenants->many.failure_count_max = 3;
	assert_int_equal(ensure_all(tenants), INLAY_UNREACHABLE);
	expect_counts(tenants, 5, 0, 3, 12);
	assert_int_equal(tenants->told_count, 8);
	for (size_t i = 0; i < 20; i++)
		assert_int_equal(tenants->targets[i].is_done, i < 8);

	/* What is not come to again has no answer any more. */
	for (size_t i = 8; i < 15; i++)
		file_write_string(tenants->paths[i], "");
	tenants->many.failure_count_max = 1;
	assert_int_equal(ensure_all(tenants), INLAY_UNREACHABLE);
	expect_counts(tenants, 5, 5, 1, 14);
	assert_int_equal(tenants->targets[6].is_done, 0);

	/* With more threads those that are under way are ended, and no more begun. */
	renew_targets(tenants);
	tenants->many.thread_count = 4;
	assert_int_equal(ensure_all(tenants), INLAY_UNREACHABLE);
	assert_in_range(tenants->many.failed_count, 1, 4);
	assert_int_equal(tenants->many.done_count + tenants->many.failed_count +
	                         tenants->many.left_count,
	                 20);
}

static void one_thread_is_the_callers(void **state)
{
	struct tenants *tenants = *state;

	make_files(tenants, 5);
	tenants->many.thread_count = 1;
	assert_int_equal(ensure_all(tenants), INLAY_OK);
	assert_int_equal(tenants->thread_count, 1);
	assert_true(pthread_equal(tenants->threads[0], pthread_self()));
}

/* Stacks that nobody has the room for: pthread_create() fails. */
static void does_without_threads(void **state)
{
	struct tenants *tenants = *state;
	pthread_attr_t attributes, before;

	make_files(tenants, 50);
	tenants->many.thread_count = 256;
	assert_int_equal(pthread_getattr_default_np(&before), 0);
	assert_int_equal(pthread_attr_init(&attributes), 0);
	assert_int_equal(pthread_attr_setstacksize(&attributes, (size_t)1 << 50), 0);
	assert_int_equal(pthread_setattr_default_np(&attributes), 0);
	assert_int_equal(ensure_all(tenants), INLAY_OK);
	assert_int_equal(pthread_setattr_default_np(&before), 0);
	expect_counts(tenants, 50, 0, 0, 0);
	assert_int_equal(tenants->thread_count, 1);
	assert_true(pthread_equal(tenants->threads[0], pthread_self()));
	(void)pthread_attr_destroy(&attributes);
	(void)pthread_attr_destroy(&before);
}

/* The same file many times over: then the threads meet, and wait for each other. */
static void one_file_on_many_threads(void **state)
{
	struct tenants *tenants = *state;

	make_files(tenants, 40);
	for (size_t i = 0; i < 40; i++)
		tenants->targets[i].database = tenants->paths[0];
	tenants->many.thread_count = 16;
	assert_int_equal(ensure_all(tenants), INLAY_OK);
	expect_counts(tenants, 40, 0, 0, 0);
	assert_int_equal(tenants->error.applied_count, 2);
	expect_applied_once(tenants->paths[0]);
}

/* --- Opening --- */

static int refuse(void *context, sqlite3 *connection)
{
	(void)context;
	(void)connection;
	return 42;
}

static void a_connection_that_can_not_be_prepared(void **state)
{
	struct tenants *tenants = *state;

	make_files(tenants, 2);
	tenants->many.prepare_sqlite = refuse;
	assert_int_equal(ensure_all(tenants), INLAY_UNREACHABLE);
	expect_counts(tenants, 0, 0, 2, 0);
	assert_non_null(strstr(tenants->error.message, "returned 42"));
}

static void uris(void **state)
{
	struct tenants *tenants = *state;
	char *ledger = format("%s/ledger", tenants->directory);
	char *uris[4];

	make_files(tenants, 4);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(unlink(tenants->paths[i]), 0);
	uris[0] = format("file:%s?mode=rwc", tenants->paths[0]);
	uris[1] = format("file://%s?cache=private&mode=rwc#x", tenants->paths[1]);
	uris[2] = format("file:%s?mode=rw&key=hunter2", tenants->paths[2]);
	uris[3] = format("file:%s/%%30003.db?xmode=rwc", tenants->directory);
	for (size_t i = 0; i < 4; i++)
		tenants->targets[i].database = uris[i];
	tenants->many.ledger = ledger;
	assert_int_equal(ensure_all(tenants), INLAY_UNREACHABLE);
	expect_counts(tenants, 2, 0, 2, 0);
	expect_applied_once(tenants->paths[0]);
	expect_applied_once(tenants->paths[1]);
	assert_false(file_exists(tenants->paths[2]));
	assert_non_null(strstr(tenants->error.message, "/0002.db: "));
	assert_null(strstr(tenants->error.message, "hunter2"));

	/* It is the same file by any name. */
	for (size_t i = 0; i < 4; i++)
		file_write_string(tenants->paths[i], "");
	assert_int_equal(ensure_all(tenants), INLAY_OK);
	renew_targets(tenants);
	assert_int_equal(ensure_all(tenants), INLAY_OK);
	expect_counts(tenants, 4, 4, 0, 0);
	for (size_t i = 0; i < 4; i++)
		free(uris[i]);
	free(ledger);
}

/* What ensure_migrated() makes of a database in memory is not remembered. */
static void memory_is_not_remembered(void **state)
{
	struct tenants *tenants = *state;
	char *ledger = format("%s/ledger", tenants->directory);
	struct bytes content;

	make_files(tenants, 1);
	tenants->targets[0].database = ":memory:";
	tenants->many.ledger = ledger;
	tenants->error = inlay_error_init();
	assert_int_equal(ensure_migrated_all_sqlite(&tenants->many, &tenants->set.set, NULL,
	                                            &tenants->error),
	                 INLAY_OK);
	content = file_read(ledger);
	assert_string_equal(content.start, "inlay ledger 1\n");
	free(content.start);
	free(ledger);
}

/* A full disk; the databases themselves have nothing to write any more. */
static void counts_what_the_ledger_did_not_take(void **state)
{
	struct tenants *tenants = *state;
	char *ledger = format("%s/ledger", tenants->directory);
	struct rlimit before, limit;

	make_files(tenants, 3);
	assert_int_equal(ensure_all(tenants), INLAY_OK);
	renew_targets(tenants);
	tenants->many.ledger = ledger;
	tenants->many.thread_count = 1;
	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	limit = before;
	limit.rlim_cur = 200; /* One line. */
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	assert_int_equal(ensure_all(tenants), INLAY_OK);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	(void)signal(SIGXFSZ, SIG_DFL);
	assert_int_equal(tenants->many.done_count, 3);
	assert_int_equal(tenants->many.unrecorded_count, 2);

	renew_targets(tenants);
	assert_int_equal(ensure_all(tenants), INLAY_OK);
	expect_counts(tenants, 3, 1, 0, 0);
	free(ledger);
}

/* --- Arguments --- */

static void expect_misuse(struct tenants *tenants, const char *words)
{
	tenants->error = inlay_error_init();
	assert_int_equal(ensure_migrated_all_sqlite(&tenants->many, &tenants->set.set, NULL,
	                                            &tenants->error),
	                 INLAY_MISUSE);
	if (strstr(tenants->error.message, words) == NULL)
		fail_msg("%s", tenants->error.message);
	assert_int_equal(tenants->targets[0].is_done, 0);
	make_files(tenants, 3);
}

static void rules(void **state)
{
	struct tenants *tenants = *state;
	struct inlay_options options = inlay_options_init();
	struct inlay_set other = tenants->set.set;

	make_files(tenants, 3);
	tenants->many.thread_count = 0;
	expect_misuse(tenants, "many->thread_count must be 1 to 256");
	tenants->many.thread_count = 257;
	expect_misuse(tenants, "many->thread_count must be 1 to 256");
	tenants->many.size = 8;
	expect_misuse(tenants, "many->size is not set");
	tenants->many.targets = NULL;
	expect_misuse(tenants, "there are no targets");
	tenants->targets[2].size = 0;
	expect_misuse(tenants, "a target's size is not set");
	tenants->targets[1].database = NULL;
	expect_misuse(tenants, "a target has no database");

	assert_int_equal(ensure_migrated_all_sqlite(NULL, &other, NULL, &tenants->error),
	                 INLAY_MISUSE);
	assert_int_equal(ensure_migrated_all_sqlite(&tenants->many, &other, NULL, NULL),
	                 INLAY_MISUSE);
	assert_int_equal(ensure_migrated_all_sqlite(&tenants->many, NULL, NULL, &tenants->error),
	                 INLAY_MISUSE);
	other.abi++;
	assert_int_equal(ensure_migrated_all_sqlite(&tenants->many, &other, NULL, &tenants->error),
	                 INLAY_MISUSE);
	other.abi--;
	options.size = 1;
	assert_int_equal(
	        ensure_migrated_all_sqlite(&tenants->many, &other, &options, &tenants->error),
	        INLAY_MISUSE);
	options = inlay_options_init();
	options.table = NULL;
	assert_int_equal(
	        ensure_migrated_all_sqlite(&tenants->many, &other, &options, &tenants->error),
	        INLAY_MISUSE);
}

/* An older program's options end earlier, and count as far as they go. */
static void older_options(void **state)
{
	struct tenants *tenants = *state;
	struct inlay_options options = inlay_options_init();

	make_files(tenants, 1);
	tenants->error = inlay_error_init();
	options.size = offsetof(struct inlay_options, statement_lock_timeout_ms);
	options.table = "own_migrations";
	options.cache_ttl_ms = 12345;
	assert_int_equal(ensure_migrated_all_sqlite(&tenants->many, &tenants->set.set, &options,
	                                            &tenants->error),
	                 INLAY_OK);
	run(tenants->paths[0], "INSERT INTO own_migrations_log SELECT * FROM own_migrations_log"
	                       " WHERE false");
}

static void none_at_all(void **state)
{
	struct tenants *tenants = *state;

	make_files(tenants, 0);
	assert_int_equal(ensure_all(tenants), INLAY_OK);
	expect_counts(tenants, 0, 0, 0, 0);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(only_what_failed_is_done_again),
		TEST(another_process_goes_on_by_the_ledger),
		TEST(ends_after_so_many_failures),
		TEST(one_thread_is_the_callers),
		TEST(does_without_threads),
		TEST(one_file_on_many_threads),
		TEST(a_connection_that_can_not_be_prepared),
		TEST(uris),
		TEST(memory_is_not_remembered),
		TEST(counts_what_the_ledger_did_not_take),
		TEST(rules),
		TEST(older_options),
		TEST(none_at_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
