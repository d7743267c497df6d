/* changes.h - what a change of a column's type does with the rows (PostgreSQL); facts, verified
 * against a server by tests/locks_test.c. */
#ifndef INLAY_CHANGES_H
#define INLAY_CHANGES_H

#include "lint.h"

/* What a change of type does with the table's rows. */
enum change {
	CHANGE_NONE,      /* They stay as they are. */
	CHANGE_SHRINKS,   /* Written anew: strings must be cut or refused. */
	CHANGE_REWRITES,  /* Written anew. */
	CHANGE_CHECKED,   /* Written anew, as a domain's constraint has to be looked at. */
	CHANGE_TIME_ZONE, /* The session's time zone decides. */
	CHANGE_UNKNOWN    /* One of the types is not known here. */
};

/* What the action, SET_TYPE of the statement, does. */
enum change changes_of(struct lint *lint, const struct ddl_action *action);

/* What else reads the rows: a CHECK that uses the column is checked again; an index whose
 * expression or condition does is built again.  NULL: there is none. */
const char *changes_dependant(struct lint *lint, const char *column);

#endif
