/* ensure_bench.c - what ensure_migrated() costs on SQLite when nothing is pending, cold and
 * warm. */
#include "../generated/app_migrations.h"
#include "support/measure.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

static void ensure(sqlite3 *database)
{
	struct inlay_error error = inlay_error_init();

	if (ensure_migrated(database, &app_migrations, NULL, &error) != INLAY_OK) {
		fprintf(stderr, "%s\n", error.message);
		exit(2);
	}
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
	if (sqlite3_exec(database, "PRAGMA user_version", NULL, NULL, NULL) != SQLITE_OK)
		exit(2);
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

/* The difference of two runs: start-up costs are in both. */
static double count_once(char *self, size_t index, char *path)
{
	char number[16];
	char *few[] = { self, number, "20", path, NULL };
	char *many[] = { self, number, "220", path, NULL };
	int64_t few_count, many_count;

	snprintf(number, sizeof(number), "%zu", index);
	few_count = measure_instructions(few);
	many_count = measure_instructions(many);
	return few_count < 0 || many_count < 0 ? -1 : (double)(many_count - few_count) / 200;
}

int main(int argc, char **argv)
{
	char directory[256], path[300];
	sqlite3 *database;
	size_t i;

	if (argc == 4) { /* Under callgrind: one kind of work, so many times. */
		repeat(&works[strtoul(argv[1], NULL, 10) % WORK_COUNT], argv[3],
		       (int)strtol(argv[2], NULL, 10));
		return 0;
	}
	measure_directory(directory, sizeof(directory));
	snprintf(path, sizeof(path), "%s/bench.db", directory);
	database = open_database(path);
	ensure(database);
	sqlite3_close(database);
	printf("\nSQLite %s, the 12 migrations of migrations/ applied:\n", sqlite3_libversion());
	for (i = 0; i < WORK_COUNT; i++) {
		double instructions = count_once(argv[0], i, path);

		printf("  %-44s %8.2f us", works[i].name, time_once_us(&works[i], path));
		if (instructions >= 0)
			printf(" %11.0f instructions", instructions);
		printf("\n");
	}
	measure_remove(directory);
	return 0;
}
