/* example.h - an example as a stranger has it: a clean copy of its directory, and what is
 * installed, found by the environment alone. */
#ifndef TEST_EXAMPLE_H
#define TEST_EXAMPLE_H

/* For cmocka_run_group_tests(): INLAY_PREFIX is where the product is installed. */
int example_find_product(void **state);

/* Copies examples/NAME into a fresh directory, `make`s it there, and returns that: its end is
 * example_remove().  A program tests one example, which is compiled once. */
char *example_make(const char *name);
void example_remove(char *directory);

/* Runs a function of tests/programs/SCRIPT there, by `sh -eu`; it must end in 0.  What the caller
 * has put into the environment is there. */
void example_expect(const char *directory, const char *script, const char *function);

#endif
