/* alerts.c - tells of what somebody should know, and not too often. */
#include "alerts.h"

#include "clock.h"
#include "format.h"
#include "observe.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum {
	KIND_COUNT = INLAY_ALERT_UNCHECKED + 1,
	NAME_SIZE = 192, /* Names that are longer are told apart by their hash. */
};

/* One kind of alert for one database. */
struct limit {
	bool was_told;
	int64_t told_ms; /* When, if it was. */
	uint64_t suppressed_count;
};

struct place {
	uint64_t hash;
	char database[NAME_SIZE];
	struct limit limits[KIND_COUNT];
};

struct inlay_alerts {
	struct inlay_alert_options options;
	pthread_mutex_t mutex; /* For all below; never held while the callback runs. */
	size_t place_count;
	struct place places[ALERTS_DATABASE_COUNT_MAX];
	struct place others; /* All databases that found no place. */
};

const char *inlay_alert_name(enum inlay_alert_kind kind)
{
	static const char *const names[] = {
		[0] = "unknown",
		[INLAY_ALERT_FAILED] = "failed",
		[INLAY_ALERT_DRIFT] = "drift",
		[INLAY_ALERT_LOCK_WAIT] = "lock_wait",
		[INLAY_ALERT_INTERRUPTED] = "interrupted",
		[INLAY_ALERT_SLOW] = "slow",
		[INLAY_ALERT_UNCHECKED] = "unchecked",
	};
	size_t index = (size_t)kind;

	return index < sizeof(names) / sizeof(names[0]) ? names[index] : names[0];
}

struct inlay_alerts *inlay_alerts_create(const struct inlay_alert_options *options)
{
	struct inlay_alert_options copy = inlay_alert_options_init();
	struct inlay_alerts *alerts;

	if (options == NULL)
		return NULL;
	memcpy(&copy, options, options->size < sizeof(copy) ? options->size : sizeof(copy));
	copy.size = sizeof(copy);
	if (copy.alert == NULL)
		return NULL;
	alerts = calloc(1, sizeof(*alerts));
	if (alerts == NULL)
		return NULL;
	if (pthread_mutex_init(&alerts->mutex, NULL) != 0) {
		free(alerts);
		return NULL;
	}
	alerts->options = copy;
	return alerts;
}

void inlay_alerts_destroy(struct inlay_alerts *alerts)
{
	if (alerts == NULL)
		return;
	(void)pthread_mutex_destroy(&alerts->mutex);
	free(alerts);
}

/* --- How often --- */

/* FNV-1a. */
static uint64_t hash_text(const char *text)
{
	uint64_t hash = 0xcbf29ce484222325u;

	for (; *text != '\0'; text++)
		hash = (hash ^ (unsigned char)*text) * 0x100000001b3u;
	return hash;
}

static bool is_over(const struct inlay_alerts *alerts, const struct limit *limit, int64_t now_ms)
{
	return !limit->was_told || now_ms - limit->told_ms >= (int64_t)alerts->options.interval_ms;
}

/* Whether the place holds nothing back any more, so that another database may have it. */
static bool is_free(const struct inlay_alerts *alerts, const struct place *place, int64_t now_ms)
{
	for (size_t i = 0; i < KIND_COUNT; i++)
		if (!is_over(alerts, &place->limits[i], now_ms))
			return false;
	return true;
}

static struct place *take_place(struct inlay_alerts *alerts, int64_t now_ms)
{
	if (alerts->place_count < ALERTS_DATABASE_COUNT_MAX)
		return &alerts->places[alerts->place_count++];
	for (size_t i = 0; i < alerts->place_count; i++)
		if (is_free(alerts, &alerts->places[i], now_ms))
			return &alerts->places[i];
	return NULL;
}

static struct place *find_place(struct inlay_alerts *alerts, const char *database, int64_t now_ms)
{
	uint64_t hash = hash_text(database);
	struct place *place;

	for (size_t i = 0; i < alerts->place_count; i++) {
		place = &alerts->places[i];
		if (place->hash == hash &&
		    strncmp(place->database, database, sizeof(place->database) - 1) == 0)
			return place;
	}
	place = take_place(alerts, now_ms);
	if (place == NULL)
		return &alerts->others;
	*place = (struct place){ .hash = hash };
	(void)strncpy(place->database, database, sizeof(place->database) - 1);
	return place;
}

/* Whether this one is to be told of; then alert->suppressed_count are those that were not. */
static bool may_tell(struct inlay_alerts *alerts, struct inlay_alert *alert, const char *database,
                     int64_t now_ms)
{
	struct limit *limit;
	bool may;

	if (alerts->options.interval_ms == 0)
		return true;
	(void)pthread_mutex_lock(&alerts->mutex);
	limit = &find_place(alerts, database, now_ms)->limits[alert->kind];
	may = is_over(alerts, limit, now_ms);
	if (may) {
		alert->suppressed_count = limit->suppressed_count;
		*limit = (struct limit){ .was_told = true, .told_ms = now_ms };
	} else {
		limit->suppressed_count++;
	}
	(void)pthread_mutex_unlock(&alerts->mutex);
	return may;
}

/* --- What --- */

/* 0 when it is what somebody asked for. */
static enum inlay_alert_kind kind_of_failure(enum inlay_result result)
{
	if (result == INLAY_CANCELLED)
		return 0;
	if (result == INLAY_INTERRUPTED)
		return INLAY_ALERT_INTERRUPTED;
	return result == INLAY_LOCKED ? INLAY_ALERT_LOCK_WAIT : INLAY_ALERT_FAILED;
}

/* 0 when nobody has to know. */
static enum inlay_alert_kind kind_of(const struct inlay_alerts *alerts,
                                     const struct inlay_event *event)
{
	bool waited_long = event->waited_ms > (int64_t)alerts->options.lock_wait_ms;
	bool took_long = event->duration_ms > (int64_t)alerts->options.slow_migration_ms;

	switch (event->kind) {
	case INLAY_EVENT_FAILED: return kind_of_failure(event->result);
	case INLAY_EVENT_DRIFT: return INLAY_ALERT_DRIFT;
	case INLAY_EVENT_UNCHECKED: return INLAY_ALERT_UNCHECKED;
	case INLAY_EVENT_WAITING:
	case INLAY_EVENT_LOCKED: return waited_long ? INLAY_ALERT_LOCK_WAIT : 0;
	case INLAY_EVENT_APPLIED:
	case INLAY_EVENT_ROLLED_BACK: return took_long ? INLAY_ALERT_SLOW : 0;
	default: return 0;
	}
}

/* What happened, where the event does not say it in words. */
static void describe_event(char *text, size_t size, const struct inlay_event *event)
{
	const char *result = inlay_result_name(event->result);
	const char *migration = event->migration[0] != '\0' ? event->migration : "a migration";

	if (event->message[0] != '\0')
		format_append(text, size, "%s", event->message);
	else if (event->kind == INLAY_EVENT_FAILED)
		format_append(text, size, "%s failed: %s", migration, result);
	else if (event->kind == INLAY_EVENT_DRIFT)
		format_append(text, size, "set and database differ at %s: %s", migration, result);
	else
		format_append(text, size, "going on without knowing the schema: %s", result);
}

static void describe(char *text, size_t size, enum inlay_alert_kind kind,
                     const struct inlay_event *event)
{
	bool is_wait = event->kind == INLAY_EVENT_WAITING || event->kind == INLAY_EVENT_LOCKED;
	const char *separator = event->schema[0] != '\0' ? ", schema " : "";

	text[0] = '\0';
	if (event->database[0] != '\0')
		format_append(text, size, "%s%s%s: ", event->database, separator, event->schema);
	if (kind == INLAY_ALERT_SLOW)
		format_append(text, size, "%s took %" PRId64 " ms to be %s", event->migration,
		              event->duration_ms,
		              event->kind == INLAY_EVENT_APPLIED ? "applied" : "rolled back");
	else if (is_wait)
		format_append(text, size, "%s %" PRId64 " ms for others who migrate%s%s",
		              event->kind == INLAY_EVENT_LOCKED ? "waited" : "has been waiting",
		              event->waited_ms, event->holder[0] != '\0' ? "; at work: " : "",
		              event->holder);
	else
		describe_event(text, size, event);
	format_one_line(text);
}

void alerts_event_at(struct inlay_alerts *alerts, const struct inlay_event *event, int64_t now_ms)
{
	struct inlay_alert alert = { .size = sizeof(alert), .event = event };
	char message[INLAY_MESSAGE_SIZE_MAX];
	struct inlay_event copy;

	if (alerts == NULL || !observe_read(&copy, event))
		return;
	alert.kind = kind_of(alerts, &copy);
	if (alert.kind == 0 || !may_tell(alerts, &alert, copy.database, now_ms))
		return;
	describe(message, sizeof(message), alert.kind, &copy);
	alert.message = message;
	alerts->options.alert(alerts->options.context, &alert);
}

void inlay_alert_event(void *context, const struct inlay_event *event)
{
	alerts_event_at(context, event, clock_now_ms());
}
