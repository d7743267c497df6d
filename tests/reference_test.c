/* reference_test.c - the tables of docs/reference.md and docs/observability.md have what the code
 * has, and nothing else: results, states, events, alerts, metrics, options, columns, statuses,
 * variables. */
#include "database.h"
#include "files.h"

#include "../runtime/inlay_observe.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/* cmocka.h wants some of those first. */
#include <cmocka.h>

#define REFERENCE     "docs/reference.md"
#define OBSERVABILITY "docs/observability.md"

/* --- Names, each between line ends: "\none\ntwo\n" --- */

struct names {
	char *text;
};

static struct names names_none(void)
{
	return (struct names){ format("\n") };
}

static bool has_name(const struct names *names, const char *name, size_t size)
{
	char *line = format("\n%.*s\n", (int)size, name);
	bool has = strstr(names->text, line) != NULL;

	free(line);
	return has;
}

static void add_name(struct names *names, const char *name, size_t size)
{
	char *longer;

	if (has_name(names, name, size))
		return;
	longer = format("%s%.*s\n", names->text, (int)size, name);
	free(names->text);
	names->text = longer;
}

/* How many of `names` the others do not have; each is told of. */
static size_t count_lacking(const struct names *names, const struct names *others, const char *what)
{
	size_t count = 0;

	for (const char *at = names->text + 1; *at != '\0';) {
		size_t size = strcspn(at, "\n");

		if (!has_name(others, at, size)) {
			print_error("%.*s: %s\n", (int)size, at, what);
			count++;
		}
		at += size + 1;
	}
	return count;
}

/* Those between backticks in the first column of the first table behind `anchor`. */
static struct names names_of_table(const char *path, const char *anchor)
{
	struct bytes text = file_read(path);
	const char *at = text.start != NULL ? strstr(text.start, anchor) : NULL;
	struct names names = names_none();

	at = at != NULL ? strstr(at, "\n|---|") : NULL;
	if (at == NULL)
		fail_msg("%s has no table behind %s", path, anchor);
	for (at = strchr(at + 1, '\n') + 1; *at == '|'; at = strchr(at, '\n') + 1) {
		const char *end = strchr(at + 1, '|');
		const char *name = strchr(at, '`');

		while (name != NULL && name < end) {
			const char *close = strchr(name + 1, '`');

			add_name(&names, name + 1, (size_t)(close - name - 1));
			name = strchr(close + 1, '`');
		}
	}
	free(text.start);
	return names;
}

/* Both are the same; frees `expected`. */
static void expect_table(const char *path, const char *anchor, struct names expected)
{
	struct names shown = names_of_table(path, anchor);
	char *lacking = format("%s lacks it, behind \"%s\"", path, anchor);
	char *strange = format("%s has it, behind \"%s\", and the code has not", path, anchor);
	size_t wrong = count_lacking(&expected, &shown, lacking) +
	               count_lacking(&shown, &expected, strange);

	assert_true(strlen(expected.text) > 1);
	free(lacking);
	free(strange);
	free(shown.text);
	free(expected.text);
	assert_int_equal(wrong, 0);
}

/* --- Enums, by the functions that name their values --- */

#define ADD_ENUM(names, type, function, first, prefix)                                             \
	for (int value = (first); value < 100; value++) {                                          \
		const char *known = function((enum type)value);                                    \
		char *name = format("%s%s", prefix, known);                                        \
		if (strstr(known, "unknown") == NULL && strstr(known, "UNKNOWN") == NULL)          \
			add_name(names, name, strlen(name));                                       \
		free(name);                                                                        \
	}

static void raise(char *text, size_t from)
{
	for (size_t i = from; text[i] != '\0'; i++)
		text[i] = (char)toupper((unsigned char)text[i]);
}

static void results_and_states(void **state)
{
	struct names results = names_none();
	struct names states = names_none();

	(void)state;
	ADD_ENUM(&results, inlay_result, inlay_result_name, 0, "");
	expect_table(REFERENCE, "| result | the database afterwards |", results);
	ADD_ENUM(&states, inlay_state, inlay_state_name, 1, "");
	expect_table(REFERENCE, "| `state` | |", states);
}

static void events_and_alerts(void **state)
{
	struct names kinds = names_none();
	struct names events = names_none();
	struct names alerts = names_none();

	(void)state;
	ADD_ENUM(&kinds, inlay_event_kind, inlay_event_name, 1, "INLAY_EVENT_");
	raise(kinds.text, 0);
	expect_table(REFERENCE, "### Events", kinds);
	ADD_ENUM(&events, inlay_event_kind, inlay_event_name, 1, "");
	expect_table(OBSERVABILITY, "## Events", events);
	ADD_ENUM(&alerts, inlay_alert_kind, inlay_alert_name, 1, "");
	expect_table(OBSERVABILITY, "## Alerts", alerts);
}

/* --- Metrics --- */

static void add_text(void *context, const char *text, size_t text_size)
{
	struct names *names = context;
	char *longer = format("%s%.*s", names->text, (int)text_size, text);

	free(names->text);
	names->text = longer;
}

static void metrics(void **state)
{
	static const char type[] = "# TYPE ";
	struct inlay_metrics *written = inlay_metrics_create();
	struct names text = names_none();
	struct names names = names_none();

	(void)state;
	inlay_metrics_write(written, add_text, &text);
	for (const char *at = text.text; (at = strstr(at, type)) != NULL; at += strlen(type))
		add_name(&names, at + strlen(type), strcspn(at + strlen(type), " "));
	expect_table(OBSERVABILITY, "## Metrics", names);
	inlay_metrics_destroy(written);
	free(text.text);
}

/* --- Structs, by what programs were compiled to believe --- */

static struct names names_of_struct(const char *name)
{
	struct bytes text = file_read("tests/abi/layout");
	char *heading = format("struct %s, ", name);
	const char *at = strstr(text.start, heading);
	struct names names = names_none();

	assert_non_null(at);
	for (at = strchr(at, '\n') + 1; *at == ' '; at = strchr(at, '\n') + 1) {
		const char *end = strchr(at, '\n');
		const char *member = end;

		while (member[-1] != ' ')
			member--;
		if (strncmp(member, "size\n", 5) != 0)
			add_name(&names, member, (size_t)(end - member));
	}
	free(heading);
	free(text.start);
	return names;
}

static void structs(void **state)
{
	(void)state;
	expect_table(REFERENCE, "| option | default |", names_of_struct("inlay_options"));
	expect_table(REFERENCE, "| field of `struct inlay_error` |",
	             names_of_struct("inlay_error"));
	expect_table(REFERENCE, "| `struct inlay_call` |", names_of_struct("inlay_call"));
}

/* --- Tables --- */

static void expect_columns(struct database *database, const char *table, const char *anchor)
{
	char *sql = format(database->dialect == INLAY_DIALECT_SQLITE
	                           ? "SELECT name FROM pragma_table_info('%s')"
	                           : "SELECT attname FROM pg_attribute WHERE attrelid = "
	                             "'%s'::regclass AND attnum > 0 AND NOT attisdropped",
	                   table);
	struct names names = { format("\n%s\n", database_ask(database, sql)) };

	expect_table(REFERENCE, anchor, names);
	free(sql);
}

static void columns(void **state)
{
	static const struct set_file files[] = { { "001_a.sql", "CREATE TABLE a (b INTEGER);" },
		                                 { NULL, NULL } };
	struct database *database = *state;

	database_expect_ok(database, files, 1);
	expect_columns(database, "schema_migrations", "`schema_migrations`, one row");
	expect_columns(database, "schema_migrations_log", "`schema_migrations_log`, append-only");
	expect_columns(database, "schema_migrations_state", "`schema_migrations_state`, one row");
}

/* --- What is only in the sources --- */

static void statuses(void **state)
{
	struct bytes text = file_read("compiler/options.h");
	struct names names = names_none();

	(void)state;
	for (const char *at = text.start; (at = strstr(at, "\tEXIT_")) != NULL; at++) {
		const char *number = strstr(at, " = ") + 3;

		add_name(&names, number, strspn(number, "0123456789"));
	}
	expect_table(REFERENCE, "## Exit status", names);
	free(text.start);
}

/* Words of capitals between quotes are variables, in files that read the environment. */
static void add_variables(struct names *names, const char *path)
{
	struct bytes text = file_read(path);
	const char *at = text.start;

	if (strstr(at, "getenv(") == NULL)
		at = "";
	while ((at = strchr(at, '"')) != NULL) {
		size_t size = strspn(++at, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_");

		if (size > 3 && at[size] == '"')
			add_name(names, at, size);
	}
	free(text.start);
}

static void add_directory(struct names *names, const char *directory)
{
	char **found = directory_names(directory);

	for (char **name = found; *name != NULL; name++) {
		char *path = format("%s/%s", directory, *name);
		size_t size = strlen(path);

		if (strcmp(path + size - 2, ".c") == 0)
			add_variables(names, path);
		else if (strchr(*name, '.') == NULL)
			add_directory(names, path);
		free(path);
	}
	names_free(found);
}

static void variables(void **state)
{
	struct names library = names_none();
	struct names command = names_none();
	struct names ours;

	(void)state;
	add_directory(&library, "runtime");
	expect_table(REFERENCE, "Of programs, by the library, once", library);
	add_directory(&command, "compiler");
	ours = names_of_table(REFERENCE, "Of the command, besides these");
	add_name(&ours, "MIGRATION_DRY_RUN", strlen("MIGRATION_DRY_RUN"));
	assert_int_equal(count_lacking(&command, &ours, REFERENCE " lacks it"), 0);
	assert_int_equal(count_lacking(&ours, &command, "the command does not know it"), 0);
	free(command.text);
	free(ours.text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(results_and_states),
		cmocka_unit_test(events_and_alerts),
		cmocka_unit_test(metrics),
		cmocka_unit_test(structs),
		DATABASE_TEST_SQLITE(columns),
		DATABASE_TEST_POSTGRES(columns),
		cmocka_unit_test(statuses),
		cmocka_unit_test(variables),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
