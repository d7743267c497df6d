/* postgres_server.h - the one PostgreSQL server that a test program's tests share. */
#ifndef INLAY_TESTS_POSTGRES_SERVER_H
#define INLAY_TESTS_POSTGRES_SERVER_H

#include "cluster.h"

/* Starts the server at the first call.  NULL when this machine has no PostgreSQL to start. */
const struct cluster *postgres_server(void);

/* How to reach its database `name`, or NULL; the text is static.  The role is the superuser
 * "postgres"; any role may log in without a password. */
const char *postgres_server_options(const char *name, const char *role);

/* An open connection.  NULL when there is no server, or the role can not log in. */
PGconn *postgres_server_connect_as(const char *name, const char *role);

#endif
