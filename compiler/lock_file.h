/* lock_file.h - inlay.lock: what was released, so that changing it fails the build. */
#ifndef INLAY_LOCK_FILE_H
#define INLAY_LOCK_FILE_H

#include "migration.h"

/*
 * A text file beside the migrations, committed with them:
 *
 *     # inlay.lock - written by `inlay sum`; commit it.  <...>
 *     inlay-lock 1 sqlite postgres
 *     1 create_accounts <64 hex digits> <64 hex digits>
 *
 * One line a migration, by ascending version, with its checksum in each dialect the second line
 * names.  Two branches that both add a migration both add a last line, so they collide in git,
 * on purpose.
 */

/* One line. */
struct lock_entry {
	int64_t version;
	struct text name;
	struct text line; /* For diagnostics. */
	struct inlay_digest checksums[DIALECT_COUNT];
};

struct lock_file {
	const struct source *source; /* NULL: there is none. */
	bool damaged;                /* Not all of it could be read. */
	const char *path;
	bool dialects[DIALECT_COUNT]; /* Which checksums its lines have. */
	struct lock_entry *entries;
	size_t count;
};

/* Reads DIRECTORY/inlay.lock.  A missing one is no problem: lock->source is NULL then. */
void lock_file_read(struct arena *arena, const char *directory, struct lock_file *lock,
                    struct diagnostics *problems);

/* Which dialects to compile when nobody says: those of the lock file, or all if it names none. */
void lock_file_dialects(const struct lock_file *lock, bool dialects[DIALECT_COUNT]);

/* Holds the set against the lock: edited, removed, back-dated, unlisted. */
void lock_file_check(struct arena *arena, const struct lock_file *lock,
                     const struct migration_set *set, struct diagnostics *problems);

/* The lock file for the set. */
void lock_file_render(const struct migration_set *set, struct buffer *out);

#endif
