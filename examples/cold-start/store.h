/* store.h - one database for one handler, SQLite or PostgreSQL, opened and migrated when it is
 * first used. */
#ifndef STORE_H
#define STORE_H

#include <inlay.h>
#include <sqlite3.h>

struct store {
	const char *url; /* "postgres://..." or "postgresql://..."; otherwise SQLite's file. */
	sqlite3 *sqlite; /* One of the two, once it is open. */
	struct pg_conn *postgres;
};

/* Opens it, if that is still to be done, and makes sure of the schema.  On any other result than
 * INLAY_OK error->message says why. */
enum inlay_result store_ready(struct store *store, const struct inlay_options *options,
                              struct inlay_error *error);

/* What became of a message. */
enum put {
	PUT_STORED,
	PUT_REFUSED, /* It can not be stored, now or later; `problem` says why, as of PUT_FAILED. */
	PUT_FAILED,  /* The database could not: it is busy, its disk is full ... */
	PUT_LOST     /* The connection is gone: store_close(), and store_ready() opens another. */
};

/* Stores the message, unless there is one of that number. */
enum put store_put(struct store *store, const char *id, const char *text, char problem[200]);

void store_close(struct store *store);

#endif
