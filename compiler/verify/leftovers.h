/* leftovers.h - what is there and does not work: one query a kind. */
#ifndef INLAY_LEFTOVERS_H
#define INLAY_LEFTOVERS_H

#include "rules.h"

#define LEFTOVER_COLUMNS 6

/* One kind.  Its query's $1 is the schema that --schema names, or NULL (PostgreSQL); it answers
 *
 *     0 the object's name, for --except    1 the message    2 the remedy
 *     3 how a difference would begin that tells of the same, or NULL
 *     4 the name of a table or trigger in a catalog, and    5 a line of it: where the set makes
 *       that one with this line, it means it so; or NULL both
 */
struct leftover {
	enum rule rule;
	const char *sql;
};

extern const struct leftover leftovers_postgres[];
extern const size_t leftovers_postgres_count;
extern const struct leftover leftovers_sqlite[];
extern const size_t leftovers_sqlite_count;

#define LEFTOVER_DAMAGE "restore it from a backup, or save what can be read: sqlite3 FILE .recover"

#endif
