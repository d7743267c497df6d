/* set.h - sets for tests: migrations as texts in the test, compiled by the compiler itself. */
#ifndef INLAY_TESTS_SET_H
#define INLAY_TESTS_SET_H

#include "../../runtime/inlay.h"
#include "../../runtime/inlay_image.h"

#include <stdbool.h>

/* One file of a migrations directory. */
struct set_file {
	const char *name; /* "001_create_accounts.sql" */
	const char *content;
};

/* The last file of an array of them. */
#define SET_END                                                                                    \
	{                                                                                          \
		NULL, NULL                                                                         \
	}

#define SET_FUNCTIONS_MAX 8 /* In one set. */

/* A set, and what it is made of.  Its files were in a directory "migrations".
 *
 * A set with `-- migrate:call` needs functions: set.function_count is right, and the test points
 * set.functions at as many, in the order of function_names (the one in which the files first name
 * them):
 *
 *     static inlay_function *const functions[] = { rehash };
 *     ...
 *     compiled.set.functions = functions;
 */
struct compiled_set {
	struct inlay_set set;
	const char *function_names[SET_FUNCTIONS_MAX]; /* In the image. */
	void *image;                                   /* set.image, owned; 8-byte aligned. */
	char problems[4000]; /* What the compiler has to say; "" for a clean set. */
};

/* Compiles files, up to SET_END, for one dialect.  A set that the compiler refuses has
 * set.image NULL. */
struct compiled_set set_compile(const struct set_file *files, enum inlay_dialect dialect);

/* The same, but what the compiler finds wrong with the SQL is compiled all the same: for what the
 * runtime does when such a thing slips through. */
struct compiled_set set_compile_unchecked(const struct set_file *files, enum inlay_dialect dialect);

void set_destroy(struct compiled_set *compiled);

#endif
