/* app.c - opens its database, brings it up to date, and says what that took. */
#include "app_migrations.h"

#include <sqlite3.h>
#include <stdio.h>

int main(void)
{
	struct inlay_error error = inlay_error_init();
	sqlite3 *database = NULL;
	enum inlay_result result;

	if (sqlite3_open("app.db", &database) != SQLITE_OK)
		return 1;
	result = ensure_migrated(database, &app_migrations, NULL, &error);
	if (result == INLAY_OK)
		printf("%u applied\n", (unsigned)error.applied_count);
	else
		fprintf(stderr, "%s\n", error.message);
	sqlite3_close(database);
	return result == INLAY_OK ? 0 : 1;
}
