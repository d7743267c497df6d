/* rules_loss.c - what running programs miss afterwards: renames, drops. */
#include "locks.h"
#include "mentions.h"
#include "rebuild.h"

#include <stddef.h>

/* What the statement locks, on a server. */
static const char *lock_of(struct lint *lint, struct name table)
{
	return lint->dialect == DIALECT_POSTGRES
	               ? lock_describe(lint->arena, LOCK_ACCESS_EXCLUSIVE, table)
	               : NULL;
}

/* ---- rename-column --------------------------------------------------------------------------- */

/* Is there a column of the old name again when the script is through? */
static bool is_added_again(const struct lint *lint, const char *column)
{
	size_t i, j;

	for (i = lint->index; i < lint->script->count; i++) {
		const struct ddl *ddl = &lint->script_ddl[i];

		if (ddl->kind != DDL_ALTER_TABLE ||
		    !name_equals(ddl->name, lint->ddl->name, lint->dialect))
			continue;
		for (j = 0; j < ddl->action_count; j++) {
			const struct ddl_action *action = &ddl->actions[j];
			const char *name = action->kind == ACTION_ADD_COLUMN ? action->column.name
			                   : action->kind == ACTION_RENAME_COLUMN ? action->new_name
			                                                          : NULL;

			if (name != NULL && name_same(name, column, lint->dialect))
				return true;
		}
	}
	return false;
}

static const char *column_beside(struct lint *lint, const struct schema_column *column,
                                 const struct ddl_action *action)
{
	const char *table = lint_sql(lint, lint->ddl->name);
	const char *old = lint_quote(lint, action->name);
	const char *made = lint_quote(lint, action->new_name);

	if (column == NULL || column->type.at.size == 0)
		return NULL;
	return lint_format(lint,
	                   "ALTER TABLE %s ADD COLUMN %s %.*s;\n"
	                   "-- next migration, when the programs write both\n"
	                   "UPDATE %s SET %s = %s WHERE %s IS NULL;\n"
	                   "-- next migration, when the programs read %s only\n"
	                   "ALTER TABLE %s DROP COLUMN %s;",
	                   table, made, (int)column->type.at.size,
	                   (const char *)column->type.at.start, table, made, old, made, made, table,
	                   old);
}

static void rename_column(struct lint *lint)
{
	const struct ddl *ddl = lint->ddl;
	const struct schema_table *table = lint_existing(lint, ddl->name);
	size_t i;

	if (!lint_may_have_rows(lint, ddl->name))
		return;
	for (i = 0; i < ddl->action_count; i++) {
		const struct ddl_action *action = &ddl->actions[i];
		const struct schema_column *column;

		if (action->kind != ACTION_RENAME_COLUMN || action->name == NULL ||
		    action->new_name == NULL || is_added_again(lint, action->name))
			continue;
		column = table == NULL ? NULL : schema_column(lint->schema, table, action->name);
		if (column != NULL && !column->origin.released)
			continue;
		lint_report(
		        lint, RULE_RENAME_COLUMN,
		        (struct lint_advice){ .at = action->at,
		                              .lock = lock_of(lint, ddl->name),
		                              .help = "add the new one beside it, let the programs "
		                                      "write both, and drop the old one "
		                                      "when nobody reads it",
		                              .rewrite = column_beside(lint, column, action) },
		        "programs that run now still call it %s, and fail from here on",
		        lint_quote(lint, action->name));
	}
}

/* ---- rename-table ---------------------------------------------------------------------------- */

static bool is_viewed(const struct lint *lint)
{
	size_t i;

	for (i = lint->index; i < lint->script->count; i++)
		if (lint->script_ddl[i].kind == DDL_CREATE_VIEW &&
		    name_equals(lint->script_ddl[i].name, lint->ddl->name, lint->dialect))
			return true;
	return false;
}

static const char *table_with_view(struct lint *lint, const char *new_name)
{
	struct name made = { .schema = lint->ddl->name.schema, .name = new_name };
	const char *old = lint_sql(lint, lint->ddl->name);

	return lint_format(lint,
	                   "ALTER TABLE %s RENAME TO %s;\n"
	                   "CREATE VIEW %s AS SELECT * FROM %s;",
	                   old, lint_quote(lint, new_name), old, lint_sql(lint, made));
}

static void rename_table(struct lint *lint)
{
	const struct ddl *ddl = lint->ddl;
	struct rebuild rebuild;
	size_t i;

	if (!lint_may_have_rows(lint, ddl->name) || is_viewed(lint) ||
	    rebuild_at(lint, ddl->name, &rebuild))
		return;
	for (i = 0; i < ddl->action_count; i++) {
		const struct ddl_action *action = &ddl->actions[i];

		if ((action->kind != ACTION_RENAME && action->kind != ACTION_SET_SCHEMA) ||
		    action->new_name == NULL)
			continue;
		lint_report(lint, RULE_RENAME_TABLE,
		            (struct lint_advice){
		                    .at = action->at,
		                    .lock = lock_of(lint, ddl->name),
		                    .help = "leave a view of the old name, which reads and writes "
		                            "the table, until nobody uses it",
		                    .rewrite = action->kind == ACTION_RENAME
		                                       ? table_with_view(lint, action->new_name)
		                                       : NULL },
		            "programs that run now still call it %s, and fail from here on",
		            lint_sql(lint, ddl->name));
	}
}

/* ---- drops ----------------------------------------------------------------------------------- */

static void drop_column(struct lint *lint)
{
	const struct ddl *ddl = lint->ddl;
	const struct schema_table *table = lint_existing(lint, ddl->name);
	size_t i;

	if (!lint_may_have_rows(lint, ddl->name))
		return;
	for (i = 0; i < ddl->action_count; i++) {
		const struct ddl_action *action = &ddl->actions[i];
		const struct schema_column *column;

		if (action->kind != ACTION_DROP_COLUMN || action->name == NULL)
			continue;
		column = table == NULL ? NULL : schema_column(lint->schema, table, action->name);
		if ((column != NULL && (!column->origin.released || column->generated)) ||
		    (column == NULL && action->if_exists))
			continue;
		lint_report(
		        lint, RULE_DROP_COLUMN,
		        (struct lint_advice){
		                .at = action->at,
		                .lock = lock_of(lint, ddl->name),
		                .help = "first release programs that neither read nor write it; "
		                        "then say so: `-- inlay:ignore drop-column -- why`" },
		        "%s of %s is dropped with what it holds", lint_quote(lint, action->name),
		        lint_sql(lint, ddl->name));
	}
}

/* The old table of a rebuild, under the name that the script gave it. */
static bool was_moved_away(const struct lint *lint, struct name table)
{
	size_t i, j;

	for (i = 0; i < lint->index; i++) {
		const struct ddl *ddl = &lint->script_ddl[i];

		for (j = 0; ddl->kind == DDL_ALTER_TABLE && j < ddl->action_count; j++)
			if (ddl->actions[j].kind == ACTION_RENAME &&
			    ddl->actions[j].new_name != NULL &&
			    name_same(ddl->actions[j].new_name, table.name, lint->dialect))
				return schema_table(lint->schema, ddl->name) != NULL;
	}
	return false;
}

static void drop_table(struct lint *lint)
{
	const struct ddl *ddl = lint->ddl;
	struct rebuild rebuild;
	size_t i;

	for (i = 0; ddl->object == OBJECT_TABLE && i < ddl->name_count; i++) {
		struct name name = ddl->names[i];
		bool is_known = schema_table(lint->schema, name) != NULL;

		if (!lint_may_have_rows(lint, name) || (!is_known && ddl->if_exists) ||
		    was_moved_away(lint, name) || rebuild_at(lint, name, &rebuild))
			continue; /* What comes back is a rebuild, or drop-and-create. */
		lint_report(
		        lint, RULE_DROP_TABLE,
		        (struct lint_advice){
		                .at = name.at,
		                .lock = lock_of(lint, name),
		                .help = "first release programs that do without it; then say so: "
		                        "`-- inlay:ignore drop-table -- why`" },
		        "%s is dropped with all of its rows", lint_sql(lint, name));
	}
}

#define ON_POSTGRES (1u << DIALECT_POSTGRES)
#define ON_BOTH     (1u << DIALECT_SQLITE | ON_POSTGRES)

static const struct lint_rule rules[] = {
	{ ON_POSTGRES, LINT_ON(DDL_ALTER_TABLE), false, rename_column },
	{ ON_POSTGRES, LINT_ON(DDL_ALTER_TABLE), false, rename_table },
	{ ON_BOTH, LINT_ON(DDL_ALTER_TABLE), false, drop_column },
	{ ON_BOTH, LINT_ON(DDL_DROP), false, drop_table },
};

const struct lint_table lint_loss = { rules, sizeof(rules) / sizeof(rules[0]) };
