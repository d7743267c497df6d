/* rules_names.c - names: of what is not there, of what a foreign key can not refer to, and ones
 * that are too long. */
#include "history.h"

#include "model/cursor.h"

#include <stddef.h>
#include <string.h>

/* ---- unknown-object: tables ------------------------------------------------------------------ */

/* A table whose name differs in case only, which PostgreSQL tells apart. */
static const struct schema_table *find_other_case(const struct lint *lint, struct name name)
{
	size_t i;

	for (i = 0; i < lint->schema->table_count; i++)
		if (name_same(lint->schema->tables[i].name.name, name.name, DIALECT_SQLITE))
			return &lint->schema->tables[i];
	return NULL;
}

static void report_table(struct lint *lint, struct name name)
{
	const struct schema_table *other = find_other_case(lint, name);
	const char *help = "correct the name; or, if something else makes it, say so with "
	                   "-- inlay:ignore unknown-object -- reason";

	if (other != NULL && strcmp(other->name.name, name.name) == 0)
		help = lint_format(lint, "there is %s", lint_sql(lint, other->name));
	else if (other != NULL)
		help = lint_format(lint,
		                   "there is %s; quoted names keep their case, others are "
		                   "made lower-case",
		                   lint_sql(lint, other->name));
	lint_report(lint, RULE_UNKNOWN_OBJECT, (struct lint_advice){ .at = name.at, .help = help },
	            "no migration before this makes a table %s", lint_sql(lint, name));
}

/* Says it, and is true, when there is no such table. */
static bool is_unknown(struct lint *lint, struct name name)
{
	/* The first tables of a history may be about what somebody else made. */
	if (lint->schema->table_count == 0 || !schema_is_missing(lint->schema, name))
		return false;
	report_table(lint, name);
	return true;
}

/* ---- unknown-object: columns ----------------------------------------------------------------- */

static bool has_all_columns(const struct lint *lint, const struct schema_table *table)
{
	return table != NULL && !table->is_opaque && !lint->schema->is_opaque;
}

static bool is_system_column(const struct lint *lint, const char *name)
{
	static const char *const of_postgres[] = { "ctid", "xmin",     "xmax", "cmin",
		                                   "cmax", "tableoid", "oid" };
	static const char *const of_sqlite[] = { "rowid", "oid", "_rowid_" };
	const char *const *names = lint->dialect == DIALECT_SQLITE ? of_sqlite : of_postgres;
	size_t count = lint->dialect == DIALECT_SQLITE ? 3 : 7;
	size_t i;

	for (i = 0; i < count; i++)
		if (name_same(names[i], name, DIALECT_SQLITE))
			return true;
	return false;
}

static void report_column(struct lint *lint, const struct schema_table *table, const char *name,
                          struct text at)
{
	lint_report(lint, RULE_UNKNOWN_OBJECT,
	            (struct lint_advice){ .at = at,
	                                  .help = "correct the name, or add the column first" },
	            "%s has no column %s here", lint_sql(lint, table->name),
	            lint_quote(lint, name));
}

static void check_column(struct lint *lint, const struct schema_table *table, const char *name,
                         struct text at)
{
	if (name != NULL && schema_column(lint->schema, table, name) == NULL &&
	    !is_system_column(lint, name))
		report_column(lint, table, name, at);
}

/* ---- unknown-object: statements -------------------------------------------------------------- */

static bool is_added_here(const struct lint *lint, size_t action)
{
	const struct ddl_action *actions = lint->ddl->actions;
	size_t i;

	for (i = 0; i < lint->ddl->action_count; i++)
		if (i != action && actions[i].kind == ACTION_ADD_COLUMN &&
		    name_same(actions[i].name, actions[action].name, lint->dialect))
			return true;
	return false;
}

static void check_action(struct lint *lint, const struct schema_table *table, size_t index)
{
	const struct ddl_action *action = &lint->ddl->actions[index];

	switch (action->kind) {
	case ACTION_DROP_COLUMN:
		if (action->if_exists)
			return;
		break;
	case ACTION_RENAME_COLUMN:
	case ACTION_SET_TYPE:
	case ACTION_SET_DEFAULT:
	case ACTION_DROP_DEFAULT:
	case ACTION_SET_NOT_NULL:
	case ACTION_DROP_NOT_NULL: break;
	default: return;
	}
	if (!is_added_here(lint, index))
		check_column(lint, table, action->name,
		             history_find(lint, action->at, action->name));
}

static void unknown_in_alter(struct lint *lint)
{
	const struct ddl *ddl = lint->ddl;
	const struct schema_table *table = schema_table(lint->schema, ddl->name);
	size_t i;

	if (ddl->if_exists || is_unknown(lint, ddl->name) || !has_all_columns(lint, table))
		return;
	for (i = 0; i < ddl->action_count; i++)
		check_action(lint, table, i);
}

static void unknown_in_drop(struct lint *lint)
{
	const struct ddl *ddl = lint->ddl;
	size_t i;

	if (ddl->kind == DDL_DROP && (ddl->object != OBJECT_TABLE || ddl->if_exists))
		return;
	for (i = 0; i < ddl->name_count; i++)
		is_unknown(lint, ddl->names[i]);
}

/* CREATE INDEX, CREATE TRIGGER, INSERT, UPDATE, DELETE: the table, and the columns they name. */
static void unknown_in_use(struct lint *lint)
{
	const struct ddl *ddl = lint->ddl;
	const struct schema_table *table = schema_table(lint->schema, ddl->table);
	size_t i;

	if (is_unknown(lint, ddl->table) || !has_all_columns(lint, table))
		return;
	for (i = 0; i < ddl->index_column_count; i++)
		check_column(lint, table, ddl->index_columns[i].name, ddl->index_columns[i].at);
	if (ddl->kind == DDL_UPDATE)
		for (i = 0; i < ddl->value_count; i++)
			check_column(lint, table, ddl->values[i],
			             history_find(lint, ddl->table.at, ddl->values[i]));
}

/* ---- foreign keys ---------------------------------------------------------------------------- */

static void check_reference(struct lint *lint, const struct ddl_constraint *constraint)
{
	const struct ddl_reference *reference = &constraint->reference;
	const struct schema_table *parent;
	size_t i;

	if (constraint->kind != CONSTRAINT_FOREIGN_KEY ||
	    name_equals(reference->table, lint->ddl->name, lint->dialect) ||
	    is_unknown(lint, reference->table))
		return;
	parent = schema_table(lint->schema, reference->table);
	if (!has_all_columns(lint, parent))
		return;
	for (i = 0; i < reference->column_count; i++)
		check_column(lint, parent, reference->columns[i],
		             history_find(lint, reference->table.at, reference->columns[i]));
}

static void check_references_of(struct lint *lint, const struct ddl_column *column)
{
	size_t i;

	for (i = 0; i < column->constraint_count; i++)
		check_reference(lint, &column->constraints[i]);
}

/* PostgreSQL wants the table to be there at once. */
static void unknown_in_references(struct lint *lint)
{
	const struct ddl *ddl = lint->ddl;
	size_t i;

	for (i = 0; i < ddl->column_count; i++)
		check_references_of(lint, &ddl->columns[i]);
	for (i = 0; i < ddl->constraint_count; i++)
		check_reference(lint, &ddl->constraints[i]);
	for (i = 0; i < ddl->action_count; i++) {
		if (ddl->actions[i].kind == ACTION_ADD_COLUMN)
			check_references_of(lint, &ddl->actions[i].column);
		if (ddl->actions[i].kind == ACTION_ADD_CONSTRAINT)
			check_reference(lint, &ddl->actions[i].constraint);
	}
}

/* Can rows of `parent` be found by the columns that a foreign key refers to? */
static bool is_key(const struct lint *lint, const struct schema_table *parent,
                   const struct schema_constraint *constraint)
{
	const struct ddl_reference *reference = &constraint->reference;
	const struct schema_constraint *primary = schema_primary_key(parent);

	if (reference->column_count == 0)
		return primary != NULL && primary->column_count == constraint->column_count;
	return reference->column_count == constraint->column_count &&
	       schema_is_unique(lint->schema, parent, reference->columns, reference->column_count);
}

static const char *join(struct lint *lint, const char *const *columns, size_t count)
{
	const char *joined = "";
	size_t i;

	for (i = 0; i < count; i++)
		joined = lint_format(lint, "%s%s%s", joined, i > 0 ? ", " : "",
		                     lint_quote(lint, columns[i]));
	return joined;
}

static void report_target(struct lint *lint, const struct schema_table *parent,
                          const struct schema_constraint *constraint)
{
	const struct ddl_reference *reference = &constraint->reference;
	struct lint_advice advice = { .at = reference->table.at };
	const char *name = lint_sql(lint, parent->name);

	if (reference->column_count == 0) {
		advice.help = "name columns that are UNIQUE, or give that table such a primary key";
		lint_report(lint, RULE_FOREIGN_KEY_TARGET, advice,
		            "a foreign key to %s, whose primary key is not %zu column%s: every "
		            "write fails with \"foreign key mismatch\"",
		            name, constraint->column_count,
		            constraint->column_count == 1 ? "" : "s");
		return;
	}
	advice.help = lint_format(lint, "refer to the primary key, or make (%s) unique",
	                          join(lint, reference->columns, reference->column_count));
	advice.rewrite =
	        lint_format(lint, "CREATE UNIQUE INDEX %s ON %s (%s);",
	                    lint_quote(lint, lint_format(lint, "%s_%s_key", parent->name.name,
	                                                 reference->columns[0])),
	                    name, join(lint, reference->columns, reference->column_count));
	lint_report(lint, RULE_FOREIGN_KEY_TARGET, advice,
	            "a foreign key to %s (%s), which is not unique: every write fails with "
	            "\"foreign key mismatch\"",
	            name, join(lint, reference->columns, reference->column_count));
}

static void check_target(struct lint *lint, const struct schema_constraint *constraint)
{
	const struct schema_table *parent = schema_table(lint->schema, constraint->reference.table);

	lint->script = constraint->origin.script;
	if (parent == NULL) {
		if (schema_is_missing(lint->schema, constraint->reference.table))
			report_table(lint, constraint->reference.table);
		return;
	}
	if (has_all_columns(lint, parent) && !is_key(lint, parent, constraint))
		report_target(lint, parent, constraint);
}

static bool is_last_script(const struct lint *lint)
{
	const struct migration *end = lint->set->items + lint->set->count;
	const struct migration *next;

	if (lint->migration->repeatable)
		return false;
	for (next = lint->migration + 1; next < end; next++)
		if (next->variants[lint->dialect].up.source != NULL)
			return false;
	return true;
}

/* SQLite asks for the table and its key when a row is written: all of the history counts. */
static void targets_at_end(struct lint *lint)
{
	const struct script *script = lint->script;
	size_t i, j;

	if (!is_last_script(lint))
		return;
	for (i = 0; i < lint->schema->table_count; i++) {
		const struct schema_table *table = &lint->schema->tables[i];

		for (j = 0; j < table->constraint_count; j++) {
			const struct schema_constraint *constraint = &table->constraints[j];

			/* Where a rename has changed it there is no place to show. */
			if (constraint->kind == CONSTRAINT_FOREIGN_KEY &&
			    !constraint->origin.released &&
			    constraint->reference.table.at.start != NULL)
				check_target(lint, constraint);
		}
	}
	lint->script = script;
}

/* ---- identifier-too-long --------------------------------------------------------------------- */

static bool is_inside(struct text token, struct text outer)
{
	return outer.start != NULL && token.start >= outer.start &&
	       token.start < outer.start + outer.size;
}

/* Is it the name of something that is there, and not a new one? */
static bool is_old(const struct lint *lint, const struct token *token, const char *name)
{
	const struct ddl *ddl = lint->ddl;
	const struct schema_table *table =
	        schema_table(lint->schema, ddl->table.name != NULL ? ddl->table : ddl->name);

	if (is_inside(token->text, ddl->table.at) || is_inside(token->text, ddl->as_query) ||
	    is_inside(token->text, ddl->body))
		return true;
	if (ddl->kind == DDL_ALTER_TABLE && is_inside(token->text, ddl->name.at))
		return true;
	return table != NULL && (schema_column(lint->schema, table, name) != NULL ||
	                         schema_constraint(lint->schema, table, name) != NULL);
}

static void identifier_too_long(struct lint *lint)
{
	struct cursor cursor = cursor_of(lint->arena, lint->ddl->statement, lint->dialect);
	const char *last = NULL;

	for (; !cursor_at_end(&cursor); cursor_advance(&cursor)) {
		const char *whole, *name;

		if (cursor.token.text.size <= POSTGRES_NAME_SIZE_MAX)
			continue;
		whole = name_from_token_whole(lint->arena, &cursor.token, lint->dialect);
		if (whole == NULL || strlen(whole) <= POSTGRES_NAME_SIZE_MAX)
			continue;
		name = name_from_token(lint->arena, &cursor.token, lint->dialect);
		if (is_old(lint, &cursor.token, name) || name_same(last, name, lint->dialect))
			continue;
		last = name;
		lint_report(lint, RULE_IDENTIFIER_TOO_LONG,
		            (struct lint_advice){ .at = cursor.token.text,
		                                  .help = "choose a name of at most 63 bytes" },
		            "this name has %zu bytes: PostgreSQL cuts it to %s", strlen(whole),
		            name);
	}
}

/* ---- the table ------------------------------------------------------------------------------- */

#define USES                                                                                       \
	(LINT_ON(DDL_CREATE_INDEX) | LINT_ON(DDL_CREATE_TRIGGER) | LINT_ON(DDL_INSERT) |           \
	 LINT_ON(DDL_UPDATE) | LINT_ON(DDL_DELETE))

#define MAKES_NAMES                                                                                \
	(LINT_ON(DDL_CREATE_TABLE) | LINT_ON(DDL_ALTER_TABLE) | LINT_ON(DDL_CREATE_INDEX) |        \
	 LINT_ON(DDL_ALTER_INDEX) | LINT_ON(DDL_CREATE_VIEW) | LINT_ON(DDL_ALTER_VIEW) |           \
	 LINT_ON(DDL_CREATE_TRIGGER) | LINT_ON(DDL_CREATE_FUNCTION) | LINT_ON(DDL_CREATE_TYPE) |   \
	 LINT_ON(DDL_CREATE_DOMAIN) | LINT_ON(DDL_CREATE_SCHEMA) | LINT_ON(DDL_CREATE_SEQUENCE) |  \
	 LINT_ON(DDL_CREATE_POLICY) | LINT_ON(DDL_CREATE_RULE))

static const struct lint_rule rules[] = {
	{ ON_BOTH, LINT_ON(DDL_ALTER_TABLE), LINT_AT_STATEMENT, unknown_in_alter },
	{ ON_BOTH, LINT_ON(DDL_DROP) | LINT_ON(DDL_TRUNCATE), LINT_AT_STATEMENT, unknown_in_drop },
	{ ON_BOTH, USES, LINT_AT_STATEMENT, unknown_in_use },
	{ ON_POSTGRES, LINT_ON(DDL_CREATE_TABLE) | LINT_ON(DDL_ALTER_TABLE), LINT_AT_STATEMENT,
	  unknown_in_references },
	{ ON_SQLITE, 0, LINT_AT_SCRIPT_END, targets_at_end },
	{ ON_POSTGRES, MAKES_NAMES, LINT_AT_STATEMENT, identifier_too_long },
};

const struct lint_table lint_names = { rules, sizeof(rules) / sizeof(rules[0]) };
