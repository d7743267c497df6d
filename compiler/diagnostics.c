/* diagnostics.c - the list of problems and its rendering; nothing here knows what the problems
 * are about. */
#include "diagnostics.h"

#include "source.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ERRORS_SHOWN_MAX   100
#define NOTES_SHOWN_MAX    3   /* Of one rule. */
#define LINE_SHOWN_MAX     160 /* Code points of a source line on each side of the caret. */
#define UNDERLINE_SIZE_MAX 60

static const char *const severity_names[] = { "note", "warning", "error" };

enum severity diagnostics_severity(const struct diagnostics *diagnostics, enum rule rule)
{
	enum severity severity = rule_severity(rule);

	return severity == SEVERITY_WARNING && diagnostics->strict ? SEVERITY_ERROR : severity;
}

void diagnostics_add(struct diagnostics *diagnostics, struct problem problem, const char *format,
                     ...)
{
	char message[1024];
	va_list arguments;
	struct diagnostic *item;

	if (rule_group(problem.rule) == GROUP_STYLE && !diagnostics->style)
		return;
	va_start(arguments, format);
	vsnprintf(message, sizeof(message), format, arguments);
	va_end(arguments);
	diagnostics->items = arena_grow(diagnostics->arena, diagnostics->items, diagnostics->count,
	                                &diagnostics->capacity, sizeof(*diagnostics->items));
	item = &diagnostics->items[diagnostics->count];
	item->problem = problem;
	item->message = arena_copy(diagnostics->arena, text_of(message));
	item->dialects = problem.dialects;
	item->order = diagnostics->count++;
	if (diagnostics_severity(diagnostics, problem.rule) == SEVERITY_ERROR)
		diagnostics->error_count++;
}

void diagnostics_filter(struct diagnostics *diagnostics,
                        bool (*keep)(const struct diagnostic *diagnostic, void *context),
                        void *context)
{
	size_t kept = 0;
	size_t i;

	for (i = 0; i < diagnostics->count; i++) {
		const struct diagnostic *item = &diagnostics->items[i];

		if (keep(item, context))
			diagnostics->items[kept++] = *item;
		else if (diagnostics_severity(diagnostics, item->problem.rule) == SEVERITY_ERROR)
			diagnostics->error_count--;
	}
	diagnostics->count = kept;
}

static const char *path_of(const struct diagnostic *diagnostic)
{
	if (diagnostic->problem.source != NULL)
		return diagnostic->problem.source->path;
	return diagnostic->problem.path != NULL ? diagnostic->problem.path : "inlay";
}

static int compare_places(const struct diagnostic *a, const struct diagnostic *b)
{
	int order = strcmp(path_of(a), path_of(b));

	if (order != 0)
		return order;
	if (a->problem.at.start != b->problem.at.start)
		return a->problem.at.start < b->problem.at.start ? -1 : 1;
	return 0;
}

/* By path, then by place, then as they came. */
static int compare(const void *left, const void *right)
{
	const struct diagnostic *a = left, *b = right;
	int order = compare_places(a, b);

	if (order != 0)
		return order;
	return a->order < b->order ? -1 : 1;
}

/* One code point forward or back in valid UTF-8; a stray byte counts as one. */
static const unsigned char *step_forward(const unsigned char *at, const unsigned char *end)
{
	do
		at++;
	while (at < end && (*at & 0xc0) == 0x80);
	return at;
}

static const unsigned char *step_back(const unsigned char *at, const unsigned char *start)
{
	do
		at--;
	while (at > start && (*at & 0xc0) == 0x80);
	return at;
}

/* The line around `at`, cut to what a terminal can show. */
static struct text shown_line(struct text all, const unsigned char *at)
{
	const unsigned char *first = at, *last = at;
	const unsigned char *limit = all.start + all.size;
	const unsigned char *begin = all.start + text_mark_size(all);
	size_t count;

	for (count = 0; first > begin && first[-1] != '\n' && count < LINE_SHOWN_MAX; count++)
		first = step_back(first, begin);
	for (count = 0; last < limit && *last != '\n' && *last != '\r' && count < LINE_SHOWN_MAX;
	     count++)
		last = step_forward(last, limit);
	return (struct text){ first, (size_t)(last - first) };
}

/* Size of the character at `at` in valid UTF-8 if a terminal would obey it and not show it: a
 * control character or one that turns the direction of writing; else 0. */
static size_t control_size(const unsigned char *at)
{
	if (*at < 0x20 || *at == 0x7f)
		return *at != '\t';
	if (at[0] == 0xc2 && at[1] < 0xa0)
		return 2;
	if (at[0] == 0xe2 && ((at[1] == 0x80 && at[2] >= 0xaa && at[2] <= 0xae) ||
	                      (at[1] == 0x81 && at[2] >= 0xa6 && at[2] <= 0xa9)))
		return 3;
	return 0;
}

static void render_valid(struct buffer *out, struct text text)
{
	size_t i = 0;

	while (i < text.size) {
		size_t control = control_size(text.start + i);

		buffer_byte(out, control > 0 ? '?' : text.start[i]);
		i += control > 0 ? control : 1;
	}
}

/* Input must not fool a terminal: what can not be shown, and bytes that are no UTF-8, become
 * "?". */
static void render_text(struct buffer *out, struct text text)
{
	while (text.size > 0) {
		size_t size = text_find_invalid(text);

		render_valid(out, (struct text){ text.start, size });
		if (size < text.size)
			buffer_byte(out, '?');
		size += size < text.size;
		text.start += size;
		text.size -= size;
	}
}

static void render_string(struct buffer *out, const char *string)
{
	render_text(out, text_of(string));
}

/* Under the line as it is shown: spaces (tabs as there) up to `at`, then a caret and tildes. */
static void render_caret(struct buffer *out, struct text line, struct text at)
{
	size_t before = (size_t)(at.start - line.start);
	size_t size = at.size < line.size - before ? at.size : line.size - before;
	struct buffer shown = { 0 };
	size_t i;

	render_text(&shown, (struct text){ line.start, before });
	for (i = 0; i < shown.size; i++)
		if ((shown.start[i] & 0xc0) != 0x80)
			buffer_byte(out, shown.start[i] == '\t' ? '\t' : ' ');
	shown.size = 0;
	render_text(&shown, (struct text){ at.start, size });
	size = text_code_points(buffer_contents(&shown));
	buffer_clear(&shown);
	buffer_byte(out, '^');
	for (i = 1; i < size && i < UNDERLINE_SIZE_MAX; i++)
		buffer_byte(out, '~');
}

static void render_place(struct buffer *out, const struct problem *problem)
{
	struct text line = shown_line(problem->source->text, problem->at.start);

	buffer_string(out, "    ");
	render_text(out, line);
	buffer_string(out, "\n    ");
	render_caret(out, line, problem->at);
	buffer_byte(out, '\n');
}

/* One place, one rule, one message: found again in another dialect. */
static bool is_same(const struct diagnostic *a, const struct diagnostic *b)
{
	return a->problem.rule == b->problem.rule && a->problem.source == b->problem.source &&
	       compare_places(a, b) == 0 && strcmp(a->message, b->message) == 0;
}

/* Sorted neighbours become one. */
static void merge_dialects(struct diagnostics *diagnostics)
{
	size_t kept = 0;
	size_t i, j;

	for (i = 0; i < diagnostics->count; i++) {
		struct diagnostic *item = &diagnostics->items[i];

		for (j = kept; j > 0 && compare_places(&diagnostics->items[j - 1], item) == 0; j--)
			if (is_same(&diagnostics->items[j - 1], item))
				break;
		if (j > 0 && is_same(&diagnostics->items[j - 1], item))
			diagnostics->items[j - 1].dialects |= item->dialects;
		else
			diagnostics->items[kept++] = *item;
	}
	diagnostics->count = kept;
}

/* " (as SQLite reads it)", where the other dialect that reads the file has no such problem. */
static void render_dialect(struct buffer *out, const struct diagnostic *diagnostic)
{
	const struct source *source = diagnostic->problem.source;

	if (source == NULL || diagnostic->dialects == 0 || diagnostic->dialects == source->dialects)
		return;
	buffer_string(out, diagnostic->dialects == 1u << DIALECT_SQLITE
	                           ? " (as SQLite reads it)"
	                           : " (as PostgreSQL reads it)");
}

static void render_one(struct buffer *out, const struct diagnostics *diagnostics,
                       const struct diagnostic *diagnostic)
{
	const struct problem *problem = &diagnostic->problem;
	bool placed = problem->source != NULL && problem->at.start != NULL;

	render_string(out, path_of(diagnostic));
	if (placed) {
		size_t offset = (size_t)(problem->at.start - problem->source->text.start);
		struct position position = text_position(problem->source->text, offset);

		buffer_format(out, ":%u:%u", (unsigned)position.line, (unsigned)position.column);
	}
	buffer_format(out,
	              ": %s: ", severity_names[diagnostics_severity(diagnostics, problem->rule)]);
	render_string(out, diagnostic->message);
	render_dialect(out, diagnostic);
	buffer_format(out, " [%s]\n", rule_name(problem->rule));
	if (placed)
		render_place(out, problem);
	if (problem->help != NULL) {
		buffer_string(out, "    help: ");
		render_string(out, problem->help);
		buffer_byte(out, '\n');
	}
}

/* How many of what has been shown, and how many were held back. */
struct tally {
	size_t errors;
	size_t notes[RULE_COUNT];
};

/* Notes of one kind say nothing new after the third; errors are capped as a whole. */
static bool is_shown(struct tally *tally, const struct diagnostic *item, enum severity severity,
                     enum severity least)
{

	if (severity == SEVERITY_ERROR)
		return ++tally->errors <= ERRORS_SHOWN_MAX;
	if (severity < least)
		return false;
	return severity != SEVERITY_NOTE || ++tally->notes[item->problem.rule] <= NOTES_SHOWN_MAX;
}

void diagnostics_render(struct diagnostics *diagnostics, enum severity least, struct buffer *out)
{
	struct tally tally = { 0 };
	size_t i;

	if (diagnostics->count > 1)
		qsort(diagnostics->items, diagnostics->count, sizeof(*diagnostics->items), compare);
	merge_dialects(diagnostics);
	for (i = 0; i < diagnostics->count; i++)
		if (is_shown(&tally, &diagnostics->items[i],
		             diagnostics_severity(diagnostics, diagnostics->items[i].problem.rule),
		             least))
			render_one(out, diagnostics, &diagnostics->items[i]);
	for (i = 0; i < RULE_COUNT; i++)
		if (tally.notes[i] > NOTES_SHOWN_MAX)
			buffer_format(out, "... and %zu more note%s [%s]\n",
			              tally.notes[i] - NOTES_SHOWN_MAX,
			              tally.notes[i] == NOTES_SHOWN_MAX + 1 ? "" : "s",
			              rule_name((enum rule)i));
	if (tally.errors > ERRORS_SHOWN_MAX)
		buffer_format(out, "... and %zu more error%s\n", tally.errors - ERRORS_SHOWN_MAX,
		              tally.errors == ERRORS_SHOWN_MAX + 1 ? "" : "s");
}
