/* call_test.c - what a function of the application leaves behind, in every kind of script. */
#include "support/database.h"

#include <setjmp.h>
#include <stdio.h>
#include <string.h>
/* cmocka.h wants some of those first. */
#include <cmocka.h>

#define ONE                                                                                        \
	{                                                                                          \
		"001_a.sql", "CREATE TABLE a (id INTEGER);\nINSERT INTO a VALUES (1);\n"           \
	}
#define THREE                                                                                      \
	{                                                                                          \
		"003_c.sql", "CREATE TABLE c (id INTEGER);\n"                                      \
	}

static const struct set_file calling[] = {
	ONE,
	{ "002_call.sql", "-- migrate:call work\nINSERT INTO a VALUES (3);\n" },
	THREE,
	SET_END,
};
static const struct set_file calling_alone[] = {
	ONE,
	{ "002_call.sql", "-- migrate:up transaction:false\nINSERT INTO a VALUES (2);\n"
	                  "-- migrate:call work\nINSERT INTO a VALUES (3);\n" },
	SET_END,
};
static const struct set_file calling_down[] = {
	ONE,
	{ "002_call.sql", "-- migrate:up\nINSERT INTO a VALUES (2);\n"
	                  "-- migrate:down\n-- migrate:call work\n"
	                  "DELETE FROM a WHERE id = 2;\n" },
	SET_END,
};
static const struct set_file calling_again[] = {
	ONE,
	{ "R__r.sql", "-- migrate:call work\n" },
	SET_END,
};
static const struct set_file one[] = { ONE, SET_END };

static const char numbers[] = "SELECT id FROM a ORDER BY id";

static struct compiled_set compile(const struct database *database, const struct set_file *files,
                                   inlay_function *const *functions)
{
	struct compiled_set compiled = set_compile(files, database->dialect);

	if (compiled.set.image == NULL)
		fail_msg("%s", compiled.problems);
	compiled.set.functions = functions;
	return compiled;
}

static enum inlay_result ensure(struct database *database, const struct set_file *files,
                                inlay_function *function)
{
	inlay_function *const functions[] = { function };
	struct compiled_set compiled = compile(database, files, functions);
	enum inlay_result result = database_ensure_set(database, &compiled.set);

	set_destroy(&compiled);
	return result;
}

static enum inlay_result roll_back(struct database *database, const struct set_file *files,
                                   inlay_function *function)
{
	inlay_function *const functions[] = { function };
	struct compiled_set compiled = compile(database, files, functions);
	enum inlay_result result =
	        database_rollback_set(database, &compiled.set, inlay_rollback_last(1));

	set_destroy(&compiled);
	return result;
}

/* --- Functions --- */

static int run_sql(struct inlay_call *call, const char *sql)
{
	PGresult *result;
	bool done;

	if (call->sqlite != NULL)
		return sqlite3_exec(call->sqlite, sql, NULL, NULL, NULL);
	result = PQexec(call->postgres, sql);
	done = PQresultStatus(result) == PGRES_COMMAND_OK ||
	       PQresultStatus(result) == PGRES_TUPLES_OK;
	PQclear(result);
	return done ? 0 : 1;
}

static int work(struct inlay_call *call)
{
	return run_sql(call, "INSERT INTO a VALUES (10)");
}

static int refuse(struct inlay_call *call)
{
	(void)run_sql(call, "INSERT INTO a VALUES (99)");
	return 7;
}

/* Its context is the text of what it runs. */
static int run_context(struct inlay_call *call)
{
	return run_sql(call, call->context);
}

static int leave_unread(struct inlay_call *call)
{
	return PQsendQuery(call->postgres, "SELECT 1") == 1 ? 0 : 1;
}

static int leave_unread_rows(struct inlay_call *call)
{
	return PQsendQuery(call->postgres, "SELECT * FROM generate_series(1, 100000)") == 1 ? 0 : 1;
}

static int leave_copy(struct inlay_call *call)
{
	PGresult *result = PQexec(call->postgres, "COPY a FROM STDIN");
	bool done = PQresultStatus(result) == PGRES_COPY_IN;

	PQclear(result);
	return done ? 0 : 1;
}

static int leave_pipeline(struct inlay_call *call)
{
	return PQenterPipelineMode(call->postgres) == 1 ? 0 : 1;
}

static int leave_filled_pipeline(struct inlay_call *call)
{
	if (PQenterPipelineMode(call->postgres) != 1)
		return 1;
	return PQsendQueryParams(call->postgres, "INSERT INTO a VALUES (10)", 0, NULL, NULL, NULL,
	                         NULL, 0) == 1
	               ? 0
	               : 1;
}

static int leave_nonblocking(struct inlay_call *call)
{
	return work(call) + PQsetnonblocking(call->postgres, 1);
}

static int leave_statement(struct inlay_call *call)
{
	sqlite3_stmt *statement = NULL;

	if (sqlite3_prepare_v2(call->sqlite, "SELECT 1 UNION SELECT 2", -1, &statement, NULL) !=
	    SQLITE_OK)
		return 1;
	*(sqlite3_stmt **)call->context = statement;
	return sqlite3_step(statement) == SQLITE_ROW ? 0 : 1;
}

/* A set and what it said. */
struct nested {
	const struct inlay_set *set;
	enum inlay_result result;
	char message[INLAY_MESSAGE_SIZE_MAX];
};

static int call_recursively(struct inlay_call *call)
{
	struct nested *nested = call->context;
	struct inlay_error error = inlay_error_init();

	if (call->sqlite != NULL)
		nested->result = ensure_migrated(call->sqlite, nested->set, NULL, &error);
	else
		nested->result = ensure_migrated(call->postgres, nested->set, NULL, &error);
	(void)snprintf(nested->message, sizeof(nested->message), "%s", error.message);
	return work(call);
}

/* --- PostgreSQL --- */

/* The function is blamed, nothing of its migration stays, and the connection is as it was. */
static void expect_blame(struct database *database, inlay_function *function, const char *words)
{
	database_expect_result(database, ensure(database, calling, function), INLAY_FAILED);
	if (strstr(database->error.message, words) == NULL)
		fail_msg("%s", database->error.message);
	assert_int_equal(database->error.version, 2);
	assert_int_equal(database->error.applied_count, 1);
	assert_int_equal(PQpipelineStatus(database->postgres), PQ_PIPELINE_OFF);
	assert_int_equal(PQisnonblocking(database->postgres), 0);
	database_expect(database, numbers, "1");
	database_expect_result(database, ensure(database, calling, work), INLAY_OK);
	assert_int_equal(database->error.applied_count, 2);
	database_expect(database, numbers, "1\n3\n10");
	database_expect(database, "SELECT version FROM schema_migrations ORDER BY 1", "1\n2\n3");
}

static const char under_way[] = "the function left pipeline mode on, or a command under way";

static void blames_an_unread_result(void **state)
{
	expect_blame(*state, leave_unread, under_way);
}

static void blames_unread_rows(void **state)
{
	expect_blame(*state, leave_unread_rows, under_way);
}

static void blames_an_open_copy(void **state)
{
	expect_blame(*state, leave_copy, "the function left the migration's transaction failed");
}

static void blames_a_pipeline(void **state)
{
	expect_blame(*state, leave_pipeline, under_way);
}

static void blames_a_filled_pipeline(void **state)
{
	expect_blame(*state, leave_filled_pipeline, under_way);
}

static void puts_blocking_back(void **state)
{
	struct database *database = *state;

	database_expect_result(database, ensure(database, calling, leave_nonblocking), INLAY_OK);
	assert_int_equal(PQisnonblocking(database->postgres), 0);
	database_expect(database, numbers, "1\n3\n10");
}

static void puts_the_session_back(void **state)
{
	struct database *database = *state;
	char sql[] = "CREATE ROLE worker; GRANT ALL ON a TO worker; SET search_path = pg_catalog,"
	             " public; SET client_encoding = 'LATIN1'; SET work_mem = '64kB';"
	             " CREATE TEMP TABLE rest (id INTEGER); DECLARE c CURSOR FOR SELECT 1;"
	             " PREPARE p AS SELECT 1; SET ROLE worker";

	database->options.call_context = sql;
	database_expect_result(database, ensure(database, calling, run_context), INLAY_OK);
	assert_int_equal(database->error.applied_count, 3);
	database_expect(database, "SHOW search_path", "\"$user\", public");
	database_expect(database, "SHOW client_encoding", "UTF8");
	database_expect(database, "SHOW work_mem", "4MB");
	database_expect(database, "SELECT current_user", "postgres");
	database_expect(database, "SELECT to_regclass('rest'), to_regclass('public.c')", "NULL|c");
	database_expect(database, "SELECT COUNT(*) FROM pg_prepared_statements", "0");
	database_run(database, "DROP OWNED BY worker; DROP ROLE worker");
}

/* --- SQLite --- */

static void blames_a_statement_being_stepped(void **state)
{
	struct database *database = *state;
	sqlite3_stmt *statement = NULL;

	database->options.call_context = &statement;
	database_expect_result(database, ensure(database, calling, leave_statement), INLAY_FAILED);
	assert_non_null(strstr(database->error.message, "still being stepped"));
	(void)sqlite3_finalize(statement);
	database_expect(database, numbers, "1");
	database_expect_result(database, ensure(database, calling, work), INLAY_OK);
	database_expect(database, numbers, "1\n3\n10");
}

/* ATTACH is possible inside a transaction. */
static void detaches_what_a_function_attached(void **state)
{
	struct database *database = *state;
	char sql[] = "ATTACH ':memory:' AS other; CREATE TABLE other.t (id INTEGER);"
	             "CREATE TEMP TABLE rest (id INTEGER)";

	database->options.call_context = sql;
	database_expect_result(database, ensure(database, calling, run_context), INLAY_OK);
	database_expect(database, "SELECT name FROM pragma_database_list WHERE name = 'other'", "");
	database_expect(database, "SELECT COUNT(*) FROM sqlite_temp_master", "0");
}

static void keeps_its_savepoint(void **state)
{
	struct database *database = *state;
	char sql[] = "ROLLBACK TO inlay_migration; RELEASE inlay_migration";

	database->options.call_context = sql;
	assert_int_not_equal(ensure(database, calling, run_context), INLAY_OK);
	database_expect(database,
	                "SELECT COUNT(*) FROM schema_migrations WHERE version > 1"
	                " AND progress IS NULL",
	                "0");
	database_expect(database, numbers, "1");
}

/* --- Both --- */

static void is_not_called_by_itself(void **state)
{
	struct database *database = *state;
	struct compiled_set other = set_compile(one, database->dialect);
	struct nested nested = { &other.set, INLAY_OK, "" };

	database->options.call_context = &nested;
	database_expect_result(database, ensure(database, calling, call_recursively), INLAY_OK);
	assert_int_equal(nested.result, INLAY_MISUSE);
	assert_non_null(strstr(nested.message, "transaction"));
	database_expect(database, numbers, "1\n3\n10");
	set_destroy(&other);
}

static void goes_on_with_a_call(void **state)
{
	struct database *database = *state;

	database_expect_result(database, ensure(database, calling_alone, refuse),
	                       INLAY_INTERRUPTED);
	assert_non_null(strstr(database->error.message, "work() failed with 7"));
	assert_int_equal(database->error.statement, 2);
	database_expect(database, numbers, "1\n2");
	database_expect(database,
	                "SELECT status, progress FROM schema_migrations WHERE version = 2",
	                "failed|1");
	database_expect_result(database, ensure(database, calling_alone, work), INLAY_OK);
	database_expect(database, numbers, "1\n2\n3\n10");
}

static void calls_in_a_down_script(void **state)
{
	struct database *database = *state;

	database_expect_result(database, ensure(database, calling_down, work), INLAY_OK);
	database_expect(database, numbers, "1\n2");
	database_expect_result(database, roll_back(database, calling_down, refuse), INLAY_FAILED);
	assert_non_null(strstr(database->error.message, "work() failed with 7"));
	assert_int_equal(database->error.rolled_back_count, 0);
	database_expect(database, numbers, "1\n2");
	database_expect_result(database, roll_back(database, calling_down, work), INLAY_OK);
	database_expect(database, numbers, "1\n10");
}

/* What the database keeps calls what this program does not have. */
static void does_not_undo_without_the_function(void **state)
{
	struct database *database = *state;
	struct inlay_rollback_scope scope = inlay_rollback_last(1);

	database_expect_result(database, ensure(database, calling_down, work), INLAY_OK);
	scope.use_stored = 1;
	database_expect_result(database, database_rollback(database, one, scope),
	                       INLAY_IRREVERSIBLE);
	assert_string_equal(database->error.message,
	                    "002_call.sql can not be rolled back: its down script calls a function "
	                    "that this program does not have; nothing was changed");
	database_expect(database, numbers, "1\n2");
}

static void calls_in_a_repeatable_one(void **state)
{
	struct database *database = *state;

	database_expect_result(database, ensure(database, calling_again, refuse), INLAY_FAILED);
	database_expect(database, numbers, "1");
	database_expect_result(database, ensure(database, calling_again, work), INLAY_OK);
	database_expect_result(database, ensure(database, calling_again, work), INLAY_OK);
	database_expect(database, numbers, "1\n10");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DATABASE_TEST_GATES(blames_an_unread_result),
		DATABASE_TEST_GATES(blames_unread_rows),
		DATABASE_TEST_GATES(blames_an_open_copy),
		DATABASE_TEST_GATES(blames_a_pipeline),
		DATABASE_TEST_GATES(blames_a_filled_pipeline),
		DATABASE_TEST_GATES(puts_blocking_back),
		DATABASE_TEST_POSTGRES(puts_the_session_back),
		DATABASE_TEST_FILE(blames_a_statement_being_stepped),
		DATABASE_TEST_FILE(detaches_what_a_function_attached),
		DATABASE_TEST_FILE(keeps_its_savepoint),
		DATABASE_TEST_BOTH(is_not_called_by_itself),
		DATABASE_TEST_BOTH(goes_on_with_a_call),
		DATABASE_TEST_BOTH(calls_in_a_down_script),
		DATABASE_TEST_BOTH(does_not_undo_without_the_function),
		DATABASE_TEST_BOTH(calls_in_a_repeatable_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
