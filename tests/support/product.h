/* product.h - what is installed, for the tests of what strangers build with it: INLAY_PREFIX is
 * where (see install_test.c). */
#ifndef TEST_PRODUCT_H
#define TEST_PRODUCT_H

#include "command.h"

/* A cmocka set-up: fails where INLAY_PREFIX is no directory. */
int product_set_up(void **state);

/*
 * Runs `script` by sh -eu in `directory` and fails the current test unless it succeeds.  The
 * product is on PATH and is found by pkg-config, CMake and the dynamic linker; $PREFIX is where it
 * is.  Nothing of the environment decides whether migrations are applied.
 */
void product_expect(const char *directory, const char *script);

/*
 * Copies examples/NAME to a directory of its own and runs `script` there as product_expect() does.
 * In it
 *
 *     fails COMMAND...   succeeds when the command does not, with what it says in the file `said`
 *     add_unique         adds 003_unique_notes.sql, which the second same note makes fail
 */
void product_expect_example(const char *name, const char *script);

#endif
