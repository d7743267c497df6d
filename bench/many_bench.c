/* many_bench.c - ensure_migrated_all_sqlite() over many files, beside a loop that only opens, asks
 * and closes. */
#include "../generated/app_migrations.h"
#include "../runtime/inlay_image.h"
#include "../runtime/inlay_many.h"
#include "support/measure.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#define FILE_COUNT  1000
#define ROUND_COUNT 3
#define PATH_SIZE   300

static char paths[FILE_COUNT][PATH_SIZE];
static struct inlay_target targets[FILE_COUNT];
static char ledger_path[PATH_SIZE];

static void die(const char *what)
{
	fprintf(stderr, "%s\n", what);
	exit(2);
}

static sqlite3 *open_database(const char *path, int flags)
{
	sqlite3 *database;

	if (sqlite3_open_v2(path, &database, flags, NULL) != SQLITE_OK)
		die(sqlite3_errmsg(database));
	return database;
}

static void run(sqlite3 *database, const char *sql)
{
	if (sqlite3_exec(database, sql, NULL, NULL, NULL) != SQLITE_OK)
		die(sqlite3_errmsg(database));
}

/* Empty files, as they are before anybody is a tenant of theirs. */
static void make_files(void)
{
	for (int i = 0; i < FILE_COUNT; i++) {
		FILE *file;

		(void)remove(paths[i]);
		file = fopen(paths[i], "w");
		if (file == NULL || fclose(file) != 0)
			die("a file can not be made");
	}
}

/* --- What is compared --- */

static void ensure_all(int thread_count, const char *ledger)
{
	struct inlay_many many = inlay_many_init(targets, FILE_COUNT);
	struct inlay_error error = inlay_error_init();

	for (int i = 0; i < FILE_COUNT; i++)
		targets[i] = inlay_target_init(paths[i]);
	many.thread_count = (uint32_t)thread_count;
	many.ledger = ledger;
	if (ensure_migrated_all_sqlite(&many, &app_migrations, NULL, &error) != INLAY_OK)
		die(error.message);
}

static void by_inlay(int thread_count)
{
	ensure_all(thread_count, NULL);
}

static void by_ledger(int thread_count)
{
	ensure_all(thread_count, ledger_path);
}

/* The least there is to ask a file. */
static void by_loop(int thread_count)
{
	(void)thread_count;
	for (int i = 0; i < FILE_COUNT; i++) {
		sqlite3 *database = open_database(paths[i], SQLITE_OPEN_READWRITE);

		run(database, "PRAGMA user_version");
		sqlite3_close(database);
	}
}

/* The same statements, as any tool would run them: a transaction and a row for each migration. */
static void apply(sqlite3 *database, const struct inlay_image_migration *migration)
{
	const char *start = (const char *)app_migrations.image;
	const struct inlay_image_dialect *dialect =
	        &app_migrations.image->dialects[INLAY_DIALECT_SQLITE];
	const struct inlay_image_statement *statements =
	        (const void *)(start + dialect->statements);
	int keys_off = (migration->flags & INLAY_MIGRATION_FOREIGN_KEYS_OFF) != 0;
	int transactional = (migration->flags & INLAY_MIGRATION_NO_TRANSACTION) == 0;
	char sql[100];

	if (keys_off)
		run(database, "PRAGMA foreign_keys = OFF");
	if (transactional)
		run(database, "BEGIN");
	for (uint32_t i = 0; i < migration->up_count; i++)
		run(database, start + statements[migration->up + i].text);
	snprintf(sql, sizeof(sql), "INSERT INTO versions VALUES (%d)%s", (int)migration->version,
	         transactional ? "; COMMIT" : "");
	run(database, sql);
	if (keys_off)
		run(database, "PRAGMA foreign_keys = ON");
}

static void upgrade_by_loop(int thread_count)
{
	const char *start = (const char *)app_migrations.image;
	const struct inlay_image_dialect *dialect =
	        &app_migrations.image->dialects[INLAY_DIALECT_SQLITE];
	const struct inlay_image_migration *migrations =
	        (const void *)(start + dialect->migrations);

	(void)thread_count;
	for (int i = 0; i < FILE_COUNT; i++) {
		sqlite3 *database = open_database(paths[i], SQLITE_OPEN_READWRITE);

		run(database, "CREATE TABLE versions (version INTEGER PRIMARY KEY)");
		for (uint32_t k = 0; k < dialect->migration_count; k++)
			apply(database, &migrations[k]);
		sqlite3_close(database);
	}
}

static const struct way {
	const char *name;
	int thread_count;
	int is_upgrade;
	void (*run)(int thread_count);
} ways[] = {
	{ "a loop: open, PRAGMA user_version, close", 1, 0, by_loop },
	{ "ensure_migrated_all, 1 thread", 1, 0, by_inlay },
	{ "ensure_migrated_all, 2 threads", 2, 0, by_inlay },
	{ "ensure_migrated_all, 4 threads", 4, 0, by_inlay },
	{ "ensure_migrated_all, all in the ledger", 1, 0, by_ledger },
	{ "a loop: a transaction a migration", 1, 1, upgrade_by_loop },
	{ "ensure_migrated_all, 1 thread", 1, 1, by_inlay },
	{ "ensure_migrated_all, 2 threads", 2, 1, by_inlay },
	{ "ensure_migrated_all, 4 threads", 4, 1, by_inlay },
};
#define WAY_COUNT (sizeof(ways) / sizeof(ways[0]))

static double time_s(const struct way *way)
{
	double start;

	if (way->is_upgrade)
		make_files();
	start = measure_now();
	way->run(way->thread_count);
	return measure_now() - start;
}

/* In turns, so that what else the machine does hits all of them. */
static void compare(int is_upgrade, const char *unit)
{
	double samples[WAY_COUNT][ROUND_COUNT];
	double first = 0;

	for (int round = 0; round < ROUND_COUNT; round++)
		for (size_t i = 0; i < WAY_COUNT; i++)
			if (ways[i].is_upgrade == is_upgrade)
				samples[i][round] = time_s(&ways[i]);
	for (size_t i = 0; i < WAY_COUNT; i++) {
		double median;

		if (ways[i].is_upgrade != is_upgrade)
			continue;
		median = measure_median(samples[i], ROUND_COUNT);
		first = first == 0 ? median : first;
		printf("  %-48s %9.0f %s %7.2f x\n", ways[i].name, FILE_COUNT / median, unit,
		       first / median);
		fflush(stdout);
	}
}

int main(void)
{
	char directory[256];

	measure_directory(directory, sizeof(directory));
	for (int i = 0; i < FILE_COUNT; i++)
		snprintf(paths[i], PATH_SIZE, "%s/%04d.db", directory, i);
	snprintf(ledger_path, PATH_SIZE, "%s/ledger", directory);
	make_files();
	by_ledger(4);
	printf("\nSQLite %s, %d files with the 12 migrations of migrations/, nothing pending:\n",
	       sqlite3_libversion(), FILE_COUNT);
	compare(0, "files/s");
	printf("\nSQLite %s, %d empty files, 12 migrations pending in each:\n",
	       sqlite3_libversion(), FILE_COUNT);
	compare(1, "files/s");
	measure_remove(directory);
	return 0;
}
