/* rows_sqlite.c - what an INSERT into a table of SQLite has to know. */
#include "rows.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

/* By what stands in the type's name, as SQLite does; the first one that does. */
static const struct {
	const char *part; /* Upper case. */
	enum rows_class class;
} classes[] = {
	{ "BOOL", ROWS_BOOLEAN }, { "DATETIME", ROWS_TIMESTAMP }, { "TIMESTAMP", ROWS_TIMESTAMP },
	{ "DATE", ROWS_DATE },    { "UUID", ROWS_UUID },          { "JSON", ROWS_JSON },
	{ "INT", ROWS_INTEGER },  { "CHAR", ROWS_TEXT },          { "CLOB", ROWS_TEXT },
	{ "TEXT", ROWS_TEXT },    { "BLOB", ROWS_BLOB },          { "REAL", ROWS_REAL },
	{ "FLOA", ROWS_REAL },    { "DOUB", ROWS_REAL },          { "TIME", ROWS_TIME },
};

static enum rows_class class_of(const char *type)
{
	size_t i;

	if (type[0] == '\0')
		return ROWS_TEXT;
	for (i = 0; i < sizeof(classes) / sizeof(classes[0]); i++)
		if (strstr(type, classes[i].part) != NULL)
			return classes[i].class;
	return ROWS_INTEGER;
}

static const char *column(sqlite3_stmt *row, int index)
{
	const char *text = (const char *)sqlite3_column_text(row, index);

	return text != NULL ? text : "";
}

static sqlite3_stmt *prepare(sqlite3 *database, const char *query, const char *name)
{
	sqlite3_stmt *row = NULL;

	if (sqlite3_prepare_v2(database, query, -1, &row, NULL) == SQLITE_OK)
		sqlite3_bind_text(row, 1, name, -1, SQLITE_TRANSIENT);
	return row;
}

/* name, upper(type), notnull, dflt_value, hidden, pk */
static void describe_column(struct arena *arena, const struct rows_table *table,
                            struct rows_column *out, sqlite3_stmt *row)
{
	int hidden = sqlite3_column_int(row, 4);
	bool is_key = sqlite3_column_int(row, 5) > 0;
	const char *type = column(row, 1);
	const char *open = strchr(type, '(');

	out->name = value_quote(arena, column(row, 0), '"');
	out->class = class_of(type);
	out->size_max =
	        out->class == ROWS_TEXT && open != NULL ? (uint32_t)strtoul(open + 1, NULL, 10) : 0;
	out->is_nullable = sqlite3_column_int(row, 2) == 0 && !is_key;
	out->is_left_out = hidden == 2 || hidden == 3;
	rows_choices_of(arena, table->object, column(row, 0), out);
}

static struct rows_column *find_column(struct arena *arena, struct rows_table *table,
                                       const char *name)
{
	const char *quoted = value_quote(arena, name, '"');
	size_t i;

	for (i = 0; i < table->column_count; i++)
		if (sqlite3_stricmp(table->columns[i].name, quoted) == 0)
			return &table->columns[i];
	return NULL;
}

/* Columns of one key point to the same row of the parent: all are sorted by its first column. */
static void describe_keys(struct arena *arena, sqlite3 *database, struct rows_table *table)
{
	static const char query[] =
	        "SELECT \"table\", \"from\", coalesce(\"to\", (SELECT name FROM "
	        "pragma_table_xinfo(k.\"table\") c WHERE c.pk = k.seq + 1)), "
	        "first_value(coalesce(\"to\", (SELECT name FROM pragma_table_xinfo(k.\"table\") c "
	        "WHERE c.pk = k.seq + 1))) OVER (PARTITION BY id ORDER BY seq) "
	        "FROM pragma_foreign_key_list(?1) k ORDER BY id, seq";
	sqlite3_stmt *row = prepare(database, query, table->object->name);

	while (sqlite3_step(row) == SQLITE_ROW) {
		struct rows_column *from = find_column(arena, table, column(row, 1));

		if (from == NULL || from->parent != NULL || column(row, 2)[0] == '\0')
			continue;
		from->parent_name = arena_copy(arena, text_of(column(row, 0)));
		from->parent = arena_format(arena, "SELECT %s FROM %s ORDER BY %s, 1",
		                            value_quote(arena, column(row, 2), '"'),
		                            value_quote(arena, column(row, 0), '"'),
		                            value_quote(arena, column(row, 3), '"'));
	}
	sqlite3_finalize(row);
}

bool rows_describe_sqlite(struct stage *stage, struct arena *arena, struct rows_table *table)
{
	sqlite3 *database = stage_sqlite(stage);
	static const char query[] =
	        "SELECT name, upper(type), \"notnull\", dflt_value, hidden, pk, "
	        "count(*) OVER () FROM pragma_table_xinfo(?1)";
	sqlite3_stmt *row = prepare(database, query, table->object->name);

	table->name = value_quote(arena, table->object->name, '"');
	table->column_count = 0;
	while (sqlite3_step(row) == SQLITE_ROW) {
		if (table->column_count == 0)
			table->columns = arena_array(arena, struct rows_column,
			                             (size_t)sqlite3_column_int(row, 6));
		describe_column(arena, table, &table->columns[table->column_count++], row);
	}
	sqlite3_finalize(row);
	describe_keys(arena, database, table);
	return table->column_count > 0;
}
