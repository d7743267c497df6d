/* metrics.c - counts what events tell, and writes it in Prometheus' text format 0.0.4. */
#include "clock.h"
#include "format.h"
#include "observe.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum {
	RESULT_COUNT = INLAY_CANCELLED + 2, /* The last for what has no name. */
	BUCKET_COUNT = 12,
	PLACE_COUNT_MAX = 256, /* Databases times schemas with gauges of their own. */
	DATABASE_SIZE = 256,
	SCHEMA_SIZE = 128,
	LINE_SIZE = 1024, /* The longest names, all escaped, fit. */
};

struct counter {
	_Atomic uint64_t value;
};

struct histogram {
	struct counter
	        counts[BUCKET_COUNT + 1]; /* Each without those below; the last for the rest. */
	struct counter sum_ms;
};

static const struct {
	int64_t limit_ms;
	const char *limit; /* In seconds. */
} buckets[BUCKET_COUNT] = {
	{ 10, "0.01" },  { 50, "0.05" },    { 100, "0.1" },      { 500, "0.5" },
	{ 1000, "1" },   { 5000, "5" },     { 10000, "10" },     { 30000, "30" },
	{ 60000, "60" }, { 300000, "300" }, { 1800000, "1800" }, { 3600000, "3600" },
};

/* One schema of one database: names as the labels show them, not yet escaped. */
struct place {
	char database[DATABASE_SIZE];
	char schema[SCHEMA_SIZE];
	_Atomic int64_t pending;
	_Atomic int64_t last_applied_s; /* 0 while there is none. */
};

struct inlay_metrics {
	struct counter applied;
	struct counter rolled_back;
	struct counter retries;
	struct counter would_run;
	struct counter waiting;
	struct counter label_overflows;
	struct counter failed[RESULT_COUNT];
	struct counter checks[RESULT_COUNT];
	struct counter drift[RESULT_COUNT];
	struct counter unchecked[RESULT_COUNT];
	struct histogram up;
	struct histogram down;
	struct histogram gate_waits;
	/* Those below the count never change their names, so readers need no lock. */
	pthread_mutex_t adding;
	_Atomic size_t place_count;
	struct place places[PLACE_COUNT_MAX];
};

struct inlay_metrics *inlay_metrics_create(void)
{
	struct inlay_metrics *metrics = calloc(1, sizeof(*metrics));

	if (metrics != NULL && pthread_mutex_init(&metrics->adding, NULL) != 0) {
		free(metrics);
		metrics = NULL;
	}
	return metrics;
}

void inlay_metrics_destroy(struct inlay_metrics *metrics)
{
	if (metrics == NULL)
		return;
	(void)pthread_mutex_destroy(&metrics->adding);
	free(metrics);
}

/* --- Counting --- */

static void add(struct counter *counter, uint64_t value)
{
	(void)atomic_fetch_add_explicit(&counter->value, value, memory_order_relaxed);
}

static void add_result(struct counter counters[RESULT_COUNT], enum inlay_result result)
{
	size_t index = (size_t)result;

	add(&counters[index < RESULT_COUNT ? index : RESULT_COUNT - 1], 1);
}

static void add_duration(struct histogram *histogram, int64_t duration_ms)
{
	int64_t known_ms = duration_ms > 0 ? duration_ms : 0;
	size_t i = 0;

	while (i < BUCKET_COUNT && known_ms > buckets[i].limit_ms)
		i++;
	add(&histogram->counts[i], 1);
	add(&histogram->sum_ms, (uint64_t)known_ms);
}

/* UTF-8 that fits, whatever `text` is: a scrape with other bytes is refused as a whole. */
static void copy_label(char *target, size_t size, const char *text)
{
	size_t used = 0;

	while (*text != '\0') {
		uint32_t code;
		size_t taken = format_character(text, &code);
		size_t needed = taken > 0 ? taken : sizeof(OBSERVE_REPLACEMENT) - 1;

		if (used + needed >= size)
			break;
		memcpy(target + used, taken > 0 ? text : OBSERVE_REPLACEMENT, needed);
		used += needed;
		text += taken > 0 ? taken : 1;
	}
	target[used] = '\0';
}

static struct place *search(struct inlay_metrics *metrics, const char *database, const char *schema)
{
	size_t count = atomic_load_explicit(&metrics->place_count, memory_order_acquire);

	for (size_t i = 0; i < count; i++)
		if (strcmp(metrics->places[i].database, database) == 0 &&
		    strcmp(metrics->places[i].schema, schema) == 0)
			return &metrics->places[i];
	return NULL;
}

/* NULL when there is no place for another one. */
static struct place *add_place(struct inlay_metrics *metrics, const char *database,
                               const char *schema)
{
	struct place *place;
	size_t count;

	(void)pthread_mutex_lock(&metrics->adding);
	count = atomic_load_explicit(&metrics->place_count, memory_order_relaxed);
	place = search(metrics, database, schema); /* Another thread may have been faster. */
	if (place == NULL && count < PLACE_COUNT_MAX) {
		place = &metrics->places[count];
		memcpy(place->database, database, strlen(database) + 1);
		memcpy(place->schema, schema, strlen(schema) + 1);
		atomic_store_explicit(&metrics->place_count, count + 1, memory_order_release);
	}
	(void)pthread_mutex_unlock(&metrics->adding);
	return place;
}

static void set_pending(struct place *place, int64_t count)
{
	atomic_store_explicit(&place->pending, count > 0 ? count : 0, memory_order_relaxed);
}

static void raise_pending(struct place *place, int64_t count)
{
	int64_t known = atomic_load_explicit(&place->pending, memory_order_relaxed);

	while (known < count &&
	       !atomic_compare_exchange_weak_explicit(&place->pending, &known, count,
	                                              memory_order_relaxed, memory_order_relaxed))
		continue; /* `known` is what another thread has made of it. */
}

/* Follows how many are pending as far as events tell: none after a check that was content, as many
 * as a call counts that must not apply them, or is about to.  That one begins does not make it
 * less: several may have begun, and share a COMMIT, before the first is applied. */
static void follow(struct inlay_metrics *metrics, const struct inlay_event *event)
{
	int64_t left = (int64_t)event->count - (int64_t)event->index;
	char database[DATABASE_SIZE], schema[SCHEMA_SIZE];
	struct place *place;

	copy_label(database, sizeof(database), event->database);
	copy_label(schema, sizeof(schema), event->schema);
	place = search(metrics, database, schema);
	if (place == NULL)
		place = add_place(metrics, database, schema);
	if (place == NULL) {
		add(&metrics->label_overflows, 1);
		return;
	}
	if (event->kind == INLAY_EVENT_CHECKED) {
		set_pending(place, 0);
	} else if (event->kind == INLAY_EVENT_PENDING) {
		if (event->count > 0)
			set_pending(place, event->count);
		else
			raise_pending(place, 1);
	} else if (event->kind == INLAY_EVENT_APPLYING) {
		raise_pending(place, left + 1);
	} else if (event->kind == INLAY_EVENT_APPLIED) {
		set_pending(place, left);
		atomic_store_explicit(&place->last_applied_s, clock_wall_s(), memory_order_relaxed);
	} else {
		(void)atomic_fetch_add_explicit(&place->pending, 1, memory_order_relaxed);
	}
}

static bool is_followed(const struct inlay_event *event)
{
	switch (event->kind) {
	case INLAY_EVENT_CHECKED: return event->result == INLAY_OK;
	case INLAY_EVENT_PENDING:
	case INLAY_EVENT_APPLYING:
	case INLAY_EVENT_APPLIED:
	case INLAY_EVENT_ROLLED_BACK: return true;
	default: return false;
	}
}

static void count(struct inlay_metrics *metrics, const struct inlay_event *event)
{
	switch (event->kind) {
	case INLAY_EVENT_APPLIED:
		add(&metrics->applied, 1);
		add_duration(&metrics->up, event->duration_ms);
		break;
	case INLAY_EVENT_ROLLED_BACK:
		add(&metrics->rolled_back, 1);
		add_duration(&metrics->down, event->duration_ms);
		break;
	case INLAY_EVENT_LOCKED: add_duration(&metrics->gate_waits, event->waited_ms); break;
	case INLAY_EVENT_WAITING: add(&metrics->waiting, 1); break;
	case INLAY_EVENT_RETRYING: add(&metrics->retries, 1); break;
	case INLAY_EVENT_WOULD_RUN: add(&metrics->would_run, 1); break;
	case INLAY_EVENT_FAILED: add_result(metrics->failed, event->result); break;
	case INLAY_EVENT_CHECKED: add_result(metrics->checks, event->result); break;
	case INLAY_EVENT_DRIFT: add_result(metrics->drift, event->result); break;
	case INLAY_EVENT_UNCHECKED: add_result(metrics->unchecked, event->result); break;
	default: break;
	}
}

void inlay_metrics_event(void *context, const struct inlay_event *event)
{
	struct inlay_metrics *metrics = context;
	struct inlay_event copy;

	if (metrics == NULL || !observe_read(&copy, event))
		return;
	count(metrics, &copy);
	if (is_followed(&copy))
		follow(metrics, &copy);
}

/* --- Writing --- */

struct output {
	void (*write)(void *context, const char *text, size_t text_size);
	void *context;
};

static void put(const struct output *output, const char *format, ...) FORMAT_LIKE_PRINTF(2, 3);

static void put(const struct output *output, const char *format, ...)
{
	char line[LINE_SIZE];
	va_list arguments;

	va_start(arguments, format);
	format_arguments(line, sizeof(line), format, arguments);
	va_end(arguments);
	output->write(output->context, line, strlen(line));
}

static uint64_t read_counter(const struct counter *counter)
{
	return atomic_load_explicit(&counter->value, memory_order_relaxed);
}

static void put_head(const struct output *output, const char *name, const char *type,
                     const char *help)
{
	put(output, "# HELP inlay_%s %s\n# TYPE inlay_%s %s\n", name, help, name, type);
}

static void put_value(const struct output *output, const char *name, const char *type,
                      const char *help, uint64_t value)
{
	put_head(output, name, type, help);
	put(output, "inlay_%s %" PRIu64 "\n", name, value);
}

static void put_counter(const struct output *output, const char *name, const char *help,
                        uint64_t value)
{
	put_value(output, name, "counter", help, value);
}

/* A line for each result of `usual`, so that rates begin at 0, and for each other that came up. */
static void put_results(const struct output *output, const char *name, const char *help,
                        const struct counter counters[RESULT_COUNT], unsigned usual)
{
	put_head(output, name, "counter", help);
	for (size_t i = 0; i < RESULT_COUNT; i++) {
		uint64_t value = read_counter(&counters[i]);

		if (value > 0 || ((usual >> i) & 1) != 0)
			put(output, "inlay_%s{result=\"%s\"} %" PRIu64 "\n", name,
			    inlay_result_name((enum inlay_result)i), value);
	}
}

/* `labels` are those before le: "" or with a comma at the end. */
static void put_histogram(const struct output *output, const char *name, const char *labels,
                          const struct histogram *histogram)
{
	uint64_t sum_ms = read_counter(&histogram->sum_ms);
	int label_size = (int)strlen(labels) - (labels[0] != '\0');
	const char *open = labels[0] != '\0' ? "{" : "";
	const char *close = labels[0] != '\0' ? "}" : "";
	uint64_t total = 0;

	for (size_t i = 0; i <= BUCKET_COUNT; i++) {
		total += read_counter(&histogram->counts[i]);
		put(output, "inlay_%s_bucket{%sle=\"%s\"} %" PRIu64 "\n", name, labels,
		    i < BUCKET_COUNT ? buckets[i].limit : "+Inf", total);
	}
	put(output, "inlay_%s_sum%s%.*s%s %" PRIu64 ".%03" PRIu64 "\n", name, open, label_size,
	    labels, close, sum_ms / 1000, sum_ms % 1000);
	put(output, "inlay_%s_count%s%.*s%s %" PRIu64 "\n", name, open, label_size, labels, close,
	    total);
}

static void escape_label(char *target, const char *value)
{
	for (; *value != '\0'; value++) {
		if (*value == '\\' || *value == '"' || *value == '\n')
			*target++ = '\\';
		*target++ = *value == '\n' ? 'n' : *value;
	}
	*target = '\0';
}

static void put_gauge(const struct output *output, const char *name, const struct place *place,
                      int64_t value)
{
	char database[2 * DATABASE_SIZE], schema[2 * SCHEMA_SIZE];

	escape_label(database, place->database);
	escape_label(schema, place->schema);
	put(output, "inlay_%s{database=\"%s\",schema=\"%s\"} %" PRId64 "\n", name, database, schema,
	    value);
}

static void put_gauges(const struct output *output, const struct inlay_metrics *metrics)
{
	size_t count = atomic_load_explicit(&metrics->place_count, memory_order_acquire);

	put_head(
	        output, "pending_migrations", "gauge",
	        "Migrations the database lacks, as the last check or call of this process saw it.");
	for (size_t i = 0; i < count; i++)
		put_gauge(output, "pending_migrations", &metrics->places[i],
		          atomic_load_explicit(&metrics->places[i].pending, memory_order_relaxed));
	put_head(output, "last_applied_timestamp_seconds", "gauge",
	         "When this process last applied a migration, in seconds since 1970.");
	for (size_t i = 0; i < count; i++) {
		int64_t when_s = atomic_load_explicit(&metrics->places[i].last_applied_s,
		                                      memory_order_relaxed);

		if (when_s != 0)
			put_gauge(output, "last_applied_timestamp_seconds", &metrics->places[i],
			          when_s);
	}
	put_counter(output, "label_overflows_total",
	            "Updates of the gauges above that found no room for another database.",
	            read_counter(&metrics->label_overflows));
}

static void put_cache(const struct output *output)
{
	struct inlay_cache_statistics cache = inlay_cache_statistics_init();

	inlay_cache_read(&cache);
	put_counter(output, "cache_hits_total", "Calls answered without asking the database.",
	            cache.hit_count);
	put_counter(output, "cache_stale_hits_total",
	            "Of the hits: answered while another call was asking again.",
	            cache.stale_hit_count);
	put_counter(output, "cache_misses_total", "Calls that asked, as nothing was known.",
	            cache.miss_count);
	put_counter(output, "cache_refreshes_total", "Calls that asked, as the answer was too old.",
	            cache.refresh_count);
	put_counter(output, "cache_failures_total",
	            "Of misses and refreshes: did not end in INLAY_OK.", cache.failure_count);
	put_counter(output, "cache_overflows_total",
	            "Calls that asked, as the database could not be remembered.",
	            cache.overflow_count);
	put_value(output, "cache_slots", "gauge", "Databases that are remembered.",
	          cache.slot_count);
}

#define BIT(result) (1u << (result))

static void put_migrations(const struct output *output, const struct inlay_metrics *metrics)
{
	put_counter(output, "migrations_applied_total", "Migrations applied by this process.",
	            read_counter(&metrics->applied));
	put_counter(output, "migrations_rolled_back_total",
	            "Migrations rolled back by this process.", read_counter(&metrics->rolled_back));
	put_results(output, "migrations_failed_total",
	            "Migrations that failed in this process, by the result of the call.",
	            metrics->failed,
	            BIT(INLAY_FAILED) | BIT(INLAY_INTERRUPTED) | BIT(INLAY_LOCKED) |
	                    BIT(INLAY_UNREACHABLE));
	put_counter(output, "migration_retries_total",
	            "Migrations tried again after a lock timeout, deadlock or the like.",
	            read_counter(&metrics->retries));
	put_counter(output, "dry_run_statements_total",
	            "Statements that dry runs told of instead of sending them.",
	            read_counter(&metrics->would_run));
	put_head(output, "migration_duration_seconds", "histogram",
	         "Time migrations took, as this process saw it.");
	put_histogram(output, "migration_duration_seconds", "direction=\"up\",", &metrics->up);
	put_histogram(output, "migration_duration_seconds", "direction=\"down\",", &metrics->down);
}

void inlay_metrics_write(const struct inlay_metrics *metrics,
                         void (*write)(void *context, const char *text, size_t text_size),
                         void *context)
{
	const struct output output = { write, context };

	if (metrics == NULL || write == NULL)
		return;
	put_migrations(&output, metrics);
	put_results(&output, "checks_total",
	            "Checks that asked the database, by whether it was up to date.",
	            metrics->checks, BIT(INLAY_OK) | BIT(INLAY_PENDING));
	put_results(&output, "drift_total", "Times that set and database differed, by how.",
	            metrics->drift,
	            BIT(INLAY_EDITED) | BIT(INLAY_MISSING) | BIT(INLAY_LATE) | BIT(INLAY_AHEAD));
	put_results(&output, "unchecked_total",
	            "Calls that let the program go on without a check, by why.", metrics->unchecked,
	            BIT(INLAY_LOCKED) | BIT(INLAY_UNREACHABLE));
	put_counter(&output, "waiting_total", "Times that a call told it was waiting for others.",
	            read_counter(&metrics->waiting));
	put_head(&output, "gate_wait_seconds", "histogram",
	         "Time calls waited until it was their turn to migrate.");
	put_histogram(&output, "gate_wait_seconds", "", &metrics->gate_waits);
	put_gauges(&output, metrics);
	put_cache(&output);
}
