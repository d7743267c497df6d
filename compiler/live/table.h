/* table.h - columns of text, as wide as what is in them. */
#ifndef INLAY_TABLE_H
#define INLAY_TABLE_H

#include "arena.h"
#include "buffer.h"

#define TABLE_COLUMNS_MAX 10

/* Begin with { .arena = ..., .column_count = ... }. */
struct table {
	struct arena *arena;
	size_t column_count;
	bool is_number[TABLE_COLUMNS_MAX]; /* Its columns stand to the right. */
	struct table_line *lines;
	size_t line_count;
	size_t capacity;
};

/* One more row of column_count texts, the first one being the heading; NULL is an empty one. */
void table_row(struct table *table, const char *const *cells);

/* A text below the last row, behind four spaces, which makes no column wider. */
void table_note(struct table *table, const char *text);

/* Writes it, two spaces between columns, none at the ends of lines.  Widths are in code points; a
 * terminal shows what is in it and does not obey it (safe.h). */
void table_write(const struct table *table, struct buffer *out);

/* The text, or "-" in the place of an empty one. */
const char *table_filled(const char *text);

/* "340 ms", "2.5 s", "3 min 20 s": milliseconds for people. */
const char *table_duration(struct arena *arena, int64_t milliseconds);

#endif
