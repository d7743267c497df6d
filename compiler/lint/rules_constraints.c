/* rules_constraints.c - PostgreSQL: foreign keys, checks and NOT NULL, which read the rows that are
 * there.  Keys that build an index are in rules_keys.c. */
#include "lint.h"

#include "advice.h"
#include "locks.h"
#include "model/cursor.h"

#include <stddef.h>
#include <string.h>

static const char *sql_of(const struct text text, struct lint *lint)
{
	return lint_format(lint, "%.*s", (int)text.size, (const char *)text.start);
}

/* Two steps: it holds for new rows at once, and is looked for in old ones later. */
static const char *in_two_steps(struct lint *lint, const struct ddl_constraint *constraint)
{
	struct name table = lint->ddl->name;
	const char *sql = lint_sql(lint, table);

	return lint_format(lint,
	                   "ALTER TABLE %s %sADD %s NOT VALID;\n" ADVICE_NEXT
	                   "ALTER TABLE %s VALIDATE CONSTRAINT %s;",
	                   sql, advice_drops(lint), advice_constraint(lint, table, constraint), sql,
	                   lint_quote(lint, advice_constraint_name(lint, table, constraint)));
}

/* The same for one that stands at a new column. */
static const char *beside_column(struct lint *lint, const struct ddl_column *column,
                                 const struct ddl_constraint *constraint)
{
	struct advice_cut cut = { .but = constraint };

	return lint_format(lint, "ALTER TABLE %s ADD COLUMN %s;\n%s",
	                   lint_sql(lint, lint->ddl->name), advice_column(lint, column, cut),
	                   in_two_steps(lint, constraint));
}

/* ---- foreign keys ---------------------------------------------------------------------------- */

/* PostgreSQL has no NOT VALID here before 18; a valid key of a partition is taken over. */
static const char *key_of_partitions(struct lint *lint, const struct ddl_constraint *constraint)
{
	const struct schema_table *partitions[ADVICE_PARTITION_MAX];
	struct name table = lint->ddl->name;
	size_t count = advice_partitions(lint, table, partitions);
	const char *name = lint_quote(lint, advice_constraint_name(lint, table, constraint));
	const char *definition = advice_constraint(lint, table, constraint);
	const char *adds = "", *validates = "";
	size_t i;

	for (i = 0; i < (count > 0 ? count : 1); i++) {
		const char *partition =
		        count > 0 ? lint_sql(lint, partitions[i]->name) : "<each partition>";

		adds = lint_format(lint, "%sALTER TABLE %s ADD %s NOT VALID;\n", adds, partition,
		                   definition);
		validates = lint_format(lint, "%sALTER TABLE %s VALIDATE CONSTRAINT %s;\n",
		                        validates, partition, name);
	}
	return lint_format(lint, "%s" ADVICE_NEXT "%s" ADVICE_NEXT "ALTER TABLE %s ADD %s;", adds,
	                   validates, lint_sql(lint, table), definition);
}

static void report_foreign_key(struct lint *lint, const struct ddl_constraint *constraint,
                               const struct ddl_column *column)
{
	struct name table = lint->ddl->name;
	const char *sql = lint_sql(lint, table);
	const char *other = lint_sql(lint, constraint->reference.table);
	const struct schema_table *known = schema_table(lint->schema, table);
	struct lint_advice advice = { .at = constraint->at };

	advice.help = "add it NOT VALID, which reads no row, and validate it in a later migration, "
	              "which lets writes go on";
	if (column != NULL) {
		advice.lock =
		        lint_format(lint,
		                    "ACCESS EXCLUSIVE on %s, SHARE ROW EXCLUSIVE on %s: reads "
		                    "and writes wait",
		                    sql, other);
		advice.rewrite = beside_column(lint, column, constraint);
		lint_report(lint, RULE_FOREIGN_KEY_NOT_VALID, advice,
		            "with a default, the foreign key of the new column is looked up for "
		            "every row of %s while reads and writes wait",
		            sql);
		return;
	}
	advice.lock = lint_format(
	        lint, "SHARE ROW EXCLUSIVE on %s and %s: writes wait, reads go on", sql, other);
	advice.rewrite = in_two_steps(lint, constraint);
	if (known != NULL && known->partitioned) {
		advice.help = "before PostgreSQL 18 a partitioned table takes no NOT VALID: give "
		              "each partition the key, validate them, and the parent takes over";
		advice.rewrite = key_of_partitions(lint, constraint);
	}
	lint_report(
	        lint, RULE_FOREIGN_KEY_NOT_VALID, advice,
	        "the foreign key is looked up for every row of %s while writes of %s and %s wait",
	        sql, sql, other);
}

static void check_foreign_key(struct lint *lint, const struct ddl_constraint *constraint,
                              const struct ddl_column *column)
{
	/* A column of nulls is not looked up. */
	if (column != NULL ? column->default_at.start != NULL : !constraint->not_valid)
		report_foreign_key(lint, constraint, column);
}

static void foreign_key_not_valid(struct lint *lint)
{
	advice_each_constraint(lint, CONSTRAINT_FOREIGN_KEY, check_foreign_key);
}

/* ---- checks ---------------------------------------------------------------------------------- */

/* All that a new column's CHECKs say, as one of the table's. */
static const char *checks_beside_column(struct lint *lint, const struct ddl_column *column,
                                        const struct ddl_constraint *first)
{
	struct advice_cut cut = { .parts = ADVICE_CHECKS };
	const char *sql = lint_sql(lint, lint->ddl->name), *all = NULL;
	const char *name = lint_quote(lint, advice_constraint_name(lint, lint->ddl->name, first));
	size_t i;

	for (i = 0; i < column->constraint_count; i++) {
		const char *expression = sql_of(column->constraints[i].expression, lint);

		if (column->constraints[i].kind == CONSTRAINT_CHECK)
			all = all == NULL ? expression
			                  : lint_format(lint, "(%s) AND (%s)", all, expression);
	}
	return lint_format(lint,
	                   "ALTER TABLE %s ADD COLUMN %s;\n"
	                   "ALTER TABLE %s ADD CONSTRAINT %s CHECK (%s) NOT VALID;\n" ADVICE_NEXT
	                   "ALTER TABLE %s VALIDATE CONSTRAINT %s;",
	                   sql, advice_column(lint, column, cut), sql, name, all, sql, name);
}

static void report_check(struct lint *lint, const struct ddl_constraint *constraint,
                         const struct ddl_column *column)
{
	struct lint_advice advice = {
		.at = constraint->at,
		.lock = lock_describe(lint->arena, LOCK_ACCESS_EXCLUSIVE, lint->ddl->name),
		.help = "add it NOT VALID, which reads no row, and validate it in a later "
		        "migration, which lets reads and writes go on",
	};

	advice.rewrite = column != NULL ? checks_beside_column(lint, column, constraint)
	                                : in_two_steps(lint, constraint);
	lint_report(lint, RULE_CHECK_NOT_VALID, advice,
	            "all rows of %s are checked while reads and writes wait",
	            lint_sql(lint, lint->ddl->name));
}

static const struct ddl_constraint *first_check(const struct ddl_column *column)
{
	size_t i;

	for (i = 0; i < column->constraint_count; i++)
		if (column->constraints[i].kind == CONSTRAINT_CHECK)
			return &column->constraints[i];
	return NULL;
}

static void check_not_valid(struct lint *lint)
{
	const struct ddl *ddl = lint->ddl;
	size_t i;

	if (!advice_alters_rows(lint))
		return;
	for (i = 0; i < ddl->action_count; i++) {
		const struct ddl_action *action = &ddl->actions[i];
		const struct ddl_constraint *check = first_check(&action->column);

		if (action->kind == ACTION_ADD_CONSTRAINT &&
		    action->constraint.kind == CONSTRAINT_CHECK && !action->constraint.not_valid)
			report_check(lint, &action->constraint, NULL);
		if (advice_adds_column(lint, action) && check != NULL)
			report_check(lint, check, &action->column);
	}
}

/* ---- NOT VALID and VALIDATE in one transaction ----------------------------------------------- */

/* Does the action add the constraint, not valid? */
static bool adds(struct lint *lint, const struct ddl_action *action, const char *name)
{
	const struct ddl_constraint *constraint = &action->constraint;

	return action->kind == ACTION_ADD_CONSTRAINT && constraint->not_valid &&
	       name_same(advice_constraint_name(lint, lint->ddl->name, constraint), name,
	                 lint->dialect);
}

/* The lock of adding it, still held when it is validated. */
static enum lock_mode lock_of(enum ddl_constraint_kind kind)
{
	return kind == CONSTRAINT_FOREIGN_KEY ? LOCK_SHARE_ROW_EXCLUSIVE : LOCK_ACCESS_EXCLUSIVE;
}

static enum lock_mode lock_of_actions(struct lint *lint, const struct ddl *ddl, const char *name)
{
	size_t i;

	if (ddl->kind == DDL_ALTER_TABLE && name_equals(ddl->name, lint->ddl->name, lint->dialect))
		for (i = 0; i < ddl->action_count; i++)
			if (adds(lint, &ddl->actions[i], name))
				return lock_of(ddl->actions[i].constraint.kind);
	return LOCK_NONE;
}

/* Does this transaction add the constraint?  LOCK_NONE: no. */
static enum lock_mode lock_held(struct lint *lint, const char *name)
{
	const struct ddl *ddl = lint->ddl;
	const struct schema_table *table = schema_table(lint->schema, ddl->name);
	const struct schema_constraint *constraint =
	        table != NULL ? schema_constraint(lint->schema, table, name) : NULL;
	enum lock_mode mode = lock_of_actions(lint, ddl, name);
	size_t i;

	if (mode != LOCK_NONE || lint->script->no_transaction)
		return mode;
	if (constraint != NULL)
		return constraint->origin.script == lint->script && !constraint->valid
		               ? lock_of(constraint->kind)
		               : LOCK_NONE;
	for (i = 0; i < lint->index && mode == LOCK_NONE; i++)
		mode = lock_of_actions(lint, &lint->script_ddl[i], name);
	return mode;
}

static void validate_in_same_transaction(struct lint *lint)
{
	const struct ddl *ddl = lint->ddl;
	size_t i;

	if (!advice_alters_rows(lint))
		return;
	for (i = 0; i < ddl->action_count; i++) {
		const struct ddl_action *action = &ddl->actions[i];
		struct lint_advice advice = { .at = action->at };
		enum lock_mode mode = LOCK_NONE;

		if (action->kind == ACTION_VALIDATE_CONSTRAINT)
			mode = lock_held(lint, action->name);
		if (mode == LOCK_NONE)
			continue;
		advice.lock = lock_describe(lint->arena, mode, ddl->name);
		advice.help =
		        "validate it in a migration of its own: by itself VALIDATE lets reads "
		        "and writes go on";
		advice.rewrite =
		        lint_format(lint, ADVICE_NEXT "ALTER TABLE %s VALIDATE CONSTRAINT %s;",
		                    lint_sql(lint, ddl->name), lint_quote(lint, action->name));
		lint_report(lint, RULE_VALIDATE_IN_SAME_TRANSACTION, advice,
		            "the transaction that adds %s keeps its lock on %s while all rows are "
		            "checked, as if NOT VALID had not been there",
		            lint_quote(lint, action->name), lint_sql(lint, ddl->name));
	}
}

/* ---- DROP CONSTRAINT ------------------------------------------------------------------------- */

static bool is_key(enum ddl_constraint_kind kind)
{
	return kind == CONSTRAINT_PRIMARY_KEY || kind == CONSTRAINT_UNIQUE;
}

static bool is_like(const struct lint *lint, const struct ddl_constraint *added, const char *name,
                    const struct schema_constraint *dropped)
{
	if (name_same(added->name, name, lint->dialect))
		return true;
	if (dropped == NULL)
		return false;
	if (is_key(added->kind) && is_key(dropped->kind))
		return true;
	return added->kind == dropped->kind && added->column_count == dropped->column_count &&
	       added->column_count > 0 &&
	       name_same(added->columns[0], dropped->columns[0], lint->dialect);
}

/* Another one in its place, or what it is about goes too. */
static bool is_settled_by(const struct lint *lint, const struct ddl_action *action,
                          const char *name, const struct schema_constraint *dropped)
{
	if (action->kind == ACTION_ADD_CONSTRAINT)
		return is_like(lint, &action->constraint, name, dropped);
	return action->kind == ACTION_DROP_COLUMN && dropped != NULL &&
	       name_is_among(action->name, dropped->columns, dropped->column_count, lint->dialect);
}

static bool is_dropped(const struct lint *lint, const struct ddl *ddl,
                       const struct schema_constraint *dropped)
{
	size_t i;

	for (i = 0; ddl->object == OBJECT_TABLE && i < ddl->name_count; i++)
		if (name_equals(ddl->names[i], lint->ddl->name, lint->dialect) ||
		    (dropped != NULL &&
		     name_equals(ddl->names[i], dropped->reference.table, lint->dialect)))
			return true;
	return false;
}

/* Does the script put another one in its place, or drop what it is about? */
static bool is_settled(const struct lint *lint, const char *name,
                       const struct schema_constraint *dropped)
{
	size_t i, j;

	for (i = 0; i < lint->script->count; i++) {
		const struct ddl *ddl = &lint->script_ddl[i];

		if (ddl->kind == DDL_DROP && is_dropped(lint, ddl, dropped))
			return true;
		if (ddl->kind == DDL_CREATE_INDEX && ddl->unique && dropped != NULL &&
		    is_key(dropped->kind) &&
		    name_equals(ddl->table, lint->ddl->name, lint->dialect))
			return true;
		if (ddl->kind != DDL_ALTER_TABLE ||
		    !name_equals(ddl->name, lint->ddl->name, lint->dialect))
			continue;
		for (j = 0; j < ddl->action_count; j++)
			if (is_settled_by(lint, &ddl->actions[j], name, dropped))
				return true;
	}
	return false;
}

/* Is it a key that another key of the table implies? */
static bool is_implied(const struct lint *lint, const struct schema_table *table,
                       const struct schema_constraint *dropped)
{
	size_t i, j;

	if (dropped == NULL || !is_key(dropped->kind))
		return false;
	for (i = 0; i < table->constraint_count; i++) {
		const struct schema_constraint *other = &table->constraints[i];

		if (other == dropped || !is_key(other->kind))
			continue;
		for (j = 0; j < other->column_count; j++)
			if (!name_is_among(other->columns[j], dropped->columns,
			                   dropped->column_count, lint->dialect))
				break;
		if (j == other->column_count)
			return true;
	}
	return false;
}

/* NULL: nothing that anybody relies on. */
static const char *what_is_lost(const struct schema_constraint *constraint)
{
	if (constraint == NULL)
		return ": nothing keeps the rows to it any more";
	switch (constraint->kind) {
	case CONSTRAINT_FOREIGN_KEY:
		return ": from then on its rows may refer to rows that do not exist";
	case CONSTRAINT_PRIMARY_KEY:
	case CONSTRAINT_UNIQUE:
	case CONSTRAINT_EXCLUDE:
		return " with its index: duplicates may come in, look-ups get slow, and ON "
		       "CONFLICT "
		       "on its columns fails";
	default: return NULL;
	}
}

static void report_drop_constraint(struct lint *lint, const struct ddl_action *action,
                                   const struct schema_constraint *constraint)
{
	struct name table = lint->ddl->name;
	struct lint_advice advice = { .at = action->at };

	advice.lock = lock_describe(lint->arena, LOCK_ACCESS_EXCLUSIVE, table);
	if (constraint != NULL && constraint->kind == CONSTRAINT_FOREIGN_KEY)
		advice.lock = lint_format(
		        lint, "ACCESS EXCLUSIVE on %s and %s: reads and writes wait",
		        lint_sql(lint, table), lint_sql(lint, constraint->reference.table));
	advice.help = "make sure that no running program relies on it, then say so with "
	              "inlay:ignore and the reason";
	lint_report(lint, RULE_DROP_CONSTRAINT, advice, "the constraint %s of %s is dropped%s",
	            lint_quote(lint, action->name), lint_sql(lint, table),
	            what_is_lost(constraint));
}

/* A CHECK that goes lets more rows in and breaks nothing: no word of it. */
static void drop_constraint(struct lint *lint)
{
	const struct ddl *ddl = lint->ddl;
	const struct schema_table *table = schema_table(lint->schema, ddl->name);
	size_t i;

	if (!advice_alters_rows(lint))
		return;
	for (i = 0; i < ddl->action_count; i++) {
		const struct ddl_action *action = &ddl->actions[i];
		const struct schema_constraint *constraint;

		if (action->kind != ACTION_DROP_CONSTRAINT)
			continue;
		constraint =
		        table != NULL ? schema_constraint(lint->schema, table, action->name) : NULL;
		if (constraint != NULL && !constraint->origin.released)
			continue;
		if ((constraint == NULL && action->if_exists) || what_is_lost(constraint) == NULL)
			continue;
		if (!is_settled(lint, action->name, constraint) &&
		    !is_implied(lint, table, constraint))
			report_drop_constraint(lint, action, constraint);
	}
}

/* ---- domains --------------------------------------------------------------------------------- */

static bool has_domain(struct lint *lint, const struct schema_column *column, struct name domain)
{
	struct cursor cursor;

	if (column->type.at.start == NULL)
		return false;
	cursor = cursor_of_text(lint->arena, column->type.at, lint->dialect);
	return name_equals(cursor_take_name(&cursor), domain, lint->dialect);
}

/* "a, b", the tables with a column of the domain that may hold rows; NULL: there are none. */
static const char *tables_with(struct lint *lint, struct name domain)
{
	const char *list = NULL;
	size_t i, j;

	for (i = 0; i < lint->schema->table_count; i++) {
		const struct schema_table *table = &lint->schema->tables[i];

		for (j = 0; j < table->column_count; j++)
			if (has_domain(lint, &table->columns[j], domain))
				break;
		if (j < table->column_count && lint_may_have_rows(lint, table->name))
			list = list == NULL ? lint_sql(lint, table->name)
			                    : lint_format(lint, "%s, %s", list,
			                                  lint_sql(lint, table->name));
	}
	return list;
}

/* A name for a constraint that has none, other than the one that CREATE DOMAIN gave its CHECK. */
static const char *domain_constraint_name(struct lint *lint, struct name domain, bool is_check)
{
	const struct schema_object *known = schema_object(lint->schema, OBJECT_DOMAIN, domain);
	const char *suffix = "not_null";

	if (is_check)
		suffix = known != NULL && known->has_check ? "check1" : "check";
	return lint_quote(lint,
	                  advice_name(lint, domain, (struct advice_names){ NULL, 0 }, suffix));
}

static void report_domain(struct lint *lint, const struct ddl_action *action, const char *tables)
{
	struct name domain = lint->ddl->name;
	const char *sql = lint_sql(lint, domain);
	const struct ddl_constraint *constraint = &action->constraint;
	const char *name =
	        domain_constraint_name(lint, domain, action->kind == ACTION_ADD_CONSTRAINT);
	const char *definition = lint_format(lint, "CONSTRAINT %s CHECK (VALUE IS NOT NULL)", name);
	struct lint_advice advice = { .at = action->at };

	if (action->kind == ACTION_ADD_CONSTRAINT) {
		definition = constraint->name != NULL ? sql_of(constraint->at, lint)
		                                      : lint_format(lint, "CONSTRAINT %s %s", name,
		                                                    sql_of(constraint->at, lint));
		name = constraint->name != NULL ? lint_quote(lint, constraint->name) : name;
	}
	advice.lock = lint_format(lint, "SHARE on %s: writes wait, reads go on", tables);
	advice.help = "add it NOT VALID, which holds for new values and locks no table; VALIDATE "
	              "takes the same lock, so leave that to a quiet hour";
	advice.rewrite = lint_format(lint,
	                             "ALTER DOMAIN %s ADD %s NOT VALID;\n"
	                             "-- next migration, at a quiet hour\n"
	                             "ALTER DOMAIN %s VALIDATE CONSTRAINT %s;",
	                             sql, definition, sql, name);
	lint_report(lint, RULE_DOMAIN_CONSTRAINT, advice,
	            "writes of each table with a column of %s wait while its rows are read: %s",
	            sql, tables);
}

static void domain_constraint(struct lint *lint)
{
	const struct ddl *ddl = lint->ddl;
	const char *tables = NULL;
	size_t i;

	for (i = 0; i < ddl->action_count; i++) {
		const struct ddl_action *action = &ddl->actions[i];
		bool reads =
		        action->kind == ACTION_SET_NOT_NULL ||
		        (action->kind == ACTION_ADD_CONSTRAINT && !action->constraint.not_valid);

		if (!reads)
			continue;
		tables = tables_with(lint, ddl->name);
		if (tables != NULL)
			report_domain(lint, action, tables);
	}
}

/* ---- SET NOT NULL ---------------------------------------------------------------------------- */

static void set_not_null(struct lint *lint)
{
	const struct ddl *ddl = lint->ddl;
	const struct schema_table *table = schema_table(lint->schema, ddl->name);
	size_t i;

	if (!advice_alters_rows(lint))
		return;
	for (i = 0; i < ddl->action_count; i++) {
		const struct ddl_action *action = &ddl->actions[i];
		const struct schema_column *column = NULL;
		struct lint_advice advice = { .at = action->at };

		if (action->kind != ACTION_SET_NOT_NULL)
			continue;
		if (table != NULL)
			column = schema_column(lint->schema, table, action->name);
		if ((column != NULL && column->not_null) ||
		    (table != NULL && advice_is_proven(lint, table, action->name)))
			continue;
		advice.lock = lock_describe(lint->arena, LOCK_ACCESS_EXCLUSIVE, ddl->name);
		advice.help = "let a CHECK that is validated under a weaker lock prove it: with "
		              "that, SET NOT NULL reads no row (PostgreSQL 12)";
		advice.rewrite = advice_not_null(lint, ddl->name, action->name);
		lint_report(lint, RULE_SET_NOT_NULL, advice,
		            "all rows of %s are read while reads and writes wait, and it fails on "
		            "the first one where %s is null",
		            lint_sql(lint, ddl->name), lint_quote(lint, action->name));
	}
}

/* ---- the table ------------------------------------------------------------------------------- */

static const struct lint_rule rules[] = {
	{ ON_POSTGRES, LINT_ON(DDL_ALTER_TABLE), LINT_AT_STATEMENT, foreign_key_not_valid },
	{ ON_POSTGRES, LINT_ON(DDL_ALTER_TABLE), LINT_AT_STATEMENT, check_not_valid },
	{ ON_POSTGRES, LINT_ON(DDL_ALTER_TABLE), LINT_AT_STATEMENT, validate_in_same_transaction },
	{ ON_POSTGRES, LINT_ON(DDL_ALTER_TABLE), LINT_AT_STATEMENT, drop_constraint },
	{ ON_POSTGRES, LINT_ON(DDL_ALTER_TABLE), LINT_AT_STATEMENT, set_not_null },
	{ ON_POSTGRES, LINT_ON(DDL_ALTER_DOMAIN), LINT_AT_STATEMENT, domain_constraint },
};

const struct lint_table lint_constraints = { rules, sizeof(rules) / sizeof(rules[0]) };
