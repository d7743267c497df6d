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

/* A table that is locked against everybody from a statement on to the end of its transaction. */
struct held_lock {
	struct name table;
	const struct migration *migration;
	const struct ddl *ddl; /* The statement. */
};

/* What pending scripts lock against everybody, and in which order. */
struct lint_locks;
struct lint;
struct lint_locks *lint_locks_create(struct arena *arena);

/* Notes the statement's locks; lint.c calls it after the rules have seen the statement. */
void lint_locks_note(struct lint *lint);

/* What is held when this statement begins: of its script's transaction, tables that may be in use.
 * Returns their count. */
size_t lint_locks_held(const struct lint *lint, const struct held_lock **held);

/* Has this script, so far, locked a table that may be in use so that at least writes wait? */
bool lint_locks_stop_writes(const struct lint *lint);

/* What this statement locks against everybody, of tables (and views) that may be in use. */
size_t lint_locks_wanted(const struct lint *lint, struct lock locks[LOCK_COUNT_MAX]);

/* Where an earlier pending script, holding `second`, went on to lock `first`: its lock on `second`,
 * or NULL.  Each two tables are told of once, and each script. */
const struct held_lock *lint_locks_opposite(const struct lint *lint, struct name first,
                                            struct name second);

#endif
