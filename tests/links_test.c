/* links_test.c - every link of a document that does not leave the project leads to a file that is
 * there, and to a heading that it has. */
#include "files.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PATH_SIZE 300

/* Blanks what is code, in place: nothing in it is a link or a heading. */
static void blank_code(char *text)
{
	char *at = text, *end;

	while (*at != '\0') {
		bool is_line = at == text || at[-1] == '\n';

		if (is_line && strncmp(at, "```", 3) == 0) {
			end = strstr(at + 3, "\n```");
			end = end != NULL ? end + 4 : at + strlen(at);
		} else if (*at == '`') {
			end = at + 1 + strcspn(at + 1, "`\n");
			end += *end == '`';
		} else {
			at++;
			continue;
		}
		for (; at < end; at++)
			if (*at != '\n')
				*at = ' ';
	}
}

/* "## What is *not* put back" to "what-is-not-put-back", as GitHub does. */
static void anchor_of(const char *heading, char anchor[PATH_SIZE])
{
	size_t size = 0;

	heading += strspn(heading, "# ");
	for (; *heading != '\0' && *heading != '\n' && size < PATH_SIZE - 1; heading++)
		if (isalnum((unsigned char)*heading) || strchr("-_", *heading) != NULL)
			anchor[size++] = (char)tolower((unsigned char)*heading);
		else if (*heading == ' ')
			anchor[size++] = '-';
	anchor[size] = '\0';
}

static bool is_heading(const char *text, const char *anchor)
{
	char found[PATH_SIZE];
	bool is_code = false;

	for (; text != NULL; text = strchr(text, '\n')) {
		text += *text == '\n';
		if (strncmp(text, "```", 3) == 0)
			is_code = !is_code;
		if (is_code || *text != '#')
			continue;
		anchor_of(text, found);
		if (strcmp(found, anchor) == 0)
			return true;
	}
	return false;
}

/* "" when the link leads somewhere, else what is wrong with it. */
static const char *judge(const char *document, const char *link)
{
	const char *slash = strrchr(document, '/');
	const char *anchor = strchr(link, '#');
	size_t size = anchor != NULL ? (size_t)(anchor - link) : strlen(link);
	const char *problem = "";
	char *path;

	if (strncmp(link, "https://", 8) == 0)
		return "";
	if (size == 0)
		path = format("%s", document);
	else
		path = format("%.*s%.*s", slash != NULL ? (int)(slash + 1 - document) : 0, document,
		              (int)size, link);
	if (!file_exists(path)) {
		problem = "there is no such file";
	} else if (anchor != NULL) {
		struct bytes text = file_read(path);

		if (text.start == NULL || !is_heading(text.start, anchor + 1))
			problem = "it has no such heading";
		free(text.start);
	}
	free(path);
	return problem;
}

/* Checks all links of a text; returns how many there are. */
static size_t check_text(const char *document, char *text, size_t *wrong)
{
	size_t count = 0;
	char *at;

	blank_code(text);
	for (at = text; (at = strstr(at, "](")) != NULL;) {
		char *link = at + 2, *end = strchr(link, ')');
		const char *problem;

		if (end == NULL)
			break;
		*end = '\0';
		count++;
		problem = judge(document, link);
		if (*problem != '\0') {
			print_error("%s: (%s): %s\n", document, link, problem);
			(*wrong)++;
		}
		at = end + 1;
	}
	return count;
}

static size_t check_directory(const char *directory, size_t *wrong)
{
	char **names = directory_names(directory);
	size_t count = 0;

	for (char **name = names; *name != NULL; name++) {
		size_t size = strlen(*name);
		char *path;
		struct bytes text;

		if (size < 4 || strcmp(*name + size - 3, ".md") != 0)
			continue;
		path = strcmp(directory, ".") == 0 ? format("%s", *name)
		                                   : format("%s/%s", directory, *name);
		text = file_read(path);
		assert_non_null(text.start);
		count += check_text(path, text.start, wrong);
		free(text.start);
		free(path);
	}
	names_free(names);
	return count;
}

static void every_link_leads_somewhere(void **state)
{
	static const char *const directories[] = {
		".", "docs", "docs/rules", "docs/coming-from", "docs/decisions", "bench"
	};
	size_t wrong = 0, count = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(directories) / sizeof(directories[0]); i++)
		count += check_directory(directories[i], &wrong);
	assert_int_equal(wrong, 0);
	assert_true(count > 100); /* The documents were found. */
}

static void what_leads_nowhere_is_found(void **state)
{
	static const struct {
		const char *text;
		size_t count;
		size_t wrong;
	} rows[] = {
		{ "[a](diagnostics.md) [b](rules/README.md#rules)", 2, 0 },
		{ "[a](nothing.md)", 1, 1 },
		{ "[a](diagnostics.md#how-bad-and-the-exit-status)", 1, 0 },
		{ "[a](diagnostics.md#how-good)", 1, 1 },
		{ "[a](#no-such-heading) [b](https://example.org/)", 2, 1 },
		{ "`[a](nothing.md)` [b](../README.md)", 1, 0 },
		{ "```c\nf[i](nothing)\n```\n[b](../NOTHING.md)\n", 1, 1 },
	};
	size_t wrong;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *text = format("%s", rows[i].text);

		wrong = 0;
		assert_int_equal(check_text("docs/diagnostics.md", text, &wrong), rows[i].count);
		assert_int_equal(wrong, rows[i].wrong);
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_link_leads_somewhere),
		cmocka_unit_test(what_leads_nowhere_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
