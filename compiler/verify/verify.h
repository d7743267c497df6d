/*
 * verify.h - a live database against its set: history, leftovers, schema; and the set's own
 * scripts, up, down and up again.  Nothing is written to the database.
 */
#ifndef INLAY_VERIFY_H
#define INLAY_VERIFY_H

#include "diagnostics.h"
#include "live/live.h"
#include "live/live_set.h"

/* A table of another tool's in the database. */
struct verify_foreign {
	const char *tool;  /* "goose" */
	const char *table; /* "public.goose_db_version": as it is told. */
};

struct verification {
	struct live *live;
	const struct live_set *set;
	const struct options *options;
	const char *except;                   /* --except, and other tools' tables; or NULL. */
	const struct verify_foreign *foreign; /* May be NULL. */
	size_t foreign_count;
	struct diagnostics problems; /* Begin with { .arena = ..., .strict = ... }. */
	size_t migration_count;      /* Of the set. */
	size_t repeatable_count;
	/* What was looked at. */
	bool saw_history;
	bool saw_leftovers;
	bool saw_schema;
	bool saw_scripts;
};

/* Looks.  EXIT_DONE whatever it finds: that is in problems.  EXIT_FAILED, after a message, when the
 * database can not be asked. */
enum exit_code verify_run(struct verification *verification);

#endif
