/*
 * service.c - a service with worker threads and a connection pool.
 *
 *     DATABASE_URL=postgres://localhost/app ./service [THREADS [CONNECTIONS]]
 *
 * A request is a line of standard input, "NUMBER TEXT", and its answer one of standard output,
 * which begins with that number: "17 200 stored", "17 400 ...", "17 503 ...".  The service ends
 * with its input, or by SIGTERM or SIGINT, when what it has read is answered.
 */
#define _POSIX_C_SOURCE 200809L

#include "pool.h"

#include <inlay_observe.h>

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	THREAD_COUNT_MAX = 256,
	ATTEMPT_COUNT = 3
};

struct service {
	struct pool *pool;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	char *request; /* For one of the workers to take; NULL when it is taken. */
	int is_closed;
};

/* --- Answering --- */

/* A request may be sent again, and stored once: so it may be tried again, too. */
static const char put[] =
        "INSERT INTO message (id, text) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING";

/* 503: the same request can be answered later.  500: somebody has to look. */
static int status_of(enum inlay_result result)
{
	switch (result) {
	case INLAY_PENDING:     /* By policy this process does not migrate: another one will. */
	case INLAY_LOCKED:      /* Another one is migrating. */
	case INLAY_UNREACHABLE: /* The server is away. */
	case INLAY_CANCELLED: /* This process is being stopped. */ return 503;
	default: return 500;
	}
}

/* What a refused command is answered with: 400 where its values are wrong (classes 22 and 23).
 * 0: it was not refused, the connection broke; PQstatus() does not always know yet.  Class 57P is a
 * server that is going down. */
static int status_of_refused(const PGresult *result)
{
	const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);

	if (state == NULL || strncmp(state, "57P", 3) == 0)
		return 0;
	return strncmp(state, "22", 2) == 0 || strncmp(state, "23", 2) == 0 ? 400 : 500;
}

/* True when it is answered; false when the connection turned out to be gone. */
static int try_once(struct pool *pool, const char *const values[2])
{
	struct inlay_error error = inlay_error_init();
	PGconn *connection = pool_take(pool, &error);
	PGresult *result;
	int is_answered = 1;
	int refused;

	if (connection == NULL) {
		printf("%s %d %s\n", values[0], status_of(error.result), error.message);
		return 1;
	}
	result = PQexecParams(connection, put, 2, NULL, values, NULL, NULL, 0);
	if (PQresultStatus(result) == PGRES_COMMAND_OK)
		printf("%s 200 stored\n", values[0]);
	else if ((refused = status_of_refused(result)) != 0)
		printf("%s %d %s\n", values[0], refused,
		       PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY));
	else
		is_answered = 0;
	PQclear(result);
	if (is_answered)
		pool_give(pool, connection);
	else
		pool_drop(pool, connection);
	return is_answered;
}

static void answer(struct pool *pool, char *request)
{
	char *text = strchr(request, ' ');
	const char *values[2] = { request, text != NULL ? text + 1 : "" };
	int attempt = 0;

	if (text != NULL)
		*text = '\0';
	while (attempt < ATTEMPT_COUNT && !try_once(pool, values))
		attempt++;
	if (attempt == ATTEMPT_COUNT)
		printf("%s 503 the connection to the database is lost\n", request);
}

/* --- Threads --- */

/* NULL when there will be none any more. */
static char *take_request(struct service *service)
{
	char *request;

	pthread_mutex_lock(&service->lock);
	while (service->request == NULL && !service->is_closed)
		pthread_cond_wait(&service->changed, &service->lock);
	request = service->request;
	service->request = NULL;
	pthread_cond_broadcast(&service->changed);
	pthread_mutex_unlock(&service->lock);
	return request;
}

/* Waits until the one before is taken; so no more are read than can be worked on. */
static void hand_out(struct service *service, char *request)
{
	pthread_mutex_lock(&service->lock);
	while (service->request != NULL)
		pthread_cond_wait(&service->changed, &service->lock);
	service->request = request;
	service->is_closed = request == NULL;
	pthread_cond_broadcast(&service->changed);
	pthread_mutex_unlock(&service->lock);
}

static void *work(void *context)
{
	struct service *service = context;
	char *request;

	while ((request = take_request(service)) != NULL) {
		answer(service->pool, request);
		fflush(stdout);
		free(request);
	}
	return NULL;
}

/* --- Stopping --- */

static volatile int is_stopped; /* Also ends a migration, or the wait for one. */
static int nothing;             /* /dev/null */

/* The input ends here, whether it is being read right now or will be. */
static void stop(int number)
{
	(void)number;
	is_stopped = 1;
	dup2(nothing, STDIN_FILENO);
}

/* Workers are started with these blocked: the thread that reads gets them. */
static void block_signals(int how)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	pthread_sigmask(how, &set, NULL);
}

/* --- The service --- */

static void read_requests(struct service *service)
{
	char *line = NULL;
	size_t room = 0;
	ssize_t size;

	while ((size = getline(&line, &room, stdin)) > 0) {
		line[strcspn(line, "\n")] = '\0';
		hand_out(service, line);
		line = NULL;
		room = 0;
	}
	free(line);
	hand_out(service, NULL);
}

static void serve(struct service *service, size_t thread_count)
{
	struct sigaction action = { .sa_handler = stop };
	pthread_t threads[THREAD_COUNT_MAX];
	size_t count = 0;

	nothing = open("/dev/null", O_RDONLY);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	block_signals(SIG_BLOCK);
	while (count < thread_count && pthread_create(&threads[count], NULL, work, service) == 0)
		count++;
	block_signals(SIG_UNBLOCK);
	if (count > 0)
		read_requests(service);
	while (count > 0)
		pthread_join(threads[--count], NULL);
}

/* A migration that is applied, waited for, refused: a line for whoever runs the service. */
static void write_line(void *context, const char *line, size_t size)
{
	(void)context;
	(void)size;
	fprintf(stderr, "%s\n", line);
}

static void tell_costs(void)
{
	struct inlay_cache_statistics cache = inlay_cache_statistics_init();

	inlay_cache_read(&cache);
	fprintf(stderr, "%llu hand-outs: the schema was asked for %llu times\n",
	        (unsigned long long)(cache.hit_count + cache.miss_count + cache.refresh_count),
	        (unsigned long long)(cache.miss_count + cache.refresh_count));
}

static size_t number(const char *text, size_t otherwise)
{
	size_t value = text != NULL ? strtoul(text, NULL, 10) : otherwise;

	return value >= 1 && value <= THREAD_COUNT_MAX ? value : otherwise;
}

int main(int argc, char **argv)
{
	struct service service = { .lock = PTHREAD_MUTEX_INITIALIZER,
		                   .changed = PTHREAD_COND_INITIALIZER };
	struct inlay_logger logger = inlay_logger_init();
	struct inlay_options options = inlay_options_init();
	const char *url = getenv("DATABASE_URL");

	logger.write = write_line;
	options.on_event = inlay_log_event;
	options.context = &logger;
	options.cancel = &is_stopped;
	service.pool =
	        pool_create(url != NULL ? url : "", number(argc > 2 ? argv[2] : NULL, 4), &options);
	if (service.pool == NULL)
		return EXIT_FAILURE;
	serve(&service, number(argc > 1 ? argv[1] : NULL, 8));
	pool_destroy(service.pool);
	tell_costs();
	return EXIT_SUCCESS;
}
