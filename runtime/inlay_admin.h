/*
 * inlay_admin.h - status, history, metrics, run and rollback for any HTTP server to offer.
 *
 *     struct inlay_admin admin = inlay_admin_init(&app_migrations);
 *     struct inlay_admin_request request = inlay_admin_request_init("GET", "/migrations/status");
 *     struct inlay_admin_response response = inlay_admin_response_init();
 *
 *     admin.read_token = getenv("ADMIN_READ_TOKEN");
 *     request.authorization = "Bearer ...";             // the header's value, or NULL
 *     inlay_admin_handle(&admin, &request, connection, &response);
 *     puts(response.body);                              // after its status and headers
 *     inlay_admin_response_clear(&response);
 *
 * What it answers:
 *
 *     GET  /migrations            a page for people: HTML without scripts or other files
 *     GET  /migrations/status     every migration and its state, JSON
 *     GET  /migrations/history    what was done, newest first, JSON; ?limit=1 to 1000 (100)
 *     GET  /migrations/metrics    Prometheus' text format 0.0.4
 *     POST /migrations/run        {}, {"to": 12}; {"dry_run": true} with either
 *     POST /migrations/rollback   {"count": 1} or {"to": 12}, the same
 *
 * It knows no sockets, and nothing of it is linked by who does not call it.  Whoever has no token
 * gets nothing; without any token in struct inlay_admin it is off, and all is 404.
 *
 * Codes      200; 400 the request is wrong; 401 no token, or a wrong one; 403 the token may only
 *            read; 404; 405; 409 others are migrating, or the history is not one to do this to, or
 *            has not that version; 413; 500 a migration failed; 503 the database can not be
 *            reached, or the call was cancelled.  Errors are JSON: {"error": {"code", "message",
 *            "migration", "file", "line", "column"}}; of the page, a page.
 * Threads    All functions may be called from several threads at once; a connection is used by one
 *            call at a time.
 */
#ifndef INLAY_ADMIN_H
#define INLAY_ADMIN_H

#include "inlay_observe.h"

#ifdef __cplusplus
extern "C" {
#endif
#if defined(__GNUC__) && !defined(_WIN32)
#pragma GCC visibility push(default)
#endif

#define INLAY_ADMIN_BODY_SIZE_MAX    1024 /* Of a request; more is 413. */
#define INLAY_ADMIN_HEADER_COUNT_MAX 8    /* Of a response. */

/* What is offered, and to whom.  Begin with inlay_admin_init(). */
struct inlay_admin {
	size_t size;                 /* sizeof(struct inlay_admin): lets the struct grow. */
	const struct inlay_set *set; /* The program's. */
	/* As for ensure_migrated(); default NULL.  POST .../run applies also where auto_migrate is
	 * off or the roll-out has not come: it is an order.  on_event is told of what run and
	 * rollback do, and of nothing when something is only looked at. */
	const struct inlay_options *options;
	/* Whoever has it may GET.  Default NULL, which is, as "", nobody.  Make it long and random:
	 * 32 bytes of /dev/urandom in hex. */
	const char *read_token;
	/* Whoever has it may POST, too.  Default NULL: nothing can be changed. */
	const char *change_token;
	const struct inlay_metrics *metrics; /* Default NULL: /migrations/metrics is 404. */
	const char *prefix;                  /* Default "/migrations". */
};

/* No token, so that nobody gets anything yet; the defaults for all else. */
static inline struct inlay_admin inlay_admin_init(const struct inlay_set *set)
{
	struct inlay_admin admin;

	admin.size = sizeof(admin);
	admin.set = set;
	admin.options = NULL;
	admin.read_token = NULL;
	admin.change_token = NULL;
	admin.metrics = NULL;
	admin.prefix = "/migrations";
	return admin;
}

/* What came over the wire.  Begin with inlay_admin_request_init(). */
struct inlay_admin_request {
	size_t size;        /* sizeof(struct inlay_admin_request): lets the struct grow. */
	const char *method; /* "GET" */
	const char *path;   /* "/migrations/status", without query. */
	const char *query;  /* "limit=10", as it came; NULL for none. */
	/* The Authorization header: "Bearer TOKEN"; to GET also "Basic ...", with the token as the
	 * password of any user, since browsers can do that.  NULL for none. */
	const char *authorization;
	const char *body; /* NULL for none. */
	/* Of what does not fit into INLAY_ADMIN_BODY_SIZE_MAX no byte is looked at. */
	size_t body_size;
};

/* A request without query, token and body.  Keeps the two texts, and copies neither. */
static inline struct inlay_admin_request inlay_admin_request_init(const char *method,
                                                                  const char *path)
{
	struct inlay_admin_request request;

	request.size = sizeof(request);
	request.method = method;
	request.path = path;
	request.query = NULL;
	request.authorization = NULL;
	request.body = NULL;
	request.body_size = 0;
	return request;
}

/* A line of the answer's head. */
struct inlay_admin_header {
	const char *name;  /* "Content-Type"; static. */
	const char *value; /* Static, too. */
};

/* What goes back.  Begin with inlay_admin_response_init(). */
struct inlay_admin_response {
	size_t size; /* sizeof(struct inlay_admin_response): lets the struct grow. */
	int status;  /* 200 */
	/* Content-Type and the others that the answer needs; not Content-Length. */
	struct inlay_admin_header headers[INLAY_ADMIN_HEADER_COUNT_MAX];
	uint32_t header_count; /* Of `headers`. */
	/* On the heap, with a NUL behind it.  To HEAD it is what GET would get, and not to be sent.
	 * NULL when memory is out. */
	char *body;
	size_t body_size; /* Without that NUL. */
};

/* An empty one, for inlay_admin_handle() to fill in. */
static inline struct inlay_admin_response inlay_admin_response_init(void)
{
	struct inlay_admin_response response;

	response.size = sizeof(response);
	response.status = 0;
	response.header_count = 0;
	response.body = NULL;
	response.body_size = 0;
	return response;
}

/* Does it take a connection to answer this?  0 for what is refused, not there, or metrics: so
 * nobody without a token makes a program open one. */
int inlay_admin_needs_connection(const struct inlay_admin *admin,
                                 const struct inlay_admin_request *request);

/*
 * inlay_admin_handle - answer one request.
 *
 * Always fills in the response.  Keeps nothing of what it is given.
 *
 * connection  As for ensure_migrated().  NULL, where one could not be had: what needs one is 503.
 * response    Call inlay_admin_response_clear() when it is sent.
 * Blocks      A POST as ensure_migrated() and inlay_rollback() do: options->lock_timeout_ms, then
 *             it is 409.
 */
void inlay_admin_handle_sqlite(const struct inlay_admin *admin,
                               const struct inlay_admin_request *request,
                               struct sqlite3 *connection, struct inlay_admin_response *response);
void inlay_admin_handle_postgres(const struct inlay_admin *admin,
                                 const struct inlay_admin_request *request,
                                 struct pg_conn *connection, struct inlay_admin_response *response);

/* Frees the body; a second call is a harmless no-op. */
void inlay_admin_response_clear(struct inlay_admin_response *response);

#if defined(__GNUC__) && !defined(_WIN32)
#pragma GCC visibility pop
#endif
#ifdef __cplusplus
}

static inline void inlay_admin_handle(const struct inlay_admin *admin,
                                      const struct inlay_admin_request *request,
                                      struct sqlite3 *connection,
                                      struct inlay_admin_response *response)
{
	inlay_admin_handle_sqlite(admin, request, connection, response);
}

static inline void inlay_admin_handle(const struct inlay_admin *admin,
                                      const struct inlay_admin_request *request,
                                      struct pg_conn *connection,
                                      struct inlay_admin_response *response)
{
	inlay_admin_handle_postgres(admin, request, connection, response);
}

#elif defined(__STDC_VERSION__) && __STDC_VERSION__ >= 201112L

#define inlay_admin_handle(admin, request, connection, response)                                   \
	inlay_by_connection(connection, inlay_admin_handle)(admin, request, connection, response)

#endif

#endif
