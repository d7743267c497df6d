/*
 * settings_postgres.h - what a PostgreSQL session holds beside its transaction: noted, put back.
 *
 * What counts is the session's role and authorization, every parameter that was set in the session
 * (but for those with a dot in their name that no extension defines: the server does not list
 * them), temporary tables, views, sequences and routines, and prepared statements.  Temporary
 * types, cursors, listeners and session-level advisory locks are left as a migration leaves them.
 * Knows SQL and no client library.
 */
#ifndef INLAY_SETTINGS_POSTGRES_H
#define INLAY_SETTINGS_POSTGRES_H

#include "driver.h"

/* One parameter that has a value of its own in the session, or one object that lives in it. */
struct setting {
	struct setting *next;
	const char *value; /* Behind the name, in the same allocation; of an object "". */
	bool is_object;    /* Then `name` is the command that drops it. */
	char name[];
};

struct settings {
	char user[128]; /* session_user. */
	char role[128]; /* "none", or what SET ROLE chose. */
	int backend;    /* Its process; differs from the connection's behind a pooler. */
	bool no_memory;
	struct setting *first;
};

/* The query that notes them, and where its answer goes; settings starts out empty.  Send it, and
 * when the answer is there look at settings->no_memory.  Call settings_destroy() in any case. */
struct command settings_query(struct settings *settings);
void settings_destroy(struct settings *settings);

/* Makes the session what `settings` says; `found` says what it is now.  Outside a transaction. */
enum outcome settings_restore(struct session *session, const struct settings *settings,
                              const struct settings *found);

/* The same within one transaction, for a session that is not ours behind its end: what is noted is
 * kept in the session itself, until the transaction is over. */
enum outcome settings_send_note(struct session *session);
enum outcome settings_send_restore(struct session *session, const struct settings *settings);

/* For the rest of the transaction: the noted role, so that the tracking table can be written. */
enum outcome settings_take_role(struct session *session, const struct settings *settings);

#endif
