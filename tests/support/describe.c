/* describe.c - statements and models as text. */
#include "describe.h"

#include "../../compiler/buffer.h"
#include "../../compiler/split.h"

#include <stdlib.h>
#include <string.h>

const struct statement *describe_split(struct arena *arena, const char *sql, enum dialect dialect,
                                       size_t *count)
{
	struct statement *statements = NULL;
	size_t capacity = 0;
	struct splitter splitter;
	struct split_item item;

	*count = 0;
	split_init(&splitter, dialect, text_of(sql), NULL);
	while ((item = split_next(&splitter)).kind != SPLIT_END) {
		if (item.kind != SPLIT_STATEMENT)
			continue;
		statements = arena_grow(arena, statements, *count, &capacity, sizeof(*statements));
		statements[(*count)++] = (struct statement){
			.text = item.text,
			.standard_conforming_strings = item.standard_conforming_strings,
		};
	}
	return statements;
}

static const char *finish(struct arena *arena, struct buffer *out)
{
	const char *text = arena_copy(arena, buffer_contents(out));

	buffer_clear(out);
	return text;
}

static void put_if(struct buffer *out, bool condition, const char *word)
{
	if (condition)
		buffer_format(out, " %s", word);
}

static void put_text(struct buffer *out, const char *label, struct text text)
{
	if (text.start != NULL)
		buffer_format(out, " %s{%.*s}", label, (int)text.size, text.start);
}

static void put_string(struct buffer *out, const char *label, const char *value)
{
	if (value != NULL)
		buffer_format(out, " %s%s", label, value);
}

static void put_name(struct buffer *out, const char *label, struct name name)
{
	if (name.name != NULL)
		buffer_format(out, " %s%s%s%s", label, name.schema != NULL ? name.schema : "",
		              name.schema != NULL ? "." : "", name.name);
}

static void put_list(struct buffer *out, const char *const *items, size_t count)
{
	buffer_string(out, "(");
	for (size_t i = 0; i < count; i++)
		buffer_format(out, "%s%s", i > 0 ? "," : "", items[i]);
	buffer_string(out, ")");
}

static void put_type(struct buffer *out, const struct ddl_type *type)
{
	put_string(out, "", type->name);
	if (type->arguments != NULL)
		buffer_format(out, "(%s)", type->arguments);
	if (type->is_array)
		buffer_string(out, "[]");
}

static const char *const constraint_words[] = {
	[CONSTRAINT_PRIMARY_KEY] = "pkey", [CONSTRAINT_UNIQUE] = "unique",
	[CONSTRAINT_CHECK] = "check",      [CONSTRAINT_FOREIGN_KEY] = "fkey",
	[CONSTRAINT_EXCLUDE] = "exclude",  [CONSTRAINT_NOT_NULL] = "notnull",
};

static void put_reference(struct buffer *out, const struct ddl_reference *reference)
{
	put_name(out, "->", reference->table);
	if (reference->column_count > 0)
		put_list(out, reference->columns, reference->column_count);
	put_string(out, "delete:", reference->on_delete);
}

static void put_constraint(struct buffer *out, const struct ddl_constraint *constraint)
{
	buffer_format(out, " <%s", constraint_words[constraint->kind]);
	put_string(out, "", constraint->name);
	if (!constraint->of_column && constraint->kind != CONSTRAINT_CHECK)
		put_list(out, constraint->columns, constraint->column_count);
	put_text(out, "", constraint->expression);
	put_reference(out, &constraint->reference);
	put_string(out, "using:", constraint->using_index);
	put_if(out, constraint->not_valid, "not-valid");
	buffer_string(out, ">");
}

static void put_column(struct buffer *out, const struct ddl_column *column)
{
	buffer_format(out, " [%s", column->name);
	put_type(out, &column->type);
	put_if(out, column->not_null, "not-null");
	put_if(out, column->primary_key, "pk");
	put_if(out, column->unique, "uq");
	put_if(out, column->autoincrement, "autoincrement");
	put_if(out, column->identity, "identity");
	put_if(out, column->generated, column->stored ? "stored" : "generated");
	put_text(out, "default", column->default_at);
	put_string(out, "collate:", column->collation);
	for (size_t i = 0; i < column->constraint_count; i++)
		if (column->constraints[i].kind > CONSTRAINT_UNIQUE)
			put_constraint(out, &column->constraints[i]);
	buffer_string(out, "]");
}

static const char *const action_words[] = {
	[ACTION_OTHER] = "other",
	[ACTION_ADD_COLUMN] = "add-column",
	[ACTION_DROP_COLUMN] = "drop-column",
	[ACTION_RENAME_COLUMN] = "rename-column",
	[ACTION_RENAME] = "rename",
	[ACTION_RENAME_CONSTRAINT] = "rename-constraint",
	[ACTION_SET_SCHEMA] = "set-schema",
	[ACTION_SET_TYPE] = "set-type",
	[ACTION_SET_DEFAULT] = "set-default",
	[ACTION_DROP_DEFAULT] = "drop-default",
	[ACTION_SET_NOT_NULL] = "set-not-null",
	[ACTION_DROP_NOT_NULL] = "drop-not-null",
	[ACTION_DROP_EXPRESSION] = "drop-expression",
	[ACTION_ADD_IDENTITY] = "add-identity",
	[ACTION_DROP_IDENTITY] = "drop-identity",
	[ACTION_ADD_CONSTRAINT] = "add-constraint",
	[ACTION_DROP_CONSTRAINT] = "drop-constraint",
	[ACTION_VALIDATE_CONSTRAINT] = "validate",
	[ACTION_ALTER_CONSTRAINT] = "alter-constraint",
	[ACTION_ATTACH_PARTITION] = "attach",
	[ACTION_DETACH_PARTITION] = "detach",
	[ACTION_ENABLE_TRIGGER] = "enable-trigger",
	[ACTION_DISABLE_TRIGGER] = "disable-trigger",
	[ACTION_ROW_SECURITY] = "row-security",
	[ACTION_SET_LOGGED] = "set-logged",
	[ACTION_SET_UNLOGGED] = "set-unlogged",
	[ACTION_SET_TABLESPACE] = "set-tablespace",
	[ACTION_SET_ACCESS_METHOD] = "set-access-method",
	[ACTION_CLUSTER_ON] = "cluster-on",
	[ACTION_SET_STORAGE] = "set-storage",
	[ACTION_ADD_VALUE] = "add-value",
	[ACTION_RENAME_VALUE] = "rename-value",
};

static void put_action(struct buffer *out, const struct ddl_action *action)
{
	buffer_format(out, " <%s", action_words[action->kind]);
	if (action->kind != ACTION_ADD_COLUMN && action->kind != ACTION_ADD_CONSTRAINT)
		put_string(out, "", action->name);
	put_string(out, "=>", action->new_name);
	if (action->kind == ACTION_ADD_COLUMN)
		put_column(out, &action->column);
	if (action->kind == ACTION_ADD_CONSTRAINT)
		put_constraint(out, &action->constraint);
	put_type(out, &action->type);
	put_text(out, "using", action->using_at);
	put_text(out, "", action->expression);
	put_name(out, "", action->other);
	put_if(out, action->if_exists, "if-exists");
	put_if(out, action->if_not_exists, "if-not-exists");
	put_if(out, action->cascade, "cascade");
	put_if(out, action->concurrently, "concurrently");
	put_if(out, action->placed, "placed");
	buffer_string(out, ">");
}

static void put_index_column(struct buffer *out, const struct ddl_index_column *column)
{
	if (column->name != NULL)
		buffer_format(out, " [%s", column->name);
	else
		buffer_format(out, " [{%.*s}", (int)column->expression.size,
		              column->expression.start);
	put_string(out, "collate:", column->collation);
	put_if(out, column->descending, "desc");
	buffer_string(out, "]");
}

static const char *const kind_words[] = {
	[DDL_OTHER] = "other",
	[DDL_CREATE_TABLE] = "create-table",
	[DDL_ALTER_TABLE] = "alter-table",
	[DDL_CREATE_INDEX] = "create-index",
	[DDL_ALTER_INDEX] = "alter-index",
	[DDL_CREATE_VIEW] = "create-view",
	[DDL_ALTER_VIEW] = "alter-view",
	[DDL_CREATE_TRIGGER] = "create-trigger",
	[DDL_CREATE_FUNCTION] = "create-function",
	[DDL_CREATE_TYPE] = "create-type",
	[DDL_CREATE_DOMAIN] = "create-domain",
	[DDL_ALTER_TYPE] = "alter-type",
	[DDL_ALTER_DOMAIN] = "alter-domain",
	[DDL_CREATE_SCHEMA] = "create-schema",
	[DDL_ALTER_SCHEMA] = "alter-schema",
	[DDL_CREATE_SEQUENCE] = "create-sequence",
	[DDL_CREATE_POLICY] = "policy",
	[DDL_CREATE_RULE] = "create-rule",
	[DDL_DROP] = "drop",
	[DDL_REINDEX] = "reindex",
	[DDL_TRUNCATE] = "truncate",
	[DDL_INSERT] = "insert",
	[DDL_UPDATE] = "update",
	[DDL_DELETE] = "delete",
	[DDL_MERGE] = "merge",
	[DDL_COPY] = "copy",
	[DDL_SELECT] = "select",
	[DDL_PRAGMA] = "pragma",
	[DDL_SET] = "set",
	[DDL_DO] = "do",
	[DDL_CALL] = "call",
	[DDL_REFRESH] = "refresh",
	[DDL_VACUUM] = "vacuum",
	[DDL_CLUSTER] = "cluster",
	[DDL_LOCK] = "lock",
	[DDL_CREATE_EXTENSION] = "create-extension",
	[DDL_GRANT] = "grant",
	[DDL_COMMENT] = "comment",
	[DDL_ALTER_OBJECT] = "alter-object",
};

static const char *const object_words[] = {
	[OBJECT_OTHER] = "other",
	[OBJECT_TABLE] = "table",
	[OBJECT_INDEX] = "index",
	[OBJECT_VIEW] = "view",
	[OBJECT_MATERIALIZED_VIEW] = "matview",
	[OBJECT_TRIGGER] = "trigger",
	[OBJECT_FUNCTION] = "function",
	[OBJECT_PROCEDURE] = "procedure",
	[OBJECT_TYPE] = "type",
	[OBJECT_DOMAIN] = "domain",
	[OBJECT_SEQUENCE] = "sequence",
	[OBJECT_SCHEMA] = "schema",
	[OBJECT_DATABASE] = "database",
	[OBJECT_SYSTEM] = "system",
	[OBJECT_EXTENSION] = "extension",
	[OBJECT_POLICY] = "policy",
	[OBJECT_RULE] = "rule",
	[OBJECT_AGGREGATE] = "aggregate",
};

const char *describe_kind(enum ddl_kind kind)
{
	return kind_words[kind];
}

const char *describe_object(enum ddl_object object)
{
	return object_words[object];
}

const char *describe_action(enum ddl_action_kind kind)
{
	return action_words[kind];
}

const char *describe_constraint(enum ddl_constraint_kind kind)
{
	return constraint_words[kind];
}

static void put_flags(struct buffer *out, const struct ddl *ddl)
{
	put_if(out, ddl->if_exists, "if-exists");
	put_if(out, ddl->if_not_exists, "if-not-exists");
	put_if(out, ddl->or_replace, "or-replace");
	put_if(out, ddl->unique, "unique");
	put_if(out, ddl->concurrently, "concurrently");
	put_if(out, ddl->temporary, "temporary");
	put_if(out, ddl->materialized, "materialized");
	put_if(out, ddl->cascade, "cascade");
	put_if(out, ddl->only, "only");
	put_if(out, ddl->full, "full");
	put_if(out, ddl->local, "local");
	put_if(out, ddl->partitioned, "partitioned");
	put_if(out, ddl->strict, "strict");
	put_if(out, ddl->without_rowid, "without-rowid");
	put_if(out, ddl->security_definer, "security-definer");
	put_if(out, ddl->sets_search_path, "sets-search-path");
	put_if(out, ddl->select_star, "select-star");
	put_if(out, ddl->virtual_table, "virtual");
	put_if(out, ddl->has_more_columns, "more-columns");
	put_if(out, ddl->foreign_table, "foreign");
	put_if(out, ddl->has_elements, "elements");
	put_if(out, ddl->is_opaque, "opaque");
	put_if(out, ddl->calls_functions, "calls");
}

static bool has_object(const struct ddl *ddl)
{
	return ddl->kind == DDL_DROP || ddl->kind == DDL_REINDEX || ddl->kind == DDL_ALTER_OBJECT ||
	       ddl->kind == DDL_COMMENT || ddl->object == OBJECT_PROCEDURE;
}

const char *describe_ddl(struct arena *arena, const struct ddl *ddl)
{
	struct buffer out = { 0 };
	size_t i;

	buffer_string(&out, kind_words[ddl->kind]);
	if (has_object(ddl))
		buffer_format(&out, ":%s", object_words[ddl->object]);
	for (i = 1; i < ddl->name_count; i++)
		put_name(&out, "", ddl->names[i - 1]);
	put_name(&out, "", ddl->name_count > 0 ? ddl->names[i - 1] : ddl->name);
	put_name(&out, "on:", ddl->table);
	put_name(&out, "of:", ddl->other);
	put_flags(&out, ddl);
	for (i = 0; i < ddl->column_count; i++)
		put_column(&out, &ddl->columns[i]);
	for (i = 0; i < ddl->constraint_count; i++)
		put_constraint(&out, &ddl->constraints[i]);
	for (i = 0; i < ddl->action_count; i++)
		put_action(&out, &ddl->actions[i]);
	put_string(&out, "using:", ddl->method);
	for (i = 0; i < ddl->index_column_count; i++)
		put_index_column(&out, &ddl->index_columns[i]);
	put_text(&out, "include", ddl->include);
	for (i = 0; i < ddl->value_count; i++)
		buffer_format(&out, " '%s'", ddl->values[i]);
	put_text(&out, "as", ddl->as_query);
	put_text(&out, "where", ddl->where);
	put_string(&out, "event:", ddl->event);
	put_text(&out, "body", ddl->body);
	put_string(&out, "language:", ddl->language);
	put_string(&out, "value:", ddl->value);
	return finish(arena, &out);
}

/* ---- the model ------------------------------------------------------------------------------- */

static void put_schema_column(struct buffer *out, const struct schema_column *column)
{
	buffer_format(out, "%s", column->name);
	put_type(out, &column->type);
	put_if(out, column->not_null, "not-null");
	put_if(out, column->has_default, "default");
	put_if(out, column->identity, "identity");
	put_if(out, column->generated, "generated");
	put_if(out, column->autoincrement, "autoincrement");
}

static const char *describe_table(struct arena *arena, const struct schema_table *table)
{
	struct buffer out = { 0 };
	size_t i, j;

	put_name(&out, "", table->name);
	put_if(&out, table->temporary, "temporary");
	put_if(&out, table->partitioned, "partitioned");
	put_if(&out, table->strict, "strict");
	put_if(&out, table->without_rowid, "without-rowid");
	put_if(&out, table->is_opaque, "opaque");
	put_name(&out, "of:", table->partition_of);
	buffer_string(&out, " (");
	for (i = 0; i < table->column_count; i++) {
		buffer_string(&out, i > 0 ? ", " : "");
		put_schema_column(&out, &table->columns[i]);
	}
	buffer_string(&out, ")");
	for (i = 0; i < table->constraint_count; i++) {
		const struct schema_constraint *constraint = &table->constraints[i];

		buffer_format(&out, "; %s", constraint_words[constraint->kind]);
		put_if(&out, *constraint->name != '\0', constraint->name);
		if (constraint->kind != CONSTRAINT_CHECK)
			put_list(&out, constraint->columns, constraint->column_count);
		put_text(&out, "", constraint->expression);
		put_reference(&out, &constraint->reference);
		put_if(&out, !constraint->valid, "not-valid");
	}
	for (i = 0; i < table->index_count; i++) {
		const struct schema_index *index = &table->indexes[i];

		buffer_format(&out, "; %sindex", index->unique ? "unique " : "");
		put_name(&out, "", index->name);
		for (j = 0; j < index->column_count; j++)
			put_index_column(&out, &index->columns[j]);
		put_text(&out, "where", index->where);
	}
	for (i = 0; i < table->trigger_count; i++)
		buffer_format(&out, "; trigger %s %s", table->triggers[i].name,
		              table->triggers[i].event);
	return finish(arena, &out) + 1;
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

const char *describe_schema(struct arena *arena, const struct schema *schema)
{
	size_t count = schema->table_count + schema->object_count;
	const char **lines = arena_array(arena, const char *, count + 1);
	struct buffer out = { 0 };
	size_t i, j;

	for (i = 0; i < schema->table_count; i++)
		lines[i] = describe_table(arena, &schema->tables[i]);
	for (j = 0; j < schema->object_count; j++) {
		const struct schema_object *object = &schema->objects[j];
		struct buffer line = { 0 };

		buffer_string(&line, object_words[object->kind]);
		put_name(&line, "", object->name);
		for (size_t k = 0; k < object->value_count; k++)
			buffer_format(&line, " '%s'", object->values[k]);
		put_if(&line, object->has_check, "check");
		lines[i + j] = finish(arena, &line);
	}
	qsort(lines, count, sizeof(*lines), compare);
	for (i = 0; i < count; i++)
		buffer_format(&out, "%s\n", lines[i]);
	if (schema->is_opaque)
		buffer_string(&out, schema->is_uncertain ? "opaque, uncertain\n" : "opaque\n");
	if (schema->is_partial)
		buffer_string(&out, "partial\n");
	return finish(arena, &out);
}

void describe_apply(struct schema *schema, struct arena *arena, const char *sql,
                    enum dialect dialect)
{
	size_t count;
	const struct statement *statements = describe_split(arena, sql, dialect, &count);

	schema_create(schema, arena, dialect);
	for (size_t i = 0; i < count; i++) {
		struct ddl ddl = ddl_read(arena, &statements[i], dialect);

		schema_apply(schema, &ddl, (struct origin){ .statement = &statements[i] });
	}
}
