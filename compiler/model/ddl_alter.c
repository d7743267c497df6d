/* ddl_alter.c - ALTER: what is altered, and the actions by commas. */
#include "ddl_parts.h"

#include <string.h>

static const char *const comma[] = { ",", NULL };
static const char *const none[] = { NULL };

/* CASCADE or RESTRICT at the end of an action. */
static void read_behavior(struct cursor *cursor, struct ddl_action *action)
{
	action->cascade = cursor_take(cursor, "cascade");
	if (!action->cascade)
		cursor_take(cursor, "restrict");
}

/* ---- ADD and DROP ---------------------------------------------------------------------------- */

static void read_add(struct cursor *cursor, struct ddl_action *action)
{
	if (ddl_at_table_constraint(cursor)) {
		action->kind = ACTION_ADD_CONSTRAINT;
		action->constraint = ddl_read_table_constraint(cursor);
		action->name = action->constraint.name;
		return;
	}
	action->kind = ACTION_ADD_COLUMN;
	cursor_take(cursor, "column");
	action->if_not_exists = cursor_take_words(cursor, "if not exists");
	action->column = ddl_read_column(cursor);
	action->name = action->column.name;
	if (action->name == NULL)
		action->kind = ACTION_OTHER;
}

static void read_drop(struct cursor *cursor, struct ddl_action *action)
{
	action->kind = ACTION_DROP_COLUMN;
	if (cursor_take(cursor, "constraint"))
		action->kind = ACTION_DROP_CONSTRAINT;
	else
		cursor_take(cursor, "column");
	action->if_exists = cursor_take_words(cursor, "if exists");
	action->name = cursor_take_part(cursor);
	if (action->name == NULL)
		action->kind = ACTION_OTHER;
	read_behavior(cursor, action);
}

/* ---- ALTER COLUMN ---------------------------------------------------------------------------- */

static void read_set_type(struct cursor *cursor, struct ddl_action *action)
{
	action->kind = ACTION_SET_TYPE;
	action->type = ddl_read_type(cursor);
	if (cursor_take(cursor, "collate"))
		action->column.collation = cursor_take_name(cursor).name;
	if (cursor_take(cursor, "using"))
		action->using_at = cursor_take_until(cursor, comma);
}

/* SET DEFAULT, DROP NOT NULL and so on, of a column or a domain; false: another one. */
static bool read_set_or_drop(struct cursor *cursor, struct ddl_action *action)
{
	static const struct {
		const char *words;
		enum ddl_action_kind kind;
	} rows[] = {
		{ "set default", ACTION_SET_DEFAULT },
		{ "drop default", ACTION_DROP_DEFAULT },
		{ "set not null", ACTION_SET_NOT_NULL },
		{ "drop not null", ACTION_DROP_NOT_NULL },
		{ "drop expression", ACTION_DROP_EXPRESSION },
		{ "drop identity", ACTION_DROP_IDENTITY },
		{ "add generated", ACTION_ADD_IDENTITY },
		{ "set statistics", ACTION_SET_STORAGE },
		{ "set storage", ACTION_SET_STORAGE },
		{ "set compression", ACTION_SET_STORAGE },
		{ "set (", ACTION_SET_STORAGE },
		{ "reset (", ACTION_SET_STORAGE },
	};
	struct cursor ahead = *cursor;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (cursor_take_words(&ahead, rows[i].words))
			break;
	if (i == sizeof(rows) / sizeof(rows[0]))
		return false;
	action->kind = rows[i].kind;
	if (strchr(rows[i].words, '(') == NULL)
		*cursor = ahead;
	else
		cursor_advance(cursor);
	if (action->kind == ACTION_SET_DEFAULT)
		action->expression = cursor_take_until(cursor, comma);
	if (action->kind == ACTION_DROP_EXPRESSION || action->kind == ACTION_DROP_IDENTITY)
		action->if_exists = cursor_take_words(cursor, "if exists");
	return true;
}

static void read_alter_column(struct cursor *cursor, struct ddl_action *action)
{
	cursor_take(cursor, "column");
	action->name = cursor_take_part(cursor);
	if (action->name == NULL || read_set_or_drop(cursor, action))
		return;
	if (cursor_take(cursor, "type") || cursor_take_words(cursor, "set data type"))
		read_set_type(cursor, action);
}

/* ---- RENAME, SET and the others of a table --------------------------------------------------- */

/* Behind RENAME: [COLUMN | CONSTRAINT | VALUE | ATTRIBUTE] [a] TO b. */
static void read_rename(struct cursor *cursor, struct ddl_action *action)
{
	if (cursor_take(cursor, "to")) {
		action->kind = ACTION_RENAME;
		action->new_name = cursor_take_part(cursor);
		return;
	}
	if (cursor_take(cursor, "value")) {
		action->kind = ACTION_RENAME_VALUE;
		action->name = cursor_take_string(cursor);
		cursor_take(cursor, "to");
		action->new_name = cursor_take_string(cursor);
		return;
	}
	if (cursor_take(cursor, "attribute"))
		return;
	action->kind = ACTION_RENAME_COLUMN;
	if (cursor_take(cursor, "constraint"))
		action->kind = ACTION_RENAME_CONSTRAINT;
	else
		cursor_take(cursor, "column");
	action->name = cursor_take_part(cursor);
	cursor_take(cursor, "to");
	action->new_name = cursor_take_part(cursor);
	if (action->name == NULL || action->new_name == NULL)
		action->kind = ACTION_OTHER;
}

/* An action that is its words, and perhaps a name. */
static const struct simple_action {
	const char *words;
	enum ddl_action_kind kind;
	enum {
		WITH_NOTHING,
		WITH_NAME,
		WITH_NEW_NAME
	} operand;
} simple_actions[] = {
	{ "set schema", ACTION_SET_SCHEMA, WITH_NEW_NAME },
	{ "set logged", ACTION_SET_LOGGED, WITH_NOTHING },
	{ "set unlogged", ACTION_SET_UNLOGGED, WITH_NOTHING },
	{ "set tablespace", ACTION_SET_TABLESPACE, WITH_NEW_NAME },
	{ "set access method", ACTION_SET_ACCESS_METHOD, WITH_NEW_NAME },
	{ "set without", ACTION_SET_STORAGE, WITH_NOTHING },
	{ "set", ACTION_SET_STORAGE, WITH_NOTHING },
	{ "reset", ACTION_SET_STORAGE, WITH_NOTHING },
	{ "replica identity", ACTION_SET_STORAGE, WITH_NOTHING },
	{ "cluster on", ACTION_CLUSTER_ON, WITH_NAME },
	{ "validate constraint", ACTION_VALIDATE_CONSTRAINT, WITH_NAME },
	{ "alter constraint", ACTION_ALTER_CONSTRAINT, WITH_NAME },
	{ "enable trigger", ACTION_ENABLE_TRIGGER, WITH_NAME },
	{ "enable replica trigger", ACTION_ENABLE_TRIGGER, WITH_NAME },
	{ "enable always trigger", ACTION_ENABLE_TRIGGER, WITH_NAME },
	{ "disable trigger", ACTION_DISABLE_TRIGGER, WITH_NAME },
	{ "enable row level security", ACTION_ROW_SECURITY, WITH_NOTHING },
	{ "disable row level security", ACTION_ROW_SECURITY, WITH_NOTHING },
	{ "force row level security", ACTION_ROW_SECURITY, WITH_NOTHING },
	{ "no force row level security", ACTION_ROW_SECURITY, WITH_NOTHING },
};

static bool read_simple(struct cursor *cursor, struct ddl_action *action)
{
	size_t i;

	for (i = 0; i < sizeof(simple_actions) / sizeof(simple_actions[0]); i++) {
		const struct simple_action *row = &simple_actions[i];

		if (!cursor_take_words(cursor, row->words))
			continue;
		action->kind = row->kind;
		if (row->operand == WITH_NAME)
			action->name = cursor_take_part(cursor);
		else if (row->operand == WITH_NEW_NAME)
			action->new_name = cursor_take_part(cursor);
		return true;
	}
	return false;
}

static bool read_partition(struct cursor *cursor, struct ddl_action *action)
{
	if (cursor_take_words(cursor, "attach partition")) {
		action->kind = ACTION_ATTACH_PARTITION;
		action->other = cursor_take_name(cursor);
		action->expression = cursor_take_until(cursor, none);
		return true;
	}
	if (!cursor_take_words(cursor, "detach partition"))
		return false;
	action->kind = ACTION_DETACH_PARTITION;
	action->other = cursor_take_name(cursor);
	action->concurrently = cursor_take(cursor, "concurrently");
	return true;
}

/* ---- types ----------------------------------------------------------------------------------- */

static bool read_add_value(struct cursor *cursor, struct ddl_action *action)
{
	if (!cursor_take_words(cursor, "add value"))
		return false;
	action->kind = ACTION_ADD_VALUE;
	action->if_not_exists = cursor_take_words(cursor, "if not exists");
	action->name = cursor_take_string(cursor);
	action->placed = cursor_is(cursor, "before") || cursor_is(cursor, "after");
	return true;
}

/* ---- any action ------------------------------------------------------------------------------ */

static void read_table_action(struct cursor *cursor, struct ddl_action *action)
{
	if (read_simple(cursor, action) || read_partition(cursor, action))
		return;
	if (cursor_take(cursor, "add"))
		read_add(cursor, action);
	else if (cursor_take(cursor, "drop"))
		read_drop(cursor, action);
	else if (cursor_take(cursor, "alter"))
		read_alter_column(cursor, action);
	else if (cursor_take(cursor, "rename"))
		read_rename(cursor, action);
}

static void read_domain_action(struct cursor *cursor, struct ddl_action *action)
{
	if (read_set_or_drop(cursor, action) || read_simple(cursor, action))
		return;
	if (cursor_take(cursor, "add")) {
		action->kind = ACTION_ADD_CONSTRAINT;
		action->constraint = ddl_read_table_constraint(cursor);
		action->name = action->constraint.name;
	} else if (cursor_take(cursor, "rename")) {
		read_rename(cursor, action);
	} else if (cursor_is(cursor, "drop")) {
		cursor_advance(cursor);
		read_drop(cursor, action);
	}
}

/* What is no table: RENAME, SET SCHEMA, an enum's values, ATTACH PARTITION; the rest is OTHER. */
static void read_object_action(struct cursor *cursor, struct ddl_action *action)
{
	if (cursor_take(cursor, "rename")) {
		read_rename(cursor, action);
	} else if (cursor_take_words(cursor, "set schema")) {
		action->kind = ACTION_SET_SCHEMA;
		action->new_name = cursor_take_part(cursor);
	} else if (cursor_take_words(cursor, "attach partition")) {
		action->kind = ACTION_ATTACH_PARTITION;
		action->other = cursor_take_name(cursor);
	} else {
		read_add_value(cursor, action);
	}
}

/* Has it what its kind promises? */
static bool is_complete(const struct ddl_action *action)
{
	switch (action->kind) {
	case ACTION_ADD_COLUMN:
	case ACTION_DROP_COLUMN:
	case ACTION_SET_DEFAULT:
	case ACTION_DROP_DEFAULT:
	case ACTION_SET_NOT_NULL:
	case ACTION_DROP_NOT_NULL: return true; /* A domain's have no name. */
	case ACTION_RENAME:
	case ACTION_SET_SCHEMA:
	case ACTION_SET_TABLESPACE:
	case ACTION_SET_ACCESS_METHOD: return action->new_name != NULL;
	case ACTION_RENAME_COLUMN:
	case ACTION_RENAME_CONSTRAINT:
	case ACTION_RENAME_VALUE: return action->name != NULL && action->new_name != NULL;
	case ACTION_SET_TYPE: return action->type.name != NULL;
	case ACTION_ADD_CONSTRAINT: return ddl_is_complete(&action->constraint);
	case ACTION_ATTACH_PARTITION:
	case ACTION_DETACH_PARTITION: return action->other.name != NULL;
	case ACTION_DROP_CONSTRAINT:
	case ACTION_VALIDATE_CONSTRAINT:
	case ACTION_ALTER_CONSTRAINT:
	case ACTION_CLUSTER_ON:
	case ACTION_ADD_VALUE: return action->name != NULL;
	default: return true;
	}
}

typedef void read_action(struct cursor *cursor, struct ddl_action *action);

static void read_actions(struct cursor *cursor, struct ddl *ddl, read_action *read)
{
	struct list list = { 0 };

	do {
		const unsigned char *start = cursor->token.text.start;
		struct ddl_action *action;

		if (cursor_at_end(cursor))
			break;
		action = list_add(cursor->arena, &list, sizeof(*action));
		read(cursor, action);
		cursor_take_until(cursor, comma);
		if (!is_complete(action))
			*action = (struct ddl_action){ .kind = ACTION_OTHER };
		action->at = cursor_since(cursor, start);
	} while (cursor_take(cursor, ","));
	ddl->actions = list.items;
	ddl->action_count = list.count;
}

/* ---- what is altered ------------------------------------------------------------------------- */

static enum ddl_kind kind_of(enum ddl_object object)
{
	switch (object) {
	case OBJECT_TABLE: return DDL_ALTER_TABLE;
	case OBJECT_INDEX: return DDL_ALTER_INDEX;
	case OBJECT_VIEW:
	case OBJECT_MATERIALIZED_VIEW: return DDL_ALTER_VIEW;
	case OBJECT_TYPE: return DDL_ALTER_TYPE;
	case OBJECT_DOMAIN: return DDL_ALTER_DOMAIN;
	case OBJECT_SCHEMA: return DDL_ALTER_SCHEMA;
	case OBJECT_POLICY: return DDL_CREATE_POLICY;
	case OBJECT_OTHER:
	case OBJECT_DATABASE:
	case OBJECT_SYSTEM: return DDL_OTHER;
	default: return DDL_ALTER_OBJECT;
	}
}

static read_action *reader_of(enum ddl_kind kind)
{
	switch (kind) {
	case DDL_ALTER_TABLE: return read_table_action;
	case DDL_ALTER_DOMAIN: return read_domain_action;
	default: return read_object_action;
	}
}

void ddl_read_alter(struct cursor *cursor, struct ddl *ddl)
{
	ddl->foreign_table = cursor_is(cursor, "foreign");
	ddl->object = ddl_read_object(cursor);
	ddl->kind = kind_of(ddl->object);
	ddl->materialized = ddl->object == OBJECT_MATERIALIZED_VIEW;
	if (ddl->kind == DDL_OTHER)
		return;
	if (cursor_take_words(cursor, "all in tablespace")) {
		ddl->kind = DDL_OTHER;
		return;
	}
	ddl->if_exists = cursor_take_words(cursor, "if exists");
	if (cursor->dialect == DIALECT_POSTGRES)
		ddl->only = cursor_take(cursor, "only");
	ddl->name = cursor_take_name(cursor);
	cursor_take(cursor, "*");
	cursor_take_group(cursor); /* A function's arguments. */
	if (cursor_take(cursor, "on"))
		ddl->table = cursor_take_name(cursor);
	read_actions(cursor, ddl, reader_of(ddl->kind));
}
