/* pool.h - connections to one PostgreSQL database, lent to threads; whoever gets one finds the
 * program's schema there. */
#ifndef POOL_H
#define POOL_H

#include <inlay.h>
#include <libpq-fe.h>

struct pool;

/* Opens nothing yet.  `url` and `options` have to stay.  NULL when memory is out. */
struct pool *pool_create(const char *url, size_t connection_count,
                         const struct inlay_options *options);

/*
 * Lends a connection; waits while all are lent.  It is open, as far as anybody knows without using
 * it, and the database has this program's schema.  Give it back by pool_give().
 *
 * Returns NULL when that can not be: error->result and error->message say why.  The next call tries
 * again, so that the program recovers as soon as the database does, or somebody migrates.
 */
PGconn *pool_take(struct pool *pool, struct inlay_error *error);

/* Takes it back.  One that is broken, or in a transaction, is closed, and replaced when it is
 * wanted the next time. */
void pool_give(struct pool *pool, PGconn *connection);

/* Takes back one that turned out to be broken.  Mostly the server was restarted, or another one has
 * taken its place: then the idle ones are gone as well, and whether the schema is there has to be
 * asked again.  So they are closed, and the answer is forgotten. */
void pool_drop(struct pool *pool, PGconn *connection);

/* Closes all of them, which have been given back. */
void pool_destroy(struct pool *pool);

#endif
