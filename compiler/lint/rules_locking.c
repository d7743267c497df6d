/* rules_locking.c - PostgreSQL: locks and transactions. */
#include "lint.h"

#include <stddef.h>

const struct lint_table lint_locking = { NULL, 0 };
