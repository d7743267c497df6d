/*
 * connection_postgres.h - a PostgreSQL connection: opening it, and what libpq knows without asking.
 *
 * Hides libpq, as wire_postgres.h does, which sends the commands.
 */
#ifndef INLAY_CONNECTION_POSTGRES_H
#define INLAY_CONNECTION_POSTGRES_H

#include "names.h"
#include "driver.h"

/* See identify(), connect() and disconnect() of driver.h. */
uint32_t connection_identify_postgres(void *connection,
                                      const char *parts[DRIVER_IDENTITY_COUNT_MAX]);
void *connection_open_postgres(const char *database, char problem[DRIVER_PROBLEM_SIZE_MAX]);
void connection_close_postgres(void *connection);

/* Another connection to the same server, with the same parameters, to `database`, or to the same
 * one when that is NULL.  NULL when that fails; then `problem` says why, "" that memory is out. */
void *connection_open_again(const struct session *session, const char *database,
                            char problem[DRIVER_PROBLEM_SIZE_MAX]);

/* What a connection string comes to, with the environment, as far as it tells which database it is:
 * "host=... port=... dbname=...", without a password, on the heap.  NULL when it can not be
 * understood. */
char *connection_name_postgres(const char *database);

/* The database that a connection string is for, for people. */
void connection_describe_postgres(const char *database, char *buffer, size_t size);

/* NULL when the connection is usable and idle, otherwise what is wrong. */
const char *connection_problem(struct session *session);

/* Asks the server to stop what runs on `connection`, a PGconn: on a connection of its own, and
 * waits until the server has taken note.  Thread-safe; what goes wrong is nobody's to know. */
void connection_cancel(void *connection);

bool connection_is_in_transaction(const struct session *session); /* One that can be committed. */
bool connection_is_idle(const struct session *session);
bool connection_is_local(const struct session *session); /* By a Unix-domain socket. */
int connection_server_version(const struct session *session);
int connection_backend(const struct session *session); /* As the server said first. */
/* "" if unknown. */
const char *connection_parameter(const struct session *session, const char *name);

#endif
