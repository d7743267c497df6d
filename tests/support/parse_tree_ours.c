/* parse_tree_ours.c - ddl.h in the words of parse_tree.c. */
#include "parse_tree.h"

#include "../../compiler/buffer.h"
#include "describe.h"

#include <string.h>

static void put_part(struct buffer *out, const char *name)
{
	if (name != NULL)
		buffer_format(out, " %s", name);
}

static void put_name(struct buffer *out, struct name name)
{
	if (name.name != NULL)
		buffer_format(out, " %s%s%s", name.schema != NULL ? name.schema : "",
		              name.schema != NULL ? "." : "", name.name);
}

static void put_strings(struct buffer *out, const char *const *items, size_t count)
{
	buffer_string(out, "(");
	for (size_t i = 0; i < count; i++)
		buffer_format(out, "%s%s", i > 0 ? "," : "", items[i]);
	buffer_string(out, ")");
}

/* Without quotes: the tree's names have none. */
static void put_type(struct buffer *out, const struct ddl_type *type)
{
	if (type->name == NULL)
		return;
	buffer_string(out, " ");
	for (const char *at = type->name; *at != '\0'; at++)
		if (*at != '"')
			buffer_byte(out, (unsigned char)*at);
	buffer_string(out, type->is_array ? "[]" : "");
}

static void put_constraint(struct buffer *out, const struct ddl_constraint *constraint)
{
	buffer_format(out, " <%s", describe_constraint(constraint->kind));
	put_part(out, constraint->name);
	if (!constraint->of_column && constraint->column_count > 0 &&
	    constraint->kind != CONSTRAINT_EXCLUDE)
		put_strings(out, constraint->columns, constraint->column_count);
	put_name(out, constraint->reference.table);
	if (constraint->reference.column_count > 0)
		put_strings(out, constraint->reference.columns, constraint->reference.column_count);
	put_part(out, constraint->using_index);
	buffer_string(out, ">");
}

static void put_column(struct buffer *out, const struct ddl_column *column)
{
	buffer_format(out, " [%s", column->name);
	put_type(out, &column->type);
	buffer_string(out, column->not_null ? " not-null" : "");
	buffer_string(out, column->default_at.start != NULL ? " default" : "");
	buffer_string(out, column->identity ? " identity" : "");
	buffer_string(out, column->stored ? " stored" : "");
	for (size_t i = 0; i < column->constraint_count; i++)
		put_constraint(out, &column->constraints[i]);
	buffer_string(out, "]");
}

static bool shows_name(enum ddl_action_kind kind)
{
	switch (kind) {
	case ACTION_OTHER:
	case ACTION_ADD_COLUMN:
	case ACTION_ADD_CONSTRAINT:
	case ACTION_SET_STORAGE:
	case ACTION_SET_TABLESPACE:
	case ACTION_SET_ACCESS_METHOD: return false;
	default: return true;
	}
}

/* The tree does not name ALL and USER. */
static bool is_all(const struct ddl_action *action)
{
	return (action->kind == ACTION_ENABLE_TRIGGER || action->kind == ACTION_DISABLE_TRIGGER) &&
	       action->name != NULL &&
	       (strcmp(action->name, "all") == 0 || strcmp(action->name, "user") == 0);
}

static void put_action(struct buffer *out, const struct ddl_action *action)
{
	buffer_format(out, " <%s", describe_action(action->kind));
	if (action->kind == ACTION_ADD_COLUMN)
		put_column(out, &action->column);
	if (action->kind == ACTION_ADD_CONSTRAINT)
		put_constraint(out, &action->constraint);
	put_type(out, &action->type);
	put_name(out, action->other);
	if (shows_name(action->kind) && !is_all(action))
		put_part(out, action->name);
	buffer_string(out, ">");
}

static bool is_rename(const struct ddl *ddl)
{
	return ddl->action_count == 1 && (ddl->actions[0].kind == ACTION_RENAME ||
	                                  ddl->actions[0].kind == ACTION_RENAME_COLUMN ||
	                                  ddl->actions[0].kind == ACTION_RENAME_CONSTRAINT);
}

static void put_table(struct buffer *out, const struct ddl *ddl)
{
	put_name(out, ddl->name);
	for (size_t i = 0; i < ddl->column_count && ddl->as_query.start == NULL; i++)
		put_column(out, &ddl->columns[i]);
	for (size_t i = 0; i < ddl->constraint_count; i++)
		put_constraint(out, &ddl->constraints[i]);
}

static void put_alter(struct buffer *out, const struct ddl *ddl)
{
	put_name(out, ddl->kind == DDL_ALTER_TABLE || ddl->kind == DDL_ALTER_INDEX ||
	                              ddl->kind == DDL_ALTER_VIEW || ddl->table.name == NULL
	                      ? ddl->name
	                      : ddl->table);
	if (is_rename(ddl) && ddl->kind != DDL_CREATE_POLICY && ddl->table.name == NULL)
		buffer_format(out, " => %s", ddl->actions[0].new_name);
	else if (ddl->kind == DDL_ALTER_TABLE)
		for (size_t i = 0; i < ddl->action_count; i++)
			put_action(out, &ddl->actions[i]);
}

static void put_index(struct buffer *out, const struct ddl *ddl)
{
	put_name(out, ddl->name);
	put_name(out, ddl->table);
	buffer_string(out, ddl->unique ? " unique" : "");
	buffer_string(out, ddl->concurrently ? " concurrently" : "");
	for (size_t i = 0; i < ddl->index_column_count; i++)
		buffer_format(out, " [%s]",
		              ddl->index_columns[i].name != NULL ? ddl->index_columns[i].name
		                                                 : "{}");
	buffer_string(out, ddl->where.start != NULL ? " where" : "");
}

static void put_names(struct buffer *out, const struct ddl *ddl)
{
	for (size_t i = 0; i < ddl->name_count; i++)
		put_name(out, ddl->names[i]);
	put_name(out, ddl->table);
	if (ddl->kind == DDL_DROP)
		buffer_string(out, ddl->cascade ? " cascade" : "");
}

static void put_rows(struct buffer *out, const struct ddl *ddl)
{
	put_name(out, ddl->table);
	for (size_t i = 0; i < ddl->index_column_count && ddl->kind == DDL_INSERT; i++)
		put_part(out, ddl->index_columns[i].name);
	for (size_t i = 0; i < ddl->value_count; i++)
		put_part(out, ddl->values[i]);
	buffer_string(out, ddl->where.start != NULL ? " where" : "");
}

static void put_type_statement(struct buffer *out, const struct ddl *ddl)
{
	put_name(out, ddl->name);
	for (size_t i = 0; i < ddl->value_count; i++)
		buffer_format(out, " '%s'", ddl->values[i]);
	for (size_t i = 0; i < ddl->action_count; i++)
		if (ddl->actions[i].kind == ACTION_ADD_VALUE ||
		    ddl->actions[i].kind == ACTION_RENAME_VALUE)
			buffer_format(out, " <%s %s>", describe_action(ddl->actions[i].kind),
			              ddl->actions[i].name);
}

static void put_other(struct buffer *out, const struct ddl *ddl)
{
	switch (ddl->kind) {
	case DDL_SET:
		buffer_string(out, ddl->local ? " local" : "");
		put_name(out, ddl->name);
		break;
	case DDL_CREATE_DOMAIN:
		put_name(out, ddl->name);
		put_type(out, &ddl->columns[0].type);
		break;
	case DDL_SELECT:
	case DDL_COMMENT:
	case DDL_GRANT: break;
	default:
		put_name(out, ddl->name);
		put_name(out, ddl->table);
		break;
	}
}

const char *parse_tree_ours(struct arena *arena, const struct ddl *ddl)
{
	struct buffer out = { 0 };
	const char *text;

	buffer_string(&out, describe_kind(ddl->kind));
	switch (ddl->kind) {
	case DDL_CREATE_TABLE: put_table(&out, ddl); break;
	case DDL_CREATE_INDEX: put_index(&out, ddl); break;
	case DDL_DROP:
	case DDL_TRUNCATE:
	case DDL_VACUUM:
	case DDL_LOCK: put_names(&out, ddl); break;
	case DDL_INSERT:
	case DDL_UPDATE:
	case DDL_DELETE: put_rows(&out, ddl); break;
	case DDL_CREATE_TYPE: put_type_statement(&out, ddl); break;
	default:
		if (ddl->kind == DDL_ALTER_TYPE && !is_rename(ddl))
			put_type_statement(&out, ddl);
		else if (ddl->action_count > 0)
			put_alter(&out, ddl);
		else
			put_other(&out, ddl);
	}
	text = arena_copy(arena, buffer_contents(&out));
	buffer_clear(&out);
	return text;
}
