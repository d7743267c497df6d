/* since.h - which migrations are in production already, and so are not judged again. */
#ifndef INLAY_SINCE_H
#define INLAY_SINCE_H

#include "lock_file.h"

/* Sets `released` of each migration.  `since` is a version ("42": it and all before it), a git
 * revision ("v1.2", "origin/main": what its inlay.lock lists, or without one what its directory
 * holds), or NULL: what inlay.lock lists now.  false after a diagnostic (RULE_DIRECTORY's kind of
 * problem: RULE_UNREADABLE with the path). */
bool since_settle(struct arena *arena, struct migration_set *set, const struct lock_file *lock,
                  const char *since, struct diagnostics *problems);

#endif
