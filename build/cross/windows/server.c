/* server.c - rehearse/server.h where nothing outlives this process: a server can be used, and what
 * was made there is dropped at an orderly end. */
#include "rehearse/server.h"

#include <libpq-fe.h>

static PGconn *connect_quietly(const char *url)
{
	const char *const keywords[] = { "dbname", "fallback_application_name", NULL };
	const char *const values[] = { url, "inlay", NULL };

	return PQconnectdbParams(keywords, values, 1);
}

const char *server_start(struct arena *arena, struct server *server)
{
	(void)arena;
	server->lifeline = -1;
	server->child = -1;
	return "inlay starts no server on Windows yet: name one: --rehearse=postgres://...";
}

const char *server_use(struct arena *arena, struct server *server, const char *url)
{
	server->url = arena_copy(arena, text_of(url));
	server->lifeline = 0;
	server->child = -1;
	return NULL;
}

void server_stop(struct server *server)
{
	PGconn *connection;
	PGresult *names;
	char query[200];

	if (server->lifeline < 0)
		return;
	server->lifeline = -1;
	connection = connect_quietly(server->url);
	(void)snprintf(query, sizeof(query),
	               "SELECT format('DROP DATABASE IF EXISTS %%I WITH (FORCE)', datname) FROM "
	               "pg_database WHERE datname LIKE 'inlay\\_rehearsal\\_%d\\_%%'",
	               (int)getpid());
	names = PQexec(connection, query);
	for (int row = 0; row < PQntuples(names); row++)
		PQclear(PQexec(connection, PQgetvalue(names, row, 0)));
	PQclear(names);
	PQfinish(connection);
}
