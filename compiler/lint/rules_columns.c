/* rules_columns.c - PostgreSQL: columns and types. */
#include "lint.h"

#include <stddef.h>

const struct lint_table lint_columns = { NULL, 0 };
