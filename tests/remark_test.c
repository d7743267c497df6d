/* remark_test.c - comments to the tool: which ones are, what they say, and what they are for. */
#include "../compiler/remark.h"
#include "files.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

/* `expected` has a line a remark: kind, names, reason and scope between bars. */
static const struct row {
	const char *name;
	const char *text;
	const char *expected;
} rows[] = {
	{ "nothing", "", "" },
	{ "no remark", "-- a comment: here\nDROP TABLE a;\n", "" },
	{ "above", "-- inlay:ignore drop-table -- empty since May\nDROP TABLE a;\nDROP TABLE b;\n",
	  "ignore|drop-table|empty since May|DROP TABLE a\n" },
	{ "far above", "-- inlay:ignore x -- y\n\n/* z */\n-- prose\n\nDROP TABLE a;\n",
	  "ignore|x|y|DROP TABLE a\n" },
	{ "behind", "DROP TABLE a; -- inlay:ignore x -- y\nDROP TABLE b;\n",
	  "ignore|x|y|DROP TABLE a\n" },
	{ "behind the second of a line", "SELECT 1; SELECT 2; -- inlay:ignore x -- y\nSELECT 3;\n",
	  "ignore|x|y|SELECT 2\n" },
	{ "inside", "SELECT 1;\nSELECT 2, -- inlay:ignore x -- y\n  3;\nSELECT 4;\n",
	  "ignore|x|y|SELECT 2, -- inlay:ignore x -- y\n  3\n" },
	{ "inside, on a line with another's end",
	  "SELECT 1; SELECT 2, -- inlay:ignore x -- y\n  3;\n",
	  "ignore|x|y|SELECT 2, -- inlay:ignore x -- y\n  3\n" },
	{ "several in one statement",
	  "-- inlay:ignore a -- b\nSELECT 1, -- inlay:ignore c -- d\n 2; -- inlay:ignore e -- f\n",
	  "ignore|a|b|SELECT 1, -- inlay:ignore c -- d\n 2\n"
	  "ignore|c|d|SELECT 1, -- inlay:ignore c -- d\n 2\n"
	  "ignore|e|f|SELECT 1, -- inlay:ignore c -- d\n 2\n" },
	{ "no statement", "-- inlay:ignore x -- y\n", "ignore|x|y|\n" },
	{ "below the last statement", "SELECT 1;\n-- inlay:ignore x -- y\n", "ignore|x|y|\n" },
	{ "below the last statement, which has no semicolon", "SELECT 1\n-- inlay:ignore x -- y\n",
	  "ignore|x|y|SELECT 1\n" },
	{ "behind the last statement, which has no semicolon", "SELECT 1 -- inlay:ignore x -- y",
	  "ignore|x|y|SELECT 1\n" },
	{ "a section ends a statement",
	  "-- migrate:up\nSELECT 1\n-- migrate:down\n-- inlay:ignore x -- y\nSELECT 2\n",
	  "ignore|x|y|SELECT 2\n" },
	{ "a call is a statement",
	  "-- inlay:ignore x -- y\n-- migrate:call f\nSELECT 1;\n-- inlay:ignore-file a -- b\n",
	  "ignore|x|y|-- migrate:call f\nignore-file|a|b|\n" },
	{ "a file's", "-- prose\n-- inlay:ignore-file a, b -- c\nSELECT 1;\n",
	  "ignore-file|a, b|c|-- prose\n-- inlay:ignore-file a, b -- c\nSELECT 1;\n\n" },
	{ "a file's below a statement", "SELECT 1;\n-- inlay:ignore-file a -- c\n",
	  "ignore-file|a|c|\n" },
	{ "a file's in a statement", "SELECT -- inlay:ignore-file a -- c\n1;\n",
	  "ignore-file|a|c|\n" },
	{ "what the application brings", "-- inlay:requires f, g -- in main.c\nSELECT f(1);\n",
	  "requires|f, g|in main.c|\n" },
	{ "parts that are missing",
	  "-- inlay:ignore\nSELECT 1; -- inlay:ignore -- y\n"
	  "SELECT 2; -- inlay:ignore x\nSELECT 3; -- inlay:ignore x --\n",
	  "ignore|||SELECT 1\nignore||y|SELECT 1\nignore|x||SELECT 2\nignore|x||SELECT 3\n" },
	{ "no space", "--inlay:ignore a,b--c--d\nSELECT 1;\n", "ignore|a,b|c--d|SELECT 1\n" },
	{ "much space, CRLF", "--\t inlay:ignore  a ,\tb   --   c  \r\nSELECT 1;\r\n",
	  "ignore|a ,\tb|c|SELECT 1\n" },
	{ "a byte-order mark", "\xef\xbb\xbf-- inlay:ignore a -- b\nSELECT 1;\n",
	  "ignore|a|b|SELECT 1\n" },
	{ "unknown words",
	  "-- inlay:ignroe a -- b\n-- inlay: ignore a\n-- INLAY:IGNORE a\nSELECT 1;\n",
	  "unknown|a|b|\nunknown|ignore a||\nunknown|a||\n" },
	{ "no remarks: a block, a string, a word, within a comment",
	  "/* inlay:ignore a -- b */ SELECT '-- inlay:ignore a -- b';\nSELECT inlay:ignore;\n"
	  "-- see inlay:ignore\n",
	  "" },
	{ "a statement that never ends", "-- inlay:ignore a -- b\nSELECT 'x;\n",
	  "ignore|a|b|'x;\n\n" },
	{ "not UTF-8", "-- inlay:ignore a -- b\nSELECT '\xff';\n", "" },
};

static char *describe(const char *text, enum dialect dialect)
{
	static const char *const kinds[] = { "ignore", "ignore-file", "requires", "unknown" };
	struct arena arena = { 0 };
	struct source source = { .text = text_of(text) };
	struct remark_list list = remarks_read(&arena, &source, dialect);
	char *described = format("%s", "");

	for (size_t i = 0; i < list.count; i++) {
		const struct remark *remark = &list.items[i];
		char *next = format("%s%s|%.*s|%.*s|%.*s\n", described, kinds[remark->kind],
		                    (int)remark->names.size, (const char *)remark->names.start,
		                    (int)remark->reason.size, (const char *)remark->reason.start,
		                    (int)remark->scope.size, (const char *)remark->scope.start);

		assert_ptr_equal(remark->source, &source);
		assert_true(remark->at.start >= source.text.start);
		free(described);
		described = next;
	}
	arena_clear(&arena);
	return described;
}

static void test_row(void **state)
{
	const struct row *row = *state;

	for (int dialect = 0; dialect < DIALECT_COUNT; dialect++) {
		char *described = describe(row->text, (enum dialect)dialect);

		assert_string_equal(described, row->expected);
		free(described);
	}
}

/* What is a comment, and what ends a statement, is the dialect's affair. */
static void test_dialects(void **state)
{
	static const char body[] = "-- inlay:ignore a -- b\nDO $$ x; $$;\n";
	static const char nested[] = "/* /* */ -- inlay:ignore a -- b\n*/ SELECT 1;\n";
	char *postgres = describe(body, DIALECT_POSTGRES);
	char *sqlite = describe(body, DIALECT_SQLITE);
	char *nested_postgres = describe(nested, DIALECT_POSTGRES);
	char *nested_sqlite = describe(nested, DIALECT_SQLITE);

	(void)state;
	assert_string_equal(postgres, "ignore|a|b|DO $$ x; $$\n");
	assert_string_equal(sqlite, "ignore|a|b|DO $$ x\n");
	assert_string_equal(nested_postgres, "");
	assert_string_equal(nested_sqlite, "ignore|a|b|*/ SELECT 1\n");
	free(postgres);
	free(sqlite);
	free(nested_postgres);
	free(nested_sqlite);
}

static void test_names(void **state)
{
	struct text names = text_of(" a , ,b,c d ,");
	struct text name;

	(void)state;
	assert_true(remark_next_name(&names, &name));
	assert_true(text_equals(name, text_of("a")));
	assert_true(remark_next_name(&names, &name));
	assert_true(text_equals(name, text_of("b")));
	assert_true(remark_next_name(&names, &name));
	assert_true(text_equals(name, text_of("c d")));
	assert_false(remark_next_name(&names, &name));
	assert_false(remark_next_name(&names, &name));
}

int main(void)
{
	struct CMUnitTest tests[sizeof(rows) / sizeof(rows[0]) + 2];
	size_t count = 0;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		tests[count++] =
		        (struct CMUnitTest){ .name = rows[i].name,
			                     .test_func = test_row,
			                     .initial_state = (void *)(uintptr_t)&rows[i] };
	tests[count++] = (struct CMUnitTest)cmocka_unit_test(test_dialects);
	tests[count++] = (struct CMUnitTest)cmocka_unit_test(test_names);
	return _cmocka_run_group_tests("remark", tests, count, NULL, NULL);
}
