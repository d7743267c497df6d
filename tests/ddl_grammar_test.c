/* ddl_grammar_test.c - PostgreSQL's own parser and ours say the same of a statement: its kind, and
 * the names, columns, types, constraints and actions in it.  Over ddl_rows.h, and over every
 * statement that the project has. */
#include "ddl_rows.h"
#include "describe.h"
#include "files.h"
#include "parse_tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

struct tally {
	size_t same;
	size_t wrong;
	size_t left_out; /* The parser refuses them, or ddl.h has no kind for them. */
};

static void compare(struct tally *tally, const char *sql)
{
	struct arena arena = { 0 };
	size_t count;
	const struct statement *statements = describe_split(&arena, sql, DIALECT_POSTGRES, &count);

	for (size_t i = 0; i < count; i++) {
		const char *text = arena_copy(&arena, statements[i].text);
		const char *theirs = parse_tree_describe(&arena, text);
		struct ddl ddl = ddl_read(&arena, &statements[i], DIALECT_POSTGRES);
		const char *ours = parse_tree_ours(&arena, &ddl);

		if (theirs == NULL) {
			tally->left_out++;
		} else if (strcmp(theirs, ours) == 0) {
			tally->same++;
		} else {
			print_error("%s\n  PostgreSQL: %s\n  ours:       %s\n", text, theirs, ours);
			tally->wrong++;
		}
	}
	arena_clear(&arena);
}

static void report(const struct tally *tally, size_t wanted)
{
	print_message("%zu statements the same, %zu left out\n", tally->same, tally->left_out);
	assert_int_equal(tally->wrong, 0);
	assert_true(tally->same >= wanted);
}

static void need_parser(void)
{
	if (!parse_tree_is_here())
		skip();
}

static void agrees_about_every_form(void **state)
{
	struct tally tally = { 0 };
	size_t count;
	const struct ddl_row *rows = ddl_rows(DIALECT_POSTGRES, &count);

	(void)state;
	need_parser();
	for (size_t i = 0; i < count; i++)
		compare(&tally, rows[i].sql);
	report(&tally, 150);
}

/* Every .sql in the directory and below it. */
static void compare_files(struct tally *tally, const char *directory)
{
	char **names = directory_names(directory);

	for (size_t i = 0; names[i] != NULL; i++) {
		char *path = format("%s/%s", directory, names[i]);
		size_t size = strlen(path);
		struct bytes text = { NULL, 0 };

		if (size > 4 && strcmp(path + size - 4, ".sql") == 0)
			text = file_read(path);
		else if (strchr(names[i], '.') == NULL)
			compare_files(tally, path);
		if (text.start != NULL && strstr(path, "sqlite") == NULL)
			compare(tally, text.start);
		free(text.start);
		free(path);
	}
	names_free(names);
}

static void agrees_about_the_projects_files(void **state)
{
	struct tally tally = { 0 };

	(void)state;
	need_parser();
	compare_files(&tally, "migrations");
	compare_files(&tally, "examples");
	compare_files(&tally, "tests/golden");
	report(&tally, 50);
}

/* The blocks of ```sql postgres in a page. */
static void compare_page(struct tally *tally, const char *path)
{
	static const char mark[] = "```sql postgres";
	struct bytes page = file_read(path);
	char *at = page.start;

	while (at != NULL && (at = strstr(at, mark)) != NULL) {
		char *start = strchr(at, '\n');
		char *end = start != NULL ? strstr(start, "\n```") : NULL;

		if (end == NULL)
			break;
		*end = '\0';
		compare(tally, start + 1);
		at = end + 4;
	}
	free(page.start);
}

static void agrees_about_the_rules_pages(void **state)
{
	static const char *const directories[] = { "docs/rules", "tests/rules" };
	struct tally tally = { 0 };

	(void)state;
	need_parser();
	for (size_t i = 0; i < 2; i++) {
		char **names = directory_names(directories[i]);

		for (size_t j = 0; names[j] != NULL; j++) {
			char *path = format("%s/%s", directories[i], names[j]);

			compare_page(&tally, path);
			free(path);
		}
		names_free(names);
	}
	report(&tally, 200);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(agrees_about_every_form),
		cmocka_unit_test(agrees_about_the_projects_files),
		cmocka_unit_test(agrees_about_the_rules_pages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
