/* alerts_test.c - which events give an alert, what it says, and how often: at times of the test's
 * own choosing. */
#include "alerts.h"
#include "command.h"
#include "events.h"
#include "files.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOUR_MS 3600000

struct bell {
	struct inlay_alert_options options;
	struct inlay_alerts *alerts;
	int count;
	enum inlay_alert_kind kind;
	uint64_t suppressed_count;
	const struct inlay_event *event;
	char message[INLAY_MESSAGE_SIZE_MAX];
};

static void ring(void *context, const struct inlay_alert *alert)
{
	struct bell *bell = context;

	assert_int_equal(alert->size, sizeof(*alert));
	bell->count++;
	bell->kind = alert->kind;
	bell->suppressed_count = alert->suppressed_count;
	bell->event = alert->event;
	(void)snprintf(bell->message, sizeof(bell->message), "%s", alert->message);
}

static int make_bell(void **state)
{
	struct bell *bell = calloc(1, sizeof(*bell));

	assert_non_null(bell);
	bell->options = inlay_alert_options_init();
	bell->options.alert = ring;
	bell->options.context = bell;
	bell->options.interval_ms = 0;
	bell->alerts = inlay_alerts_create(&bell->options);
	assert_non_null(bell->alerts);
	*state = bell;
	return 0;
}

static int free_bell(void **state)
{
	struct bell *bell = *state;

	inlay_alerts_destroy(bell->alerts);
	free(bell);
	return 0;
}

static void set_interval(struct bell *bell, uint32_t interval_ms)
{
	inlay_alerts_destroy(bell->alerts);
	bell->options.interval_ms = interval_ms;
	bell->alerts = inlay_alerts_create(&bell->options);
	assert_non_null(bell->alerts);
}

/* Tells it; the alert's kind, or 0. */
static enum inlay_alert_kind tell(struct bell *bell, const struct inlay_event *event)
{
	int before = bell->count;

	inlay_alert_event(bell->alerts, event);
	assert_in_range(bell->count - before, 0, 1);
	return bell->count > before ? bell->kind : 0;
}

/* --- What --- */

static void events_give_their_alerts(void **state)
{
	static const struct {
		enum inlay_event_kind event;
		enum inlay_result result;
		int64_t duration_ms;
		int64_t waited_ms;
		enum inlay_alert_kind alert;
	} rows[] = {
		{ INLAY_EVENT_FAILED, INLAY_FAILED, 0, 0, INLAY_ALERT_FAILED },
		{ INLAY_EVENT_FAILED, INLAY_UNREACHABLE, 0, 0, INLAY_ALERT_FAILED },
		{ INLAY_EVENT_FAILED, INLAY_INTERRUPTED, 0, 0, INLAY_ALERT_INTERRUPTED },
		{ INLAY_EVENT_FAILED, INLAY_LOCKED, 0, 0, INLAY_ALERT_LOCK_WAIT },
		{ INLAY_EVENT_DRIFT, INLAY_EDITED, 0, 0, INLAY_ALERT_DRIFT },
		{ INLAY_EVENT_UNCHECKED, INLAY_UNREACHABLE, 0, 0, INLAY_ALERT_UNCHECKED },
		{ INLAY_EVENT_WAITING, INLAY_OK, 0, 10000, 0 },
		{ INLAY_EVENT_WAITING, INLAY_OK, 0, 10001, INLAY_ALERT_LOCK_WAIT },
		{ INLAY_EVENT_LOCKED, INLAY_OK, 0, 10000, 0 },
		{ INLAY_EVENT_LOCKED, INLAY_OK, 0, 10001, INLAY_ALERT_LOCK_WAIT },
		{ INLAY_EVENT_APPLIED, INLAY_OK, 60000, 0, 0 },
		{ INLAY_EVENT_APPLIED, INLAY_OK, 60001, 0, INLAY_ALERT_SLOW },
		{ INLAY_EVENT_ROLLED_BACK, INLAY_OK, 60000, 0, 0 },
		{ INLAY_EVENT_ROLLED_BACK, INLAY_OK, 60001, 0, INLAY_ALERT_SLOW },
		{ INLAY_EVENT_RETRYING, INLAY_FAILED, 60001, 10001, 0 },
		{ INLAY_EVENT_APPLYING, INLAY_FAILED, 60001, 10001, 0 },
		{ INLAY_EVENT_CONFIGURED, INLAY_FAILED, 60001, 10001, 0 },
		{ INLAY_EVENT_CHECKED, INLAY_PENDING, 60001, 10001, 0 },
		{ INLAY_EVENT_STATEMENT, INLAY_FAILED, 60001, 10001, 0 },
		{ INLAY_EVENT_PENDING, INLAY_FAILED, 60001, 10001, 0 },
		{ INLAY_EVENT_ROLLING_BACK, INLAY_FAILED, 60001, 10001, 0 },
		{ INLAY_EVENT_WOULD_RUN, INLAY_FAILED, 60001, 10001, 0 },
		{ (enum inlay_event_kind)99, INLAY_FAILED, 60001, 10001, 0 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct inlay_event event = event_make(rows[i].event);

		event.result = rows[i].result;
		event.duration_ms = rows[i].duration_ms;
		event.waited_ms = rows[i].waited_ms;
		if (tell(*state, &event) != rows[i].alert)
			fail_msg("row %zu", i);
	}
}

static void alerts_say_what_happened(void **state)
{
	static const struct {
		enum inlay_event_kind kind;
		const char *message;
		const char *expected;
	} rows[] = {
		{ INLAY_EVENT_FAILED, "m/003_add.sql:2:1: no\nsuch table",
		  "app, schema s: m/003_add.sql:2:1: no such table" },
		{ INLAY_EVENT_FAILED, "", "app, schema s: 003_add failed: INLAY_EDITED" },
		{ INLAY_EVENT_DRIFT, "",
		  "app, schema s: set and database differ at 003_add: INLAY_EDITED" },
		{ INLAY_EVENT_UNCHECKED, "",
		  "app, schema s: going on without knowing the schema: INLAY_EDITED" },
		{ INLAY_EVENT_WAITING, "",
		  "app, schema s: has been waiting 90000 ms for others who migrate; at work: bob" },
		{ INLAY_EVENT_LOCKED, "",
		  "app, schema s: waited 90000 ms for others who migrate; at work: bob" },
		{ INLAY_EVENT_APPLIED, "", "app, schema s: 003_add took 90000 ms to be applied" },
		{ INLAY_EVENT_ROLLED_BACK, "",
		  "app, schema s: 003_add took 90000 ms to be rolled back" },
	};
	struct bell *bell = *state;
	struct inlay_event event;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		event = event_make_full(rows[i].kind);
		event.duration_ms = event.waited_ms = 90000;
		event.message = rows[i].message;
		assert_int_not_equal(tell(bell, &event), 0);
		assert_string_equal(bell->message, rows[i].expected);
		assert_ptr_equal(bell->event, &event);
		assert_int_equal(bell->suppressed_count, 0);
	}
	event = event_make(INLAY_EVENT_WAITING);
	event.waited_ms = 10001;
	assert_int_equal(tell(bell, &event), INLAY_ALERT_LOCK_WAIT);
	assert_string_equal(bell->message, "has been waiting 10001 ms for others who migrate");
	event = event_make(INLAY_EVENT_FAILED);
	assert_int_equal(tell(bell, &event), INLAY_ALERT_FAILED);
	assert_string_equal(bell->message, "a migration failed: INLAY_FAILED");
}

static void alerts_have_names(void **state)
{
	static const char *const names[] = { "unknown",     "failed", "drift",     "lock_wait",
		                             "interrupted", "slow",   "unchecked", "unknown" };

	(void)state;
	for (int i = 0; i < 8; i++)
		assert_string_equal(inlay_alert_name((enum inlay_alert_kind)i), names[i]);
}

/* --- Who --- */

static void an_alert_needs_somebody_to_tell(void **state)
{
	struct inlay_alert_options options = inlay_alert_options_init();
	struct inlay_event event = event_make(INLAY_EVENT_FAILED);
	struct bell *bell = *state;

	assert_null(inlay_alerts_create(NULL));
	assert_null(inlay_alerts_create(&options));
	options.alert = ring;
	options.size = offsetof(struct inlay_alert_options, alert);
	assert_null(inlay_alerts_create(&options));
	inlay_alerts_destroy(NULL);
	inlay_alert_event(NULL, &event);
	inlay_alert_event(bell->alerts, NULL);
	event.size = 8;
	inlay_alert_event(bell->alerts, &event);
	assert_int_equal(bell->count, 0);
}

static void the_defaults_are_the_headers(void **state)
{
	struct inlay_alert_options options = inlay_alert_options_init();

	(void)state;
	assert_int_equal(options.size, sizeof(options));
	assert_int_equal(options.lock_wait_ms, 10000);
	assert_int_equal(options.slow_migration_ms, 60000);
	assert_int_equal(options.interval_ms, 300000);
}

/* The event ends before `level`: an alert reads no further. */
static void an_older_event_gives_an_alert(void **state)
{
	size_t size = offsetof(struct inlay_event, level);
	struct inlay_event full = event_make_full(INLAY_EVENT_FAILED);
	struct inlay_event *event = malloc(size);

	assert_non_null(event);
	full.size = size;
	memcpy(event, &full, size);
	assert_int_equal(tell(*state, event), INLAY_ALERT_FAILED);
	assert_string_equal(((struct bell *)*state)->message, "say it");
	free(event);
}

/* --- How often --- */

static int tell_at(struct bell *bell, const char *database, enum inlay_event_kind kind,
                   int64_t now_ms)
{
	struct inlay_event event = event_make(kind);
	int before = bell->count;

	event.database = database;
	alerts_event_at(bell->alerts, &event, now_ms);
	return bell->count - before;
}

static void without_an_interval_all_are_told(void **state)
{
	struct bell *bell = *state;

	for (int i = 0; i < 1000; i++)
		assert_int_equal(tell_at(bell, "app", INLAY_EVENT_FAILED, 5), 1);
	assert_int_equal(bell->suppressed_count, 0);
}

static void one_is_told_in_an_interval(void **state)
{
	struct bell *bell = *state;

	set_interval(bell, 1000);
	assert_int_equal(tell_at(bell, "app", INLAY_EVENT_FAILED, 0), 1);
	assert_int_equal(tell_at(bell, "app", INLAY_EVENT_FAILED, 0), 0);
	assert_int_equal(tell_at(bell, "app", INLAY_EVENT_FAILED, 999), 0);
	assert_int_equal(tell_at(bell, "app", INLAY_EVENT_FAILED, 1000), 1);
	assert_int_equal(bell->suppressed_count, 2);
	assert_int_equal(tell_at(bell, "app", INLAY_EVENT_FAILED, 1999), 0);
	assert_int_equal(tell_at(bell, "app", INLAY_EVENT_FAILED, HOUR_MS), 1);
	assert_int_equal(bell->suppressed_count, 1);
	assert_int_equal(tell_at(bell, "app", INLAY_EVENT_FAILED, 2 * HOUR_MS), 1);
	assert_int_equal(bell->suppressed_count, 0);
}

static void kinds_and_databases_do_not_share(void **state)
{
	struct bell *bell = *state;
	char name[2][400];

	set_interval(bell, UINT32_MAX);
	assert_int_equal(tell_at(bell, "a", INLAY_EVENT_FAILED, 0), 1);
	assert_int_equal(tell_at(bell, "a", INLAY_EVENT_DRIFT, 0), 1);
	assert_int_equal(tell_at(bell, "b", INLAY_EVENT_FAILED, 0), 1);
	assert_int_equal(tell_at(bell, "", INLAY_EVENT_FAILED, 0), 1);
	assert_int_equal(tell_at(bell, "a", INLAY_EVENT_FAILED, 0), 0);
	assert_int_equal(tell_at(bell, "a", INLAY_EVENT_DRIFT, 0), 0);
	assert_int_equal(tell_at(bell, "", INLAY_EVENT_FAILED, 0), 0);
	/* Two that differ only where nobody looks. */
	for (int i = 0; i < 2; i++) {
		memset(name[i], 'x', sizeof(name[i]));
		name[i][398] = (char)('0' + i);
		name[i][399] = '\0';
		assert_int_equal(tell_at(bell, name[i], INLAY_EVENT_FAILED, 0), 1);
		assert_int_equal(tell_at(bell, name[i], INLAY_EVENT_FAILED, 0), 0);
	}
}

static int tell_number(struct bell *bell, int number, int64_t now_ms)
{
	char name[32];

	(void)snprintf(name, sizeof(name), "db%d", number);
	return tell_at(bell, name, INLAY_EVENT_FAILED, now_ms);
}

static void databases_beyond_the_table_share_a_limit(void **state)
{
	struct bell *bell = *state;

	set_interval(bell, 1000);
	for (int i = 0; i < ALERTS_DATABASE_COUNT_MAX; i++)
		assert_int_equal(tell_number(bell, i, 0), 1);
	assert_int_equal(tell_number(bell, 1000, 500), 1);
	assert_int_equal(tell_number(bell, 1001, 500), 0);
	assert_int_equal(tell_number(bell, 1002, 999), 0);
	assert_int_equal(tell_at(bell, "other", INLAY_EVENT_DRIFT, 999), 1); /* By kind. */
	/* Those that have a place keep it. */
	for (int i = 0; i < ALERTS_DATABASE_COUNT_MAX; i++)
		assert_int_equal(tell_number(bell, i, 999), 0);
	for (int i = 0; i < ALERTS_DATABASE_COUNT_MAX; i++)
		assert_int_equal(tell_number(bell, i, 1000), 1);
	assert_int_equal(tell_number(bell, 1001, 1500), 1);
	assert_int_equal(bell->suppressed_count, 2);
}

static void a_place_is_free_when_its_interval_is_over(void **state)
{
	struct bell *bell = *state;

	set_interval(bell, 1000);
	for (int i = 0; i < ALERTS_DATABASE_COUNT_MAX; i++)
		assert_int_equal(tell_number(bell, i, i == 7 ? 0 : 500), 1);
	assert_int_equal(tell_number(bell, 7, 10),
	                 0); /* Held back, and forgotten with its place. */
	assert_int_equal(tell_number(bell, 1000, 1000), 1);
	assert_int_equal(tell_number(bell, 1000, 1100), 0); /* It has a limit of its own: */
	assert_int_equal(tell_number(bell, 1001, 1200), 1); /* the shared one is free, */
	assert_int_equal(tell_number(bell, 1002, 1300), 0); /* until now. */
	assert_int_equal(tell_number(bell, 7, 1500), 1);    /* In a place of another. */
	assert_int_equal(bell->suppressed_count, 0);
}

/* --- Threads --- */

static void threads_share_alerts(void **state)
{
	char *directory = directory_make();
	struct outcome outcome;
	unsigned told = 0, suppressed = 0;
	const char *sums;

	(void)state;
	outcome = observers_run(directory);
	sums = strstr(outcome.out.start, "# alerts ");
	assert_non_null(sums);
	assert_int_equal(sscanf(sums, "# alerts %u suppressed %u", &told, &suppressed), 2);
	/* Three kinds, for each database that has a place, and those that share one. */
	assert_int_equal(told, 3 * (ALERTS_DATABASE_COUNT_MAX + 1));
	assert_int_equal(suppressed, 0);
	outcome_free(&outcome);
	directory_remove(directory);
	free(directory);
}

int main(void)
{
#define WITH_BELL(test) cmocka_unit_test_setup_teardown(test, make_bell, free_bell)
	const struct CMUnitTest tests[] = {
		WITH_BELL(events_give_their_alerts),
		WITH_BELL(alerts_say_what_happened),
		WITH_BELL(alerts_have_names),
		WITH_BELL(an_alert_needs_somebody_to_tell),
		WITH_BELL(the_defaults_are_the_headers),
		WITH_BELL(an_older_event_gives_an_alert),
		WITH_BELL(without_an_interval_all_are_told),
		WITH_BELL(one_is_told_in_an_interval),
		WITH_BELL(kinds_and_databases_do_not_share),
		WITH_BELL(databases_beyond_the_table_share_a_limit),
		WITH_BELL(a_place_is_free_when_its_interval_is_over),
		cmocka_unit_test(threads_share_alerts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
