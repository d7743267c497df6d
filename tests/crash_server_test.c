/*
 * crash_server_test.c - the server itself stops at once while somebody migrates, and comes back.
 *
 * What recovery finds is what the server had written, not what it had promised to flush: the
 * machine goes on.  So this says nothing about power, but a lot about the order of things.
 */
#include "support/cluster.h"
#include "support/set.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
/* cmocka.h wants some of those first. */
#include <cmocka.h>

#define MIGRATION_COUNT 300
#define ROUND_COUNT     12

static double now_s(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static struct compiled_set compile(void)
{
	static struct set_file files[MIGRATION_COUNT + 1];
	static char names[MIGRATION_COUNT][20];
	static char contents[MIGRATION_COUNT][80];
	struct compiled_set compiled;

	for (int i = 0; i < MIGRATION_COUNT; i++) {
		(void)snprintf(names[i], sizeof(names[i]), "%d_m.sql", i + 1);
		(void)snprintf(contents[i], sizeof(contents[i]), "CREATE TABLE t%d (id INTEGER);\n",
		               i + 1);
		files[i] = (struct set_file){ names[i], contents[i] };
	}
	compiled = set_compile(files, INLAY_DIALECT_POSTGRES);
	if (compiled.set.image == NULL)
		fail_msg("%s", compiled.problems);
	return compiled;
}

/* --- One server, one child --- */

static _Noreturn void migrate_in_child(const struct cluster *cluster, const struct inlay_set *set)
{
	struct inlay_error error = inlay_error_init();
	PGconn *connection = PQconnectdb(cluster_options(cluster, "app", "postgres"));
	enum inlay_result result = ensure_migrated(connection, set, NULL, &error);

	PQfinish(connection);
	_exit((int)result);
}

static pid_t start(const struct cluster *cluster, const struct inlay_set *set)
{
	pid_t pid;

	(void)fflush(NULL);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		migrate_in_child(cluster, set);
	return pid;
}

static int wait_for(pid_t pid)
{
	int status = 0;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void run(const struct cluster *cluster, const char *sql)
{
	PGconn *connection = cluster_connect(cluster, "postgres", "postgres");
	PGresult *result = PQexec(connection, sql);

	if (PQresultStatus(result) != PGRES_COMMAND_OK)
		fail_msg("%s: %s", sql, PQresultErrorMessage(result));
	PQclear(result);
	PQfinish(connection);
}

static int ask(const struct cluster *cluster, const char *sql)
{
	PGconn *connection = cluster_connect(cluster, "app", "postgres");
	PGresult *result = PQexec(connection, sql);
	int number;

	if (PQresultStatus(result) != PGRES_TUPLES_OK)
		fail_msg("%s: %s", sql, PQresultErrorMessage(result));
	number = (int)strtol(PQgetvalue(result, 0, 0), NULL, 10);
	PQclear(result);
	PQfinish(connection);
	return number;
}

/* Rows are 1, 2 ... and so are the tables.  How many? */
static int expect_prefix(const struct cluster *cluster)
{
	int count = 0;

	if (ask(cluster, "SELECT count(*) FROM pg_class WHERE relname = 'schema_migrations'") == 1)
		count = ask(cluster, "SELECT count(*) FROM schema_migrations");
	if (count > 0) {
		assert_int_equal(ask(cluster, "SELECT max(version) FROM schema_migrations"), count);
		assert_int_equal(ask(cluster, "SELECT count(*) FROM schema_migrations"
		                              " WHERE progress IS NOT NULL"),
		                 0);
	}
	assert_int_equal(ask(cluster, "SELECT count(*) FROM pg_tables WHERE tablename ~ '^t\\d+$'"),
	                 count);
	if (count > 0)
		assert_int_equal(ask(cluster,
		                     "SELECT max(substr(tablename, 2)::integer) FROM pg_tables"
		                     " WHERE tablename ~ '^t\\d+$'"),
		                 count);
	return count;
}

/* How long it takes when nothing happens. */
static double measure(const struct cluster *cluster, const struct inlay_set *set)
{
	double started_s;

	run(cluster, "CREATE DATABASE app");
	started_s = now_s();
	assert_int_equal(wait_for(start(cluster, set)), INLAY_OK);
	return now_s() - started_s;
}

/* The server stops after so long; returns how many migrations were there then. */
static int crash_after(struct cluster *cluster, const struct inlay_set *set, double seconds)
{
	const struct timespec pause = { (time_t)seconds,
		                        (long)((seconds - (double)(time_t)seconds) * 1e9) };
	enum inlay_result result;
	int count;
	pid_t pid;

	run(cluster, "DROP DATABASE app");
	run(cluster, "CREATE DATABASE app");
	pid = start(cluster, set);
	(void)nanosleep(&pause, NULL);
	cluster_crash(cluster);
	result = (enum inlay_result)wait_for(pid);
	cluster_restart(cluster);
	count = expect_prefix(cluster);
	/* A child that had no time to connect breaks a rule of the header. */
	if (result == INLAY_OK)
		assert_int_equal(count, MIGRATION_COUNT);
	else
		assert_true(result == INLAY_UNREACHABLE || (result == INLAY_MISUSE && count == 0));
	assert_int_equal(wait_for(start(cluster, set)), INLAY_OK);
	assert_int_equal(expect_prefix(cluster), MIGRATION_COUNT);
	return count;
}

static void server_stops_at_once(void **state)
{
	struct cluster *cluster = cluster_create();
	struct compiled_set set = compile();
	double whole_s;
	int middle_count = 0;

	(void)state;
	if (cluster == NULL && getenv("CI") != NULL)
		fail_msg("there is no PostgreSQL server to start");
	if (cluster == NULL)
		skip();
	srand(20261120);
	whole_s = measure(cluster, &set.set);
	print_message("%d migrations in %.2f s; server stopped after", MIGRATION_COUNT, whole_s);
	for (int i = 0; i < ROUND_COUNT; i++) {
		double part = (i + (double)rand() / RAND_MAX) / ROUND_COUNT;
		int count = crash_after(cluster, &set.set, whole_s * part);

		middle_count += count > 0 && count < MIGRATION_COUNT;
		print_message(" %d", count);
	}
	print_message("; %d times in the middle\n", middle_count);
	set_destroy(&set);
	cluster_destroy(cluster);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(server_stops_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
