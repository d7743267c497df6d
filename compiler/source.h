/* source.h - reads migration files into memory.  The only file that reads any. */
#ifndef INLAY_SOURCE_H
#define INLAY_SOURCE_H

#include "arena.h"
#include "diagnostics.h"

/* Limits, documented in docs/reference.md. */
#define SOURCE_SIZE_MAX      ((size_t)256 << 20) /* Bytes of one file. */
#define SOURCE_COUNT_MAX     ((size_t)200000)    /* Files in the directory. */
#define SOURCE_NAME_SIZE_MAX ((size_t)200)       /* Bytes of a file name. */

/* One file.  text.start[text.size] is a readable NUL. */
struct source {
	const char *path;  /* As a person would open it: for diagnostics. */
	const char *name;  /* Its last part. */
	struct text text;  /* Its bytes as they are, byte-order mark and all. */
	unsigned dialects; /* Bits, 1u << enum dialect: who reads it.  By layout.c. */
};

struct source_list {
	struct source *items; /* Sorted by name, byte by byte. */
	size_t count;
};

/* Reads one file, or standard input for "-".  false after adding a diagnostic. */
bool source_read_file(struct arena *arena, const char *path, struct source *source,
                      struct diagnostics *problems);

/* Reads every entry of the directory but hidden ones and inlay.lock.  What can not be a
 * migration by its kind (a directory, a socket) or size is reported and left out; names are
 * judged by layout.c. */
struct source_list source_read_directory(struct arena *arena, const char *directory,
                                         struct diagnostics *problems);

/* The last part of a path: what stands behind its last slash. */
const char *source_base_name(const char *path);

/* Does a file exist?  (For inlay.lock, whose absence is no error.) */
bool source_exists(const char *path);

#endif
