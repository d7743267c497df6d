/*
 * import_test.c - `inlay import`: every directory of tests/formats/ becomes native files that say
 * the same, and what can not become that leaves nothing behind.
 *
 *     <tool>/    migrations/  arguments  imported.txt
 *
 * imported.txt is what the command says, and each file that it writes.  INLAY_GOLDEN=rewrite writes
 * it: the diff is the review.
 */
#include "checksum.h"
#include "command.h"
#include "format_cases.h"
#include "formats/format.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

static void add_files(struct buffer *out, const char *directory)
{
	char **names = directory_names(directory);
	size_t i;

	for (i = 0; names[i] != NULL; i++) {
		char *path = format("%s/%s", directory, names[i]);
		struct bytes file = file_read(path);

		buffer_format(out, "==== %s\n", names[i]);
		buffer_bytes(out, file.start, file.size);
		if (file.size > 0 && file.start[file.size - 1] != '\n')
			buffer_string(out, "\n(no line end)\n");
		free(file.start);
		free(path);
	}
	names_free(names);
}

/* Runs the command; what it said and wrote goes to `out`. */
static void import_case(const struct format_case *tested, const char *directory, struct buffer *out)
{
	char *script = format("inlay import \"$ROOT/%s\" -o native --quiet %.*s", tested->directory,
	                      (int)strcspn(tested->arguments, "\n"), tested->arguments);
	char *loud = format("inlay import \"$ROOT/%s\" -o loud %.*s 2>/dev/null", tested->directory,
	                    (int)strcspn(tested->arguments, "\n"), tested->arguments);
	struct outcome outcome = command_run(directory, script);

	if (outcome.status != 0)
		print_error("%s", outcome.err.start);
	assert_int_equal(outcome.status, 0);
	assert_int_equal(outcome.out.size, 0);
	outcome_free(&outcome);
	outcome = command_run(directory, loud);
	assert_int_equal(outcome.status, 0);
	buffer_bytes(out, outcome.out.start, outcome.out.size);
	outcome_free(&outcome);
	free(script);
	free(loud);
}

/* ---- the same set? --------------------------------------------------------------------------- */

static void assert_same_script(const struct script *a, const struct script *b)
{
	size_t i;

	assert_int_equal(a->source != NULL, b->source != NULL);
	assert_int_equal(a->count, b->count);
	assert_int_equal(a->no_transaction, b->no_transaction);
	assert_int_equal(a->foreign_keys_off, b->foreign_keys_off);
	assert_true(digest_equals(&a->checksum, &b->checksum));
	for (i = 0; i < a->count; i++) {
		assert_int_equal(a->statements[i].call, b->statements[i].call);
		assert_true(text_equals(a->statements[i].text, b->statements[i].text));
	}
}

static void assert_same_migration(const struct migration *a, const struct migration *b)
{
	int dialect;

	assert_int_equal(a->version, b->version);
	assert_string_equal(a->name, b->name);
	for (dialect = 0; dialect < DIALECT_COUNT; dialect++) {
		assert_same_script(&a->variants[dialect].up, &b->variants[dialect].up);
		assert_same_script(&a->variants[dialect].down, &b->variants[dialect].down);
		assert_true(
		        digest_equals(&a->variants[dialect].chain, &b->variants[dialect].chain));
	}
}

static void assert_same_set(const struct migration_set *a, const struct migration_set *b)
{
	size_t i;

	assert_int_equal(a->count, b->count);
	assert_int_equal(a->repeatable_count, b->repeatable_count);
	for (i = 0; i < a->count; i++)
		assert_same_migration(&a->items[i], &b->items[i]);
	for (i = 0; i < a->repeatable_count; i++)
		assert_same_migration(&a->repeatables[i], &b->repeatables[i]);
}

static void compare_sets(const struct format_case *tested, const char *directory)
{
	struct options native = { .layout = "inlay" };
	struct workspace before, after;
	char *written = format("%s/native", directory);

	native.operand = written;
	format_case_read(tested, &before);
	set_read(&after, &native, before.set.dialects);
	assert_int_equal(after.problems.error_count, 0);
	assert_same_set(&before.set, &after.set);
	assert_true(format_is_native(after.format));
	set_clear(&before);
	set_clear(&after);
	free(written);
}

static void becomes_native(void **state)
{
	const struct format_case *tested = *state;
	char *path = format("%s/imported.txt", tested->path);
	char *directory = directory_make();
	char *written = format("%s/native", directory);
	struct bytes expected = file_read(path);
	struct buffer received = { 0 };

	import_case(tested, directory, &received);
	compare_sets(tested, directory);
	add_files(&received, written);
	if (format_case_is_rewriting())
		file_write(path, received.start, received.size);
	else
		assert_true(same_bytes(path, expected,
		                       (struct bytes){ (char *)received.start, received.size }));
	buffer_clear(&received);
	free(expected.start);
	free(written);
	directory_remove(directory);
	free(directory);
	free(path);
}

/* ---- what is refused ------------------------------------------------------------------------- */

#define GOOSE "mkdir goose; printf -- '-- +goose Up\\nSELECT 1;\\n' >goose/001_a.sql; "

static const struct {
	const char *script;
	int status;
	const char *err;
} refusals[] = {
	{ GOOSE "inlay import goose --dialect postgres", 64,
	  "inlay import: where to?\n    help: -o DIR names the directory to write\n" },
	{ GOOSE "inlay import goose -o out --dialect mysql", 64,
	  "inlay: unknown dialect mysql\n    help: one of sqlite, postgres, all\n" },
	{ GOOSE "mkdir out; touch out/a; inlay import goose -o out -q --dialect postgres; code=$?; "
	        "ls out | grep -v '^a$'; exit $code",
	  73,
	  "inlay import: out is not empty\n    help: name a directory that is, or that is not "
	  "there yet; nothing is overwritten\n" },
	{ GOOSE "touch out; inlay import goose -o out -q --dialect postgres", 73,
	  "inlay: out: Not a directory\n    help: create the directory it goes to first\n" },
	{ GOOSE "inlay import goose -o not/there -q --dialect postgres", 73,
	  "inlay: not/there: No such file or directory\n"
	  "    help: create the directory it goes to first\n" },
	{ "mkdir own; echo 'SELECT 1;' >own/001_a.sql; inlay import own -o out -q; code=$?; "
	  "test ! -e out && exit $code",
	  64,
	  "inlay import: own is in inlay's layout already\n    help: --layout TOOL, if it is a "
	  "tool's whose files look the same (dbmate, golang-migrate, sqlx)\n" },
	{ GOOSE "echo 'SELECT (;' >>goose/001_a.sql; inlay import goose -o out -q --dialect "
	        "postgres 2>/dev/null; code=$?; test ! -e out && exit $code",
	  65, "" },
	{ GOOSE "inlay import goose -o out -q --dialect postgres --placeholder x", 64,
	  "inlay import: a placeholder is NAME=VALUE, not x\n    help: inlay import --help\n" },
	{ GOOSE "inlay import goose -o out -q --dialect postgres --placeholder =x", 64,
	  "inlay import: a placeholder is NAME=VALUE, not =x\n    help: inlay import --help\n" },
	{ GOOSE "inlay import goose -o out -q --dialect postgres --placeholder 'x=1\n2'", 64,
	  "inlay import: a placeholder has one line only: x=1?2\n    help: inlay import "
	  "--help\n" },
	{ GOOSE "inlay import goose -o out -q --dialect postgres $(yes -- '--placeholder a=b' | "
	        "head -65)",
	  64,
	  "inlay import: more than 64 placeholders; one too many is a=b\n"
	  "    help: inlay import --help\n" },
	{ GOOSE
	  "inlay sum goose -q --dialect postgres --write; code=$?; test ! -e goose/inlay.lock "
	  "&& exit $code",
	  65,
	  "goose: error: headers can not be written into the files of goose [layout]\n"
	  "     = help: leave --write out: inlay.lock guards them; or make them inlay's with "
	  "`inlay import`\n1 error (1 file read)\n" },
};

static void refuses(void **state)
{
	int wrong = 0;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		char *directory = directory_make();
		struct outcome outcome = command_run(directory, refusals[i].script);

		if (outcome.status != refusals[i].status ||
		    strcmp(outcome.err.start, refusals[i].err) != 0 || outcome.out.size > 0) {
			print_error("%s\n  exit status %d\n%s%s", refusals[i].script,
			            outcome.status, outcome.err.start, outcome.out.start);
			wrong++;
		}
		outcome_free(&outcome);
		directory_remove(directory);
		free(directory);
	}
	assert_int_equal(wrong, 0);
}

/* ---- in company ------------------------------------------------------------------------------ */

/* inlay.lock lies in the tool's directory, says for which database it is, guards it, and goes along
 * to the native one. */
static void lock_goes_along(void **state)
{
	char *directory = directory_make();

	(void)state;
	command_expect(directory,
	               GOOSE "set -e; inlay sum goose -q --dialect postgres\n"
	                     "inlay check goose -q --no-lint\n"
	                     "inlay import goose -o out -q\n"
	                     "cmp goose/inlay.lock out/inlay.lock\n"
	                     "inlay check out -q --no-lint\n"
	                     "echo 'SELECT 2;' >>goose/001_a.sql\n"
	                     "! inlay check goose -q --no-lint 2>err\n"
	                     "grep -q lock-edited err\n",
	               0);
	directory_remove(directory);
	free(directory);
}

/* Everything that was read is in the depfile: settings, and directories that may get files. */
static void depfile_names_all(void **state)
{
	static const char script[] =
	        "set -e; mkdir -p d/2024-01-01_a\n"
	        "echo 'SELECT 1;' >d/2024-01-01_a/up.sql\n"
	        "echo 'run_in_transaction = true' >d/2024-01-01_a/metadata.toml\n"
	        "inlay compile d -o a.c -q --dialect postgres --no-lint --depfile a.d\n"
	        "grep -q '^a.c: d ' a.d\n"
	        "grep -q '^  d/2024-01-01_a/up.sql' a.d\n"
	        "grep -q '^  d/2024-01-01_a/metadata.toml' a.d\n"
	        "grep -q '^  d/2024-01-01_a ' a.d\n"
	        "grep -q '^d/2024-01-01_a/metadata.toml:$' a.d\n";
	char *directory = directory_make();

	(void)state;
	command_expect(directory, script, 0);
	directory_remove(directory);
	free(directory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refuses),
		cmocka_unit_test(lock_goes_along),
		cmocka_unit_test(depfile_names_all),
	};
	int failed = format_cases_run("import", becomes_native);

	return cmocka_run_group_tests_name("import refuses", tests, NULL, NULL) + failed;
}
