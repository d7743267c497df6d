/* ignore_test.c - what a remark silences, what it may not, and what is said of one of no use. */
#include "../compiler/ignore.h"
#include "files.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#define SQLITE   (1u << DIALECT_SQLITE)
#define POSTGRES (1u << DIALECT_POSTGRES)
#define BOTH     (SQLITE | POSTGRES)

/* A problem of `rule` where `at` first stands in the file; NULL: with the whole file. */
struct found {
	enum rule rule;
	const char *at;
	unsigned dialects;
};

/* One file with what was found in it, and all that is said then: a line each, with the help
 * behind. */
static const struct row {
	const char *name;
	const char *text;
	unsigned dialects; /* 0: both. */
	struct found found[4];
	const char *expected;
	bool released;
} rows[] = {
	{ .name = "nothing to silence with",
	  .text = "DROP TABLE a;\n",
	  .found = { { RULE_DROP_TABLE, "DROP", 0 } },
	  .expected = "1:1: found [drop-table]\n" },
	{ .name = "a statement, and only that one",
	  .text = "-- inlay:ignore drop-table -- empty\nDROP TABLE a;\nDROP TABLE b;\n",
	  .found = { { RULE_DROP_TABLE, "DROP TABLE a", 0 },
	             { RULE_DROP_TABLE, "DROP TABLE b", 0 } },
	  .expected = "3:1: found [drop-table]\n" },
	{ .name = "at the end of a statement, where something is missing",
	  .text = "SELECT 1 +; -- inlay:ignore syntax -- newer than the grammar\nSELECT 2;\n",
	  .found = { { RULE_SYNTAX, "; --", 0 } },
	  .expected = "" },
	{ .name = "several rules, one of them of no use",
	  .text = "-- inlay:ignore drop-table, rename-table, drop-column -- a\nDROP TABLE a;\n",
	  .found = { { RULE_DROP_TABLE, "DROP", 0 }, { RULE_DROP_COLUMN, "a;", 0 } },
	  .expected = "1:29: there is no `rename-table` in this statement: this silences nothing "
	              "[unused-ignore] take it out\n" },
	{ .name = "another rule",
	  .text = "DROP TABLE a; -- inlay:ignore drop-column -- b\n",
	  .found = { { RULE_DROP_TABLE, "DROP", 0 } },
	  .expected = "1:1: found [drop-table]\n1:31: there is no `drop-column` in this statement: "
	              "this silences nothing [unused-ignore] take it out, fix: << -- inlay:ignore "
	              "drop-column -- b>>\n" },
	{ .name = "the whole file",
	  .text = "-- inlay:ignore-file drop-table -- empty\nDROP TABLE a;\nDROP TABLE b;\n",
	  .found = { { RULE_DROP_TABLE, "DROP TABLE a", 0 },
	             { RULE_DROP_TABLE, "DROP TABLE b", 0 },
	             { RULE_DROP_TABLE, NULL, 0 } },
	  .expected = "" },
	{ .name = "the whole file, of no use",
	  .text = "-- inlay:ignore-file drop-table -- empty\nSELECT 1;\n",
	  .expected = "1:22: there is no `drop-table` in this file: this silences nothing "
	              "[unused-ignore] take it out, fix: <<-- inlay:ignore-file drop-table -- "
	              "empty\n>>\n" },
	{ .name = "the whole file and a statement: both are of use",
	  .text = "-- inlay:ignore-file drop-table -- a\n-- inlay:ignore drop-table -- b\nDROP "
	          "a;\n",
	  .found = { { RULE_DROP_TABLE, "DROP", 0 } },
	  .expected = "" },
	{ .name = "a problem without a place is not a statement's",
	  .text = "-- inlay:ignore empty -- a\nSELECT 1;\n",
	  .found = { { RULE_EMPTY, NULL, 0 }, { RULE_EMPTY, "SELECT", 0 } },
	  .expected = "file: found [empty]\n" },
	{ .name = "a rule that was not looked for",
	  .text = "-- inlay:ignore rehearsal -- a\nSELECT 1;\n",
	  .expected = "" },
	{ .name = "a rule of a dialect that is not compiled",
	  .text = "-- inlay:ignore set-not-null -- a\nSELECT 1;\n",
	  .dialects = SQLITE,
	  .expected = "" },
	{ .name = "a released migration is not judged again",
	  .text = "-- inlay:ignore drop-table -- a\nSELECT 1;\n",
	  .released = true,
	  .expected = "" },
	{ .name = "no reason",
	  .text = "-- inlay:ignore drop-table\nDROP TABLE a;\n",
	  .found = { { RULE_DROP_TABLE, "DROP", 0 } },
	  .expected = "1:1: this gives no reason [remark] say why, behind two dashes: `-- "
	              "inlay:ignore rule -- reason`\n" },
	{ .name = "no rule",
	  .text = "-- inlay:ignore -- a\nDROP TABLE a;\n",
	  .expected = "1:1: this names no rule, and silences nothing [remark] write `-- "
	              "inlay:ignore rule -- reason`\n" },
	{ .name = "requires nothing",
	  .text = "-- inlay:requires -- a\nSELECT 1;\n",
	  .expected = "1:1: this names nothing that the application brings [remark] write `-- "
	              "inlay:requires name`\n" },
	{ .name = "requires something: no reason is asked for",
	  .text = "-- inlay:requires f\nSELECT 1;\n",
	  .expected = "" },
	{ .name = "no statement",
	  .text = "SELECT 1;\n-- inlay:ignore drop-table -- a\n",
	  .expected = "2:1: no statement follows this remark, so it silences nothing [remark] put "
	              "it above the statement that it is for, or behind it on its line\n" },
	{ .name = "a file's below a statement",
	  .text = "DROP TABLE a;\n-- inlay:ignore-file drop-table -- a\n",
	  .found = { { RULE_DROP_TABLE, "DROP", 0 } },
	  .expected = "1:1: found [drop-table]\n"
	              "2:1: an inlay:ignore-file below a statement silences nothing [remark] put "
	              "it above the first statement; for one statement write inlay:ignore\n" },
	{ .name = "unknown words",
	  .text = "-- inlay:ignroe drop-table -- a\n-- inlay:nolint\n-- Inlay:Ignore x\nSELECT "
	          "1;\n",
	  .expected =
	          "1:4: unknown remark `inlay:ignroe`, which does nothing [remark] did you mean "
	          "`inlay:ignore`?\n"
	          "2:4: unknown remark `inlay:nolint`, which does nothing [remark] known are "
	          "`-- inlay:ignore rule -- reason`, `-- inlay:ignore-file rule -- reason` and "
	          "`-- inlay:requires name`\n"
	          "3:4: unknown remark `Inlay:Ignore`, which does nothing [remark] did you mean "
	          "`inlay:ignore`?\n" },
	{ .name = "unknown rules; the known one counts",
	  .text = "-- inlay:ignore drop-tabel, drop-table, squeamish -- a\nDROP TABLE a;\n",
	  .found = { { RULE_DROP_TABLE, "DROP", 0 } },
	  .expected =
	          "1:17: there is no rule `drop-tabel` [remark] did you mean `drop-table`?\n"
	          "1:41: there is no rule `squeamish` [remark] a rule's name stands in brackets "
	          "behind its message\n" },
	{ .name = "a reason without dashes",
	  .text = "-- inlay:ignore drop-table since it is empty -- a\nDROP TABLE a;\n",
	  .found = { { RULE_DROP_TABLE, "DROP", 0 } },
	  .expected = "1:28: this is not part of a rule's name [remark] rules have commas between "
	              "them; the reason comes behind two dashes: `-- inlay:ignore rule, rule -- "
	              "reason`\n" },
	{ .name = "prose for a rule",
	  .text = "-- inlay:ignore all of this -- a\nDROP TABLE a;\n",
	  .expected = "1:17: there is no rule `all` [remark] a rule's name stands in brackets "
	              "behind its message\n" },
	{ .name = "what can not be silenced",
	  .text = "-- inlay:ignore transaction-control, remark, unused-ignore -- a\nBEGIN;\n",
	  .found = { { RULE_TRANSACTION_CONTROL, "BEGIN", 0 } },
	  .expected = "1:17: `transaction-control` can not be silenced [remark] mend what it is "
	              "about\n1:38: `remark` can not be silenced [remark] mend what it is about\n"
	              "1:46: `unused-ignore` can not be silenced [remark] mend what it is about\n"
	              "2:1: found [transaction-control]\n" },
	{ .name = "core warnings and notes can be",
	  .text = "-- inlay:ignore unnamed-index, wrapper -- a\nBEGIN;\n",
	  .found = { { RULE_UNNAMED_INDEX, "BEGIN", 0 }, { RULE_WRAPPER, "BEGIN", 0 } },
	  .expected = "" },
	{ .name = "each dialect has its own statements",
	  .text = "-- inlay:ignore drop-table -- a\nDO $$ x; DROP y; $$;\n",
	  .found = { { RULE_DROP_TABLE, "DROP", POSTGRES }, { RULE_DROP_TABLE, "DROP", SQLITE } },
	  .expected = "2:10: found [drop-table]\n" },
	{ .name = "not read in a dialect that does not read the file",
	  .text = "-- inlay:ignore drop-table -- a\nDO $$ x; DROP y; $$;\n",
	  .dialects = POSTGRES,
	  .found = { { RULE_DROP_TABLE, "DROP", POSTGRES } },
	  .expected = "" },
};

/* ---- the file, and what is said of it -------------------------------------------------------- */

static void add_found(struct diagnostics *problems, const struct source *source,
                      const struct found *found)
{
	struct problem problem = { .rule = found->rule,
		                   .source = source,
		                   .dialects = found->dialects };

	if (found->at != NULL) {
		problem.at = text_of(strstr((const char *)source->text.start, found->at));
		problem.at.size = 1;
	}
	diagnostics_add(problems, problem, "found");
}

static int compare(const void *left, const void *right)
{
	const struct diagnostic *a = left, *b = right;

	if (a->problem.at.start != b->problem.at.start)
		return a->problem.at.start < b->problem.at.start ? -1 : 1;
	return a->order < b->order ? -1 : 1;
}

/* What is told of both dialects is told once. */
static bool is_repeated(const struct diagnostics *problems, size_t index)
{
	const struct diagnostic *items = problems->items;

	return index > 0 && items[index].problem.at.start == items[index - 1].problem.at.start &&
	       strcmp(items[index].message, items[index - 1].message) == 0;
}

static char *describe_one(const struct diagnostic *item)
{
	const struct problem *problem = &item->problem;
	struct text all = problem->source->text;
	char *place = format("file");
	char *fix = format("%s", "");
	char *line;

	if (problem->at.start != NULL) {
		struct position position =
		        text_position(all, (size_t)(problem->at.start - all.start));

		free(place);
		place = format("%u:%u", (unsigned)position.line, (unsigned)position.column);
	}
	if (problem->fix.at.start != NULL) {
		free(fix);
		fix = format(", fix: <<%.*s>>%s", (int)problem->fix.at.size,
		             (const char *)problem->fix.at.start, problem->fix.text);
	}
	line = format("%s: %s [%s]%s%s%s\n", place, item->message, rule_name(problem->rule),
	              problem->help != NULL ? " " : "", problem->help != NULL ? problem->help : "",
	              fix);
	free(place);
	free(fix);
	return line;
}

static char *describe(struct diagnostics *problems)
{
	char *described = format("%s", "");

	if (problems->count > 1)
		qsort(problems->items, problems->count, sizeof(*problems->items), compare);
	for (size_t i = 0; i < problems->count; i++) {
		char *line, *next;

		if (is_repeated(problems, i))
			continue;
		line = describe_one(&problems->items[i]);
		next = format("%s%s", described, line);
		free(line);
		free(described);
		described = next;
	}
	return described;
}

static void judge(const struct row *row, struct arena *arena, struct diagnostics *problems)
{
	unsigned dialects = row->dialects != 0 ? row->dialects : BOTH;
	struct source *source = arena_allocate(arena, sizeof(*source));
	struct source_list sources = { source, 1 };
	struct migration migration = { .released = row->released,
		                       .files = { { source, NULL }, { source, NULL } } };
	struct migration_set set = { .items = &migration,
		                     .count = 1,
		                     .dialects = { (dialects & SQLITE) != 0,
		                                   (dialects & POSTGRES) != 0 } };
	struct ignore_list *list;
	bool ran[RULE_COUNT];

	*source = (struct source){ .text = text_of(row->text), .dialects = dialects };
	for (int rule = 0; rule < RULE_COUNT; rule++)
		ran[rule] = rule != RULE_REHEARSAL;
	for (size_t i = 0; i < 4 && row->found[i].rule != 0; i++)
		add_found(problems, source, &row->found[i]);
	list = ignore_read(arena, &sources, &set, problems);
	ignore_apply(list, problems);
	ignore_apply(list, problems);
	ignore_report_unused(list, ran, problems);
}

static void test_row(void **state)
{
	struct arena arena = { 0 };
	struct diagnostics problems = { .arena = &arena };
	char *described;

	judge(*state, &arena, &problems);
	described = describe(&problems);
	assert_string_equal(described, ((const struct row *)*state)->expected);
	free(described);
	arena_clear(&arena);
}

/* A silenced error is none any more. */
static void test_error_count(void **state)
{
	static const struct row row = { .text = "-- inlay:ignore syntax -- a\nSELECT;\n",
		                        .found = { { RULE_SYNTAX, "SELECT", 0 } } };
	struct arena arena = { 0 };
	struct diagnostics problems = { .arena = &arena };

	(void)state;
	judge(&row, &arena, &problems);
	assert_int_equal(problems.count, 0);
	assert_int_equal(problems.error_count, 0);
	arena_clear(&arena);
}

/* Many files: a remark is for its own. */
static void test_files(void **state)
{
	enum {
		FILE_COUNT = 50
	};
	struct arena arena = { 0 };
	struct diagnostics problems = { .arena = &arena };
	struct source items[FILE_COUNT];
	struct migration_set set = { .dialects = { true, true } };
	struct ignore_list *list;

	(void)state;
	for (int i = 0; i < FILE_COUNT; i++) {
		const char *text =
		        i % 3 == 0 ? "-- inlay:ignore drop-table -- a\nDROP x;" : "DROP x;";

		items[i] = (struct source){ .text = text_of(text), .dialects = SQLITE };
		add_found(&problems, &items[i], &(struct found){ RULE_DROP_TABLE, "DROP", SQLITE });
	}
	list = ignore_read(&arena, &(struct source_list){ items, FILE_COUNT }, &set, &problems);
	ignore_apply(list, &problems);
	assert_int_equal(problems.count, FILE_COUNT - (FILE_COUNT + 2) / 3);
	for (size_t i = 0; i < problems.count; i++)
		assert_int_not_equal((problems.items[i].problem.source - items) % 3, 0);
	arena_clear(&arena);
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
	tests[count++] = (struct CMUnitTest)cmocka_unit_test(test_error_count);
	tests[count++] = (struct CMUnitTest)cmocka_unit_test(test_files);
	return _cmocka_run_group_tests("ignore", tests, count, NULL, NULL);
}
