/* normalize.h - takes out of a script what the runtime does itself, and says so. */
#ifndef INLAY_NORMALIZE_H
#define INLAY_NORMALIZE_H

#include "migration.h"

/* Drops a BEGIN ... COMMIT around the whole script and, on SQLite, lifts PRAGMA foreign_keys
 * out of it (there it would have no effect inside the transaction).  Scripts that run without a
 * transaction stay as they are. */
void normalize_script(struct script *script, enum dialect dialect, struct diagnostics *problems);

#endif
