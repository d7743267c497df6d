/* cache_test.c - what is remembered, how long, by whom and of what, on a clock of the test's. */
#include "../runtime/cache.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
/* cmocka.h wants some of those first. */
#include <cmocka.h>

#define TTL_MS   1000
#define START_MS 5000000

static struct inlay_image image = { .digest = { { 1, 2, 3, 4 } } };

/* Each test is about a database of its own: slots are for ever. */
static char database[40];

static int begin_test(void **state)
{
	static unsigned number;

	(void)snprintf(database, sizeof(database), "database %u", ++number);
	image.digest.words[3] = 4;
	*state = NULL;
	return 0;
}

static struct cache_question question_at(int64_t now_ms)
{
	return (struct cache_question){
		.key = { .image = &image, .texts = { database, "table", "" }, .text_count = 3 },
		.ttl_ms = TTL_MS,
		.slot_count_max = INLAY_CACHE_SLOT_COUNT_MAX,
		.asked_ms = now_ms,
	};
}

/* One call from its beginning to its end. */
static enum cache_course call_at(int64_t now_ms, enum inlay_result result)
{
	struct cache_question question = question_at(now_ms);
	bool is_known = cache_knows(&question);
	enum cache_course course = question.course;

	assert_int_equal(is_known, course == CACHE_HIT);
	cache_end(&question, result);
	return course;
}

static struct inlay_cache_statistics counts(void)
{
	struct inlay_cache_statistics statistics = inlay_cache_statistics_init();

	inlay_cache_read(&statistics);
	return statistics;
}

/* How much was counted since `before`: hits, of them stale, misses, refreshes, failures, overflows.
 */
static void expect_counted(struct inlay_cache_statistics before, const char *expected)
{
	struct inlay_cache_statistics after = counts();
	char received[100];

	(void)snprintf(received, sizeof(received), "%d %d %d %d %d %d",
	               (int)(after.hit_count - before.hit_count),
	               (int)(after.stale_hit_count - before.stale_hit_count),
	               (int)(after.miss_count - before.miss_count),
	               (int)(after.refresh_count - before.refresh_count),
	               (int)(after.failure_count - before.failure_count),
	               (int)(after.overflow_count - before.overflow_count));
	assert_string_equal(received, expected);
}

/* --- How long --- */

static void an_answer_is_believed_for_its_time(void **state)
{
	struct inlay_cache_statistics before = counts();

	(void)state;
	assert_int_equal(call_at(START_MS, INLAY_OK), CACHE_MISS);
	assert_int_equal(call_at(START_MS, INLAY_OK), CACHE_HIT);
	assert_int_equal(call_at(START_MS + TTL_MS - 1, INLAY_OK), CACHE_HIT);
	assert_int_equal(call_at(START_MS + TTL_MS, INLAY_OK), CACHE_REFRESH);
	assert_int_equal(call_at(START_MS + TTL_MS, INLAY_OK), CACHE_HIT);
	assert_int_equal(call_at(START_MS + 2 * TTL_MS - 1, INLAY_OK), CACHE_HIT);
	assert_int_equal(call_at(START_MS + 2 * TTL_MS, INLAY_OK), CACHE_REFRESH);
	expect_counted(before, "4 0 1 2 0 0");
}

/* It is the reader's option that counts. */
static void each_reader_has_its_own_patience(void **state)
{
	struct cache_question short_one = question_at(START_MS + 10);
	struct cache_question long_one = question_at(START_MS + TTL_MS);

	(void)state;
	assert_int_equal(call_at(START_MS, INLAY_OK), CACHE_MISS);
	short_one.ttl_ms = 10;
	assert_false(cache_knows(&short_one));
	assert_int_equal(short_one.course, CACHE_REFRESH);
	cache_end(&short_one, INLAY_UNREACHABLE);
	long_one.ttl_ms = UINT32_MAX - 1;
	assert_true(cache_knows(&long_one));
	long_one.asked_ms = START_MS + (int64_t)UINT32_MAX - 2;
	assert_true(cache_knows(&long_one));
	long_one.asked_ms++;
	assert_false(cache_knows(&long_one));
	cache_end(&long_one, INLAY_OK);
}

static void one_asks_again_and_the_others_go_on(void **state)
{
	struct cache_question refresher = question_at(START_MS + TTL_MS);
	struct inlay_cache_statistics before;

	(void)state;
	assert_int_equal(call_at(START_MS, INLAY_OK), CACHE_MISS);
	before = counts();
	assert_false(cache_knows(&refresher));
	assert_int_equal(refresher.course, CACHE_REFRESH);
	assert_int_equal(call_at(START_MS + TTL_MS, INLAY_OK), CACHE_HIT);
	assert_int_equal(call_at(START_MS + TTL_MS + 1, INLAY_OK), CACHE_HIT);
	expect_counted(before, "2 2 0 1 0 0");
	cache_end(&refresher, INLAY_OK);
	assert_int_equal(call_at(START_MS + TTL_MS + 1, INLAY_OK), CACHE_HIT);
	expect_counted(before, "3 2 0 1 0 0");
}

/* The old answer is of use only while somebody asks for a new one. */
static void who_fails_gives_way_to_the_next(void **state)
{
	static const enum inlay_result silent[] = { INLAY_UNREACHABLE, INLAY_LOCKED,
		                                    INLAY_NO_MEMORY, INLAY_MISUSE };
	struct inlay_cache_statistics before;

	(void)state;
	assert_int_equal(call_at(START_MS, INLAY_OK), CACHE_MISS);
	before = counts();
	for (size_t i = 0; i < sizeof(silent) / sizeof(silent[0]); i++)
		assert_int_equal(call_at(START_MS + TTL_MS, silent[i]), CACHE_REFRESH);
	expect_counted(before, "0 0 0 4 4 0");
	assert_int_equal(call_at(START_MS + TTL_MS, INLAY_OK), CACHE_REFRESH);
	assert_int_equal(call_at(START_MS + TTL_MS, INLAY_OK), CACHE_HIT);
}

/* A database that says that it is otherwise was believed for too long already. */
static void a_refusal_is_not_forgotten_but_the_answer_is(void **state)
{
	static const enum inlay_result refusals[] = {
		INLAY_EDITED, INLAY_MISSING, INLAY_LATE,    INLAY_AHEAD,
		INLAY_FAILED, INLAY_PENDING, INLAY_FOREIGN, INLAY_INTERRUPTED,
	};
	int64_t now_ms = START_MS;

	(void)state;
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		struct inlay_cache_statistics before;

		assert_int_equal(call_at(now_ms, INLAY_OK), CACHE_MISS);
		now_ms += TTL_MS;
		before = counts();
		assert_int_equal(call_at(now_ms, refusals[i]), CACHE_REFRESH);
		assert_int_equal(call_at(now_ms, refusals[i]), CACHE_MISS);
		expect_counted(before, "0 0 1 1 2 0");
	}
}

static void who_hangs_is_not_waited_for_for_ever(void **state)
{
	struct cache_question hanging = question_at(START_MS + TTL_MS);
	struct cache_question next = question_at(START_MS + TTL_MS + CACHE_REFRESH_MS);
	int64_t later_ms = START_MS + TTL_MS + CACHE_REFRESH_MS;

	(void)state;
	assert_int_equal(call_at(START_MS, INLAY_OK), CACHE_MISS);
	assert_false(cache_knows(&hanging));
	assert_int_equal(call_at(later_ms - 1, INLAY_OK), CACHE_HIT);
	assert_false(cache_knows(&next));
	assert_int_equal(next.course, CACHE_REFRESH);
	/* The first one comes back, and takes nothing away from the second. */
	cache_end(&hanging, INLAY_UNREACHABLE);
	assert_int_equal(call_at(later_ms + 1, INLAY_OK), CACHE_HIT);
	cache_end(&next, INLAY_UNREACHABLE);
	assert_int_equal(call_at(later_ms + 1, INLAY_OK), CACHE_REFRESH);
}

/* Between a reader's two looks somebody else has refreshed: it is not asked twice. */
static void a_refresh_that_just_ended_is_seen(void **state)
{
	struct cache_question slow = question_at(START_MS + TTL_MS);

	(void)state;
	assert_int_equal(call_at(START_MS, INLAY_OK), CACHE_MISS);
	assert_int_equal(call_at(START_MS + TTL_MS + 5, INLAY_OK), CACHE_REFRESH);
	assert_true(cache_knows(&slow)); /* Its clock is a little behind. */
}

static void clocks_may_jump(void **state)
{
	int64_t far_ms = START_MS + ((int64_t)1 << 40);
	struct cache_question refresher = question_at(far_ms + TTL_MS);

	(void)state;
	assert_int_equal(call_at(START_MS, INLAY_OK), CACHE_MISS);
	assert_int_equal(call_at(far_ms, INLAY_OK), CACHE_REFRESH);
	assert_int_equal(call_at(far_ms, INLAY_OK), CACHE_HIT);
	/* Back: a little is another thread's clock, more is no time at all. */
	assert_int_equal(call_at(far_ms - CACHE_REFRESH_MS + 1, INLAY_OK), CACHE_HIT);
	assert_int_equal(call_at(far_ms - CACHE_REFRESH_MS, INLAY_OK), CACHE_REFRESH);
	assert_int_equal(call_at(far_ms, INLAY_OK), CACHE_REFRESH);
	/* A refresh that began in what is now the future holds nobody up. */
	assert_false(cache_knows(&refresher));
	assert_int_equal(call_at(START_MS, INLAY_OK), CACHE_REFRESH);
	assert_int_equal(call_at(START_MS, INLAY_OK), CACHE_HIT);
	cache_end(&refresher, INLAY_UNREACHABLE);
	assert_int_equal(call_at(START_MS, INLAY_OK), CACHE_HIT);
}

/* --- Of what --- */

/* `question` is not the one that is answered already. */
static void expect_another(struct cache_question question)
{
	assert_false(cache_knows(&question));
	assert_int_equal(question.course, CACHE_MISS);
	cache_end(&question, INLAY_OK);
	question.asked_ms = START_MS;
	assert_true(cache_knows(&question));
	cache_end(&question, INLAY_OK);
	assert_int_equal(call_at(START_MS, INLAY_OK), CACHE_HIT);
}

static void every_part_of_the_key_counts(void **state)
{
	struct inlay_image other = image;
	struct cache_question question = question_at(START_MS);
	char longer[60];

	(void)state;
	assert_int_equal(call_at(START_MS, INLAY_OK), CACHE_MISS);
	assert_int_equal(call_at(START_MS, INLAY_OK), CACHE_HIT);
	(void)snprintf(longer, sizeof(longer), "%sx", database);
	question.key.texts[0] = longer;
	expect_another(question);
	question = question_at(START_MS);
	question.key.texts[1] = "tabl";
	expect_another(question);
	question = question_at(START_MS);
	question.key.texts[1] = "";
	question.key.texts[2] = "table";
	expect_another(question);
	question = question_at(START_MS);
	question.key.texts[2] = "schema";
	expect_another(question);
	question = question_at(START_MS);
	question.key.text_count = 2;
	expect_another(question);
	question = question_at(START_MS);
	question.key.policy = 1;
	expect_another(question);
	question = question_at(START_MS);
	question.key.image = &other;
	expect_another(question);
}

/* Another set was loaded where the first one was. */
static void memory_may_be_used_again(void **state)
{
	(void)state;
	assert_int_equal(call_at(START_MS, INLAY_OK), CACHE_MISS);
	image.digest.words[3]++;
	assert_int_equal(call_at(START_MS, INLAY_OK), CACHE_MISS);
	image.digest.words[3]--;
	assert_int_equal(call_at(START_MS, INLAY_OK), CACHE_HIT);
}

static void texts_are_copied(void **state)
{
	struct cache_question question = question_at(START_MS);
	char name[40];

	(void)state;
	memcpy(name, database, sizeof(name));
	question.key.texts[0] = name;
	assert_false(cache_knows(&question));
	memset(name, 'x', sizeof(name) - 1);
	cache_end(&question, INLAY_OK);
	assert_int_equal(call_at(START_MS, INLAY_OK), CACHE_HIT);
}

static void what_can_not_be_told_is_not_remembered(void **state)
{
	struct inlay_cache_statistics before = counts();
	struct cache_question question = question_at(START_MS);

	(void)state;
	question.key.text_count = 0;
	for (int i = 0; i < 3; i++) {
		assert_false(cache_knows(&question));
		assert_int_equal(question.course, CACHE_OVERFLOW);
		cache_end(&question, i == 0 ? INLAY_FAILED : INLAY_OK);
	}
	cache_ask(&question);
	cache_end(&question, INLAY_OK);
	expect_counted(before, "0 0 0 0 0 3");
	assert_int_equal(counts().slot_count, before.slot_count);
}

static void slots_run_out(void **state)
{
	struct inlay_cache_statistics before = counts();
	struct cache_question question;
	char name[60];

	(void)state;
	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < 5; i++) {
			question = question_at(START_MS);
			question.slot_count_max = before.slot_count + 3;
			(void)snprintf(name, sizeof(name), "%s of %d", database, i);
			question.key.texts[0] = name;
			assert_int_equal(cache_knows(&question), round == 1 && i < 3);
			cache_end(&question, INLAY_OK);
		}
	}
	expect_counted(before, "3 0 3 0 0 4");
	assert_int_equal(counts().slot_count, before.slot_count + 3);
	/* Another caller may have more of them, or none: what is known stays known. */
	question = question_at(START_MS);
	question.key.texts[0] = name;
	assert_false(cache_knows(&question));
	assert_int_equal(question.course, CACHE_MISS);
	cache_end(&question, INLAY_OK);
	question = question_at(START_MS);
	question.key.texts[0] = name;
	question.slot_count_max = 0;
	assert_true(cache_knows(&question));
}

/* Up to the last one, with all their ways through the table. */
static void the_table_holds_as_many_as_promised(void **state)
{
	struct inlay_cache_statistics before = counts();
	uint32_t room = INLAY_CACHE_SLOT_COUNT_MAX - before.slot_count;
	char name[60];

	(void)state;
	for (int round = 0; round < 2; round++) {
		for (uint32_t i = 0; i < room + 10; i++) {
			struct cache_question question = question_at(START_MS);

			(void)snprintf(name, sizeof(name), "%s of %u", database, (unsigned)i);
			question.key.texts[0] = name;
			assert_int_equal(cache_knows(&question), round == 1 && i < room);
			cache_end(&question, INLAY_OK);
		}
	}
	assert_int_equal(counts().slot_count, INLAY_CACHE_SLOT_COUNT_MAX);
	assert_int_equal(counts().overflow_count - before.overflow_count, 20);
}

/* --- Forgetting --- */

static void forgetting_is_for_all(void **state)
{
	struct inlay_cache_statistics before;

	(void)state;
	assert_int_equal(call_at(START_MS, INLAY_OK), CACHE_MISS);
	before = counts();
	inlay_cache_forget();
	assert_int_equal(call_at(START_MS, INLAY_OK), CACHE_MISS);
	assert_int_equal(call_at(START_MS, INLAY_OK), CACHE_HIT);
	expect_counted(before, "1 0 1 0 0 0");
	assert_int_equal(counts().slot_count, before.slot_count);
}

/* Its answer was true before something changed. */
static void who_began_before_leaves_nothing_behind(void **state)
{
	struct cache_question early = question_at(START_MS);
	struct cache_question refresher = question_at(START_MS + TTL_MS);

	(void)state;
	assert_false(cache_knows(&early));
	inlay_cache_forget();
	cache_end(&early, INLAY_OK);
	assert_int_equal(call_at(START_MS, INLAY_OK), CACHE_MISS);
	assert_false(cache_knows(&refresher));
	assert_int_equal(refresher.course, CACHE_REFRESH);
	inlay_cache_forget();
	assert_int_equal(call_at(START_MS + TTL_MS, INLAY_OK), CACHE_MISS);
	cache_end(&refresher, INLAY_OK);
	/* Nor does it take away what others have found out since. */
	assert_int_equal(call_at(START_MS + TTL_MS, INLAY_OK), CACHE_HIT);
}

static void who_changes_it_knows_what_it_is(void **state)
{
	struct cache_question own = question_at(START_MS);
	struct cache_question other = question_at(START_MS);

	(void)state;
	assert_false(cache_knows(&own));
	assert_false(cache_knows(&other));
	cache_invalidate(&own, START_MS + 50);
	cache_invalidate(&own, START_MS + 100);
	cache_end(&other, INLAY_OK);
	assert_int_equal(call_at(START_MS + 100, INLAY_UNREACHABLE), CACHE_MISS);
	cache_end(&own, INLAY_OK);
	assert_int_equal(call_at(START_MS + 100 + TTL_MS - 1, INLAY_OK), CACHE_HIT);
}

static void two_who_change_something_know_nothing(void **state)
{
	struct cache_question one = question_at(START_MS);
	struct cache_question other = question_at(START_MS);

	(void)state;
	assert_false(cache_knows(&one));
	assert_false(cache_knows(&other));
	cache_invalidate(&one, START_MS);
	cache_invalidate(&other, START_MS);
	cache_end(&one, INLAY_OK);
	cache_end(&other, INLAY_OK);
	assert_int_equal(call_at(START_MS, INLAY_OK), CACHE_MISS);
}

/* --- A probe --- */

static void a_probe_asks_always_and_tells_the_others(void **state)
{
	struct inlay_cache_statistics before = counts();
	struct cache_question probe = question_at(START_MS);

	(void)state;
	cache_ask(&probe);
	cache_end(&probe, INLAY_OK);
	expect_counted(before, "0 0 0 0 0 0");
	assert_int_equal(call_at(START_MS, INLAY_OK), CACHE_HIT);
	probe = question_at(START_MS + TTL_MS - 1);
	cache_ask(&probe);
	cache_end(&probe, INLAY_OK);
	assert_int_equal(call_at(START_MS + TTL_MS, INLAY_OK), CACHE_HIT);
	probe = question_at(START_MS);
	cache_ask(&probe);
	cache_end(&probe, INLAY_UNREACHABLE);
	assert_int_equal(call_at(START_MS, INLAY_OK), CACHE_HIT);
	cache_ask(&probe);
	cache_end(&probe, INLAY_PENDING);
	assert_int_equal(call_at(START_MS, INLAY_OK), CACHE_MISS);
}

/* --- Statistics --- */

static void statistics_have_the_size_of_their_header(void **state)
{
	struct {
		struct inlay_cache_statistics statistics;
		unsigned char behind[16];
	} older;

	(void)state;
	assert_int_equal(call_at(START_MS, INLAY_OK), CACHE_MISS);
	memset(&older, 0xEE, sizeof(older));
	older.statistics.size = offsetof(struct inlay_cache_statistics, refresh_count);
	inlay_cache_read(&older.statistics);
	assert_int_equal(older.statistics.size,
	                 offsetof(struct inlay_cache_statistics, refresh_count));
	assert_true(older.statistics.miss_count > 0 && older.statistics.miss_count < 1000000);
	assert_int_equal(older.statistics.refresh_count, 0xEEEEEEEEEEEEEEEEu);
	memset(&older, 0xEE, sizeof(older));
	older.statistics.size = sizeof(older);
	inlay_cache_read(&older.statistics);
	assert_true(older.statistics.slot_count <= INLAY_CACHE_SLOT_COUNT_MAX);
	for (size_t i = 0; i < sizeof(older.behind); i++)
		assert_int_equal(older.behind[i], 0xEE);
	inlay_cache_read(NULL);
}

#define CACHE_TEST(test) cmocka_unit_test_setup(test, begin_test)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CACHE_TEST(an_answer_is_believed_for_its_time),
		CACHE_TEST(each_reader_has_its_own_patience),
		CACHE_TEST(one_asks_again_and_the_others_go_on),
		CACHE_TEST(who_fails_gives_way_to_the_next),
		CACHE_TEST(a_refusal_is_not_forgotten_but_the_answer_is),
		CACHE_TEST(who_hangs_is_not_waited_for_for_ever),
		CACHE_TEST(a_refresh_that_just_ended_is_seen),
		CACHE_TEST(clocks_may_jump),
		CACHE_TEST(every_part_of_the_key_counts),
		CACHE_TEST(memory_may_be_used_again),
		CACHE_TEST(texts_are_copied),
		CACHE_TEST(what_can_not_be_told_is_not_remembered),
		CACHE_TEST(slots_run_out),
		CACHE_TEST(forgetting_is_for_all),
		CACHE_TEST(who_began_before_leaves_nothing_behind),
		CACHE_TEST(who_changes_it_knows_what_it_is),
		CACHE_TEST(two_who_change_something_know_nothing),
		CACHE_TEST(a_probe_asks_always_and_tells_the_others),
		CACHE_TEST(statistics_have_the_size_of_their_header),
		CACHE_TEST(the_table_holds_as_many_as_promised),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
