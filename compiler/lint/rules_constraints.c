/* rules_constraints.c - PostgreSQL: constraints. */
#include "lint.h"

#include <stddef.h>

const struct lint_table lint_constraints = { NULL, 0 };
