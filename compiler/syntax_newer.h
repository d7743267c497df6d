/* syntax_newer.h - what PostgreSQL's grammar has learned since the version that is asked. */
#ifndef INLAY_SYNTAX_NEWER_H
#define INLAY_SYNTAX_NEWER_H

#include "arena.h"
#include "migration.h"

/* What helps when the grammar of version `grammar` stops at `at` with `message`: which version
 * knows it, if that is known, and how to let it through. */
const char *syntax_newer_help(struct arena *arena, const struct statement *statement,
                              struct text at, const char *message, int grammar);

#endif
