/* ddl_object.c - CREATE and DROP: which object, and the ones that need little reading. */
#include "ddl_parts.h"

static const char *const none[] = { NULL };

/* ---- kinds of objects ------------------------------------------------------------------------ */

static const struct object_row {
	const char *words;
	enum ddl_object object;
} objects[] = {
	{ "table", OBJECT_TABLE },
	{ "foreign table", OBJECT_TABLE },
	{ "index", OBJECT_INDEX },
	{ "view", OBJECT_VIEW },
	{ "materialized view", OBJECT_MATERIALIZED_VIEW },
	{ "trigger", OBJECT_TRIGGER },
	{ "function", OBJECT_FUNCTION },
	{ "routine", OBJECT_FUNCTION },
	{ "procedure", OBJECT_PROCEDURE },
	{ "aggregate", OBJECT_AGGREGATE },
	{ "type", OBJECT_TYPE },
	{ "domain", OBJECT_DOMAIN },
	{ "sequence", OBJECT_SEQUENCE },
	{ "schema", OBJECT_SCHEMA },
	{ "database", OBJECT_DATABASE },
	{ "system", OBJECT_SYSTEM },
	{ "extension", OBJECT_EXTENSION },
	{ "policy", OBJECT_POLICY },
	{ "rule", OBJECT_RULE },
};

enum ddl_object ddl_read_object(struct cursor *cursor)
{
	size_t i;

	for (i = 0; i < sizeof(objects) / sizeof(objects[0]); i++)
		if (cursor_take_words(cursor, objects[i].words))
			return objects[i].object;
	return OBJECT_OTHER;
}

/* ---- CREATE ---------------------------------------------------------------------------------- */

static void read_view(struct cursor *cursor, struct ddl *ddl)
{
	static const char *const as[] = { "as", NULL };
	static const char *const with[] = { "with", NULL };
	const unsigned char *start;

	ddl->kind = DDL_CREATE_VIEW;
	ddl_read_new_name(cursor, ddl);
	cursor_take_until(cursor, as);
	cursor_take(cursor, "as");
	start = cursor->token.text.start;
	cursor_take_until(cursor, none);
	ddl->as_query = cursor_since(cursor, start);
	if (ddl->materialized) { /* ... WITH [NO] DATA */
		struct cursor inside = cursor_inside(cursor, ddl->as_query);

		while (!cursor_at_end(&inside)) {
			struct cursor ahead;

			cursor_take_until(&inside, with);
			ahead = inside;
			if (cursor_take_words(&ahead, "with data") ||
			    cursor_take_words(&ahead, "with no data")) {
				ddl->as_query = cursor_since(&inside, start);
				break;
			}
			cursor_advance(&inside);
		}
	}
}

static void read_strings(struct cursor *cursor, struct ddl *ddl)
{
	struct text group = cursor_take_group(cursor);
	struct list list = { 0 };
	struct cursor inside;

	if (group.start == NULL)
		return;
	inside = cursor_inside(cursor, group);
	while (!cursor_at_end(&inside)) {
		const char *value = cursor_take_string(&inside);

		if (value != NULL)
			*(const char **)list_add(cursor->arena, &list, sizeof(value)) = value;
		else
			cursor_skip(&inside);
	}
	ddl->values = list.items;
	ddl->value_count = list.count;
}

static void read_type(struct cursor *cursor, struct ddl *ddl)
{
	ddl->kind = DDL_CREATE_TYPE;
	ddl->name = cursor_take_name(cursor);
	if (cursor_take_words(cursor, "as enum"))
		read_strings(cursor, ddl);
}

static void read_domain(struct cursor *cursor, struct ddl *ddl)
{
	struct ddl_column *column = arena_array(cursor->arena, struct ddl_column, 1);
	const unsigned char *start;

	ddl->kind = DDL_CREATE_DOMAIN;
	ddl->name = cursor_take_name(cursor);
	column->name = ddl->name.name;
	cursor_take(cursor, "as");
	start = cursor->token.text.start;
	column->type = ddl_read_type(cursor);
	ddl_read_column_constraints(cursor, column);
	column->at = cursor_since(cursor, start);
	ddl->columns = column;
	ddl->column_count = column->name != NULL;
}

static void read_schema(struct cursor *cursor, struct ddl *ddl)
{
	ddl->kind = DDL_CREATE_SCHEMA;
	ddl->if_not_exists = cursor_take_words(cursor, "if not exists");
	if (!cursor_is(cursor, "authorization"))
		ddl->name = cursor_take_name(cursor);
	if (cursor_take(cursor, "authorization")) {
		struct name role = cursor_take_name(cursor);

		if (ddl->name.name == NULL)
			ddl->name = role;
	}
	ddl->has_elements = !cursor_at_end(cursor);
}

/* CREATE POLICY, CREATE RULE: name [AS ON event TO | ON] table. */
static void read_on_table(struct cursor *cursor, struct ddl *ddl, enum ddl_kind kind)
{
	static const char *const to[] = { "to", NULL };

	ddl->kind = kind;
	ddl->name = cursor_take_name(cursor);
	if (kind == DDL_CREATE_RULE && cursor_take_words(cursor, "as on")) {
		cursor_take_until(cursor, to);
		cursor_take(cursor, "to");
		ddl->table = cursor_take_name(cursor);
	} else if (cursor_take(cursor, "on")) {
		ddl->table = cursor_take_name(cursor);
	}
}

static void read_named(struct cursor *cursor, struct ddl *ddl, enum ddl_kind kind)
{
	ddl->kind = kind;
	ddl_read_new_name(cursor, ddl);
}

/* What may stand between CREATE and the kind of object. */
static void read_modifiers(struct cursor *cursor, struct ddl *ddl)
{
	struct cursor ahead;

	ddl->or_replace = cursor_take_words(cursor, "or replace");
	for (;;) {
		ahead = *cursor;
		if (cursor_take(cursor, "temp") || cursor_take(cursor, "temporary"))
			ddl->temporary = true;
		else if (cursor_take(cursor, "unique"))
			ddl->unique = true;
		else if (cursor_take_words(&ahead, "foreign table"))
			ddl->foreign_table = cursor_take(cursor, "foreign");
		else if (cursor_take_words(&ahead, "virtual table"))
			ddl->virtual_table = cursor_take(cursor, "virtual");
		else if (!cursor_take(cursor, "unlogged") && !cursor_take(cursor, "global") &&
		         !cursor_take(cursor, "local") && !cursor_take(cursor, "recursive") &&
		         !cursor_take(cursor, "constraint"))
			return;
	}
}

void ddl_read_create(struct cursor *cursor, struct ddl *ddl)
{
	read_modifiers(cursor, ddl);
	ddl->object = ddl_read_object(cursor);
	switch (ddl->object) {
	case OBJECT_TABLE:
		if (ddl->virtual_table)
			ddl_read_create_virtual_table(cursor, ddl);
		else
			ddl_read_create_table(cursor, ddl);
		break;
	case OBJECT_INDEX: ddl_read_create_index(cursor, ddl); break;
	case OBJECT_MATERIALIZED_VIEW: ddl->materialized = true; /* fall through */
	case OBJECT_VIEW: read_view(cursor, ddl); break;
	case OBJECT_TRIGGER: ddl_read_create_trigger(cursor, ddl); break;
	case OBJECT_FUNCTION:
	case OBJECT_PROCEDURE: ddl_read_create_function(cursor, ddl); break;
	case OBJECT_TYPE: read_type(cursor, ddl); break;
	case OBJECT_DOMAIN: read_domain(cursor, ddl); break;
	case OBJECT_SCHEMA: read_schema(cursor, ddl); break;
	case OBJECT_SEQUENCE: read_named(cursor, ddl, DDL_CREATE_SEQUENCE); break;
	case OBJECT_EXTENSION: read_named(cursor, ddl, DDL_CREATE_EXTENSION); break;
	case OBJECT_POLICY: read_on_table(cursor, ddl, DDL_CREATE_POLICY); break;
	case OBJECT_RULE: read_on_table(cursor, ddl, DDL_CREATE_RULE); break;
	default: break;
	}
	if (ddl->temporary && ddl->name.name != NULL && ddl->name.schema == NULL)
		ddl->name.schema = cursor->dialect == DIALECT_SQLITE ? "temp" : "pg_temp";
}

/* ---- DROP ------------------------------------------------------------------------------------ */

void ddl_read_drop(struct cursor *cursor, struct ddl *ddl)
{
	ddl->foreign_table = cursor_is(cursor, "foreign");
	ddl->kind = DDL_DROP;
	ddl->object = ddl_read_object(cursor);
	ddl->materialized = ddl->object == OBJECT_MATERIALIZED_VIEW;
	if (ddl->object == OBJECT_OTHER)
		return;
	ddl->concurrently = cursor_take(cursor, "concurrently");
	ddl->if_exists = cursor_take_words(cursor, "if exists");
	ddl_read_names(cursor, ddl);
	if (cursor_take(cursor, "on"))
		ddl->table = cursor_take_name(cursor);
	ddl->cascade = cursor_take(cursor, "cascade");
}
