/* json_test.c - the members of what the commands print with --json: those of docs/reference.md, in
 * that order, and no others. */
#include "adopt_cases.h"
#include "console.h"
#include "files.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#define SECTION "\n## JSON of the command\n"

/* What comes before it, a script whose document is looked at, and which object of that. */
static const struct look {
	const char *name; /* As the section has it, behind "| ". */
	const char *before;
	const char *script;
	const char *path; /* Members, with a dot between; of an array the first item. */
} looks[] = {
	{ "`adopt`", ":", "inlay adopt --json --dry-run", "" },
	{ "`adopt`: `migrations`", ":", "inlay adopt --json --dry-run", "migrations" },
	{ "`status`", "inlay adopt --yes --quiet", "inlay status --json", "" },
	{ "`status`: `counts`", ":", "inlay status --json", "counts" },
	{ "`status`: `migrations`", ":", "inlay status --json", "migrations" },
	{ "`up`, `down`, `redo` with `--dry-run`", ":", "inlay up --json --dry-run", "" },
	{ "... `pending`", ":", "inlay up --json --dry-run", "pending" },
	{ "... `statements`", ":", "inlay up --json --dry-run", "statements" },
	{ "`up`, `down`, `redo`", ":", "inlay up --json --steps 1", "" },
	{ "... `applied`, `rolled_back`", "echo 'CREATE TABLE d (i INTEGER);' >migrations/4_d.sql",
	  "inlay up --json", "applied" },
	{ "... `error`", "echo 'CREATE TABEL e (i INTEGER);' >migrations/5_e.sql",
	  "inlay up --json", "error" },
	{ "`history`", ":", "inlay history --json", "" },
	{ "`history`: `entries`", ":", "inlay history --json", "entries" },
	{ "`inspect FILE`", "rm migrations/5_e.sql; cp -R migrations later; rm migrations/4_d.sql",
	  "inlay inspect --json later", "" },
	{ "... `sets`", ":", "inlay inspect --json later", "sets" },
	{ "... `migrations`", ":", "inlay inspect --json later", "sets.migrations" },
	{ "... `dialects`", ":", "inlay inspect --json --dialect sqlite later",
	  "sets.migrations.dialects.sqlite" },
	{ "`inspect FILE FILE`", ":", "inlay inspect --json migrations later", "" },
	{ "... `changes`", ":", "inlay inspect --json migrations later", "changes" },
};
#define LOOK_COUNT (sizeof(looks) / sizeof(looks[0]))

/* The object at `path`. */
static json_t *walk(json_t *value, const char *path)
{
	while (*path != '\0') {
		size_t size = strcspn(path, ".");

		value = json_object_getn(value, path, size);
		if (json_is_array(value))
			value = json_array_get(value, 0);
		path += size + (path[size] == '.');
	}
	return value;
}

/* "| `status` | `database`, `absent` |" */
static char *row_of(const char *name, json_t *object)
{
	char *row = format("| %s |", name);
	const char *comma = "";
	const char *key;
	json_t *value;

	json_object_foreach(object, key, value)
	{
		char *longer = format("%s%s `%s`", row, comma, key);

		free(row);
		row = longer;
		comma = ",";
	}
	return row;
}

static void expect_row(const struct console *console, const struct look *look, const char *section)
{
	char *script = format("exec 2>/dev/null; %s; %s", look->before, look->script);
	struct outcome outcome = console_run(console, script);
	json_t *document = json_loads(outcome.out.start, 0, NULL);
	json_t *object = walk(document, look->path);
	char *row;
	char *line;

	if (!json_is_object(object))
		fail_msg("%s: no object at '%s' in:\n%s", look->script, look->path,
		         (const char *)outcome.out.start);
	row = row_of(look->name, object);
	line = format("\n%s |\n", row);
	if (strstr(section, line) == NULL)
		fail_msg("docs/reference.md lacks:%s", line);
	free(line);
	free(row);
	json_decref(document);
	outcome_free(&outcome);
	free(script);
}

/* The section's table of members, whose rows are as many. */
static char *read_section(void)
{
	struct bytes text = file_read("docs/reference.md");
	const char *start = strstr(text.start, SECTION);
	const char *end = start != NULL ? strstr(start + strlen(SECTION), "\n## ") : NULL;
	const char *table = start != NULL ? strstr(start, "\n| in | members |\n|---|---|\n") : NULL;
	size_t row_count = 0;
	char *section;

	if (end == NULL || table == NULL || table > end)
		fail_msg("docs/reference.md has no section%s", SECTION);
	section = format("%.*s", (int)(end - start), start);
	for (table = strstr(table + 1, "\n|---|---|\n") + 11; *table == '|'; row_count++)
		table = strchr(table, '\n') + 1;
	assert_int_equal(row_count, LOOK_COUNT);
	free(text.start);
	return section;
}

static void has_the_documented_members(void **state)
{
	struct database *database = *state;
	const struct adopt_case *adopted = adopt_cases;
	char *section = read_section();
	struct console console;

	while (strcmp(adopted->tool, "sqlx") != 0)
		adopted++;
	database_run(database, adopted->sql[INLAY_DIALECT_SQLITE]);
	console = console_open(database);
	for (size_t i = 0; adopted->files[i].name != NULL; i++) {
		char *path = format("migrations/%s", adopted->files[i].name);

		console_write(&console, path, adopted->files[i].content);
		free(path);
	}
	for (size_t i = 0; i < LOOK_COUNT; i++)
		expect_row(&console, &looks[i], section);
	console_close(&console);
	free(section);
}

/* What was asked for in a wrong way has no result. */
static void refusals_are_no_documents(void **state)
{
	static const char *const scripts[] = {
		"inlay up --json --to 7 2>/dev/null",
		"inlay down --json </dev/null 2>/dev/null",
		"inlay status --json --database sqlite:none/x.db --dir none 2>/dev/null",
	};
	static const int statuses[] = { 64, 64, 66 };
	struct console console = console_open(*state);

	console_write(&console, "migrations/000_z.sql", "CREATE TABLE z (i INTEGER);\n");
	console_write(&console, "migrations/001_a.sql",
	              "-- migrate:up\nCREATE TABLE a (i INTEGER);\n"
	              "-- migrate:down\nDROP TABLE a;\n");
	console_expect(&console, "inlay up --quiet", 0, "", "");
	for (size_t i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++)
		console_expect(&console, scripts[i], statuses[i], "", "");
	console_close(&console);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DATABASE_TEST_FILE(has_the_documented_members),
		DATABASE_TEST_FILE(refusals_are_no_documents),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
