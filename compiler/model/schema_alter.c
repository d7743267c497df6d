/* schema_alter.c - ALTER TABLE, action by action. */
#include "schema_parts.h"

#include <string.h>

static void alter_column(struct schema_column *column, const struct ddl_action *action)
{
	switch (action->kind) {
	case ACTION_SET_TYPE:
		column->type = action->type;
		if (action->column.collation != NULL)
			column->collation = action->column.collation;
		break;
	case ACTION_SET_DEFAULT:
		column->default_at = action->expression;
		column->has_default = !text_equals_folded(action->expression, "null");
		break;
	case ACTION_DROP_DEFAULT:
		column->default_at = (struct text){ NULL, 0 };
		column->has_default = false;
		break;
	case ACTION_SET_NOT_NULL: column->not_null = true; break;
	case ACTION_DROP_NOT_NULL: column->not_null = false; break;
	case ACTION_DROP_EXPRESSION: column->generated = false; break;
	case ACTION_ADD_IDENTITY: column->identity = true; break;
	case ACTION_DROP_IDENTITY: column->identity = false; break;
	default: break;
	}
}

static void alter_constraint(struct schema *schema, struct schema_table *table,
                             const struct ddl_action *action)
{
	struct schema_constraint *constraint = schema_constraint(schema, table, action->name);
	size_t at;

	if (constraint == NULL)
		return;
	at = (size_t)(constraint - table->constraints);
	if (action->kind == ACTION_VALIDATE_CONSTRAINT) {
		constraint->valid = true;
	} else if (action->kind == ACTION_RENAME_CONSTRAINT) {
		constraint->name = action->new_name;
	} else {
		memmove(constraint, constraint + 1,
		        (table->constraint_count - at - 1) * sizeof(*constraint));
		table->constraint_count--;
	}
}

static void alter_partition(struct schema *schema, struct schema_table *table,
                            const struct ddl_action *action, struct origin origin)
{
	struct schema_table *partition = schema_table(schema, action->other);

	if (partition == NULL)
		return;
	if (action->kind == ACTION_DETACH_PARTITION) {
		partition->partition_of = (struct name){ 0 };
		return;
	}
	partition->partition_of = table->name;
	lookup_put(schema->lookup, LOOKUP_REFERENCED, table->name);
	schema_inherit_constraints(schema, partition, table, origin);
}

/* The table may be somewhere else, or elsewhere named, afterwards: its name, in `*name`. */
static void rename_table(struct schema *schema, struct schema_table *table,
                         const struct ddl_action *action, struct origin origin)
{
	struct name name = table->name;

	if (action->new_name == NULL)
		return;
	if (action->kind == ACTION_SET_SCHEMA)
		name.schema = action->new_name;
	else
		name.name = action->new_name;
	schema_rename_table(schema, table, name, origin);
}

static void apply_action(struct schema *schema, struct schema_table *table,
                         const struct ddl_action *action, struct origin origin)
{
	struct schema_column *column;

	switch (action->kind) {
	case ACTION_ADD_COLUMN: schema_add_column(schema, table, &action->column, origin); return;
	case ACTION_DROP_COLUMN:
		schema_drop_column(schema, table, action->name, action->cascade);
		return;
	case ACTION_RENAME_COLUMN:
		schema_rename_column(schema, table, action->name, action->new_name);
		return;
	case ACTION_RENAME:
	case ACTION_SET_SCHEMA: rename_table(schema, table, action, origin); return;
	case ACTION_ADD_CONSTRAINT:
		schema_add_constraint(schema, table, &action->constraint, origin);
		return;
	case ACTION_DROP_CONSTRAINT:
	case ACTION_VALIDATE_CONSTRAINT:
	case ACTION_RENAME_CONSTRAINT: alter_constraint(schema, table, action); return;
	case ACTION_ATTACH_PARTITION:
	case ACTION_DETACH_PARTITION: alter_partition(schema, table, action, origin); return;
	default: break;
	}
	column = action->name != NULL ? schema_column(schema, table, action->name) : NULL;
	if (column != NULL)
		alter_column(column, action);
}

void schema_alter_table(struct schema *schema, const struct ddl *ddl, struct origin origin)
{
	struct schema_table *table = schema_table(schema, ddl->name);
	size_t i;

	if (table == NULL) { /* ALTER TABLE renames views, indexes and sequences, too. */
		schema_alter_object(schema, ddl);
		return;
	}
	for (i = 0; i < ddl->action_count; i++)
		apply_action(schema, table, &ddl->actions[i], origin);
}
