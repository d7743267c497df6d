/* model_differential_test.c - after the same statements the model and a real database's catalog
 * say the same: tables, columns with their types, constraints with their names, indexes. */
#include "buffer.h"
#include "database.h"
#include "describe.h"

#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

/* ---- what is compared ------------------------------------------------------------------------ */

static const char *const both[] = {
	"CREATE TABLE a (id INTEGER PRIMARY KEY, b TEXT NOT NULL DEFAULT 'x', c VARCHAR(10) UNIQUE,"
	" d NUMERIC(10, 2) CHECK (d > 0), CHECK (b <> c), UNIQUE (b, c))",
	"CREATE TABLE p (x INTEGER, y INTEGER, z TEXT, PRIMARY KEY (x, y))",
	"CREATE TABLE f (id INTEGER PRIMARY KEY, a_id INTEGER REFERENCES a ON DELETE CASCADE,"
	" x INTEGER, y INTEGER, self INTEGER CONSTRAINT named REFERENCES f (id),"
	" FOREIGN KEY (x, y) REFERENCES p (x, y) ON UPDATE SET NULL)",
	"CREATE INDEX i1 ON a (b, c)",
	"CREATE UNIQUE INDEX i2 ON a (lower(b))",
	"CREATE INDEX i3 ON a (d) WHERE d > 5",
	"CREATE INDEX i4 ON p (z, y)",
	"ALTER TABLE a ADD COLUMN e BIGINT",
	"ALTER TABLE a ADD COLUMN \"F g\" TEXT NOT NULL DEFAULT ''",
	"ALTER TABLE a RENAME COLUMN b TO bb",
	"ALTER TABLE p RENAME TO pp",
	"ALTER TABLE a RENAME TO aa",
	"ALTER TABLE pp RENAME COLUMN x TO xx",
	"CREATE INDEX i5 ON aa (e)",
	"ALTER TABLE f ADD COLUMN gone TEXT",
	"ALTER TABLE f DROP COLUMN gone",
	"DROP INDEX i4",
	"CREATE TABLE t (a INTEGER)",
	"DROP TABLE t",
	"CREATE TABLE t (b TEXT)",
	"CREATE TABLE IF NOT EXISTS t (c INTEGER)",
	"CREATE VIEW v AS SELECT * FROM aa",
	NULL,
};

static const char *const sqlite_only[] = {
	"CREATE TABLE s (a, b \"odd type\", c UNSIGNED BIG INT, d DECIMAL( 10 , 5 ), [e f] text)",
	"CREATE TABLE k (a INTEGER PRIMARY KEY AUTOINCREMENT, b REFERENCES missing (x), c AS (a))",
	"CREATE TABLE w (a TEXT PRIMARY KEY, b) WITHOUT ROWID",
	"CREATE TABLE i (a INT PRIMARY KEY, b INT)",
	"CREATE TABLE st (a TEXT PRIMARY KEY, b INT) STRICT",
	"CREATE TABLE g (a INT, b INT GENERATED ALWAYS AS (a + 1) STORED, c GENERATED ALWAYS AS "
	"(a))",
	"CREATE TABLE r (a, b, PRIMARY KEY (a) UNIQUE (b) FOREIGN KEY (a) REFERENCES s)",
	/* A rebuild: what refers to it goes on doing so. */
	"CREATE TABLE child (s_id REFERENCES s (a) ON DELETE SET NULL)",
	"CREATE TABLE s_new (a INTEGER PRIMARY KEY, z)",
	"DROP TABLE s",
	"ALTER TABLE s_new RENAME TO s",
	"CREATE UNIQUE INDEX u ON S (Z COLLATE NOCASE DESC)",
	"ALTER TABLE I RENAME TO i_2",
	NULL,
};

static const char *const postgres_only[] = {
	"CREATE SCHEMA app",
	"CREATE TYPE mood AS ENUM ('a', 'b')",
	"CREATE DOMAIN years AS int CHECK (VALUE > 0)",
	"CREATE TABLE app.x (a serial PRIMARY KEY, b bigserial UNIQUE, c mood, d years, e int[],"
	" f timestamptz(3), g time, h interval, i double precision, j char(3), l float4,"
	" m text[] DEFAULT ARRAY['a', 'b'] NOT NULL, n int GENERATED ALWAYS AS IDENTITY,"
	" o int GENERATED ALWAYS AS (a * 2) STORED, q bit varying(5), r json, s uuid, t bool)",
	"ALTER TABLE app.x ADD CHECK (a > b), ADD CHECK (a > 0), ADD CHECK (a > 1),"
	" ADD CONSTRAINT n CHECK (i > 0) NOT VALID, ADD UNIQUE (a, b), ADD UNIQUE (a, b)",
	"CREATE TABLE y (a int REFERENCES app.x, b bigint REFERENCES app.x (b) ON DELETE CASCADE,"
	" c int, d int, r int4range, EXCLUDE USING gist (r WITH &&))",
	"CREATE INDEX ON y (c)",
	"CREATE INDEX ON y (c)",
	"CREATE INDEX ON y (lower(d::text), c)",
	"CREATE INDEX ON y ((c + d))",
	"CREATE UNIQUE INDEX y_cd ON y (c, d)",
	"ALTER TABLE y ALTER c SET NOT NULL, ALTER d SET NOT NULL",
	"ALTER TABLE y ADD CONSTRAINT y_key PRIMARY KEY USING INDEX y_cd",
	"ALTER TABLE y ALTER COLUMN d TYPE bigint, ALTER a DROP NOT NULL, ADD COLUMN e text UNIQUE",
	"ALTER TABLE y RENAME CONSTRAINT y_a_fkey TO first",
	"ALTER TABLE app.x SET SCHEMA public",
	"ALTER TABLE x RENAME TO xx",
	"ALTER INDEX y_c_idx RENAME TO renamed",
	"CREATE TABLE a_table_with_a_name_that_is_quite_long (a_column_whose_name_is_long_too int"
	" UNIQUE REFERENCES xx, another_column_whose_name_is_long int,"
	" UNIQUE (a_column_whose_name_is_long_too, another_column_whose_name_is_long))",
	"CREATE TABLE parent (a int, b date NOT NULL, PRIMARY KEY (a, b)) PARTITION BY RANGE (b)",
	"CREATE TABLE child PARTITION OF parent FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')",
	"CREATE TABLE loose (a int NOT NULL, b date NOT NULL)",
	"ALTER TABLE parent ATTACH PARTITION loose FOR VALUES FROM ('2027-01-01') TO "
	"('2028-01-01')",
	"CREATE TABLE gone (a int PRIMARY KEY)",
	"CREATE TABLE refers (a int REFERENCES gone, b int)",
	"DROP TABLE gone CASCADE",
	"CREATE INDEX refers_b ON refers (b)",
	"ALTER TABLE refers DROP COLUMN b",
	"ALTER SCHEMA app RENAME TO app2",
	"CREATE TABLE app2.z (a int)",
	"CREATE TABLE app2.zz (a int)",
	"DROP SCHEMA app2 CASCADE",
	NULL,
};

/* Those that are right for the database, which is asked one by one. */
static const char *run_all(struct database *database, struct arena *arena,
                           const char *const *const *lists)
{
	const char *sql = "";

	for (; *lists != NULL; lists++)
		for (const char *const *at = *lists; *at != NULL; at++) {
			database_run(database, *at);
			sql = arena_format(arena, "%s%s;\n", sql, *at);
		}
	return sql;
}

/* ---- SQLite ---------------------------------------------------------------------------------- */

/* A primary key that is the rowid is not null, whatever the pragma says. */
static const char sqlite_columns[] =
        "SELECT lower(t.name) || ' ' || lower(c.name) || ' ' ||"
        " replace(lower(c.type), ' ', '') || CASE WHEN c.\"notnull\" OR (c.pk > 0 AND"
        " lower(c.type) = 'integer' AND NOT EXISTS (SELECT 1 FROM pragma_table_xinfo(t.name) AS o"
        " WHERE o.pk > 1)) THEN ' not-null' ELSE '' END || CASE WHEN c.hidden > 1"
        " THEN ' generated' ELSE '' END FROM sqlite_schema AS t,"
        " pragma_table_xinfo(t.name) AS c WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%'";
static const char sqlite_indexes[] =
        "SELECT lower(t.name) || ' ' || lower(i.name) || ' ' || i.\"unique\" || ' ' ||"
        " (SELECT group_concat(coalesce(lower(c.name), '{}')) FROM pragma_index_info(i.name) AS c)"
        " FROM sqlite_schema AS t, pragma_index_list(t.name) AS i WHERE t.type = 'table' AND"
        " i.origin = 'c'";
static const char sqlite_keys[] =
        "SELECT lower(t.name) || ' ' || lower(f.\"table\") || ' ' || lower(f.\"from\") || ' ' ||"
        " coalesce(lower(f.\"to\"), '') || ' ' || lower(f.on_delete) FROM sqlite_schema AS t,"
        " pragma_foreign_key_list(t.name) AS f WHERE t.type = 'table'";
static const char sqlite_primary[] =
        "SELECT lower(t.name) || ' ' || group_concat(lower(c.name)) FROM sqlite_schema AS t,"
        " pragma_table_info(t.name) AS c WHERE t.type = 'table' AND c.pk > 0 AND"
        " t.name NOT LIKE 'sqlite_%' GROUP BY t.name";

/* Lower-case lines, sorted. */
struct lines {
	struct arena *arena;
	char **items;
	size_t count, capacity;
};

static void add_line(struct lines *lines, const char *line)
{
	char *copy = arena_copy(lines->arena, text_trim(text_of(line)));

	for (char *at = copy; *at != '\0'; at++)
		*at = (char)(*at >= 'A' && *at <= 'Z' ? *at | 0x20 : *at);
	lines->items = arena_grow(lines->arena, lines->items, lines->count, &lines->capacity,
	                          sizeof(*lines->items));
	lines->items[lines->count++] = copy;
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Says which lines only one of the two has. */
static size_t differences(const struct lines *a, const struct lines *b, const char *whose)
{
	size_t count = 0;

	for (size_t i = 0, j = 0; i < a->count; i++) {
		while (j < b->count && strcmp(b->items[j], a->items[i]) < 0)
			j++;
		if (j < b->count && strcmp(b->items[j], a->items[i]) == 0) {
			j++;
			continue;
		}
		print_error("only %s has: %s\n", whose, a->items[i]);
		count++;
	}
	return count;
}

static void sort(struct lines *lines)
{
	qsort(lines->items, lines->count, sizeof(*lines->items), compare);
}

static const char *type_text(struct arena *arena, const struct ddl_type *type, bool spaces)
{
	const char *name = type->name != NULL ? type->name : "";
	char *text = arena_format(arena, "%s%s%s%s%s", name, type->arguments != NULL ? "(" : "",
	                          type->arguments != NULL ? type->arguments : "",
	                          type->arguments != NULL ? ")" : "", type->is_array ? "[]" : "");
	char *to = text;

	for (char *from = text; *from != '\0'; from++)
		if (*from != '"' && (*from != ' ' || spaces))
			*to++ = *from;
	*to = '\0';
	return text;
}

static const char *join(struct arena *arena, const char *const *columns, size_t count)
{
	const char *text = "";

	for (size_t i = 0; i < count; i++)
		text = arena_format(arena, "%s%s%s", text, i > 0 ? "," : "",
		                    columns[i] != NULL ? columns[i] : "{}");
	return text;
}

static const char *join_index(struct arena *arena, const struct schema_index *index)
{
	const char **names = arena_array(arena, const char *, index->column_count + 1);

	for (size_t i = 0; i < index->column_count; i++)
		names[i] = index->columns[i].name;
	return join(arena, names, index->column_count);
}

typedef void add_lines(struct lines *lines, const struct schema_table *table);

static void expect_same(struct database *database, const struct schema *schema, const char *sql,
                        add_lines *add)
{
	struct lines ours = { .arena = schema->arena }, theirs = { .arena = schema->arena };
	struct text answer = text_of(database_ask(database, sql));

	while (answer.size > 0)
		add_line(&theirs, arena_copy(schema->arena, text_next_word(&answer, "\n")));
	for (size_t i = 0; i < schema->table_count; i++)
		add(&ours, &schema->tables[i]);
	sort(&ours);
	sort(&theirs);
	assert_true(ours.count > 0);
	assert_int_equal(differences(&ours, &theirs, "the model") +
	                         differences(&theirs, &ours, "the database"),
	                 0);
}

static void add_sqlite_columns(struct lines *lines, const struct schema_table *table)
{
	for (size_t i = 0; i < table->column_count; i++) {
		const struct schema_column *column = &table->columns[i];

		add_line(lines,
		         arena_format(lines->arena, "%s %s %s%s%s", table->name.name, column->name,
		                      type_text(lines->arena, &column->type, false),
		                      column->not_null ? " not-null" : "",
		                      column->generated ? " generated" : ""));
	}
}

static void add_sqlite_indexes(struct lines *lines, const struct schema_table *table)
{
	for (size_t i = 0; i < table->index_count; i++)
		add_line(lines, arena_format(lines->arena, "%s %s %d %s", table->name.name,
		                             table->indexes[i].name.name, table->indexes[i].unique,
		                             join_index(lines->arena, &table->indexes[i])));
}

static void add_sqlite_keys(struct lines *lines, const struct schema_table *table)
{
	for (size_t i = 0; i < table->constraint_count; i++) {
		const struct schema_constraint *key = &table->constraints[i];
		const char *on_delete = key->reference.on_delete;

		for (size_t j = 0; j < key->column_count && key->kind == CONSTRAINT_FOREIGN_KEY;
		     j++)
			add_line(lines,
			         arena_format(lines->arena, "%s %s %s %s %s", table->name.name,
			                      key->reference.table.name, key->columns[j],
			                      key->reference.column_count > 0
			                              ? key->reference.columns[j]
			                              : "",
			                      on_delete != NULL ? on_delete : "no action"));
	}
}

static void add_sqlite_primary(struct lines *lines, const struct schema_table *table)
{
	for (size_t i = 0; i < table->constraint_count; i++)
		if (table->constraints[i].kind == CONSTRAINT_PRIMARY_KEY)
			add_line(lines,
			         arena_format(lines->arena, "%s %s", table->name.name,
			                      join(lines->arena, table->constraints[i].columns,
			                           table->constraints[i].column_count)));
}

static void agrees_with_sqlite(void **state)
{
	const char *const *const lists[] = { both, sqlite_only, NULL };
	struct database *database = *state;
	struct arena arena = { 0 };
	struct schema schema;

	describe_apply(&schema, &arena, run_all(database, &arena, lists), DIALECT_SQLITE);
	expect_same(database, &schema, sqlite_columns, add_sqlite_columns);
	expect_same(database, &schema, sqlite_indexes, add_sqlite_indexes);
	expect_same(database, &schema, sqlite_keys, add_sqlite_keys);
	expect_same(database, &schema, sqlite_primary, add_sqlite_primary);
	arena_clear(&arena);
}

/* ---- PostgreSQL ------------------------------------------------------------------------------ */

#define OURS                                                                                       \
	"n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema' AND "                   \
	"c.relkind IN ('r', 'p')"

static const char postgres_columns[] =
        "SELECT c.relname || ' ' || a.attname || ' ' ||"
        " regexp_replace(format_type(a.atttypid, a.atttypmod), '\"', '', 'g') ||"
        " CASE WHEN a.attnotnull THEN ' not-null' ELSE '' END || CASE WHEN a.attgenerated <> ''"
        " THEN ' generated' ELSE '' END || CASE WHEN a.attidentity <> '' THEN ' identity'"
        " ELSE '' END"
        " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON"
        " a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped WHERE " OURS;
static const char postgres_constraints[] =
        "SELECT c.relname || ' ' || k.conname || ' ' || k.contype::text || CASE WHEN k.contype = "
        "'c'"
        " THEN '' ELSE ' ' || coalesce((SELECT string_agg(a.attname, ',' ORDER BY o.i)"
        " FROM unnest(k.conkey) WITH ORDINALITY o(n, i) JOIN pg_attribute a ON"
        " a.attrelid = c.oid AND a.attnum = o.n), '') END || CASE WHEN k.contype = 'f' "
        "THEN ' ' ||"
        " (SELECT relname FROM pg_class WHERE oid = k.confrelid) ELSE '' END ||"
        " CASE WHEN k.convalidated THEN '' ELSE ' not-valid' END"
        " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_constraint "
        "k ON"
        " k.conrelid = c.oid WHERE " OURS;
static const char postgres_indexes[] =
        "SELECT c.relname || ' ' || x.relname || CASE WHEN i.indisunique THEN ' unique' "
        "ELSE ''"
        " END FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_index "
        "i ON"
        " i.indrelid = c.oid JOIN pg_class x ON x.oid = i.indexrelid WHERE " OURS
        " AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid AND"
        " k.conrelid = c.oid) AND c.relname <> 'loose'";

/* The catalog has serial columns as what they are, and precision inside a type's name. */
static const char *catalog_type(struct arena *arena, const struct ddl_type *type)
{
	static const char *const serials[][2] = { { "serial", "integer" },
		                                  { "bigserial", "bigint" } };
	const char *text = type_text(arena, type, true);
	const char *zone = strstr(text, " with");

	for (size_t i = 0; i < 2; i++)
		if (strcmp(text, serials[i][0]) == 0)
			return serials[i][1];
	if (strcmp(text, "character") == 0)
		return "character(1)";
	if (zone != NULL && type->arguments != NULL)
		return arena_format(arena, "%.*s(%s)%.*s", (int)(zone - text), text,
		                    type->arguments, (int)strcspn(zone, "("), zone);
	return text;
}

static void add_postgres_columns(struct lines *lines, const struct schema_table *table)
{
	for (size_t i = 0; i < table->column_count; i++) {
		const struct schema_column *column = &table->columns[i];

		add_line(lines,
		         arena_format(lines->arena, "%s %s %s%s%s%s", table->name.name,
		                      column->name, catalog_type(lines->arena, &column->type),
		                      column->not_null ? " not-null" : "",
		                      column->generated ? " generated" : "",
		                      column->identity ? " identity" : ""));
	}
}

static void add_postgres_constraints(struct lines *lines, const struct schema_table *table)
{
	static const char letters[] = {
		[CONSTRAINT_PRIMARY_KEY] = 'p', [CONSTRAINT_UNIQUE] = 'u',
		[CONSTRAINT_CHECK] = 'c',       [CONSTRAINT_FOREIGN_KEY] = 'f',
		[CONSTRAINT_EXCLUDE] = 'x',     [CONSTRAINT_NOT_NULL] = 'n'
	};

	for (size_t i = 0; i < table->constraint_count; i++) {
		const struct schema_constraint *key = &table->constraints[i];
		bool is_check = key->kind == CONSTRAINT_CHECK;
		bool is_foreign = key->kind == CONSTRAINT_FOREIGN_KEY;

		add_line(
		        lines,
		        arena_format(
		                lines->arena, "%s %s %c%s%s%s%s%s", table->name.name, key->name,
		                letters[key->kind], is_check ? "" : " ",
		                is_check ? "" : join(lines->arena, key->columns, key->column_count),
		                is_foreign ? " " : "", is_foreign ? key->reference.table.name : "",
		                key->valid ? "" : " not-valid"));
	}
}

static void add_postgres_indexes(struct lines *lines, const struct schema_table *table)
{
	for (size_t i = 0; i < table->index_count; i++)
		add_line(lines, arena_format(lines->arena, "%s %s%s", table->name.name,
		                             table->indexes[i].name.name,
		                             table->indexes[i].unique ? " unique" : ""));
}

static void agrees_with_postgres(void **state)
{
	const char *const *const lists[] = { both, postgres_only, NULL };
	struct database *database = *state;
	struct arena arena = { 0 };
	struct schema schema;

	describe_apply(&schema, &arena, run_all(database, &arena, lists), DIALECT_POSTGRES);
	expect_same(database, &schema, postgres_columns, add_postgres_columns);
	expect_same(database, &schema, postgres_constraints, add_postgres_constraints);
	expect_same(database, &schema, postgres_indexes, add_postgres_indexes);
	arena_clear(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DATABASE_TEST_SQLITE(agrees_with_sqlite),
		DATABASE_TEST_POSTGRES(agrees_with_postgres),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
