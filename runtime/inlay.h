/*
 * inlay.h - bring a database to the schema this program was compiled with.
 *
 * This is the whole public interface; a name that is not declared here is private and may change
 * without notice.  (inlay_image.h describes the bytes that generated files are made of.)
 *
 *     #include "app_migrations.h"   // by `inlay compile migrations -o app_migrations.c`
 *     #include <sqlite3.h>
 *
 *     sqlite3 *database;
 *     struct inlay_error error = inlay_error_init();
 *
 *     if (sqlite3_open("app.db", &database) != SQLITE_OK ||
 *         ensure_migrated(database, &app_migrations, NULL, &error) != INLAY_OK)
 *             fprintf(stderr, "%s\n", error.message);
 *
 * For PostgreSQL the connection is a PGconn *, and nothing else changes.
 *
 * Errors     Every function that can fail returns enum inlay_result and fills the caller's struct
 *            inlay_error, also on success.  There is no global "last error".
 * Ownership  The runtime keeps nothing of what it is given once a call returns.  Texts handed to
 *            callbacks are valid until the callback returns; an inlay_error's texts are its own.
 * Threads    Functions are thread-safe; a connection is used by one call at a time.  The
 *            environment is read (MIGRATION_LOCK_TIMEOUT) and never changed.
 * Output     The runtime never prints, never exits, and opens no file of its own; a connection of
 *            its own only for a migration with `-- migrate:session fresh`.
 * Units      Every number carries its unit in its name: _ms, _count, _size (bytes).  Lines and
 *            columns are 1-based, columns count code points.
 */
#ifndef INLAY_H
#define INLAY_H

#include <stddef.h>
#include <stdint.h>

#define INLAY_VERSION "0.1.0"

/* Layout of what the compiler emits.  Generated files refuse to compile against any other value, so
 * a stale file fails in the build and not at run time. */
#define INLAY_ABI 2

#if defined(__GNUC__)
#define INLAY_MUST_CHECK __attribute__((warn_unused_result))
#else
#define INLAY_MUST_CHECK
#endif

/* The tags behind the client libraries' own types: `sqlite3` and `PGconn`. */
struct sqlite3;
struct pg_conn;

#ifdef __cplusplus
extern "C" {
#endif

/* What happened.  Each value says what the database looks like afterwards. */
enum inlay_result {
	/* Every migration of the set is applied. */
	INLAY_OK = 0,
	/* Others kept the database busy until lock_timeout_ms was over or, on SQLite, stopped one
	 * command of a migration for 5 seconds: then it is rolled back, and if the command was
	 * COMMIT, all that share it.  Migrations applied before that stay.  Calling again is
	 * safe. */
	INLAY_LOCKED = 1,
	/* An applied migration is not the one compiled in.  Nothing was changed. */
	INLAY_EDITED = 2,
	/* The database has a migration, older than the set's last one, that the set lacks.
	 * Nothing was changed. */
	INLAY_MISSING = 3,
	/* The set has a migration that is older than one already applied.  Nothing was changed. */
	INLAY_LATE = 4,
	/* The database has later migrations than the set, and options->refuse_ahead is set.
	 * Nothing was changed. */
	INLAY_AHEAD = 5,
	/* The tracking table is another tool's, or migrations are pending and the table is in a
	 * later format than this library knows.  Nothing was changed. */
	INLAY_FOREIGN = 6,
	/* A statement failed, a lock or a deadlock stopped it more than retry_count times, or
	 * PostgreSQL does not let this role write.  The migration is rolled back whole; earlier
	 * ones stay, later ones were not tried. */
	INLAY_FAILED = 7,
	/* A migration without a transaction stopped half way, for whatever reason: what ran before
	 * the statement that the error names stays, and the next call goes on with that statement.
	 * Or it can not be gone on with, and a person has to look, as the message says: the process
	 * that ran a statement is gone and nobody can know whether it took effect, or the part of
	 * the file that ran was edited since.  Also when a statement of a migration that has a
	 * transaction committed it. */
	INLAY_INTERRUPTED = 8,
	/* The connection is broken, or the database can not be read or, with migrations pending,
	 * is read-only as a whole (a standby, a file or a connection opened so).  A transaction
	 * that was open is rolled back by the database; applied migrations stay.  When the
	 * connection broke, more may be applied than applied_count says: the next call sees. */
	INLAY_UNREACHABLE = 9,
	/* An allocation failed.  As for INLAY_UNREACHABLE. */
	INLAY_NO_MEMORY = 10,
	/* The caller broke a rule of this header.  Nothing was changed. */
	INLAY_MISUSE = 11
};

#define INLAY_FILE_SIZE_MAX      512 /* Sizes of the texts in inlay_error, their NUL included. */
#define INLAY_MIGRATION_SIZE_MAX 256
#define INLAY_MESSAGE_SIZE_MAX   2048

/* How a call ended, with everything an operator asks.  Begin with inlay_error_init(). */
struct inlay_error {
	size_t size;              /* sizeof(struct inlay_error): lets the struct grow. */
	enum inlay_result result; /* What the call returned. */
	/* Migrations this call is known to have applied.  They stay, whatever the result; only a
	 * server that crashes in the middle of a run may lose the last (separate_commits). */
	uint32_t applied_count;
	int64_t version; /* The migration to blame; -1 when there is none. */
	uint32_t line;   /* Where in `file`; 0 when unknown. */
	uint32_t column;
	uint32_t statement; /* 1-based statement of the migration; 0 when none. */
	int32_t code;       /* SQLite's extended result code; 0 elsewhere. */
	char sqlstate[8];   /* PostgreSQL's five characters; "" elsewhere. */
	/* "003_add_invoices"; "" when none is to blame. */
	char migration[INLAY_MIGRATION_SIZE_MAX];
	/* "migrations/003_add_invoices.sql"; "" when unknown. */
	char file[INLAY_FILE_SIZE_MAX];
	/* For people, one line: position, cause, state of the world, remedy; "" on INLAY_OK.  Cut
	 * at a character's end when too long. */
	char message[INLAY_MESSAGE_SIZE_MAX];
};

/* What an event callback is told. */
enum inlay_event_kind {
	/* A migration and its tracking row are committed.  On SQLite several may share a COMMIT:
	 * they are all told of behind it. */
	INLAY_EVENT_APPLIED = 1,
	/* A migration is claimed by this call: its statements begin. */
	INLAY_EVENT_APPLYING = 2,
	INLAY_EVENT_FAILED = 3, /* A migration failed; `message` says why. */
	/* Others are migrating.  On PostgreSQL again, once a second at most, when they have come
	 * further. */
	INLAY_EVENT_WAITING = 4,
	/* PostgreSQL: a migration met a lock timeout, a deadlock or a serialization failure, which
	 * `message` tells; it was rolled back, or one without a transaction stopped.  It is tried
	 * again. */
	INLAY_EVENT_RETRYING = 5
};

struct inlay_event {
	size_t size; /* sizeof(struct inlay_event) of the library. */
	enum inlay_event_kind kind;
	int64_t version;       /* -1 when the event is about no migration. */
	const char *migration; /* "003_add_invoices", or "". */
	const char *file;      /* "migrations/003_add_invoices.sql", or "". */
	uint32_t statement_count;
	uint32_t index; /* APPLYING, APPLIED: this is migration `index` (1-based) ... */
	uint32_t count; /* ... of `count` that were pending when the work began. */
	/* APPLIED, FAILED, RETRYING: the time between answers as this process saw them.  How long
	 * the migration took in the database is in its row. */
	int64_t duration_ms;
	const char *message; /* FAILED: as in inlay_error; RETRYING; otherwise "". */
	/* WAITING, PostgreSQL: who is at work, as far as the database tells: role, application,
	 * backend, address, since when; otherwise "". */
	const char *holder;
	int64_t waited_ms; /* WAITING: how long this call has waited so far. */
};

/* How starters keep out of each other's way.  Correctness never rests on it. */
enum inlay_gate {
	/* PostgreSQL: an advisory lock; a row on engines that say they are CockroachDB or
	 * YugabyteDB.  SQLite: its own lock, whatever is chosen. */
	INLAY_GATE_AUTO = 0,
	INLAY_GATE_ADVISORY = 1, /* An advisory lock that ends with its transaction. */
	/* A locked row, and tracking rows that are committed before their migration begins: for
	 * engines that speak PostgreSQL's protocol and lack advisory locks or transactional DDL. */
	INLAY_GATE_ROW = 2
};

/* Whether SQLite's user_version may tell what is applied, which makes the check cheapest. */
enum inlay_user_version {
	/* For the default table, in databases that inlay began: they were empty. */
	INLAY_USER_VERSION_AUTO = 0,
	INLAY_USER_VERSION_CLAIM = 1, /* Also in others, where it is 0. */
	INLAY_USER_VERSION_NEVER = 2
};

#define INLAY_FROM_ENVIRONMENT UINT32_MAX /* Of an option: whoever runs the program decides. */

/* How to migrate.  Begin with inlay_options_init(); NULL means just that. */
struct inlay_options {
	size_t size; /* sizeof(struct inlay_options): lets the struct grow. */
	/* Tracking table, default "schema_migrations".  UTF-8, 1 to 48 bytes; quoted by the
	 * runtime, so any characters.  Beside it are "<table>_log" and "<table>_state". */
	const char *table;
	/* How long to wait in all while others migrate.  The time that our own migrations take does
	 * not count.  Default INLAY_FROM_ENVIRONMENT: what MIGRATION_LOCK_TIMEOUT says (a number
	 * with ms, s, min or h behind it, or of milliseconds), and 30,000 where it is not set or
	 * empty. */
	uint32_t lock_timeout_ms;
	/* Not 0: a database ahead of the set is INLAY_AHEAD.  Default 0: it is fine, as rolling
	 * deploys need it. */
	uint32_t refuse_ahead;
	/* Default NULL.  Called on the calling thread; must not use the connection and must not
	 * jump out. */
	void (*on_event)(void *context, const struct inlay_event *event);
	void *context; /* Handed to on_event. */
	/* PostgreSQL: how long a statement waits for a lock, default 5,000; so long it holds up
	 * everybody who queues behind it.  0 leaves the connection's lock_timeout.  Not of a
	 * statement that runs in no transaction (CREATE INDEX CONCURRENTLY): that has the
	 * connection's own. */
	uint32_t statement_lock_timeout_ms;
	/* PostgreSQL: how long a statement may take; not of one that runs in no transaction.
	 * Default 0: the connection's own limit. */
	uint32_t statement_timeout_ms;
	/* PostgreSQL 17 and later: how long a migration's transaction may take, as the server
	 * counts it, even when the connection is cut.  Default 0: the connection's own limit. */
	uint32_t transaction_timeout_ms;
	/* PostgreSQL: how often a migration that met a lock timeout, a deadlock or a serialization
	 * failure is tried again, after a pause that grows.  Default 5. */
	uint32_t retry_count;
	/* Not 0: every migration is flushed to disk before the next begins.  Default 0: the last
	 * one of a run flushes all (on SQLite they share its COMMIT); what survives a crash is a
	 * beginning of the run either way. */
	uint32_t separate_commits;
	enum inlay_gate gate;                 /* Default INLAY_GATE_AUTO. */
	enum inlay_user_version user_version; /* Default INLAY_USER_VERSION_AUTO. */
};

struct inlay_image;

/* The migrations a program carries.  Generated code defines it; do not build one by hand. */
struct inlay_set {
	uint32_t abi;                    /* INLAY_ABI when the file was generated. */
	uint32_t reserved;               /* 0. */
	const struct inlay_image *image; /* See inlay_image.h. */
};

/* The defaults, spelled out, so that a reader sees what a program gets. */
static inline struct inlay_options inlay_options_init(void)
{
	struct inlay_options options;

	options.size = sizeof(options);
	options.table = "schema_migrations";
	options.lock_timeout_ms = INLAY_FROM_ENVIRONMENT;
	options.refuse_ahead = 0;
	options.on_event = NULL;
	options.context = NULL;
	options.statement_lock_timeout_ms = 5000;
	options.statement_timeout_ms = 0;
	options.transaction_timeout_ms = 0;
	options.retry_count = 5;
	options.separate_commits = 0;
	options.gate = INLAY_GATE_AUTO;
	options.user_version = INLAY_USER_VERSION_AUTO;
	return options;
}

/* An error that says nothing happened yet. */
static inline struct inlay_error inlay_error_init(void)
{
	struct inlay_error error;

	error.size = sizeof(error);
	error.result = INLAY_OK;
	error.applied_count = 0;
	error.version = -1;
	error.line = 0;
	error.column = 0;
	error.statement = 0;
	error.code = 0;
	error.sqlstate[0] = '\0';
	error.migration[0] = '\0';
	error.file[0] = '\0';
	error.message[0] = '\0';
	return error;
}

/*
 * ensure_migrated - apply every migration of `set` that the database lacks, in version order.
 *
 * ensure_migrated(connection, set, options, error) picks one of these two by the connection's type
 * (C11 and C++; in C99 call them by name).  Idempotent: when nothing is pending it asks one query
 * and writes nothing.  Made to be called on every connection a pool hands out, by any number of
 * processes at once: each migration is applied by exactly one of them, the others wait for it and
 * find it done.
 *
 * Each migration runs in a transaction of its own (on SQLite in a savepoint: several share a
 * COMMIT), its row in the tracking table written first, so that it is applied wholly and recorded,
 * or not at all.  All that are pending are sent to PostgreSQL without waiting for answers.
 * Whatever fails or dies, what stays is a beginning of the set.  What may pass (a lock timeout, a
 * deadlock) is tried again.  APPLYING and APPLIED are told of in version order; of a migration that
 * is tried again, APPLYING is told again.  On SQLite it is told of all that share a COMMIT before
 * the first APPLIED, and again when a statement has ended their transaction and they have to be
 * applied one by one.
 *
 * A `transaction:false` migration runs statement by statement, each in one transaction with the
 * record of it.  A statement that refuses a transaction is announced in the row before it runs.
 * When such a migration was interrupted, by an error or because its process died, the next call
 * takes it over and goes on behind the last statement that is through; where the one that was
 * announced can neither be looked up in the database nor simply run again, it is
 * INLAY_INTERRUPTED.  First it runs those again that only set up the session: SET, RESET, DISCARD,
 * PRAGMA, ATTACH, DETACH.  What else a session held is not there again: temporary tables, or what a
 * SELECT set (set_config()).
 *
 * connection  Open and idle: no transaction, no unread result, not in pipeline mode.  Stays the
 *             caller's and comes back as it was: idle, with the settings and the role it had,
 *             without the temporary tables, prepared statements and attached databases that
 *             migrations made.  What stays of theirs: settings of their own making
 *             ("my.setting"), temporary types, cursors, LISTEN, session-level advisory locks;
 *             on SQLite temp_store, case_sensitive_like, and the journal mode where one of the
 *             two is WAL.  Behind a pooler that gives each transaction another server process
 *             nobody can be sure to find the session again that a migration changed.
 * set         From generated code.
 * options     NULL for inlay_options_init().
 * error       Not NULL; filled in always.
 *
 * Returns     INLAY_OK, or what enum inlay_result says, with the database in the state it says.
 * Threads     Safe; the connection is used by this call alone.
 * Blocks      Up to lock_timeout_ms for others, and for as long as the migrations take, with the
 *             times they are tried again.
 */
INLAY_MUST_CHECK
enum inlay_result ensure_migrated_sqlite(struct sqlite3 *connection, const struct inlay_set *set,
                                         const struct inlay_options *options,
                                         struct inlay_error *error);
INLAY_MUST_CHECK
enum inlay_result ensure_migrated_postgres(struct pg_conn *connection, const struct inlay_set *set,
                                           const struct inlay_options *options,
                                           struct inlay_error *error);

/* Where a migration stands in a database. */
enum inlay_state {
	INLAY_STATE_APPLIED = 1,    /* Recorded, with the set's checksum. */
	INLAY_STATE_PENDING = 2,    /* In the set, not in the database. */
	INLAY_STATE_EDITED = 3,     /* Recorded with another checksum. */
	INLAY_STATE_MISSING = 4,    /* Recorded, not in the set, older than the set's last one. */
	INLAY_STATE_AHEAD = 5,      /* Recorded, not in the set, later than the set's last one. */
	INLAY_STATE_LATE = 6,       /* Pending, but older than an applied one. */
	INLAY_STATE_INTERRUPTED = 7 /* Begun without a transaction, not finished; or at work now. */
};

/* One migration as inlay_status() tells it. */
struct inlay_migration_status {
	size_t size; /* sizeof(struct inlay_migration_status) of the library. */
	int64_t version;
	const char *filename; /* "003_add_invoices.sql". */
	enum inlay_state state;
	const char *applied_at; /* "2026-11-20 09:30:00+00", in UTC; "" when not recorded. */
	int64_t duration_ms;    /* -1 when not recorded. */
	const char *checksum;   /* 64 hex digits, the database's; the set's when not recorded. */
};

/*
 * inlay_status - tell of every migration that the set or the database has, in version order.
 *
 * Reads only, takes no lock, and does not fail because of what it finds: that is in each row's
 * state.  (Another tool's table is INLAY_FOREIGN.)  A missing tracking table means that everything
 * is pending.  Parameters, threads as for ensure_migrated().
 *
 * each        Called once a migration; may be NULL.  Must not use the connection.
 * context     Handed to each.
 */
INLAY_MUST_CHECK
enum inlay_result inlay_status_sqlite(struct sqlite3 *connection, const struct inlay_set *set,
                                      const struct inlay_options *options,
                                      void (*each)(void *context,
                                                   const struct inlay_migration_status *row),
                                      void *context, struct inlay_error *error);
INLAY_MUST_CHECK
enum inlay_result inlay_status_postgres(struct pg_conn *connection, const struct inlay_set *set,
                                        const struct inlay_options *options,
                                        void (*each)(void *context,
                                                     const struct inlay_migration_status *row),
                                        void *context, struct inlay_error *error);

/* One line of the history as inlay_history() tells it. */
struct inlay_history_entry {
	size_t size;      /* sizeof(struct inlay_history_entry) of the library. */
	int64_t sequence; /* Ascending; gaps are possible. */
	int64_t version;
	const char *filename;
	const char *action;      /* "applied" or "failed". */
	const char *happened_at; /* UTC, as applied_at above. */
	int64_t duration_ms;
	const char *actor;   /* Who and where from: role, application, host, process. */
	const char *message; /* "failed": the error; otherwise "". */
};

/*
 * inlay_history - tell of everything ever done to the database's migrations, oldest first.
 *
 * Reads the append-only log, which keeps failures and what was rolled back.  Otherwise as
 * inlay_status().
 */
INLAY_MUST_CHECK
enum inlay_result
inlay_history_sqlite(struct sqlite3 *connection, const struct inlay_options *options,
                     void (*each)(void *context, const struct inlay_history_entry *entry),
                     void *context, struct inlay_error *error);
INLAY_MUST_CHECK
enum inlay_result
inlay_history_postgres(struct pg_conn *connection, const struct inlay_options *options,
                       void (*each)(void *context, const struct inlay_history_entry *entry),
                       void *context, struct inlay_error *error);

/* "INLAY_OK", "INLAY_LOCKED", ...; "INLAY_UNKNOWN" for any other number.  Static, never NULL. */
const char *inlay_result_name(enum inlay_result result);

/* "applied", "pending", ...; "unknown" for any other number.  Static, never NULL. */
const char *inlay_state_name(enum inlay_state state);

/* The library's version, "0.1.0".  Static. */
const char *inlay_version(void);

#ifdef __cplusplus
}
#endif

/* One name for both databases. */
#if defined(__cplusplus)

INLAY_MUST_CHECK
static inline enum inlay_result ensure_migrated(struct sqlite3 *connection,
                                                const struct inlay_set *set,
                                                const struct inlay_options *options,
                                                struct inlay_error *error)
{
	return ensure_migrated_sqlite(connection, set, options, error);
}

INLAY_MUST_CHECK
static inline enum inlay_result ensure_migrated(struct pg_conn *connection,
                                                const struct inlay_set *set,
                                                const struct inlay_options *options,
                                                struct inlay_error *error)
{
	return ensure_migrated_postgres(connection, set, options, error);
}

INLAY_MUST_CHECK
static inline enum inlay_result
inlay_status(struct sqlite3 *connection, const struct inlay_set *set,
             const struct inlay_options *options,
             void (*each)(void *context, const struct inlay_migration_status *row), void *context,
             struct inlay_error *error)
{
	return inlay_status_sqlite(connection, set, options, each, context, error);
}

INLAY_MUST_CHECK
static inline enum inlay_result
inlay_status(struct pg_conn *connection, const struct inlay_set *set,
             const struct inlay_options *options,
             void (*each)(void *context, const struct inlay_migration_status *row), void *context,
             struct inlay_error *error)
{
	return inlay_status_postgres(connection, set, options, each, context, error);
}

INLAY_MUST_CHECK
static inline enum inlay_result
inlay_history(struct sqlite3 *connection, const struct inlay_options *options,
              void (*each)(void *context, const struct inlay_history_entry *entry), void *context,
              struct inlay_error *error)
{
	return inlay_history_sqlite(connection, options, each, context, error);
}

INLAY_MUST_CHECK
static inline enum inlay_result
inlay_history(struct pg_conn *connection, const struct inlay_options *options,
              void (*each)(void *context, const struct inlay_history_entry *entry), void *context,
              struct inlay_error *error)
{
	return inlay_history_postgres(connection, options, each, context, error);
}

#elif defined(__STDC_VERSION__) && __STDC_VERSION__ >= 201112L

#define inlay_by_connection(connection, verb)                                                      \
	_Generic((connection), struct sqlite3 * : verb##_sqlite, struct pg_conn * : verb##_postgres)

#define ensure_migrated(connection, set, options, error)                                           \
	inlay_by_connection(connection, ensure_migrated)(connection, set, options, error)
#define inlay_status(connection, set, options, each, context, error)                               \
	inlay_by_connection(connection, inlay_status)(connection, set, options, each, context,     \
	                                              error)
#define inlay_history(connection, options, each, context, error)                                   \
	inlay_by_connection(connection, inlay_history)(connection, options, each, context, error)

#endif

#endif /* INLAY_H */
