/* catalog_sqlite_table.c - what a table of SQLite is, as the pragmas tell it. */
#include "catalog_sqlite.h"

#include <sqlite3.h>
#include <string.h>

struct reading {
	struct arena *arena;
	sqlite3 *database;
	const char *table;
	struct catalog_lines lines;
	struct table_text text;
};

static const char *column(sqlite3_stmt *row, int index)
{
	const char *text = (const char *)sqlite3_column_text(row, index);

	return text != NULL ? text : "";
}

/* Calls `each` for every row of a query about `name`. */
static bool for_each(struct reading *reading, const char *query, const char *name,
                     bool (*each)(struct reading *reading, sqlite3_stmt *row, void *context),
                     void *context)
{
	sqlite3_stmt *row = NULL;
	bool is_good = sqlite3_prepare_v2(reading->database, query, -1, &row, NULL) == SQLITE_OK &&
	               sqlite3_bind_text(row, 1, name, -1, SQLITE_STATIC) == SQLITE_OK;
	int step = SQLITE_ROW;

	while (is_good && (step = sqlite3_step(row)) == SQLITE_ROW)
		is_good = each(reading, row, context);
	sqlite3_finalize(row);
	return is_good && step == SQLITE_DONE;
}

static const char *generated_as(const struct reading *reading, const char *name)
{
	const struct catalog_lines *generated = &reading->text.generated;
	const char *wanted =
	        catalog_normalize(reading->arena, DIALECT_SQLITE,
	                          text_of(arena_format(reading->arena, "\"%s\"", name)));
	size_t i;

	for (i = 0; i + 1 < generated->count; i += 2)
		if (strcmp(generated->items[i], wanted) == 0 ||
		    sqlite3_stricmp(generated->items[i], name) == 0)
			return generated->items[i + 1];
	return "";
}

/* What the library knows of a column and the pragmas do not tell. */
static const char *traits_of(struct reading *reading, const char *name)
{
	const char *type = NULL;
	const char *collation = NULL;
	int is_not_null = 0;
	int is_key = 0;
	int counts = 0;

	if (sqlite3_table_column_metadata(reading->database, "main", reading->table, name, &type,
	                                  &collation, &is_not_null, &is_key, &counts) != SQLITE_OK)
		return "";
	if (collation == NULL || sqlite3_stricmp(collation, "BINARY") == 0)
		return counts != 0 ? " AUTOINCREMENT" : "";
	return arena_format(reading->arena, " COLLATE %s%s", collation,
	                    counts != 0 ? " AUTOINCREMENT" : "");
}

/* name, type, notnull, dflt_value, hidden: 2 and 3 are generated. */
static bool add_column(struct reading *reading, sqlite3_stmt *row, void *context)
{
	const char *name = column(row, 0);
	const char *value = column(row, 3);
	int hidden = sqlite3_column_int(row, 4);
	struct buffer out = { 0 };

	(void)context;
	buffer_format(&out, "column %s", name);
	if (column(row, 1)[0] != '\0')
		buffer_format(&out, " %s", column(row, 1));
	if (sqlite3_column_int(row, 2) != 0)
		buffer_string(&out, " NOT NULL");
	if (sqlite3_column_type(row, 3) != SQLITE_NULL)
		buffer_format(&out, " DEFAULT %s",
		              catalog_normalize(reading->arena, DIALECT_SQLITE, text_of(value)));
	buffer_string(&out, traits_of(reading, name));
	if (hidden == 2 || hidden == 3)
		buffer_format(&out, " AS %s %s", generated_as(reading, name),
		              hidden == 2 ? "VIRTUAL" : "STORED");
	catalog_line(&reading->lines, arena_copy(reading->arena, buffer_contents(&out)));
	buffer_clear(&out);
	return true;
}

/* Texts in one line, with commas. */
static bool add_name(struct reading *reading, sqlite3_stmt *row, void *context)
{
	struct buffer *names = context;

	(void)reading;
	buffer_format(names, "%s%s", names->size > 0 ? ", " : "", column(row, 0));
	return true;
}

static bool add_list(struct reading *reading, const char *what, const char *query, const char *name)
{
	struct buffer names = { 0 };
	bool is_good = for_each(reading, query, name, add_name, &names);

	if (names.size > 0)
		catalog_line(&reading->lines,
		             arena_format(reading->arena, "%s (%.*s)", what, (int)names.size,
		                          (const char *)names.start));
	buffer_clear(&names);
	return is_good;
}

static bool add_unique(struct reading *reading, sqlite3_stmt *row, void *context)
{
	(void)context;
	return add_list(reading, "unique",
	                "SELECT name || iif(coll = 'BINARY', '', ' COLLATE ' || coll) "
	                "FROM pragma_index_xinfo(?1) WHERE key ORDER BY seqno",
	                column(row, 0));
}

/* A column of a foreign key: id, seq, table, from, to, on_update, on_delete, how many columns.  The
 * last one declared has the id 0. */
struct key {
	struct buffer from;
	struct buffer to;
	size_t count; /* Of foreign keys. */
};

static void finish_key(struct reading *reading, sqlite3_stmt *row, struct key *key)
{
	const struct catalog_lines *keys = &reading->text.keys;
	size_t place = key->count - 1 - (size_t)sqlite3_column_int(row, 0);
	struct buffer out = { 0 };

	buffer_format(&out, "foreign key (%.*s) references %s", (int)key->from.size,
	              (const char *)key->from.start, column(row, 2));
	if (key->to.size > 0)
		buffer_format(&out, " (%.*s)", (int)key->to.size, (const char *)key->to.start);
	if (strcmp(column(row, 5), "NO ACTION") != 0)
		buffer_format(&out, " ON UPDATE %s", column(row, 5));
	if (strcmp(column(row, 6), "NO ACTION") != 0)
		buffer_format(&out, " ON DELETE %s", column(row, 6));
	if (keys->count == key->count && keys->items[place][0] != '\0')
		buffer_string(&out, " DEFERRED");
	catalog_line(&reading->lines, arena_copy(reading->arena, buffer_contents(&out)));
	buffer_clear(&out);
	key->from.size = 0;
	key->to.size = 0;
}

static bool add_key_column(struct reading *reading, sqlite3_stmt *row, void *context)
{
	struct key *key = context;

	if (key->count == 0)
		key->count =
		        (size_t)sqlite3_column_int(row, 0) + 1; /* The first id is the highest. */
	buffer_format(&key->from, "%s%s", key->from.size > 0 ? ", " : "", column(row, 3));
	if (column(row, 4)[0] != '\0')
		buffer_format(&key->to, "%s%s", key->to.size > 0 ? ", " : "", column(row, 4));
	if (sqlite3_column_int(row, 1) + 1 == sqlite3_column_int(row, 7))
		finish_key(reading, row, key);
	return true;
}

static bool add_keys(struct reading *reading)
{
	static const char query[] =
	        "SELECT id, seq, \"table\", \"from\", \"to\", on_update, on_delete, "
	        "count(*) OVER (PARTITION BY id) FROM pragma_foreign_key_list(?1) "
	        "ORDER BY id DESC, seq";
	struct key key = { .count = 0 };
	bool is_good = for_each(reading, query, reading->table, add_key_column, &key);

	buffer_clear(&key.from);
	buffer_clear(&key.to);
	return is_good;
}

static void add_lines(struct reading *reading, const struct catalog_lines *from)
{
	size_t i;

	for (i = 0; i < from->count; i++)
		catalog_line(&reading->lines, from->items[i]);
}

static bool read_pragmas(struct reading *reading)
{
	return for_each(reading,
	                "SELECT name, upper(type), \"notnull\", dflt_value, hidden "
	                "FROM pragma_table_xinfo(?1) ORDER BY cid",
	                reading->table, add_column, NULL) &&
	       add_list(reading, "primary key",
	                "SELECT name FROM pragma_table_xinfo(?1) WHERE pk > 0 ORDER BY pk",
	                reading->table) &&
	       for_each(reading,
	                "SELECT name FROM pragma_index_list(?1) WHERE origin = 'u' "
	                "ORDER BY seq DESC",
	                reading->table, add_unique, NULL) &&
	       add_keys(reading);
}

bool catalog_sqlite_table(struct arena *arena, sqlite3 *database, struct catalog_object *object)
{
	struct reading reading = {
		.arena = arena,
		.database = database,
		.table = object->name,
		.lines = { .arena = arena },
	};

	table_text_read(arena, text_of(object->stored), &reading.text);
	object->is_virtual = reading.text.is_virtual;
	if (!object->is_virtual && !read_pragmas(&reading))
		return false;
	add_lines(&reading, &reading.text.checks);
	add_lines(&reading, &reading.text.others);
	object->lines = reading.lines.items;
	object->line_count = reading.lines.count;
	return true;
}
