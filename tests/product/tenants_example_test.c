/* tenants_example_test.c - examples/tenants: a thousand files, fifty schemas, interrupted, killed,
 * with one broken among them. */
#include "database.h"
#include "product.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static void expect(const char *function)
{
	char *directory = product_make_example("tenants");

	product_expect_function(directory, "example_tenants.sh", function);
	product_remove(directory);
}

static void run(void **state)
{
	expect(*state);
}

/* To be read by psql and by libpq. */
static void name_server(const struct database *database)
{
	setenv("SERVER", database_place(database), 1);
}

static void fifty_schemas(void **state)
{
	name_server(*state);
	expect("fifty_schemas");
}

static void what_is_wrong_is_said(void **state)
{
	name_server(*state);
	expect("refused");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		PRODUCT_FUNCTION(run, a_thousand_files),
		PRODUCT_FUNCTION(run, interrupted),
		PRODUCT_FUNCTION(run, killed),
		PRODUCT_FUNCTION(run, tried_again),
		DATABASE_TEST_POSTGRES(fifty_schemas),
		DATABASE_TEST_POSTGRES(what_is_wrong_is_said),
	};

	return cmocka_run_group_tests(tests, product_set_up, NULL);
}
