/* log.c - an event as one line: which kind has which fields, and how they are quoted. */
#include "format.h"
#include "observe.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* What a value may take in the line, its escapes included.  Together with keys and numbers they
 * stay below LINE_SIZE, which collectors take in one piece. */
enum {
	LINE_SIZE = 8192,
	DATABASE_SIZE = 512,
	SCHEMA_SIZE = 192,
	MIGRATION_SIZE = 384,
	FILE_SIZE = 768,
	HOLDER_SIZE = 512,
	SQL_SIZE = 2048,
	PARAMETER_SIZE = 256, /* Of each; */
	ARRAY_SIZE = 768,     /* of all, before they are quoted; */
	QUOTED_SIZE = 2 * ARRAY_SIZE,
	MESSAGE_SIZE = 2048,
	ESCAPE_SIZE = 8, /* "\u001b" and a NUL. */
};

/* Numbers that say something for some kinds only. */
enum {
	HAS_INDEX = 1,
	HAS_STATEMENTS = 2,
	HAS_DURATION = 4,
	HAS_WAITED = 8,
	HAS_RESULT = 16,
	HAS_PARAMETERS = 32,
};

static const unsigned fields[] = {
	[INLAY_EVENT_APPLIED] = HAS_INDEX | HAS_STATEMENTS | HAS_DURATION,
	[INLAY_EVENT_APPLYING] = HAS_INDEX | HAS_STATEMENTS,
	[INLAY_EVENT_FAILED] = HAS_INDEX | HAS_STATEMENTS | HAS_DURATION | HAS_RESULT,
	[INLAY_EVENT_WAITING] = HAS_WAITED,
	[INLAY_EVENT_RETRYING] = HAS_INDEX | HAS_STATEMENTS | HAS_DURATION,
	[INLAY_EVENT_CHECKED] = HAS_RESULT,
	[INLAY_EVENT_LOCKED] = HAS_WAITED,
	[INLAY_EVENT_STATEMENT] = HAS_STATEMENTS,
	[INLAY_EVENT_PENDING] = HAS_INDEX | HAS_STATEMENTS,
	[INLAY_EVENT_DRIFT] = HAS_RESULT,
	[INLAY_EVENT_ROLLING_BACK] = HAS_INDEX | HAS_STATEMENTS,
	[INLAY_EVENT_ROLLED_BACK] = HAS_INDEX | HAS_STATEMENTS | HAS_DURATION,
	[INLAY_EVENT_WOULD_RUN] = HAS_PARAMETERS,
	[INLAY_EVENT_UNCHECKED] = HAS_RESULT,
	[INLAY_EVENT_BASELINED] = HAS_INDEX,
};

struct line {
	enum inlay_log_format format;
	size_t size;
	char text[LINE_SIZE];
};

static bool is_json(const struct line *line)
{
	return line->format == INLAY_LOG_JSON;
}

/* --- Values --- */

/* The letter behind the backslash, or '\0'. */
static char short_escape(uint32_t code)
{
	switch (code) {
	case '"': return '"';
	case '\\': return '\\';
	case '\b': return 'b';
	case '\f': return 'f';
	case '\n': return 'n';
	case '\r': return 'r';
	case '\t': return 't';
	default: return '\0';
	}
}

/* What would end a line or move a cursor somewhere. */
static bool is_control(uint32_t code)
{
	return code < ' ' || (code >= 0x7f && code < 0xa0) || code == 0x2028 || code == 0x2029;
}

/* How the character at the beginning of `text` is written between quotes, by RFC 8259; returns how
 * many bytes it has in `text`. */
static size_t escape_character(char escaped[ESCAPE_SIZE], const char *text)
{
	uint32_t code = 0;
	size_t size = format_character(text, &code);

	if (size == 0) {
		memcpy(escaped, OBSERVE_REPLACEMENT, sizeof(OBSERVE_REPLACEMENT));
		return 1;
	}
	if (short_escape(code) != '\0') {
		(void)snprintf(escaped, ESCAPE_SIZE, "\\%c", short_escape(code));
	} else if (is_control(code)) {
		(void)snprintf(escaped, ESCAPE_SIZE, "\\u%04" PRIx32, code);
	} else {
		memcpy(escaped, text, size);
		escaped[size] = '\0';
	}
	return size;
}

/* `value` as it stands between quotes, cut at a character's end; returns its size. */
static size_t escape_text(char *target, size_t size, const char *value)
{
	size_t used = 0;

	while (*value != '\0') {
		char escaped[ESCAPE_SIZE];
		size_t taken = escape_character(escaped, value);
		size_t needed = strlen(escaped);

		if (used + needed >= size)
			break;
		memcpy(target + used, escaped, needed);
		used += needed;
		value += taken;
	}
	target[used] = '\0';
	return used;
}

/* In logfmt only plain words go without quotes. */
static bool is_word(const char *value)
{
	for (; *value != '\0'; value++)
		if (*value <= ' ' || *value > '~' || strchr("=\"\\", *value) != NULL)
			return false;
	return true;
}

/* --- Fields --- */

/* Adds to the line all of it or nothing, so that the line stays whole whatever the sizes above. */
static void add(struct line *line, const char *key, const char *quote, const char *value)
{
	size_t room = sizeof(line->text) - line->size - 1; /* For the brace at the end. */
	const char *form = is_json(line) ? "%s\"%s\":%s%s%s" : "%s%s=%s%s%s";
	const char *separator = is_json(line) ? "," : " ";
	int wanted = snprintf(line->text + line->size, room, form, line->size > 1 ? separator : "",
	                      key, quote, value, quote);

	if (wanted > 0 && (size_t)wanted < room)
		line->size += (size_t)wanted;
	line->text[line->size] = '\0';
}

static void add_number(struct line *line, const char *key, int64_t value)
{
	char digits[24];

	(void)snprintf(digits, sizeof(digits), "%" PRId64, value);
	add(line, key, "", digits);
}

static void add_text(struct line *line, const char *key, const char *value, size_t value_size_max)
{
	char escaped[SQL_SIZE > MESSAGE_SIZE ? SQL_SIZE : MESSAGE_SIZE];

	if (value[0] == '\0')
		return;
	(void)escape_text(escaped, value_size_max, value);
	add(line, key, is_json(line) || !is_word(value) ? "\"" : "", escaped);
}

/* As many as fit, as a JSON array; in logfmt that is one quoted value. */
static void add_parameters(struct line *line, const struct inlay_event *event)
{
	char array[ARRAY_SIZE] = "[";
	size_t used = 1;

	for (uint32_t i = 0; i < event->parameter_count; i++) {
		const char *value = event->parameters[i];
		const char *quote = value != NULL ? "\"" : "";
		char escaped[PARAMETER_SIZE] = "null";
		int needed;

		if (value != NULL)
			(void)escape_text(escaped, sizeof(escaped), value);
		needed = snprintf(array + used, sizeof(array) - used, "%s%s%s%s", i > 0 ? "," : "",
		                  quote, escaped, quote);
		if (used + (size_t)needed + 1 >= sizeof(array))
			break;
		used += (size_t)needed;
	}
	memcpy(array + used, "]", 2);
	add_number(line, "parameter_count", event->parameter_count);
	if (is_json(line))
		add(line, "parameters", "", array);
	else
		add_text(line, "parameters", array, QUOTED_SIZE);
}

static void add_numbers(struct line *line, const struct inlay_event *event)
{
	size_t kind = (size_t)event->kind;
	unsigned has = kind < sizeof(fields) / sizeof(fields[0]) ? fields[kind] : 0;

	if ((has & HAS_INDEX) != 0 && event->index > 0) {
		add_number(line, "index", event->index);
		add_number(line, "count", event->count);
	}
	if (event->statement > 0)
		add_number(line, "statement", event->statement);
	if ((has & HAS_STATEMENTS) != 0 && event->statement_count > 0)
		add_number(line, "statement_count", event->statement_count);
	if ((has & HAS_DURATION) != 0)
		add_number(line, "duration_ms", event->duration_ms);
	if ((has & HAS_WAITED) != 0)
		add_number(line, "waited_ms", event->waited_ms);
	if ((has & HAS_RESULT) != 0)
		add(line, "result", is_json(line) ? "\"" : "", inlay_result_name(event->result));
}

static void add_fields(struct line *line, const struct inlay_event *event)
{
	add_text(line, "level", inlay_level_name(event->level), ESCAPE_SIZE * 2);
	add_text(line, "event", inlay_event_name(event->kind), ESCAPE_SIZE * 2);
	add_text(line, "database", event->database, DATABASE_SIZE);
	add_text(line, "schema", event->schema, SCHEMA_SIZE);
	add_text(line, "migration", event->migration, MIGRATION_SIZE);
	if (event->version >= 0)
		add_number(line, "version", event->version);
	add_text(line, "file", event->file, FILE_SIZE);
	add_numbers(line, event);
	add_text(line, "holder", event->holder, HOLDER_SIZE);
	add_text(line, "sql", event->sql, SQL_SIZE);
	if (event->kind == INLAY_EVENT_WOULD_RUN && event->parameter_count > 0)
		add_parameters(line, event);
	add_text(line, "message", event->message, MESSAGE_SIZE);
}

void inlay_log_event(void *context, const struct inlay_event *event)
{
	const struct inlay_logger *logger = context;
	struct inlay_event copy;
	struct line line;

	if (logger == NULL || logger->size < sizeof(*logger) || logger->write == NULL)
		return;
	if (!observe_read(&copy, event) || copy.level < logger->level)
		return;
	line.format = logger->format;
	line.size = 0;
	if (is_json(&line))
		line.text[line.size++] = '{';
	add_fields(&line, &copy);
	if (is_json(&line))
		line.text[line.size++] = '}';
	line.text[line.size] = '\0';
	logger->write(logger->context, line.text, line.size);
}
