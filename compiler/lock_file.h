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
 *     # R: repeatable ones, each with its revision. <...>
 *     R R__active_users 3 <64 hex digits> <64 hex digits>
 *
 * One line a migration, by ascending version, with its checksum in each dialect the second line
 * names.  Two branches that both add a migration both add a last line, so they collide in git,
 * on purpose.
 *
 * A repeatable migration's revision counts its texts: `inlay sum` raises it when the checksum is
 * another one.  So its line stays when the file goes, and two branches that both change it collide;
 * where a merge has kept both lines, the next revision is above either.
 */

/* One line. */
struct lock_entry {
	int64_t version;
	struct text name;
	struct text line; /* For diagnostics. */
	struct inlay_digest checksums[DIALECT_COUNT];
};

/* An R line, or several of one name. */
struct lock_repeatable {
	struct text name;
	int64_t revision; /* 1 .. LOCK_REVISION_MAX; of several lines the highest. */
	bool disputed;    /* There are several, and they differ. */
	struct text line; /* For diagnostics. */
	struct inlay_digest checksums[DIALECT_COUNT];
};

#define LOCK_FORMAT_LINE  "inlay-lock 1"
#define LOCK_REVISION_MAX (INT64_MAX - 1) /* What can still be raised. */

struct lock_file {
	const struct source *source; /* NULL: there is none. */
	bool damaged;                /* Not all of it could be read. */
	const char *path;
	bool dialects[DIALECT_COUNT]; /* Which checksums its lines have. */
	struct lock_entry *entries;
	size_t count;
	struct lock_repeatable *repeatables; /* By ascending name, each once. */
	size_t repeatable_count;
};

/* Reads DIRECTORY/inlay.lock.  A missing one is no problem: lock->source is NULL then. */
void lock_file_read(struct arena *arena, const char *directory, struct lock_file *lock,
                    struct diagnostics *problems);

/* The same of a lock file that was read elsewhere. */
void lock_file_parse(struct arena *arena, const struct source *source, struct lock_file *lock,
                     struct diagnostics *problems);

/* Does it list the migration's version?  Of a repeatable one: its text as it is now? */
bool lock_file_lists(const struct lock_file *lock, const struct migration *migration);

/* Which dialects to compile when nobody says: those of the lock file, or all if it names none. */
void lock_file_dialects(const struct lock_file *lock, bool dialects[DIALECT_COUNT]);

/* Gives each repeatable migration of the set its revision: the lock's, or 0. */
void lock_file_number(const struct lock_file *lock, struct migration_set *set);

/* Holds the set against the lock: edited, removed, back-dated, unlisted. */
void lock_file_check(struct arena *arena, const struct lock_file *lock,
                     const struct migration_set *set, struct diagnostics *problems);

/* The lock file for the set, which goes on from what `lock` could say of repeatable ones. */
void lock_file_render(const struct lock_file *lock, const struct migration_set *set,
                      struct buffer *out);

#endif
