/* product.h - what `./zigw build` hands out, for the tests of what strangers make with it. */
#ifndef TEST_PRODUCT_H
#define TEST_PRODUCT_H

#include "command.h"

/* Makes the path that is in this variable absolute, for scripts, which run elsewhere: INLAY_PREFIX
 * is where the product is installed, INLAY_PACKAGES, INLAY_CROSS and INLAY_DIST what the steps dist
 * and cross make.  False where it names nothing, which is said. */
bool product_find(const char *variable);

/* A cmocka set-up: fails where there is no product in INLAY_PREFIX. */
int product_set_up(void **state);

/*
 * Runs `script` by sh -eu in `directory` and fails the current test unless it succeeds.  The
 * product is on PATH and is found by pkg-config, CMake and the dynamic linker; nothing else of the
 * environment decides what programs do.  In it
 *
 *     fails COMMAND...   succeeds when the command does not, with what it says in the file `said`
 *     add_unique         adds 003_unique_notes.sql, which the second same note makes fail
 */
void product_expect(const char *directory, const char *script);

/* The same in a directory of its own. */
void product_expect_alone(const char *script);

/* The same in a clean copy of examples/NAME. */
void product_expect_example(const char *name, const char *script);

/* A copy of examples/NAME in which `make` was run, for product_remove().  It is compiled once: a
 * program tests one example. */
char *product_make_example(const char *name);

/* Removes what directory_make() made; NULL is none. */
void product_remove(char *directory);

/* Runs a function of tests/programs/SCRIPT as product_expect() does. */
void product_expect_function(const char *directory, const char *script, const char *function);

/* An entry of cmocka's tests: `run` finds the name of such a function in *state. */
#define PRODUCT_FUNCTION(run, function)                                                            \
	{                                                                                          \
		.name = #function, .test_func = run, .initial_state = #function,                   \
	}

#endif
