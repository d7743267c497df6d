/* syntax.h - PostgreSQL's own grammar, asked of every statement (libpg_query, where it was found
 * when this was built). */
#ifndef INLAY_SYNTAX_H
#define INLAY_SYNTAX_H

#include "diagnostics.h"
#include "migration.h"

/* "PostgreSQL 15 (libpg_query)", or NULL when it was built without. */
const char *syntax_version(void);

/* Adds RULE_SYNTAX at the line and column where PostgreSQL's parser stops, with its own message; or
 * RULE_SYNTAX_UNCHECKED once.  Scripts of PostgreSQL only, up and down, released ones too. */
void syntax_check(const struct migration_set *set, struct diagnostics *problems);

#endif
