/* docs_test.c - what the documents list is complete: every rule has its section, or its page. */
#include "../compiler/diagnostics.h"
#include "command.h"
#include "files.h"
#include "inlay_observe.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

/* Each rule that has no page of its own (rules_test.c) has a section, and each section is a
 * rule's: those about live databases in verify.md. */
static void expect_sections(const char *path, bool are_live)
{
	struct bytes text = file_read(path);
	size_t sections = 0;
	size_t rules = 0;

	assert_non_null(text.start);
	for (int rule = 0; rule < RULE_COUNT; rule++) {
		enum rule_group group = rule_group((enum rule)rule);
		char *heading = format("\n### %s\n", rule_name((enum rule)rule));

		if (group == GROUP_LINT || group == GROUP_STYLE ||
		    (group == GROUP_LIVE) != are_live) {
			free(heading);
			continue;
		}
		rules++;
		if (strstr(text.start, heading) == NULL)
			fail_msg("%s has no section %s", path, heading);
		free(heading);
	}
	for (const char *at = text.start; (at = strstr(at, "\n### ")) != NULL; at++)
		sections++;
	assert_int_equal(sections, rules);
	free(text.start);
}

static void test_rules_are_documented(void **state)
{
	(void)state;
	expect_sections("docs/diagnostics.md", false);
	expect_sections("docs/verify.md", true);
}

/* Whoever is woken by one finds what to do. */
static void test_the_runbook_is_complete(void **state)
{
	struct bytes text = file_read("docs/runbook.md");

	(void)state;
	assert_non_null(text.start);
	for (int kind = 1; strcmp(inlay_alert_name((enum inlay_alert_kind)kind), "unknown") != 0;
	     kind++) {
		char *heading =
		        format("\n### Alert: %s\n", inlay_alert_name((enum inlay_alert_kind)kind));

		const char *section = strstr(text.start, heading);
		const char *next = section != NULL ? strstr(section + 1, "\n### ") : NULL;
		const char *escalate = section != NULL ? strstr(section, "\n**Escalate** ") : NULL;

		if (section == NULL)
			fail_msg("docs/runbook.md has no section%s", heading);
		if (escalate == NULL || next == NULL || escalate > next)
			fail_msg("docs/runbook.md does not say when to escalate%s", heading);
		free(heading);
	}
	for (int result = 0;
	     strcmp(inlay_result_name((enum inlay_result)result), "INLAY_UNKNOWN") != 0; result++) {
		const char *table = strstr(text.start, "\n### Results\n");
		char *name = format("`%s`", inlay_result_name((enum inlay_result)result));

		assert_non_null(table);
		if (strstr(table, name) == NULL)
			fail_msg("docs/runbook.md does not say what to do for %s", name);
		free(name);
	}
	free(text.start);
}

/* A line a rule in the index of docs/rules/. */
static char *index_line(enum rule rule)
{
	unsigned dialects = rule_dialects(rule);
	static const char *const severities[] = { "note", "warning", "error" };
	const char *dialect = dialects == 1u << DIALECT_SQLITE     ? "SQLite"
	                      : dialects == 1u << DIALECT_POSTGRES ? "PostgreSQL"
	                                                           : "both";

	return format("| [%s](%s.md) | %s | %s | %s |\n", rule_name(rule), rule_name(rule),
	              severities[rule_severity(rule)], dialect, rule_summary(rule));
}

/* Appends a table of the rules of a group. */
static char *add_table(char *text, enum rule_group group)
{
	char *next =
	        format("%s| rule | severity | database | it is about |\n|---|---|---|---|\n", text);

	free(text);
	for (int rule = 0; rule < RULE_COUNT; rule++) {
		char *line, *longer;

		if (rule_group((enum rule)rule) != group)
			continue;
		line = index_line((enum rule)rule);
		longer = format("%s%s", next, line);
		free(line);
		free(next);
		next = longer;
	}
	return next;
}

/* docs/rules/README.md is made of the table of rules; INLAY_GOLDEN=rewrite writes it. */
static void test_index_of_rules(void **state)
{
	static const char path[] = "docs/rules/README.md";
	char *text = format(
	        "# Rules\n\nWhat `inlay` finds dangerous in migrations that are not in production "
	        "yet. Each rule has a page: why, the\nsafe way, how to silence it. "
	        "[checking.md](../checking.md) tells what is looked at when, and\n"
	        "[diagnostics.md](../diagnostics.md) has the messages that are not of rules.\n\n");
	const char *mode = getenv("INLAY_GOLDEN");
	struct bytes received = file_read(path);
	char *longer;

	(void)state;
	text = add_table(text, GROUP_LINT);
	longer = format("%s\n## Matters of taste\n\nOnly looked for with `--style`.\n\n", text);
	free(text);
	text = add_table(longer, GROUP_STYLE);
	if (mode != NULL && strcmp(mode, "rewrite") == 0)
		file_write_string(path, text);
	else
		assert_true(same_bytes(path, (struct bytes){ text, strlen(text) }, received));
	free(received.start);
	free(text);
}

/* docs/reference/ is made of the public headers' comments; INLAY_GOLDEN=rewrite writes it. */
static void test_reference(void **state)
{
	const char *mode = getenv("INLAY_GOLDEN");
	char *directory = directory_make();

	(void)state;
	if (mode != NULL && strcmp(mode, "rewrite") == 0)
		command_expect(directory,
		               "python3 \"$ROOT/build/reference.py\" \"$ROOT/docs/reference\""
		               " \"$ROOT\"/runtime/inlay*.h",
		               0);
	command_expect(directory,
	               "python3 \"$ROOT/build/reference.py\" made \"$ROOT\"/runtime/inlay*.h && "
	               "diff -r \"$ROOT/docs/reference\" made",
	               0);
	directory_remove(directory);
	free(directory);
}

/* What nobody has described is not published. */
static void test_reference_wants_comments(void **state)
{
	char *directory = directory_make();
	char *header = format("%s/a.h", directory);

	(void)state;
	file_write_string(header, "/* a.h - a. */\n#ifndef A_H\n#define A_H\n\n"
	                          "/* A number. */\nstruct a {\n\tint b;\n\tint c; /* It. */\n};\n"
	                          "\nvoid d(void);\n\n#define E 1\n\n#endif\n");
	command_expect(directory,
	               "python3 \"$ROOT/build/reference.py\" made a.h 2>said; [ $? = 1 ] && "
	               "printf 'a.h:5: nothing is said of int b\\n"
	               "a.h:11: nothing is said of void d(void);\\n"
	               "a.h:13: nothing is said of E\\n' | diff - said",
	               0);
	directory_remove(directory);
	free(directory);
	free(header);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reference),
		cmocka_unit_test(test_reference_wants_comments),
		cmocka_unit_test(test_rules_are_documented),
		cmocka_unit_test(test_the_runbook_is_complete),
		cmocka_unit_test(test_index_of_rules),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
