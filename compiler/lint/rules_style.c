/* rules_style.c - matters of taste. */
#include "lint.h"

#include <stddef.h>

const struct lint_table lint_style = { NULL, 0 };
