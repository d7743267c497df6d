/* schema_test.c - options->schema: names of any kind, rights, poolers, gates of their own. */
#include "support/database.h"
#include "support/pooler.h"
#include "support/postgres_server.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/* cmocka.h wants some of those first. */
#include <cmocka.h>

#define SCHEMA_COUNT 200

#define EIGHT  "\"\"\"\"\"\"\"\""
#define QUOTES EIGHT EIGHT EIGHT EIGHT EIGHT EIGHT EIGHT "\"\"\"\"\"\"\"" /* 63. */

#define ONE                                                                                        \
	{                                                                                          \
		"001_a.sql", "-- migrate:up\nCREATE TABLE a (id INTEGER);\n"                       \
		             "-- migrate:down\nDROP TABLE a;\n"                                    \
	}
#define TWO                                                                                        \
	{                                                                                          \
		"002_b.sql", "-- migrate:up\nCREATE TABLE b (id INTEGER);\n"                       \
		             "-- migrate:down\nDROP TABLE b;\n"                                    \
	}

static const struct set_file one_and_two[] = { ONE, TWO, SET_END };
static const struct set_file with_one_alone[] = {
	ONE,
	{ "002_b.sql", "-- migrate:up transaction:false\nCREATE TABLE b (id INTEGER);\n" },
	SET_END,
};

static const char found_tables[] =
        "SELECT n.nspname, string_agg(c.relname, ',' ORDER BY c.relname) FROM pg_class c"
        " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'r' AND"
        " n.nspname NOT IN ('pg_catalog', 'information_schema') GROUP BY 1 ORDER BY 1";

static void takes_names_of_any_kind(void **state)
{
	static const char *const names[] = {
		"two words", "\"",
		"a.b, c",    "it's \\ $1 %s --",
		"UPPER",     "sch\xc3\xb6n \xe6\x97\xa5\xe6\x9c\xac \xf0\x9f\x90\x98",
		QUOTES,      "123456789012345678901234567890123456789012345678901234567890123",
		" ",         "user",
		"default",
	};
	struct database *database = *state;
	char expected[200];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		database->options.schema = names[i];
		database_expect_ok(database, one_and_two, 2);
		(void)snprintf(expected, sizeof(expected),
		               "%s|a,b,schema_migrations,schema_migrations_log,"
		               "schema_migrations_state",
		               names[i]);
		database_expect(database, found_tables, expected);
		assert_string_equal(database_status(database, one_and_two),
		                    "1 001_a.sql applied\n2 002_b.sql applied\n");
		assert_string_equal(database_history(database),
		                    "1 001_a.sql applied \n2 002_b.sql applied \n");
		database_expect_ok(database, one_and_two, 0);
		database_expect_result(
		        database, database_rollback(database, one_and_two, inlay_rollback_to(0)),
		        INLAY_OK);
		assert_int_equal(database->error.rolled_back_count, 2);
		database_expect(database, "SHOW search_path", "\"$user\", public");
		database_expect(database,
		                "SELECT COUNT(*) FROM pg_class WHERE relname IN ('a', 'b')", "0");
		database_run(database,
		             "DO $$ DECLARE s text; BEGIN SELECT nspname INTO s FROM"
		             " pg_namespace WHERE nspname <> 'public' AND"
		             " nspname <> 'information_schema' AND nspname NOT LIKE 'pg\\_%';"
		             " EXECUTE format('DROP SCHEMA %I CASCADE', s); END $$");
	}
}

/* What PostgreSQL takes for something else in a search_path, or keeps for itself. */
static void refuses_names_that_are_none(void **state)
{
	static const char *const names[] = { "$user", "pg_temp", "pg_catalog", "pg_toast",
		                             "pg_mine" };
	struct database *database = *state;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		database->options.schema = names[i];
		database_expect_result(database, database_ensure(database, one_and_two),
		                       INLAY_MISUSE);
		assert_string_equal(database->error.message,
		                    "options->schema is \"$user\" or begins with pg_, which "
		                    "PostgreSQL keeps for itself");
		database_expect(database, found_tables, "");
	}
}

static void uses_public_by_its_name(void **state)
{
	struct database *database = *state;

	database->options.schema = "public";
	database_expect_ok(database, one_and_two, 2);
	database->options.schema = NULL;
	database_expect_ok(database, one_and_two, 0);
}

/* The schema is there, and this role may not use it, or not create in it. */
static void tells_of_missing_rights(void **state)
{
	struct database *database = *state;

	database_run(database, "CREATE ROLE guest; CREATE SCHEMA closed; CREATE SCHEMA seen;"
	                       "GRANT USAGE ON SCHEMA seen TO guest; SET ROLE guest");
	database->options.schema = "closed";
	database_expect_result(database, database_ensure(database, one_and_two), INLAY_UNREACHABLE);
	assert_string_equal(database->error.sqlstate, "42501");
	database->options.schema = "seen";
	database_expect_result(database, database_ensure(database, one_and_two), INLAY_FAILED);
	assert_string_equal(database->error.sqlstate, "42501");
	database->options.schema = "new";
	database_expect_result(database, database_ensure(database, one_and_two), INLAY_FAILED);
	assert_string_equal(database->error.sqlstate, "42501");
	database_expect(database, "SELECT current_user", "guest");
	database_expect(database, found_tables, "");
	database_run(database, "RESET ROLE; DROP OWNED BY guest; DROP ROLE guest");
}

static void serves_many_schemas(void **state)
{
	struct database *database = *state;
	struct compiled_set compiled = set_compile(one_and_two, database->dialect);
	char name[20];

	database->options.schema = name;
	database->options.cache_ttl_ms = 60000;
	for (int i = 0; i < 3 * SCHEMA_COUNT; i++) {
		(void)snprintf(name, sizeof(name), "tenant_%d", i % SCHEMA_COUNT);
		database_expect_result(database, database_ensure_set(database, &compiled.set),
		                       INLAY_OK);
		assert_int_equal(database->error.applied_count, i < SCHEMA_COUNT ? 2 : 0);
		if (i >= 2 * SCHEMA_COUNT)
			assert_int_equal(database->error.is_cached, 1);
	}
	database_expect(database, "SELECT COUNT(*) FROM pg_tables WHERE tablename = 'b'", "200");
	set_destroy(&compiled);
}

/* A run in one schema holds nobody up in another one. */
static void has_a_gate_for_each(void **state)
{
	struct database *database = *state;
	PGconn *other = PQconnectdb(database_place(database));
	PGresult *result;

	database->options.schema = "left";
	database_expect_ok(database, one_and_two, 2);
	result = PQexec(other, "BEGIN; SELECT id FROM \"left\".schema_migrations_state FOR UPDATE;"
	                       "SELECT pg_advisory_xact_lock(hashtextextended("
	                       "'\"left\".\"schema_migrations\"', 0))");
	assert_int_equal(PQresultStatus(result), PGRES_TUPLES_OK);
	PQclear(result);
	database->options.lock_timeout_ms = 0;
	database_expect_result(database,
	                       database_rollback(database, one_and_two, inlay_rollback_last(1)),
	                       INLAY_LOCKED);
	database->options.schema = "right";
	database_expect_ok(database, one_and_two, 2);
	PQfinish(other);
}

static void goes_through_a_pooler(void **state)
{
	struct database *database = *state;
	struct pooler *pooler = pooler_start(postgres_server());
	PGconn *direct = database->postgres;
	PGconn *pooled = PQconnectdb(pooler_options(pooler, database->name, "postgres"));

	assert_int_equal(PQstatus(pooled), CONNECTION_OK);
	database->postgres = pooled;
	database->options.schema = "o'7\"";
	database_expect_ok(database, one_and_two, 2);
	database->options.schema = "other";
	database_expect_result(database, database_ensure(database, with_one_alone),
	                       INLAY_INTERRUPTED);
	assert_non_null(strstr(database->error.message,
	                       "this connection goes through a pooler, where options->schema "
	                       "does not hold: connect directly"));
	assert_int_equal(database->error.applied_count, 1);
	for (int i = 0; i < 8; i++)
		database_expect(database, "SHOW search_path", "\"$user\", public");
	database->postgres = direct;
	PQfinish(pooled);
	pooler_stop(pooler);
	database_expect_ok(database, with_one_alone, 1);
	database_expect(database, "SELECT COUNT(*) FROM other.b", "0");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DATABASE_TEST_GATES(takes_names_of_any_kind),
		DATABASE_TEST_GATES(refuses_names_that_are_none),
		DATABASE_TEST_GATES(uses_public_by_its_name),
		DATABASE_TEST_GATES(tells_of_missing_rights),
		DATABASE_TEST_POSTGRES(serves_many_schemas),
		DATABASE_TEST_GATES(has_a_gate_for_each),
		POOLER_TEST(goes_through_a_pooler),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
