/* desktop_example_test.c - examples/desktop: three releases of a program and its users' files, with
 * whatever may come between. */
#include "product.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void run(void **state)
{
	char *directory = product_make_example("desktop");

	product_expect_function(directory, "example_desktop.sh", *state);
	product_remove(directory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		PRODUCT_FUNCTION(run, three_releases), PRODUCT_FUNCTION(run, not_to_be_written),
		PRODUCT_FUNCTION(run, full_disk),      PRODUCT_FUNCTION(run, killed),
		PRODUCT_FUNCTION(run, put_back),       PRODUCT_FUNCTION(run, write_ahead_log),
		PRODUCT_FUNCTION(run, names),
	};

	return cmocka_run_group_tests(tests, product_set_up, NULL);
}
