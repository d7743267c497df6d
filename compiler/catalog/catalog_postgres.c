/* catalog_postgres.c - PostgreSQL's schema, as pg_catalog and its pg_get_...def() tell it. */
#include "catalog_queries.h"

#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>

static bool run(PGconn *connection, const char *sql)
{
	PGresult *result = PQexec(connection, sql);
	bool is_good = PQresultStatus(result) == PGRES_COMMAND_OK;

	PQclear(result);
	return is_good;
}

/* Lines with chr(1) between them. */
static void split_lines(struct arena *arena, struct catalog_object *object, const char *joined)
{
	struct catalog_lines lines = { .arena = arena };

	while (*joined != '\0') {
		size_t size = strcspn(joined, "\1");

		if (size > 0)
			catalog_line(&lines,
			             arena_copy(arena, (struct text){ (const unsigned char *)joined,
			                                              size }));
		joined += size + (joined[size] != '\0');
	}
	object->lines = lines.items;
	object->line_count = lines.count;
}

static enum catalog_kind made_with(const char *word, enum catalog_kind kind)
{
	if (strcmp(word, "index") == 0)
		return CATALOG_INDEX;
	return strcmp(word, "trigger") == 0 ? CATALOG_TRIGGER : kind;
}

static void add_row(struct catalog_builder *builder, enum catalog_kind kind, const PGresult *rows,
                    int row)
{
	struct arena *arena = builder->arena;
	struct catalog_object *object = arena_allocate(arena, sizeof(*object));
	const char *noun = PQgetvalue(rows, row, 0);
	const char *late = PQgetvalue(rows, row, 4);

	object->kind = kind;
	object->noun = noun[0] != '\0' ? arena_copy(arena, text_of(noun)) : NULL;
	object->name = arena_copy(arena, text_of(PQgetvalue(rows, row, 1)));
	split_lines(arena, object, PQgetvalue(rows, row, 2));
	object->sql = arena_copy(arena, text_of(PQgetvalue(rows, row, 3)));
	object->late = late[0] != '\0' ? arena_copy(arena, text_of(late)) : NULL;
	object->depth = (uint32_t)strtoul(PQgetvalue(rows, row, 5), NULL, 10);
	if (PQnfields(rows) > 7 && PQgetvalue(rows, row, 7)[0] != '\0')
		object->on = arena_copy(arena, text_of(PQgetvalue(rows, row, 7)));
	object->made_with = made_with(PQgetvalue(rows, row, 6), kind);
	catalog_add(builder, object);
}

static bool read_kind(struct catalog_builder *builder, PGconn *connection,
                      const struct catalog_query *query, const char *tracking)
{
	int count = strstr(query->sql, "$1") != NULL;
	PGresult *rows =
	        PQexecParams(connection, query->sql, count, NULL, &tracking, NULL, NULL, 0);
	bool is_good = PQresultStatus(rows) == PGRES_TUPLES_OK;
	int row;

	for (row = 0; is_good && row < PQntuples(rows); row++)
		add_row(builder, query->kind, rows, row);
	PQclear(rows);
	return is_good;
}

static bool is_same_text(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static bool is_same(const struct catalog_object *a, const struct catalog_object *b)
{
	size_t i;

	if (!is_same_text(a->sql, b->sql) || !is_same_text(a->late, b->late) ||
	    !is_same_text(a->noun, b->noun) || !is_same_text(a->on, b->on) ||
	    a->line_count != b->line_count || a->made_with != b->made_with || a->depth != b->depth)
		return false;
	for (i = 0; i < a->line_count; i++)
		if (strcmp(a->lines[i], b->lines[i]) != 0)
			return false;
	return true;
}

/* What is told of a column does not have what its type is: enough that one type changes. */
static void take_previous(struct catalog *catalog, const struct catalog *previous)
{
	size_t i;

	for (i = 0; i < catalog->count; i++) {
		const struct catalog_object *object = catalog->items[i];
		const struct catalog_object *older =
		        catalog_find(previous, object->kind, object->name);

		if (older != NULL && is_same(older, object))
			catalog->items[i] = older;
		else if (object->kind == CATALOG_TYPE)
			return;
	}
}

/* What the server said last, as long as nothing else is asked. */
static const char *in_one_line(struct arena *arena, const PGconn *connection)
{
	char *words = arena_copy(arena, text_trim(text_of(PQerrorMessage(connection))));
	char *at;

	for (at = words; (at = strpbrk(at, "\n\t")) != NULL;)
		*at = ' ';
	return words;
}

/* Nothing of what is set here stays, in the caller's transaction either. */
static void finish(PGconn *connection, bool is_inside)
{
	if (!is_inside)
		(void)run(connection, "ROLLBACK");
	else if (run(connection, "ROLLBACK TO inlay_catalog"))
		(void)run(connection, "RELEASE inlay_catalog");
}

struct catalog *catalog_postgres(struct arena *arena, PGconn *connection,
                                 const struct catalog *previous, const char *tracking,
                                 const char **trouble)
{
	struct catalog_builder builder = { .arena = arena };
	bool is_inside = PQtransactionStatus(connection) == PQTRANS_INTRANS;
	bool is_good = run(connection, is_inside ? "SAVEPOINT inlay_catalog" : "BEGIN READ ONLY") &&
	               run(connection, "SET LOCAL search_path = ''") &&
	               run(connection, "SET LOCAL quote_all_identifiers = off") &&
	               run(connection, "SET LOCAL jit = off"); /* It would take longer than they. */
	struct catalog *catalog;
	size_t i;

	for (i = 0; is_good && i < catalog_query_count; i++)
		is_good = read_kind(&builder, connection, &catalog_queries[i], tracking);
	if (!is_good)
		*trouble = in_one_line(arena, connection);
	finish(connection, is_inside);
	if (!is_good)
		return NULL;
	catalog = catalog_finish(&builder);
	if (previous != NULL)
		take_previous(catalog, previous);
	return catalog;
}
