/* connection_test.c - what tells databases from each other without asking them. */
#include "../runtime/driver.h"
#include "support/database.h"
#include "support/files.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/* cmocka.h wants some of those first. */
#include <cmocka.h>

/* All parts, parted by "|".  Static. */
static const char *identify(const struct driver *driver, void *connection)
{
	const char *parts[DRIVER_IDENTITY_COUNT_MAX];
	uint32_t count = driver->identify(connection, parts);
	static char text[2000];

	text[0] = '\0';
	for (uint32_t i = 0; i < count; i++)
		(void)snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%s",
		               i > 0 ? "|" : "", parts[i]);
	return text;
}

static void expect_sqlite(const char *name, const char *expected)
{
	sqlite3 *connection;

	assert_int_equal(
	        sqlite3_open_v2(name, &connection,
	                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_URI, NULL),
	        SQLITE_OK);
	assert_string_equal(identify(&driver_sqlite, connection), expected);
	assert_int_equal(sqlite3_close(connection), SQLITE_OK);
}

static void a_sqlite_file_is_its_path(void **state)
{
	char *directory = directory_make();
	char *path = format("%s/a.db", directory);
	char *uri = format("file:%s/./a.db?cache=private", directory);

	(void)state;
	expect_sqlite(path, path);
	expect_sqlite(uri, path);
	free(uri);
	free(path);
	directory_remove(directory);
	free(directory);
}

static void memory_is_nothing_of_its_own(void **state)
{
	(void)state;
	expect_sqlite(":memory:", "");
	expect_sqlite("", "");
	expect_sqlite("file:shared?mode=memory&cache=shared", "");
	expect_sqlite("file:/shared?vfs=memdb", "");
	expect_sqlite("file:/shared/more?vfs=memdb", "");
}

static void postgres_is_what_libpq_knows(void **state)
{
	struct database *database = *state;
	const char *host = PQhost(database->postgres);
	char *place = format("%s port=5432 options=-csearch_path=public password=hunter2",
	                     database_place(database));
	char problem[DRIVER_PROBLEM_SIZE_MAX];
	void *connection = driver_postgres.connect(place, problem);
	char *expected = format("%s|%s|%s|5432|postgres|-csearch_path=public|%s", database->name,
	                        host, PQhostaddr(database->postgres),
	                        PQserverVersion(database->postgres) >= 180000 ? "public" : "");

	assert_non_null(connection);
	assert_string_equal(identify(&driver_postgres, connection), expected);
	assert_string_equal(PQparameterStatus(connection, "application_name"), "inlay");
	driver_postgres.disconnect(connection);
	free(place);
	free(expected);
}

static void closing_nothing_is_fine(void **state)
{
	(void)state;
	driver_sqlite.disconnect(NULL);
	driver_postgres.disconnect(NULL);
	assert_string_equal(identify(&driver_postgres, NULL), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_sqlite_file_is_its_path),
		cmocka_unit_test(memory_is_nothing_of_its_own),
		DATABASE_TEST_POSTGRES(postgres_is_what_libpq_knows),
		cmocka_unit_test(closing_nothing_is_fine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
