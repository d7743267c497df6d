/*
 * documents_test.c - the documents are true: each is a session (tests/support/session.h) in which
 * its commands run, its C and SQL compile, and what it shows is said.
 *
 * INLAY_PREFIX is where the product is installed: see install_test.c.  ONLY_DOCUMENT=docs/guide.md
 * reads that one alone.  How documents are marked is in CONTRIBUTING.md.
 */
#include "postgres_server.h"
#include "session.h"

#include "files.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum {
	DOCUMENT_COUNT_MAX = 200
};

/* Blocks that are not run, each for a reason that its document gives.  Others have none. */
static const struct exempt {
	const char *path;
	size_t count;
} exempt_blocks[] = {
	{ "README.md", 1 },
	{ "docs/building.md", 5 },
	{ "docs/compatibility.md", 1 },
	{ "docs/tour.md", 1 },
	{ "examples/http-admin/README.md", 1 },
	{ "examples/zig-build/README.md", 1 },
	{ "examples/zig/README.md", 1 },
};

/* An empty database, which is the document's own. */
static char *make_server(size_t number)
{
	const struct cluster *cluster = postgres_server();
	char *sql = format("CREATE DATABASE document_%zu", number);
	PGconn *connection;
	PGresult *result;

	assert_non_null(cluster);
	connection = cluster_connect(cluster, "postgres", "postgres");
	assert_non_null(connection);
	result = PQexec(connection, sql);
	assert_int_equal(PQresultStatus(result), PGRES_COMMAND_OK);
	PQclear(result);
	PQfinish(connection);
	free(sql);
	return format("postgresql://postgres@/document_%zu?host=%s", number,
	              cluster_directory(cluster));
}

static size_t count_exempt(const struct document *document)
{
	size_t count = 0;

	for (size_t i = 0; i < document->step_count; i++) {
		const struct step *step = &document->steps[i];

		if (step->kind != STEP_EXEMPT)
			continue;
		count++;
		print_message("%s:%zu: not run: %s\n", document->path, step->line, step->argument);
	}
	return count;
}

static size_t expected_exempt(const char *path)
{
	for (size_t i = 0; i < sizeof(exempt_blocks) / sizeof(*exempt_blocks); i++)
		if (strcmp(exempt_blocks[i].path, path) == 0)
			return exempt_blocks[i].count;
	return 0;
}

static void a_document(void **state)
{
	static size_t number;
	const char *path = *state;
	struct bytes text = file_read(path);
	struct document document;
	char *server, *complaint;

	assert_non_null(text.start);
	document = document_read(path, text.start);
	server = document.has_server ? make_server(++number) : NULL;
	complaint = session_run(&document, server);
	if (complaint != NULL)
		(void)fputs(complaint, stderr); /* print_error() would cut it. */
	assert_null(complaint);
	assert_int_equal(count_exempt(&document), expected_exempt(path));
	document_free(&document);
	free(server);
	free(text.start);
}

/* --- Finding them --- */

static struct CMUnitTest found[DOCUMENT_COUNT_MAX];
static size_t found_count;

static void add(char *path)
{
	const char *only = getenv("ONLY_DOCUMENT");
	bool is_wanted = only == NULL || strcmp(only, path) == 0;

	/* Those have tests of their own. */
	if (!is_wanted || strcmp(path, "docs/commands.md") == 0 ||
	    strncmp(path, "docs/rules/", strlen("docs/rules/")) == 0 || !file_exists(path)) {
		free(path);
		return;
	}
	assert_true(found_count < DOCUMENT_COUNT_MAX);
	found[found_count++] =
	        (struct CMUnitTest){ .name = path, .test_func = a_document, .initial_state = path };
}

static bool is_markdown(const char *name)
{
	size_t size = strlen(name);

	return size > 3 && strcmp(name + size - 3, ".md") == 0;
}

/* Those of a directory, and of the directories in it. */
static void add_all(const char *directory, bool has_below)
{
	char **names = directory_names(directory);

	for (char **name = names; *name != NULL; name++) {
		char *path = format("%s/%s", directory, *name);

		if (is_markdown(*name)) {
			add(path);
			continue;
		}
		if (has_below)
			add_all(path, false);
		free(path);
	}
	names_free(names);
}

int main(void)
{
	int failed;

	add(format("%s", "README.md"));
	add_all("docs", true);
	add_all("examples", true);
	if (found_count == 0) {
		print_error("there is no document\n");
		return 1;
	}
	failed = _cmocka_run_group_tests("documents", found, found_count, session_set_up, NULL);
	for (size_t i = 0; i < found_count; i++)
		free((char *)found[i].initial_state);
	return failed;
}
