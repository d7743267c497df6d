/* ddl_query.c - statements about rows: which table, which columns, and what narrows them. */
#include "ddl_parts.h"

static const char *const none[] = { NULL };

/* ---- INSERT ---------------------------------------------------------------------------------- */

/* INSERT OR IGNORE, UPDATE OR ROLLBACK (SQLite). */
static void skip_or(struct cursor *cursor)
{
	if (cursor->dialect == DIALECT_SQLITE && cursor_take(cursor, "or"))
		cursor_advance(cursor);
}

static bool selects_star(struct cursor ahead)
{
	while (cursor_take(&ahead, "("))
		continue;
	if (!cursor_take(&ahead, "select"))
		return false;
	if (!cursor_take(&ahead, "all"))
		cursor_take(&ahead, "distinct");
	if (cursor_is(&ahead, "*"))
		return true;
	return cursor_take_part(&ahead) != NULL && cursor_take(&ahead, ".") &&
	       cursor_is(&ahead, "*");
}

/* (a, b) before SELECT or VALUES; a group that begins with SELECT is the query. */
static void read_insert_columns(struct cursor *cursor, struct ddl *ddl)
{
	struct cursor ahead = *cursor;

	if (!cursor_take(&ahead, "(") || cursor_is(&ahead, "select") || cursor_is(&ahead, "with") ||
	    cursor_is(&ahead, "values") || cursor_is(&ahead, "("))
		return;
	ddl->index_column_count = ddl_read_index_columns(cursor, &ddl->index_columns);
}

static void read_insert(struct cursor *cursor, struct ddl *ddl)
{
	static const char *const starts[] = { "select", "with", "values", "default", "(", NULL };
	static const char *const ends[] = { "on", "returning", NULL };
	const unsigned char *start;

	ddl->kind = DDL_INSERT;
	skip_or(cursor);
	cursor_take(cursor, "into");
	ddl->table = cursor_take_name(cursor);
	if (cursor_take(cursor, "as"))
		cursor_take_part(cursor);
	read_insert_columns(cursor, ddl);
	cursor_take_until(cursor, starts);
	start = cursor->token.text.start;
	if (!cursor_is(cursor, "select") && !cursor_is(cursor, "with") && !cursor_is(cursor, "("))
		return;
	ddl->select_star = selects_star(*cursor);
	for (;;) { /* ON CONFLICT ends it, the ON of a JOIN does not. */
		struct cursor ahead;

		cursor_take_until(cursor, ends);
		ahead = *cursor;
		if (!cursor_is(cursor, "on") || cursor_take_words(&ahead, "on conflict"))
			break;
		cursor_advance(cursor);
	}
	ddl->as_query = cursor_since(cursor, start);
}

/* ---- UPDATE and DELETE ----------------------------------------------------------------------- */

static void read_target(struct cursor *cursor, struct ddl *ddl)
{
	if (cursor->dialect == DIALECT_POSTGRES)
		ddl->only = cursor_take(cursor, "only");
	ddl->table = cursor_take_name(cursor);
	cursor_take(cursor, "*");
}

static void read_where(struct cursor *cursor, struct ddl *ddl)
{
	static const char *const where[] = { "where", "returning", NULL };
	static const char *const ends[] = { "returning", "order", "limit", NULL };

	cursor_take_until(cursor, where);
	if (cursor_take(cursor, "where"))
		ddl->where = cursor_take_until(cursor, ends);
}

/* a = 1, (b, c) = (2, 3) */
static void read_assignments(struct cursor *cursor, struct ddl *ddl)
{
	static const char *const ends[] = { ",",     "from",  "where", "returning",
		                            "order", "limit", NULL };
	struct list list = { 0 };

	do {
		const char *const *columns = NULL;
		size_t count, i;

		if (cursor->token.kind == TOKEN_OPEN) {
			count = ddl_read_columns(cursor, &columns);
			for (i = 0; i < count; i++)
				*(const char **)list_add(cursor->arena, &list, sizeof(*columns)) =
				        columns[i];
		} else {
			const char *name = cursor_take_part(cursor);

			if (name == NULL)
				break;
			*(const char **)list_add(cursor->arena, &list, sizeof(name)) = name;
		}
		cursor_take_until(cursor, ends);
	} while (cursor_take(cursor, ","));
	ddl->values = list.items;
	ddl->value_count = list.count;
}

static void read_update(struct cursor *cursor, struct ddl *ddl)
{
	static const char *const set[] = { "set", NULL };

	ddl->kind = DDL_UPDATE;
	skip_or(cursor);
	read_target(cursor, ddl);
	cursor_take_until(cursor, set);
	if (cursor_take(cursor, "set"))
		read_assignments(cursor, ddl);
	read_where(cursor, ddl);
}

static void read_delete(struct cursor *cursor, struct ddl *ddl)
{
	ddl->kind = DDL_DELETE;
	cursor_take(cursor, "from");
	read_target(cursor, ddl);
	read_where(cursor, ddl);
}

/* ---- the others ------------------------------------------------------------------------------ */

/* Functions that make no objects, so that the model stays whole; and words that stand before a
 * parenthesis and are no function. */
static const char *const harmless[] = {
	"set_config",
	"current_setting",
	"setval",
	"nextval",
	"currval",
	"lastval",
	"coalesce",
	"count",
	"max",
	"min",
	"now",
	"sum",
	"random",
	"exists",
	"in",
	"values",
	"cast",
	"and",
	"or",
	"not",
	"as",
	"from",
	"where",
	"on",
	"using",
	"over",
	"any",
	"all",
	"some",
	"select",
	"pg_sleep",
	"format",
	"length",
	"lower",
	"upper",
	"greatest",
	"least",
	"nullif",
	"row",
	"array",
	"union",
	"except",
	"intersect",
	"when",
	"then",
	"else",
	"by",
	"having",
	"lateral",
	"filter",
	"join",
	"distinct",
	"version",
	"to_regclass",
	"pg_notify",
	"setseed",
	"replace",
	"substr",
	"total_changes",
	"changes",
};

static bool is_harmless(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(harmless) / sizeof(harmless[0]); i++)
		if (name_same(harmless[i], name, DIALECT_SQLITE))
			return true;
	return false;
}

/* SELECT ... INTO [TEMP | UNLOGGED] [TABLE] name FROM ...: CREATE TABLE AS by another word. */
static void read_into(struct cursor *cursor, struct ddl *ddl)
{
	ddl->kind = DDL_CREATE_TABLE;
	ddl->has_more_columns = true;
	ddl->temporary = cursor_take(cursor, "temp") || cursor_take(cursor, "temporary");
	cursor_take(cursor, "unlogged");
	cursor_take(cursor, "table");
	ddl->name = cursor_take_name(cursor);
	if (ddl->temporary && ddl->name.name != NULL && ddl->name.schema == NULL)
		ddl->name.schema = "pg_temp";
}

static void read_select(struct cursor *cursor, struct ddl *ddl)
{
	ddl->kind = DDL_SELECT;
	while (!cursor_at_end(cursor)) {
		const char *name;

		if (cursor->dialect == DIALECT_POSTGRES && ddl->kind == DDL_SELECT &&
		    cursor_take(cursor, "into")) {
			read_into(cursor, ddl);
			continue;
		}
		name = cursor_take_part(cursor);
		if (name == NULL)
			cursor_advance(cursor);
		else if (cursor->token.kind == TOKEN_OPEN && !is_harmless(name))
			ddl->calls_functions = true;
	}
}

/* WITH [RECURSIVE] a AS (...), b (x) AS MATERIALIZED (...) */
static void pass_common_tables(struct cursor *cursor)
{
	cursor_take(cursor, "recursive");
	do {
		cursor_take_part(cursor);
		cursor_take_group(cursor);
		cursor_take(cursor, "as");
		cursor_take(cursor, "not");
		cursor_take(cursor, "materialized");
		cursor_take_group(cursor);
		if (cursor_is(cursor, "search") || cursor_is(cursor, "cycle"))
			cursor_take_until(cursor,
			                  (const char *const[]){ ",", "select", "insert", "update",
			                                         "delete", "merge", NULL });
	} while (cursor_take(cursor, ","));
}

static void read_copy(struct cursor *cursor, struct ddl *ddl)
{
	ddl->kind = DDL_COPY;
	ddl->table = cursor_take_name(cursor);
	if (ddl->table.name != NULL)
		ddl->index_column_count = ddl_read_index_columns(cursor, &ddl->index_columns);
}

static void read_merge(struct cursor *cursor, struct ddl *ddl)
{
	ddl->kind = DDL_MERGE;
	cursor_take(cursor, "into");
	read_target(cursor, ddl);
	cursor_take_until(cursor, none);
}

static bool at_select(const struct cursor *cursor)
{
	static const char *const words[] = { "select", "values", "table", "(", NULL };

	return cursor_is_one_of(cursor, words);
}

bool ddl_read_query(struct cursor *cursor, struct ddl *ddl)
{
	if (cursor_take(cursor, "with"))
		pass_common_tables(cursor);
	if (cursor_take(cursor, "insert") || cursor_take(cursor, "replace"))
		read_insert(cursor, ddl);
	else if (cursor_take(cursor, "update"))
		read_update(cursor, ddl);
	else if (cursor_take(cursor, "delete"))
		read_delete(cursor, ddl);
	else if (cursor_take(cursor, "merge"))
		read_merge(cursor, ddl);
	else if (cursor_take(cursor, "copy"))
		read_copy(cursor, ddl);
	else if (at_select(cursor))
		read_select(cursor, ddl);
	else
		return false;
	return true;
}
