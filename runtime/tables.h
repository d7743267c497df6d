/* tables.h - making the tracking tables. */
#ifndef INLAY_TABLES_H
#define INLAY_TABLES_H

#include "tracking.h"

/* Sends what creates those that are not there. */
enum outcome tables_send_create(struct tracking *tracking);

/* Creates them, each on its own, whoever else does the same: for the row gate, which must be there
 * before the first migration is. */
enum outcome tables_bootstrap(struct tracking *tracking);

/* They are there now, by us or by somebody else. */
void tables_set_created(struct tracking *tracking);

#endif
