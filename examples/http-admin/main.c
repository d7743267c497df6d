/* main.c - the admin endpoints over HTTP, by libmicrohttpd: a thread and a database connection a
 * request.  What is refused never opens one.
 *
 * http-admin PORT, with DATABASE_URL (sqlite:FILE, or what libpq understands), ADMIN_READ_TOKEN and
 * ADMIN_CHANGE_TOKEN in the environment. */
#include "app_migrations.h"
#include "inlay_admin.h"

#include <libpq-fe.h>
#include <microhttpd.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <arpa/inet.h>
#include <netinet/in.h>

struct service {
	const char *sqlite;   /* A file, or NULL: */
	const char *postgres; /* How libpq reaches it. */
	struct inlay_admin admin;
};

/* A request as it comes in, piece by piece. */
struct exchange {
	char *path;
	char *query; /* Behind the "?" in `path`, or NULL. */
	int has_begun;
	char body[INLAY_ADMIN_BODY_SIZE_MAX];
	size_t body_size; /* Also of what did not fit. */
};

/* The path as it was sent: libmicrohttpd hands on a decoded one, and no query. */
static void *begin(void *context, const char *uri, struct MHD_Connection *connection)
{
	struct exchange *exchange = calloc(1, sizeof(*exchange));
	size_t size = strlen(uri) + 1;

	(void)context;
	(void)connection;
	if (exchange == NULL)
		return NULL;
	exchange->path = malloc(size);
	if (exchange->path == NULL) {
		free(exchange);
		return NULL;
	}
	memcpy(exchange->path, uri, size);
	exchange->query = strchr(exchange->path, '?');
	if (exchange->query != NULL)
		*exchange->query++ = '\0';
	return exchange;
}

static void end(void *context, struct MHD_Connection *connection, void **memory,
                enum MHD_RequestTerminationCode code)
{
	struct exchange *exchange = *memory;

	(void)context;
	(void)connection;
	(void)code;
	if (exchange != NULL)
		free(exchange->path);
	free(exchange);
}

static void take_body(struct exchange *exchange, const char *data, size_t size)
{
	if (exchange->body_size < sizeof(exchange->body)) {
		size_t room = sizeof(exchange->body) - exchange->body_size;

		memcpy(exchange->body + exchange->body_size, data, size < room ? size : room);
	}
	exchange->body_size += size;
}

/* The connections are this request's own; NULL where one can not be had. */
static sqlite3 *open_sqlite(const char *file)
{
	sqlite3 *database = NULL;

	if (sqlite3_open(file, &database) == SQLITE_OK)
		return database;
	sqlite3_close(database);
	return NULL;
}

static PGconn *open_postgres(const char *place)
{
	PGconn *connection = PQconnectdb(place);

	if (PQstatus(connection) == CONNECTION_OK)
		return connection;
	PQfinish(connection);
	return NULL;
}

static void answer(const struct service *service, const struct inlay_admin_request *request,
                   struct inlay_admin_response *response)
{
	int needs_one = inlay_admin_needs_connection(&service->admin, request);

	if (service->sqlite != NULL) {
		sqlite3 *database = needs_one ? open_sqlite(service->sqlite) : NULL;

		inlay_admin_handle(&service->admin, request, database, response);
		sqlite3_close(database);
	} else {
		PGconn *connection = needs_one ? open_postgres(service->postgres) : NULL;

		inlay_admin_handle(&service->admin, request, connection, response);
		PQfinish(connection);
	}
}

static enum MHD_Result send_response(struct MHD_Connection *connection,
                                     struct inlay_admin_response *response)
{
	struct MHD_Response *message = MHD_create_response_from_buffer(
	        response->body_size, response->body, MHD_RESPMEM_MUST_COPY);
	enum MHD_Result result = MHD_NO;

	if (message != NULL) {
		for (uint32_t i = 0; i < response->header_count; i++)
			(void)MHD_add_response_header(message, response->headers[i].name,
			                              response->headers[i].value);
		result = MHD_queue_response(connection, (unsigned)response->status, message);
		MHD_destroy_response(message);
	}
	inlay_admin_response_clear(response);
	return result;
}

/* Called when the headers are there, with each piece of the body, and at its end. */
static enum MHD_Result handle(void *context, struct MHD_Connection *connection, const char *url,
                              const char *method, const char *version, const char *data,
                              size_t *data_size, void **memory)
{
	const struct service *service = context;
	struct exchange *exchange = *memory;
	struct inlay_admin_response response = inlay_admin_response_init();
	struct inlay_admin_request request;

	(void)url;
	(void)version;
	if (exchange == NULL)
		return MHD_NO;
	if (!exchange->has_begun) {
		exchange->has_begun = 1;
		return MHD_YES;
	}
	if (*data_size > 0) {
		take_body(exchange, data, *data_size);
		*data_size = 0;
		return MHD_YES;
	}
	request = inlay_admin_request_init(method, exchange->path);
	request.query = exchange->query;
	request.authorization =
	        MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Authorization");
	request.body = exchange->body;
	request.body_size = exchange->body_size;
	answer(service, &request, &response);
	return send_response(connection, &response);
}

/* Serves 127.0.0.1 until it is told to stop; port 0 is any that is free. */
static int serve(struct service *service, unsigned short port, const sigset_t *stop)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(port) };
	const union MHD_DaemonInfo *info;
	struct MHD_Daemon *daemon;
	int signal_number;

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	daemon = MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_THREAD_PER_CONNECTION,
	                          port, NULL, NULL, handle, service, MHD_OPTION_SOCK_ADDR,
	                          (struct sockaddr *)&address, MHD_OPTION_URI_LOG_CALLBACK, begin,
	                          NULL, MHD_OPTION_NOTIFY_COMPLETED, end, NULL,
	                          MHD_OPTION_CONNECTION_LIMIT, 32u, MHD_OPTION_CONNECTION_TIMEOUT,
	                          30u, MHD_OPTION_END);
	if (daemon == NULL) {
		fprintf(stderr, "http-admin: can not listen on port %u\n", port);
		return EXIT_FAILURE;
	}
	info = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT);
	printf("http://127.0.0.1:%u/migrations\n", info != NULL ? info->port : port);
	fflush(stdout);
	(void)sigwait(stop, &signal_number);
	MHD_stop_daemon(daemon);
	return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	struct inlay_options options = inlay_options_init();
	struct inlay_metrics *metrics = inlay_metrics_create();
	const char *url = getenv("DATABASE_URL");
	struct service service = { .sqlite = NULL };
	sigset_t stop;
	int status;

	if (argc != 2 || url == NULL || metrics == NULL) {
		fprintf(stderr, "usage: DATABASE_URL=... http-admin PORT\n");
		inlay_metrics_destroy(metrics);
		return 64;
	}
	options.on_event = inlay_metrics_event;
	options.context = metrics;
	options.lock_timeout_ms = 1000; /* Then it is 409: who waits for an answer asks again. */
	if (strncmp(url, "sqlite:", strlen("sqlite:")) == 0)
		service.sqlite = url + strlen("sqlite:");
	else
		service.postgres = url;
	service.admin = inlay_admin_init(&app_migrations);
	service.admin.options = &options;
	service.admin.metrics = metrics;
	service.admin.read_token = getenv("ADMIN_READ_TOKEN");
	service.admin.change_token = getenv("ADMIN_CHANGE_TOKEN");
	sigemptyset(&stop);
	sigaddset(&stop, SIGINT);
	sigaddset(&stop, SIGTERM);
	sigprocmask(SIG_BLOCK, &stop, NULL); /* Its threads inherit that. */
	status = serve(&service, (unsigned short)strtoul(argv[1], NULL, 10), &stop);
	inlay_metrics_destroy(metrics);
	return status;
}
