/* scope.h - which objects of two catalogs are the set's to make, and so to be compared. */
#ifndef INLAY_SCOPE_H
#define INLAY_SCOPE_H

#include "catalog/catalog.h"

struct scope {
	struct arena *arena;
	const struct catalog *made;  /* By the set, in a scratch database. */
	const struct catalog *found; /* In the live one. */
	/* A schema was named (PostgreSQL): public counts only where the set makes something. */
	bool is_elsewhere;
	/* Around the repeatable migrations, when what they make does not count; or NULL. */
	const struct catalog *before, *behind;
	const char *except; /* Patterns with * and ?, between commas; or NULL. */
};

/* Those objects of scope->made or scope->found, which `catalog` is, that count. */
const struct catalog *scope_narrow(const struct scope *scope, const struct catalog *catalog);

/* The schemas of the live database that do not count: names between commas, or NULL. */
const char *scope_left_out(const struct scope *scope);

#endif
