/* schema.c - the model: which statement changes what, and the questions asked of it. */
#include "schema_parts.h"

#include <string.h>

void schema_create(struct schema *schema, struct arena *arena, enum dialect dialect)
{
	*schema = (struct schema){ .arena = arena, .dialect = dialect };
	schema->lookup = arena_array(arena, struct schema_lookup, 1);
	schema->lookup->arena = arena;
	schema->lookup->dialect = dialect;
}

/* ---- statements ------------------------------------------------------------------------------ */

/* Temporary tables do not outlive their migration. */
static void begin_migration(struct schema *schema, const struct migration *migration)
{
	struct schema_lookup *lookup = schema->lookup;
	size_t i;

	if (lookup->migration == migration)
		return;
	lookup->migration = migration;
	for (i = schema->table_count; i > 0 && lookup->temporary_count > 0; i--)
		if (schema->tables[i - 1].temporary)
			schema_remove_table(schema, &schema->tables[i - 1]);
}

void schema_apply(struct schema *schema, const struct ddl *ddl, struct origin origin)
{
	begin_migration(schema, origin.migration);
	schema_note(schema, ddl, origin);
	switch (ddl->kind) {
	case DDL_CREATE_TABLE: schema_create_table(schema, ddl, origin); break;
	case DDL_ALTER_TABLE: schema_alter_table(schema, ddl, origin); break;
	case DDL_CREATE_INDEX: schema_create_index(schema, ddl, origin); break;
	case DDL_CREATE_TRIGGER: schema_create_trigger(schema, ddl, origin); break;
	case DDL_CREATE_VIEW:
	case DDL_CREATE_FUNCTION:
	case DDL_CREATE_TYPE:
	case DDL_CREATE_DOMAIN:
	case DDL_CREATE_SCHEMA:
	case DDL_CREATE_SEQUENCE:
	case DDL_CREATE_EXTENSION: schema_create_object(schema, ddl, origin); break;
	case DDL_ALTER_INDEX:
	case DDL_ALTER_VIEW:
	case DDL_ALTER_TYPE:
	case DDL_ALTER_DOMAIN:
	case DDL_ALTER_SCHEMA:
	case DDL_ALTER_OBJECT: schema_alter_object(schema, ddl); break;
	case DDL_DROP: schema_drop(schema, ddl); break;
	default: break;
	}
}

/* ---- questions ------------------------------------------------------------------------------- */

struct schema_table *schema_table(const struct schema *schema, struct name name)
{
	const struct lookup_entry *entry = NULL;

	if (name.schema == NULL && schema->lookup->temporary_count > 0) {
		struct name temporary = name;

		temporary.schema = schema->dialect == DIALECT_SQLITE ? "temp" : "pg_temp";
		entry = lookup_find(schema->lookup, OBJECT_TABLE, temporary);
	}
	if (entry == NULL)
		entry = lookup_find(schema->lookup, OBJECT_TABLE, name);
	return entry != NULL ? &schema->tables[entry->index] : NULL;
}

struct schema_object *schema_object(const struct schema *schema, enum ddl_object kind,
                                    struct name name)
{
	const struct lookup_entry *entry;

	if (kind == OBJECT_TABLE || kind == OBJECT_INDEX)
		return NULL;
	entry = lookup_find(schema->lookup, kind, name);
	if (entry == NULL || entry->table.name != NULL)
		return NULL;
	return &schema->objects[entry->index];
}

struct schema_index *schema_index(const struct schema *schema, struct name name,
                                  struct schema_table **table)
{
	const struct lookup_entry *entry = lookup_find(schema->lookup, OBJECT_INDEX, name);
	size_t i;

	if (table != NULL)
		*table = NULL;
	if (entry == NULL)
		return NULL;
	entry = lookup_find(schema->lookup, OBJECT_TABLE, entry->table);
	if (entry == NULL)
		return NULL;
	for (i = 0; i < schema->tables[entry->index].index_count; i++) {
		struct schema_index *index = &schema->tables[entry->index].indexes[i];

		if (!name_equals(index->name, name, schema->dialect))
			continue;
		if (table != NULL)
			*table = &schema->tables[entry->index];
		return index;
	}
	return NULL;
}

struct schema_column *schema_column(const struct schema *schema, const struct schema_table *table,
                                    const char *name)
{
	size_t i;

	for (i = 0; i < table->column_count; i++)
		if (name_same(table->columns[i].name, name, schema->dialect))
			return &table->columns[i];
	return NULL;
}

struct schema_constraint *schema_constraint(const struct schema *schema,
                                            const struct schema_table *table, const char *name)
{
	size_t i;

	if (name == NULL || *name == '\0')
		return NULL;
	for (i = 0; i < table->constraint_count; i++)
		if (name_same(table->constraints[i].name, name, schema->dialect))
			return &table->constraints[i];
	return NULL;
}

struct schema_constraint *schema_primary_key(const struct schema_table *table)
{
	size_t i;

	for (i = 0; i < table->constraint_count; i++)
		if (table->constraints[i].kind == CONSTRAINT_PRIMARY_KEY)
			return &table->constraints[i];
	return NULL;
}

/* ---- columns of indexes and keys ------------------------------------------------------------- */

/* Are the first columns of the index these, in any order? */
static bool index_leads(const struct schema *schema, const struct schema_index *index,
                        const char *const *columns, size_t count)
{
	size_t i;

	if (index->where.start != NULL || index->column_count < count)
		return false;
	for (i = 0; i < count; i++)
		if (index->columns[i].name == NULL ||
		    !name_is_among(index->columns[i].name, columns, count, schema->dialect))
			return false;
	return true;
}

static bool key_leads(const struct schema *schema, const struct schema_constraint *constraint,
                      const char *const *columns, size_t count)
{
	size_t i;

	if ((constraint->kind != CONSTRAINT_PRIMARY_KEY && constraint->kind != CONSTRAINT_UNIQUE) ||
	    constraint->column_count < count)
		return false;
	for (i = 0; i < count; i++)
		if (!name_is_among(constraint->columns[i], columns, count, schema->dialect))
			return false;
	return true;
}

bool schema_has_index(const struct schema *schema, const struct schema_table *table,
                      const char *const *columns, size_t count)
{
	size_t i;

	for (i = 0; i < table->index_count; i++)
		if (index_leads(schema, &table->indexes[i], columns, count))
			return true;
	for (i = 0; i < table->constraint_count; i++)
		if (key_leads(schema, &table->constraints[i], columns, count))
			return true;
	return false;
}

bool schema_is_unique(const struct schema *schema, const struct schema_table *table,
                      const char *const *columns, size_t count)
{
	size_t i;

	for (i = 0; i < table->index_count; i++)
		if (table->indexes[i].unique && table->indexes[i].column_count == count &&
		    index_leads(schema, &table->indexes[i], columns, count))
			return true;
	for (i = 0; i < table->constraint_count; i++)
		if (table->constraints[i].column_count == count &&
		    key_leads(schema, &table->constraints[i], columns, count))
			return true;
	return false;
}
