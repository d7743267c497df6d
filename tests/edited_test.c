/* edited_test.c - tracking tables that somebody has edited by hand, on both databases. */
#include "support/database.h"
#include "support/postgres_server.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/* cmocka.h wants some of those first. */
#include <cmocka.h>

static const struct set_file two[] = {
	{ "1_t.sql", "CREATE TABLE t (id INTEGER PRIMARY KEY);" },
	{ "2_more.sql", "INSERT INTO t VALUES (1);" },
	SET_END,
};
static const struct set_file three[] = {
	{ "1_t.sql", "CREATE TABLE t (id INTEGER PRIMARY KEY);" },
	{ "2_more.sql", "INSERT INTO t VALUES (1);" },
	{ "3_new.sql", "INSERT INTO t VALUES (3);" },
	SET_END,
};

static const char clean_up[] = "DROP TABLE IF EXISTS schema_migrations;"
                               "DROP TABLE IF EXISTS schema_migrations_log;"
                               "DROP TABLE IF EXISTS schema_migrations_state;"
                               "DROP TABLE IF EXISTS t";

/* Whatever the table says: a result, an idle connection, and no crash. */
static void survives_a_table_edited_by_hand(void **state)
{
	static const char *const edits[] = {
		"UPDATE schema_migrations SET checksum = ''",
		"UPDATE schema_migrations SET checksum = '\xF0\x9F\x90\x98'",
		"UPDATE schema_migrations SET chain = repeat('x', 1000000)",
		"UPDATE schema_migrations SET version = -9223372036854775808 WHERE version = 1",
		"UPDATE schema_migrations SET version = 9223372036854775807 WHERE version = 2",
		"UPDATE schema_migrations SET progress = 0, status = 'x'",
		"UPDATE schema_migrations SET progress = -5, status = 'failed'",
		"UPDATE schema_migrations SET progress = 2147483647, status = 'failed'",
		"UPDATE schema_migrations SET progress = 2147483647, status = 'alone'",
		"UPDATE schema_migrations SET progress = -2147483648, status = 'alone'",
		"UPDATE schema_migrations SET progress = 1, status = 'failed', up = 'inlay'",
		"UPDATE schema_migrations SET progress = 1, up = 'inlay-script 1 0 1 |999999999:x'",
		"UPDATE schema_migrations SET progress = 1, status = 'failed', attempt = -7",
		"UPDATE schema_migrations SET progress = 1, status = 'running', backend = 'x y z'",
		"UPDATE schema_migrations SET progress = 1, status = 'alone', backend = NULL",
		"UPDATE schema_migrations SET filename = '%s%n', applied_at = 'infinity'",
		"UPDATE schema_migrations SET applied_at = '4713-01-01 BC', duration_ms = -1",
		"UPDATE schema_migrations SET progress = 1, actor = NULL, inlay_version = NULL",
		"DELETE FROM schema_migrations WHERE version = 1",
		"DELETE FROM schema_migrations",
		"DROP TABLE schema_migrations",
		"DROP TABLE schema_migrations_log",
		"DROP TABLE schema_migrations_state",
		"DROP TABLE schema_migrations_log, schema_migrations_state",
		"ALTER TABLE schema_migrations DROP COLUMN up",
		"ALTER TABLE schema_migrations ALTER COLUMN version TYPE text",
		"ALTER TABLE schema_migrations_log DROP COLUMN message",
		"ALTER TABLE schema_migrations_state DROP COLUMN format",
		"UPDATE schema_migrations SET previous = '' || version, chain = '' || version",
	};
	struct database *database = *state;

	database->options.lock_timeout_ms = 1;
	for (size_t i = 0; i < sizeof(edits) / sizeof(edits[0]); i++) {
		database_expect_ok(database, two, 2);
		database_run(database, edits[i]);
		(void)database_ensure(database, two);
		(void)database_ensure(database, three);
		(void)database_ask(database, "SELECT 1");
		database_run(database, clean_up);
	}
}

static void makes_again_what_was_dropped(void **state)
{
	struct database *database = *state;

	database_expect_ok(database, two, 2);
	database_run(database, "DROP TABLE schema_migrations_log");
	database_expect_ok(database, two, 0);
	database_run(database, "DROP TABLE schema_migrations_state");
	database_expect_ok(database, three, 1);
	database_expect(database, "SELECT version, action FROM schema_migrations_log", "3|applied");
	database_expect(database, "SELECT id, format FROM schema_migrations_state", "1|1");
}

/* As somebody leaves it who dies between making the table and filling it. */
static void fills_a_state_without_its_row(void **state)
{
	struct database *database = *state;

	database_expect_ok(database, two, 2);
	database_run(database, "DELETE FROM schema_migrations_state");
	database->options.lock_timeout_ms = 2000;
	database_expect_ok(database, three, 1);
	database_expect(database, "SELECT id, format FROM schema_migrations_state", "1|1");
}

static void refuses_a_later_format(void **state)
{
	struct database *database = *state;
	char expected[300];

	database_expect_ok(database, two, 2);
	database_run(database, "UPDATE schema_migrations_state SET format = 2");
	(void)snprintf(expected, sizeof(expected),
	               "\"%s\".\"schema_migrations\" is in format 2, written by a later inlay; "
	               "this one knows format 1; nothing was changed: link this program with that "
	               "release",
	               database_either(database, "main", "public"));
	database_expect_error(database, three, INLAY_FOREIGN, expected);
	assert_string_equal(database->events, "");
	database_expect(database, "SELECT id FROM t", "1");
	database_expect(database, "SELECT version FROM schema_migrations ORDER BY 1", "1\n2");
	database_expect(database, "SELECT count(*) FROM schema_migrations_log", "2");
	database_expect(database, "SELECT id, format FROM schema_migrations_state", "1|2");
}

static void expect_refused(struct database *database, const char *sql)
{
	PGresult *result;

	if (database->dialect == INLAY_DIALECT_SQLITE) {
		assert_int_equal(sqlite3_exec(database->sqlite, sql, NULL, NULL, NULL),
		                 SQLITE_CONSTRAINT);
		return;
	}
	result = PQexec(database->postgres, sql);
	assert_int_equal(PQresultStatus(result), PGRES_FATAL_ERROR);
	assert_memory_equal(PQresultErrorField(result, PG_DIAG_SQLSTATE), "235", 3);
	PQclear(result);
}

static void has_one_state(void **state)
{
	struct database *database = *state;

	database_expect_ok(database, two, 2);
	expect_refused(database, "INSERT INTO schema_migrations_state (id, format) VALUES (1, 1)");
	expect_refused(database, "INSERT INTO schema_migrations_state (id, format) VALUES (2, 1)");
	expect_refused(database,
	               "INSERT INTO schema_migrations_state (id, format) VALUES (NULL, 1)");
	database_expect(database, "SELECT id, format FROM schema_migrations_state", "1|1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DATABASE_TEST_GATES(survives_a_table_edited_by_hand),
		DATABASE_TEST_BOTH(makes_again_what_was_dropped),
		DATABASE_TEST_BOTH(fills_a_state_without_its_row),
		DATABASE_TEST_BOTH(refuses_a_later_format),
		DATABASE_TEST_BOTH(has_one_state),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
