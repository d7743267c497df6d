/* check_test.c - what it costs to find that nothing is pending, in numbers that do not wobble. */
#include "support/database.h"
#include "support/pooler.h"
#include "support/postgres_server.h"
#include "support/proxy.h"
#include "support/watched_vfs.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/* cmocka.h wants some of those first. */
#include <cmocka.h>

#define LONG_COUNT 1000 /* Migrations of a long history. */

/* The first `count` of a long history, all of them applied. */
static struct compiled_set apply_history(struct database *database, int count, const char *sql)
{
	static struct set_file files[LONG_COUNT + 1];
	static char names[LONG_COUNT][20];
	static char contents[LONG_COUNT][80];
	struct compiled_set set;

	for (int i = 0; i < count; i++) {
		(void)snprintf(names[i], sizeof(names[i]), "%d_m.sql", i + 1);
		(void)snprintf(contents[i], sizeof(contents[i]), "CREATE TABLE t%d (id INTEGER);\n",
		               i + 1);
		if (i > 0 && sql != NULL)
			(void)snprintf(contents[i], sizeof(contents[i]), "%s", sql);
		files[i] = (struct set_file){ names[i], contents[i] };
	}
	files[count] = (struct set_file)SET_END;
	set = set_compile(files, database->dialect);
	if (set.set.image == NULL)
		fail_msg("%s", set.problems);
	database_clear(database);
	if (database->dialect == INLAY_DIALECT_SQLITE)
		database_run(database, "PRAGMA synchronous = OFF");
	database_expect_result(database, database_ensure_set(database, &set.set), INLAY_OK);
	assert_int_equal(database->error.applied_count, count);
	return set;
}

/* Histories to check, and what the later migrations of each do; NULL: each makes a table. */
static const struct history {
	const char *name;
	int count;
	const char *sql;
} histories[] = {
	{ "2 migrations", 2, "INSERT INTO t1 VALUES (1);" },
	{ "1000 migrations", LONG_COUNT, "INSERT INTO t1 VALUES (1);" },
	{ "200 migrations, 200 tables", 200, NULL },
};
#define HISTORY_COUNT (sizeof(histories) / sizeof(histories[0]))

/* --- PostgreSQL --- */

/* Every message of the check, and how many there are of it. */
static void expect_frames(const struct proxy_counters *counters)
{
	static const char client[] = "PBDES"; /* Parse, Bind, Describe, Execute, Sync. */
	static const char server[] = "12TDCZ";

	assert_int_equal(counters->round_trip_count, 1);
	assert_int_equal(counters->frame_count, strlen(client));
	for (int type = 0; type < 128; type++) {
		bool of_client = type != 0 && strchr(client, type) != NULL;
		bool of_server = type != 0 && strchr(server, type) != NULL;

		assert_int_equal(counters->client_frames[type], of_client ? 1 : 0);
		assert_int_equal(counters->server_frames[type], of_server ? 1 : 0);
	}
}

static void expect_ok(PGconn *connection, const struct compiled_set *set)
{
	struct inlay_error error = inlay_error_init();

	if (ensure_migrated(connection, &set->set, NULL, &error) != INLAY_OK)
		fail_msg("%s", error.message);
	assert_int_equal(error.applied_count, 0);
	assert_int_equal(PQtransactionStatus(connection), PQTRANS_IDLE);
}

static void expect_nothing_left(struct database *database, PGconn *connection)
{
	PGresult *result = PQexec(connection, "SELECT count(*) FROM pg_prepared_statements");
	char sql[200];

	assert_string_equal(PQgetvalue(result, 0, 0), "0");
	PQclear(result);
	(void)snprintf(sql, sizeof(sql), "SELECT count(*) FROM pg_locks WHERE pid = %d",
	               PQbackendPID(connection));
	database_expect(database, sql, "0");
	database_expect(database, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'", "0");
}

/* No transaction that writes was begun: the next one gets the number that was next before. */
static void next_transaction(struct database *database, char number[40])
{
	(void)snprintf(number, 40, "%s",
	               database_ask(database, "SELECT pg_snapshot_xmax(pg_current_snapshot())"));
}

/* Twice on one connection: what the first check leaves must not make the second one dearer. */
static void check_through(struct database *database, const char *directory,
                          const struct history *history)
{
	struct compiled_set set = apply_history(database, history->count, history->sql);
	struct proxy_plan plan = { .host = directory };
	struct proxy *proxy = proxy_start(&plan);
	struct proxy_counters counters;
	PGconn *connection;
	char before[40];
	char after[40];
	char options[300];

	(void)snprintf(options, sizeof(options), "%s user=postgres dbname=%s", proxy_options(proxy),
	               database->name);
	connection = PQconnectdb(options);
	next_transaction(database, before);
	for (int i = 0; i < 2; i++) {
		proxy_arm(proxy, &(struct proxy_limit){ .end = PROXY_RELAY });
		expect_ok(connection, &set);
		counters = proxy_counters(proxy);
		expect_frames(&counters);
	}
	print_message("PostgreSQL, %s: %d round trip, %d frames, %d bytes there, %d back\n",
	              history->name, (int)counters.round_trip_count, (int)counters.frame_count,
	              (int)counters.client_size, (int)counters.server_size);
	next_transaction(database, after);
	assert_string_equal(before, after);
	expect_nothing_left(database, connection);
	PQfinish(connection);
	proxy_stop(proxy);
	set_destroy(&set);
}

static void postgres_is_asked_once(void **state)
{
	for (size_t i = 0; i < HISTORY_COUNT; i++)
		check_through(*state, cluster_directory(postgres_server()), &histories[i]);
}

static void postgres_is_asked_once_through_a_pooler(void **state)
{
	struct pooler *pooler = pooler_start(postgres_server());
	struct database *database = *state;

	/* pgbouncer's are the locks and statements there: one of its connections is asked. */
	check_through(database, pooler_directory(pooler), &histories[0]);
	pooler_stop(pooler);
}

/* --- SQLite --- */

/* The file header, and page 1 whole: nothing of the schema. */
#define COLD_READ_COUNT_MAX 3
#define WARM_READ_COUNT_MAX 1

static int count_statement(unsigned kind, void *context, void *statement, void *text)
{
	int *count = context;

	(void)kind;
	(void)statement;
	(void)text;
	++*count;
	return 0;
}

/* One check on a connection; `name` says what is special about it. */
static struct watched_counts check_watched(sqlite3 *connection, const struct compiled_set *set,
                                           const char *name)
{
	struct inlay_error error = inlay_error_init();
	struct watched_counts counts;
	int statement_count = 0;

	(void)sqlite3_trace_v2(connection, SQLITE_TRACE_STMT, count_statement, &statement_count);
	watched_vfs_start(0);
	assert_int_equal(ensure_migrated(connection, &set->set, NULL, &error), INLAY_OK);
	counts = watched_vfs_counts();
	(void)sqlite3_trace_v2(connection, 0, NULL, NULL);
	assert_int_equal(error.applied_count, 0);
	print_message("SQLite, %s: %d statement, %u reads of %u bytes, %u locks, %u unlocks, "
	              "%u access, %u size, %u reserved\n",
	              name, statement_count, counts.read_count, (unsigned)counts.read_size,
	              counts.lock_count, counts.unlock_count, counts.access_count,
	              counts.size_count, counts.reserved_count);
	assert_int_equal(statement_count, 1);
	assert_int_equal(counts.write_count, 0);
	assert_int_equal(counts.sync_count, 0);
	assert_int_equal(counts.truncate_count, 0);
	assert_int_equal(counts.delete_count, 0);
	assert_int_equal(counts.open_count, 0);
	return counts;
}

/* On a fresh connection, and again on the same one. */
static void check_history(struct database *database, const char *journal_mode,
                          const struct history *history)
{
	struct compiled_set set = apply_history(database, history->count, history->sql);
	sqlite3 *connection;
	char name[100];

	(void)snprintf(name, sizeof(name), "PRAGMA journal_mode = %s", journal_mode);
	database_run(database, name);
	database_disconnect(database);
	watched_vfs_start(0);
	assert_int_equal(sqlite3_open(database->path, &connection), SQLITE_OK);
	if (strcmp(journal_mode, "wal") == 0) /* Opens the log, which is not the check's doing. */
		(void)sqlite3_exec(connection, "PRAGMA schema_version", NULL, NULL, NULL);
	(void)snprintf(name, sizeof(name), "%s, %s, cold", journal_mode, history->name);
	assert_true(check_watched(connection, &set, name).read_count <= COLD_READ_COUNT_MAX);
	(void)snprintf(name, sizeof(name), "%s, %s, warm", journal_mode, history->name);
	assert_true(check_watched(connection, &set, name).read_count <= WARM_READ_COUNT_MAX);
	assert_int_equal(sqlite3_close(connection), SQLITE_OK);
	database_reconnect(database);
	set_destroy(&set);
}

static void sqlite_is_asked_once(void **state)
{
	for (size_t i = 0; i < HISTORY_COUNT; i++) {
		check_history(*state, "delete", &histories[i]);
		check_history(*state, "wal", &histories[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DATABASE_TEST_POSTGRES(postgres_is_asked_once),
		POOLER_TEST(postgres_is_asked_once_through_a_pooler),
		DATABASE_TEST_FILE(sqlite_is_asked_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
