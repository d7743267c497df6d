/*
 * pragmas_sqlite.h - what migrations may change of a SQLite connection, and how it is put back.
 *
 * Only SQL, run by session->driver->execute() outside of transactions.
 */
#ifndef INLAY_PRAGMAS_SQLITE_H
#define INLAY_PRAGMAS_SQLITE_H

#include "names.h"
#include "driver.h"

#include <stddef.h>

#define PRAGMAS_COUNT          27
#define PRAGMAS_VALUE_SIZE_MAX 24

/* What a connection was like. */
struct pragmas {
	/* "" where this SQLite does not know the name. */
	char values[PRAGMAS_COUNT][PRAGMAS_VALUE_SIZE_MAX];
	/* The attached databases and the temporary tables, views and triggers, each as the command
	 * that would take it away, with its NUL. */
	char *belongings;
	size_t belongings_size;
};

/* Reads all of it into zeroed memory; fails where transactions can not be rolled back.
 * Call pragmas_destroy() in any case. */
enum outcome pragmas_note(struct session *session, struct pragmas *pragmas);
void pragmas_destroy(struct pragmas *pragmas);

/* Takes away what was not there then; where `changed`, also sets what was set otherwise. */
enum outcome pragmas_restore(struct session *session, const struct pragmas *pragmas, bool changed);

/* Were foreign keys enforced then? */
bool pragmas_had_foreign_keys(const struct pragmas *pragmas);

/* *off tells whether it took effect. */
enum outcome pragmas_set_foreign_keys_off(struct session *session, bool *off);

/* How long SQLite itself waits for locks; 0 also when a handler of the application's does. */
enum outcome pragmas_read_busy_timeout(struct session *session, int64_t *timeout_ms);

/* Looks through the main database for rows without their parents; `words` tells of the first, and
 * is "" when there is none.  Inside a transaction too. */
enum outcome pragmas_find_orphans(struct session *session, char *words, size_t words_size);

#endif
