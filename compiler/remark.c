/* remark.c - finds the comments that are remarks, and the statement that each is for. */
#include "remark.h"

#include "directive.h"
#include "split.h"

#include <string.h>

#define MARK      "inlay:"
#define MARK_SIZE (sizeof(MARK) - 1)

/* Remarks of a file as they are found. */
struct reading {
	struct arena *arena;
	const struct source *source;
	struct remark_list list;
	size_t capacity;
	size_t waiting;       /* From this one on, remarks wait for a statement. */
	bool began;           /* There was a statement. */
	bool ended;           /* The last one had its semicolon. */
	struct text previous; /* The last statement. */
};

/* ---- what a comment says --------------------------------------------------------------------- */

static bool is_remark(struct text comment)
{
	struct text body = directive_body(comment);

	return body.size >= MARK_SIZE &&
	       text_equals_folded((struct text){ body.start, MARK_SIZE }, MARK);
}

/* Also our directives: where they stand a statement without a semicolon ends. */
static bool is_wanted(struct text comment)
{
	return is_remark(comment) || directive_is_ours(comment);
}

static enum remark_kind kind_of(struct text word)
{
	static const struct {
		const char *word;
		enum remark_kind kind;
	} kinds[] = {
		{ MARK "ignore", REMARK_IGNORE },
		{ MARK "ignore-file", REMARK_IGNORE_FILE },
		{ MARK "requires", REMARK_REQUIRES },
	};
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (text_equals(word, text_of(kinds[i].word)))
			return kinds[i].kind;
	return REMARK_UNKNOWN;
}

/* Where "--" begins in `text`, or its size: names have single dashes only. */
static size_t find_dashes(struct text text)
{
	size_t i;

	for (i = 0; i + 1 < text.size; i++)
		if (text.start[i] == '-' && text.start[i + 1] == '-')
			return i;
	return text.size;
}

static struct remark read_comment(const struct source *source, struct text comment)
{
	struct text rest = directive_body(comment);
	struct remark remark = { .source = source, .at = text_trim(comment) };
	size_t size;

	remark.word = text_next_word(&rest, " \t\r\f\v");
	remark.kind = kind_of(remark.word);
	size = find_dashes(rest);
	remark.names = text_trim((struct text){ rest.start, size });
	if (size < rest.size)
		remark.reason =
		        text_trim((struct text){ rest.start + size + 2, rest.size - size - 2 });
	return remark;
}

bool remark_next_name(struct text *names, struct text *name)
{
	while (names->size > 0) {
		*name = text_trim(text_next_word(names, ","));
		if (names->size > 0) {
			names->start++;
			names->size--;
		}
		if (name->size > 0)
			return true;
	}
	return false;
}

/* ---- what it is for -------------------------------------------------------------------------- */

/* Is there no line end between the last statement and the comment? */
static bool is_behind(const struct reading *reading, struct text comment)
{
	const unsigned char *end = reading->previous.start + reading->previous.size;

	return reading->began && end <= comment.start &&
	       memchr(end, '\n', (size_t)(comment.start - end)) == NULL;
}

static void add_remark(struct reading *reading, const struct split_item *item)
{
	struct remark_list *list = &reading->list;
	struct remark remark = read_comment(reading->source, item->text);

	if (remark.kind == REMARK_IGNORE_FILE && !reading->began && !item->inside_statement)
		remark.scope = reading->source->text;
	if (remark.kind == REMARK_IGNORE && !item->inside_statement &&
	    is_behind(reading, item->text))
		remark.scope = reading->previous;
	list->items = arena_grow(reading->arena, list->items, list->count, &reading->capacity,
	                         sizeof(*list->items));
	list->items[list->count++] = remark;
}

/* Gives `text` to the remarks that wait. */
static void settle(struct reading *reading, struct text text)
{
	for (; reading->waiting < reading->list.count; reading->waiting++) {
		struct remark *remark = &reading->list.items[reading->waiting];

		if (remark->kind == REMARK_IGNORE && remark->scope.size == 0)
			remark->scope = text;
	}
}

static void take_statement(struct reading *reading, struct text text, bool terminated)
{
	settle(reading, text);
	reading->began = true;
	reading->ended = terminated;
	reading->previous = text;
}

static bool is_call(struct text comment)
{
	struct text rest = directive_body(comment);

	return text_equals_folded(text_next_word(&rest, " \t\r"), "migrate:call");
}

static void take_item(struct reading *reading, const struct split_item *item)
{
	switch (item->kind) {
	case SPLIT_STATEMENT: take_statement(reading, item->text, item->terminated); break;
	case SPLIT_COMMENT:
		if (is_remark(item->text))
			add_remark(reading, item);
		else if (is_call(item->text))
			take_statement(reading, item->text, true);
		break;
	case SPLIT_UNTERMINATED: settle(reading, item->text); break;
	case SPLIT_META:
	case SPLIT_COPY_DATA:
	case SPLIT_END: break;
	}
}

/* Most files have none, and need not be read. */
static bool may_have_remarks(struct text text)
{
	const unsigned char *at = text.start;
	const unsigned char *end = text.start + text.size;

	while (at < end && (at = memchr(at, ':', (size_t)(end - at))) != NULL) {
		at++;
		if ((size_t)(at - text.start) >= MARK_SIZE &&
		    text_equals_folded((struct text){ at - MARK_SIZE, MARK_SIZE }, MARK))
			return true;
	}
	return false;
}

struct remark_list remarks_read(struct arena *arena, const struct source *source,
                                enum dialect dialect)
{
	struct reading reading = { .arena = arena, .source = source };
	struct splitter splitter;
	struct split_item item;

	if (!may_have_remarks(source->text) || text_find_invalid(source->text) < source->text.size)
		return reading.list;
	split_init(&splitter, dialect, source->text, is_wanted);
	splitter.ends = directive_is_ours;
	while ((item = split_next(&splitter)).kind != SPLIT_END)
		take_item(&reading, &item);
	/* Below a statement without a semicolon, the last one, it still stands in it. */
	if (reading.began && !reading.ended)
		settle(&reading, reading.previous);
	return reading.list;
}
