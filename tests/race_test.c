/* race_test.c - many processes at once: every migration's effect happens exactly once. */
#include "support/database.h"
#include "support/herd.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/* cmocka.h wants some of those first. */
#include <cmocka.h>

#define PROCESS_COUNT   32
#define EXTENSION_COUNT 10
#define INCREMENT_COUNT 12

/* Each migration but the first adds one to a number: running twice would show. */
static void write_increments(struct set_file *files, char names[][40], char contents[][120])
{
	files[0] = (struct set_file){ "001_create.sql", "CREATE TABLE counter (number INTEGER);\n"
		                                        "INSERT INTO counter VALUES (0);\n" };
	for (int i = 1; i <= INCREMENT_COUNT; i++) {
		(void)snprintf(names[i], 40, "%03d_add.sql", i + 1);
		(void)snprintf(contents[i], 120,
		               "%sUPDATE counter SET number = number + 1;\nSELECT %d;\n",
		               i % 5 == 0 ? "-- migrate:up transaction:false\n" : "", i);
		files[i] = (struct set_file){ names[i], contents[i] };
	}
	files[INCREMENT_COUNT + 1] = (struct set_file)SET_END;
}

static struct herd_member member_of(const struct database *database, const struct compiled_set *set)
{
	return (struct herd_member){ database->dialect, database_place(database), &set->set,
		                     &database->options };
}

/* The same set for all; every one must succeed.  Returns how many migrations they applied. */
static int run_all(struct database *database, const struct compiled_set *set, int count)
{
	struct herd_member member = member_of(database, set);
	int applied_count;

	database_disconnect(database);
	applied_count = herd_run_alike(&member, count).applied_count;
	database_reconnect(database);
	return applied_count;
}

/* Members of two sets by turns. */
static struct herd_outcome run_both(struct database *database, const struct compiled_set *sets,
                                    int count)
{
	struct herd_outcome outcome;
	struct herd herd;

	database_disconnect(database);
	herd_init(&herd);
	for (int i = 0; i < count; i++) {
		struct herd_member member = member_of(database, &sets[i % 2]);

		herd_add(&herd, &member, 1);
	}
	outcome = herd_run(&herd);
	database_reconnect(database);
	return outcome;
}

static void applies_each_exactly_once(void **state)
{
	struct database *database = *state;
	struct set_file files[INCREMENT_COUNT + 2];
	char names[INCREMENT_COUNT + 1][40];
	char contents[INCREMENT_COUNT + 1][120];
	struct compiled_set compiled;
	char expected[40];

	write_increments(files, names, contents);
	compiled = set_compile(files, database->dialect);
	if (compiled.set.image == NULL)
		fail_msg("%s", compiled.problems);
	assert_int_equal(run_all(database, &compiled, PROCESS_COUNT), INCREMENT_COUNT + 1);
	(void)snprintf(expected, sizeof(expected), "%d|%d|%d", INCREMENT_COUNT, INCREMENT_COUNT + 1,
	               INCREMENT_COUNT + 1);
	database_expect(database,
	                "SELECT (SELECT number FROM counter),"
	                " (SELECT COUNT(*) FROM schema_migrations WHERE progress IS NULL),"
	                " (SELECT COUNT(*) FROM schema_migrations_log WHERE action = 'applied')",
	                expected);
	database_expect(database, "SELECT COUNT(*) FROM schema_migrations_log", expected + 6);

	/* All of them again: nothing happens. */
	assert_int_equal(run_all(database, &compiled, PROCESS_COUNT), 0);
	set_destroy(&compiled);
}

/* An old program and a new one start together. */
static void lets_old_and_new_start_together(void **state)
{
	struct database *database = *state;
	struct set_file files[INCREMENT_COUNT + 2];
	char names[INCREMENT_COUNT + 1][40];
	char contents[INCREMENT_COUNT + 1][120];
	struct compiled_set sets[2];
	struct herd_outcome outcome;

	write_increments(files, names, contents);
	sets[1] = set_compile(files, database->dialect);
	files[6] = (struct set_file)SET_END;
	sets[0] = set_compile(files, database->dialect);
	outcome = run_both(database, sets, 16);
	assert_int_equal(outcome.applied_count, INCREMENT_COUNT + 1);
	assert_int_equal(outcome.failed_count, 0);
	database_expect(database, "SELECT number FROM counter", "12");
	for (int i = 0; i < 2; i++)
		set_destroy(&sets[i]);
}

/* IF NOT EXISTS does not protect CREATE EXTENSION from itself; the fence does. */
static void creates_an_extension_once(void **state)
{
	static const struct set_file files[] = {
		{ "1_extension.sql", "CREATE EXTENSION IF NOT EXISTS pgcrypto;\n"
		                     "CREATE EXTENSION IF NOT EXISTS citext;" },
		SET_END,
	};
	struct database *database = *state;
	struct compiled_set compiled = set_compile(files, database->dialect);

	assert_int_equal(run_all(database, &compiled, EXTENSION_COUNT), 1);
	database_expect(database,
	                "SELECT COUNT(*) FROM pg_extension WHERE extname IN ('pgcrypto', 'citext')",
	                "2");
	set_destroy(&compiled);
}

/* Takes long enough for the others to come to the same point. */
#define SLOW                                                                                       \
	"WITH RECURSIVE r (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 200000)"        \
	" INSERT INTO a SELECT MAX(n) FROM r;"

/* Sets that part after a common beginning: one of them wins whole, the others say so. */
static void never_mixes_two_histories(void **state)
{
	static const struct set_file left[] = {
		{ "1_a.sql", "CREATE TABLE a (id INTEGER);" },
		{ "2_left.sql", SLOW },
		SET_END,
	};
	static const struct set_file right[] = {
		{ "1_a.sql", "CREATE TABLE a (id INTEGER);" },
		{ "3_right.sql", SLOW },
		SET_END,
	};
	struct database *database = *state;
	struct compiled_set sets[2] = { set_compile(left, database->dialect),
		                        set_compile(right, database->dialect) };
	struct herd_outcome outcome = run_both(database, sets, 8);

	assert_int_equal(outcome.applied_count, 2);
	assert_int_equal(outcome.failed_count, 4);
	database_expect(database,
	                "SELECT COUNT(*), (SELECT COUNT(*) FROM a) FROM schema_migrations", "2|1");
	for (int i = 0; i < 2; i++)
		set_destroy(&sets[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DATABASE_TEST_BOTH(applies_each_exactly_once),
		DATABASE_TEST_BOTH(lets_old_and_new_start_together),
		DATABASE_TEST_BOTH(never_mixes_two_histories),
		DATABASE_TEST_POSTGRES(creates_an_extension_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
