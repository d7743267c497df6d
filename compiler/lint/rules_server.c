/* rules_server.c - PostgreSQL: schemas, types, functions, and what is dropped or emptied. */
#include "lint.h"

#include "advice.h"
#include "locks.h"
#include "model/cursor.h"

#include <stddef.h>
#include <string.h>

/* ---- rows and objects that go ---------------------------------------------------------------- */

static void truncate_table(struct lint *lint)
{
	const struct ddl *ddl = lint->ddl;
	size_t i;

	for (i = 0; i < ddl->name_count; i++) {
		struct lint_advice advice = { .at = ddl->names[i].at };

		if (!lint_may_have_rows(lint, ddl->names[i]))
			continue;
		advice.lock = lock_describe(lint->arena, LOCK_ACCESS_EXCLUSIVE, ddl->names[i]);
		advice.help = ddl->cascade
		                      ? "leave CASCADE out, and name each table that is to be "
		                        "emptied"
		                      : "make sure that no program needs the rows, then say so "
		                        "with inlay:ignore and the reason";
		lint_report(lint, RULE_TRUNCATE, advice, "all rows of %s are lost%s",
		            lint_sql(lint, ddl->names[i]),
		            ddl->cascade ? ", and those of every table with a foreign key to it"
		                         : "");
	}
}

/* Was it there before the pending migrations?  What no migration makes was. */
static bool is_existing(const struct lint *lint, enum ddl_object kind, struct name name)
{
	const struct schema_object *object;

	if (kind == OBJECT_TABLE)
		return lint_may_have_rows(lint, name);
	object = schema_object(lint->schema, kind, name);
	return object == NULL || object->origin.released;
}

static void drop_schema(struct lint *lint)
{
	const struct ddl *ddl = lint->ddl;
	size_t i;

	for (i = 0; i < ddl->name_count; i++) {
		struct lint_advice advice = { .at = ddl->names[i].at };
		bool is_database = ddl->object == OBJECT_DATABASE;

		if ((!is_database && ddl->object != OBJECT_SCHEMA) ||
		    !is_existing(lint, ddl->object, ddl->names[i]))
			continue;
		advice.help = is_database ? "drop databases by hand, not in a migration"
		              : ddl->cascade
		                      ? "drop its objects by name, and the schema without CASCADE: "
		                        "then PostgreSQL refuses when something was forgotten"
		                      : "make sure that no program uses it, then say so with "
		                        "inlay:ignore and the reason";
		lint_report(lint, RULE_DROP_SCHEMA, advice, "the %s %s is dropped%s",
		            is_database ? "database" : "schema", lint_sql(lint, ddl->names[i]),
		            is_database || ddl->cascade ? ", with all that is in it" : "");
	}
}

/* The last word of the statement or action. */
static struct text last_cascade(struct lint *lint, struct text text)
{
	struct cursor cursor = cursor_of_text(lint->arena, text, lint->dialect);
	struct text found = text;

	for (; !cursor_at_end(&cursor); cursor_skip(&cursor))
		if (cursor_is(&cursor, "cascade"))
			found = cursor.token.text;
	return found;
}

static void report_cascade(struct lint *lint, struct text text, const char *what)
{
	struct lint_advice advice = { .at = last_cascade(lint, text) };

	advice.help = "leave CASCADE out, and drop by name what depends on it: then PostgreSQL "
	              "refuses when something was forgotten";
	lint_report(lint, RULE_DROP_CASCADE, advice,
	            "CASCADE also drops whatever depends on %s in that database: views, foreign "
	            "keys, functions",
	            what);
}

static void drop_cascade(struct lint *lint)
{
	const struct ddl *ddl = lint->ddl;
	size_t i;

	if (ddl->kind == DDL_DROP) {
		if (ddl->cascade && ddl->object != OBJECT_SCHEMA && ddl->name_count > 0 &&
		    is_existing(lint, ddl->object, ddl->names[0]))
			report_cascade(lint, ddl->statement->text, lint_sql(lint, ddl->names[0]));
		return;
	}
	for (i = 0; i < ddl->action_count; i++)
		if (ddl->actions[i].cascade && ddl->actions[i].name != NULL &&
		    is_existing(lint, OBJECT_TABLE, ddl->name))
			report_cascade(lint, ddl->actions[i].at,
			               lint_quote(lint, ddl->actions[i].name));
}

/* ---- names that programs use ----------------------------------------------------------------- */

static void rename_schema(struct lint *lint)
{
	const struct ddl *ddl = lint->ddl;
	size_t i;

	for (i = 0; i < ddl->action_count; i++) {
		struct lint_advice advice = { .at = ddl->actions[i].at };

		if (ddl->actions[i].kind != ACTION_RENAME ||
		    !is_existing(lint, OBJECT_SCHEMA, ddl->name))
			continue;
		advice.help = "create the new schema, move what is in it when no program uses the "
		              "old name any more, and drop the old one last";
		lint_report(lint, RULE_RENAME_SCHEMA, advice,
		            "programs that say %s fail as soon as this is committed",
		            lint_sql(lint, ddl->name));
	}
}

static void rename_enum_value(struct lint *lint)
{
	const struct ddl *ddl = lint->ddl;
	size_t i;

	for (i = 0; i < ddl->action_count; i++) {
		const struct ddl_action *action = &ddl->actions[i];
		struct lint_advice advice = { .at = action->at };

		if (action->kind != ACTION_RENAME_VALUE || action->name == NULL ||
		    action->new_name == NULL || !is_existing(lint, OBJECT_TYPE, ddl->name))
			continue;
		advice.help =
		        "add the new value, let programs write it, change the rows, and leave "
		        "the old value unused";
		advice.rewrite =
		        lint_format(lint, "ALTER TYPE %s ADD VALUE '%s' AFTER '%s';",
		                    lint_sql(lint, ddl->name), action->new_name, action->name);
		lint_report(lint, RULE_RENAME_ENUM_VALUE, advice,
		            "programs that say '%s' fail as soon as this is committed",
		            action->name);
	}
}

/* ---- enums ----------------------------------------------------------------------------------- */

/* Is the type, or an array of it, that of this enum? */
static bool is_enum(const struct lint *lint, const struct ddl_type *type, struct name name)
{
	struct cursor cursor;

	if (type->name == NULL)
		return false;
	cursor = cursor_of_text(lint->arena, text_of(type->name), lint->dialect);
	return name_equals(cursor_take_name(&cursor), name, lint->dialect);
}

/* Has the statement to do with the enum: does it name it, or a table with a column of it? */
static bool concerns(const struct lint *lint, struct name name)
{
	const struct ddl *ddl = lint->ddl;
	struct cursor cursor = cursor_of(lint->arena, ddl->statement, lint->dialect);
	size_t i;

	while (!cursor_at_end(&cursor)) {
		struct name found = cursor_take_name(&cursor);
		const struct schema_table *table;

		if (found.name == NULL) {
			cursor_advance(&cursor);
			continue;
		}
		if (name_equals(found, name, lint->dialect))
			return true;
		table = schema_table(lint->schema, found);
		for (i = 0; table != NULL && i < table->column_count; i++)
			if (is_enum(lint, &table->columns[i].type, name))
				return true;
	}
	return false;
}

/* What PostgreSQL reads as values when the statement runs: no body of a function, no comment. */
static bool reads_values(const struct ddl *ddl)
{
	switch (ddl->kind) {
	case DDL_CREATE_TABLE:
	case DDL_ALTER_TABLE:
	case DDL_CREATE_INDEX:
	case DDL_CREATE_VIEW:
	case DDL_CREATE_POLICY:
	case DDL_INSERT:
	case DDL_UPDATE:
	case DDL_DELETE:
	case DDL_MERGE:
	case DDL_SELECT: return true;
	default: return false;
	}
}

static void find_value(struct lint *lint, const struct ddl *added, const struct ddl_action *action)
{
	struct cursor cursor = cursor_of(lint->arena, lint->ddl->statement, lint->dialect);

	while (!cursor_at_end(&cursor)) {
		struct lint_advice advice = { .at = cursor.token.text };
		const char *value = cursor_take_string(&cursor);

		if (value == NULL) {
			cursor_advance(&cursor);
			continue;
		}
		if (strcmp(value, action->name) != 0)
			continue;
		advice.help = "add the value in a migration of its own, before this one";
		lint_report(lint, RULE_ENUM_VALUE_USED, advice,
		            "'%s' is added to %s in the same transaction (line %u), and can not be "
		            "used before that is committed",
		            value, lint_sql(lint, added->name),
		            (unsigned)added->statement->position.line);
		return;
	}
}

/* A type that is made in the same transaction: newer servers let its values be used. */
static bool is_made_here(const struct lint *lint, struct name name)
{
	const struct schema_object *type = schema_object(lint->schema, OBJECT_TYPE, name);

	return type != NULL && type->origin.script == lint->script;
}

static void enum_value_used(struct lint *lint)
{
	size_t i, j;

	if (lint->script->no_transaction || !reads_values(lint->ddl) ||
	    (lint->script_kinds & LINT_ON(DDL_ALTER_TYPE)) == 0)
		return;
	for (i = 0; i < lint->index; i++) {
		const struct ddl *added = &lint->script_ddl[i];

		if (added->kind != DDL_ALTER_TYPE || is_made_here(lint, added->name) ||
		    !concerns(lint, added->name))
			continue;
		for (j = 0; j < added->action_count; j++)
			if (added->actions[j].kind == ACTION_ADD_VALUE &&
			    added->actions[j].name != NULL)
				find_value(lint, added, &added->actions[j]);
	}
}

static void create_enum(struct lint *lint)
{
	const struct ddl *ddl = lint->ddl;
	struct lint_advice advice = { .at = ddl->name.at };

	if (ddl->value_count == 0)
		return;
	advice.help = "a table of the values, or text with a CHECK, can be changed later";
	lint_report(lint, RULE_CREATE_ENUM, advice,
	            "values can be added to the enum %s, but never taken away or put in another "
	            "order",
	            lint_sql(lint, ddl->name));
}

static void enum_value_order(struct lint *lint)
{
	const struct ddl *ddl = lint->ddl;
	size_t i;

	for (i = 0; i < ddl->action_count; i++) {
		const struct ddl_action *action = &ddl->actions[i];
		struct lint_advice advice = { .at = action->at };

		if (action->kind != ACTION_ADD_VALUE || action->placed || action->name == NULL)
			continue;
		advice.help = "say BEFORE or AFTER which value it comes";
		lint_report(lint, RULE_ENUM_VALUE_ORDER, advice,
		            "'%s' comes after all others of %s when rows are sorted, for good",
		            action->name, lint_sql(lint, ddl->name));
	}
}

/* ---- code ------------------------------------------------------------------------------------ */

static bool is_plpgsql(const char *language)
{
	return language == NULL || strcmp(language, "plpgsql") == 0;
}

/* COMMIT or ROLLBACK where a statement of PL/pgSQL begins; start NULL: there is none. */
static struct text find_commit(const struct lint *lint, struct text body)
{
	static const char *const beginnings[] = { "begin", "then", "else", "loop", NULL };
	struct text copy = { NULL, 0 };
	struct cursor cursor;
	bool begins = false;

	if (body.start == NULL)
		return body;
	/* What is in dollars need not end where a token does: a comment would go on. */
	copy = text_of(arena_copy(lint->arena, body));
	cursor = cursor_of_text(lint->arena, copy, lint->dialect);
	for (; !cursor_at_end(&cursor); cursor_advance(&cursor)) {
		if (begins && (cursor_is(&cursor, "commit") || cursor_is(&cursor, "rollback")))
			return (struct text){ body.start + (cursor.token.text.start - copy.start),
				              cursor.token.text.size };
		begins = cursor.token.kind == TOKEN_SEMICOLON ||
		         cursor_is_one_of(&cursor, beginnings);
	}
	return (struct text){ NULL, 0 };
}

/* Where it runs, in a transaction, PostgreSQL says "invalid transaction termination". */
static void commit_in_body(struct lint *lint)
{
	const struct ddl *ddl = lint->ddl;
	struct lint_advice advice = { .at = ddl->name.at };
	const struct schema_object *procedure;
	struct text found;

	advice.help = "do the work in several migrations, or in a program that runs beside them";
	if (ddl->kind == DDL_DO) {
		advice.at = find_commit(lint, ddl->body);
		if (advice.at.start != NULL && is_plpgsql(ddl->language))
			lint_report(
			        lint, RULE_COMMIT_IN_BODY, advice,
			        "%.*s fails here: a DO block of a migration runs in a transaction",
			        (int)advice.at.size, (const char *)advice.at.start);
		return;
	}
	procedure = schema_object(lint->schema, OBJECT_PROCEDURE, ddl->name);
	if (procedure == NULL)
		return;
	found = find_commit(lint, procedure->definition);
	if (found.start != NULL)
		lint_report(
		        lint, RULE_COMMIT_IN_BODY, advice,
		        "the procedure %s ends with an error at its %.*s: a CALL of a migration "
		        "runs in a transaction",
		        lint_sql(lint, ddl->name), (int)found.size, (const char *)found.start);
}

static bool names_setting(const struct lint *lint, const struct ddl *ddl)
{
	struct cursor cursor = cursor_of(lint->arena, ddl->statement, lint->dialect);

	for (; !cursor_at_end(&cursor); cursor_skip(&cursor))
		if (cursor_is(&cursor, "search_path"))
			return true;
	return false;
}

/* A later ALTER FUNCTION ... SET search_path does as well. */
static bool is_set_later(const struct lint *lint)
{
	size_t i;

	for (i = lint->index + 1; i < lint->script->count; i++) {
		const struct ddl *ddl = &lint->script_ddl[i];

		if (ddl->kind == DDL_ALTER_OBJECT && ddl->name.name != NULL &&
		    name_equals(ddl->name, lint->ddl->name, lint->dialect) &&
		    names_setting(lint, ddl))
			return true;
	}
	return false;
}

/* Names in a body of standard SQL are bound when the function is made. */
static bool has_bound_body(const struct lint *lint)
{
	struct cursor cursor = cursor_of(lint->arena, lint->ddl->statement, lint->dialect);

	for (; !cursor_at_end(&cursor); cursor_skip(&cursor))
		if (cursor_take_words(&cursor, "begin atomic") || cursor_is(&cursor, "return"))
			return true;
	return false;
}

static void security_definer(struct lint *lint)
{
	const struct ddl *ddl = lint->ddl;
	struct lint_advice advice = { .at = ddl->name.at };

	if (!ddl->security_definer || ddl->sets_search_path || is_set_later(lint) ||
	    has_bound_body(lint))
		return;
	advice.help = "add SET search_path = pg_catalog, pg_temp, with the schemas it needs before "
	              "pg_temp";
	lint_report(lint, RULE_SECURITY_DEFINER, advice,
	            "%s runs with its owner's rights and the caller's search_path: who can create "
	            "objects decides what its names mean",
	            lint_sql(lint, ddl->name));
}

static void opaque_code(struct lint *lint)
{
	struct lint_advice advice = { .at = advice_head(lint, "do") };

	advice.help = "write the statements themselves where they are known";
	lint_report(lint, RULE_OPAQUE_CODE, advice,
	            "no rule sees what this code does: it is only known when it runs");
}

/* ---- assignments ----------------------------------------------------------------------------- */

/* Columns that a statement assigns as a whole, not parts of them such as a[1] or a.b. */
struct assigned {
	const char **names;
	size_t count, capacity;
};

/* Reports a name that is there already. */
static void assign(struct lint *lint, struct assigned *assigned, const char *name, struct text at)
{
	struct lint_advice advice = { .at = at };
	size_t i;

	for (i = 0; i < assigned->count; i++)
		if (name_same(assigned->names[i], name, lint->dialect))
			break;
	if (i < assigned->count) {
		advice.help = "keep one of the two";
		lint_report(lint, RULE_DUPLICATE_ASSIGNMENT, advice,
		            "the column %s is assigned twice", lint_quote(lint, name));
		return;
	}
	assigned->names = arena_grow(lint->arena, assigned->names, assigned->count,
	                             &assigned->capacity, sizeof(*assigned->names));
	assigned->names[assigned->count++] = name;
}

/* a, b[1], c: up to the end, or up to "=" when there is one name. */
static void assign_list(struct lint *lint, struct assigned *assigned, struct text list)
{
	static const char *const comma[] = { ",", NULL };
	struct cursor cursor = cursor_of_text(lint->arena, list, lint->dialect);

	do {
		struct text at = cursor.token.text;
		const char *name = cursor_take_part(&cursor);

		if (name != NULL && (cursor_at_end(&cursor) || cursor_is(&cursor, ",")))
			assign(lint, assigned, name, at);
		cursor_take_until(&cursor, comma);
	} while (cursor_take(&cursor, ","));
}

static void duplicate_in_update(struct lint *lint)
{
	static const char *const ends[] = { ",", "from", "where", "returning", NULL };
	struct cursor cursor = cursor_of(lint->arena, lint->ddl->statement, lint->dialect);
	struct assigned assigned = { .count = 0 };

	while (!cursor_at_end(&cursor) && !cursor_take(&cursor, "set"))
		cursor_skip(&cursor);
	do {
		struct text at = cursor.token.text;
		struct text group = cursor_take_group(&cursor);
		const char *name = group.start == NULL ? cursor_take_part(&cursor) : NULL;

		if (group.start != NULL)
			assign_list(lint, &assigned, group);
		else if (name != NULL && cursor_is(&cursor, "="))
			assign(lint, &assigned, name, at);
		cursor_take_until(&cursor, ends);
	} while (cursor_take(&cursor, ","));
}

static void duplicate_in_insert(struct lint *lint)
{
	struct cursor cursor = cursor_of(lint->arena, lint->ddl->statement, lint->dialect);
	struct assigned assigned = { .count = 0 };

	if (lint->ddl->index_column_count < 2)
		return;
	while (!cursor_at_end(&cursor) && !cursor_take(&cursor, "into"))
		cursor_skip(&cursor);
	cursor_take_name(&cursor);
	if (cursor_take(&cursor, "as"))
		cursor_take_part(&cursor);
	assign_list(lint, &assigned, cursor_take_group(&cursor));
}

/* ---- the table ------------------------------------------------------------------------------- */

static const struct lint_rule rules[] = {
	{ ON_POSTGRES, LINT_ON(DDL_TRUNCATE), LINT_AT_STATEMENT, truncate_table },
	{ ON_POSTGRES, LINT_ON(DDL_DROP), LINT_AT_STATEMENT, drop_schema },
	{ ON_POSTGRES, LINT_ON(DDL_DROP) | LINT_ON(DDL_ALTER_TABLE), LINT_AT_STATEMENT,
	  drop_cascade },
	{ ON_POSTGRES, LINT_ON(DDL_ALTER_SCHEMA), LINT_AT_STATEMENT, rename_schema },
	{ ON_POSTGRES, LINT_ON(DDL_ALTER_TYPE), LINT_AT_STATEMENT, rename_enum_value },
	{ ON_POSTGRES, 0, LINT_AT_STATEMENT, enum_value_used },
	{ ON_POSTGRES, LINT_ON(DDL_CREATE_TYPE), LINT_AT_STATEMENT, create_enum },
	{ ON_POSTGRES, LINT_ON(DDL_ALTER_TYPE), LINT_AT_STATEMENT, enum_value_order },
	{ ON_POSTGRES, LINT_ON(DDL_DO) | LINT_ON(DDL_CALL), LINT_AT_STATEMENT, commit_in_body },
	{ ON_POSTGRES, LINT_ON(DDL_CREATE_FUNCTION), LINT_AT_STATEMENT, security_definer },
	{ ON_POSTGRES, LINT_ON(DDL_DO), LINT_AT_STATEMENT, opaque_code },
	{ ON_POSTGRES, LINT_ON(DDL_UPDATE), LINT_AT_STATEMENT, duplicate_in_update },
	{ ON_POSTGRES, LINT_ON(DDL_INSERT), LINT_AT_STATEMENT, duplicate_in_insert },
};

const struct lint_table lint_server = { rules, sizeof(rules) / sizeof(rules[0]) };
