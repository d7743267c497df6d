/* since.h - which migrations are in production already, and so are not judged again. */
#ifndef INLAY_SINCE_H
#define INLAY_SINCE_H

#include "lock_file.h"

/* Sets `released` of each migration.  `since` is
 *
 *     NULL        what inlay.lock lists now; nothing, without one
 *     "42"        that version of the set and all before it; "0" is nothing
 *     "v1.2"      a git revision ("origin/main"): what its inlay.lock lists, or without one the
 *                 files that its directory has; nothing, where it has no such directory
 *
 * A repeatable migration is released when its text is the one that was.  What names neither is
 * RULE_SINCE; then all are marked, as nobody knows which are to be judged. */
void since_settle(struct arena *arena, struct migration_set *set, const struct lock_file *lock,
                  const char *since, struct diagnostics *problems);

#endif
