/* metrics_test.c - what events add up to, as Prometheus' own client reads it. */
#include "command.h"
#include "events.h"
#include "files.h"
#include "inlay_observe.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Stands in for the cache as long as there is none. */
__attribute__((weak)) void inlay_cache_read(struct inlay_cache_statistics *statistics)
{
	(void)statistics;
}

/* Prints what it read, a sample a line; fails where the format is not what it should be. */
static const char read_text[] =
        "import json, sys\n"
        "from prometheus_client.parser import text_string_to_metric_families\n"
        "text = open(sys.argv[1], 'rb').read().decode('utf-8')\n"
        "assert text.endswith('\\n')\n"
        "names, seen = set(), set()\n"
        "for family in text_string_to_metric_families(text):\n"
        "    assert family.type in ('counter', 'gauge', 'histogram'), family\n"
        "    assert family.name.startswith('inlay_') and family.documentation, family\n"
        "    assert family.name not in names, family\n"
        "    names.add(family.name)\n"
        "    suffixes = {'counter': ('_total',), 'gauge': ('',),\n"
        "                'histogram': ('_bucket', '_sum', '_count')}[family.type]\n"
        "    print('TYPE', family.name, family.type)\n"
        "    groups = {}\n"
        "    for sample in family.samples:\n"
        "        assert sample.name in [family.name + one for one in suffixes], sample\n"
        "        key = sample.name + ' ' + json.dumps(sample.labels, sort_keys=True)\n"
        "        assert key not in seen, key\n"
        "        seen.add(key)\n"
        "        print(key, sample.value)\n"
        "        labels = dict(sample.labels)\n"
        "        limit = labels.pop('le', None)\n"
        "        group = groups.setdefault(json.dumps(labels), {'buckets': []})\n"
        "        if limit is None:\n"
        "            group[sample.name] = sample.value\n"
        "        else:\n"
        "            group['buckets'].append((float(limit), sample.value))\n"
        "    for group in groups.values() if family.type == 'histogram' else ():\n"
        "        limits = [one[0] for one in group['buckets']]\n"
        "        counts = [one[1] for one in group['buckets']]\n"
        "        assert limits == sorted(set(limits)) and limits[-1] == float('inf'), limits\n"
        "        assert counts == sorted(counts), counts\n"
        "        assert counts[-1] == group[family.name + '_count'], group\n"
        "        assert group[family.name + '_sum'] >= 0, group\n"
        "assert len(names) > 15, names\n";

struct text {
	char *start;
	size_t size;
	size_t piece_count;
};

static void append(void *context, const char *piece, size_t piece_size)
{
	struct text *text = context;

	assert_int_equal(strlen(piece), piece_size);
	text->start = realloc(text->start, text->size + piece_size + 1);
	assert_non_null(text->start);
	memcpy(text->start + text->size, piece, piece_size + 1);
	text->size += piece_size;
	text->piece_count++;
}

/* What Python says of it, on the heap. */
static char *read_by_python(const char *text)
{
	char *directory = directory_make();
	char *path = format("%s/text", directory), *script = format("%s/read.py", directory);
	struct outcome outcome;
	char *out;

	file_write_string(path, text);
	file_write_string(script, read_text);
	/* Debian's module is Debian's Python's. */
	outcome = command_run(directory,
	                      "for python in python3 /usr/bin/python3; do\n"
	                      "	if $python -c 'import prometheus_client' 2>/dev/null; then\n"
	                      "		exec $python read.py text\n"
	                      "	fi\n"
	                      "done\n"
	                      "echo 'no python3 has prometheus_client: apt-get install "
	                      "python3-prometheus-client' >&2; exit 1\n");
	if (outcome.status != 0)
		fail_msg("%s\n%s", outcome.err.start, text);
	out = format("%s", outcome.out.start);
	outcome_free(&outcome);
	directory_remove(directory);
	free(directory);
	free(path);
	free(script);
	return out;
}

static char *read_metrics(const struct inlay_metrics *metrics)
{
	struct text text = { NULL, 0, 0 };
	char *samples;

	inlay_metrics_write(metrics, append, &text);
	assert_true(text.piece_count > 1);
	samples = read_by_python(text.start);
	free(text.start);
	return samples;
}

static bool has_sample(const char *samples, const char *expected)
{
	size_t size = strlen(expected);

	for (const char *at = samples; (at = strstr(at, expected)) != NULL; at++)
		if ((at == samples || at[-1] == '\n') && at[size] == '\n')
			return true;
	return false;
}

static void expect_sample(const char *samples, const char *expected)
{
	if (!has_sample(samples, expected))
		fail_msg("no sample %s in\n%s", expected, samples);
}

static void expect(const struct inlay_metrics *metrics, const char *const expected[])
{
	char *samples = read_metrics(metrics);

	for (; *expected != NULL; expected++)
		expect_sample(samples, *expected);
	free(samples);
}

static int create(void **state)
{
	*state = inlay_metrics_create();
	return *state != NULL ? 0 : -1;
}

static int destroy(void **state)
{
	inlay_metrics_destroy(*state);
	return 0;
}

static void tell(struct inlay_metrics *metrics, enum inlay_event_kind kind,
                 enum inlay_result result)
{
	struct inlay_event event = event_make(kind);

	event.result = result;
	inlay_metrics_event(metrics, &event);
}

/* --- Counters --- */

static void all_begin_at_0(void **state)
{
	static const char *const expected[] = {
		"TYPE inlay_migrations_applied counter",
		"inlay_migrations_applied_total {} 0.0",
		"inlay_migrations_rolled_back_total {} 0.0",
		"inlay_migrations_failed_total {\"result\": \"INLAY_FAILED\"} 0.0",
		"inlay_migrations_failed_total {\"result\": \"INLAY_INTERRUPTED\"} 0.0",
		"inlay_migration_retries_total {} 0.0",
		"inlay_dry_run_statements_total {} 0.0",
		"TYPE inlay_migration_duration_seconds histogram",
		"inlay_migration_duration_seconds_count {\"direction\": \"up\"} 0.0",
		"inlay_migration_duration_seconds_count {\"direction\": \"down\"} 0.0",
		"inlay_checks_total {\"result\": \"INLAY_OK\"} 0.0",
		"inlay_checks_total {\"result\": \"INLAY_PENDING\"} 0.0",
		"inlay_drift_total {\"result\": \"INLAY_EDITED\"} 0.0",
		"inlay_drift_total {\"result\": \"INLAY_MISSING\"} 0.0",
		"inlay_drift_total {\"result\": \"INLAY_LATE\"} 0.0",
		"inlay_drift_total {\"result\": \"INLAY_AHEAD\"} 0.0",
		"inlay_unchecked_total {\"result\": \"INLAY_UNREACHABLE\"} 0.0",
		"inlay_waiting_total {} 0.0",
		"TYPE inlay_gate_wait_seconds histogram",
		"inlay_gate_wait_seconds_count {} 0.0",
		"inlay_gate_wait_seconds_sum {} 0.0",
		"TYPE inlay_pending_migrations gauge",
		"TYPE inlay_last_applied_timestamp_seconds gauge",
		"inlay_label_overflows_total {} 0.0",
		"TYPE inlay_cache_slots gauge",
		NULL,
	};

	expect(*state, expected);
}

static void events_are_counted(void **state)
{
	static const char *const expected[] = {
		"inlay_migrations_applied_total {} 1.0",
		"inlay_migrations_rolled_back_total {} 2.0",
		"inlay_migrations_failed_total {\"result\": \"INLAY_FAILED\"} 3.0",
		"inlay_migrations_failed_total {\"result\": \"INLAY_INTERRUPTED\"} 4.0",
		"inlay_migrations_failed_total {\"result\": \"INLAY_NO_MEMORY\"} 1.0",
		"inlay_migrations_failed_total {\"result\": \"INLAY_UNKNOWN\"} 2.0",
		"inlay_migration_retries_total {} 5.0",
		"inlay_checks_total {\"result\": \"INLAY_OK\"} 6.0",
		"inlay_checks_total {\"result\": \"INLAY_PENDING\"} 7.0",
		"inlay_dry_run_statements_total {} 8.0",
		"inlay_drift_total {\"result\": \"INLAY_EDITED\"} 9.0",
		"inlay_drift_total {\"result\": \"INLAY_LATE\"} 0.0",
		"inlay_unchecked_total {\"result\": \"INLAY_UNREACHABLE\"} 10.0",
		"inlay_waiting_total {} 11.0",
		"inlay_gate_wait_seconds_count {} 12.0",
		"inlay_migration_duration_seconds_count {\"direction\": \"up\"} 1.0",
		"inlay_migration_duration_seconds_count {\"direction\": \"down\"} 2.0",
		NULL,
	};
	static const struct {
		enum inlay_event_kind kind;
		enum inlay_result result;
		int count;
	} told[] = {
		{ INLAY_EVENT_APPLIED, INLAY_OK, 1 },
		{ INLAY_EVENT_ROLLED_BACK, INLAY_OK, 2 },
		{ INLAY_EVENT_FAILED, INLAY_FAILED, 3 },
		{ INLAY_EVENT_FAILED, INLAY_INTERRUPTED, 4 },
		{ INLAY_EVENT_FAILED, INLAY_NO_MEMORY, 1 },
		{ INLAY_EVENT_FAILED, (enum inlay_result)77, 2 },
		{ INLAY_EVENT_RETRYING, INLAY_OK, 5 },
		{ INLAY_EVENT_CHECKED, INLAY_OK, 6 },
		{ INLAY_EVENT_CHECKED, INLAY_PENDING, 7 },
		{ INLAY_EVENT_WOULD_RUN, INLAY_OK, 8 },
		{ INLAY_EVENT_DRIFT, INLAY_EDITED, 9 },
		{ INLAY_EVENT_UNCHECKED, INLAY_UNREACHABLE, 10 },
		{ INLAY_EVENT_WAITING, INLAY_OK, 11 },
		{ INLAY_EVENT_LOCKED, INLAY_OK, 12 },
		{ INLAY_EVENT_CONFIGURED, INLAY_FAILED, 13 },
		{ INLAY_EVENT_STATEMENT, INLAY_FAILED, 14 },
		{ (enum inlay_event_kind)99, INLAY_FAILED, 15 },
	};

	for (size_t i = 0; i < sizeof(told) / sizeof(told[0]); i++)
		for (int n = 0; n < told[i].count; n++)
			tell(*state, told[i].kind, told[i].result);
	expect(*state, expected);
}

static void durations_fall_into_buckets(void **state)
{
	static const char *const expected[] = {
		"inlay_migration_duration_seconds_bucket {\"direction\": \"up\", \"le\": \"0.01\"} "
		"3.0",
		"inlay_migration_duration_seconds_bucket {\"direction\": \"up\", \"le\": \"0.05\"} "
		"4.0",
		"inlay_migration_duration_seconds_bucket {\"direction\": \"up\", \"le\": \"30\"} "
		"4.0",
		"inlay_migration_duration_seconds_bucket {\"direction\": \"up\", \"le\": \"60\"} "
		"5.0",
		"inlay_migration_duration_seconds_bucket {\"direction\": \"up\", \"le\": \"3600\"} "
		"6.0",
		"inlay_migration_duration_seconds_bucket {\"direction\": \"up\", \"le\": \"+Inf\"} "
		"7.0",
		"inlay_migration_duration_seconds_sum {\"direction\": \"up\"} 7260.022",
		"inlay_migration_duration_seconds_count {\"direction\": \"up\"} 7.0",
		"inlay_migration_duration_seconds_count {\"direction\": \"down\"} 1.0",
		"inlay_migration_duration_seconds_sum {\"direction\": \"down\"} 1.005",
		"inlay_gate_wait_seconds_bucket {\"le\": \"1\"} 0.0",
		"inlay_gate_wait_seconds_bucket {\"le\": \"5\"} 1.0",
		"inlay_gate_wait_seconds_bucket {\"le\": \"+Inf\"} 1.0",
		"inlay_gate_wait_seconds_sum {} 1.006",
		NULL,
	};
	static const int64_t durations_ms[] = { -5, 0, 10, 11, 60000, 3600000, 3600001 };
	struct inlay_event event = event_make(INLAY_EVENT_APPLIED);

	for (size_t i = 0; i < sizeof(durations_ms) / sizeof(durations_ms[0]); i++) {
		event.duration_ms = durations_ms[i];
		inlay_metrics_event(*state, &event);
	}
	event.kind = INLAY_EVENT_ROLLED_BACK;
	event.duration_ms = 1005;
	inlay_metrics_event(*state, &event);
	event.kind = INLAY_EVENT_LOCKED;
	event.waited_ms = 1006;
	inlay_metrics_event(*state, &event);
	expect(*state, expected);
}

static void an_older_event_is_counted(void **state)
{
	static const char *const expected[] = {
		"inlay_migrations_failed_total {\"result\": \"INLAY_FAILED\"} 1.0",
		NULL,
	};
	size_t size = offsetof(struct inlay_event, level);
	struct inlay_event full = event_make_full(INLAY_EVENT_FAILED);
	struct inlay_event *event = malloc(size);

	assert_non_null(event);
	full.size = size;
	memcpy(event, &full, size);
	inlay_metrics_event(*state, event);
	event->size = 8;
	inlay_metrics_event(*state, event);
	inlay_metrics_event(*state, NULL);
	inlay_metrics_event(NULL, &full);
	inlay_metrics_destroy(NULL);
	expect(*state, expected);
	free(event);
}

static void nobody_to_write_to_is_no_harm(void **state)
{
	struct text text = { NULL, 0, 0 };

	inlay_metrics_write(*state, NULL, NULL);
	inlay_metrics_write(NULL, append, &text);
	assert_int_equal(text.piece_count, 0);
}

/* The document names each, with its type, and no other. */
static void all_are_documented(void **state)
{
	struct bytes document = file_read("docs/observability.md");
	struct text text = { NULL, 0, 0 };
	size_t metric_count = 0, row_count = 0;

	assert_non_null(document.start);
	inlay_metrics_write(*state, append, &text);
	for (const char *at = text.start; (at = strstr(at, "# TYPE ")) != NULL; at++) {
		char name[64], type[16], *row;

		assert_int_equal(sscanf(at, "# TYPE %63s %15s", name, type), 2);
		row = format("\n| `%s` | %s |", name, type);
		if (strstr(document.start, row) == NULL)
			fail_msg("docs/observability.md has no row %s", row + 1);
		free(row);
		metric_count++;
	}
	for (const char *at = document.start; (at = strstr(at, "\n| `inlay_")) != NULL; at++)
		row_count++;
	assert_int_equal(row_count, metric_count);
	free(document.start);
	free(text.start);
}

/* --- Gauges --- */

static void the_gauge_follows_what_is_pending(void **state)
{
	static const struct {
		enum inlay_event_kind kind;
		enum inlay_result result;
		uint32_t index;
		uint32_t count;
		int pending;
	} steps[] = {
		{ INLAY_EVENT_PENDING, INLAY_OK, 1, 3, 3 },
		{ INLAY_EVENT_PENDING, INLAY_OK, 3, 3, 3 },
		{ INLAY_EVENT_CHECKED, INLAY_PENDING, 0, 0, 3 }, /* Does not say how many. */
		{ INLAY_EVENT_APPLYING, INLAY_OK, 1, 3, 3 },
		{ INLAY_EVENT_APPLIED, INLAY_OK, 1, 3, 2 },
		{ INLAY_EVENT_APPLYING, INLAY_OK, 2, 3, 2 },
		{ INLAY_EVENT_APPLYING, INLAY_OK, 3, 3, 2 }, /* They share a COMMIT. */
		{ INLAY_EVENT_FAILED, INLAY_FAILED, 2, 3, 2 },
		{ INLAY_EVENT_APPLYING, INLAY_OK, 1, 2, 2 },
		{ INLAY_EVENT_APPLIED, INLAY_OK, 1, 2, 1 },
		{ INLAY_EVENT_APPLIED, INLAY_OK, 2, 2, 0 },
		{ INLAY_EVENT_ROLLED_BACK, INLAY_OK, 1, 1, 1 },
		{ INLAY_EVENT_CHECKED, INLAY_OK, 0, 0, 0 },
		{ INLAY_EVENT_APPLYING, INLAY_OK, 1, 4, 4 },
		{ INLAY_EVENT_APPLYING, INLAY_OK, 2, 4, 4 },
		{ INLAY_EVENT_PENDING, INLAY_OK, 0, 0, 4 },
		{ INLAY_EVENT_CHECKED, INLAY_OK, 0, 0, 0 },
		{ INLAY_EVENT_PENDING, INLAY_OK, 0, 0, 1 }, /* One at least. */
	};

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		struct inlay_event event = event_make(steps[i].kind);
		struct text text = { NULL, 0, 0 };
		char *line = format("inlay_pending_migrations{database=\"app\",schema=\"s\"} %d",
		                    steps[i].pending);

		event.result = steps[i].result;
		event.index = steps[i].index;
		event.count = steps[i].count;
		event.database = "app";
		event.schema = "s";
		inlay_metrics_event(*state, &event);
		inlay_metrics_write(*state, append, &text);
		expect_sample(text.start, line);
		free(text.start);
		free(line);
	}
}

static void each_database_has_its_gauges(void **state)
{
	static const char *const names[][2] = { { "a", "" }, { "a", "x" }, { "b", "" } };
	long long before_s = (long long)time(NULL), when_s = 0;
	struct inlay_event event = event_make(INLAY_EVENT_PENDING);
	const char *found;
	char *samples;

	for (uint32_t i = 0; i < 3; i++) {
		event.database = names[i][0];
		event.schema = names[i][1];
		event.count = i + 5;
		inlay_metrics_event(*state, &event);
	}
	event = event_make(INLAY_EVENT_APPLIED);
	event.database = "b";
	event.index = event.count = 1;
	inlay_metrics_event(*state, &event);
	samples = read_metrics(*state);
	expect_sample(samples,
	              "inlay_pending_migrations {\"database\": \"a\", \"schema\": \"\"} 5.0");
	expect_sample(samples,
	              "inlay_pending_migrations {\"database\": \"a\", \"schema\": \"x\"} 6.0");
	expect_sample(samples,
	              "inlay_pending_migrations {\"database\": \"b\", \"schema\": \"\"} 0.0");
	/* Only where something was applied. */
	found = strstr(samples, "\ninlay_last_applied_timestamp_seconds {");
	assert_non_null(found);
	assert_null(strstr(found + 1, "\ninlay_last_applied_timestamp_seconds {"));
	free(samples);

	{
		static const char start[] =
		        "\ninlay_last_applied_timestamp_seconds{database=\"b\",schema=\"\"} ";
		struct text text = { NULL, 0, 0 };

		inlay_metrics_write(*state, append, &text);
		found = strstr(text.start, start);
		assert_non_null(found);
		assert_int_equal(sscanf(found + strlen(start), "%lld", &when_s), 1);
		assert_true(when_s >= before_s);
		free(text.start);
	}
}

/* `database` in a label, as Python prints it again in JSON. */
static void expect_label(const char *database, const char *expected)
{
	struct inlay_metrics *metrics = inlay_metrics_create();
	struct inlay_event event = event_make(INLAY_EVENT_PENDING);
	char *line =
	        format("inlay_pending_migrations {\"database\": \"%s\", \"schema\": \"%s\"} 4.0",
	               expected, expected);
	const char *const lines[] = { line, NULL };

	event.database = event.schema = database;
	event.count = 4;
	inlay_metrics_event(metrics, &event);
	expect(metrics, lines);
	inlay_metrics_destroy(metrics);
	free(line);
}

static void labels_are_escaped(void **state)
{
	(void)state;
	expect_label("a \"b\"", "a \\\"b\\\"");
	expect_label("C:\\new", "C:\\\\new");
	expect_label("one\ntwo", "one\\ntwo");
	expect_label("\\\"\n", "\\\\\\\"\\n");
	expect_label("{}=,", "{}=,");
	expect_label("gr\xc3\xbc", "gr\\u00fc");
	expect_label("x\xff\xc3", "x\\ufffd\\ufffd");
}

/* The longest there are, all of it escaped, and one that shares its beginning. */
static void long_names_are_cut(void **state)
{
	static const char *const units[] = { "\"", "\xc3\xbc", "\xff" };
	char database[600];
	struct inlay_event event = event_make(INLAY_EVENT_PENDING);

	event.database = event.schema = database;
	for (size_t i = 0; i < 3; i++) {
		char *samples;

		database[0] = '\0';
		while (strlen(database) + 10 < sizeof(database))
			strncat(database, units[i], 3);
		event.count = 4;
		inlay_metrics_event(*state, &event);
		strncat(database, "other", 6);
		event.count = 5;
		inlay_metrics_event(*state, &event);
		samples = read_metrics(*state); /* Refuses a series that is there twice. */
		assert_non_null(strstr(samples, "} 5.0\n"));
		assert_null(strstr(samples, "} 4.0\n"));
		free(samples);
	}
}

static void databases_beyond_the_table_are_counted(void **state)
{
	struct inlay_event event = event_make(INLAY_EVENT_PENDING);
	size_t shown = 0;
	char name[32];
	char *samples;

	for (uint32_t i = 0; i < 300; i++) {
		(void)snprintf(name, sizeof(name), "db%d", (int)i);
		event.database = name;
		event.count = i + 1;
		inlay_metrics_event(*state, &event);
	}
	samples = read_metrics(*state);
	for (const char *at = samples; (at = strstr(at, "\ninlay_pending_migrations {")); at++)
		shown++;
	assert_int_equal(shown, 256);
	expect_sample(samples, "inlay_label_overflows_total {} 44.0");
	expect_sample(samples,
	              "inlay_pending_migrations {\"database\": \"db255\", \"schema\": \"\"} 256.0");
	assert_null(strstr(samples, "db256"));
	free(samples);
}

/* --- Threads, and the cache --- */

static void threads_add_up(void **state)
{
	static const char *const expected[] = {
		"inlay_migrations_applied_total {} 16000.0",
		"inlay_migrations_rolled_back_total {} 16000.0",
		"inlay_migrations_failed_total {\"result\": \"INLAY_FAILED\"} 16000.0",
		"inlay_checks_total {\"result\": \"INLAY_OK\"} 16000.0",
		"inlay_migration_duration_seconds_count {\"direction\": \"up\"} 16000.0",
		"inlay_migration_duration_seconds_sum {\"direction\": \"up\"} 112.0",
		"inlay_gate_wait_seconds_sum {} 48.0",
		"inlay_cache_hits_total {} 101.0",
		"inlay_cache_stale_hits_total {} 102.0",
		"inlay_cache_misses_total {} 103.0",
		"inlay_cache_refreshes_total {} 104.0",
		"inlay_cache_failures_total {} 105.0",
		"inlay_cache_overflows_total {} 106.0",
		"inlay_cache_slots {} 107.0",
		/* 5 of 15 kinds are followed, 20 of 276 databases are beyond: 8 threads tell of
		 * each of these 20 in 7 of their rounds. */
		"inlay_label_overflows_total {} 5600.0",
		NULL,
	};
	char *directory = directory_make();
	struct outcome outcome;
	char *samples;

	(void)state;
	outcome = observers_run(directory);
	samples = read_by_python(outcome.out.start);
	for (const char *const *line = expected; *line != NULL; line++)
		expect_sample(samples, *line);
	free(samples);
	outcome_free(&outcome);
	directory_remove(directory);
	free(directory);
}

int main(void)
{
#define WITH_METRICS(test) cmocka_unit_test_setup_teardown(test, create, destroy)
	const struct CMUnitTest tests[] = {
		WITH_METRICS(all_begin_at_0),
		WITH_METRICS(events_are_counted),
		WITH_METRICS(durations_fall_into_buckets),
		WITH_METRICS(an_older_event_is_counted),
		WITH_METRICS(nobody_to_write_to_is_no_harm),
		WITH_METRICS(all_are_documented),
		WITH_METRICS(the_gauge_follows_what_is_pending),
		WITH_METRICS(each_database_has_its_gauges),
		cmocka_unit_test(labels_are_escaped),
		WITH_METRICS(long_names_are_cut),
		WITH_METRICS(databases_beyond_the_table_are_counted),
		cmocka_unit_test(threads_add_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
