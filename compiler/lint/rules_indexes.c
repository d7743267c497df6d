/* rules_indexes.c - PostgreSQL: indexes. */
#include "lint.h"

#include <stddef.h>

const struct lint_table lint_indexes = { NULL, 0 };
