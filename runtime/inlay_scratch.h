/*
 * inlay_scratch.h - for an application's tests: a fresh, migrated database for each, quickly.
 *
 *     struct sqlite3 *database = NULL;
 *     if (inlay_scratch_sqlite(&app_migrations, NULL, &database, &error) != INLAY_OK)
 *             fprintf(stderr, "%s\n", error.message);
 *     inlay_scratch_drop_sqlite(database);
 *
 * The set is applied once, to a master; each scratch database is a copy of it.  Not for production.
 * The environment does not matter: neither AUTO_MIGRATE nor APP_ENV nor any other variable keeps
 * the set from being applied.
 *
 * Threads    Safe; a scratch database belongs to the thread that uses its connection.  Link with
 *            -pthread.
 */
#ifndef INLAY_SCRATCH_H
#define INLAY_SCRATCH_H

#include "inlay.h"

#ifdef __cplusplus
extern "C" {
#endif
#if defined(__GNUC__) && !defined(_WIN32)
#pragma GCC visibility push(default)
#endif

/*
 * inlay_scratch_sqlite - a connection to a database in memory that has the set applied.
 *
 * The master is in memory, too, one a process and set, until inlay_scratch_forget_sqlite(); copies
 * are made by SQLite's backup interface.  A copy has what is in the database; what belongs to a
 * connection (foreign_keys and other pragmas, functions) is the caller's to set.
 *
 * options     As for ensure_migrated(), of which table, on_event and call_context count; NULL for
 *             the defaults.  on_event is told only of the master.
 * connection  *connection is opened, or NULL on failure.  The caller closes it, by sqlite3_close()
 *             or inlay_scratch_drop_sqlite().
 *
 * Returns     INLAY_OK, or what ensure_migrated() says of the set; then there is no master.
 */
INLAY_MUST_CHECK
enum inlay_result inlay_scratch_sqlite(const struct inlay_set *set,
                                       const struct inlay_options *options,
                                       struct sqlite3 **connection, struct inlay_error *error);

/* Finalizes the statements that are left, and closes it; NULL is a harmless no-op. */
void inlay_scratch_drop_sqlite(struct sqlite3 *connection);

/* Frees the masters; scratch databases stay as they are.  For leak checkers. */
void inlay_scratch_forget_sqlite(void);

/*
 * inlay_scratch_postgres - a connection to a new database that has the set applied.
 *
 * The master is a template database, "inlay_template_" and a digest of the set and of what else
 * counts (table, schema, role, this library's version), made by the first process that needs it and
 * kept for the next ones; inlay_scratch_forget_postgres() drops it.  What a function of
 * `-- migrate:call` does is not in the digest: forget the template when that changes.  Scratch
 * databases are named "inlay_scratch_..."; those of tests that died are dropped by later calls, an
 * hour later.
 *
 * server      libpq's connection string or URI of a server, and a database there to start from,
 *             where the role may create databases.  Not by way of a pooler.
 * options     As above; schema counts, too.
 * connection  *connection is opened, or NULL on failure.  Give it to inlay_scratch_drop_postgres().
 *
 * Returns     INLAY_OK; INLAY_UNREACHABLE when the server is, INLAY_FAILED when it does not make
 *             the database; or what ensure_migrated() says of the set; then there is no template.
 */
INLAY_MUST_CHECK
enum inlay_result inlay_scratch_postgres(const char *server, const struct inlay_set *set,
                                         const struct inlay_options *options,
                                         struct pg_conn **connection, struct inlay_error *error);

/* Closes the connection and drops its database, whoever else is connected (PostgreSQL 13 and
 * later).  NULL is a harmless no-op.  False when the database could not be dropped, or is none of
 * inlay_scratch_postgres(): then it stays. */
int inlay_scratch_drop_postgres(struct pg_conn *connection);

/* Drops the set's template database; INLAY_OK also when there is none.  Scratch databases that were
 * made of it stay.  Otherwise as inlay_scratch_postgres(). */
INLAY_MUST_CHECK
enum inlay_result inlay_scratch_forget_postgres(const char *server, const struct inlay_set *set,
                                                const struct inlay_options *options,
                                                struct inlay_error *error);

#if defined(__GNUC__) && !defined(_WIN32)
#pragma GCC visibility pop
#endif
#ifdef __cplusplus
}
#endif

#endif
