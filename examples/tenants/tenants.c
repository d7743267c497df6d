/*
 * tenants.c - brings every tenant's database to this release's schema, several at a time.
 *
 *     tenants [--jobs N] [--ledger FILE] [--retry N] [--dry-run] DIRECTORY
 *     tenants [...] --schemas PATTERN postgres://...
 *
 * Exit status: 0 all are up to date, 1 not all are, 64 wrong usage; ended by Ctrl-C: 130.
 */
#define _POSIX_C_SOURCE 200809L

#include "app_migrations.h"
#include "list.h"

#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	TOLD_EVERY = 100,
	STATUS_USAGE = 64
};

struct run {
	struct list list;
	const char *ledger;
	const char *schemas; /* A pattern; NULL: SQLite files. */
	long job_count;
	long retry_count;
	int is_dry;
	/* Of one pass: */
	size_t told_count;
	size_t behind_count;  /* Of a dry run: these would be migrated. */
	size_t stopped_count; /* Begun, and rolled back because of Ctrl-C. */
	unsigned long applied_count;
	const struct inlay_target *slowest;
};

static volatile int stopped_by; /* The signal. */

static void stop(int number)
{
	stopped_by = number;
	signal(number, SIG_DFL); /* A second Ctrl-C ends it at once: nothing is lost by that. */
}

/* A connection string may have a password in it, a schema's name has none. */
static const char *name_of(const struct inlay_target *target)
{
	return target->schema != NULL ? target->schema : target->database;
}

/* One at a time, from several threads: no lock is needed. */
static void tell(void *context, const struct inlay_target *target, const struct inlay_error *error)
{
	struct run *run = context;

	run->told_count++;
	run->applied_count += error->applied_count;
	if (run->slowest == NULL || target->duration_ms > run->slowest->duration_ms)
		run->slowest = target;
	if (run->is_dry && error->result == INLAY_PENDING) {
		printf("%s: %u pending\n", name_of(target), (unsigned)error->pending_count);
		run->behind_count++;
	} else if (error->result == INLAY_CANCELLED) {
		run->stopped_count++;
	} else if (error->result != INLAY_OK) {
		fprintf(stderr, "%s: %s: %s\n", name_of(target), inlay_result_name(error->result),
		        error->message);
	}
	if (run->told_count % TOLD_EVERY == 0)
		printf("%zu of %zu\n", run->told_count, run->list.count);
	fflush(stdout);
}

static void summarize(const struct run *run, const struct inlay_many *many)
{
	printf("%zu tenants: %zu done (%zu of them before), %zu failed, %zu left", run->list.count,
	       many->done_count, many->skipped_count,
	       many->failed_count - run->behind_count - run->stopped_count,
	       many->left_count + run->stopped_count);
	if (run->is_dry)
		printf(", %zu behind", run->behind_count);
	printf("; %lu migrations applied\n", run->applied_count);
	if (run->slowest != NULL && run->slowest->duration_ms >= 0)
		printf("the slowest was %s: %lld ms\n", name_of(run->slowest),
		       (long long)run->slowest->duration_ms);
	if (many->unrecorded_count > 0)
		printf("%zu could not be written to the ledger: they will be asked again\n",
		       many->unrecorded_count);
}

/* The same array again: what is done is left alone. */
static enum inlay_result pass(struct run *run, const struct inlay_options *options)
{
	struct inlay_many many = inlay_many_init(run->list.targets, run->list.count);
	struct inlay_error error = inlay_error_init();
	enum inlay_result result;

	run->told_count = run->behind_count = run->stopped_count = 0;
	run->applied_count = 0;
	run->slowest = NULL;
	many.thread_count = (uint32_t)run->job_count;
	many.ledger = run->ledger;
	many.each = tell;
	many.context = run;
	if (run->schemas != NULL)
		result = ensure_migrated_all_postgres(&many, &app_migrations, options, &error);
	else
		result = ensure_migrated_all_sqlite(&many, &app_migrations, options, &error);
	if (result == INLAY_MISUSE && run->told_count == 0)
		fprintf(stderr, "tenants: %s\n", error.message); /* The ledger, mostly. */
	else
		summarize(run, &many);
	return result;
}

static int migrate(struct run *run)
{
	struct inlay_options options = inlay_options_init();
	struct sigaction action = { .sa_handler = stop };
	enum inlay_result result;

	/* Who runs this means it: APP_ENV=production, AUTO_MIGRATE and the like do not count. */
	options.auto_migrate = 1;
	options.rollout_percent = 100;
	options.dry_run = run->is_dry != 0;
	options.cancel = &stopped_by;
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	result = pass(run, &options);
	while (result != INLAY_OK && result != INLAY_MISUSE && !run->is_dry &&
	       run->retry_count-- > 0 && stopped_by == 0)
		result = pass(run, &options);
	if (stopped_by != 0 && result != INLAY_OK) {
		puts(run->ledger != NULL ? "stopped; the same command goes on from here"
		                         : "stopped; with --ledger it would go on from here");
		return 128 + stopped_by;
	}
	return result == INLAY_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int usage(void)
{
	fputs("usage: tenants [--jobs N] [--ledger FILE] [--retry N] [--dry-run] DIRECTORY\n"
	      "       tenants [...] --schemas PATTERN postgres://...\n",
	      stderr);
	return STATUS_USAGE;
}

/* A whole number of the range; -1 for anything else. */
static long number(const char *text, long least, long most)
{
	char *end;
	long value = strtol(text, &end, 10);

	return end != text && *end == '\0' && value >= least && value <= most ? value : -1;
}

int main(int argc, char **argv)
{
	static const struct option known[] = {
		{ "jobs", required_argument, NULL, 'j' },
		{ "ledger", required_argument, NULL, 'l' },
		{ "retry", required_argument, NULL, 'r' },
		{ "schemas", required_argument, NULL, 's' },
		{ "dry-run", no_argument, NULL, 'n' },
		{ NULL, 0, NULL, 0 },
	};
	struct run run = { .job_count = 4 };
	int letter, ok, status;

	while ((letter = getopt_long(argc, argv, "", known, NULL)) != -1)
		switch (letter) {
		case 'j': run.job_count = number(optarg, 1, 256); break;
		case 'l': run.ledger = optarg; break;
		case 'r': run.retry_count = number(optarg, 0, 100); break;
		case 's': run.schemas = optarg; break;
		case 'n': run.is_dry = 1; break;
		default: return usage();
		}
	if (run.job_count < 0 || run.retry_count < 0 || argc - optind != 1)
		return usage();
	ok = run.schemas != NULL ? list_schemas(&run.list, argv[optind], run.schemas)
	                         : list_files(&run.list, argv[optind]);
	status = ok ? migrate(&run) : EXIT_FAILURE;
	list_free(&run.list);
	return status;
}
