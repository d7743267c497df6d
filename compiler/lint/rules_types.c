/* rules_types.c - PostgreSQL: ALTER COLUMN TYPE, and which changes leave the table as it is. */
#include "lint.h"

#include "advice.h"
#include "locks.h"
#include "model/cursor.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* What a change of type does with the table's rows. */
enum change {
	CHANGE_NONE,      /* They stay as they are. */
	CHANGE_SHRINKS,   /* Written anew: strings must be cut or refused. */
	CHANGE_REWRITES,  /* Written anew. */
	CHANGE_CHECKED,   /* Written anew, as a domain's constraint has to be looked at. */
	CHANGE_TIME_ZONE, /* The session's time zone decides. */
	CHANGE_UNKNOWN    /* One of the types is not known here. */
};

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

static const char *without_serial(const char *name)
{
	static const char *const names[][2] = { { "serial", "integer" },
		                                { "bigserial", "bigint" },
		                                { "smallserial", "smallint" },
		                                { NULL, NULL } };
	size_t i;

	for (i = 0; names[i][0] != NULL; i++)
		if (strcmp(name, names[i][0]) == 0)
			return names[i][1];
	return name;
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
	plain.name = written.name != NULL ? without_serial(written.name) : NULL;
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

static enum change change_of_action(struct lint *lint, const struct ddl_action *action)
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

/* A CHECK that uses the column is checked again; an index whose expression or condition does is
 * built again.  NULL: there is none. */
static const char *dependant(struct lint *lint, const char *column)
{
	const struct schema_table *table = schema_table(lint->schema, lint->ddl->name);
	size_t i, j;

	for (i = 0; table != NULL && i < table->constraint_count; i++)
		if (table->constraints[i].kind == CONSTRAINT_CHECK &&
		    advice_mentions(lint, table->constraints[i].expression, column))
			return lint_format(lint, "the CHECK %s is checked again for every row",
			                   lint_quote(lint, table->constraints[i].name));
	for (i = 0; table != NULL && i < table->index_count; i++) {
		const struct schema_index *index = &table->indexes[i];
		bool uses = advice_mentions(lint, index->where, column);

		for (j = 0; j < index->column_count && !uses; j++)
			uses = index->columns[j].name == NULL &&
			       advice_mentions(lint, index->columns[j].expression, column);
		if (uses)
			return lint_format(lint, "the index %s is built anew",
			                   lint_sql(lint, index->name));
	}
	return NULL;
}

/* ---- the rules ------------------------------------------------------------------------------- */

static bool has_name(const struct lint *lint, const char *const *names, size_t count,
                     const char *name)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (name_same(names[i], name, lint->dialect))
			return true;
	return false;
}

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

		if (has_name(lint, constraint->columns, constraint->column_count, name))
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
	return lint_format(lint,
	                   "ALTER TABLE %s ADD COLUMN %s %.*s;\n"
	                   "-- from here on programs, or a trigger, write both columns\n"
	                   "%s\n"
	                   "-- next migration, when programs read the new column\n%s"
	                   "ALTER TABLE %s DROP COLUMN %s;\n"
	                   "ALTER TABLE %s RENAME COLUMN %s TO %s;",
	                   sql, new_column, (int)action->type.at.size,
	                   (const char *)action->type.at.start,
	                   advice_fill(lint, table, new_name, value),
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
		change = change_of_action(lint, &ddl->actions[i]);
		what = dependant(lint, ddl->actions[i].name);
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
		    change_of_action(lint, &ddl->actions[i]) == CHANGE_TIME_ZONE)
			report_time_zone(lint, &ddl->actions[i]);
}

/* ---- the table ------------------------------------------------------------------------------- */

#define POSTGRES (1u << DIALECT_POSTGRES)

static const struct lint_rule rules[] = {
	{ POSTGRES, LINT_ON(DDL_ALTER_TABLE), false, change_column_type },
	{ POSTGRES, LINT_ON(DDL_ALTER_TABLE), false, timestamp_time_zone },
};

const struct lint_table lint_types = { rules, sizeof(rules) / sizeof(rules[0]) };
