/*
 * formats_test.c - each directory of tests/formats/ is a set of another tool's migrations, with
 * every word that the tool has for them, and what the compiler reads in it.
 *
 *     <tool>/    migrations/  arguments  expected.txt
 *
 * expected.txt has the layout, the migrations, their statements with their places, and what the
 * compiler says.  What is wrong with such a directory is in tests/golden/bad/.
 * INLAY_GOLDEN=rewrite writes the expectations: the diff is the review.
 */
#include "command.h"
#include "files.h"
#include "format_cases.h"
#include "formats/format.h"
#include "render/render.h"
#include "set.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

/* ---- what was read --------------------------------------------------------------------------- */

static void describe_statement(struct buffer *out, const struct statement *statement)
{
	size_t i;

	buffer_format(out, "        %u:%u ", statement->position.line, statement->position.column);
	if (statement->call > 0)
		buffer_format(out, "call ");
	for (i = 0; i < statement->text.size; i++) {
		unsigned char byte = statement->text.start[i];

		buffer_string(out, byte == '\n' ? "\\n" : byte == '\r' ? "\\r" : "");
		if (byte != '\n' && byte != '\r')
			buffer_byte(out, byte);
	}
	buffer_byte(out, '\n');
}

static void describe_script(struct buffer *out, const struct script *script, const char *direction)
{
	size_t i;

	if (script->source == NULL)
		return;
	buffer_format(out, "    %s in %s%s%s\n", direction, script->source->name,
	              script->no_transaction ? ", without a transaction" : "",
	              script->foreign_keys_off ? ", foreign keys off" : "");
	for (i = 0; i < script->count; i++)
		describe_statement(out, &script->statements[i]);
}

static void describe_migration(struct buffer *out, const struct migration *migration,
                               enum dialect dialect)
{
	buffer_format(out, "%lld %s (%s)\n", (long long)migration->version, migration->name,
	              migration->title);
	describe_script(out, &migration->variants[dialect].up, "up");
	describe_script(out, &migration->variants[dialect].down, "down");
}

static void describe(struct buffer *out, struct workspace *workspace)
{
	const struct migration_set *set = &workspace->set;
	enum dialect dialect = set->dialects[DIALECT_POSTGRES] ? DIALECT_POSTGRES : DIALECT_SQLITE;
	size_t i;

	buffer_format(out, "%s, for%s%s\n", workspace->format->title,
	              set->dialects[DIALECT_SQLITE] ? " sqlite" : "",
	              set->dialects[DIALECT_POSTGRES] ? " postgres" : "");
	for (i = 0; i < set->count; i++)
		describe_migration(out, &set->items[i], dialect);
	for (i = 0; i < set->repeatable_count; i++)
		describe_migration(out, &set->repeatables[i], dialect);
	diagnostics_as_written(&workspace->problems);
	render_text(&workspace->problems, SEVERITY_NOTE, false, out);
}

static void reads_as_expected(void **state)
{
	const struct format_case *tested = *state;
	char *path = format("%s/expected.txt", tested->path);
	struct bytes expected = file_read(path);
	struct buffer received = { 0 };
	struct workspace workspace;

	format_case_read(tested, &workspace);
	describe(&received, &workspace);
	assert_int_equal(workspace.problems.error_count, 0);
	if (format_case_is_rewriting())
		file_write(path, received.start, received.size);
	else
		assert_true(same_bytes(path, expected,
		                       (struct bytes){ (char *)received.start, received.size }));
	buffer_clear(&received);
	set_clear(&workspace);
	free(expected.start);
	free(path);
}

/* ---- what its place says --------------------------------------------------------------------- */

/* V1__a.sql is Flyway's and refinery's: what lies around it decides, if anything does. */
static const struct {
	const char *directory; /* Below the repository. */
	const char *beside;    /* Build files. */
	const char *expected;  /* A part of what is said. */
} places[] = {
	{ "src/main/resources/db/migration", "", "of Flyway, and" },
	{ "app/migrations", "app/pom.xml", "of Flyway, and" },
	{ "migrations", "build.gradle", "of Flyway, and" },
	{ "app/sql", "build.gradle.kts", "of Flyway, and" },
	{ "app/migrations", "Cargo.toml", "of refinery, and" },
	{ "app/db/migration", "app/Cargo.toml", "of refinery, and" },
	/* The nearest one. */
	{ "app/migrations", "app/Cargo.toml pom.xml", "of refinery, and" },
	{ "app/migrations", "app/pom.xml Cargo.toml", "of Flyway, and" },
	{ "app/db/migration", "pom.xml Cargo.toml", "of Flyway, and" },
	/* Nothing tells. */
	{ "migrations", "", "--layout flyway or --layout refinery" },
	{ "app/migrations", "pom.xml Cargo.toml", "--layout flyway or --layout refinery" },
	{ "app/xdb/migration", "package.json", "--layout flyway or --layout refinery" },
	{ "app/migrations", "../Cargo.toml", "--layout flyway or --layout refinery" },
};

static void place_decides(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		char *directory = directory_make();
		char *script =
		        format("mkdir -p r/.git r/app r/%s && cd r && touch unused %s && echo "
		               "'SELECT 1;' > %s/V1__a.sql && inlay check %s --dialect postgres "
		               "--no-rehearsal 2>&1 | grep -e '%s'",
		               places[i].directory, places[i].beside, places[i].directory,
		               places[i].directory, places[i].expected);

		command_expect(directory, script, 0);
		free(script);
		directory_remove(directory);
		free(directory);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(place_decides) };
	int failed = format_cases_run("formats", reads_as_expected);

	return cmocka_run_group_tests_name("places", tests, NULL, NULL) + failed;
}
