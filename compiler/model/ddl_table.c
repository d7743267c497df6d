/* ddl_table.c - CREATE TABLE: what is in its parentheses, and what follows them. */
#include "ddl_parts.h"

static const char *const comma[] = { ",", NULL };

/* ---- constraints of a table ------------------------------------------------------------------ */

bool ddl_at_table_constraint(const struct cursor *cursor)
{
	static const char *const words[] = { "constraint", "primary", "unique",
		                             "check",      "foreign", NULL };
	struct cursor ahead = *cursor;

	if (cursor_is_one_of(cursor, words))
		return true;
	if (cursor->dialect == DIALECT_SQLITE || !cursor_take(&ahead, "exclude"))
		return false;
	return cursor_is(&ahead, "using") || ahead.token.kind == TOKEN_OPEN;
}

/* What may stand behind any of them. */
static void read_constraint_options(struct cursor *cursor, struct ddl_constraint *constraint)
{
	static const char *const ends[] = { ",",       "not",   "include", "with",    "using",
		                            "foreign", "check", "unique",  "primary", "constraint",
		                            "where",   "on",    NULL };

	for (;;) {
		cursor_take_until(cursor, ends);
		if (cursor_take_words(cursor, "not valid"))
			constraint->not_valid = true;
		else if (cursor_is(cursor, "include") || cursor_is(cursor, "with") ||
		         cursor_is(cursor, "using") || cursor_is(cursor, "not") ||
		         cursor_is(cursor, "where") || cursor_is(cursor, "on"))
			cursor_advance(cursor);
		else
			return;
	}
}

static void read_table_key(struct cursor *cursor, struct ddl_constraint *constraint)
{
	if (!cursor_take_words(cursor, "nulls distinct"))
		cursor_take_words(cursor, "nulls not distinct");
	if (cursor_take_words(cursor, "using index")) {
		constraint->using_index = cursor_take_part(cursor);
		return;
	}
	constraint->column_count = ddl_read_columns(cursor, &constraint->columns);
}

/* EXCLUDE [USING method] (column WITH operator, ...): the columns that are no expressions. */
static void read_exclusion(struct cursor *cursor, struct ddl_constraint *constraint)
{
	const struct ddl_index_column *columns = NULL;
	const char **names;
	size_t count, i;

	if (cursor_take(cursor, "using"))
		cursor_take_part(cursor);
	count = ddl_read_index_columns(cursor, &columns);
	names = arena_array(cursor->arena, const char *, count + 1);
	for (i = 0; i < count; i++)
		if (columns[i].name != NULL)
			names[constraint->column_count++] = columns[i].name;
	constraint->columns = names;
}

bool ddl_is_complete(const struct ddl_constraint *constraint)
{
	switch (constraint->kind) {
	case CONSTRAINT_FOREIGN_KEY:
		return constraint->reference.table.name != NULL && constraint->column_count > 0;
	case CONSTRAINT_PRIMARY_KEY:
	case CONSTRAINT_UNIQUE:
		return constraint->column_count > 0 || constraint->using_index != NULL;
	case CONSTRAINT_CHECK: return constraint->expression.start != NULL;
	default: return true;
	}
}

struct ddl_constraint ddl_read_table_constraint(struct cursor *cursor)
{
	const unsigned char *start = cursor->token.text.start;
	struct ddl_constraint constraint = { .kind = CONSTRAINT_CHECK };

	if (cursor_take(cursor, "constraint"))
		constraint.name = cursor_take_part(cursor);
	if (cursor_take_words(cursor, "primary key")) {
		constraint.kind = CONSTRAINT_PRIMARY_KEY;
		read_table_key(cursor, &constraint);
	} else if (cursor_take(cursor, "unique")) {
		constraint.kind = CONSTRAINT_UNIQUE;
		read_table_key(cursor, &constraint);
	} else if (cursor_take(cursor, "check")) {
		constraint.expression = cursor_take_group(cursor);
	} else if (cursor_take_words(cursor, "foreign key")) {
		constraint.kind = CONSTRAINT_FOREIGN_KEY;
		constraint.column_count = ddl_read_columns(cursor, &constraint.columns);
		if (cursor_take(cursor, "references"))
			constraint.reference = ddl_read_reference(cursor);
	} else if (cursor_take(cursor, "exclude")) {
		constraint.kind = CONSTRAINT_EXCLUDE;
		read_exclusion(cursor, &constraint);
	} else if (cursor_take_words(cursor, "not null")) {
		constraint.kind = CONSTRAINT_NOT_NULL;
		constraint.columns = arena_array(cursor->arena, const char *, 1);
		*(const char **)(size_t)constraint.columns = cursor_take_part(cursor);
		constraint.column_count = constraint.columns[0] != NULL;
	} else {
		cursor_skip(cursor);
	}
	read_constraint_options(cursor, &constraint);
	constraint.at = cursor_since(cursor, start);
	return constraint;
}

/* ---- what is in the parentheses -------------------------------------------------------------- */

struct element_lists {
	struct list columns;
	struct list constraints;
};

static void read_element(struct cursor *cursor, struct ddl *ddl, struct element_lists *lists)
{
	struct ddl_constraint constraint;
	struct ddl_column column;

	if (ddl_at_table_constraint(cursor)) {
		constraint = ddl_read_table_constraint(cursor);
		if (ddl_is_complete(&constraint))
			*(struct ddl_constraint *)list_add(cursor->arena, &lists->constraints,
			                                   sizeof(constraint)) = constraint;
		return;
	}
	if (cursor->dialect == DIALECT_POSTGRES && cursor_take(cursor, "like")) {
		ddl->has_more_columns = true;
		cursor_take_until(cursor, comma);
		return;
	}
	column = ddl_read_column(cursor);
	if (column.name != NULL)
		*(struct ddl_column *)list_add(cursor->arena, &lists->columns, sizeof(column)) =
		        column;
}

static void read_elements(struct cursor *cursor, struct ddl *ddl)
{
	struct element_lists lists = { { 0 }, { 0 } };
	struct text group = cursor_take_group(cursor);
	struct cursor inside;

	if (group.start == NULL)
		return;
	inside = cursor_inside(cursor, group);
	while (!cursor_at_end(&inside)) {
		read_element(&inside, ddl, &lists);
		/* SQLite wants no comma between constraints. */
		if (!ddl_at_table_constraint(&inside))
			cursor_take_until(&inside, comma);
		cursor_take(&inside, ",");
	}
	ddl->columns = lists.columns.items;
	ddl->column_count = lists.columns.count;
	ddl->constraints = lists.constraints.items;
	ddl->constraint_count = lists.constraints.count;
}

/* ---- what follows them ----------------------------------------------------------------------- */

static void read_query_of_table(struct cursor *cursor, struct ddl *ddl)
{
	static const char *const ends[] = { "with", NULL };
	const unsigned char *start = cursor->token.text.start;

	for (;;) {
		struct cursor ahead;

		if (cursor_is(cursor, "with"))
			cursor_advance(cursor);
		cursor_take_until(cursor, ends);
		ahead = *cursor;
		if (cursor_at_end(cursor) || cursor_take_words(&ahead, "with data") ||
		    cursor_take_words(&ahead, "with no data"))
			break;
	}
	ddl->as_query = cursor_since(cursor, start);
}

/* One of the clauses behind the parentheses, or a token that is none. */
static void read_option(struct cursor *cursor, struct ddl *ddl)
{
	if (cursor_take_words(cursor, "partition by")) {
		ddl->partitioned = true;
		cursor_take_part(cursor);
		cursor_take_group(cursor);
	} else if (cursor_take(cursor, "inherits")) {
		ddl->has_more_columns = true;
		cursor_take_group(cursor);
	} else if (cursor_take_words(cursor, "without rowid")) {
		ddl->without_rowid = true;
	} else if (cursor_take(cursor, "strict")) {
		ddl->strict = cursor->dialect == DIALECT_SQLITE;
	} else if (cursor_take(cursor, "as")) {
		read_query_of_table(cursor, ddl);
	} else {
		cursor_skip(cursor);
	}
}

/* [IF NOT EXISTS] name ... */
void ddl_read_create_table(struct cursor *cursor, struct ddl *ddl)
{
	ddl->kind = DDL_CREATE_TABLE;
	ddl_read_new_name(cursor, ddl);
	if (cursor_take_words(cursor, "partition of")) {
		ddl->other = cursor_take_name(cursor);
	} else if (cursor_take(cursor, "of")) {
		ddl->has_more_columns = true;
		cursor_take_name(cursor);
	}
	read_elements(cursor, ddl);
	if (ddl->other.name != NULL && cursor_take_words(cursor, "for values"))
		cursor_take_until(cursor, (const char *const[]){ "partition", "using", "with",
		                                                 "tablespace", "server", NULL });
	while (!cursor_at_end(cursor))
		read_option(cursor, ddl);
}

/* [IF NOT EXISTS] name USING module(...) */
void ddl_read_create_virtual_table(struct cursor *cursor, struct ddl *ddl)
{
	ddl->kind = DDL_CREATE_TABLE;
	ddl->virtual_table = true;
	ddl_read_new_name(cursor, ddl);
	if (cursor_take(cursor, "using"))
		ddl->method = ddl_lower(cursor, cursor->token.text);
}
