/* rules_keys.c - PostgreSQL: UNIQUE, PRIMARY KEY and EXCLUDE, which build an index under the lock
 * of ALTER TABLE. */
#include "lint.h"

#include "advice.h"
#include "locks.h"
#include "model/cursor.h"
#include "values.h"

#include <stddef.h>
#include <string.h>

/* A key of the table, cut into what its index needs and what stays with the constraint. */
struct key_parts {
	const char *nulls;      /* " NULLS NOT DISTINCT", or "". */
	struct text columns;    /* "(a, b) INCLUDE (c)" */
	struct text deferrable; /* "DEFERRABLE INITIALLY DEFERRED" */
};

static struct key_parts read_key(struct lint *lint, const struct ddl_constraint *constraint)
{
	static const char *const ends[] = { "deferrable", "not", "initially", NULL };
	struct cursor cursor = cursor_of_text(lint->arena, constraint->at, lint->dialect);
	struct key_parts parts = { .nulls = "" };

	if (cursor_take(&cursor, "constraint"))
		cursor_take_name(&cursor);
	if (!cursor_take_words(&cursor, "primary key"))
		cursor_take(&cursor, "unique");
	if (cursor_take_words(&cursor, "nulls not distinct"))
		parts.nulls = " NULLS NOT DISTINCT";
	cursor_take_words(&cursor, "nulls distinct");
	parts.columns = cursor_take_until(&cursor, ends);
	parts.deferrable = cursor_take_until(&cursor, (const char *const[]){ NULL });
	return parts;
}

/* "(a, b) INCLUDE (c) NULLS NOT DISTINCT" */
static const char *index_tail(struct lint *lint, const struct ddl_constraint *constraint,
                              const struct key_parts *parts)
{
	if (constraint->of_column || parts->columns.size == 0)
		return lint_format(
		        lint, "(%s)%s",
		        advice_list(lint, (struct advice_names){ constraint->columns,
		                                                 constraint->column_count }),
		        parts->nulls);
	return lint_format(lint, "%.*s%s", (int)parts->columns.size,
	                   (const char *)parts->columns.start, parts->nulls);
}

static const char *key_words(const struct ddl_constraint *constraint)
{
	return constraint->kind == CONSTRAINT_PRIMARY_KEY ? "PRIMARY KEY" : "UNIQUE";
}

/* PostgreSQL takes no USING INDEX on a partitioned table, but takes over keys of its partitions. */
static const char *key_of_partitions(struct lint *lint, const struct ddl_constraint *constraint,
                                     const char *tail)
{
	const struct schema_table *partitions[ADVICE_PARTITION_MAX];
	struct name table = lint->ddl->name;
	struct advice_names columns = { constraint->columns, constraint->column_count };
	size_t count = advice_partitions(lint, table, partitions);
	const char *builds = "", *adds = "";
	size_t i;

	for (i = 0; i < (count > 0 ? count : 1); i++) {
		const char *partition = "<each partition>", *name = "<its index>";

		if (count > 0) {
			partition = lint_sql(lint, partitions[i]->name);
			name = lint_quote(lint,
			                  advice_name(lint, partitions[i]->name, columns, "key"));
		}
		builds = lint_format(lint, "%sCREATE UNIQUE INDEX CONCURRENTLY %s ON %s %s;\n",
		                     builds, name, partition, tail);
		adds = lint_format(lint, "%sALTER TABLE %s ADD %s USING INDEX %s;\n", adds,
		                   partition, key_words(constraint), name);
	}
	return lint_format(lint, "%s" ADVICE_NEXT "%sALTER TABLE %s ADD %s;", builds, adds,
	                   lint_sql(lint, table), advice_constraint(lint, table, constraint));
}

/* Builds the index first, without a transaction, then makes the key of it. */
static const char *using_index(struct lint *lint, const struct ddl_constraint *constraint)
{
	struct name table = lint->ddl->name;
	const struct schema_table *known = schema_table(lint->schema, table);
	struct advice_names columns = { constraint->columns, constraint->column_count };
	const char *sql = lint_sql(lint, table);
	struct key_parts parts = read_key(lint, constraint);
	const char *tail = index_tail(lint, constraint, &parts);
	const char *name = advice_constraint_name(lint, table, constraint);
	const char *index = advice_name(lint, table, columns, "idx");

	if (known != NULL && known->partitioned)
		return key_of_partitions(lint, constraint, tail);
	return lint_format(lint,
	                   "CREATE UNIQUE INDEX CONCURRENTLY %s ON %s %s;\n" ADVICE_NEXT
	                   "ALTER TABLE %s %sADD CONSTRAINT %s %s USING INDEX %s%s%.*s;",
	                   lint_quote(lint, index), sql, tail, sql, advice_drops(lint),
	                   lint_quote(lint, name), key_words(constraint), lint_quote(lint, index),
	                   parts.deferrable.size > 0 ? " " : "", (int)parts.deferrable.size,
	                   (const char *)parts.deferrable.start);
}

/* A default that all rows share is in the way of a unique index. */
static const char *beside_column(struct lint *lint, const struct ddl_column *column,
                                 const struct ddl_constraint *constraint)
{
	struct advice_cut cut = { .but = constraint };

	if (column->default_at.start != NULL)
		cut.parts = ADVICE_DEFAULT | ADVICE_NOT_NULL;
	return lint_format(lint, "ALTER TABLE %s ADD COLUMN %s;\n" ADVICE_NEXT_ALONE "%s",
	                   lint_sql(lint, lint->ddl->name), advice_column(lint, column, cut),
	                   using_index(lint, constraint));
}

/* ---- UNIQUE ---------------------------------------------------------------------------------- */

static void report_unique(struct lint *lint, const struct ddl_constraint *constraint,
                          const struct ddl_column *column)
{
	const char *sql = lint_sql(lint, lint->ddl->name);
	struct lint_advice advice = {
		.at = constraint->at,
		.lock = lock_describe(lint->arena, LOCK_ACCESS_EXCLUSIVE, lint->ddl->name),
		.help = "build the unique index concurrently, then make the constraint of it with "
		        "USING INDEX, which is done at once",
	};

	advice.rewrite = column != NULL ? beside_column(lint, column, constraint)
	                                : lint_format(lint, ADVICE_ALONE "%s",
	                                              using_index(lint, constraint));
	if (column != NULL && column->default_at.start != NULL)
		lint_report(
		        lint, RULE_UNIQUE_CONSTRAINT, advice,
		        "reads and writes of %s wait while an index is built, and it fails when "
		        "two rows get the same default",
		        sql);
	else
		lint_report(
		        lint, RULE_UNIQUE_CONSTRAINT, advice,
		        "reads and writes of %s wait until the index of the constraint is built",
		        sql);
}

static void check_unique(struct lint *lint, const struct ddl_constraint *constraint,
                         const struct ddl_column *column)
{
	/* Of a column that is written anew, rules_columns.c says it all. */
	if (column != NULL ? !values_are_written(lint, column) : constraint->using_index == NULL)
		report_unique(lint, constraint, column);
}

static void unique_constraint(struct lint *lint)
{
	advice_each_constraint(lint, CONSTRAINT_UNIQUE, check_unique);
}

/* ---- PRIMARY KEY ----------------------------------------------------------------------------- */

/* Is the column known to hold no null; what is not known counts as such. */
static bool may_be_null(struct lint *lint, const char *name)
{
	const struct schema_table *table = schema_table(lint->schema, lint->ddl->name);
	const struct schema_column *column =
	        table != NULL ? schema_column(lint->schema, table, name) : NULL;

	return column != NULL && !column->not_null && !advice_is_proven(lint, table, name);
}

/* The key's columns are made NOT NULL first, where they are not. */
static const char *not_null_and_key(struct lint *lint, const struct ddl_constraint *constraint)
{
	const char *steps = "", *head = ADVICE_ALONE;
	size_t i;

	for (i = 0; i < constraint->column_count; i++) {
		if (!may_be_null(lint, constraint->columns[i]))
			continue;
		steps = lint_format(lint, "%s%s%s\n", steps, steps[0] != '\0' ? ADVICE_NEXT : "",
		                    advice_not_null(lint, lint->ddl->name, constraint->columns[i]));
		head = ADVICE_NEXT_ALONE;
	}
	return lint_format(lint, "%s%s%s", steps, head, using_index(lint, constraint));
}

static void report_primary_key(struct lint *lint, const struct ddl_constraint *constraint,
                               const struct ddl_column *column)
{
	const char *sql = lint_sql(lint, lint->ddl->name);
	struct lint_advice advice = {
		.at = constraint->at,
		.lock = lock_describe(lint->arena, LOCK_ACCESS_EXCLUSIVE, lint->ddl->name),
		.help = "build a unique index concurrently, then make the key of it with USING "
		        "INDEX, which is done at once when its columns are NOT NULL",
	};

	if (column == NULL) {
		advice.rewrite = not_null_and_key(lint, constraint);
		lint_report(
		        lint, RULE_PRIMARY_KEY_CONSTRAINT, advice,
		        "reads and writes of %s wait until the index of its primary key is built",
		        sql);
		return;
	}
	advice.help = "add the column, fill it with values that are not the same, build a unique "
	              "index concurrently, and make the key of that with USING INDEX";
	lint_report(lint, RULE_PRIMARY_KEY_CONSTRAINT, advice,
	            "reads and writes of %s wait while an index is built, and it fails when two "
	            "rows get the same default",
	            sql);
}

static void check_primary_key(struct lint *lint, const struct ddl_constraint *constraint,
                              const struct ddl_column *column)
{
	/* Of other columns rules_columns.c says it all. */
	if (column != NULL ? column->default_at.start != NULL && !values_are_written(lint, column)
	                   : constraint->using_index == NULL)
		report_primary_key(lint, constraint, column);
}

static void primary_key_constraint(struct lint *lint)
{
	advice_each_constraint(lint, CONSTRAINT_PRIMARY_KEY, check_primary_key);
}

static void report_nullable(struct lint *lint, const struct ddl_action *action, const char *column)
{
	struct name table = lint->ddl->name;
	const char *sql = lint_sql(lint, table), *quoted = lint_quote(lint, column);
	struct lint_advice advice = {
		.at = action->constraint.at,
		.lock = lock_describe(lint->arena, LOCK_ACCESS_EXCLUSIVE, table),
		.help = lint_format(lint,
		                    "let a validated CHECK prove first that %s is not null, then "
		                    "no row is read",
		                    quoted),
	};

	advice.rewrite = lint_format(lint, "%s\n" ADVICE_NEXT "ALTER TABLE %s %.*s;",
	                             advice_not_null(lint, table, column), sql,
	                             (int)action->at.size, (const char *)action->at.start);
	lint_report(lint, RULE_PRIMARY_KEY_NULLABLE, advice,
	            "%s may be null: the key makes it NOT NULL, and all rows of %s are read while "
	            "reads and writes wait",
	            quoted, sql);
}

static void primary_key_nullable(struct lint *lint)
{
	const struct ddl *ddl = lint->ddl;
	size_t i, j;

	if (lint_existing(lint, ddl->name) == NULL)
		return;
	for (i = 0; i < ddl->action_count; i++) {
		const struct ddl_constraint *constraint = &ddl->actions[i].constraint;
		struct name name = { .schema = ddl->name.schema, .name = constraint->using_index };
		const struct schema_index *index;
		struct schema_table *table;

		if (ddl->actions[i].kind != ACTION_ADD_CONSTRAINT ||
		    constraint->kind != CONSTRAINT_PRIMARY_KEY || constraint->using_index == NULL)
			continue;
		index = schema_index(lint->schema, name, &table);
		for (j = 0; index != NULL && j < index->column_count; j++)
			if (index->columns[j].name != NULL &&
			    may_be_null(lint, index->columns[j].name))
				report_nullable(lint, &ddl->actions[i], index->columns[j].name);
	}
}

/* ---- EXCLUDE --------------------------------------------------------------------------------- */

static void exclusion_constraint(struct lint *lint)
{
	const struct ddl *ddl = lint->ddl;
	size_t i;

	if (!advice_alters_rows(lint))
		return;
	for (i = 0; i < ddl->action_count; i++) {
		struct lint_advice advice = { .at = ddl->actions[i].constraint.at };

		if (ddl->actions[i].kind != ACTION_ADD_CONSTRAINT ||
		    ddl->actions[i].constraint.kind != CONSTRAINT_EXCLUDE)
			continue;
		advice.lock = lock_describe(lint->arena, LOCK_ACCESS_EXCLUSIVE, ddl->name);
		advice.help = "PostgreSQL has no way to add it while the table is in use: do it in "
		              "a maintenance window, or move the rows to a new table that has it";
		lint_report(
		        lint, RULE_EXCLUSION_CONSTRAINT, advice,
		        "reads and writes of %s wait until the index of the constraint is built",
		        lint_sql(lint, ddl->name));
	}
}

/* ---- the table ------------------------------------------------------------------------------- */

static const struct lint_rule rules[] = {
	{ ON_POSTGRES, LINT_ON(DDL_ALTER_TABLE), LINT_AT_STATEMENT, unique_constraint },
	{ ON_POSTGRES, LINT_ON(DDL_ALTER_TABLE), LINT_AT_STATEMENT, primary_key_constraint },
	{ ON_POSTGRES, LINT_ON(DDL_ALTER_TABLE), LINT_AT_STATEMENT, primary_key_nullable },
	{ ON_POSTGRES, LINT_ON(DDL_ALTER_TABLE), LINT_AT_STATEMENT, exclusion_constraint },
};

const struct lint_table lint_keys = { rules, sizeof(rules) / sizeof(rules[0]) };
