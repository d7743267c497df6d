/* table.c - widths first, then lines. */
#include "table.h"

#include <inttypes.h>
#include <string.h>

void table_row(struct table *table, const char *const *cells)
{
	size_t i;

	for (i = 0; i < table->column_count; i++) {
		table->cells = arena_grow(table->arena, table->cells, table->cell_count,
		                          &table->capacity, sizeof(*table->cells));
		table->cells[table->cell_count++] = cells[i] != NULL ? cells[i] : "";
	}
}

static void pad(struct buffer *out, size_t count)
{
	while (count-- > 0)
		buffer_byte(out, ' ');
}

void table_write(const struct table *table, struct buffer *out)
{
	size_t widths[TABLE_COLUMNS_MAX] = { 0 };
	size_t i;

	for (i = 0; i < table->cell_count; i++) {
		size_t width = text_code_points(text_of(table->cells[i]));

		if (width > widths[i % table->column_count])
			widths[i % table->column_count] = width;
	}
	for (i = 0; i < table->cell_count; i++) {
		size_t column = i % table->column_count;
		size_t gap = widths[column] - text_code_points(text_of(table->cells[i]));

		if (table->is_number[column])
			pad(out, gap);
		buffer_string(out, table->cells[i]);
		if (!table->is_number[column])
			pad(out, gap);
		pad(out, 2);
		if (column + 1 < table->column_count)
			continue;
		while (out->size > 0 && out->start[out->size - 1] == ' ')
			out->size--;
		buffer_byte(out, '\n');
	}
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
