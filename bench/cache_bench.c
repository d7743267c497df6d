/* cache_bench.c - what ensure_migrated() costs when the process remembers the answer, beside the
 * least that such a call can cost: an atomic load and a look at the clock. */
#include "support/measure.h"
#include "support/place.h"

#include "../runtime/clock.h"
#include "../tests/support/set.h"

#include <libpq-fe.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define ROUNDS           5
#define THREAD_COUNT_MAX 8
#define TENANT_COUNT     200
#define CALL_COUNT       500000

/* A thread's own connections; one that can not be had is NULL. */
struct thread {
	pthread_t id;
	sqlite3 *sqlite;
	PGconn *postgres;
	const struct work *work;
	int call_count;
};

/* What to connect to. */
static const char *file;
static const char *server;
static struct compiled_set sets[INLAY_DIALECT_COUNT];
static _Atomic uint64_t shared;

static const struct set_file files[] = {
	{ "1_t.sql", "CREATE TABLE IF NOT EXISTS t (id INTEGER PRIMARY KEY);" },
	SET_END,
};

static void load(const struct thread *thread, int index)
{
	(void)thread;
	(void)index;
	(void)atomic_load_explicit(&shared, memory_order_acquire);
}

static void look_at_clock(const struct thread *thread, int index)
{
	(void)thread;
	(void)index;
	(void)clock_coarse_ms();
}

/* Another database each time, by its tracking table, where `index` is not 0. */
static void ensure(const struct thread *thread, enum inlay_dialect dialect, int index)
{
	struct inlay_options options = inlay_options_init();
	struct inlay_error error;
	char table[] = "tenant_000";
	enum inlay_result result;

	table[7] = (char)('0' + index / 100);
	table[8] = (char)('0' + index / 10 % 10);
	table[9] = (char)('0' + index % 10);
	options.table = table;
	options.cache_ttl_ms = 3600000;
	error.size = sizeof(error);
	if (dialect == INLAY_DIALECT_SQLITE)
		result = ensure_migrated(thread->sqlite, &sets[dialect].set, &options, &error);
	else
		result = ensure_migrated(thread->postgres, &sets[dialect].set, &options, &error);
	if (result != INLAY_OK) {
		fprintf(stderr, "%s\n", error.message);
		exit(2);
	}
}

static void ensure_sqlite(const struct thread *thread, int index)
{
	(void)index;
	ensure(thread, INLAY_DIALECT_SQLITE, 0);
}

static void ensure_sqlite_tenants(const struct thread *thread, int index)
{
	ensure(thread, INLAY_DIALECT_SQLITE, index % TENANT_COUNT);
}

static void ensure_postgres(const struct thread *thread, int index)
{
	(void)index;
	ensure(thread, INLAY_DIALECT_POSTGRES, 0);
}

static const struct work {
	const char *name;
	bool needs_server;
	void (*run)(const struct thread *thread, int index);
} works[] = {
	{ "an atomic load", false, load },
	{ "a look at the coarse clock", false, look_at_clock },
	{ "ensure_migrated(), SQLite", false, ensure_sqlite },
	{ "ensure_migrated(), SQLite, 200 tables in turn", false, ensure_sqlite_tenants },
	{ "ensure_migrated(), PostgreSQL", true, ensure_postgres },
};
#define WORK_COUNT (sizeof(works) / sizeof(works[0]))

static void connect_thread(struct thread *thread)
{
	if (sqlite3_open(file, &thread->sqlite) != SQLITE_OK)
		exit(2);
	thread->postgres = server != NULL ? PQconnectdb(server) : NULL;
	if (server != NULL && PQstatus(thread->postgres) != CONNECTION_OK)
		exit(2);
}

static void disconnect_thread(struct thread *thread)
{
	sqlite3_close(thread->sqlite);
	PQfinish(thread->postgres);
}

static void *repeat(void *context)
{
	const struct thread *thread = context;

	for (int i = 0; i < thread->call_count; i++)
		thread->work->run(thread, i);
	return NULL;
}

/* Nanoseconds for each call of each thread, as the threads see it. */
static double time_once_ns(const struct work *work, int thread_count)
{
	struct thread threads[THREAD_COUNT_MAX] = { 0 };
	double start;

	for (int i = 0; i < thread_count; i++) {
		connect_thread(&threads[i]);
		threads[i].work = work;
		threads[i].call_count = TENANT_COUNT; /* Warm. */
		(void)repeat(&threads[i]);
		threads[i].call_count = CALL_COUNT;
	}
	start = measure_now();
	for (int i = 0; i < thread_count; i++)
		if (pthread_create(&threads[i].id, NULL, repeat, &threads[i]) != 0)
			exit(2);
	for (int i = 0; i < thread_count; i++)
		pthread_join(threads[i].id, NULL);
	start = measure_now() - start;
	for (int i = 0; i < thread_count; i++)
		disconnect_thread(&threads[i]);
	return start * 1e9 / CALL_COUNT;
}

static double time_best_ns(const struct work *work, int thread_count)
{
	double best = 1e9;

	for (int i = 0; i < ROUNDS; i++) {
		double sample = time_once_ns(work, thread_count);

		best = sample < best ? sample : best;
	}
	return best;
}

/* The difference of two runs: start-up and the first calls are in both. */
static double count_instructions(char *self, size_t index)
{
	char number[16];
	char *few[] = { self, number, "1000", (char *)file, (char *)server, NULL };
	char *many[] = { self, number, "11000", (char *)file, (char *)server, NULL };
	int64_t few_count, many_count;

	snprintf(number, sizeof(number), "%zu", index);
	few_count = measure_instructions(few);
	many_count = measure_instructions(many);
	return few_count < 0 || many_count < 0 ? -1 : (double)(many_count - few_count) / 10000;
}

static void run_counted(const char *index, const char *count)
{
	struct thread thread = { .work = &works[strtoul(index, NULL, 10) % WORK_COUNT],
		                 .call_count = (int)strtol(count, NULL, 10) };

	connect_thread(&thread);
	(void)repeat(&thread);
	disconnect_thread(&thread);
}

static void compare(char *self)
{
	double first_ns[2] = { 0, 0 };

	printf("\nnothing pending, and the process remembers it (best of %d):\n", ROUNDS);
	for (size_t i = 0; i < WORK_COUNT; i++) {
		double instructions, one_ns, many_ns;

		if (works[i].needs_server && server == NULL)
			continue;
		one_ns = time_best_ns(&works[i], 1);
		many_ns = time_best_ns(&works[i], THREAD_COUNT_MAX);
		if (works[i].run == look_at_clock) {
			first_ns[0] = one_ns;
			first_ns[1] = many_ns;
		}
		instructions = count_instructions(self, i);
		printf("  %-46s %7.1f ns", works[i].name, one_ns);
		if (first_ns[0] > 0)
			printf(" %6.2f x", one_ns / first_ns[0]);
		else
			printf("         ");
		printf("   %d threads %8.1f ns", THREAD_COUNT_MAX, many_ns);
		if (first_ns[1] > 0)
			printf(" %6.2f x", many_ns / first_ns[1]);
		if (instructions >= 0)
			printf(" %6.0f instructions", instructions);
		printf("\n");
		(void)fflush(stdout);
	}
}

int main(int argc, char **argv)
{
	char directory[256], path[300], options[600];

	for (int i = 0; i < INLAY_DIALECT_COUNT; i++)
		sets[i] = set_compile(files, (enum inlay_dialect)i);
	if (argc >= 4) { /* Under callgrind: one kind of call, so many times. */
		file = argv[3];
		server = argv[4];
		run_counted(argv[1], argv[2]);
		return 0;
	}
	measure_directory(directory, sizeof(directory));
	snprintf(path, sizeof(path), "%s/bench.db", directory);
	file = path;
	if (place_is_there()) {
		struct place place = place_open(PLACE_NEXT_DOOR);
		PGconn *connection;

		place_clear();
		connection = place_connect(&place);
		snprintf(options, sizeof(options), "host=%s port=%s user=%s dbname=%s",
		         PQhost(connection), PQport(connection), PQuser(connection),
		         PQdb(connection));
		place_disconnect(connection);
		server = options;
		compare(argv[0]);
		place_close(&place);
	} else {
		compare(argv[0]);
	}
	for (int i = 0; i < INLAY_DIALECT_COUNT; i++)
		set_destroy(&sets[i]);
	measure_remove(directory);
	return 0;
}
