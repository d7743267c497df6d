/* frame.c - source lines and what is said below them, in columns. */
#include "frame.h"

#include "safe.h"

#include <string.h>

#define WIDTH_MIN      4
#define LINE_SHOWN_MAX 160  /* Code points of a source line on each side of the place. */
#define LINES_MAX      6    /* Of one place. */
#define PATCH_MAX      12   /* Lines of a patch, of each side. */
#define PATCH_SIZE_MAX 1000 /* Bytes of one. */
#define TAB_COLUMNS    8

void frame_paint(const struct frame *frame, const char *sequence)
{
	if (frame->color)
		buffer_string(frame->out, sequence);
}

void frame_plain(const struct frame *frame)
{
	frame_paint(frame, "\033[0m");
}

/* ---- one line -------------------------------------------------------------------------------- */

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

/* Appends the text with tabs made spaces, from `column` on; returns the column behind it. */
static size_t add_expanded(struct buffer *out, struct text text, size_t column)
{
	struct buffer safe = { 0 };
	size_t i;

	safe_text(&safe, text);
	for (i = 0; i < safe.size; i++) {
		if (safe.start[i] != '\t') {
			buffer_byte(out, safe.start[i]);
			column += (safe.start[i] & 0xc0) != 0x80;
			continue;
		}
		do
			buffer_byte(out, ' ');
		while (++column % TAB_COLUMNS != 0);
	}
	buffer_clear(&safe);
	return column;
}

static void trim_spaces(struct buffer *out)
{
	while (out->size > 0 && out->start[out->size - 1] == ' ')
		out->size--;
}

/* "  12 | " or, for number 0, the same without a number. */
static void add_gutter(const struct frame *frame, uint32_t number)
{
	frame_paint(frame, FRAME_DIM);
	if (number > 0)
		buffer_format(frame->out, "%*u |", frame->width, (unsigned)number);
	else
		buffer_format(frame->out, "%*s |", frame->width, "");
	frame_plain(frame);
	buffer_byte(frame->out, ' ');
}

static void add_underline(const struct frame *frame, size_t first, size_t last, char begin)
{
	size_t i;

	add_gutter(frame, 0);
	for (i = 0; i < first; i++)
		buffer_byte(frame->out, ' ');
	frame_paint(frame, frame->paint);
	buffer_byte(frame->out, (unsigned char)begin);
	for (i = first + 1; i < last; i++)
		buffer_byte(frame->out, '~');
	frame_plain(frame);
	buffer_byte(frame->out, '\n');
}

/* The line that `part` begins in, and under it what of it belongs to the part.  `begin` is the
 * underline's first character. */
static void add_line(const struct frame *frame, struct text all, struct text part, uint32_t number,
                     char begin)
{
	struct text line = shown_line(all, part.start);
	size_t before = (size_t)(part.start - line.start);
	size_t within = part.size < line.size - before ? part.size : line.size - before;
	size_t behind = line.size - before - within;
	size_t first, last;

	add_gutter(frame, number);
	first = add_expanded(frame->out, (struct text){ line.start, before }, 0);
	last = add_expanded(frame->out, (struct text){ part.start, within }, first);
	add_expanded(frame->out, (struct text){ part.start + within, behind }, last);
	trim_spaces(frame->out);
	buffer_byte(frame->out, '\n');
	if (begin == '^' || within > 0)
		add_underline(frame, first, last, begin);
}

/* ---- the place ------------------------------------------------------------------------------- */

static struct text trim_end(struct text text)
{
	while (text.size > 0 && strchr(" \t\r\n", text.start[text.size - 1]) != NULL &&
	       text.start[text.size - 1] != '\0')
		text.size--;
	return text;
}

static int digits_of(uint32_t number)
{
	int count = 1;

	for (; number >= 10; number /= 10)
		count++;
	return count;
}

static uint32_t count_feeds(struct text text)
{
	uint32_t count = 0;
	size_t i;

	for (i = 0; i < text.size; i++)
		count += text.start[i] == '\n';
	return count;
}

/* What of the place is on its next line, without the space that the line begins with. */
static struct text next_line(struct text *rest)
{
	struct text line = *rest;

	while (line.size > 0 && (*line.start == ' ' || *line.start == '\t')) {
		line.start++;
		line.size--;
	}
	*rest = line;
	for (line.size = 0; line.size < rest->size && rest->start[line.size] != '\n';)
		line.size++;
	rest->start += line.size;
	rest->size -= line.size;
	if (rest->size > 0) {
		rest->start++;
		rest->size--;
	}
	return trim_end(line);
}

void frame_source(struct frame *frame, struct text all, struct text at,
                  const struct common_place *place)
{
	struct text rest = trim_end(at);
	uint32_t feeds = count_feeds(rest);
	uint32_t i;

	frame->width = digits_of(place->start.line + feeds);
	if (frame->width < WIDTH_MIN)
		frame->width = WIDTH_MIN;
	if (feeds == 0) {
		add_line(frame, all, rest.size > 0 ? rest : at, place->start.line, '^');
		return;
	}
	for (i = 0; i <= feeds; i++) {
		struct text line = next_line(&rest);
		bool is_elided = feeds >= LINES_MAX && i >= LINES_MAX - 2 && i < feeds;

		if (!is_elided)
			add_line(frame, all, line, place->start.line + i, i == 0 ? '^' : '~');
		else if (i == LINES_MAX - 2)
			buffer_format(frame->out, "%*s\n", frame->width + 1, "...");
	}
}

/* ---- below it -------------------------------------------------------------------------------- */

static void add_title(const struct frame *frame, const char *title)
{
	int width = frame->width > WIDTH_MIN ? frame->width : WIDTH_MIN;

	buffer_format(frame->out, "%*s ", width, "");
	frame_paint(frame, FRAME_DIM);
	buffer_byte(frame->out, '=');
	frame_plain(frame);
	buffer_byte(frame->out, ' ');
	frame_paint(frame, FRAME_BOLD);
	buffer_format(frame->out, "%s:", title);
	frame_plain(frame);
}

static void add_indent(const struct frame *frame, int further)
{
	int width = frame->width > WIDTH_MIN ? frame->width : WIDTH_MIN;

	buffer_format(frame->out, "%*s", width + further, "");
}

/* Takes the next line off; false at the end. */
static bool take_line(struct text *rest, struct text *line)
{
	if (rest->size == 0)
		return false;
	*line = *rest;
	for (line->size = 0; line->size < rest->size && rest->start[line->size] != '\n';)
		line->size++;
	rest->start += line->size;
	rest->size -= line->size;
	if (rest->size > 0) {
		rest->start++;
		rest->size--;
	}
	if (line->size > 0 && line->start[line->size - 1] == '\r')
		line->size--;
	return true;
}

void frame_note(const struct frame *frame, const char *title, const char *text)
{
	struct text rest, line;
	size_t count = 0;

	if (text == NULL)
		return;
	rest = text_of(text);
	add_title(frame, title);
	while (take_line(&rest, &line)) {
		if (count++ > 0)
			add_indent(frame, 3);
		else
			buffer_byte(frame->out, ' ');
		safe_text(frame->out, line);
		trim_spaces(frame->out);
		buffer_byte(frame->out, '\n');
	}
}

void frame_block(const struct frame *frame, const char *title, const char *text)
{
	struct text rest, line;

	if (text == NULL)
		return;
	rest = text_of(text);
	add_title(frame, title);
	buffer_byte(frame->out, '\n');
	while (take_line(&rest, &line)) {
		add_indent(frame, 5);
		safe_text(frame->out, line);
		trim_spaces(frame->out);
		buffer_byte(frame->out, '\n');
	}
}

/* ---- patches --------------------------------------------------------------------------------- */

static const unsigned char *end_of(struct text text)
{
	return text.start + text.size;
}

/* Of a text that is replaced in one long line, its beginning. */
static struct text cut(struct text line)
{
	if (line.size > PATCH_SIZE_MAX)
		line.size = PATCH_SIZE_MAX;
	return line;
}

static void add_patch_lines(const struct frame *frame, struct text lines, char sign)
{
	struct text line;
	size_t count;

	for (count = 0; count < PATCH_MAX && take_line(&lines, &line); count++) {
		add_indent(frame, 3);
		frame_paint(frame, sign == '-' ? FRAME_RED : FRAME_GREEN);
		buffer_format(frame->out, "%c ", sign);
		safe_text(frame->out, cut(line));
		trim_spaces(frame->out);
		frame_plain(frame);
		buffer_byte(frame->out, '\n');
	}
	if (lines.size > 0) {
		add_indent(frame, 3);
		buffer_format(frame->out, "%c ...\n", sign);
	}
}

void frame_patch(const struct frame *frame, struct text all, const struct fix *fix)
{
	const unsigned char *first = fix->at.start, *last = fix->at.start + fix->at.size;
	struct buffer changed = { 0 };

	first = shown_line(all, first).start;
	if (last == first || last[-1] != '\n' || fix->at.start != first || *fix->text != '\0')
		last = end_of(shown_line(all, last));
	if (first < fix->at.start)
		buffer_bytes(&changed, first, (size_t)(fix->at.start - first));
	buffer_string(&changed, fix->text);
	if (fix->at.start + fix->at.size < last)
		buffer_bytes(&changed, fix->at.start + fix->at.size,
		             (size_t)(last - fix->at.start) - fix->at.size);
	add_title(frame, "fix");
	buffer_byte(frame->out, '\n');
	add_patch_lines(frame, (struct text){ first, (size_t)(last - first) }, '-');
	add_patch_lines(frame, buffer_contents(&changed), '+');
	buffer_clear(&changed);
}
