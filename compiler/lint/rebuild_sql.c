/* rebuild_sql.c - writes the rebuild of a table, as the model knows it, with one thing changed. */
#include "mentions.h"
#include "rebuild.h"

#include <stddef.h>
#include <string.h>

struct script_text {
	struct lint *lint;
	const struct schema_table *table;
	struct rebuild_change change;
	const char *old;  /* The table's name as SQL. */
	const char *made; /* Its successor's. */
	const char *sql;
};

static void add(struct script_text *text, const char *more)
{
	text->sql = lint_format(text->lint, "%s%s", text->sql, more);
}

static void add_text(struct script_text *text, struct text more)
{
	add(text, arena_copy(text->lint->arena, text_trim(more)));
}

static bool is_same(const struct script_text *text, const char *a, const char *b)
{
	return a != NULL && b != NULL && name_same(a, b, text->lint->dialect);
}

/* ---- columns --------------------------------------------------------------------------------- */

static struct text from(const unsigned char *start, struct text whole)
{
	return (struct text){ start, (size_t)(whole.start + whole.size - start) };
}

/* What stands behind the name and type. */
static struct text behind_type(const struct script_text *text, const struct schema_column *column)
{
	struct text type = column->type.at, rest;
	struct lexer lexer;

	lexer_init_slice(&lexer, text->lint->dialect, column->definition, true);
	lexer_next_significant(&lexer);
	rest = text_trim(from(lexer.cursor, column->definition));
	if (rest.size >= type.size && text_equals((struct text){ rest.start, type.size }, type))
		return from(rest.start + type.size, rest);
	return rest;
}

/* Where the clause ends that begins with `word`, on the level of the column. */
static struct text find_clause(const struct script_text *text, struct text within, const char *word)
{
	struct text found = { NULL, 0 };
	struct lexer lexer;
	struct token token;
	size_t depth = 0, taken = 0;

	lexer_init_slice(&lexer, text->lint->dialect, within, true);
	while ((token = lexer_next_significant(&lexer)).kind != TOKEN_END) {
		if (found.start == NULL) {
			if (depth == 0 && text_equals_folded(token.text, word))
				found = token.text;
			depth += token.kind == TOKEN_OPEN;
			depth -= token.kind == TOKEN_CLOSE && depth > 0;
			continue;
		}
		depth += token.kind == TOKEN_OPEN;
		depth -= token.kind == TOKEN_CLOSE && depth > 0;
		taken += !text_equals_folded(token.text, "-") &&
		         !text_equals_folded(token.text, "+");
		found.size = (size_t)(token.text.start + token.text.size - found.start);
		if (depth == 0 && taken > 0)
			return found;
	}
	return found;
}

static void add_without(struct script_text *text, struct text all, struct text part)
{
	if (part.start == NULL) {
		add_text(text, all);
		return;
	}
	add_text(text, (struct text){ all.start, (size_t)(part.start - all.start) });
	if (text_trim(from(part.start + part.size, all)).size > 0)
		add(text, " ");
	add_text(text, from(part.start + part.size, all));
}

static void add_changed_column(struct script_text *text, const struct schema_column *column)
{
	const struct ddl_action *action = text->change.action;
	struct text all = column->definition;
	struct text rest;

	switch (action->kind) {
	case ACTION_SET_TYPE:
		rest = text_trim(behind_type(text, column));
		add(text,
		    lint_format(text->lint, "%s %.*s%s", lint_quote(text->lint, column->name),
		                (int)action->type.at.size, (const char *)action->type.at.start,
		                rest.size > 0 ? " " : ""));
		add_text(text, rest);
		break;
	case ACTION_SET_NOT_NULL:
		add_text(text, all);
		add(text, column->not_null ? "" : " NOT NULL");
		break;
	case ACTION_DROP_NOT_NULL: add_without(text, all, find_clause(text, all, "not")); break;
	case ACTION_DROP_DEFAULT:
	case ACTION_SET_DEFAULT:
		add_without(text, all, find_clause(text, all, "default"));
		if (action->kind == ACTION_SET_DEFAULT) {
			add(text, " DEFAULT ");
			add_text(text, action->expression);
		}
		break;
	default: add_text(text, all); break;
	}
}

static bool is_kept(const struct script_text *text, const struct schema_column *column)
{
	return !is_same(text, column->name, text->change.without);
}

static void add_columns(struct script_text *text)
{
	const struct ddl_action *action = text->change.action;
	const char *separator = "\n";
	size_t i;

	for (i = 0; i < text->table->column_count; i++) {
		const struct schema_column *column = &text->table->columns[i];

		if (!is_kept(text, column))
			continue;
		add(text, separator);
		add(text, "    ");
		if (action != NULL && is_same(text, action->name, column->name))
			add_changed_column(text, column);
		else
			add_text(text, column->definition);
		separator = ",\n";
	}
	if (action != NULL && action->kind == ACTION_ADD_COLUMN) {
		add(text, ",\n    ");
		add_text(text, action->column.at);
	}
}

static bool is_wanted(const struct script_text *text, const struct schema_constraint *constraint)
{
	const struct ddl_action *action = text->change.action;

	if (constraint->of_column)
		return false; /* It stands there. */
	if (action != NULL && action->kind == ACTION_DROP_CONSTRAINT &&
	    is_same(text, constraint->name, action->name))
		return false;
	return text->change.without == NULL ||
	       !schema_mentions(text->lint->schema, constraint->definition, text->change.without);
}

static void add_constraints(struct script_text *text)
{
	const struct ddl_action *action = text->change.action;
	size_t i;

	for (i = 0; i < text->table->constraint_count; i++) {
		if (!is_wanted(text, &text->table->constraints[i]))
			continue;
		add(text, ",\n    ");
		add_text(text, text->table->constraints[i].definition);
	}
	if (action != NULL && action->kind == ACTION_ADD_CONSTRAINT) {
		add(text, ",\n    ");
		add_text(text, action->constraint.at);
	}
}

/* "a, b, c": those that are there before and after, and not computed. */
static const char *copied_columns(const struct script_text *text)
{
	const char *list = NULL;
	size_t i;

	for (i = 0; i < text->table->column_count; i++) {
		const struct schema_column *column = &text->table->columns[i];
		const char *name = lint_quote(text->lint, column->name);

		if (!is_kept(text, column) || column->generated)
			continue;
		list = list == NULL ? name : lint_format(text->lint, "%s, %s", list, name);
	}
	return list;
}

/* ---- what stands around it ------------------------------------------------------------------- */

static bool refers(const struct script_text *text, const struct ddl_reference *reference)
{
	return reference->table.name != NULL &&
	       name_equals(reference->table, text->table->name, text->lint->dialect);
}

/* By another table, or by itself: also when the change makes it so. */
static bool is_referenced(const struct script_text *text)
{
	const struct schema *schema = text->lint->schema;
	const struct ddl_action *action = text->change.action;
	size_t i, j;

	for (i = 0; i < schema->table_count; i++)
		for (j = 0; j < schema->tables[i].constraint_count; j++)
			if (refers(text, &schema->tables[i].constraints[j].reference))
				return true;
	for (i = 0; action != NULL && i < action->column.constraint_count; i++)
		if (refers(text, &action->column.constraints[i].reference))
			return true;
	return action != NULL && refers(text, &action->constraint.reference);
}

static const char *statement_of(struct lint *lint, const struct origin *origin)
{
	return origin->statement == NULL
	               ? ""
	               : lint_format(lint, "%s;\n",
	                             arena_copy(lint->arena, text_trim(origin->statement->text)));
}

static const char *views_sql(struct lint *lint, struct name read, bool is_before)
{
	const char *sql = "";
	size_t i;

	for (i = 0; i < lint->schema->object_count; i++) {
		const struct schema_object *view = &lint->schema->objects[i];

		if (view->kind != OBJECT_VIEW || !mentions_table(lint, view->definition, read))
			continue;
		sql = lint_format(
		        lint, "%s%s", sql,
		        is_before ? lint_format(lint, "DROP VIEW %s;\n", lint_sql(lint, view->name))
		                  : statement_of(lint, &view->origin));
	}
	return sql;
}

const char *rebuild_readers_sql(struct lint *lint, struct name read, bool is_before)
{
	const char *sql = views_sql(lint, read, is_before);
	size_t i, j;

	for (i = 0; i < lint->schema->table_count; i++)
		for (j = 0; j < lint->schema->tables[i].trigger_count; j++) {
			const struct schema_table *table = &lint->schema->tables[i];
			const struct schema_trigger *trigger = &table->triggers[j];

			if (name_equals(table->name, read, lint->dialect) ||
			    !mentions_table(lint, trigger->body, read))
				continue;
			sql = lint_format(lint, "%s%s", sql,
			                  is_before ? lint_format(lint, "DROP TRIGGER %s;\n",
			                                          lint_quote(lint, trigger->name))
			                            : statement_of(lint, &trigger->origin));
		}
	return sql;
}

const char *rebuild_index_sql(struct lint *lint, const struct schema_table *table,
                              const struct schema_index *index)
{
	const char *columns = "";
	const char *where = "";
	size_t i;

	for (i = 0; i < index->column_count; i++) {
		const struct ddl_index_column *column = &index->columns[i];
		const char *what = column->name != NULL
		                           ? lint_quote(lint, column->name)
		                           : arena_copy(lint->arena, text_trim(column->expression));

		columns = lint_format(lint, "%s%s%s%s%s%s", columns, i == 0 ? "" : ", ", what,
		                      column->collation != NULL ? " COLLATE " : "",
		                      column->collation != NULL ? column->collation : "",
		                      column->descending ? " DESC" : "");
	}
	if (index->where.start != NULL)
		where = lint_format(lint, " WHERE %.*s", (int)text_trim(index->where).size,
		                    (const char *)text_trim(index->where).start);
	return lint_format(lint, "CREATE %sINDEX %s ON %s (%s)%s;", index->unique ? "UNIQUE " : "",
	                   lint_sql(lint, index->name), lint_sql(lint, table->name), columns,
	                   where);
}

static void add_own(struct script_text *text)
{
	size_t i, j;

	for (i = 0; i < text->table->index_count; i++) {
		const struct schema_index *index = &text->table->indexes[i];
		bool is_lost = index->name.name == NULL;

		for (j = 0; text->change.without != NULL && j < index->column_count; j++)
			is_lost |= is_same(text, index->columns[j].name, text->change.without);
		if (is_lost)
			continue;
		add(text, rebuild_index_sql(text->lint, text->table, index));
		add(text, "\n");
	}
	for (i = 0; i < text->table->trigger_count; i++)
		add(text, statement_of(text->lint, &text->table->triggers[i].origin));
}

/* ---- all of it ------------------------------------------------------------------------------- */

static bool adds_second_key(const struct script_text *text)
{
	const struct ddl_action *action = text->change.action;

	return action != NULL && schema_primary_key(text->table) != NULL &&
	       (action->kind == ACTION_ADD_COLUMN
	                ? action->column.primary_key
	                : action->kind == ACTION_ADD_CONSTRAINT &&
	                          action->constraint.kind == CONSTRAINT_PRIMARY_KEY);
}

/* Another column speaks of the one that is left out. */
static bool is_missed(const struct script_text *text)
{
	size_t i;

	for (i = 0; text->change.without != NULL && i < text->table->column_count; i++)
		if (is_kept(text, &text->table->columns[i]) &&
		    schema_mentions(text->lint->schema, text->table->columns[i].definition,
		                    text->change.without))
			return true;
	return false;
}

static bool is_known(const struct script_text *text)
{
	const struct ddl_action *action = text->change.action;
	size_t i;

	if (text->table->is_opaque || text->table->column_count == 0 || adds_second_key(text) ||
	    is_missed(text))
		return false;
	for (i = 0; i < text->table->column_count; i++) {
		const struct schema_column *column = &text->table->columns[i];
		struct lexer lexer;
		struct token token;
		const char *name;

		if (column->definition.start == NULL)
			return false;
		lexer_init_slice(&lexer, text->lint->dialect, column->definition, true);
		token = lexer_next_significant(&lexer);
		name = name_from_token(text->lint->arena, &token, text->lint->dialect);
		if (!is_same(text, name, column->name))
			return false; /* It was renamed: what was written is not what is there. */
	}
	for (i = 0; i < text->table->constraint_count; i++)
		if (text->table->constraints[i].definition.start == NULL ||
		    (text->table->constraints[i].of_column && action != NULL &&
		     action->kind == ACTION_DROP_CONSTRAINT &&
		     is_same(text, text->table->constraints[i].name, action->name)))
			return false;
	return true;
}

static void add_table(struct script_text *text)
{
	const char *columns = copied_columns(text);

	add(text, lint_format(text->lint, "CREATE TABLE %s (", text->made));
	add_columns(text);
	add_constraints(text);
	add(text, "\n)");
	if (text->table->strict)
		add(text, " STRICT");
	if (text->table->without_rowid)
		add(text, text->table->strict ? ", WITHOUT ROWID" : " WITHOUT ROWID");
	add(text, lint_format(text->lint, ";\nINSERT INTO %s (%s)\nSELECT %s\nFROM %s;\n",
	                      text->made, columns, columns, text->old));
}

const char *rebuild_copy_sql(struct lint *lint, const struct schema_table *table, struct name made)
{
	struct script_text text = {
		.lint = lint,
		.table = table,
		.old = lint_sql(lint, table->name),
		.made = lint_sql(lint, made),
		.sql = "",
	};

	if (!is_known(&text) || copied_columns(&text) == NULL)
		return NULL;
	add_table(&text);
	return arena_copy(lint->arena, text_trim(text_of(text.sql)));
}

const char *rebuild_sql(struct lint *lint, const struct schema_table *table,
                        struct rebuild_change change)
{
	struct script_text text = {
		.lint = lint,
		.table = table,
		.change = change,
		.old = lint_sql(lint, table->name),
		.made = lint_quote(lint, lint_format(lint, "new_%s", table->name.name)),
		.sql = "",
	};

	if (!is_known(&text) || copied_columns(&text) == NULL)
		return NULL;
	if (is_referenced(&text))
		add(&text, "PRAGMA foreign_keys = off;\n");
	add(&text, rebuild_readers_sql(lint, table->name, true));
	add_table(&text);
	add(&text, lint_format(lint, "DROP TABLE %s;\nALTER TABLE %s RENAME TO %s;\n", text.old,
	                       text.made, text.old));
	add_own(&text);
	add(&text, rebuild_readers_sql(lint, table->name, false));
	return arena_copy(lint->arena, text_trim(text_of(text.sql)));
}
