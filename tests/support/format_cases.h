/* format_cases.h - the directories of tests/formats/, each read with its arguments. */
#ifndef TEST_FORMAT_CASES_H
#define TEST_FORMAT_CASES_H

#include "../../compiler/set.h"

#include <stdbool.h>

/* One directory. */
struct format_case {
	char *path;      /* "tests/formats/goose" */
	char *directory; /* Its migrations. */
	char *arguments; /* "--dialect postgres" */
};

/* Reads its migrations in this process.  The caller clears the set. */
void format_case_read(const struct format_case *tested, struct workspace *workspace);

/* Is INLAY_GOLDEN=rewrite? */
bool format_case_is_rewriting(void);

/* Runs `test` as a cmocka test of each directory, which is its state; what main() returns. */
int format_cases_run(const char *name, void (*test)(void **state));

#endif
