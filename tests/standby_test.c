/* standby_test.c - the check where nothing can be written: standbys, readers, read-only ones. */
#include "support/database.h"
#include "support/pooler.h"
#include "support/postgres_server.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
/* cmocka.h wants some of those first. */
#include <cmocka.h>

static const struct set_file two[] = {
	{ "1_t.sql", "CREATE TABLE t (id INTEGER);" },
	{ "2_more.sql", "INSERT INTO t VALUES (1);" },
	SET_END,
};

static const struct set_file three[] = {
	{ "1_t.sql", "CREATE TABLE t (id INTEGER);" },
	{ "2_more.sql", "INSERT INTO t VALUES (1);" },
	{ "3_new.sql", "INSERT INTO t VALUES (2);" },
	SET_END,
};

/* --- The servers --- */

/* Made when the first test wants it; the end of the program removes it. */
static const struct cluster *standby(void)
{
	static struct cluster *cluster;

	if (cluster == NULL)
		cluster = cluster_create_standby(postgres_server());
	return cluster;
}

static void go_to(struct database *database, const char *options)
{
	database_disconnect(database);
	database->postgres = PQconnectdb(options);
	if (PQstatus(database->postgres) != CONNECTION_OK)
		fail_msg("%s", PQerrorMessage(database->postgres));
}

/* Goes to the standby, once it has all that the primary has. */
static void go_to_standby(struct database *database, const char *role)
{
	const struct timespec pause = { 0, 5000000 };
	char end[40];
	char sql[120];

	(void)standby();
	(void)snprintf(end, sizeof(end), "%s",
	               database_ask(database, "SELECT pg_current_wal_flush_lsn()"));
	(void)snprintf(sql, sizeof(sql), "SELECT pg_last_wal_replay_lsn() >= '%s'", end);
	go_to(database, cluster_options(standby(), "postgres", "postgres"));
	for (int i = 0; strcmp(database_ask(database, sql), "t") != 0; i++) {
		if (i == 4000)
			fail_msg("the standby does not follow");
		(void)nanosleep(&pause, NULL);
	}
	go_to(database, cluster_options(standby(), database->name, role));
}

/* A role that may look and nothing else. */
static void create_reader(struct database *database)
{
	database_run(database, "CREATE ROLE reader LOGIN");
	if (strcmp(database_ask(database, "SELECT to_regclass('schema_migrations') IS NULL"),
	           "f") == 0)
		database_run(database, "GRANT SELECT ON schema_migrations TO reader");
}

static void drop_reader(struct database *database)
{
	database_reconnect(database);
	database_run(database, "DROP OWNED BY reader; DROP ROLE reader");
}

/* The next transaction that writes would get this number. */
static void next_transaction(struct database *database, char number[40])
{
	(void)snprintf(number, 40, "%s",
	               database_ask(database, "SELECT pg_snapshot_xmax(pg_current_snapshot())"));
}

/* --- On a standby --- */

static void expect_refusal(struct database *database, const struct set_file *files)
{
	database_expect_result(database, database_ensure(database, files), INLAY_UNREACHABLE);
	assert_non_null(strstr(database->error.message, "migrations are pending"));
	assert_non_null(strstr(database->error.message, "the server is a read-only standby"));
	assert_int_equal(database->error.applied_count, 0);
}

static void standby_has_all(void **state)
{
	struct database *database = *state;

	database_expect_ok(database, two, 2);
	create_reader(database);
	go_to_standby(database, "postgres");
	database_expect_ok(database, two, 0);
	assert_string_equal(database->events, "");
	assert_string_equal(database_status(database, three), "1 1_t.sql applied\n"
	                                                      "2 2_more.sql applied\n"
	                                                      "3 3_new.sql pending -\n");
	go_to(database, cluster_options(standby(), database->name, "reader"));
	database_expect_ok(database, two, 0);
	drop_reader(database);
}

static void standby_lacks_a_migration(void **state)
{
	struct database *database = *state;

	database_expect_ok(database, two, 2);
	go_to_standby(database, "postgres");
	expect_refusal(database, three);
	assert_string_equal(database->events, "");
	database_expect_ok(database, two, 0);
}

static void standby_has_nothing(void **state)
{
	struct database *database = *state;

	go_to_standby(database, "postgres");
	expect_refusal(database, two);
	assert_string_equal(database_status(database, two), "1 1_t.sql pending -\n"
	                                                    "2 2_more.sql pending -\n");
}

static void standby_through_a_pooler(void **state)
{
	struct database *database = *state;
	struct pooler *pooler = pooler_start(standby());

	database_expect_ok(database, two, 2);
	go_to_standby(database, "postgres");
	go_to(database, pooler_options(pooler, database->name, "postgres"));
	database_expect_ok(database, two, 0);
	expect_refusal(database, three);
	database_expect_ok(database, two, 0);
	database_disconnect(database);
	pooler_stop(pooler);
}

/* --- On the primary --- */

/* What nobody may write is looked at as often as one likes, and nothing begins to be written. */
static void reader_finds_all(void **state)
{
	struct database *database = *state;
	struct pooler *pooler = pooler_start(postgres_server());
	char before[40];
	char after[40];

	database_expect_ok(database, two, 2);
	create_reader(database);
	next_transaction(database, before);
	go_to(database, postgres_server_options(database->name, "reader"));
	database_expect_ok(database, two, 0);
	database_run(database, "SET default_transaction_read_only = on");
	database_expect_ok(database, two, 0);
	go_to(database, pooler_options(pooler, database->name, "reader"));
	database_expect_ok(database, two, 0);
	next_transaction(database, after);
	assert_string_equal(before, after);
	database_disconnect(database);
	pooler_stop(pooler);
	drop_reader(database);
}

static void reader_lacks_a_migration(void **state)
{
	struct database *database = *state;

	database_expect_ok(database, two, 2);
	create_reader(database);
	go_to(database, postgres_server_options(database->name, "reader"));
	database_expect_result(database, database_ensure(database, three), INLAY_FAILED);
	assert_string_equal(database->error.sqlstate, "42501");
	assert_non_null(strstr(database->error.message, "permission denied for table "));
	drop_reader(database);
	database_expect(database, "SELECT version FROM schema_migrations ORDER BY 1", "1\n2");
	database_expect(database, "SELECT count(*) FROM schema_migrations_log", "2");
}

static void reader_has_nothing(void **state)
{
	struct database *database = *state;

	create_reader(database);
	go_to(database, postgres_server_options(database->name, "reader"));
	database_expect_result(database, database_ensure(database, two), INLAY_FAILED);
	assert_string_equal(database->error.sqlstate, "42501");
	assert_non_null(strstr(database->error.message, "permission denied for schema public"));
	drop_reader(database);
	database_expect(database, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'",
	                "0");
}

/* A default is not a rule: what is pending says that it writes, and leaves the default as it is. */
static void read_only_by_default(void **state)
{
	struct database *database = *state;
	char before[40];
	char after[40];

	database_run(database, "SET default_transaction_read_only = on");
	database_expect_ok(database, two, 2);
	database_expect(database, "SHOW default_transaction_read_only", "on");
	next_transaction(database, before);
	database_expect_ok(database, two, 0);
	next_transaction(database, after);
	assert_string_equal(before, after);
	database_expect_ok(database, three, 1);
	database_expect(database, "SHOW default_transaction_read_only", "on");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DATABASE_TEST_POSTGRES(standby_has_all),
		DATABASE_TEST_POSTGRES(standby_lacks_a_migration),
		DATABASE_TEST_POSTGRES(standby_has_nothing),
		POOLER_TEST(standby_through_a_pooler),
		POOLER_TEST(reader_finds_all),
		DATABASE_TEST_POSTGRES(reader_lacks_a_migration),
		DATABASE_TEST_POSTGRES(reader_has_nothing),
		DATABASE_TEST_POSTGRES(read_only_by_default),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
