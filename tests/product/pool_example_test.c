/* pool_example_test.c - examples/pool: three processes at once, a server that goes and comes back,
 * a pooler, and what a hand-out costs. */
#include "cluster.h"
#include "files.h"
#include "pooler.h"
#include "product.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

/* Of this program alone, since it is crashed. */
static struct cluster *server;
static struct pooler *pooler;

/* Crashes and starts the server, as a script asks for it. */
struct attendant {
	pthread_t thread;
	const char *directory;
	atomic_bool is_done;
};

static void obey(const char *directory, const char *order, void (*act)(struct cluster *cluster))
{
	char *path = format("%s/%s", directory, order);

	if (file_exists(path)) {
		act(server);
		(void)unlink(path);
	}
	free(path);
}

static void *operate(void *context)
{
	const struct timespec pause = { 0, 20000000 };
	struct attendant *attendant = context;

	while (!attendant->is_done) {
		obey(attendant->directory, "crash", cluster_crash);
		obey(attendant->directory, "restart", cluster_restart);
		(void)nanosleep(&pause, NULL);
	}
	return NULL;
}

static void run(PGconn *connection, const char *text, const char *name)
{
	char *sql = format("%s %s", text, name);
	PGresult *result = PQexec(connection, sql);

	assert_int_equal(PQresultStatus(result), PGRES_COMMAND_OK);
	PQclear(result);
	free(sql);
}

/* A database of its own for each. */
static void name_database(const char *name)
{
	PGconn *connection = cluster_connect(server, "postgres", "postgres");
	char *url = format("postgresql://postgres@/%s?host=%s", name, cluster_directory(server));
	char *through = format("postgresql://postgres@/%s?host=%s", name, pooler_directory(pooler));
	char *log = format("%s/log", cluster_directory(server));

	assert_non_null(connection);
	run(connection, "CREATE DATABASE", name);
	PQfinish(connection);
	setenv("DATABASE_URL", url, 1);
	setenv("POOLER_URL", through, 1);
	setenv("LOG", log, 1);
	free(url);
	free(through);
	free(log);
}

static void expect(const char *function)
{
	struct attendant attendant = { .directory = product_make_example("pool") };

	name_database(function);
	assert_int_equal(pthread_create(&attendant.thread, NULL, operate, &attendant), 0);
	product_expect_function(attendant.directory, "example_pool.sh", function);
	attendant.is_done = true;
	(void)pthread_join(attendant.thread, NULL);
	product_remove((char *)attendant.directory);
}

static void three_at_once(void **state)
{
	(void)state;
	expect("three_at_once");
}

static void through_a_pooler(void **state)
{
	(void)state;
	expect("through_a_pooler");
}

static void what_a_hand_out_costs(void **state)
{
	(void)state;
	expect("what_a_hand_out_costs");
}

static void the_server_is_restarted(void **state)
{
	(void)state;
	expect("the_server_is_restarted");
}

static void pending_by_policy(void **state)
{
	(void)state;
	expect("pending_by_policy");
}

static void stopped(void **state)
{
	(void)state;
	expect("stopped");
}

static int start_servers(void **state)
{
	server = cluster_create();
	assert_non_null(server);
	pooler = pooler_start(server);
	return product_set_up(state);
}

static int stop_servers(void **state)
{
	(void)state;
	pooler_stop(pooler);
	cluster_destroy(server);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(three_at_once),         cmocka_unit_test(through_a_pooler),
		cmocka_unit_test(what_a_hand_out_costs), cmocka_unit_test(the_server_is_restarted),
		cmocka_unit_test(pending_by_policy),     cmocka_unit_test(stopped),
	};

	return cmocka_run_group_tests(tests, start_servers, stop_servers);
}
