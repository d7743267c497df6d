/* postgres_server.h - a PostgreSQL server of the test program's own, for as long as it runs. */
#ifndef INLAY_TESTS_POSTGRES_SERVER_H
#define INLAY_TESTS_POSTGRES_SERVER_H

#include <libpq-fe.h>

/* Starts the server at the first call, and says how to reach its database `name`.  NULL when this
 * machine has no PostgreSQL to start; the text is static.  The role is the superuser "postgres";
 * any role may log in without a password. */
const char *postgres_server_options(const char *name, const char *role);

/* An open connection.  NULL when there is no server, or the role can not log in. */
PGconn *postgres_server_connect_as(const char *name, const char *role);

#endif
