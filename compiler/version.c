/* version.c - the versions that the libraries tell of themselves. */
#include "version.h"

#include "syntax.h"

#include <jansson.h>
#include <libpq-fe.h>
#include <sqlite3.h>
#include <stdio.h>

void version_print(void)
{
	const char *grammar = syntax_version();
	int libpq = PQlibVersion();

	printf("inlay %s\n", INLAY_VERSION);
	printf("grammar: %s\n", grammar != NULL ? grammar : "none, built without libpg_query");
	printf("SQLite %s\n", sqlite3_libversion());
	printf("libpq %d.%d\n", libpq / 10000, libpq % 10000);
	printf("jansson %s\n", JANSSON_VERSION);
}
