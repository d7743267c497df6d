/* common.h - what all renderers ask: order, places, words. */
#ifndef INLAY_RENDER_COMMON_H
#define INLAY_RENDER_COMMON_H

#include "diagnostics.h"
#include "source.h"

/* Sorts by file and place, and joins what two dialects say alike; every renderer calls it first. */
void common_prepare(struct diagnostics *diagnostics);

/* What the diagnostics are, all told, after common_prepare(). */
struct common_counts {
	size_t by_severity[SEVERITY_ERROR + 1];
	size_t files; /* Read ones that have at least one. */
};
struct common_counts common_count(const struct diagnostics *diagnostics, enum severity least);

/* The file, the directory, or "inlay". */
const char *common_path(const struct diagnostic *diagnostic);

/* "note", "warning", "error" */
const char *common_severity(enum severity severity);

/* Where a part of a file is. */
struct common_place {
	size_t offset, size;        /* In bytes. */
	struct position start, end; /* `end` is right behind its last character. */
};

/* Remembers the last place, so that many in one file are not each counted from its beginning, nor
 * from that of a long line.
 * Begin with { 0 }. */
struct common_cursor {
	const struct source *source;
	const unsigned char *at;
	struct position position; /* Of `at`. */
};

bool common_has_place(const struct problem *problem);
struct common_place common_locate(struct common_cursor *cursor, const struct source *source,
                                  struct text at);

/* The line that `at` is in, without its end; of a very long one what is near. */
struct text common_line(struct text all, const unsigned char *at);

/* As which dialects the file is read; bits, 0 when it is about no file. */
unsigned common_readers(const struct diagnostic *diagnostic);

/* The message, and " (as SQLite reads it)" where the other dialect that reads the file has no such
 * problem.  As it is: not safe. */
void common_message(struct buffer *out, const struct diagnostic *diagnostic);

/* "path:line:column: " or "path: ", safe. */
void common_origin(struct buffer *out, struct common_cursor *cursor,
                   const struct diagnostic *diagnostic);

/* "docs/rules/drop-table.md", "docs/diagnostics.md#unterminated": where the rule is explained. */
void common_page(struct buffer *out, enum rule rule);

#endif
