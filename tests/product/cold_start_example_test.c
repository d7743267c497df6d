/* cold_start_example_test.c - examples/cold-start: fifty at once, in production, frozen, thrown
 * away, and what a start costs. */
#include "database.h"
#include "files.h"
#include "postgres_server.h"
#include "product.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static void expect(const char *function)
{
	char *directory = product_make_example("cold-start");

	product_expect_function(directory, "example_cold_start.sh", function);
	product_remove(directory);
}

static void run(void **state)
{
	expect(*state);
}

static void expect_on_server(const struct database *database, const char *function)
{
	const char *directory = cluster_directory(postgres_server());
	char *url = format("postgresql://postgres@/%s?host=%s", database->name, directory);
	char *log = format("%s/log", directory);

	setenv("SERVER", url, 1);
	setenv("LOG", log, 1);
	free(url);
	free(log);
	expect(function);
}

static void fifty_on_postgres(void **state)
{
	expect_on_server(*state, "fifty_on_postgres");
}

static void in_production_on_postgres(void **state)
{
	expect_on_server(*state, "in_production_on_postgres");
}

static void a_start_costs_one_query(void **state)
{
	expect_on_server(*state, "what_it_costs");
}

static void a_connection_is_lost(void **state)
{
	expect_on_server(*state, "a_connection_is_lost");
}

static void frozen_with_all_sent(void **state)
{
	expect_on_server(*state, "frozen_with_all_sent");
}

static void frozen_in_the_middle(void **state)
{
	expect_on_server(*state, "frozen_in_the_middle");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		PRODUCT_FUNCTION(run, fifty_on_sqlite),
		PRODUCT_FUNCTION(run, in_production_on_sqlite),
		PRODUCT_FUNCTION(run, frozen_on_sqlite),
		DATABASE_TEST_POSTGRES(fifty_on_postgres),
		DATABASE_TEST_POSTGRES(in_production_on_postgres),
		DATABASE_TEST_POSTGRES(a_start_costs_one_query),
		DATABASE_TEST_POSTGRES(a_connection_is_lost),
		DATABASE_TEST_POSTGRES(frozen_with_all_sent),
		DATABASE_TEST_POSTGRES(frozen_in_the_middle),
	};

	return cmocka_run_group_tests(tests, product_set_up, NULL);
}
