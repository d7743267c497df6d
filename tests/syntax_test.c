/* syntax_test.c - what PostgreSQL's grammar says of a statement, and where. */
#include "syntax.h"

#include "check.h"
#include "files.h"
#include "parse.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* A set of one file. */
struct scene {
	struct arena arena;
	struct diagnostics problems;
	struct source source;
	struct migration migration;
	struct migration_set set;
};

static void check(struct scene *scene, const char *sql)
{
	struct parsed_file parsed;

	*scene = (struct scene){ 0 };
	scene->problems.arena = &scene->arena;
	scene->source =
	        (struct source){ .path = "1_a.sql", .name = "1_a.sql", .text = text_of(sql) };
	parse_file(&scene->arena,
	           &(struct parse_input){ &scene->source, DIALECT_POSTGRES, FILE_BOTH, false },
	           &parsed, &scene->problems);
	scene->migration.variants[DIALECT_POSTGRES].up = parsed.up;
	scene->migration.variants[DIALECT_POSTGRES].down = parsed.down;
	scene->set = (struct migration_set){ .directory = "m",
		                             .items = &scene->migration,
		                             .count = 1,
		                             .dialects[DIALECT_POSTGRES] = true };
	syntax_check(&scene->set, &scene->problems);
}

/* "line:column token: message", one to a line. */
static char *said(const struct scene *scene, enum rule rule)
{
	char *text = format("%s", "");

	for (size_t i = 0; i < scene->problems.count; i++) {
		const struct diagnostic *item = &scene->problems.items[i];
		struct position position;
		char *longer;

		if (item->problem.rule != rule)
			continue;
		assert_non_null(item->problem.at.start);
		position = text_position(scene->source.text, (size_t)(item->problem.at.start -
		                                                      scene->source.text.start));
		longer = format("%s%u:%u %.*s: %s\n", text, position.line, position.column,
		                (int)item->problem.at.size, (const char *)item->problem.at.start,
		                item->message);
		free(text);
		text = longer;
	}
	return text;
}

static void expect(const char *sql, const char *wanted)
{
	struct scene scene;
	char *received;

	check(&scene, sql);
	received = said(&scene, RULE_SYNTAX);
	if (strcmp(received, wanted) != 0)
		fail_msg("%s\n  says: %s\n  should say: %s", sql, received, wanted);
	free(received);
	arena_clear(&scene.arena);
}

static const struct {
	const char *sql;
	const char *wanted;
} rows[] = {
	/* Nothing wrong. */
	{ "CREATE TABLE t (a int); SELECT 1; -- migrate:x\n", "" },
	{ "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END;", "" },
	{ "CREATE TABLE t (a int UNIQUE NULLS NOT DISTINCT)", "" },
	{ "-- migrate:call rehash\nSELECT 1;", "" },
	{ "", "" },
	/* Where it is. */
	{ "CREATE TABEL x (a int);", "1:8 TABEL: syntax error at or near \"TABEL\"\n" },
	{ "SELECT 1;\n\n  SELECT 1 +\n  FROM t;\nSELEC 2;",
	  "4:3 FROM: syntax error at or near \"FROM\"\n"
	  "5:1 SELEC: syntax error at or near \"SELEC\"\n" },
	{ "SELECT '\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80', a b c;",
	  "1:19 c: syntax error at or near \"c\"\n" },
	{ "/* \xc3\xa4\xc3\xb6 */ SELECT /* \xc3\xa4 */ 1 2;",
	  "1:27 2: syntax error at or near \"2\"\n" },
	{ "GRANT SELECT ON t TO", "1:19 TO: syntax error at end of input\n" },
	{ "CREATE TABLE a.b.c.d (x int)",
	  "1:14 a: improper qualified name (too many dotted names): a.b.c.d\n" },
	{ "SELECT $tag$one\n\ttwo$tag$ $tag$ three $tag$",
	  "2:11 $tag$ three $tag$: syntax error at or near \"$tag$ three $tag$\"\n" },
	{ "SELECT 1 $$one\n\ttwo$$",
	  "1:10 $$one\n\ttwo$$: syntax error at or near \"$$one  two$$\"\n" },
	{ "-- migrate:up\nSELECT 1;\n-- migrate:down\nDROP TABEL t;",
	  "4:6 TABEL: syntax error at or near \"TABEL\"\n" },
	/* Strings of before 1999. */
	{ "SET standard_conforming_strings = off; SELECT 'it\\'s', 1;"
	  "SET standard_conforming_strings = on; SELECT 'it\\', 1 2;",
	  "1:112 2: syntax error at or near \"2\"\n" },
	{ "SET standard_conforming_strings = off; SELEC 'plain'",
	  "1:40 SELEC: syntax error at or near \"SELEC\"\n" },
	/* What has been reported already. */
	{ "SELECT (1;\nSELEC 2;", "" },
	{ "\\copy t from 'x'\nSELEC 2;", "" },
};

static void says_what_postgres_says(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		expect(rows[i].sql, rows[i].wanted);
}

/* A message is a line that can be read, however long what it is near to. */
static void cuts_what_is_long(void **state)
{
	char sql[1000] = "SELECT 1 '";
	struct scene scene;
	char *received;
	size_t size;

	(void)state;
	for (size = strlen(sql); size < 900; size += 2)
		memcpy(sql + size, "\xc3\xa4", 2);
	memcpy(sql + size, "';", 3);
	check(&scene, sql);
	assert_int_equal(scene.problems.count, 1);
	received = format("%s", scene.problems.items[0].message);
	assert_true(strlen(received) < 180);
	assert_int_equal(text_find_invalid(text_of(received)), strlen(received));
	assert_string_equal(received + strlen(received) - 6, "\xc3\xa4 ...");
	free(received);
	arena_clear(&scene.arena);
}

/* Each of these is known to a newer server: which one is in the help. */
static const struct {
	const char *sql;
	int version; /* 0: none is named. */
} newer[] = {
	{ "CREATE TABLE t (a text STORAGE external)", 16 },
	{ "SELECT '1' IS JSON", 16 },
	{ "SELECT x IS NOT JSON OBJECT", 16 },
	{ "SELECT json_object('a': 1)", 16 },
	{ "SELECT json_object('a' VALUE 1)", 16 },
	{ "SELECT json_array(1, NULL ON NULL)", 16 },
	{ "SELECT json_array(1 NULL ON NULL)", 16 },
	{ "SELECT json_array(1 ABSENT ON NULL)", 16 },
	{ "SELECT json_array(1 RETURNING jsonb)", 16 },
	{ "SELECT json_object('a', 1 RETURNING jsonb)", 16 },
	{ "SELECT json_arrayagg(a ORDER BY a RETURNING jsonb) FROM t", 16 },
	{ "SELECT json_objectagg(a : b) FROM t", 16 },
	{ "CREATE STATISTICS ON a, b FROM t", 16 },
	{ "GRANT a TO b WITH INHERIT TRUE", 16 },
	{ "GRANT a TO b WITH SET FALSE", 16 },
	{ "SELECT xmlserialize(DOCUMENT x AS text INDENT)", 16 },
	{ "SELECT 1_000", 16 },
	{ "SELECT 0x1f", 16 },
	{ "SELECT 0b1", 16 },
	{ "SELECT * FROM (SELECT 1)", 16 },
	{ "MERGE INTO t USING s ON t.a = s.a WHEN MATCHED THEN DELETE RETURNING t.a", 17 },
	{ "WITH x AS (MERGE INTO t USING s ON true WHEN MATCHED THEN DELETE RETURNING t.a) SELECT "
	  "1",
	  17 },
	{ "MERGE INTO t USING s ON t.a = s.a WHEN NOT MATCHED BY SOURCE THEN DELETE", 17 },
	{ "SELECT * FROM json_table('[]', '$[*]' COLUMNS (a int PATH '$'))", 17 },
	{ "SELECT * FROM json_table('[]', '$[*]' AS x COLUMNS (a int PATH '$'))", 17 },
	{ "SELECT * FROM json_table('[]', '$[*]' PASSING 1 AS x COLUMNS (a int PATH '$'))", 17 },
	{ "SELECT json_value(j, '$.a' RETURNING int)", 17 },
	{ "SELECT json_value(j, '$.a' PASSING 1 AS a)", 17 },
	{ "SELECT json_value(j, '$.a' NULL ON EMPTY)", 17 },
	{ "SELECT json_value(j, '$.a' ERROR ON EMPTY)", 17 },
	{ "SELECT json_value(j, '$.a' DEFAULT 1 ON EMPTY)", 17 },
	{ "SELECT json_query(j, '$.a' RETURNING text)", 17 },
	{ "SELECT json_query(j, '$.a' PASSING 1 AS a)", 17 },
	{ "SELECT json_query(j, '$.a' WITH WRAPPER)", 17 },
	{ "SELECT json_query(j, '$.a' WITHOUT WRAPPER)", 17 },
	{ "SELECT json_exists(j, '$.a' PASSING 1 AS x)", 17 },
	{ "SELECT json_exists(j, '$.a' ERROR ON ERROR)", 17 },
	{ "SELECT json('{}' WITH UNIQUE KEYS)", 17 },
	{ "ALTER TABLE t ALTER COLUMN a SET EXPRESSION AS (b + 1)", 17 },
	{ "ALTER TABLE t SET ACCESS METHOD DEFAULT", 17 },
	{ "ALTER TABLE t ALTER COLUMN a SET STATISTICS DEFAULT", 17 },
	{ "SELECT now() AT LOCAL", 17 },
	{ "CREATE TABLE t (a int, b int GENERATED ALWAYS AS (a) VIRTUAL)", 18 },
	{ "CREATE TABLE t (a int, b int GENERATED ALWAYS AS (a))", 18 },
	{ "CREATE TABLE t (a int, r tsrange, PRIMARY KEY (a, r WITHOUT OVERLAPS))", 18 },
	{ "CREATE TABLE t (a int, r tsrange, FOREIGN KEY (a, PERIOD r) REFERENCES u (a, PERIOD r))",
	  18 },
	{ "CREATE TABLE t (a int CHECK (a > 0) NOT ENFORCED)", 18 },
	{ "ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0) NOT ENFORCED", 18 },
	{ "ALTER TABLE t ADD CONSTRAINT c NOT NULL a NOT VALID", 18 },
	{ "ALTER TABLE t ADD NOT NULL a", 18 },
	{ "CREATE TABLE t (a int, CONSTRAINT c NOT NULL a)", 18 },
	{ "UPDATE t SET a = 1 RETURNING WITH (OLD AS o) o.a", 18 },
	{ "ALTER DEFAULT PRIVILEGES GRANT SELECT ON LARGE OBJECTS TO x", 18 },
	{ "ALTER TABLE t ALTER CONSTRAINT c INHERIT", 18 },
	{ "VACUUM ONLY t", 18 },
	{ "ANALYZE ONLY t", 18 },
	{ "SELEC 1", 0 },
	{ "SELECT 1a", 0 },
	{ "CREATE TABLE t (a int,)", 0 },
	{ "CREATE TABLE t (a int) WITH ()", 0 },
	{ "INSERT INTO t VALUES (1,)", 0 },
	{ "SELECT 1_a", 0 },
	{ "GRANT a TO b WITH", 0 },
};

static const char *help_of(const struct scene *scene)
{
	for (size_t i = 0; i < scene->problems.count; i++)
		if (scene->problems.items[i].problem.rule == RULE_SYNTAX)
			return scene->problems.items[i].problem.help;
	return NULL;
}

static void names_the_version_that_knows_it(void **state)
{
	const char *version = syntax_version();
	long grammar;

	(void)state;
	assert_non_null(version);
	grammar = strtol(version + strlen("PostgreSQL "), NULL, 10);
	for (size_t i = 0; i < COUNT(newer); i++) {
		struct scene scene;
		const char *help;
		char *wanted;

		if (newer[i].version > 0 && newer[i].version <= grammar)
			continue;
		check(&scene, newer[i].sql);
		help = help_of(&scene);
		if (help == NULL)
			fail_msg("%s: passes", newer[i].sql);
		wanted = newer[i].version > 0
		                 ? format(" came with PostgreSQL %d, and the grammar here is %ld's",
		                          newer[i].version, grammar)
		                 : format("the grammar is PostgreSQL %ld's; what only", grammar);
		if (strstr(help, wanted) == NULL || strstr(help, "inlay:ignore syntax -- ") == NULL)
			fail_msg("%s: %s", newer[i].sql, help);
		free(wanted);
		arena_clear(&scene.arena);
	}
}

/* How many of the rule `inlay check` reports for a file of this text. */
static size_t reported(const char *sql, bool no_syntax, enum rule rule)
{
	bool dialects[DIALECT_COUNT] = { [DIALECT_POSTGRES] = true };
	char *directory = directory_make();
	char *path = format("%s/1_a.sql", directory);
	struct options options = { .operand = directory,
		                   .no_rehearsal = true,
		                   .no_syntax = no_syntax };
	struct workspace workspace;
	size_t count = 0;

	file_write_string(path, sql);
	check_set(&workspace, &options, dialects);
	for (size_t i = 0; i < workspace.problems.count; i++)
		count += workspace.problems.items[i].problem.rule == rule;
	set_clear(&workspace);
	directory_remove(directory);
	free(directory);
	free(path);
	return count;
}

static void lets_through_what_is_ignored(void **state)
{
	static const char ignored[] = "-- inlay:ignore syntax -- PostgreSQL 28\n"
	                              "CREATE TABLE t (a int) IN A BOTTLE;\n";
	static const char unused[] = "-- inlay:ignore syntax -- PostgreSQL 28\n"
	                             "CREATE TABLE t (a int);\n";

	(void)state;
	assert_int_equal(reported(ignored, false, RULE_SYNTAX), 0);
	assert_int_equal(reported(ignored, false, RULE_UNUSED_IGNORE), 0);
	assert_int_equal(reported(strchr(ignored, '\n') + 1, false, RULE_SYNTAX), 1);
	assert_int_equal(reported(strchr(ignored, '\n') + 1, true, RULE_SYNTAX), 0);
	assert_int_equal(reported(unused, false, RULE_UNUSED_IGNORE), 1);
	assert_int_equal(reported(unused, true, RULE_UNUSED_IGNORE), 0);
}

/* Built without the library, there is a note and nothing else. */
static void says_once_that_nobody_was_asked(void **state)
{
	struct scene scene;

	(void)state;
	check(&scene, "SELEC 1; SELEC 2;");
	assert_int_equal(scene.problems.count, 1);
	assert_int_equal(scene.problems.items[0].problem.rule, RULE_SYNTAX_UNCHECKED);
	arena_clear(&scene.arena);
}

int main(void)
{
	const struct CMUnitTest with[] = {
		cmocka_unit_test(says_what_postgres_says),
		cmocka_unit_test(cuts_what_is_long),
		cmocka_unit_test(names_the_version_that_knows_it),
		cmocka_unit_test(lets_through_what_is_ignored),
	};
	const struct CMUnitTest without[] = {
		cmocka_unit_test(says_once_that_nobody_was_asked),
	};

	if (syntax_version() != NULL)
		return cmocka_run_group_tests(with, NULL, NULL);
	if (getenv("CI") != NULL) {
		print_error("libpg_query is not here to ask\n");
		return 1;
	}
	return cmocka_run_group_tests(without, NULL, NULL);
}
