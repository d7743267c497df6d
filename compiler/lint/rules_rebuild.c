/* rules_rebuild.c - SQLite: table rebuilds. */
#include "lint.h"

#include <stddef.h>

const struct lint_table lint_rebuild = { NULL, 0 };
