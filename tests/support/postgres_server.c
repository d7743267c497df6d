/* postgres_server.c - a cluster that is made when it is first wanted. */
#include "postgres_server.h"

#include <stdbool.h>
#include <stddef.h>

const struct cluster *postgres_server(void)
{
	static struct cluster *server;
	static bool tried;

	if (!tried)
		server = cluster_create();
	tried = true;
	return server;
}

const char *postgres_server_options(const char *name, const char *role)
{
	const struct cluster *server = postgres_server();

	return server != NULL ? cluster_options(server, name, role) : NULL;
}

PGconn *postgres_server_connect_as(const char *name, const char *role)
{
	const struct cluster *server = postgres_server();

	return server != NULL ? cluster_connect(server, name, role) : NULL;
}
