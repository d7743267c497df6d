/* adopted_test.c - what sixteen tools left in their databases (tests/adopt/), adopted.
 *
 * tests/real_tools/ has the tools make it again. */
#include "adopting.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka.h wants those first. */
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

/* Sqitch has a file of its own beside SQLite's. */
static void load(struct database *database, const char *name)
{
	char *path = format("tests/adopt/%s.%s.sql", name,
	                    database_either(database, "sqlite", "postgres"));
	struct bytes dump = file_read(path);

	assert_non_null(dump.start);
	if (strcmp(name, "sqitch") == 0 && database->dialect == INLAY_DIALECT_SQLITE) {
		char *script =
		        format("sqlite3 '%s/sqitch.db' < \"$ROOT/%s\"", database->directory, path);

		command_expect(database->directory, script, 0);
		/* What it deployed is not in there. */
		database_run(database,
		             "CREATE TABLE accounts (id integer PRIMARY KEY, name text NOT"
		             " NULL); CREATE TABLE notes (id integer PRIMARY KEY,"
		             " account_id integer NOT NULL, body text);"
		             " CREATE INDEX notes_account_id ON notes (account_id)");
		free(script);
	} else {
		database_run(database, dump.start);
	}
	free(dump.start);
	free(path);
}

/* `name` stored it, of the set of `tool`. */
static void adopt(struct database *database, const char *name, const char *tool)
{
	struct console console;

	load(database, name);
	console = console_open(database);
	adopting_goes_on(&console, adopting_find(tool));
	console_close(&console);
	database_expect(database, "SELECT count(*) FROM more", "0");
}

#define ADOPTS(function, name, tool)                                                               \
	static void function##_is_adopted(void **state)                                            \
	{                                                                                          \
		adopt(*state, name, tool);                                                         \
	}
ADOPTS(atlas, "atlas", "atlas")
ADOPTS(bun, "bun", "bun")
ADOPTS(dbmate, "dbmate", "dbmate")
ADOPTS(diesel, "diesel", "diesel")
ADOPTS(django, "django", "django")
ADOPTS(flyway, "flyway", "flyway")
ADOPTS(golang_migrate, "golang-migrate", "golang-migrate")
ADOPTS(goose, "goose", "goose")
ADOPTS(liquibase, "liquibase", "liquibase")
ADOPTS(prisma, "prisma", "prisma")
ADOPTS(rails, "rails", "rails")
ADOPTS(refinery, "refinery", "refinery")
ADOPTS(sqitch, "sqitch", "sqitch")
ADOPTS(sqlx, "sqlx", "sqlx")
ADOPTS(tern, "tern", "tern")
ADOPTS(yoyo, "yoyo", "yoyo")
ADOPTS(flyway_4, "flyway-4", "flyway")

int main(void)
{
	const struct CMUnitTest tests[] = {
		DATABASE_TEST_FILE(atlas_is_adopted),
		DATABASE_TEST_POSTGRES(atlas_is_adopted),
		DATABASE_TEST_FILE(bun_is_adopted),
		DATABASE_TEST_POSTGRES(bun_is_adopted),
		DATABASE_TEST_FILE(dbmate_is_adopted),
		DATABASE_TEST_POSTGRES(dbmate_is_adopted),
		DATABASE_TEST_FILE(diesel_is_adopted),
		DATABASE_TEST_POSTGRES(diesel_is_adopted),
		DATABASE_TEST_FILE(django_is_adopted),
		DATABASE_TEST_POSTGRES(django_is_adopted),
		DATABASE_TEST_FILE(flyway_is_adopted),
		DATABASE_TEST_POSTGRES(flyway_is_adopted),
		DATABASE_TEST_FILE(golang_migrate_is_adopted),
		DATABASE_TEST_POSTGRES(golang_migrate_is_adopted),
		DATABASE_TEST_FILE(goose_is_adopted),
		DATABASE_TEST_POSTGRES(goose_is_adopted),
		DATABASE_TEST_FILE(liquibase_is_adopted),
		DATABASE_TEST_POSTGRES(liquibase_is_adopted),
		DATABASE_TEST_FILE(prisma_is_adopted),
		DATABASE_TEST_POSTGRES(prisma_is_adopted),
		DATABASE_TEST_FILE(rails_is_adopted),
		DATABASE_TEST_POSTGRES(rails_is_adopted),
		DATABASE_TEST_FILE(refinery_is_adopted),
		DATABASE_TEST_POSTGRES(refinery_is_adopted),
		DATABASE_TEST_FILE(sqitch_is_adopted),
		DATABASE_TEST_POSTGRES(sqitch_is_adopted),
		DATABASE_TEST_FILE(sqlx_is_adopted),
		DATABASE_TEST_POSTGRES(sqlx_is_adopted),
		DATABASE_TEST_POSTGRES(tern_is_adopted),
		DATABASE_TEST_FILE(yoyo_is_adopted),
		DATABASE_TEST_POSTGRES(yoyo_is_adopted),
		DATABASE_TEST_FILE(flyway_4_is_adopted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
