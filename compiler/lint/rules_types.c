/* rules_types.c - PostgreSQL: ALTER COLUMN TYPE. */
#include "lint.h"

#include "advice.h"
#include "changes.h"
#include "locks.h"

#include <stddef.h>
#include <string.h>

/* ---- the rules ------------------------------------------------------------------------------- */

/* A line that says what the old column has and the new one has to get; "": nothing. */
static const char *belongings(struct lint *lint, const char *name)
{
	const struct schema_table *table = schema_table(lint->schema, lint->ddl->name);
	const struct schema_column *column =
	        table != NULL ? schema_column(lint->schema, table, name) : NULL;
	const char *list = "";
	size_t i, j;

	if (column == NULL)
		return "-- and when it has the NOT NULL, keys and indexes of the old one\n";
	if (column->not_null)
		list = ", NOT NULL";
	if (column->has_default)
		list = lint_format(lint, "%s, DEFAULT", list);
	for (i = 0; i < table->constraint_count; i++) {
		const struct schema_constraint *constraint = &table->constraints[i];

		if (name_is_among(name, constraint->columns, constraint->column_count,
		                  lint->dialect))
			list = lint_format(lint, "%s, %s", list,
			                   lint_quote(lint, constraint->name));
	}
	for (i = 0; i < table->index_count; i++)
		for (j = 0; j < table->indexes[i].column_count; j++)
			if (name_same(table->indexes[i].columns[j].name, name, lint->dialect))
				list = lint_format(lint, "%s, %s", list,
				                   lint_sql(lint, table->indexes[i].name));
	if (list[0] == '\0')
		return "";
	return lint_format(lint, "-- and when it has what the old one has: %s\n", list + 2);
}

/* What the new column is null without, as SQL; NULL: it never is. */
static const char *source_of(struct lint *lint, const struct ddl_action *action, const char *value)
{
	const struct schema_table *table = schema_table(lint->schema, lint->ddl->name);
	const struct schema_column *column =
	        table != NULL ? schema_column(lint->schema, table, action->name) : NULL;

	if (action->using_at.start != NULL)
		return lint_format(lint, "(%s)", value);
	return column != NULL && column->not_null ? NULL : lint_quote(lint, action->name);
}

/* A column of the new type, filled and put in the place of the old one. */
static const char *expand_and_contract(struct lint *lint, const struct ddl_action *action)
{
	struct name table = lint->ddl->name;
	const char *sql = lint_sql(lint, table), *old = lint_quote(lint, action->name);
	const char *new_name = lint_format(lint, "%s_new", action->name);
	const char *new_column = lint_quote(lint, new_name), *value;

	value = action->using_at.start != NULL
	                ? lint_format(lint, "%.*s", (int)action->using_at.size,
	                              (const char *)action->using_at.start)
	                : lint_format(lint, "%s::%.*s", old, (int)action->type.at.size,
	                              (const char *)action->type.at.start);
	return lint_format(
	        lint,
	        "ALTER TABLE %s ADD COLUMN %s %.*s;\n"
	        "-- from here on programs, or a trigger, write both columns\n"
	        "%s\n"
	        "-- next migration, when programs read the new column\n%s"
	        "ALTER TABLE %s DROP COLUMN %s;\n"
	        "ALTER TABLE %s RENAME COLUMN %s TO %s;",
	        sql, new_column, (int)action->type.at.size, (const char *)action->type.at.start,
	        advice_fill(lint, table, new_name, value, source_of(lint, action, value)),
	        belongings(lint, action->name), sql, old, sql, new_column, old);
}

/* A CHECK does what a shorter type would. */
static const char *check_of_length(struct lint *lint, const struct ddl_action *action)
{
	struct name table = lint->ddl->name;
	const char *sql = lint_sql(lint, table);
	const char *name = lint_quote(
	        lint, advice_name(lint, table, (struct advice_names){ &action->name, 1 }, "check"));

	return lint_format(lint,
	                   "ALTER TABLE %s ADD CONSTRAINT %s CHECK (length(%s) <= %s) NOT "
	                   "VALID;\n" ADVICE_NEXT "ALTER TABLE %s VALIDATE CONSTRAINT %s;",
	                   sql, name, lint_quote(lint, action->name), action->type.arguments, sql,
	                   name);
}

static void report_type(struct lint *lint, const struct ddl_action *action, enum change change)
{
	const char *sql = lint_sql(lint, lint->ddl->name);
	const char *column = lint_quote(lint, action->name);
	struct lint_advice advice = {
		.at = action->at,
		.lock = lock_describe(lint->arena, LOCK_ACCESS_EXCLUSIVE, lint->ddl->name),
		.help = "add a column of the new type, fill it in batches while programs write "
		        "both, and let it take the place of the old one",
	};

	advice.rewrite = expand_and_contract(lint, action);
	if (change == CHANGE_SHRINKS && action->type.arguments != NULL) {
		advice.help =
		        "keep the type and limit the length by a CHECK that is validated under "
		        "a weaker lock";
		advice.rewrite = check_of_length(lint, action);
	}
	if (change == CHANGE_CHECKED) {
		advice.help =
		        "keep the type, and give the column the domain's condition as a CHECK "
		        "of the table's own: NOT VALID, then VALIDATE";
		advice.rewrite = NULL;
	}
	if (change == CHANGE_UNKNOWN)
		lint_report(
		        lint, RULE_CHANGE_COLUMN_TYPE, advice,
		        "the new type of %s may make PostgreSQL write %s and its indexes anew "
		        "while reads and writes wait: how the old one is stored is not known here",
		        column, sql);
	else
		lint_report(lint, RULE_CHANGE_COLUMN_TYPE, advice,
		            "the new type of %s makes PostgreSQL write %s and its indexes anew "
		            "while reads and writes wait",
		            column, sql);
}

static void report_dependant(struct lint *lint, const struct ddl_action *action, const char *what)
{
	struct lint_advice advice = {
		.at = action->at,
		.lock = lock_describe(lint->arena, LOCK_ACCESS_EXCLUSIVE, lint->ddl->name),
		.help = "drop that first, change the type, and put it back without a long lock: a "
		        "CHECK with NOT VALID and VALIDATE, an index with CONCURRENTLY",
	};

	lint_report(lint, RULE_CHANGE_COLUMN_TYPE, advice,
	            "the new type of %s is stored as the old one, but %s while reads and writes of "
	            "%s wait",
	            lint_quote(lint, action->name), what, lint_sql(lint, lint->ddl->name));
}

static void change_column_type(struct lint *lint)
{
	const struct ddl *ddl = lint->ddl;
	size_t i;

	if (!advice_alters_rows(lint))
		return;
	for (i = 0; i < ddl->action_count; i++) {
		const char *what;
		enum change change;

		if (ddl->actions[i].kind != ACTION_SET_TYPE)
			continue;
		change = changes_of(lint, &ddl->actions[i]);
		what = changes_dependant(lint, ddl->actions[i].name);
		if (change == CHANGE_NONE && what != NULL)
			report_dependant(lint, &ddl->actions[i], what);
		else if (change != CHANGE_NONE && change != CHANGE_TIME_ZONE)
			report_type(lint, &ddl->actions[i], change);
	}
}

static void report_time_zone(struct lint *lint, const struct ddl_action *action)
{
	const char *sql = lint_sql(lint, lint->ddl->name);
	const char *column = lint_quote(lint, action->name);
	struct lint_advice advice = {
		.at = action->at,
		.lock = lock_describe(lint->arena, LOCK_ACCESS_EXCLUSIVE, lint->ddl->name),
		.help = "say which time zone the old values are in; with UTC no row is written "
		        "anew",
	};

	advice.rewrite = lint_format(lint,
	                             "SET LOCAL timezone = 'UTC';\n"
	                             "ALTER TABLE %s ALTER COLUMN %s TYPE %.*s;",
	                             sql, column, (int)action->type.at.size,
	                             (const char *)action->type.at.start);
	lint_report(lint, RULE_TIMESTAMP_TIME_ZONE, advice,
	            "the values of %s are converted by the time zone of whoever runs this, and %s "
	            "is written anew unless that is UTC",
	            column, sql);
}

static void timestamp_time_zone(struct lint *lint)
{
	const struct ddl *ddl = lint->ddl;
	size_t i;

	if (!advice_alters_rows(lint))
		return;
	for (i = 0; i < ddl->action_count; i++)
		if (ddl->actions[i].kind == ACTION_SET_TYPE &&
		    changes_of(lint, &ddl->actions[i]) == CHANGE_TIME_ZONE)
			report_time_zone(lint, &ddl->actions[i]);
}

/* ---- the table ------------------------------------------------------------------------------- */

static const struct lint_rule rules[] = {
	{ ON_POSTGRES, LINT_ON(DDL_ALTER_TABLE), LINT_AT_STATEMENT, change_column_type },
	{ ON_POSTGRES, LINT_ON(DDL_ALTER_TABLE), LINT_AT_STATEMENT, timestamp_time_zone },
};

const struct lint_table lint_types = { rules, sizeof(rules) / sizeof(rules[0]) };
