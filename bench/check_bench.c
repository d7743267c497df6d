/* check_bench.c - how long it takes to judge 10,000 migrations of 10 MB, beside squawk and sqlfluff
 * on the same files.  Those two are fetched from PyPI into .tools/, or else left out. */
#include "support/measure.h"

#include <stdlib.h>
#include <string.h>

#define MIGRATION_COUNT 10000
#define SAMPLE_COUNT    100 /* Files for sqlfluff, which would take hours over all of them. */
#define TABLE_COUNT     500
#define STEP_COUNT      3 /* Of a later migration, two statements each. */
#define ROUNDS          3

#define SQUAWK   "2.70.0"
#define SQLFLUFF "4.5.0"
#define TOOLS    ".tools/linters-" SQUAWK "-" SQLFLUFF

/* What a growing schema looks like: each of the first makes a table, the others change one. */
static void write_table(FILE *file, int number)
{
	fprintf(file,
	        "-- what customer %d ordered\n"
	        "CREATE TABLE orders_%d (\n"
	        "    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,\n"
	        "    parent_id  bigint REFERENCES orders_%d (id) ON DELETE SET NULL,\n"
	        "    name       text NOT NULL DEFAULT 'it''s',\n"
	        "    amount     numeric(10, 2) CHECK (amount >= 0),\n"
	        "    state      text NOT NULL DEFAULT 'new',\n"
	        "    created_at timestamptz NOT NULL DEFAULT now()\n"
	        ");\n"
	        "CREATE INDEX orders_%d_parent_id_idx ON orders_%d (parent_id);\n"
	        "COMMENT ON TABLE orders_%d IS 'One row for each order, whoever gave it.';\n",
	        number, number, number > 1 ? number - 1 : number, number, number, number);
}

static void write_change(FILE *file, int number, int step)
{
	int table = 1 + number % TABLE_COUNT;

	fprintf(file,
	        "-- Step %d on the way from one column to several: both may be null for a while.\n"
	        "ALTER TABLE orders_%d ADD COLUMN note_%d_%d text,\n"
	        "    ADD COLUMN changed_%d_%d timestamptz;\n"
	        "UPDATE orders_%d SET note_%d_%d = coalesce(name, '') || ' (' || state || ')'\n"
	        "WHERE created_at > timestamptz '2026-01-01' AND amount BETWEEN 10 AND 20;\n",
	        step, table, number, step, number, step, table, number, step);
}

static void write_migration(FILE *file, int number)
{
	int i;

	if (number <= TABLE_COUNT)
		write_table(file, number);
	else
		for (i = 0; i < STEP_COUNT; i++)
			write_change(file, number, i);
}

/* Each `stride`-th of them. */
static long write_set(const char *directory, int stride)
{
	char path[512];
	long size = 0;
	int i;

	for (i = 1; i <= MIGRATION_COUNT; i += stride) {
		FILE *file;

		snprintf(path, sizeof(path), "%s/%05d_step.sql", directory, i);
		file = fopen(path, "w");
		if (file == NULL) {
			perror(path);
			exit(2);
		}
		write_migration(file, i);
		size += ftell(file);
		fclose(file);
	}
	return size;
}

/* One line; `size` is what was read.  Linters end in 1 when they find something. */
static double time_tool(const char *name, char *const *argv, long size, int rounds)
{
	struct child_cost best = { .status = -1 };
	double megabytes = (double)size / 1e6;
	int i;

	for (i = 0; i < rounds; i++) {
		struct child_cost cost = measure_run(argv, NULL);

		if (best.status < 0 || cost.seconds < best.seconds)
			best = cost;
	}
	if (best.status != 0 && best.status != 1) {
		printf("  %-44s (not there, or it failed)\n", name);
		return 0;
	}
	printf("  %-44s %8.3f s %8.3f s of CPU %9.1f MiB %10.4f s/MB", name, best.seconds,
	       best.user_seconds, (double)best.memory_kib / 1024, best.seconds / megabytes);
	return best.seconds / megabytes;
}

static void tell_ratio(double per_megabyte, double ours)
{
	if (per_megabyte > 0 && ours > 0)
		printf(" %8.1f x", per_megabyte / ours);
	if (per_megabyte > 0)
		printf("\n");
	fflush(stdout);
}

/* false after a word. */
static int fetch_tools(void)
{
	char *make[] = { "python3", "-m", "venv", TOOLS, NULL };
	char *install[] = { TOOLS "/bin/pip",      "install", "--quiet", "squawk-cli==" SQUAWK,
		            "sqlfluff==" SQLFLUFF, NULL };
	char *ask[] = { TOOLS "/bin/squawk", "--version", NULL };

	if (measure_run(ask, NULL).status == 0)
		return 1;
	if (measure_run(make, NULL).status == 0 && measure_run(install, NULL).status == 0 &&
	    measure_run(ask, NULL).status == 0)
		return 1;
	printf("  (squawk and sqlfluff can not be fetched from PyPI: they are left out)\n");
	return 0;
}

static void time_ours(const char *directory, long size, double *ours)
{
	char *inlay = getenv("INLAY");
	char migrations[300];
	char *all[] = { inlay,     "check", "--quiet",  "--dialect",      "postgres",
		        "--since", "5000",  migrations, "--no-rehearsal", NULL };
	char *no_lint[] = { inlay,       "check",    "--quiet",        "--dialect", "postgres",
		            "--no-lint", migrations, "--no-rehearsal", NULL };
	char *neither[] = { inlay,         "check",     "--quiet",  "--dialect",      "postgres",
		            "--no-syntax", "--no-lint", migrations, "--no-rehearsal", NULL };

	if (inlay == NULL)
		return;
	snprintf(migrations, sizeof(migrations), "%s/migrations", directory);
	*ours = time_tool("inlay check --no-rehearsal, half released", all, size, ROUNDS);
	tell_ratio(*ours, *ours);
	tell_ratio(time_tool("  the same without lint", no_lint, size, ROUNDS), *ours);
	tell_ratio(time_tool("  and without PostgreSQL's grammar", neither, size, ROUNDS), *ours);
}

static void time_others(const char *directory, long size, long sample_size, double ours)
{
	char squawk[700], sqlfluff[700];
	char *run_squawk[] = { "sh", "-c", squawk, NULL };
	char *run_sqlfluff[] = { "sh", "-c", sqlfluff, NULL };

	snprintf(squawk, sizeof(squawk), "exec %s/bin/squawk '%s'/migrations/*.sql", TOOLS,
	         directory);
	snprintf(sqlfluff, sizeof(sqlfluff),
	         "exec %s/bin/sqlfluff lint --dialect postgres --processes 1 '%s'/sample", TOOLS,
	         directory);
	tell_ratio(time_tool("squawk " SQUAWK, run_squawk, size, ROUNDS), ours);
	tell_ratio(
	        time_tool("sqlfluff " SQLFLUFF ", 100 of the files", run_sqlfluff, sample_size, 1),
	        ours);
}

int main(void)
{
	char directory[256], migrations[300], sample[300];
	char *make[] = { "mkdir", migrations, sample, NULL };
	long size, sample_size;
	double ours = 0;

	measure_directory(directory, sizeof(directory));
	snprintf(migrations, sizeof(migrations), "%s/migrations", directory);
	snprintf(sample, sizeof(sample), "%s/sample", directory);
	measure_run(make, NULL);
	size = write_set(migrations, 1);
	sample_size = write_set(sample, MIGRATION_COUNT / SAMPLE_COUNT);
	printf("%d migrations, %.1f MB of PostgreSQL (best of %d):\n", MIGRATION_COUNT,
	       (double)size / 1e6, ROUNDS);
	time_ours(directory, size, &ours);
	if (fetch_tools())
		time_others(directory, size, sample_size, ours);
	measure_remove(directory);
	return 0;
}
