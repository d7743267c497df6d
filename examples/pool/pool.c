/* pool.c - a stack of idle connections behind a lock; what takes time is done outside of it. */
#define _POSIX_C_SOURCE 200809L

#include "pool.h"

#include "app_migrations.h"

#include <pthread.h>
#include <stdlib.h>

struct pool {
	const char *url;
	const struct inlay_options *options;
	pthread_mutex_t lock;
	pthread_cond_t given;
	size_t idle_count;
	PGconn *idle[]; /* NULL: one that is to be opened. */
};

struct pool *pool_create(const char *url, size_t connection_count,
                         const struct inlay_options *options)
{
	struct pool *pool = calloc(1, sizeof(*pool) + connection_count * sizeof(*pool->idle));

	if (pool == NULL)
		return NULL;
	pool->url = url;
	pool->options = options;
	pool->idle_count = connection_count;
	pthread_mutex_init(&pool->lock, NULL);
	pthread_cond_init(&pool->given, NULL);
	return pool;
}

/* What the URL says wins.  Without a limit a server that is gone would hang every thread. */
static PGconn *open_connection(const char *url)
{
	static const char *const names[] = { "connect_timeout", "fallback_application_name",
		                             "dbname", NULL };
	const char *const values[] = { "5", "pool", url, NULL };

	return PQconnectdbParams(names, values, 1);
}

static PGconn *pop(struct pool *pool)
{
	PGconn *connection;

	pthread_mutex_lock(&pool->lock);
	while (pool->idle_count == 0)
		pthread_cond_wait(&pool->given, &pool->lock);
	connection = pool->idle[--pool->idle_count];
	pthread_mutex_unlock(&pool->lock);
	return connection;
}

static void push(struct pool *pool, PGconn *connection)
{
	pthread_mutex_lock(&pool->lock);
	pool->idle[pool->idle_count++] = connection;
	pthread_cond_signal(&pool->given);
	pthread_mutex_unlock(&pool->lock);
}

/* ensure_migrated() on every hand-out: nearly always its answer is remembered. */
PGconn *pool_take(struct pool *pool, struct inlay_error *error)
{
	PGconn *connection = pop(pool);

	if (connection == NULL)
		connection = open_connection(pool->url);
	if (PQstatus(connection) != CONNECTION_OK)
		inlay_cache_forget(); /* What it was is no answer now. */
	if (ensure_migrated(connection, &app_migrations, pool->options, error) == INLAY_OK)
		return connection;
	pool_give(pool, connection);
	return NULL;
}

void pool_give(struct pool *pool, PGconn *connection)
{
	if (PQtransactionStatus(connection) != PQTRANS_IDLE) {
		PQfinish(connection);
		connection = NULL;
	}
	push(pool, connection);
}

void pool_drop(struct pool *pool, PGconn *connection)
{
	PQfinish(connection);
	pthread_mutex_lock(&pool->lock);
	for (size_t i = 0; i < pool->idle_count; i++) {
		PQfinish(pool->idle[i]);
		pool->idle[i] = NULL;
	}
	pthread_mutex_unlock(&pool->lock);
	inlay_cache_forget();
	push(pool, NULL);
}

void pool_destroy(struct pool *pool)
{
	for (size_t i = 0; i < pool->idle_count; i++)
		PQfinish(pool->idle[i]);
	pthread_cond_destroy(&pool->given);
	pthread_mutex_destroy(&pool->lock);
	free(pool);
}
