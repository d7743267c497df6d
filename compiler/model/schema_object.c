/* schema_object.c - views, functions, types, sequences, schemas, triggers. */
#include "schema_parts.h"

#include <string.h>

/* ---- the list -------------------------------------------------------------------------------- */

static struct schema_object *add_object(struct schema *schema, struct schema_object object)
{
	schema->objects = arena_grow(schema->arena, schema->objects, schema->object_count,
	                             &schema->object_capacity, sizeof(object));
	schema->objects[schema->object_count] = object;
	lookup_put(schema->lookup, object.kind, object.name)->index = schema->object_count;
	return &schema->objects[schema->object_count++];
}

/* The last one takes its place. */
void schema_remove_object(struct schema *schema, struct schema_object *object)
{
	struct schema_object *last = &schema->objects[schema->object_count - 1];

	lookup_remove(schema->lookup, object->kind, object->name);
	if (object != last) {
		*object = *last;
		lookup_put(schema->lookup, object->kind, object->name)->index =
		        (size_t)(object - schema->objects);
	}
	schema->object_count--;
}

void schema_move_object(struct schema *schema, struct schema_object *object, struct name name)
{
	if (lookup_find(schema->lookup, object->kind, name) != NULL)
		return;
	lookup_remove(schema->lookup, object->kind, object->name);
	object->name = name;
	lookup_put(schema->lookup, object->kind, name)->index = (size_t)(object - schema->objects);
}

/* ---- CREATE ---------------------------------------------------------------------------------- */

static enum ddl_object kind_of(const struct ddl *ddl)
{
	switch (ddl->kind) {
	case DDL_CREATE_VIEW: return ddl->materialized ? OBJECT_MATERIALIZED_VIEW : OBJECT_VIEW;
	case DDL_CREATE_FUNCTION: return ddl->object;
	case DDL_CREATE_DOMAIN: return OBJECT_DOMAIN;
	case DDL_CREATE_SEQUENCE: return OBJECT_SEQUENCE;
	case DDL_CREATE_SCHEMA: return OBJECT_SCHEMA;
	case DDL_CREATE_EXTENSION: return OBJECT_EXTENSION;
	default: return OBJECT_TYPE;
	}
}

/* A domain that not all values of its type fit into. */
static bool has_check(const struct ddl *ddl)
{
	return ddl->kind == DDL_CREATE_DOMAIN && ddl->column_count > 0 &&
	       (ddl->columns[0].not_null || ddl->columns[0].constraint_count > 0);
}

/* Extensions that bring no tables and views. */
static bool is_plain_extension(const char *name)
{
	static const char *const plain[] = {
		"btree_gin",     "btree_gist",    "citext",   "cube",     "dblink",
		"earthdistance", "fuzzystrmatch", "hstore",   "intarray", "isn",
		"ltree",         "pg_trgm",       "pgcrypto", "plpgsql",  "tablefunc",
		"unaccent",      "uuid-ossp",     "vector",
	};
	size_t i;

	for (i = 0; i < sizeof(plain) / sizeof(plain[0]); i++)
		if (name_same(name, plain[i], DIALECT_SQLITE))
			return true;
	return false;
}

void schema_create_object(struct schema *schema, const struct ddl *ddl, struct origin origin)
{
	struct schema_object object = {
		.kind = kind_of(ddl),
		.name = ddl->name,
		.definition = ddl->kind == DDL_CREATE_VIEW ? ddl->as_query : ddl->body,
		.values = ddl->values,
		.value_count = ddl->value_count,
		.has_check = has_check(ddl),
		.origin = origin,
	};
	struct schema_object *there;

	if (ddl->name.name == NULL)
		return;
	if (ddl->kind == DDL_CREATE_EXTENSION && !is_plain_extension(ddl->name.name))
		schema->is_opaque = true;
	if (ddl->has_elements)
		schema->is_opaque = true;
	there = schema_object(schema, object.kind, object.name);
	if (there == NULL)
		add_object(schema, object);
	else if (ddl->or_replace)
		there->definition = object.definition;
}

/* ---- ALTER ----------------------------------------------------------------------------------- */

static void add_value(struct schema *schema, struct schema_object *type, const char *value)
{
	const char **values = arena_array(schema->arena, const char *, type->value_count + 1);

	if (type->value_count > 0)
		memcpy(values, type->values, type->value_count * sizeof(*values));
	values[type->value_count++] = value;
	type->values = values;
}

static void rename_value(struct schema *schema, struct schema_object *type,
                         const struct ddl_action *action)
{
	const char **values = arena_array(schema->arena, const char *, type->value_count + 1);
	size_t i;

	for (i = 0; i < type->value_count; i++)
		values[i] = strcmp(type->values[i], action->name) == 0 ? action->new_name
		                                                       : type->values[i];
	type->values = values;
}

static void apply_action(struct schema *schema, struct schema_object *object,
                         const struct ddl_action *action)
{
	struct name name = object->name;

	switch (action->kind) {
	case ACTION_RENAME:
		if (action->new_name == NULL)
			return;
		name.name = action->new_name;
		if (object->kind == OBJECT_SCHEMA)
			schema_rename_schema(schema, object->name.name, name.name);
		schema_move_object(schema, object, name);
		break;
	case ACTION_SET_SCHEMA:
		if (action->new_name == NULL)
			return;
		name.schema = action->new_name;
		schema_move_object(schema, object, name);
		break;
	case ACTION_ADD_VALUE:
		if (action->name != NULL)
			add_value(schema, object, action->name);
		break;
	case ACTION_RENAME_VALUE:
		if (action->name != NULL && action->new_name != NULL)
			rename_value(schema, object, action);
		break;
	case ACTION_ADD_CONSTRAINT:
	case ACTION_SET_NOT_NULL: object->has_check = true; break;
	default: break;
	}
}

/* Whatever `ddl` names that is no table; ALTER TABLE may name a view, an index, a sequence. */
static struct schema_object *find(const struct schema *schema, const struct ddl *ddl)
{
	static const enum ddl_object relations[] = { OBJECT_VIEW, OBJECT_MATERIALIZED_VIEW,
		                                     OBJECT_SEQUENCE };
	struct schema_object *object = schema_object(schema, ddl->object, ddl->name);
	size_t i;

	if (object != NULL || ddl->kind != DDL_ALTER_TABLE)
		return object;
	for (i = 0; i < 3 && object == NULL; i++)
		object = schema_object(schema, relations[i], ddl->name);
	return object;
}

void schema_alter_object(struct schema *schema, const struct ddl *ddl)
{
	struct schema_object *object = find(schema, ddl);
	size_t i;

	for (i = 0; i < ddl->action_count; i++) {
		const struct ddl_action *action = &ddl->actions[i];

		if (object != NULL)
			apply_action(schema, object, action);
		else if (action->kind == ACTION_RENAME &&
		         (ddl->kind == DDL_ALTER_INDEX || ddl->kind == DDL_ALTER_TABLE))
			schema_rename_index(schema, ddl->name, action->new_name);
	}
}

/* ---- triggers -------------------------------------------------------------------------------- */

/* A trigger's name stands alone in SQLite; in PostgreSQL each table has its own. */
void schema_create_trigger(struct schema *schema, const struct ddl *ddl, struct origin origin)
{
	struct schema_table *table = schema_table(schema, ddl->table);
	struct name name = { .schema = ddl->table.schema, .name = ddl->name.name };
	struct schema_trigger trigger = {
		.name = ddl->name.name, .body = ddl->body, .event = ddl->event, .origin = origin
	};
	size_t i;

	if (name.name == NULL || ((table == NULL || schema->dialect == DIALECT_SQLITE) &&
	                          lookup_find(schema->lookup, OBJECT_TRIGGER, name) != NULL))
		return;
	if (table == NULL) {
		struct schema_object object = { .kind = OBJECT_TRIGGER,
			                        .name = name,
			                        .definition = ddl->body,
			                        .table = ddl->table,
			                        .origin = origin };

		add_object(schema, object);
		schema->lookup->has_view_triggers = true;
		return;
	}
	for (i = 0; i < table->trigger_count; i++)
		if (name_same(table->triggers[i].name, trigger.name, schema->dialect)) {
			if (ddl->or_replace)
				table->triggers[i] = trigger;
			return;
		}
	table->triggers = arena_grow(schema->arena, table->triggers, table->trigger_count,
	                             &table->trigger_capacity, sizeof(trigger));
	table->triggers[table->trigger_count++] = trigger;
	if (schema->dialect == DIALECT_SQLITE)
		lookup_put(schema->lookup, OBJECT_TRIGGER, name)->table = table->name;
}

void schema_drop_trigger(struct schema *schema, const struct ddl *ddl)
{
	struct lookup_entry *entry = lookup_find(schema->lookup, OBJECT_TRIGGER, ddl->name);
	bool is_by_name = schema->dialect == DIALECT_SQLITE && entry != NULL;
	struct name of = is_by_name ? entry->table : ddl->table;
	struct schema_table *table = schema_table(schema, of);
	struct schema_object *object;
	size_t i;

	if (table == NULL) {
		object = schema_object(schema, OBJECT_TRIGGER, ddl->name);
		if (object != NULL)
			schema_remove_object(schema, object);
		return;
	}
	for (i = 0; i < table->trigger_count; i++)
		if (name_same(table->triggers[i].name, ddl->name.name, schema->dialect))
			break;
	if (i == table->trigger_count)
		return;
	memmove(&table->triggers[i], &table->triggers[i + 1],
	        (table->trigger_count - i - 1) * sizeof(*table->triggers));
	table->trigger_count--;
	if (schema->dialect == DIALECT_SQLITE)
		lookup_remove(schema->lookup, OBJECT_TRIGGER, ddl->name);
}
