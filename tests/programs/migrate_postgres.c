/* migrate_postgres.c - an application that uses PostgreSQL only: argv[1] is libpq's options. */
#include "app_migrations.h"

#include <libpq-fe.h>
#include <stdio.h>

int main(int argc, char **argv)
{
	PGconn *connection = PQconnectdb(argc > 1 ? argv[1] : "");
	struct inlay_error error = inlay_error_init();
	enum inlay_result result;

	if (PQstatus(connection) != CONNECTION_OK) {
		fputs(PQerrorMessage(connection), stderr);
		PQfinish(connection);
		return 1;
	}
	result = ensure_migrated(connection, &app_migrations, NULL, &error);
	if (result == INLAY_OK)
		printf("%u applied\n", (unsigned)error.applied_count);
	else
		fprintf(stderr, "%s\n", error.message);
	PQfinish(connection);
	return result == INLAY_OK ? 0 : 1;
}
