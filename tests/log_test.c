/* log_test.c - log lines: which kind of event has which fields, and that every line can be read
 * again, by Python's json or by a parser of logfmt, whatever the values are. */
#include "command.h"
#include "events.h"
#include "files.h"
#include "inlay_observe.h"
#include "logfmt.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_SIZE_MAX 8192
#define REPLACEMENT   "\xef\xbf\xbd"

struct capture {
	size_t line_count;
	char line[2 * LINE_SIZE_MAX];
};

static void capture(void *context, const char *line, size_t line_size)
{
	struct capture *captured = context;

	assert_int_equal(strlen(line), line_size);
	assert_in_range(line_size, 1, LINE_SIZE_MAX - 1);
	assert_null(strpbrk(line, "\r\n\t\v\f"));
	memcpy(captured->line, line, line_size + 1);
	captured->line_count++;
}

static const char *log_line(struct capture *captured, enum inlay_log_format format,
                            const struct inlay_event *event)
{
	struct inlay_logger logger = inlay_logger_init();

	logger.format = format;
	logger.level = INLAY_LEVEL_DEBUG;
	logger.write = capture;
	logger.context = captured;
	captured->line_count = 0;
	captured->line[0] = '\0';
	inlay_log_event(&logger, event);
	return captured->line;
}

static void expect_logfmt(const char *line, const char *key, const char *expected)
{
	char *value = logfmt_read(line, key);

	assert_non_null(value);
	assert_string_equal(value, expected);
	free(value);
}

/* --- Fields --- */

static const struct {
	enum inlay_event_kind kind;
	const char *name;
	const char *numbers; /* Those of this kind, with the values of event_make_full(). */
} kinds[] = {
	{ INLAY_EVENT_APPLIED, "applied",
	  " index=1 count=2 statement=2 statement_count=4 duration_ms=12" },
	{ INLAY_EVENT_APPLYING, "applying", " index=1 count=2 statement=2 statement_count=4" },
	{ INLAY_EVENT_FAILED, "failed",
	  " index=1 count=2 statement=2 statement_count=4 duration_ms=12 result=INLAY_EDITED" },
	{ INLAY_EVENT_WAITING, "waiting", " statement=2 waited_ms=34" },
	{ INLAY_EVENT_RETRYING, "retrying",
	  " index=1 count=2 statement=2 statement_count=4 duration_ms=12" },
	{ INLAY_EVENT_CONFIGURED, "configured", " statement=2" },
	{ INLAY_EVENT_CHECKED, "checked", " statement=2 result=INLAY_EDITED" },
	{ INLAY_EVENT_LOCKED, "locked", " statement=2 waited_ms=34" },
	{ INLAY_EVENT_STATEMENT, "statement", " statement=2 statement_count=4" },
	{ INLAY_EVENT_PENDING, "pending", " index=1 count=2 statement=2 statement_count=4" },
	{ INLAY_EVENT_DRIFT, "drift", " statement=2 result=INLAY_EDITED" },
	{ INLAY_EVENT_ROLLING_BACK, "rolling_back",
	  " index=1 count=2 statement=2 statement_count=4" },
	{ INLAY_EVENT_ROLLED_BACK, "rolled_back",
	  " index=1 count=2 statement=2 statement_count=4 duration_ms=12" },
	{ INLAY_EVENT_WOULD_RUN, "would_run", " statement=2" },
	{ INLAY_EVENT_UNCHECKED, "unchecked", " statement=2 result=INLAY_EDITED" },
	{ INLAY_EVENT_BASELINED, "baselined", " index=1 count=2 statement=2" },
	{ (enum inlay_event_kind)99, "unknown", " statement=2" },
	{ (enum inlay_event_kind)0, "unknown", " statement=2" },
};

static void each_kind_has_its_fields(void **state)
{
	static struct capture captured;

	(void)state;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct inlay_event event = event_make_full(kinds[i].kind);
		const char *parameters =
		        kinds[i].kind == INLAY_EVENT_WOULD_RUN
		                ? " parameter_count=2 parameters=\"[\\\"a\\\",null]\""
		                : "";
		char *expected = format("level=info event=%s database=app schema=s "
		                        "migration=003_add version=3 file=m/003_add.sql%s "
		                        "holder=bob sql=\"SELECT 1\"%s message=\"say it\"",
		                        kinds[i].name, kinds[i].numbers, parameters);

		assert_string_equal(log_line(&captured, INLAY_LOG_LOGFMT, &event), expected);
		assert_string_equal(inlay_event_name(kinds[i].kind), kinds[i].name);
		free(expected);
	}
}

/* Each has its row, with the level that it has where its library did not tell one. */
static void each_kind_is_documented(void **state)
{
	struct bytes document = file_read("docs/observability.md");
	static struct capture captured;

	(void)state;
	assert_non_null(document.start);
	for (size_t i = 0; i < 15; i++) {
		struct inlay_event event = event_make(kinds[i].kind);
		char *level, *row;

		event.level = (enum inlay_level)0;
		(void)log_line(&captured, INLAY_LOG_LOGFMT, &event);
		level = logfmt_read(captured.line, "level");
		row = format("\n| `%s` | %s |", kinds[i].name, level);
		if (strstr(document.start, row) == NULL)
			fail_msg("docs/observability.md has no row %s", row + 1);
		free(level);
		free(row);
	}
	free(document.start);
}

static void what_says_nothing_is_left_out(void **state)
{
	static struct capture captured;
	struct inlay_event event = event_make(INLAY_EVENT_CONFIGURED);

	(void)state;
	assert_string_equal(log_line(&captured, INLAY_LOG_LOGFMT, &event),
	                    "level=info event=configured");
	assert_string_equal(log_line(&captured, INLAY_LOG_JSON, &event),
	                    "{\"level\":\"info\",\"event\":\"configured\"}");
	event.kind = INLAY_EVENT_APPLYING;
	event.version = 0;
	event.database = NULL;
	assert_string_equal(log_line(&captured, INLAY_LOG_LOGFMT, &event),
	                    "level=info event=applying version=0");
	event.kind = INLAY_EVENT_WOULD_RUN;
	event.parameter_count = 2; /* Without any. */
	assert_string_equal(log_line(&captured, INLAY_LOG_LOGFMT, &event),
	                    "level=info event=would_run version=0");
}

static void json_has_numbers_and_texts(void **state)
{
	static struct capture captured;
	struct inlay_event event = event_make_full(INLAY_EVENT_FAILED);

	(void)state;
	assert_string_equal(log_line(&captured, INLAY_LOG_JSON, &event),
	                    "{\"level\":\"info\",\"event\":\"failed\",\"database\":\"app\","
	                    "\"schema\":\"s\",\"migration\":\"003_add\",\"version\":3,"
	                    "\"file\":\"m/003_add.sql\",\"index\":1,\"count\":2,\"statement\":2,"
	                    "\"statement_count\":4,\"duration_ms\":12,\"result\":\"INLAY_EDITED\","
	                    "\"holder\":\"bob\",\"sql\":\"SELECT 1\",\"message\":\"say it\"}");
	event = event_make(INLAY_EVENT_WOULD_RUN);
	event.parameter_count = 2;
	event.parameters = event_make_full(INLAY_EVENT_WOULD_RUN).parameters;
	assert_string_equal(log_line(&captured, INLAY_LOG_JSON, &event),
	                    "{\"level\":\"info\",\"event\":\"would_run\",\"parameter_count\":2,"
	                    "\"parameters\":[\"a\",null]}");
}

static void levels_have_names(void **state)
{
	(void)state;
	assert_string_equal(inlay_level_name(INLAY_LEVEL_DEBUG), "debug");
	assert_string_equal(inlay_level_name(INLAY_LEVEL_INFO), "info");
	assert_string_equal(inlay_level_name(INLAY_LEVEL_WARNING), "warning");
	assert_string_equal(inlay_level_name(INLAY_LEVEL_ERROR), "error");
	assert_string_equal(inlay_level_name((enum inlay_level)0), "unknown");
	assert_string_equal(inlay_level_name((enum inlay_level)5), "unknown");
}

static void a_level_leaves_out_what_is_below(void **state)
{
	static struct capture captured;
	struct inlay_logger logger = inlay_logger_init();

	(void)state;
	logger.write = capture;
	logger.context = &captured;
	captured.line_count = 0;
	for (int threshold = INLAY_LEVEL_DEBUG; threshold <= INLAY_LEVEL_ERROR; threshold++) {
		for (int level = INLAY_LEVEL_DEBUG; level <= INLAY_LEVEL_ERROR; level++) {
			struct inlay_event event = event_make(INLAY_EVENT_CHECKED);
			size_t before = captured.line_count;

			logger.level = (enum inlay_level)threshold;
			event.level = (enum inlay_level)level;
			inlay_log_event(&logger, &event);
			assert_int_equal(captured.line_count - before, level >= threshold);
		}
	}
	assert_int_equal(inlay_logger_init().level, INLAY_LEVEL_INFO);
}

static void nothing_is_written_without_a_writer_or_an_event(void **state)
{
	static struct capture captured;
	struct inlay_logger logger = inlay_logger_init();
	struct inlay_event event = event_make(INLAY_EVENT_APPLIED);

	(void)state;
	inlay_log_event(NULL, &event);
	inlay_log_event(&logger, &event);
	logger.write = capture;
	logger.context = &captured;
	captured.line_count = 0;
	inlay_log_event(&logger, NULL);
	event.size = offsetof(struct inlay_event, level) - 1;
	inlay_log_event(&logger, &event);
	event.size = sizeof(event);
	logger.size = 0;
	inlay_log_event(&logger, &event);
	assert_int_equal(captured.line_count, 0);
	logger.size = sizeof(logger);
	inlay_log_event(&logger, &event);
	assert_int_equal(captured.line_count, 1);
}

/* --- Other releases --- */

/* The struct ends where the one of 0.1.0's first days did; what lies behind is nobody's. */
static void an_older_event_is_read_to_its_end(void **state)
{
	static struct capture captured;
	size_t size = offsetof(struct inlay_event, level);
	struct inlay_event full = event_make_full(INLAY_EVENT_FAILED);
	struct inlay_event *event = malloc(size);

	(void)state;
	assert_non_null(event);
	full.size = size;
	memcpy(event, &full, size);
	assert_string_equal(log_line(&captured, INLAY_LOG_LOGFMT, event),
	                    "level=error event=failed migration=003_add version=3 "
	                    "file=m/003_add.sql index=1 count=2 statement_count=4 duration_ms=12 "
	                    "result=INLAY_FAILED holder=bob message=\"say it\"");
	full.kind = INLAY_EVENT_RETRYING;
	memcpy(event, &full, size);
	(void)log_line(&captured, INLAY_LOG_LOGFMT, event);
	expect_logfmt(captured.line, "level", "warning");
	free(event);
}

static void a_newer_event_is_read_as_far_as_known(void **state)
{
	static struct capture captured;
	struct {
		struct inlay_event event;
		char more[64];
	} newer;

	(void)state;
	memset(&newer, 0xff, sizeof(newer));
	newer.event = event_make(INLAY_EVENT_LOCKED);
	newer.event.size = sizeof(newer);
	newer.event.waited_ms = 7;
	assert_string_equal(log_line(&captured, INLAY_LOG_LOGFMT, &newer.event),
	                    "level=info event=locked waited_ms=7");
}

/* --- Values --- */

/* What a reader gets back; NULL for the value itself. */
static const struct {
	const char *value;
	const char *in_logfmt; /* With its quotes, where it has some. */
	const char *read;
} values[] = {
	{ "plain", "plain", NULL },
	{ "two words", "\"two words\"", NULL },
	{ "a=b", "\"a=b\"", NULL },
	{ "say \"x\"", "\"say \\\"x\\\"\"", NULL },
	{ "C:\\dir", "\"C:\\\\dir\"", NULL },
	{ "one\ntwo\r\n\tthree", "\"one\\ntwo\\r\\n\\tthree\"", NULL },
	{ "\b\f\x01\x1b[31m\x7f", "\"\\b\\f\\u0001\\u001b[31m\\u007f\"", NULL },
	{ "gr\xc3\xbc\xc3\x9f", "\"gr\xc3\xbc\xc3\x9f\"", NULL },
	{ "\xf0\x9f\x90\x98", "\"\xf0\x9f\x90\x98\"", NULL },
	{ "\xf4\x8f\xbf\xbf", "\"\xf4\x8f\xbf\xbf\"", NULL },
	{ "\xed\x9f\xbf\xee\x80\x80", "\"\xed\x9f\xbf\xee\x80\x80\"", NULL },
	{ "\xc2\x85\xc2\x9b", "\"\\u0085\\u009b\"", NULL },         /* C1 controls. */
	{ "\xe2\x80\xa8\xe2\x80\xa9", "\"\\u2028\\u2029\"", NULL }, /* Line ends, to some. */
	{ "\xff", "\"" REPLACEMENT "\"", REPLACEMENT },             /* In no character. */
	{ "\x80x", "\"" REPLACEMENT "x\"", REPLACEMENT "x" },       /* Begins none. */
	{ "\xc3", "\"" REPLACEMENT "\"", REPLACEMENT },             /* Cut. */
	{ "\xc3(", "\"" REPLACEMENT "(\"", REPLACEMENT "(" },
	{ "\xc0\x80", "\"" REPLACEMENT REPLACEMENT "\"", REPLACEMENT REPLACEMENT }, /* Overlong. */
	{ "\xe0\x80\x80", "\"" REPLACEMENT REPLACEMENT REPLACEMENT "\"",
	  REPLACEMENT REPLACEMENT REPLACEMENT },
	{ "\xed\xa0\x80", "\"" REPLACEMENT REPLACEMENT REPLACEMENT "\"",
	  REPLACEMENT REPLACEMENT REPLACEMENT }, /* A surrogate. */
	{ "\xf4\x90\x80\x80", "\"" REPLACEMENT REPLACEMENT REPLACEMENT REPLACEMENT "\"",
	  REPLACEMENT REPLACEMENT REPLACEMENT REPLACEMENT }, /* Above U+10FFFF. */
	{ "\xf0\x80\x80\x80", "\"" REPLACEMENT REPLACEMENT REPLACEMENT REPLACEMENT "\"",
	  REPLACEMENT REPLACEMENT REPLACEMENT REPLACEMENT },
};

#define VALUE_COUNT (sizeof(values) / sizeof(values[0]))

static const char *read_as(size_t i)
{
	return values[i].read != NULL ? values[i].read : values[i].value;
}

static void logfmt_quotes_what_needs_it(void **state)
{
	static struct capture captured;

	(void)state;
	for (size_t i = 0; i < VALUE_COUNT; i++) {
		struct inlay_event event = event_make(INLAY_EVENT_FAILED);
		char *expected = format("level=info event=failed duration_ms=0 "
		                        "result=INLAY_FAILED message=%s",
		                        values[i].in_logfmt);

		event.message = values[i].value;
		assert_string_equal(log_line(&captured, INLAY_LOG_LOGFMT, &event), expected);
		expect_logfmt(captured.line, "message", read_as(i));
		free(expected);
	}
}

/* --- Python reads the JSON --- */

/* Of each line: JSON, a tab, and in hex what its "message" or its parameters are to be. */
static const char check_json[] =
        "import json, sys\n"
        "count = 0\n"
        "for line in open(sys.argv[1], 'rb').read().decode('utf-8').split('\\n')[:-1]:\n"
        "    text, key, expected = line.split('\\t')\n"
        "    one = json.loads(text, object_pairs_hook=lambda pairs: pairs)\n"
        "    keys = [pair[0] for pair in one]\n"
        "    assert len(keys) == len(set(keys)) and len(text.splitlines()) == 1, text\n"
        "    one = dict(one)\n"
        "    assert one['level'] == 'info' and one['event'], text\n"
        "    value = one.get(key)\n"
        "    if isinstance(value, list):\n"
        "        value = '|'.join('NULL' if one is None else one for one in value)\n"
        "    expected = bytes.fromhex(expected).decode('utf-8')\n"
        "    assert value == expected, (value, expected, text)\n"
        "    count += 1\n"
        "assert count == int(sys.argv[2]), count\n";

struct corpus {
	char *directory;
	FILE *file;
	unsigned count;
};

static int open_corpus(void **state)
{
	struct corpus *corpus = calloc(1, sizeof(*corpus));
	char *script, *lines;

	assert_non_null(corpus);
	corpus->directory = directory_make();
	script = format("%s/check.py", corpus->directory);
	lines = format("%s/lines", corpus->directory);
	file_write_string(script, check_json);
	corpus->file = fopen(lines, "w");
	assert_non_null(corpus->file);
	free(script);
	free(lines);
	*state = corpus;
	return 0;
}

static int close_corpus(void **state)
{
	struct corpus *corpus = *state;

	if (corpus->file != NULL)
		(void)fclose(corpus->file);
	directory_remove(corpus->directory);
	free(corpus->directory);
	free(corpus);
	return 0;
}

static void add_to_corpus(struct corpus *corpus, const char *line, const char *key,
                          const char *expected)
{
	fprintf(corpus->file, "%s\t%s\t", line, key);
	for (; *expected != '\0'; expected++)
		fprintf(corpus->file, "%02x", (unsigned char)*expected);
	fputc('\n', corpus->file);
	corpus->count++;
}

static void let_python_read(struct corpus *corpus)
{
	char *command = format("python3 check.py lines %u", corpus->count);

	assert_int_equal(fclose(corpus->file), 0);
	corpus->file = NULL;
	command_expect(corpus->directory, command, 0);
	free(command);
}

static void json_can_be_read(void **state)
{
	static struct capture captured;

	for (size_t i = 0; i < VALUE_COUNT; i++) {
		struct inlay_event event = event_make(INLAY_EVENT_RETRYING);

		event.message = values[i].value;
		(void)log_line(&captured, INLAY_LOG_JSON, &event);
		add_to_corpus(*state, captured.line, "message", read_as(i));
	}
	for (int byte = 1; byte < 128; byte++) {
		struct inlay_event event = event_make(INLAY_EVENT_RETRYING);
		char text[] = { (char)byte, 'x', '\0' };

		event.message = text;
		(void)log_line(&captured, INLAY_LOG_JSON, &event);
		add_to_corpus(*state, captured.line, "message", text);
		(void)log_line(&captured, INLAY_LOG_LOGFMT, &event);
		expect_logfmt(captured.line, "message", text);
	}
	let_python_read(*state);
}

/* --- Long values --- */

/* `unit` again and again, on the heap. */
static char *repeat(const char *unit, size_t size)
{
	size_t unit_size = strlen(unit), used = 0;
	char *text = malloc(size + 1);

	assert_non_null(text);
	while (used + unit_size <= size) {
		memcpy(text + used, unit, unit_size);
		used += unit_size;
	}
	text[used] = '\0';
	return text;
}

/* The line must still be whole, and the value a beginning of what was given, of whole units. */
static void expect_cut(struct corpus *corpus, const char *unit, const char *read_unit)
{
	static struct capture captured;
	struct inlay_event event = event_make_full(INLAY_EVENT_WOULD_RUN);
	char *text = repeat(unit, 20000);
	const char *parameters[] = { text, text, text, text };
	char *value, *expected;

	event.version = INT64_MAX;
	event.statement = UINT32_MAX;
	event.migration = event.file = event.message = event.sql = text;
	event.database = event.schema = text;
	event.holder = ""; /* This kind has none. */
	event.parameter_count = 4;
	event.parameters = parameters;
	(void)log_line(&captured, INLAY_LOG_LOGFMT, &event);
	value = logfmt_read(captured.line, "message");
	assert_non_null(value);
	assert_in_range(strlen(value), 300, 2047);
	expected = repeat(read_unit, strlen(value));
	assert_string_equal(value, expected);
	expect_logfmt(captured.line, "parameter_count", "4");
	(void)log_line(&captured, INLAY_LOG_JSON, &event);
	add_to_corpus(corpus, captured.line, "message", expected);
	free(expected);
	free(value);
	free(text);
}

static void long_values_are_cut_at_a_character(void **state)
{
	expect_cut(*state, "x", "x");
	expect_cut(*state, "\"", "\"");
	expect_cut(*state, "\\", "\\");
	expect_cut(*state, "\n", "\n");
	expect_cut(*state, "\x1b", "\x1b");
	expect_cut(*state, "\xc3\xbc", "\xc3\xbc");
	expect_cut(*state, "\xe2\x82\xac", "\xe2\x82\xac");
	expect_cut(*state, "\xf0\x9f\x90\x98", "\xf0\x9f\x90\x98");
	expect_cut(*state, "\xff", REPLACEMENT);
	let_python_read(*state);
}

/* More than any event has, all at once and all of it escaped: every field has its room. */
static void a_line_has_room_for_everything(void **state)
{
	static struct capture captured;
	static const enum inlay_event_kind full[] = { INLAY_EVENT_WOULD_RUN, INLAY_EVENT_FAILED };
	char *text = repeat("\"", 20000);
	const char *parameters[] = { text, text, text, text };

	for (size_t i = 0; i < sizeof(full) / sizeof(full[0]); i++) {
		struct inlay_event event = event_make_full(full[i]);
		char *value;

		event.version = event.duration_ms = INT64_MAX;
		event.statement = event.statement_count = event.index = event.count = UINT32_MAX;
		event.migration = event.file = event.message = event.sql = event.holder = text;
		event.database = event.schema = text;
		event.parameter_count = 4;
		event.parameters = parameters;
		(void)log_line(&captured, INLAY_LOG_LOGFMT, &event);
		value = logfmt_read(captured.line, "message");
		assert_non_null(value);
		(void)log_line(&captured, INLAY_LOG_JSON, &event);
		add_to_corpus(*state, captured.line, "message", value);
		free(value);
	}
	free(text);
	let_python_read(*state);
}

static void parameters_that_do_not_fit_are_left_out(void **state)
{
	static struct capture captured;
	struct inlay_event event = event_make(INLAY_EVENT_WOULD_RUN);
	char *text = repeat("y", 20000), *cut = repeat("y", 255);
	char *expected = format("x|NULL||%s|%s", cut, cut);
	const char *parameters[] = { "x", NULL, "", text, text, text, text };

	event.parameter_count = 7;
	event.parameters = parameters;
	(void)log_line(&captured, INLAY_LOG_JSON, &event);
	add_to_corpus(*state, captured.line, "parameters", expected);
	(void)log_line(&captured, INLAY_LOG_LOGFMT, &event);
	expect_logfmt(captured.line, "parameter_count", "7");
	free(expected);
	expected = format("[\"x\",null,\"\",\"%s\",\"%s\"]", cut, cut);
	expect_logfmt(captured.line, "parameters", expected);
	free(expected);
	free(cut);
	free(text);
	let_python_read(*state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind_has_its_fields),
		cmocka_unit_test(each_kind_is_documented),
		cmocka_unit_test(what_says_nothing_is_left_out),
		cmocka_unit_test(json_has_numbers_and_texts),
		cmocka_unit_test(levels_have_names),
		cmocka_unit_test(a_level_leaves_out_what_is_below),
		cmocka_unit_test(nothing_is_written_without_a_writer_or_an_event),
		cmocka_unit_test(an_older_event_is_read_to_its_end),
		cmocka_unit_test(a_newer_event_is_read_as_far_as_known),
		cmocka_unit_test(logfmt_quotes_what_needs_it),
		cmocka_unit_test_setup_teardown(json_can_be_read, open_corpus, close_corpus),
		cmocka_unit_test_setup_teardown(long_values_are_cut_at_a_character, open_corpus,
		                                close_corpus),
		cmocka_unit_test_setup_teardown(a_line_has_room_for_everything, open_corpus,
		                                close_corpus),
		cmocka_unit_test_setup_teardown(parameters_that_do_not_fit_are_left_out,
		                                open_corpus, close_corpus),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
