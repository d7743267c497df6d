/* lint.c - walks the history statement by statement: the rules see each one before the model
 * does. */
#include "lint.h"

#include "layout.h"
#include "locks_held.h"
#include "source.h"

#include <stdarg.h>
#include <stdio.h>

static const struct lint_table *const tables[] = {
	&lint_indexes, &lint_constraints, &lint_keys,     &lint_columns,     &lint_types,
	&lint_locking, &lint_server,      &lint_style,    &lint_loss,        &lint_rows,
	&lint_history, &lint_names,       &lint_alter,    &lint_drop_column, &lint_unsupported,
	&lint_rebuild, &lint_sqlite,      &lint_affinity, &lint_strings,     &lint_maintenance,
};

/* ---- what rules call ------------------------------------------------------------------------- */

/* What is right for one database may be wrong for the other one that reads the file. */
static void keep_to_dialect(struct lint *lint, enum rule rule, struct lint_advice *advice)
{
	if (advice->fix.at.start == NULL || lint->script->source->dialects != ON_BOTH ||
	    rule_dialects(rule) == ON_BOTH)
		return;
	advice->fix = (struct fix){ .text = NULL };
	if (advice->help != NULL)
		advice->help = lint_format(lint, "%s (in a file for %s alone: %s.%s.sql)",
		                           advice->help, dialect_title(lint->dialect),
		                           lint->migration->title, dialect_name(lint->dialect));
}

void lint_report(struct lint *lint, enum rule rule, struct lint_advice advice, const char *format,
                 ...)
{
	char message[900];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(message, sizeof(message), format, arguments);
	va_end(arguments);
	if (advice.at.start == NULL && lint->ddl != NULL)
		advice.at = lint->ddl->statement->text;
	keep_to_dialect(lint, rule, &advice);
	diagnostics_add(lint->problems,
	                (struct problem){ .rule = rule,
	                                  .source = lint->script->source,
	                                  .at = advice.at,
	                                  .dialects = 1u << lint->dialect,
	                                  .lock = advice.lock,
	                                  .help = advice.help,
	                                  .rewrite = advice.rewrite,
	                                  .fix = advice.fix },
	                "%s", message);
}

void lint_blame(struct lint *lint, struct origin origin)
{
	lint->migration = origin.migration;
	lint->script = origin.script;
}

struct schema_table *lint_existing(const struct lint *lint, struct name name)
{
	struct schema_table *table = schema_table(lint->schema, name);

	return table != NULL && !table->temporary && table->origin.released ? table : NULL;
}

/* ALTER TABLE is said of views and sequences, too. */
static const struct schema_object *find_relation(const struct lint *lint, struct name name)
{
	static const enum ddl_object kinds[] = { OBJECT_VIEW, OBJECT_MATERIALIZED_VIEW,
		                                 OBJECT_SEQUENCE };
	const struct schema_object *object = NULL;
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]) && object == NULL; i++)
		object = schema_object(lint->schema, kinds[i], name);
	return object;
}

bool lint_may_have_rows(const struct lint *lint, struct name name)
{
	const struct schema_object *object;

	if (schema_table(lint->schema, name) != NULL)
		return lint_existing(lint, name) != NULL;
	object = find_relation(lint, name);
	return object == NULL || object->origin.released;
}

const char *lint_format(struct lint *lint, const char *format, ...)
{
	va_list arguments, again;
	char *text;
	int size;

	va_start(arguments, format);
	va_copy(again, arguments);
	size = vsnprintf(NULL, 0, format, arguments);
	text = arena_allocate(lint->arena, (size_t)size + 1);
	vsnprintf(text, (size_t)size + 1, format, again);
	va_end(again);
	va_end(arguments);
	return text;
}

const char *lint_sql(struct lint *lint, struct name name)
{
	return name_to_sql(lint->arena, name, lint->dialect);
}

const char *lint_quote(struct lint *lint, const char *part)
{
	return name_quote(lint->arena, part, lint->dialect);
}

/* ---- the walk -------------------------------------------------------------------------------- */

static bool is_wanted(const struct lint *lint, const struct lint_rule *rule, enum lint_when when)
{
	if ((rule->dialects & 1u << lint->dialect) == 0 || rule->when != when)
		return false;
	return rule->kinds == 0 || when != LINT_AT_STATEMENT ||
	       (rule->kinds & LINT_ON(lint->ddl->kind)) != 0;
}

static void run_rules(struct lint *lint, enum lint_when when)
{
	size_t i, j;

	for (i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		if (tables[i] == &lint_style && !lint->problems->style)
			continue; /* What they say would be dropped. */
		for (j = 0; j < tables[i]->count; j++)
			if (is_wanted(lint, &tables[i]->rules[j], when))
				tables[i]->rules[j].check(lint);
	}
}

static const struct ddl *read_script(struct lint *lint, const struct script *script)
{
	struct ddl *ddl = arena_array(lint->arena, struct ddl, script->count + 1);
	size_t i;

	for (i = 0; i < script->count; i++)
		if (script->statements[i].call > 0)
			ddl[i] = (struct ddl){ .dialect = lint->dialect,
				               .kind = DDL_CALL,
				               .statement = &script->statements[i] };
		else
			ddl[i] = ddl_read(lint->arena, &script->statements[i], lint->dialect);
	return ddl;
}

static void walk_script(struct lint *lint, struct schema *schema)
{
	const struct script *script = lint->script;
	bool is_judged = !lint->migration->released;
	size_t i;

	lint->script_ddl = read_script(lint, script);
	lint->script_kinds = 0;
	for (i = 0; i < script->count; i++)
		lint->script_kinds |= LINT_ON(lint->script_ddl[i].kind);
	for (i = 0; i < script->count; i++) {
		struct origin origin = { .migration = lint->migration,
			                 .script = script,
			                 .statement = &script->statements[i],
			                 .released = lint->migration->released };

		lint->index = i;
		lint->ddl = &lint->script_ddl[i];
		if (is_judged && script->statements[i].call == 0) {
			run_rules(lint, LINT_AT_STATEMENT);
			locks_held_note(lint);
		}
		schema_apply(schema, lint->ddl, origin);
	}
	lint->index = script->count;
	lint->ddl = NULL;
	if (is_judged)
		run_rules(lint, LINT_AT_SCRIPT_END);
}

static void walk(struct lint *lint, struct schema *schema, const struct migration *migrations,
                 size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		lint->migration = &migrations[i];
		lint->script = &migrations[i].variants[lint->dialect].up;
		if (lint->script->source != NULL)
			walk_script(lint, schema);
	}
}

void lint_set(struct arena *arena, const struct migration_set *set, struct diagnostics *problems)
{
	int dialect;

	for (dialect = 0; dialect < DIALECT_COUNT; dialect++) {
		struct schema schema;
		struct lint lint = { .arena = arena,
			             .problems = problems,
			             .set = set,
			             .dialect = (enum dialect)dialect,
			             .schema = &schema };

		if (!set->dialects[dialect])
			continue;
		lint.locks = locks_held_create(arena);
		schema_create(&schema, arena, (enum dialect)dialect);
		walk(&lint, &schema, set->items, set->count);
		walk(&lint, &schema, set->repeatables, set->repeatable_count);
		run_rules(&lint, LINT_AT_SET_END);
	}
}
