/* locks_held.h - which tables the pending scripts lock against everybody, in which order. */
#ifndef INLAY_LOCKS_HELD_H
#define INLAY_LOCKS_HELD_H

#include "lint.h"
#include "locks.h"

/* A table that is locked against everybody from a statement on to the end of its transaction. */
struct held_lock {
	struct name table;
	const struct migration *migration;
	const struct ddl *ddl; /* The statement. */
};

/* What is noted of them. */
struct locks_held;
struct locks_held *locks_held_create(struct arena *arena);

/* Notes the statement's locks; lint.c calls it after the rules have seen the statement. */
void locks_held_note(struct lint *lint);

/* What is held when this statement begins: of its script's transaction, tables that may be in use.
 * Returns their count. */
size_t locks_held_here(const struct lint *lint, const struct held_lock **held);

/* Has this script, so far, locked a table that may be in use so that at least writes wait? */
bool locks_held_stop_writes(const struct lint *lint);

/* What this statement locks against everybody, of tables (and views) that may be in use. */
size_t locks_held_wanted(const struct lint *lint, struct lock locks[LOCK_COUNT_MAX]);

/* Where an earlier pending script, holding `second`, went on to lock `first`: its lock on `second`,
 * or NULL.  Each two tables are told of once, and each script. */
const struct held_lock *locks_held_opposite(const struct lint *lint, struct name first,
                                            struct name second);

#endif
