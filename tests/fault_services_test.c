/* fault_services_test.c - rollbacks, repeatable and late migrations, calls and dry runs: every
 * question that they ask a database fails once, in every way. */
#include "support/fake_driver.h"
#include "support/services.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/* cmocka.h wants some of those first. */
#include <cmocka.h>

#define PLACE_COUNT_MAX 5 /* On PostgreSQL, for each service and outcome. */

static const struct fake_plan plans[] = {
	{ .outcome = OUTCOME_FAILED },
	{ .outcome = OUTCOME_LOST },
	{ .outcome = OUTCOME_LOST, .after = true },
	{ .outcome = OUTCOME_NO_MEMORY },
	{ .outcome = OUTCOME_CONFLICT },
	{ .outcome = OUTCOME_BUSY },
};

/* What is told of the call is true; what got lost with the connection need not be told. */
static void expect_truth(struct service_scene *scene, const struct fake_plan *plan,
                         enum inlay_result result, int done_before)
{
	const struct inlay_error *error = &scene->database->error;
	int told = (int)(error->applied_count + error->rolled_back_count);
	int done = service_count_done(scene) - done_before;

	assert_int_equal(result, error->result);
	if (plan->outcome == OUTCOME_LOST ? told > done : told != done)
		fail_msg("%s at %u: %d are done, %d told: %s", scene->service->name, plan->fail_at,
		         done, told, error->message);
	assert_int_equal(scene->service->to_version < 0 ? error->rolled_back_count
	                                                : error->applied_count,
	                 0);
	if (result != INLAY_OK)
		assert_string_not_equal(error->message, "");
}

static void expect_idle(const struct database *database)
{
	assert_true(fake_driver_is_closed());
	if (database->dialect == INLAY_DIALECT_SQLITE)
		assert_int_equal(sqlite3_get_autocommit(database->sqlite), 1);
	else
		assert_int_equal(PQtransactionStatus(database->postgres), PQTRANS_IDLE);
}

/* False when the call got by without the fault. */
static bool fail_once(struct service_scene *scene, const struct fake_plan *plan)
{
	struct database *database = scene->database;
	void *connection = database->dialect == INLAY_DIALECT_SQLITE ? (void *)database->sqlite
	                                                             : (void *)database->postgres;
	enum inlay_result result;
	int done_before;
	bool has_failed;

	service_prepare(scene);
	done_before = service_count_done(scene);
	fake_driver_start(plan);
	result = service_run(scene, fake_driver(database->dialect), connection, &database->error);
	has_failed = fake_driver_count() >= plan->fail_at;
	expect_idle(database);
	expect_truth(scene, plan, result, done_before);
	if (!has_failed)
		database_expect_result(database, result,
		                       scene->service->is_dry ? INLAY_PENDING : INLAY_OK);
	service_expect_consistent(scene);
	assert_int_equal(service_expect_completion(scene), 0);
	return has_failed;
}

/* How many questions it asks when nobody disturbs it. */
static uint32_t measure(struct service_scene *scene, struct fake_plan plan)
{
	uint32_t count;

	plan.fail_at = UINT32_MAX;
	(void)fail_once(scene, &plan);
	count = fake_driver_count();
	return count;
}

static void fail_everywhere(struct service_scene *scene, struct fake_plan plan, uint32_t offset)
{
	bool is_sqlite = scene->database->dialect == INLAY_DIALECT_SQLITE;
	uint32_t stride = 1;

	plan.real = is_sqlite ? &driver_sqlite : &driver_postgres;
	if (!is_sqlite && getenv("INLAY_THOROUGH") == NULL)
		stride = measure(scene, plan) / PLACE_COUNT_MAX + 1;
	for (plan.fail_at = 1 + offset % stride; fail_once(scene, &plan);)
		plan.fail_at += stride;
}

/* Above the drivers all is the same: on PostgreSQL the first three tell enough.  Who loses a race
 * for a migration without a transaction waits for seconds on SQLite. */
static uint32_t count_plans(const struct service_scene *scene)
{
	if (scene->database->dialect == INLAY_DIALECT_POSTGRES)
		return 3;
	return scene->service->alone[0] != '\0' ? 4 : sizeof(plans) / sizeof(plans[0]);
}

static void survives_every_fault(void **state)
{
	struct database *database = *state;

	for (size_t i = 0; i < service_count; i++) {
		struct service_scene scene;

		if (!service_fits(&services[i], database))
			continue;
		service_open(&scene, &services[i], database);
		for (uint32_t j = 0; j < count_plans(&scene); j++)
			fail_everywhere(&scene, plans[j], j);
		print_message("%s\n", services[i].name);
		service_close(&scene);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DATABASE_TEST_SQLITE(survives_every_fault),
		DATABASE_TEST_GATES(survives_every_fault),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
