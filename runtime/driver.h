/*
 * driver.h - the questions the runtime asks a database.
 *
 * A driver knows one kind of database and no migrations; everything above it is the same for all
 * databases.  Two exist: driver_sqlite.c and driver_postgres.c.
 *
 * Commands are sent, and answered later: PostgreSQL gets a whole run of migrations in one pipeline,
 * SQLite runs each command at once but puts a run of migrations into one transaction.  In both
 * nothing is certain before its answer is there, and finish() waits for all of them.  After a
 * failure what was sent behind it does not happen, and what was committed before it stays.
 *
 * The life of a session: open, then commands that only read.  When something may be pending, enter
 * and look; then for each migration begin, commands, settle, commands, commit; finish.  After a
 * failure rollback.  When a migration has changed the session, reset.  At the end close.
 */
#ifndef INLAY_DRIVER_H
#define INLAY_DRIVER_H

#include "names.h"
#include "format.h"
#include "inlay.h"
#include "inlay_image.h"

#include <stdbool.h>

#define DRIVER_PARAMETER_COUNT_MAX 12
#define DRIVER_COLUMN_COUNT_MAX    17
#define DRIVER_IDENTITY_COUNT_MAX  8
#define DRIVER_PROBLEM_SIZE_MAX    512

/* For begin(): the transaction is shared with no other migration. */
#define DRIVER_BEGIN_ALONE 0x80000000u

/* One SQL command.  The texts are needed until send() or execute() returns; `context` until the
 * answer is there. */
struct command {
	const char *sql;   /* NUL-terminated; parameters $1, $2 ... appear in that order. */
	uint32_t sql_size; /* Without the NUL. */
	uint32_t parameter_count;
	const char *parameters[DRIVER_PARAMETER_COUNT_MAX]; /* Text form; NULL is SQL's NULL. */
	/* Called for every result row, its first DRIVER_COLUMN_COUNT_MAX columns as text, NULL for
	 * SQL's NULL; valid until it returns.  NULL when nobody wants the rows. */
	void (*row)(void *context, const char *const *columns, uint32_t column_count);
	void *context;
	bool fresh; /* PostgreSQL: in a session of its own, see driver->execute(). */
};

/* How a command ended. */
enum outcome {
	OUTCOME_DONE,
	OUTCOME_BUSY,     /* Others hold a lock; nothing has changed, and trying again may help. */
	OUTCOME_CONFLICT, /* A key is taken, or a guard did not hold: somebody was faster. */
	OUTCOME_RETRY,  /* Deadlock or serialization failure: the transaction is to be repeated. */
	OUTCOME_ALONE,  /* The command does not run inside a transaction. */
	OUTCOME_FAILED, /* The database refused it. */
	OUTCOME_TORN,   /* SQLite: it ended the transaction that earlier migrations shared. */
	OUTCOME_CANCELLED, /* The application has asked for it: session->cancel. */
	OUTCOME_LOST,      /* The connection is gone. */
	OUTCOME_NO_MEMORY  /* An allocation failed, here or in the client library. */
};

/* What a command is for: comes back with its answer. */
enum step {
	STEP_LOOK,      /* Reading. */
	STEP_BEGIN,     /* A migration's transaction, up to its claim. */
	STEP_CLAIM,     /* Its tracking row. */
	STEP_STATEMENT, /* One of the migration's own. */
	STEP_RECORD,    /* Writing into the tracking tables. */
	STEP_PROGRESS,  /* The COMMIT behind a statement of a migration without a transaction. */
	STEP_COMMIT     /* The migration's COMMIT. */
};

struct purpose {
	enum step step;
	uint32_t migration; /* Index in the image. */
	/* 0-based; of STEP_STATEMENT and STEP_PROGRESS.  Of STEP_CLAIM not 0: a command that goes
	 * before the claim. */
	uint32_t statement;
};

/* What a database says about a command that did not end in OUTCOME_DONE. */
struct failure {
	enum outcome outcome;
	int32_t code;       /* SQLite's extended code, or 0. */
	char sqlstate[6];   /* PostgreSQL's, or "". */
	int64_t character;  /* 0-based code point of the command that is at fault; or -1. */
	char message[1024]; /* One line. */
	struct purpose purpose;
};

/* How the migrations of a call are to be run. */
struct manner {
	uint32_t lock_timeout_ms;        /* PostgreSQL: of statements; 0 is the session's own. */
	uint32_t statement_timeout_ms;   /* The same. */
	uint32_t transaction_timeout_ms; /* The same, from PostgreSQL 17 on. */
	bool separate;                   /* Every migration is made durable on its own. */
	const char *schema; /* PostgreSQL: in front of search_path; NULL: as the session has it. */
	bool prompt;        /* PostgreSQL: a statement is answered as soon as it has run. */
	bool modest; /* PostgreSQL: an engine that may lack settings: only the needed ones. */
};

/* An open connection seen through a driver.  Caller's memory; lives for one public call. */
struct session {
	const struct driver *driver;
	void *connection;
	void *state; /* The driver's own; NULL before the first send() and after close(). */
	struct manner manner;
	struct purpose purpose; /* Of what is sent from now on. */
	bool is_pooled;         /* The server process may be somebody else's by and by. */
	bool more;              /* The migration that begins is not the last of its run. */
	bool is_dry;            /* Nothing is sent, see dry.h: nothing else may happen either. */
	/* Told of every command that was sent for a purpose other than STEP_LOOK and has succeeded;
	 * of a commit once nothing but a crash can undo it.  NULL, or set by the caller. */
	void (*answered)(void *context, const struct purpose *purpose);
	void *context;
	/* Not 0 behind it: nothing more of a migration begins, and what runs is stopped.  NULL for
	 * never; and from when that was heeded, as what is left is only put back and recorded. */
	const volatile int *cancel;
	int64_t cancel_again_ms; /* PostgreSQL: when the server is to be told so again. */
	uint64_t changed_count;  /* Rows that the last command of execute() wrote. */
	struct failure failure;  /* Of the first command that failed since finish() or execute(). */
};

/* How to wait for others. */
struct patience {
	int64_t shortest_ms; /* Between two looks. */
	int64_t longest_ms;
	int64_t still_ms; /* Nothing must have moved for so long before the gate is tried again. */
};

struct driver {
	enum inlay_dialect dialect;
	struct patience patience;

	/* What tells the connection's database from others, without asking it: fills in `parts`
	 * and returns how many there are; 0 when nothing does (a database in memory).  The first
	 * one is the database's name, for people, and no part holds a password.  The texts are the
	 * connection's. */
	uint32_t (*identify)(void *connection, const char *parts[DRIVER_IDENTITY_COUNT_MAX]);

	/* Opens a connection of the runtime's own: a file name or URI, libpq's connection string.
	 * NULL when that fails; then `problem` says why, without any password.  disconnect() takes
	 * NULL, too. */
	void *(*connect)(const char *database, char problem[DRIVER_PROBLEM_SIZE_MAX]);
	void (*disconnect)(void *connection);

	/* Checks, without asking the database, that the connection is usable and idle.  NULL when
	 * it is, otherwise what is wrong, in words, with session->failure OUTCOME_LOST where it is
	 * not open any more; then close() need not be called. */
	const char *(*open)(struct session *session);

	/* Rolls back what is open, restores what reset() restores, frees the state.  Never fails:
	 * what can not be restored any more belongs to a connection that is lost. */
	void (*close)(struct session *session);

	/* Runs one command to its end, behind everything that was sent before.  Also finish().  A
	 * `fresh` command runs on a second connection, the first one of a migration as its very
	 * first command; reset() closes that connection. */
	enum outcome (*execute)(struct session *session, const struct command *command);

	/* Sends a command.  Not OUTCOME_DONE when it, or one sent before it, is known to have
	 * failed: then nothing is sent any more before finish(). */
	enum outcome (*send)(struct session *session, const struct command *command);

	/* Waits for all answers.  OUTCOME_DONE, or the first failure. */
	enum outcome (*finish)(struct session *session);

	/* Takes session->failure, which the caller has filled in, for the failure of the last
	 * command: finish() will return it, and what is open does not happen. */
	void (*fail)(struct session *session);

	/* Opens a transaction in which to look at what is pending, and which begin() goes on with.
	 * The first time notes the settings reset() restores, and refuses a connection that can not
	 * write.  OUTCOME_BUSY at once when others are writing.  Sent, on PostgreSQL. */
	enum outcome (*enter)(struct session *session);

	/* Sends the beginning of the transaction of a migration that has `flags`
	 * (INLAY_MIGRATION_..., DRIVER_BEGIN_ALONE), with the settings its statements rely on.
	 * With INLAY_MIGRATION_NO_TRANSACTION only the settings, and no transaction. */
	enum outcome (*begin)(struct session *session, uint32_t flags);

	/* Sends that the migration is claimed.  Up to here nothing waits long for a lock, from here
	 * on as long as session->manner says. */
	enum outcome (*claimed)(struct session *session);

	/* Is the transaction that begin() opened still open, and can it be committed?  Asked after
	 * execute(), of a statement that might have ended it. */
	bool (*in_transaction)(struct session *session);

	/* Sends what makes sure that the tracking table can be written, whatever role the
	 * migration's statements have taken on. */
	enum outcome (*settle)(struct session *session);

	/* Sends the COMMIT of what begin() opened. */
	enum outcome (*commit)(struct session *session);

	/* Ends a transaction if one is open.  Keeps session->failure: the first cause counts. */
	void (*rollback)(struct session *session);

	/* Waits for all answers, after which the application may use the connection, inside the
	 * transaction that is open; and looks whether it left that transaction as it has to be. */
	enum outcome (*lend)(struct session *session);
	enum outcome (*take_back)(struct session *session);

	/* Puts back what migrations may have changed (role, settings, temporary tables, pragmas) to
	 * what enter() found.  Also finish().  Outside a transaction only. */
	enum outcome (*reset)(struct session *session);
};

#define DRIVER_CANCELLED_WORDS "the call was cancelled"

static inline bool driver_is_cancelled(const struct session *session)
{
	return session->cancel != NULL && *session->cancel != 0;
}

/* What follows is to happen although the call is cancelled. */
static inline void driver_heed_cancel(struct session *session)
{
	if (driver_is_cancelled(session))
		session->cancel = NULL;
}

/* Waits for the answers to what was sent; `outcome` is what sending the last of it came to. */
static inline enum outcome driver_finish(struct session *session, enum outcome outcome)
{
	if (session->driver->finish(session) == OUTCOME_DONE && outcome == OUTCOME_DONE)
		return OUTCOME_DONE;
	return session->failure.outcome;
}

/* The last command's failure, where the database sees none: `message` says why. */
static inline enum outcome driver_fail(struct session *session, enum outcome outcome,
                                       const char *message)
{
	session->failure = (struct failure){ .outcome = outcome, .character = -1 };
	session->failure.purpose = session->purpose;
	format_into(session->failure.message, sizeof(session->failure.message), "%s", message);
	session->driver->fail(session);
	return outcome;
}

extern const struct driver driver_sqlite;
extern const struct driver driver_postgres;

#endif
