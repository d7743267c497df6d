/* refusal_test.c - what ensure_migrated() refuses, on both real databases; nothing is changed. */
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

/* --- What the set and the database disagree about --- */

static void refuses_an_edited_migration(void **state)
{
	static const struct set_file edited[] = {
		{ "001_create_accounts.sql",
		  "CREATE TABLE accounts (id INTEGER PRIMARY KEY, name TEXT);\n"
		  "INSERT INTO accounts VALUES (1, 'bob');\n" },
		{ "002_add_email.sql", "ALTER TABLE accounts ADD COLUMN email TEXT;\n" },
		{ "003_more.sql", "CREATE TABLE more (id INTEGER);" },
		SET_END,
	};
	struct database *database = *state;

	database_expect_ok(database, one_to_two, 2);
	database_expect_result(database, database_ensure(database, edited), INLAY_EDITED);
	assert_non_null(strstr(database->error.message,
	                       "migrations/001_create_accounts.sql: 001_create_accounts was edited "
	                       "after it had been applied (on 20"));
	assert_non_null(
	        strstr(database->error.message,
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
		{ "001_create_accounts.sql",
		  "-- Accounts, and the first of them.\n"
		  "CREATE TABLE accounts (\r\n\tid INTEGER PRIMARY KEY,\r\n\tname TEXT\r\n);\r\n"
		  "INSERT INTO accounts VALUES (1, 'ann')" },
		{ "002_add_email.sql", "ALTER TABLE accounts ADD COLUMN email TEXT /* ! */;\n" },
		SET_END,
	};
	struct database *database = *state;

	database_expect_ok(database, one_to_two, 2);
	database_expect_ok(database, formatted, 0);
}

static void refuses_a_missing_migration(void **state)
{
	static const struct set_file files[] = {
		{ "001_create_accounts.sql",
		  "CREATE TABLE accounts (id INTEGER PRIMARY KEY, name TEXT);\n"
		  "INSERT INTO accounts VALUES (1, 'ann');\n" },
		{ "003_more.sql", "CREATE TABLE more (id INTEGER);" },
		SET_END,
	};
	struct database *database = *state;

	database_expect_ok(database, one_to_two, 2);
	database_expect_error(
	        database, files, INLAY_MISSING,
	        "the database has 002_add_email.sql (version 2), which the set lacks though it "
	        "has later ones; nothing was changed: restore the file");
	assert_int_equal(database->error.version, 2);
	database_expect(database, applied_versions, "1\n2");
}

static void refuses_a_late_migration(void **state)
{
	static const struct set_file files[] = {
		{ "001_create_accounts.sql",
		  "CREATE TABLE accounts (id INTEGER PRIMARY KEY, name TEXT);\n"
		  "INSERT INTO accounts VALUES (1, 'ann');\n" },
		{ "002_add_email.sql", "ALTER TABLE accounts ADD COLUMN email TEXT;\n" },
		{ "003_fill_email.sql", "UPDATE accounts SET email = name || '@example.com';\n" },
		{ "005_late.sql", "CREATE TABLE late (id INTEGER);" },
		SET_END,
	};
	struct database *database = *state;

	database_expect_ok(database, one_to_four, 4);
	database_expect_error(
	        database, files, INLAY_LATE,
	        "migrations/005_late.sql: 005_late is older than a migration that is applied "
	        "already; nothing was changed: give it a version above all others");
	database_expect(database, applied_versions, "1\n2\n3\n10");
}

static void accepts_a_database_that_is_ahead(void **state)
{
	struct database *database = *state;

	database_expect_ok(database, one_to_four, 4);
	database_expect_ok(database, one_to_two, 0);
	database->options.refuse_ahead = 1;
	database_expect_error(
	        database, one_to_two, INLAY_AHEAD,
	        "the database has 003_fill_email.sql (version 3), which is later than the set's "
	        "last migration; nothing was changed: run a newer release of this program");
	database_expect_ok(database, one_to_four, 0);
}

static void refuses_a_chain_changed_by_hand(void **state)
{
	struct database *database = *state;

	/* SQLite's user_version would say that all is well, without a look at the table. */
	database->options.user_version = INLAY_USER_VERSION_NEVER;
	database_expect_ok(database, one_to_two, 2);
	database_run(database, "UPDATE schema_migrations SET chain = 'x' WHERE version = 2");
	database_expect_error(
	        database, one_to_two, INLAY_EDITED,
	        database_either(
	                database,
	                "migrations/002_add_email.sql: the chain of 002_add_email in "
	                "\"main\".\"schema_migrations\" is not the set's, although its checksum "
	                "is: the table was changed by hand; nothing was changed: "
	                "run `inlay repair`",
	                "migrations/002_add_email.sql: the chain of 002_add_email in "
	                "\"public\".\"schema_migrations\" is not the set's, although its checksum "
	                "is: the table was changed by hand; nothing was changed: "
	                "run `inlay repair`"));
}

static void never_touches_another_tools_table(void **state)
{
	static const struct {
		const char *columns;
		const char *rows;
		const char *words;
	} tools[] = {
		{ "version VARCHAR(255) PRIMARY KEY", "('20200101000000')",
		  "dbmate's or Rails' table (columns: version)" },
		{ "version BIGINT NOT NULL PRIMARY KEY, dirty BOOLEAN NOT NULL", "(7, FALSE)",
		  "golang-migrate's table (columns: version,dirty)" },
		{ "version BIGINT, name TEXT", "(1, 'x')",
		  "another tool's table (columns: version,name)" },
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
		(void)snprintf(
		        expected, sizeof(expected),
		        "\"%s\".\"schema_migrations\" is %s; nothing was changed: name another "
		        "table in options->table; `inlay adopt` takes over what the other tool has "
		        "applied",
		        database_either(database, "main", "public"), tools[i].words);
		database_expect_error(database, one_to_two, INLAY_FOREIGN, expected);
		database_expect(database, "SELECT * FROM schema_migrations", before);
		database_run(database, "DROP TABLE schema_migrations");
	}
}

static void tells_nothing_of_another_tools_table(void **state)
{
	struct database *database = *state;
	struct compiled_set compiled = set_compile(one_to_two, database->dialect);
	bool is_sqlite = database->dialect == INLAY_DIALECT_SQLITE;
	struct inlay_error *error = &database->error;

	database_run(database, "CREATE TABLE schema_migrations (version VARCHAR(255))");
	assert_int_equal(
	        is_sqlite
	                ? inlay_status(database->sqlite, &compiled.set, NULL, NULL, NULL, error)
	                : inlay_status(database->postgres, &compiled.set, NULL, NULL, NULL, error),
	        INLAY_FOREIGN);
	assert_int_equal(is_sqlite ? inlay_history(database->sqlite, NULL, NULL, NULL, error)
	                           : inlay_history(database->postgres, NULL, NULL, NULL, error),
	                 INLAY_FOREIGN);
	assert_int_equal(is_sqlite
	                         ? inlay_status(database->sqlite, NULL, NULL, NULL, NULL, error)
	                         : inlay_status(database->postgres, NULL, NULL, NULL, NULL, error),
	                 INLAY_MISUSE);
	assert_int_equal(inlay_history_sqlite(NULL, NULL, NULL, NULL, error), INLAY_MISUSE);
	assert_int_equal(inlay_history_postgres(NULL, NULL, NULL, NULL, NULL), INLAY_MISUSE);
	set_destroy(&compiled);
}

static void keeps_to_the_table_it_is_told(void **state)
{
	struct database *database = *state;

	database_run(database, "CREATE TABLE schema_migrations (version VARCHAR(255))");
	database->options.table = "my \"own\" t\xC3\xA4"
	                          "ble; --";
	database_expect_ok(database, one_to_two, 2);
	database_expect_ok(database, one_to_two, 0);
	database_expect_ok(database, one_to_four, 2);
	database_expect(database,
	                "SELECT COUNT(*) FROM \"my \"\"own\"\" t\xC3\xA4"
	                "ble; --\","
	                " \"my \"\"own\"\" t\xC3\xA4"
	                "ble; --_log\"",
	                "16");
	database_expect(database, "SELECT COUNT(*) FROM schema_migrations", "0");
}

/* --- The caller's side --- */

static void expect_misuse(struct database *database, const struct inlay_set *set,
                          const char *message)
{
	struct inlay_options options = inlay_options_init();

	options.gate = database->options.gate;
	database_expect_result(database, database_ensure_set(database, set), INLAY_MISUSE);
	assert_string_equal(database->error.message, message);
	database->options = options;
}

static void refuses_wrong_options(struct database *database, const struct inlay_set *set)
{
	struct {
		struct inlay_options options;
		unsigned char more[8];
	} newer = { inlay_options_init(), { 0, 0, 1 } };

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
	struct inlay_set older = { INLAY_ABI + 1, 0, compiled.set.image, NULL };
	struct inlay_set hollow = { INLAY_ABI, 0, NULL, NULL };

	expect_misuse(database, NULL, "there is no set");
	expect_misuse(database, &hollow, "there is no set");
	expect_misuse(database, &older,
	              "the set was generated for another inlay.h: run `inlay compile` of this "
	              "release again");
	expect_misuse(
	        database, &other.set,
	        database_either(
	                database,
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
		result = ensure_migrated(database->postgres, &compiled.set, NULL, &database->error);
	database_expect_result(database, result, INLAY_MISUSE);
	assert_string_equal(database->error.message,
	                    "the connection has a transaction open: commit or roll it back first");
	database_run(database, "COMMIT");
	set_destroy(&compiled);
	database_expect_ok(database, one_to_two, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DATABASE_TEST_BOTH(refuses_an_edited_migration),
		DATABASE_TEST_BOTH(does_not_mind_another_format),
		DATABASE_TEST_BOTH(refuses_a_missing_migration),
		DATABASE_TEST_BOTH(refuses_a_late_migration),
		DATABASE_TEST_BOTH(accepts_a_database_that_is_ahead),
		DATABASE_TEST_BOTH(refuses_a_chain_changed_by_hand),
		DATABASE_TEST_BOTH(never_touches_another_tools_table),
		DATABASE_TEST_BOTH(tells_nothing_of_another_tools_table),
		DATABASE_TEST_BOTH(keeps_to_the_table_it_is_told),
		DATABASE_TEST_BOTH(refuses_misuse),
		DATABASE_TEST_BOTH(refuses_an_open_transaction),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
