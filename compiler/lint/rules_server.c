/* rules_server.c - PostgreSQL: other objects. */
#include "lint.h"

#include <stddef.h>

const struct lint_table lint_server = { NULL, 0 };
