/* locks.h - which tables a statement of PostgreSQL locks, how, and whom that stops: facts, verified
 * against a server by tests/locks_test.c. */
#ifndef INLAY_LOCKS_H
#define INLAY_LOCKS_H

#include "model/schema.h"

/* Table-level lock modes, weakest first. */
enum lock_mode {
	LOCK_NONE,
	LOCK_ACCESS_SHARE,
	LOCK_ROW_SHARE,
	LOCK_ROW_EXCLUSIVE,
	LOCK_SHARE_UPDATE_EXCLUSIVE,
	LOCK_SHARE,
	LOCK_SHARE_ROW_EXCLUSIVE,
	LOCK_EXCLUSIVE,
	LOCK_ACCESS_EXCLUSIVE
};

struct lock {
	struct name table;
	enum lock_mode mode;
	bool rewrites; /* The table is written anew. */
	bool scans;    /* All of its rows are read under the lock. */
};

#define LOCK_COUNT_MAX 8

/* What `ddl` locks when the schema is as it is before it; returns how many of `locks` it filled. */
size_t locks_of(const struct schema *schema, const struct ddl *ddl,
                struct lock locks[LOCK_COUNT_MAX]);

/* "ACCESS EXCLUSIVE" */
const char *lock_mode_name(enum lock_mode mode);

/* "reads and writes wait", "writes wait", "other schema changes wait" */
const char *lock_mode_blocks(enum lock_mode mode);

/* "ACCESS EXCLUSIVE on orders: reads and writes wait", for struct lint_advice. */
const char *lock_describe(struct arena *arena, enum lock_mode mode, struct name table);

#endif
