/* version_table.c - the column "by hand": what people write who do without a tool, written well.
 * migrations.h has the scripts in order; their number is the version.  On SQLite it is PRAGMA
 * user_version, on PostgreSQL a table; each migration has one transaction, behind a lock. */
#include "migrations.h" /* static const char *const migrations[]; */

#include <libpq-fe.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT ((int)(sizeof(migrations) / sizeof(migrations[0])))

static int version_sqlite(sqlite3 *db)
{
	sqlite3_stmt *statement = NULL;
	int version = -1;

	if (sqlite3_prepare_v2(db, "PRAGMA user_version", -1, &statement, NULL) == SQLITE_OK &&
	    sqlite3_step(statement) == SQLITE_ROW)
		version = sqlite3_column_int(statement, 0);
	(void)sqlite3_finalize(statement);
	return version;
}

static int migrate_sqlite(sqlite3 *db)
{
	char set[64];
	int version;

	(void)sqlite3_busy_timeout(db, 30000);
	while ((version = version_sqlite(db)) >= 0 && version < COUNT) {
		if (sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL) != SQLITE_OK)
			return -1;
		version = version_sqlite(db); /* Another process may have been faster. */
		(void)snprintf(set, sizeof(set), "PRAGMA user_version = %d", version + 1);
		if (version < 0 ||
		    (version < COUNT &&
		     (sqlite3_exec(db, migrations[version], NULL, NULL, NULL) != SQLITE_OK ||
		      sqlite3_exec(db, set, NULL, NULL, NULL) != SQLITE_OK)) ||
		    sqlite3_exec(db, "COMMIT", NULL, NULL, NULL) != SQLITE_OK) {
			(void)fprintf(stderr, "migration %d: %s\n", version + 1,
			              sqlite3_errmsg(db));
			(void)sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
			return -1;
		}
	}
	return version < 0 ? -1 : 0;
}

/* Runs one string; the first field of its answer, 0 without one, -1 after an error. */
static int ask(PGconn *db, const char *sql)
{
	PGresult *result = PQexec(db, sql);
	ExecStatusType status = PQresultStatus(result);
	int value = -1;

	if (status == PGRES_TUPLES_OK && PQntuples(result) > 0)
		value = (int)strtol(PQgetvalue(result, 0, 0), NULL, 10);
	else if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK)
		value = 0;
	PQclear(result);
	return value;
}

#define VERSION "SELECT coalesce(max(version), 0) FROM schema_version"

static int migrate_postgres(PGconn *db)
{
	int version;
	char set[64];

	while ((version = ask(db, VERSION)) < COUNT) {
		if (ask(db,
		        "BEGIN; SELECT pg_advisory_xact_lock(7501);"
		        "CREATE TABLE IF NOT EXISTS schema_version (version int PRIMARY KEY)") < 0)
			return -1;
		version = ask(db, VERSION); /* Another process may have been faster. */
		(void)snprintf(set, sizeof(set), "INSERT INTO schema_version VALUES (%d)",
		               version + 1);
		if (version < 0 ||
		    (version < COUNT && (ask(db, migrations[version]) < 0 || ask(db, set) < 0)) ||
		    ask(db, "COMMIT") < 0) {
			(void)fprintf(stderr, "migration %d: %s", version + 1, PQerrorMessage(db));
			return -1;
		}
	}
	return 0;
}

int main(int argc, char **argv)
{
	sqlite3 *database = NULL;
	PGconn *connection;
	int status = -1;

	if (argc != 2)
		return 64;
	if (strncmp(argv[1], "postgres:", strlen("postgres:")) == 0) {
		connection = PQconnectdb(argv[1]);
		if (PQstatus(connection) == CONNECTION_OK)
			status = migrate_postgres(connection);
		PQfinish(connection);
	} else {
		if (sqlite3_open(argv[1], &database) == SQLITE_OK)
			status = migrate_sqlite(database);
		(void)sqlite3_close(database);
	}
	return status == 0 ? 0 : 1;
}
