/* ledger_test.c - what a ledger remembers, what it does not, and what a crash may do to it. */
#define _XOPEN_SOURCE 700

#include "../runtime/format.h"
#include "../runtime/ledger.h"
#include "support/files.h"
#include "support/set.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
/* cmocka.h wants some of those first. */
#include <cmocka.h>

#define HEADER "inlay ledger 1\n"

struct fixture {
	char *directory;
	char *path;
	struct compiled_set one;
	struct compiled_set two;
	struct compiled_set three;
	struct image_view view; /* Of `one`. */
	struct image_view later;
	struct image_view repeatable;
	char problem[LEDGER_PROBLEM_SIZE_MAX];
};

static int setup(void **state)
{
	static const struct set_file one[] = { { "1_a.sql", "CREATE TABLE a (id INTEGER);" },
		                               SET_END };
	static const struct set_file two[] = { { "1_a.sql", "CREATE TABLE a (id INTEGER);" },
		                               { "2_b.sql", "CREATE TABLE b (id INTEGER);" },
		                               SET_END };
	static const struct set_file three[] = { { "1_a.sql", "CREATE TABLE a (id INTEGER);" },
		                                 { "R__v.sql", "CREATE VIEW v AS SELECT 1;" },
		                                 SET_END };
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	assert_non_null(fixture);
	fixture->directory = directory_make();
	fixture->path = format("%s/ledger", fixture->directory);
	fixture->one = set_compile(one, INLAY_DIALECT_SQLITE);
	fixture->two = set_compile(two, INLAY_DIALECT_SQLITE);
	assert_null(image_check_header(fixture->one.image, fixture->one.set.image->size,
	                               INLAY_DIALECT_SQLITE, &fixture->view));
	assert_null(image_check_header(fixture->two.image, fixture->two.set.image->size,
	                               INLAY_DIALECT_SQLITE, &fixture->later));
	fixture->three = set_compile(three, INLAY_DIALECT_SQLITE);
	assert_null(image_check_header(fixture->three.image, fixture->three.set.image->size,
	                               INLAY_DIALECT_SQLITE, &fixture->repeatable));
	*state = fixture;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *fixture = *state;

	set_destroy(&fixture->one);
	set_destroy(&fixture->two);
	set_destroy(&fixture->three);
	directory_remove(fixture->directory);
	free(fixture->directory);
	free(fixture->path);
	free(fixture);
	return 0;
}

static struct ledger *open_ledger(struct fixture *fixture)
{
	struct ledger *ledger =
	        ledger_open(fixture->path, &fixture->view, "schema_migrations", fixture->problem);

	if (ledger == NULL)
		fail_msg("%s", fixture->problem);
	return ledger;
}

static void add(struct fixture *fixture, const char *schema, const char *database)
{
	struct ledger *ledger = open_ledger(fixture);

	assert_true(ledger_add(ledger, schema, database));
	ledger_close(ledger);
}

static bool has(struct fixture *fixture, const char *schema, const char *database)
{
	struct ledger *ledger = open_ledger(fixture);
	bool found = ledger_has(ledger, schema, database);

	ledger_close(ledger);
	return found;
}

/* Cuts the file off after `size` bytes. */
static void cut(struct fixture *fixture, size_t size)
{
	assert_int_equal(truncate(fixture->path, (off_t)size), 0);
}

static void remembers(void **state)
{
	static const char *const names[] = { "/a.db", "/a",    "/b\tdone\n/c",
		                             "/ä ö",  "\\x09", "host='a b' dbname=\\\\",
		                             "" };
	struct fixture *fixture = *state;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		assert_false(has(fixture, "", names[i]));
		assert_false(has(fixture, "s\t1", names[i]));
		add(fixture, "", names[i]);
		add(fixture, "s\t1", names[i]);
	}
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		assert_true(has(fixture, "", names[i]));
		assert_true(has(fixture, "s\t1", names[i]));
	}
	assert_false(has(fixture, "", "/c"));
	assert_false(has(fixture, "", "/b"));
}

static void is_text(void **state)
{
	struct fixture *fixture = *state;
	struct bytes content;
	char digest[FORMAT_DIGEST_SIZE];
	char *expected;

	add(fixture, "tenant 7", "/data/7.db");
	content = file_read(fixture->path);
	format_digest(digest, &fixture->view.migrations[0].chain);
	expected = format(HEADER "%s\t-\tschema_migrations\ttenant 7\t/data/7.db\tdone\n", digest);
	assert_string_equal(content.start, expected);
	free(expected);
	free(content.start);
}

/* Is "/a.db" done as the ledger says to this set and table?  Notes "/b.db" there. */
static bool other_has(struct fixture *fixture, const struct image_view *view, const char *table)
{
	struct ledger *ledger = ledger_open(fixture->path, view, table, fixture->problem);
	bool found;

	assert_non_null(ledger);
	found = ledger_has(ledger, "", "/a.db");
	assert_true(ledger_add(ledger, "", "/b.db"));
	ledger_close(ledger);
	return found;
}

static void another_set_or_table_is_another_matter(void **state)
{
	struct fixture *fixture = *state;

	add(fixture, "", "/a.db");
	assert_false(other_has(fixture, &fixture->later, "schema_migrations"));
	assert_false(other_has(fixture, &fixture->repeatable, "schema_migrations"));
	assert_false(other_has(fixture, &fixture->view, "own_migrations"));
	assert_true(has(fixture, "", "/a.db"));
	assert_false(has(fixture, "", "/b.db"));
}

/* Whatever is left of a line by a crash is not a line, and above all not another database's. */
static void a_torn_line_is_none(void **state)
{
	struct fixture *fixture = *state;
	struct bytes whole;
	size_t line_start;

	add(fixture, "", "/first");
	whole = file_read(fixture->path);
	line_start = whole.size;
	free(whole.start);
	add(fixture, "", "/tenants/12");
	whole = file_read(fixture->path);
	for (size_t size = line_start; size < whole.size; size++) {
		file_write(fixture->path, whole.start, size);
		assert_true(has(fixture, "", "/first"));
		assert_false(has(fixture, "", "/tenants/12"));
		add(fixture, "", "/later");
		add(fixture, "", "/last");
		assert_true(has(fixture, "", "/first"));
		assert_false(has(fixture, "", "/tenants/1"));
		assert_false(has(fixture, "", "/tenants/"));
		/* All that is missing may be the line end, which is then written. */
		assert_int_equal(has(fixture, "", "/tenants/12"), size == whole.size - 1);
		assert_true(has(fixture, "", "/later"));
		assert_true(has(fixture, "", "/last"));
	}
	free(whole.start);
}

/* Somebody else's line, glued to what was torn, counts for nothing either. */
static void two_lines_in_one_are_none(void **state)
{
	struct fixture *fixture = *state;
	struct bytes whole;
	struct ledger *ledger;

	add(fixture, "", "/first");
	ledger = open_ledger(fixture);
	whole = file_read(fixture->path);
	cut(fixture, whole.size - 8); /* "...first\tdone\n" is "...firs" */
	assert_true(ledger_add(ledger, "", "/second"));
	ledger_close(ledger);
	assert_false(has(fixture, "", "/first"));
	assert_false(has(fixture, "", "/firs"));
	assert_false(has(fixture, "", "/second"));
	free(whole.start);
}

static void a_torn_first_line_is_completed(void **state)
{
	struct fixture *fixture = *state;

	for (size_t size = 0; size < strlen(HEADER); size++) {
		struct bytes content;

		file_write(fixture->path, HEADER, size);
		assert_false(has(fixture, "", "/a"));
		content = file_read(fixture->path);
		assert_string_equal(content.start, HEADER);
		free(content.start);
	}
}

static void expect_refused(struct fixture *fixture, const char *words)
{
	fixture->problem[0] = '\0';
	assert_null(
	        ledger_open(fixture->path, &fixture->view, "schema_migrations", fixture->problem));
	if (strstr(fixture->problem, words) == NULL ||
	    strstr(fixture->problem, fixture->path) == NULL)
		fail_msg("%s", fixture->problem);
}

static void other_files_are_refused_as_they_are(void **state)
{
	static const char *const contents[] = { "# notes\n", "inlay ledger 2\n", "x", "\n" };
	struct fixture *fixture = *state;

	for (size_t i = 0; i < sizeof(contents) / sizeof(contents[0]); i++) {
		struct bytes content;

		file_write_string(fixture->path, contents[i]);
		expect_refused(fixture, "it is no ledger");
		content = file_read(fixture->path);
		assert_string_equal(content.start, contents[i]);
		free(content.start);
	}
	assert_int_equal(unlink(fixture->path), 0);
	assert_int_equal(mkdir(fixture->path, 0700), 0);
	expect_refused(fixture, "directory");
	assert_int_equal(rmdir(fixture->path), 0);
	assert_int_equal(mkfifo(fixture->path, 0600), 0);
	expect_refused(fixture, "it is no file");
	free(fixture->path);
	fixture->path = format("%s/none/ledger", fixture->directory);
	expect_refused(fixture, "No such file");
}

/* A full disk: what was written of a line is ended by the next one that fits. */
static void says_when_it_can_not_write(void **state)
{
	struct fixture *fixture = *state;
	struct ledger *ledger = open_ledger(fixture);
	struct rlimit before, limit;

	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	limit = before;
	limit.rlim_cur = strlen(HEADER) + 90; /* In the middle of the line. */
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	assert_false(ledger_add(ledger, "", "/a"));
	assert_false(ledger_add(ledger, "", "/b"));
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	(void)signal(SIGXFSZ, SIG_DFL);
	assert_true(ledger_add(ledger, "", "/c"));
	ledger_close(ledger);
	assert_false(has(fixture, "", "/a"));
	assert_false(has(fixture, "", "/b"));
	assert_true(has(fixture, "", "/c"));
}

static void write_many(struct fixture *fixture, int process)
{
	struct ledger *ledger =
	        ledger_open(fixture->path, &fixture->view, "schema_migrations", fixture->problem);
	char name[100];

	for (int i = 0; i < 300; i++) {
		(void)snprintf(name, sizeof(name), "/data/%d/%d", process, i);
		if (ledger == NULL || !ledger_add(ledger, "", name))
			_exit(1);
	}
	_exit(0);
}

static void many_processes_write_at_once(void **state)
{
	struct fixture *fixture = *state;
	struct ledger *ledger;
	char name[100];
	int status;

	for (int process = 0; process < 8; process++)
		if (fork() == 0)
			write_many(fixture, process);
	for (int process = 0; process < 8; process++) {
		assert_true(wait(&status) > 0);
		assert_int_equal(status, 0);
	}
	ledger = open_ledger(fixture);
	for (int i = 0; i < 8 * 300; i++) {
		(void)snprintf(name, sizeof(name), "/data/%d/%d", i % 8, i / 8);
		assert_true(ledger_has(ledger, "", name));
	}
	ledger_close(ledger);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(remembers),
		TEST(is_text),
		TEST(another_set_or_table_is_another_matter),
		TEST(a_torn_line_is_none),
		TEST(two_lines_in_one_are_none),
		TEST(a_torn_first_line_is_completed),
		TEST(other_files_are_refused_as_they_are),
		TEST(says_when_it_can_not_write),
		TEST(many_processes_write_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
