/* set.h - the front half of every command: a directory becomes a checked set. */
#ifndef INLAY_SET_H
#define INLAY_SET_H

#include "lock_file.h"
#include "options.h"

struct format;

/* Everything read from one migrations directory. */
struct workspace {
	struct arena arena;
	struct diagnostics problems;
	struct source_list sources;  /* The scripts. */
	struct source_list beside;   /* What else was read: another tool's settings. */
	const struct format *format; /* Whose layout it is; NULL: that could not be settled. */
	struct migration_set set;
	struct lock_file lock;
};

/* Reads the directory that is the options' operand, parses and validates.  `dialects` NULL: those
 * of the lock file, or all.  All problems are in workspace->problems; nothing is held against the
 * lock file yet. */
void set_read(struct workspace *workspace, const struct options *options, const bool *dialects);

/* Frees everything. */
void set_clear(struct workspace *workspace);

#endif
