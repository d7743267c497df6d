/* rewrite.h - a text made of parts of another one, which knows where each came from. */
#ifndef INLAY_REWRITE_H
#define INLAY_REWRITE_H

#include "format.h"

/* A format's translate() calls the functions below rewrite_finish(). */
struct rewrite {
	struct reading *reading;
	const struct entry *entry;
	struct text text; /* The file as it is, without its byte-order mark. */

	/* Private: */
	struct buffer out;
	struct source_piece *pieces;
	size_t piece_count;
	size_t piece_capacity;
	const unsigned char *next; /* Up to where it is copied. */
};

/* Begins with the text of an entry that was read; a byte-order mark stays where it is. */
void rewrite_begin(struct rewrite *rewrite, struct reading *reading, const struct entry *entry);

/* Keeps what is left; `*translated` is the entry's source with the new text. */
void rewrite_finish(struct rewrite *rewrite, struct source *translated);

/* Keeps everything up to `at`. */
void rewrite_keep(struct rewrite *rewrite, const unsigned char *at);

/* Puts `text` in the place of `at`, which is in the file; everything before it is kept.  A size of
 * 0 inserts. */
void rewrite_put(struct rewrite *rewrite, struct text at, const char *text);

/* Goes on at `at`: what lies between is left out, or comes later. */
void rewrite_skip(struct rewrite *rewrite, const unsigned char *at);

/* Leaves out a line with its end; everything before it is kept. */
void rewrite_drop_line(struct rewrite *rewrite, struct text line);

/* The first byte, if there is one: where to point when something is missing. */
struct text rewrite_start(const struct rewrite *rewrite);

/* An error at a part of the file. */
void rewrite_refuse(struct rewrite *rewrite, enum rule rule, struct text at, const char *message,
                    const char *help);

/* The line's directive if it is a comment that begins with `word`, in any case, such as "+goose":
 * what stands behind it, trimmed.  start NULL: it is not one.  No white space may stand before the
 * dashes. */
struct text directive_of(struct text line, const char *word);

/* ---- placeholders.c -------------------------------------------------------------------------- */

/* Puts the value in the place of `at`, or reports that there is none. */
void placeholder_put(struct rewrite *rewrite, struct text at, struct text name, bool folded);

/* ${NAME} and so on, between `from` and `to`, as a shell has them; what goose's ENVSUB ON asks
 * for. */
void placeholder_environment(struct rewrite *rewrite, struct text part);

#endif
