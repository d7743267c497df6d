/*
 * inlay_many.h - one set for many databases: a file or a schema for each tenant.
 *
 *     struct inlay_target targets[2] = { inlay_target_init("a.db"), inlay_target_init("b.db") };
 *     struct inlay_many many = inlay_many_init(targets, 2);
 *     result = ensure_migrated_all_sqlite(&many, &app_migrations, NULL, &error);
 *
 * Threads    The call makes threads of its own, and ends them before it returns.  `each` is called
 *            by one of them at a time; the functions that prepare a connection, options->on_event
 *            and the functions of `-- migrate:call` by several at once.  Link with -pthread.
 */
#ifndef INLAY_MANY_H
#define INLAY_MANY_H

#include "inlay.h"

#ifdef __cplusplus
extern "C" {
#endif
#if defined(__GNUC__) && !defined(_WIN32)
#pragma GCC visibility push(default)
#endif

/* One database.  Begin with inlay_target_init(). */
struct inlay_target {
	size_t size; /* sizeof(struct inlay_target): lets the struct grow. */
	/* SQLite: a file name or a file: URI.  PostgreSQL: libpq's connection string or URI. */
	const char *database;
	const char *schema; /* PostgreSQL; default NULL: what the options say. */
	/* Filled in: how the call for this target ended.  With is_done and INLAY_OK before the
	 * call, it is left alone, so that the same array can be used again for what failed. */
	enum inlay_result result;
	uint32_t is_done; /* Not 0: `result` is an answer. */
	/* Filled in: how long the call for this target took, its connection included; -1 where it
	 * was left out or not begun. */
	int64_t duration_ms;
};

/* A database that nobody has asked yet.  Keeps the text, and does not copy it. */
static inline struct inlay_target inlay_target_init(const char *database)
{
	struct inlay_target target;

	target.size = sizeof(target);
	target.database = database;
	target.schema = NULL;
	target.result = INLAY_OK;
	target.is_done = 0;
	target.duration_ms = -1;
	return target;
}

/* Which ones, and how to go through them.  Begin with inlay_many_init(). */
struct inlay_many {
	size_t size;                  /* sizeof(struct inlay_many): lets the struct grow. */
	struct inlay_target *targets; /* The caller's. */
	size_t target_count;          /* Of these. */
	/* Databases at a time, 1 to 256; where the system has fewer threads to give, that many, and
	 * one where SQLite was compiled for one thread.  Default 4. */
	uint32_t thread_count;
	/* Not 0: begin no further one once so many have failed.  Default 0: go through all. */
	uint32_t failure_count_max;
	/* A file that remembers what is done, so that a run that was interrupted, in this process
	 * or another, leaves out what is done for the same set and table.  Text, a line a database,
	 * only appended to; made when it is not there, on a disk of this machine.  It knows a
	 * SQLite file by its path, and PostgreSQL's by service, host, port, database, user, options
	 * and schema; passwords are not in it.  It does not notice that a database was rolled back
	 * or put back from a backup: then delete it.  Default NULL: none; then every database is
	 * asked, which costs a check. */
	const char *ledger;
	/* Told of each target when it is through, also of those left out, with error->is_cached;
	 * `error` as ensure_migrated() fills it in.  Default NULL. */
	void (*each)(void *context, const struct inlay_target *target,
	             const struct inlay_error *error);
	/* SQLite: called on each connection before anything else, for pragmas or a key; not 0 fails
	 * the target with INLAY_UNREACHABLE.  Default NULL. */
	int (*prepare_sqlite)(void *context, struct sqlite3 *connection);
	/* PostgreSQL: the same. */
	int (*prepare_postgres)(void *context, struct pg_conn *connection);
	void *context; /* Handed to all of them. */
	/* Filled in; done, failed and left make target_count. */
	size_t done_count;    /* INLAY_OK, those left out included. */
	size_t skipped_count; /* Of these: left out, as they were done before. */
	size_t failed_count;  /* Any other result, INLAY_PENDING too. */
	size_t left_count;    /* Not begun: failure_count_max, options->cancel; is_done is 0. */
	/* Of the done ones: the ledger could not be written, so the next run asks them again. */
	size_t unrecorded_count;
};

/* These targets, with the defaults.  The array stays the caller's. */
static inline struct inlay_many inlay_many_init(struct inlay_target *targets, size_t target_count)
{
	struct inlay_many many;

	many.size = sizeof(many);
	many.targets = targets;
	many.target_count = target_count;
	many.thread_count = 4;
	many.failure_count_max = 0;
	many.ledger = NULL;
	many.each = NULL;
	many.prepare_sqlite = NULL;
	many.prepare_postgres = NULL;
	many.context = NULL;
	many.done_count = 0;
	many.skipped_count = 0;
	many.failed_count = 0;
	many.left_count = 0;
	many.unrecorded_count = 0;
	return many;
}

/*
 * ensure_migrated_all - ensure_migrated() for each target, several at a time.
 *
 * A target that fails stops no other one.  A connection is opened for each, and closed again;
 * SQLite files that are not there are not made, unless a URI says mode=rwc.
 *
 * many        Not NULL.
 * options     As for ensure_migrated(), for all of them; options->schema is a target's own where it
 *             has one.  Answers are not remembered from one call to the next, whatever cache_ttl_ms
 *             says: only the ledger is believed.
 * error       The first failure's, in the order of the targets; message says how many there are.
 *             applied_count and pending_count are of all targets together.
 *
 * Returns     INLAY_OK when all are up to date, otherwise the first failure's result; INLAY_MISUSE,
 *             with no target begun, also when the ledger can not be opened or is another file.
 */
INLAY_MUST_CHECK
enum inlay_result ensure_migrated_all_sqlite(struct inlay_many *many, const struct inlay_set *set,
                                             const struct inlay_options *options,
                                             struct inlay_error *error);
INLAY_MUST_CHECK
enum inlay_result ensure_migrated_all_postgres(struct inlay_many *many, const struct inlay_set *set,
                                               const struct inlay_options *options,
                                               struct inlay_error *error);

#if defined(__GNUC__) && !defined(_WIN32)
#pragma GCC visibility pop
#endif
#ifdef __cplusplus
}
#endif

#endif
