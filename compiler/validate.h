/* validate.h - rules over the model: what would certainly fail, or break a promise, at run time. */
#ifndef INLAY_VALIDATE_H
#define INLAY_VALIDATE_H

#include "migration.h"

/* Adds a diagnostic for each finding in the scripts of every compiled dialect. */
void validate_set(const struct migration_set *set, struct diagnostics *problems);

#endif
