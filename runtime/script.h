/*
 * script.h - a script as one text, as the tracking table keeps it.
 *
 * The down script goes there so that an older program, which does not carry the migration, can
 * undo it; the up script of a migration without a transaction, while it is unfinished, so that a
 * mended file can be compared with what ran.  The text is
 *
 *     inlay-script 1 <flags> <checksum> <file size>:<file>\n
 *     <line> <column> <statement size>:<statement>\n              for each statement
 *
 * Numbers are decimal, sizes count bytes, lines and columns are 1-based; the checksum is 64 hex
 * digits.  Flags: 1 runs outside a transaction, 2 runs with SQLite's foreign keys off.
 */
#ifndef INLAY_SCRIPT_H
#define INLAY_SCRIPT_H

#include "image.h"

#include <stdbool.h>

enum script_kind {
	SCRIPT_UP,
	SCRIPT_DOWN
};

/* The text of one of a migration's scripts.  The caller frees it; NULL when memory is out. */
char *script_create(const struct image_view *view, const struct inlay_image_migration *migration,
                    enum script_kind kind);

/* Are the first `count` statements of `script` those of the migration's up script?  Anything else
 * than a script, NULL included, is not. */
bool script_begins_with(const char *script, const struct image_view *view,
                        const struct inlay_image_migration *migration, uint32_t count);

#endif
