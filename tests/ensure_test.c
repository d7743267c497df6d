/* ensure_test.c - what ensure_migrated() promises, on both real databases from one table. */
#include "support/database.h"

#include <setjmp.h>
#include <stdio.h>
#include <string.h>
/* cmocka.h wants some of those first. */
#include <cmocka.h>

static const struct set_file one_to_two[] = {
	{"001_create_accounts.sql", "CREATE TABLE accounts (id INTEGER PRIMARY KEY, name TEXT);\n"
				    "INSERT INTO accounts VALUES (1, 'ann');\n"},
	{"002_add_email.sql", "ALTER TABLE accounts ADD COLUMN email TEXT;\n"},
	SET_END,
};

static const struct set_file one_to_four[] = {
	{"001_create_accounts.sql", "CREATE TABLE accounts (id INTEGER PRIMARY KEY, name TEXT);\n"
				    "INSERT INTO accounts VALUES (1, 'ann');\n"},
	{"002_add_email.sql", "ALTER TABLE accounts ADD COLUMN email TEXT;\n"},
	{"003_fill_email.sql", "UPDATE accounts SET email = name || '@example.com';\n"},
	{"010_count.sql", "CREATE TABLE counts (number INTEGER);\n"
			  "INSERT INTO counts VALUES (7);\n"},
	SET_END,
};

static const char applied_versions[] =
	"SELECT version FROM schema_migrations WHERE progress IS NULL ORDER BY version";

/* What differs between the databases, for messages. */
static const char *either(const struct database *database, const char *sqlite, const char *postgres)
{
	return database->dialect == INLAY_DIALECT_SQLITE ? sqlite : postgres;
}

static void expect_ok(struct database *database, const struct set_file *files, uint32_t count)
{
	database_expect_result(database, database_ensure(database, files), INLAY_OK);
	assert_int_equal(database->error.applied_count, count);
}

static void expect_error(struct database *database, const struct set_file *files,
                         enum inlay_result result, const char *message)
{
	database_expect_result(database, database_ensure(database, files), result);
	assert_string_equal(database->error.message, message);
}

/* --- The main job --- */

static void applies_to_a_fresh_database(void **state)
{
	struct database *database = *state;

	expect_ok(database, one_to_two, 2);
	assert_string_equal(database->events, "applying 001_create_accounts 1/2\n"
	                                      "applied 001_create_accounts 1/2\n"
	                                      "applying 002_add_email 2/2\n"
	                                      "applied 002_add_email 2/2\n");
	database_expect(database, "SELECT id, name, email FROM accounts", "1|ann|NULL");
	database_expect(database,
	                "SELECT version, filename, LENGTH(checksum), LENGTH(source_checksum),"
	                " LENGTH(chain), status, progress, attempt, floor, inlay_version, up, down"
	                " FROM schema_migrations ORDER BY version",
	                "1|001_create_accounts.sql|64|64|64|applied|NULL|1|0|" INLAY_VERSION
	                "|NULL|NULL\n"
	                "2|002_add_email.sql|64|64|64|applied|NULL|1|0|" INLAY_VERSION
	                "|NULL|NULL");
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

	expect_ok(database, one_to_two, 2);
	database_expect(
		database,
		either(database,
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

	expect_ok(database, one_to_two, 2);
	database_reconnect(database);
	(void)snprintf(before, sizeof(before), "%s",
	               database_ask(database, either(database, "SELECT total_changes()",
	                                             "SELECT txid_current_snapshot()")));
	expect_ok(database, one_to_two, 0);
	expect_ok(database, one_to_two, 0);
	assert_string_equal(database->events, "");
	database_expect(database,
	                either(database, "SELECT total_changes()",
	                       "SELECT txid_current_snapshot()"),
	                before);
}

static void applies_only_what_is_new(void **state)
{
	struct database *database = *state;

	expect_ok(database, one_to_two, 2);
	expect_ok(database, one_to_four, 2);
	assert_string_equal(database->events, "applying 003_fill_email 1/2\n"
	                                      "applied 003_fill_email 1/2\n"
	                                      "applying 010_count 2/2\n"
	                                      "applied 010_count 2/2\n");
	database_expect(database, "SELECT email, number FROM accounts, counts",
	                "ann@example.com|7");
}

static void records_a_migration_without_statements(void **state)
{
	static const struct set_file files[] = {
		{"1_nothing.sql", "-- To be written.\n"},
		{"2_something.sql", "CREATE TABLE something (id INTEGER);"},
		SET_END,
	};
	struct database *database = *state;

	expect_ok(database, files, 2);
	database_expect(database, applied_versions, "1\n2");
}

static void applies_every_kind_of_text(void **state)
{
	static const struct set_file files[] = {
		{"1_crlf.sql", "\xEF\xBB\xBF-- a comment; with a semicolon\r\n"
			       "CREATE TABLE t (\r\n  a TEXT,\r\n  b TEXT\r\n);\r\n"
			       "INSERT INTO t VALUES ('x;y',\r\n 'it''s');\r\n"},
		{"2_comments.sql", "/* one; two */ INSERT INTO t /* ; */ VALUES -- ;\n"
				   "('caf\xC3\xA9', '--;')"},
		SET_END,
	};
	struct database *database = *state;

	expect_ok(database, files, 2);
	database_expect(database, "SELECT a, b FROM t ORDER BY b", "caf\xC3\xA9|--;\nx;y|it's");
}

static void records_the_down_script(void **state)
{
	static const struct set_file files[] = {
		{"1_t.sql", "-- migrate:up\nCREATE TABLE t (id INTEGER);\n"
			    "-- migrate:down\nDELETE FROM t;\n  DROP TABLE t;\n"},
		SET_END,
	};
	struct database *database = *state;

	expect_ok(database, files, 1);
	database_expect(database,
	                "SELECT SUBSTR(down, 1, 17), SUBSTR(down, 83) FROM schema_migrations",
	                "inlay-script 1 0 |18:migrations/1_t.sql\n"
	                "4 1 13:DELETE FROM t\n"
	                "5 3 12:DROP TABLE t\n");
}

static void reports_status(void **state)
{
	static const struct set_file others[] = {
		{"001_create_accounts.sql",
	         "CREATE TABLE accounts (id INTEGER PRIMARY KEY, name TEXT);\n"
	         "INSERT INTO accounts VALUES (1, 'bob');\n"},
		{"003_fill_email.sql", "UPDATE accounts SET email = name || '@example.com';\n"},
		{"004_late.sql", "SELECT 1;\n"},
		SET_END,
	};
	static const struct set_file shorter[] = {
		{"001_create_accounts.sql", "SELECT 1;\n"},
		SET_END,
	};
	struct database *database = *state;

	assert_string_equal(database_status(database, one_to_two),
	                    "1 001_create_accounts.sql pending -\n"
	                    "2 002_add_email.sql pending -\n");
	assert_string_equal(database_history(database), "");
	expect_ok(database, one_to_four, 4);
	assert_string_equal(database_status(database, one_to_two),
	                    "1 001_create_accounts.sql applied\n"
	                    "2 002_add_email.sql applied\n"
	                    "3 003_fill_email.sql ahead\n"
	                    "10 010_count.sql ahead\n");
	assert_string_equal(database_status(database, others),
	                    "1 001_create_accounts.sql edited\n"
	                    "2 002_add_email.sql missing\n"
	                    "3 003_fill_email.sql applied\n"
	                    "4 004_late.sql late -\n"
	                    "10 010_count.sql ahead\n");
	assert_string_equal(database_status(database, shorter),
	                    "1 001_create_accounts.sql edited\n"
	                    "2 002_add_email.sql ahead\n"
	                    "3 003_fill_email.sql ahead\n"
	                    "10 010_count.sql ahead\n");
}

/* --- Failures --- */

static void stops_at_a_syntax_error_and_goes_on_when_it_is_mended(void **state)
{
	static const struct set_file broken[] = {
		{"001_a.sql", "CREATE TABLE a (id INTEGER);"},
		{"002_b.sql", "CREATE TABLE b (id INTEGER);"},
		{"003_c.sql", "CREATE TABLE c (id INTEGER);\n\n"
			      "  INSERT INTO c\n    VALUES ('\xC3\xA9') FOO BAR;\n"},
		{"004_d.sql", "CREATE TABLE d (id INTEGER);"},
		SET_END,
	};
	static const struct set_file mended[] = {
		{"001_a.sql", "CREATE TABLE a (id INTEGER);"},
		{"002_b.sql", "CREATE TABLE b (id INTEGER);"},
		{"003_c.sql", "CREATE TABLE c (id INTEGER);\n"},
		{"004_d.sql", "CREATE TABLE d (id INTEGER);"},
		SET_END,
	};
	struct database *database = *state;

	expect_error(database, broken, INLAY_FAILED,
	             either(database,
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
	assert_string_equal(database->error.sqlstate, either(database, "", "42601"));
	assert_int_equal(database->error.code, database->dialect == INLAY_DIALECT_SQLITE);
	assert_string_equal(database->error.migration, "003_c");
	assert_string_equal(database->error.file, "migrations/003_c.sql");
	assert_string_equal(database->events,
	                    "applying 001_a 1/4\napplied 001_a 1/4\n"
	                    "applying 002_b 2/4\napplied 002_b 2/4\n"
	                    "applying 003_c 3/4\nfailed 003_c 3/4\n");
	database_expect(database, applied_versions, "1\n2");
	database_expect(database, "SELECT version FROM schema_migrations", "1\n2");
	database_expect(database,
	                either(database,
	                       "SELECT name FROM sqlite_master WHERE name IN ('c', 'd')",
	                       "SELECT relname FROM pg_class WHERE relname IN ('c', 'd')"),
	                "");

	expect_ok(database, mended, 2);
	database_expect(database, applied_versions, "1\n2\n3\n4");
	database_expect(database, "SELECT version, action FROM schema_migrations_log ORDER BY 1, 2",
	                "1|applied\n2|applied\n3|applied\n3|failed\n4|applied");
}

static void rolls_back_a_migration_whole(void **state)
{
	static const struct set_file files[] = {
		{"1_t.sql", "CREATE TABLE t (id INTEGER PRIMARY KEY);\nINSERT INTO t VALUES (1);"},
		{"2_more.sql", "INSERT INTO t VALUES (2);\nDROP TABLE t;\n"
			       "CREATE TABLE t (id INTEGER PRIMARY KEY);\n"
			       "INSERT INTO t VALUES (3);\n\tINSERT INTO t VALUES (3);\n"},
		SET_END,
	};
	struct database *database = *state;

	expect_error(database, files, INLAY_FAILED,
	             either(database,
	                    "migrations/2_more.sql:5:2: UNIQUE constraint failed: t.id (SQLite "
	                    "1555); 2_more is rolled back, 1 earlier migration stays applied",
	                    "migrations/2_more.sql:5:2: duplicate key value violates unique "
	                    "constraint \"t_pkey\"; detail: Key (id)=(3) already exists. "
	                    "(SQLSTATE 23505); 2_more is rolled back, 1 earlier migration stays "
	                    "applied"));
	database_expect(database, "SELECT id FROM t", "1");
	database_expect(database, applied_versions, "1");
}

static void leaves_nothing_behind_when_the_first_migration_fails(void **state)
{
	static const struct set_file files[] = {
		{"1_t.sql", "CREATE TABLE t (id INTEGER);\nSELECT * FROM nowhere;"},
		SET_END,
	};
	struct database *database = *state;

	expect_error(database, files, INLAY_FAILED,
	             either(database,
	                    "migrations/1_t.sql:2:1: no such table: nowhere (SQLite 1); 1_t is "
	                    "rolled back, no migration is applied",
	                    "migrations/1_t.sql:2:15: relation \"nowhere\" does not exist "
	                    "(SQLSTATE 42P01); 1_t is rolled back, no migration is applied"));
	database_expect(database,
	                either(database, "SELECT COUNT(*) FROM sqlite_master",
	                       "SELECT COUNT(*) FROM pg_class"
	                       " WHERE relnamespace = 'public'::regnamespace"),
	                "0");
}

static void notices_a_constraint_that_fails_at_commit(void **state)
{
	static const struct set_file files[] = {
		{"1_t.sql", "CREATE TABLE p (id INTEGER PRIMARY KEY);\n"
			    "CREATE TABLE c (p INTEGER REFERENCES p (id)"
			    " DEFERRABLE INITIALLY DEFERRED);"},
		{"2_bad.sql", "INSERT INTO c VALUES (42);"},
		{"3_never.sql", "CREATE TABLE never (id INTEGER);"},
		SET_END,
	};
	struct database *database = *state;

	expect_error(database, files, INLAY_FAILED,
	             either(database,
	                    "migrations/2_bad.sql: at COMMIT: FOREIGN KEY constraint failed "
	                    "(SQLite 787); 2_bad is rolled back, 1 earlier migration stays applied",
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
		{"1_t.sql", "CREATE TABLE t (id INTEGER);\n"},
		{"2_commits.sql", "INSERT INTO t VALUES (1);\nCOMMIT;\nINSERT INTO t VALUES (2);\n"},
		SET_END,
	};
	struct database *database = *state;

	database_expect_result(database, database_ensure_unchecked(database, files),
	                       INLAY_INTERRUPTED);
	assert_string_equal(database->error.message,
	                    "migrations/2_commits.sql:2:1: this statement ended the migration's "
	                    "transaction; what ran up to it is committed, the rest of 2_commits did "
	                    "not run, and it can not be gone on with: undo it by hand");
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
		{"1_t.sql", "CREATE TABLE t (id INTEGER);\n"},
		{"2_rolls_back.sql", "INSERT INTO t VALUES (1);\nROLLBACK;\n"
				     "INSERT INTO t VALUES (2);\n"},
		SET_END,
	};
	struct database *database = *state;

	database_expect_result(database, database_ensure_unchecked(database, files), INLAY_FAILED);
	assert_string_equal(database->error.message,
	                    "migrations/2_rolls_back.sql:2:1: this statement ended the migration's "
	                    "transaction; 2_rolls_back is rolled back, 1 earlier migration stays "
	                    "applied");
	database_expect(database, "SELECT id FROM t", "");
	database_expect(database, applied_versions, "1");
}

/* --- What the set and the database disagree about --- */

static void refuses_an_edited_migration(void **state)
{
	static const struct set_file edited[] = {
		{"001_create_accounts.sql",
	         "CREATE TABLE accounts (id INTEGER PRIMARY KEY, name TEXT);\n"
	         "INSERT INTO accounts VALUES (1, 'bob');\n"},
		{"002_add_email.sql", "ALTER TABLE accounts ADD COLUMN email TEXT;\n"},
		{"003_more.sql", "CREATE TABLE more (id INTEGER);"},
		SET_END,
	};
	struct database *database = *state;

	expect_ok(database, one_to_two, 2);
	database_expect_result(database, database_ensure(database, edited), INLAY_EDITED);
	assert_non_null(strstr(database->error.message,
	                       "migrations/001_create_accounts.sql: 001_create_accounts was edited "
	                       "after it had been applied (on 20"));
	assert_non_null(strstr(database->error.message,
	                       "); nothing was changed: restore the file, and put the change into a "
	                       "new migration"));
	assert_int_equal(database->error.version, 1);
	database_expect(database, applied_versions, "1\n2");
	database_expect(database, "SELECT name FROM accounts", "ann");
	database_expect(database, "SELECT COUNT(*) FROM schema_migrations_log", "2");
}

static void does_not_mind_another_format(void **state)
{
	static const struct set_file formatted[] = {
		{"001_create_accounts.sql",
	         "-- Accounts, and the first of them.\n"
	         "CREATE TABLE accounts (\r\n\tid INTEGER PRIMARY KEY,\r\n\tname TEXT\r\n);\r\n"
	         "INSERT INTO accounts VALUES (1, 'ann')"},
		{"002_add_email.sql", "ALTER TABLE accounts ADD COLUMN email TEXT /* ! */;\n"},
		SET_END,
	};
	struct database *database = *state;

	expect_ok(database, one_to_two, 2);
	expect_ok(database, formatted, 0);
}

static void refuses_a_missing_migration(void **state)
{
	static const struct set_file files[] = {
		{"001_create_accounts.sql",
	         "CREATE TABLE accounts (id INTEGER PRIMARY KEY, name TEXT);\n"
	         "INSERT INTO accounts VALUES (1, 'ann');\n"},
		{"003_more.sql", "CREATE TABLE more (id INTEGER);"},
		SET_END,
	};
	struct database *database = *state;

	expect_ok(database, one_to_two, 2);
	expect_error(database, files, INLAY_MISSING,
	             "the database has 002_add_email.sql (version 2), which the set lacks though it "
	             "has later ones; nothing was changed: restore the file");
	assert_int_equal(database->error.version, 2);
	database_expect(database, applied_versions, "1\n2");
}

static void refuses_a_late_migration(void **state)
{
	static const struct set_file files[] = {
		{"001_create_accounts.sql",
	         "CREATE TABLE accounts (id INTEGER PRIMARY KEY, name TEXT);\n"
	         "INSERT INTO accounts VALUES (1, 'ann');\n"},
		{"002_add_email.sql", "ALTER TABLE accounts ADD COLUMN email TEXT;\n"},
		{"003_fill_email.sql", "UPDATE accounts SET email = name || '@example.com';\n"},
		{"005_late.sql", "CREATE TABLE late (id INTEGER);"},
		SET_END,
	};
	struct database *database = *state;

	expect_ok(database, one_to_four, 4);
	expect_error(database, files, INLAY_LATE,
	             "migrations/005_late.sql: 005_late is older than a migration that is applied "
	             "already; nothing was changed: give it a version above all others");
	database_expect(database, applied_versions, "1\n2\n3\n10");
}

static void accepts_a_database_that_is_ahead(void **state)
{
	struct database *database = *state;

	expect_ok(database, one_to_four, 4);
	expect_ok(database, one_to_two, 0);
	database->options.refuse_ahead = 1;
	expect_error(database, one_to_two, INLAY_AHEAD,
	             "the database has 003_fill_email.sql (version 3), which is later than the set's "
	             "last migration; nothing was changed: run a newer release of this program");
	expect_ok(database, one_to_four, 0);
}

static void refuses_a_chain_changed_by_hand(void **state)
{
	struct database *database = *state;

	expect_ok(database, one_to_two, 2);
	database_run(database, "UPDATE schema_migrations SET chain = 'x' WHERE version = 2");
	expect_error(database, one_to_two, INLAY_EDITED,
	             either(database,
	                    "migrations/002_add_email.sql: the chain of 002_add_email in "
	                    "\"main\".\"schema_migrations\" is not the set's, although its checksum "
	                    "is: the table was changed by hand; nothing was changed",
	                    "migrations/002_add_email.sql: the chain of 002_add_email in "
	                    "\"public\".\"schema_migrations\" is not the set's, although its checksum "
	                    "is: the table was changed by hand; nothing was changed"));
}

static void never_touches_another_tools_table(void **state)
{
	static const struct {
		const char *columns;
		const char *rows;
		const char *words;
	} tools[] = {
		{"version VARCHAR(255) PRIMARY KEY", "('20200101000000')",
	         "dbmate's or Rails' table (columns: version)"},
		{"version BIGINT NOT NULL PRIMARY KEY, dirty BOOLEAN NOT NULL", "(7, FALSE)",
	         "golang-migrate's table (columns: version,dirty)"},
		{"version BIGINT, name TEXT", "(1, 'x')",
	         "another tool's table (columns: version,name)"},
	};
	struct database *database = *state;

	for (size_t i = 0; i < sizeof(tools) / sizeof(tools[0]); i++) {
		char sql[300];
		char before[200];
		char expected[400];

		(void)snprintf(sql, sizeof(sql),
		               "CREATE TABLE schema_migrations (%s);"
		               "INSERT INTO schema_migrations VALUES %s",
		               tools[i].columns, tools[i].rows);
		database_run(database, sql);
		(void)snprintf(before, sizeof(before), "%s",
		               database_ask(database, "SELECT * FROM schema_migrations"));
		(void)snprintf(expected, sizeof(expected),
		               "\"%s\".\"schema_migrations\" is %s; nothing was changed: name another "
		               "table in options->table, or let `inlay adopt` of a later release take "
		               "it over",
		               either(database, "main", "public"), tools[i].words);
		expect_error(database, one_to_two, INLAY_FOREIGN, expected);
		database_expect(database, "SELECT * FROM schema_migrations", before);
		database_run(database, "DROP TABLE schema_migrations");
	}
}

static void keeps_to_the_table_it_is_told(void **state)
{
	struct database *database = *state;

	database_run(database, "CREATE TABLE schema_migrations (version VARCHAR(255))");
	database->options.table = "my \"own\" t\xC3\xA4" "ble; --";
	expect_ok(database, one_to_two, 2);
	expect_ok(database, one_to_two, 0);
	expect_ok(database, one_to_four, 2);
	database_expect(database,
	                "SELECT COUNT(*) FROM \"my \"\"own\"\" t\xC3\xA4" "ble; --\","
	                " \"my \"\"own\"\" t\xC3\xA4" "ble; --_log\"",
	                "16");
	database_expect(database, "SELECT COUNT(*) FROM schema_migrations", "0");
}

/* --- Without a transaction --- */

static const struct set_file alone_broken[] = {
	{"1_t.sql", "CREATE TABLE t (id INTEGER);\n"},
	{"2_alone.sql", "-- migrate:up transaction:false\n"
			"INSERT INTO t VALUES (1);\n"
			"INSERT INTO t VALUES (2);\n"
			"INSERT INTO nowhere VALUES (3);\n"
			"INSERT INTO t VALUES (4);\n"},
	SET_END,
};

static const struct set_file alone_mended[] = {
	{"1_t.sql", "CREATE TABLE t (id INTEGER);\n"},
	{"2_alone.sql", "-- migrate:up transaction:false\n"
			"INSERT INTO t VALUES (1);\n"
			"INSERT INTO t VALUES (2);\n"
			"INSERT INTO t VALUES (3);\n"
			"INSERT INTO t VALUES (4);\n"},
	{"3_after.sql", "INSERT INTO t VALUES (5);\n"},
	SET_END,
};

static void interrupt(struct database *database)
{
	expect_error(database, alone_broken, INLAY_INTERRUPTED,
	             either(database,
	                    "migrations/2_alone.sql:4:1: no such table: nowhere (SQLite 1); 2_alone "
	                    "runs without a transaction: its statements 1 to 2 stay, the next call "
	                    "goes on with statement 3",
	                    "migrations/2_alone.sql:4:13: relation \"nowhere\" does not exist "
	                    "(SQLSTATE 42P01); 2_alone runs without a transaction: its statements 1 "
	                    "to 2 stay, the next call goes on with statement 3"));
	assert_int_equal(database->error.statement, 3);
	database_expect(database, "SELECT id FROM t ORDER BY id", "1\n2");
	database_expect(database,
	                "SELECT status, progress, attempt FROM schema_migrations WHERE version = 2",
	                "failed|2|1");
	assert_string_equal(database_status(database, alone_mended), "1 1_t.sql applied\n"
	                                                             "2 2_alone.sql interrupted -\n"
	                                                             "3 3_after.sql pending -\n");
}

static void goes_on_where_it_stopped(void **state)
{
	struct database *database = *state;

	interrupt(database);
	database_run(database, "CREATE TABLE nowhere (id INTEGER)");
	expect_ok(database, alone_broken, 1);
	database_expect(database, "SELECT id FROM t ORDER BY id", "1\n2\n4");
	database_expect(database, "SELECT id FROM nowhere", "3");
	database_expect(database,
	                "SELECT status, progress, attempt, up FROM schema_migrations WHERE version = 2",
	                "applied|NULL|2|NULL");
	expect_ok(database, alone_broken, 0);
}

static void goes_on_with_a_mended_file(void **state)
{
	struct database *database = *state;

	interrupt(database);
	expect_ok(database, alone_mended, 2);
	database_expect(database, "SELECT id FROM t ORDER BY id", "1\n2\n3\n4\n5");
	expect_ok(database, alone_mended, 0);
}

static void does_not_go_on_when_what_ran_was_edited(void **state)
{
	static const struct set_file edited[] = {
		{"1_t.sql", "CREATE TABLE t (id INTEGER);\n"},
		{"2_alone.sql", "-- migrate:up transaction:false\n"
				"INSERT INTO t VALUES (0);\n"
				"INSERT INTO t VALUES (1);\n"
				"INSERT INTO t VALUES (2);\n"},
		SET_END,
	};
	struct database *database = *state;

	interrupt(database);
	database_expect_result(database, database_ensure(database, edited), INLAY_INTERRUPTED);
	assert_non_null(strstr(database->error.message,
	                       "migrations/2_alone.sql: 2_alone stopped after its statement 2 and can "
	                       "not be gone on with, because that part of the file was edited, "));
	database_expect(database, "SELECT id FROM t ORDER BY id", "1\n2");
}

static void waits_for_one_who_is_at_work(void **state)
{
	struct database *database = *state;

	interrupt(database);
	database_run(database, "UPDATE schema_migrations SET status = 'running' WHERE version = 2");
	database->options.lock_timeout_ms = 150;
	database_expect_result(database, database_ensure(database, alone_mended),
	                       INLAY_INTERRUPTED);
	assert_string_equal(database->events, "waiting  0/0\n");
	assert_non_null(strstr(database->error.message,
	                       "migrations/2_alone.sql: 2_alone runs without a transaction and has "
	                       "been at statement 3 since 20"));
	assert_non_null(strstr(database->error.message,
	                       "another process is at work on it, or died there; if it died, look "
	                       "whether that statement took effect, then set status = 'failed' (and "
	                       "progress = 3 if it did) in "));
	database_expect(database, "SELECT id FROM t ORDER BY id", "1\n2");

	/* Just as the message says. */
	database_run(database, "UPDATE schema_migrations SET status = 'failed' WHERE version = 2");
	expect_ok(database, alone_mended, 2);
}

static void refuses_to_leave_a_transaction_open(void **state)
{
	static const struct set_file files[] = {
		{"1_open.sql", "-- migrate:up transaction:false\n"
			       "CREATE TABLE t (id INTEGER);\n"
			       "BEGIN;\n"
			       "INSERT INTO t VALUES (1);\n"},
		SET_END,
	};
	struct database *database = *state;

	database_expect_result(database, database_ensure_unchecked(database, files),
	                       INLAY_INTERRUPTED);
	assert_string_equal(database->error.message,
	                    "migrations/1_open.sql:3:1: this statement leaves a transaction open; "
	                    "1_open runs without a transaction: its statement 1 stays, the next call "
	                    "goes on with statement 2");
	database_expect(database, "SELECT COUNT(*) FROM t", "0");
}

/* --- The caller's side --- */

static void expect_misuse(struct database *database, const struct inlay_set *set,
                          const char *message)
{
	database_expect_result(database, database_ensure_set(database, set), INLAY_MISUSE);
	assert_string_equal(database->error.message, message);
	database->options = inlay_options_init();
}

static void refuses_wrong_options(struct database *database, const struct inlay_set *set)
{
	struct {
		struct inlay_options options;
		unsigned char more[8];
	} newer = {inlay_options_init(), {0, 0, 1}};

	database->options.size = 0;
	expect_misuse(database, set, "options->size is not set: begin with inlay_options_init()");
	database->options.table = NULL;
	expect_misuse(database, set, "options->table is NULL: begin with inlay_options_init()");
	database->options.table = "";
	expect_misuse(database, set, "options->table must have 1 to 48 bytes");
	database->options.table = "a23456789b123456789c123456789d123456789e123456789";
	expect_misuse(database, set, "options->table must have 1 to 48 bytes");

	newer.options.size = sizeof(newer);
	assert_int_equal(
		database->dialect == INLAY_DIALECT_SQLITE
			? ensure_migrated(database->sqlite, set, &newer.options, &database->error)
			: ensure_migrated(database->postgres, set, &newer.options,
	                                  &database->error),
		INLAY_MISUSE);
	assert_string_equal(database->error.message,
	                    "options holds something that only a later libinlay knows");
}

static void refuses_misuse(void **state)
{
	struct database *database = *state;
	struct compiled_set compiled = set_compile(one_to_two, database->dialect);
	struct compiled_set other = set_compile(one_to_two, 1 - database->dialect);
	struct inlay_set older = {INLAY_ABI + 1, 0, compiled.set.image};
	struct inlay_set hollow = {INLAY_ABI, 0, NULL};

	expect_misuse(database, NULL, "there is no set");
	expect_misuse(database, &hollow, "there is no set");
	expect_misuse(database, &older,
	              "the set was generated for another inlay.h: run `inlay compile` of this "
	              "release again");
	expect_misuse(database, &other.set,
	              either(database,
	                     "the set has no migrations for SQLite: compile it with `--dialect "
	                     "sqlite` or `--dialect all`",
	                     "the set has no migrations for PostgreSQL: compile it with `--dialect "
	                     "postgres` or `--dialect all`"));
	refuses_wrong_options(database, &compiled.set);
	assert_int_equal(ensure_migrated_sqlite(NULL, &compiled.set, NULL, NULL), INLAY_MISUSE);
	database->error.size = 8;
	assert_int_equal(ensure_migrated_sqlite(NULL, &compiled.set, NULL, &database->error),
	                 INLAY_MISUSE);
	database->error = inlay_error_init();
	assert_int_equal(ensure_migrated_sqlite(NULL, &compiled.set, NULL, &database->error),
	                 INLAY_MISUSE);
	set_destroy(&compiled);
	set_destroy(&other);
}

static void refuses_an_open_transaction(void **state)
{
	struct database *database = *state;
	struct compiled_set compiled = set_compile(one_to_two, database->dialect);
	enum inlay_result result;

	database_run(database, "BEGIN");
	if (database->dialect == INLAY_DIALECT_SQLITE)
		result = ensure_migrated(database->sqlite, &compiled.set, NULL, &database->error);
	else
		result = ensure_migrated(database->postgres, &compiled.set, NULL,
		                         &database->error);
	database_expect_result(database, result, INLAY_MISUSE);
	assert_string_equal(database->error.message,
	                    "the connection has a transaction open: commit or roll it back first");
	database_run(database, "COMMIT");
	set_destroy(&compiled);
	expect_ok(database, one_to_two, 2);
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
		DATABASE_TEST_BOTH(refuses_an_edited_migration),
		DATABASE_TEST_BOTH(does_not_mind_another_format),
		DATABASE_TEST_BOTH(refuses_a_missing_migration),
		DATABASE_TEST_BOTH(refuses_a_late_migration),
		DATABASE_TEST_BOTH(accepts_a_database_that_is_ahead),
		DATABASE_TEST_BOTH(refuses_a_chain_changed_by_hand),
		DATABASE_TEST_BOTH(never_touches_another_tools_table),
		DATABASE_TEST_BOTH(keeps_to_the_table_it_is_told),
		DATABASE_TEST_BOTH(goes_on_where_it_stopped),
		DATABASE_TEST_BOTH(goes_on_with_a_mended_file),
		DATABASE_TEST_BOTH(does_not_go_on_when_what_ran_was_edited),
		DATABASE_TEST_BOTH(waits_for_one_who_is_at_work),
		DATABASE_TEST_BOTH(refuses_to_leave_a_transaction_open),
		DATABASE_TEST_BOTH(refuses_misuse),
		DATABASE_TEST_BOTH(refuses_an_open_transaction),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
