/* operator.h - the person who looks after a database in which somebody died. */
#ifndef INLAY_TESTS_OPERATOR_H
#define INLAY_TESTS_OPERATOR_H

#include "database.h"

/*
 * AT THE MERGE: goes away, with its calls; the runtime then takes over by itself what a dead one
 * left.  Until then: does with a row that says 'running' what the runtime's message asks for.
 */
void operator_help(struct database *database);

#endif
