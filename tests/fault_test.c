/* fault_test.c - every question the runtime asks a database fails once, in every way. */
#include "../runtime/ensure.h"
#include "support/database.h"
#include "support/fake_driver.h"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
/* cmocka.h wants some of those first. */
#include <cmocka.h>

static const char clean_up_sqlite[] = "DROP TABLE IF EXISTS effects;"
                                      "DROP TABLE IF EXISTS schema_migrations;"
                                      "DROP TABLE IF EXISTS schema_migrations_log;"
                                      "DROP TABLE IF EXISTS schema_migrations_state;"
                                      "PRAGMA user_version = 0";
static const char clean_up_postgres[] = "DROP SCHEMA public CASCADE; CREATE SCHEMA public";

/* Each statement leaves one row, so that one that ran twice shows. */
static const struct set_file transactional[] = {
	{ "1_a.sql", "CREATE TABLE effects (number INTEGER);\nINSERT INTO effects VALUES (1);" },
	{ "2_b.sql", "INSERT INTO effects VALUES (2);" },
	{ "3_c.sql", "INSERT INTO effects VALUES (3);" },
	SET_END,
};

static const struct set_file mixed[] = {
	{ "1_a.sql", "CREATE TABLE effects (number INTEGER);\nINSERT INTO effects VALUES (1);" },
	{ "2_alone.sql", "-- migrate:up transaction:false\n"
	                 "INSERT INTO effects VALUES (2);\nINSERT INTO effects VALUES (3);" },
	{ "3_c.sql", "INSERT INTO effects VALUES (4);" },
	SET_END,
};

static const char *outcome_name(enum outcome outcome)
{
	static const char *const names[] = { "done",   "busy", "conflict",  "retry", "alone",
		                             "failed", "torn", "cancelled", "lost",  "no memory" };

	return names[outcome];
}

/* Runs with the fault; the connection must be idle afterwards, whatever happened. */
static enum inlay_result run_with_fault(struct database *database, const struct inlay_set *set,
                                        const struct fake_plan *plan)
{
	struct request request = { fake_driver(database->dialect), NULL, set, &database->options,
		                   &database->error };
	enum inlay_result result;

	request.connection = database->dialect == INLAY_DIALECT_SQLITE ? (void *)database->sqlite
	                                                               : (void *)database->postgres;
	database->error = inlay_error_init();
	fake_driver_start(plan);
	result = ensure_run(&request);
	assert_true(fake_driver_is_closed());
	if (database->dialect == INLAY_DIALECT_SQLITE)
		assert_int_equal(sqlite3_get_autocommit(database->sqlite), 1);
	else
		assert_int_equal(PQtransactionStatus(database->postgres), PQTRANS_IDLE);
	return result;
}

/* How many migrations the database says are finished; 0 without a table. */
static int count_recorded(struct database *database)
{
	const char *exists = database->dialect == INLAY_DIALECT_SQLITE
	                             ? "SELECT COUNT(*) FROM sqlite_master"
	                               " WHERE name = 'schema_migrations'"
	                             : "SELECT COUNT(*) FROM pg_class"
	                               " WHERE relname = 'schema_migrations'";

	if (strcmp(database_ask(database, exists), "0") == 0)
		return 0;
	return (int)strtol(database_ask(database, "SELECT COUNT(*) FROM schema_migrations"
	                                          " WHERE progress IS NULL"),
	                   NULL, 10);
}

static void expect_effects(struct database *database, int count)
{
	static const char *const effects[] = { "", "1", "1\n2", "1\n2\n3", "1\n2\n3\n4" };

	if (count > 0)
		database_expect(database, "SELECT number FROM effects ORDER BY number",
		                effects[count]);
}

/* Every transactional migration is there wholly and recorded, or not at all. */
static void check_transactional(struct database *database, const struct inlay_set *set,
                                enum inlay_result result)
{
	int recorded = count_recorded(database);

	expect_effects(database, recorded);
	if (result == INLAY_OK)
		assert_int_equal(recorded, 3);
	database_expect_result(database, database_ensure_set(database, set), INLAY_OK);
	expect_effects(database, 3);
	assert_int_equal(count_recorded(database), 3);
}

/* Of a migration without a transaction no statement may run twice either.  SQLite can not know that
 * a process is gone, only that its row has not moved for a while. */
static void check_mixed(struct database *database, const struct inlay_set *set)
{
	if (database->dialect == INLAY_DIALECT_SQLITE && count_recorded(database) > 0)
		database_run(database, "UPDATE schema_migrations SET applied_at ="
		                       " datetime('now', '-1 minute') WHERE progress IS NOT NULL");
	database_expect_result(database, database_ensure_set(database, set), INLAY_OK);
	expect_effects(database, 4);
	assert_int_equal(count_recorded(database), 3);
}

/* Fails question 1, 2, 3 ... until a run gets by without the fault. */
static void fail_everywhere(struct database *database, const struct set_file *files,
                            struct fake_plan plan)
{
	struct compiled_set compiled = set_compile(files, database->dialect);
	bool is_mixed = files == mixed;
	/* Who loses a race on SQLite waits two seconds for a row that nobody is at. */
	uint32_t stride = is_mixed && plan.outcome == OUTCOME_CONFLICT ? 6 : 1;
	enum inlay_result result;

	assert_non_null(compiled.set.image);
	plan.real = database->dialect == INLAY_DIALECT_SQLITE ? &driver_sqlite : &driver_postgres;
	for (plan.fail_at = 1;; plan.fail_at += stride) {
		database_run(database, database->dialect == INLAY_DIALECT_SQLITE
		                               ? clean_up_sqlite
		                               : clean_up_postgres);
		result = run_with_fault(database, &compiled.set, &plan);
		if (fake_driver_count() < plan.fail_at)
			break;
		if (is_mixed)
			check_mixed(database, &compiled.set);
		else
			check_transactional(database, &compiled.set, result);
	}
	assert_int_equal(result, INLAY_OK);
	print_message("%s%s: %u places\n", outcome_name(plan.outcome),
	              plan.after ? ", unheard" : "", plan.fail_at - 1);
	set_destroy(&compiled);
}

static void fail_in_every_way(struct database *database, const struct set_file *files)
{
	static const struct fake_plan plans[] = {
		{ .outcome = OUTCOME_FAILED },
		{ .outcome = OUTCOME_LOST },
		{ .outcome = OUTCOME_LOST, .after = true },
		{ .outcome = OUTCOME_NO_MEMORY },
		{ .outcome = OUTCOME_CONFLICT },
		{ .outcome = OUTCOME_BUSY },
	};

	/* Above the drivers all is the same: on PostgreSQL the first three tell enough. */
	size_t count = database->dialect == INLAY_DIALECT_SQLITE ? 6 : 3;

	for (size_t i = 0; i < count; i++)
		fail_everywhere(database, files, plans[i]);
}

static void survives_every_fault(void **state)
{
	fail_in_every_way(*state, transactional);
}

static void survives_every_fault_without_a_transaction(void **state)
{
	fail_in_every_way(*state, mixed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DATABASE_TEST_SQLITE(survives_every_fault),
		DATABASE_TEST_SQLITE(survives_every_fault_without_a_transaction),
		DATABASE_TEST_GATES(survives_every_fault),
		DATABASE_TEST_GATES(survives_every_fault_without_a_transaction),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
