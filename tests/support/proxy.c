/* proxy.c - one process, one poll() loop; what it shares with its parent is a mapping. */
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS is in no standard. */

#include "proxy.h"

#include "frames.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
	LINK_COUNT_MAX = 400,
	CHUNK_SIZE = 16384,
	QUEUE_SIZE_MAX = 1 << 20, /* Then nothing more is read: the sender has to wait. */
};

/* What both processes see.  The parent writes the limit, the proxy the rest. */
struct shared {
	atomic_int end;
	atomic_ullong frame_limit;
	atomic_ullong size_limit;
	atomic_ullong connection_count;
	atomic_ullong frame_count;
	atomic_ullong client_frames[128];
	atomic_ullong server_frames[128];
	atomic_ullong client_size;
	atomic_ullong server_size;
	atomic_ullong round_trip_count;
	atomic_bool ended;
};

struct proxy {
	struct shared *shared;
	pid_t pid;
	int lifeline; /* The proxy ends when this is closed. */
	char options[120];
};

/* Bytes on their way. */
struct chunk {
	struct chunk *next;
	int64_t due_us;
	size_t done;
	size_t size;
	char bytes[];
};

struct flow {
	int from;
	int to;
	struct frames frames;
	struct chunk *first;
	struct chunk *last;
	size_t queued_size;
	bool ended; /* `from` has nothing more to say. */
};

/* A client's connection and the server's that belongs to it.  Unused: up.from is -1. */
struct link {
	struct flow up;
	struct flow down;
	bool client_heard; /* Something, since it spoke. */
};

/* The proxy's own process. */
struct relay {
	struct proxy_plan plan;
	struct shared *shared;
	int listener;
	int lifeline;
	struct link links[LINK_COUNT_MAX];
};

static int64_t now_us(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* --- Connections --- */

static int dial_unix(const struct proxy_plan *plan)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int size = snprintf(address.sun_path, sizeof(address.sun_path), "%s/.s.PGSQL.%d",
	                    plan->host, plan->port != 0 ? plan->port : 5432);
	int dialed = socket(AF_UNIX, SOCK_STREAM, 0);

	if (size < 0 || (size_t)size >= sizeof(address.sun_path) || dialed < 0 ||
	    connect(dialed, (struct sockaddr *)&address, sizeof(address)) != 0) {
		(void)close(dialed);
		return -1;
	}
	return dialed;
}

static int dial_tcp(const struct proxy_plan *plan)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	int dialed = socket(AF_INET, SOCK_STREAM, 0);
	int on = 1;

	address.sin_port = htons(plan->port != 0 ? plan->port : 5432);
	if (inet_pton(AF_INET, plan->host, &address.sin_addr) != 1 || dialed < 0 ||
	    connect(dialed, (struct sockaddr *)&address, sizeof(address)) != 0) {
		(void)close(dialed);
		return -1;
	}
	(void)setsockopt(dialed, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	return dialed;
}

static void set_nonblocking(int descriptor)
{
	(void)fcntl(descriptor, F_SETFL, O_NONBLOCK);
}

static void close_link(struct link *link, bool abruptly)
{
	const struct linger reset = { 1, 0 };
	struct flow *flows[] = { &link->up, &link->down };

	if (abruptly)
		(void)setsockopt(link->up.from, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
	(void)close(link->up.from);
	(void)close(link->down.from);
	for (size_t i = 0; i < 2; i++) {
		struct chunk *next;

		for (struct chunk *chunk = flows[i]->first; chunk != NULL; chunk = next) {
			next = chunk->next;
			free(chunk);
		}
	}
	*link = (struct link){ .up = { .from = -1 } };
}

static void take_connection(struct relay *relay)
{
	int client = accept(relay->listener, NULL, NULL);
	int server = -1;
	int on = 1;

	if (client < 0)
		return;
	(void)setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	atomic_fetch_add(&relay->shared->connection_count, 1);
	if (!atomic_load(&relay->shared->ended) || atomic_load(&relay->shared->end) != PROXY_CUT)
		server = relay->plan.host[0] == '/' ? dial_unix(&relay->plan)
		                                    : dial_tcp(&relay->plan);
	for (size_t i = 0; i < LINK_COUNT_MAX && server >= 0; i++) {
		struct link *link = &relay->links[i];

		if (link->up.from >= 0)
			continue;
		set_nonblocking(client);
		set_nonblocking(server);
		*link = (struct link){ .up = { .from = client, .to = server },
			               .down = { .from = server, .to = client } };
		link->up.frames.untyped = true;
		link->client_heard = true;
		return;
	}
	(void)close(client);
	(void)close(server);
}

/* --- Bytes --- */

static void enqueue(const struct relay *relay, struct flow *flow, const char *bytes, size_t size)
{
	struct chunk *chunk = malloc(sizeof(*chunk) + size);

	if (chunk == NULL)
		abort();
	chunk->next = NULL;
	chunk->due_us = now_us() + (int64_t)relay->plan.delay_ms * 1000;
	chunk->done = 0;
	chunk->size = size;
	memcpy(chunk->bytes, bytes, size);
	if (flow->last != NULL)
		flow->last->next = chunk;
	else
		flow->first = chunk;
	flow->last = chunk;
	flow->queued_size += size;
}

/* How much of `bytes` may still be relayed; counts it. */
static size_t pass_up(struct shared *shared, struct link *link, const char *bytes, size_t size)
{
	uint64_t frame_limit = atomic_load(&shared->frame_limit);
	uint64_t size_limit = atomic_load(&shared->size_limit);
	size_t passed = 0;

	while (passed < size && !atomic_load(&shared->ended)) {
		uint64_t rest = size_limit > 0 ? size_limit - atomic_load(&shared->client_size)
		                               : UINT64_MAX;
		struct frames_step step =
		        frames_take(&link->up.frames, bytes + passed,
		                    size - passed < rest ? size - passed : (size_t)rest);

		passed += step.size;
		if (step.untyped)
			continue;
		atomic_fetch_add(&shared->client_size, step.size);
		if (step.ended) {
			atomic_fetch_add(&shared->client_frames[step.type & 127], 1);
			atomic_fetch_add(&shared->frame_count, 1);
		}
		if ((frame_limit > 0 && atomic_load(&shared->frame_count) >= frame_limit) ||
		    (size_limit > 0 && atomic_load(&shared->client_size) >= size_limit))
			atomic_store(&shared->ended, true);
	}
	return passed;
}

static void count_down(struct shared *shared, struct link *link, const char *bytes, size_t size)
{
	atomic_fetch_add(&shared->server_size, size);
	for (size_t counted = 0; counted < size;) {
		struct frames_step step =
		        frames_take(&link->down.frames, bytes + counted, size - counted);

		counted += step.size;
		if (step.ended)
			atomic_fetch_add(&shared->server_frames[step.type & 127], 1);
	}
}

static void hear(struct relay *relay, struct link *link, struct flow *flow)
{
	char bytes[CHUNK_SIZE];
	ssize_t received = read(flow->from, bytes, sizeof(bytes));
	size_t size = received > 0 ? (size_t)received : 0;
	bool frozen = atomic_load(&relay->shared->ended);

	if (received == 0 || (received < 0 && errno != EAGAIN && errno != EINTR))
		flow->ended = true;
	if (size == 0 || frozen)
		return;
	if (flow == &link->up) {
		if (link->client_heard)
			atomic_fetch_add(&relay->shared->round_trip_count, 1);
		link->client_heard = false;
		size = pass_up(relay->shared, link, bytes, size);
	} else {
		count_down(relay->shared, link, bytes, size);
	}
	enqueue(relay, flow, bytes, size);
}

/* Hands on what is due.  Before a cut all of it is. */
static void speak(struct link *link, struct flow *flow, bool at_once)
{
	while (flow->first != NULL && (at_once || flow->first->due_us <= now_us())) {
		struct chunk *chunk = flow->first;
		ssize_t sent = send(flow->to, chunk->bytes + chunk->done, chunk->size - chunk->done,
		                    MSG_NOSIGNAL);

		if (sent < 0) {
			flow->ended = flow->ended || (errno != EAGAIN && errno != EINTR);
			return;
		}
		if (flow == &link->down)
			link->client_heard = true;
		flow->queued_size -= (size_t)sent;
		chunk->done += (size_t)sent;
		if (chunk->done < chunk->size)
			return;
		flow->first = chunk->next;
		if (flow->first == NULL)
			flow->last = NULL;
		free(chunk);
	}
}

/* --- The loop --- */

/* `now` is that of timeout_ms(): what becomes due between the two must not be slept over. */
static short events_of(const struct flow *in, const struct flow *out, int64_t now)
{
	bool wants_in = !in->ended && in->queued_size < QUEUE_SIZE_MAX;
	bool wants_out = out->first != NULL && out->first->due_us <= now;

	return (short)((wants_in ? POLLIN : 0) | (wants_out ? POLLOUT : 0));
}

/* The next moment at which a delayed chunk is due. */
static int timeout_ms(const struct relay *relay, int64_t now)
{
	int64_t soonest_us = INT64_MAX;

	for (size_t i = 0; i < LINK_COUNT_MAX; i++) {
		const struct link *link = &relay->links[i];
		const struct flow *flows[] = { &link->up, &link->down };

		if (link->up.from < 0)
			continue;
		for (size_t k = 0; k < 2; k++)
			if (flows[k]->first != NULL && flows[k]->first->due_us > now &&
			    flows[k]->first->due_us < soonest_us)
				soonest_us = flows[k]->first->due_us;
	}
	return soonest_us == INT64_MAX ? -1 : (int)((soonest_us - now + 999) / 1000);
}

static void serve(struct relay *relay, struct link *link, short client, short server)
{
	bool ended = atomic_load(&relay->shared->ended);

	if (client & (POLLIN | POLLHUP | POLLERR))
		hear(relay, link, &link->up);
	if (!ended && (server & (POLLIN | POLLHUP | POLLERR)))
		hear(relay, link, &link->down);
	/* What was relayed before the limit is on its way, and arrives. */
	speak(link, &link->up, atomic_load(&relay->shared->ended));
	if (!atomic_load(&relay->shared->ended))
		speak(link, &link->down, false);
	if ((link->up.ended && (ended || link->up.first == NULL)) ||
	    (link->down.ended && link->down.first == NULL))
		close_link(link, false);
}

static void cut_all(struct relay *relay)
{
	for (size_t i = 0; i < LINK_COUNT_MAX; i++)
		if (relay->links[i].up.from >= 0)
			close_link(&relay->links[i], true);
}

static void wait_and_serve(struct relay *relay)
{
	struct pollfd polled[2 + 2 * LINK_COUNT_MAX];
	bool ended = atomic_load(&relay->shared->ended);
	int64_t now = now_us();

	polled[0] = (struct pollfd){ relay->lifeline, POLLIN, 0 };
	polled[1] = (struct pollfd){ relay->listener, POLLIN, 0 };
	for (size_t i = 0; i < LINK_COUNT_MAX; i++) {
		const struct link *link = &relay->links[i];

		polled[2 + 2 * i] = (struct pollfd){ link->up.from, POLLIN, 0 };
		polled[3 + 2 * i] = (struct pollfd){ -1, POLLOUT, 0 };
		if (link->up.from >= 0 && (!ended || link->up.first != NULL))
			polled[3 + 2 * i].fd = link->down.from;
		if (link->up.from >= 0 && !ended) {
			polled[2 + 2 * i].events = events_of(&link->up, &link->down, now);
			polled[3 + 2 * i].events = events_of(&link->down, &link->up, now);
		}
	}
	if (poll(polled, 2 + 2 * LINK_COUNT_MAX, timeout_ms(relay, now)) < 0)
		return;
	if (polled[0].revents != 0)
		_exit(0);
	for (size_t i = 0; i < LINK_COUNT_MAX; i++)
		if (relay->links[i].up.from >= 0)
			serve(relay, &relay->links[i], polled[2 + 2 * i].revents,
			      polled[3 + 2 * i].revents);
	if (polled[1].revents != 0)
		take_connection(relay);
	if (atomic_load(&relay->shared->ended) && atomic_load(&relay->shared->end) == PROXY_CUT)
		cut_all(relay);
}

static int listen_somewhere(uint16_t *port)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	socklen_t size = sizeof(address);
	int listener = socket(AF_INET, SOCK_STREAM, 0);

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (listener < 0 || bind(listener, (struct sockaddr *)&address, size) != 0 ||
	    listen(listener, LINK_COUNT_MAX) != 0 ||
	    getsockname(listener, (struct sockaddr *)&address, &size) != 0) {
		(void)close(listener);
		return -1;
	}
	*port = ntohs(address.sin_port);
	return listener;
}

static _Noreturn void become_relay(const struct proxy_plan *plan, struct shared *shared,
                                   int listener, int lifeline)
{
	static struct relay relay;

	relay.plan = *plan;
	relay.shared = shared;
	relay.listener = listener;
	relay.lifeline = lifeline;
	for (size_t i = 0; i < LINK_COUNT_MAX; i++)
		relay.links[i].up.from = -1;
	for (;;)
		wait_and_serve(&relay);
}

/* --- The parent --- */

static struct shared *share(void)
{
	struct shared *shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
	                             MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return shared != MAP_FAILED ? shared : NULL;
}

struct proxy *proxy_start(const struct proxy_plan *plan)
{
	struct proxy *proxy = calloc(1, sizeof(*proxy));
	uint16_t port = 0;
	int listener = listen_somewhere(&port);
	int ends[2];

	if (proxy == NULL || listener < 0 || pipe(ends) != 0)
		abort();
	proxy->shared = share();
	if (proxy->shared == NULL)
		abort();
	(void)snprintf(proxy->options, sizeof(proxy->options),
	               "host=127.0.0.1 port=%d sslmode=disable gssencmode=disable", port);
	(void)fflush(NULL);
	proxy->pid = fork();
	if (proxy->pid == 0) {
		(void)close(ends[1]);
		become_relay(plan, proxy->shared, listener, ends[0]);
	}
	(void)close(listener);
	(void)close(ends[0]);
	(void)fcntl(ends[1], F_SETFD, FD_CLOEXEC);
	proxy->lifeline = ends[1];
	if (proxy->pid < 0)
		abort();
	return proxy;
}

const char *proxy_options(const struct proxy *proxy)
{
	return proxy->options;
}

void proxy_arm(struct proxy *proxy, const struct proxy_limit *limit)
{
	struct shared *shared = proxy->shared;

	atomic_store(&shared->end, PROXY_RELAY);
	atomic_store(&shared->frame_limit, limit->frame_count);
	atomic_store(&shared->size_limit, limit->size);
	atomic_store(&shared->connection_count, 0);
	atomic_store(&shared->frame_count, 0);
	atomic_store(&shared->client_size, 0);
	atomic_store(&shared->server_size, 0);
	atomic_store(&shared->round_trip_count, 0);
	for (size_t i = 0; i < 128; i++) {
		atomic_store(&shared->client_frames[i], 0);
		atomic_store(&shared->server_frames[i], 0);
	}
	atomic_store(&shared->ended, false);
	atomic_store(&shared->end, (int)limit->end);
}

struct proxy_counters proxy_counters(const struct proxy *proxy)
{
	struct shared *shared = proxy->shared;
	struct proxy_counters counters;

	counters.connection_count = atomic_load(&shared->connection_count);
	counters.frame_count = atomic_load(&shared->frame_count);
	counters.client_size = atomic_load(&shared->client_size);
	counters.server_size = atomic_load(&shared->server_size);
	counters.round_trip_count = atomic_load(&shared->round_trip_count);
	for (size_t i = 0; i < 128; i++) {
		counters.client_frames[i] = atomic_load(&shared->client_frames[i]);
		counters.server_frames[i] = atomic_load(&shared->server_frames[i]);
	}
	counters.ended = atomic_load(&shared->ended);
	return counters;
}

void proxy_stop(struct proxy *proxy)
{
	(void)close(proxy->lifeline);
	(void)kill(proxy->pid, SIGKILL);
	(void)waitpid(proxy->pid, NULL, 0);
	(void)munmap(proxy->shared, sizeof(*proxy->shared));
	free(proxy);
}
