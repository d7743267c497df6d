/*
 * commands_test.c - the examples of docs/commands.md, which are those of the manual pages, do what
 * they say.  tests/product/commands.md has the same ones, with what each needs and what comes of
 * it.
 *
 * INLAY_PREFIX is where the product is installed: see install_test.c.
 */
#include "command.h"
#include "files.h"
#include "postgres_server.h"
#include "session.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define SCENARIO "tests/product/commands.md"

enum {
	SECTION_COUNT_MAX = 60
};

/* --- Lines --- */

/* "## inlay up": the section that begins there. */
static bool is_heading(const char *line)
{
	return strncmp(line, "## ", 3) == 0;
}

static char *append(char *text, const char *line, size_t size)
{
	char *longer = format("%s%.*s\n", text, (int)size, line);

	free(text);
	return longer;
}

/* A server's URL is the scenario's. */
static char *append_example(char *text, const char *line, size_t size)
{
	char *copy = format("%.*s", (int)size, line);
	char *url = strstr(copy, "postgres://");

	if (url != NULL) {
		char *with = format("%.*s\"$SERVER\"%s", (int)(url - copy), copy,
		                    url + strcspn(url, " "));

		free(copy);
		copy = with;
	}
	text = append(text, copy, strlen(copy));
	free(copy);
	return text;
}

/* Headings and what stands in blocks of sh, a line each. */
static char *examples_of(const char *path)
{
	struct bytes text = file_read(path);
	char *examples = format("%s", "");
	bool inside = false;

	assert_non_null(text.start);
	for (const char *at = text.start; *at != '\0';) {
		size_t size = strcspn(at, "\n");

		if (strncmp(at, "```", 3) == 0)
			inside = strncmp(at, "```sh\n", 6) == 0;
		else if (inside)
			examples = append_example(examples, at, size);
		else if (strncmp(at, "## inlay ", 9) == 0)
			examples = append(examples, at, size);
		at += size + (at[size] == '\n');
	}
	free(text.start);
	return examples;
}

static void the_scenario_has_all_examples(void **state)
{
	char *pages = examples_of("docs/commands.md");
	char *ours = examples_of(SCENARIO);

	(void)state;
	assert_true(strlen(pages) > 1000);
	assert_true(same_bytes(SCENARIO, (struct bytes){ pages, strlen(pages) },
	                       (struct bytes){ ours, strlen(ours) }));
	free(pages);
	free(ours);
}

/* --- Sections --- */

/* What stands before the first section, and the section `heading`; other lines are empty, so that
 * lines keep their numbers. */
static char *section_of(const char *text, const char *heading)
{
	char *section = format("%s", "");
	bool is_wanted = true;

	for (const char *at = text; *at != '\0';) {
		size_t size = strcspn(at, "\n");

		if (is_heading(at))
			is_wanted = size == strlen(heading) && strncmp(at, heading, size) == 0;
		section = append(section, at, is_wanted ? size : 0);
		at += size + (at[size] == '\n');
	}
	return section;
}

static char *make_server(void)
{
	static unsigned number;
	const struct cluster *cluster = postgres_server();
	PGconn *connection;
	char *sql = format("CREATE DATABASE command_%u", ++number);

	assert_non_null(cluster);
	connection = cluster_connect(cluster, "postgres", "postgres");
	PQclear(PQexec(connection, sql));
	PQfinish(connection);
	free(sql);
	return format("postgresql://postgres@/command_%u?host=%s", number,
	              cluster_directory(cluster));
}

static void a_section(void **state)
{
	struct bytes text = file_read(SCENARIO);
	char *section = section_of(text.start, *state);
	struct document document = document_read(SCENARIO, section);
	char *server = document.has_server ? make_server() : NULL;
	char *complaint = session_run(&document, server);

	if (complaint != NULL)
		(void)fputs(complaint, stderr); /* print_error() would cut it. */
	assert_null(complaint);
	document_free(&document);
	free(server);
	free(section);
	free(text.start);
}

int main(void)
{
	struct CMUnitTest tests[SECTION_COUNT_MAX] = { cmocka_unit_test(
		the_scenario_has_all_examples) };
	struct bytes text = file_read(SCENARIO);
	const char *only = getenv("ONLY_COMMAND");
	size_t count = 1;
	int failed;

	for (const char *at = text.start; (at = strstr(at, "\n## ")) != NULL;) {
		size_t size = strcspn(++at, "\n");
		char *heading = format("%.*s", (int)size, at);

		assert_true(count < SECTION_COUNT_MAX);
		if (only != NULL && strstr(heading, only) == NULL)
			free(heading);
		else
			tests[count++] = (struct CMUnitTest){ .name = heading,
				                              .test_func = a_section,
				                              .initial_state = heading };
	}
	failed = _cmocka_run_group_tests("commands", tests, count, session_set_up, NULL);
	for (size_t i = 1; i < count; i++)
		free((char *)tests[i].initial_state);
	free(text.start);
	return failed;
}
