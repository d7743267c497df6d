/* proxy_test.c - what other tests rely on: the proxy counts, cuts, delays; pgbouncer pools. */
#include "support/database.h"
#include "support/pooler.h"
#include "support/postgres_server.h"
#include "support/proxy.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
/* cmocka.h wants some of those first. */
#include <cmocka.h>

static struct proxy *start(uint32_t delay_ms)
{
	struct proxy_plan plan = { cluster_directory(postgres_server()), 0, delay_ms };

	return proxy_start(&plan);
}

static PGconn *reach(const struct proxy *proxy)
{
	char options[200];
	PGconn *connection;

	(void)snprintf(options, sizeof(options), "%s user=postgres dbname=postgres",
	               proxy_options(proxy));
	connection = PQconnectdb(options);
	if (PQstatus(connection) != CONNECTION_OK)
		fail_msg("%s", PQerrorMessage(connection));
	return connection;
}

static ExecStatusType run(PGconn *connection, const char *sql)
{
	PGresult *result = PQexecParams(connection, sql, 0, NULL, NULL, NULL, NULL, 0);
	ExecStatusType status = PQresultStatus(result);

	PQclear(result);
	return status;
}

static double now_s(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void pause_ms(long ms)
{
	const struct timespec pause = { 0, ms * 1000000 };

	(void)nanosleep(&pause, NULL);
}

static void counts_frames_and_round_trips(void **state)
{
	struct proxy *proxy = start(0);
	PGconn *connection = reach(proxy);
	struct proxy_counters counters = proxy_counters(proxy);

	(void)state;
	assert_int_equal(counters.connection_count, 1);
	assert_int_equal(counters.frame_count, 0);
	assert_int_equal(counters.round_trip_count, 1);
	proxy_arm(proxy, &(struct proxy_limit){ .end = PROXY_RELAY });
	for (int i = 0; i < 3; i++)
		assert_int_equal(run(connection, "SELECT repeat('x', 100000)"), PGRES_TUPLES_OK);
	counters = proxy_counters(proxy);
	assert_int_equal(counters.round_trip_count, 3);
	assert_int_equal(counters.frame_count, 15);
	for (const char *type = "PBDES"; *type != '\0'; type++)
		assert_int_equal(counters.client_frames[(int)*type], 3);
	assert_int_equal(counters.server_frames['Z'], 3);
	assert_int_equal(counters.server_frames['D'], 3);
	assert_true(counters.server_size > 300000 && counters.server_size < 301000);
	PQfinish(connection);
	proxy_stop(proxy);
}

static void delays_both_ways(void **state)
{
	struct proxy *proxy = start(20);
	PGconn *connection = reach(proxy);
	double started_s = now_s();

	(void)state;
	assert_int_equal(run(connection, "SELECT 1"), PGRES_TUPLES_OK);
	assert_true(now_s() - started_s >= 0.039);
	PQfinish(connection);
	proxy_stop(proxy);
}

/* One statement is five frames: the third one has no answer. */
static void cuts_after_frames(void **state)
{
	struct proxy *proxy = start(0);
	PGconn *connection = reach(proxy);

	(void)state;
	proxy_arm(proxy, &(struct proxy_limit){ .end = PROXY_CUT, .frame_count = 12 });
	assert_int_equal(run(connection, "SELECT 1"), PGRES_TUPLES_OK);
	assert_int_equal(run(connection, "SELECT 1"), PGRES_TUPLES_OK);
	assert_false(proxy_counters(proxy).ended);
	assert_int_equal(run(connection, "SELECT 1"), PGRES_FATAL_ERROR);
	assert_int_equal(PQstatus(connection), CONNECTION_BAD);
	assert_true(proxy_counters(proxy).ended);
	assert_int_equal(proxy_counters(proxy).frame_count, 12);
	PQfinish(connection);
	proxy_stop(proxy);
}

static void cuts_after_bytes(void **state)
{
	struct proxy *proxy = start(0);
	PGconn *connection = reach(proxy);

	(void)state;
	proxy_arm(proxy, &(struct proxy_limit){ .end = PROXY_CUT, .size = 7 });
	assert_int_equal(run(connection, "SELECT 1"), PGRES_FATAL_ERROR);
	assert_int_equal(proxy_counters(proxy).client_size, 7);
	assert_int_equal(proxy_counters(proxy).frame_count, 0);
	PQfinish(connection);
	proxy_stop(proxy);
}

/* The server does what it got; nobody hears of it. */
static void freezes(void **state)
{
	struct database *database = *state;
	struct proxy *proxy = start(0);
	PGconn *connection = reach(proxy);

	proxy_arm(proxy, &(struct proxy_limit){ .end = PROXY_FREEZE, .frame_count = 1 });
	assert_int_equal(PQsendQuery(connection, "CREATE ROLE frozen"), 1);
	for (int i = 0; i < 1000 && !proxy_counters(proxy).ended; i++)
		pause_ms(1);
	assert_true(proxy_counters(proxy).ended);
	for (int i = 0; i < 1000; i++) {
		if (strcmp(database_ask(database, "SELECT count(*) FROM pg_roles"
		                                  " WHERE rolname = 'frozen'"),
		           "1") == 0)
			break;
		pause_ms(1);
	}
	database_run(database, "DROP ROLE frozen");
	assert_int_equal(PQconsumeInput(connection), 1);
	assert_int_equal(PQisBusy(connection), 1);
	PQfinish(connection);
	proxy_stop(proxy);
}

/* Four of the server's connections are lent to eight clients. */
static void pools_by_transaction(void **state)
{
	struct database *database = *state;
	struct pooler *pooler = pooler_start(postgres_server());
	PGconn *clients[8];

	for (int i = 0; i < 8; i++) {
		clients[i] = PQconnectdb(pooler_options(pooler, database->name, "postgres"));
		assert_int_equal(run(clients[i], i < 4 ? "BEGIN" : "SELECT 1"),
		                 i < 4 ? PGRES_COMMAND_OK : PGRES_TUPLES_OK);
		if (i < 4)
			assert_int_equal(run(clients[i], "COMMIT"), PGRES_COMMAND_OK);
	}
	database_expect(database,
	                "SELECT count(*) < 5 FROM pg_stat_activity"
	                " WHERE datname = current_database() AND pid <> pg_backend_pid()",
	                "t");
	for (int i = 0; i < 8; i++)
		PQfinish(clients[i]);
	pooler_stop(pooler);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DATABASE_TEST_POSTGRES(counts_frames_and_round_trips),
		DATABASE_TEST_POSTGRES(delays_both_ways),
		DATABASE_TEST_POSTGRES(cuts_after_frames),
		DATABASE_TEST_POSTGRES(cuts_after_bytes),
		DATABASE_TEST_POSTGRES(freezes),
		POOLER_TEST(pools_by_transaction),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
