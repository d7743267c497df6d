/* mode.h - with or without a transaction: what a script's statements ask for. */
#ifndef INLAY_MODE_H
#define INLAY_MODE_H

#include "diagnostics.h"
#include "migration.h"

/* A script all of whose statements refuse a transaction has none, as if it said
 * transaction:false (RULE_TRANSACTION_MODE, a note); one that mixes them is an error with a
 * proposed split (RULE_REFUSES_TRANSACTION).  Before checksums: both ways of saying it are one. */
void mode_settle(struct arena *arena, struct script *script, enum dialect dialect,
                 struct diagnostics *problems);

#endif
