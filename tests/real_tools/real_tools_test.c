/* real_tools_test.c - the other tools themselves: each migrates a database, which we adopt.
 *
 * Not a part of `test`: it needs the tools' registries.  `./zigw build test-tools` runs it; with
 * ONLY_TOOL=flyway in the environment for that tool alone. */
#include "../adopt_vectors.h"
#include "adopting.h"
#include "postgres_server.h"
#include "proxy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka.h wants those first. */
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SCRIPT                                                                                     \
	"TOOLS=\"${INLAY_REAL_TOOLS:-$ROOT/.tools/real_tools}\""                                   \
	" sh \"$ROOT/tests/real_tools/run.sh\" "

/* Lets the tool migrate with `directory`.  Most reach PostgreSQL by TCP alone, and the tests'
 * server has none. */
static void migrate(const struct console *console, const struct adopting_tool *tool)
{
	const struct database *database = console->database;
	struct proxy_plan plan = { .host = NULL };
	struct proxy *proxy = NULL;
	char *place;
	char *script;
	int port = 0;

	if (database->dialect == INLAY_DIALECT_POSTGRES) {
		plan.host = cluster_directory(postgres_server());
		proxy = proxy_start(&plan);
		assert_non_null(proxy);
		assert_int_equal(sscanf(proxy_options(proxy), "host=127.0.0.1 port=%d", &port), 1);
		place = format("PGHOST=127.0.0.1 PGPORT=%d PGUSER=postgres PGDATABASE=%s", port,
		               database->name);
	} else {
		place = format("SQLITE='%s'", database->path);
	}
	script =
	        format("export %s; cp -r \"$ROOT/tests/real_tools/%s/migrations\" theirs && " SCRIPT
	               "install %s && " SCRIPT "migrate %s \"$PWD/theirs\"",
	               place, tool->name, tool->name, tool->name);
	adopting_expect(console, 0, script);
	if (proxy != NULL)
		proxy_stop(proxy);
	free(script);
	free(place);
}

static void adopt(struct database *database, const struct adopting_tool *tool)
{
	struct console console = console_open(database);

	migrate(&console, tool);
	adopting_goes_on(&console, tool);
	console_close(&console);
	database_expect(database, "SELECT count(*) FROM more", "0");
	database_expect(database, "SELECT count(*) FROM accounts", "0");
}

#define ADOPTS(function, tool)                                                                     \
	static void function##_is_adopted(void **state)                                            \
	{                                                                                          \
		adopt(*state, adopting_find(tool));                                                \
	}
ADOPTS(atlas, "atlas")
ADOPTS(bun, "bun")
ADOPTS(dbmate, "dbmate")
ADOPTS(diesel, "diesel")
ADOPTS(django, "django")
ADOPTS(flyway, "flyway")
ADOPTS(golang_migrate, "golang-migrate")
ADOPTS(goose, "goose")
ADOPTS(liquibase, "liquibase")
ADOPTS(prisma, "prisma")
ADOPTS(rails, "rails")
ADOPTS(refinery, "refinery")
ADOPTS(sqitch, "sqitch")
ADOPTS(sqlx, "sqlx")
ADOPTS(tern, "tern")
ADOPTS(yoyo, "yoyo")

/* --- Checksums --- */

/* Where a tool has its files and its checksums.  SQLite's file is db; "%s" a vector's path. */
struct keeping {
	const char *tool;
	const char *path;
	const char *ask;
};

static const char *stored_by(const struct vector *vector, const char *tool)
{
	return strcmp(tool, "flyway") == 0     ? vector->flyway
	       : strcmp(tool, "prisma") == 0   ? vector->prisma
	       : strcmp(tool, "refinery") == 0 ? vector->refinery
	       : strcmp(tool, "sqitch") == 0   ? vector->sqitch
	                                       : vector->sqlx;
}

/* A plan of that one change. */
static void write_plan(const struct console *console, const struct vector *vector)
{
	char *plan = format("%%syntax-version=1.0.0\n%%project=example\n\n"
	                    "%.*s 2024-01-01T12:00:00Z Alice <alice@example.org> # It.\n",
	                    (int)strlen(vector->path) - 4, vector->path);

	console_write(console, "theirs/sqitch.plan", plan);
	free(plan);
}

/* Lets the tool apply a file alone, and asks what it stored. */
static void expect_stored(const struct console *console, const struct keeping *keeping,
                          const struct vector *vector)
{
	const char *stored = stored_by(vector, keeping->tool);
	char *path = format("theirs/%s%s%s", keeping->path, vector->path,
	                    strcmp(keeping->tool, "prisma") == 0 ? "/migration.sql" : "");
	char *script = format("export SQLITE=\"$PWD/db\"; " SCRIPT
	                      "migrate %s \"$PWD/theirs\" > out 2>&1; sqlite3 %s > stored 2>&1;"
	                      "grep -qx -e '%s' stored || { cat out stored; false; }",
	                      keeping->tool, keeping->ask, stored);

	adopting_expect(console, 0, "rm -rf theirs db sqitch && mkdir theirs");
	write_plan(console, vector);
	console_write(console, path, vector->text);
	adopting_expect(console, 0, script);
	free(script);
	free(path);
}

static void expect_all(struct database *database, const struct keeping *keeping)
{
	struct console console = console_open(database);
	char *script = format(SCRIPT "install %s", keeping->tool);

	adopting_expect(&console, 0, script);
	free(script);
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++)
		if (stored_by(&vectors[i], keeping->tool) != NULL)
			expect_stored(&console, keeping, &vectors[i]);
	console_close(&console);
}

#define STORES(tool, path, ask)                                                                    \
	static void tool##_stores_these(void **state)                                              \
	{                                                                                          \
		expect_all(*state, &(struct keeping){ #tool, path, ask });                         \
	}
STORES(flyway, "", "db 'SELECT checksum FROM flyway_schema_history'")
STORES(prisma, "", "db 'SELECT checksum FROM _prisma_migrations'")
STORES(refinery, "", "db 'SELECT checksum FROM refinery_schema_history'")
STORES(sqitch, "deploy/", "sqitch 'SELECT script_hash FROM changes'")
STORES(sqlx, "1_", "db 'SELECT lower(hex(checksum)) FROM _sqlx_migrations'")

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
		DATABASE_TEST_FILE(flyway_stores_these),
		DATABASE_TEST_FILE(prisma_stores_these),
		DATABASE_TEST_FILE(refinery_stores_these),
		DATABASE_TEST_FILE(sqitch_stores_these),
		DATABASE_TEST_FILE(sqlx_stores_these),
	};
	const char *only = getenv("ONLY_TOOL");
	char *filter = only != NULL ? format("%s_*", only) : NULL;

	if (filter != NULL)
		cmocka_set_test_filter(filter);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
