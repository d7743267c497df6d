/* server.h - a PostgreSQL server for a rehearsal: somebody's, or one started for it. */
#ifndef INLAY_SERVER_H
#define INLAY_SERVER_H

#include "arena.h"

/* What cleans up, whatever becomes of this process: a child that waits for its end. */
struct server {
	char *url;    /* Where databases are made; owned by the arena. */
	int lifeline; /* Closed when this process ends; -1: there is no child. */
	int child;
};

/* Starts one of this machine's programs, reachable by a socket in a temporary directory alone.
 * NULL, or what is wrong and what to do. */
const char *server_start(struct arena *arena, struct server *server);

/* Uses one that is there.  Its databases named "inlay_rehearsal_<this process>_..." are dropped
 * when this process ends, however it does. */
const char *server_use(struct arena *arena, struct server *server, const char *url);

/* Stops the one that was started, or drops what was made, and waits for that. */
void server_stop(struct server *server);

#endif
