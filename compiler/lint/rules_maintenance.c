/* rules_maintenance.c - PostgreSQL: partitions, tables written anew, triggers, ALTERs to merge. */
#include "lint.h"

#include "advice.h"
#include "locks_held.h"
#include "model/cursor.h"
#include "partitions.h"

#include <stddef.h>
#include <string.h>

typedef void action_check(struct lint *lint, const struct ddl_action *action);

static void each_action(struct lint *lint, enum ddl_action_kind kind, action_check *check)
{
	size_t i;

	for (i = 0; i < lint->ddl->action_count; i++)
		if (lint->ddl->actions[i].kind == kind)
			check(lint, &lint->ddl->actions[i]);
}

/* ---- partitions ------------------------------------------------------------------------------ */

/* Where there is a default partition PostgreSQL refuses CONCURRENTLY. */
static void check_detach(struct lint *lint, const struct ddl_action *action)
{
	struct name parent = lint->ddl->name;
	struct lint_advice advice = { .at = action->at };

	if (action->concurrently || !lint_may_have_rows(lint, parent) ||
	    partition_default(lint->schema, parent) != NULL)
		return;
	advice.lock = lock_describe(lint->arena, LOCK_ACCESS_EXCLUSIVE, parent);
	advice.help = "detach it with CONCURRENTLY, which PostgreSQL refuses in a transaction";
	advice.rewrite =
	        lint_format(lint, ADVICE_ALONE "ALTER TABLE %s DETACH PARTITION %s CONCURRENTLY;",
	                    lint_sql(lint, parent), lint_sql(lint, action->other));
	lint_report(lint, RULE_DETACH_PARTITION, advice,
	            "detaching %s stops all reads and writes of %s until every query of it is done",
	            lint_sql(lint, action->other), lint_sql(lint, parent));
}

static void detach_partition(struct lint *lint)
{
	each_action(lint, ACTION_DETACH_PARTITION, check_detach);
}

static const char *rewrite_attach(struct lint *lint, const struct ddl_action *action)
{
	const char *check =
	        partition_check(lint->schema, lint->ddl->name, action->other, action->expression);
	const char *child = lint_sql(lint, action->other);
	const char *name =
	        advice_name(lint, action->other, (struct advice_names){ NULL, 0 }, "bound");

	if (check == NULL)
		return NULL;
	name = lint_quote(lint, name);
	return lint_format(lint,
	                   "ALTER TABLE %s ADD CONSTRAINT %s CHECK (%s) NOT VALID;\n" ADVICE_NEXT
	                   "ALTER TABLE %s VALIDATE CONSTRAINT %s;\n" ADVICE_NEXT
	                   "ALTER TABLE %s %.*s;\n"
	                   "ALTER TABLE %s DROP CONSTRAINT %s;",
	                   child, name, check, child, name, lint_sql(lint, lint->ddl->name),
	                   (int)action->at.size, (const char *)action->at.start, child, name);
}

static void check_attach(struct lint *lint, const struct ddl_action *action)
{
	struct lint_advice advice = { .at = action->at };

	if (!lint_may_have_rows(lint, action->other) ||
	    partition_is_checked(lint->schema, lint->ddl->name, action->other))
		return;
	advice.lock = lock_describe(lint->arena, LOCK_ACCESS_EXCLUSIVE, action->other);
	advice.help = "add a CHECK that says the same as the bounds, and validate it, beforehand: "
	              "then no row is read";
	advice.rewrite = rewrite_attach(lint, action);
	lint_report(lint, RULE_ATTACH_PARTITION, advice,
	            "all rows of %s are read to see whether they are within the bounds",
	            lint_sql(lint, action->other));
}

static void attach_partition(struct lint *lint)
{
	each_action(lint, ACTION_ATTACH_PARTITION, check_attach);
}

/* A table with a column of its own IDENTITY can not become a partition. */
static bool has_identity(const struct lint *lint, struct name parent)
{
	const struct schema_table *table = schema_table(lint->schema, parent);
	size_t i;

	for (i = 0; table != NULL && i < table->column_count; i++)
		if (table->columns[i].identity)
			return true;
	return false;
}

/* What follows the parent's name: bounds, and what is the new table's own. */
static const char *rewrite_partition(struct lint *lint)
{
	static const char *const tails[] = { "partition", "using", "with", "tablespace", NULL };
	const struct ddl *ddl = lint->ddl;
	struct cursor cursor = cursor_of(lint->arena, ddl->statement, lint->dialect);
	struct text bound, tail;
	const unsigned char *start;

	if (ddl->column_count > 0 || ddl->constraint_count > 0)
		return NULL;
	while (!cursor_at_end(&cursor) && !cursor_take_words(&cursor, "partition of"))
		cursor_skip(&cursor);
	cursor_take_name(&cursor);
	start = cursor.token.text.start;
	cursor_take(&cursor, "for");
	cursor_skip(&cursor);
	cursor_take_until(&cursor, tails);
	bound = cursor_since(&cursor, start);
	tail = cursor_take_until(&cursor, (const char *const[]){ NULL });
	return lint_format(lint,
	                   "CREATE TABLE %s (LIKE %s INCLUDING ALL%s)%s%.*s;\n"
	                   "ALTER TABLE %s ATTACH PARTITION %s %.*s;",
	                   lint_sql(lint, ddl->name), lint_sql(lint, ddl->other),
	                   has_identity(lint, ddl->other) ? " EXCLUDING IDENTITY" : "",
	                   tail.size > 0 ? " " : "", (int)tail.size, (const char *)tail.start,
	                   lint_sql(lint, ddl->other), lint_sql(lint, ddl->name), (int)bound.size,
	                   (const char *)bound.start);
}

/* Said once for all partitions that a script makes of one table: the lock is held by then. */
static void partition_of(struct lint *lint)
{
	struct name parent = lint->ddl->other;
	const struct held_lock *held;
	size_t count = locks_held_here(lint, &held), i;
	struct lint_advice advice = { .at = parent.at };

	if (parent.name == NULL || !lint_may_have_rows(lint, parent))
		return;
	for (i = 0; i < count; i++)
		if (name_equals(held[i].table, parent, lint->dialect))
			return;
	advice.lock = lock_describe(lint->arena, LOCK_ACCESS_EXCLUSIVE, parent);
	advice.help = "create the table by itself and attach it: ATTACH PARTITION lets reads and "
	              "writes go on";
	advice.rewrite = rewrite_partition(lint);
	lint_report(lint, RULE_PARTITION_OF, advice,
	            "creating %s as a partition stops all reads and writes of %s",
	            lint_sql(lint, lint->ddl->name), lint_sql(lint, parent));
}

/* ---- tables written anew --------------------------------------------------------------------- */

static bool is_without_data(struct lint *lint)
{
	struct cursor cursor = cursor_of(lint->arena, lint->ddl->statement, lint->dialect);

	for (; !cursor_at_end(&cursor); cursor_skip(&cursor))
		if (cursor_take_words(&cursor, "with no data"))
			return true;
	return false;
}

static void refresh_not_concurrent(struct lint *lint)
{
	const struct ddl *ddl = lint->ddl;
	const struct schema_object *view =
	        schema_object(lint->schema, OBJECT_MATERIALIZED_VIEW, ddl->name);
	struct lint_advice advice = { .at = ddl->name.at };

	if (ddl->concurrently || (view != NULL && !view->origin.released) || is_without_data(lint))
		return;
	advice.lock = lock_describe(lint->arena, LOCK_ACCESS_EXCLUSIVE, ddl->name);
	advice.help = "refresh it with CONCURRENTLY, which needs a unique index on columns of the "
	              "view, without a WHERE";
	advice.rewrite = lint_format(lint, "REFRESH MATERIALIZED VIEW CONCURRENTLY %s;",
	                             lint_sql(lint, ddl->name));
	lint_report(lint, RULE_REFRESH_NOT_CONCURRENT, advice,
	            "nobody can read %s until its query is done and its rows are written",
	            lint_sql(lint, ddl->name));
}

static void report_rewrite(struct lint *lint, struct text at, struct name table, const char *help)
{
	struct lint_advice advice = { .at = at, .help = help };

	advice.lock = lock_describe(lint->arena, LOCK_ACCESS_EXCLUSIVE, table);
	lint_report(lint, RULE_TABLE_REWRITE, advice,
	            "all rows of %s are written anew, with every index, and nobody can read or "
	            "write meanwhile",
	            lint_sql(lint, table));
}

static void rewrite_of_all(struct lint *lint, const char *what)
{
	struct lint_advice advice = {
		.help = "name the table, and do it when nobody uses it",
	};

	lint_report(lint, RULE_TABLE_REWRITE, advice, "%s writes every table anew, one by one",
	            what);
}

static const char compact_help[] = "do it in a maintenance window, or with pg_repack, which needs "
                                   "the lock for a moment only";

static void check_rewriting_action(struct lint *lint, const struct ddl_action *action)
{
	const char *help;

	switch (action->kind) {
	case ACTION_SET_UNLOGGED:
		help = "do it in a maintenance window; an unlogged table is empty after a crash";
		break;
	case ACTION_SET_LOGGED:
	case ACTION_SET_TABLESPACE:
	case ACTION_SET_ACCESS_METHOD:
		help = "do it in a maintenance window, or fill another table and exchange the two";
		break;
	default: return;
	}
	report_rewrite(lint, action->at, lint->ddl->name, help);
}

static void table_rewrite(struct lint *lint)
{
	const struct ddl *ddl = lint->ddl;
	size_t i;

	switch (ddl->kind) {
	case DDL_VACUUM:
		for (i = 0; ddl->full && i < ddl->name_count; i++)
			if (lint_may_have_rows(lint, ddl->names[i]))
				report_rewrite(lint, ddl->names[i].at, ddl->names[i], compact_help);
		if (ddl->full && ddl->name_count == 0)
			rewrite_of_all(lint, "VACUUM FULL");
		break;
	case DDL_CLUSTER:
		if (ddl->name.name == NULL)
			rewrite_of_all(lint, "CLUSTER");
		else if (lint_may_have_rows(lint, ddl->name))
			report_rewrite(lint, ddl->name.at, ddl->name, compact_help);
		break;
	default:
		for (i = 0; lint_may_have_rows(lint, ddl->name) && i < ddl->action_count; i++)
			check_rewriting_action(lint, &ddl->actions[i]);
	}
}

/* ---- triggers -------------------------------------------------------------------------------- */

/* Does a later statement of the script enable it again? */
static bool is_enabled_again(const struct lint *lint, const char *trigger)
{
	size_t i, j;

	for (i = lint->index + 1; i < lint->script->count; i++) {
		const struct ddl *ddl = &lint->script_ddl[i];

		if (ddl->kind != DDL_ALTER_TABLE ||
		    !name_equals(ddl->name, lint->ddl->name, lint->dialect))
			continue;
		for (j = 0; j < ddl->action_count; j++)
			if (ddl->actions[j].kind == ACTION_ENABLE_TRIGGER &&
			    ddl->actions[j].name != NULL &&
			    (strcmp(ddl->actions[j].name, trigger) == 0 ||
			     strcmp(ddl->actions[j].name, "all") == 0))
				return true;
	}
	return false;
}

static void check_disable(struct lint *lint, const struct ddl_action *action)
{
	const char *table = lint_sql(lint, lint->ddl->name);
	struct lint_advice advice = { .at = action->at };
	bool is_all;

	if (action->name == NULL || !lint_may_have_rows(lint, lint->ddl->name))
		return;
	is_all = strcmp(action->name, "all") == 0;
	if (!is_all && !lint->script->no_transaction && is_enabled_again(lint, action->name))
		return;
	advice.lock = lock_describe(lint->arena, LOCK_SHARE_ROW_EXCLUSIVE, lint->ddl->name);
	if (is_all) {
		advice.help =
		        "disable the triggers by name, or USER, which keeps foreign keys, and "
		        "enable them in the same migration";
		lint_report(
		        lint, RULE_DISABLE_TRIGGER, advice,
		        "foreign keys of %s are not checked any more either, and what is written "
		        "meanwhile is never checked",
		        table);
		return;
	}
	advice.help = "enable it again in the same migration; drop it when it is not wanted any "
	              "more";
	lint_report(lint, RULE_DISABLE_TRIGGER, advice, "%s of %s stays disabled for all programs",
	            strcmp(action->name, "user") == 0
	                    ? "every trigger"
	                    : lint_format(lint, "the trigger %s", lint_quote(lint, action->name)),
	            table);
}

static void disable_trigger(struct lint *lint)
{
	each_action(lint, ACTION_DISABLE_TRIGGER, check_disable);
}

/* ---- ALTERs of one table --------------------------------------------------------------------- */

/* An action that can stand beside others. */
static bool may_stand_beside(const struct ddl_action *action)
{
	switch (action->kind) {
	case ACTION_OTHER:
	case ACTION_RENAME:
	case ACTION_RENAME_COLUMN:
	case ACTION_RENAME_CONSTRAINT:
	case ACTION_SET_SCHEMA:
	case ACTION_ATTACH_PARTITION:
	case ACTION_DETACH_PARTITION: return false;
	default: return true;
	}
}

/* In one statement actions are not done in the order they are written in: two that name the same
 * thing are not for us to merge. */
static bool names_same(const struct ddl *first, const struct ddl *second)
{
	size_t i, j;

	for (i = 0; i < first->action_count; i++)
		for (j = 0; j < second->action_count; j++)
			if (first->actions[i].name != NULL && second->actions[j].name != NULL &&
			    name_same(first->actions[i].name, second->actions[j].name,
			              DIALECT_POSTGRES))
				return true;
	return false;
}

static enum lock_mode mode_of(const struct lint *lint, const struct ddl *ddl)
{
	struct lock locks[LOCK_COUNT_MAX];
	size_t count = locks_of(lint->schema, ddl, locks), i;

	for (i = 0; i < count; i++)
		if (name_equals(locks[i].table, ddl->name, DIALECT_POSTGRES))
			return locks[i].mode;
	return LOCK_NONE;
}

/* Only statements that take one and the same lock, so that none is made worse. */
static bool is_mergeable(const struct lint *lint, const struct ddl *first, const struct ddl *second)
{
	size_t i;

	if (second->kind != DDL_ALTER_TABLE || second->only != first->only ||
	    second->if_exists != first->if_exists ||
	    !name_equals(first->name, second->name, lint->dialect) || second->action_count == 0)
		return false;
	for (i = 0; i < second->action_count; i++)
		if (!may_stand_beside(&second->actions[i]))
			return false;
	return mode_of(lint, first) == mode_of(lint, second);
}

#define MERGED_MAX 100

/* How many statements from this one on can be one. */
static size_t mergeable_count(const struct lint *lint)
{
	const struct ddl *first = lint->ddl;
	size_t count = 1, i;

	for (; count < MERGED_MAX && lint->index + count < lint->script->count; count++) {
		const struct ddl *next = &first[count];

		if (!is_mergeable(lint, first, next))
			break;
		for (i = 0; i < count && !names_same(&first[i], next); i++)
			;
		if (i < count)
			break;
	}
	return count;
}

static bool is_blank_between(const struct ddl *first, const struct ddl *second)
{
	const unsigned char *at = first->statement->text.start + first->statement->text.size;

	for (; at < second->statement->text.start; at++)
		if (strchr(" \t\r\n;", *at) == NULL)
			return false;
	return true;
}

/* ALTER TABLE name, and the actions of all by commas. */
static struct fix merge(struct lint *lint, size_t count)
{
	const struct ddl *first = lint->ddl, *last = &first[count - 1];
	const unsigned char *start = first->statement->text.start;
	const unsigned char *end = last->statement->text.start + last->statement->text.size;
	const char *text = lint_format(lint, "%.*s", (int)(first->actions[0].at.start - start),
	                               (const char *)start);
	size_t i, j;

	for (i = 0; i < count; i++) {
		if (i > 0 && !is_blank_between(&first[i - 1], &first[i]))
			return (struct fix){ .text = NULL };
		for (j = 0; j < first[i].action_count; j++)
			text = lint_format(lint, "%s%s%.*s", text, i + j > 0 ? ",\n    " : "",
			                   (int)first[i].actions[j].at.size,
			                   (const char *)first[i].actions[j].at.start);
	}
	return (struct fix){ { start, (size_t)(end - start) }, text };
}

static void mergeable_alters(struct lint *lint)
{
	struct lint_advice advice = { .at = lint->ddl->name.at };
	const struct ddl *ddl = lint->ddl;
	size_t count;

	if (!is_mergeable(lint, ddl, ddl) || !lint_may_have_rows(lint, ddl->name))
		return;
	if (lint->index > 0 && is_mergeable(lint, ddl, ddl - 1)) /* Said where the run began. */
		return;
	count = mergeable_count(lint);
	if (count < 2)
		return;
	advice.help =
	        "write one ALTER TABLE with the actions parted by commas: what has to read or "
	        "write the rows does it once";
	advice.fix = merge(lint, count);
	lint_report(lint, RULE_MERGEABLE_ALTERS, advice,
	            "%zu statements alter %s one after the other, and could be one", count,
	            lint_sql(lint, ddl->name));
}

/* ---- the table ------------------------------------------------------------------------------- */

#define REWRITES (LINT_ON(DDL_VACUUM) | LINT_ON(DDL_CLUSTER) | LINT_ON(DDL_ALTER_TABLE))

static const struct lint_rule rules[] = {
	{ ON_POSTGRES, LINT_ON(DDL_ALTER_TABLE), LINT_AT_STATEMENT, detach_partition },
	{ ON_POSTGRES, LINT_ON(DDL_ALTER_TABLE), LINT_AT_STATEMENT, attach_partition },
	{ ON_POSTGRES, LINT_ON(DDL_CREATE_TABLE), LINT_AT_STATEMENT, partition_of },
	{ ON_POSTGRES, LINT_ON(DDL_REFRESH), LINT_AT_STATEMENT, refresh_not_concurrent },
	{ ON_POSTGRES, REWRITES, LINT_AT_STATEMENT, table_rewrite },
	{ ON_POSTGRES, LINT_ON(DDL_ALTER_TABLE), LINT_AT_STATEMENT, disable_trigger },
	{ ON_POSTGRES, LINT_ON(DDL_ALTER_TABLE), LINT_AT_STATEMENT, mergeable_alters },
};

const struct lint_table lint_maintenance = { rules, sizeof(rules) / sizeof(rules[0]) };
