/* recall_test.c - ensure_migrated() that need not ask: when it does not, when it must, and what
 * happens where nobody answers. */
#include "support/database.h"
#include "support/fake_driver.h"

#include "../runtime/clock.h"
#include "../runtime/ensure.h"

#include <setjmp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
/* cmocka.h wants some of those first. */
#include <cmocka.h>

#define LONG_TTL_MS 3600000

static const struct set_file simple[] = {
	{ "1_t.sql", "CREATE TABLE t (id INTEGER PRIMARY KEY);" },
	SET_END,
};

static const struct set_file longer[] = {
	{ "1_t.sql", "CREATE TABLE t (id INTEGER PRIMARY KEY);" },
	{ "2_u.sql", "CREATE TABLE u (id INTEGER PRIMARY KEY);" },
	SET_END,
};

static const struct set_file other[] = {
	{ "1_v.sql", "CREATE TABLE v (id INTEGER PRIMARY KEY);" },
	SET_END,
};

static const struct set_file failing[] = {
	{ "1_t.sql", "CREATE TABLE nowhere.t (id INTEGER PRIMARY KEY);" },
	SET_END,
};

static int unchecked_count;

/* A database, sets that stay where they are, and a driver that counts what is asked. */
struct scene {
	struct database *database;
	struct compiled_set set;
	struct inlay_cache_statistics before;
};

static void count_unchecked(void *context, const struct inlay_event *event)
{
	struct inlay_error *error = context;

	if (event->kind != INLAY_EVENT_UNCHECKED)
		return;
	assert_int_equal(event->level, INLAY_LEVEL_WARNING);
	assert_int_equal(event->result, error->unchecked);
	assert_string_equal(event->message, error->message);
	unchecked_count++;
}

static struct scene scene_open(void **state, const struct set_file *files)
{
	struct database *database = *state;
	struct scene scene = { .database = database };

	scene.set = set_compile_unchecked(files, database->dialect);
	assert_non_null(scene.set.set.image);
	database->options.cache_ttl_ms = LONG_TTL_MS;
	database->options.on_event = count_unchecked;
	database->options.context = &database->error;
	scene.before = inlay_cache_statistics_init();
	inlay_cache_read(&scene.before);
	return scene;
}

static void scene_close(struct scene *scene)
{
	set_destroy(&scene->set);
}

static void *connection_of(struct database *database)
{
	return database->dialect == INLAY_DIALECT_SQLITE ? (void *)database->sqlite
	                                                 : (void *)database->postgres;
}

/* Calls through the driver that fails at question `fail_at`. */
static enum inlay_result ensure_failing(struct scene *scene, uint32_t fail_at, enum outcome outcome)
{
	struct database *database = scene->database;
	bool is_sqlite = database->dialect == INLAY_DIALECT_SQLITE;
	struct fake_plan plan = { .real = is_sqlite ? &driver_sqlite : &driver_postgres,
		                  .fail_at = fail_at,
		                  .outcome = outcome };
	struct request request = { fake_driver(database->dialect), connection_of(database),
		                   &scene->set.set, &database->options, &database->error };

	fake_driver_start(&plan);
	memset(&database->error, 0xEE, sizeof(database->error));
	database->error.size = sizeof(database->error);
	return ensure_run(&request);
}

static enum inlay_result ensure(struct scene *scene)
{
	return ensure_failing(scene, 0, OUTCOME_DONE);
}

/* INLAY_OK, and the database was asked, or was not. */
static void expect_asked(struct scene *scene, bool is_asked)
{
	struct inlay_error *error = &scene->database->error;

	database_expect_result(scene->database, ensure(scene), INLAY_OK);
	assert_int_equal(fake_driver_count() > 0, is_asked);
	assert_int_equal(error->is_cached, !is_asked);
	assert_int_equal(error->result, INLAY_OK);
	assert_int_equal(error->version, -1);
	assert_int_equal(error->unchecked, INLAY_OK);
	assert_string_equal(error->message, "");
	assert_string_equal(error->migration, "");
	assert_string_equal(error->file, "");
	assert_string_equal(error->sqlstate, "");
	if (!is_asked)
		assert_int_equal(error->applied_count, 0);
}

/* hits, of them stale, misses, refreshes, failures, overflows. */
static void expect_counted(const struct scene *scene, const char *expected)
{
	struct inlay_cache_statistics after = inlay_cache_statistics_init();
	const struct inlay_cache_statistics *before = &scene->before;
	char received[100];

	inlay_cache_read(&after);
	(void)snprintf(received, sizeof(received), "%d %d %d %d %d %d",
	               (int)(after.hit_count - before->hit_count),
	               (int)(after.stale_hit_count - before->stale_hit_count),
	               (int)(after.miss_count - before->miss_count),
	               (int)(after.refresh_count - before->refresh_count),
	               (int)(after.failure_count - before->failure_count),
	               (int)(after.overflow_count - before->overflow_count));
	assert_string_equal(received, expected);
}

/* --- The same question --- */

static void is_asked_once(void **state)
{
	struct scene scene = scene_open(state, simple);

	expect_asked(&scene, true); /* It applies, and knows what it did. */
	assert_int_equal(scene.database->error.applied_count, 1);
	expect_asked(&scene, false);
	expect_asked(&scene, false);
	expect_counted(&scene, "2 0 1 0 0 0");
	/* Of another connection's database, too. */
	database_reconnect(scene.database);
	expect_asked(&scene, false);
	inlay_cache_forget();
	expect_asked(&scene, true);
	assert_int_equal(scene.database->error.applied_count, 0);
	expect_asked(&scene, false);
	expect_counted(&scene, "4 0 2 0 0 0");
	scene_close(&scene);
}

static void what_is_misused_is_not_answered(void **state)
{
	struct scene scene = scene_open(state, simple);
	struct database *database = scene.database;

	expect_asked(&scene, true);
	database->options.cache_slot_count = INLAY_CACHE_SLOT_COUNT_MAX + 1;
	database_expect_result(database, ensure(&scene), INLAY_MISUSE);
	assert_int_equal(database->error.is_cached, 0);
	expect_counted(&scene, "0 0 1 0 0 0");
	scene_close(&scene);
}

/* Nothing of an older program's error is left as it was, or written behind it. */
static void an_older_program_is_answered(void **state)
{
	struct scene scene = scene_open(state, simple);
	struct inlay_error *error = &scene.database->error;
	size_t size = offsetof(struct inlay_error, pending_count);
	struct request request = {
		scene.database->dialect == INLAY_DIALECT_SQLITE ? &driver_sqlite : &driver_postgres,
		connection_of(scene.database), &scene.set.set, &scene.database->options, error
	};

	expect_asked(&scene, true);
	memset(error, 0xEE, sizeof(*error));
	error->size = size;
	assert_int_equal(ensure_run(&request), INLAY_OK);
	expect_counted(&scene, "1 0 1 0 0 0");
	assert_int_equal(error->size, size);
	assert_int_equal(error->result, INLAY_OK);
	assert_int_equal(error->applied_count, 0);
	assert_int_equal(error->version, -1);
	assert_string_equal(error->message, "");
	assert_int_equal(error->is_cached, 0xEEEEEEEE);
	scene_close(&scene);
}

/* --- Other questions --- */

static void another_table_is_another_question(void **state)
{
	struct scene scene = scene_open(state, simple);

	expect_asked(&scene, true);
	scene.database->options.table = "other_migrations";
	database_run(scene.database, "DROP TABLE t");
	expect_asked(&scene, true);
	expect_asked(&scene, false);
	scene.database->options.table = "schema_migrations";
	expect_asked(&scene, true); /* Something was applied since. */
	scene_close(&scene);
}

static void another_policy_is_another_question(void **state)
{
	struct scene scene = scene_open(state, longer);
	struct compiled_set old = set_compile(simple, scene.database->dialect);
	struct scene older = { scene.database, old, scene.before };

	expect_asked(&scene, true);
	expect_asked(&older, true);
	expect_asked(&older, false);
	scene.database->options.refuse_ahead = 7;
	database_expect_result(scene.database, ensure(&older), INLAY_AHEAD);
	database_expect_result(scene.database, ensure(&older), INLAY_AHEAD);
	expect_counted(&scene, "1 0 4 0 2 0");
	scene.database->options.refuse_ahead = 0;
	expect_asked(&older, false);
	set_destroy(&old);
	scene_close(&scene);
}

static void another_set_s_work_makes_forget(void **state)
{
	struct scene scene = scene_open(state, simple);
	struct compiled_set second = set_compile(longer, scene.database->dialect);
	struct scene further = { scene.database, second, scene.before };

	expect_asked(&scene, true);
	expect_asked(&scene, false);
	expect_asked(&further, true); /* Asks, applies, remembers ... */
	assert_int_equal(scene.database->error.applied_count, 1);
	expect_asked(&further, false);
	expect_asked(&scene, true); /* ... and the first one is not so sure any more. */
	expect_asked(&scene, false);
	expect_asked(&further, false);
	set_destroy(&second);
	scene_close(&scene);
}

/* Two databases of one set. */
static void another_file_is_another_question(void **state)
{
	struct scene scene = scene_open(state, simple);
	void *another = NULL;
	struct scene second;

	assert_int_equal(database_setup_file(&another), 0);
	second = scene_open(&another, simple);
	set_destroy(&second.set);
	second.set = scene.set;
	expect_asked(&scene, true);
	expect_asked(&second, true);
	assert_int_equal(second.database->error.applied_count, 1);
	expect_asked(&second, false);
	expect_asked(&scene, true);
	expect_asked(&scene, false);
	expect_asked(&second, false);
	assert_int_equal(database_teardown(&another), 0);
	scene_close(&scene);
}

static void a_database_in_memory_is_never_remembered(void **state)
{
	struct scene scene = scene_open(state, simple);

	expect_asked(&scene, true);
	expect_asked(&scene, true);
	expect_asked(&scene, true);
	expect_counted(&scene, "0 0 0 0 0 3");
	scene_close(&scene);
}

static void who_does_not_want_it_does_not_get_it(void **state)
{
	struct scene scene = scene_open(state, simple);

	expect_asked(&scene, true);
	scene.database->options.cache_ttl_ms = 0;
	expect_asked(&scene, true);
	expect_asked(&scene, true);
	expect_counted(&scene, "0 0 1 0 0 0");
	scene.database->options.cache_ttl_ms = LONG_TTL_MS;
	expect_asked(&scene, false);
	scene.database->options.dry_run = 1;
	(void)ensure(&scene);
	assert_true(fake_driver_count() > 0);
	expect_counted(&scene, "1 0 1 0 0 0");
	scene_close(&scene);
}

static void only_ok_is_remembered(void **state)
{
	struct scene scene = scene_open(state, failing);

	for (int i = 0; i < 3; i++)
		database_expect_result(scene.database, ensure(&scene), INLAY_FAILED);
	expect_counted(&scene, "0 0 3 0 3 0");
	scene_close(&scene);
}

/* Two programs' sets in one database's place: neither answers for the other. */
static void another_set_is_another_question(void **state)
{
	struct scene scene = scene_open(state, simple);
	struct compiled_set second = set_compile(other, scene.database->dialect);
	struct scene stranger = { scene.database, second, scene.before };

	expect_asked(&scene, true);
	database_expect_result(scene.database, ensure(&stranger), INLAY_EDITED);
	set_destroy(&second);
	scene_close(&scene);
}

/* --- Nobody answers --- */

static void pass_time(struct scene *scene)
{
	int64_t began_ms = clock_coarse_ms();

	scene->database->options.cache_ttl_ms = 1;
	while (clock_coarse_ms() <= began_ms + 1)
		clock_sleep_ms(1, 2);
}

static void the_time_is_over_while_nobody_answers(void **state)
{
	struct scene scene = scene_open(state, simple);
	struct database *database = scene.database;

	expect_asked(&scene, true);
	pass_time(&scene);
	/* Nobody else is at it: the caller learns it. */
	for (int i = 0; i < 2; i++) {
		database_expect_result(database, ensure_failing(&scene, 1, OUTCOME_LOST),
		                       INLAY_UNREACHABLE);
		assert_int_equal(database->error.is_cached, 0);
	}
	/* Who is content with an older answer has it. */
	database->options.cache_ttl_ms = LONG_TTL_MS;
	expect_asked(&scene, false);
	pass_time(&scene);
	expect_asked(&scene, true);
	expect_counted(&scene, "1 0 1 3 2 0");
	scene_close(&scene);
}

static void an_unreachable_database_may_go_unchecked(void **state)
{
	struct scene scene = scene_open(state, simple);
	struct database *database = scene.database;

	expect_asked(&scene, true);
	inlay_cache_forget();
	unchecked_count = 0;
	database_expect_result(database, ensure_failing(&scene, 1, OUTCOME_LOST),
	                       INLAY_UNREACHABLE);
	assert_int_equal(database->error.unchecked, INLAY_OK);
	assert_int_equal(unchecked_count, 0);
	database->options.allow_unchecked = 1;
	for (int i = 1; i <= 2; i++) { /* And is not remembered. */
		database_expect_result(database, ensure_failing(&scene, 1, OUTCOME_LOST), INLAY_OK);
		assert_int_equal(database->error.result, INLAY_OK);
		assert_int_equal(database->error.unchecked, INLAY_UNREACHABLE);
		assert_int_equal(database->error.is_cached, 0);
		assert_non_null(strstr(database->error.message, "made up"));
		assert_int_equal(unchecked_count, i);
	}
	expect_counted(&scene, "0 0 4 0 3 0");
	expect_asked(&scene, true);
	expect_asked(&scene, false);
	assert_int_equal(unchecked_count, 2);
	scene_close(&scene);
}

static void a_failed_migration_does_not_go_unchecked(void **state)
{
	struct scene scene = scene_open(state, failing);

	unchecked_count = 0;
	scene.database->options.allow_unchecked = 1;
	database_expect_result(scene.database, ensure(&scene), INLAY_FAILED);
	assert_int_equal(scene.database->error.unchecked, INLAY_OK);
	assert_int_equal(unchecked_count, 0);
	scene_close(&scene);
}

/* Whatever breaks: once a migration is blamed, or applied, it is an error. */
static void every_lost_connection_is_judged(void **state)
{
	struct scene scene = scene_open(state, simple);
	struct database *database = scene.database;
	enum inlay_result result = INLAY_UNREACHABLE;
	int allowed = 0;

	database->options.allow_unchecked = 1;
	for (uint32_t i = 1; fake_driver_count() >= i - 1; i++) {
		const struct inlay_error *error = &database->error;

		database_clear(database);
		inlay_cache_forget();
		result = ensure_failing(&scene, i, OUTCOME_LOST);
		if (error->unchecked == INLAY_OK)
			continue;
		allowed++;
		assert_int_equal(result, INLAY_OK);
		assert_int_equal(error->unchecked, INLAY_UNREACHABLE);
		assert_int_equal(error->version, -1);
		assert_int_equal(error->applied_count, 0);
	}
	assert_int_equal(result, INLAY_OK); /* The last round failed nothing. */
	assert_int_equal(database->error.applied_count, 1);
	assert_true(allowed > 0);
	scene_close(&scene);
}

static void a_held_database_may_go_unchecked(void **state)
{
	struct scene scene = scene_open(state, simple);
	struct database *database = scene.database;
	sqlite3 *another = NULL;

	assert_int_equal(sqlite3_open(database->path, &another), SQLITE_OK);
	assert_int_equal(sqlite3_exec(another, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
	database->options.lock_timeout_ms = 10;
	database_expect_result(database, ensure(&scene), INLAY_LOCKED);
	database->options.allow_unchecked = 1;
	database_expect_result(database, ensure(&scene), INLAY_OK);
	assert_int_equal(database->error.unchecked, INLAY_LOCKED);
	assert_string_not_equal(database->error.message, "");
	assert_int_equal(sqlite3_close(another), SQLITE_OK);
	expect_asked(&scene, true);
	assert_int_equal(database->error.applied_count, 1);
	scene_close(&scene);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DATABASE_TEST_BOTH(is_asked_once),
		DATABASE_TEST_FILE(what_is_misused_is_not_answered),
		DATABASE_TEST_BOTH(an_older_program_is_answered),
		DATABASE_TEST_BOTH(another_table_is_another_question),
		DATABASE_TEST_BOTH(another_policy_is_another_question),
		DATABASE_TEST_BOTH(another_set_s_work_makes_forget),
		DATABASE_TEST_FILE(another_file_is_another_question),
		DATABASE_TEST_SQLITE(a_database_in_memory_is_never_remembered),
		DATABASE_TEST_BOTH(who_does_not_want_it_does_not_get_it),
		DATABASE_TEST_BOTH(only_ok_is_remembered),
		DATABASE_TEST_BOTH(another_set_is_another_question),
		DATABASE_TEST_BOTH(the_time_is_over_while_nobody_answers),
		DATABASE_TEST_BOTH(an_unreachable_database_may_go_unchecked),
		DATABASE_TEST_BOTH(a_failed_migration_does_not_go_unchecked),
		DATABASE_TEST_BOTH(every_lost_connection_is_judged),
		DATABASE_TEST_FILE(a_held_database_may_go_unchecked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
