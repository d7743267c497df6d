/* rules_sqlite.c - SQLite: other traps. */
#include "lint.h"

#include <stddef.h>

const struct lint_table lint_sqlite = { NULL, 0 };
