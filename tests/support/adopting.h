/* adopting.h - the sets of tests/real_tools/ in a database that their tool has migrated, and what
 * `inlay adopt` has to make of them. */
#ifndef TEST_ADOPTING_H
#define TEST_ADOPTING_H

#include "console.h"

/* A tool, and what its next migration looks like. */
struct adopting_tool {
	const char *name; /* Of its directory in tests/real_tools/. */
	const char *next; /* A file of the directory that inlay reads. */
	const char *head; /* What stands in it before the SQL, or NULL. */
	/* A file of which the tool keeps a checksum; NULL: it keeps none. */
	const char *checked;
	const char *options; /* Of `inlay`, or NULL. */
};

/* The one of that name. */
const struct adopting_tool *adopting_find(const char *name);

/* Runs a script in the console's directory, and fails the test with all that was said unless it
 * ends in `status`. */
void adopting_expect(const struct console *console, int status, const char *script);

/* The tool has migrated: an edited file is refused, the rest recorded, and inlay goes on. */
void adopting_goes_on(const struct console *console, const struct adopting_tool *tool);

#endif
