/* format_cases.c - one cmocka test a directory. */
#include "format_cases.h"

#include "files.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#define ROOT               "tests/formats"
#define ARGUMENT_COUNT_MAX 16

bool format_case_is_rewriting(void)
{
	const char *mode = getenv("INLAY_GOLDEN");

	return mode != NULL && strcmp(mode, "rewrite") == 0;
}

void format_case_read(const struct format_case *tested, struct workspace *workspace)
{
	static const struct command command = {
		COMMANDS_BUILD, "test", "DIR", "dialect layout placeholder", "", NULL
	};
	char *copy = strdup(tested->arguments);
	char *arguments[ARGUMENT_COUNT_MAX] = { tested->directory };
	bool dialects[DIALECT_COUNT];
	struct options options;
	char *rest = NULL;
	char *word;
	int count = 1;

	for (word = strtok_r(copy, " \n", &rest); word != NULL && count < ARGUMENT_COUNT_MAX;
	     word = strtok_r(NULL, " \n", &rest))
		arguments[count++] = word;
	if (!options_parse(&command, count, arguments, &options) ||
	    !options_dialects(&options, dialects))
		abort();
	set_read(workspace, &options, options.dialect != NULL ? dialects : NULL);
	free(copy);
}

static void read_case(struct format_case *tested, const char *name)
{
	char *arguments;

	tested->path = format(ROOT "/%s", name);
	tested->directory = format("%s/migrations", tested->path);
	arguments = format("%s/arguments", tested->path);
	tested->arguments = file_read(arguments).start;
	if (tested->arguments == NULL)
		abort();
	free(arguments);
}

int format_cases_run(const char *name, void (*test)(void **state))
{
	char **names = directory_names(ROOT);
	struct format_case *cases;
	struct CMUnitTest *tests;
	size_t count = 0;
	size_t i;
	int failed;

	while (names[count] != NULL)
		count++;
	cases = calloc(count + 1, sizeof(*cases));
	tests = calloc(count + 1, sizeof(*tests));
	if (cases == NULL || tests == NULL || count == 0)
		abort();
	for (i = 0; i < count; i++) {
		read_case(&cases[i], names[i]);
		tests[i] = (struct CMUnitTest){ .name = names[i],
			                        .test_func = test,
			                        .initial_state = &cases[i] };
	}
	failed = _cmocka_run_group_tests(name, tests, count, NULL, NULL);
	for (i = 0; i < count; i++) {
		free(cases[i].path);
		free(cases[i].directory);
		free(cases[i].arguments);
	}
	free(cases);
	free(tests);
	names_free(names);
	return failed;
}
