/* catalog_test.c - what a schema is said to be, and what differs between two, on both databases. */
#include "support/database.h"

#include "../compiler/catalog/catalog.h"

#include <setjmp.h>
#include <stdio.h>
#include <string.h>
/* cmocka.h wants some of those first. */
#include <cmocka.h>

/* A change, and its difference; "" for none. */
struct change {
	const char *before;
	const char *after;
	const char *expected;
};

static const struct change sqlite_changes[] = {
	{ "CREATE TABLE a (id INTEGER)", "DROP TABLE a", "- table a\n" },
	{ "SELECT 1", "CREATE TABLE a (id INTEGER)", "+ table a\n" },
	{ "CREATE TABLE a (n TEXT)", "ALTER TABLE a ADD COLUMN m TEXT NOT NULL DEFAULT 'x'",
	  "~ table a: column m TEXT NOT NULL DEFAULT 'x' added\n" },
	{ "CREATE TABLE a (n TEXT, m INT)", "ALTER TABLE a DROP COLUMN m",
	  "~ table a: column m INT gone\n" },
	{ "CREATE TABLE a (n TEXT)", "DROP TABLE a; CREATE TABLE a (n TEXT COLLATE nocase)",
	  "~ table a: column n TEXT COLLATE nocase, and was TEXT\n" },
	{ "CREATE TABLE a (n INTEGER PRIMARY KEY)",
	  "DROP TABLE a; CREATE TABLE a (n INTEGER PRIMARY KEY AUTOINCREMENT)",
	  "~ table a: column n INTEGER AUTOINCREMENT, and was INTEGER\n" },
	{ "CREATE TABLE a (n INT, m AS (n + 1))",
	  "DROP TABLE a; CREATE TABLE a (n INT, m AS (n + 2) STORED)",
	  "~ table a: column m AS ( n + 2 ) STORED, and was AS ( n + 1 ) VIRTUAL\n" },
	{ "CREATE TABLE a (n INT, m INT, UNIQUE (n))",
	  "DROP TABLE a; CREATE TABLE a (n INT, m INT, UNIQUE (m, n), PRIMARY KEY (n))",
	  "~ table a: unique (n) gone\n~ table a: primary key (n) added\n"
	  "~ table a: unique (m, n) added\n" },
	{ "CREATE TABLE p (x INT PRIMARY KEY); CREATE TABLE a (n INT REFERENCES p)",
	  "DROP TABLE a; CREATE TABLE a (n INT REFERENCES p (x) ON DELETE CASCADE ON UPDATE SET "
	  "NULL "
	  "DEFERRABLE INITIALLY DEFERRED)",
	  "~ table a: foreign key (n) references p gone\n"
	  "~ table a: foreign key (n) references p (x) ON UPDATE SET NULL ON DELETE CASCADE "
	  "DEFERRED "
	  "added\n" },
	{ "CREATE TABLE a (n INT CHECK (n > 0), CONSTRAINT c CHECK (n < 9))",
	  "DROP TABLE a; CREATE TABLE a (n INT, CHECK (n<9))",
	  "~ table a: check ( n > 0 ) gone\n" },
	{ "CREATE TABLE a (n INT PRIMARY KEY)",
	  "DROP TABLE a; CREATE TABLE a (n INT PRIMARY KEY) STRICT, WITHOUT ROWID",
	  "~ table a: column n INT NOT NULL, and was INT\n"
	  "~ table a: options strict , without rowid added\n" },
	{ "CREATE TABLE a (n INT UNIQUE)",
	  "DROP TABLE a; CREATE TABLE a (n INT UNIQUE ON CONFLICT IGNORE)",
	  "~ table a: on conflict ignore: n added\n" },
	{ "CREATE TABLE a (n INT, m INT); CREATE INDEX i ON a (n)",
	  "DROP INDEX i; CREATE INDEX i ON a (m)",
	  "~ index i: create index i on a ( n ) gone\n~ index i: create index i on a ( m ) "
	  "added\n" },
	{ "CREATE VIEW v AS SELECT 1; CREATE TABLE a (n)",
	  "DROP VIEW v; CREATE VIEW w AS SELECT 1; CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT "
	  "1; "
	  "END",
	  "- view v\n+ view w\n+ trigger t\n" },
	{ "SELECT 1", "CREATE VIRTUAL TABLE f USING fts5(x)", "+ table f\n" },
	{ "CREATE VIRTUAL TABLE f USING fts5(x)",
	  "DROP TABLE f; CREATE VIRTUAL TABLE f USING fts5(y)",
	  "~ table f: module using fts5 ( x ) gone\n~ table f: module using fts5 ( y ) added\n" },
	/* The same. */
	{ "CREATE TABLE a (n INT, m TEXT DEFAULT 'x'); CREATE INDEX i ON a (n)",
	  "DROP TABLE a; create table \"a\"( m text default 'x' -- it\n, n int); create index "
	  "i\non "
	  "\"a\" (n)",
	  "" },
	{ "CREATE TABLE a (n INT); CREATE VIEW v AS SELECT n FROM a",
	  "ALTER TABLE a RENAME TO b; ALTER TABLE b RENAME TO a", "" },
	{ "CREATE TABLE a (\"check\" INT, \"as\" INT CHECK (\"as\" > 0))",
	  "INSERT INTO a VALUES (1, 2); ANALYZE", "" },
	{ "SELECT 1",
	  "CREATE TABLE schema_migrations (n); CREATE TABLE schema_migrations_log (n); "
	  "CREATE INDEX i ON schema_migrations_log (n); CREATE TEMP TABLE t (n)",
	  "" },
};

static const struct change postgres_changes[] = {
	{ "CREATE TABLE a (id int)", "DROP TABLE a", "- table a\n" },
	{ "SELECT 1", "CREATE SCHEMA app; CREATE TABLE app.a (id int)",
	  "+ schema app\n+ table app.a\n" },
	{ "CREATE TABLE a (n text)", "ALTER TABLE a ADD m varchar(9) NOT NULL DEFAULT 'x'",
	  "~ table a: column m character varying(9) DEFAULT 'x'::character varying NOT NULL "
	  "added\n" },
	{ "CREATE TABLE a (n int)", "ALTER TABLE a ALTER n TYPE bigint",
	  "~ table a: column n bigint, and was integer\n" },
	{ "CREATE TABLE a (n int)", "ALTER TABLE a ADD CONSTRAINT c CHECK (n > 0) NOT VALID",
	  "~ table a: constraint c CHECK ((n > 0)) NOT VALID added\n" },
	{ "CREATE TABLE a (n int); CREATE INDEX i ON a (n)",
	  "DROP INDEX i; CREATE INDEX i ON a (n) WHERE n > 0",
	  "~ index i: CREATE INDEX i ON public.a USING btree (n) gone\n"
	  "~ index i: CREATE INDEX i ON public.a USING btree (n) WHERE (n > 0) added\n" },
	{ "CREATE SEQUENCE s", "ALTER SEQUENCE s INCREMENT 5",
	  "~ sequence s: AS bigint INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START "
	  "WITH 1 "
	  "CACHE 1 gone\n~ sequence s: AS bigint INCREMENT BY 5 MINVALUE 1 MAXVALUE "
	  "9223372036854775807 START WITH 1 CACHE 1 added\n" },
	{ "CREATE TABLE a (n int)",
	  "ALTER TABLE a ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON a FOR SELECT USING (n > 0); "
	  "CREATE VIEW v AS SELECT 1; CREATE MATERIALIZED VIEW m AS SELECT 1",
	  "+ materialized view m\n+ view v\n+ row level security of a\n+ policy p on a\n" },
	{ "CREATE TYPE t AS ENUM ('a'); CREATE DOMAIN d AS int",
	  "ALTER TYPE t ADD VALUE 'b'; ALTER DOMAIN d SET NOT NULL",
	  "~ domain d: as integer gone\n~ domain d: as integer NOT NULL added\n"
	  "~ type t: values 'a' gone\n~ type t: values 'a', 'b' added\n" },
	{ "CREATE TABLE a (n int); COMMENT ON TABLE a IS 'one'", "COMMENT ON TABLE a IS NULL",
	  "~ table a: COMMENT ON TABLE public.a IS 'one' gone\n" },
	{ "CREATE TABLE a (n int, m int); COMMENT ON TABLE a IS 'one'; COMMENT ON COLUMN a.m IS "
	  "'m'",
	  "COMMENT ON COLUMN a.m IS 'two'",
	  "~ table a: COMMENT ON COLUMN public.a.m IS 'm' gone\n"
	  "~ table a: COMMENT ON COLUMN public.a.m IS 'two' added\n" },
	{ "CREATE PROCEDURE p(IN a int, INOUT b int) LANGUAGE sql AS 'SELECT 1'",
	  "DROP PROCEDURE p; CREATE PROCEDURE p(IN a int, INOUT b text) LANGUAGE sql AS $$SELECT "
	  "text 'a'$$",
	  "- procedure p(a integer, INOUT b integer)\n+ procedure p(a integer, INOUT b text)\n" },
	{ "CREATE PROCEDURE p(IN a int) LANGUAGE sql AS 'SELECT 1'",
	  "CREATE OR REPLACE PROCEDURE p(IN a int) LANGUAGE sql AS 'SELECT 1 IN (1)'",
	  "~ procedure p(a integer): CREATE OR REPLACE PROCEDURE public.p(a integer)\n LANGUAGE "
	  "sql\nAS $procedure$SELECT 1$procedure$\n gone\n~ procedure p(a integer): CREATE OR "
	  "REPLACE "
	  "PROCEDURE public.p(a integer)\n LANGUAGE sql\nAS $procedure$SELECT 1 IN "
	  "(1)$procedure$\n "
	  "added\n" },
	{ "CREATE FUNCTION f(n int) RETURNS int LANGUAGE sql AS 'SELECT 1'",
	  "CREATE FUNCTION f(n text) RETURNS int LANGUAGE sql AS 'SELECT 1'; DROP FUNCTION f(int)",
	  "- function f(n integer)\n+ function f(n text)\n" },
	/* The same. */
	{ "CREATE TABLE a (n int, m text)", "ALTER TABLE a DROP n; ALTER TABLE a ADD n int", "" },
	{ "SELECT 1",
	  "CREATE TABLE schema_migrations (n serial PRIMARY KEY); CREATE TABLE "
	  "schema_migrations_state (n int); CREATE TEMP TABLE t (n int)",
	  "" },
	{ "CREATE TABLE a (n int)",
	  "INSERT INTO a VALUES (1); ANALYZE a; GRANT SELECT ON a TO PUBLIC", "" },
};

static struct catalog *read_catalog(struct arena *arena, struct database *database,
                                    const struct catalog *previous)
{
	const char *trouble = NULL;
	struct catalog *catalog =
	        database->dialect == INLAY_DIALECT_SQLITE
	                ? catalog_sqlite(arena, database->sqlite, previous, "schema_migrations")
	                : catalog_postgres(arena, database->postgres, previous, "schema_migrations",
	                                   &trouble);

	if (catalog == NULL)
		fail_msg("the catalog can not be read: %s",
		         database->dialect == INLAY_DIALECT_SQLITE
		                 ? sqlite3_errmsg(database->sqlite)
		                 : trouble);
	return catalog;
}

static void check_change(struct database *database, const struct change *change)
{
	struct arena arena = { 0 };
	struct buffer out = { 0 };
	struct catalog *before, *after;
	struct catalog_diff diff;

	database_run(database, change->before);
	before = read_catalog(&arena, database, NULL);
	database_run(database, change->after);
	/* Read with what was known, it is the same as read without. */
	after = read_catalog(&arena, database, before);
	diff = catalog_diff(&arena, after, read_catalog(&arena, database, NULL));
	assert_int_equal(diff.count, 0);
	diff = catalog_diff(&arena, before, after);
	for (size_t i = 0; i < diff.count; i++)
		buffer_format(&out, "%s\n", diff.lines[i]);
	buffer_byte(&out, '\0');
	if (strcmp((const char *)out.start, change->expected) != 0)
		fail_msg("%s -> %s: expected\n%sreceived\n%s", change->before, change->after,
		         change->expected, (const char *)out.start);
	buffer_clear(&out);
	arena_clear(&arena);
}

static void tells_what_changes(void **state)
{
	struct database *database = *state;
	bool is_sqlite = database->dialect == INLAY_DIALECT_SQLITE;
	const struct change *changes = is_sqlite ? sqlite_changes : postgres_changes;
	size_t count = is_sqlite ? sizeof(sqlite_changes) / sizeof(sqlite_changes[0])
	                         : sizeof(postgres_changes) / sizeof(postgres_changes[0]);

	for (size_t i = 0; i < count; i++) {
		check_change(database, &changes[i]);
		database_clear(database);
		if (!is_sqlite)
			database_run(database, "DROP SCHEMA IF EXISTS app CASCADE");
	}
}

/* What has not changed is not read again. */
static void takes_over_what_it_knows(void **state)
{
	struct database *database = *state;
	struct arena arena = { 0 };
	struct catalog *before, *after;

	database_run(database, "CREATE TABLE a (n INT); CREATE TABLE b (n INT); "
	                       "CREATE INDEX i ON a (n)");
	before = read_catalog(&arena, database, NULL);
	database_run(database, "ALTER TABLE b ADD COLUMN m INT; CREATE TABLE aa (n INT)");
	after = read_catalog(&arena, database, before);
	assert_int_equal(after->count, 4);
	assert_ptr_equal(catalog_find(after, CATALOG_TABLE, "a"),
	                 catalog_find(before, CATALOG_TABLE, "a"));
	assert_ptr_equal(catalog_find(after, CATALOG_INDEX, "i"),
	                 catalog_find(before, CATALOG_INDEX, "i"));
	assert_ptr_not_equal(catalog_find(after, CATALOG_TABLE, "b"),
	                     catalog_find(before, CATALOG_TABLE, "b"));
	assert_null(catalog_find(before, CATALOG_TABLE, "aa"));
	arena_clear(&arena);
}

/* The session is as it was, and members of extensions are nobody's objects. */
static void leaves_the_session_alone(void **state)
{
	struct database *database = *state;
	struct arena arena = { 0 };
	struct catalog *catalog;

	database_run(database, "CREATE EXTENSION pg_trgm; SET search_path = public, pg_temp");
	catalog = read_catalog(&arena, database, NULL);
	assert_int_equal(catalog->count, 1);
	assert_string_equal(catalog_noun(catalog->items[0]), "extension");
	assert_string_equal(catalog->items[0]->name, "pg_trgm");
	database_expect(database, "SHOW search_path", "public, pg_temp");
	assert_int_equal(PQtransactionStatus(database->postgres), PQTRANS_IDLE);
	database_run(database, "DROP EXTENSION pg_trgm");
	arena_clear(&arena);
}

/* NOT NULL that is not valid, and columns that are not stored, are PostgreSQL 18's; before it, what
 * is generated is stored. */
static const struct generated {
	struct change change;
	const char *sql;
} generated_before_18 = {
	{ "CREATE TABLE a (n int, m int GENERATED ALWAYS AS (n + 1) STORED)",
	  "ALTER TABLE a ALTER n SET NOT NULL",
	  "~ table a: column n integer NOT NULL, and was integer\n" },
	"\nSET check_function_bodies = off;\n\nCREATE TABLE public.a (\n    n integer NOT NULL,\n"
	"    m integer GENERATED ALWAYS AS ((n + 1)) STORED\n);\n",
}, generated_since_18 = {
	{ "CREATE TABLE a (n int, m int GENERATED ALWAYS AS (n + 1))",
	  "ALTER TABLE a ADD CONSTRAINT c NOT NULL n NOT VALID",
	  "~ table a: constraint c NOT NULL n NOT VALID added\n" },
	"\nSET check_function_bodies = off;\n\nCREATE TABLE public.a (\n    n integer,\n"
	"    m integer GENERATED ALWAYS AS ((n + 1)) VIRTUAL\n);\n\n"
	"ALTER TABLE public.a ADD CONSTRAINT c NOT NULL n NOT VALID;\n",
};

/* Each is told, and written as it runs. */
static void tells_what_is_generated_and_not_null(void **state)
{
	struct database *database = *state;
	bool has_18 = PQserverVersion(database->postgres) >= 180000;
	const struct generated *generated = has_18 ? &generated_since_18 : &generated_before_18;
	struct arena arena = { 0 };
	struct buffer sql = { 0 };

	check_change(database, &generated->change);
	catalog_write_sql(read_catalog(&arena, database, NULL), DIALECT_POSTGRES, &sql);
	buffer_byte(&sql, '\0');
	assert_string_equal((const char *)sql.start, generated->sql);
	database_clear(database);
	database_run(database, (const char *)sql.start);
	buffer_clear(&sql);
	if (has_18)
		database_run(database, "ALTER TABLE a VALIDATE CONSTRAINT c");
	catalog_write_sql(read_catalog(&arena, database, NULL), DIALECT_POSTGRES, &sql);
	buffer_byte(&sql, '\0');
	assert_non_null(strstr((const char *)sql.start, "    n integer NOT NULL,\n"));
	assert_null(strstr((const char *)sql.start, "ALTER TABLE"));
	buffer_clear(&sql);
	arena_clear(&arena);
}

/* There is nobody to ask. */
static void says_that_it_can_not_read(void **state)
{
	struct database *database = *state;
	struct arena arena = { 0 };
	const char *trouble = NULL;

	database_disconnect(database);
	assert_null(
	        catalog_postgres(&arena, database->postgres, NULL, "schema_migrations", &trouble));
	assert_string_equal(trouble, "connection pointer is NULL");
	database_reconnect(database);
	database_run(database, "REVOKE SELECT ON pg_extension FROM PUBLIC; SET ROLE pg_monitor");
	assert_null(
	        catalog_postgres(&arena, database->postgres, NULL, "schema_migrations", &trouble));
	assert_string_equal(trouble, "ERROR:  permission denied for table pg_extension");
	arena_clear(&arena);
}

/* --- Versions of PostgreSQL --- */

/* The same, as PostgreSQL 13, or 15, and a later one tell it. */
struct telling {
	enum catalog_kind kind;
	const char *older;
	const char *newer;
};

static const struct telling same[] = {
	{ CATALOG_TABLE, "column u timestamp DEFAULT timezone('utc'::text, now())",
	  "column u timestamp DEFAULT (now() AT TIME ZONE 'utc'::text)" },
	{ CATALOG_TABLE, "timezone('cet'::text, timezone('utc'::text, at))",
	  "((at AT TIME ZONE 'utc'::text) AT TIME ZONE 'cet'::text)" },
	{ CATALOG_TABLE, "CHECK ((date_part('year'::text, at) > (2000)::double precision))",
	  "CHECK ((EXTRACT(year FROM at) > (2000)::numeric))" },
	{ CATALOG_INDEX, "\"substring\"(n, 1, 2)", "SUBSTRING(n FROM 1 FOR 2)" },
	{ CATALOG_INDEX, "\"substring\"(n, 'a'::text, '#'::text)",
	  "SUBSTRING(n SIMILAR 'a'::text ESCAPE '#'::text)" },
	{ CATALOG_INDEX, "\"overlay\"(n, 'x'::text, 1)", "OVERLAY(n PLACING 'x'::text FROM 1)" },
	{ CATALOG_INDEX, "\"position\"((n || 'y'::text), 'a'::text)",
	  "POSITION(('a'::text) IN ((n || 'y'::text)))" },
	{ CATALOG_INDEX, "btrim(n), btrim(n, 'a'::text), ltrim(n), rtrim(n, 'b'::text)",
	  "TRIM(BOTH FROM n), TRIM(BOTH 'a'::text FROM n), TRIM(LEADING FROM n), "
	  "TRIM(TRAILING 'b'::text FROM n)" },
	{ CATALOG_TRIGGER, "\"overlaps\"(a, b, now(), c)", "((a, b) OVERLAPS (now(), c))" },
	{ CATALOG_POLICY, "is_normalized((a || b)), \"normalize\"(a)",
	  "((a || b) IS NORMALIZED), NORMALIZE(a)" },
	{ CATALOG_POLICY, "pg_collation_for(a)", "COLLATION FOR (a)" },
	{ CATALOG_VIEW,
	  " SELECT c.id,\n    (c.q).a AS qa\n   FROM public.customer c\n  ORDER BY c.id;",
	  " SELECT id,\n    (q).a AS qa\n   FROM public.customer c\n  ORDER BY id;" },
	{ CATALOG_VIEW, "SELECT log.log FROM app.log;", "SELECT log FROM app.log;" },
	{ CATALOG_VIEW, "SELECT date_part('dow'::text, a.\"At\") FROM a;",
	  "SELECT EXTRACT(dow FROM \"At\") FROM a;" },
};

static const struct telling otherwise[] = {
	{ CATALOG_TABLE, "timezone('utc'::text, now())", "(now() AT TIME ZONE 'cet'::text)" },
	{ CATALOG_TABLE, "timezone('utc'::text, at)", "('utc'::text AT TIME ZONE at)" },
	{ CATALOG_TABLE, "CHECK ((n > (2000)::double precision))",
	  "CHECK ((n > (2001)::numeric))" },
	{ CATALOG_TABLE, "column a.b text", "column b text" },
	{ CATALOG_TABLE, "column \"A\" text", "column a text" },
	{ CATALOG_TABLE, "column a text", "column a text NOT NULL" },
	{ CATALOG_INDEX, "ltrim(n)", "TRIM(TRAILING FROM n)" },
	{ CATALOG_INDEX, "\"position\"(a, b)", "POSITION((a) IN (b))" },
	{ CATALOG_INDEX, "date_part('year'::text, at)", "EXTRACT(month FROM at)" },
	{ CATALOG_VIEW, "SELECT a.id, b.n FROM a;", "SELECT id, n FROM a;" },
	{ CATALOG_VIEW, "SELECT a.id FROM a;", "SELECT n FROM a;" },
	{ CATALOG_VIEW, "SELECT a.id FROM b.a;", "SELECT id FROM a.a;" },
	{ CATALOG_VIEW, "SELECT a.id FROM a", "SELECT id FROM a WHERE" },
	{ CATALOG_VIEW, "SELECT 'A'", "SELECT 'a'" },
	/* Half of something is no more than its tokens. */
	{ CATALOG_VIEW, "extract(", "substring(a from" },
	{ CATALOG_VIEW, "(", "((" },
	{ CATALOG_VIEW, "a.", "a" },
	{ CATALOG_VIEW, "", "trim(both" },
};

static void versions_have_words_of_their_own(void **state)
{
	struct arena arena = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++)
		if (!catalog_says_same(&arena, same[i].kind, same[i].older, same[i].newer) ||
		    !catalog_says_same(&arena, same[i].kind, same[i].newer, same[i].older))
			fail_msg("not the same: %s / %s", same[i].older, same[i].newer);
	for (size_t i = 0; i < sizeof(otherwise) / sizeof(otherwise[0]); i++)
		if (catalog_says_same(&arena, otherwise[i].kind, otherwise[i].older,
		                      otherwise[i].newer) ||
		    catalog_says_same(&arena, otherwise[i].kind, otherwise[i].newer,
		                      otherwise[i].older))
			fail_msg("the same: %s / %s", otherwise[i].older, otherwise[i].newer);
	arena_clear(&arena);
}

/* A server puts a view and a function's defaults into words, but SQLite none, nor a body. */
static void what_was_written_counts_as_it_is(void **state)
{
	static const char *const views[] = { "SELECT a.id FROM a", "SELECT id FROM a" };
	static const char *const functions[] = {
		"f(a timestamp DEFAULT timezone('utc', now()))\nSELECT 1",
		"f(a timestamp DEFAULT (now() AT TIME ZONE 'utc'))\nSELECT 1",
		"f(a timestamp DEFAULT (now() AT TIME ZONE 'utc'))\nselect 1"
	};
	struct arena arena = { 0 };
	struct catalog_object older = {
		.kind = CATALOG_VIEW, .name = "v", .lines = &views[0], .line_count = 1
	};
	struct catalog_object newer = {
		.kind = CATALOG_VIEW, .name = "v", .lines = &views[1], .line_count = 1
	};
	const struct catalog_object *olders[] = { &older };
	const struct catalog_object *newers[] = { &newer };
	const struct catalog before = { olders, 1 };
	const struct catalog after = { newers, 1 };

	(void)state;
	assert_int_equal(catalog_diff(&arena, &before, &after).count, 0);
	older.stored = newer.stored = "CREATE VIEW"; /* SQLite */
	assert_int_equal(catalog_diff(&arena, &before, &after).count, 2);
	older.stored = newer.stored = NULL;
	older.kind = newer.kind = CATALOG_FUNCTION;
	older.lines = &functions[0];
	newer.lines = &functions[1];
	assert_int_equal(catalog_diff(&arena, &before, &after).count, 0);
	newer.lines = &functions[2];
	assert_int_equal(catalog_diff(&arena, &before, &after).count, 2);
	arena_clear(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DATABASE_TEST_FILE(tells_what_changes),
		DATABASE_TEST_POSTGRES(tells_what_changes),
		DATABASE_TEST_SQLITE(takes_over_what_it_knows),
		DATABASE_TEST_POSTGRES(takes_over_what_it_knows),
		DATABASE_TEST_POSTGRES(leaves_the_session_alone),
		DATABASE_TEST_POSTGRES(tells_what_is_generated_and_not_null),
		DATABASE_TEST_POSTGRES(says_that_it_can_not_read),
		cmocka_unit_test(versions_have_words_of_their_own),
		cmocka_unit_test(what_was_written_counts_as_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
