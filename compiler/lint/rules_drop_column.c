/* rules_drop_column.c - SQLite: columns that DROP COLUMN can not take, or should not. */
#include "mentions.h"
#include "rebuild.h"

#include <stddef.h>
#include <string.h>

/* What keeps a column. */
struct use {
	const char *what;      /* "index orders_by_date uses it" */
	const char *statement; /* "DROP INDEX x;" makes it free; NULL: only a rebuild does. */
	const char *again;     /* What has to be created again, without the column; or NULL. */
};

static bool used_by_constraint(struct lint *lint, const struct schema_table *table,
                               const char *column, struct use *use)
{
	size_t i;

	for (i = 0; i < table->constraint_count; i++) {
		const struct schema_constraint *constraint = &table->constraints[i];
		bool has_column = name_is_among(column, constraint->columns,
		                                constraint->column_count, lint->dialect);

		if (constraint->kind == CONSTRAINT_PRIMARY_KEY && has_column)
			use->what = "it is a part of the primary key";
		else if (constraint->kind == CONSTRAINT_UNIQUE && has_column)
			use->what = "it is a part of a UNIQUE constraint";
		else if (constraint->kind == CONSTRAINT_FOREIGN_KEY && !constraint->of_column &&
		         has_column)
			use->what = "a foreign key of the table uses it";
		else if (constraint->kind == CONSTRAINT_CHECK &&
		         !(constraint->of_column && has_column) &&
		         schema_mentions(lint->schema, constraint->expression, column))
			use->what = "a CHECK of the table uses it";
		else
			continue;
		return true;
	}
	return false;
}

static bool used_by_index(struct lint *lint, const struct schema_table *table, const char *column,
                          struct use *use)
{
	size_t i, j;

	for (i = 0; i < table->index_count; i++) {
		const struct schema_index *index = &table->indexes[i];
		bool found = schema_mentions(lint->schema, index->where, column);

		for (j = 0; j < index->column_count; j++)
			found |= index->columns[j].name != NULL
			                 ? name_same(index->columns[j].name, column, lint->dialect)
			                 : schema_mentions(lint->schema,
			                                   index->columns[j].expression, column);
		if (!found || index->name.name == NULL || index->origin.statement == NULL)
			continue;
		use->what = lint_format(lint, "index %s uses it", lint_sql(lint, index->name));
		use->statement = lint_format(lint, "DROP INDEX %s;", lint_sql(lint, index->name));
		return true;
	}
	return false;
}

static bool used_by_view(struct lint *lint, const struct schema_table *table, const char *column,
                         struct use *use)
{
	size_t i;

	for (i = 0; i < lint->schema->object_count; i++) {
		const struct schema_object *object = &lint->schema->objects[i];

		if (object->kind != OBJECT_VIEW ||
		    !mentions_column(lint, object->definition, table, column))
			continue;
		use->what = lint_format(lint, "view %s reads it", lint_sql(lint, object->name));
		use->statement = lint_format(lint, "DROP VIEW %s;", lint_sql(lint, object->name));
		use->again = lint_sql(lint, object->name);
		return true;
	}
	return false;
}

static bool used_by_column(struct lint *lint, const struct schema_table *table, const char *column,
                           struct use *use)
{
	size_t plain = 0, i;

	if (table->is_opaque)
		return false;
	for (i = 0; i < table->column_count; i++) {
		const struct schema_column *other = &table->columns[i];
		bool is_other = !name_same(other->name, column, lint->dialect);

		plain += is_other && !other->generated;
		if (!is_other || !other->generated ||
		    !schema_mentions(lint->schema, other->definition, column))
			continue;
		use->what = lint_format(lint, "column %s is generated from it",
		                        lint_quote(lint, other->name));
		use->statement =
		        lint_format(lint, "ALTER TABLE %s DROP COLUMN %s;",
		                    lint_sql(lint, table->name), lint_quote(lint, other->name));
		return true;
	}
	if (plain > 0)
		return false;
	use->what = "the table has no other one";
	return true;
}

static bool find_use(struct lint *lint, const struct schema_table *table, const char *column,
                     struct use *use)
{
	*use = (struct use){ .what = NULL };
	return used_by_constraint(lint, table, column, use) ||
	       used_by_index(lint, table, column, use) || used_by_view(lint, table, column, use) ||
	       used_by_column(lint, table, column, use);
}

/* The statement that frees it, the drop, and, as a comment, what to create again. */
static const char *rewrite_of(struct lint *lint, const struct schema_table *table,
                              const struct ddl_action *action, const struct use *use)
{
	const char *name = lint_quote(lint, action->name);

	if (use->statement == NULL)
		return table->column_count < 2
		               ? NULL
		               : rebuild_sql(lint, table,
		                             (struct rebuild_change){ .without = action->name });
	return lint_format(
	        lint, "%s\nALTER TABLE %s DROP COLUMN %s;%s", use->statement,
	        lint_sql(lint, table->name), name,
	        use->again == NULL
	                ? ""
	                : lint_format(lint, "\n-- create %s again, without %s", use->again, name));
}

static void drop_column_in_use(struct lint *lint)
{
	const struct schema_table *table = schema_table(lint->schema, lint->ddl->name);
	struct use use;
	size_t i;

	for (i = 0; table != NULL && i < lint->ddl->action_count; i++) {
		const struct ddl_action *action = &lint->ddl->actions[i];
		const char *help;

		if (action->kind != ACTION_DROP_COLUMN || action->name == NULL ||
		    schema_column(lint->schema, table, action->name) == NULL ||
		    !find_use(lint, table, action->name, &use))
			continue;
		if (table->column_count < 2)
			help = "drop the table";
		else
			help = use.statement != NULL ? "free the column first"
			                             : "rebuild the table without it";
		lint_report(
		        lint, RULE_DROP_COLUMN_IN_USE,
		        (struct lint_advice){ .at = action->at,
		                              .help = help,
		                              .rewrite = rewrite_of(lint, table, action, &use) },
		        "SQLite can not drop %s of %s: %s", lint_quote(lint, action->name),
		        lint_sql(lint, table->name), use.what);
	}
}

/* ---- triggers -------------------------------------------------------------------------------- */

static void report_trigger(struct lint *lint, const struct schema_table *table,
                           const struct ddl_action *action, const struct schema_trigger *trigger)
{
	const char *name = lint_quote(lint, trigger->name);
	const char *column = lint_quote(lint, action->name);

	lint_report(
	        lint, RULE_DROP_COLUMN_BREAKS_TRIGGER,
	        (struct lint_advice){
	                .at = action->at,
	                .help = "drop the trigger first, and create it again without the column",
	                .rewrite = lint_format(lint,
	                                       "DROP TRIGGER %s;\n"
	                                       "ALTER TABLE %s DROP COLUMN %s;\n"
	                                       "-- create %s again, without %s",
	                                       name, lint_sql(lint, table->name), column, name,
	                                       column) },
	        "trigger %s uses %s of %s: this fails, or succeeds and then every statement that "
	        "fires the trigger fails",
	        name, column, lint_sql(lint, table->name));
}

static bool report_triggers_of(struct lint *lint, const struct schema_table *owner,
                               const struct schema_table *table, const struct ddl_action *action)
{
	size_t i;

	for (i = 0; i < owner->trigger_count; i++) {
		const struct schema_trigger *trigger = &owner->triggers[i];

		if (trigger->origin.statement == NULL ||
		    !mentions_column(lint, trigger->origin.statement->text, table, action->name))
			continue;
		report_trigger(lint, table, action, trigger);
		return true;
	}
	return false;
}

static void drop_column_breaks_trigger(struct lint *lint)
{
	const struct schema_table *table = schema_table(lint->schema, lint->ddl->name);
	size_t i, j;

	for (i = 0; table != NULL && i < lint->ddl->action_count; i++) {
		const struct ddl_action *action = &lint->ddl->actions[i];

		if (action->kind != ACTION_DROP_COLUMN || action->name == NULL)
			continue;
		for (j = 0; j < lint->schema->table_count; j++)
			if (report_triggers_of(lint, &lint->schema->tables[j], table, action))
				break;
	}
}

/* ---- the table ------------------------------------------------------------------------------- */

static const struct lint_rule rules[] = {
	{ ON_SQLITE, LINT_ON(DDL_ALTER_TABLE), LINT_AT_STATEMENT, drop_column_in_use },
	{ ON_SQLITE, LINT_ON(DDL_ALTER_TABLE), LINT_AT_STATEMENT, drop_column_breaks_trigger },
};

const struct lint_table lint_drop_column = { rules, sizeof(rules) / sizeof(rules[0]) };
