/* call_rehash.c - runs the function that docs/migrations.md shows on a small SQLite database. */
#include "inlay.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

extern const struct inlay_set app_migrations;
int hash_password(const char *password, char hash[100]);

int hash_password(const char *password, char hash[100])
{
	(void)snprintf(hash, 100, "hash of %s", password);
	return strcmp(password, "unspeakable") == 0;
}

static int succeeds(sqlite3 *database, const char *sql)
{
	if (sqlite3_exec(database, sql, NULL, NULL, NULL) == SQLITE_OK)
		return 1;
	fprintf(stderr, "%s: %s\n", sql, sqlite3_errmsg(database));
	return 0;
}

static int run(sqlite3 *database)
{
	struct inlay_call call = { .size = sizeof(call), .sqlite = database };

	if (app_migrations.function_count != 1 ||
	    !succeeds(database, "CREATE TABLE account (id INTEGER NOT NULL PRIMARY KEY, "
	                        "password TEXT NOT NULL, password_hash TEXT CHECK (password_hash "
	                        "<> 'hash of c'));"
	                        "INSERT INTO account VALUES (1, 'a', NULL), (2, 'b', NULL)") ||
	    app_migrations.functions[0](&call) != 0 ||
	    !succeeds(database, "CREATE TABLE wrong (n CHECK (n = 0));"
	                        "INSERT INTO wrong SELECT count(*) FROM account "
	                        "WHERE password_hash IS NOT 'hash of ' || password;"
	                        "INSERT INTO account VALUES (3, 'c', NULL)"))
		return 1;
	if (app_migrations.functions[0](&call) == 0 ||
	    strstr(call.message, "CHECK constraint failed") == NULL ||
	    !succeeds(database, "UPDATE account SET password = 'unspeakable' WHERE id = 3"))
		return 2;
	if (app_migrations.functions[0](&call) == 0 ||
	    strcmp(call.message, "a password can not be hashed") != 0 ||
	    !succeeds(database, "DROP TABLE account"))
		return 3;
	return app_migrations.functions[0](&call) == 0 ||
	                       strcmp(call.message, "no such table: account") != 0
	               ? 4
	               : 0;
}

int main(void)
{
	sqlite3 *database = NULL;
	int result = sqlite3_open(":memory:", &database) == SQLITE_OK ? run(database) : 5;

	if (sqlite3_close(database) != SQLITE_OK)
		return 6; /* A statement is left. */
	return result;
}
