/*
 * scratch.h - an empty database for the set, as like the live one as can be had: SQLite's in
 * memory, PostgreSQL's on a server that --rehearse names or that is started for it.
 *
 * Never on the live server unless --rehearse says so.
 */
#ifndef INLAY_SCRATCH_DATABASE_H
#define INLAY_SCRATCH_DATABASE_H

#include "catalog/catalog.h"
#include "live/live.h"
#include "rehearse/server.h"

struct scratch {
	struct live live; /* Its own connection and settings. */
	struct server server;
	bool is_ours;     /* The server was started here: its roles are ours to make. */
	const char *name; /* PostgreSQL's database; NULL while there is none. */
};

/* Opens one for what `model`, an open database, has: its kind, schema and search path.  `rehearse`
 * is --rehearse, NULL for "auto".  NULL, or why there is none.  scratch_close() in any case. */
const char *scratch_open(struct scratch *scratch, struct live *model, const char *rehearse);
void scratch_close(struct scratch *scratch);

/* Applies the set up to that version (-1: all of it).  What an application brings and a scratch
 * database lacks (SQLite's functions and collations; roles, on a server of our own) is stood in
 * for.  NULL, or what went wrong. */
const char *scratch_migrate(struct scratch *scratch, const struct inlay_set *set,
                            int64_t to_version);

/* The schema of either kind of database; NULL when it does not answer: live->words. */
const struct catalog *scratch_look(struct live *live);

#endif
