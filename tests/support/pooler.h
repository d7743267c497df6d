/* pooler.h - pgbouncer in transaction mode, in front of the test server. */
#ifndef INLAY_TESTS_POOLER_H
#define INLAY_TESTS_POOLER_H

#include "cluster.h"
#include "database.h"

struct pooler;

/* `test`, or, where there is no pgbouncer or no PostgreSQL, one that skips; with CI set, one that
 * fails. */
void (*pooler_unless_missing(void (*test)(void **state)))(void **state);

/* A row of a table of tests. */
#define POOLER_TEST(test)                                                                          \
	{                                                                                          \
		.name = #test, .test_func = pooler_unless_missing(test),                           \
		.setup_func = database_setup_postgres, .teardown_func = database_teardown,         \
	}

/* Starts one that lends four of the server's connections for each database and role, for the length
 * of a transaction.  The roles are "postgres" and "reader". */
struct pooler *pooler_start(const struct cluster *server);

/* Where its socket is, with the name that has port 5432. */
const char *pooler_directory(const struct pooler *pooler);

/* How to reach the database `name` through it.  Static.  "pgbouncer" is its own, for SHOW. */
const char *pooler_options(const struct pooler *pooler, const char *name, const char *role);

void pooler_stop(struct pooler *pooler);

#endif
