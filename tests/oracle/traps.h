/* traps.h - scripts that splitters get wrong, by name; and who else gets them wrong, and why. */
#ifndef INLAY_TESTS_TRAPS_H
#define INLAY_TESTS_TRAPS_H

#include <stddef.h>

struct trap {
	const char *script;
	const char *psql_differs;    /* Why psql does not agree with us, or NULL. */
	const char *grammar_differs; /* Why libpg_query does not, or can not tell, or NULL. */
};

extern const struct trap postgres_traps[];
extern const size_t postgres_trap_count;

extern const char *const sqlite_traps[];
extern const size_t sqlite_trap_count;

#endif
