/* pg_dump.h - PostgreSQL's own program for the schema of a database: found, run, and what it writes
 * made the same from server to server.  The only file but git.c and rehearse/server.c that runs
 * another program. */
#ifndef INLAY_PG_DUMP_H
#define INLAY_PG_DUMP_H

#include "buffer.h"
#include "live.h"

/* Which program. */
struct pg_dump {
	const char *program;
	const char *problem; /* Why it can not be used; NULL: it can, or there is none. */
	bool is_there;       /* It can be used. */
	bool is_named;       /* By PG_DUMP: nothing else will do. */
};

/* PG_DUMP names it, where it is set; "" means that there is to be none.  Else the one in PATH. */
struct pg_dump pg_dump_find(const struct live *live);

/* Appends the schema: without the tracking tables, owners, privileges, tablespaces, subscriptions
 * (which have passwords), and without what tells versions or changes from time to time; of one
 * database schema, where settings.schema names it.  Passwords are handed over in the environment.
 * NULL, or what the program complains of, in one line. */
const char *pg_dump_run(const struct live *live, const struct pg_dump *dump, struct buffer *out);

/* What pg_dump_run() does with the program's text; for tests. */
void pg_dump_normalize(struct text text, struct buffer *out);

#endif
