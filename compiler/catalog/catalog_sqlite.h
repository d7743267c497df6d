/* catalog_sqlite.h - between the files that read SQLite's schema. */
#ifndef INLAY_CATALOG_SQLITE_H
#define INLAY_CATALOG_SQLITE_H

#include "catalog.h"

/* Fills in the lines of a table, out of the pragmas and, for what they do not tell (CHECK,
 * expressions of generated columns, deferred keys, conflict clauses), of its stored text.  false
 * when the database does not answer. */
bool catalog_sqlite_table(struct arena *arena, struct sqlite3 *database,
                          struct catalog_object *object);

/* What only the text tells. */
struct table_text {
	struct catalog_lines checks; /* "check (a > 0)" */
	struct catalog_lines others; /* "on conflict replace: id", "options strict" */
	/* Expressions of generated columns, in order: name, expression ... */
	struct catalog_lines generated;
	/* Of each foreign key, in order: "deferred" or "". */
	struct catalog_lines keys;
	bool is_virtual;
};
void table_text_read(struct arena *arena, struct text sql, struct table_text *text);

#endif
