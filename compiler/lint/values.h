/* values.h - what the rows that are there get in a column that is added (PostgreSQL). */
#ifndef INLAY_VALUES_H
#define INLAY_VALUES_H

#include "lint.h"

/* Does the expression call a function that is volatile: one of PostgreSQL's and its extensions'
 * that people use in defaults, or one of the history's own that is not declared otherwise?  Returns
 * its name as written, start NULL for none; a function that nobody knows is taken for stable. */
struct text values_volatile_call(struct lint *lint, struct text expression);

/* Does each row get a value of its own, so that the table is written anew? */
bool values_are_written(struct lint *lint, const struct ddl_column *column);

#endif
