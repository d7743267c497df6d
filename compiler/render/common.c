/* common.c - the order of diagnostics and where they are. */
#include "common.h"

#include "safe.h"

#include <stdlib.h>
#include <string.h>

#define LINE_SIZE_MAX 1000 /* Bytes of a line on each side of a place. */

const char *common_severity(enum severity severity)
{
	static const char *const names[] = { "note", "warning", "error" };

	return names[severity];
}

const char *common_path(const struct diagnostic *diagnostic)
{
	if (diagnostic->problem.source != NULL)
		return diagnostic->problem.source->path;
	return diagnostic->problem.path != NULL ? diagnostic->problem.path : "inlay";
}

/* ---- order ----------------------------------------------------------------------------------- */

static int compare_places(const struct diagnostic *a, const struct diagnostic *b)
{
	int order = strcmp(common_path(a), common_path(b));

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

void common_prepare(struct diagnostics *diagnostics)
{
	if (diagnostics->count > 1)
		qsort(diagnostics->items, diagnostics->count, sizeof(*diagnostics->items), compare);
	merge_dialects(diagnostics);
}

struct common_counts common_count(const struct diagnostics *diagnostics, enum severity least)
{
	struct common_counts counts = { 0 };
	const struct source *last = NULL;
	size_t i;

	for (i = 0; i < diagnostics->count; i++) {
		const struct diagnostic *item = &diagnostics->items[i];
		enum severity severity = diagnostics_severity(diagnostics, item->problem.rule);

		if (severity < least)
			continue;
		counts.by_severity[severity]++;
		if (item->problem.source != NULL && item->problem.source != last) {
			last = item->problem.source;
			counts.files++;
		}
	}
	return counts;
}

/* ---- places ---------------------------------------------------------------------------------- */

bool common_has_place(const struct problem *problem)
{
	return problem->source != NULL && problem->at.start != NULL;
}

static uint32_t code_points(const unsigned char *from, const unsigned char *to)
{
	return (uint32_t)text_code_points((struct text){ from, (size_t)(to - from) });
}

static void go_forward(struct common_cursor *cursor, const unsigned char *to)
{
	const unsigned char *feed;

	while ((feed = memchr(cursor->at, '\n', (size_t)(to - cursor->at))) != NULL) {
		cursor->at = feed + 1;
		cursor->position.line++;
		cursor->position.column = 1;
	}
	cursor->position.column += code_points(cursor->at, to);
	cursor->at = to;
}

/* `begin` is the first line's start. */
static void go_back(struct common_cursor *cursor, const unsigned char *begin,
                    const unsigned char *to)
{
	bool is_same_line = memchr(to, '\n', (size_t)(cursor->at - to)) == NULL;
	const unsigned char *line = to;

	if (is_same_line) {
		cursor->position.column -= code_points(to, cursor->at);
	} else {
		while (cursor->at > to)
			cursor->position.line -= *--cursor->at == '\n';
		while (line > begin && line[-1] != '\n')
			line--;
		cursor->position.column = 1 + code_points(line, to);
	}
	cursor->at = to;
}

static struct position advance(struct common_cursor *cursor, const unsigned char *at)
{
	struct text all = cursor->source->text;
	const unsigned char *begin = all.start + text_mark_size(all);

	if (at < begin)
		at = begin; /* A byte-order mark has no column. */
	if (at >= cursor->at)
		go_forward(cursor, at);
	else
		go_back(cursor, begin, at);
	return cursor->position;
}

struct common_place common_locate(struct common_cursor *cursor, const struct source *source,
                                  struct text at)
{
	struct common_place place = { .offset = (size_t)(at.start - source->text.start),
		                      .size = at.size };
	struct common_cursor ahead;

	if (cursor->source != source)
		*cursor = (struct common_cursor){ source,
			                          source->text.start + text_mark_size(source->text),
			                          { 1, 1 } };
	place.start = advance(cursor, at.start);
	ahead = *cursor;
	place.end = advance(&ahead, at.start + at.size);
	return place;
}

struct text common_line(struct text all, const unsigned char *at)
{
	const unsigned char *first = at, *last = at;
	const unsigned char *limit = all.start + all.size;

	while (first > all.start && first[-1] != '\n' && at - first < LINE_SIZE_MAX)
		first--;
	while (last < limit && *last != '\n' && last - at < LINE_SIZE_MAX)
		last++;
	return (struct text){ first, (size_t)(last - first) };
}

unsigned common_readers(const struct diagnostic *diagnostic)
{
	const struct source *source = diagnostic->problem.source;

	return diagnostic->readers != 0 || source == NULL ? diagnostic->readers : source->dialects;
}

void common_message(struct buffer *out, const struct diagnostic *diagnostic)
{
	unsigned readers = common_readers(diagnostic);

	buffer_string(out, diagnostic->message);
	if (diagnostic->problem.source == NULL || diagnostic->dialects == 0 ||
	    diagnostic->dialects == readers)
		return;
	buffer_string(out, diagnostic->dialects == ON_SQLITE ? " (as SQLite reads it)"
	                                                     : " (as PostgreSQL reads it)");
}

void common_origin(struct buffer *out, struct common_cursor *cursor,
                   const struct diagnostic *diagnostic)
{
	const struct problem *problem = &diagnostic->problem;

	safe_string(out, common_path(diagnostic));
	if (common_has_place(problem)) {
		struct position at = common_locate(cursor, problem->source, problem->at).start;

		buffer_format(out, ":%u:%u", (unsigned)at.line, (unsigned)at.column);
	}
	buffer_string(out, ": ");
}

void common_page(struct buffer *out, enum rule rule)
{
	static const char *const pages[] = {
		[GROUP_CORE] = "docs/diagnostics.md#%s", [GROUP_STAGE] = "docs/diagnostics.md#%s",
		[GROUP_LINT] = "docs/rules/%s.md",       [GROUP_STYLE] = "docs/rules/%s.md",
		[GROUP_LIVE] = "docs/verify.md#%s",
	};
	const char *page = pages[rule_group(rule)];
	int size = (int)strcspn(page, "%");

	buffer_format(out, "%.*s%s%s", size, page, rule_name(rule), page + size + 2);
}
