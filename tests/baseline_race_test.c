/* baseline_race_test.c - inlay_baseline() when a question fails, and against others. */
#include "support/baseline.h"
#include "support/fake_driver.h"

#include "../runtime/baseline.h"

#include <setjmp.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
/* cmocka.h wants some of those first. */
#include <cmocka.h>

#define VIEW                                                                                       \
	{                                                                                          \
		"R__v.sql", "DROP VIEW IF EXISTS v;\nCREATE VIEW v AS SELECT id FROM a;\n"         \
	}

static const char versions[] = "SELECT version FROM schema_migrations ORDER BY version";

/* --- Faults --- */

static enum inlay_result run_disturbed(struct database *database, const struct inlay_set *set,
                                       const struct fake_plan *plan)
{
	struct inlay_baseline_scope scope = inlay_baseline_to(3);
	struct request request = { fake_driver(database->dialect), NULL, set, &database->options,
		                   &database->error };

	request.connection = database->dialect == INLAY_DIALECT_SQLITE ? (void *)database->sqlite
	                                                               : (void *)database->postgres;
	database->error = inlay_error_init();
	database->options.on_event = NULL;
	fake_driver_start(plan);
	return baseline_run(&request, &scope);
}

/* All of it or nothing, whatever is told; and the next call makes it complete. */
static void expect_all_or_nothing(struct database *database, const struct inlay_set *set,
                                  const struct fake_plan *plan, enum inlay_result result)
{
	struct fake_plan calm = { .real = plan->real };
	const char *rows_there = "0";

	assert_true(fake_driver_is_closed());
	assert_int_equal(result, database->error.result);
	assert_true((result == INLAY_OK) == (database->error.message[0] == '\0'));
	assert_true(result == INLAY_OK || database->error.recorded_count == 0);
	if (database->error.recorded_count > 0)
		assert_int_equal(database->error.recorded_count, 4);
	if (strcmp(database_ask(database, database_either(database,
	                                                  "SELECT COUNT(*) FROM sqlite_master WHERE"
	                                                  " name = 'schema_migrations'",
	                                                  "SELECT COUNT(to_regclass("
	                                                  "'schema_migrations'))")),
	           "1") == 0)
		rows_there = database_ask(database, "SELECT COUNT(*) FROM schema_migrations");
	assert_true(strcmp(rows_there, "0") == 0 || strcmp(rows_there, "3") == 0);
	if (result == INLAY_OK)
		assert_string_equal(rows_there, "3");
	else if (plan->outcome != OUTCOME_LOST)
		assert_string_equal(rows_there, "0");
	database_expect_result(database, run_disturbed(database, set, &calm), INLAY_OK);
	database_expect(database, "SELECT COUNT(*) FROM schema_migrations", "3");
	database_expect(database, "SELECT COUNT(*) FROM schema_migrations_log", "4");
}

static void survives_every_fault(void **state)
{
	static const struct set_file files[] = { BASELINE_TABLE("1", "a"), BASELINE_TABLE("2", "b"),
		                                 BASELINE_TABLE("3", "c"), VIEW, SET_END };
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
	struct compiled_set set = set_compile(files, database->dialect);

	database->options.lock_timeout_ms = 5000;
	for (size_t i = 0; i < sizeof(plans) / sizeof(plans[0]); i++) {
		struct fake_plan plan = plans[i];
		bool has_failed = true;

		plan.real = is_sqlite ? &driver_sqlite : &driver_postgres;
		for (plan.fail_at = 1; has_failed; plan.fail_at++) {
			enum inlay_result result;

			database_clear(database);
			result = run_disturbed(database, &set.set, &plan);
			has_failed = fake_driver_count() >= plan.fail_at;
			expect_all_or_nothing(database, &set.set, &plan, result);
		}
	}
	set_destroy(&set);
}

/* --- Races --- */

#define RACER_COUNT 12
#define ROUND_COUNT 5
#define FAILED      99

#define COUNTED(version, name)                                                                     \
	{                                                                                          \
		"00" version "_" name ".sql", "CREATE TABLE " name " (id INTEGER);\n"              \
		                              "UPDATE counter SET number = number + 1;\n"          \
	}

static const struct set_file counted[] = { COUNTED("1", "a"), COUNTED("2", "b"), COUNTED("3", "c"),
	                                   COUNTED("4", "d"), SET_END };

static enum inlay_result run_racer(const char *place, const struct inlay_set *set,
                                   const struct inlay_options *options, bool is_baseline,
                                   struct inlay_error *error)
{
	struct inlay_baseline_scope scope = inlay_baseline_to(2);
	enum inlay_result result = INLAY_UNREACHABLE;
	sqlite3 *sqlite = NULL;
	PGconn *postgres;

	if (place[0] == '/') {
		if (sqlite3_open(place, &sqlite) == SQLITE_OK)
			result = is_baseline ? inlay_baseline(sqlite, set, &scope, options, error)
			                     : ensure_migrated(sqlite, set, options, error);
		(void)sqlite3_close(sqlite);
		return result;
	}
	postgres = PQconnectdb(place);
	if (PQstatus(postgres) == CONNECTION_OK)
		result = is_baseline ? inlay_baseline(postgres, set, &scope, options, error)
		                     : ensure_migrated(postgres, set, options, error);
	PQfinish(postgres);
	return result;
}

static _Noreturn void become_racer(const char *place, const struct inlay_set *set,
                                   struct inlay_options options, bool is_baseline, int gate)
{
	struct inlay_error error = inlay_error_init();
	char byte;

	options.lock_timeout_ms = 60000;
	options.on_event = NULL;
	if (read(gate, &byte, 1) != 0)
		_exit(FAILED);
	if (run_racer(place, set, &options, is_baseline, &error) != INLAY_OK) {
		(void)fprintf(stderr, "%s\n", error.message);
		_exit(FAILED);
	}
	_exit(is_baseline ? (int)error.recorded_count : (int)error.applied_count);
}

/* Of the first `baseline_count` and of the others: what they say they did. */
static void race(struct database *database, const struct inlay_set *set, int baseline_count,
                 int told[2])
{
	pid_t pids[RACER_COUNT];
	char place[700];
	int gate[2];

	(void)snprintf(place, sizeof(place), "%s", database_place(database));
	told[0] = told[1] = 0;
	assert_int_equal(pipe(gate), 0);
	database_disconnect(database);
	(void)fflush(NULL);
	for (int i = 0; i < RACER_COUNT; i++) {
		pids[i] = fork();
		assert_true(pids[i] >= 0);
		if (pids[i] == 0) {
			(void)close(gate[1]);
			become_racer(place, set, database->options, i < baseline_count, gate[0]);
		}
	}
	(void)close(gate[0]);
	(void)close(gate[1]);
	for (int i = 0; i < RACER_COUNT; i++) {
		int status = 0;

		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
		assert_true(WIFEXITED(status));
		assert_int_not_equal(WEXITSTATUS(status), FAILED);
		told[i >= baseline_count] += WEXITSTATUS(status);
	}
	database_reconnect(database);
}

static void begin_race(struct database *database)
{
	database_clear(database);
	database_run(database, "CREATE TABLE counter (number INTEGER);"
	                       "INSERT INTO counter VALUES (0)");
}

static void many_record_at_once(void **state)
{
	struct database *database = *state;
	struct compiled_set set = set_compile(counted, database->dialect);

	for (int i = 0; i < ROUND_COUNT; i++) {
		int told[2];

		begin_race(database);
		race(database, &set.set, RACER_COUNT, told);
		assert_int_equal(told[0], 2);
		database_expect(database, versions, "1\n2");
		database_expect(database, "SELECT COUNT(*) FROM schema_migrations_log", "2");
		database_expect(database, "SELECT number FROM counter", "0");
	}
	set_destroy(&set);
}

/* Each version is recorded or applied, by one of them. */
static void nobody_runs_what_is_recorded(void **state)
{
	struct database *database = *state;
	struct compiled_set set = set_compile(counted, database->dialect);
	char number[20];

	for (int i = 0; i < ROUND_COUNT; i++) {
		int told[2];

		begin_race(database);
		race(database, &set.set, RACER_COUNT / 2, told);
		assert_int_equal(told[0] + told[1], 4);
		assert_in_range(told[0], 0, 2);
		(void)snprintf(number, sizeof(number), "%d", told[1]);
		database_expect(database, "SELECT number FROM counter", number);
		database_expect(database, versions, "1\n2\n3\n4");
		database_expect(database,
		                "SELECT COUNT(*) FROM schema_migrations_log"
		                " WHERE action = 'applied'",
		                number);
		database_expect(database, "SELECT COUNT(*) FROM schema_migrations_log", "4");
		database_expect_result(database, database_check(database, counted), INLAY_OK);
	}
	set_destroy(&set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DATABASE_TEST_BOTH(survives_every_fault),
		DATABASE_TEST_BOTH(many_record_at_once),
		DATABASE_TEST_BOTH(nobody_runs_what_is_recorded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
