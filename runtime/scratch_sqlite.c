/* scratch_sqlite.c - masters in memory, and copies of them. */
#include "connection_sqlite.h"
#include "ensure.h"
#include "inlay_scratch.h"
#include "scratch.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* A database that has a set applied, and everything that could have made another one of it. */
struct master {
	struct master *next;
	void *connection;
	struct inlay_digest digest; /* Of the set's image. */
	inlay_function *const *functions;
	void *call_context;
	char *table;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* Held while a copy is made, too. */
static struct master *masters;

static void destroy_master(struct master *master)
{
	connection_close_sqlite(master->connection);
	free(master->table);
	free(master);
}

static struct master *find_master(const struct inlay_set *set, const struct inlay_options *options)
{
	struct master *master = masters;

	while (master != NULL &&
	       (memcmp(&master->digest, &set->image->digest, sizeof(master->digest)) != 0 ||
	        master->functions != set->functions ||
	        master->call_context != options->call_context ||
	        strcmp(master->table, options->table) != 0))
		master = master->next;
	return master;
}

static void fill_master(struct master *master, const struct request *request)
{
	char problem[DRIVER_PROBLEM_SIZE_MAX] = "memory is out";
	struct request own = *request;

	master->digest = request->set->image->digest;
	master->functions = request->set->functions;
	master->call_context = request->options->call_context;
	master->table = strdup(request->options->table);
	if (master->table != NULL)
		master->connection = connection_open_sqlite(":memory:", problem);
	own.connection = master->connection;
	if (master->connection != NULL)
		(void)ensure_run(&own);
	else
		(void)error_set(request->error, INLAY_NO_MEMORY, "%s", problem);
}

/* NULL when the set can not be applied; the error says why. */
static struct master *make_master(const struct request *request)
{
	struct master *master = calloc(1, sizeof(*master));

	if (master == NULL) {
		(void)error_set(request->error, INLAY_NO_MEMORY, "memory is out");
		return NULL;
	}
	fill_master(master, request);
	if (request->error->result != INLAY_OK) {
		destroy_master(master);
		return NULL;
	}
	master->next = masters;
	masters = master;
	return master;
}

static void *copy(const struct request *request)
{
	char problem[DRIVER_PROBLEM_SIZE_MAX];
	struct master *master;
	void *connection = NULL;

	(void)pthread_mutex_lock(&lock);
	master = find_master(request->set, request->options);
	if (master == NULL)
		master = make_master(request);
	if (master != NULL) {
		connection = connection_copy_sqlite(master->connection, problem);
		if (connection == NULL)
			(void)error_set(request->error, INLAY_FAILED,
			                "the scratch database can not be copied: %s", problem);
	}
	(void)pthread_mutex_unlock(&lock);
	return connection;
}

enum inlay_result inlay_scratch_sqlite(const struct inlay_set *set,
                                       const struct inlay_options *options,
                                       struct sqlite3 **connection, struct inlay_error *error)
{
	struct inlay_options taken;
	struct request request = { &driver_sqlite, NULL, set, &taken, error };
	const char *problem;

	if (error == NULL || error->size < sizeof(*error))
		return INLAY_MISUSE;
	error_reset(error);
	problem = connection == NULL ? "there is no place for the connection"
	                             : scratch_check_set(set, INLAY_DIALECT_SQLITE);
	if (problem == NULL)
		problem = scratch_take_options(&taken, options, INLAY_DIALECT_SQLITE);
	if (connection != NULL)
		*connection = problem == NULL ? copy(&request) : NULL;
	if (problem != NULL)
		return error_set(error, INLAY_MISUSE, "%s", problem);
	return error->result;
}

void inlay_scratch_drop_sqlite(struct sqlite3 *connection)
{
	connection_finalize_sqlite(connection);
	connection_close_sqlite(connection);
}

void inlay_scratch_forget_sqlite(void)
{
	(void)pthread_mutex_lock(&lock);
	while (masters != NULL) {
		struct master *next = masters->next;

		destroy_master(masters);
		masters = next;
	}
	(void)pthread_mutex_unlock(&lock);
}
