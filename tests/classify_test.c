/* classify_test.c - what the runtime is told about a statement: tables of statements, and the text
 * of the probes.  That those work is probe_test.c's. */
#include "classify.h"
#include "parse.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

/* A statement and its answers: A alone, S setup, R repeatable, W wait; then k when it may leave
 * something in the session, p when it has a probe. */
struct row {
	const char *sql;
	const char *expected;
};

static const struct row postgres_rows[] = {
	/* Transaction control. */
	{ "BEGIN", "AWk" },
	{ "begin isolation level serializable", "AWk" },
	{ "START TRANSACTION READ ONLY", "AWk" },
	{ "COMMIT", "AWk" },
	{ "COMMIT PREPARED 'x'", "AWk" },
	{ "END", "AWk" },
	{ "ROLLBACK TO SAVEPOINT a", "AWk" },
	{ "ROLLBACK PREPARED 'x'", "AWk" },
	{ "ABORT", "AWk" },
	{ "SAVEPOINT a", "AWk" },
	{ "RELEASE a", "AWk" },
	{ "PREPARE TRANSACTION 'x'", "AWk" },
	{ "PREPARE transactions AS SELECT 1", "k" },
	{ "PREPARE a AS SELECT 1", "k" },

	/* Indexes. */
	{ "CREATE INDEX CONCURRENTLY i ON t (a)", "Ap" },
	{ "cReAtE uNiQuE/**/iNdEx -- b\n cOnCuRrEnTlY i oN t (a)", "Ap" },
	{ "CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON ONLY a.t USING gin (b)", "Ap" },
	{ "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS \"I\" ON \"a\".\"T\" (b)", "Ap" },
	{ "CREATE INDEX CONCURRENTLY \"concurrently\" ON t (a)", "Ap" },
	{ "CREATE INDEX CONCURRENTLY i ON d . a . t (a)", "Ap" },
	{ "CREATE INDEX CONCURRENTLY i ON t /* ( */ (a)", "Ap" },
	{ "CREATE INDEX CONCURRENTLY ON t (a)", "A" },
	{ "CREATE UNIQUE INDEX CONCURRENTLY ON t (a)", "A" },
	{ "CREATE INDEX CONCURRENTLY U&\"i\" ON t (a)", "Ak" },
	{ "CREATE INDEX CONCURRENTLY i ON U&\"t\" (a)", "Ak" },
	{ "CREATE INDEX CONCURRENTLY i ON a.b.c.d (a)", "A" },
	{ "CREATE INDEX CONCURRENTLY i ON ONLY (t) (a)", "A" },
	{ "CREATE INDEX CONCURRENTLY i ON t * (a)", "A" },
	{ "CREATE INDEX CONCURRENTLY a.i ON t (a)", "A" },
	{ "CREATE INDEX CONCURRENTLY IF EXISTS i ON t (a)", "A" },
	{ "CREATE INDEX CONCURRENTLY", "A" },
	{ "CREATE INDEX CONCURRENTLY i ON t (temperature)", "Akp" },
	{ "CREATE INDEX concurrently_x ON t (a)", "" },
	{ "CREATE INDEX \"concurrently\" ON t (a)", "" },
	{ "CREATE INDEX /* CONCURRENTLY */ i ON t (a)", "" },
	{ "CREATE INDEX i ON t (concurrently)", "" },
	{ "CREATE INDEX IF NOT EXISTS i ON t (a)", "R" },
	{ "CREATE UNIQUE INDEX IF NOT EXISTS i ON t (a)", "R" },
	{ "DROP INDEX CONCURRENTLY i", "Ap" },
	{ "DROP INDEX CONCURRENTLY a.\"I\" RESTRICT", "Ap" },
	{ "DROP INDEX CONCURRENTLY i, j", "A" },
	{ "DROP INDEX CONCURRENTLY i CASCADE", "A" },
	{ "DROP INDEX CONCURRENTLY IF EXISTS i", "AR" },
	{ "drop index /**/ concurrently if exists i", "AR" },
	{ "DROP INDEX \"concurrently\"", "" },
	{ "DROP INDEX IF EXISTS i", "R" },
	{ "DROP INDEX i", "" },
	{ "REINDEX INDEX CONCURRENTLY i", "AR" },
	{ "REINDEX (CONCURRENTLY) TABLE t", "AR" },
	{ "REINDEX (VERBOSE) SCHEMA s", "AR" },
	{ "REINDEX DATABASE d", "AR" },
	{ "REINDEX SYSTEM d", "AR" },
	{ "REINDEX TABLE t", "AR" },

	/* What else refuses a transaction, or ends it. */
	{ "VACUUM", "AR" },
	{ "vacuum (full, analyze) t", "AR" },
	{ "CLUSTER", "AR" },
	{ "CLUSTER t USING i", "AR" },
	{ "CREATE DATABASE d", "A" },
	{ "DROP DATABASE d", "A" },
	{ "DROP DATABASE IF EXISTS d", "AR" },
	{ "CREATE TABLESPACE s LOCATION '/x'", "A" },
	{ "DROP TABLESPACE s", "A" },
	{ "ALTER DATABASE d SET TABLESPACE s", "A" },
	{ "ALTER DATABASE d SET work_mem = '1MB'", "" },
	{ "ALTER DATABASE tablespace RENAME TO x", "" },
	{ "ALTER SYSTEM SET work_mem = '1MB'", "AR" },
	{ "ALTER SYSTEM RESET ALL", "AR" },
	{ "ALTER TABLE t DETACH PARTITION p CONCURRENTLY", "A" },
	{ "ALTER TABLE IF EXISTS ONLY a.t DETACH PARTITION \"b\".p CONCURRENTLY", "A" },
	{ "ALTER TABLE t DETACH PARTITION p", "" },
	{ "ALTER TABLE t DETACH PARTITION \"concurrently\"", "" },
	{ "ALTER TABLE t DETACH PARTITION p FINALIZE", "" },
	{ "CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p", "A" },
	{ "ALTER SUBSCRIPTION s REFRESH PUBLICATION", "A" },
	{ "DROP SUBSCRIPTION s", "A" },
	{ "CREATE PUBLICATION s", "" },
	{ "CALL p()", "Ak" },
	{ "DO $$ BEGIN COMMIT; END $$", "Ak" },
	{ "CREATE MATERIALIZED VIEW v WITH (timescaledb.continuous) AS SELECT 1", "A" },
	{ "CREATE MATERIALIZED VIEW v WITH (\"TimescaleDB\".continuous) AS SELECT 1", "A" },
	{ "CREATE MATERIALIZED VIEW IF NOT EXISTS v WITH (timescaledb.continuous) AS SELECT 1",
	  "AR" },
	{ "CREATE MATERIALIZED VIEW v /* timescaledb */ AS SELECT 1", "" },
	{ "CREATE VIEW timescaledb AS SELECT 1", "" },

	/* The session. */
	{ "SET search_path = a, b", "SRk" },
	{ "set /* LOCAL */ role x", "SRk" },
	{ "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY", "SRk" },
	{ "SET transaction_isolation = 'serializable'", "SRk" },
	{ "SET \"local\" = 1", "SRk" },
	{ "SET LOCAL search_path = a", "R" },
	{ "set local temp_buffers = 100", "Rk" },
	{ "SET CONSTRAINTS ALL DEFERRED", "R" },
	{ "SET TRANSACTION READ ONLY", "R" },
	{ "RESET ALL", "SRk" },
	{ "RESET ROLE", "SRk" },
	{ "DISCARD ALL", "ASRk" },
	{ "SETTINGS", "k" },
	{ "SELECT 1", "k" },
	{ "(SELECT 1)", "k" },
	{ "SELECT set_config('a.b', 'c', false)", "k" },
	{ "WITH a AS (SELECT 1) INSERT INTO t SELECT * FROM a", "k" },
	{ "VALUES (1)", "k" },
	{ "TABLE t", "k" },
	{ "EXECUTE a", "k" },
	{ "EXPLAIN ANALYZE SELECT 1", "k" },
	{ "DECLARE c CURSOR WITH HOLD FOR SELECT 1", "k" },
	{ "LISTEN a", "k" },
	{ "LOAD 'x'", "k" },
	{ "DEALLOCATE a", "k" },

	/* Temporary things, and what only looks like them: that costs no more than putting the
	 * session back for nothing. */
	{ "CREATE TEMP TABLE t (a int)", "k" },
	{ "create global TEMPORARY table if not exists t (a int)", "Rk" },
	{ "CREATE TEMP VIEW v AS SELECT 1", "k" },
	{ "CREATE TEMPORARY SEQUENCE s", "k" },
	{ "CREATE TABLE pg_temp.t (a int)", "k" },
	{ "CREATE TABLE \"pg_temp\".t (a int)", "k" },
	{ "CREATE TABLE U&\"pg_\\0074emp\".t (a int)", "k" },
	{ "CREATE TABLE x AS SELECT set_config('a.b', 'c', false)", "k" },
	{ "INSERT INTO t SELECT SET_CONFIG('a.b', 'c', false)", "k" },
	{ "INSERT INTO t SELECT query_to_xml('SELECT set_config(1)')", "k" },
	{ "INSERT INTO t VALUES ($a$PREPARE$a$)", "k" },
	{ "CREATE TABLE t (temp int)", "k" },
	{ "CREATE TABLE t (a int) /* temp, set_config, prepare */", "" },
	{ "CREATE TABLE t (tempo int)", "k" },
	{ "CREATE TABLE t (tem_p int)", "" },

	/* Creating is not calling. */
	{ "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ SELECT set_config('a', 'b', false) "
	  "$$",
	  "" },
	{ "CREATE OR REPLACE FUNCTION f(temp int) RETURNS int SET search_path = pg_temp AS ''",
	  "" },
	{ "CREATE PROCEDURE p() LANGUAGE sql BEGIN ATOMIC CREATE TEMP TABLE t (a int); END", "" },
	{ "create or replace trigger r before insert on t for each row when (NEW.temp > 1) "
	  "execute function f()",
	  "" },
	{ "CREATE CONSTRAINT TRIGGER r AFTER INSERT ON t EXECUTE FUNCTION f('temp')", "" },
	{ "CREATE EVENT TRIGGER r ON ddl_command_end EXECUTE FUNCTION f()", "" },
	{ "CREATE FUNCTION pg_temp.f() RETURNS int LANGUAGE sql AS 'SELECT 1'", "k" },

	/* Repeatable or not. */
	{ "ANALYZE t", "R" },
	{ "ANALYSE", "R" },
	{ "CHECKPOINT", "R" },
	{ "REFRESH MATERIALIZED VIEW CONCURRENTLY v", "R" },
	{ "ALTER EXTENSION \"uuid-ossp\" UPDATE", "R" },
	{ "alter extension timescaledb update to '2.17'", "R" },
	{ "ALTER EXTENSION x ADD TABLE update", "" },
	{ "CREATE TABLE IF NOT EXISTS t (a int)", "R" },
	{ "CREATE UNLOGGED TABLE IF NOT EXISTS t (a int)", "R" },
	{ "CREATE EXTENSION IF NOT EXISTS x", "R" },
	{ "CREATE TABLE t (a int)", "" },
	{ "CREATE OR REPLACE VIEW v AS SELECT 1", "" },
	{ "CREATE TABLE \"if\" (a int CHECK (a IS NULL OR NOT EXISTS (SELECT 1)))", "" },
	{ "DROP TABLE IF EXISTS t, u CASCADE", "R" },
	{ "DROP MATERIALIZED VIEW IF EXISTS v", "R" },
	{ "DROP TEXT SEARCH CONFIGURATION IF EXISTS c", "R" },
	{ "DROP TABLE t", "" },
	{ "ALTER TABLE IF EXISTS t ADD COLUMN IF NOT EXISTS a int", "" },

	/* Everything else. */
	{ "COPY t FROM '/x'", "W" },
	{ "copy (SELECT set_config('a', 'b', false)) TO '/x'", "Wk" },
	{ "INSERT INTO copy VALUES (1)", "" },
	{ "UPDATE t SET a = 1", "" },
	{ "DELETE FROM t", "" },
	{ "MERGE INTO t USING u ON true WHEN MATCHED THEN DELETE", "" },
	{ "TRUNCATE t", "" },
	{ "COMMENT ON TABLE t IS 'x'", "" },
	{ "GRANT SELECT ON t TO x", "" },
	{ "REVOKE SELECT ON t FROM x", "" },
	{ "LOCK TABLE t", "" },
	{ "SECURITY LABEL ON TABLE t IS 'x'", "" },
	{ "IMPORT FOREIGN SCHEMA s FROM SERVER x INTO y", "" },
	{ "REASSIGN OWNED BY a TO b", "" },
	{ "NOTIFY a", "" },
	{ "ALTER TABLE t ADD COLUMN vacuum int", "" },
	{ "\"vacuum\"", "k" },
	{ "PRAGMA foreign_keys", "k" },
};

static const struct row sqlite_rows[] = {
	{ "BEGIN IMMEDIATE", "AW" },
	{ "commit", "AW" },
	{ "END TRANSACTION", "AW" },
	{ "ROLLBACK", "AW" },
	{ "SAVEPOINT a", "AW" },
	{ "RELEASE a", "AW" },
	{ "START TRANSACTION", "" },
	{ "VACUUM", "AR" },
	{ "vacuum -- all\n main", "AR" },
	{ "VACUUM INTO 'x.db'", "A" },
	{ "VACUUM main INTO 'x.db'", "A" },
	{ "VACUUM INTO ('x' || '.db')", "A" },
	{ "PRAGMA journal_mode = wal", "ASRk" },
	{ "Pragma /* x */ main.synchronous(1)", "ASRk" },
	{ "ATTACH 'x.db' AS x", "ASk" },
	{ "DETACH x", "ASk" },
	{ "ANALYZE", "R" },
	{ "REINDEX t", "R" },
	{ "SET a = 1", "" },
	{ "SELECT 1", "" },
	{ "INSERT INTO t VALUES (1)", "" },
	{ "CREATE INDEX i ON t (a)", "" },
	{ "CREATE INDEX CONCURRENTLY i ON t (a)", "" },
	{ "CREATE TABLE IF NOT EXISTS t (a)", "" },
	{ "CREATE TEMP TABLE t (a)", "k" },
	{ "create temporary view v as select 1", "k" },
	{ "CREATE TABLE temp.t (a)", "k" },
	{ "CREATE TABLE \"Temp\" . t (a)", "k" },
	{ "CREATE TABLE [temp].t (a)", "k" },
	{ "CREATE TABLE `temp`.t (a)", "k" },
	{ "INSERT INTO 'temp'.t VALUES (1)", "k" },
	{ "SELECT temp FROM t", "k" },
	{ "SELECT \"temp\" FROM t", "" },
	{ "SELECT 'temp'", "" },
	{ "SELECT temperature, \"temperature\".a FROM t", "" },
	{ "SELECT 1 -- temp.t", "" },
	{ "ALTER TABLE pragma ADD COLUMN vacuum", "" },
};

/* The script of the text, in the arena, as the compiler would split it. */
static struct script script_of(struct arena *arena, const char *sql, enum dialect dialect)
{
	struct diagnostics problems = { .arena = arena };
	struct source *source = arena_array(arena, struct source, 1);
	struct script script;

	*source = (struct source){ .path = "a.sql", .name = "a.sql", .text = text_of(sql) };
	parse_statements(arena, source, dialect, &script, &problems);
	return script;
}

static void describe(const struct classification *found, char description[8])
{
	static const struct {
		uint32_t flag;
		char letter;
	} letters[] = {
		{ INLAY_STATEMENT_ALONE, 'A' },
		{ INLAY_STATEMENT_SETUP, 'S' },
		{ INLAY_STATEMENT_REPEATABLE, 'R' },
		{ INLAY_STATEMENT_WAIT, 'W' },
	};
	size_t i;

	for (i = 0; i < sizeof(letters) / sizeof(letters[0]); i++)
		if ((found->flags & letters[i].flag) != 0)
			*description++ = letters[i].letter;
	if (found->session)
		*description++ = 'k';
	if (found->probe.start != NULL)
		*description++ = 'p';
	*description = '\0';
}

static bool is_as_expected(const struct row *row, enum dialect dialect)
{
	struct arena arena = { 0 };
	struct script script = script_of(&arena, row->sql, dialect);
	struct classification found;
	char description[8];
	bool same;

	assert_int_equal(script.count, 1);
	found = classify_statement(&arena, &script.statements[0], dialect);
	describe(&found, description);
	same = strcmp(description, row->expected) == 0;
	if (!same)
		print_error("%s\n    expected \"%s\", received \"%s\"\n", row->sql, row->expected,
		            description);
	arena_clear(&arena);
	return same;
}

static void statements_of_postgres(void **state)
{
	int wrong = 0;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(postgres_rows) / sizeof(postgres_rows[0]); i++)
		wrong += !is_as_expected(&postgres_rows[i], DIALECT_POSTGRES);
	assert_int_equal(wrong, 0);
}

static void statements_of_sqlite(void **state)
{
	int wrong = 0;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(sqlite_rows) / sizeof(sqlite_rows[0]); i++)
		wrong += !is_as_expected(&sqlite_rows[i], DIALECT_SQLITE);
	assert_int_equal(wrong, 0);
}

/* ---- probes ---------------------------------------------------------------------------------- */

static void assert_probe(const char *sql, const char *expected)
{
	struct arena arena = { 0 };
	struct script script = script_of(&arena, sql, DIALECT_POSTGRES);
	struct classification found =
	        classify_statement(&arena, &script.statements[0], DIALECT_POSTGRES);

	assert_non_null(found.probe.start);
	assert_string_equal((const char *)found.probe.start, expected);
	assert_int_equal(found.probe.size, strlen(expected));
	arena_clear(&arena);
}

#define CREATED(table, index)                                                                      \
	"SELECT CASE WHEN i.indisvalid AND i.indisready AND i.indislive THEN 't' ELSE 'f' END,\n"  \
	"pg_catalog.format('DROP INDEX CONCURRENTLY %I.%I', n.nspname, c.relname)\n"               \
	"FROM pg_catalog.pg_index AS i\n"                                                          \
	"JOIN pg_catalog.pg_class AS c ON c.oid OPERATOR(pg_catalog.=) i.indexrelid\n"             \
	"JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace\n"       \
	"WHERE i.indrelid OPERATOR(pg_catalog.=)\n"                                                \
	"CAST(pg_catalog.to_regclass(" table ") AS pg_catalog.oid)\n"                              \
	"AND c.relname OPERATOR(pg_catalog.=)\n"                                                   \
	"CAST((pg_catalog.parse_ident(" index "))[1] AS pg_catalog.name)"

static void probes_name_what_the_statement_names(void **state)
{
	(void)state;
	assert_probe("CREATE INDEX CONCURRENTLY i ON t (a)", CREATED("'t'", "'i'"));
	assert_probe("CREATE INDEX CONCURRENTLY Idx ON ONLY Public /**/ . \"T\" USING gin (a)",
	             CREATED("'Public.\"T\"'", "'Idx'"));
	assert_probe("CREATE INDEX CONCURRENTLY IF NOT EXISTS \"it's \\\" ON t (a)",
	             CREATED("'t'", "E'\"it''s \\\\\"'"));
	assert_probe("DROP INDEX CONCURRENTLY i",
	             "SELECT 't', NULL WHERE pg_catalog.to_regclass('i') IS NULL");
	assert_probe("DROP INDEX CONCURRENTLY \"A\" . \"a\"\"b\" RESTRICT",
	             "SELECT 't', NULL WHERE pg_catalog.to_regclass('\"A\".\"a\"\"b\"') IS NULL");
}

/* ---- scripts --------------------------------------------------------------------------------- */

static void a_script_is_what_its_statements_are(void **state)
{
	struct arena arena = { 0 };
	struct script script =
	        script_of(&arena, "CREATE TABLE t (a int); SET role x; DROP INDEX CONCURRENTLY i",
	                  DIALECT_POSTGRES);

	(void)state;
	classify_script(&arena, &script, DIALECT_POSTGRES);
	assert_true(script.session);
	assert_int_equal(script.statements[0].flags, 0);
	assert_null(script.statements[0].probe.start);
	assert_int_equal(script.statements[1].flags,
	                 INLAY_STATEMENT_SETUP | INLAY_STATEMENT_REPEATABLE);
	assert_int_equal(script.statements[2].flags, INLAY_STATEMENT_ALONE);
	assert_non_null(script.statements[2].probe.start);

	script = script_of(&arena, "CREATE TABLE t (a int)", DIALECT_POSTGRES);
	classify_script(&arena, &script, DIALECT_POSTGRES);
	assert_false(script.session);

	script = script_of(&arena, "", DIALECT_POSTGRES);
	classify_script(&arena, &script, DIALECT_POSTGRES);
	assert_false(script.session);
	arena_clear(&arena);
}

static void in_a_fresh_session_each_is_alone(void **state)
{
	struct arena arena = { 0 };
	struct script script = script_of(&arena, "ALTER EXTENSION x UPDATE; CREATE TABLE t (a int)",
	                                 DIALECT_POSTGRES);

	(void)state;
	script.fresh = true;
	classify_script(&arena, &script, DIALECT_POSTGRES);
	assert_int_equal(script.statements[0].flags,
	                 INLAY_STATEMENT_ALONE | INLAY_STATEMENT_REPEATABLE);
	assert_int_equal(script.statements[1].flags, INLAY_STATEMENT_ALONE);
	arena_clear(&arena);
}

/* By whatever name: a call is no SQL. */
static void a_call_is_waited_for_and_may_do_anything(void **state)
{
	static const char *const names[] = { "rehash", "vacuum", "begin", "pragma" };
	size_t i;
	int dialect;

	(void)state;
	for (i = 0; i < 2 * sizeof(names) / sizeof(names[0]); i++) {
		struct arena arena = { 0 };
		const char *sql = arena_format(&arena, "CREATE TABLE t (a int); %s", names[i / 2]);
		struct script script;

		dialect = (int)(i % 2);
		script = script_of(&arena, sql, (enum dialect)dialect);
		script.fresh = dialect == DIALECT_POSTGRES;
		assert_int_equal(script.count, 2);
		script.statements[1].call = 1;
		classify_script(&arena, &script, (enum dialect)dialect);
		assert_true(script.session);
		assert_int_equal(script.statements[1].flags,
		                 INLAY_STATEMENT_CALL | INLAY_STATEMENT_WAIT);
		assert_null(script.statements[1].probe.start);
		arena_clear(&arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(statements_of_postgres),
		cmocka_unit_test(statements_of_sqlite),
		cmocka_unit_test(probes_name_what_the_statement_names),
		cmocka_unit_test(a_script_is_what_its_statements_are),
		cmocka_unit_test(in_a_fresh_session_each_is_alone),
		cmocka_unit_test(a_call_is_waited_for_and_may_do_anything),
	};

	return cmocka_run_group_tests_name("classify", tests, NULL, NULL);
}
