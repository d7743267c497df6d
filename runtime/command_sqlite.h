/* command_sqlite.h - one command against sqlite3, from its text to its outcome. */
#ifndef INLAY_COMMAND_SQLITE_H
#define INLAY_COMMAND_SQLITE_H

#include "names.h"
#include "driver.h"

/* Runs it to its end.  What somebody else's lock stops is tried again for `patience_ms`, unless a
 * row was handed over. */
enum outcome command_sqlite_run(struct session *session, const struct command *command,
                                int64_t patience_ms);

/* Fills in session->failure as if the last command had ended with SQLite's `code`; returns what
 * outcome that is. */
enum outcome command_sqlite_fail(struct session *session, int code, const char *message);

#endif
