/* sqlite_test.c - what only SQLite has: rebuilds, ON CONFLICT ROLLBACK, files, locks, pragmas. */
#include "support/database.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
/* cmocka.h wants some of those first. */
#include <cmocka.h>

static const struct set_file simple[] = {
	{ "1_t.sql", "CREATE TABLE t (id INTEGER PRIMARY KEY);" },
	{ "2_more.sql", "INSERT INTO t VALUES (1);" },
	SET_END,
};

/* --- The check --- */

static int count_statement(unsigned event, void *context, void *statement, void *text)
{
	int *count = context;

	(void)statement;
	(void)text;
	*count += event == SQLITE_TRACE_STMT;
	return 0;
}

static void checks_with_one_statement(void **state)
{
	struct database *database = *state;
	int count = 0;

	database_expect_ok(database, simple, 2);
	assert_int_equal(
	        sqlite3_trace_v2(database->sqlite, SQLITE_TRACE_STMT, count_statement, &count),
	        SQLITE_OK);
	database_expect_ok(database, simple, 0);
	assert_int_equal(count, 1);
}

/* --- Statements --- */

static void creates_triggers(void **state)
{
	static const struct set_file files[] = {
		{ "1_t.sql", "CREATE TABLE t (id INTEGER, n INTEGER);\n"
		             "CREATE TRIGGER g AFTER INSERT ON t BEGIN\n"
		             "  UPDATE t SET n = CASE WHEN id > 1 THEN 1 ELSE 0 END; -- ; END\n"
		             "  SELECT 'a;b' ;\n"
		             "END;\n"
		             "INSERT INTO t (id) VALUES (2);\n" },
		SET_END,
	};

	database_expect_ok(*state, files, 1);
	database_expect(*state, "SELECT id, n FROM t", "2|1");
}

static void notices_insert_or_rollback(void **state)
{
	static const struct set_file files[] = {
		{ "1_t.sql",
		  "CREATE TABLE t (id INTEGER PRIMARY KEY);\nINSERT INTO t VALUES (1);" },
		{ "2_bad.sql", "INSERT INTO t VALUES (2);\nINSERT OR ROLLBACK INTO t VALUES (1);\n"
		               "INSERT INTO t VALUES (3);" },
		{ "3_never.sql", "INSERT INTO t VALUES (4);" },
		SET_END,
	};

	database_expect_error(
	        *state, files, INLAY_FAILED,
	        "migrations/2_bad.sql:2:1: UNIQUE constraint failed: t.id (SQLite 1555); 2_bad "
	        "is rolled back, 1 earlier migration stays applied");
	database_expect(*state, "SELECT id FROM t", "1");
	database_expect(*state, "SELECT version FROM schema_migrations", "1");
	database_expect(*state, "SELECT version, action FROM schema_migrations_log",
	                "1|applied\n2|failed");
}

static void notices_raise_rollback(void **state)
{
	static const struct set_file files[] = {
		{ "1_t.sql", "CREATE TABLE t (id INTEGER);\n"
		             "CREATE TRIGGER g BEFORE INSERT ON t WHEN NEW.id = 13 BEGIN\n"
		             "  SELECT RAISE(ROLLBACK, 'not thirteen');\nEND;" },
		{ "2_bad.sql", "INSERT INTO t VALUES (12);\nINSERT INTO t VALUES (13);\n"
		               "INSERT INTO t VALUES (14);" },
		SET_END,
	};

	database_expect_error(
	        *state, files, INLAY_FAILED,
	        "migrations/2_bad.sql:2:1: not thirteen (SQLite 1811); 2_bad is rolled back, 1 "
	        "earlier migration stays applied");
	database_expect(*state, "SELECT COUNT(*) FROM t", "0");
	database_expect(*state, "SELECT version FROM schema_migrations", "1");
}

static void refuses_two_commands_in_one(void **state)
{
	static const struct set_file files[] = {
		{ "1_t.sql", "CREATE TABLE t (id INTEGER)" },
		SET_END,
	};
	struct compiled_set compiled = set_compile(files, INLAY_DIALECT_SQLITE);
	struct database *database = *state;
	char *text = compiled.image;
	char *found = NULL;

	/* As if the splitter had missed a semicolon: the text is as long as the right one. */
	for (size_t i = 0; i < compiled.set.image->size && found == NULL; i++)
		if (strncmp(text + i, "CREATE TABLE t (id INTEGER)", 27) == 0)
			found = text + i;
	assert_non_null(found);
	memcpy(found, "CREATE TABLE t (i);SELECT 1", 27);
	database_expect_result(database, database_ensure_set(database, &compiled.set),
	                       INLAY_FAILED);
	assert_string_equal(
	        database->error.message,
	        "migrations/1_t.sql:1:1: the text holds more than one statement (SQLite "
	        "1); 1_t is rolled back, no migration is applied");
	set_destroy(&compiled);
}

/* --- Foreign keys --- */

static const struct set_file parents[] = {
	{ "1_tables.sql", "CREATE TABLE parents (id INTEGER PRIMARY KEY, name TEXT);\n"
	                  "CREATE TABLE children (id INTEGER PRIMARY KEY,\n"
	                  "  parent INTEGER NOT NULL REFERENCES parents (id) ON DELETE CASCADE);\n"
	                  "INSERT INTO parents VALUES (1, 'ann'), (2, 'bob');\n"
	                  "INSERT INTO children VALUES (10, 1), (20, 2);\n" },
	SET_END,
};

static void rebuilds_a_parent_without_losing_children(void **state)
{
	static const struct set_file files[] = {
		{ "1_tables.sql",
		  "CREATE TABLE parents (id INTEGER PRIMARY KEY, name TEXT);\n"
		  "CREATE TABLE children (id INTEGER PRIMARY KEY,\n"
		  "  parent INTEGER NOT NULL REFERENCES parents (id) ON DELETE CASCADE);\n"
		  "INSERT INTO parents VALUES (1, 'ann'), (2, 'bob');\n"
		  "INSERT INTO children VALUES (10, 1), (20, 2);\n" },
		{ "2_rebuild.sql",
		  "PRAGMA foreign_keys = OFF;\n"
		  "CREATE TABLE new_parents (id INTEGER PRIMARY KEY, name TEXT NOT NULL);\n"
		  "INSERT INTO new_parents SELECT id, name FROM parents;\n"
		  "DROP TABLE parents;\n"
		  "ALTER TABLE new_parents RENAME TO parents;\n"
		  "PRAGMA foreign_keys = ON;\n" },
		SET_END,
	};

	database_expect_ok(*state, parents, 1);
	database_expect_ok(*state, files, 1);
	database_expect(*state, "SELECT id, parent FROM children", "10|1\n20|2");
	database_expect(*state, "SELECT id, name FROM parents", "1|ann\n2|bob");
	database_expect(*state, "PRAGMA foreign_keys", "1");
	database_expect(*state, "PRAGMA foreign_key_list(children)",
	                "0|0|parents|parent|id|NO ACTION|CASCADE|NONE");
}

static void finds_what_a_rebuild_has_lost(void **state)
{
	static const struct set_file files[] = {
		{ "1_tables.sql",
		  "CREATE TABLE parents (id INTEGER PRIMARY KEY, name TEXT);\n"
		  "CREATE TABLE children (id INTEGER PRIMARY KEY,\n"
		  "  parent INTEGER NOT NULL REFERENCES parents (id) ON DELETE CASCADE);\n"
		  "INSERT INTO parents VALUES (1, 'ann'), (2, 'bob');\n"
		  "INSERT INTO children VALUES (10, 1), (20, 2);\n" },
		{ "2_rebuild.sql", "PRAGMA foreign_keys = OFF;\n"
		                   "DELETE FROM parents;\n"
		                   "INSERT INTO parents VALUES (3, 'eve');\n" },
		SET_END,
	};

	database_expect_ok(*state, parents, 1);
	database_expect_error(
	        *state, files, INLAY_FAILED,
	        "migrations/2_rebuild.sql: at COMMIT: row 10 of table children refers to a row "
	        "of table parents that does not exist (2 such rows in all) (SQLite 787); "
	        "2_rebuild is rolled back, 1 earlier migration stays applied");
	database_expect(*state, "SELECT id, name FROM parents", "1|ann\n2|bob");
	database_expect(*state, "PRAGMA foreign_keys", "1");
	database_expect(*state, "SELECT version FROM schema_migrations", "1");
}

/* Who had them off has rows that nobody checked: a rebuild must not fail for those. */
static void does_not_check_what_was_not_enforced(void **state)
{
	static const struct set_file files[] = {
		{ "1_tables.sql",
		  "CREATE TABLE parents (id INTEGER PRIMARY KEY, name TEXT);\n"
		  "CREATE TABLE children (id INTEGER PRIMARY KEY,\n"
		  "  parent INTEGER NOT NULL REFERENCES parents (id) ON DELETE CASCADE);\n"
		  "INSERT INTO parents VALUES (1, 'ann'), (2, 'bob');\n"
		  "INSERT INTO children VALUES (10, 1), (20, 2);\n" },
		{ "2_rebuild.sql", "PRAGMA foreign_keys = OFF;\nDELETE FROM parents;\n" },
		SET_END,
	};

	database_run(*state, "PRAGMA foreign_keys = OFF");
	database_expect_ok(*state, parents, 1);
	database_expect_ok(*state, files, 1);
	database_expect(*state, "SELECT COUNT(*) FROM children", "2");
	database_expect(*state, "PRAGMA foreign_keys", "0");
}

/* --- The connection comes back as it was --- */

static sqlite3 *open_another(const struct database *database, int flags)
{
	sqlite3 *another = NULL;

	assert_int_equal(sqlite3_open_v2(database->path, &another, flags, NULL), SQLITE_OK);
	return another;
}

static void run_on(sqlite3 *connection, const char *sql)
{
	assert_int_equal(sqlite3_exec(connection, sql, NULL, NULL, NULL), SQLITE_OK);
}

static const char *const pragma_names[] = {
	"recursive_triggers", "legacy_alter_table", "ignore_check_constraints",
	"cache_size",         "writable_schema",    "reverse_unordered_selects",
	"synchronous",        "foreign_keys",       "busy_timeout",
	"locking_mode",       "main.locking_mode",  "wal_autocheckpoint",
	"journal_size_limit", "mmap_size",          "threads",
	"journal_mode",       "full_column_names",  "fullfsync",
	"analysis_limit",     "short_column_names", "checkpoint_fullfsync",
	"trusted_schema",     "secure_delete",      "cell_size_check",
	"automatic_index",    "read_uncommitted",   "query_only",
};
#define PRAGMA_COUNT (sizeof(pragma_names) / sizeof(pragma_names[0]))

static const char *ask_pragma(struct database *database, size_t index)
{
	char sql[80];

	(void)snprintf(sql, sizeof(sql), "PRAGMA %s", pragma_names[index]);
	return database_ask(database, sql);
}

static void puts_pragmas_back(void **state)
{
	static const struct set_file files[] = {
		{ "1_pragmas.sql",
		  "PRAGMA recursive_triggers = ON;\nPRAGMA legacy_alter_table = ON;\n"
		  "PRAGMA ignore_check_constraints = ON;\nPRAGMA cache_size = 77;\n"
		  "PRAGMA writable_schema = ON;\nPRAGMA query_only = OFF;\n"
		  "PRAGMA reverse_unordered_selects = ON;\nPRAGMA full_column_names = ON;\n"
		  "PRAGMA short_column_names = OFF;\nPRAGMA trusted_schema = OFF;\n"
		  "PRAGMA secure_delete = OFF;\nPRAGMA cell_size_check = ON;\n"
		  "PRAGMA automatic_index = OFF;\nPRAGMA read_uncommitted = ON;\n" },
		{ "2_alone.sql", "-- migrate:up transaction:false\n"
		                 "PRAGMA synchronous = OFF;\nPRAGMA foreign_keys = OFF;\n"
		                 "PRAGMA busy_timeout = 5;\nPRAGMA wal_autocheckpoint = 7;\n"
		                 "PRAGMA journal_size_limit = 7;\nPRAGMA mmap_size = 65536;\n"
		                 "PRAGMA threads = 2;\nPRAGMA fullfsync = ON;\n"
		                 "PRAGMA checkpoint_fullfsync = ON;\nPRAGMA analysis_limit = 9;\n"
		                 "PRAGMA journal_mode = MEMORY;\n"
		                 "PRAGMA locking_mode = EXCLUSIVE;\n" },
		SET_END,
	};
	struct database *database = *state;
	char before[PRAGMA_COUNT][40];

	(void)sqlite3_busy_timeout(database->sqlite, 1234);
	database_run(database, "PRAGMA secure_delete = FAST");
	for (size_t i = 0; i < PRAGMA_COUNT; i++)
		(void)snprintf(before[i], sizeof(before[i]), "%s", ask_pragma(database, i));
	database_expect_ok(database, files, 2);
	for (size_t i = 0; i < PRAGMA_COUNT; i++)
		assert_string_equal(ask_pragma(database, i), before[i]);
}

/* An exclusive locking mode keeps its lock even when it is over, until something is read; one that
 * WAL began in can not be left without leaving WAL. */
static void gives_the_file_back(void **state)
{
	static const struct set_file files[] = {
		{ "1_lock.sql",
		  "PRAGMA locking_mode = EXCLUSIVE;\nCREATE TABLE t (id INTEGER);\n" },
		{ "2_wal.sql", "-- migrate:up transaction:false\nPRAGMA locking_mode = EXCLUSIVE;\n"
		               "PRAGMA journal_mode = WAL;\nINSERT INTO t VALUES (1);\n" },
		SET_END,
	};
	struct set_file first[] = { files[0], SET_END };
	struct database *database = *state;
	sqlite3 *another = open_another(database, SQLITE_OPEN_READWRITE);

	database_expect_ok(database, first, 1);
	run_on(another, "INSERT INTO t VALUES (2)");
	database_expect_ok(database, files, 1);
	database_expect(database, "PRAGMA main.locking_mode", "normal");
	database_expect(database, "PRAGMA journal_mode", "wal");
	run_on(another, "INSERT INTO t VALUES (3)");
	assert_int_equal(sqlite3_close(another), SQLITE_OK);
}

/* To choose where temporary tables are kept is to lose those that are there. */
static void drops_temporary_tables(void **state)
{
	static const struct set_file files[] = {
		{ "1_temp.sql", "CREATE TEMP TABLE t (id INTEGER);\n"
		                "CREATE TABLE kept AS SELECT * FROM t;\n" },
		{ "2_temp.sql", "CREATE TEMP TABLE t (name TEXT);\n" },
		SET_END,
	};

	database_run(*state, "CREATE TEMP TABLE own (id INTEGER)");
	database_expect_ok(*state, files, 2);
	database_expect(*state, "SELECT name FROM sqlite_temp_master", "own");
}

static void is_not_fooled_by_temp_and_attached_tables(void **state)
{
	struct database *database = *state;

	database_run(database, "CREATE TEMP TABLE schema_migrations (version TEXT);"
	                       "ATTACH ':memory:' AS other;"
	                       "CREATE TABLE other.schema_migrations (version TEXT);"
	                       "CREATE TABLE other.t (id TEXT)");
	database_expect_ok(database, simple, 2);
	database_expect_ok(database, simple, 0);
	database_expect(database, "SELECT COUNT(*) FROM main.schema_migrations", "2");
	database_expect(database, "SELECT COUNT(*) FROM temp.schema_migrations", "0");
}

static void runs_vacuum_and_wal_without_a_transaction(void **state)
{
	static const struct set_file files[] = {
		{ "1_wal.sql", "-- migrate:up transaction:false\n"
		               "PRAGMA journal_mode = WAL;\nVACUUM;\n" },
		{ "2_t.sql", "CREATE TABLE t (id INTEGER);" },
		SET_END,
	};

	database_expect_ok(*state, files, 2);
	database_expect(*state, "PRAGMA journal_mode", "wal");
	database_expect_ok(*state, files, 0);
}

/* --- Files and locks --- */

static int64_t now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void gives_up_on_a_locked_file(void **state)
{
	struct database *database = *state;
	sqlite3 *another = open_another(database, SQLITE_OPEN_READWRITE);
	int64_t started_ms = now_ms();

	run_on(another, "BEGIN IMMEDIATE");
	database->options.lock_timeout_ms = 150;
	database_expect_error(
	        database, simple, INLAY_LOCKED,
	        "others kept the database busy for the 150 ms of options->lock_timeout_ms; 0 "
	        "migrations were applied before that and stay: call again");
	assert_int_equal(database->error.code, SQLITE_BUSY);
	assert_true(now_ms() - started_ms >= 150);
	run_on(another, "ROLLBACK; BEGIN EXCLUSIVE");
	database_expect_result(database, database_ensure(database, simple), INLAY_LOCKED);
	run_on(another, "ROLLBACK");
	assert_int_equal(sqlite3_close(another), SQLITE_OK);
	database_expect_ok(database, simple, 2);
}

/* A reader that stays keeps a rollback journal from being committed: COMMIT itself must wait. */
static void waits_for_a_reader_at_commit(void **state)
{
	struct database *database = *state;
	sqlite3 *another = open_another(database, SQLITE_OPEN_READWRITE);

	run_on(another, "BEGIN; SELECT * FROM sqlite_master");
	database->options.lock_timeout_ms = 100;
	database_expect_result(database, database_ensure(database, simple), INLAY_LOCKED);
	run_on(another, "COMMIT");
	assert_int_equal(sqlite3_close(another), SQLITE_OK);
	database_expect_ok(database, simple, 2);
}

/* Another connection that begins to read while we work, and stops 100 ms after it is in our way. */
struct reader {
	sqlite3 *connection;
	int64_t in_the_way_since_ms;
};

/* SQL's work(): longer than lock_timeout_ms. */
static void work(sqlite3_context *context, int count, sqlite3_value **values)
{
	const struct reader *reader = sqlite3_user_data(context);
	int64_t started_ms = now_ms();

	(void)count;
	(void)values;
	run_on(reader->connection, "BEGIN; SELECT * FROM sqlite_master");
	while (now_ms() - started_ms < 400) {
		struct timespec pause = { .tv_nsec = 10000000 };

		(void)nanosleep(&pause, NULL);
	}
}

static int stop_reading(void *context, int count)
{
	struct reader *reader = context;

	(void)count;
	if (reader->in_the_way_since_ms == 0)
		reader->in_the_way_since_ms = now_ms();
	if (now_ms() - reader->in_the_way_since_ms >= 100 &&
	    sqlite3_get_autocommit(reader->connection) == 0)
		run_on(reader->connection, "COMMIT");
	return 0;
}

static void migrate_past_a_reader(struct database *database, const struct set_file *files)
{
	struct reader reader = { open_another(database, SQLITE_OPEN_READWRITE), 0 };

	assert_int_equal(sqlite3_create_function(database->sqlite, "work", 0, SQLITE_UTF8, &reader,
	                                         work, NULL, NULL),
	                 SQLITE_OK);
	(void)sqlite3_busy_handler(database->sqlite, stop_reading, &reader);
	database->options.lock_timeout_ms = 300;
	database_expect_ok(database, files, 1);
	assert_true(reader.in_the_way_since_ms != 0);
	(void)sqlite3_busy_handler(database->sqlite, NULL, NULL);
	assert_int_equal(sqlite3_close(reader.connection), SQLITE_OK);
}

static void waits_at_commit_after_long_work(void **state)
{
	static const struct set_file files[] = {
		{ "1_slow.sql", "CREATE TABLE t (id INTEGER);\nSELECT work();\n" },
		SET_END,
	};

	migrate_past_a_reader(*state, files);
}

static void waits_to_record_long_work(void **state)
{
	static const struct set_file files[] = {
		{ "1_slow.sql", "-- migrate:up transaction:false\n"
		                "SELECT work();\nCREATE TABLE t (id INTEGER);\n" },
		SET_END,
	};

	migrate_past_a_reader(*state, files);
}

static void reads_a_read_only_file(void **state)
{
	struct database *database = *state;

	database_expect_ok(database, simple, 2);
	assert_int_equal(sqlite3_close(database->sqlite), SQLITE_OK);
	database->sqlite = open_another(database, SQLITE_OPEN_READONLY);
	database_expect_ok(database, simple, 0);
	assert_string_equal(database_status(database, simple), "1 1_t.sql applied\n"
	                                                       "2 2_more.sql applied\n");
	database_expect_error(database, parents, INLAY_EDITED, database->error.message);
}

static void says_that_a_read_only_file_is_one(void **state)
{
	struct database *database = *state;

	database_run(database, "CREATE TABLE x (id INTEGER)");
	assert_int_equal(sqlite3_close(database->sqlite), SQLITE_OK);
	database->sqlite = open_another(database, SQLITE_OPEN_READONLY);
	database_expect_error(
	        database, simple, INLAY_UNREACHABLE,
	        "migrations are pending and can not be applied: the database is opened "
	        "read-only (SQLite 8)");
}

static void says_that_a_file_is_no_database(void **state)
{
	struct database *database = *state;
	FILE *file;

	assert_int_equal(sqlite3_close(database->sqlite), SQLITE_OK);
	file = fopen(database->path, "wb");
	assert_non_null(file);
	for (int i = 0; i < 100; i++)
		assert_true(fputs("this is no database\n", file) >= 0);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(sqlite3_open(database->path, &database->sqlite), SQLITE_OK);
	database_expect_error(
	        database, simple, INLAY_UNREACHABLE,
	        "the tracking table can not be read: file is not a database (SQLite 26)");
}

static void refuses_a_statement_that_is_being_stepped(void **state)
{
	struct database *database = *state;
	sqlite3_stmt *statement = NULL;

	assert_int_equal(sqlite3_prepare_v2(database->sqlite, "SELECT 1 UNION SELECT 2", -1,
	                                    &statement, NULL),
	                 SQLITE_OK);
	assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
	database_expect_error(
	        database, simple, INLAY_MISUSE,
	        "the connection has a statement that is still being stepped: reset or finalize "
	        "it first");
	assert_int_equal(sqlite3_reset(statement), SQLITE_OK);
	database_expect_ok(database, simple, 2);
	assert_int_equal(sqlite3_finalize(statement), SQLITE_OK);
}

/* Hands the tracking table's contents to the runtime in every silly way. */
static void survives_a_table_edited_by_hand(void **state)
{
	static const char *const edits[] = {
		"UPDATE schema_migrations SET checksum = ''",
		"UPDATE schema_migrations SET checksum = x'00ff00ff'",
		"UPDATE schema_migrations SET chain = zeroblob(100000)",
		"UPDATE schema_migrations SET version = -9223372036854775808 WHERE version = 1",
		"UPDATE schema_migrations SET version = 9223372036854775807 WHERE version = 2",
		"UPDATE schema_migrations SET progress = 'x', status = 'x'",
		"UPDATE schema_migrations SET progress = -5, status = 'failed'",
		"UPDATE schema_migrations SET progress = 99999999999999, status = 'failed'",
		"UPDATE schema_migrations SET progress = 1, status = 'failed', up = 'inlay'",
		"UPDATE schema_migrations SET progress = 1, status = 'failed', attempt = 'x'",
		"UPDATE schema_migrations SET filename = '%s%n', applied_at = '%s%n', checksum = 1",
		"DELETE FROM schema_migrations WHERE version = 1",
		"DELETE FROM schema_migrations",
		"DROP TABLE schema_migrations_log",
		"UPDATE schema_migrations SET previous = ''|| version, chain = '' || version",
	};
	struct database *database = *state;

	database->options.lock_timeout_ms = 1;
	database->options.user_version = INLAY_USER_VERSION_NEVER;
	for (size_t i = 0; i < sizeof(edits) / sizeof(edits[0]); i++) {
		database_expect_ok(database, simple, 2);
		database_run(database, edits[i]);
		(void)database_ensure(database, simple);
		(void)database_ask(database, "SELECT 1");
		database_run(database, "DROP TABLE IF EXISTS schema_migrations;"
		                       "DROP TABLE IF EXISTS schema_migrations_log;"
		                       "DROP TABLE IF EXISTS schema_migrations_state;"
		                       "DROP TABLE IF EXISTS t");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DATABASE_TEST_SQLITE(checks_with_one_statement),
		DATABASE_TEST_SQLITE(creates_triggers),
		DATABASE_TEST_SQLITE(notices_insert_or_rollback),
		DATABASE_TEST_SQLITE(notices_raise_rollback),
		DATABASE_TEST_SQLITE(refuses_two_commands_in_one),
		DATABASE_TEST_SQLITE(rebuilds_a_parent_without_losing_children),
		DATABASE_TEST_FILE(finds_what_a_rebuild_has_lost),
		DATABASE_TEST_SQLITE(does_not_check_what_was_not_enforced),
		DATABASE_TEST_FILE(puts_pragmas_back),
		DATABASE_TEST_FILE(gives_the_file_back),
		DATABASE_TEST_FILE(drops_temporary_tables),
		DATABASE_TEST_SQLITE(is_not_fooled_by_temp_and_attached_tables),
		DATABASE_TEST_FILE(runs_vacuum_and_wal_without_a_transaction),
		DATABASE_TEST_FILE(gives_up_on_a_locked_file),
		DATABASE_TEST_FILE(waits_for_a_reader_at_commit),
		DATABASE_TEST_FILE(waits_at_commit_after_long_work),
		DATABASE_TEST_FILE(waits_to_record_long_work),
		DATABASE_TEST_FILE(reads_a_read_only_file),
		DATABASE_TEST_FILE(says_that_a_read_only_file_is_one),
		DATABASE_TEST_FILE(says_that_a_file_is_no_database),
		DATABASE_TEST_SQLITE(refuses_a_statement_that_is_being_stepped),
		DATABASE_TEST_SQLITE(survives_a_table_edited_by_hand),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
