/*
 * proxy.h - stands between libpq and a PostgreSQL server: delays, counts, cuts and freezes.
 *
 * A process of its own relays bytes and follows the frames of protocol 3 in both directions.  It
 * knows neither cmocka nor inlay, so that benchmarks can use it as well.  Without TLS only: the
 * options it gives to libpq see to that.
 */
#ifndef INLAY_TESTS_PROXY_H
#define INLAY_TESTS_PROXY_H

#include <stdbool.h>
#include <stdint.h>

/* Where the server is, and how far away it shall seem. */
struct proxy_plan {
	const char *host;  /* The directory of its socket ("/..."), or an IPv4 address. */
	uint16_t port;     /* 0 is 5432. */
	uint32_t delay_ms; /* Added to every byte, each way. */
};

enum proxy_end {
	PROXY_RELAY = 0, /* Nothing happens. */
	PROXY_CUT,       /* Both ends of all connections are closed, new ones too. */
	PROXY_FREEZE     /* Nothing is relayed any more; sockets stay until the client's closes. */
};

/* What happens once so much of the client's has been relayed.  Of two limits the first counts. */
struct proxy_limit {
	enum proxy_end end;
	uint64_t frame_count; /* 0: no such limit.  The startup message is no frame. */
	uint64_t size;        /* The same in bytes, of frames. */
};

/* Since proxy_arm(), of all connections. */
struct proxy_counters {
	uint64_t connection_count;
	uint64_t frame_count;        /* From the client, without startup messages. */
	uint64_t client_frames[128]; /* By type: client_frames['P'] counts Parse. */
	uint64_t server_frames[128];
	uint64_t client_size; /* Bytes relayed to the server, of frames. */
	uint64_t server_size; /* Bytes relayed to the client. */
	/* How often the client spoke after it had heard something: what a distance is paid for. */
	uint64_t round_trip_count;
	bool ended; /* The limit was reached. */
};

struct proxy;

/* Starts a proxy; the process ends with proxy_stop(), or with its parent.  NULL: it did not go. */
struct proxy *proxy_start(const struct proxy_plan *plan);

/* For PQconnectdb(): how to reach the proxy; "user=" and "dbname=" are to be added. */
const char *proxy_options(const struct proxy *proxy);

/* Sets a limit and starts counting anew.  While nobody is talking. */
void proxy_arm(struct proxy *proxy, const struct proxy_limit *limit);

struct proxy_counters proxy_counters(const struct proxy *proxy);

void proxy_stop(struct proxy *proxy);

#endif
