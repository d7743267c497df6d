/* parse_tree.h - what PostgreSQL's own parser makes of a statement, in describe.h's words: kind,
 * names, columns, types, constraints and actions. */
#ifndef INLAY_TESTS_PARSE_TREE_H
#define INLAY_TESTS_PARSE_TREE_H

#include "../../compiler/model/ddl.h"

/* Of the first statement; NULL when the parser refuses it, or when it is one that ddl.h has no
 * kind for.  "" where there is no such parser. */
const char *parse_tree_describe(struct arena *arena, const char *sql);

/* The same of what we read. */
const char *parse_tree_ours(struct arena *arena, const struct ddl *ddl);

/* Is the parser there? */
bool parse_tree_is_here(void);

#endif
