/* drift_test.c - what differs between a database and its migrations, and what does not count. */
#include "support/database.h"
#include "verify/drift.h"
#include "verify/scratch.h"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
/* cmocka.h wants some of those first. */
#include <cmocka.h>

static const struct set_file files[] = {
	{ "1_t.sql", "CREATE TABLE t (id INTEGER PRIMARY KEY, note TEXT);" },
	{ "2_i.sql", "CREATE INDEX t_note ON t (note);" },
	{ "3_u.sql", "CREATE TABLE u (id INTEGER PRIMARY KEY);" },
	{ "R__v.sql", "DROP VIEW IF EXISTS v; CREATE VIEW v AS SELECT id FROM t;" },
	SET_END,
};

static int rehash(struct inlay_call *call)
{
	(void)call;
	return 0;
}

static inlay_function *const functions[] = { rehash };

static char told[4000];

static void tell(const char *line)
{
	size_t size = strlen(told);

	(void)snprintf(told + size, sizeof(told) - size, "%s\n", line);
}

/* The comparison's lines, behind them its remarks; or why there is none. */
static const char *compare(struct database *database, const struct set_file *set_files,
                           int64_t to_version, struct options options)
{
	struct compiled_set compiled = set_compile(set_files, database->dialect);
	struct live_set set = { .set = compiled.set };
	struct arena arena = { 0 };
	struct live live = {
		.arena = &arena,
		.command = "verify",
		.address = { .dialect = (enum dialect)database->dialect },
		.sqlite = database->sqlite,
		.postgres = database->postgres,
		.settings = database->options,
		.words = "",
	};
	struct drift_scope scope;
	struct scratch scratch;
	struct drift drift;
	enum drift_result result;

	assert_string_equal(compiled.problems, "");
	if (set.set.function_count > 0)
		set.set.functions = functions;
	if (options.rehearse == NULL && database->postgres != NULL)
		options.rehearse = database_place(database);
	scope = (struct drift_scope){ .to_version = to_version,
		                      .rehearse = options.rehearse,
		                      .except = options.except };
	result = drift_compare_on(&scratch, &live, &set, &scope, &drift);
	scratch_close(&scratch);
	told[0] = '\0';
	assert_int_equal(result == DRIFT_FOUND, drift.diff.count > 0);
	for (size_t i = 0; i < drift.diff.count; i++)
		tell(drift.diff.lines[i]);
	for (size_t i = 0; i < drift.remarks.count; i++)
		tell(drift.remarks.items[i]);
	if (result == DRIFT_UNKNOWN)
		tell(drift.why_not);
	arena_clear(&arena);
	set_destroy(&compiled);
	return told;
}

static void expect(struct database *database, const char *lines)
{
	assert_string_equal(compare(database, files, -1, (struct options){ .strict = false }),
	                    lines);
}

static void nothing_differs(void **state)
{
	struct database *database = *state;

	database_expect_ok(database, files, 4);
	expect(database, "");
}

static void changes_by_hand_differ(void **state)
{
	struct database *database = *state;

	database_expect_ok(database, files, 4);
	database_run(database, "DROP INDEX t_note");
	database_run(database, "ALTER TABLE t ADD COLUMN extra TEXT");
	database_run(database, "ALTER TABLE t RENAME COLUMN note TO remark");
	database_run(database, "CREATE TABLE own (id INTEGER)");
	expect(database, database_either(database,
	                                 "+ table own\n"
	                                 "~ table t: column note TEXT: not in the database\n"
	                                 "~ table t: column remark TEXT: only in the database\n"
	                                 "~ table t: column extra TEXT: only in the database\n"
	                                 "- index t_note\n",
	                                 "+ table own\n"
	                                 "~ table t: column note text: not in the database\n"
	                                 "~ table t: column remark text: only in the database\n"
	                                 "~ table t: column extra text: only in the database\n"
	                                 "- index t_note\n"));
}

static void a_definition_is_shown_beside_the_set_s(void **state)
{
	struct database *database = *state;

	database_expect_ok(database, files, 4);
	database_run(database, "ALTER TABLE t ALTER COLUMN note SET NOT NULL");
	expect(database, "~ table t: column note text NOT NULL, and the set makes it text\n");
}

/* Up to a version only what is there by then counts; what repeatable migrations make never. */
static void a_beginning_of_the_set_is_compared(void **state)
{
	struct database *database = *state;
	struct options options = { .strict = false };

	assert_string_equal(compare(database, files, DRIFT_NOTHING, options), "");
	database_run(database, "CREATE TABLE t (id INTEGER PRIMARY KEY, note TEXT)");
	assert_string_equal(compare(database, files, 1, options), "");
	assert_string_equal(compare(database, files, 2, options), "- index t_note\n");
	database_run(database, "CREATE INDEX t_note ON t (note)");
	database_run(database, "CREATE VIEW v AS SELECT note FROM t");
	assert_string_equal(compare(database, files, 2, options), "");
	database_run(database, "CREATE VIEW w AS SELECT note FROM t");
	assert_string_equal(compare(database, files, 2, options), "+ view w\n");
	options.except = "v,w*";
	assert_string_equal(compare(database, files, 2, options), "");
	options.except = "v";
	assert_string_equal(compare(database, files, 2, options), "+ view w\n");
}

/* Other sets' tables, other schemas, extensions, partitions. */
static void what_is_not_the_set_s_to_make_does_not_count(void **state)
{
	static const struct set_file other[] = {
		{ "1_nothing.sql", "SELECT 1;" },
		SET_END,
	};
	struct database *database = *state;

	database_expect_ok(database, files, 4);
	database->options.table = "other_set";
	database_expect_ok(database, other, 1);
	database->options.table = "schema_migrations";
	expect(database, "");
}

static void schemas_of_others_do_not_count(void **state)
{
	static const struct set_file own[] = {
		{ "1_own.sql", "CREATE SCHEMA own; CREATE TABLE own.t (day DATE) PARTITION BY "
		               "RANGE (day);" },
		SET_END,
	};
	struct database *database = *state;
	struct options options = { .strict = false };

	database_expect_ok(database, own, 1);
	database_run(database, "CREATE SCHEMA theirs");
	database_run(database, "CREATE TABLE theirs.x (id INTEGER)");
	database_run(database, "CREATE TABLE own.t_2026 PARTITION OF own.t FOR VALUES FROM "
	                       "('2026-01-01') TO ('2027-01-01')");
	assert_string_equal(compare(database, own, -1, options),
	                    "schemas in which the migrations make nothing were not compared: "
	                    "theirs\n");
	database_run(database, "CREATE INDEX x ON own.t (day)");
	assert_string_equal(compare(database, own, -1, options),
	                    "+ index own.x\n"
	                    "schemas in which the migrations make nothing were not compared: "
	                    "theirs\n");
}

/* One of many tenants' schemas: the others and public are not its own. */
static void a_named_schema_is_compared_alone(void **state)
{
	struct database *database = *state;
	struct options options = { .strict = false };

	database->options.schema = "tenant_1";
	database_expect_ok(database, files, 4);
	database->options.schema = "tenant_2";
	database_expect_ok(database, files, 4);
	database_run(database, "CREATE TABLE public.p (id INTEGER)");
	database_run(database, "DROP TABLE tenant_1.u");
	assert_string_equal(compare(database, files, -1, options),
	                    "schemas in which the migrations make nothing were not compared: "
	                    "tenant_1\n");
	database->options.schema = "tenant_1";
	assert_string_equal(compare(database, files, -1, options),
	                    "- table tenant_1.u\n"
	                    "schemas in which the migrations make nothing were not compared: "
	                    "tenant_2\n");
	database->options.schema = NULL;
	database_run(database, "SET search_path = tenant_2, public");
	assert_string_equal(compare(database, files, -1, options),
	                    "schemas in which the migrations make nothing were not compared: "
	                    "tenant_1\n");
	database_run(database, "RESET search_path");
}

static void a_function_of_the_application_ends_it(void **state)
{
	static const struct set_file calling[] = {
		{ "1_t.sql", "CREATE TABLE t (id INTEGER);" },
		{ "2_rehash.sql", "-- migrate:up\n-- migrate:call rehash\n" },
		SET_END,
	};
	struct database *database = *state;
	struct options options = { .strict = false };

	assert_string_equal(
	        compare(database, calling, -1, options),
	        "2_rehash.sql calls a function of the application, which is not here\n");
	database_run(database, "CREATE TABLE t (id INTEGER)");
	assert_string_equal(compare(database, calling, 1, options), "");
}

static void what_an_application_brings_is_stood_in_for(void **state)
{
	static const struct set_file bringing[] = {
		{ "1_t.sql", "CREATE TABLE t (a TEXT COLLATE german, b TEXT CHECK (tidy(b) = b));"
		             "CREATE INDEX i ON t (fold(a)); INSERT INTO t VALUES ('a', NULL);" },
		SET_END,
	};
	struct database *database = *state;
	struct options options = { .strict = false };

	assert_string_equal(compare(database, bringing, -1, options), "- table t\n- index i\n");
}

static void roles_are_stood_in_for_on_a_server_of_ours(void **state)
{
	static const struct set_file granting[] = {
		{ "1_t.sql", "CREATE TABLE t (id INTEGER); GRANT SELECT ON t TO \"the reader\";" },
		SET_END,
	};
	struct database *database = *state;
	struct options options = { .rehearse = "auto" };

	assert_string_equal(compare(database, granting, -1, options), "- table t\n");
	options.rehearse = NULL;
	assert_non_null(strstr(compare(database, granting, -1, options),
	                       "the set fails on a scratch database: migrations/1_t.sql:1:"));
}

static void without_a_server_nothing_is_compared(void **state)
{
	struct database *database = *state;
	struct options options = { .rehearse = "host=/nowhere" };

	assert_string_equal(compare(database, files, -1, options),
	                    "there is no scratch database: the server of --rehearse can not be "
	                    "reached\n");
}

static void nothing_is_left_on_the_server(void **state)
{
	struct database *database = *state;

	database_expect_ok(database, files, 4);
	expect(database, "");
	database_expect(database,
	                "SELECT count(*) FROM pg_database WHERE datname LIKE 'inlay_rehearsal%'",
	                "0");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DATABASE_TEST_FILE(nothing_differs),
		DATABASE_TEST_POSTGRES(nothing_differs),
		DATABASE_TEST_FILE(changes_by_hand_differ),
		DATABASE_TEST_POSTGRES(changes_by_hand_differ),
		DATABASE_TEST_POSTGRES(a_definition_is_shown_beside_the_set_s),
		DATABASE_TEST_FILE(a_beginning_of_the_set_is_compared),
		DATABASE_TEST_POSTGRES(a_beginning_of_the_set_is_compared),
		DATABASE_TEST_FILE(what_is_not_the_set_s_to_make_does_not_count),
		DATABASE_TEST_POSTGRES(what_is_not_the_set_s_to_make_does_not_count),
		DATABASE_TEST_POSTGRES(schemas_of_others_do_not_count),
		DATABASE_TEST_POSTGRES(a_named_schema_is_compared_alone),
		DATABASE_TEST_FILE(a_function_of_the_application_ends_it),
		DATABASE_TEST_POSTGRES(a_function_of_the_application_ends_it),
		DATABASE_TEST_FILE(what_an_application_brings_is_stood_in_for),
		DATABASE_TEST_POSTGRES(roles_are_stood_in_for_on_a_server_of_ours),
		DATABASE_TEST_POSTGRES(without_a_server_nothing_is_compared),
		DATABASE_TEST_POSTGRES(nothing_is_left_on_the_server),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
