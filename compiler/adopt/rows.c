/* rows.c - what another tool's table holds, in the words that are the same for all. */
#include "adopt.h"
#include "beside.h"

#include <string.h>

struct reader {
	struct arena *arena;
	struct adopt_row_list *list;
	size_t capacity;
};

static enum adopt_row_state state_of(const char *name)
{
	static const char *const names[ADOPT_STATE_COUNT] = {
		[ADOPT_APPLIED] = "applied",   [ADOPT_THROUGH] = "through",
		[ADOPT_BASELINE] = "baseline", [ADOPT_REPEATABLE] = "repeatable",
		[ADOPT_FAILED] = "failed",
	};
	size_t i;

	for (i = 0; i + 1 < ADOPT_STATE_COUNT && strcmp(names[i], name) != 0; i++)
		;
	return (enum adopt_row_state)i;
}

/* Its first line. */
static const char *keep_line(struct arena *arena, const char *text)
{
	return text != NULL ? arena_format(arena, "%.*s", (int)strcspn(text, "\r\n"), text) : "";
}

static void take_row(void *context, const char *const *columns, int column_count)
{
	struct reader *reader = context;
	struct adopt_row_list *list = reader->list;

	(void)column_count;
	list->items = arena_grow(reader->arena, list->items, list->count, &reader->capacity,
	                         sizeof(*list->items));
	list->items[list->count++] = (struct adopt_row){
		.key = arena_string(reader->arena, columns[0]),
		.scope = arena_string(reader->arena, columns[1]),
		.applied_at = arena_string(reader->arena, columns[2]),
		.state = state_of(columns[3]),
		.checksum = columns[4] != NULL ? arena_string(reader->arena, columns[4]) : NULL,
		.detail = keep_line(reader->arena, columns[5]),
	};
}

static void take_busy(void *context, const char *const *columns, int column_count)
{
	struct reader *reader = context;

	(void)column_count;
	if (reader->list->busy == NULL)
		reader->list->busy = keep_line(reader->arena, columns[0]);
}

static void put_quoted(struct buffer *out, const char *name, size_t size)
{
	buffer_byte(out, '"');
	for (size_t i = 0; i < size; i++) {
		if (name[i] == '"')
			buffer_byte(out, '"');
		buffer_byte(out, (unsigned char)name[i]);
	}
	buffer_byte(out, '"');
}

/* The query, with names in the place of "@" and "@name". */
static const char *put_names(struct arena *arena, const struct adopt_found *found, const char *sql)
{
	struct buffer out = { 0 };
	char *text;

	for (; *sql != '\0'; sql++) {
		size_t size = 0;

		if (*sql != '@') {
			buffer_byte(&out, (unsigned char)*sql);
			continue;
		}
		while ((sql[1 + size] >= 'a' && sql[1 + size] <= 'z') || sql[1 + size] == '_')
			size++;
		put_quoted(&out, found->schema, strlen(found->schema));
		buffer_byte(&out, '.');
		put_quoted(&out, size > 0 ? sql + 1 : found->table,
		           size > 0 ? size : strlen(found->table));
		sql += size;
	}
	text = arena_copy(arena, (struct text){ out.start, out.size });
	buffer_clear(&out);
	return text;
}

/* One who holds the tool's advisory lock in this database. */
static const char advisory_holder[] =
        "SELECT coalesce(nullif(a.application_name, ''), 'somebody') || ' (backend ' || l.pid ||"
        " ')' FROM pg_catalog.pg_locks AS l LEFT JOIN pg_catalog.pg_stat_activity AS a USING (pid)"
        " WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1"
        " AND l.database = (SELECT oid FROM pg_catalog.pg_database"
        " WHERE datname = current_database())"
        " AND (l.classid::int8 << 32) | l.objid::int8 = $1::int8";

static bool ask_busy(struct live *live, const struct adopt_found *found, struct reader *reader)
{
	const struct adopt_tool *tool = found->tool;
	struct live_query query = { .row = take_busy, .context = reader };
	const char *key = arena_format(live->arena, "%lld", (long long)tool->advisory_key);

	if (found->has_busy_table && tool->busy[live->address.dialect] != NULL) {
		query.sql = put_names(live->arena, found, tool->busy[live->address.dialect]);
		if (!live_query(live, &query))
			return false;
	}
	if (tool->advisory_key == 0 || live->address.dialect != DIALECT_POSTGRES)
		return true;
	query.sql = advisory_holder;
	query.parameters = &key;
	query.parameter_count = 1;
	return live_query(live, &query);
}

bool adopt_read(struct live *live, const struct adopt_found *found, struct adopt_row_list *rows)
{
	struct reader reader = { .arena = live->arena, .list = rows };
	bool is_beside = strcmp(found->schema, "sqitch") == 0 && beside_attach(live);
	const char *sql = put_names(live->arena, found, found->tool->rows[live->address.dialect]);
	bool is_read;

	*rows = (struct adopt_row_list){ .count = 0 };
	is_read = live_query(live, &(struct live_query){ .sql = sql,
	                                                 .row = take_row,
	                                                 .context = &reader }) &&
	          ask_busy(live, found, &reader);
	if (is_beside)
		beside_detach(live);
	return is_read;
}
