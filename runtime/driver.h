/*
 * driver.h - the questions the runtime asks a database.
 *
 * A driver knows one client library and no migrations; everything above it is the same for all
 * databases.  Two exist: driver_sqlite.c and driver_postgres.c.
 *
 * The life of a session: open, then commands that only read.  When something is pending, prepare;
 * then for each migration begin, commands (the first of them claim the migration), claimed,
 * commands (its statements), settle, commands (its records), commit or rollback, reset.  At the
 * end close.
 */
#ifndef INLAY_DRIVER_H
#define INLAY_DRIVER_H

#include "names.h"
#include "inlay.h"
#include "inlay_image.h"

#include <stdbool.h>

#define DRIVER_PARAMETER_COUNT_MAX 12
#define DRIVER_COLUMN_COUNT_MAX    16

/* One SQL command and what it is for. */
struct command {
	const char *sql;   /* NUL-terminated; parameters $1, $2 ... appear in that order. */
	uint32_t sql_size; /* Without the NUL. */
	uint32_t parameter_count;
	const char *parameters[DRIVER_PARAMETER_COUNT_MAX]; /* Text form; NULL is SQL's NULL. */
	/* Called for every result row, its first DRIVER_COLUMN_COUNT_MAX columns as text, NULL for
	 * SQL's NULL; valid until it returns.  NULL when nobody wants the rows. */
	void (*row)(void *context, const char *const *columns, uint32_t column_count);
	void *context;
};

/* How a command ended. */
enum outcome {
	OUTCOME_DONE,
	OUTCOME_BUSY,     /* Others hold a lock and the deadline is over. */
	OUTCOME_CONFLICT, /* A unique key is taken, or the object exists: somebody was faster. */
	OUTCOME_FAILED,   /* The database refused it. */
	OUTCOME_LOST,     /* The connection is gone. */
	OUTCOME_NO_MEMORY /* An allocation failed, here or in the client library. */
};

/* What a database says about a command that did not end in OUTCOME_DONE. */
struct failure {
	enum outcome outcome;
	int32_t code;       /* SQLite's extended code, or 0. */
	char sqlstate[6];   /* PostgreSQL's, or "". */
	int64_t character;  /* 0-based code point of the command that is at fault; or -1. */
	char message[1024]; /* One line. */
};

/* An open connection seen through a driver.  Caller's memory; lives for one public call. */
struct session {
	const struct driver *driver;
	void *connection;
	int64_t deadline_ms;    /* On clock_now_ms(); waiting for others ends here. */
	void *state;            /* The driver's own; NULL before prepare() and after close(). */
	uint64_t changed_count; /* Rows the last command inserted, updated or deleted. */
	struct failure failure; /* Of the last command that failed. */
};

struct driver {
	enum inlay_dialect dialect;

	/* Checks, without asking the database, that the connection is usable and idle.  NULL when
	 * it is, otherwise what is wrong, in words; then close() need not be called. */
	const char *(*open)(struct session *session);

	/* Rolls back what is open, restores what reset() restores, frees the state.  Never fails:
	 * what can not be restored any more belongs to a connection that is lost. */
	void (*close)(struct session *session);

	/* Runs one command to its end; fills session->failure unless OUTCOME_DONE. */
	enum outcome (*execute)(struct session *session, const struct command *command);

	/* Something is pending: notes the settings reset() restores, and refuses a connection that
	 * can not write.  Called once or again; only the first call does anything. */
	enum outcome (*prepare)(struct session *session);

	/* Opens the transaction of a migration that has `flags` (INLAY_MIGRATION_...), with the
	 * settings its statements rely on.  With INLAY_MIGRATION_NO_TRANSACTION only the settings.
	 * Until claimed(), waiting for locks ends at the deadline. */
	enum outcome (*begin)(struct session *session, uint32_t flags);

	/* The migration is ours: from here on the caller's own settings for lock waits hold. */
	enum outcome (*claimed)(struct session *session);

	/* Is the transaction that begin() opened still open, and can it be committed?  Asked after
	 * each statement: one that ends the transaction behind our back must not go unnoticed. */
	bool (*in_transaction)(struct session *session);

	/* The statements are through: makes sure that the tracking table can be written, whatever
	 * role the migration has taken on. */
	enum outcome (*settle)(struct session *session);

	/* Commits what begin() opened.  OUTCOME_DONE only when the database says so. */
	enum outcome (*commit)(struct session *session);

	/* Ends a transaction if one is open.  Keeps session->failure: the first cause counts. */
	void (*rollback)(struct session *session);

	/* Puts settings a migration may have changed (role, search_path, pragmas) back to what
	 * prepare() found; one that is gone on with later has to set them up again.  Outside a
	 * transaction only. */
	enum outcome (*reset)(struct session *session);
};

extern const struct driver driver_sqlite;
extern const struct driver driver_postgres;

#endif
