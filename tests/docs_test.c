/* docs_test.c - the documents are true: their C compiles and runs, their messages are the real
 * ones, and every rule has its section. */
#include "../compiler/diagnostics.h"
#include "command.h"
#include "files.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

/* The fenced block of `path` that begins with `start`, without its fences, on the heap. */
static char *read_block(const char *path, const char *start)
{
	struct bytes text = file_read(path);
	char *fenced = format("\n%s", start);
	char *first = text.start != NULL ? strstr(text.start, fenced) : NULL;
	char *end = first != NULL ? strstr(first, "\n```") : NULL;
	char *block;

	if (end == NULL)
		fail_msg("%s has no block that begins with %s", path, start);
	block = format("%.*s\n", (int)(end - first - 1), first + 1);
	free(fenced);
	free(text.start);
	return block;
}

/* Builds the block as README's program is built, with `libraries` of its own, and runs `then`. */
static void build_block(const char *path, const char *start, const char *libraries,
                        const char *then)
{
	char *directory = directory_make();
	char *program = read_block(path, start);
	char *source = format("%s/app.c", directory);
	char *script =
	        format("gcc -std=c11 -Wall -Wextra -Wpedantic -Werror -I \"$ROOT/runtime\" "
	               "-I \"$ROOT/generated\" -isystem /usr/include/postgresql -c app.c "
	               "\"$ROOT/generated/app_migrations.c\" && "
	               "gcc -std=c11 -D_POSIX_C_SOURCE=200809L -isystem /usr/include/postgresql"
	               " app.o app_migrations.o \"$ROOT\"/runtime/*.c -pthread -lsqlite3 -lpq %s "
	               "-o app && %s",
	               libraries, then);

	file_write_string(source, program);
	command_expect(directory, script, 0);
	directory_remove(directory);
	free(directory);
	free(program);
	free(source);
	free(script);
}

/* The program that rolls back, through what its document shows, and to the very beginning. */
static void test_rollback_program(void **state)
{
	(void)state;
	build_block("docs/rollback.md", "#include \"app_migrations.h\"", "",
	            "./app up >shown && ! ./app last 1 --dry >shown 2>message && "
	            "grep -x 'DROP VIEW overdue_invoice;' shown && "
	            "grep '^INLAY_PENDING: 1 migration would be rolled back, "
	            "012_create_overdue_view first; nothing was changed: this is a dry run "
	            "(dry_run is on: option)$' message && ./app last 1 >shown && "
	            "grep -x '012_create_overdue_view: rolled back (1 of 1)' shown && "
	            "./app status | grep -x 'pending     012_create_overdue_view.sql' && "
	            "./app history | tail -n 1 | "
	            "grep '  rolled back down       012_create_overdue_view.sql ' && "
	            "! ./app to 99 2>message && grep '^INLAY_MISUSE' message && "
	            "! ./app to v11 && ! ./app last -1 && ! ./app last 4294967297 && "
	            "./app to 0 --stored | grep -x '001_create_accounts: rolled back (11 of 11)' "
	            "&& ./app up | grep -x '012_create_overdue_view: applied (12 of 12)' && "
	            "! ./app");
}

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rollback_program),
		cmocka_unit_test(test_rules_are_documented),
		cmocka_unit_test(test_index_of_rules),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
