/* rehearse.h - the set on scratch databases, by the runtime that ships: up, down, up; again with
 * rows in every table; and the schema that comes of it. */
#ifndef INLAY_REHEARSE_H
#define INLAY_REHEARSE_H

#include "diagnostics.h"
#include "migration.h"
#include "source.h"

struct rehearsal {
	struct arena *arena;
	const struct migration_set *set;
	const struct source_list *sources; /* For -- inlay:requires. */
	struct diagnostics *problems;
	const char *postgres;   /* NULL: no rehearsal there; "auto"; or a connection URL. */
	const char *schema_out; /* A file to write the final schema to, or NULL.  With two dialects
	                             * FILE.sqlite.sql and FILE.postgres.sql. */
};

/* SQLite in memory, and PostgreSQL when asked.  Adds RULE_REHEARSAL_... diagnostics at the
 * statements that fail. */
void rehearse_sqlite(struct rehearsal *rehearsal);
void rehearse_postgres(struct rehearsal *rehearsal);

#endif
