/* schema_drop.c - DROP, and what goes along. */
#include "schema_parts.h"

#include <string.h>

bool schema_refers_to(const struct schema *schema, const struct schema_constraint *constraint,
                      const struct schema_table *table)
{
	return constraint->kind == CONSTRAINT_FOREIGN_KEY &&
	       constraint->reference.table.name != NULL &&
	       name_equals(constraint->reference.table, table->name, schema->dialect);
}

/* ---- columns --------------------------------------------------------------------------------- */

static void drop_constraints_of(struct schema *schema, struct schema_table *table,
                                const char *column)
{
	size_t kept = 0;
	size_t i;

	for (i = 0; i < table->constraint_count; i++) {
		const struct schema_constraint *constraint = &table->constraints[i];

		if (!name_is_among(column, constraint->columns, constraint->column_count,
		                   schema->dialect) &&
		    !schema_mentions(schema, constraint->expression, column))
			table->constraints[kept++] = *constraint;
	}
	table->constraint_count = kept;
}

static bool index_uses(const struct schema *schema, const struct schema_index *index,
                       const char *column)
{
	size_t i;

	if (schema_mentions(schema, index->where, column) ||
	    schema_mentions(schema, index->include, column))
		return true;
	for (i = 0; i < index->column_count; i++)
		if (index->columns[i].name != NULL
		            ? name_same(index->columns[i].name, column, schema->dialect)
		            : schema_mentions(schema, index->columns[i].expression, column))
			return true;
	return false;
}

/* Foreign keys to `column` of `table`; to any of its columns when that is NULL. */
static void drop_references(struct schema *schema, const struct schema_table *to,
                            const char *column)
{
	size_t i, j;

	if (lookup_find(schema->lookup, LOOKUP_REFERENCED, to->name) == NULL)
		return;
	for (i = 0; i < schema->table_count; i++) {
		struct schema_table *table = &schema->tables[i];
		size_t kept = 0;

		for (j = 0; j < table->constraint_count; j++) {
			const struct schema_constraint *constraint = &table->constraints[j];
			const struct ddl_reference *reference = &constraint->reference;

			if (!schema_refers_to(schema, constraint, to) ||
			    (column != NULL &&
			     !name_is_among(column, reference->columns, reference->column_count,
			                    schema->dialect)))
				table->constraints[kept++] = *constraint;
		}
		table->constraint_count = kept;
	}
}

/* ---- what CASCADE takes along ---------------------------------------------------------------- */

/* Views that read `name`, and those that read them. */
static void drop_views_of(struct schema *schema, const char *name)
{
	const char **gone = arena_array(schema->arena, const char *, schema->object_count + 1);
	size_t count = 0, next, i;

	gone[count++] = name;
	for (next = 0; next < count; next++)
		for (i = schema->object_count; i > 0; i--) {
			struct schema_object *object = &schema->objects[i - 1];

			if ((object->kind != OBJECT_VIEW &&
			     object->kind != OBJECT_MATERIALIZED_VIEW) ||
			    !schema_mentions(schema, object->definition, gone[next]))
				continue;
			gone[count++] = object->name.name;
			schema_remove_object(schema, object);
		}
}

static void drop_views_with_column(struct schema *schema, const char *table, const char *column)
{
	size_t i = schema->object_count;

	while (i > 0) {
		struct schema_object *object = &schema->objects[--i];
		const char *view = object->name.name;

		if ((object->kind != OBJECT_VIEW && object->kind != OBJECT_MATERIALIZED_VIEW) ||
		    !schema_mentions(schema, object->definition, table) ||
		    !schema_mentions(schema, object->definition, column))
			continue;
		schema_remove_object(schema, object);
		drop_views_of(schema, view);
		i = schema->object_count; /* They are in another order now. */
	}
}

static void drop_triggers_with(struct schema *schema, const char *function)
{
	size_t i, j;

	for (i = 0; i < schema->table_count; i++) {
		struct schema_table *table = &schema->tables[i];
		size_t kept = 0;

		for (j = 0; j < table->trigger_count; j++)
			if (!schema_mentions(schema, table->triggers[j].body, function))
				table->triggers[kept++] = table->triggers[j];
		table->trigger_count = kept;
	}
}

static void drop_columns_of_type(struct schema *schema, struct name type)
{
	const char *written = name_to_sql(schema->arena, type, schema->dialect);
	size_t i, j;

	for (i = 0; i < schema->table_count; i++) {
		struct schema_table *table = &schema->tables[i];

		for (j = table->column_count; j > 0; j--) {
			const struct schema_column *column = &table->columns[j - 1];

			if (name_same(column->type.name, written, schema->dialect))
				schema_drop_column(schema, table, column->name, true);
		}
	}
}

static void drop_dependents(struct schema *schema, enum ddl_object kind, struct name name)
{
	switch (kind) {
	case OBJECT_VIEW:
	case OBJECT_MATERIALIZED_VIEW: drop_views_of(schema, name.name); break;
	case OBJECT_FUNCTION:
		drop_triggers_with(schema, name.name);
		drop_views_of(schema, name.name);
		break;
	case OBJECT_TYPE:
	case OBJECT_DOMAIN: drop_columns_of_type(schema, name); break;
	case OBJECT_EXTENSION: schema->is_uncertain = true; break;
	default: break;
	}
}

/* ---- DROP COLUMN ----------------------------------------------------------------------------- */

void schema_drop_column(struct schema *schema, struct schema_table *table, const char *name,
                        bool cascade)
{
	struct schema_column *column = schema_column(schema, table, name);
	size_t at, i;

	if (column == NULL)
		return;
	drop_constraints_of(schema, table, name);
	for (i = table->index_count; i > 0; i--)
		if (index_uses(schema, &table->indexes[i - 1], name))
			schema_remove_index(schema, table, &table->indexes[i - 1]);
	if (cascade) {
		drop_references(schema, table, name);
		drop_views_with_column(schema, table->name.name, name);
	}
	at = (size_t)(column - table->columns);
	memmove(column, column + 1, (table->column_count - at - 1) * sizeof(*column));
	table->column_count--;
}

/* ---- tables ---------------------------------------------------------------------------------- */

/* PostgreSQL drops partitions along; those of partitions come with the next one that is found. */
static struct schema_table *find_orphan(struct schema *schema)
{
	size_t i;

	for (i = 0; i < schema->table_count; i++) {
		struct schema_table *table = &schema->tables[i];

		if (table->partition_of.name != NULL && !table->is_opaque &&
		    schema_table(schema, table->partition_of) == NULL)
			return table;
	}
	return NULL;
}

/* In SQLite references stay, and wait for a table of that name. */
static void drop_table(struct schema *schema, struct schema_table *table, bool cascade)
{
	bool partitioned = table->partitioned;

	if (schema->dialect == DIALECT_POSTGRES) {
		drop_references(schema, table, NULL);
		if (cascade)
			drop_views_of(schema, table->name.name);
	}
	schema_remove_table(schema, table);
	while (partitioned && (table = find_orphan(schema)) != NULL) {
		drop_references(schema, table, NULL);
		schema_remove_table(schema, table);
	}
}

static void drop_schema(struct schema *schema, struct name name)
{
	const char *wanted = name.name;
	size_t i;

	for (i = schema->table_count; i > 0; i--) {
		const char *in = schema->tables[i - 1].name.schema;

		if (name_same(in != NULL ? in : name_default_schema(schema->dialect), wanted,
		              schema->dialect)) {
			drop_references(schema, &schema->tables[i - 1], NULL);
			schema_remove_table(schema, &schema->tables[i - 1]);
		}
	}
	for (i = schema->object_count; i > 0; i--) {
		struct schema_object *object = &schema->objects[i - 1];
		const char *in = object->name.schema;

		if (object->kind != OBJECT_SCHEMA && object->kind != OBJECT_EXTENSION &&
		    name_same(in != NULL ? in : name_default_schema(schema->dialect), wanted,
		              schema->dialect))
			schema_remove_object(schema, object);
	}
}

/* ---- DROP ------------------------------------------------------------------------------------ */

static void drop_triggers_of_view(struct schema *schema, struct name view)
{
	size_t i;

	for (i = schema->object_count; i > 0 && schema->lookup->has_view_triggers; i--)
		if (schema->objects[i - 1].kind == OBJECT_TRIGGER &&
		    name_equals(schema->objects[i - 1].table, view, schema->dialect))
			schema_remove_object(schema, &schema->objects[i - 1]);
}

static void drop_one(struct schema *schema, const struct ddl *ddl, struct name name)
{
	struct schema_table *table = NULL;
	struct schema_object *object;
	struct schema_index *index;

	if (ddl->object == OBJECT_TABLE) {
		table = schema_table(schema, name);
		if (table != NULL)
			drop_table(schema, table, ddl->cascade);
		return;
	}
	if (ddl->object == OBJECT_INDEX) {
		index = schema_index(schema, name, &table);
		if (index != NULL)
			schema_remove_index(schema, table, index);
		return;
	}
	if (ddl->object == OBJECT_SCHEMA && ddl->cascade)
		drop_schema(schema, name);
	object = schema_object(schema, ddl->object, name);
	if (object == NULL)
		return;
	schema_remove_object(schema, object);
	if (ddl->object == OBJECT_VIEW)
		drop_triggers_of_view(schema, name);
	if (ddl->cascade)
		drop_dependents(schema, ddl->object, name);
}

void schema_drop(struct schema *schema, const struct ddl *ddl)
{
	size_t i;

	if (ddl->object == OBJECT_TRIGGER) {
		schema_drop_trigger(schema, ddl);
		return;
	}
	for (i = 0; i < ddl->name_count; i++)
		drop_one(schema, ddl, ddl->names[i]);
}
