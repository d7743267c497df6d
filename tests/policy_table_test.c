/* policy_table_test.c - every situation under every combination of the policies that know it. */
#include "support/database.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/* cmocka.h wants some of those first. */
#include <cmocka.h>

#define FILE_1                                                                                     \
	{                                                                                          \
		"1_a.sql", "-- migrate:up\nCREATE TABLE a (id INTEGER);\n"                         \
		           "-- migrate:down\nDROP TABLE a;\n"                                      \
	}
#define FILE_2                                                                                     \
	{                                                                                          \
		"2_b.sql", "-- migrate:up\nCREATE TABLE b (id INTEGER);\n"                         \
		           "-- migrate:down\nDROP TABLE b;\n"                                      \
	}
#define FILE_3                                                                                     \
	{                                                                                          \
		"3_c.sql", "-- migrate:up\nCREATE TABLE c (id INTEGER);\n"                         \
		           "-- migrate:down\nDROP TABLE c;\n"                                      \
	}
#define BREAKING(name, table)                                                                      \
	{                                                                                          \
		name, "-- migrate:breaking\n-- migrate:up\nCREATE TABLE " table " (id INTEGER);\n" \
		      "-- migrate:down\nDROP TABLE " table ";\n"                                   \
	}
#define STOPPED                                                                                    \
	{                                                                                          \
		"2_b.sql", "-- migrate:up transaction:false\nCREATE TABLE b (id INTEGER);\n"       \
		           "INSERT INTO hurdle VALUES (1);\n"                                      \
	}

static const struct set_file only_1[] = { FILE_1, SET_END };
static const struct set_file up_to_2[] = { FILE_1, FILE_2, SET_END };
static const struct set_file up_to_3[] = { FILE_1, FILE_2, FILE_3, SET_END };
static const struct set_file without_2[] = { FILE_1, FILE_3, SET_END };
static const struct set_file edited_1[] = {
	{ "1_a.sql", "CREATE TABLE a (id INTEGER, name TEXT);\n" },
	FILE_2,
	SET_END,
};
static const struct set_file breaking_3[] = { FILE_1, FILE_2, BREAKING("3_c.sql", "c"), SET_END };
static const struct set_file breaking_2[] = { FILE_1, BREAKING("2_b.sql", "b"), FILE_3, SET_END };
static const struct set_file stopped_2[] = { FILE_1, STOPPED, SET_END };

/* Options as bits: all combinations of them. */
enum {
	REFUSE_AHEAD = 1,
	ALLOW_EDITED = 2,
	ALLOW_MISSING = 4,
	ALLOW_LATE = 8,
	REFUSE_INTERRUPTED = 16,
	COMBINATION_COUNT = 32
};

/* What the database has, what the program has, and which option decides. */
static const struct situation {
	const char *name;
	const struct set_file *database;
	const struct set_file *program;
	int option;                    /* 0: it is always refused. */
	enum inlay_result refusal;     /* When the option refuses, or does not allow. */
	enum inlay_result only_checks; /* What inlay_check() says otherwise. */
	bool is_refused_by_option;
	bool is_drift;       /* Told as such whenever it is refused; */
	bool is_drift_still; /* and when it is allowed. */
} situations[] = {
	{ "ahead", up_to_3, up_to_2, REFUSE_AHEAD, INLAY_AHEAD, INLAY_OK, true, true, false },
	{ "edited", up_to_2, edited_1, ALLOW_EDITED, INLAY_EDITED, INLAY_OK, false, true, true },
	{ "missing", up_to_3, without_2, ALLOW_MISSING, INLAY_MISSING, INLAY_OK, false, true,
	  true },
	{ "late", without_2, up_to_3, ALLOW_LATE, INLAY_LATE, INLAY_PENDING, false, true, true },
	{ "breaking", breaking_3, up_to_2, 0, INLAY_AHEAD, INLAY_OK, false, true, true },
	{ "interrupted", stopped_2, stopped_2, REFUSE_INTERRUPTED, INLAY_INTERRUPTED, INLAY_PENDING,
	  true, false, false },
};

/* The events DRIFT of a call. */
struct drifts {
	int count;
	enum inlay_result result;
	enum inlay_level level;
};

static void note(void *context, const struct inlay_event *event)
{
	struct drifts *drifts = context;

	if (event->kind != INLAY_EVENT_DRIFT)
		return;
	drifts->count++;
	drifts->result = event->result;
	drifts->level = event->level;
}

static struct inlay_options options_of(const struct database *database, int combination)
{
	struct inlay_options options = inlay_options_init();

	options.gate = database->options.gate;
	options.auto_migrate = 1;
	options.refuse_ahead = (combination & REFUSE_AHEAD) != 0;
	options.allow_edited = (combination & ALLOW_EDITED) != 0;
	options.allow_missing = (combination & ALLOW_MISSING) != 0;
	options.allow_late = (combination & ALLOW_LATE) != 0;
	options.refuse_interrupted = (combination & REFUSE_INTERRUPTED) != 0;
	return options;
}

static void prepare(struct database *database, const struct situation *situation)
{
	bool is_stopped = situation->database == stopped_2;

	database_clear(database);
	database_expect_result(database, database_ensure(database, situation->database),
	                       is_stopped ? INLAY_INTERRUPTED : INLAY_OK);
	if (is_stopped)
		database_run(database, "CREATE TABLE hurdle (id INTEGER)");
}

static enum inlay_result call(struct database *database, const struct inlay_set *set,
                              const struct inlay_options *options, bool only_checks)
{
	struct inlay_error *error = &database->error;

	*error = inlay_error_init();
	if (database->dialect == INLAY_DIALECT_SQLITE)
		return only_checks ? inlay_check(database->sqlite, set, options, error)
		                   : ensure_migrated(database->sqlite, set, options, error);
	return only_checks ? inlay_check(database->postgres, set, options, error)
	                   : ensure_migrated(database->postgres, set, options, error);
}

static void expect_call(struct database *database, const struct situation *situation,
                        const struct inlay_set *set, int combination, bool only_checks)
{
	struct inlay_options options = options_of(database, combination);
	bool is_set = (combination & situation->option) != 0;
	bool is_refused = is_set == situation->is_refused_by_option;
	struct drifts drifts = { 0, INLAY_OK, INLAY_LEVEL_INFO };
	enum inlay_result expected = is_refused ? situation->refusal : INLAY_OK;
	enum inlay_result result;

	if (!is_refused && only_checks)
		expected = situation->only_checks;
	options.on_event = note;
	options.context = &drifts;
	result = call(database, set, &options, only_checks);
	if (result != expected)
		fail_msg("%s, options %d: expected %s, received %s: %s", situation->name,
		         combination, inlay_result_name(expected), inlay_result_name(result),
		         database->error.message);
	assert_int_equal(drifts.count,
	                 is_refused ? situation->is_drift : situation->is_drift_still);
	if (drifts.count == 0)
		return;
	assert_int_equal(drifts.result, situation->refusal);
	assert_int_equal(drifts.level, is_refused ? INLAY_LEVEL_ERROR : INLAY_LEVEL_WARNING);
}

static void decides_every_combination(void **state)
{
	struct database *database = *state;

	for (size_t i = 0; i < sizeof(situations) / sizeof(situations[0]); i++) {
		const struct situation *situation = &situations[i];
		struct compiled_set set = set_compile(situation->program, database->dialect);
		bool is_fresh = false;

		for (int combination = 0; combination < COMBINATION_COUNT; combination++) {
			if (!is_fresh)
				prepare(database, situation);
			expect_call(database, situation, &set.set, combination, true);
			expect_call(database, situation, &set.set, combination, false);
			is_fresh = database->error.applied_count == 0;
		}
		set_destroy(&set);
	}
}

/* --- Breaking --- */

static void lets_older_programs_run_again_after_a_rollback(void **state)
{
	struct database *database = *state;

	database_expect_ok(database, breaking_3, 3);
	database_expect_result(database, database_ensure(database, up_to_2), INLAY_AHEAD);
	database_expect_result(database,
	                       database_rollback(database, breaking_3, inlay_rollback_last(1)),
	                       INLAY_OK);
	database_expect_ok(database, up_to_2, 0);
	database_expect_ok(database, only_1, 0);
	database_expect_ok(database, breaking_3, 1);
	database_expect_result(database, database_ensure(database, up_to_2), INLAY_AHEAD);
	database_expect_result(database, database_check(database, only_1), INLAY_AHEAD);
}

static void bars_older_programs_from_a_late_one(void **state)
{
	struct database *database = *state;

	database_expect_ok(database, without_2, 2);
	database_expect_ok(database, only_1, 0);
	database->options.allow_late = 1;
	database_expect_ok(database, breaking_2, 1);
	database->options.allow_late = 0;
	database_expect_ok(database, breaking_2, 0);
	database_expect_result(database, database_ensure(database, without_2), INLAY_MISSING);
	database_expect_result(database, database_ensure(database, only_1), INLAY_AHEAD);
	/* The late one itself stays when the last one goes. */
	database_expect_result(database,
	                       database_rollback(database, breaking_2, inlay_rollback_last(1)),
	                       INLAY_OK);
	database_expect_result(database, database_ensure(database, only_1), INLAY_AHEAD);
	database_expect_result(database,
	                       database_rollback(database, breaking_2, inlay_rollback_last(1)),
	                       INLAY_OK);
	database_expect_ok(database, only_1, 0);
}

/* --- What the database keeps --- */

/* No text that may stand there ends in a crash, and none that is cut is a script. */
static void refuses_a_damaged_down_script(void **state)
{
	struct database *database = *state;
	struct inlay_rollback_scope scope = inlay_rollback_last(1);
	char sql[200];
	int size;

	database_expect_ok(database, up_to_2, 2);
	scope.use_stored = 1;
	database->options.dry_run = 1;
	database_run(database, "CREATE TABLE kept AS SELECT down FROM schema_migrations"
	                       " WHERE version = 2");
	size = (int)strtol(database_ask(database, "SELECT LENGTH(down) FROM kept"), NULL, 10);
	for (int i = 0; i < size; i++) {
		enum inlay_result result;

		(void)snprintf(sql, sizeof(sql),
		               "UPDATE schema_migrations SET down = (SELECT SUBSTR(down, 1, %d)"
		               " FROM kept) WHERE version = 2",
		               i);
		database_run(database, sql);
		result = database_rollback(database, only_1, scope);
		database_expect_result(database, result, INLAY_IRREVERSIBLE);
		(void)snprintf(sql, sizeof(sql),
		               "UPDATE schema_migrations SET down = (SELECT SUBSTR(down, 1, %d) ||"
		               " '9' || SUBSTR(down, %d) FROM kept) WHERE version = 2",
		               i, i + 2);
		database_run(database, sql);
		result = database_rollback(database, only_1, scope);
		if (result != INLAY_PENDING)
			database_expect_result(database, result, INLAY_IRREVERSIBLE);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DATABASE_TEST_BOTH(decides_every_combination),
		DATABASE_TEST_BOTH(lets_older_programs_run_again_after_a_rollback),
		DATABASE_TEST_BOTH(bars_older_programs_from_a_late_one),
		DATABASE_TEST_BOTH(refuses_a_damaged_down_script),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
