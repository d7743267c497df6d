/* rebuild.c - recognises SQLite's way to change a table. */
#include "rebuild.h"

#include <stddef.h>
#include <string.h>

static struct name part_name(const char *part)
{
	return (struct name){ .name = part };
}

static bool is_same(const struct lint *lint, struct name a, struct name b)
{
	return a.name != NULL && b.name != NULL && name_equals(a, b, lint->dialect);
}

static bool creates(const struct lint *lint, const struct ddl *ddl, struct name table)
{
	return ddl->kind == DDL_CREATE_TABLE && is_same(lint, ddl->name, table);
}

static bool renames_to(const struct lint *lint, const struct ddl *ddl, struct name table)
{
	size_t i;

	for (i = 0; ddl->kind == DDL_ALTER_TABLE && i < ddl->action_count; i++)
		if (ddl->actions[i].kind == ACTION_RENAME &&
		    is_same(lint, part_name(ddl->actions[i].new_name), part_name(table.name)))
			return true;
	return false;
}

static bool takes_away(const struct lint *lint, const struct ddl *ddl, struct name table)
{
	size_t i;

	if (ddl->kind == DDL_ALTER_TABLE && is_same(lint, ddl->name, table))
		for (i = 0; i < ddl->action_count; i++)
			if (ddl->actions[i].kind == ACTION_RENAME)
				return true;
	if (ddl->kind != DDL_DROP || ddl->object != OBJECT_TABLE)
		return false;
	for (i = 0; i < ddl->name_count; i++)
		if (is_same(lint, ddl->names[i], table))
			return true;
	return false;
}

/* Where the name comes back: the successor is created by it, or gets it. */
static bool find_back(const struct lint *lint, struct rebuild *rebuild)
{
	size_t count = lint->script->count;
	size_t i;

	for (i = rebuild->gone + 1; i < count; i++) {
		const struct ddl *ddl = &lint->script_ddl[i];

		if (!creates(lint, ddl, rebuild->old) && !renames_to(lint, ddl, rebuild->old))
			continue;
		rebuild->back = rebuild->created = i;
		rebuild->made = ddl->name;
		return true;
	}
	return false;
}

/* The last one: from there back it is near, however long the script is. */
static void find_creation(const struct lint *lint, struct rebuild *rebuild)
{
	size_t i = rebuild->back;

	while (i > 0 && !creates(lint, &lint->script_ddl[i - 1], rebuild->made))
		i--;
	if (i > 0)
		rebuild->created = i - 1;
}

static bool is_copied(const struct lint *lint, const struct rebuild *rebuild)
{
	size_t i;

	if (lint->script_ddl[rebuild->created].kind == DDL_CREATE_TABLE &&
	    lint->script_ddl[rebuild->created].as_query.start != NULL)
		return true;
	for (i = rebuild->created + 1; i < lint->script->count; i++) {
		const struct ddl *ddl = &lint->script_ddl[i];

		if (ddl->kind == DDL_INSERT && ddl->as_query.start != NULL &&
		    (is_same(lint, ddl->table, rebuild->made) ||
		     (i > rebuild->back && is_same(lint, ddl->table, rebuild->old))))
			return true;
	}
	return false;
}

bool rebuild_at(const struct lint *lint, struct name table, struct rebuild *rebuild)
{
	*rebuild = (struct rebuild){ .old = table, .gone = lint->index };
	if (lint->ddl == NULL || !takes_away(lint, lint->ddl, table) || !find_back(lint, rebuild))
		return false;
	find_creation(lint, rebuild);
	rebuild->copies = is_copied(lint, rebuild);
	return true;
}

bool rebuild_is_without_keys(const struct lint *lint, size_t index)
{
	static const char *const off[] = { "off", "0", "no", "false" };
	bool is_off = lint->script->foreign_keys_off;
	size_t i, j;

	for (i = 0; i < index; i++) {
		const struct ddl *ddl = &lint->script_ddl[i];

		if (ddl->kind != DDL_PRAGMA || ddl->name.name == NULL || ddl->value == NULL ||
		    !name_same(ddl->name.name, "foreign_keys", lint->dialect))
			continue;
		is_off = false;
		for (j = 0; j < sizeof(off) / sizeof(off[0]); j++)
			is_off |= strcmp(ddl->value, off[j]) == 0;
	}
	return is_off;
}
