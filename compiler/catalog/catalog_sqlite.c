/* catalog_sqlite.c - SQLite's schema: which objects there are, and those that are text. */
#include "catalog_sqlite.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

/* Kinds in their order, names as strcmp() has them.  Indexes of constraints have no text. */
static const char query[] =
        "SELECT CASE type WHEN 'table' THEN 0 WHEN 'index' THEN 1 WHEN 'view' THEN 2 ELSE 3 END, "
        "name, tbl_name, sql FROM main.sqlite_schema WHERE sql IS NOT NULL "
        "AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY 1, 2";

static const enum catalog_kind kinds[] = { CATALOG_TABLE, CATALOG_INDEX, CATALOG_VIEW,
	                                   CATALOG_TRIGGER };

/* What is being read. */
struct reader {
	struct catalog_builder builder;
	sqlite3 *database;
	const struct catalog *previous;
	size_t next;      /* In previous->items: all before it stand before the row at hand. */
	bool has_virtual; /* Some of the tables may be the inside of another one. */
};

/* The same object in the catalog before; both are sorted. */
static const struct catalog_object *find_previous(struct reader *reader,
                                                  const struct catalog_object *wanted)
{
	while (reader->previous != NULL && reader->next < reader->previous->count) {
		const struct catalog_object *item = reader->previous->items[reader->next];
		int order = item->kind != wanted->kind ? (int)item->kind - (int)wanted->kind
		                                       : strcmp(item->name, wanted->name);

		if (order > 0)
			return NULL;
		reader->next++;
		if (order == 0)
			return strcmp(item->stored, wanted->stored) == 0 ? item : NULL;
	}
	return NULL;
}

/* Views, triggers and indexes are their text, wherever its line ends and capitals are. */
static void describe_text(struct arena *arena, struct catalog_object *object, const char *text)
{
	struct catalog_lines lines = { .arena = arena };

	catalog_line(&lines, catalog_normalize(arena, DIALECT_SQLITE, text_of(text)));
	object->lines = lines.items;
	object->line_count = lines.count;
}

/* SQLite stores a view with what stands between it and its semicolon.  In doubt, yes. */
static bool ends_in_comment(const char *text)
{
	const char *line = strrchr(text, '\n');

	return strstr(line != NULL ? line : text, "--") != NULL;
}

static bool describe(struct reader *reader, struct catalog_object *object)
{
	struct arena *arena = reader->builder.arena;

	object->sql = arena_format(arena, ends_in_comment(object->stored) ? "%s\n;\n" : "%s;\n",
	                           object->stored);
	if (object->kind == CATALOG_TABLE)
		return catalog_sqlite_table(arena, reader->database, object);
	describe_text(arena, object, object->stored);
	return true;
}

static bool add_row(struct reader *reader, sqlite3_stmt *statement, const char *tracking)
{
	struct arena *arena = reader->builder.arena;
	struct catalog_object row = {
		.kind = kinds[sqlite3_column_int(statement, 0)],
		.name = (const char *)sqlite3_column_text(statement, 1),
		.stored = (const char *)sqlite3_column_text(statement, 3),
	};
	const char *table = (const char *)sqlite3_column_text(statement, 2);
	const struct catalog_object *object;
	struct catalog_object *made;

	if (row.name == NULL || row.stored == NULL || table == NULL)
		return false;
	if (catalog_is_tracking(table, tracking))
		return true;
	object = find_previous(reader, &row);
	if (object == NULL) {
		made = arena_allocate(arena, sizeof(*made));
		*made = row;
		made->made_with = row.kind;
		made->name = arena_copy(arena, text_of(row.name));
		if (row.kind == CATALOG_INDEX)
			made->on = arena_copy(arena, text_of(table));
		made->stored = arena_copy(arena, text_of(row.stored));
		if (!describe(reader, made))
			return false;
		object = made;
	}
	reader->has_virtual = reader->has_virtual || object->is_virtual;
	catalog_add(&reader->builder, object);
	return true;
}

static bool read_rows(struct reader *reader, const char *tracking)
{
	sqlite3_stmt *statement = NULL;
	bool is_good =
	        sqlite3_prepare_v2(reader->database, query, -1, &statement, NULL) == SQLITE_OK;
	int step = SQLITE_ROW;

	while (is_good && (step = sqlite3_step(statement)) == SQLITE_ROW)
		is_good = add_row(reader, statement, tracking);
	sqlite3_finalize(statement);
	return is_good && step == SQLITE_DONE;
}

/* Tables that a virtual table keeps its content in belong to it. */
static bool drop_shadows(struct reader *reader)
{
	static const char shadows[] = "SELECT name FROM pragma_table_list "
	                              "WHERE schema = 'main' AND type = 'shadow' ORDER BY name";
	sqlite3_stmt *statement = NULL;
	struct catalog_builder *builder = &reader->builder;
	int step = SQLITE_ERROR;

	if (sqlite3_prepare_v2(reader->database, shadows, -1, &statement, NULL) == SQLITE_OK)
		while ((step = sqlite3_step(statement)) == SQLITE_ROW) {
			const char *name = (const char *)sqlite3_column_text(statement, 0);
			size_t kept = 0;
			size_t i;

			for (i = 0; i < builder->count; i++)
				if (builder->items[i]->kind != CATALOG_TABLE || name == NULL ||
				    strcmp(builder->items[i]->name, name) != 0)
					builder->items[kept++] = builder->items[i];
			builder->count = kept;
		}
	sqlite3_finalize(statement);
	return step == SQLITE_DONE;
}

struct catalog *catalog_sqlite(struct arena *arena, sqlite3 *database,
                               const struct catalog *previous, const char *tracking)
{
	struct reader reader = {
		.builder = { .arena = arena },
		.database = database,
		.previous = previous,
	};

	if (!read_rows(&reader, tracking) || (reader.has_virtual && !drop_shadows(&reader)))
		return NULL;
	return catalog_finish(&reader.builder);
}
