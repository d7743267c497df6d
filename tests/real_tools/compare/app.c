/* app.c - the application of the column "inlay": migrates the database that is named, and ends. */
#include "app_migrations.h"

#include <libpq-fe.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

static int end(enum inlay_result result, const struct inlay_error *error)
{
	if (result == INLAY_OK)
		return 0;
	(void)fprintf(stderr, "%s\n", error->message);
	return 1;
}

int main(int argc, char **argv)
{
	struct inlay_error error = inlay_error_init();
	sqlite3 *database = NULL;
	PGconn *connection;
	int status = 1;

	if (argc != 2)
		return 64;
	if (strncmp(argv[1], "postgres:", strlen("postgres:")) == 0) {
		connection = PQconnectdb(argv[1]);
		status = end(ensure_migrated(connection, &app_migrations, NULL, &error), &error);
		PQfinish(connection);
		return status;
	}
	if (sqlite3_open(argv[1], &database) == SQLITE_OK)
		status = end(ensure_migrated(database, &app_migrations, NULL, &error), &error);
	(void)sqlite3_close(database);
	return status;
}
