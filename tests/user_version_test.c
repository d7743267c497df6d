/* user_version_test.c - SQLite: whose user_version is, and migrations that share a transaction. */
#include "support/database.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/* cmocka.h wants some of those first. */
#include <cmocka.h>

static const struct set_file four[] = {
	{ "1_t.sql", "CREATE TABLE IF NOT EXISTS t (id INTEGER);" },
	{ "2_b.sql", "INSERT INTO t VALUES (2);" },
	{ "3_c.sql", "INSERT INTO t VALUES (3);" },
	{ "4_d.sql", "INSERT INTO t VALUES (4);" },
	SET_END,
};

/* The first `count` of them. */
static const struct set_file *first(int count)
{
	static struct set_file files[5];

	memcpy(files, four, sizeof(four));
	files[count] = (struct set_file)SET_END;
	return files;
}

static long user_version(struct database *database)
{
	return strtol(database_ask(database, "PRAGMA user_version"), NULL, 10);
}

/* The mark of ours is negative, and says by itself that the first `count` are applied. */
static void expect_mark(struct database *database, int count)
{
	assert_true(user_version(database) < 0);
	database_run(database, "ALTER TABLE schema_migrations RENAME TO hidden");
	database_expect_ok(database, first(count), 0);
	database_run(database, "ALTER TABLE hidden RENAME TO schema_migrations");
}

/* --- Whose it is --- */

static void is_ours_in_an_empty_database(void **state)
{
	for (int count = 1; count <= 4; count++) {
		database_expect_ok(*state, first(count), 1);
		expect_mark(*state, count);
	}
}

static void is_not_ours_in_a_database_with_tables(void **state)
{
	struct database *database = *state;

	database_run(database, "CREATE TABLE x (id INTEGER)");
	database_expect_ok(database, first(2), 2);
	assert_int_equal(user_version(database), 0);
	database_expect_ok(database, first(3), 1);
	assert_int_equal(user_version(database), 0);
	/* Until somebody says so; then it is, for all. */
	database->options.user_version = INLAY_USER_VERSION_CLAIM;
	database_expect_ok(database, first(4), 1);
	expect_mark(database, 4);
}

static void is_not_looked_at_when_told_so(void **state)
{
	struct database *database = *state;

	database_expect_ok(database, first(2), 2);
	database_run(database, "DELETE FROM schema_migrations");
	database_expect_ok(database, first(2), 0);
	database->options.user_version = INLAY_USER_VERSION_NEVER;
	database_expect_ok(database, first(2), 2);
	database_clear(database);
	database_expect_ok(database, first(2), 2);
	assert_int_equal(user_version(database), 0);
	database_expect_ok(database, first(2), 0);
}

static void is_the_applications_when_it_counts(void **state)
{
	static const enum inlay_user_version policies[] = {
		INLAY_USER_VERSION_AUTO,
		INLAY_USER_VERSION_CLAIM,
		INLAY_USER_VERSION_NEVER,
	};
	struct database *database = *state;

	for (size_t i = 0; i < 3; i++) {
		database->options.user_version = policies[i];
		database_clear(database);
		database_run(database, "PRAGMA user_version = 7");
		database_expect_ok(database, first(2), 2);
		database_expect_ok(database, first(2), 0);
		assert_int_equal(user_version(database), 7);

		database_clear(database);
		database_expect_ok(database, first(2), 2);
		database_run(database, "PRAGMA user_version = 7");
		database_expect_ok(database, first(2), 0);
		database_expect_ok(database, first(4), 2);
		database_expect_ok(database, first(4), 0);
		assert_int_equal(user_version(database), 7);
	}
}

static void is_a_migrations_when_it_sets_it(void **state)
{
	static const struct set_file files[] = {
		{ "1_t.sql", "CREATE TABLE t (id INTEGER);" },
		{ "2_own.sql", "PRAGMA user_version = 9;" },
		{ "3_c.sql", "INSERT INTO t VALUES (3);" },
		SET_END,
	};
	struct database *database = *state;

	database_expect_ok(database, files, 3);
	assert_int_equal(user_version(database), 9);
	database_expect_ok(database, files, 0);
}

static void comes_back_with_the_rollback(void **state)
{
	static const struct set_file files[] = {
		{ "1_t.sql", "CREATE TABLE IF NOT EXISTS t (id INTEGER);" },
		{ "2_b.sql", "INSERT INTO t VALUES (2);" },
		{ "3_bad.sql", "PRAGMA user_version = 9;\nINSERT INTO nowhere VALUES (3);" },
		SET_END,
	};

	database_expect_result(*state, database_ensure(*state, files), INLAY_FAILED);
	expect_mark(*state, 2);
}

static void does_not_hide_that_the_database_is_ahead(void **state)
{
	struct database *database = *state;

	database_expect_ok(database, four, 4);
	database_expect_ok(database, first(2), 0);
	database->options.refuse_ahead = 1;
	database_expect_result(database, database_ensure(database, first(2)), INLAY_AHEAD);
	database_expect_ok(database, four, 0);
	expect_mark(database, 4);
}

static void is_each_databases_own(void **state)
{
	struct database *database = *state;

	database_run(database, "ATTACH ':memory:' AS other; PRAGMA other.user_version = 5;"
	                       "CREATE TABLE other.t (id INTEGER)");
	database_expect_ok(database, four, 4);
	expect_mark(database, 4);
	database_expect(database, "PRAGMA other.user_version", "5");
	database_expect(database, "SELECT count(*) FROM other.t", "0");
}

/* --- By URI --- */

static void open_uri(struct database *database, const char *mode)
{
	char uri[700];

	assert_int_equal(sqlite3_close(database->sqlite), SQLITE_OK);
	(void)snprintf(uri, sizeof(uri), "file:%s?mode=%s", database->path, mode);
	assert_int_equal(
	        sqlite3_open_v2(uri, &database->sqlite,
	                        SQLITE_OPEN_URI | SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL),
	        SQLITE_OK);
}

static void takes_files_by_uri(void **state)
{
	struct database *database = *state;

	database_run(database, "PRAGMA user_version = 0");
	open_uri(database, "rwc");
	database_expect_ok(database, first(2), 2);
	open_uri(database, "rw");
	database_expect_ok(database, first(3), 1);
	open_uri(database, "ro");
	database_expect_ok(database, first(3), 0);
	database_expect_error(database, four, INLAY_UNREACHABLE,
	                      "migrations are pending and can not be applied: the database is "
	                      "opened read-only (SQLite 8)");
}

/* --- One transaction for many --- */

static int count_commit(void *context)
{
	int *count = context;

	(*count)++;
	return 0;
}

static int count_applied(const char *events)
{
	int count = 0;

	for (; (events = strstr(events, "applied ")) != NULL; events++)
		count++;
	return count;
}

static void commits_as_often_as_told(void **state)
{
	static const char rows[] = "SELECT version, filename, checksum, chain, previous, status"
	                           " FROM schema_migrations ORDER BY version";
	struct database *database = *state;
	char together[2000];
	long mark;
	int count = 0;

	(void)sqlite3_commit_hook(database->sqlite, count_commit, &count);
	database_expect_ok(database, four, 4);
	assert_int_equal(count, 1);
	(void)snprintf(together, sizeof(together), "%s", database_ask(database, rows));
	mark = user_version(database);

	database_clear(database);
	count = 0;
	(void)sqlite3_commit_hook(database->sqlite, count_commit, &count);
	database->options.separate_commits = 1;
	database_expect_ok(database, four, 4);
	assert_int_equal(count, 4);
	database_expect(database, rows, together);
	assert_int_equal(user_version(database), mark);
	assert_string_equal(database->events, "applying 1_t 1/4\napplied 1_t 1/4\n"
	                                      "applying 2_b 2/4\napplied 2_b 2/4\n"
	                                      "applying 3_c 3/4\napplied 3_c 3/4\n"
	                                      "applying 4_d 4/4\napplied 4_d 4/4\n");
}

/* Fails in the second of three; what was reported as applied is applied. */
static void fail_in_the_second(struct database *database, const char *second, const char *message)
{
	struct set_file files[] = {
		{ "1_p.sql", "CREATE TABLE p (id INTEGER PRIMARY KEY);\nINSERT INTO p VALUES (1);\n"
		             "CREATE TABLE c (p INTEGER REFERENCES p (id)"
		             " DEFERRABLE INITIALLY DEFERRED);" },
		{ "2_bad.sql", second },
		{ "3_never.sql", "INSERT INTO p VALUES (3);" },
		SET_END,
	};

	for (uint32_t separate = 0; separate < 2; separate++) {
		database_clear(database);
		database->options.separate_commits = separate;
		database_expect_error(database, files, INLAY_FAILED, message);
		assert_int_equal(database->error.version, 2);
		assert_int_equal(database->error.applied_count, 1);
		assert_int_equal(count_applied(database->events), 1);
		assert_non_null(strstr(database->events, "applied 1_p 1/3\n"));
		assert_non_null(strstr(database->events, "failed 2_bad 2/3\n"));
		database_expect(database, "SELECT version, status FROM schema_migrations",
		                "1|applied");
		database_expect(database, "SELECT id FROM p", "1");
		database_expect(database, "SELECT count(*) FROM c", "0");
	}
}

static void blames_the_second_of_three(void **state)
{
	fail_in_the_second(*state, "INSERT INTO c VALUES (42);\n",
	                   "migrations/2_bad.sql: at COMMIT: row 1 of table c refers to a row of "
	                   "table p that does not exist (1 such rows in all) (SQLite 787); 2_bad "
	                   "is rolled back, 1 earlier migration stays applied");
	fail_in_the_second(*state, "INSERT OR ROLLBACK INTO p VALUES (1);\n",
	                   "migrations/2_bad.sql:1:1: UNIQUE constraint failed: p.id (SQLite "
	                   "1555); 2_bad is rolled back, 1 earlier migration stays applied");
	fail_in_the_second(*state, "DELETE FROM p;\nINSERT INTO p VALUES (5), (5);\n",
	                   "migrations/2_bad.sql:2:1: UNIQUE constraint failed: p.id (SQLite "
	                   "1555); 2_bad is rolled back, 1 earlier migration stays applied");
}

/* "Rolled back" would be a lie. */
static void refuses_to_work_without_a_journal(void **state)
{
	struct database *database = *state;

	database_run(database, "PRAGMA journal_mode = OFF");
	database_expect_error(database, first(2), INLAY_UNREACHABLE,
	                      "migrations are pending and can not be applied: without a journal "
	                      "(journal_mode = OFF) nothing can be rolled back");
	database_expect(database, "SELECT COUNT(*) FROM sqlite_master", "0");
	database_run(database, "PRAGMA journal_mode = DELETE");
	database_expect_ok(database, first(2), 2);
}

/* One of those that share a COMMIT makes it fail: alone each shows what it is. */
static void blames_who_makes_the_commit_fail(void **state)
{
	static const struct set_file files[] = {
		{ "1_a.sql", "CREATE TABLE a (id INTEGER);" },
		{ "2_large.sql", "CREATE TABLE b AS SELECT zeroblob(900000) AS z;" },
		{ "3_c.sql", "CREATE TABLE c (id INTEGER);" },
		SET_END,
	};
	struct database *database = *state;

	database_run(database, "PRAGMA max_page_count = 60");
	database_expect_result(database, database_ensure(database, files), INLAY_FAILED);
	assert_string_equal(database->error.migration, "2_large");
	assert_int_equal(database->error.applied_count, 1);
	assert_non_null(strstr(database->error.message, "1 earlier migration stays applied"));
	database_expect(database, "SELECT version FROM schema_migrations", "1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DATABASE_TEST_FILE(is_ours_in_an_empty_database),
		DATABASE_TEST_FILE(is_not_ours_in_a_database_with_tables),
		DATABASE_TEST_FILE(is_not_looked_at_when_told_so),
		DATABASE_TEST_FILE(is_the_applications_when_it_counts),
		DATABASE_TEST_FILE(is_a_migrations_when_it_sets_it),
		DATABASE_TEST_FILE(comes_back_with_the_rollback),
		DATABASE_TEST_FILE(does_not_hide_that_the_database_is_ahead),
		DATABASE_TEST_FILE(is_each_databases_own),
		DATABASE_TEST_FILE(takes_files_by_uri),
		DATABASE_TEST_FILE(commits_as_often_as_told),
		DATABASE_TEST_FILE(blames_the_second_of_three),
		DATABASE_TEST_FILE(refuses_to_work_without_a_journal),
		DATABASE_TEST_FILE(blames_who_makes_the_commit_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
