/* check.h - every stage of certainty, in order: what `inlay check` is, and what stands before
 * `inlay compile` and `inlay sum` write. */
#ifndef INLAY_CHECK_H
#define INLAY_CHECK_H

#include "options.h"
#include "set.h"

/* Reads the set and holds it against the lock file, PostgreSQL's grammar, the rules and the
 * rehearsals, as the options say.  All problems are in workspace->problems, those silenced left
 * out.  `dialects` as for set_read(). */
void check_set(struct workspace *workspace, const struct options *options, const bool *dialects);

#endif
