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

static void execute(PGconn *connection, const char *text, const char *name)
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
	execute(connection, "CREATE DATABASE", name);
	PQfinish(connection);
	setenv("DATABASE_URL", url, 1);
	setenv("POOLER_URL", through, 1);
	setenv("LOG", log, 1);
	free(url);
	free(through);
	free(log);
}

static void run(void **state)
{
	struct attendant attendant = { .directory = product_make_example("pool") };

	name_database(*state);
	assert_int_equal(pthread_create(&attendant.thread, NULL, operate, &attendant), 0);
	product_expect_function(attendant.directory, "example_pool.sh", *state);
	attendant.is_done = true;
	(void)pthread_join(attendant.thread, NULL);
	product_remove((char *)attendant.directory);
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
		PRODUCT_FUNCTION(run, three_at_once),
		PRODUCT_FUNCTION(run, through_a_pooler),
		PRODUCT_FUNCTION(run, what_a_hand_out_costs),
		PRODUCT_FUNCTION(run, the_server_is_restarted),
		PRODUCT_FUNCTION(run, pending_by_policy),
		PRODUCT_FUNCTION(run, stopped),
	};

	return cmocka_run_group_tests(tests, start_servers, stop_servers);
}
