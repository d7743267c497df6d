/* observers.c - alerts and metrics from several threads at once, for ThreadSanitizer; prints the
 * sums, which have to be exact.  There is no cache here: its numbers are made up. */
#include "alerts.h"
#include "inlay_observe.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

enum {
	THREAD_COUNT = 8,
	ROUND_COUNT = 2000,
	DATABASE_COUNT = ALERTS_DATABASE_COUNT_MAX + 20,
};

struct shared {
	struct inlay_alerts *alerts;
	struct inlay_metrics *metrics;
	_Atomic uint64_t told_count;
	_Atomic uint64_t suppressed_count;
	_Atomic uint64_t text_size;
};

void inlay_cache_read(struct inlay_cache_statistics *statistics)
{
	statistics->hit_count = 101;
	statistics->stale_hit_count = 102;
	statistics->miss_count = 103;
	statistics->refresh_count = 104;
	statistics->failure_count = 105;
	statistics->overflow_count = 106;
	statistics->slot_count = 107;
}

/* Tells more from inside, which would never return if a lock were held. */
static void take_alert(void *context, const struct inlay_alert *alert)
{
	struct inlay_event again = *alert->event;
	struct shared *shared = context;

	shared->told_count++;
	shared->suppressed_count += alert->suppressed_count;
	if (alert->kind == INLAY_ALERT_DRIFT) {
		again.kind = INLAY_EVENT_UNCHECKED;
		inlay_alert_event(shared->alerts, &again);
	}
}

static void measure(void *context, const char *text, size_t text_size)
{
	struct shared *shared = context;

	(void)text;
	shared->text_size += text_size;
}

static void tell(struct shared *shared, enum inlay_event_kind kind, int round)
{
	struct inlay_event event = { .size = sizeof(event), .kind = kind, .version = 1 };
	char database[32];

	(void)snprintf(database, sizeof(database), "db%d", round % DATABASE_COUNT);
	event.level = INLAY_LEVEL_INFO;
	event.database = database;
	event.duration_ms = 7;
	event.waited_ms = 3;
	event.index = event.count = 1;
	event.result = kind == INLAY_EVENT_CHECKED ? INLAY_OK : INLAY_FAILED;
	inlay_metrics_event(shared->metrics, &event);
	inlay_alert_event(shared->alerts, &event);
}

static void *run(void *argument)
{
	struct shared *shared = argument;

	for (int round = 0; round < ROUND_COUNT; round++) {
		for (int kind = INLAY_EVENT_APPLIED; kind <= INLAY_EVENT_BASELINED; kind++)
			tell(shared, (enum inlay_event_kind)kind, round);
		if (round % 500 == 0)
			inlay_metrics_write(shared->metrics, measure, shared);
	}
	return NULL;
}

static void print(void *context, const char *text, size_t text_size)
{
	(void)context;
	(void)fwrite(text, 1, text_size, stdout);
}

int main(void)
{
	struct inlay_alert_options options = inlay_alert_options_init();
	static struct shared shared;
	pthread_t threads[THREAD_COUNT];

	options.interval_ms = UINT32_MAX; /* Nothing is told twice while this runs. */
	options.alert = take_alert;
	options.context = &shared;
	shared.alerts = inlay_alerts_create(&options);
	shared.metrics = inlay_metrics_create();
	if (shared.alerts == NULL || shared.metrics == NULL)
		return 1;
	for (int i = 0; i < THREAD_COUNT; i++)
		if (pthread_create(&threads[i], NULL, run, &shared) != 0)
			return 1;
	for (int i = 0; i < THREAD_COUNT; i++)
		(void)pthread_join(threads[i], NULL);
	inlay_metrics_write(shared.metrics, print, NULL);
	printf("# alerts %d suppressed %d\n", (int)shared.told_count, (int)shared.suppressed_count);
	inlay_alerts_destroy(shared.alerts);
	inlay_metrics_destroy(shared.metrics);
	return shared.text_size > 0 ? 0 : 1;
}
