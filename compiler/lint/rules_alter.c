/* rules_alter.c - SQLite: ALTER TABLE. */
#include "lint.h"

#include <stddef.h>

const struct lint_table lint_alter = { NULL, 0 };
