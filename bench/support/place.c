/* place.c - one server, its database "bench", and a proxy in between. */
#include "place.h"

#include "../../tests/support/cluster.h"
#include "measure.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

static struct cluster *server;

static _Noreturn void fail(const char *message)
{
	(void)fprintf(stderr, "%s\n", message);
	exit(2);
}

/* --- The server --- */

static PGconn *administer(void)
{
	PGconn *connection = cluster_connect(server, "postgres", "postgres");

	if (connection == NULL)
		fail("no connection");
	return connection;
}

bool place_is_there(void)
{
	if (server == NULL)
		server = cluster_create_durable();
	return server != NULL;
}

const char *place_version(void)
{
	static char version[32];
	PGconn *connection = administer();
	const char *text = PQparameterStatus(connection, "server_version");

	(void)snprintf(version, sizeof(version), "%.*s", (int)strcspn(text, " "), text);
	PQfinish(connection);
	return version;
}

/* The checkpoint is paid for before the clock starts. */
void place_clear(void)
{
	PGconn *connection = administer();

	place_run(connection, "SET client_min_messages = warning");
	place_run(connection, "DROP DATABASE IF EXISTS bench WITH (FORCE)");
	place_run(connection, "CREATE DATABASE bench");
	place_run(connection, "CHECKPOINT");
	PQfinish(connection);
}

double place_sync_count(void)
{
	PGconn *connection = administer();
	double count = place_ask(connection, "SELECT wal_sync FROM pg_stat_wal");

	PQfinish(connection);
	return count;
}

/* --- The way to it --- */

struct place place_open(uint32_t delay_ms)
{
	struct place place = { .delay_ms = delay_ms };
	struct proxy_plan plan = { .host = cluster_directory(server), .delay_ms = delay_ms };

	if (delay_ms == PLACE_NEXT_DOOR)
		return place;
	place.proxy = proxy_start(&plan);
	if (place.proxy == NULL)
		fail("no proxy");
	return place;
}

void place_close(struct place *place)
{
	if (place->proxy != NULL)
		proxy_stop(place->proxy);
	place->proxy = NULL;
}

PGconn *place_connect(const struct place *place)
{
	char options[300];
	PGconn *connection;

	if (place->proxy != NULL)
		(void)snprintf(options, sizeof(options), "%s user=postgres dbname=bench",
		               proxy_options(place->proxy));
	else
		(void)snprintf(options, sizeof(options), "%s",
		               cluster_options(server, "bench", "postgres"));
	connection = PQconnectdb(options);
	if (PQstatus(connection) != CONNECTION_OK)
		fail(PQerrorMessage(connection));
	return connection;
}

void place_disconnect(PGconn *connection)
{
	const struct timespec pause = { 0, 10000000 };
	PGconn *observer = administer();

	PQfinish(connection);
	while (place_ask(observer,
	                 "SELECT count(*) FROM pg_stat_activity WHERE datname = 'bench'") > 0)
		(void)nanosleep(&pause, NULL);
	PQfinish(observer);
}

/* --- What happens there --- */

struct toll place_begin(const struct place *place)
{
	if (place->proxy != NULL)
		proxy_arm(place->proxy, &(struct proxy_limit){ .end = PROXY_RELAY });
	return (struct toll){ .seconds = measure_now() };
}

void place_end(const struct place *place, struct toll *toll)
{
	toll->seconds = measure_now() - toll->seconds;
	if (place->proxy != NULL)
		toll->round_trip_count = proxy_counters(place->proxy).round_trip_count;
}

void place_run(PGconn *connection, const char *sql)
{
	PGresult *result = PQexec(connection, sql);
	ExecStatusType status = PQresultStatus(result);

	if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
		fail(PQerrorMessage(connection));
	PQclear(result);
}

double place_ask(PGconn *connection, const char *sql)
{
	PGresult *result = PQexec(connection, sql);
	double number = -1;

	if (PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) == 1)
		number = strtod(PQgetvalue(result, 0, 0), NULL);
	PQclear(result);
	return number;
}

void place_ensure(PGconn *connection, const struct inlay_set *set,
                  const struct inlay_options *options, uint32_t count)
{
	struct inlay_error error = inlay_error_init();

	if (ensure_migrated(connection, set, options, &error) != INLAY_OK)
		fail(error.message);
	if (error.applied_count != count)
		fail("not as many migrations were applied as there are");
}
