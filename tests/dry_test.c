/* dry_test.c - a dry run writes nothing, and what it shows is what the real run does. */
#include "support/database.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
/* cmocka.h wants some of those first. */
#include <cmocka.h>

#define COMMAND_COUNT_MAX   200
#define PARAMETER_COUNT_MAX 12
#define ROUND_COUNT_MAX     4
#define DUMP_SIZE           60000

#define ONE                                                                                        \
	{                                                                                          \
		"001_a.sql", "-- migrate:up\nCREATE TABLE a (id INTEGER);\n"                       \
		             "INSERT INTO a VALUES (1);\n-- migrate:down\nDROP TABLE a;\n"         \
	}
#define TWO                                                                                        \
	{                                                                                          \
		"002_b.sql", "-- migrate:up\nCREATE TABLE b (id INTEGER);\n"                       \
		             "-- migrate:down\nDROP TABLE b;\n"                                    \
	}
#define ALONE                                                                                      \
	{                                                                                          \
		"003_alone.sql", "-- migrate:up transaction:false\nINSERT INTO a VALUES (2);\n"    \
		                 "CREATE INDEX a_id ON a (id);\nANALYZE a;\n"                      \
		                 "-- migrate:down transaction:false\nDROP INDEX a_id;\n"           \
		                 "DELETE FROM a WHERE id = 2;\n"                                   \
	}
#define FOUR                                                                                       \
	{                                                                                          \
		"004_d.sql", "-- migrate:breaking\n-- migrate:up\nCREATE TABLE d (id INTEGER);\n"  \
		             "-- migrate:down\nDROP TABLE d;\n"                                    \
	}
#define REPEATABLES                                                                                \
	{ "R__v.sql", "DROP VIEW IF EXISTS v;\nCREATE VIEW v AS SELECT id FROM a;\n" },            \
	{                                                                                          \
		"R__w.sql", "INSERT INTO a VALUES (9);\n"                                          \
	}

static const struct set_file all[] = { ONE, TWO, ALONE, FOUR, REPEATABLES, SET_END };
static const struct set_file one_and_two[] = { ONE, TWO, SET_END };
static const struct set_file one_and_four[] = { ONE, FOUR, SET_END };
static const struct set_file without_repeatables[] = { ONE, TWO, ALONE, FOUR, SET_END };

/* What was shown, in order. */
struct script {
	struct database *database;
	char *sql[COMMAND_COUNT_MAX];
	char *parameters[COMMAND_COUNT_MAX][PARAMETER_COUNT_MAX];
	uint32_t parameter_counts[COMMAND_COUNT_MAX];
	int count;
};

static char *copy_of(const char *text)
{
	char *copy = text != NULL ? strdup(text) : NULL;

	assert_true(text == NULL || copy != NULL);
	return copy;
}

static void keep(void *context, const struct inlay_event *event)
{
	struct script *script = context;

	if (event->kind != INLAY_EVENT_WOULD_RUN)
		return;
	assert_true(script->count < COMMAND_COUNT_MAX);
	assert_true(event->parameter_count <= PARAMETER_COUNT_MAX);
	script->sql[script->count] = copy_of(event->sql);
	for (uint32_t i = 0; i < event->parameter_count; i++)
		script->parameters[script->count][i] = copy_of(event->parameters[i]);
	script->parameter_counts[script->count++] = event->parameter_count;
}

static void forget(struct script *script)
{
	for (int i = 0; i < script->count; i++) {
		free(script->sql[i]);
		for (uint32_t j = 0; j < script->parameter_counts[i]; j++)
			free(script->parameters[i][j]);
	}
	memset(script->parameters, 0, sizeof(script->parameters));
	script->count = 0;
}

static void replay_sqlite(const struct script *script, int index)
{
	sqlite3 *connection = script->database->sqlite;
	sqlite3_stmt *statement = NULL;
	int code;

	if (sqlite3_prepare_v2(connection, script->sql[index], -1, &statement, NULL) != SQLITE_OK)
		fail_msg("%s: %s", script->sql[index], sqlite3_errmsg(connection));
	for (uint32_t i = 0; i < script->parameter_counts[index]; i++)
		(void)sqlite3_bind_text(statement, (int)i + 1, script->parameters[index][i], -1,
		                        SQLITE_STATIC);
	while ((code = sqlite3_step(statement)) == SQLITE_ROW)
		;
	if (code != SQLITE_DONE)
		fail_msg("%s: %s", script->sql[index], sqlite3_errmsg(connection));
	(void)sqlite3_finalize(statement);
}

static void replay_postgres(const struct script *script, int index)
{
	const char *parameters[PARAMETER_COUNT_MAX];
	ExecStatusType status;
	PGresult *result;

	for (int i = 0; i < PARAMETER_COUNT_MAX; i++)
		parameters[i] = script->parameters[index][i];
	result =
	        PQexecParams(script->database->postgres, script->sql[index],
	                     (int)script->parameter_counts[index], NULL, parameters, NULL, NULL, 0);
	status = PQresultStatus(result);
	if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
		fail_msg("%s: %s", script->sql[index], PQresultErrorMessage(result));
	PQclear(result);
}

static void replay(const struct script *script)
{
	for (int i = 0; i < script->count; i++) {
		if (script->database->dialect == INLAY_DIALECT_SQLITE)
			replay_sqlite(script, i);
		else
			replay_postgres(script, i);
	}
}

/* --- What is in a database --- */

/* All but times and who it was. */
static void dump(struct database *database, char text[DUMP_SIZE])
{
	static const char rows[] =
	        "SELECT version, filename, checksum, source_checksum, chain, previous, floor,"
	        " status, direction, progress, attempt, inlay_version, up, down"
	        " FROM schema_migrations ORDER BY version";
	static const char notes[] = "SELECT version, filename, action, direction, checksum, message"
	                            " FROM schema_migrations_log ORDER BY sequence";
	static const char state[] = "SELECT * FROM schema_migrations_state";
	static const char effects[] = "SELECT id FROM a ORDER BY id";
	const char *objects = database_either(
	        database, "SELECT type, name, sql FROM sqlite_master ORDER BY name",
	        "SELECT n.nspname, c.relkind, c.relname, a.attname, a.atttypid, a.attnotnull FROM"
	        " pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_attribute a"
	        " ON a.attrelid = c.oid AND a.attnum > 0 WHERE n.nspname NOT IN ('pg_catalog',"
	        " 'information_schema', 'pg_toast') ORDER BY 1, 2, 3, a.attnum");
	const char *const questions[] = {
		objects, rows,    notes,
		state,   effects, database_either(database, "PRAGMA user_version", "SELECT 0"),
	};

	text[0] = '\0';
	for (size_t i = 0; i < sizeof(questions) / sizeof(questions[0]); i++) {
		size_t used = strlen(text);

		(void)snprintf(text + used, DUMP_SIZE - used, "--- %s\n%s\n", questions[i],
		               database_ask(database, questions[i]));
	}
}

static void expect_same(struct database *database, const char *expected)
{
	static char received[DUMP_SIZE];

	dump(database, received);
	if (strcmp(received, expected) != 0)
		fail_msg("expected:\n%s\nreceived:\n%s", expected, received);
}

/* Changes whenever somebody writes: the file's bytes and time; the next transaction's number, all
 * objects, and all rows that there are. */
static void snapshot(struct database *database, char text[DUMP_SIZE])
{
	struct stat file;
	unsigned long sum = 5381;
	FILE *stream;
	int byte;

	if (database->dialect == INLAY_DIALECT_POSTGRES) {
		(void)snprintf(text, DUMP_SIZE, "%s",
		               database_ask(database,
		                            "SELECT pg_snapshot_xmax(pg_current_snapshot()),"
		                            " (SELECT COUNT(*) FROM pg_class),"
		                            " (SELECT COUNT(*) FROM pg_namespace),"
		                            " (SELECT COUNT(*) FROM pg_attribute),"
		                            " (SELECT string_agg(query_to_xml(format("
		                            "'SELECT * FROM %I.%I', schemaname, tablename),"
		                            " true, true, '')::text, '' ORDER BY schemaname,"
		                            " tablename) FROM pg_tables WHERE schemaname NOT IN"
		                            " ('pg_catalog', 'information_schema'))"));
		return;
	}
	assert_int_equal(stat(database->path, &file), 0);
	stream = fopen(database->path, "rb");
	assert_non_null(stream);
	while ((byte = getc(stream)) != EOF)
		sum = sum * 33 + (unsigned)byte;
	(void)fclose(stream);
	(void)snprintf(text, DUMP_SIZE, "%lu %ld %ld.%09ld", sum, (long)file.st_size,
	               (long)file.st_mtim.tv_sec, file.st_mtim.tv_nsec);
}

/* --- Scenarios --- */

/* ensure_migrated(), or a rollback when `to_version` is not negative. */
static enum inlay_result call(struct database *database, const struct set_file *files,
                              int64_t to_version, struct script *script)
{
	struct compiled_set compiled = set_compile(files, database->dialect);
	struct inlay_rollback_scope scope = inlay_rollback_to(to_version);
	struct inlay_options options = database->options;
	struct inlay_error *error = &database->error;
	enum inlay_result result;

	*error = inlay_error_init();
	options.dry_run = script != NULL;
	options.on_event = script != NULL ? keep : NULL;
	options.context = script;
	if (database->dialect == INLAY_DIALECT_SQLITE)
		result = to_version < 0
		                 ? ensure_migrated(database->sqlite, &compiled.set, &options, error)
		                 : inlay_rollback(database->sqlite, &compiled.set, &scope, &options,
		                                  error);
	else
		result = to_version < 0 ? ensure_migrated(database->postgres, &compiled.set,
		                                          &options, error)
		                        : inlay_rollback(database->postgres, &compiled.set, &scope,
		                                         &options, error);
	set_destroy(&compiled);
	return result;
}

/* Shows, which leaves no trace, and runs what was shown, until there is nothing to show. */
static void run_by_hand(struct database *database, const struct set_file *files, int64_t to_version)
{
	static char before[DUMP_SIZE];
	static char after[DUMP_SIZE];
	static struct script script;
	enum inlay_result result = INLAY_PENDING;

	script.database = database;
	for (int i = 0; i < ROUND_COUNT_MAX && result == INLAY_PENDING; i++) {
		snapshot(database, before);
		result = call(database, files, to_version, &script);
		snapshot(database, after);
		if (strcmp(before, after) != 0)
			fail_msg("before:\n%s\nafter:\n%s", before, after);
		assert_true((result == INLAY_PENDING) == (script.count > 0));
		replay(&script);
		forget(&script);
		/* One look shows all there is, the repeatable ones too. */
		assert_true(i == 0 || result == INLAY_OK);
	}
	database_expect_result(database, result, INLAY_OK);
}

static void prepare(struct database *database, const struct set_file *before)
{
	database_clear(database);
	if (before != NULL)
		database_expect_result(database, call(database, before, -1, NULL), INLAY_OK);
}

static void expect_exact(struct database *database, const struct set_file *before,
                         const struct set_file *files, int64_t to_version)
{
	static char expected[DUMP_SIZE];

	prepare(database, before);
	database_expect_result(database, call(database, files, to_version, NULL), INLAY_OK);
	dump(database, expected);
	prepare(database, before);
	run_by_hand(database, files, to_version);
	expect_same(database, expected);
	/* Nor would the real call have anything to do. */
	database_expect_result(database, call(database, files, to_version, NULL), INLAY_OK);
	expect_same(database, expected);
}

static void begins_exactly(void **state)
{
	expect_exact(*state, NULL, all, -1);
}

static void goes_on_exactly(void **state)
{
	expect_exact(*state, one_and_two, all, -1);
}

static void lets_late_ones_in_exactly(void **state)
{
	struct database *database = *state;

	database->options.allow_late = 1;
	expect_exact(database, one_and_four, without_repeatables, -1);
}

static void rolls_back_exactly(void **state)
{
	expect_exact(*state, all, all, 1);
}

static int count_calls(struct inlay_call *call)
{
	(*(int *)call->context)++;
	return 0;
}

static void writes_nothing_and_calls_nobody(void **state)
{
	static const struct set_file files[] = {
		ONE,
		{ "002_call.sql", "-- migrate:up\n-- migrate:call count_calls\n-- migrate:down\n"
		                  "-- migrate:call count_calls\n" },
		SET_END,
	};
	inlay_function *const functions[] = { count_calls };
	static char before[DUMP_SIZE];
	static char after[DUMP_SIZE];
	struct database *database = *state;
	struct compiled_set compiled = set_compile(files, database->dialect);
	int count = 0;

	compiled.set.functions = functions;
	database->options.call_context = &count;
	database->options.dry_run = 1;
	snapshot(database, before);
	database_expect_result(database, database_ensure_set(database, &compiled.set),
	                       INLAY_PENDING);
	snapshot(database, after);
	assert_string_equal(after, before);
	database->options.dry_run = 0;
	database_expect_result(database, database_ensure_set(database, &compiled.set), INLAY_OK);
	assert_int_equal(count, 1);
	database->options.dry_run = 1;
	snapshot(database, before);
	database_expect_result(
	        database, database_rollback_set(database, &compiled.set, inlay_rollback_last(1)),
	        INLAY_PENDING);
	snapshot(database, after);
	assert_string_equal(after, before);
	assert_int_equal(count, 1);
	set_destroy(&compiled);
}

static void makes_no_schema(void **state)
{
	static char before[DUMP_SIZE];
	static char after[DUMP_SIZE];
	struct database *database = *state;

	database->options.schema = "tenant";
	database->options.dry_run = 1;
	snapshot(database, before);
	database_expect_result(database, database_ensure(database, all), INLAY_PENDING);
	snapshot(database, after);
	assert_string_equal(after, before);
	assert_non_null(strstr(database->shown, "CREATE SCHEMA IF NOT EXISTS \"tenant\"\n"));
}

/* Where a role may only read, too. */
static void needs_no_right_to_write(void **state)
{
	struct database *database = *state;

	prepare(database, one_and_two);
	database_run(database, "SET default_transaction_read_only = on");
	database->options.dry_run = 1;
	database_expect_result(database, database_ensure(database, all), INLAY_PENDING);
	assert_non_null(strstr(database->shown, "CREATE TABLE d"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DATABASE_TEST_BOTH(begins_exactly),
		DATABASE_TEST_BOTH(goes_on_exactly),
		DATABASE_TEST_BOTH(lets_late_ones_in_exactly),
		DATABASE_TEST_BOTH(rolls_back_exactly),
		DATABASE_TEST_BOTH(writes_nothing_and_calls_nobody),
		DATABASE_TEST_GATES(makes_no_schema),
		DATABASE_TEST_GATES(needs_no_right_to_write),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
