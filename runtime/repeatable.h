/*
 * repeatable.h - the repeatable migrations of a database, as its state keeps them.
 *
 * One text, a line each, in the order in which they were first applied:
 *
 *     <name> <revision> <checksum>\n
 *
 * where the name has no space, the revision is inlay.lock's in decimal, and the checksum has 64 hex
 * digits.  A text, and not rows, so that one comparison in the transaction of a migration shows
 * that nobody else has changed anything since it was read.
 */
#ifndef INLAY_REPEATABLE_H
#define INLAY_REPEATABLE_H

#include "image.h"

/* Applied, pending (not there, or another text, or under an older revision), or ahead: the database
 * has a later revision.  `text` may be NULL: there are none. */
enum inlay_state repeatable_state(const char *text, const struct image_view *view,
                                  const struct inlay_image_migration *repeatable);

/* Has the text a line of it, whatever that says? */
bool repeatable_is_there(const char *text, const struct image_view *view,
                         const struct inlay_image_migration *repeatable);

/* The text when this one has been applied, too; the caller frees it.  NULL when memory is out. */
char *repeatable_add(const char *text, const struct image_view *view,
                     const struct inlay_image_migration *repeatable);

#endif
