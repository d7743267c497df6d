/* rules_locking.c - PostgreSQL: locks that are held too long, or against everybody. */
#include "lint.h"

#include "advice.h"
#include "locks_held.h"
#include "model/cursor.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* ---- settings -------------------------------------------------------------------------------- */

#define LOCK_TIMEOUT_HIGH_MS 60000.0

/* "'5min'", "2000": as the server reads a time whose unit is the millisecond; -1: it is none. */
static double milliseconds(const char *value)
{
	static const struct {
		const char *name;
		double milliseconds;
	} units[] = {
		{ "", 1 },        { "us", 0.001 },  { "ms", 1 },       { "s", 1000 },
		{ "min", 60000 }, { "h", 3600000 }, { "d", 86400000 },
	};
	double number;
	char *end;
	size_t i, size;

	if (*value == '\'')
		value++;
	number = strtod(value, &end);
	if (end == value)
		return -1;
	while (*end == ' ')
		end++;
	size = strcspn(end, "' ");
	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (strlen(units[i].name) == size && strncmp(units[i].name, end, size) == 0)
			return number * units[i].milliseconds;
	return -1;
}

static void check_lock_timeout(struct lint *lint, const struct ddl *ddl)
{
	struct lint_advice advice = { .at = ddl->statement->text };
	double timeout;

	if (ddl->kind != DDL_SET || ddl->name.name == NULL || ddl->value == NULL ||
	    strcmp(ddl->name.name, "lock_timeout") != 0)
		return;
	timeout = milliseconds(ddl->value);
	if (timeout != 0 && timeout <= LOCK_TIMEOUT_HIGH_MS)
		return;
	advice.help = "leave it out: inlay sets a lock_timeout of 5 seconds in every migration "
	              "(statement_lock_timeout_ms) and tries again; or set a few seconds";
	if (timeout == 0)
		lint_report(lint, RULE_LOCK_TIMEOUT_OFF, advice,
		            "without a lock_timeout a statement that waits for a lock makes "
		            "everybody behind it wait, for as long as it takes");
	else
		lint_report(lint, RULE_LOCK_TIMEOUT_OFF, advice,
		            "a statement that waits for a lock up to %s makes everybody behind it "
		            "wait as long",
		            ddl->value);
}

/* It matters where the script waits for a lock that others mind: dumps set it for nothing, and
 * CREATE INDEX CONCURRENTLY may take its time. */
static void lock_timeout_off(struct lint *lint)
{
	size_t i;

	if ((lint->script_kinds & LINT_ON(DDL_SET)) == 0 || !locks_held_stop_writes(lint))
		return;
	for (i = 0; i < lint->script->count; i++)
		check_lock_timeout(lint, &lint->script_ddl[i]);
}

/* A setting that has a LOCAL form; SET CONSTRAINTS and SET TRANSACTION are local anyway. */
static bool has_local_form(const struct ddl *ddl)
{
	static const char *const names[] = { "constraints", "transaction", "characteristics",
		                             "authorization", "session" };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(ddl->name.name, names[i]) == 0)
			return false;
	return true;
}

static void set_without_local(struct lint *lint)
{
	struct lint_advice advice = { 0 };
	struct cursor cursor = cursor_of(lint->arena, lint->ddl->statement, lint->dialect);

	if (lint->script->no_transaction || lint->ddl->local || lint->ddl->name.name == NULL ||
	    !has_local_form(lint->ddl) || !cursor_take(&cursor, "set"))
		return;
	cursor_take(&cursor, "session");
	advice.at = cursor_since(&cursor, lint->ddl->statement->text.start);
	advice.help = "say SET LOCAL: it ends with the migration's transaction";
	advice.fix = (struct fix){ advice.at, "SET LOCAL" };
	lint_report(lint, RULE_SET_WITHOUT_LOCAL, advice,
	            "%s stays set in the session after the migration, until inlay puts it back",
	            lint->ddl->name.name);
}

/* ---- work under a lock ----------------------------------------------------------------------- */

/* WHERE key = a constant, nothing else: one row. */
static bool is_one_row(struct lint *lint, const struct ddl *ddl)
{
	const struct schema_table *table = schema_table(lint->schema, ddl->table);
	struct cursor cursor;
	const char *column;
	size_t i;

	if (table == NULL || ddl->where.start == NULL)
		return false;
	cursor = cursor_of_text(lint->arena, ddl->where, lint->dialect);
	column = cursor_take_part(&cursor);
	if (column == NULL || !cursor_take(&cursor, "="))
		return false;
	cursor_advance(&cursor);
	for (i = 0; cursor_at_end(&cursor) && i < table->constraint_count; i++) {
		const struct schema_constraint *constraint = &table->constraints[i];

		if ((constraint->kind == CONSTRAINT_PRIMARY_KEY ||
		     constraint->kind == CONSTRAINT_UNIQUE) &&
		    constraint->column_count == 1 &&
		    name_same(constraint->columns[0], column, lint->dialect))
			return true;
	}
	return false;
}

/* INSERT ... SELECT with a FROM; a SELECT without one makes one row. */
static bool inserts_many(struct lint *lint, const struct ddl *ddl)
{
	struct cursor cursor;

	if (ddl->as_query.start == NULL)
		return false;
	cursor = cursor_of_text(lint->arena, ddl->as_query, lint->dialect);
	for (; !cursor_at_end(&cursor); cursor_skip(&cursor))
		if (cursor_is(&cursor, "from") || cursor_is(&cursor, "with"))
			return true;
	return false;
}

/* PostgreSQL's own tables are small, and nobody's to wait for. */
static bool is_catalog(struct name table)
{
	return table.name == NULL || strncmp(table.name, "pg_", 3) == 0 ||
	       (table.schema != NULL && strncmp(table.schema, "pg_", 3) == 0);
}

static bool is_bulk(struct lint *lint, const struct ddl *ddl)
{
	if (is_catalog(ddl->table))
		return false;
	switch (ddl->kind) {
	case DDL_INSERT: return inserts_many(lint, ddl) && lint_may_have_rows(lint, ddl->table);
	case DDL_UPDATE:
	case DDL_DELETE: return !is_one_row(lint, ddl) && lint_may_have_rows(lint, ddl->table);
	case DDL_MERGE: return lint_may_have_rows(lint, ddl->table);
	default: return false;
	}
}

static const char *verb_of(const struct ddl *ddl)
{
	switch (ddl->kind) {
	case DDL_INSERT: return "INSERT INTO";
	case DDL_UPDATE: return "UPDATE of";
	case DDL_DELETE: return "DELETE FROM";
	default: return "MERGE INTO";
	}
}

/* The first statement of its kind in a script is enough: all of them belong elsewhere. */
static void work_under_lock(struct lint *lint)
{
	const struct ddl *ddl = lint->ddl;
	const struct held_lock *held;
	struct lint_advice advice = { .at = ddl->table.at };
	size_t i;

	if (locks_held_here(lint, &held) == 0 || !is_bulk(lint, ddl))
		return;
	for (i = (size_t)(held[0].ddl - lint->script_ddl) + 1; i < lint->index; i++)
		if (is_bulk(lint, &lint->script_ddl[i]))
			return;
	advice.lock = lock_describe(lint->arena, LOCK_ACCESS_EXCLUSIVE, held[0].table);
	advice.help = "change the rows in a migration of its own, behind this one; many rows "
	              "best in batches";
	lint_report(lint, RULE_WORK_UNDER_LOCK, advice,
	            "%s %s while %s is locked against everybody, since line %u of this migration",
	            verb_of(ddl), lint_sql(lint, ddl->table), lint_sql(lint, held[0].table),
	            (unsigned)held[0].ddl->statement->position.line);
}

/* ---- several locks --------------------------------------------------------------------------- */

static void lock_order(struct lint *lint)
{
	struct lock wanted[LOCK_COUNT_MAX];
	const struct held_lock *held, *opposite;
	size_t held_count = locks_held_here(lint, &held);
	size_t count, i, j;

	if (held_count == 0)
		return;
	count = locks_held_wanted(lint, wanted);
	for (i = 0; i < held_count; i++)
		for (j = 0; j < count; j++) {
			struct lint_advice advice = { .at = { NULL, 0 } };

			opposite = locks_held_opposite(lint, held[i].table, wanted[j].table);
			if (opposite == NULL)
				continue;
			advice.at = lint->ddl->name.at;
			advice.help =
			        "lock tables in one order everywhere, or each in a migration of "
			        "its own";
			lint_report(
			        lint, RULE_LOCK_ORDER, advice,
			        "this migration locks %s and then %s, %s the other way round: one "
			        "of them can deadlock with a program that uses both tables",
			        lint_sql(lint, held[i].table), lint_sql(lint, wanted[j].table),
			        opposite->migration->title);
			return;
		}
}

static bool is_among(const struct held_lock *held, size_t count, struct name table)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (name_equals(held[i].table, table, DIALECT_POSTGRES))
			return true;
	return false;
}

/* Said once a script, where the second table comes. */
static void wide_lock_window(struct lint *lint)
{
	struct lock wanted[LOCK_COUNT_MAX];
	const struct held_lock *held;
	size_t held_count = locks_held_here(lint, &held);
	struct lint_advice advice = { .at = lint->ddl->name.at };
	size_t count, i;

	if (held_count == 0)
		return;
	for (i = 1; i < held_count; i++)
		if (held[i].ddl != held[0].ddl)
			return;
	count = locks_held_wanted(lint, wanted);
	for (i = 0; i < count && is_among(held, held_count, wanted[i].table); i++)
		;
	if (i == count)
		return;
	advice.lock = lock_describe(lint->arena, LOCK_ACCESS_EXCLUSIVE, wanted[i].table);
	advice.help = "give each table a migration of its own: its lock ends with it";
	lint_report(lint, RULE_WIDE_LOCK_WINDOW, advice,
	            "%s stays locked against everybody while this waits for %s",
	            lint_sql(lint, held[0].table), lint_sql(lint, wanted[i].table));
}

/* ---- short locks ----------------------------------------------------------------------------- */

static bool is_brief(const struct ddl *ddl)
{
	size_t i;

	switch (ddl->kind) {
	case DDL_CREATE_TRIGGER:
	case DDL_CREATE_POLICY:
	case DDL_CREATE_RULE:
	case DDL_CREATE_VIEW: return true;
	case DDL_DROP:
		return ddl->object == OBJECT_TRIGGER || ddl->object == OBJECT_POLICY ||
		       ddl->object == OBJECT_RULE || ddl->object == OBJECT_VIEW;
	case DDL_ALTER_TABLE:
		for (i = 0; i < ddl->action_count; i++)
			if (ddl->actions[i].kind != ACTION_ROW_SECURITY &&
			    ddl->actions[i].kind != ACTION_ENABLE_TRIGGER)
				return false;
		return ddl->action_count > 0;
	default: return false;
	}
}

/* A view, or a table, that was there before the pending migrations. */
static bool is_existing(const struct lint *lint, struct name name)
{
	const struct schema_object *view = schema_object(lint->schema, OBJECT_VIEW, name);

	return view != NULL ? view->origin.released : lint_existing(lint, name) != NULL;
}

static void brief_exclusive_lock(struct lint *lint)
{
	const struct ddl *ddl = lint->ddl;
	struct lock locks[LOCK_COUNT_MAX];
	struct lint_advice advice = { .at = ddl->name.at };
	size_t count;

	if (!is_brief(ddl))
		return;
	count = locks_of(lint->schema, ddl, locks);
	if (count == 0 || !is_existing(lint, locks[0].table))
		return;
	advice.lock = lock_describe(lint->arena, locks[0].mode, locks[0].table);
	advice.help = "it is done in a moment once it has the lock; keep it away from what takes "
	              "longer, in a migration of its own";
	lint_report(lint, RULE_BRIEF_EXCLUSIVE_LOCK, advice,
	            "this waits for every transaction that uses %s, and all others wait behind it",
	            lint_sql(lint, locks[0].table));
}

/* A new table locks what it references, a dropped one what it referenced. */
static void referenced_table_lock(struct lint *lint)
{
	const struct ddl *ddl = lint->ddl;
	struct lock locks[LOCK_COUNT_MAX];
	size_t count, i, j;

	if (ddl->kind == DDL_DROP ? ddl->object != OBJECT_TABLE : ddl->other.name != NULL)
		return;
	count = locks_of(lint->schema, ddl, locks);
	for (i = 0; i < count; i++) {
		struct lint_advice advice = { .at = ddl->name.at };

		for (j = 0; j < ddl->name_count; j++)
			if (name_equals(ddl->names[j], locks[i].table, lint->dialect))
				break;
		if (j < ddl->name_count || locks[i].mode < LOCK_SHARE_ROW_EXCLUSIVE ||
		    lint_existing(lint, locks[i].table) == NULL)
			continue;
		advice.lock = lock_describe(lint->arena, locks[i].mode, locks[i].table);
		advice.help =
		        ddl->kind == DDL_DROP
		                ? "drop the foreign key first, in a migration of its own, so "
		                  "that the lock is short"
		                : "keep the migration short, or add the foreign key in one of "
		                  "its own";
		lint_report(lint, RULE_REFERENCED_TABLE_LOCK, advice,
		            "%s %s locks %s too, because of a foreign key",
		            ddl->kind == DDL_DROP ? "dropping" : "creating",
		            lint_sql(lint, ddl->name), lint_sql(lint, locks[i].table));
	}
}

/* ---- the table ------------------------------------------------------------------------------- */

#define ROWS (LINT_ON(DDL_INSERT) | LINT_ON(DDL_UPDATE) | LINT_ON(DDL_DELETE) | LINT_ON(DDL_MERGE))
#define BRIEF                                                                                      \
	(LINT_ON(DDL_CREATE_TRIGGER) | LINT_ON(DDL_CREATE_POLICY) | LINT_ON(DDL_CREATE_RULE) |     \
	 LINT_ON(DDL_CREATE_VIEW) | LINT_ON(DDL_DROP) | LINT_ON(DDL_ALTER_TABLE))

static const struct lint_rule rules[] = {
	{ ON_POSTGRES, 0, LINT_AT_SCRIPT_END, lock_timeout_off },
	{ ON_POSTGRES, LINT_ON(DDL_SET), LINT_AT_STATEMENT, set_without_local },
	{ ON_POSTGRES, ROWS, LINT_AT_STATEMENT, work_under_lock },
	{ ON_POSTGRES, 0, LINT_AT_STATEMENT, lock_order },
	{ ON_POSTGRES, 0, LINT_AT_STATEMENT, wide_lock_window },
	{ ON_POSTGRES, BRIEF, LINT_AT_STATEMENT, brief_exclusive_lock },
	{ ON_POSTGRES, LINT_ON(DDL_CREATE_TABLE) | LINT_ON(DDL_DROP), LINT_AT_STATEMENT,
	  referenced_table_lock },
};

const struct lint_table lint_locking = { rules, sizeof(rules) / sizeof(rules[0]) };
