/* mode.h - with or without a transaction: what a script's statements ask for. */
#ifndef INLAY_MODE_H
#define INLAY_MODE_H

#include "diagnostics.h"
#include "migration.h"

/* Whose script it is. */
struct mode_input {
	enum dialect dialect;
	bool down;
	bool repeatable; /* It must have a transaction. */
};

/* A script all of whose statements refuse a transaction, but for settings of the session, has none,
 * as if it said transaction:false (RULE_TRANSACTION_MODE, a note).  One that has others beside them
 * is an error, with a proposed split (RULE_REFUSES_TRANSACTION).  Before normalization and
 * checksums: both ways of saying it are one. */
void mode_settle(struct arena *arena, struct script *script, struct mode_input input,
                 struct diagnostics *problems);

#endif
