/*
 * drift.h - the schema of a live database against the one that its migrations make.
 *
 * The set is applied to a scratch database by the runtime, and the two catalogs are compared.  What
 * is not the set's to make does not count: extensions that somebody added, schemas in which the set
 * makes nothing, partitions, tracking tables, and what --except names.
 */
#ifndef INLAY_DRIFT_H
#define INLAY_DRIFT_H

#include "catalog/catalog.h"
#include "live/live.h"
#include "live/live_set.h"

#define DRIFT_ALL     (-1) /* All of the set, its repeatable migrations as they are. */
#define DRIFT_NOTHING (-2)

struct scratch;

enum drift_result {
	DRIFT_NONE,
	DRIFT_FOUND,
	DRIFT_UNKNOWN /* Not compared. */
};

struct drift {
	/* From what the set makes to what the database has: "- index a" is not in the database,
	 * "+ index b" only there, "~ table c: ..." otherwise. */
	struct catalog_diff diff;
	const char *why_not; /* DRIFT_UNKNOWN: one line, without the remedy; ... */
	const char *help;    /* ... which is this, or NULL. */
	/* What else there is to say of the comparison, a note each: other versions of PostgreSQL,
	 * schemas that were left out. */
	struct catalog_lines remarks;
	const struct catalog *made; /* What the set makes, or NULL. */
};

/* What is compared. */
struct drift_scope {
	/* The database has the set's migrations up to this one, or one of the words above; but with
	 * DRIFT_ALL what repeatable migrations make does not count. */
	int64_t to_version;
	const char *rehearse; /* --rehearse */
	const char *except;   /* --except */
	/* The live schema, where it was read before; or NULL. */
	const struct catalog *found;
};

/* Compares.  The live database is only read, in the transaction that is open, if one is; a
 * savepoint of PostgreSQL's comes and goes.  `scratch` becomes the scratch database, for who goes
 * on with it; scratch_close() in any case. */
enum drift_result drift_compare_on(struct scratch *scratch, struct live *live,
                                   const struct live_set *set, const struct drift_scope *scope,
                                   struct drift *drift);

/* Once more on that scratch database, unless that came out as DRIFT_UNKNOWN: with a scope that
 * reaches further. */
enum drift_result drift_compare_again(struct scratch *scratch, struct live *live,
                                      const struct live_set *set, const struct drift_scope *scope,
                                      struct drift *drift);

#endif
