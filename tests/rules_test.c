/*
 * rules_test.c - the pages of docs/rules/ mean what they show, and so do further cases in
 * tests/rules/: every rule of lint has a page, with a hit, a near miss and a silenced hit.
 *
 * A page is named like its rule.  Its fenced blocks of SQL say behind ```sql which dialect they are
 * of and what they are:
 *
 *     before     in production already, for the blocks of that dialect below it
 *     bad        the rule must find something
 *     good       the rule must find nothing; nor may another one, but for style
 *     silenced   the rule finds something and an inlay:ignore keeps it quiet
 *
 * A line `-- next file` begins another migration.  The ```text block behind a bad one is what the
 * command says of it; INLAY_GOLDEN=rewrite writes it.
 */
#include "check.h"
#include "files.h"
#include "ignore.h"
#include "render/render.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* One fenced block. */
struct block {
	char info[80]; /* "sql postgres bad", "text". */
	const char *start;
	size_t size;
};

/* A page being read, and written again where it is rewritten. */
struct page {
	char *path;
	char *name; /* The rule's. */
	enum rule rule;
	struct bytes text;
	struct buffer rewritten;
	const char *kept; /* What is before it is in `rewritten`. */
	char *before[DIALECT_COUNT];
	size_t counts[3]; /* bad, good, silenced. */
	size_t shown;     /* Bad ones with their text. */
};

static char home[4096];

/* --- Pages --- */

static bool next_block(const char **at, struct block *block)
{
	const char *fence = strstr(*at, "\n```");
	const char *end;

	if (fence == NULL)
		return false;
	*block = (struct block){ .start = strchr(fence + 1, '\n') };
	assert_non_null(block->start);
	snprintf(block->info, sizeof(block->info), "%.*s", (int)(block->start - fence - 4),
	         fence + 4);
	end = strstr(block->start, "\n```");
	assert_non_null(end);
	block->start++;
	block->size = end + 1 > block->start ? (size_t)(end + 1 - block->start) : 0;
	*at = end + 4;
	return true;
}

static void write_migration(int version, const char *start, size_t size)
{
	char *path = format("migrations/%03d_change.sql", version);

	file_write(path, start, size);
	free(path);
}

/* The files of a block, from version 2 on. */
static void write_block(const struct page *page, enum dialect dialect, const struct block *block)
{
	static const char mark[] = "-- next file\n";
	const char *at = block->start, *end = block->start + block->size;
	int version = 2;

	if (page->before[dialect] != NULL)
		write_migration(1, page->before[dialect], strlen(page->before[dialect]));
	for (;;) {
		const char *next = strstr(at, mark);

		if (next == NULL || next >= end)
			break;
		write_migration(version++, at, (size_t)(next - at));
		at = next + strlen(mark);
	}
	write_migration(version, at, (size_t)(end - at));
}

/* --- What is found --- */

static void judge(struct workspace *workspace, const struct page *page, enum dialect dialect,
                  const struct block *block)
{
	struct options options = {
		.operand = "migrations",
		.since = page->before[dialect] != NULL ? "1" : "0",
		.no_syntax = true,
		.no_rehearsal = true,
		.style = rule_group(page->rule) == GROUP_STYLE,
	};
	bool dialects[DIALECT_COUNT] = { false, false };

	dialects[dialect] = true;
	write_block(page, dialect, block);
	check_set(workspace, &options, dialects);
}

static size_t count_of(const struct workspace *workspace, enum rule rule)
{
	size_t count = 0;

	for (size_t i = 0; i < workspace->problems.count; i++)
		count += workspace->problems.items[i].problem.rule == rule;
	return count;
}

/* Of what is no rule's of lint, only the command's own word about remarks matters here. */
static bool is_about_the_sql(const struct diagnostic *diagnostic, void *context)
{
	enum rule rule = diagnostic->problem.rule;

	(void)context;
	return rule != RULE_LOCK_MISSING && rule != RULE_LOCK_UNLISTED && rule != RULE_EMPTY;
}

static void print_found(struct workspace *workspace, const struct page *page,
                        const struct block *block, const char *what)
{
	struct buffer text = { 0 };

	render_text(&workspace->problems, SEVERITY_NOTE, false, &text);
	print_error("%s: %s:\n%.*s---\n%.*s", page->path, what, (int)block->size, block->start,
	            (int)text.size, text.size > 0 ? (const char *)text.start : "");
	buffer_clear(&text);
}

static bool is_as_said(const struct workspace *workspace, const struct page *page, const char *kind)
{
	size_t found = count_of(workspace, page->rule);

	if (strcmp(kind, "bad") == 0)
		return found > 0;
	if (strcmp(kind, "silenced") == 0)
		return found == 0 && count_of(workspace, RULE_UNUSED_IGNORE) == 0 &&
		       count_of(workspace, RULE_REMARK) == 0;
	for (size_t i = 0; i < workspace->problems.count; i++)
		if (rule_severity(workspace->problems.items[i].problem.rule) > SEVERITY_NOTE)
			return false;
	return found == 0;
}

/* The text that follows a bad block is what is said of it. */
static bool is_shown_right(struct page *page, const struct workspace *workspace, const char **at)
{
	const char *rewrite = getenv("INLAY_GOLDEN");
	const char *after = *at;
	struct block text;
	struct buffer received = { 0 };
	struct diagnostics problems = workspace->problems;
	bool same;

	if (!next_block(&after, &text) || strcmp(text.info, "text") != 0)
		return true;
	*at = after;
	page->shown++;
	render_text(&problems, SEVERITY_NOTE, false, &received);
	same = text.size == received.size &&
	       (text.size == 0 || memcmp(text.start, received.start, text.size) == 0);
	if (!same && rewrite != NULL) {
		buffer_bytes(&page->rewritten, page->kept, (size_t)(text.start - page->kept));
		buffer_text(&page->rewritten, buffer_contents(&received));
		page->kept = text.start + text.size;
		same = true;
	} else if (!same) {
		print_error("%s: the text is\n%.*sand should be\n%.*s", page->path, (int)text.size,
		            text.start, (int)received.size,
		            received.size > 0 ? (const char *)received.start : "");
	}
	buffer_clear(&received);
	return same;
}

static bool check_block(struct page *page, enum dialect dialect, const char *kind,
                        const struct block *block, const char **at)
{
	static const char *const kinds[] = { "bad", "good", "silenced" };
	char *directory = directory_make();
	struct workspace workspace;
	bool right;

	for (size_t i = 0; i < 3; i++)
		page->counts[i] += strcmp(kind, kinds[i]) == 0;
	assert_int_equal(chdir(directory), 0);
	judge(&workspace, page, dialect, block);
	assert_int_equal(chdir(home), 0);
	diagnostics_filter(&workspace.problems, is_about_the_sql, NULL);
	right = is_as_said(&workspace, page, kind);
	if (!right)
		print_found(&workspace, page, block, kind);
	if (strcmp(kind, "bad") == 0)
		right = is_shown_right(page, &workspace, at) && right;
	set_clear(&workspace);
	directory_remove(directory);
	free(directory);
	return right;
}

static bool check_blocks(struct page *page)
{
	const char *at = page->text.start;
	struct block block;
	bool right = true;

	while (next_block(&at, &block)) {
		char language[16] = "", dialect[16] = "", kind[16] = "";
		enum dialect which;

		if (sscanf(block.info, "%15s %15s %15s", language, dialect, kind) != 3 ||
		    strcmp(language, "sql") != 0)
			continue;
		which = strcmp(dialect, "sqlite") == 0 ? DIALECT_SQLITE : DIALECT_POSTGRES;
		if (strcmp(kind, "before") == 0) {
			free(page->before[which]);
			page->before[which] = format("%.*s", (int)block.size, block.start);
			continue;
		}
		right = check_block(page, which, kind, &block, &at) && right;
	}
	return right;
}

static void rewrite_page(struct page *page)
{
	if (page->rewritten.size == 0)
		return;
	buffer_string(&page->rewritten, page->kept);
	file_write(page->path, page->rewritten.start, page->rewritten.size);
}

static void means_what_it_shows(void **state)
{
	struct page *page = *state;
	bool is_document = strncmp(page->path, "docs/", 5) == 0;
	bool right;

	page->rule = rule_from(text_of(page->name));
	page->text = file_read(page->path);
	page->kept = page->text.start;
	assert_non_null(page->text.start);
	assert_int_not_equal(page->rule, RULE_COUNT);
	right = check_blocks(page);
	rewrite_page(page);
	if (is_document && (page->counts[0] == 0 || page->counts[1] == 0 || page->counts[2] == 0 ||
	                    page->shown == 0))
		fail_msg("%s: a bad block and its text, a good and a silenced one are wanted",
		         page->path);
	assert_true(right);
	buffer_clear(&page->rewritten);
	for (int dialect = 0; dialect < DIALECT_COUNT; dialect++)
		free(page->before[dialect]);
	free(page->text.start);
}

/* --- All of them --- */

static void every_rule_has_a_page(void **state)
{
	(void)state;
	for (int rule = 0; rule < RULE_COUNT; rule++) {
		enum rule_group group = rule_group((enum rule)rule);
		char *path = format("docs/rules/%s.md", rule_name((enum rule)rule));

		if ((group == GROUP_LINT || group == GROUP_STYLE) && !file_exists(path))
			fail_msg("there is no %s", path);
		free(path);
	}
}

/* The pages of a directory, as tests. */
static size_t add_pages(const char *directory, struct CMUnitTest *tests, struct page *pages)
{
	char **names = directory_names(directory);
	size_t count = 0;

	for (size_t i = 0; names[i] != NULL; i++) {
		size_t size = strlen(names[i]);

		if (size < 4 || strcmp(names[i] + size - 3, ".md") != 0 ||
		    strcmp(names[i], "README.md") == 0)
			continue;
		pages[count] = (struct page){
			.path = format("%s/%s", directory, names[i]),
			.name = format("%.*s", (int)(size - 3), names[i]),
		};
		tests[count] = (struct CMUnitTest){ .name = pages[count].path,
			                            .test_func = means_what_it_shows,
			                            .initial_state = &pages[count] };
		count++;
	}
	names_free(names);
	return count;
}

int main(void)
{
	static struct page pages[2 * RULE_COUNT + 8];
	static struct CMUnitTest tests[2 * RULE_COUNT + 8];
	const char *only = getenv("ONLY_RULE");
	size_t count = 0, kept = 0;
	int status;

	if (getcwd(home, sizeof(home)) == NULL)
		return 1;
	tests[count++] = (struct CMUnitTest)cmocka_unit_test(every_rule_has_a_page);
	count += add_pages("docs/rules", &tests[count], &pages[count]);
	count += add_pages("tests/rules", &tests[count], &pages[count]);
	for (size_t i = 0; i < count; i++)
		if (only == NULL || strstr(tests[i].name, only) != NULL)
			tests[kept++] = tests[i];
	status = _cmocka_run_group_tests("rules", tests, kept, NULL, NULL);
	for (size_t i = 0; i < count; i++) {
		free(pages[i].path);
		free(pages[i].name);
	}
	return status;
}
