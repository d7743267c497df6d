/* ddl_test.c - what is read from statements of both dialects, as text (tests/support/describe.h);
 * odd ones, too, and soup of tokens, which must be read to the end. */
#include "ddl_rows.h"
#include "describe.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static struct ddl read_one(struct arena *arena, const char *sql, enum dialect dialect)
{
	struct statement *statement = arena_array(arena, struct statement, 1);

	statement->text = text_of(sql);
	statement->standard_conforming_strings = true;
	return ddl_read(arena, statement, dialect);
}

static void reads_rows(enum dialect dialect)
{
	struct arena arena = { 0 };
	size_t wrong = 0;
	size_t count;
	const struct ddl_row *rows = ddl_rows(dialect, &count);

	for (size_t i = 0; i < count; i++) {
		struct ddl ddl = read_one(&arena, rows[i].sql, dialect);
		const char *received = describe_ddl(&arena, &ddl);

		if (strcmp(received, rows[i].expected) == 0)
			continue;
		print_error("%s\n  is      %s\n  and not %s\n", rows[i].sql, received,
		            rows[i].expected);
		wrong++;
	}
	arena_clear(&arena);
	assert_int_equal(wrong, 0);
}

static void reads_postgres(void **state)
{
	(void)state;
	reads_rows(DIALECT_POSTGRES);
}

static void reads_sqlite(void **state)
{
	(void)state;
	reads_rows(DIALECT_SQLITE);
}

/* A name of 64 bytes is cut to 63, and not in the middle of a character. */
static void cuts_names(void **state)
{
	static const char letters[] =
	        "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghij"; /* 62 */
	struct arena arena = { 0 };
	struct ddl ddl;

	(void)state;
	ddl = read_one(&arena, arena_format(&arena, "DROP TABLE %sKL", letters), DIALECT_POSTGRES);
	assert_string_equal(ddl.name.name, arena_format(&arena, "%sk", letters));
	ddl = read_one(&arena, arena_format(&arena, "DROP TABLE %s\xc3\xa4", letters),
	               DIALECT_POSTGRES);
	assert_string_equal(ddl.name.name, letters);
	ddl = read_one(&arena, arena_format(&arena, "DROP TABLE %sKL", letters), DIALECT_SQLITE);
	assert_string_equal(ddl.name.name, arena_format(&arena, "%sKL", letters));
	arena_clear(&arena);
}

static void quotes_names(void **state)
{
	static const struct {
		const char *name;
		const char *postgres;
		const char *sqlite;
	} names[] = {
		{ "abc", "abc", "abc" },
		{ "Abc", "\"Abc\"", "Abc" },
		{ "a b", "\"a b\"", "\"a b\"" },
		{ "a\"b", "\"a\"\"b\"", "\"a\"\"b\"" },
		{ "1a", "\"1a\"", "\"1a\"" },
		{ "a1_", "a1_", "a1_" },
		{ "", "\"\"", "\"\"" },
		{ "user", "\"user\"", "user" },
		{ "order", "\"order\"", "\"order\"" },
		{ "key", "key", "\"key\"" },
		{ "\xc3\xa4", "\"\xc3\xa4\"", "\"\xc3\xa4\"" },
	};
	struct arena arena = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++) {
		assert_string_equal(name_quote(&arena, names[i].name, DIALECT_POSTGRES),
		                    names[i].postgres);
		assert_string_equal(name_quote(&arena, names[i].name, DIALECT_SQLITE),
		                    names[i].sqlite);
	}
	assert_string_equal(
	        name_to_sql(&arena, (struct name){ .schema = "a", .name = "B" }, DIALECT_POSTGRES),
	        "a.\"B\"");
	arena_clear(&arena);
}

/* ---- soup ------------------------------------------------------------------------------------ */

static uint64_t seed;

static size_t random_below(size_t limit)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (size_t)(seed >> 33) % limit;
}

/* A beginning of one row, and words of others. */
static const char *make_soup(struct arena *arena, enum dialect dialect)
{
	size_t count;
	const struct ddl_row *rows = ddl_rows(dialect, &count);
	const char *start = rows[random_below(count)].sql;
	const char *soup = arena_copy(
	        arena, (struct text){ (const unsigned char *)start, random_below(strlen(start)) });
	size_t pieces = random_below(12);

	for (size_t i = 0; i < pieces; i++) {
		const char *from = rows[random_below(count)].sql;
		const char *word = strchr(from + random_below(strlen(from)), ' ');

		if (word != NULL)
			soup = arena_format(arena, "%s %.*s", soup, (int)strcspn(word + 1, " "),
			                    word + 1);
	}
	return soup;
}

static bool is_inside(struct text part, struct text whole)
{
	return part.start == NULL ||
	       (part.start >= whole.start && part.start + part.size <= whole.start + whole.size);
}

static void check_soup(const struct ddl *ddl, const char *soup)
{
	struct text whole = ddl->statement->text;
	size_t i;

	for (i = 0; i < ddl->column_count; i++)
		if (ddl->columns[i].name == NULL || !is_inside(ddl->columns[i].at, whole))
			fail_msg("a column of %s", soup);
	for (i = 0; i < ddl->action_count; i++)
		if (!is_inside(ddl->actions[i].at, whole))
			fail_msg("an action of %s", soup);
	if (!is_inside(ddl->as_query, whole) || !is_inside(ddl->where, whole) ||
	    !is_inside(ddl->body, whole) || !is_inside(ddl->name.at, whole))
		fail_msg("a part of %s", soup);
}

static void reads_soup_of(enum dialect dialect)
{
	for (uint64_t round = 0; round < 4000; round++) {
		struct arena arena = { 0 };
		const char *soup;
		struct ddl ddl;

		seed = round;
		soup = make_soup(&arena, dialect);
		ddl = read_one(&arena, soup, dialect);
		check_soup(&ddl, soup);
		assert_true(strlen(describe_ddl(&arena, &ddl)) > 0);
		arena_clear(&arena);
	}
}

static void reads_soup_of_postgres(void **state)
{
	(void)state;
	reads_soup_of(DIALECT_POSTGRES);
}

static void reads_soup_of_sqlite(void **state)
{
	(void)state;
	reads_soup_of(DIALECT_SQLITE);
}

/* Nested as deep as a file is long: no recursion, and linear. */
static void reads_what_is_nested(void **state)
{
	static const char *const beginnings[] = { "CREATE TABLE t (a int DEFAULT ",
		                                  "CREATE INDEX i ON t (", "INSERT INTO t ",
		                                  "ALTER TABLE t ADD CHECK ", "SELECT " };
	size_t size = 1000000;
	char *nested = malloc(size + 100);

	(void)state;
	assert_non_null(nested);
	for (size_t i = 0; i < COUNT(beginnings); i++) {
		struct arena arena = { 0 };
		size_t start = strlen(beginnings[i]);

		memcpy(nested, beginnings[i], start);
		memset(nested + start, '(', size);
		nested[start + size] = '\0';
		assert_int_not_equal(read_one(&arena, nested, DIALECT_POSTGRES).kind, DDL_OTHER);
		assert_int_not_equal(read_one(&arena, nested, DIALECT_SQLITE).kind, DDL_OTHER);
		arena_clear(&arena);
	}
	free(nested);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_postgres),
		cmocka_unit_test(reads_sqlite),
		cmocka_unit_test(cuts_names),
		cmocka_unit_test(quotes_names),
		cmocka_unit_test(reads_soup_of_postgres),
		cmocka_unit_test(reads_soup_of_sqlite),
		cmocka_unit_test(reads_what_is_nested),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
