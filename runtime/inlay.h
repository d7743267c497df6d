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
 *            environment is read once, by the first call, and never changed.
 * Output     The runtime never prints, never exits, and opens no file of its own; a connection of
 *            its own only for a migration with `-- migrate:session fresh`.
 * Beside it  inlay_observe.h (log lines, alerts, metrics out of events), inlay_many.h (many
 *            databases in one call), inlay_scratch.h (a migrated database for each test).
 * Units      Every number carries its unit in its name: _ms, _count, _size (bytes).  Lines and
 *            columns are 1-based, columns count code points.
 */
#ifndef INLAY_H
#define INLAY_H

#include <stddef.h>
#include <stdint.h>

#define INLAY_VERSION "0.1.0" /* Of this header; the library's is inlay_version(). */

/* Layout of what the compiler emits.  Generated files refuse to compile against any other value, so
 * a stale file fails in the build and not at run time. */
#define INLAY_ABI 4

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
#if defined(__GNUC__) && !defined(_WIN32)
#pragma GCC visibility push(default)
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
	/* The database has later migrations than the set, and options->refuse_ahead is set or one
	 * of them is `-- migrate:breaking`: programs without it must not run any more.  Of a
	 * rollback: the set does not know how to undo it.  Nothing was changed. */
	INLAY_AHEAD = 5,
	/* The tracking table is another tool's; or migrations are pending, and the table is in a
	 * later format than this library knows, or this set's history is in another schema of
	 * PostgreSQL's search_path.  Nothing was changed. */
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
	/* The connection is not open or breaks, or the database can not be read or, with
	 * migrations pending, is read-only as a whole (a standby, a file or a connection opened
	 * so).  A transaction that was open is rolled back by the database; applied migrations
	 * stay.  When the connection broke, more may be applied than applied_count says: the next
	 * call sees. */
	INLAY_UNREACHABLE = 9,
	/* An allocation failed.  As for INLAY_UNREACHABLE. */
	INLAY_NO_MEMORY = 10,
	/* The caller, or the environment, broke a rule of this header.  Nothing was changed. */
	INLAY_MISUSE = 11,
	/* Migrations are pending, and this process is not to apply them: auto_migrate is off, it is
	 * a dry run, or the roll-out has not come to this host yet.  error->pending_count of them,
	 * each told of as an event.  Nothing was changed. */
	INLAY_PENDING = 12,
	/* A migration that is to be rolled back has no down script.  Nothing was changed. */
	INLAY_IRREVERSIBLE = 13,
	/* options->cancel was set.  The migration at work is rolled back, on SQLite those that
	 * share its COMMIT may be, too; earlier ones stay, later ones were not tried.  One without
	 * a transaction is INLAY_INTERRUPTED. */
	INLAY_CANCELLED = 14
};

/* Sizes of the texts in inlay_error, their NUL included. */
#define INLAY_FILE_SIZE_MAX      512
#define INLAY_MIGRATION_SIZE_MAX 256
#define INLAY_MESSAGE_SIZE_MAX   2048

/* How a call ended, with everything an operator asks.  Begin with inlay_error_init(). */
struct inlay_error {
	size_t size;              /* sizeof(struct inlay_error): lets the struct grow. */
	enum inlay_result result; /* What the call returned. */
	/* Migrations this call is known to have applied.  They stay, whatever the result; only a
	 * server that crashes in the middle of a run may lose the last (separate_commits). */
	uint32_t applied_count;
	int64_t version;    /* Of the migration to blame; -1 of a repeatable one, and of none. */
	uint32_t line;      /* Where in `file`; 0 when unknown. */
	uint32_t column;    /* The same. */
	uint32_t statement; /* 1-based statement of the migration; 0 when none. */
	int32_t code;       /* SQLite's extended result code; 0 elsewhere. */
	char sqlstate[8];   /* PostgreSQL's five characters; "" elsewhere. */
	/* "003_add_invoices"; "" when none is to blame. */
	char migration[INLAY_MIGRATION_SIZE_MAX];
	/* "migrations/003_add_invoices.sql"; "" when unknown. */
	char file[INLAY_FILE_SIZE_MAX];
	/* For people, one line: position, cause, state of the world, remedy; "" on INLAY_OK unless
	 * `unchecked` is set.  Cut at a character's end when too long. */
	char message[INLAY_MESSAGE_SIZE_MAX];
	/* Of INLAY_PENDING: migrations that this call would apply, or roll back.  Repeatable ones
	 * are looked at when no other is pending, and count then. */
	uint32_t pending_count;
	uint32_t rolled_back_count; /* Migrations this call is known to have rolled back. */
	/* With allow_unchecked: what the call would have returned, when it returned INLAY_OK
	 * although the database could not be checked; otherwise INLAY_OK. */
	enum inlay_result unchecked;
	uint32_t is_cached;      /* Not 0: the database was not asked. */
	uint32_t recorded_count; /* Migrations that this call has recorded as applied. */
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
	INLAY_EVENT_RETRYING = 5,
	/* Once a process: `message` is what the options and the environment came to, each value
	 * with its origin: "auto_migrate=off (APP_ENV) lock_timeout_ms=30000 (default) ...". */
	INLAY_EVENT_CONFIGURED = 6,
	/* The database was asked whether it is up to date: `result` is INLAY_OK when it is, and
	 * INLAY_PENDING when there is something to do or to object to. */
	INLAY_EVENT_CHECKED = 7,
	INLAY_EVENT_LOCKED = 8, /* This call has the gate, after waited_ms. */
	/* A statement of a migration has run: `sql`, and `statement` says which.  When that is
	 * told: options->prompt_events. */
	INLAY_EVENT_STATEMENT = 9,
	/* A migration that this call would apply and must not, see INLAY_PENDING. */
	INLAY_EVENT_PENDING = 10,
	/* Set and database differ as no pending migration explains: edited, missing, late, ahead,
	 * or a table in between.  `result` says how, also where an option allows it. */
	INLAY_EVENT_DRIFT = 11,
	INLAY_EVENT_ROLLING_BACK = 12, /* As APPLYING and APPLIED, of a rollback. */
	INLAY_EVENT_ROLLED_BACK = 13,  /* The same. */
	/* A dry run: `sql` is what would be sent now for that migration, with `parameters` for $1,
	 * $2 ...; a comment where a function of the application would be called. */
	INLAY_EVENT_WOULD_RUN = 14,
	/* The database could not be checked, and allow_unchecked lets the call succeed. */
	INLAY_EVENT_UNCHECKED = 15,
	/* inlay_baseline() has recorded a migration as applied, and that is committed.  `message`
	 * is "from goose" where it was adopted from a tool of that name. */
	INLAY_EVENT_BASELINED = 16,
	/* The history was repaired: `message` says what was changed; version -1 for what is not
	 * one migration's. */
	INLAY_EVENT_REPAIRED = 17
};

/* How much an event matters: a threshold for loggers. */
enum inlay_level {
	INLAY_LEVEL_DEBUG = 1,   /* STATEMENT, CHECKED. */
	INLAY_LEVEL_INFO = 2,    /* What was done, and by whom. */
	INLAY_LEVEL_WARNING = 3, /* It went on, and somebody should look. */
	INLAY_LEVEL_ERROR = 4    /* The call fails. */
};

/* What options->on_event is told.  Texts are valid until it returns, and never NULL. */
struct inlay_event {
	size_t size;                /* sizeof(struct inlay_event) of the library. */
	enum inlay_event_kind kind; /* What happened; the rest depends on it. */
	int64_t version;            /* -1 when the event is about no migration. */
	const char *migration;      /* "003_add_invoices", or "". */
	const char *file;           /* "migrations/003_add_invoices.sql", or "". */
	uint32_t statement_count;   /* Of the migration, in the direction it is at. */
	/* Of those about a migration: it is number `index` (1-based) ... */
	uint32_t index;
	uint32_t count; /* ... of `count` that were pending when the work began. */
	/* APPLIED, ROLLED_BACK, FAILED, RETRYING, CHECKED: the time between answers as this process
	 * saw them.  How long the migration took in the database is in its row. */
	int64_t duration_ms;
	/* FAILED, UNCHECKED: as in inlay_error; RETRYING; CONFIGURED; BASELINED; DRIFT: the state's
	 * name; otherwise "". */
	const char *message;
	/* WAITING, PostgreSQL: who is at work, as far as the database tells: role, application,
	 * backend, address, since when; otherwise "". */
	const char *holder;
	int64_t waited_ms;        /* WAITING, LOCKED: how long this call has waited so far. */
	enum inlay_level level;   /* How much it matters. */
	enum inlay_result result; /* FAILED, DRIFT, UNCHECKED, CHECKED: as in inlay_error. */
	/* STATEMENT, WOULD_RUN: 1-based, of the migration's own; otherwise 0. */
	uint32_t statement;
	const char *sql;               /* STATEMENT, WOULD_RUN: NUL-terminated; otherwise "". */
	uint32_t parameter_count;      /* WOULD_RUN: of `parameters`; otherwise 0. */
	const char *const *parameters; /* The values for $1, $2 ...; NULL is SQL's. */
	/* What the event is about, as the program knows it: the database's name or file, without
	 * any password. */
	const char *database;
	const char *schema; /* That the options name, or "". */
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
	INLAY_USER_VERSION_NEVER = 2  /* It is left as it is. */
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
	/* PostgreSQL: the schema that migrations and tracking tables are for, default NULL: the
	 * connection's current one.  UTF-8, 1 to 63 bytes; made when it is not there.  Migrations
	 * run with it in front of the connection's search_path.  So one set serves any number of
	 * schemas.  On SQLite it is INLAY_MISUSE, and so are "$user" and names that begin with
	 * "pg_", which PostgreSQL keeps for itself. */
	const char *schema;
	/* Not 0: pending migrations are applied.  0: the call says INLAY_PENDING.  Default
	 * INLAY_FROM_ENVIRONMENT: AUTO_MIGRATE (true, false, on, off, yes, no, 1, 0); where that is
	 * not set or empty, off where APP_ENV or, if it is not set, NODE_ENV says "production", and
	 * on otherwise. */
	uint32_t auto_migrate;
	/* Not 0: nothing is written; what would be sent is told as events WOULD_RUN, and the result
	 * is INLAY_PENDING when that is anything.  Default INLAY_FROM_ENVIRONMENT:
	 * MIGRATION_DRY_RUN, as AUTO_MIGRATE; off. */
	uint32_t dry_run;
	/* How long the answer "up to date" is believed without asking again; 0 for never.  Default
	 * INLAY_FROM_ENVIRONMENT: MIGRATION_CACHE_TTL, as MIGRATION_LOCK_TIMEOUT; 300,000. */
	uint32_t cache_ttl_ms;
	/* How many databases (times sets, schemas, policies) the process remembers, at most
	 * INLAY_CACHE_SLOT_COUNT_MAX; those beyond are asked each time.  Default 256. */
	uint32_t cache_slot_count;
	/* Which share of the hosts may apply migrations, 0 to 100: a stable hash of the host's name
	 * decides.  To the others they are INLAY_PENDING.  Default INLAY_FROM_ENVIRONMENT:
	 * MIGRATION_ROLLOUT, a number with or without %; 100. */
	uint32_t rollout_percent;
	/* Not 0: that an applied migration is another one in the set is told as an event DRIFT, and
	 * nothing more.  The check then takes more than one query.  Default 0: INLAY_EDITED. */
	uint32_t allow_edited;
	uint32_t allow_missing; /* The same for INLAY_MISSING. */
	/* Not 0: a migration that is older than applied ones is applied all the same, and the
	 * history is rewritten as if it had always been there.  Default 0: INLAY_LATE. */
	uint32_t allow_late;
	/* Not 0: an interrupted migration is not gone on with: INLAY_INTERRUPTED.  Default 0. */
	uint32_t refuse_interrupted;
	/* Not 0: where the database can not be asked (INLAY_UNREACHABLE), or others hold it for all
	 * of lock_timeout_ms (INLAY_LOCKED), and no migration of this call has failed, the call
	 * returns INLAY_OK and says so in error->unchecked.  Not where it was asked and will not
	 * answer tomorrow either: a file that is no database, missing rights.  Default 0. */
	uint32_t allow_unchecked;
	void *call_context; /* For `-- migrate:call`: handed on to the function.  Default NULL. */
	/* -1, or: the set is taken as if it ended with this version, which it has; its later
	 * migrations and the repeatable ones are left out, for every function that takes a set and
	 * options.  Default -1: all of it. */
	int64_t to_version;
	/* Not 0: PostgreSQL is asked to answer behind each statement, so that STATEMENT is told
	 * once it has run, while the next one does: for whoever shows how far a migration is.
	 * Nothing is waited for that otherwise would not be; what it costs is small packets.
	 * Default 0: it answers many statements at a time, often all of a migration's.  On SQLite
	 * each is told at once either way. */
	uint32_t prompt_events;
	/* NULL, or: as soon as this is not 0 the call stops, see INLAY_CANCELLED; it may be set by
	 * a signal handler or by another thread.  It is looked at while the call waits for others,
	 * between migrations and their statements, and, on PostgreSQL, while a statement runs,
	 * which the server is then asked to cancel.  SQLite's running statement goes on unless who
	 * sets it calls sqlite3_interrupt() behind that.  A call that finds nothing to do succeeds
	 * all the same.  Default NULL. */
	const volatile int *cancel;
};

#define INLAY_CACHE_SLOT_COUNT_MAX 4096 /* Of options->cache_slot_count. */

/* What the function of a `-- migrate:call name` gets. */
struct inlay_call {
	size_t size;              /* sizeof(struct inlay_call) of the library. */
	struct sqlite3 *sqlite;   /* The connection; NULL on PostgreSQL. */
	struct pg_conn *postgres; /* The connection; NULL on SQLite. */
	void *context;            /* options->call_context. */
	int64_t version;          /* Of the migration; -1 for a repeatable one. */
	const char *migration;    /* "014_rehash_passwords". */
	/* For the function to say what went wrong: NUL-terminated, shown to people. */
	char message[INLAY_MESSAGE_SIZE_MAX / 4];
};

/*
 * A function of the application that is a step of a migration: `-- migrate:call name`.
 *
 * It runs on the thread that called ensure_migrated(), inside the migration's transaction, which it
 * must neither end nor leave failed; it has read all results and reset all statements when it
 * returns.  0 is success.  Anything else fails the migration, which is rolled back whole, and
 * call->message becomes part of the error.
 */
typedef int inlay_function(struct inlay_call *call);

struct inlay_image;

/* The migrations a program carries.  Generated code defines it; do not build one by hand. */
struct inlay_set {
	uint32_t abi;                     /* INLAY_ABI when the file was generated. */
	uint32_t function_count;          /* Of `functions`. */
	const struct inlay_image *image;  /* See inlay_image.h. */
	inlay_function *const *functions; /* What the image's calls mean; NULL without any. */
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
	options.schema = NULL;
	options.auto_migrate = INLAY_FROM_ENVIRONMENT;
	options.dry_run = INLAY_FROM_ENVIRONMENT;
	options.cache_ttl_ms = INLAY_FROM_ENVIRONMENT;
	options.cache_slot_count = 256;
	options.rollout_percent = INLAY_FROM_ENVIRONMENT;
	options.allow_edited = 0;
	options.allow_missing = 0;
	options.allow_late = 0;
	options.refuse_interrupted = 0;
	options.allow_unchecked = 0;
	options.call_context = NULL;
	options.to_version = -1;
	options.prompt_events = 0;
	options.cancel = NULL;
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
	error.pending_count = 0;
	error.rolled_back_count = 0;
	error.unchecked = INLAY_OK;
	error.is_cached = 0;
	error.recorded_count = 0;
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
 *             times they are tried again.  Where somebody else has locked the tracking table
 *             itself, the check waits on PostgreSQL as long as the connection's own lock_timeout
 *             lets it, and on SQLite 5 seconds.
 */
INLAY_MUST_CHECK
enum inlay_result ensure_migrated_sqlite(struct sqlite3 *connection, const struct inlay_set *set,
                                         const struct inlay_options *options,
                                         struct inlay_error *error);
INLAY_MUST_CHECK
enum inlay_result ensure_migrated_postgres(struct pg_conn *connection, const struct inlay_set *set,
                                           const struct inlay_options *options,
                                           struct inlay_error *error);

/*
 * inlay_check - is the database up to date?  Looks, and never applies anything.
 *
 * As ensure_migrated() with auto_migrate 0, but that it always asks the database, whatever
 * allow_unchecked says, and remembers the answer: called at start-up it warms the cache, in a
 * readiness probe it tells the truth.
 */
INLAY_MUST_CHECK
enum inlay_result inlay_check_sqlite(struct sqlite3 *connection, const struct inlay_set *set,
                                     const struct inlay_options *options,
                                     struct inlay_error *error);
INLAY_MUST_CHECK
enum inlay_result inlay_check_postgres(struct pg_conn *connection, const struct inlay_set *set,
                                       const struct inlay_options *options,
                                       struct inlay_error *error);

/* What to roll back.  Begin with inlay_rollback_last() or inlay_rollback_to(). */
struct inlay_rollback_scope {
	size_t size;    /* sizeof(struct inlay_rollback_scope): lets the struct grow. */
	uint32_t count; /* The last so many migrations, or as many as there are. */
	/* -1, or: all that are later than this version, which is applied or 0, whatever `count`
	 * says. */
	int64_t to_version;
	/* Not 0: of migrations that the set does not have, or has otherwise, the down script that
	 * was stored in the database when they were applied is used.  Default 0: INLAY_AHEAD,
	 * INLAY_MISSING or INLAY_EDITED. */
	uint32_t use_stored;
};

/* The last `count` migrations, or as many as there are; use_stored is 0. */
static inline struct inlay_rollback_scope inlay_rollback_last(uint32_t count)
{
	struct inlay_rollback_scope scope;

	scope.size = sizeof(scope);
	scope.count = count;
	scope.to_version = -1;
	scope.use_stored = 0;
	return scope;
}

/* All that are later than `version`, which is applied, or 0; use_stored is 0. */
static inline struct inlay_rollback_scope inlay_rollback_to(int64_t version)
{
	struct inlay_rollback_scope scope = inlay_rollback_last(0);

	scope.to_version = version;
	return scope;
}

/*
 * inlay_rollback - undo migrations by their down scripts, the last one first.
 *
 *     struct inlay_rollback_scope last = inlay_rollback_last(1);
 *     result = inlay_rollback(connection, &app_migrations, &last, NULL, &error);
 *
 * Lock, transactions and guarantees are ensure_migrated()'s: each migration is undone and its
 * tracking row removed in one transaction, or not at all; whatever fails, what stays is a beginning
 * of the history.  What can be known before is found out before anything runs: a migration without
 * a down script is INLAY_IRREVERSIBLE, an interrupted one INLAY_INTERRUPTED.  A down script without
 * a transaction that stopped half way is gone on with by the next call; until then
 * ensure_migrated() says INLAY_INTERRUPTED.  auto_migrate, the roll-out and what was remembered do
 * not matter; dry_run does.  Repeatable migrations stay as they are.
 *
 * scope       What to undo.
 * otherwise   As for ensure_migrated(); error->rolled_back_count tells how far it came.
 */
INLAY_MUST_CHECK
enum inlay_result inlay_rollback_sqlite(struct sqlite3 *connection, const struct inlay_set *set,
                                        const struct inlay_rollback_scope *scope,
                                        const struct inlay_options *options,
                                        struct inlay_error *error);
INLAY_MUST_CHECK
enum inlay_result inlay_rollback_postgres(struct pg_conn *connection, const struct inlay_set *set,
                                          const struct inlay_rollback_scope *scope,
                                          const struct inlay_options *options,
                                          struct inlay_error *error);

/* A migration that a database has already. */
struct inlay_baseline_row {
	int64_t version; /* Of the set. */
	/* When it was applied, "2026-11-20 09:30:00" in UTC; NULL for now. */
	const char *applied_at;
};

/* What to record.  Begin with inlay_baseline_to() or inlay_baseline_of(). */
struct inlay_baseline_scope {
	size_t size;        /* sizeof(struct inlay_baseline_scope): lets the struct grow. */
	int64_t to_version; /* This version, which the set has, and all before it; or -1: */
	const struct inlay_baseline_row *rows; /* just these, in any order. */
	size_t row_count;                      /* Of `rows`. */
	/* The tool that has applied them, "goose": the log says "adopted" then, and "from goose".
	 * NULL, the default: it says "baselined". */
	const char *adopted_from;
	/* Not 0: a call that records the set's last version, with nothing left out, records those
	 * repeatable migrations too that the database knows nothing of.  0: they stay pending, and
	 * the next ensure_migrated() runs them.  Default 1: a database that has all of the set's
	 * tables has its views, too. */
	uint32_t repeatables;
};

/* Just these; the array is the caller's, and has to be there until inlay_baseline() returns. */
static inline struct inlay_baseline_scope inlay_baseline_of(const struct inlay_baseline_row *rows,
                                                            size_t row_count)
{
	struct inlay_baseline_scope scope;

	scope.size = sizeof(scope);
	scope.to_version = -1;
	scope.rows = rows;
	scope.row_count = row_count;
	scope.adopted_from = NULL;
	scope.repeatables = 1;
	return scope;
}

/* `version`, which the set has, and all before it. */
static inline struct inlay_baseline_scope inlay_baseline_to(int64_t version)
{
	struct inlay_baseline_scope scope = inlay_baseline_of(NULL, 0);

	scope.to_version = version;
	return scope;
}

/*
 * inlay_baseline - record migrations as applied without running them.
 *
 *     struct inlay_baseline_scope twelve = inlay_baseline_to(12);
 *     result = inlay_baseline(connection, &app_migrations, &twelve, NULL, &error);
 *
 * For a database whose schema is there already: made by hand, restored, or migrated by another
 * tool.  Nothing of it is looked at but the tracking tables: that it is what those migrations would
 * have made is the caller's word.  (`inlay baseline` compares.)
 *
 * The gate is ensure_migrated()'s, and all is recorded in one transaction, or nothing: rows that
 * are as an applied migration's, down scripts too, but for the duration; lines of the log; on
 * SQLite user_version.  So later migrations are applied on top, and down scripts roll back.  What
 * is recorded already stays as it is: a second call records nothing and is INLAY_OK.  Where the
 * history is not the set's it is INLAY_EDITED, INLAY_MISSING or INLAY_AHEAD as for
 * ensure_migrated(), whose options allow_edited, allow_missing and refuse_ahead hold; where a
 * migration is not finished INLAY_INTERRUPTED; where a later one is recorded already than one that
 * is to be, INLAY_LATE.
 *
 * `rows` may leave out migrations in between.  They are late then: INLAY_LATE to ensure_migrated(),
 * until a call with options->allow_late has applied them.
 *
 * auto_migrate, the roll-out and what was remembered do not matter; dry_run does.
 *
 * scope       What to record.
 * otherwise   As for ensure_migrated(); error->recorded_count tells how many were recorded,
 *             repeatable ones too.
 */
INLAY_MUST_CHECK
enum inlay_result inlay_baseline_sqlite(struct sqlite3 *connection, const struct inlay_set *set,
                                        const struct inlay_baseline_scope *scope,
                                        const struct inlay_options *options,
                                        struct inlay_error *error);
INLAY_MUST_CHECK
enum inlay_result inlay_baseline_postgres(struct pg_conn *connection, const struct inlay_set *set,
                                          const struct inlay_baseline_scope *scope,
                                          const struct inlay_options *options,
                                          struct inlay_error *error);

/*
 * The cache: this process believes for cache_ttl_ms that a database which was up to date still is.
 *
 * A database is known by what the client library knows of it without asking: host, port, database,
 * user and options, or the file's name; and by set, schema, table and policies.  An answer from the
 * cache costs no query, no lock and no allocation.  When an answer is too old one caller asks again
 * while the others go on with the old one.  Whatever this process applies or rolls back makes it
 * forget.  A database in memory is never remembered.  Two things it can not notice before the time
 * is over: that a SQLite file was replaced, and that a connection chose another schema by
 * SET search_path; name the schema in options->schema instead.
 */
struct inlay_cache_statistics {
	size_t size;              /* sizeof(struct inlay_cache_statistics): lets it grow. */
	uint64_t hit_count;       /* Answered from the cache. */
	uint64_t stale_hit_count; /* Of these: too old, while somebody else was asking again. */
	uint64_t miss_count;      /* Asked, as nothing was known. */
	uint64_t refresh_count;   /* Asked again, as the answer was too old. */
	uint64_t failure_count;   /* Of misses and refreshes: did not end in INLAY_OK. */
	uint64_t
	        overflow_count; /* Asked, as no slot was free or the database is not to be known. */
	uint32_t slot_count;    /* In use. */
};

/* All counts 0, for inlay_cache_read(). */
static inline struct inlay_cache_statistics inlay_cache_statistics_init(void)
{
	struct inlay_cache_statistics statistics;

	statistics.size = sizeof(statistics);
	statistics.hit_count = 0;
	statistics.stale_hit_count = 0;
	statistics.miss_count = 0;
	statistics.refresh_count = 0;
	statistics.failure_count = 0;
	statistics.overflow_count = 0;
	statistics.slot_count = 0;
	return statistics;
}

/* Fills in what has happened since the process began.  Thread-safe; never fails. */
void inlay_cache_read(struct inlay_cache_statistics *statistics);

/* Forgets all answers, in this process.  Thread-safe; never fails. */
void inlay_cache_forget(void);

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
	size_t size;            /* sizeof(struct inlay_migration_status) of the library. */
	int64_t version;        /* -1 for a repeatable one. */
	const char *filename;   /* "003_add_invoices.sql". */
	enum inlay_state state; /* Where it stands. */
	const char *applied_at; /* "2026-11-20 09:30:00+00", in UTC; "" when not recorded. */
	int64_t duration_ms;    /* -1 when not recorded. */
	const char *checksum;   /* 64 hex digits, the database's; the set's when not recorded. */
	const char *source_checksum;     /* The same of the file's text. */
	const char *set_checksum;        /* The set's; "" when the set lacks it. */
	const char *set_source_checksum; /* The same of its file's text. */
	const char *name;                /* "add_invoices"; "" when the set lacks it. */
	const char *actor;               /* Who applied it, or is at it, and where from; or "". */
	int64_t progress; /* Of one that is not finished: statements that are through; or -1. */
	int64_t statement_count; /* Of the set's script, in the direction it is at; or -1. */
	uint32_t flags;          /* INLAY_STATUS_... */
};

/*
 * What else is to be said of a migration.
 *
 * REFORMATTED: the file's text is not what was applied, but its SQL is: nothing is wrong.
 * AT_WORK: it is not finished, and the process is there that was at it (on a standby that can not
 * be seen).  UNDOING: what is not finished is its rollback.  DOUBT: nobody can know whether the
 * statement behind `progress` took effect.  STUCK: it can not be gone on with.
 * BARRING: programs with this set must not run, as it, or one before it that the set lacks, is
 * `-- migrate:breaking`.  ALTERED: it is applied, but its row does not fit the ones before it:
 * somebody changed the table by hand.
 */
#define INLAY_STATUS_REFORMATTED 0x01u
#define INLAY_STATUS_AT_WORK     0x02u
#define INLAY_STATUS_UNDOING     0x04u
#define INLAY_STATUS_DOUBT       0x08u
#define INLAY_STATUS_STUCK       0x10u
#define INLAY_STATUS_BARRING     0x20u
#define INLAY_STATUS_ALTERED     0x40u

/*
 * inlay_status - tell of every migration that the set or the database has, in version order, and
 * behind them of the set's repeatable ones, in name order: applied, pending (also when the database
 * has an older text), or ahead (it has a later revision).
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
	size_t size;             /* sizeof(struct inlay_history_entry) of the library. */
	int64_t sequence;        /* Ascending; gaps are possible. */
	int64_t version;         /* -1 of a repeatable one. */
	const char *filename;    /* "003_add_invoices.sql". */
	const char *action;      /* "applied", "rolled back", "failed", "baselined", "adopted" or
	                     * "repaired". */
	const char *happened_at; /* UTC, as applied_at above. */
	int64_t duration_ms;     /* -1 when not recorded. */
	const char *actor;       /* Who and where from: role, application, host, process. */
	/* "failed": the error; "adopted": "from goose"; "repaired": what was; otherwise "". */
	const char *message;
	const char *direction; /* "up", "down" or "repeatable". */
	const char *checksum;  /* 64 hex digits; "" when not recorded. */
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

/* What a person knows of a migration and no program can: how to repair its row. */
enum inlay_repair {
	/* Nothing needs to be known: what the set's own text tells is recorded as it is.
	 * Reformatted migrations, places in the history, SQLite's user_version. */
	INLAY_REPAIR_RECORDS = 1,
	INLAY_REPAIR_DONE = 2,   /* The next statement took effect: go on behind it. */
	INLAY_REPAIR_AGAIN = 4,  /* It took no effect: run it again. */
	INLAY_REPAIR_FORGET = 8, /* Nothing of the migration is there (any more). */
	INLAY_REPAIR_ACCEPT = 16 /* What is there is what the set's text says, all of it. */
};

/* What inlay_examine() finds. */
enum inlay_finding_kind {
	INLAY_FINDING_RESUMABLE = 1,   /* Interrupted; the next call goes on with it. */
	INLAY_FINDING_DOUBT = 2,       /* Nobody can know whether its next statement took effect. */
	INLAY_FINDING_STUCK = 3,       /* Interrupted, and no call can go on with it. */
	INLAY_FINDING_AT_WORK = 4,     /* Somebody is at work on it right now. */
	INLAY_FINDING_EDITED = 5,      /* As the state of that name. */
	INLAY_FINDING_MISSING = 6,     /* The same. */
	INLAY_FINDING_LATE = 7,        /* The same. */
	INLAY_FINDING_REFORMATTED = 8, /* The same statements, in another text. */
	INLAY_FINDING_CHAIN = 9,       /* Its row's place in the history is not the set's. */
	INLAY_FINDING_MARK = 10        /* SQLite: user_version tells of another history. */
};

/* One of the statements that a migration was begun with. */
struct inlay_finding_statement {
	const char *sql; /* NUL-terminated, without a semicolon. */
	uint32_t line;   /* Where in `file` it was. */
	uint32_t column; /* The same. */
};

/* One thing that is wrong, or not finished. */
struct inlay_finding {
	size_t size;                  /* sizeof(struct inlay_finding) of the library. */
	enum inlay_finding_kind kind; /* What it is. */
	int64_t version;              /* -1 for MARK. */
	const char *filename;         /* "003_add_invoices.sql", as the database has it. */
	const char *file;             /* "migrations/003_add_invoices.sql", or "". */
	uint32_t remedies;            /* The sum of what helps; 0 when no repair does. */
	const char *message;          /* What is the matter, in words. */
	/* Of what is not finished, like all that follow: when it was begun or taken over, as
	 * applied_at above. */
	const char *since;
	const char *actor;        /* By whom. */
	uint32_t is_down;         /* Not 0: it is its rollback. */
	uint32_t through_count;   /* How many of its statements are through. */
	uint32_t statement_count; /* Of `statements`. */
	/* As they were when it was begun. */
	const struct inlay_finding_statement *statements;
};

/*
 * inlay_examine - tell of everything in a database's history that is wrong or not finished.
 *
 * Reads only, takes no lock, and does not fail because of what it finds: see inlay_status().  In
 * version order; nothing is told of a sound history, pending or not.
 */
INLAY_MUST_CHECK
enum inlay_result inlay_examine_sqlite(struct sqlite3 *connection, const struct inlay_set *set,
                                       const struct inlay_options *options,
                                       void (*each)(void *context,
                                                    const struct inlay_finding *finding),
                                       void *context, struct inlay_error *error);
INLAY_MUST_CHECK
enum inlay_result inlay_examine_postgres(struct pg_conn *connection, const struct inlay_set *set,
                                         const struct inlay_options *options,
                                         void (*each)(void *context,
                                                      const struct inlay_finding *finding),
                                         void *context, struct inlay_error *error);

/* What to repair.  Begin with inlay_repair_records() or inlay_repair_version(). */
struct inlay_repair_scope {
	size_t size;            /* sizeof(struct inlay_repair_scope): lets the struct grow. */
	enum inlay_repair what; /* One of them. */
	int64_t version;        /* -1 for INLAY_REPAIR_RECORDS: all of them. */
	/* DONE and AGAIN: the statement that is meant, 1-based; when it is another one's turn by
	 * now, nothing is changed.  0: the one that is in doubt. */
	uint32_t statement;
};

/* One repair of one migration; `statement` is 0. */
static inline struct inlay_repair_scope inlay_repair_version(enum inlay_repair what,
                                                             int64_t version)
{
	struct inlay_repair_scope scope;

	scope.size = sizeof(scope);
	scope.what = what;
	scope.version = version;
	scope.statement = 0;
	return scope;
}

/* Everywhere what the set's texts prove. */
static inline struct inlay_repair_scope inlay_repair_records(void)
{
	return inlay_repair_version(INLAY_REPAIR_RECORDS, -1);
}

/*
 * inlay_repair - change what a database remembers of its migrations, because a person knows better.
 *
 *     struct inlay_repair_scope scope = inlay_repair_version(INLAY_REPAIR_DONE, 12);
 *     result = inlay_repair(connection, &app_migrations, &scope, NULL, &error);
 *
 * Runs no statement of a migration: what it is told it believes.  One transaction behind the gate,
 * or nothing; each change has a line "repaired" in the log, with the checksum that the row had, and
 * an event.  With dry_run the changes are told of as events PENDING and WOULD_RUN, and the result
 * is INLAY_PENDING.
 *
 * RECORDS  Nothing else than what the set's texts prove is written.  A history of which a migration
 *          is edited, missing, late or interrupted is mended up to there.
 * DONE     Of an interrupted migration, or an interrupted rollback: its next statement is through.
 *          If that was the last one, the migration is applied, or rolled back.
 * AGAIN    The next call runs that statement again.  Changes nothing where it does so anyhow.
 * FORGET   Of an interrupted migration: it is pending again.  Of an interrupted rollback: it is
 *          over.  Of an applied migration that the set lacks, older than its last one: its row
 *          goes.  An index that the migration was building, and that is there half built, is
 *          dropped first.
 * ACCEPT   Of an interrupted migration: it is applied.  Of an interrupted rollback: it has not
 *          happened.  Of an edited migration: what the set has is what was applied.
 *
 * Where the history behind the migration is the set's again by that, its places are, too.
 *
 * Returns  INLAY_OK, also when there was nothing to do; INLAY_LOCKED when somebody is at work on
 *          it; INLAY_INTERRUPTED when it could not be gone on with afterwards either; INLAY_AHEAD
 *          and INLAY_MISSING when it takes a release that has the migration; INLAY_MISUSE when this
 *          does not help what the version is in.  auto_migrate, the roll-out and what was
 *          remembered do not matter.
 */
INLAY_MUST_CHECK
enum inlay_result inlay_repair_sqlite(struct sqlite3 *connection, const struct inlay_set *set,
                                      const struct inlay_repair_scope *scope,
                                      const struct inlay_options *options,
                                      struct inlay_error *error);
INLAY_MUST_CHECK
enum inlay_result inlay_repair_postgres(struct pg_conn *connection, const struct inlay_set *set,
                                        const struct inlay_repair_scope *scope,
                                        const struct inlay_options *options,
                                        struct inlay_error *error);

/* "INLAY_OK", "INLAY_LOCKED", ...; "INLAY_UNKNOWN" for any other number.  Static, never NULL. */
const char *inlay_result_name(enum inlay_result result);

/* "applied", "pending", ...; "unknown" for any other number.  Static, never NULL. */
const char *inlay_state_name(enum inlay_state state);

/* The library's version, "0.1.0".  Static. */
const char *inlay_version(void);

#if defined(__GNUC__) && !defined(_WIN32)
#pragma GCC visibility pop
#endif
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
static inline enum inlay_result inlay_check(struct sqlite3 *connection, const struct inlay_set *set,
                                            const struct inlay_options *options,
                                            struct inlay_error *error)
{
	return inlay_check_sqlite(connection, set, options, error);
}

INLAY_MUST_CHECK
static inline enum inlay_result inlay_check(struct pg_conn *connection, const struct inlay_set *set,
                                            const struct inlay_options *options,
                                            struct inlay_error *error)
{
	return inlay_check_postgres(connection, set, options, error);
}

INLAY_MUST_CHECK
static inline enum inlay_result inlay_rollback(struct sqlite3 *connection,
                                               const struct inlay_set *set,
                                               const struct inlay_rollback_scope *scope,
                                               const struct inlay_options *options,
                                               struct inlay_error *error)
{
	return inlay_rollback_sqlite(connection, set, scope, options, error);
}

INLAY_MUST_CHECK
static inline enum inlay_result inlay_rollback(struct pg_conn *connection,
                                               const struct inlay_set *set,
                                               const struct inlay_rollback_scope *scope,
                                               const struct inlay_options *options,
                                               struct inlay_error *error)
{
	return inlay_rollback_postgres(connection, set, scope, options, error);
}

INLAY_MUST_CHECK
static inline enum inlay_result inlay_baseline(struct sqlite3 *connection,
                                               const struct inlay_set *set,
                                               const struct inlay_baseline_scope *scope,
                                               const struct inlay_options *options,
                                               struct inlay_error *error)
{
	return inlay_baseline_sqlite(connection, set, scope, options, error);
}

INLAY_MUST_CHECK
static inline enum inlay_result inlay_baseline(struct pg_conn *connection,
                                               const struct inlay_set *set,
                                               const struct inlay_baseline_scope *scope,
                                               const struct inlay_options *options,
                                               struct inlay_error *error)
{
	return inlay_baseline_postgres(connection, set, scope, options, error);
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

INLAY_MUST_CHECK
static inline enum inlay_result
inlay_examine(struct sqlite3 *connection, const struct inlay_set *set,
              const struct inlay_options *options,
              void (*each)(void *context, const struct inlay_finding *finding), void *context,
              struct inlay_error *error)
{
	return inlay_examine_sqlite(connection, set, options, each, context, error);
}

INLAY_MUST_CHECK
static inline enum inlay_result
inlay_examine(struct pg_conn *connection, const struct inlay_set *set,
              const struct inlay_options *options,
              void (*each)(void *context, const struct inlay_finding *finding), void *context,
              struct inlay_error *error)
{
	return inlay_examine_postgres(connection, set, options, each, context, error);
}

INLAY_MUST_CHECK
static inline enum inlay_result inlay_repair(struct sqlite3 *connection,
                                             const struct inlay_set *set,
                                             const struct inlay_repair_scope *scope,
                                             const struct inlay_options *options,
                                             struct inlay_error *error)
{
	return inlay_repair_sqlite(connection, set, scope, options, error);
}

INLAY_MUST_CHECK
static inline enum inlay_result inlay_repair(struct pg_conn *connection,
                                             const struct inlay_set *set,
                                             const struct inlay_repair_scope *scope,
                                             const struct inlay_options *options,
                                             struct inlay_error *error)
{
	return inlay_repair_postgres(connection, set, scope, options, error);
}

#elif defined(__STDC_VERSION__) && __STDC_VERSION__ >= 201112L

#define inlay_by_connection(connection, verb)                                                      \
	_Generic((connection), struct sqlite3 * : verb##_sqlite, struct pg_conn * : verb##_postgres)

#define ensure_migrated(connection, set, options, error)                                           \
	inlay_by_connection(connection, ensure_migrated)(connection, set, options, error)
#define inlay_check(connection, set, options, error)                                               \
	inlay_by_connection(connection, inlay_check)(connection, set, options, error)
#define inlay_rollback(connection, set, scope, options, error)                                     \
	inlay_by_connection(connection, inlay_rollback)(connection, set, scope, options, error)
#define inlay_baseline(connection, set, scope, options, error)                                     \
	inlay_by_connection(connection, inlay_baseline)(connection, set, scope, options, error)
#define inlay_status(connection, set, options, each, context, error)                               \
	inlay_by_connection(connection, inlay_status)(connection, set, options, each, context,     \
	                                              error)
#define inlay_history(connection, options, each, context, error)                                   \
	inlay_by_connection(connection, inlay_history)(connection, options, each, context, error)
#define inlay_examine(connection, set, options, each, context, error)                              \
	inlay_by_connection(connection, inlay_examine)(connection, set, options, each, context,    \
	                                               error)
#define inlay_repair(connection, set, scope, options, error)                                       \
	inlay_by_connection(connection, inlay_repair)(connection, set, scope, options, error)

#endif

#endif /* INLAY_H */
