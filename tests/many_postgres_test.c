/* many_postgres_test.c - ensure_migrated_all_postgres(): a schema for each tenant; passwords. */
#define _XOPEN_SOURCE 700

#include "../runtime/inlay_many.h"
#include "support/database.h"
#include "support/files.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
/* cmocka.h wants some of those first. */
#include <cmocka.h>

#define SCHEMA_COUNT 200

static const struct set_file files[] = {
	{ "1_notes.sql", "CREATE TABLE notes (id INTEGER);" },
	{ "2_runs.sql", "CREATE TABLE runs (number INTEGER); INSERT INTO runs VALUES (1);" },
	SET_END,
};

struct tenants {
	struct database *database;
	char *directory;
	char *place;
	char schemas[SCHEMA_COUNT][20];
	struct inlay_target targets[SCHEMA_COUNT];
	struct compiled_set set;
	struct inlay_many many;
	struct inlay_error error;
	pthread_mutex_t lock;
	int connection_count;
	char failures[1000];
};

static int prepare(void *context, PGconn *connection)
{
	struct tenants *tenants = context;

	(void)pthread_mutex_lock(&tenants->lock);
	tenants->connection_count++;
	(void)pthread_mutex_unlock(&tenants->lock);
	return PQstatus(connection) == CONNECTION_OK ? 0 : 1;
}

static void renew_targets(struct tenants *tenants)
{
	for (size_t i = 0; i < SCHEMA_COUNT; i++) {
		tenants->targets[i] = inlay_target_init(tenants->place);
		tenants->targets[i].schema = tenants->schemas[i];
	}
}

static int setup(void **state)
{
	struct tenants *tenants = calloc(1, sizeof(*tenants));
	void *database;

	assert_non_null(tenants);
	if (database_setup_postgres(&database) != 0)
		return 1;
	tenants->database = database;
	tenants->error = inlay_error_init();
	tenants->directory = directory_make();
	tenants->set = set_compile(files, INLAY_DIALECT_POSTGRES);
	tenants->place = format("%s", database_place(database));
	for (size_t i = 0; i < SCHEMA_COUNT; i++)
		(void)snprintf(tenants->schemas[i], sizeof(tenants->schemas[i]), "tenant_%zu", i);
	tenants->many = inlay_many_init(tenants->targets, SCHEMA_COUNT);
	tenants->many.thread_count = 8;
	tenants->many.prepare_postgres = prepare;
	tenants->many.context = tenants;
	renew_targets(tenants);
	assert_int_equal(pthread_mutex_init(&tenants->lock, NULL), 0);
	*state = tenants;
	return 0;
}

static int teardown(void **state)
{
	struct tenants *tenants = *state;
	void *database = tenants->database;

	free(tenants->place);
	(void)pthread_mutex_destroy(&tenants->lock);
	set_destroy(&tenants->set);
	directory_remove(tenants->directory);
	free(tenants->directory);
	free(tenants);
	return database_teardown(&database);
}

static enum inlay_result ensure_all(struct tenants *tenants)
{
	enum inlay_result result;

	tenants->connection_count = 0;
	result = ensure_migrated_all_postgres(&tenants->many, &tenants->set.set, NULL,
	                                      &tenants->error);
	tenants->failures[0] = '\0';
	for (size_t i = 0; i < tenants->many.target_count; i++) {
		size_t size = strlen(tenants->failures);

		if (tenants->targets[i].result != INLAY_OK)
			(void)snprintf(tenants->failures + size, sizeof(tenants->failures) - size,
			               "%zu %s\n", i,
			               inlay_result_name(tenants->targets[i].result));
	}
	return result;
}

static void make_schemas(struct database *database)
{
	database_run(database, "DO $$ BEGIN FOR i IN 0..199 LOOP"
	                       " EXECUTE format('CREATE SCHEMA tenant_%s', i); END LOOP; END $$");
}

/* How many schemas have everything, once. */
static void expect_done(struct database *database, const char *expected)
{
	database_expect(
	        database,
	        "SELECT count(*) FROM information_schema.schemata"
	        " WHERE schema_name LIKE 'tenant%' AND (xpath('/row/n/text()', query_to_xml("
	        "CASE WHEN to_regclass(schema_name || '.schema_migrations') IS NULL OR"
	        " to_regclass(schema_name || '.runs') IS NULL THEN 'SELECT 0 AS n' ELSE "
	        "'SELECT (SELECT count(*) FROM ' || schema_name || '.schema_migrations) * 10"
	        " + (SELECT count(*) FROM ' || schema_name || '.runs) AS n' END,"
	        " false, true, '')))[1]::text = '21'",
	        expected);
}

static const char five[] = "3 INLAY_FOREIGN\n17 INLAY_FOREIGN\n42 INLAY_FAILED\n"
                           "100 INLAY_FAILED\n199 INLAY_FAILED\n";

static void break_five(struct database *database)
{
	database_run(database, "CREATE TABLE tenant_3.schema_migrations (other INTEGER)");
	database_run(database, "CREATE TABLE tenant_17.schema_migrations (other INTEGER)");
	database_run(database, "CREATE TABLE tenant_42.runs (other INTEGER)");
	database_run(database, "CREATE TABLE tenant_100.notes (other INTEGER)");
	database_run(database, "CREATE VIEW tenant_199.notes AS SELECT 1");
}

static void mend_five(struct database *database)
{
	database_run(database, "DROP TABLE tenant_3.schema_migrations");
	database_run(database, "DROP TABLE tenant_17.schema_migrations");
	database_run(database, "DROP TABLE tenant_42.runs");
	database_run(database, "DROP TABLE tenant_100.notes");
	database_run(database, "DROP VIEW tenant_199.notes");
}

static void two_hundred_schemas(void **state)
{
	struct tenants *tenants = *state;
	struct database *database = tenants->database;
	char *ledger = format("%s/ledger", tenants->directory);

	tenants->many.ledger = ledger;
	make_schemas(database);
	break_five(database);
	assert_int_equal(ensure_all(tenants), INLAY_FOREIGN);
	assert_string_equal(tenants->failures, five);
	assert_int_equal(tenants->many.done_count, 195);
	assert_int_equal(tenants->many.failed_count, 5);
	assert_int_equal(tenants->connection_count, SCHEMA_COUNT);
	assert_non_null(strstr(tenants->error.message, ", schema tenant_3: "));
	expect_done(database, "195");

	/* A second run, of a process that knows the ledger alone, does those only. */
	mend_five(database);
	renew_targets(tenants);
	assert_int_equal(ensure_all(tenants), INLAY_OK);
	assert_int_equal(tenants->connection_count, 5);
	assert_int_equal(tenants->many.skipped_count, 195);
	assert_int_equal(tenants->many.done_count, SCHEMA_COUNT);
	expect_done(database, "200");

	renew_targets(tenants);
	assert_int_equal(ensure_all(tenants), INLAY_OK);
	assert_int_equal(tenants->connection_count, 0);
	free(ledger);
}

/* A schema that is missing is made, and one connection string without a schema is a tenant of its
 * own; also for a program that knows no schemas in its options. */
static void schemas_are_made(void **state)
{
	struct tenants *tenants = *state;
	struct inlay_options options = inlay_options_init();
	char *place = format("%s options=-csearch_path=tenant_0", tenants->place);

	options.size = offsetof(struct inlay_options, schema);
	tenants->many.target_count = 3;
	tenants->targets[2] = inlay_target_init(tenants->place);
	assert_int_equal(ensure_migrated_all_postgres(&tenants->many, &tenants->set.set, &options,
	                                              &tenants->error),
	                 INLAY_OK);
	assert_int_equal(tenants->error.applied_count, 6);
	expect_done(tenants->database, "2");
	database_expect(tenants->database, "SELECT count(*) FROM public.runs", "1");

	/* The options' schema is for those who have none. */
	options = inlay_options_init();
	options.schema = "tenant_5";
	tenants->targets[2] = inlay_target_init(place);
	assert_int_equal(ensure_migrated_all_postgres(&tenants->many, &tenants->set.set, &options,
	                                              &tenants->error),
	                 INLAY_OK);
	assert_int_equal(tenants->error.applied_count, 2);
	database_expect(tenants->database, "SELECT count(*) FROM tenant_5.runs", "1");
	free(place);
}

/* A herd of runs over the same tenants: each is migrated once, and every line counts. */
static void several_processes_with_one_ledger(void **state)
{
	struct tenants *tenants = *state;
	char *ledger = format("%s/ledger", tenants->directory);
	int status;

	tenants->many.ledger = ledger;
	tenants->many.target_count = 40;
	database_disconnect(tenants->database);
	for (int i = 0; i < 4; i++)
		if (fork() == 0)
			_exit(ensure_all(tenants) == INLAY_OK ? 0 : 1);
	for (int i = 0; i < 4; i++) {
		assert_true(wait(&status) > 0);
		assert_int_equal(status, 0);
	}
	database_reconnect(tenants->database);
	expect_done(tenants->database, "40");
	assert_int_equal(ensure_all(tenants), INLAY_OK);
	assert_int_equal(tenants->connection_count, 0);
	free(ledger);
}

/* --- Passwords --- */

static void expect_no_secret(const struct tenants *tenants)
{
	if (strstr(tenants->error.message, "hunter2") != NULL)
		fail_msg("%s", tenants->error.message);
}

static void passwords_are_not_told(void **state)
{
	static const char *const broken[] = {
		"postgresql://ann:hunter2@/x?host=/nowhere", "postgresql://ann:x@hunter2@host/x",
		"postgresql://ann:x:hunter2@host:hunter2/x", "postgresql://ann:hunter2@host:99x/x",
		"host=/nowhere user=ann password=hunter2",   "host=/nowhere password= hunter2",
		"host=/nowhere password='hunter2",
	};
	struct tenants *tenants = *state;

	tenants->many.target_count = 1;
	for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
		tenants->targets[0] = inlay_target_init(broken[i]);
		assert_int_equal(ensure_all(tenants), INLAY_UNREACHABLE);
		expect_no_secret(tenants);
		assert_non_null(strstr(tenants->error.message, "can not be opened: "));
	}
}

/* Nor written, and a new password makes no other database of it. */
static void the_ledger_holds_no_password(void **state)
{
	struct tenants *tenants = *state;
	char *ledger = format("%s/ledger", tenants->directory);
	char *places[3];
	struct bytes content;

	places[0] = format("%s password=hunter2", database_place(tenants->database));
	places[1] = format("password='other \\' one' %s sslmode=disable",
	                   database_place(tenants->database));
	places[2] = format("%s options='-c search_path=public'", database_place(tenants->database));
	tenants->many.ledger = ledger;
	tenants->many.target_count = 1;
	for (int i = 0; i < 3; i++) {
		tenants->targets[0] = inlay_target_init(places[i]);
		assert_int_equal(ensure_all(tenants), INLAY_OK);
		assert_int_equal(tenants->connection_count, i != 1);
	}
	tenants->targets[0] = inlay_target_init(places[2]);
	assert_int_equal(ensure_all(tenants), INLAY_OK);
	assert_int_equal(tenants->connection_count, 0);
	content = file_read(ledger);
	assert_null(strstr(content.start, "hunter2"));
	assert_non_null(strstr(content.start, "dbname="));
	free(content.start);
	for (int i = 0; i < 3; i++)
		free(places[i]);
	free(ledger);
}

#define TEST(test)                                                                                 \
	{                                                                                          \
		.name = #test, .test_func = database_unless_missing(test), .setup_func = setup,    \
		.teardown_func = teardown,                                                         \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(two_hundred_schemas),
		TEST(schemas_are_made),
		TEST(several_processes_with_one_ledger),
		TEST(passwords_are_not_told),
		TEST(the_ledger_holds_no_password),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
