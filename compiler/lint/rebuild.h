/* rebuild.h - SQLite's way to change a table: make it anew, copy, drop the old one, rename. */
#ifndef INLAY_REBUILD_H
#define INLAY_REBUILD_H

#include "lint.h"

/* A table that a script drops, or renames away, and that is there again at its end. */
struct rebuild {
	struct name old;  /* What it is called before and after. */
	struct name made; /* The name under which its successor is created; `old` itself when it was
	                   * renamed away or dropped first. */
	size_t gone;      /* Which statement of the script takes the old name away, */
	size_t created;   /* creates the successor, */
	size_t back;      /* and gives it the name. */
	bool copies;      /* Rows are copied. */
};

/* Is lint->ddl, which drops or renames the table, a part of its rebuild? */
bool rebuild_at(const struct lint *lint, struct name table, struct rebuild *rebuild);

/* Does a statement of the script before `index` switch SQLite's foreign keys off? */
bool rebuild_is_without_keys(const struct lint *lint, size_t index);

/* SQL that rebuilds the table in SQLite as the model knows it, in lines: references, views,
 * indexes and triggers are looked after.  NULL when the model does not know all of it. */
struct rebuild_change {
	const struct ddl_action *action; /* What is to be different, or NULL. */
	const char *without;             /* A column to leave out, or NULL. */
};
const char *rebuild_sql(struct lint *lint, const struct schema_table *table,
                        struct rebuild_change change);

/* SQL that makes a table like it, under another name, and copies its rows; or NULL. */
const char *rebuild_copy_sql(struct lint *lint, const struct schema_table *table, struct name made);

/* Views that read the table, and triggers of others that use it, in lines: SQLite renames nothing
 * while they are broken.  Dropped before the rebuild, or created again after it. */
const char *rebuild_readers_sql(struct lint *lint, struct name read, bool is_before);

/* "CREATE INDEX ...;" as the model has it. */
const char *rebuild_index_sql(struct lint *lint, const struct schema_table *table,
                              const struct schema_index *index);

#endif
