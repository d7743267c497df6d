/* advice.c - the words of safe rewrites: names, definitions with a part cut out, common steps. */
#include "advice.h"

#include "model/cursor.h"
#include "model/naming.h"

#include <string.h>

/* Has the script taken out all of its rows? */
static bool is_emptied(const struct lint *lint, struct name table)
{
	size_t i, j;

	if ((lint->script_kinds & (LINT_ON(DDL_DELETE) | LINT_ON(DDL_TRUNCATE))) == 0)
		return false;
	for (i = 0; i < lint->index; i++) {
		const struct ddl *ddl = &lint->script_ddl[i];

		if (ddl->kind == DDL_DELETE && ddl->where.start == NULL &&
		    name_equals(ddl->table, table, lint->dialect))
			return true;
		for (j = 0; ddl->kind == DDL_TRUNCATE && j < ddl->name_count; j++)
			if (name_equals(ddl->names[j], table, lint->dialect))
				return true;
	}
	return false;
}

bool advice_may_have_rows(const struct lint *lint, struct name table)
{
	const struct schema_object *view;

	if (table.name == NULL)
		return false;
	view = schema_object(lint->schema, OBJECT_MATERIALIZED_VIEW, table);
	if (view != NULL)
		return view->origin.released;
	return lint_may_have_rows(lint, table) && !is_emptied(lint, table);
}

bool advice_alters_rows(const struct lint *lint)
{
	return !lint->ddl->foreign_table && advice_may_have_rows(lint, lint->ddl->name);
}

bool advice_adds_column(const struct lint *lint, const struct ddl_action *action)
{
	const struct schema_table *table = schema_table(lint->schema, lint->ddl->name);

	if (action->kind != ACTION_ADD_COLUMN)
		return false;
	return !action->if_not_exists || table == NULL ||
	       schema_column(lint->schema, table, action->column.name) == NULL;
}

void advice_each_constraint(struct lint *lint, enum ddl_constraint_kind kind,
                            advice_constraint_check *check)
{
	const struct ddl *ddl = lint->ddl;
	size_t i, j;

	if (!advice_alters_rows(lint))
		return;
	for (i = 0; i < ddl->action_count; i++) {
		const struct ddl_action *action = &ddl->actions[i];
		const struct ddl_column *column = &action->column;

		if (action->kind == ACTION_ADD_CONSTRAINT && action->constraint.kind == kind)
			check(lint, &action->constraint, NULL);
		if (!advice_adds_column(lint, action))
			continue;
		for (j = 0; j < column->constraint_count; j++)
			if (column->constraints[j].kind == kind)
				check(lint, &column->constraints[j], column);
	}
}

static bool is_dropped_here(const struct lint *lint, const char *constraint)
{
	size_t i;

	for (i = 0; i < lint->ddl->action_count; i++)
		if (lint->ddl->actions[i].kind == ACTION_DROP_CONSTRAINT &&
		    name_same(lint->ddl->actions[i].name, constraint, lint->dialect))
			return true;
	return false;
}

/* ---- names ----------------------------------------------------------------------------------- */

static bool is_taken(struct lint *lint, struct name table, const char *name)
{
	const struct schema_table *known = schema_table(lint->schema, table);
	struct schema_table *of;

	if (is_dropped_here(lint, name))
		return false;
	if (schema_index(lint->schema, (struct name){ .schema = table.schema, .name = name },
	                 &of) != NULL)
		return true;
	return known != NULL && schema_constraint(lint->schema, known, name) != NULL;
}

const char *advice_name(struct lint *lint, struct name table, struct advice_names columns,
                        const char *suffix)
{
	const char *middle = naming_columns(lint->arena, columns.items, columns.count);
	const char *name = naming_join(lint->arena, table.name, middle, suffix);
	int number;

	for (number = 1; is_taken(lint, table, name); number++)
		name = naming_join(lint->arena, table.name, middle,
		                   lint_format(lint, "%s%d", suffix, number));
	return name;
}

const char *advice_list(struct lint *lint, struct advice_names columns)
{
	const char *list = "";
	size_t i;

	for (i = 0; i < columns.count; i++)
		list = lint_format(lint, "%s%s%s", list, i > 0 ? ", " : "",
		                   lint_quote(lint, columns.items[i]));
	return list;
}

const char *advice_constraint_name(struct lint *lint, struct name table,
                                   const struct ddl_constraint *constraint)
{
	static const char *const suffixes[] = {
		[CONSTRAINT_PRIMARY_KEY] = "pkey", [CONSTRAINT_UNIQUE] = "key",
		[CONSTRAINT_CHECK] = "check",      [CONSTRAINT_FOREIGN_KEY] = "fkey",
		[CONSTRAINT_EXCLUDE] = "excl",     [CONSTRAINT_NOT_NULL] = "not_null",
	};
	const struct schema_table *known = schema_table(lint->schema, table);
	struct advice_names columns = { constraint->columns, constraint->column_count };
	const char *only;

	if (constraint->name != NULL)
		return constraint->name;
	if (constraint->kind == CONSTRAINT_PRIMARY_KEY)
		columns.count = 0;
	if (constraint->kind == CONSTRAINT_CHECK && columns.count == 0 && known != NULL) {
		only = naming_check(lint->schema, known, constraint->expression);
		columns = (struct advice_names){ &only, only != NULL };
	}
	return advice_name(lint, table, columns, suffixes[constraint->kind]);
}

const char *advice_drops(struct lint *lint)
{
	const struct ddl *ddl = lint->ddl;
	const char *drops = "";
	size_t i;

	for (i = 0; i < ddl->action_count; i++)
		if (ddl->actions[i].kind == ACTION_DROP_CONSTRAINT)
			drops = lint_format(lint, "%s%.*s, ", drops, (int)ddl->actions[i].at.size,
			                    (const char *)ddl->actions[i].at.start);
	return drops;
}

const char *advice_constraint(struct lint *lint, struct name table,
                              const struct ddl_constraint *constraint)
{
	struct cursor cursor = cursor_of_text(lint->arena, constraint->at, lint->dialect);
	const char *name = lint_quote(lint, advice_constraint_name(lint, table, constraint));
	const char *head = "";
	const unsigned char *start;

	if (cursor_take(&cursor, "constraint"))
		cursor_take_name(&cursor);
	start = cursor.token.text.start;
	if (constraint->kind == CONSTRAINT_FOREIGN_KEY && constraint->of_column)
		head = lint_format(
		        lint, "FOREIGN KEY (%s) ",
		        advice_list(lint, (struct advice_names){ constraint->columns,
		                                                 constraint->column_count }));
	return lint_format(lint, "CONSTRAINT %s %s%.*s", name, head,
	                   (int)(constraint->at.start + constraint->at.size - start),
	                   (const char *)start);
}

/* ---- a column's definition without a part ---------------------------------------------------- */

static const unsigned char *end_of(struct text text)
{
	return text.start + text.size;
}

static bool is_inside(const struct cursor *cursor, struct text text)
{
	return text.start != NULL && cursor->token.text.start >= text.start &&
	       cursor->token.text.start < end_of(text);
}

static const struct ddl_constraint *constraint_here(const struct cursor *cursor,
                                                    const struct ddl_column *column)
{
	size_t i;

	for (i = 0; i < column->constraint_count; i++)
		if (is_inside(cursor, column->constraints[i].at))
			return &column->constraints[i];
	return NULL;
}

/* Goes past GENERATED ... AS IDENTITY (...) or AS (...) STORED. */
static void skip_generation(struct cursor *cursor)
{
	while (!cursor_at_end(cursor) && !cursor_is(cursor, "as"))
		cursor_advance(cursor);
	cursor_take(cursor, "as");
	cursor_take(cursor, "identity");
	cursor_take_group(cursor);
	if (!cursor_take(cursor, "stored"))
		cursor_take(cursor, "virtual");
}

/* Goes past what is to be left out; false: the next token stays. */
static bool skip_part(struct cursor *cursor, const struct ddl_column *column, struct advice_cut cut)
{
	const struct ddl_constraint *constraint = constraint_here(cursor, column);
	struct cursor ahead = *cursor;

	if (constraint != NULL &&
	    (constraint == cut.but || (cut.parts & ADVICE_CONSTRAINTS) ||
	     ((cut.parts & ADVICE_CHECKS) && constraint->kind == CONSTRAINT_CHECK))) {
		while (!cursor_at_end(cursor) && is_inside(cursor, constraint->at))
			cursor_advance(cursor);
		return true;
	}
	if (constraint != NULL)
		return false;
	if ((cut.parts & ADVICE_DEFAULT) && cursor_is(cursor, "default")) {
		cursor_advance(cursor);
		while (!cursor_at_end(cursor) && is_inside(cursor, column->default_at))
			cursor_advance(cursor);
		return true;
	}
	if ((cut.parts & ADVICE_GENERATED) && cursor_is(cursor, "generated")) {
		skip_generation(cursor);
		return true;
	}
	if (cursor_take(&ahead, "constraint"))
		cursor_take_name(&ahead);
	if ((cut.parts & ADVICE_NOT_NULL) && cursor_take_words(&ahead, "not null")) {
		*cursor = ahead;
		return true;
	}
	return false;
}

const char *advice_column(struct lint *lint, const struct ddl_column *column, struct advice_cut cut)
{
	struct cursor cursor = cursor_of_text(lint->arena, column->at, lint->dialect);
	struct text kept = { 0 };
	const char *result = "";

	while (!cursor_at_end(&cursor)) {
		if (cut.type != NULL && is_inside(&cursor, column->type.at)) {
			result = lint_format(lint, "%s%.*s %s", result, (int)kept.size,
			                     (const char *)kept.start, cut.type);
			while (!cursor_at_end(&cursor) && is_inside(&cursor, column->type.at))
				cursor_advance(&cursor);
			kept = (struct text){ 0 };
		} else if (skip_part(&cursor, column, cut)) {
			result = lint_format(lint, "%s%s%.*s", result,
			                     result[0] != '\0' && kept.size > 0 ? " " : "",
			                     (int)kept.size, (const char *)kept.start);
			kept = (struct text){ 0 };
		} else {
			if (kept.start == NULL)
				kept.start = cursor.token.text.start;
			cursor_advance(&cursor);
			kept.size = (size_t)(cursor.at - kept.start);
		}
	}
	return lint_format(lint, "%s%s%.*s", result, result[0] != '\0' && kept.size > 0 ? " " : "",
	                   (int)kept.size, (const char *)kept.start);
}

/* ---- common steps ---------------------------------------------------------------------------- */

const char *advice_not_null(struct lint *lint, struct name table, const char *column)
{
	const char *sql = lint_sql(lint, table), *quoted = lint_quote(lint, column);
	const char *name = lint_quote(
	        lint, advice_name(lint, table, (struct advice_names){ &column, 1 }, "not_null"));

	return lint_format(
	        lint,
	        "ALTER TABLE %s ADD CONSTRAINT %s CHECK (%s IS NOT NULL) NOT VALID;\n" ADVICE_NEXT
	        "ALTER TABLE %s VALIDATE CONSTRAINT %s;\n" ADVICE_NEXT
	        "ALTER TABLE %s ALTER COLUMN %s SET NOT NULL;\n"
	        "ALTER TABLE %s DROP CONSTRAINT %s;",
	        sql, name, quoted, sql, name, sql, quoted, sql, name);
}

/* What tells the rows apart: the primary key, or where they are. */
static const char *row_key(struct lint *lint, struct name name)
{
	const struct schema_table *table = schema_table(lint->schema, name);
	size_t i;

	for (i = 0; table != NULL && i < table->constraint_count; i++) {
		const struct schema_constraint *key = &table->constraints[i];
		struct advice_names columns = { key->columns, key->column_count };

		if (key->kind == CONSTRAINT_PRIMARY_KEY && key->column_count == 1)
			return advice_list(lint, columns);
		if (key->kind == CONSTRAINT_PRIMARY_KEY && key->column_count > 1)
			return lint_format(lint, "(%s)", advice_list(lint, columns));
	}
	return "ctid";
}

const char *advice_fill(struct lint *lint, struct name table, const char *column,
                        const char *expression, const char *source)
{
	const char *quoted = lint_quote(lint, column), *sql = lint_sql(lint, table);
	const char *key = row_key(lint, table);
	size_t size = strlen(key);
	const char *list = key[0] == '(' ? lint_format(lint, "%.*s", (int)size - 2, key + 1) : key;

	return lint_format(
	        lint,
	        "-- by a program, until it changes no row; each time in a transaction of "
	        "its own\n"
	        "UPDATE %s SET %s = %s\n"
	        "WHERE %s IN (SELECT %s FROM %s WHERE %s IS NULL%s LIMIT 10000);",
	        sql, quoted, expression, key, list, sql, quoted,
	        source != NULL ? lint_format(lint, " AND %s IS NOT NULL", source) : "");
}

/* ---- what the model proves ------------------------------------------------------------------- */

#define NESTING_MAX 8

static bool proves(struct lint *lint, struct text expression, const char *column, int nesting);

/* "c IS NOT NULL" and nothing else, in parentheses or not. */
static bool term_proves(struct lint *lint, struct text term, const char *column, int nesting)
{
	struct cursor cursor = cursor_of_text(lint->arena, term, lint->dialect);
	struct cursor group = cursor;
	struct text inner = cursor_take_group(&group);

	if (inner.start != NULL && cursor_at_end(&group))
		return nesting < NESTING_MAX && proves(lint, inner, column, nesting + 1);
	return name_same(cursor_take_name(&cursor).name, column, lint->dialect) &&
	       cursor_take_words(&cursor, "is not null") && cursor_at_end(&cursor);
}

/* Does the expression say so: "c IS NOT NULL", by itself or as a part of an AND? */
static bool proves(struct lint *lint, struct text expression, const char *column, int nesting)
{
	static const char *const joints[] = { "and", "or", NULL };
	struct cursor cursor = cursor_of_text(lint->arena, expression, lint->dialect);
	bool found = false;

	do {
		struct text term = cursor_take_until(&cursor, joints);

		if (cursor_is(&cursor, "or"))
			return false;
		found = found || term_proves(lint, term, column, nesting);
	} while (cursor_take(&cursor, "and"));
	return found;
}

bool advice_is_proven(struct lint *lint, const struct schema_table *table, const char *column)
{
	size_t i;

	for (i = 0; i < table->constraint_count; i++) {
		const struct schema_constraint *constraint = &table->constraints[i];

		if (constraint->kind == CONSTRAINT_CHECK && constraint->valid &&
		    !is_dropped_here(lint, constraint->name) &&
		    constraint->expression.start != NULL &&
		    proves(lint, constraint->expression, column, 0))
			return true;
	}
	return false;
}

size_t advice_partitions(const struct lint *lint, struct name table,
                         const struct schema_table *partitions[ADVICE_PARTITION_MAX])
{
	size_t count = 0;
	size_t i;

	for (i = 0; i < lint->schema->table_count && count < ADVICE_PARTITION_MAX; i++) {
		const struct schema_table *candidate = &lint->schema->tables[i];

		if (candidate->partition_of.name != NULL &&
		    name_equals(candidate->partition_of, table, lint->dialect))
			partitions[count++] = candidate;
	}
	return count;
}

/* ---- places and fixes ------------------------------------------------------------------------ */

struct text advice_head(struct lint *lint, const char *word)
{
	const struct statement *statement = lint->ddl->statement;
	struct cursor cursor = cursor_of(lint->arena, statement, lint->dialect);

	while (!cursor_at_end(&cursor)) {
		bool is_last = cursor_is(&cursor, word);

		cursor_advance(&cursor);
		if (is_last)
			return cursor_since(&cursor, statement->text.start);
	}
	return statement->text;
}

struct fix advice_fix_behind(struct lint *lint, const char *word, const char *added)
{
	struct text head = advice_head(lint, word);
	size_t size = strlen(word);
	struct fix fix = { 0 };

	if (head.size < size || (lint->script->count > 1 && !lint->script->no_transaction))
		return fix;
	fix.at = (struct text){ end_of(head) - size, size };
	fix.text = lint_format(lint, "%.*s%s", (int)size, (const char *)fix.at.start, added);
	return fix;
}
