/* table.c - widths first, then lines. */
#include "table.h"

#include "safe.h"

#include <inttypes.h>
#include <string.h>

/* A row, or what is said below one. */
struct table_line {
	const char *cells[TABLE_COLUMNS_MAX];
	const char *note; /* NULL: it is a row. */
};

/* The text as it is shown. */
static const char *shown(struct arena *arena, const char *text)
{
	struct buffer out = { 0 };
	const char *copy;

	safe_string(&out, text != NULL ? text : "");
	copy = arena_copy(arena, buffer_contents(&out));
	buffer_clear(&out);
	return copy;
}

static struct table_line *add_line(struct table *table)
{
	table->lines = arena_grow(table->arena, table->lines, table->line_count, &table->capacity,
	                          sizeof(*table->lines));
	return &table->lines[table->line_count++];
}

void table_row(struct table *table, const char *const *cells)
{
	struct table_line *line = add_line(table);

	*line = (struct table_line){ .note = NULL };
	for (size_t i = 0; i < table->column_count; i++)
		line->cells[i] = shown(table->arena, cells[i]);
}

void table_note(struct table *table, const char *text)
{
	*add_line(table) = (struct table_line){ .note = shown(table->arena, text) };
}

static void pad(struct buffer *out, size_t count)
{
	while (count-- > 0)
		buffer_byte(out, ' ');
}

static size_t width_of(const char *cell)
{
	return text_code_points(text_of(cell));
}

static void write_row(const struct table *table, const struct table_line *line,
                      const size_t *widths, struct buffer *out)
{
	for (size_t i = 0; i < table->column_count; i++) {
		size_t gap = widths[i] - width_of(line->cells[i]);

		if (table->is_number[i])
			pad(out, gap);
		buffer_string(out, line->cells[i]);
		if (!table->is_number[i])
			pad(out, gap);
		pad(out, 2);
	}
	while (out->size > 0 && out->start[out->size - 1] == ' ')
		out->size--;
	buffer_byte(out, '\n');
}

void table_write(const struct table *table, struct buffer *out)
{
	size_t widths[TABLE_COLUMNS_MAX] = { 0 };

	for (size_t i = 0; i < table->line_count; i++)
		for (size_t j = 0; table->lines[i].note == NULL && j < table->column_count; j++) {
			size_t width = width_of(table->lines[i].cells[j]);

			if (width > widths[j])
				widths[j] = width;
		}
	for (size_t i = 0; i < table->line_count; i++)
		if (table->lines[i].note != NULL)
			buffer_format(out, "    %s\n", table->lines[i].note);
		else
			write_row(table, &table->lines[i], widths, out);
}

const char *table_filled(const char *text)
{
	return text[0] != '\0' ? text : "-";
}

const char *table_duration(struct arena *arena, int64_t milliseconds)
{
	if (milliseconds < 1000)
		return arena_format(arena, "%" PRId64 " ms", milliseconds);
	if (milliseconds < 60000)
		return arena_format(arena, "%" PRId64 ".%" PRId64 " s", milliseconds / 1000,
		                    milliseconds / 100 % 10);
	return arena_format(arena, "%" PRId64 " min %" PRId64 " s", milliseconds / 60000,
	                    milliseconds / 1000 % 60);
}
