/* ddl_column.c - one column: its type, and whatever may follow that in any order. */
#include "ddl_parts.h"

/* ---- expressions ----------------------------------------------------------------------------- */

/* What a default ends before. */
static const char *const default_ends[] = { ",",           ")",         "not",     "null",
	                                    "check",       "unique",    "primary", "references",
	                                    "constraint",  "generated", "collate", "deferrable",
	                                    "initially",   "default",   "as",      "storage",
	                                    "compression", NULL };

/* The first token belongs to it whatever it is: DEFAULT NULL. */
static struct text read_default(struct cursor *cursor)
{
	const unsigned char *start = cursor->token.text.start;

	if (cursor_at_end(cursor) || cursor_is(cursor, ",") || cursor_is(cursor, ")"))
		return (struct text){ start, 0 };
	if (!cursor_is(cursor, "case"))
		cursor_skip(cursor);
	cursor_take_until(cursor, default_ends);
	return cursor_since(cursor, start);
}

/* ---- references ------------------------------------------------------------------------------ */

static const char *read_reaction(struct cursor *cursor)
{
	static const char *const reactions[] = { "cascade", "restrict", "no action", "set null",
		                                 "set default" };
	size_t i;

	for (i = 0; i < sizeof(reactions) / sizeof(reactions[0]); i++)
		if (cursor_take_words(cursor, reactions[i])) {
			cursor_take_group(cursor); /* SET NULL (column) */
			return reactions[i];
		}
	return NULL;
}

/* Behind REFERENCES. */
struct ddl_reference ddl_read_reference(struct cursor *cursor)
{
	struct ddl_reference reference = { .table = cursor_take_name(cursor) };

	if (cursor->token.kind == TOKEN_OPEN)
		reference.column_count = ddl_read_columns(cursor, &reference.columns);
	for (;;) {
		if (cursor_take_words(cursor, "on delete"))
			reference.on_delete = read_reaction(cursor);
		else if (cursor_take_words(cursor, "on update"))
			read_reaction(cursor);
		else if (cursor_take(cursor, "match"))
			cursor_advance(cursor);
		else
			return reference;
	}
}

/* ---- constraints of a column ----------------------------------------------------------------- */

/* A column while it is read. */
struct column_reader {
	struct cursor *cursor;
	struct ddl_column *column;
	struct list constraints;
	const char *name;           /* CONSTRAINT name, for the next constraint. */
	const unsigned char *start; /* Where that begins. */
};

static struct ddl_constraint *add_constraint(struct column_reader *reader,
                                             enum ddl_constraint_kind kind)
{
	struct arena *arena = reader->cursor->arena;
	struct ddl_constraint *constraint =
	        list_add(arena, &reader->constraints, sizeof(*constraint));
	const char **columns = arena_array(arena, const char *, 1);

	columns[0] = reader->column->name;
	*constraint = (struct ddl_constraint){
		.kind = kind,
		.name = reader->name,
		.columns = columns,
		.column_count = 1,
		.of_column = true,
	};
	return constraint;
}

static void read_on_conflict(struct cursor *cursor)
{
	if (cursor_take_words(cursor, "on conflict"))
		cursor_advance(cursor);
}

static void end_constraint(struct column_reader *reader, struct ddl_constraint *constraint)
{
	constraint->at = cursor_since(reader->cursor, reader->start);
	if (!ddl_is_complete(constraint))
		reader->constraints.count--; /* The last one. */
	reader->name = NULL;
}

static void read_generated(struct column_reader *reader)
{
	struct cursor *cursor = reader->cursor;

	cursor_take(cursor, "as");
	if (cursor_take(cursor, "identity")) {
		reader->column->identity = true;
		cursor_take_group(cursor);
		return;
	}
	reader->column->generated = true;
	cursor_take_group(cursor);
	if (cursor_take(cursor, "stored"))
		reader->column->stored = true;
	else
		cursor_take(cursor, "virtual");
}

static void read_key(struct column_reader *reader, bool is_primary)
{
	struct cursor *cursor = reader->cursor;
	struct ddl_constraint *constraint =
	        add_constraint(reader, is_primary ? CONSTRAINT_PRIMARY_KEY : CONSTRAINT_UNIQUE);

	*(is_primary ? &reader->column->primary_key : &reader->column->unique) = true;
	if (!cursor_take(cursor, "asc"))
		cursor_take(cursor, "desc");
	if (!cursor_take_words(cursor, "nulls distinct"))
		cursor_take_words(cursor, "nulls not distinct");
	read_on_conflict(cursor);
	if (cursor_take(cursor, "autoincrement"))
		reader->column->autoincrement = true;
	if (cursor_take(cursor, "with"))
		cursor_take_group(cursor);
	if (cursor_take_words(cursor, "using index tablespace"))
		cursor_take_part(cursor);
	end_constraint(reader, constraint);
}

/* What is a constraint that the model keeps; false: the next word is none. */
static bool read_constraint(struct column_reader *reader)
{
	struct cursor *cursor = reader->cursor;
	struct ddl_constraint *constraint;

	if (cursor_take_words(cursor, "primary key")) {
		read_key(reader, true);
	} else if (cursor_take(cursor, "unique")) {
		read_key(reader, false);
	} else if (cursor_take(cursor, "check")) {
		constraint = add_constraint(reader, CONSTRAINT_CHECK);
		constraint->expression = cursor_take_group(cursor);
		cursor_take_words(cursor, "no inherit");
		constraint->not_valid = cursor_take_words(cursor, "not valid");
		end_constraint(reader, constraint);
	} else if (cursor_take(cursor, "references")) {
		constraint = add_constraint(reader, CONSTRAINT_FOREIGN_KEY);
		constraint->reference = ddl_read_reference(cursor);
		constraint->not_valid = cursor_take_words(cursor, "not valid");
		end_constraint(reader, constraint);
	} else {
		return false;
	}
	return true;
}

static bool read_generation(struct column_reader *reader)
{
	struct cursor *cursor = reader->cursor;

	if (cursor_take_words(cursor, "generated always") ||
	    cursor_take_words(cursor, "generated by default")) {
		read_generated(reader);
		return true;
	}
	if (cursor->dialect == DIALECT_SQLITE && cursor_is(cursor, "as")) {
		read_generated(reader);
		return true;
	}
	return false;
}

static void read_property(struct column_reader *reader)
{
	struct cursor *cursor = reader->cursor;

	if (cursor_take_words(cursor, "not null")) {
		reader->column->not_null = true;
		read_on_conflict(cursor);
		cursor_take_words(cursor, "no inherit");
	} else if (cursor_take(cursor, "default")) {
		reader->column->default_at = read_default(cursor);
	} else if (cursor_take(cursor, "collate")) {
		reader->column->collation = cursor_take_name(cursor).name;
	} else if (!read_generation(reader)) {
		cursor_skip(cursor);
	}
	reader->name = NULL;
}

/* Up to "," or the end. */
void ddl_read_column_constraints(struct cursor *cursor, struct ddl_column *column)
{
	struct column_reader reader = { .cursor = cursor, .column = column };

	while (!cursor_at_end(cursor) && !cursor_is(cursor, ",")) {
		if (reader.name == NULL)
			reader.start = cursor->token.text.start;
		if (cursor_take(cursor, "constraint"))
			reader.name = cursor_take_part(cursor);
		else if (!read_constraint(&reader))
			read_property(&reader);
	}
	column->constraints = reader.constraints.items;
	column->constraint_count = reader.constraints.count;
}

struct ddl_column ddl_read_column(struct cursor *cursor)
{
	const unsigned char *start = cursor->token.text.start;
	struct ddl_column column = { .name_at = cursor->token.text };

	column.name = cursor_take_part(cursor);
	if (column.name == NULL) {
		column.name_at.start = NULL;
		cursor_take_until(cursor, (const char *const[]){ ",", NULL });
		return column;
	}
	if (!cursor_take_words(cursor, "with options") && !cursor_is(cursor, ",") &&
	    !cursor_is(cursor, "not") && !cursor_is(cursor, "default") &&
	    !cursor_is(cursor, "primary") && !cursor_is(cursor, "constraint") &&
	    !cursor_is(cursor, "unique") && !cursor_is(cursor, "check") &&
	    !cursor_is(cursor, "references") && !cursor_is(cursor, "null"))
		column.type = ddl_read_type(cursor);
	ddl_read_column_constraints(cursor, &column);
	column.at = cursor_since(cursor, start);
	return column;
}
