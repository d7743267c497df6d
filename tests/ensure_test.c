/* ensure_test.c - what ensure_migrated() promises, on both real databases from one table. */
#include "support/database.h"

#include <setjmp.h>
#include <stdio.h>
#include <string.h>
/* cmocka.h wants some of those first. */
#include <cmocka.h>

static const struct set_file one_to_two[] = {
	{ "001_create_accounts.sql", "CREATE TABLE accounts (id INTEGER PRIMARY KEY, name TEXT);\n"
	                             "INSERT INTO accounts VALUES (1, 'ann');\n" },
	{ "002_add_email.sql", "ALTER TABLE accounts ADD COLUMN email TEXT;\n" },
	SET_END,
};

static const struct set_file one_to_four[] = {
	{ "001_create_accounts.sql", "CREATE TABLE accounts (id INTEGER PRIMARY KEY, name TEXT);\n"
	                             "INSERT INTO accounts VALUES (1, 'ann');\n" },
	{ "002_add_email.sql", "ALTER TABLE accounts ADD COLUMN email TEXT;\n" },
	{ "003_fill_email.sql", "UPDATE accounts SET email = name || '@example.com';\n" },
	{ "010_count.sql", "CREATE TABLE counts (number INTEGER);\n"
	                   "INSERT INTO counts VALUES (7);\n" },
	SET_END,
};

static const char applied_versions[] =
        "SELECT version FROM schema_migrations WHERE progress IS NULL ORDER BY version";

/* --- The main job --- */

static void applies_to_a_fresh_database(void **state)
{
	struct database *database = *state;

	database_expect_ok(database, one_to_two, 2);
	/* On SQLite both are in one transaction. */
	assert_string_equal(database->events, database_either(database,
	                                                      "applying 001_create_accounts 1/2\n"
	                                                      "applying 002_add_email 2/2\n"
	                                                      "applied 001_create_accounts 1/2\n"
	                                                      "applied 002_add_email 2/2\n",
	                                                      "applying 001_create_accounts 1/2\n"
	                                                      "applied 001_create_accounts 1/2\n"
	                                                      "applying 002_add_email 2/2\n"
	                                                      "applied 002_add_email 2/2\n"));
	database_expect(database, "SELECT id, name, email FROM accounts", "1|ann|NULL");
	database_expect(
	        database,
	        "SELECT version, filename, LENGTH(checksum), LENGTH(source_checksum),"
	        " LENGTH(chain), status, progress, attempt, floor, inlay_version, up, down"
	        " FROM schema_migrations ORDER BY version",
	        "1|001_create_accounts.sql|64|64|64|applied|NULL|1|0|" INLAY_VERSION "|NULL|NULL\n"
	        "2|002_add_email.sql|64|64|64|applied|NULL|1|0|" INLAY_VERSION "|NULL|NULL");
	database_expect(database,
	                "SELECT COUNT(*) FROM schema_migrations a, schema_migrations b"
	                " WHERE b.version = 2 AND a.version = 1 AND b.previous = a.chain"
	                " AND a.previous = '' AND a.duration_ms >= 0 AND a.actor LIKE '%process%'",
	                "1");
	assert_string_equal(database_history(database), "1 001_create_accounts.sql applied \n"
	                                                "2 002_add_email.sql applied \n");
}

static void records_the_time_of_applying(void **state)
{
	struct database *database = *state;

	database_expect_ok(database, one_to_two, 2);
	database_expect(
	        database,
	        database_either(
	                database,
	                "SELECT COUNT(*) FROM schema_migrations, schema_migrations_log"
	                " WHERE ABS(strftime('%s', 'now') - strftime('%s', applied_at)) < 60"
	                " AND ABS(strftime('%s', 'now') - strftime('%s', happened_at)) < 60",
	                "SELECT COUNT(*) FROM schema_migrations, schema_migrations_log"
	                " WHERE now() - applied_at < interval '60 s' AND applied_at <= now()"
	                " AND now() - happened_at < interval '60 s' AND happened_at <= now()"),
	        "4");
}

static void writes_nothing_the_second_time(void **state)
{
	struct database *database = *state;
	char before[200];

	database_expect_ok(database, one_to_two, 2);
	database_reconnect(database);
	(void)snprintf(before, sizeof(before), "%s",
	               database_ask(database, database_either(database, "SELECT total_changes()",
	                                                      "SELECT txid_current_snapshot()")));
	database_expect_ok(database, one_to_two, 0);
	database_expect_ok(database, one_to_two, 0);
	assert_string_equal(database->events, "");
	database_expect(database,
	                database_either(database, "SELECT total_changes()",
	                                "SELECT txid_current_snapshot()"),
	                before);
}

static void applies_only_what_is_new(void **state)
{
	struct database *database = *state;

	database_expect_ok(database, one_to_two, 2);
	database_expect_ok(database, one_to_four, 2);
	assert_string_equal(
	        database->events,
	        database_either(database,
	                        "applying 003_fill_email 1/2\napplying 010_count 2/2\n"
	                        "applied 003_fill_email 1/2\napplied 010_count 2/2\n",
	                        "applying 003_fill_email 1/2\napplied 003_fill_email 1/2\n"
	                        "applying 010_count 2/2\napplied 010_count 2/2\n"));
	database_expect(database, "SELECT email, number FROM accounts, counts",
	                "ann@example.com|7");
}

static void records_a_migration_without_statements(void **state)
{
	static const struct set_file files[] = {
		{ "1_nothing.sql", "-- To be written.\n" },
		{ "2_something.sql", "CREATE TABLE something (id INTEGER);" },
		SET_END,
	};
	struct database *database = *state;

	database_expect_ok(database, files, 2);
	database_expect(database, applied_versions, "1\n2");
}

static void applies_every_kind_of_text(void **state)
{
	static const struct set_file files[] = {
		{ "1_crlf.sql", "\xEF\xBB\xBF-- a comment; with a semicolon\r\n"
		                "CREATE TABLE t (\r\n  a TEXT,\r\n  b TEXT\r\n);\r\n"
		                "INSERT INTO t VALUES ('x;y',\r\n 'it''s');\r\n" },
		{ "2_comments.sql", "/* one; two */ INSERT INTO t /* ; */ VALUES -- ;\n"
		                    "('caf\xC3\xA9', '--;')" },
		SET_END,
	};
	struct database *database = *state;

	database_expect_ok(database, files, 2);
	database_expect(database, "SELECT a, b FROM t ORDER BY b", "caf\xC3\xA9|--;\nx;y|it's");
}

static void records_the_down_script(void **state)
{
	static const struct set_file files[] = {
		{ "1_t.sql", "-- migrate:up\nCREATE TABLE t (id INTEGER);\n"
		             "-- migrate:down\nDELETE FROM t;\n  DROP TABLE t;\n" },
		SET_END,
	};
	struct database *database = *state;

	database_expect_ok(database, files, 1);
	database_expect(database,
	                "SELECT SUBSTR(down, 1, 19), SUBSTR(down, 85) FROM schema_migrations",
	                "inlay-script 1 0 2 |18:migrations/1_t.sql\n"
	                "4 1 0 13:DELETE FROM t\n"
	                "5 3 0 12:DROP TABLE t\n");
}

static void reports_status(void **state)
{
	static const struct set_file others[] = {
		{ "001_create_accounts.sql",
		  "CREATE TABLE accounts (id INTEGER PRIMARY KEY, name TEXT);\n"
		  "INSERT INTO accounts VALUES (1, 'bob');\n" },
		{ "003_fill_email.sql", "UPDATE accounts SET email = name || '@example.com';\n" },
		{ "004_late.sql", "SELECT 1;\n" },
		SET_END,
	};
	static const struct set_file shorter[] = {
		{ "001_create_accounts.sql", "SELECT 1;\n" },
		SET_END,
	};
	struct database *database = *state;

	assert_string_equal(database_status(database, one_to_two),
	                    "1 001_create_accounts.sql pending -\n"
	                    "2 002_add_email.sql pending -\n");
	assert_string_equal(database_history(database), "");
	database_expect_ok(database, one_to_four, 4);
	assert_string_equal(database_status(database, one_to_two),
	                    "1 001_create_accounts.sql applied\n"
	                    "2 002_add_email.sql applied\n"
	                    "3 003_fill_email.sql ahead\n"
	                    "10 010_count.sql ahead\n");
	assert_string_equal(database_status(database, others), "1 001_create_accounts.sql edited\n"
	                                                       "2 002_add_email.sql missing\n"
	                                                       "3 003_fill_email.sql applied\n"
	                                                       "4 004_late.sql late -\n"
	                                                       "10 010_count.sql ahead\n");
	assert_string_equal(database_status(database, shorter), "1 001_create_accounts.sql edited\n"
	                                                        "2 002_add_email.sql ahead\n"
	                                                        "3 003_fill_email.sql ahead\n"
	                                                        "10 010_count.sql ahead\n");
}

/* --- Failures --- */

static void stops_at_a_syntax_error_and_goes_on_when_it_is_mended(void **state)
{
	static const struct set_file broken[] = {
		{ "001_a.sql", "CREATE TABLE a (id INTEGER);" },
		{ "002_b.sql", "CREATE TABLE b (id INTEGER);" },
		{ "003_c.sql", "CREATE TABLE c (id INTEGER);\n\n"
		               "  INSERT INTO c\n    VALUES ('\xC3\xA9') FOO BAR;\n" },
		{ "004_d.sql", "CREATE TABLE d (id INTEGER);" },
		SET_END,
	};
	static const struct set_file mended[] = {
		{ "001_a.sql", "CREATE TABLE a (id INTEGER);" },
		{ "002_b.sql", "CREATE TABLE b (id INTEGER);" },
		{ "003_c.sql", "CREATE TABLE c (id INTEGER);\n" },
		{ "004_d.sql", "CREATE TABLE d (id INTEGER);" },
		SET_END,
	};
	struct database *database = *state;

	database_expect_error(
	        database, broken, INLAY_FAILED,
	        database_either(database,
	                        "migrations/003_c.sql:4:18: near \"FOO\": syntax error (SQLite 1); "
	                        "003_c is rolled back, 2 earlier migrations stay applied",
	                        "migrations/003_c.sql:4:18: syntax error at or near \"FOO\" "
	                        "(SQLSTATE 42601); 003_c is rolled back, 2 earlier migrations stay "
	                        "applied"));
	assert_int_equal(database->error.applied_count, 2);
	assert_int_equal(database->error.version, 3);
	assert_int_equal(database->error.statement, 2);
	assert_int_equal(database->error.line, 4);
	assert_int_equal(database->error.column, 18);
	assert_string_equal(database->error.sqlstate, database_either(database, "", "42601"));
	assert_int_equal(database->error.code, database->dialect == INLAY_DIALECT_SQLITE);
	assert_string_equal(database->error.migration, "003_c");
	assert_string_equal(database->error.file, "migrations/003_c.sql");
	assert_string_equal(
	        database->events,
	        database_either(database,
	                        "applying 001_a 1/4\napplying 002_b 2/4\napplying 003_c 3/4\n"
	                        "applied 001_a 1/4\napplied 002_b 2/4\nfailed 003_c 3/4\n",
	                        "applying 001_a 1/4\napplied 001_a 1/4\napplying 002_b 2/4\n"
	                        "applied 002_b 2/4\napplying 003_c 3/4\nfailed 003_c 3/4\n"));
	database_expect(database, applied_versions, "1\n2");
	database_expect(database, "SELECT version FROM schema_migrations", "1\n2");
	database_expect(database,
	                database_either(database,
	                                "SELECT name FROM sqlite_master WHERE name IN ('c', 'd')",
	                                "SELECT relname FROM pg_class WHERE relname IN ('c', 'd')"),
	                "");

	database_expect_ok(database, mended, 2);
	database_expect(database, applied_versions, "1\n2\n3\n4");
	database_expect(database, "SELECT version, action FROM schema_migrations_log ORDER BY 1, 2",
	                "1|applied\n2|applied\n3|applied\n3|failed\n4|applied");
}

static void rolls_back_a_migration_whole(void **state)
{
	static const struct set_file files[] = {
		{ "1_t.sql",
		  "CREATE TABLE t (id INTEGER PRIMARY KEY);\nINSERT INTO t VALUES (1);" },
		{ "2_more.sql", "INSERT INTO t VALUES (2);\nDROP TABLE t;\n"
		                "CREATE TABLE t (id INTEGER PRIMARY KEY);\n"
		                "INSERT INTO t VALUES (3);\n\tINSERT INTO t VALUES (3);\n" },
		SET_END,
	};
	struct database *database = *state;

	database_expect_error(
	        database, files, INLAY_FAILED,
	        database_either(
	                database,
	                "migrations/2_more.sql:5:2: UNIQUE constraint failed: t.id (SQLite "
	                "1555); 2_more is rolled back, 1 earlier migration stays applied",
	                "migrations/2_more.sql:5:2: duplicate key value violates unique "
	                "constraint \"t_pkey\"; detail: Key (id)=(3) already exists. "
	                "(SQLSTATE 23505); 2_more is rolled back, 1 earlier migration stays "
	                "applied"));
	database_expect(database, "SELECT id FROM t", "1");
	database_expect(database, applied_versions, "1");
}

/* The gate's row has to be there before anything else: its table is committed first, and with it
 * the other two.  Three tables, four indexes, a sequence. */
static const char gate_relations[] = "8";

static void leaves_nothing_behind_when_the_first_migration_fails(void **state)
{
	static const struct set_file files[] = {
		{ "1_t.sql", "CREATE TABLE t (id INTEGER);\nSELECT * FROM nowhere;" },
		SET_END,
	};
	struct database *database = *state;

	database_expect_error(
	        database, files, INLAY_FAILED,
	        database_either(database,
	                        "migrations/1_t.sql:2:1: no such table: nowhere (SQLite 1); 1_t is "
	                        "rolled back, no migration is applied",
	                        "migrations/1_t.sql:2:15: relation \"nowhere\" does not exist "
	                        "(SQLSTATE 42P01); 1_t is rolled back, no migration is applied"));
	database_expect(database,
	                database_either(database, "SELECT COUNT(*) FROM sqlite_master",
	                                "SELECT COUNT(*) FROM pg_class"
	                                " WHERE relnamespace = 'public'::regnamespace"),
	                database_by_gate(database, "0", gate_relations));
	if (database_has_row_gate(database))
		database_expect(database,
		                "SELECT (SELECT COUNT(*) FROM schema_migrations), COUNT(*),"
		                " COUNT(to_regclass('t')) FROM schema_migrations_state",
		                "0|1|0");
}

static void notices_a_constraint_that_fails_at_commit(void **state)
{
	static const struct set_file files[] = {
		{ "1_t.sql", "CREATE TABLE p (id INTEGER PRIMARY KEY);\n"
		             "CREATE TABLE c (p INTEGER REFERENCES p (id)"
		             " DEFERRABLE INITIALLY DEFERRED);" },
		{ "2_bad.sql", "INSERT INTO c VALUES (42);" },
		{ "3_never.sql", "CREATE TABLE never (id INTEGER);" },
		SET_END,
	};
	struct database *database = *state;

	database_expect_error(
	        database, files, INLAY_FAILED,
	        database_either(
	                database,
	                "migrations/2_bad.sql: at COMMIT: row 1 of table c refers to a row of "
	                "table "
	                "p that does not exist (1 such rows in all) (SQLite 787); 2_bad is rolled "
	                "back, 1 earlier migration stays applied",
	                "migrations/2_bad.sql: at COMMIT: insert or update on table \"c\" "
	                "violates foreign key constraint \"c_p_fkey\"; detail: Key (p)=(42) is "
	                "not present in table \"p\". (SQLSTATE 23503); 2_bad is rolled back, 1 "
	                "earlier migration stays applied"));
	assert_int_equal(database->error.applied_count, 1);
	database_expect(database, "SELECT COUNT(*) FROM c", "0");
	database_expect(database, applied_versions, "1");
}

static void tells_of_a_statement_that_commits(void **state)
{
	static const struct set_file files[] = {
		{ "1_t.sql", "CREATE TABLE t (id INTEGER);\n" },
		{ "2_commits.sql",
		  "INSERT INTO t VALUES (1);\nCOMMIT;\nINSERT INTO t VALUES (2);\n" },
		SET_END,
	};
	struct database *database = *state;

	database_expect_result(database, database_ensure_unchecked(database, files),
	                       INLAY_INTERRUPTED);
	assert_string_equal(
	        database->error.message,
	        "migrations/2_commits.sql:2:1: this statement ended the migration's "
	        "transaction; what ran up to it may be committed, the rest of 2_commits did "
	        "not run, and it can not be gone on with: undo what is there, then "
	        "run `inlay repair 2 --forget`");
	database_expect(database, "SELECT id FROM t", "1");
	database_expect(database, "SELECT version, status, progress FROM schema_migrations",
	                "1|applied|NULL\n2|failed|2");
	database_expect_result(database, database_ensure_unchecked(database, files),
	                       INLAY_INTERRUPTED);
	database_expect(database, "SELECT id FROM t", "1");
}

static void tells_of_a_statement_that_rolls_back(void **state)
{
	static const struct set_file files[] = {
		{ "1_t.sql", "CREATE TABLE t (id INTEGER);\n" },
		{ "2_rolls_back.sql", "INSERT INTO t VALUES (1);\nROLLBACK;\n"
		                      "INSERT INTO t VALUES (2);\n" },
		SET_END,
	};
	struct database *database = *state;

	/* The row of a claim that was committed first tells nothing about the rest: then it counts
	 * as half done. */
	if (database_has_row_gate(database)) {
		database_expect_result(database, database_ensure_unchecked(database, files),
		                       INLAY_INTERRUPTED);
		database_expect(database, "SELECT id FROM t", "");
		database_expect(database,
		                "SELECT version, status FROM schema_migrations ORDER BY 1",
		                "1|applied\n2|failed");
		return;
	}
	database_expect_result(database, database_ensure_unchecked(database, files), INLAY_FAILED);
	assert_string_equal(database->error.message,
	                    "migrations/2_rolls_back.sql:2:1: this statement ended the migration's "
	                    "transaction; 2_rolls_back is rolled back, 1 earlier migration stays "
	                    "applied");
	database_expect(database, "SELECT id FROM t", "");
	database_expect(database, applied_versions, "1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DATABASE_TEST_BOTH(applies_to_a_fresh_database),
		DATABASE_TEST_SQLITE(applies_to_a_fresh_database),
		DATABASE_TEST_BOTH(records_the_time_of_applying),
		DATABASE_TEST_BOTH(writes_nothing_the_second_time),
		DATABASE_TEST_BOTH(applies_only_what_is_new),
		DATABASE_TEST_BOTH(records_a_migration_without_statements),
		DATABASE_TEST_BOTH(applies_every_kind_of_text),
		DATABASE_TEST_BOTH(records_the_down_script),
		DATABASE_TEST_BOTH(reports_status),
		DATABASE_TEST_BOTH(stops_at_a_syntax_error_and_goes_on_when_it_is_mended),
		DATABASE_TEST_BOTH(rolls_back_a_migration_whole),
		DATABASE_TEST_BOTH(leaves_nothing_behind_when_the_first_migration_fails),
		DATABASE_TEST_BOTH(notices_a_constraint_that_fails_at_commit),
		DATABASE_TEST_BOTH(tells_of_a_statement_that_commits),
		DATABASE_TEST_BOTH(tells_of_a_statement_that_rolls_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
