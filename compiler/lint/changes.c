/* changes.c - which changes of a column's type leave the table as it is (PostgreSQL). */
#include "changes.h"

#include "advice.h"
#include "model/cursor.h"

#include <stdlib.h>
#include <string.h>

/* A type without its domain. */
struct plain_type {
	const char *name; /* As struct ddl_type has it; NULL: not known. */
	const char *arguments;
	bool is_array;
	bool is_users;   /* An enum or something else that somebody created. */
	bool is_checked; /* A domain with a constraint. */
};

/* ---- types ----------------------------------------------------------------------------------- */

static const struct schema_object *user_type(struct lint *lint, enum ddl_object kind,
                                             const struct ddl_type *type)
{
	struct cursor cursor;

	if (type->at.start == NULL)
		return NULL;
	cursor = cursor_of_text(lint->arena, type->at, lint->dialect);
	return schema_object(lint->schema, kind, cursor_take_name(&cursor));
}

static bool is_builtin(const char *name)
{
	static const char *const names[] = { "bigint",
		                             "bit",
		                             "bit varying",
		                             "boolean",
		                             "bytea",
		                             "character",
		                             "character varying",
		                             "cidr",
		                             "date",
		                             "double precision",
		                             "inet",
		                             "integer",
		                             "interval",
		                             "json",
		                             "jsonb",
		                             "money",
		                             "numeric",
		                             "oid",
		                             "real",
		                             "smallint",
		                             "text",
		                             "time with time zone",
		                             "time without time zone",
		                             "timestamp with time zone",
		                             "timestamp without time zone",
		                             "uuid",
		                             "xml" };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

static struct plain_type plain_type(struct lint *lint, const struct ddl_type *type)
{
	struct plain_type plain = { .arguments = type->arguments, .is_array = type->is_array };
	struct ddl_type written = *type;
	int depth;

	for (depth = 0; depth < 8; depth++) {
		const struct schema_object *domain = user_type(lint, OBJECT_DOMAIN, &written);
		struct ddl definition;

		if (domain == NULL)
			break;
		plain.is_checked = plain.is_checked || domain->has_check;
		if (domain->origin.statement == NULL)
			return plain;
		definition = ddl_read(lint->arena, domain->origin.statement, lint->dialect);
		if (definition.column_count == 0)
			return plain;
		written = definition.columns[0].type;
		plain.arguments = written.arguments;
		plain.is_array = plain.is_array || written.is_array;
	}
	plain.is_users = user_type(lint, OBJECT_TYPE, &written) != NULL;
	plain.name = ddl_serial_type(&written) != NULL ? ddl_serial_type(&written) : written.name;
	return plain;
}

static bool is_type(struct plain_type type, const char *name)
{
	return strcmp(type.name, name) == 0;
}

static bool is_text(struct plain_type type)
{
	return is_type(type, "text") || is_type(type, "character varying");
}

static bool is_timestamp(struct plain_type type)
{
	return is_type(type, "timestamp with time zone") ||
	       is_type(type, "timestamp without time zone");
}

/* Of what may be written "timestamp(3)", where nothing means 6. */
static long digits_of_second(struct plain_type type)
{
	return type.arguments != NULL ? strtol(type.arguments, NULL, 10) : 6;
}

/* ---- which changes do what ------------------------------------------------------------------- */

static enum change change_of_text(struct plain_type from, struct plain_type to)
{
	if (is_type(to, "text") || to.arguments == NULL)
		return CHANGE_NONE;
	if (is_type(from, "text") || from.arguments == NULL ||
	    strtol(to.arguments, NULL, 10) < strtol(from.arguments, NULL, 10))
		return CHANGE_SHRINKS;
	return CHANGE_NONE;
}

/* "10,2": precision and scale. */
static enum change change_of_numeric(struct plain_type from, struct plain_type to)
{
	long precisions[2], scales[2] = { 0, 0 };
	const char *arguments[2] = { from.arguments, to.arguments };
	char *rest;
	size_t i;

	if (to.arguments == NULL)
		return CHANGE_NONE;
	if (from.arguments == NULL)
		return CHANGE_REWRITES;
	for (i = 0; i < 2; i++) {
		precisions[i] = strtol(arguments[i], &rest, 10);
		if (*rest == ',')
			scales[i] = strtol(rest + 1, NULL, 10);
	}
	return scales[0] == scales[1] && precisions[1] >= precisions[0] ? CHANGE_NONE
	                                                                : CHANGE_REWRITES;
}

static bool same_arguments(struct plain_type from, struct plain_type to)
{
	if (from.arguments == NULL || to.arguments == NULL)
		return from.arguments == to.arguments;
	return strcmp(from.arguments, to.arguments) == 0;
}

static enum change change_of_same(struct plain_type from, struct plain_type to)
{
	if (same_arguments(from, to))
		return CHANGE_NONE;
	if (from.is_array)
		return CHANGE_REWRITES;
	if (is_type(from, "numeric"))
		return change_of_numeric(from, to);
	if (is_type(from, "bit varying"))
		return to.arguments == NULL || (from.arguments != NULL &&
		                                strtol(to.arguments, NULL, 10) >=
		                                        strtol(from.arguments, NULL, 10))
		               ? CHANGE_NONE
		               : CHANGE_REWRITES;
	if (is_timestamp(from) || strncmp(from.name, "time ", 5) == 0 || is_type(from, "interval"))
		return digits_of_second(to) >= digits_of_second(from) ? CHANGE_NONE
		                                                      : CHANGE_REWRITES;
	return is_builtin(from.name) ? CHANGE_REWRITES : CHANGE_UNKNOWN;
}

/* Pairs of types whose values are stored alike. */
static bool is_stored_alike(struct plain_type from, struct plain_type to)
{
	return (is_type(from, "cidr") && is_type(to, "inet")) ||
	       (is_type(from, "bit") && is_type(to, "bit varying") && to.arguments == NULL) ||
	       (is_type(from, "integer") && is_type(to, "oid")) ||
	       (is_type(from, "oid") && is_type(to, "integer")) ||
	       (is_type(from, "xml") && is_text(to) && to.arguments == NULL);
}

static enum change change_of(struct plain_type from, struct plain_type to)
{
	if (from.name == NULL || to.name == NULL)
		return CHANGE_UNKNOWN;
	if (to.is_checked)
		return CHANGE_CHECKED;
	if (from.is_array != to.is_array)
		return CHANGE_REWRITES;
	if (!from.is_array && is_text(from) && is_text(to))
		return change_of_text(from, to);
	if (strcmp(from.name, to.name) == 0)
		return change_of_same(from, to);
	if (from.is_array)
		return CHANGE_REWRITES;
	if (is_timestamp(from) && is_timestamp(to))
		return digits_of_second(to) >= digits_of_second(from) ? CHANGE_TIME_ZONE
		                                                      : CHANGE_REWRITES;
	if (is_stored_alike(from, to))
		return CHANGE_NONE;
	if (from.is_users || to.is_users || (is_builtin(from.name) && is_builtin(to.name)))
		return CHANGE_REWRITES;
	return CHANGE_UNKNOWN;
}

/* USING c, c::type or CAST(c AS type): nothing that computes. */
static bool is_plain_using(struct lint *lint, const struct ddl_action *action)
{
	struct cursor cursor = cursor_of_text(lint->arena, action->using_at, lint->dialect);
	struct cursor group = cursor;
	struct text inner = cursor_take_group(&group);

	if (inner.start != NULL && cursor_at_end(&group))
		cursor = cursor_of_text(lint->arena, inner, lint->dialect);
	if (cursor_take(&cursor, "cast")) {
		inner = cursor_take_group(&cursor);
		if (inner.start == NULL || !cursor_at_end(&cursor))
			return false;
		cursor = cursor_of_text(lint->arena, inner, lint->dialect);
		if (!name_same(cursor_take_name(&cursor).name, action->name, lint->dialect) ||
		    !cursor_take(&cursor, "as"))
			return false;
	} else {
		if (!name_same(cursor_take_name(&cursor).name, action->name, lint->dialect))
			return false;
		if (cursor_at_end(&cursor))
			return true;
		if (!cursor_take(&cursor, "::"))
			return false;
	}
	while (!cursor_at_end(&cursor)) { /* The type: words, numbers, brackets. */
		if (cursor.token.kind == TOKEN_OPERATOR || cursor.token.kind == TOKEN_STRING)
			return false;
		if (cursor_is(&cursor, "at"))
			return false;
		cursor_skip(&cursor);
	}
	return true;
}

/* The time zone that the script has set before this statement; NULL: nobody did. */
static const char *time_zone_set(const struct lint *lint)
{
	const char *zone = NULL;
	size_t i;

	for (i = 0; i < lint->index; i++) {
		const struct ddl *ddl = &lint->script_ddl[i];

		if (ddl->kind == DDL_SET && ddl->name.name != NULL &&
		    (strcmp(ddl->name.name, "timezone") == 0 ||
		     strcmp(ddl->name.name, "time zone") == 0 ||
		     strcmp(ddl->name.name, "time") == 0))
			zone = ddl->value;
	}
	return zone;
}

enum change changes_of(struct lint *lint, const struct ddl_action *action)
{
	const struct schema_table *table = schema_table(lint->schema, lint->ddl->name);
	const struct schema_column *column =
	        table != NULL ? schema_column(lint->schema, table, action->name) : NULL;
	enum change change;

	if (action->using_at.start != NULL && !is_plain_using(lint, action))
		return CHANGE_REWRITES;
	if (column == NULL || column->type.name == NULL)
		return CHANGE_UNKNOWN;
	change = change_of(plain_type(lint, &column->type), plain_type(lint, &action->type));
	if (change == CHANGE_TIME_ZONE && time_zone_set(lint) != NULL)
		return strstr(time_zone_set(lint), "utc") != NULL ? CHANGE_NONE : CHANGE_REWRITES;
	return change;
}

/* ---- what else reads the rows ---------------------------------------------------------------- */

const char *changes_dependant(struct lint *lint, const char *column)
{
	const struct schema_table *table = schema_table(lint->schema, lint->ddl->name);
	size_t i, j;

	for (i = 0; table != NULL && i < table->constraint_count; i++)
		if (table->constraints[i].kind == CONSTRAINT_CHECK &&
		    schema_mentions(lint->schema, table->constraints[i].expression, column))
			return lint_format(lint, "the CHECK %s is checked again for every row",
			                   lint_quote(lint, table->constraints[i].name));
	for (i = 0; table != NULL && i < table->index_count; i++) {
		const struct schema_index *index = &table->indexes[i];
		bool uses = schema_mentions(lint->schema, index->where, column);

		for (j = 0; j < index->column_count && !uses; j++)
			uses = index->columns[j].name == NULL &&
			       schema_mentions(lint->schema, index->columns[j].expression, column);
		if (uses)
			return lint_format(lint, "the index %s is built anew",
			                   lint_sql(lint, index->name));
	}
	return NULL;
}
