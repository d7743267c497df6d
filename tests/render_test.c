/* render_test.c - diagnostics in every format: as people see them, and a line each. */
#include "../compiler/render/render.h"
#include "files.h"
#include "sample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

/* ---- one diagnostic as text ------------------------------------------------------------------ */

/* A problem at the first `at` of `text`. */
static const struct row {
	const char *name;
	const char *text;
	const char *at; /* NULL: the file has the problem as a whole. */
	struct problem problem;
	const char *fix_at;
	const char *fix;
	const char *expected;
	bool color;
} rows[] = {
	{ .name = "a word",
	  .text = "SELECT 1;\nDROP TABLE account;\n",
	  .at = "account",
	  .problem = { .rule = RULE_DROP_TABLE },
	  .expected = "m/1.sql:2:12: warning: found [drop-table]\n"
	              "   2 | DROP TABLE account;\n"
	              "     |            ^~~~~~~\n" },
	{ .name = "the whole file",
	  .text = "SELECT 1;\n",
	  .problem = { .rule = RULE_EMPTY, .help = "do something" },
	  .expected = "m/1.sql: note: found [empty]\n"
	              "     = help: do something\n" },
	{ .name = "everything there is to say",
	  .text = "CREATE INDEX i ON t (a);\n",
	  .at = "INDEX",
	  .problem = { .rule = RULE_INDEX_NOT_CONCURRENT,
	               .lock = "SHARE on t: writes wait",
	               .help = "build it\nbeside the writes",
	               .rewrite =
	                       "-- next migration\n\nCREATE INDEX CONCURRENTLY i\n  ON t (a);\n" },
	  .fix_at = "INDEX",
	  .fix = "INDEX CONCURRENTLY",
	  .expected = "m/1.sql:1:8: warning: found [index-not-concurrent]\n"
	              "   1 | CREATE INDEX i ON t (a);\n"
	              "     |        ^~~~~\n"
	              "     = lock: SHARE on t: writes wait\n"
	              "     = help: build it\n"
	              "       beside the writes\n"
	              "     = instead:\n"
	              "         -- next migration\n"
	              "\n"
	              "         CREATE INDEX CONCURRENTLY i\n"
	              "           ON t (a);\n"
	              "     = fix:\n"
	              "       - CREATE INDEX i ON t (a);\n"
	              "       + CREATE INDEX CONCURRENTLY i ON t (a);\n" },
	{ .name = "several lines, one of them empty",
	  .text = "SELECT 0; SELECT 1,\n\n\t2, -- two\n  3 ; SELECT 4;\n",
	  .at = "SELECT 1,\n\n\t2, -- two\n  3 ",
	  .problem = { .rule = RULE_SYNTAX },
	  .expected = "m/1.sql:1:11: error: found [syntax]\n"
	              "   1 | SELECT 0; SELECT 1,\n"
	              "     |           ^~~~~~~~~\n"
	              "   2 |\n"
	              "   3 |         2, -- two\n"
	              "     |         ~~~~~~~~~\n"
	              "   4 |   3 ; SELECT 4;\n"
	              "     |   ~\n" },
	{ .name = "six lines are shown",
	  .text = "a\nb\nc\nd\ne\nf\n",
	  .at = "a\nb\nc\nd\ne\nf\n",
	  .problem = { .rule = RULE_SYNTAX },
	  .expected = "m/1.sql:1:1: error: found [syntax]\n"
	              "   1 | a\n     | ^\n   2 | b\n     | ~\n   3 | c\n     | ~\n"
	              "   4 | d\n     | ~\n   5 | e\n     | ~\n   6 | f\n     | ~\n" },
	{ .name = "of seven the first four and the last",
	  .text = "a\nb\nc\nd\ne\nf\ng\n",
	  .at = "a\nb\nc\nd\ne\nf\ng\n",
	  .problem = { .rule = RULE_SYNTAX },
	  .expected = "m/1.sql:1:1: error: found [syntax]\n"
	              "   1 | a\n     | ^\n   2 | b\n     | ~\n   3 | c\n     | ~\n"
	              "   4 | d\n     | ~\n  ...\n   7 | g\n     | ~\n" },
	{ .name = "tabs are spaces, under the line too",
	  .text = "\tSELECT\t'a\tb',\tc;\n",
	  .at = "'a\tb'",
	  .problem = { .rule = RULE_SYNTAX },
	  .expected = "m/1.sql:1:9: error: found [syntax]\n"
	              "   1 |         SELECT  'a      b',     c;\n"
	              "     |                 ^~~~~~~~~~\n" },
	{ .name = "letters of several bytes have one column",
	  .text = "SELECT 'grün', x;\n",
	  .at = "x",
	  .problem = { .rule = RULE_SYNTAX },
	  .expected = "m/1.sql:1:16: error: found [syntax]\n"
	              "   1 | SELECT 'grün', x;\n"
	              "     |                ^\n" },
	{ .name = "a byte-order mark and CRLF",
	  .text = "\xef\xbb\xbfSELECT 1;\r\nSELECT 2;\r\n",
	  .at = "SELECT 1;\r\nSELECT 2",
	  .problem = { .rule = RULE_SYNTAX },
	  .fix_at = "SELECT 1",
	  .fix = "SELECT 0",
	  .expected = "m/1.sql:1:1: error: found [syntax]\n"
	              "   1 | SELECT 1;\n     | ^~~~~~~~~\n"
	              "   2 | SELECT 2;\n     | ~~~~~~~~\n"
	              "     = fix:\n"
	              "       - SELECT 1;\n"
	              "       + SELECT 0;\n" },
	{ .name = "the end of the file, where something is missing",
	  .text = "SELECT",
	  .at = "",
	  .problem = { .rule = RULE_SYNTAX },
	  .expected = "m/1.sql:1:7: error: found [syntax]\n"
	              "   1 | SELECT\n"
	              "     |       ^\n" },
	{ .name = "a terminal is not fooled, wherever it is",
	  .text = "SELECT '\x1b[31m\xe2\x80\xae\xff';\n",
	  .at = "'",
	  .problem = { .rule = RULE_SYNTAX,
	               .lock = "\x1b[1m",
	               .help = "\x1b[2m",
	               .rewrite = "\x1b[3m" },
	  .fix_at = "'",
	  .fix = "\x1b[4m",
	  .expected = "m/1.sql:1:8: error: found [syntax]\n"
	              "   1 | SELECT '?[31m?\?';\n"
	              "     |        ^\n"
	              "     = lock: ?[1m\n"
	              "     = help: ?[2m\n"
	              "     = instead:\n"
	              "         ?[3m\n"
	              "     = fix:\n"
	              "       - SELECT '?[31m?\?';\n"
	              "       + SELECT ?[4m?[31m?\?';\n" },
	{ .name = "a fix that takes lines out",
	  .text = "SELECT 1;\n-- gone\n-- too\nSELECT 2;\n",
	  .at = "gone",
	  .problem = { .rule = RULE_SYNTAX },
	  .fix_at = "-- gone\n-- too\n",
	  .fix = "",
	  .expected = "m/1.sql:2:4: error: found [syntax]\n"
	              "   2 | -- gone\n"
	              "     |    ^~~~\n"
	              "     = fix:\n"
	              "       - -- gone\n"
	              "       - -- too\n" },
	{ .name = "a fix that adds lines",
	  .text = "SELECT 1;\nSELECT 2;\n",
	  .at = "SELECT 2",
	  .problem = { .rule = RULE_SYNTAX },
	  .fix_at = "SELECT 2",
	  .fix = "SELECT 3;\nSELECT 4",
	  .expected = "m/1.sql:2:1: error: found [syntax]\n"
	              "   2 | SELECT 2;\n"
	              "     | ^~~~~~~~\n"
	              "     = fix:\n"
	              "       - SELECT 2;\n"
	              "       + SELECT 3;\n"
	              "       + SELECT 4;\n" },
	{ .name = "a fix of a line's end",
	  .text = "SELECT 1,\n2;\n",
	  .at = ",",
	  .problem = { .rule = RULE_SYNTAX },
	  .fix_at = ",\n",
	  .fix = ", ",
	  .expected = "m/1.sql:1:9: error: found [syntax]\n"
	              "   1 | SELECT 1,\n"
	              "     |         ^\n"
	              "     = fix:\n"
	              "       - SELECT 1,\n"
	              "       - 2;\n"
	              "       + SELECT 1, 2;\n" },
	{ .name = "a long fix is cut",
	  .text = "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\nk\nl\nm\n",
	  .at = "a",
	  .problem = { .rule = RULE_SYNTAX },
	  .fix_at = "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\nk\nl\nm\n",
	  .fix = "x\n",
	  .expected = "m/1.sql:1:1: error: found [syntax]\n"
	              "   1 | a\n     | ^\n"
	              "     = fix:\n"
	              "       - a\n       - b\n       - c\n       - d\n       - e\n       - f\n"
	              "       - g\n       - h\n       - i\n       - j\n       - k\n       - l\n"
	              "       - ...\n       + x\n" },
	{ .name = "as one of the dialects reads it",
	  .text = "SELECT 1;\n",
	  .at = "1",
	  .problem = { .rule = RULE_SYNTAX, .dialects = 1u << DIALECT_POSTGRES },
	  .expected = "m/1.sql:1:8: error: found (as PostgreSQL reads it) [syntax]\n"
	              "   1 | SELECT 1;\n"
	              "     |        ^\n" },
	{ .name = "in color",
	  .text = "SELECT 1;\n",
	  .at = "1",
	  .problem = { .rule = RULE_DROP_TABLE, .help = "no" },
	  .fix_at = "1",
	  .fix = "2",
	  .color = true,
	  .expected = "\033[1mm/1.sql:1:8: \033[0m\033[1;35mwarning: \033[0m\033[1mfound\033[0m "
	              "[drop-table]\n"
	              "\033[34m   1 |\033[0m SELECT 1;\n"
	              "\033[34m     |\033[0m        \033[1;35m^\033[0m\n"
	              "     \033[34m=\033[0m \033[1mhelp:\033[0m no\n"
	              "     \033[34m=\033[0m \033[1mfix:\033[0m\n"
	              "       \033[31m- SELECT 1;\033[0m\n"
	              "       \033[32m+ SELECT 2;\033[0m\n" },
};

static void expect(const struct buffer *out, const char *expected)
{
	char *received = format("%.*s", (int)out->size, out->size > 0 ? (char *)out->start : "");

	assert_string_equal(received, expected);
	free(received);
}

static void test_row(void **state)
{
	const struct row *row = *state;
	struct arena arena = { 0 };
	struct diagnostics diagnostics = { .arena = &arena };
	struct source source = { .path = "m/1.sql", .text = text_of(row->text), .dialects = 3 };
	struct problem problem = row->problem;
	struct buffer out = { 0 };

	problem.source = &source;
	if (row->at != NULL)
		problem.at = sample_find(&source, row->at);
	if (row->fix != NULL)
		problem.fix = (struct fix){ sample_find(&source, row->fix_at), row->fix };
	diagnostics_add(&diagnostics, problem, "found");
	render_text(&diagnostics, SEVERITY_NOTE, row->color, &out);
	expect(&out, row->expected);
	buffer_clear(&out);
	arena_clear(&arena);
}

/* ---- many ------------------------------------------------------------------------------------ */

/* The same of both dialects is told once, in order of files and places, and what is milder than
 * wanted is not. */
static void test_gcc(void **state)
{
	struct sample sample;
	struct buffer out = { 0 };

	(void)state;
	sample_fill(&sample);
	diagnostics_add(&sample.diagnostics,
	                (struct problem){ .rule = RULE_DROP_TABLE,
	                                  .source = &sample.first,
	                                  .at = sample_find(&sample.first, "grün"),
	                                  .dialects = 1u << DIALECT_SQLITE },
	                "gone: 50%%, or more");
	render_gcc(&sample.diagnostics, SEVERITY_NOTE, &out);
	expect(&out, "./my set/1,a:%.sql:1:1: note: a note [wrapper]\n"
	             "./my set/1,a:%.sql:2:12: warning: gone: 50%, or more [drop-table]\n"
	             "/abs/2?.sql:1:2: error: not ? UTF-8 [encoding]\n"
	             "inlay: error: no server [rehearsal-server]\n"
	             "my set: note: no lock [lock-missing]\n");
	out.size = 0;
	render_gcc(&sample.diagnostics, SEVERITY_ERROR, &out);
	expect(&out, "/abs/2?.sql:1:2: error: not ? UTF-8 [encoding]\n"
	             "inlay: error: no server [rehearsal-server]\n");
	buffer_clear(&out);
	arena_clear(&sample.arena);
}

static void test_github(void **state)
{
	struct sample sample;
	struct buffer out = { 0 };

	(void)state;
	sample_fill(&sample);
	render_github(&sample.diagnostics, SEVERITY_NOTE, &out);
	expect(&out, "::notice file=./my set/1%2Ca%3A%25.sql,line=1,endLine=1,col=1,endColumn=6,"
	             "title=wrapper::a note [wrapper]\n"
	             "::warning file=./my set/1%2Ca%3A%25.sql,line=2,endLine=3,title=drop-table::"
	             "gone: 50%25, or more (as PostgreSQL reads it) [drop-table]%0Alock: ACCESS "
	             "EXCLUSIVE%0Ahelp: 100%25 sure?%0Ano%0Ainstead:%0ASELECT 1;%0ASELECT 2;\n"
	             "::error file=/abs/2?.sql,line=1,endLine=1,col=2,endColumn=2,title=encoding::"
	             "not ? UTF-8 [encoding]\n"
	             "::error file=inlay,title=rehearsal-server::no server [rehearsal-server]\n"
	             "::notice file=my set,title=lock-missing::no lock [lock-missing]\n");
	out.size = 0;
	render_github(&sample.diagnostics, SEVERITY_ERROR, &out);
	expect(&out,
	       "::error file=/abs/2?.sql,line=1,endLine=1,col=2,endColumn=2,title=encoding::"
	       "not ? UTF-8 [encoding]\n"
	       "::error file=inlay,title=rehearsal-server::no server [rehearsal-server]\n");
	buffer_clear(&out);
	arena_clear(&sample.arena);
}

static void expect_summary(size_t errors, size_t warnings, size_t notes, size_t file_count,
                           const char *expected)
{
	struct arena arena = { 0 };
	struct diagnostics diagnostics = { .arena = &arena, .file_count = file_count };
	struct source sources[3] = { { .path = "a" }, { .path = "b" }, { .path = "c" } };
	const struct {
		enum rule rule;
		size_t count;
	} kinds[] = { { RULE_SYNTAX, errors },
		      { RULE_DROP_TABLE, warnings },
		      { RULE_EMPTY, notes } };
	struct buffer out = { 0 };

	for (size_t kind = 0; kind < 3; kind++)
		for (size_t i = 0; i < kinds[kind].count; i++)
			diagnostics_add(&diagnostics,
			                (struct problem){ .rule = kinds[kind].rule,
			                                  .source = &sources[i % 3] },
			                "number %zu", i);
	render_summary(&diagnostics, SEVERITY_NOTE, &out);
	expect(&out, expected);
	buffer_clear(&out);
	arena_clear(&arena);
}

static void test_summary(void **state)
{
	(void)state;
	expect_summary(0, 0, 0, 4, "");
	expect_summary(0, 0, 2, 4, "");
	expect_summary(1, 0, 0, 0, "");
	expect_summary(1, 0, 0, 1, "1 error in 1 file (1 file read)\n");
	expect_summary(0, 1, 0, 2, "1 warning in 1 file (2 files read)\n");
	expect_summary(2, 0, 1, 2, "2 errors and 1 note in 2 files (2 files read)\n");
	expect_summary(3, 2, 1, 14, "3 errors, 2 warnings and 1 note in 3 files (14 files read)\n");
}

/* Errors and warnings end after a hundred, notes of one rule after three: then they are counted. */
static void test_caps(void **state)
{
	struct arena arena = { 0 };
	struct diagnostics diagnostics = { .arena = &arena };
	struct buffer out = { 0 };
	char *text;

	(void)state;
	for (int i = 0; i < 102; i++) {
		diagnostics_add(&diagnostics, (struct problem){ .rule = RULE_SYNTAX }, "e%d", i);
		diagnostics_add(&diagnostics, (struct problem){ .rule = RULE_DROP_TABLE }, "w%d",
		                i);
		diagnostics_add(&diagnostics, (struct problem){ .rule = RULE_EMPTY }, "n%d", i);
	}
	diagnostics_add(&diagnostics, (struct problem){ .rule = RULE_WRAPPER }, "another");
	render_text(&diagnostics, SEVERITY_NOTE, false, &out);
	text = format("%.*s", (int)out.size, (char *)out.start);
	assert_non_null(strstr(text, ": e99 ["));
	assert_null(strstr(text, ": e100 ["));
	assert_non_null(strstr(text, ": w99 ["));
	assert_null(strstr(text, ": w100 ["));
	assert_non_null(strstr(text, ": n2 ["));
	assert_null(strstr(text, ": n3 ["));
	assert_non_null(strstr(text, "another"));
	assert_non_null(strstr(text, "... and 99 more notes [empty]\n... and 2 more warnings\n"
	                             "... and 2 more errors\n"));
	free(text);
	/* Machines get all of them. */
	out.size = 0;
	render_gcc(&diagnostics, SEVERITY_NOTE, &out);
	text = format("%.*s", (int)out.size, (char *)out.start);
	assert_non_null(strstr(text, ": e101 ["));
	assert_non_null(strstr(text, ": n101 ["));
	free(text);
	buffer_clear(&out);
	arena_clear(&arena);
}

/* The gutter grows with the numbers; many places in one file are found in order. */
static void test_long_file(void **state)
{
	enum {
		LINE_COUNT = 10001
	};
	struct arena arena = { 0 };
	struct diagnostics diagnostics = { .arena = &arena };
	struct buffer text = { 0 }, out = { 0 };
	struct source source = { .path = "m/1.sql" };

	(void)state;
	for (int i = 0; i < LINE_COUNT; i++)
		buffer_string(&text, "x;\n");
	buffer_byte(&text, '\0');
	source.text = (struct text){ text.start, text.size - 1 };
	for (size_t line = LINE_COUNT; line > 9998; line--)
		diagnostics_add(&diagnostics,
		                (struct problem){ .rule = RULE_SYNTAX,
		                                  .source = &source,
		                                  .at = { text.start + (line - 1) * 3, 1 },
		                                  .help = "h" },
		                "found");
	render_text(&diagnostics, SEVERITY_NOTE, false, &out);
	expect(&out, "m/1.sql:9999:1: error: found [syntax]\n"
	             "9999 | x;\n     | ^\n     = help: h\n"
	             "m/1.sql:10000:1: error: found [syntax]\n"
	             "10000 | x;\n      | ^\n      = help: h\n"
	             "m/1.sql:10001:1: error: found [syntax]\n"
	             "10001 | x;\n      | ^\n      = help: h\n");
	buffer_clear(&text);
	buffer_clear(&out);
	arena_clear(&arena);
}

int main(void)
{
	enum {
		ROW_COUNT = sizeof(rows) / sizeof(rows[0])
	};
	const struct CMUnitTest others[] = {
		cmocka_unit_test(test_gcc),       cmocka_unit_test(test_github),
		cmocka_unit_test(test_summary),   cmocka_unit_test(test_caps),
		cmocka_unit_test(test_long_file),
	};
	struct CMUnitTest tests[ROW_COUNT + sizeof(others) / sizeof(others[0])];

	for (size_t i = 0; i < ROW_COUNT; i++)
		tests[i] = (struct CMUnitTest){ .name = rows[i].name,
			                        .test_func = test_row,
			                        .initial_state = (void *)(uintptr_t)&rows[i] };
	memcpy(&tests[ROW_COUNT], others, sizeof(others));
	return _cmocka_run_group_tests("render", tests, sizeof(tests) / sizeof(tests[0]), NULL,
	                               NULL);
}
