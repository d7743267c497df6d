/* model_test.c - the history as a model: what statements make of it, as text
 * (tests/support/describe.h), and the questions asked of it.  What a real database's catalog says
 * of the same is model_differential_test.c's. */
#include "ddl_rows.h"
#include "describe.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

struct row {
	enum dialect dialect;
	const char *sql;
	const char *expected;
};

static const struct row rows[] = {
	{ DIALECT_POSTGRES, "CREATE TABLE t (a int); CREATE TABLE t (b int)", "t (a integer)\n" },
	{ DIALECT_POSTGRES,
	  "CREATE TABLE public.t (a int); ALTER TABLE t ADD b int; DROP TABLE public.t", "" },
	{ DIALECT_POSTGRES, "CREATE TEMP TABLE t (a int); ALTER TABLE t ADD b int",
	  "pg_temp.t temporary (a integer, b integer)\n" },
	{ DIALECT_POSTGRES,
	  "CREATE TABLE t (a int); CREATE TEMP TABLE t (b int); ALTER TABLE t ADD c int;"
	  " DROP TABLE t; ALTER TABLE t ADD d int",
	  "t (a integer, d integer)\n" },
	{ DIALECT_POSTGRES,
	  "CREATE TABLE t AS SELECT 1; CREATE TABLE u (LIKE t); CREATE TABLE v () INHERITS"
	  " (t)",
	  "t opaque ()\nu opaque ()\nv opaque ()\n" },
	{ DIALECT_POSTGRES,
	  "CREATE VIEW v AS SELECT 1; CREATE OR REPLACE VIEW v AS SELECT 2; CREATE"
	  " MATERIALIZED VIEW m AS SELECT 1; ALTER VIEW v RENAME TO w; ALTER TABLE m SET"
	  " SCHEMA app",
	  "matview app.m\nview w\n" },
	{ DIALECT_POSTGRES,
	  "CREATE VIEW v AS SELECT 1; DROP VIEW v; CREATE VIEW w AS SELECT 1; DROP TABLE w",
	  "view w\n" },
	{ DIALECT_POSTGRES,
	  "CREATE TABLE t (a int); CREATE VIEW v AS SELECT a FROM t; CREATE VIEW w AS"
	  " SELECT 1; DROP TABLE t CASCADE",
	  "view w\n" },
	{ DIALECT_POSTGRES,
	  "CREATE TYPE e AS ENUM ('a', 'b'); ALTER TYPE e ADD VALUE 'c'; ALTER TYPE e"
	  " RENAME VALUE 'a' TO 'd'; ALTER TYPE e RENAME TO f; CREATE TYPE g AS (a int);"
	  " DROP TYPE g",
	  "type f 'd' 'b' 'c'\n" },
	{ DIALECT_POSTGRES,
	  "CREATE DOMAIN a AS int; CREATE DOMAIN b AS int NOT NULL; CREATE DOMAIN c AS int"
	  " CHECK (VALUE > 0); CREATE DOMAIN d AS int; ALTER DOMAIN d ADD CHECK (VALUE >"
	  " 1); DROP DOMAIN b",
	  "domain a\ndomain c check\ndomain d check\n" },
	{ DIALECT_POSTGRES,
	  "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE PROCEDURE p()"
	  " LANGUAGE sql AS 'SELECT 1'; ALTER FUNCTION f() RENAME TO g; DROP PROCEDURE p",
	  "function g\n" },
	{ DIALECT_POSTGRES,
	  "CREATE SEQUENCE s; ALTER SEQUENCE s RENAME TO t; CREATE SEQUENCE u; DROP"
	  " SEQUENCE u",
	  "sequence t\n" },
	{ DIALECT_POSTGRES,
	  "CREATE SCHEMA a; CREATE TABLE a.t (a int); CREATE INDEX i ON a.t (a); CREATE"
	  " VIEW a.v AS SELECT 1; ALTER SCHEMA a RENAME TO b; CREATE TABLE t (a int"
	  " REFERENCES b.t)",
	  "b.t (a integer); index b.i [a]\nschema b\nt (a integer); fkey t_a_fkey(a)"
	  " ->b.t\nview b.v\n" },
	{ DIALECT_POSTGRES,
	  "CREATE SCHEMA a; CREATE TABLE a.t (a int); CREATE VIEW a.v AS SELECT 1; CREATE"
	  " TABLE t (a int REFERENCES a.t); DROP SCHEMA a CASCADE",
	  "t (a integer)\n" },
	{ DIALECT_POSTGRES,
	  "CREATE TABLE t (a int); CREATE TRIGGER g BEFORE INSERT ON t EXECUTE FUNCTION"
	  " f(); CREATE TRIGGER h AFTER DELETE ON t EXECUTE FUNCTION f(); DROP TRIGGER g ON"
	  " t; ALTER TABLE t RENAME TO u",
	  "u (a integer); trigger h after delete\n" },
	{ DIALECT_POSTGRES,
	  "CREATE VIEW v AS SELECT 1; CREATE TRIGGER g INSTEAD OF INSERT ON v EXECUTE"
	  " FUNCTION f()",
	  "trigger g\nview v\n" },
	{ DIALECT_POSTGRES,
	  "CREATE TABLE t (a int CHECK (a > 0), b int, CHECK (a > b)); ALTER TABLE t RENAME"
	  " a TO c; CREATE INDEX i ON t (lower(c), (c + 1)) WHERE c > 0; ALTER TABLE t"
	  " RENAME c TO \"D e\"",
	  "t (D e integer, b integer); check t_a_check {\"D e\" > 0}; check t_check {\"D"
	  " e\" > b}; index i [{lower(\"D e\")}] [{(\"D e\" + 1)}] where{\"D e\" > 0}\n" },
	{ DIALECT_POSTGRES,
	  "CREATE TABLE t (a int, b int, UNIQUE (a, b), CHECK (b > 0)); CREATE INDEX i ON t"
	  " (b); CREATE INDEX j ON t (a) WHERE b > 0; CREATE INDEX k ON t ((b + 1)); CREATE"
	  " INDEX l ON t (a) INCLUDE (b); CREATE INDEX m ON t (a); ALTER TABLE t DROP b",
	  "t (a integer); index m [a]\n" },
	{ DIALECT_POSTGRES,
	  "CREATE TABLE t (a int UNIQUE); CREATE TABLE u (a int REFERENCES t (a)); ALTER"
	  " TABLE t DROP a CASCADE",
	  "t ()\nu (a integer)\n" },
	{ DIALECT_POSTGRES,
	  "CREATE TABLE t (a int); ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0) NOT VALID;"
	  " ALTER TABLE t VALIDATE CONSTRAINT c; ALTER TABLE t RENAME CONSTRAINT c TO d;"
	  " ALTER TABLE t ADD CONSTRAINT e CHECK (a > 1), DROP CONSTRAINT d",
	  "t (a integer); check e {a > 1}\n" },
	{ DIALECT_POSTGRES,
	  "CREATE TABLE t (a int, b text DEFAULT 'x'); ALTER TABLE t ALTER a SET DEFAULT 1,"
	  " ALTER b DROP DEFAULT, ALTER a TYPE bigint, ALTER a SET NOT NULL; ALTER TABLE t"
	  " ALTER a DROP NOT NULL, ALTER a SET DEFAULT NULL",
	  "t (a bigint, b text)\n" },
	{ DIALECT_POSTGRES,
	  "CREATE TABLE t (a int GENERATED ALWAYS AS IDENTITY, b int GENERATED ALWAYS AS"
	  " (a) STORED); ALTER TABLE t ALTER a DROP IDENTITY, ALTER b DROP EXPRESSION;"
	  " CREATE TABLE u (a int NOT NULL); ALTER TABLE u ALTER a ADD GENERATED ALWAYS AS"
	  " IDENTITY",
	  "t (a integer not-null, b integer)\nu (a integer not-null identity)\n" },
	{ DIALECT_POSTGRES,
	  "CREATE TABLE p (a int PRIMARY KEY) PARTITION BY RANGE (a); CREATE TABLE q"
	  " PARTITION OF p DEFAULT PARTITION BY RANGE (a); CREATE TABLE r PARTITION OF q"
	  " DEFAULT; CREATE TABLE s PARTITION OF unknown DEFAULT; ALTER TABLE p RENAME TO"
	  " pp",
	  "pp partitioned (a integer not-null); pkey p_pkey(a)\nq partitioned of:pp (a"
	  " integer not-null); pkey q_pkey(a)\nr of:q (a integer not-null); pkey"
	  " r_pkey(a)\ns opaque of:unknown ()\n" },
	{ DIALECT_POSTGRES,
	  "CREATE TABLE p (a int) PARTITION BY RANGE (a); CREATE TABLE q PARTITION OF p"
	  " DEFAULT PARTITION BY RANGE (a); CREATE TABLE r PARTITION OF q DEFAULT; CREATE"
	  " TABLE s PARTITION OF unknown DEFAULT; DROP TABLE p",
	  "s opaque of:unknown ()\n" },
	{ DIALECT_POSTGRES,
	  "CREATE TABLE p (a int) PARTITION BY RANGE (a); CREATE TABLE q (a int); ALTER"
	  " TABLE p ATTACH PARTITION q DEFAULT; ALTER TABLE p DETACH PARTITION q; ALTER"
	  " TABLE p ATTACH PARTITION p DEFAULT",
	  "p partitioned of:p (a integer)\nq (a integer)\n" },
	{ DIALECT_POSTGRES,
	  "CREATE TABLE a (x int); CREATE TABLE b (x int); CREATE TABLE c (x int); CREATE"
	  " INDEX i ON c (x); DROP TABLE a; CREATE INDEX j ON c (x); DROP INDEX i, missing;"
	  " DROP TABLE b, missing",
	  "c (x integer); index j [x]\n" },
	{ DIALECT_POSTGRES, "CREATE TABLE t (a int); DO $$ BEGIN RAISE NOTICE 'x'; END $$",
	  "t (a integer)\nopaque\n" },
	{ DIALECT_POSTGRES, "CREATE TABLE t (a int); DO $$ BEGIN DROP TABLE t; END $$",
	  "t (a integer)\nopaque, uncertain\n" },
	{ DIALECT_POSTGRES, "CREATE TABLE t (a int); SELECT create_hypertable('t', 'a')",
	  "t (a integer)\nopaque, uncertain\n" },
	{ DIALECT_POSTGRES,
	  "CREATE TABLE t (a int); SELECT setval('s', (SELECT max(a) FROM t)); CREATE"
	  " EXTENSION pgcrypto; SET search_path = public, app; SET LOCAL search_path TO"
	  " 'pg_catalog'",
	  "extension pgcrypto\nt (a integer)\n" },
	{ DIALECT_POSTGRES, "CREATE TABLE t (a int); CREATE EXTENSION postgis",
	  "extension postgis\nt (a integer)\nopaque\n" },
	{ DIALECT_POSTGRES, "SET search_path = app", "opaque, uncertain\n" },
	{ DIALECT_POSTGRES, "CALL p()", "opaque, uncertain\n" },
	{ DIALECT_POSTGRES, "EXECUTE x", "opaque, uncertain\n" },
	{ DIALECT_POSTGRES, "SELECT * INTO t FROM u", "t opaque ()\n" },
	{ DIALECT_POSTGRES, "CREATE SCHEMA s CREATE TABLE t (a int)", "schema s\nopaque\n" },
	{ DIALECT_POSTGRES, "ALTER TABLE unknown ADD a int; CREATE TABLE t (a int)",
	  "t (a integer)\npartial\n" },
	{ DIALECT_POSTGRES, "CREATE TABLE t (a int); ALTER TABLE unknown ADD a int",
	  "t (a integer)\n" },
	{ DIALECT_POSTGRES, "CREATE TABLE t (a int REFERENCES unknown)",
	  "t (a integer); fkey t_a_fkey(a) ->unknown\npartial\n" },
	{ DIALECT_POSTGRES,
	  "DELETE FROM pg_catalog.pg_class; INSERT INTO auth.users VALUES (1); DROP TABLE"
	  " IF EXISTS x; ALTER TABLE IF EXISTS x ADD a int",
	  "" },
	{ DIALECT_POSTGRES,
	  "CREATE INDEX i ON unknown (a); ALTER INDEX i RENAME TO j; DROP INDEX i; DROP"
	  " TRIGGER g ON unknown; ALTER TYPE unknown ADD VALUE 'x'",
	  "partial\n" },
	{ DIALECT_SQLITE,
	  "CREATE TABLE T (A INTEGER PRIMARY KEY, b); ALTER TABLE t ADD C; ALTER TABLE T"
	  " RENAME a TO d; CREATE INDEX I ON t (B); DROP INDEX i",
	  "T (d integer not-null, b, C); pkey(d)\n" },
	{ DIALECT_SQLITE,
	  "CREATE TABLE t (a PRIMARY KEY, b REFERENCES u); CREATE TABLE u (x); ALTER TABLE"
	  " u RENAME TO v; DROP TABLE v",
	  "t (a, b); pkey(a); fkey(b) ->v\n" },
	{ DIALECT_SQLITE,
	  "CREATE TABLE t (a); CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT 1; END;"
	  " CREATE TRIGGER h AFTER INSERT ON t BEGIN SELECT 1; END; DROP TRIGGER G; ALTER"
	  " TABLE t RENAME TO u; DROP TRIGGER h",
	  "u (a)\n" },
	{ DIALECT_SQLITE,
	  "CREATE TABLE t (a); CREATE VIEW v AS SELECT a FROM t; CREATE TRIGGER g INSTEAD"
	  " OF INSERT ON v BEGIN SELECT 1; END; DROP TABLE t",
	  "trigger g\nview v\n" },
	{ DIALECT_SQLITE,
	  "CREATE VIRTUAL TABLE f USING fts5(a); CREATE TABLE c AS SELECT 1; CREATE TABLE"
	  " temp.t (a); CREATE TEMP TABLE u (a)",
	  "c opaque ()\nf opaque ()\ntemp.t temporary (a)\ntemp.u temporary (a)\n" },
	{ DIALECT_SQLITE,
	  "CREATE TABLE t (a INT PRIMARY KEY, b INTEGER, PRIMARY KEY (b)); CREATE TABLE w"
	  " (a TEXT PRIMARY KEY) WITHOUT ROWID",
	  "t (a int, b integer not-null); pkey(a); pkey(b)\nw without-rowid (a text"
	  " not-null); pkey(a)\n" },
	{ DIALECT_SQLITE,
	  "CREATE VIEW v AS SELECT 1; CREATE TRIGGER g INSTEAD OF INSERT ON v BEGIN SELECT 1; END;"
	  " DROP VIEW v",
	  "" },
	{ DIALECT_SQLITE, "ATTACH 'x' AS y", "opaque, uncertain\n" },
	{ DIALECT_SQLITE, "SELECT load_extension('x')", "opaque, uncertain\n" },
	{ DIALECT_SQLITE,
	  "CREATE TABLE t (a, b UNIQUE); ALTER TABLE t RENAME TO t; ALTER TABLE t RENAME b"
	  " TO a; ALTER TABLE t DROP b",
	  "t (a)\n" },
	{ DIALECT_POSTGRES,
	  "CREATE TABLE t (a int, b int); CREATE VIEW v AS SELECT a FROM t; CREATE VIEW w"
	  " AS SELECT * FROM v; CREATE VIEW x AS SELECT b FROM t; ALTER TABLE t DROP a"
	  " CASCADE",
	  "t (b integer)\nview x\n" },
	{ DIALECT_POSTGRES,
	  "CREATE VIEW v AS SELECT 1; CREATE VIEW w AS SELECT * FROM v; CREATE VIEW x AS"
	  " SELECT * FROM w; CREATE VIEW y AS SELECT 2; DROP VIEW v CASCADE",
	  "view y\n" },
	{ DIALECT_POSTGRES,
	  "CREATE TYPE e AS ENUM ('a'); CREATE TABLE t (a int, b e); DROP TYPE e CASCADE;"
	  " CREATE EXTENSION hstore; DROP EXTENSION hstore CASCADE",
	  "t (a integer)\n" },
	{ DIALECT_POSTGRES,
	  "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS ''; CREATE TABLE t (a"
	  " int); CREATE TRIGGER g AFTER INSERT ON t EXECUTE FUNCTION f(); DROP FUNCTION f"
	  " CASCADE",
	  "t (a integer)\n" },
};

static void follows_statements(void **state)
{
	size_t wrong = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena arena = { 0 };
		struct schema schema;
		const char *received;

		describe_apply(&schema, &arena, rows[i].sql, rows[i].dialect);
		received = describe_schema(&arena, &schema);
		if (strcmp(received, rows[i].expected) != 0) {
			print_error("%s\nis\n%sand not\n%s", rows[i].sql, received,
			            rows[i].expected);
			wrong++;
		}
		arena_clear(&arena);
	}
	assert_int_equal(wrong, 0);
}

/* ---- questions ------------------------------------------------------------------------------- */

static void knows_keys_and_indexes(void **state)
{
	static const struct {
		const char *columns[2];
		bool is_indexed;
		bool is_unique;
	} questions[] = {
		{ { "a", "b" }, true, true },   { { "b", "a" }, true, true },
		{ { "a", NULL }, true, false }, { { "b", NULL }, false, false },
		{ { "c", NULL }, true, true },  { { "d", NULL }, true, false },
		{ { "e", NULL }, true, true },  { { "f", NULL }, false, false },
		{ { "c", "d" }, false, false },
	};
	struct arena arena = { 0 };
	struct schema schema;
	struct schema_table *table;

	(void)state;
	describe_apply(&schema, &arena,
	               "CREATE TABLE t (a int, b int, c int UNIQUE, d int, e int, f int,"
	               " PRIMARY KEY (a, b)); CREATE INDEX i ON t (d, e); "
	               "CREATE UNIQUE INDEX j ON t (e); CREATE UNIQUE INDEX k ON t (f) WHERE f > 0",
	               DIALECT_POSTGRES);
	table = schema_table(&schema, (struct name){ .name = "t" });
	assert_non_null(table);
	for (size_t i = 0; i < COUNT(questions); i++) {
		size_t count = questions[i].columns[1] != NULL ? 2 : 1;

		assert_int_equal(schema_has_index(&schema, table, questions[i].columns, count),
		                 questions[i].is_indexed);
		assert_int_equal(schema_is_unique(&schema, table, questions[i].columns, count),
		                 questions[i].is_unique);
	}
	assert_ptr_equal(schema_primary_key(table), schema_constraint(&schema, table, "t_pkey"));
	assert_null(schema_constraint(&schema, table, "other"));
	arena_clear(&arena);
}

static void knows_what_is_missing(void **state)
{
	struct arena arena = { 0 };
	struct schema schema;

	(void)state;
	describe_apply(&schema, &arena,
	               "CREATE TABLE t (a int); CREATE VIEW v AS SELECT 1; CREATE SCHEMA s",
	               DIALECT_POSTGRES);
	assert_true(schema_is_missing(&schema, (struct name){ .name = "u" }));
	assert_true(schema_is_missing(&schema, (struct name){ .schema = "s", .name = "t" }));
	assert_false(schema_is_missing(&schema, (struct name){ .name = "t" }));
	assert_false(schema_is_missing(&schema, (struct name){ .name = "v" }));
	assert_false(schema_is_missing(&schema, (struct name){ .schema = "x", .name = "t" }));
	assert_false(schema_is_missing(&schema, (struct name){ .name = "pg_class" }));
	schema.is_opaque = true;
	assert_false(schema_is_missing(&schema, (struct name){ .name = "u" }));
	arena_clear(&arena);
}

static void finds_names_in_text(void **state)
{
	struct arena arena = { 0 };
	struct schema schema;
	struct text text = text_of("SELECT Aa, \"b\" FROM t -- c\nWHERE 'd' = e");

	(void)state;
	schema_create(&schema, &arena, DIALECT_POSTGRES);
	assert_true(schema_mentions(&schema, text, "aa"));
	assert_true(schema_mentions(&schema, text, "b"));
	assert_true(schema_mentions(&schema, text, "e"));
	assert_false(schema_mentions(&schema, text, "a"));
	assert_false(schema_mentions(&schema, text, "c"));
	assert_false(schema_mentions(&schema, text, "d"));
	assert_false(schema_mentions(&schema, (struct text){ NULL, 0 }, "a"));
	arena_clear(&arena);
}

/* Temporary tables end with the migration that makes them; origins stay. */
static void knows_migrations(void **state)
{
	static const struct migration first, second;
	struct arena arena = { 0 };
	struct schema schema;
	size_t count;
	const struct statement *statements = describe_split(
	        &arena,
	        "CREATE TEMP TABLE t (a int); CREATE TABLE u (a int); ALTER TABLE u ADD b int",
	        DIALECT_POSTGRES, &count);

	(void)state;
	schema_create(&schema, &arena, DIALECT_POSTGRES);
	for (size_t i = 0; i < count; i++) {
		struct ddl ddl = ddl_read(&arena, &statements[i], DIALECT_POSTGRES);

		assert_int_equal(schema_table(&schema, (struct name){ .name = "t" }) != NULL,
		                 i == 1 || i == 2);
		schema_apply(&schema, &ddl,
		             (struct origin){ .migration = i < 2 ? &first : &second,
		                              .released = i < 2 });
	}
	assert_string_equal(describe_schema(&arena, &schema), "u (a integer, b integer)\n");
	assert_ptr_equal(schema.tables[0].origin.migration, &first);
	assert_true(schema.tables[0].columns[0].origin.released);
	assert_ptr_equal(schema.tables[0].columns[1].origin.migration, &second);
	arena_clear(&arena);
}

/* ---- any statements in any order ------------------------------------------------------------- */

static void check_lookups(const struct schema *schema)
{
	for (size_t i = 0; i < schema->table_count; i++) {
		struct schema_table *table = &schema->tables[i];
		struct schema_table *of = NULL;

		if (table->name.schema != NULL)
			assert_ptr_equal(schema_table(schema, table->name), table);
		for (size_t j = 0; j < table->column_count; j++)
			assert_ptr_equal(schema_column(schema, table, table->columns[j].name),
			                 &table->columns[j]);
		for (size_t j = 0; j < table->index_count; j++) {
			assert_ptr_equal(schema_index(schema, table->indexes[j].name, &of),
			                 &table->indexes[j]);
			assert_ptr_equal(of, table);
		}
	}
	for (size_t i = 0; i < schema->object_count; i++)
		assert_ptr_equal(
		        schema_object(schema, schema->objects[i].kind, schema->objects[i].name),
		        &schema->objects[i]);
}

static void stays_whole(enum dialect dialect)
{
	struct arena arena = { 0 };
	struct schema schema;
	uint64_t seed = 1;
	size_t count;
	const struct ddl_row *statements = ddl_rows(dialect, &count);

	schema_create(&schema, &arena, dialect);
	for (size_t i = 0; i < 20000; i++) {
		struct statement *statement = arena_array(&arena, struct statement, 1);
		struct ddl ddl;

		seed = seed * 6364136223846793005u + 1442695040888963407u;
		statement->text = text_of(statements[(size_t)(seed >> 33) % count].sql);
		statement->standard_conforming_strings = true;
		ddl = ddl_read(&arena, statement, dialect);
		schema_apply(&schema, &ddl, (struct origin){ .statement = statement });
		if (i % 16 == 0)
			check_lookups(&schema);
	}
	assert_true(schema.table_count > 0);
	arena_clear(&arena);
}

static void stays_whole_in_postgres(void **state)
{
	(void)state;
	stays_whole(DIALECT_POSTGRES);
}

static void stays_whole_in_sqlite(void **state)
{
	(void)state;
	stays_whole(DIALECT_SQLITE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(follows_statements),    cmocka_unit_test(knows_keys_and_indexes),
		cmocka_unit_test(knows_what_is_missing), cmocka_unit_test(finds_names_in_text),
		cmocka_unit_test(knows_migrations),      cmocka_unit_test(stays_whole_in_postgres),
		cmocka_unit_test(stays_whole_in_sqlite),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
