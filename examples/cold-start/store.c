/* store.c - the two databases, each with the calls of its own client library. */
#include "store.h"

#include "app_migrations.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <string.h>

/* The same text for both: SQLite knows $1 and ON CONFLICT, too.  A message that comes twice,
 * because the platform sends it again, is stored once. */
static const char command[] =
        "INSERT INTO message (id, text) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING";

static int is_postgres(const char *url)
{
	return strncmp(url, "postgres://", 11) == 0 || strncmp(url, "postgresql://", 13) == 0;
}

/* "sqlite:PATH", as `inlay` has it; or a path. */
static const char *path_of(const char *url)
{
	return strncmp(url, "sqlite:", 7) == 0 ? url + 7 : url;
}

enum inlay_result store_ready(struct store *store, const struct inlay_options *options,
                              struct inlay_error *error)
{
	if (is_postgres(store->url)) {
		if (store->postgres == NULL)
			store->postgres = PQconnectdb(store->url);
		return ensure_migrated(store->postgres, &app_migrations, options, error);
	}
	if (store->sqlite == NULL && sqlite3_open(path_of(store->url), &store->sqlite) == SQLITE_OK)
		sqlite3_busy_timeout(store->sqlite, 5000); /* Others write messages, too. */
	return ensure_migrated(store->sqlite, &app_migrations, options, error);
}

/* What the server has refused has a SQLSTATE.  Class 57P is a server that is going down; classes 22
 * and 23 are values that are wrong. */
static enum put put_postgres(PGconn *connection, const char *const values[2], char problem[200])
{
	PGresult *result = PQexecParams(connection, command, 2, NULL, values, NULL, NULL, 0);
	const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	enum put put = PUT_LOST;

	if (PQresultStatus(result) == PGRES_COMMAND_OK)
		put = PUT_STORED;
	else if (state != NULL && strncmp(state, "57P", 3) != 0)
		put = strncmp(state, "22", 2) == 0 || strncmp(state, "23", 2) == 0 ? PUT_REFUSED
		                                                                   : PUT_FAILED;
	if (put != PUT_STORED && put != PUT_LOST)
		snprintf(problem, 200, "%s", PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY));
	PQclear(result);
	return put;
}

static enum put put_sqlite(sqlite3 *connection, const char *const values[2], char problem[200])
{
	sqlite3_stmt *statement;
	int code = sqlite3_prepare_v2(connection, command, -1, &statement, NULL);
	int ended;

	for (int i = 0; code == SQLITE_OK && i < 2; i++)
		code = sqlite3_bind_text(statement, i + 1, values[i], -1, SQLITE_STATIC);
	if (code == SQLITE_OK)
		sqlite3_step(statement);
	ended = sqlite3_finalize(statement); /* SQLITE_OK of a statement that there never was. */
	if (code == SQLITE_OK)
		code = ended;
	snprintf(problem, 200, "%s", sqlite3_errmsg(connection));
	switch (code) {
	case SQLITE_OK: return PUT_STORED;
	case SQLITE_CONSTRAINT:
	case SQLITE_MISMATCH:
	case SQLITE_TOOBIG: return PUT_REFUSED;
	default: return PUT_FAILED;
	}
}

enum put store_put(struct store *store, const char *id, const char *text, char problem[200])
{
	const char *const values[2] = { id, text };

	if (store->postgres != NULL)
		return put_postgres(store->postgres, values, problem);
	return put_sqlite(store->sqlite, values, problem);
}

void store_close(struct store *store)
{
	PQfinish(store->postgres);
	sqlite3_close(store->sqlite);
	store->postgres = NULL;
	store->sqlite = NULL;
}
