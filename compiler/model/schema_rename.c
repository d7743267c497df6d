/* schema_rename.c - new names, and everything that says the old ones. */
#include "schema_parts.h"

#include <string.h>

/* ---- tables ---------------------------------------------------------------------------------- */

/* What a foreign key's definition says of the table that it refers to. */
static void rename_in_definitions(struct schema *schema, struct schema_table *table,
                                  struct schema_constraint *constraint, const char *const names[2])
{
	struct schema_column *column;

	constraint->definition = schema_replace(schema, constraint->definition, names[0], names[1]);
	if (!constraint->of_column || constraint->column_count == 0)
		return;
	column = schema_column(schema, table, constraint->columns[0]);
	if (column != NULL)
		column->definition = schema_replace(schema, column->definition, names[0], names[1]);
}

static void rename_references(struct schema *schema, struct name old, struct name name)
{
	const char *const names[2] = { old.name, name.name };
	size_t i, j;

	if (lookup_find(schema->lookup, LOOKUP_REFERENCED, old) == NULL)
		return;
	lookup_put(schema->lookup, LOOKUP_REFERENCED, name);
	for (i = 0; i < schema->table_count; i++) {
		struct schema_table *table = &schema->tables[i];

		if (table->partition_of.name != NULL &&
		    name_equals(table->partition_of, old, schema->dialect))
			table->partition_of = name;
		for (j = 0; j < table->constraint_count; j++) {
			struct ddl_reference *reference = &table->constraints[j].reference;

			if (reference->table.name == NULL ||
			    !name_equals(reference->table, old, schema->dialect))
				continue;
			reference->table = name;
			rename_in_definitions(schema, table, &table->constraints[j], names);
		}
	}
}

/* Views follow a table, and in SQLite so do triggers.  One that this migration made is in none. */
static void rename_in_code(struct schema *schema, const char *old, const char *name)
{
	size_t i, j;

	for (i = 0; i < schema->object_count; i++) {
		struct schema_object *object = &schema->objects[i];

		if (object->kind == OBJECT_VIEW || object->kind == OBJECT_MATERIALIZED_VIEW)
			object->definition = schema_replace(schema, object->definition, old, name);
	}
	if (schema->dialect != DIALECT_SQLITE)
		return;
	for (i = 0; i < schema->table_count; i++)
		for (j = 0; j < schema->tables[i].trigger_count; j++) {
			struct schema_trigger *trigger = &schema->tables[i].triggers[j];

			trigger->body = schema_replace(schema, trigger->body, old, name);
		}
}

/* The lookup's entries for what belongs to the table.  An index whose name is taken where the table
 * goes is lost: the database would refuse that. */
static void rename_belongings(struct schema *schema, struct schema_table *table, struct name name)
{
	struct schema_lookup *lookup = schema->lookup;
	size_t i;

	for (i = table->index_count; i > 0; i--) {
		struct schema_index *index = &table->indexes[i - 1];
		struct name moved = { .schema = name.schema, .name = index->name.name };
		const struct lookup_entry *there = lookup_find(lookup, OBJECT_INDEX, moved);

		if (there != NULL && !name_equals(there->table, table->name, schema->dialect)) {
			schema_remove_index(schema, table, index);
			continue;
		}
		lookup_remove(lookup, OBJECT_INDEX, index->name);
		index->name = moved;
		lookup_put(lookup, OBJECT_INDEX, moved)->table = name;
	}
	if (schema->dialect != DIALECT_SQLITE)
		return;
	for (i = 0; i < table->trigger_count; i++) {
		struct name trigger = { .schema = name.schema, .name = table->triggers[i].name };

		lookup_put(lookup, OBJECT_TRIGGER, trigger)->table = name;
	}
}

void schema_rename_table(struct schema *schema, struct schema_table *table, struct name name,
                         struct origin origin)
{
	struct name old = table->name;
	struct lookup_entry *there = lookup_find(schema->lookup, OBJECT_TABLE, name);
	size_t index = (size_t)(table - schema->tables);

	if (there != NULL && there->index != index)
		return;
	name.at = (struct text){ NULL, 0 };
	lookup_remove(schema->lookup, OBJECT_TABLE, old);
	lookup_put(schema->lookup, OBJECT_TABLE, name)->index = index;
	rename_belongings(schema, table, name);
	table->name = name;
	rename_references(schema, old, name);
	if (table->origin.migration != origin.migration)
		rename_in_code(schema, old.name, name.name);
}

/* ---- columns --------------------------------------------------------------------------------- */

static void rename_in_list(struct schema *schema, const char *const **columns, size_t count,
                           const char *const names[2])
{
	const char **copy = NULL;
	size_t i;

	for (i = 0; i < count; i++) {
		if (!name_same((*columns)[i], names[0], schema->dialect))
			continue;
		if (copy == NULL) { /* Others may have the same list. */
			copy = arena_array(schema->arena, const char *, count);
			memcpy(copy, *columns, count * sizeof(*copy));
			*columns = copy;
		}
		copy[i] = names[1];
	}
}

static void rename_in_references(struct schema *schema, const struct schema_table *table,
                                 const char *const names[2])
{
	size_t i, j;

	if (lookup_find(schema->lookup, LOOKUP_REFERENCED, table->name) == NULL)
		return;
	for (i = 0; i < schema->table_count; i++)
		for (j = 0; j < schema->tables[i].constraint_count; j++) {
			struct schema_constraint *constraint = &schema->tables[i].constraints[j];

			if (schema_refers_to(schema, constraint, table))
				rename_in_list(schema, &constraint->reference.columns,
				               constraint->reference.column_count, names);
		}
}

void schema_rename_column(struct schema *schema, struct schema_table *table, const char *name,
                          const char *new_name)
{
	const char *const names[2] = { name, new_name };
	struct schema_column *column = schema_column(schema, table, name);
	size_t i, j;

	if (column == NULL || schema_column(schema, table, new_name) != NULL)
		return;
	column->name = new_name;
	for (i = 0; i < table->constraint_count; i++) {
		struct schema_constraint *constraint = &table->constraints[i];

		rename_in_list(schema, &constraint->columns, constraint->column_count, names);
		constraint->expression =
		        schema_replace(schema, constraint->expression, name, new_name);
		constraint->definition =
		        schema_replace(schema, constraint->definition, name, new_name);
	}
	for (i = 0; i < table->column_count; i++)
		table->columns[i].definition =
		        schema_replace(schema, table->columns[i].definition, name, new_name);
	for (i = 0; i < table->index_count; i++) {
		struct schema_index *index = &table->indexes[i];

		index->where = schema_replace(schema, index->where, name, new_name);
		for (j = 0; j < index->column_count; j++) {
			struct ddl_index_column *part = &index->columns[j];

			if (name_same(part->name, name, schema->dialect))
				part->name = new_name;
			part->expression = schema_replace(schema, part->expression, name, new_name);
			part->at = schema_replace(schema, part->at, name, new_name);
		}
	}
	rename_in_references(schema, table, names);
}

/* ---- indexes and schemas --------------------------------------------------------------------- */

void schema_rename_index(struct schema *schema, struct name name, const char *new_name)
{
	struct schema_table *table = NULL;
	struct schema_index *index = schema_index(schema, name, &table);
	struct name taken = { .schema = name.schema, .name = new_name };

	if (index == NULL || new_name == NULL ||
	    lookup_find(schema->lookup, OBJECT_INDEX, taken) != NULL)
		return;
	lookup_remove(schema->lookup, OBJECT_INDEX, index->name);
	index->name.name = new_name;
	lookup_put(schema->lookup, OBJECT_INDEX, index->name)->table = table->name;
}

static bool is_in(const struct schema *schema, struct name name, const char *schema_name)
{
	const char *written =
	        name.schema != NULL ? name.schema : name_default_schema(schema->dialect);

	return name_same(written, schema_name, schema->dialect);
}

void schema_rename_schema(struct schema *schema, const char *name, const char *new_name)
{
	size_t i;

	for (i = 0; i < schema->table_count; i++) {
		struct schema_table *table = &schema->tables[i];
		struct name moved = table->name;

		if (!is_in(schema, moved, name))
			continue;
		moved.schema = new_name;
		schema_rename_table(schema, table, moved, table->origin);
	}
	for (i = 0; i < schema->object_count; i++) {
		struct name moved = schema->objects[i].name;

		if (!is_in(schema, moved, name) || schema->objects[i].kind == OBJECT_SCHEMA)
			continue;
		moved.schema = new_name;
		schema_move_object(schema, &schema->objects[i], moved);
	}
}
