/* rows_postgres.c - what an INSERT into a table of PostgreSQL has to know. */
#include "rows.h"

#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>

/* By the type's name in pg_type; of a domain, its base's. */
static const struct {
	const char *name;
	enum rows_class class;
} classes[] = {
	{ "bool", ROWS_BOOLEAN },        { "int2", ROWS_INTEGER },
	{ "int4", ROWS_INTEGER },        { "int8", ROWS_INTEGER },
	{ "numeric", ROWS_INTEGER },     { "oid", ROWS_INTEGER },
	{ "float4", ROWS_REAL },         { "float8", ROWS_REAL },
	{ "money", ROWS_INTEGER },       { "text", ROWS_TEXT },
	{ "varchar", ROWS_TEXT },        { "bpchar", ROWS_TEXT },
	{ "name", ROWS_TEXT },           { "citext", ROWS_TEXT },
	{ "bytea", ROWS_BLOB },          { "date", ROWS_DATE },
	{ "time", ROWS_TIME },           { "timetz", ROWS_TIME },
	{ "timestamp", ROWS_TIMESTAMP }, { "timestamptz", ROWS_TIMESTAMP },
	{ "interval", ROWS_INTERVAL },   { "uuid", ROWS_UUID },
	{ "json", ROWS_JSON },           { "jsonb", ROWS_JSON },
	{ "inet", ROWS_NETWORK },        { "cidr", ROWS_NETWORK },
	{ "hstore", ROWS_TEXT },
};

/* Of each column: 0 name, 1 its type's kind, 2 its category, 3 its name, 4 characters at most, 5
 * nullable, 6 to be left out, 7 labels of an enum, quoted, 8 the parent's name, 9 and the query for
 * its values.  Columns of one key are sorted by the parent's first one. */
static const char query[] =
        "SELECT attname, b.typtype, b.typcategory, b.typname, CASE WHEN b.typname IN ('varchar', "
        "'bpchar') AND coalesce(nullif(atttypmod, -1), nullif(t.typtypmod, -1)) IS NOT NULL THEN "
        "coalesce(nullif(atttypmod, -1), t.typtypmod) - 4 ELSE 0 END, NOT (attnotnull OR "
        "t.typnotnull), attgenerated <> '' OR attidentity <> '' OR (atthasdef AND (t.typcategory "
        "NOT IN ('S', 'N') OR pg_get_expr(d.adbin, d.adrelid) LIKE '%(%')), (SELECT string_agg("
        "quote_literal(enumlabel), chr(1) ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = "
        "b.oid), CASE n.nspname WHEN 'public' THEN '' ELSE n.nspname || '.' END || p.relname, "
        "CASE WHEN p.oid IS NOT NULL THEN format('SELECT %I FROM %I.%I ORDER BY %I, 1', (SELECT "
        "attname FROM pg_attribute WHERE "
        "attrelid = p.oid AND attnum = k.confkey[k.place]), n.nspname, p.relname, (SELECT attname "
        "FROM pg_attribute WHERE attrelid = p.oid AND attnum = k.confkey[1])) END, a.attrelid::"
        "regclass FROM pg_attribute a JOIN pg_type t ON t.oid = atttypid JOIN pg_type b ON b.oid = "
        "CASE t.typtype WHEN 'd' THEN t.typbasetype ELSE t.oid END LEFT JOIN pg_attrdef d ON "
        "d.adrelid = attrelid AND d.adnum = attnum LEFT JOIN LATERAL (SELECT confrelid, confkey, "
        "array_position(conkey, attnum) AS place FROM pg_constraint WHERE conrelid = attrelid AND "
        "contype = 'f' AND attnum = ANY (conkey) ORDER BY conname LIMIT 1) k ON true LEFT JOIN "
        "pg_class p ON p.oid = k.confrelid LEFT JOIN pg_namespace n ON n.oid = p.relnamespace "
        "WHERE attrelid = (SELECT c.oid FROM pg_class c JOIN pg_namespace m ON m.oid = "
        "c.relnamespace WHERE CASE m.nspname WHEN 'public' THEN '' ELSE m.nspname || '.' END || "
        "c.relname = $1) AND attnum > 0 AND NOT attisdropped ORDER BY attnum";

static enum rows_class class_of(const char *kind, const char *category, const char *name)
{
	size_t i;

	if (kind[0] == 'e')
		return ROWS_TEXT;
	if (category[0] == 'A')
		return ROWS_ARRAY;
	if (kind[0] == 'r')
		return ROWS_RANGE;
	for (i = 0; i < sizeof(classes) / sizeof(classes[0]); i++)
		if (strcmp(classes[i].name, name) == 0)
			return classes[i].class;
	return ROWS_OTHER;
}

static void take_labels(struct arena *arena, struct rows_column *column, const char *joined)
{
	struct catalog_lines labels = { .arena = arena };

	while (*joined != '\0') {
		size_t size = strcspn(joined, "\1");

		catalog_line(&labels, arena_format(arena, "%.*s", (int)size, joined));
		joined += size + (joined[size] != '\0');
	}
	column->choices = labels.items;
	column->choice_count = labels.count;
}

static void describe_column(struct arena *arena, const struct rows_table *table,
                            struct rows_column *out, const PGresult *rows, int row)
{
	const char *name = PQgetvalue(rows, row, 0);

	out->name = value_quote(arena, name, '"');
	out->class = class_of(PQgetvalue(rows, row, 1), PQgetvalue(rows, row, 2),
	                      PQgetvalue(rows, row, 3));
	out->size_max = (uint32_t)strtoul(PQgetvalue(rows, row, 4), NULL, 10);
	out->is_nullable = PQgetvalue(rows, row, 5)[0] == 't';
	out->is_left_out = PQgetvalue(rows, row, 6)[0] == 't';
	if (PQgetisnull(rows, row, 7))
		rows_choices_of(arena, table->object, name, out);
	else
		take_labels(arena, out, PQgetvalue(rows, row, 7));
	if (PQgetisnull(rows, row, 8))
		return;
	out->parent_name = arena_copy(arena, text_of(PQgetvalue(rows, row, 8)));
	out->parent = arena_copy(arena, text_of(PQgetvalue(rows, row, 9)));
	out->is_left_out = false;
}

bool rows_describe_postgres(struct stage *stage, struct arena *arena, struct rows_table *table)
{
	const char *name = table->object->name;
	PGresult *rows = PQexecParams(stage_postgres(stage), query, 1, NULL, &name, NULL, NULL, 0);
	bool is_good = PQresultStatus(rows) == PGRES_TUPLES_OK && PQntuples(rows) > 0;
	int row;

	table->column_count = 0;
	if (is_good) {
		table->name = arena_copy(arena, text_of(PQgetvalue(rows, 0, 10)));
		table->columns = arena_array(arena, struct rows_column, (size_t)PQntuples(rows));
		for (row = 0; row < PQntuples(rows); row++)
			describe_column(arena, table, &table->columns[table->column_count++], rows,
			                row);
	}
	PQclear(rows);
	return is_good;
}
