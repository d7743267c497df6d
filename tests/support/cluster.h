/*
 * cluster.h - PostgreSQL servers of a program's own: to crash, to follow one another, to measure.
 *
 * Knows neither cmocka nor inlay, so that benchmarks can use it as well.
 */
#ifndef INLAY_TESTS_CLUSTER_H
#define INLAY_TESTS_CLUSTER_H

#include <libpq-fe.h>

struct cluster;

/* A server with nothing in it.  NULL when this machine has no PostgreSQL to start. */
struct cluster *cluster_create(void);

/* The same, but its commits are flushed to disk, as anybody's are: for measuring. */
struct cluster *cluster_create_durable(void);

/* A hot standby that follows `primary`. */
struct cluster *cluster_create_standby(const struct cluster *primary);

/* Stops the server at once, as a crash of its would: pg_ctl stop -m immediate. */
void cluster_crash(struct cluster *cluster);

/* Starts it after that, and returns when it takes connections. */
void cluster_restart(struct cluster *cluster);

/* Stops and removes it.  The end of the program does the same. */
void cluster_destroy(struct cluster *cluster);

/* Where its socket is. */
const char *cluster_directory(const struct cluster *cluster);

/* How to reach its database `name`.  Static. */
const char *cluster_options(const struct cluster *cluster, const char *name, const char *role);

/* An open connection, or NULL. */
PGconn *cluster_connect(const struct cluster *cluster, const char *name, const char *role);

#endif
