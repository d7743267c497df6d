/*
 * settings_postgres.h - the settings of a PostgreSQL session: noted, and put back.
 *
 * What counts is the session's role and authorization and every parameter that was set in the
 * session, but for those with a dot in their name that no extension defines: the server does not
 * list them.  Temporary tables, prepared statements, listeners and session-level advisory locks
 * are left as a migration leaves them.  Knows SQL and no client library.
 */
#ifndef INLAY_SETTINGS_POSTGRES_H
#define INLAY_SETTINGS_POSTGRES_H

#include "driver.h"

/* One parameter that has a value of its own in the session. */
struct setting {
	struct setting *next;
	const char *value; /* Behind the name, in the same allocation. */
	char name[];
};

struct settings {
	char user[128]; /* session_user. */
	char role[128]; /* "none", or what SET ROLE chose. */
	char lock_timeout[32];
	bool read_only; /* The server is a standby. */
	bool no_memory;
	struct setting *first;
};

/* Notes them.  Call settings_destroy() in any case. */
enum outcome settings_read(struct session *session, struct settings *settings);
void settings_destroy(struct settings *settings);

/* Puts them back, changing only what differs.  Outside a transaction. */
enum outcome settings_restore(struct session *session, const struct settings *settings);

/* Gives the open transaction the noted user and role back, whatever a migration has made of
 * them, and the client encoding the runtime writes in; until the transaction ends. */
enum outcome settings_take_role(struct session *session, const struct settings *settings);

#endif
