/* rules_rebuild.c - SQLite: table rebuilds. */
#include "rebuild.h"

#include "mentions.h"

#include <stddef.h>
#include <string.h>

/* The table that a statement drops or renames: SQLite takes one at a time. */
static struct name dropped_name(const struct ddl *ddl)
{
	if (ddl->kind != DDL_DROP)
		return ddl->name;
	if (ddl->object == OBJECT_TABLE && ddl->name_count > 0)
		return ddl->names[0];
	return (struct name){ .name = NULL };
}

static bool is_same_name(const struct lint *lint, struct name name, const char *part)
{
	return name.name != NULL && name_same(name.name, part, lint->dialect);
}

/* ---- rebuild-cascades ------------------------------------------------------------------------ */

/* What DROP TABLE, which deletes all rows first, does to the rows of a table that refers to it. */
static const char *effect_of(const struct ddl_reference *reference)
{
	const char *action = reference->on_delete;

	if (action != NULL && strcmp(action, "cascade") == 0)
		return "its rows are deleted";
	if (action != NULL && strcmp(action, "set null") == 0)
		return "its references are set to NULL";
	if (action != NULL && strcmp(action, "set default") == 0)
		return "its references are set to their default";
	return "the statement fails";
}

static const struct schema_constraint *
find_reference(const struct lint *lint, const struct schema_table *table, struct name old)
{
	size_t i;

	for (i = 0; i < table->constraint_count; i++)
		if (table->constraints[i].kind == CONSTRAINT_FOREIGN_KEY &&
		    name_equals(table->constraints[i].reference.table, old, lint->dialect))
			return &table->constraints[i];
	return NULL;
}

/* A table that may have rows when the old one is dropped. */
static bool may_be_hit(const struct lint *lint, const struct schema_table *table,
                       const struct rebuild *rebuild)
{
	return !name_equals(table->name, rebuild->old, lint->dialect) &&
	       (table->origin.released || name_equals(table->name, rebuild->made, lint->dialect));
}

static void report_cascade(struct lint *lint, const struct rebuild *rebuild,
                           const struct schema_table *table,
                           const struct schema_constraint *reference)
{
	struct text start = { lint->script->statements[0].text.start, 0 };

	lint_report(lint, RULE_REBUILD_CASCADES,
	            (struct lint_advice){
	                    .at = rebuild->old.at,
	                    .help = "turn foreign keys off for this migration; inlay does it "
	                            "outside of the transaction and checks them before the commit",
	                    .rewrite = "PRAGMA foreign_keys = off;",
	                    .fix = { start, "PRAGMA foreign_keys = off;\n\n" } },
	            "DROP TABLE deletes the rows of %s first: where foreign keys are on, %s refers "
	            "to them and %s",
	            lint_sql(lint, rebuild->old), lint_sql(lint, table->name),
	            effect_of(&reference->reference));
}

static void rebuild_cascades(struct lint *lint)
{
	const struct ddl *ddl = lint->ddl;
	struct rebuild rebuild;
	size_t i, j;

	if (rebuild_is_without_keys(lint, lint->index) || ddl->object != OBJECT_TABLE)
		return;
	for (i = 0; i < ddl->name_count; i++) {
		if (lint_existing(lint, ddl->names[i]) == NULL ||
		    !rebuild_at(lint, ddl->names[i], &rebuild))
			continue;
		for (j = 0; j < lint->schema->table_count; j++) {
			const struct schema_table *table = &lint->schema->tables[j];
			const struct schema_constraint *reference =
			        find_reference(lint, table, ddl->names[i]);

			if (reference == NULL || !may_be_hit(lint, table, &rebuild))
				continue;
			report_cascade(lint, &rebuild, table, reference);
			break;
		}
	}
}

/* ---- rebuild-order --------------------------------------------------------------------------- */

static const char *find_trigger(struct lint *lint, const struct schema_table *table,
                                struct name moved)
{
	size_t i;

	for (i = 0; i < table->trigger_count; i++)
		if (mentions_table(lint, table->triggers[i].body, moved))
			return lint_format(lint, "trigger %s",
			                   lint_quote(lint, table->triggers[i].name));
	return NULL;
}

/* Whose definition has followed the old table to its new name, when all is done. */
static const char *find_follower(struct lint *lint, struct name moved)
{
	const char *trigger;
	size_t i;

	for (i = 0; i < lint->schema->table_count; i++) {
		const struct schema_table *table = &lint->schema->tables[i];

		if (name_equals(table->name, moved, lint->dialect))
			continue;
		if (find_reference(lint, table, moved) != NULL)
			return lint_format(lint, "the foreign key of %s",
			                   lint_sql(lint, table->name));
		trigger = find_trigger(lint, table, moved);
		if (trigger != NULL)
			return trigger;
	}
	for (i = 0; i < lint->schema->object_count; i++) {
		const struct schema_object *object = &lint->schema->objects[i];

		if (object->kind == OBJECT_VIEW && mentions_table(lint, object->definition, moved))
			return lint_format(lint, "view %s", lint_sql(lint, object->name));
	}
	return NULL;
}

static bool is_legacy(const struct lint *lint)
{
	size_t i;
	bool is_on = false;

	for (i = 0; i < lint->index; i++) {
		const struct ddl *ddl = &lint->script_ddl[i];

		if (ddl->kind == DDL_PRAGMA && ddl->name.name != NULL && ddl->value != NULL &&
		    name_same(ddl->name.name, "legacy_alter_table", lint->dialect))
			is_on = strcmp(ddl->value, "on") == 0 || strcmp(ddl->value, "1") == 0 ||
			        strcmp(ddl->value, "yes") == 0 || strcmp(ddl->value, "true") == 0;
	}
	return is_on;
}

/* The statement, with the two names of the rebuild's tables put right. */
static const char *with_names(struct lint *lint, const struct statement *statement,
                              const char *const from[2], const char *const to[2])
{
	const unsigned char *kept = statement->text.start;
	const char *sql = "";
	struct lexer lexer;
	struct token token;
	size_t i;

	lexer_init_slice(&lexer, lint->dialect, statement->text, true);
	while ((token = lexer_next_significant(&lexer)).kind != TOKEN_END) {
		const char *name = name_from_token(lint->arena, &token, lint->dialect);

		for (i = 0; name != NULL && i < 2; i++) {
			if (!name_same(name, from[i], lint->dialect))
				continue;
			sql = lint_format(lint, "%s%.*s%s", sql, (int)(token.text.start - kept),
			                  (const char *)kept, lint_quote(lint, to[i]));
			kept = token.text.start + token.text.size;
			break;
		}
	}
	return lint_format(lint, "%s%.*s;\n", sql,
	                   (int)(statement->text.start + statement->text.size - kept),
	                   (const char *)kept);
}

/* The same statements in the right order. */
static const char *in_order(struct lint *lint, const struct rebuild *rebuild)
{
	const char *old = rebuild->old.name;
	const char *moved = lint->ddl->actions[0].new_name;
	const char *made = lint_format(lint, "new_%s", old);
	const char *const from[2] = { old, moved }, *const to[2] = { made, old };
	const struct name read = { .schema = rebuild->old.schema, .name = moved };
	const char *sql = lint_format(lint, "PRAGMA foreign_keys = off;\n%s",
	                              rebuild_readers_sql(lint, read, true));
	const char *readers = rebuild_readers_sql(lint, read, false);
	size_t i;

	for (i = rebuild->gone + 1; i < lint->script->count; i++) {
		const struct ddl *ddl = &lint->script_ddl[i];

		if (i == rebuild->created ||
		    (ddl->kind == DDL_INSERT && is_same_name(lint, ddl->table, old)))
			sql = lint_format(lint, "%s%s", sql,
			                  with_names(lint, ddl->statement, from, to));
	}
	sql = lint_format(lint, "%sDROP TABLE %s;\nALTER TABLE %s RENAME TO %s;\n%s", sql,
	                  lint_quote(lint, old), lint_quote(lint, made), lint_quote(lint, old),
	                  readers);
	return arena_copy(lint->arena, text_trim(text_of(sql)));
}

static void check_order(struct lint *lint)
{
	const struct ddl *ddl = lint->ddl;
	struct name moved = ddl->name;
	const char *follower;
	struct rebuild rebuild;

	if (!rebuild_at(lint, ddl->name, &rebuild) || !rebuild.copies || is_legacy(lint))
		return;
	moved.name = ddl->actions[0].new_name;
	follower = find_follower(lint, moved);
	if (follower == NULL)
		return;
	lint_report(lint, RULE_REBUILD_ORDER,
	            (struct lint_advice){ .at = ddl->actions[0].at,
	                                  .help = "make the new table under another name, copy, "
	                                          "drop the old one, and rename last",
	                                  .rewrite = in_order(lint, &rebuild) },
	            "%s follows the old table to its new name, %s, and not to the new %s", follower,
	            lint_quote(lint, moved.name), lint_sql(lint, ddl->name));
}

/* At the end: until then whoever followed may have been made anew, too. */
static void rebuild_order(struct lint *lint)
{
	struct lint there = *lint;
	size_t i;

	for (i = 0; i < lint->script->count; i++) {
		there.index = i;
		there.ddl = &lint->script_ddl[i];
		if (there.ddl->kind == DDL_ALTER_TABLE && there.ddl->action_count == 1 &&
		    there.ddl->actions[0].kind == ACTION_RENAME)
			check_order(&there);
	}
}

/* ---- rebuild-loses --------------------------------------------------------------------------- */

/* Created again, or dropped by name: then it is not wanted any more. */
static bool is_created_again(const struct lint *lint, const struct rebuild *rebuild,
                             enum ddl_kind kind, const char *name)
{
	size_t i, j;

	for (i = 0; i < lint->script->count; i++) {
		const struct ddl *ddl = &lint->script_ddl[i];

		if (i != rebuild->gone && ddl->kind == kind && is_same_name(lint, ddl->name, name))
			return true;
		for (j = 0;
		     ddl->kind == DDL_DROP && ddl->object != OBJECT_TABLE && j < ddl->name_count;
		     j++)
			if (is_same_name(lint, ddl->names[j], name))
				return true;
	}
	return false;
}

/* Do these columns serve as well?  For a search they begin with the index's; to keep values unique
 * they are the same, in any order. */
static bool serve_as(const struct lint *lint, const char *const *columns, size_t count,
                     const struct schema_index *index)
{
	size_t i, j;

	if (index->where.start != NULL || count < index->column_count ||
	    (index->unique && count != index->column_count))
		return false;
	for (i = 0; i < index->column_count; i++) {
		const char *wanted = index->columns[i].name;
		size_t first = index->unique ? 0 : i, end = index->unique ? count : i + 1;

		for (j = first; j < end; j++)
			if (columns[j] != NULL && wanted != NULL &&
			    name_same(columns[j], wanted, lint->dialect))
				break;
		if (j == end)
			return false;
	}
	return true;
}

static bool is_key(const struct lint *lint, const struct ddl *create,
                   const struct schema_index *index)
{
	size_t i;

	for (i = 0; i < create->constraint_count; i++)
		if ((create->constraints[i].kind == CONSTRAINT_PRIMARY_KEY ||
		     create->constraints[i].kind == CONSTRAINT_UNIQUE) &&
		    serve_as(lint, create->constraints[i].columns,
		             create->constraints[i].column_count, index))
			return true;
	for (i = 0; i < create->column_count; i++)
		if ((create->columns[i].primary_key || create->columns[i].unique) &&
		    serve_as(lint, &create->columns[i].name, 1, index))
			return true;
	return false;
}

/* Does the successor have a key or another index that serves as well? */
static bool is_replaced(struct lint *lint, const struct rebuild *rebuild,
                        const struct schema_index *index)
{
	size_t i, j;

	if (is_key(lint, &lint->script_ddl[rebuild->created], index))
		return true;
	for (i = 0; i < lint->script->count; i++) {
		const struct ddl *ddl = &lint->script_ddl[i];
		const char **columns;

		if (ddl->kind != DDL_CREATE_INDEX || ddl->where.start != NULL ||
		    (index->unique && !ddl->unique) ||
		    (!name_equals(ddl->table, rebuild->made, lint->dialect) &&
		     !name_equals(ddl->table, rebuild->old, lint->dialect)))
			continue;
		columns = arena_array(lint->arena, const char *, ddl->index_column_count + 1);
		for (j = 0; j < ddl->index_column_count; j++)
			columns[j] = ddl->index_columns[j].name;
		if (serve_as(lint, columns, ddl->index_column_count, index))
			return true;
	}
	return false;
}

static bool has_column(const struct lint *lint, const struct ddl *create, const char *column)
{
	size_t i;

	for (i = 0; i < create->column_count; i++)
		if (name_same(create->columns[i].name, column, lint->dialect))
			return true;
	return create->column_count == 0; /* AS SELECT: nobody knows. */
}

static bool can_be_kept(const struct lint *lint, const struct rebuild *rebuild,
                        const struct schema_index *index)
{
	const struct ddl *create = &lint->script_ddl[rebuild->created];
	size_t i;

	for (i = 0; create->kind == DDL_CREATE_TABLE && i < index->column_count; i++)
		if (index->columns[i].name != NULL &&
		    !has_column(lint, create, index->columns[i].name))
			return false;
	return true;
}

static void add_line(struct lint *lint, const char **rewrite, const char *sql)
{
	*rewrite = *rewrite == NULL ? sql : lint_format(lint, "%s\n%s", *rewrite, sql);
}

static void add_name(struct lint *lint, const char **names, const char *kind, const char *name)
{
	const char *quoted = lint_quote(lint, name);

	*names = *names == NULL ? lint_format(lint, "%s %s", kind, quoted)
	                        : lint_format(lint, "%s, %s %s", *names, kind, quoted);
}

static void rebuild_loses(struct lint *lint)
{
	struct name name = dropped_name(lint->ddl);
	const struct schema_table *table;
	const char *names = NULL, *rewrite = NULL;
	struct rebuild rebuild;
	size_t lost = 0, i;

	table = name.name == NULL ? NULL : schema_table(lint->schema, name);
	if (table == NULL || !rebuild_at(lint, name, &rebuild) || !rebuild.copies)
		return;
	for (i = 0; i < table->index_count; i++) {
		const struct schema_index *index = &table->indexes[i];

		if (index->origin.statement == NULL || index->name.name == NULL ||
		    is_created_again(lint, &rebuild, DDL_CREATE_INDEX, index->name.name) ||
		    is_replaced(lint, &rebuild, index) || !can_be_kept(lint, &rebuild, index))
			continue;
		lost++;
		add_name(lint, &names, "index", index->name.name);
		add_line(lint, &rewrite, rebuild_index_sql(lint, table, index));
	}
	for (i = 0; i < table->trigger_count; i++) {
		const struct schema_trigger *trigger = &table->triggers[i];

		if (trigger->origin.statement == NULL ||
		    is_created_again(lint, &rebuild, DDL_CREATE_TRIGGER, trigger->name))
			continue;
		lost++;
		add_name(lint, &names, "trigger", trigger->name);
		add_line(lint, &rewrite,
		         lint_format(lint, "%s;",
		                     arena_copy(lint->arena,
		                                text_trim(trigger->origin.statement->text))));
	}
	if (lost == 1)
		lint_report(
		        lint, RULE_REBUILD_LOSES,
		        (struct lint_advice){ .at = name.at,
		                              .help = "create it again when the rebuild is done, "
		                                      "or, if it is not wanted any more, drop it "
		                                      "by its name",
		                              .rewrite = rewrite },
		        "%s goes with the old %s and is not created again", names,
		        lint_sql(lint, name));
	else if (lost > 1)
		lint_report(lint, RULE_REBUILD_LOSES,
		            (struct lint_advice){ .at = name.at,
		                                  .help = "create them again when the rebuild is "
		                                          "done, or, if they are not wanted any "
		                                          "more, drop them by their names",
		                                  .rewrite = rewrite },
		            "%s go with the old %s and are not created again", names,
		            lint_sql(lint, name));
}

/* ---- rebuild-resets-sequence ----------------------------------------------------------------- */

static bool is_counted(const struct schema_table *table)
{
	size_t i;

	for (i = 0; i < table->column_count; i++)
		if (table->columns[i].autoincrement)
			return true;
	return false;
}

static bool touches_sequence(struct lint *lint)
{
	size_t i;

	for (i = 0; i < lint->script->count; i++)
		if (schema_mentions(lint->schema, lint->script_ddl[i].statement->text,
		                    "sqlite_sequence"))
			return true;
	return false;
}

static bool is_counted_again(const struct lint *lint, const struct rebuild *rebuild)
{
	const struct ddl *create = &lint->script_ddl[rebuild->created];
	size_t i;

	for (i = 0; create->kind == DDL_CREATE_TABLE && i < create->column_count; i++)
		if (create->columns[i].autoincrement)
			return true;
	return false;
}

static void rebuild_resets_sequence(struct lint *lint)
{
	struct name name = dropped_name(lint->ddl);
	const struct schema_table *table;
	struct rebuild rebuild;
	const char *old, *made;

	table = name.name == NULL ? NULL : lint_existing(lint, name);
	if (table == NULL || !is_counted(table) || !rebuild_at(lint, name, &rebuild) ||
	    !rebuild.copies || rebuild.created > rebuild.gone ||
	    !is_counted_again(lint, &rebuild) || touches_sequence(lint))
		return;
	old = string_to_sql(lint->arena, table->name.name);
	made = string_to_sql(lint->arena, rebuild.made.name);
	lint_report(
	        lint, RULE_REBUILD_RESETS_SEQUENCE,
	        (struct lint_advice){
	                .at = name.at,
	                .help = "take the counter over, between the copy and DROP TABLE",
	                .rewrite =
	                        lint_format(lint,
	                                    "DELETE FROM sqlite_sequence WHERE name = %s;\n"
	                                    "INSERT INTO sqlite_sequence (name, seq)\n"
	                                    "SELECT %s, seq FROM sqlite_sequence WHERE name = %s;",
	                                    made, made, old) },
	        "the AUTOINCREMENT counter of %s goes with the old table: ids of rows that were "
	        "deleted are given out again",
	        lint_sql(lint, name));
}

/* ---- the table ------------------------------------------------------------------------------- */

static const struct lint_rule rules[] = {
	{ ON_SQLITE, LINT_ON(DDL_DROP), LINT_AT_STATEMENT, rebuild_cascades },
	{ ON_SQLITE, 0, LINT_AT_SCRIPT_END, rebuild_order },
	{ ON_SQLITE, LINT_ON(DDL_DROP) | LINT_ON(DDL_ALTER_TABLE), LINT_AT_STATEMENT,
	  rebuild_loses },
	{ ON_SQLITE, LINT_ON(DDL_DROP), LINT_AT_STATEMENT, rebuild_resets_sequence },
};

const struct lint_table lint_rebuild = { rules, sizeof(rules) / sizeof(rules[0]) };
