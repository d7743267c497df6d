/* naming.c - as makeObjectName() and ChooseConstraintName() of the server name things. */
#include "naming.h"

#include "cursor.h"
#include "schema_lookup.h"

#include <string.h>

/* Not in the middle of a character. */
static size_t clip(const char *text, size_t size)
{
	while (size > 0 && ((unsigned char)text[size] & 0xc0) == 0x80)
		size--;
	return size;
}

/* What is too long is taken from the longer of table and middle. */
const char *naming_join(struct arena *arena, const char *table, const char *middle,
                        const char *label)
{
	size_t table_size = strlen(table);
	size_t middle_size = middle != NULL ? strlen(middle) : 0;
	size_t overhead = (middle != NULL) + (label != NULL ? strlen(label) + 1 : 0);

	while (table_size + middle_size + overhead > POSTGRES_NAME_SIZE_MAX) {
		if (table_size > middle_size)
			table_size--;
		else if (middle_size > 0)
			middle_size--;
		else
			break;
	}
	table_size = clip(table, table_size);
	if (middle != NULL)
		middle_size = clip(middle, middle_size);
	return arena_format(arena, "%.*s%s%.*s%s%s", (int)table_size, table,
	                    middle != NULL ? "_" : "", (int)middle_size,
	                    middle != NULL ? middle : "", label != NULL ? "_" : "",
	                    label != NULL ? label : "");
}

/* As long as a name may be. */
const char *naming_columns(struct arena *arena, const char *const *columns, size_t count)
{
	const char *joined = NULL;
	size_t i;

	for (i = 0; i < count; i++) {
		joined = joined == NULL ? columns[i]
		                        : arena_format(arena, "%s_%s", joined, columns[i]);
		if (strlen(joined) > POSTGRES_NAME_SIZE_MAX)
			break;
	}
	return joined;
}

/* As FigureIndexColname() of the server, for what is written in practice: f(...), c::type. */
const char *naming_index_column(struct arena *arena, const struct ddl_index_column *column,
                                enum dialect dialect)
{
	struct cursor cursor, group;
	struct text inner;
	struct name name;

	if (column->name != NULL)
		return column->name;
	if (column->expression.start == NULL)
		return "expr";
	cursor = group = cursor_of_text(arena, column->expression, dialect);
	inner = cursor_take_group(&group);
	if (inner.start != NULL && cursor_at_end(&group))
		cursor = cursor_of_text(arena, inner, dialect);
	if (cursor_is(&cursor, "case"))
		return "case";
	name = cursor_take_name(&cursor);
	if (name.name == NULL || cursor_is(&cursor, "::"))
		return name.name != NULL ? name.name : "expr";
	cursor_take_group(&cursor);
	return cursor_at_end(&cursor) && strcmp(name.name, "cast") != 0 ? name.name : "expr";
}

const char *naming_check(const struct schema *schema, const struct schema_table *table,
                         struct text expression)
{
	struct cursor cursor;
	const char *only = NULL;

	if (expression.start == NULL)
		return NULL;
	cursor = cursor_of_text(schema->arena, expression, schema->dialect);
	while (!cursor_at_end(&cursor)) {
		const char *name = cursor_take_part(&cursor);
		const struct schema_column *column;

		if (name == NULL) {
			cursor_advance(&cursor);
			continue;
		}
		if (cursor.token.kind == TOKEN_OPEN || cursor_is(&cursor, "."))
			continue;
		column = schema_column(schema, table, name);
		if (column == NULL)
			continue;
		if (only != NULL && strcmp(only, column->name) != 0)
			return NULL;
		only = column->name;
	}
	return only;
}

static bool is_taken(const struct schema *schema, const struct schema_table *table,
                     const char *name)
{
	struct name full = { .schema = table->name.schema, .name = name };

	return schema_constraint(schema, table, name) != NULL ||
	       lookup_find(schema->lookup, OBJECT_INDEX, full) != NULL ||
	       lookup_find(schema->lookup, OBJECT_TABLE, full) != NULL;
}

const char *naming_constraint(const struct schema *schema, const struct schema_table *table,
                              const struct schema_constraint *constraint)
{
	static const char *const labels[] = {
		[CONSTRAINT_PRIMARY_KEY] = "pkey", [CONSTRAINT_UNIQUE] = "key",
		[CONSTRAINT_CHECK] = "check",      [CONSTRAINT_FOREIGN_KEY] = "fkey",
		[CONSTRAINT_EXCLUDE] = "excl",     [CONSTRAINT_NOT_NULL] = "not_null",
	};
	const char *label = labels[constraint->kind];
	const char *middle =
	        naming_columns(schema->arena, constraint->columns, constraint->column_count);
	const char *name;
	unsigned number = 0;

	if (constraint->kind == CONSTRAINT_PRIMARY_KEY)
		middle = NULL;
	else if (constraint->kind == CONSTRAINT_CHECK)
		middle = naming_check(schema, table, constraint->expression);
	name = naming_join(schema->arena, table->name.name, middle, label);
	while (is_taken(schema, table, name))
		name = naming_join(schema->arena, table->name.name, middle,
		                   arena_format(schema->arena, "%s%u", label, ++number));
	return name;
}

struct name naming_index(const struct schema *schema, const struct ddl *ddl)
{
	const char **columns =
	        arena_array(schema->arena, const char *, ddl->index_column_count + 1);
	struct name name = { .schema = ddl->table.schema };
	const char *label = "idx";
	const char *middle;
	unsigned number = 0;
	size_t i;

	for (i = 0; i < ddl->index_column_count; i++)
		columns[i] =
		        naming_index_column(schema->arena, &ddl->index_columns[i], schema->dialect);
	middle = naming_columns(schema->arena, columns, ddl->index_column_count);
	name.name = naming_join(schema->arena, ddl->table.name, middle, label);
	while (lookup_find(schema->lookup, OBJECT_INDEX, name) != NULL)
		name.name = naming_join(schema->arena, ddl->table.name, middle,
		                        arena_format(schema->arena, "%s%u", label, ++number));
	return name;
}
