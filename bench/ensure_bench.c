/* ensure_bench.c - what ensure_migrated() costs on SQLite: nothing pending, cold and warm, and
 * many migrations. */
#include "../generated/app_migrations.h"
#include "support/history.h"
#include "support/measure.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#define APPLY_COUNT 1000
#define ROUNDS      3

static void ensure_set(sqlite3 *database, const struct inlay_set *set, uint32_t separate_commits)
{
	struct inlay_options options = inlay_options_init();
	struct inlay_error error = inlay_error_init();

	options.separate_commits = separate_commits;
	if (ensure_migrated(database, set, &options, &error) != INLAY_OK) {
		fprintf(stderr, "%s\n", error.message);
		exit(2);
	}
}

static void run(sqlite3 *database, const char *sql)
{
	if (sqlite3_exec(database, sql, NULL, NULL, NULL) != SQLITE_OK) {
		fprintf(stderr, "%s\n", sqlite3_errmsg(database));
		exit(2);
	}
}

/* --- Nothing pending --- */

static void ensure(sqlite3 *database)
{
	ensure_set(database, &app_migrations, 0);
}

static sqlite3 *open_database(const char *path)
{
	sqlite3 *database;

	if (sqlite3_open(path, &database) != SQLITE_OK)
		exit(2);
	return database;
}

/* The floor: the smallest question SQLite answers from the file. */
static void ask_user_version(sqlite3 *database)
{
	run(database, "PRAGMA user_version");
}

/* What any tool asks that has a table of versions. */
static void ask_table(sqlite3 *database)
{
	run(database, "SELECT version FROM schema_migrations ORDER BY version DESC LIMIT 1");
}

static void nothing(sqlite3 *database)
{
	(void)database;
}

static const struct work {
	const char *name;
	int reopen; /* Cold: a fresh handle each time. */
	void (*run)(sqlite3 *);
} works[] = {
	{ "open and close the file", 1, nothing },
	{ "  and PRAGMA user_version", 1, ask_user_version },
	{ "  and a SELECT from schema_migrations", 1, ask_table },
	{ "  and ensure_migrated(), nothing pending", 1, ensure },
	{ "PRAGMA user_version on an open handle", 0, ask_user_version },
	{ "ensure_migrated() on an open handle", 0, ensure },
};
#define WORK_COUNT (sizeof(works) / sizeof(works[0]))

static void repeat(const struct work *work, const char *path, int count)
{
	sqlite3 *database = open_database(path);
	int i;

	if (!work->reopen)
		work->run(database); /* Warm. */
	for (i = 0; i < count; i++) {
		if (work->reopen) {
			sqlite3_close(database);
			database = open_database(path);
		}
		work->run(database);
	}
	sqlite3_close(database);
}

static double time_once_us(const struct work *work, const char *path)
{
	const int count = 2000;
	double best = 1e9;
	int round;

	for (round = 0; round < 5; round++) {
		double start = measure_now();
		double microseconds;

		repeat(work, path, count);
		microseconds = (measure_now() - start) * 1e6 / count;
		best = microseconds < best ? microseconds : best;
	}
	return best;
}

/* The difference of two runs: start-up costs are in both.  -1 when they can not be counted. */
static double count_once(char *self, size_t index, char *path, int64_t (*count)(char *const *))
{
	char number[16];
	char *few[] = { self, "check", number, "20", path, NULL };
	char *many[] = { self, "check", number, "220", path, NULL };
	int64_t few_count, many_count;

	snprintf(number, sizeof(number), "%zu", index);
	few_count = count(few);
	many_count = count(many);
	return few_count < 0 || many_count < 0 ? -1 : (double)(many_count - few_count) / 200;
}

static int64_t count_system_calls(char *const *argv)
{
	return measure_system_calls(argv, "all");
}

static void compare_checks(char *self, char *path)
{
	sqlite3 *database = open_database(path);
	size_t i;

	ensure(database);
	sqlite3_close(database);
	printf("\nSQLite %s, the 12 migrations of migrations/ applied:\n", sqlite3_libversion());
	for (i = 0; i < WORK_COUNT; i++) {
		double instructions = count_once(self, i, path, measure_instructions);
		double calls = count_once(self, i, path, count_system_calls);

		printf("  %-44s %8.2f us", works[i].name, time_once_us(&works[i], path));
		if (instructions >= 0)
			printf(" %9.0f instructions", instructions);
		if (calls >= 0)
			printf(" %5.1f system calls", calls);
		printf("\n");
		fflush(stdout);
	}
}

/* --- Many pending --- */

static void apply(sqlite3 *database, const struct inlay_set *set)
{
	ensure_set(database, set, 0);
}

static void apply_separately(sqlite3 *database, const struct inlay_set *set)
{
	ensure_set(database, set, 1);
}

/* `begin` and `end` are around each migration. */
static void run_scripts(sqlite3 *database, const char *begin, const char *end)
{
	int i;

	for (i = 1; i <= APPLY_COUNT; i++) {
		char script[HISTORY_SQL_SIZE], sql[HISTORY_SQL_SIZE + 100];

		history_script(script, i);
		snprintf(sql, sizeof(sql), "%s%sINSERT INTO versions (version) VALUES (%d);%s",
		         begin, script, i, end);
		run(database, sql);
	}
}

static const char versions_sql[] = "CREATE TABLE versions (version INTEGER PRIMARY KEY,"
                                   " applied_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP)";

static void apply_each(sqlite3 *database, const struct inlay_set *set)
{
	(void)set;
	run(database, versions_sql);
	run_scripts(database, "BEGIN;", "COMMIT;");
}

static void apply_together(sqlite3 *database, const struct inlay_set *set)
{
	(void)set;
	run(database, "BEGIN");
	run(database, versions_sql);
	run_scripts(database, "", "");
	run(database, "COMMIT");
}

static const struct way {
	const char *name;
	void (*apply)(sqlite3 *, const struct inlay_set *);
} ways[] = {
	{ "ensure_migrated()", apply },
	{ "ensure_migrated(), separate_commits", apply_separately },
	{ "sqlite3_exec(), all in one transaction", apply_together },
	{ "sqlite3_exec(), a transaction a migration", apply_each },
};
#define WAY_COUNT (sizeof(ways) / sizeof(ways[0]))

/* On a fresh file, with SQLite's own settings: a rollback journal, synchronous=FULL. */
static double apply_once_s(const struct way *way, const char *path, const struct inlay_set *set)
{
	sqlite3 *database;
	double start;

	remove(path);
	database = open_database(path);
	start = measure_now();
	way->apply(database, set);
	sqlite3_close(database);
	return measure_now() - start;
}

static void compare_ways(char *self, char *path, const struct inlay_set *set)
{
	double first = 0;
	size_t i;

	printf("\nSQLite %s, %d migrations of %d statements applied (best of %d):\n",
	       sqlite3_libversion(), APPLY_COUNT, HISTORY_STATEMENT_COUNT, ROUNDS);
	for (i = 0; i < WAY_COUNT; i++) {
		char number[16];
		char *again[] = { self, "apply", number, path, NULL };
		double best = 1e9;
		int64_t syncs;
		int round;

		for (round = 0; round < ROUNDS; round++) {
			double seconds = apply_once_s(&ways[i], path, set);

			best = seconds < best ? seconds : best;
		}
		first = i == 0 ? best : first;
		snprintf(number, sizeof(number), "%zu", i);
		syncs = measure_system_calls(again, "fsync,fdatasync");
		printf("  %-44s %8.2f s %7.2f x", ways[i].name, best, best / first);
		if (syncs >= 0)
			printf(" %6d fsyncs", (int)syncs);
		printf("\n");
		fflush(stdout);
	}
}

int main(int argc, char **argv)
{
	struct compiled_set set;
	char directory[256], path[300];

	if (argc == 5) { /* Under callgrind or strace: one kind of check, so many times. */
		repeat(&works[strtoul(argv[2], NULL, 10) % WORK_COUNT], argv[4],
		       (int)strtol(argv[3], NULL, 10));
		return 0;
	}
	set = history_compile(APPLY_COUNT, INLAY_DIALECT_SQLITE);
	if (argc == 4) { /* Under strace: one way to apply. */
		apply_once_s(&ways[strtoul(argv[2], NULL, 10) % WAY_COUNT], argv[3], &set.set);
		return 0;
	}
	measure_directory(directory, sizeof(directory));
	snprintf(path, sizeof(path), "%s/bench.db", directory);
	compare_checks(argv[0], path);
	compare_ways(argv[0], path, &set.set);
	set_destroy(&set);
	measure_remove(directory);
	return 0;
}
