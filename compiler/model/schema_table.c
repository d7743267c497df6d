/* schema_table.c - tables and what they are made of: columns, constraints, indexes. */
#include "schema_parts.h"

#include "cursor.h"

#include <string.h>

/* ---- tables ---------------------------------------------------------------------------------- */

static struct schema_table *add_table(struct schema *schema, struct name name, struct origin origin)
{
	struct schema_table *table;

	schema->tables = arena_grow(schema->arena, schema->tables, schema->table_count,
	                            &schema->table_capacity, sizeof(*table));
	table = &schema->tables[schema->table_count];
	*table = (struct schema_table){ .name = name, .origin = origin };
	lookup_put(schema->lookup, OBJECT_TABLE, name)->index = schema->table_count++;
	return table;
}

/* The last one takes its place. */
void schema_remove_table(struct schema *schema, struct schema_table *table)
{
	struct schema_table *last = &schema->tables[schema->table_count - 1];
	size_t i;

	for (i = 0; i < table->index_count; i++)
		lookup_remove(schema->lookup, OBJECT_INDEX, table->indexes[i].name);
	for (i = 0; i < table->trigger_count && schema->dialect == DIALECT_SQLITE; i++)
		lookup_remove(schema->lookup, OBJECT_TRIGGER,
		              (struct name){ .schema = table->name.schema,
		                             .name = table->triggers[i].name });
	schema->lookup->temporary_count -= table->temporary;
	lookup_remove(schema->lookup, OBJECT_TABLE, table->name);
	if (table != last) {
		*table = *last;
		lookup_put(schema->lookup, OBJECT_TABLE, table->name)->index =
		        (size_t)(table - schema->tables);
	}
	schema->table_count--;
}

/* ---- columns --------------------------------------------------------------------------------- */

static struct schema_column *new_column(struct schema *schema, struct schema_table *table)
{
	table->columns = arena_grow(schema->arena, table->columns, table->column_count,
	                            &table->column_capacity, sizeof(*table->columns));
	return &table->columns[table->column_count++];
}

/* One that is there already stays as it is. */
void schema_add_column(struct schema *schema, struct schema_table *table,
                       const struct ddl_column *column, struct origin origin)
{
	bool serial = schema->dialect == DIALECT_POSTGRES && ddl_serial_type(&column->type) != NULL;
	bool has_default =
	        column->default_at.start != NULL && !text_equals_folded(column->default_at, "null");
	size_t i;

	if (column->name == NULL || schema_column(schema, table, column->name) != NULL)
		return;
	*new_column(schema, table) = (struct schema_column){
		.name = column->name,
		.type = column->type,
		.not_null = column->not_null || serial || column->identity,
		.has_default = has_default || serial,
		.identity = column->identity,
		.generated = column->generated,
		.autoincrement = column->autoincrement,
		.default_at = column->default_at,
		.collation = column->collation,
		.definition = column->at,
		.origin = origin,
	};
	for (i = 0; i < column->constraint_count; i++)
		schema_add_constraint(schema, table, &column->constraints[i], origin);
}

/* ---- constraints ----------------------------------------------------------------------------- */

/* SQLite lets nulls into a primary key but for these. */
static bool key_forbids_null(const struct schema *schema, const struct schema_table *table,
                             const struct schema_constraint *key)
{
	const struct schema_column *column;

	if (schema->dialect == DIALECT_POSTGRES || table->without_rowid || table->strict)
		return true;
	if (key->column_count != 1)
		return false;
	column = schema_column(schema, table, key->columns[0]);
	return column != NULL && column->type.name != NULL &&
	       strcmp(column->type.name, "integer") == 0 && column->type.arguments == NULL;
}

static void forbid_nulls(struct schema *schema, struct schema_table *table,
                         const struct schema_constraint *key)
{
	size_t i;

	if (!key_forbids_null(schema, table, key))
		return;
	for (i = 0; i < key->column_count; i++) {
		struct schema_column *column = schema_column(schema, table, key->columns[i]);

		if (column != NULL)
			column->not_null = true;
	}
}

/* USING INDEX: the index becomes the constraint's. */
static void take_index(struct schema *schema, struct schema_table *table,
                       struct schema_constraint *constraint, const char *index_name)
{
	struct name name = { .schema = table->name.schema, .name = index_name };
	struct schema_table *of = NULL;
	struct schema_index *index = schema_index(schema, name, &of);
	const char **columns;
	size_t i;

	if (constraint->name == NULL)
		constraint->name = index_name;
	if (index == NULL || of != table)
		return;
	columns = arena_array(schema->arena, const char *, index->column_count + 1);
	for (i = 0; i < index->column_count; i++)
		if (index->columns[i].name != NULL)
			columns[constraint->column_count++] = index->columns[i].name;
	constraint->columns = columns;
	schema_remove_index(schema, table, index);
}

void schema_add_constraint(struct schema *schema, struct schema_table *table,
                           const struct ddl_constraint *written, struct origin origin)
{
	struct schema_constraint constraint = {
		.kind = written->kind,
		.name = written->name,
		.columns = written->columns,
		.column_count = written->column_count,
		.reference = written->reference,
		.expression = written->expression,
		.definition = written->at,
		.of_column = written->of_column,
		.valid = !written->not_valid,
		.origin = origin,
	};

	if (written->using_index != NULL)
		take_index(schema, table, &constraint, written->using_index);
	if (constraint.name == NULL)
		constraint.name = schema->dialect == DIALECT_SQLITE
		                          ? ""
		                          : naming_constraint(schema, table, &constraint);
	if (constraint.kind == CONSTRAINT_FOREIGN_KEY && constraint.reference.table.name != NULL) {
		lookup_put(schema->lookup, LOOKUP_REFERENCED, constraint.reference.table);
		if (schema->dialect == DIALECT_POSTGRES) /* SQLite's may come later. */
			schema_note_table(schema, constraint.reference.table, origin);
	}
	table->constraints = arena_grow(schema->arena, table->constraints, table->constraint_count,
	                                &table->constraint_capacity, sizeof(constraint));
	table->constraints[table->constraint_count++] = constraint;
	if (constraint.kind == CONSTRAINT_PRIMARY_KEY)
		forbid_nulls(schema, table, &constraint);
}

/* ---- CREATE TABLE ---------------------------------------------------------------------------- */

static bool has_same(const struct schema *schema, const struct schema_table *table,
                     const struct schema_constraint *constraint)
{
	size_t i, j;

	for (i = 0; i < table->constraint_count; i++) {
		const struct schema_constraint *other = &table->constraints[i];

		if (other->kind != constraint->kind ||
		    other->column_count != constraint->column_count)
			continue;
		if (constraint->column_count == 0 &&
		    name_same(other->name, constraint->name, schema->dialect))
			return true;
		for (j = 0; j < constraint->column_count; j++)
			if (!name_same(other->columns[j], constraint->columns[j], schema->dialect))
				break;
		if (j > 0 && j == constraint->column_count)
			return true;
	}
	return false;
}

/* A key's index of a partition has a name of its own, other constraints have the parent's. */
void schema_inherit_constraints(struct schema *schema, struct schema_table *table,
                                const struct schema_table *parent, struct origin origin)
{
	size_t i;

	for (i = 0; i < parent->constraint_count && parent != table; i++) {
		const struct schema_constraint *of_parent = &parent->constraints[i];
		bool has_index = of_parent->kind == CONSTRAINT_PRIMARY_KEY ||
		                 of_parent->kind == CONSTRAINT_UNIQUE;
		struct ddl_constraint copy = { .kind = of_parent->kind,
			                       .name = has_index ? NULL : of_parent->name,
			                       .columns = of_parent->columns,
			                       .column_count = of_parent->column_count,
			                       .reference = of_parent->reference,
			                       .expression = of_parent->expression,
			                       .not_valid = !of_parent->valid };

		if (!has_same(schema, table, of_parent))
			schema_add_constraint(schema, table, &copy, origin);
	}
}

/* A partition has its parent's columns and constraints. */
static void inherit(struct schema *schema, struct schema_table *table, struct origin origin)
{
	const struct schema_table *parent = schema_table(schema, table->partition_of);
	size_t i;

	lookup_put(schema->lookup, LOOKUP_REFERENCED, table->partition_of);
	if (parent == NULL || parent->is_opaque)
		table->is_opaque = true;
	if (parent == NULL || parent == table)
		return;
	for (i = 0; i < parent->column_count; i++) {
		struct schema_column *column = new_column(schema, table);

		*column = parent->columns[i];
		column->origin = origin;
	}
	schema_inherit_constraints(schema, table, parent, origin);
}

void schema_create_table(struct schema *schema, const struct ddl *ddl, struct origin origin)
{
	struct schema_table *table;
	bool temporary = ddl->temporary;
	size_t i;

	if (ddl->name.schema != NULL)
		temporary = temporary ||
		            name_same(ddl->name.schema,
		                      schema->dialect == DIALECT_SQLITE ? "temp" : "pg_temp",
		                      schema->dialect);
	if (ddl->name.name == NULL || lookup_find(schema->lookup, OBJECT_TABLE, ddl->name) != NULL)
		return;
	table = add_table(schema, ddl->name, origin);
	table->temporary = temporary;
	schema->lookup->temporary_count += temporary;
	table->partitioned = ddl->partitioned;
	table->strict = ddl->strict;
	table->without_rowid = ddl->without_rowid;
	table->foreign_table = ddl->foreign_table;
	table->is_opaque =
	        ddl->has_more_columns || ddl->virtual_table || ddl->as_query.start != NULL;
	table->partition_of = ddl->other;
	if (ddl->other.name != NULL)
		inherit(schema, table, origin);
	for (i = 0; i < ddl->column_count; i++)
		schema_add_column(schema, table, &ddl->columns[i], origin);
	for (i = 0; i < ddl->constraint_count; i++)
		schema_add_constraint(schema, table, &ddl->constraints[i], origin);
}

/* ---- indexes --------------------------------------------------------------------------------- */

void schema_create_index(struct schema *schema, const struct ddl *ddl, struct origin origin)
{
	struct schema_table *table = schema_table(schema, ddl->table);
	struct schema_index index = {
		.name = ddl->name,
		.unique = ddl->unique,
		.concurrently = ddl->concurrently,
		.method = ddl->method,
		.column_count = ddl->index_column_count,
		.where = ddl->where,
		.include = ddl->include,
		.origin = origin,
	};

	if (table == NULL)
		return;
	if (index.name.name == NULL)
		index.name = naming_index(schema, ddl);
	if (lookup_find(schema->lookup, OBJECT_INDEX, index.name) != NULL)
		return;
	index.columns = arena_array(schema->arena, struct ddl_index_column, index.column_count + 1);
	if (index.column_count > 0)
		memcpy(index.columns, ddl->index_columns,
		       index.column_count * sizeof(*index.columns));
	table->indexes = arena_grow(schema->arena, table->indexes, table->index_count,
	                            &table->index_capacity, sizeof(index));
	table->indexes[table->index_count++] = index;
	lookup_put(schema->lookup, OBJECT_INDEX, index.name)->table = table->name;
}

void schema_remove_index(struct schema *schema, struct schema_table *table,
                         struct schema_index *index)
{
	size_t at = (size_t)(index - table->indexes);

	lookup_remove(schema->lookup, OBJECT_INDEX, index->name);
	memmove(index, index + 1, (table->index_count - at - 1) * sizeof(*index));
	table->index_count--;
}
