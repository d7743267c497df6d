/* rules_alter.c - SQLite: what ALTER TABLE can not do. */
#include "advice.h"
#include "mentions.h"
#include "rebuild.h"

#include <stddef.h>
#include <string.h>

static const struct ddl_action *next_action(const struct ddl *ddl, enum ddl_action_kind kind,
                                            size_t *i)
{
	for (; *i < ddl->action_count; (*i)++)
		if (ddl->actions[*i].kind == kind)
			return &ddl->actions[(*i)++];
	return NULL;
}

/* ---- ADD COLUMN ------------------------------------------------------------------------------ */

enum default_kind {
	DEFAULT_NONE, /* Or NULL. */
	DEFAULT_CONSTANT,
	DEFAULT_COMPUTED
};

/* A literal is a constant for SQLite, also with a sign or in parentheses; 1 + 1 is none. */
static enum default_kind default_of(const struct lint *lint, const struct ddl_column *column)
{
	static const char *const times[] = { "current_timestamp", "current_date", "current_time" };
	struct lexer lexer;
	struct token token;
	enum default_kind kind = DEFAULT_CONSTANT;
	size_t values = 0, i;
	bool is_null = false;

	if (column->default_at.start == NULL)
		return DEFAULT_NONE;
	lexer_init_slice(&lexer, lint->dialect, column->default_at, true);
	while ((token = lexer_next_significant(&lexer)).kind != TOKEN_END) {
		bool is_sign =
		        text_equals_folded(token.text, "-") || text_equals_folded(token.text, "+");

		if (token.kind == TOKEN_OPEN && values > 0)
			return DEFAULT_COMPUTED; /* f() */
		if (token.kind == TOKEN_OPEN || token.kind == TOKEN_CLOSE ||
		    (is_sign && values == 0))
			continue;
		if (values++ == 0 && text_equals_folded(token.text, "cast"))
			return DEFAULT_CONSTANT;
		is_null = text_equals_folded(token.text, "null");
		for (i = 0; i < sizeof(times) / sizeof(times[0]); i++)
			if (text_equals_folded(token.text, times[i]))
				kind = DEFAULT_COMPUTED;
	}
	if (values > 1)
		return DEFAULT_COMPUTED;
	return is_null ? DEFAULT_NONE : kind;
}

static bool has_reference(const struct ddl_column *column)
{
	size_t i;

	for (i = 0; i < column->constraint_count; i++)
		if (column->constraints[i].kind == CONSTRAINT_FOREIGN_KEY)
			return true;
	return false;
}

/* "name type", as written. */
static const char *plain_column(struct lint *lint, const struct ddl_column *column)
{
	const char *name = arena_copy(lint->arena, column->name_at);

	if (column->type.at.size == 0)
		return name;
	return lint_format(lint, "%s %.*s", name, (int)column->type.at.size,
	                   (const char *)column->type.at.start);
}

/* A value of the type, for an example. */
static const char *example_of(const struct ddl_column *column)
{
	const char *type = column->type.name != NULL ? column->type.name : "";

	return strstr(type, "int") != NULL || strstr(type, "real") != NULL ||
	                       strstr(type, "num") != NULL || strstr(type, "bool") != NULL
	               ? "0"
	               : "''";
}

static void report_not_null(struct lint *lint, const struct ddl_column *column)
{
	const char *table = lint_sql(lint, lint->ddl->name);

	lint_report(
	        lint, RULE_ADD_COLUMN_ON_ROWS,
	        (struct lint_advice){
	                .at = column->at,
	                .help = "give it a default that is not NULL, or leave NOT NULL out",
	                .rewrite = lint_format(
	                        lint, "ALTER TABLE %s ADD COLUMN %s NOT NULL DEFAULT %s;", table,
	                        plain_column(lint, column), example_of(column)) },
	        "NOT NULL without a default: this works while %s is empty, and fails as soon as "
	        "it has a row",
	        table);
}

static void report_computed(struct lint *lint, const struct ddl_column *column)
{
	const char *table = lint_sql(lint, lint->ddl->name);
	const char *name = lint_quote(lint, column->name);
	const char *value = arena_copy(lint->arena, text_trim(column->default_at));

	lint_report(
	        lint, RULE_ADD_COLUMN_ON_ROWS,
	        (struct lint_advice){
	                .at = column->default_at,
	                .help = "add it without the default and fill it; only a rebuild of the "
	                        "table "
	                        "gives it this default",
	                .rewrite = lint_format(
	                        lint, "ALTER TABLE %s ADD COLUMN %s;\nUPDATE %s SET %s = %s;",
	                        table, plain_column(lint, column), table, name, value) },
	        "a default that is computed: this works while %s is empty, and fails as soon as it "
	        "has a row",
	        table);
}

static void report_reference(struct lint *lint, const struct ddl_column *column)
{
	const char *table = lint_sql(lint, lint->ddl->name);
	struct advice_cut cut = { .parts = ADVICE_DEFAULT | ADVICE_NOT_NULL };

	lint_report(
	        lint, RULE_ADD_COLUMN_ON_ROWS,
	        (struct lint_advice){
	                .at = column->at,
	                .help = "leave the default out and fill the column; or turn foreign keys "
	                        "off for this migration (PRAGMA foreign_keys = off;)",
	                .rewrite = lint_format(
	                        lint,
	                        "ALTER TABLE %s ADD COLUMN %s;\nUPDATE %s SET %s = "
	                        "%s;",
	                        table, advice_column(lint, column, cut), table,
	                        lint_quote(lint, column->name),
	                        arena_copy(lint->arena, text_trim(column->default_at))) },
	        "REFERENCES with a default that is not NULL: with foreign keys on this works "
	        "while %s is empty, and fails as soon as it has a row",
	        table);
}

static struct text find_word(const struct lint *lint, struct text within, const char *word)
{
	struct lexer lexer;
	struct token token;

	lexer_init_slice(&lexer, lint->dialect, within, true);
	while ((token = lexer_next_significant(&lexer)).kind != TOKEN_END)
		if (token.kind == TOKEN_WORD && text_equals_folded(token.text, word))
			return token.text;
	return within;
}

static void report_stored(struct lint *lint, const struct ddl_column *column)
{
	struct text stored = find_word(lint, column->at, "stored");

	lint_report(
	        lint, RULE_ADD_COLUMN_ON_ROWS,
	        (struct lint_advice){ .at = stored,
	                              .help = "make it VIRTUAL; only a rebuild of the table can "
	                                      "store it",
	                              .fix = { stored, "VIRTUAL" } },
	        "a generated column that is STORED: this works while %s is empty, and fails as "
	        "soon as it has a row",
	        lint_sql(lint, lint->ddl->name));
}

static void add_column_on_rows(struct lint *lint)
{
	const struct ddl_action *action;
	size_t i = 0;

	if (!lint_may_have_rows(lint, lint->ddl->name))
		return;
	while ((action = next_action(lint->ddl, ACTION_ADD_COLUMN, &i)) != NULL) {
		const struct ddl_column *column = &action->column;
		enum default_kind kind = default_of(lint, column);

		if (column->primary_key || column->unique)
			continue; /* Never works: add-column-illegal. */
		if (column->stored)
			report_stored(lint, column);
		else if (column->generated)
			continue;
		else if (kind == DEFAULT_COMPUTED)
			report_computed(lint, column);
		else if (column->not_null && kind == DEFAULT_NONE)
			report_not_null(lint, column);
		else if (kind == DEFAULT_CONSTANT && has_reference(column) &&
		         !rebuild_is_without_keys(lint, lint->index))
			report_reference(lint, column);
	}
}

static void report_unique(struct lint *lint, const struct ddl_column *column)
{
	const char *table = lint_sql(lint, lint->ddl->name);
	const char *index =
	        lint_quote(lint, lint_format(lint, "%s_%s", lint->ddl->name.name, column->name));

	lint_report(lint, RULE_ADD_COLUMN_ILLEGAL,
	            (struct lint_advice){
	                    .at = find_word(lint, column->at, "unique"),
	                    .help = "add the column without it, and a unique index",
	                    .rewrite = lint_format(lint,
	                                           "ALTER TABLE %s ADD COLUMN %s;\n"
	                                           "CREATE UNIQUE INDEX %s ON %s (%s);",
	                                           table, plain_column(lint, column), index, table,
	                                           lint_quote(lint, column->name)) },
	            "SQLite can not add a UNIQUE column");
}

static void add_column_illegal(struct lint *lint)
{
	const struct schema_table *table = schema_table(lint->schema, lint->ddl->name);
	const struct ddl_action *action;
	size_t i = 0;

	while ((action = next_action(lint->ddl, ACTION_ADD_COLUMN, &i)) != NULL) {
		struct rebuild_change change = { .action = action };

		if (action->column.primary_key)
			lint_report(lint, RULE_ADD_COLUMN_ILLEGAL,
			            (struct lint_advice){
			                    .at = find_word(lint, action->column.at, "primary"),
			                    .help = "rebuild the table",
			                    .rewrite = table == NULL
			                                       ? NULL
			                                       : rebuild_sql(lint, table, change) },
			            "SQLite can not add a PRIMARY KEY column");
		else if (action->column.unique)
			report_unique(lint, &action->column);
	}
}

/* ---- RENAME ---------------------------------------------------------------------------------- */

struct broken {
	const char *kind;
	const char *name;
	struct text definition;
};

static bool find_broken_view(struct lint *lint, struct name gone, struct broken *broken)
{
	size_t i;

	for (i = 0; i < lint->schema->object_count; i++) {
		const struct schema_object *object = &lint->schema->objects[i];

		if (object->kind != OBJECT_VIEW || !mentions_table(lint, object->definition, gone))
			continue;
		*broken = (struct broken){ .kind = "view", .name = lint_sql(lint, object->name) };
		if (object->origin.statement != NULL)
			broken->definition = object->origin.statement->text;
		return true;
	}
	return false;
}

static bool find_broken_trigger(struct lint *lint, struct name gone, struct broken *broken)
{
	size_t i, j;

	for (i = 0; i < lint->schema->table_count; i++)
		for (j = 0; j < lint->schema->tables[i].trigger_count; j++) {
			const struct schema_trigger *trigger = &lint->schema->tables[i].triggers[j];

			if (trigger->origin.statement == NULL ||
			    !mentions_table(lint, trigger->body, gone))
				continue;
			*broken = (struct broken){ .kind = "trigger",
				                   .name = lint_quote(lint, trigger->name),
				                   .definition = trigger->origin.statement->text };
			return true;
		}
	return false;
}

/* What reads a table that this script has dropped, and that is not back yet. */
static bool find_broken(struct lint *lint, struct name *gone, struct broken *broken)
{
	size_t i, j;

	for (i = 0; i < lint->index; i++) {
		const struct ddl *ddl = &lint->script_ddl[i];

		for (j = 0;
		     ddl->kind == DDL_DROP && ddl->object == OBJECT_TABLE && j < ddl->name_count;
		     j++) {
			*gone = ddl->names[j];
			if (schema_table(lint->schema, *gone) == NULL &&
			    (find_broken_view(lint, *gone, broken) ||
			     find_broken_trigger(lint, *gone, broken)))
				return true;
		}
	}
	return false;
}

static bool is_legacy(const struct lint *lint)
{
	size_t i;

	for (i = 0; i < lint->index; i++)
		if (lint->script_ddl[i].kind == DDL_PRAGMA &&
		    lint->script_ddl[i].name.name != NULL &&
		    (name_same(lint->script_ddl[i].name.name, "legacy_alter_table",
		               lint->dialect) ||
		     name_same(lint->script_ddl[i].name.name, "writable_schema", lint->dialect)))
			return true;
	return false;
}

static void rename_behind_broken(struct lint *lint)
{
	const struct ddl *ddl = lint->ddl;
	struct broken broken;
	struct name gone;
	const char *again;
	size_t i = 0;

	while (i < ddl->action_count && ddl->actions[i].kind != ACTION_RENAME &&
	       ddl->actions[i].kind != ACTION_RENAME_COLUMN &&
	       ddl->actions[i].kind != ACTION_DROP_COLUMN)
		i++;
	if (i == ddl->action_count || !find_broken(lint, &gone, &broken) || is_legacy(lint))
		return;
	again = broken.definition.start == NULL
	                ? ""
	                : lint_format(lint, "\n%.*s;", (int)broken.definition.size,
	                              (const char *)broken.definition.start);
	lint_report(
	        lint, RULE_RENAME_BEHIND_BROKEN,
	        (struct lint_advice){
	                .at = ddl->actions[i].at,
	                .help = lint_format(lint,
	                                    "drop the %s before %s is dropped, and create it again "
	                                    "behind this",
	                                    broken.kind, lint_sql(lint, gone)),
	                .rewrite = lint_format(lint, "DROP %s %s;\n-- drop, rename%s",
	                                       broken.kind[0] == 'v' ? "VIEW" : "TRIGGER",
	                                       broken.name, again) },
	        "SQLite looks at all views and triggers here, and %s %s reads %s, which is "
	        "dropped at this point: this fails",
	        broken.kind, broken.name, lint_sql(lint, gone));
}

/* ---- the table ------------------------------------------------------------------------------- */

static const struct lint_rule rules[] = {
	{ ON_SQLITE, LINT_ON(DDL_ALTER_TABLE), LINT_AT_STATEMENT, add_column_on_rows },
	{ ON_SQLITE, LINT_ON(DDL_ALTER_TABLE), LINT_AT_STATEMENT, add_column_illegal },
	{ ON_SQLITE, LINT_ON(DDL_ALTER_TABLE), LINT_AT_STATEMENT, rename_behind_broken },
};

const struct lint_table lint_alter = { rules, sizeof(rules) / sizeof(rules[0]) };
