/* recorded.h - the tracking tables' rows, as the database has them, and what the runtime says of
 * each migration. */
#ifndef INLAY_RECORDED_H
#define INLAY_RECORDED_H

#include "live/live.h"

#define RECORDED_FORMAT 1 /* Of the tracking tables, as the runtime makes them. */

/* One row of schema_migrations. */
struct recorded_row {
	int64_t version;
	int64_t floor;
	const char *filename;
	const char *checksum;
	const char *source_checksum;
	const char *chain;
	const char *previous;
	const char *direction;
};

/* One migration of the set or the database, as inlay_status() tells it. */
struct recorded_state {
	int64_t version; /* -1: a repeatable one. */
	const char *filename;
	enum inlay_state state;
	const char *applied_at;
	const char *checksum;
};

struct recorded {
	struct arena *arena;
	struct recorded_row *rows; /* By version. */
	size_t row_count, row_capacity;
	struct recorded_state *states; /* By version, repeatable ones behind. */
	size_t state_count, state_capacity;
	int64_t format;          /* -1: not known. */
	const char *fingerprint; /* Of the repeatable ones; "". */
};

/* Reads both, of one moment, and leaves the transaction open in which it did: PostgreSQL's reads
 * only, and is repeatable.  error->result is INLAY_FOREIGN where the table is another tool's; the
 * transaction is open then, too.  EXIT_FAILED after a message. */
enum exit_code recorded_read(struct live *live, const struct inlay_set *set,
                             struct recorded *recorded, struct inlay_error *error);

/* Ends the transaction. */
void recorded_end(struct live *live);

/* The row of that version, or NULL. */
const struct recorded_row *recorded_find(const struct recorded *recorded, int64_t version);

#endif
