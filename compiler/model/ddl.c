/* ddl.c - tells statements apart by their first words, and has what all their readers share. */
#include "ddl_parts.h"

#include <string.h>

void *list_add(struct arena *arena, struct list *list, size_t size)
{
	if (list->count == list->capacity) {
		void *old = list->items;

		list->capacity = list->capacity == 0 ? 1 : list->capacity * 2;
		list->items = arena_allocate_array(arena, list->capacity, size);
		if (list->count > 0)
			memcpy(list->items, old, list->count * size);
	}
	return (char *)list->items + list->count++ * size;
}

const char *ddl_lower(const struct cursor *cursor, struct text text)
{
	struct cursor inside = cursor_inside(cursor, text);
	char *result = arena_allocate(cursor->arena, text.size + 1);
	size_t size = 0;
	size_t i;

	while (!cursor_at_end(&inside)) {
		const struct text token = inside.token.text;

		if (token.start > inside.at && size > 0)
			result[size++] = ' ';
		for (i = 0; i < token.size; i++)
			result[size++] = (char)text_fold(token.start[i]);
		cursor_advance(&inside);
	}
	return result;
}

size_t ddl_read_columns(struct cursor *cursor, const char *const **columns)
{
	static const char *const comma[] = { ",", NULL };
	struct text group = cursor_take_group(cursor);
	struct list list = { 0 };
	struct cursor inside;

	if (group.start == NULL)
		return 0;
	inside = cursor_inside(cursor, group);
	while (!cursor_at_end(&inside)) {
		const char *name = cursor_take_part(&inside);

		if (name != NULL)
			*(const char **)list_add(cursor->arena, &list, sizeof(name)) = name;
		cursor_take_until(&inside, comma);
		cursor_take(&inside, ",");
	}
	*columns = list.items;
	return list.count;
}

void ddl_read_names(struct cursor *cursor, struct ddl *ddl)
{
	struct list list = { 0 };

	do {
		struct name name;

		if (ddl->dialect == DIALECT_POSTGRES && cursor_take(cursor, "only"))
			ddl->only = true;
		name = cursor_take_name(cursor);
		if (name.name == NULL)
			break;
		*(struct name *)list_add(cursor->arena, &list, sizeof(name)) = name;
		cursor_take(cursor, "*");
		cursor_take_group(cursor);
	} while (cursor_take(cursor, ","));
	ddl->names = list.items;
	ddl->name_count = list.count;
	if (list.count > 0)
		ddl->name = ddl->names[0];
}

bool ddl_group_has(const struct cursor *cursor, struct text group, const char *option)
{
	static const char *const comma[] = { ",", NULL };
	struct cursor inside;

	if (group.start == NULL)
		return false;
	inside = cursor_inside(cursor, group);
	while (!cursor_at_end(&inside)) {
		if (cursor_take(&inside, option))
			return !cursor_is(&inside, "off") && !cursor_is(&inside, "false") &&
			       !text_equals(inside.token.text, text_of("0"));
		cursor_take_until(&inside, comma);
		cursor_take(&inside, ",");
	}
	return false;
}

void ddl_read_new_name(struct cursor *cursor, struct ddl *ddl)
{
	ddl->if_not_exists = cursor_take_words(cursor, "if not exists");
	ddl->name = cursor_take_name(cursor);
}

/* Has it what its kind promises?  Where what it is about could not be read (a template's
 * `{{ .table }}`, say) nothing should be made of the rest. */
static bool is_complete(const struct ddl *ddl)
{
	switch (ddl->kind) {
	case DDL_CREATE_INDEX:
	case DDL_INSERT:
	case DDL_UPDATE:
	case DDL_DELETE:
	case DDL_MERGE: return ddl->table.name != NULL;
	case DDL_CREATE_TRIGGER:
	case DDL_CREATE_POLICY:
	case DDL_CREATE_RULE: return ddl->name.name != NULL && ddl->table.name != NULL;
	case DDL_DROP: return ddl->name_count > 0 || ddl->object == OBJECT_OTHER;
	case DDL_TRUNCATE:
	case DDL_LOCK: return ddl->name_count > 0;
	case DDL_OTHER:
	case DDL_REINDEX:
	case DDL_COPY:
	case DDL_SELECT:
	case DDL_DO:
	case DDL_VACUUM:
	case DDL_CLUSTER:
	case DDL_GRANT:
	case DDL_COMMENT: return true;
	default: return ddl->name.name != NULL;
	}
}

struct ddl ddl_read(struct arena *arena, const struct statement *statement, enum dialect dialect)
{
	struct cursor cursor = cursor_of(arena, statement, dialect);
	struct ddl ddl = { .dialect = dialect, .statement = statement };

	if (cursor_take(&cursor, "create"))
		ddl_read_create(&cursor, &ddl);
	else if (cursor_take(&cursor, "alter"))
		ddl_read_alter(&cursor, &ddl);
	else if (cursor_take(&cursor, "drop"))
		ddl_read_drop(&cursor, &ddl);
	else if (!ddl_read_query(&cursor, &ddl))
		ddl_read_command(&cursor, &ddl);
	if (!is_complete(&ddl))
		return (struct ddl){ .dialect = dialect, .statement = statement };
	return ddl;
}
