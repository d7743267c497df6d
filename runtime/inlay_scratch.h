/*
 * inlay_scratch.h - for an application's tests: a fresh, migrated database for each, quickly.
 *
 *     sqlite3 *database = NULL;
 *     assert(inlay_scratch_sqlite(&app_migrations, NULL, &database, &error) == INLAY_OK);
 *     ...
 *     inlay_scratch_drop_sqlite(database);
 *
 * The set is applied once, to a master; each scratch database is a copy of it.  Not for production.
 *
 * Threads    Safe; a scratch database belongs to the thread that uses its connection.
 */
#ifndef INLAY_SCRATCH_H
#define INLAY_SCRATCH_H

#include "inlay.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * inlay_scratch_sqlite - a connection to a database in memory that has the set applied.
 *
 * The master is in memory, too, one a process and set, until inlay_scratch_forget_sqlite(); copies
 * are made by SQLite's backup interface.
 *
 * options     As for ensure_migrated(), of which table, on_event and call_context count.
 * connection  *connection is opened, or NULL on failure.  The caller closes it, by sqlite3_close()
 *             or inlay_scratch_drop_sqlite().
 */
INLAY_MUST_CHECK
enum inlay_result inlay_scratch_sqlite(const struct inlay_set *set,
                                       const struct inlay_options *options,
                                       struct sqlite3 **connection, struct inlay_error *error);

/* Closes it, with what is open on it; NULL is a harmless no-op. */
void inlay_scratch_drop_sqlite(struct sqlite3 *connection);

/* Frees the masters; scratch databases stay as they are.  For leak checkers. */
void inlay_scratch_forget_sqlite(void);

/*
 * inlay_scratch_postgres - a connection to a new database that has the set applied.
 *
 * The master is a template database, "inlay_template_" and a digest of the set and of what else
 * counts, made by the first process that needs it and kept for the next ones; inlay_scratch_forget_
 * postgres() drops it.  Scratch databases are named "inlay_scratch_..."; those of tests that died
 * are dropped by later calls, an hour later.
 *
 * server      libpq's connection string or URI of a server, and a database there to start from,
 *             where the role may create databases.
 * options     As above; schema counts, too.
 * connection  *connection is opened, or NULL on failure.  Give it to inlay_scratch_drop_postgres().
 */
INLAY_MUST_CHECK
enum inlay_result inlay_scratch_postgres(const char *server, const struct inlay_set *set,
                                         const struct inlay_options *options,
                                         struct pg_conn **connection, struct inlay_error *error);

/* Closes the connection and drops its database, whoever else is connected (PostgreSQL 13 and
 * later).  NULL is a harmless no-op.  False when the database could not be dropped. */
int inlay_scratch_drop_postgres(struct pg_conn *connection);

/* Drops the set's template database. */
INLAY_MUST_CHECK
enum inlay_result inlay_scratch_forget_postgres(const char *server, const struct inlay_set *set,
                                                const struct inlay_options *options,
                                                struct inlay_error *error);

#ifdef __cplusplus
}
#endif

#endif
