/* locks.c - lock facts. */
#include "locks.h"

#include <stddef.h>

struct lint_locks *lint_locks_create(struct arena *arena)
{
	(void)arena;
	return NULL;
}

void lint_locks_note(struct lint *lint)
{
	(void)lint;
}
