/* place.h - a PostgreSQL database to measure at: next door, or as far away as wanted. */
#ifndef INLAY_BENCH_PLACE_H
#define INLAY_BENCH_PLACE_H

#include "../../runtime/inlay.h"
#include "../../tests/support/proxy.h"

#include <libpq-fe.h>
#include <stdbool.h>
#include <stdint.h>

#define PLACE_NEXT_DOOR UINT32_MAX /* By the server's socket, without the proxy that counts. */

struct place {
	uint32_t delay_ms; /* Each way, or PLACE_NEXT_DOOR. */
	struct proxy *proxy;
};

/* What something took, seen from the client. */
struct toll {
	double seconds;
	uint64_t round_trip_count; /* 0 next door, where nobody counts. */
};

/* Starts the one server of this program at the first call; its commits are flushed to disk.  False
 * when this machine has no PostgreSQL to start. */
bool place_is_there(void);

/* The server's version: "15.14". */
const char *place_version(void);

struct place place_open(uint32_t delay_ms);
void place_close(struct place *place);

/* Makes the database "bench" anew, empty.  Nobody is connected to it. */
void place_clear(void);

/* A connection to the database "bench".  What fails ends the program, as in all that follows. */
PGconn *place_connect(const struct place *place);

/* Closes it, and waits until the server has counted all it did. */
void place_disconnect(PGconn *connection);

/* Starts the clock and the counting. */
struct toll place_begin(const struct place *place);
void place_end(const struct place *place, struct toll *toll);

/* Runs SQL by PQexec(). */
void place_run(PGconn *connection, const char *sql);

/* The number that a query answers with, or -1 when it fails. */
double place_ask(PGconn *connection, const char *sql);

/* ensure_migrated(); it must apply `count` migrations. */
void place_ensure(PGconn *connection, const struct inlay_set *set,
                  const struct inlay_options *options, uint32_t count);

/* How often the server has flushed its log since it was made; -1 when it does not say. */
double place_sync_count(void);

#endif
