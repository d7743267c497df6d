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

/* "a, b and 3 more" */
static void add_name(struct lint *lint, const char **names, size_t *count, const char *name)
{
	(*count)++;
	if (*count == 1)
		*names = name;
	else if (*count <= 4)
		*names = lint_format(lint, "%s, %s", *names, name);
}

static const char *all_names(struct lint *lint, const char *names, size_t count)
{
	return count <= 4 ? names : lint_format(lint, "%s and %zu more", names, count - 4);
}

/* The script gave the table its name: programs that run do not know it, nor its columns. */
static bool was_renamed(const struct lint *lint, struct name table)
{
	size_t i, j;

	for (i = 0; i < lint->index; i++) {
		const struct ddl *ddl = &lint->script_ddl[i];

		for (j = 0; ddl->kind == DDL_ALTER_TABLE && j < ddl->action_count; j++)
			if (ddl->actions[j].kind == ACTION_RENAME &&
			    ddl->actions[j].new_name != NULL &&
			    name_same(ddl->actions[j].new_name, table.name, lint->dialect))
				return true;
	}
	return false;
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
		    action->new_name == NULL || is_added_again(lint, action->name) ||
		    was_renamed(lint, ddl->name))
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

	if ((lint->script_kinds & LINT_ON(DDL_CREATE_VIEW)) == 0)
		return false;
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

/* A column of another name until this script moved it away, to put a new one in its place. */
static bool was_moved(const struct lint *lint, const char *column)
{
	size_t i, j;

	for (i = 0; i <= lint->index; i++) {
		const struct ddl *ddl = &lint->script_ddl[i];

		for (j = 0; ddl->kind == DDL_ALTER_TABLE && j < ddl->action_count; j++)
			if (ddl->actions[j].kind == ACTION_RENAME_COLUMN &&
			    ddl->actions[j].new_name != NULL &&
			    name_same(ddl->actions[j].new_name, column, lint->dialect) &&
			    name_equals(ddl->name, lint->ddl->name, lint->dialect))
				return true;
	}
	return false;
}

/* Does it go with values that a release has stored? */
static bool loses_values(const struct lint *lint, const struct schema_table *table,
                         const struct ddl_action *action)
{
	const struct schema_column *column =
	        table == NULL ? NULL : schema_column(lint->schema, table, action->name);

	return column == NULL ? !action->if_exists
	                      : column->origin.released && !column->generated &&
	                                !was_moved(lint, action->name);
}

static void drop_column(struct lint *lint)
{
	const struct ddl *ddl = lint->ddl;
	const struct schema_table *table = lint_existing(lint, ddl->name);
	const char *names = NULL;
	struct text at = { NULL, 0 };
	size_t count = 0, i;

	for (i = 0; lint_may_have_rows(lint, ddl->name) && i < ddl->action_count; i++) {
		const struct ddl_action *action = &ddl->actions[i];

		if (action->kind != ACTION_DROP_COLUMN || action->name == NULL ||
		    !loses_values(lint, table, action))
			continue;
		add_name(lint, &names, &count, lint_quote(lint, action->name));
		if (count == 1)
			at = action->at;
	}
	if (count > 0)
		lint_report(
		        lint, RULE_DROP_COLUMN,
		        (struct lint_advice){
		                .at = at,
		                .lock = lock_of(lint, ddl->name),
		                .help = "first release programs that neither read nor write it; "
		                        "then say so: `-- inlay:ignore drop-column -- why`" },
		        "%s of %s %s dropped with what %s", all_names(lint, names, count),
		        lint_sql(lint, ddl->name), count == 1 ? "is" : "are",
		        count == 1 ? "it holds" : "they hold");
}

/* What is made again is a rebuild, or drop-and-create. */
static bool is_lost(const struct lint *lint, struct name table)
{
	bool is_known = schema_table(lint->schema, table) != NULL;
	struct rebuild rebuild;

	return lint_may_have_rows(lint, table) && (is_known || !lint->ddl->if_exists) &&
	       !(is_known && was_renamed(lint, table)) && !rebuild_at(lint, table, &rebuild);
}

static const char *lock_of_all(struct lint *lint, const char *names)
{
	if (lint->dialect != DIALECT_POSTGRES)
		return NULL;
	return lint_format(lint, "%s on %s: %s", lock_mode_name(LOCK_ACCESS_EXCLUSIVE), names,
	                   lock_mode_blocks(LOCK_ACCESS_EXCLUSIVE));
}

static void drop_table(struct lint *lint)
{
	const struct ddl *ddl = lint->ddl;
	const char *names = NULL;
	struct name first = { .name = NULL };
	size_t count = 0, i;

	for (i = 0; ddl->object == OBJECT_TABLE && i < ddl->name_count; i++)
		if (is_lost(lint, ddl->names[i])) {
			add_name(lint, &names, &count, lint_sql(lint, ddl->names[i]));
			if (count == 1)
				first = ddl->names[i];
		}
	if (count > 0)
		lint_report(
		        lint, RULE_DROP_TABLE,
		        (struct lint_advice){
		                .at = first.at,
		                .lock = lock_of_all(lint, all_names(lint, names, count)),
		                .help = "first release programs that do without it; then say so: "
		                        "`-- inlay:ignore drop-table -- why`" },
		        "%s %s dropped with all rows", all_names(lint, names, count),
		        count == 1 ? "is" : "are");
}

static const struct lint_rule rules[] = {
	{ ON_POSTGRES, LINT_ON(DDL_ALTER_TABLE), LINT_AT_STATEMENT, rename_column },
	{ ON_POSTGRES, LINT_ON(DDL_ALTER_TABLE), LINT_AT_STATEMENT, rename_table },
	{ ON_BOTH, LINT_ON(DDL_ALTER_TABLE), LINT_AT_STATEMENT, drop_column },
	{ ON_BOTH, LINT_ON(DDL_DROP), LINT_AT_STATEMENT, drop_table },
};

const struct lint_table lint_loss = { rules, sizeof(rules) / sizeof(rules[0]) };
