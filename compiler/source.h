/* source.h - reads migration files into memory.  The only file that reads any. */
#ifndef INLAY_SOURCE_H
#define INLAY_SOURCE_H

#include "arena.h"
#include "diagnostics.h"

/* Limits, documented in docs/reference.md. */
#define SOURCE_SIZE_MAX      ((size_t)256 << 20) /* Bytes of one file. */
#define SOURCE_COUNT_MAX     ((size_t)200000)    /* Files in the directory. */
#define SOURCE_NAME_SIZE_MAX ((size_t)200)       /* Bytes of a file name. */

struct layout_name;

/* What an entry of the directory is. */
enum source_kind {
	SOURCE_FILE,
	SOURCE_DIRECTORY,
	SOURCE_OTHER /* A pipe, a socket, a device. */
};

/* A stretch of a text that another tool's file became, and what of the file it stands for: the same
 * bytes, or others in their place. */
struct source_piece {
	size_t at;   /* Where it begins in the new text; it ends where the next one begins. */
	size_t from; /* Where what it stands for begins in the file ... */
	size_t size; /* ... and how long that is. */
	bool kept;   /* The bytes are the file's. */
};

/* One file.  text.start[text.size] is a readable NUL. */
struct source {
	const char *path;  /* As a person would open it: for diagnostics. */
	const char *name;  /* Below the migrations directory: "001_a.sql", "2024_a/up.sql". */
	struct text text;  /* Its bytes as they are, byte-order mark and all; start NULL: unread. */
	unsigned dialects; /* Bits, 1u << enum dialect: who reads it.  By layout.c. */
	enum source_kind kind;
	const struct layout_name
	        *says; /* What its name says; NULL: nothing yet.  By layout.c, or */
	               /* by the format of the tool that it belongs to. */

	/* Of another tool's file, by formats/: `text` is what its own became in native words. */
	const char *tool;             /* "goose"; NULL: its words were ours from the start. */
	const struct source *written; /* The file as it is, or NULL: text is as it is. */
	bool broken; /* Not all its words could be honoured: there is no text to go on with. */
	const struct source_piece *pieces;
	size_t piece_count;
};

struct source_list {
	struct source *items; /* Sorted by name, byte by byte. */
	size_t count;
};

/* Reads one file, or standard input for "-".  false after adding a diagnostic. */
bool source_read_file(struct arena *arena, const char *path, struct source *source,
                      struct diagnostics *problems);

/* Finds every entry of the directory and of those below it, but hidden ones and inlay.lock; reads
 * none. */
struct source_list source_list_directory(struct arena *arena, const char *directory,
                                         struct diagnostics *problems);

/* Reads a listed file, once.  false after a diagnostic: a kind or size that no migration has, or it
 * can not be read. */
bool source_read(struct arena *arena, struct source *source, struct diagnostics *problems);

/* `at`, a part of source->text, as a part of the file as it is, and which source has that: `*file`.
 * Nothing changes for a text that is the file's own. */
struct text source_as_written(const struct source *source, struct text at,
                              const struct source **file);

/* The last part of a path: what stands behind its last slash. */
const char *source_base_name(const char *path);

/* Does a file exist?  (For inlay.lock, whose absence is no error.) */
bool source_exists(const char *path);

#endif
