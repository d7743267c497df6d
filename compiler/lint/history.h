/* history.h - pieces of SQL that say the same, and where something comes from. */
#ifndef INLAY_LINT_HISTORY_H
#define INLAY_LINT_HISTORY_H

#include "lint.h"

/* The same SQL but for layout, and for how names are quoted and words are capitalized? */
bool history_same(struct lint *lint, struct text a, struct text b);

/* " (from 003_create_users)"; "" for this migration, or when nobody knows. */
const char *history_origin(struct lint *lint, struct origin origin);

/* Where a token that is `name` stands in the statement behind `after`, which is returned where
 * there is none. */
struct text history_find(struct lint *lint, struct text after, const char *name);

#endif
