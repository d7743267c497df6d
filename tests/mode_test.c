/* mode_test.c - which scripts run without a transaction by themselves, and what is proposed for
 * those that can not decide.  The servers are asked whether the table of statements is right. */
#include "mode.h"

#include "checksum.h"
#include "files.h"
#include "parse.h"
#include "postgres_server.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

/* What a statement is to a transaction. */
enum answer {
	IS_FINE,     /* It runs in one. */
	REFUSES,     /* It never does. */
	MAY_REFUSE,  /* It does not as it stands here. */
	MAY_BE_FINE, /* It may for all that the compiler knows; as it stands here it does not. */
};

static const struct row {
	const char *sql;
	enum answer answer;
} postgres_rows[] = {
	{ "CREATE INDEX CONCURRENTLY i ON t (a)", REFUSES },
	{ "CREATE UNIQUE INDEX /* c */ CONCURRENTLY i ON t (a)", REFUSES },
	{ "create index concurrently if not exists i on t (a)", REFUSES },
	{ "DROP INDEX CONCURRENTLY IF EXISTS i", REFUSES },
	{ "REINDEX TABLE CONCURRENTLY t", REFUSES },
	{ "REINDEX (VERBOSE) INDEX CONCURRENTLY t_a", REFUSES },
	{ "REINDEX (VERBOSE, CONCURRENTLY) TABLE t", REFUSES },
	{ "REINDEX SCHEMA public", REFUSES },
	{ "REINDEX DATABASE postgres", REFUSES },
	{ "REINDEX SYSTEM postgres", REFUSES },
	{ "CREATE DATABASE d", REFUSES },
	{ "DROP DATABASE IF EXISTS d", REFUSES },
	{ "CREATE TABLESPACE ts LOCATION '/t'", REFUSES },
	{ "DROP TABLESPACE IF EXISTS ts", REFUSES },
	{ "ALTER SYSTEM SET work_mem = 1", REFUSES },
	{ "ALTER SYSTEM RESET ALL", REFUSES },
	{ "ALTER DATABASE postgres SET TABLESPACE pg_default", REFUSES },
	{ "ALTER TABLE IF EXISTS ONLY public.p DETACH PARTITION \"public\".\"p1\" CONCURRENTLY",
	  REFUSES },
	{ "ALTER TABLE p DETACH PARTITION p1 CONCURRENTLY", REFUSES },
	{ "CLUSTER", REFUSES },
	{ "CLUSTER VERBOSE", REFUSES },
	{ "VACUUM", REFUSES },
	{ "VACUUM (FULL, ANALYZE) t", REFUSES },
	{ "ALTER SUBSCRIPTION sub REFRESH PUBLICATION", REFUSES },
	{ "ALTER SUBSCRIPTION sub SET PUBLICATION b", MAY_REFUSE },
	{ "ALTER SUBSCRIPTION sub ADD PUBLICATION b WITH (refresh = false)", MAY_BE_FINE },
	{ "CREATE SUBSCRIPTION s2 CONNECTION 'dbname=x' PUBLICATION a", MAY_REFUSE },
	{ "CREATE SUBSCRIPTION s2 CONNECTION 'dbname=x' PUBLICATION a WITH (connect = false)",
	  MAY_BE_FINE },
	{ "DROP SUBSCRIPTION sub", MAY_REFUSE },
	{ "CREATE INDEX i ON t (a)", IS_FINE },
	{ "DROP INDEX t_a", IS_FINE },
	{ "REINDEX TABLE t", IS_FINE },
	{ "REINDEX INDEX t_a", IS_FINE },
	{ "CLUSTER t USING t_a", IS_FINE },
	{ "ANALYZE t", IS_FINE },
	{ "CHECKPOINT", IS_FINE },
	{ "REFRESH MATERIALIZED VIEW CONCURRENTLY m", IS_FINE },
	{ "ALTER TABLE p DETACH PARTITION p1", IS_FINE },
	{ "ALTER TABLE p DETACH PARTITION p1 FINALIZE", IS_FINE },
	{ "ALTER TYPE color ADD VALUE 'blue'", IS_FINE },
	{ "ALTER DATABASE postgres SET work_mem = '1MB'", IS_FINE },
	{ "ALTER TABLE t SET TABLESPACE pg_default", IS_FINE },
	{ "ALTER TABLESPACE pg_default SET (seq_page_cost = 1)", IS_FINE },
	{ "ALTER SUBSCRIPTION sub DISABLE", IS_FINE },
	{ "ALTER SUBSCRIPTION sub SET (slot_name = NONE)", IS_FINE },
	{ "CREATE PUBLICATION b FOR ALL TABLES", IS_FINE },
	{ "LOCK TABLE t", IS_FINE },
	{ "DO $$ BEGIN PERFORM 1; END $$", IS_FINE },
};

static const struct row sqlite_rows[] = {
	{ "VACUUM", REFUSES },
	{ "VACUUM main", REFUSES },
	{ "VACUUM INTO 'copy.db'", REFUSES },
	{ "PRAGMA synchronous = normal", REFUSES },
	{ "PRAGMA main.synchronous(1)", REFUSES },
	{ "DETACH nobody", MAY_REFUSE },
	{ "CREATE TABLE u (a)", IS_FINE },
	{ "REINDEX", IS_FINE },
	{ "ANALYZE", IS_FINE },
	{ "PRAGMA user_version = 3", IS_FINE },
	{ "PRAGMA optimize", IS_FINE },
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* One file, parsed. */
struct script_case {
	struct arena arena;
	struct diagnostics problems;
	struct source source;
	struct parsed_file parsed;
};

static void parse(struct script_case *script, const char *name, const char *sql,
                  struct mode_input input)
{
	*script = (struct script_case){ 0 };
	script->problems.arena = &script->arena;
	script->source = (struct source){ .path = name, .name = name, .text = text_of(sql) };
	parse_file(&script->arena,
	           &(struct parse_input){ &script->source, input.dialect,
	                                  input.down ? FILE_DOWN : FILE_BOTH, input.repeatable },
	           &script->parsed, &script->problems);
}

static size_t count_of(const struct script_case *script, enum rule rule)
{
	size_t count = 0;

	for (size_t i = 0; i < script->problems.count; i++)
		count += script->problems.items[i].problem.rule == rule;
	return count;
}

static void expect_row(const struct row *row, enum dialect dialect)
{
	struct script_case alone, mixed;
	struct mode_input input = { .dialect = dialect };
	bool settles = row->answer != IS_FINE;
	char *mix = format("CREATE TABLE beside (a INTEGER); %s;", row->sql);

	parse(&alone, "1_a.sql", row->sql, input);
	parse(&mixed, "1_a.sql", mix, input);
	if (alone.parsed.up.no_transaction != settles ||
	    count_of(&alone, RULE_TRANSACTION_MODE) != (size_t)settles ||
	    count_of(&alone, RULE_REFUSES_TRANSACTION) != 0)
		fail_msg("alone: %s", row->sql);
	if (mixed.parsed.up.no_transaction || count_of(&mixed, RULE_TRANSACTION_MODE) != 0 ||
	    count_of(&mixed, RULE_REFUSES_TRANSACTION) !=
	            (size_t)(row->answer == REFUSES ||
	                     (dialect == DIALECT_SQLITE && row->answer == MAY_REFUSE)))
		fail_msg("beside others: %s", row->sql);
	arena_clear(&alone.arena);
	arena_clear(&mixed.arena);
	free(mix);
}

static void each_statement(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(postgres_rows); i++)
		expect_row(&postgres_rows[i], DIALECT_POSTGRES);
	for (size_t i = 0; i < COUNT(sqlite_rows); i++)
		expect_row(&sqlite_rows[i], DIALECT_SQLITE);
}

/* ---- what the databases say ------------------------------------------------------------------ */

static void run(PGconn *connection, const char *sql)
{
	PGresult *result = PQexec(connection, sql);

	if (PQresultStatus(result) != PGRES_COMMAND_OK && PQresultStatus(result) != PGRES_TUPLES_OK)
		fail_msg("%s: %s", sql, PQerrorMessage(connection));
	PQclear(result);
}

static void postgres_agrees(void **state)
{
	PGconn *connection = postgres_server_connect_as("postgres", "postgres");

	(void)state;
	if (connection == NULL && getenv("CI") != NULL)
		fail_msg("there is no PostgreSQL to ask");
	if (connection == NULL)
		skip();
	run(connection,
	    "CREATE TABLE t (a int); CREATE INDEX t_a ON t (a);"
	    "CREATE TABLE p (a int) PARTITION BY LIST (a);"
	    "CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);"
	    "CREATE MATERIALIZED VIEW m AS SELECT 1 AS a; CREATE UNIQUE INDEX m_a ON m (a);"
	    "CREATE TYPE color AS ENUM ('red');"
	    "CREATE SUBSCRIPTION sub CONNECTION 'dbname=x' PUBLICATION a"
	    " WITH (connect = false, slot_name = 'x')");
	for (size_t i = 0; i < COUNT(postgres_rows); i++) {
		enum answer answer = postgres_rows[i].answer;
		PGresult *result;
		const char *code;
		bool refused;

		run(connection, "BEGIN");
		if (strstr(postgres_rows[i].sql, "ALTER SUBSCRIPTION") != NULL)
			run(connection, "ALTER SUBSCRIPTION sub ENABLE");
		result = PQexec(connection, postgres_rows[i].sql);
		code = PQresultErrorField(result, PG_DIAG_SQLSTATE);
		refused = code != NULL && strcmp(code, "25001") == 0;
		if (refused != (answer == REFUSES || answer == MAY_REFUSE))
			fail_msg("%s: %s", postgres_rows[i].sql, PQresultErrorMessage(result));
		PQclear(result);
		run(connection, "ROLLBACK");
	}
	run(connection, "ALTER SUBSCRIPTION sub SET (slot_name = NONE)");
	run(connection, "DROP SUBSCRIPTION sub");
	PQfinish(connection);
}

static void sqlite_agrees(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(sqlite_rows); i++) {
		sqlite3 *connection;
		int status;

		assert_int_equal(sqlite3_open(":memory:", &connection), SQLITE_OK);
		assert_int_equal(sqlite3_exec(connection, "BEGIN", NULL, NULL, NULL), SQLITE_OK);
		status = sqlite3_exec(connection, sqlite_rows[i].sql, NULL, NULL, NULL);
		if ((status == SQLITE_OK) != (sqlite_rows[i].answer == IS_FINE))
			fail_msg("%s: %s", sqlite_rows[i].sql, sqlite3_errmsg(connection));
		sqlite3_close(connection);
	}
}

/* ---- the checksum ---------------------------------------------------------------------------- */

static struct inlay_digest digest_of(const char *sql, enum dialect dialect)
{
	struct script_case script;
	struct inlay_digest digest;

	parse(&script, "1_a.sql", sql, (struct mode_input){ .dialect = dialect });
	assert_true(script.parsed.up.no_transaction);
	digest = checksum_script(&script.parsed.up, dialect);
	arena_clear(&script.arena);
	return digest;
}

/* Written or not, it is one migration. */
static void has_the_checksum_of_one_that_says_so(void **state)
{
	static const struct {
		const char *sql;
		enum dialect dialect;
	} rows[] = {
		{ "CREATE INDEX CONCURRENTLY i ON t (a);", DIALECT_POSTGRES },
		{ "SET lock_timeout = 1; VACUUM; VACUUM t; RESET lock_timeout", DIALECT_POSTGRES },
		{ "VACUUM", DIALECT_SQLITE },
		{ "PRAGMA foreign_keys = off; VACUUM; PRAGMA foreign_keys = on", DIALECT_SQLITE },
		{ "ATTACH 'x' AS x; DETACH x", DIALECT_SQLITE },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *said = format("-- migrate:up transaction:false\n%s", rows[i].sql);
		struct inlay_digest a = digest_of(rows[i].sql, rows[i].dialect);
		struct inlay_digest b = digest_of(said, rows[i].dialect);

		if (!digest_equals(&a, &b))
			fail_msg("%s", rows[i].sql);
		free(said);
	}
}

/* ---- the split ------------------------------------------------------------------------------- */

static const struct split_case {
	const char *name;
	const char *sql;
	bool down;
	bool repeatable;
	const char *rewrite; /* NULL: none. */
} splits[] = {
	{ "012_orders.sql",
	  "CREATE TABLE orders (\n  id bigint, -- the key\n  note text\n);\n"
	  "CREATE INDEX CONCURRENTLY orders_note ON orders (note);\n",
	  false, false,
	  "-- 012_orders.sql\n"
	  "CREATE TABLE orders ( id bigint, note text );\n"
	  "-- 013_orders_indexes.sql (without a transaction)\n"
	  "CREATE INDEX CONCURRENTLY orders_note ON orders (note);\n" },
	{ "20261120093000_x.postgres.up.sql",
	  "SET lock_timeout = '1s'; VACUUM a; RESET lock_timeout; SELECT 1; SET role x;"
	  "CREATE INDEX CONCURRENTLY i ON t (a); RESET role;",
	  false, false,
	  "-- 20261120093000_x.postgres.up.sql (without a transaction)\n"
	  "SET lock_timeout = '1s';\n"
	  "VACUUM a;\n"
	  "-- 20261120093001_x_after.postgres.up.sql\n"
	  "RESET lock_timeout;\n"
	  "SELECT 1;\n"
	  "-- 20261120093002_x_indexes.postgres.up.sql (without a transaction)\n"
	  "SET role x;\n"
	  "CREATE INDEX CONCURRENTLY i ON t (a);\n"
	  "RESET role;\n" },
	{ "7_x.sql",
	  "SELECT 1; SELECT 2;\n-- migrate:call rehash\nSELECT 4; SELECT 5; SELECT 6;"
	  "ALTER SYSTEM SET work_mem = '1MB';",
	  false, false,
	  "-- 7_x.sql\n"
	  "SELECT 1;\n"
	  "SELECT 2;\n"
	  "-- migrate:call rehash\n"
	  "SELECT 4;\n"
	  "-- and the 2 behind it\n"
	  "-- 8_x_alone.sql (without a transaction)\n"
	  "ALTER SYSTEM SET work_mem = '1MB';\n" },
	{ "9_x.down.sql", "DROP INDEX CONCURRENTLY i; DROP TABLE t;", true, false,
	  "-- 10_x.down.sql, down (without a transaction)\n"
	  "DROP INDEX CONCURRENTLY i;\n"
	  "-- 9_x_after.down.sql, down\n"
	  "DROP TABLE t;\n" },
	{ "x.sql",
	  "SELECT 'a long line that is longer than what anybody wants to read in a proposal, cut';"
	  "BEGIN; SELECT 'two\nlines', 1; VACUUM;",
	  false, false,
	  "-- part 1\n"
	  "SELECT ...;\n"
	  "SELECT ...;\n"
	  "-- part 2 (without a transaction)\n"
	  "VACUUM;\n" },
	{ "1_a.sql", "BEGIN; VACUUM; COMMIT;", false, false, NULL },
	{ "R__a.sql", "SELECT 1; VACUUM;", false, true, NULL },
	{ "R__a.sql", "VACUUM;", false, true, NULL },
};

static void proposes_a_split(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(splits); i++) {
		const struct split_case *wanted = &splits[i];
		struct script_case script;
		const char *rewrite = NULL;

		parse(&script, wanted->name, wanted->sql,
		      (struct mode_input){ DIALECT_POSTGRES, wanted->down, wanted->repeatable });
		assert_int_equal(count_of(&script, RULE_REFUSES_TRANSACTION), 1);
		for (size_t j = 0; j < script.problems.count; j++)
			if (script.problems.items[j].problem.rule == RULE_REFUSES_TRANSACTION)
				rewrite = script.problems.items[j].problem.rewrite;
		if ((rewrite == NULL) != (wanted->rewrite == NULL))
			fail_msg("%s: %s", wanted->sql, rewrite != NULL ? rewrite : "no split");
		if (rewrite != NULL)
			assert_string_equal(rewrite, wanted->rewrite);
		arena_clear(&script.arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_statement),
		cmocka_unit_test(postgres_agrees),
		cmocka_unit_test(sqlite_agrees),
		cmocka_unit_test(has_the_checksum_of_one_that_says_so),
		cmocka_unit_test(proposes_a_split),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
