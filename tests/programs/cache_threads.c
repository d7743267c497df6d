/* cache_threads.c - many threads ask about one database over a pool of connections; a program of
 * its own, so that it can be built with ThreadSanitizer.
 *
 * cache_threads sqlite FILE COUNT TTL_MS
 * cache_threads postgres CONNECTION_STRING COUNT TTL_MS
 *
 * Calls ensure_migrated() COUNT times in all, and checks what the cache has counted.  Linked with
 * --wrap=malloc, calloc and realloc and compiled with -DCOUNT_ALLOCATIONS it also checks that an
 * answer that is remembered allocates nothing.  Exit status: 0 it is as it should be, 1 it is not,
 * 2 misuse. */
#include "../../generated/app_migrations.h"

#include <libpq-fe.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define THREAD_COUNT     8
#define CONNECTION_COUNT 16

struct connection {
	_Atomic bool is_taken;
	sqlite3 *sqlite; /* One of the two. */
	PGconn *postgres;
};

static struct connection pool[CONNECTION_COUNT];
static uint32_t ttl_ms;
static uint64_t call_count; /* Of each thread. */
static _Atomic uint64_t cached_count;
static _Atomic uint64_t asked_count;

static void die(const char *words)
{
	fprintf(stderr, "%s\n", words);
	exit(1);
}

static enum inlay_result ensure(struct connection *connection, struct inlay_error *error)
{
	struct inlay_options options = inlay_options_init();

	options.cache_ttl_ms = ttl_ms;
	options.lock_timeout_ms = 60000;
	if (connection->sqlite != NULL)
		return ensure_migrated(connection->sqlite, &app_migrations, &options, error);
	return ensure_migrated(connection->postgres, &app_migrations, &options, error);
}

/* Some connection that nobody uses; there are more of them than threads. */
static struct connection *take(size_t *next)
{
	for (;; ++*next) {
		struct connection *connection = &pool[*next % CONNECTION_COUNT];

		if (!atomic_exchange(&connection->is_taken, true)) {
			++*next;
			return connection;
		}
	}
}

static void *work(void *context)
{
	size_t next = *(size_t *)context;
	uint64_t cached = 0;

	for (uint64_t i = 0; i < call_count; i++) {
		struct connection *connection = take(&next);
		struct inlay_error error = inlay_error_init();

		if (ensure(connection, &error) != INLAY_OK)
			die(error.message);
		atomic_store(&connection->is_taken, false);
		cached += error.is_cached != 0;
	}
	atomic_fetch_add(&cached_count, cached);
	atomic_fetch_add(&asked_count, call_count - cached);
	return NULL;
}

#ifdef COUNT_ALLOCATIONS
static _Atomic uint64_t allocation_count;

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *start, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *start, size_t size);

void *__wrap_malloc(size_t size)
{
	allocation_count++;
	return __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
	allocation_count++;
	return __real_calloc(count, size);
}

void *__wrap_realloc(void *start, size_t size)
{
	allocation_count++;
	return __real_realloc(start, size);
}

static void check_allocations(void)
{
	struct inlay_error error = inlay_error_init();
	uint64_t before = allocation_count;

	if (before == 0)
		die("the first call did allocate");
	for (int i = 0; i < 1000; i++)
		if (ensure(&pool[i % CONNECTION_COUNT], &error) != INLAY_OK || !error.is_cached)
			die("it is not remembered");
	if (allocation_count != before)
		die("a remembered answer allocates");
	inlay_cache_forget();
	if (ensure(&pool[0], &error) != INLAY_OK || error.is_cached)
		die("it is not forgotten");
}
#endif

static void connect_pool(const char *kind, const char *place)
{
	for (size_t i = 0; i < CONNECTION_COUNT; i++) {
		if (strcmp(kind, "sqlite") == 0) {
			if (sqlite3_open(place, &pool[i].sqlite) != SQLITE_OK)
				die("the file can not be opened");
		} else {
			pool[i].postgres = PQconnectdb(place);
			if (PQstatus(pool[i].postgres) != CONNECTION_OK)
				die(PQerrorMessage(pool[i].postgres));
		}
	}
}

static void disconnect_pool(void)
{
	for (size_t i = 0; i < CONNECTION_COUNT; i++) {
		sqlite3_close(pool[i].sqlite);
		PQfinish(pool[i].postgres);
	}
}

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void run_threads(void)
{
	pthread_t threads[THREAD_COUNT];
	size_t starts[THREAD_COUNT];

	for (size_t i = 0; i < THREAD_COUNT; i++) {
		starts[i] = i * CONNECTION_COUNT / THREAD_COUNT;
		if (pthread_create(&threads[i], NULL, work, &starts[i]) != 0)
			die("a thread can not be started");
	}
	for (size_t i = 0; i < THREAD_COUNT; i++)
		pthread_join(threads[i], NULL);
}

/* One answer for each time it is believed: a refresh comes no sooner than that behind the last
 * one, whatever the threads did meanwhile. */
static void check(const struct inlay_cache_statistics *counted, int64_t elapsed_ms)
{
	uint64_t calls = call_count * THREAD_COUNT;
	uint64_t refreshes_max = (uint64_t)elapsed_ms / ttl_ms + 1;

	printf("%llu calls in %lld ms: %llu hits, %llu of them stale, %llu misses, %llu refreshes "
	       "(at most %llu)\n",
	       (unsigned long long)calls, (long long)elapsed_ms,
	       (unsigned long long)counted->hit_count, (unsigned long long)counted->stale_hit_count,
	       (unsigned long long)counted->miss_count, (unsigned long long)counted->refresh_count,
	       (unsigned long long)refreshes_max);
	if (counted->hit_count + counted->miss_count + counted->refresh_count +
	            counted->overflow_count !=
	    calls)
		die("not every call was counted, or one twice");
	if (counted->hit_count != cached_count ||
	    counted->miss_count + counted->refresh_count != asked_count)
		die("the calls were told something else than was counted");
	if (counted->failure_count != 0 || counted->overflow_count != 0 || counted->slot_count != 1)
		die("something went wrong that is not told of");
	/* All may ask before the first answer is there, and those that waited for the one who
	 * applied once more: what they began to ask is older than that. */
	if (counted->miss_count < 1 || counted->miss_count > 2 * THREAD_COUNT)
		die("it was asked too often at the beginning");
	if (counted->refresh_count > refreshes_max)
		die("it was asked too often");
}

int main(int argc, char **argv)
{
	struct inlay_cache_statistics counted = inlay_cache_statistics_init();
	int64_t began_ms;

	if (argc != 5)
		return 2;
	call_count = strtoull(argv[3], NULL, 10) / THREAD_COUNT;
	ttl_ms = (uint32_t)strtoul(argv[4], NULL, 10);
	connect_pool(argv[1], argv[2]);
	began_ms = now_ms();
	run_threads();
	inlay_cache_read(&counted);
	check(&counted, now_ms() - began_ms + 1);
#ifdef COUNT_ALLOCATIONS
	if (ttl_ms >= 3600000)
		check_allocations();
#endif
	disconnect_pool();
	return 0;
}
