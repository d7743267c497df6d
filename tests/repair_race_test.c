/* repair_race_test.c - inlay_repair() when a question fails, and against others. */
#include "support/database.h"
#include "support/fake_driver.h"

#include "../runtime/repair.h"

#include <setjmp.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
/* cmocka.h wants some of those first. */
#include <cmocka.h>

#define FIRST                                                                                      \
	{                                                                                          \
		"1_a.sql", "CREATE TABLE a (id INTEGER);\n"                                        \
	}
#define LAST                                                                                       \
	{                                                                                          \
		"3_c.sql", "CREATE TABLE c (id INTEGER);\n"                                        \
	}

static const struct set_file before[] = {
	FIRST, { "2_b.sql", "CREATE TABLE b (id INTEGER);\n" }, LAST, SET_END
};
static const struct set_file edited[] = {
	FIRST, { "2_b.sql", "CREATE TABLE b (id BIGINT);\n" }, LAST, SET_END
};

/* --- Faults --- */

static enum inlay_result run_disturbed(struct database *database, const struct inlay_set *set,
                                       const struct fake_plan *plan)
{
	struct inlay_repair_scope scope = inlay_repair_version(INLAY_REPAIR_ACCEPT, 2);
	struct request request = { fake_driver(database->dialect), NULL, set, &database->options,
		                   &database->error };

	request.connection = database->dialect == INLAY_DIALECT_SQLITE ? (void *)database->sqlite
	                                                               : (void *)database->postgres;
	database->error = inlay_error_init();
	database->options.on_event = NULL;
	fake_driver_start(plan);
	return repair_run(&request, &scope);
}

/* All of it or nothing, whatever is told; and the next call makes it complete. */
static void expect_all_or_nothing(struct database *database, const struct inlay_set *set,
                                  const struct fake_plan *plan, enum inlay_result result)
{
	struct fake_plan calm = { .real = plan->real };
	const char *notes = "SELECT COUNT(*) FROM schema_migrations_log WHERE action = 'repaired'";
	const char *count = database_ask(database, notes);

	assert_true(fake_driver_is_closed());
	assert_int_equal(result, database->error.result);
	assert_true((result == INLAY_OK) == (database->error.message[0] == '\0'));
	assert_true(strcmp(count, "0") == 0 || strcmp(count, "2") == 0);
	if (result == INLAY_OK)
		assert_string_equal(count, "2");
	else if (plan->outcome != OUTCOME_LOST)
		assert_string_equal(count, "0");
	database_expect_result(database,
	                       database_check(database, strcmp(count, "2") == 0 ? edited : before),
	                       INLAY_OK);
	database_expect_result(database, run_disturbed(database, set, &calm), INLAY_OK);
	database_expect(database, notes, "2");
	database_expect_result(database, database_check(database, edited), INLAY_OK);
}

static void survives_every_fault(void **state)
{
	static const struct fake_plan plans[] = {
		{ .outcome = OUTCOME_FAILED },
		{ .outcome = OUTCOME_LOST },
		{ .outcome = OUTCOME_LOST, .after = true },
		{ .outcome = OUTCOME_NO_MEMORY },
		{ .outcome = OUTCOME_CONFLICT },
		{ .outcome = OUTCOME_BUSY },
		{ .outcome = OUTCOME_RETRY },
	};
	struct database *database = *state;
	bool is_sqlite = database->dialect == INLAY_DIALECT_SQLITE;
	struct compiled_set set = set_compile(edited, database->dialect);

	database->options.lock_timeout_ms = 5000;
	for (size_t i = 0; i < sizeof(plans) / sizeof(plans[0]); i++) {
		struct fake_plan plan = plans[i];
		bool has_failed = true;

		plan.real = is_sqlite ? &driver_sqlite : &driver_postgres;
		for (plan.fail_at = 1; has_failed; plan.fail_at++) {
			enum inlay_result result;

			database_clear(database);
			database_expect_ok(database, before, 3);
			result = run_disturbed(database, &set.set, &plan);
			has_failed = fake_driver_count() >= plan.fail_at;
			expect_all_or_nothing(database, &set.set, &plan, result);
		}
		assert_true(plan.fail_at > 10);
	}
	set_destroy(&set);
}

/* --- Races --- */

#define RACER_COUNT 8
#define ROUND_COUNT 5
#define FAILED      99

/* Its second statement fails, and is said to be done. */
static const struct set_file alone[] = {
	FIRST,
	{ "2_alone.sql", "-- migrate:up transaction:false\n"
	                 "INSERT INTO a VALUES (1);\n"
	                 "INSERT INTO nowhere VALUES (2);\n"
	                 "INSERT INTO a VALUES (3);\n"
	                 "INSERT INTO a VALUES (4);\n" },
	SET_END,
};

static enum inlay_result repair_at(const char *place, const struct inlay_set *set,
                                   const struct inlay_options *options, struct inlay_error *error)
{
	struct inlay_repair_scope scope = inlay_repair_version(INLAY_REPAIR_DONE, 2);
	enum inlay_result result = INLAY_UNREACHABLE;
	sqlite3 *sqlite = NULL;
	PGconn *postgres;

	scope.statement = 2;
	if (place[0] == '/') {
		if (sqlite3_open(place, &sqlite) == SQLITE_OK)
			result = inlay_repair(sqlite, set, &scope, options, error);
		(void)sqlite3_close(sqlite);
		return result;
	}
	postgres = PQconnectdb(place);
	if (PQstatus(postgres) == CONNECTION_OK)
		result = inlay_repair(postgres, set, &scope, options, error);
	PQfinish(postgres);
	return result;
}

/* Exits with 1 where it has repaired, with 0 where somebody else was faster. */
static _Noreturn void become_racer(const char *place, const struct inlay_set *set,
                                   struct inlay_options options, int gate)
{
	struct inlay_error error = inlay_error_init();
	enum inlay_result result;
	char byte;

	options.lock_timeout_ms = 60000;
	options.on_event = NULL;
	if (read(gate, &byte, 1) != 0)
		_exit(FAILED);
	result = repair_at(place, set, &options, &error);
	if (result == INLAY_OK)
		_exit(1);
	if (result == INLAY_INTERRUPTED && strstr(error.message, "is 3 by now") != NULL)
		_exit(0);
	(void)fprintf(stderr, "%s\n", error.message);
	_exit(FAILED);
}

/* How many say that they have repaired. */
static int race(struct database *database, const struct inlay_set *set)
{
	pid_t pids[RACER_COUNT];
	char place[700];
	int gate[2];
	int count = 0;

	(void)snprintf(place, sizeof(place), "%s", database_place(database));
	assert_int_equal(pipe(gate), 0);
	database_disconnect(database);
	(void)fflush(NULL);
	for (int i = 0; i < RACER_COUNT; i++) {
		pids[i] = fork();
		assert_true(pids[i] >= 0);
		if (pids[i] == 0) {
			(void)close(gate[1]);
			become_racer(place, set, database->options, gate[0]);
		}
	}
	(void)close(gate[0]);
	(void)close(gate[1]);
	for (int i = 0; i < RACER_COUNT; i++) {
		int status = 0;

		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
		assert_true(WIFEXITED(status));
		assert_int_not_equal(WEXITSTATUS(status), FAILED);
		count += WEXITSTATUS(status);
	}
	database_reconnect(database);
	return count;
}

static void one_of_many_repairs(void **state)
{
	struct database *database = *state;
	struct compiled_set set = set_compile(alone, database->dialect);

	for (int i = 0; i < ROUND_COUNT; i++) {
		database_clear(database);
		database_expect_result(database, database_ensure(database, alone),
		                       INLAY_INTERRUPTED);
		assert_int_equal(race(database, &set.set), 1);
		database_expect(database,
		                "SELECT status, progress FROM schema_migrations WHERE version = 2",
		                "failed|2");
		database_expect(database,
		                "SELECT COUNT(*) FROM schema_migrations_log"
		                " WHERE action = 'repaired'",
		                "1");
		database_expect_ok(database, alone, 1);
		database_expect(database, "SELECT id FROM a ORDER BY id", "1\n3\n4");
	}
	set_destroy(&set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DATABASE_TEST_BOTH(survives_every_fault),
		DATABASE_TEST_BOTH(one_of_many_repairs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
