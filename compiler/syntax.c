/* syntax.c - PostgreSQL's grammar. */
#include "syntax.h"

#include <stddef.h>

const char *syntax_version(void)
{
	return NULL;
}

void syntax_check(const struct migration_set *set, struct diagnostics *problems)
{
	(void)set, (void)problems;
}
