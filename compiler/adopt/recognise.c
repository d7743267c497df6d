/* recognise.c - which tables are another tool's, by their columns. */
#define _DEFAULT_SOURCE

#include "adopt.h"
#include "beside.h"

#include <string.h>

#define COLUMNS_MAX ((size_t)32) /* No tool's table has as many. */

/* A table that has the name of one of theirs. */
struct seen {
	const char *schema;
	const char *table;
	struct column {
		const char *name;
		const char *type;
	} columns[COLUMNS_MAX];
	size_t column_count;
};

struct sight {
	struct arena *arena;
	struct seen *items; /* As search_path comes by them. */
	size_t count;
	size_t capacity;
};

/* --- What there is --- */

/* The columns: schema, table, column, its type. */
static void see(void *context, const char *const *columns, int column_count)
{
	struct sight *sight = context;
	struct arena *arena = sight->arena;
	struct seen *last = sight->count > 0 ? &sight->items[sight->count - 1] : NULL;

	(void)column_count;
	if (last == NULL || strcmp(last->schema, columns[0]) != 0 ||
	    strcmp(last->table, columns[1]) != 0) {
		sight->items = arena_grow(arena, sight->items, sight->count, &sight->capacity,
		                          sizeof(*sight->items));
		last = &sight->items[sight->count++];
		*last = (struct seen){ .schema = arena_string(arena, columns[0]),
			               .table = arena_string(arena, columns[1]) };
	}
	if (last->column_count < COLUMNS_MAX)
		last->columns[last->column_count++] =
		        (struct column){ arena_string(arena, columns[2]),
			                 arena_string(arena, columns[3]) };
}

/* $1 and $2 are names between bars: tables, and schemas of tools that have their own, which is
 * theirs wherever search_path leads; $3 is --schema. */
static const char postgres_columns[] =
        "SELECT n.nspname, c.relname, a.attname, format_type(a.atttypid, NULL)"
        " FROM pg_catalog.pg_class AS c"
        " JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace"
        " JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0"
        " AND NOT a.attisdropped"
        " CROSS JOIN LATERAL (SELECT array_position(CASE WHEN $3::text IS NULL"
        " THEN current_schemas(false) ELSE ARRAY[$3::name] END, n.nspname)) AS way (place)"
        " WHERE c.relkind IN ('r', 'p') AND strpos($1, '|' || c.relname || '|') > 0"
        " AND (way.place IS NOT NULL OR strpos($2, '|' || n.nspname || '|') > 0)"
        " ORDER BY way.place NULLS LAST, n.nspname, c.relname, a.attnum";

static const char sqlite_columns[] =
        "SELECT 'main', m.name, p.name, lower(p.type) FROM main.sqlite_master AS m"
        " JOIN pragma_table_info(m.name, 'main') AS p WHERE m.type = 'table'"
        " AND instr($1, '|' || lower(m.name) || '|') > 0 ORDER BY m.name, p.cid";
static const char beside_columns[] =
        "SELECT 'sqitch', m.name, p.name, lower(p.type) FROM sqitch.sqlite_master AS m"
        " JOIN pragma_table_info(m.name, 'sqitch') AS p WHERE m.type = 'table'"
        " AND instr($1, '|' || lower(m.name) || '|') > 0 ORDER BY m.name, p.cid";

static void add_name(struct buffer *names, const char *name)
{
	if (name != NULL)
		buffer_format(names, "%s|", name);
}

static void add_names(struct buffer *names, const char *list)
{
	while (list != NULL && *list != '\0') {
		size_t size = strcspn(list, " ");

		buffer_format(names, "%.*s|", (int)size, list);
		list += size + (list[size] == ' ');
	}
}

static bool look(struct live *live, struct sight *sight)
{
	bool is_sqlite = live->address.dialect == DIALECT_SQLITE;
	struct buffer tables = { 0 };
	struct buffer schemas = { 0 };
	const char *parameters[3];
	struct live_query query = { .sql = is_sqlite ? sqlite_columns : postgres_columns,
		                    .parameters = parameters,
		                    .parameter_count = is_sqlite ? 1 : 3,
		                    .row = see,
		                    .context = sight };
	bool is_answered;

	buffer_byte(&tables, '|');
	buffer_byte(&schemas, '|');
	for (const struct adopt_tool *const *tool = adopt_tools(); *tool != NULL; tool++) {
		add_name(&tables, (*tool)->busy_table);
		add_names(&tables, (*tool)->others);
		for (size_t i = 0; i < ADOPT_SHAPES_MAX && (*tool)->shapes[i].table != NULL; i++) {
			const struct adopt_shape *shape = &(*tool)->shapes[i];

			add_name(&tables, shape->table);
			add_name(&schemas, shape->schema);
			if (shape->beside != NULL)
				add_name(&tables, shape->beside + (*shape->beside == '!'));
		}
	}
	buffer_byte(&tables, '\0');
	buffer_byte(&schemas, '\0');
	parameters[0] = (const char *)tables.start;
	parameters[1] = (const char *)schemas.start;
	parameters[2] = live->settings.schema;
	is_answered = live_query(live, &query);
	if (is_answered && beside_attach(live)) {
		query.sql = beside_columns;
		is_answered = live_query(live, &query);
		beside_detach(live);
	}
	buffer_clear(&tables);
	buffer_clear(&schemas);
	return is_answered;
}

/* --- Whose it is --- */

/* Does the type begin as one of "bigint|uint64"? */
static bool is_type(struct text types, const char *type)
{
	while (types.size > 0) {
		const unsigned char *bar = memchr(types.start, '|', types.size);
		size_t size = bar != NULL ? (size_t)(bar - types.start) : types.size;

		if (strncmp(type, (const char *)types.start, size) == 0)
			return true;
		types.start += size + (bar != NULL);
		types.size -= size + (bar != NULL);
	}
	return false;
}

static bool has_column(const struct seen *seen, struct text wanted)
{
	const unsigned char *colon = memchr(wanted.start, ':', wanted.size);
	struct text name = wanted;
	struct text types = { NULL, 0 };

	if (colon != NULL) {
		name.size = (size_t)(colon - wanted.start);
		types = (struct text){ colon + 1, wanted.size - name.size - 1 };
	}
	for (size_t i = 0; i < seen->column_count; i++)
		if (text_equals_caseless(text_of(seen->columns[i].name), name))
			return types.size == 0 || is_type(types, seen->columns[i].type);
	return false;
}

/* The table of that name in the schema, or NULL. */
static const struct seen *find(const struct sight *sight, const char *schema, const char *table)
{
	for (size_t i = 0; i < sight->count; i++)
		if (strcmp(sight->items[i].schema, schema) == 0 &&
		    text_equals_folded(text_of(sight->items[i].table), table))
			return &sight->items[i];
	return NULL;
}

static bool fits(const struct sight *sight, const struct seen *seen,
                 const struct adopt_shape *shape, bool is_said)
{
	const char *columns = shape->columns;
	size_t count = 0;

	if (!text_equals_folded(text_of(seen->table), shape->table) ||
	    (shape->schema != NULL) != (strcmp(seen->schema, "sqitch") == 0 ||
	                                strcmp(seen->schema, "atlas_schema_revisions") == 0) ||
	    (shape->schema != NULL && strcmp(seen->schema, shape->schema) != 0))
		return false;
	for (; *columns != '\0'; count++) {
		size_t size = strcspn(columns, " ");

		if (!has_column(seen, (struct text){ (const unsigned char *)columns, size }))
			return false;
		columns += size + (columns[size] == ' ');
	}
	if (shape->is_exact && count != seen->column_count)
		return false;
	if (shape->beside == NULL || is_said)
		return true;
	if (*shape->beside == '!')
		return find(sight, seen->schema, shape->beside + 1) == NULL;
	return find(sight, seen->schema, shape->beside) != NULL;
}

static const struct seen *find_shape(const struct sight *sight, const struct adopt_tool *tool,
                                     bool is_said)
{
	for (size_t i = 0; i < sight->count; i++)
		for (size_t shape = 0;
		     shape < ADOPT_SHAPES_MAX && tool->shapes[shape].table != NULL; shape++)
			if (fits(sight, &sight->items[i], &tool->shapes[shape], is_said))
				return &sight->items[i];
	return NULL;
}

/* Is it one of the tool's tables beside the one that it is known by? */
static bool is_other(const struct adopt_tool *tool, const char *table)
{
	const char *list = tool->others;

	while (list != NULL && *list != '\0') {
		size_t size = strcspn(list, " ");

		if (text_equals_caseless(text_of(table),
		                         (struct text){ (const unsigned char *)list, size }))
			return true;
		list += size + (list[size] == ' ');
	}
	return tool->busy_table != NULL && text_equals_folded(text_of(table), tool->busy_table);
}

/* Names as the catalog has them: those of public are bare. */
static const char *patterns_of(const struct sight *sight, const struct adopt_tool *tool,
                               const struct seen *known)
{
	const char *patterns = "";
	bool is_bare = strcmp(known->schema, "main") == 0 || strcmp(known->schema, "public") == 0;

	for (size_t i = 0; i < sight->count; i++) {
		const struct seen *seen = &sight->items[i];

		if (strcmp(seen->schema, known->schema) == 0 &&
		    (seen == known || is_other(tool, seen->table)))
			patterns = arena_format(
			        sight->arena, "%s%s%s%s%s", patterns, *patterns != '\0' ? "," : "",
			        is_bare ? "" : seen->schema, is_bare ? "" : ".", seen->table);
	}
	return patterns;
}

const char *adopt_except(struct arena *arena, const struct adopt_found_list *found,
                         const char *except)
{
	for (size_t i = 0; i < found->count; i++)
		except = except == NULL
		                 ? found->items[i].patterns
		                 : arena_format(arena, "%s,%s", except, found->items[i].patterns);
	return except;
}

bool adopt_recognise(struct live *live, const struct adopt_tool *only,
                     struct adopt_found_list *found)
{
	struct sight sight = { .arena = live->arena };
	size_t capacity = 0;

	*found = (struct adopt_found_list){ NULL, 0 };
	if (!look(live, &sight))
		return false;
	for (const struct adopt_tool *const *tool = adopt_tools(); *tool != NULL; tool++) {
		const struct seen *seen = NULL;

		if ((only == NULL || only == *tool) && (*tool)->rows[live->address.dialect] != NULL)
			seen = find_shape(&sight, *tool, only != NULL);
		if (seen == NULL)
			continue;
		found->items = arena_grow(live->arena, found->items, found->count, &capacity,
		                          sizeof(*found->items));
		found->items[found->count++] = (struct adopt_found){
			.tool = *tool,
			.schema = seen->schema,
			.table = seen->table,
			.shown = strcmp(seen->schema, "main") == 0
			                 ? seen->table
			                 : arena_format(live->arena, "%s.%s", seen->schema,
			                                seen->table),
			.has_busy_table = (*tool)->busy_table != NULL &&
			                  find(&sight, seen->schema, (*tool)->busy_table) != NULL,
			.patterns = patterns_of(&sight, *tool, seen),
		};
	}
	return true;
}
