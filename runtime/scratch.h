/* scratch.h - what scratch databases of both kinds have in common. */
#ifndef INLAY_SCRATCH_COMMON_H
#define INLAY_SCRATCH_COMMON_H

#include "names.h"
#include "driver.h"

/* The options that count, out of the caller's or NULL, over what a test needs whatever the
 * environment says.  NULL, or what is wrong. */
const char *scratch_take_options(struct inlay_options *taken, const struct inlay_options *given,
                                 enum inlay_dialect dialect);

/* NULL, or what is wrong with the set for `dialect`. */
const char *scratch_check_set(const struct inlay_set *set, enum inlay_dialect dialect);

#endif
