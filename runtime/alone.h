/* alone.h - applying a migration that does not run in a transaction. */
#ifndef INLAY_ALONE_H
#define INLAY_ALONE_H

#include "run.h"

/* Applies run->migration, statement by statement, or goes on with it.  Nothing else may be under
 * way but the transaction that gate_open() opened.  Afterwards the session is as it was. */
enum run_end alone_apply(struct run *run);

#endif
