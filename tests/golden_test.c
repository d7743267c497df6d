/*
 * golden_test.c - each directory of tests/golden/ is a set of migrations and what the compiler
 * makes of it.
 *
 *     ok/<behaviour>/    migrations/  expected.c  expected.h  [expected.txt]
 *     bad/<behaviour>/   migrations/  expected.txt
 *
 * expected.txt is all of standard error; in bad/ with the exit status behind it.  The command runs
 * in the case's directory, with --quiet and without what comes after reading (the rules have tests
 * of their own), or with the options in its file `arguments`.
 * INLAY_GOLDEN=rewrite writes the expectations: the diff is the review.
 */
#include "command.h"
#include "diagnostics.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ROOT "tests/golden"

/* One directory. */
struct golden {
	char *path;
	bool bad;
};

static bool is_rewriting(void)
{
	const char *mode = getenv("INLAY_GOLDEN");

	return mode != NULL && strcmp(mode, "rewrite") == 0;
}

static const char usual[] = "--quiet --no-syntax --no-lint --no-rehearsal";

/* Runs the compiler in the case's directory; what it writes goes to `output`. */
static struct outcome run_case(const struct golden *golden, const char *output)
{
	char *arguments_path = format("%s/arguments", golden->path);
	struct bytes arguments = file_read(arguments_path);
	char *script = format("inlay compile migrations -o '%s/app_migrations.c' %s", output,
	                      arguments.start != NULL ? arguments.start : usual);
	struct outcome outcome = command_run(golden->path, script);

	free(script);
	free(arguments.start);
	free(arguments_path);
	return outcome;
}

/* Compares the file `name` of the case with `received`, or writes it; nothing received, no file. */
static bool check_file(const struct golden *golden, const char *name, struct bytes received)
{
	char *path = format("%s/%s", golden->path, name);
	struct bytes expected = file_read(path);
	bool same = true;

	if (is_rewriting() && received.size > 0)
		file_write(path, received.start, received.size);
	else if (is_rewriting() && expected.start != NULL)
		unlink(path);
	else if (!is_rewriting() && (received.size > 0 || expected.start != NULL))
		same = same_bytes(path, expected, received);
	free(expected.start);
	free(path);
	return same;
}

static bool check_product(const struct golden *golden, const char *output, const char *suffix)
{
	char *path = format("%s/app_migrations%s", output, suffix);
	char *name = format("expected%s", suffix);
	struct bytes received = file_read(path);
	bool same = check_file(golden, name, received);

	free(received.start);
	free(name);
	free(path);
	return same;
}

static bool check_text(const struct golden *golden, const struct outcome *outcome)
{
	struct bytes text = outcome->err;
	char *with_status = format("%s(exit status %d)\n", text.start, outcome->status);
	bool same;

	if (golden->bad)
		text = (struct bytes){ with_status, strlen(with_status) };
	same = check_file(golden, "expected.txt", text);
	free(with_status);
	return same;
}

static bool check_status(const struct golden *golden, int status)
{
	bool right = golden->bad ? status == 65 || status == 66 : status == 0;

	if (!right)
		print_error("%s: exit status %d\n", golden->path, status);
	return right;
}

static void runs_as_expected(void **state)
{
	const struct golden *golden = *state;
	char *output = directory_make();
	struct outcome outcome = run_case(golden, output);
	bool as_expected = check_status(golden, outcome.status) && check_text(golden, &outcome);

	if (!as_expected)
		print_error("%s", outcome.err.start);
	as_expected = check_product(golden, output, ".c") && as_expected;
	as_expected = check_product(golden, output, ".h") && as_expected;
	outcome_free(&outcome);
	directory_remove(output);
	free(output);
	assert_true(as_expected);
}

/* ---- which rules the expectations show ------------------------------------------------------- */

static bool shows(const struct golden *golden, const char *rule)
{
	char *path = format("%s/expected.txt", golden->path);
	char *mark = format("[%s]", rule);
	struct bytes text = file_read(path);
	bool result = text.start != NULL && strstr(text.start, mark) != NULL;

	free(text.start);
	free(mark);
	free(path);
	return result;
}

/* All cases, ended by one without a path. */
static const struct golden *all_cases;

static void every_rule_is_shown(void **state)
{
	int missing = 0;
	int rule;

	(void)state;
	for (rule = 0; rule < RULE_COUNT; rule++) {
		const struct golden *golden = all_cases;

		if (rule_group((enum rule)rule) != GROUP_CORE)
			continue;

		if (rule == RULE_FILE_SIZE)
			continue; /* Its file would be too large to commit: see command_test.c. */
		while (golden->path != NULL && !shows(golden, rule_name((enum rule)rule)))
			golden++;
		if (golden->path == NULL) {
			print_error("no case shows [%s]\n", rule_name((enum rule)rule));
			missing++;
		}
	}
	assert_int_equal(missing, 0);
}

/* ---- finding the cases ----------------------------------------------------------------------- */

static size_t add_cases(struct golden *cases, size_t count, bool bad)
{
	const char *parent = bad ? ROOT "/bad" : ROOT "/ok";
	char **names = directory_names(parent);
	size_t i;

	for (i = 0; names[i] != NULL; i++)
		cases[count++] = (struct golden){ format("%s/%s", parent, names[i]), bad };
	names_free(names);
	return count;
}

static size_t count_names(const char *directory)
{
	char **names = directory_names(directory);
	size_t count = 0;

	while (names[count] != NULL)
		count++;
	names_free(names);
	return count;
}

int main(void)
{
	size_t total = count_names(ROOT "/ok") + count_names(ROOT "/bad");
	struct golden *cases = calloc(total + 1, sizeof(*cases));
	struct CMUnitTest *tests = calloc(total + 1, sizeof(*tests));
	size_t count;
	size_t i;
	int failed;

	if (cases == NULL || tests == NULL)
		return 1;
	count = add_cases(cases, add_cases(cases, 0, false), true);
	for (i = 0; i < count; i++)
		tests[i] = (struct CMUnitTest){ .name = cases[i].path + strlen(ROOT "/"),
			                        .test_func = runs_as_expected,
			                        .initial_state = &cases[i] };
	tests[count] = (struct CMUnitTest)cmocka_unit_test(every_rule_is_shown);
	all_cases = cases;
	failed = _cmocka_run_group_tests("golden", tests, count + 1, NULL, NULL);
	for (i = 0; i < count; i++)
		free(cases[i].path);
	free(cases);
	free(tests);
	return failed;
}
