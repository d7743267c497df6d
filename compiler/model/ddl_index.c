/* ddl_index.c - CREATE INDEX, and REINDEX. */
#include "ddl_parts.h"

#include <string.h>

/* ---- what is indexed ------------------------------------------------------------------------- */

/* Words and signs that follow the expression of an indexed column. */
static const char *const expression_ends[] = {
	",", "collate", "asc", "desc", "nulls", "with", NULL
};

/* A name that stands alone; NULL for an expression. */
static const char *column_name(struct cursor *cursor)
{
	struct cursor ahead = *cursor;
	const char *name;

	if (cursor->token.kind == TOKEN_OPEN)
		return NULL;
	name = cursor_take_part(&ahead);
	if (name == NULL || cursor_at_end(&ahead) || cursor_is_one_of(&ahead, expression_ends))
		return name;
	/* PostgreSQL: an operator class; in SQLite it goes on. */
	if (cursor->dialect == DIALECT_SQLITE || ahead.token.kind == TOKEN_OPEN ||
	    cursor_is(&ahead, "."))
		return NULL;
	return name;
}

/* Without the parentheses that a whole expression stands in. */
static struct text read_expression(struct cursor *cursor)
{
	const unsigned char *start = cursor->token.text.start;
	struct text text;

	if (cursor->dialect == DIALECT_SQLITE) {
		text = cursor_take_until(cursor, expression_ends);
	} else {
		/* (expression), function(...) or a name; what follows is an operator class. */
		cursor_skip(cursor);
		while (cursor_take(cursor, "."))
			cursor_skip(cursor);
		if (cursor->token.kind == TOKEN_OPEN && *start != '(')
			cursor_skip(cursor);
		text = cursor_since(cursor, start);
	}
	return text;
}

static struct ddl_index_column read_index_column(struct cursor *cursor)
{
	const unsigned char *start = cursor->token.text.start;
	struct ddl_index_column column = { .name = column_name(cursor) };

	if (column.name != NULL) {
		cursor_advance(cursor);
		column.expression = cursor_since(cursor, start);
	} else {
		column.expression = read_expression(cursor);
	}
	while (!cursor_at_end(cursor) && !cursor_is(cursor, ",")) {
		if (cursor_take(cursor, "collate")) {
			column.collation = cursor_take_name(cursor).name;
		} else {
			column.descending |= cursor_is(cursor, "desc");
			cursor_skip(cursor);
		}
	}
	column.at = cursor_since(cursor, start);
	return column;
}

size_t ddl_read_index_columns(struct cursor *cursor, const struct ddl_index_column **columns)
{
	struct text group = cursor_take_group(cursor);
	struct list list = { 0 };
	struct cursor inside;

	if (group.start == NULL)
		return 0;
	inside = cursor_inside(cursor, group);
	while (!cursor_at_end(&inside)) {
		*(struct ddl_index_column *)list_add(cursor->arena, &list,
		                                     sizeof(struct ddl_index_column)) =
		        read_index_column(&inside);
		cursor_take(&inside, ",");
	}
	*columns = list.items;
	return list.count;
}

/* ---- statements ------------------------------------------------------------------------------ */

static void read_index_options(struct cursor *cursor, struct ddl *ddl)
{
	static const char *const ends[] = { "where", "include", NULL };
	static const char *const none[] = { NULL };

	for (;;) {
		cursor_take_until(cursor, ends);
		if (cursor_take(cursor, "include")) {
			ddl->include = cursor_take_group(cursor);
		} else if (cursor_take(cursor, "where")) {
			ddl->where = cursor_take_until(cursor, none);
			return;
		} else {
			return;
		}
	}
}

/* Behind CREATE [UNIQUE] INDEX. */
void ddl_read_create_index(struct cursor *cursor, struct ddl *ddl)
{
	struct cursor ahead = *cursor;

	ddl->kind = DDL_CREATE_INDEX;
	ddl->concurrently =
	        cursor->dialect == DIALECT_POSTGRES && cursor_take(cursor, "concurrently");
	ahead = *cursor;
	if (cursor_take(&ahead, "on")) /* PostgreSQL finds a name. */
		*cursor = ahead;
	else {
		ddl_read_new_name(cursor, ddl);
		cursor_take(cursor, "on");
	}
	ddl->only = cursor->dialect == DIALECT_POSTGRES && cursor_take(cursor, "only");
	ddl->table = cursor_take_name(cursor);
	if (ddl->name.name != NULL && ddl->name.schema == NULL)
		ddl->name.schema = ddl->table.schema; /* An index is where its table is. */
	if (ddl->name.schema != NULL && ddl->table.schema == NULL)
		ddl->table.schema = ddl->name.schema;
	if (cursor_take(cursor, "using")) {
		ddl->method = ddl_lower(cursor, cursor->token.text);
		cursor_advance(cursor);
	}
	ddl->index_column_count = ddl_read_index_columns(cursor, &ddl->index_columns);
	read_index_options(cursor, ddl);
}

void ddl_read_reindex(struct cursor *cursor, struct ddl *ddl)
{
	ddl->kind = DDL_REINDEX;
	if (cursor->dialect == DIALECT_POSTGRES) {
		struct text options = cursor_take_group(cursor);

		ddl->concurrently = ddl_group_has(cursor, options, "concurrently");
		ddl->object = ddl_read_object(cursor);
		if (cursor_take(cursor, "concurrently"))
			ddl->concurrently = true;
	}
	ddl->name = cursor_take_name(cursor);
}
