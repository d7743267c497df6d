/* rows.c - fills tables, parents first, and counts what is in them. */
#include "rows.h"

#include <string.h>

#define ATTEMPTS_MAX 40 /* Rows that a table may refuse before it is left alone. */

/* --- Tables by name --- */

static unsigned char fold(const struct rows *rows, char byte)
{
	unsigned char value = (unsigned char)byte;

	return rows->stage->driver->dialect == DIALECT_SQLITE ? text_fold(value) : value;
}

static size_t hash(const struct rows *rows, const char *name)
{
	uint64_t value = 0xcbf29ce484222325u;

	for (; *name != '\0'; name++)
		value = (value ^ fold(rows, *name)) * 0x100000001b3u;
	return (size_t)value;
}

static bool is_name(const struct rows *rows, const char *a, const char *b)
{
	while (*a != '\0' && fold(rows, *a) == fold(rows, *b))
		a++, b++;
	return *a == '\0' && *b == '\0';
}

/* Its slot, or the free one where it belongs. */
static struct rows_table **find_slot(const struct rows *rows, const char *name)
{
	size_t at = hash(rows, name) & (rows->slot_count - 1);

	while (rows->slots[at] != NULL && !is_name(rows, rows->slots[at]->object->name, name))
		at = (at + 1) & (rows->slot_count - 1);
	return &rows->slots[at];
}

struct rows_table *rows_find(const struct rows *rows, const char *name)
{
	return *find_slot(rows, name);
}

static void grow(struct rows *rows)
{
	struct rows_table **older = rows->slots;
	size_t count = rows->slot_count;
	size_t i;

	rows->slot_count = count * 2;
	rows->slots = arena_array(rows->arena, struct rows_table *, rows->slot_count);
	for (i = 0; i < count; i++)
		if (older[i] != NULL)
			*find_slot(rows, older[i]->object->name) = older[i];
}

static struct rows_table *find_or_add(struct rows *rows, const struct catalog_object *object)
{
	struct rows_table **slot = find_slot(rows, object->name);
	struct rows_table *table = *slot;

	if (table != NULL)
		return table;
	table = arena_allocate(rows->arena, sizeof(*table));
	table->object = object;
	table->is_dirty = true;
	*slot = table;
	if (++rows->used * 2 > rows->slot_count)
		grow(rows);
	return table;
}

struct rows *rows_create(struct stage *stage, enum rows_sort sort)
{
	struct arena *arena = stage->rehearsal->arena;
	struct rows *rows = arena_allocate(arena, sizeof(*rows));

	rows->stage = stage;
	rows->arena = arena;
	rows->sort = sort;
	rows->literals.arena = arena;
	rows->slot_count = 64;
	rows->slots = arena_array(arena, struct rows_table *, rows->slot_count);
	return rows;
}

void rows_touch_all(struct rows *rows)
{
	size_t i;

	for (i = 0; i < rows->slot_count; i++)
		if (rows->slots[i] != NULL)
			rows->slots[i]->is_dirty = true;
}

/* --- Counting --- */

#define COUNTS_MAX 100 /* Tables that one query counts. */

static void count_each(struct rows *rows, struct rows_table *const *tables, size_t size)
{
	struct buffer query = { 0 };
	int64_t counts[COUNTS_MAX];
	size_t i;

	for (i = 0; i < size; i++)
		buffer_format(&query, "%s(SELECT count(*) FROM %s)", i > 0 ? ", " : "SELECT ",
		              tables[i]->name);
	buffer_byte(&query, '\0');
	rows->stage->driver->count(rows->stage, (const char *)query.start, counts, size);
	buffer_clear(&query);
	/* One that can not be counted is found by itself. */
	for (i = 0; i < size; i++)
		if (size > 1 && counts[0] < 0) {
			count_each(rows, &tables[i], 1);
		} else {
			tables[i]->count = counts[i];
			tables[i]->is_dirty = false;
		}
}

static void count(struct rows *rows, struct rows_table *table)
{
	count_each(rows, &table, 1);
}

/* Those that are there and dirty. */
static void count_dirty(struct rows *rows)
{
	struct rows_table *tables[COUNTS_MAX];
	size_t size = 0;
	size_t i;

	for (i = 0; i < rows->slot_count; i++) {
		struct rows_table *table = rows->slots[i];

		if (table == NULL || !table->is_dirty || table->name == NULL ||
		    table->round != rows->round)
			continue;
		tables[size++] = table;
		if (size < COUNTS_MAX)
			continue;
		count_each(rows, tables, size);
		size = 0;
	}
	if (size > 0)
		count_each(rows, tables, size);
}

/* The table as it is now. */
static void meet(struct rows *rows, struct rows_table *table, const struct catalog_object *object)
{
	bool is_new = table->object != object || table->name == NULL;

	table->object = object;
	if (!is_new)
		return;
	table->is_dirty = true;
	table->is_hopeless = object->is_virtual || object->noun != NULL ||
	                     !rows->stage->driver->describe(rows->stage, rows->arena, table);
}

void rows_settle(struct rows *rows,
                 void (*each)(struct stage *stage, struct rows_table *table, int64_t before,
                              void *context),
                 void *context)
{
	size_t i;

	rows->catalog = rows->stage->driver->look(rows->stage);
	rows->round++;
	for (i = 0; rows->catalog != NULL && i < rows->catalog->count; i++) {
		const struct catalog_object *object = rows->catalog->items[i];
		struct rows_table *table;

		if (object->kind != CATALOG_TABLE)
			continue;
		table = find_or_add(rows, object);
		table->before = table->round + 1 == rows->round ? table->count : 0;
		meet(rows, table, object);
		table->round = rows->round;
	}
	count_dirty(rows);
	for (i = 0; rows->catalog != NULL && i < rows->catalog->count; i++) {
		struct rows_table *table;

		if (rows->catalog->items[i]->kind != CATALOG_TABLE)
			continue;
		table = rows_find(rows, rows->catalog->items[i]->name);
		if (each != NULL && table->count >= 0 && table->count < table->before)
			each(rows->stage, table, table->before, context);
		table->is_meant = false;
		table->lost_at = 0;
	}
}

/* --- Filling --- */

static void fill(struct rows *rows, struct rows_table *table);

/* The row (from 1) of a parent that a column takes; NULL where there is none. */
static const char *parent_value(struct rows *rows, const struct rows_table *table,
                                const struct rows_column *column, uint32_t row)
{
	struct rows_table *parent = rows_find(rows, column->parent_name);
	int64_t rows_there;

	if (parent == NULL || parent == table || parent->round != rows->round)
		return NULL;
	rows->met_circle = rows->met_circle || parent->is_at_work;
	fill(rows, parent);
	if (parent->count <= 0)
		return NULL;
	rows_there = parent->count;
	return arena_format(rows->arena, "(%s LIMIT 1 OFFSET %d)", column->parent,
	                    (int)((row - 1) % rows_there));
}

static const char *value_of(struct rows *rows, const struct rows_table *table,
                            const struct rows_column *column, uint32_t row, uint32_t attempt)
{
	const char *value = NULL;

	if (column->parent == NULL)
		return value_make(rows, column, row, attempt);
	if (rows->sort != ROWS_PLAIN && column->is_nullable)
		return "NULL";
	value = parent_value(rows, table, column, row);
	if (value != NULL)
		return value;
	/* Its own table, and no row there to point to but itself; or one that is empty. */
	return column->is_nullable ? "NULL" : value_make(rows, column, row, 0);
}

static bool insert(struct rows *rows, const struct rows_table *table, uint32_t row,
                   uint32_t attempt)
{
	struct buffer names = { 0 };
	struct buffer values = { 0 };
	bool is_in;
	size_t i;

	for (i = 0; i < table->column_count; i++) {
		const struct rows_column *column = &table->columns[i];

		if (column->is_left_out)
			continue;
		buffer_format(&names, "%s%s", names.size > 0 ? ", " : "", column->name);
		buffer_format(&values, "%s%s", values.size > 0 ? ", " : "",
		              value_of(rows, table, column, row, attempt));
	}
	is_in = rows->stage->driver->run(
	        rows->stage,
	        names.size > 0
	                ? arena_format(rows->arena, "INSERT INTO %s (%.*s) VALUES (%.*s)",
	                               table->name, (int)names.size, (const char *)names.start,
	                               (int)values.size, (const char *)values.start)
	                : arena_format(rows->arena, "INSERT INTO %s DEFAULT VALUES", table->name));
	buffer_clear(&names);
	buffer_clear(&values);
	return is_in;
}

static void fill(struct rows *rows, struct rows_table *table)
{
	uint32_t row = 1;
	uint32_t attempt = 0;

	if (table->count != 0 || table->is_hopeless || table->is_at_work)
		return;
	table->is_at_work = true;
	while (row <= ROWS_EACH && attempt < ATTEMPTS_MAX)
		if (insert(rows, table, row, attempt))
			row++;
		else
			attempt++;
	table->is_at_work = false;
	count(rows, table);
	table->is_hopeless = table->count <= 0 && !rows->met_circle;
}

static void fill_all(struct rows *rows)
{
	size_t i;

	for (i = 0; rows->catalog != NULL && i < rows->catalog->count; i++) {
		if (rows->catalog->items[i]->kind != CATALOG_TABLE)
			continue;
		rows->met_circle = false;
		fill(rows, rows_find(rows, rows->catalog->items[i]->name));
	}
}

void rows_fill(struct rows *rows)
{
	rows_settle(rows, NULL, NULL);
	fill_all(rows);
	fill_all(rows);    /* Who was in a circle finds the others there now. */
	count_dirty(rows); /* Triggers may have put rows elsewhere. */
}
