/* recorded.h - the rows of the tracking tables, for what is to be known beyond where each migration
 * stands; read in the transaction in which the rest of the database is looked at. */
#ifndef INLAY_RECORDED_H
#define INLAY_RECORDED_H

#include "live/standing.h"

#define RECORDED_FORMAT 1 /* Of the tracking tables, as the runtime makes them. */

/* One row of schema_migrations. */
struct recorded_row {
	int64_t version;
	const char *filename;
	const char *checksum;
	const char *chain;
	const char *previous;
};

struct recorded {
	struct arena *arena;
	struct recorded_row *rows; /* By version. */
	size_t row_count, row_capacity;
	int64_t format;          /* -1: not known. */
	const char *fingerprint; /* Of the repeatable migrations; "". */
};

/* Reads where each migration stands, and the rows, of one moment; and leaves the transaction open
 * in which it did: PostgreSQL's reads only, and is repeatable.  EXIT_FAILED after a message. */
enum exit_code recorded_read(struct recorded *recorded, struct standing *standing,
                             struct live *live, const struct inlay_set *set);

/* Begins and ends that transaction.  false: live->words. */
bool recorded_begin(struct live *live);
void recorded_end(struct live *live);

#endif
