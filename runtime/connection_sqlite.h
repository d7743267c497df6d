/* connection_sqlite.h - opens, closes and tells apart connections of SQLite. */
#ifndef INLAY_CONNECTION_SQLITE_H
#define INLAY_CONNECTION_SQLITE_H

#include "names.h"
#include "driver.h"

/* See identify(), connect() and disconnect() of driver.h.  A file that is not there is made only
 * for a URI with mode=rwc. */
uint32_t connection_identify_sqlite(void *connection, const char *parts[DRIVER_IDENTITY_COUNT_MAX]);
void *connection_open_sqlite(const char *database, char problem[DRIVER_PROBLEM_SIZE_MAX]);
void connection_close_sqlite(void *connection);

/* A database in memory with all that is in the main one of `master`.  NULL when that fails; then
 * `problem` says why. */
void *connection_copy_sqlite(void *master, char problem[DRIVER_PROBLEM_SIZE_MAX]);

/* Finalizes all statements; NULL has none. */
void connection_finalize_sqlite(void *connection);

/* The file's path from the root, on the heap; NULL when there is no such file. */
char *connection_name_sqlite(const char *database);

/* Was SQLite compiled for several threads? */
bool connection_is_threadsafe_sqlite(void);

#endif
