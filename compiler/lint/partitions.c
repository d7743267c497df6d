/* partitions.c - keys and bounds of partitions. */
#include "partitions.h"

#include "model/cursor.h"
#include "rewrites.h"

#include <string.h>

/* ---- the key --------------------------------------------------------------------------------- */

/* PARTITION BY method (column). */
struct key {
	bool is_range;
	bool is_list;
	const char *column; /* The only one; NULL: another kind of key. */
};

static struct key key_of(const struct schema *schema, struct name parent)
{
	const struct schema_table *table = schema_table(schema, parent);
	struct key key = { .column = NULL };
	struct cursor cursor, inside;

	if (table == NULL || table->origin.statement == NULL)
		return key;
	cursor = cursor_of(schema->arena, table->origin.statement, DIALECT_POSTGRES);
	while (!cursor_at_end(&cursor) && !cursor_take_words(&cursor, "partition by"))
		cursor_skip(&cursor);
	key.is_range = cursor_take(&cursor, "range");
	key.is_list = cursor_take(&cursor, "list");
	if (!key.is_range && !key.is_list)
		return key;
	inside = cursor_inside(&cursor, cursor_take_group(&cursor));
	key.column = cursor_take_part(&inside);
	if (!cursor_at_end(&inside))
		key.column = NULL;
	return key;
}

/* ---- bounds ---------------------------------------------------------------------------------- */

/* (x), one value: its text; empty for MINVALUE and MAXVALUE, NULL when it is none. */
static const char *take_limit(struct cursor *cursor)
{
	static const char *const comma[] = { ",", NULL };
	struct text group = cursor_take_group(cursor);
	struct cursor inside;
	struct text value;

	if (group.start == NULL)
		return NULL;
	inside = cursor_inside(cursor, group);
	if (cursor_is(&inside, "minvalue") || cursor_is(&inside, "maxvalue"))
		return "";
	value = cursor_take_until(&inside, comma);
	return cursor_at_end(&inside) && value.size > 0 ? arena_copy(cursor->arena, value) : NULL;
}

static const char *check_range(struct cursor *cursor, const char *column)
{
	const char *from, *to, *lower = "", *upper = "";

	if (!cursor_take(cursor, "from") || (from = take_limit(cursor)) == NULL ||
	    !cursor_take(cursor, "to") || (to = take_limit(cursor)) == NULL)
		return NULL;
	if (from[0] != '\0')
		lower = arena_format(cursor->arena, "%s >= %s", column, from);
	if (to[0] != '\0')
		upper = arena_format(cursor->arena, "%s < %s", column, to);
	return arena_format(cursor->arena, "%s%s%s", lower,
	                    from[0] != '\0' && to[0] != '\0' ? " AND " : "", upper);
}

/* "day IS NOT NULL", where nobody knows it. */
static const char *check_null(const struct schema *schema, struct name child, const char *column)
{
	const struct schema_table *table = schema_table(schema, child);

	if (table != NULL && rewrites_knows_not_null(schema, table, column))
		return NULL;
	return arena_format(schema->arena, "%s IS NOT NULL",
	                    name_quote(schema->arena, column, DIALECT_POSTGRES));
}

static const char *check_bound(const struct schema *schema, const struct key *key,
                               struct text bound)
{
	struct cursor cursor = cursor_of_text(schema->arena, bound, DIALECT_POSTGRES);
	const char *column = name_quote(schema->arena, key->column, DIALECT_POSTGRES);
	struct text values;

	if (!cursor_take_words(&cursor, "for values"))
		return NULL;
	if (key->is_range)
		return check_range(&cursor, column);
	if (!cursor_take(&cursor, "in"))
		return NULL;
	values = cursor_take_group(&cursor);
	return values.start == NULL ? NULL
	                            : arena_format(schema->arena, "%s IN (%.*s)", column,
	                                           (int)values.size, (const char *)values.start);
}

const char *partition_check(const struct schema *schema, struct name parent, struct name child,
                            struct text bound)
{
	struct key key = key_of(schema, parent);
	const char *check, *null;

	if (key.column == NULL || bound.start == NULL)
		return NULL;
	check = check_bound(schema, &key, bound);
	null = check_null(schema, child, key.column);
	if (check == NULL || null == NULL)
		return check;
	return check[0] == '\0' ? null : arena_format(schema->arena, "%s AND %s", null, check);
}

/* ---- the default partition ------------------------------------------------------------------- */

/* Was it made as PARTITION OF ... DEFAULT? */
static bool is_default(const struct schema *schema, const struct schema_table *table)
{
	struct cursor cursor;

	/* A glance before the lexer is asked: a table may have very many partitions. */
	if (table->origin.statement == NULL ||
	    !text_contains_caseless(table->origin.statement->text, text_of("default")))
		return false;
	cursor = cursor_of(schema->arena, table->origin.statement, DIALECT_POSTGRES);
	while (!cursor_at_end(&cursor) && !cursor_take_words(&cursor, "partition of"))
		cursor_skip(&cursor);
	cursor_take_name(&cursor);
	cursor_take_group(&cursor);
	return cursor_is(&cursor, "default");
}

const struct schema_table *partition_default(const struct schema *schema, struct name parent)
{
	size_t i;

	for (i = 0; i < schema->table_count; i++) {
		const struct schema_table *table = &schema->tables[i];

		if (table->partition_of.name != NULL &&
		    name_equals(table->partition_of, parent, DIALECT_POSTGRES) &&
		    is_default(schema, table))
			return table;
	}
	return NULL;
}

/* ---- checks ---------------------------------------------------------------------------------- */

static bool speaks_of(const struct schema *schema, struct text expression, const char *column)
{
	struct cursor cursor = cursor_of_text(schema->arena, expression, DIALECT_POSTGRES);

	while (!cursor_at_end(&cursor)) {
		const char *part = cursor_take_part(&cursor);

		if (part == NULL)
			cursor_advance(&cursor);
		else if (strcmp(part, column) == 0)
			return true;
	}
	return false;
}

bool partition_is_checked(const struct schema *schema, struct name parent, struct name child)
{
	const struct schema_table *table = schema_table(schema, child);
	struct key key = key_of(schema, parent);
	size_t i;

	for (i = 0; table != NULL && i < table->constraint_count; i++) {
		const struct schema_constraint *constraint = &table->constraints[i];

		if (constraint->kind == CONSTRAINT_CHECK && constraint->valid &&
		    constraint->expression.start != NULL &&
		    (key.column == NULL || speaks_of(schema, constraint->expression, key.column)))
			return true;
	}
	return false;
}
