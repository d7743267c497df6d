/*
 * script.h - a script as one text, as the tracking table keeps it.
 *
 * The down script goes there so that an older program, which does not carry the migration, can
 * undo it; the script of a migration without a transaction, while it is unfinished, so that a
 * mended file can be compared with what ran.  The text is
 *
 *     inlay-script 1 <flags> <statement count> <checksum> <file size>:<file>\n
 *     <line> <column> <flags> <statement size>:<statement>\n      for each statement
 *     <probe size>:<probe>\n                                      behind those that have one
 *
 * Numbers are decimal, sizes count bytes, lines and columns are 1-based; the checksum is 64 hex
 * digits.  Flags are those of inlay_image.h, of the script as if it were an up script, and of the
 * statement, with SCRIPT_HAS_PROBE.  A call's statement is the name of its function.
 */
#ifndef INLAY_SCRIPT_H
#define INLAY_SCRIPT_H

#include "image.h"

#include <stdbool.h>

#define SCRIPT_HAS_PROBE 0x10000u

enum script_kind {
	SCRIPT_UP,
	SCRIPT_DOWN
};

/* The text of one of a migration's scripts.  The caller frees it; NULL when memory is out. */
char *script_create(const struct image_view *view, const struct inlay_image_migration *migration,
                    enum script_kind kind);

/* A piece of the text. */
struct script_text {
	const char *start;
	size_t size;
};

/* A script that is being read; its texts are pieces of the script. */
struct script_reader {
	const char *cursor; /* NULL when it is no script, or does not go on as one. */
	uint32_t flags;
	uint64_t count; /* Of statements that are still to come. */
	struct script_text file;
};

struct script_statement {
	struct script_text text;
	struct script_text probe; /* Size 0: it has none. */
	uint32_t line;
	uint32_t column;
	uint32_t flags; /* INLAY_STATEMENT_... */
};

/* Begins to read; `script` may be NULL. */
void script_open(struct script_reader *reader, const char *script);

/* The next statement; false at the end, or where reader->cursor becomes NULL. */
bool script_next(struct script_reader *reader, struct script_statement *statement);

/* Are the first `count` statements of `script` those of the migration's up script?  Anything else
 * than a script, NULL included, is not. */
bool script_begins_with(const char *script, const struct image_view *view,
                        const struct inlay_image_migration *migration, uint32_t count);

#endif
