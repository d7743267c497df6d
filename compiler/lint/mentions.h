/* mentions.h - which tables and columns a piece of SQL speaks of: a view's query, a trigger.  Where
 * that is not beyond doubt the answer is no. */
#ifndef INLAY_MENTIONS_H
#define INLAY_MENTIONS_H

#include "lint.h"

#define MENTIONS_MAX 24

/* What stands behind FROM, JOIN, INTO and UPDATE. */
struct mentions {
	struct name tables[MENTIONS_MAX];
	const char *aliases[MENTIONS_MAX]; /* "o" of `orders o`, or NULL. */
	size_t count;
	bool has_others; /* Subqueries, functions, or more than fit. */
};

struct mentions mentions_read(struct lint *lint, struct text sql);

/* Is the table among them? */
bool mentions_table(struct lint *lint, struct text sql, struct name table);

/* Does it use that column of the table?  In a trigger on the table also as NEW.x and OLD.x;
 * `UPDATE OF x` is no use. */
bool mentions_column(struct lint *lint, struct text sql, const struct schema_table *table,
                     const char *column);

#endif
