/* desktop_example_test.c - examples/desktop: three releases of a program and its users' files, with
 * whatever may come between. */
#include "product.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void expect(const char *function)
{
	char *directory = product_make_example("desktop");

	product_expect_function(directory, "example_desktop.sh", function);
	product_remove(directory);
}

static void three_releases(void **state)
{
	(void)state;
	expect("three_releases");
}

static void what_may_not_be_written(void **state)
{
	(void)state;
	expect("not_to_be_written");
}

static void full_disk(void **state)
{
	(void)state;
	expect("full_disk");
}

static void killed_in_the_middle(void **state)
{
	(void)state;
	expect("killed");
}

static void backups_are_put_back(void **state)
{
	(void)state;
	expect("put_back");
}

static void write_ahead_log(void **state)
{
	(void)state;
	expect("write_ahead_log");
}

static void names_of_files(void **state)
{
	(void)state;
	expect("names");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(three_releases),
		cmocka_unit_test(what_may_not_be_written),
		cmocka_unit_test(full_disk),
		cmocka_unit_test(killed_in_the_middle),
		cmocka_unit_test(backups_are_put_back),
		cmocka_unit_test(write_ahead_log),
		cmocka_unit_test(names_of_files),
	};

	return cmocka_run_group_tests(tests, product_set_up, NULL);
}
