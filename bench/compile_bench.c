/* compile_bench.c - how fast 10,000 migrations of 10 MB become C, and C becomes an object file. */
#include "../compiler/lexer.h"
#include "../compiler/source.h"
#include "../compiler/split.h"
#include "support/measure.h"

#include <stdlib.h>
#include <string.h>

#define MIGRATION_COUNT 10000
#define ROUNDS          5

/* Five statements of the usual kind: words, a string, numbers, a comment, an index. */
static void write_migration(FILE *file, int number)
{
	int i;

	for (i = 0; i < 5; i++)
		fprintf(file,
		        "-- table %d of migration %d\n"
		        "CREATE TABLE t_%d_%d (\n"
		        "    id         BIGINT PRIMARY KEY,\n"
		        "    name       TEXT NOT NULL DEFAULT 'it''s',\n"
		        "    amount     NUMERIC(10, 2) CHECK (amount >= 0),\n"
		        "    created_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP\n"
		        ");\n",
		        i, number, number, i);
}

static void write_set(const char *directory)
{
	char path[512];
	int i;

	for (i = 1; i <= MIGRATION_COUNT; i++) {
		FILE *file;

		snprintf(path, sizeof(path), "%s/%05d_step.sql", directory, i);
		file = fopen(path, "w");
		if (file == NULL) {
			perror(path);
			exit(2);
		}
		write_migration(file, i);
		fclose(file);
	}
}

static size_t lex_all(const struct source_list *sources, enum dialect dialect)
{
	size_t tokens = 0;
	size_t i;

	for (i = 0; i < sources->count; i++) {
		struct lexer lexer;

		lexer_init(&lexer, dialect, sources->items[i].text);
		while (lexer_next(&lexer).kind != TOKEN_END)
			tokens++;
	}
	return tokens;
}

static size_t split_all(const struct source_list *sources, enum dialect dialect)
{
	size_t statements = 0;
	size_t i;

	for (i = 0; i < sources->count; i++) {
		struct splitter splitter;

		split_init(&splitter, dialect, sources->items[i].text, NULL);
		while (split_next(&splitter).kind != SPLIT_END)
			statements++;
	}
	return statements;
}

/* The best of a few rounds: what the code can do when nothing else runs. */
static void time_scan(const char *name, const struct source_list *sources, enum dialect dialect,
                      size_t (*scan)(const struct source_list *, enum dialect))
{
	double best = 1e9;
	size_t bytes = 0;
	size_t i;

	for (i = 0; i < sources->count; i++)
		bytes += sources->items[i].text.size;
	for (i = 0; i < ROUNDS; i++) {
		double start = measure_now();
		double seconds;

		if (scan(sources, dialect) == 0)
			exit(2);
		seconds = measure_now() - start;
		best = seconds < best ? seconds : best;
	}
	printf("  %-44s %8.0f MB/s\n", name, (double)bytes / 1e6 / best);
}

static void time_phases(const char *directory)
{
	struct arena arena = { 0 };
	struct diagnostics problems = { .arena = &arena };
	double start = measure_now();
	struct source_list sources = source_list_directory(&arena, directory, &problems);
	size_t i;

	for (i = 0; i < sources.count; i++)
		if (!source_read(&arena, &sources.items[i], &problems))
			exit(2);
	printf("  %-44s %8.3f s\n", "reading the files", measure_now() - start);
	time_scan("lexing, PostgreSQL", &sources, DIALECT_POSTGRES, lex_all);
	time_scan("lexing, SQLite", &sources, DIALECT_SQLITE, lex_all);
	time_scan("lexing and splitting, PostgreSQL", &sources, DIALECT_POSTGRES, split_all);
	time_scan("lexing and splitting, SQLite", &sources, DIALECT_SQLITE, split_all);
	arena_clear(&arena);
}

static void time_command(const char *name, char *const *argv)
{
	struct child_cost best = { .status = -1 };
	int i;

	for (i = 0; i < 3; i++) {
		struct child_cost cost = measure_run(argv, NULL);

		if (best.status != 0 || cost.seconds < best.seconds)
			best = cost;
	}
	if (best.status != 0)
		printf("  %-44s (not there, or it failed)\n", name);
	else
		printf("  %-44s %8.3f s %8.1f MiB\n", name, best.seconds,
		       (double)best.memory_kib / 1024);
}

int main(void)
{
	char directory[256], migrations[300], output[300], object[300];
	char *inlay = getenv("INLAY");

	measure_directory(directory, sizeof(directory));
	snprintf(migrations, sizeof(migrations), "%s/migrations", directory);
	snprintf(output, sizeof(output), "%s/big_migrations.c", directory);
	snprintf(object, sizeof(object), "%s/big_migrations.o", directory);
	{
		char *make[] = { "mkdir", migrations, NULL };
		char *compile[] = { inlay,      "compile", "--quiet", "--dialect", "postgres",
			            migrations, "-o",      output,    NULL };
		char *gcc[] = { "gcc", "-O2", "-I", "runtime", "-c", output, "-o", object, NULL };
		char *clang[] = {
			"clang", "-O2", "-I", "runtime", "-c", output, "-o", object, NULL
		};

		measure_run(make, NULL);
		write_set(migrations);
		printf("%d migrations, %d statements, 10 MB of SQL (best of %d):\n",
		       MIGRATION_COUNT, MIGRATION_COUNT * 5, ROUNDS);
		time_phases(migrations);
		if (inlay != NULL)
			time_command("inlay compile, everything", compile);
		time_command("gcc -O2 -c of the result", gcc);
		time_command("clang -O2 -c of the result", clang);
	}
	measure_remove(directory);
	return 0;
}
