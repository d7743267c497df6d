/* safe.h - text of somebody else's for people: a terminal shows it and does not obey it. */
#ifndef INLAY_SAFE_H
#define INLAY_SAFE_H

#include "buffer.h"

/* Appends the text; what a terminal would obey (control characters, those that turn the direction
 * of writing; a tab is no harm), and bytes that are no UTF-8, become "?". */
void safe_text(struct buffer *out, struct text text);
void safe_string(struct buffer *out, const char *string);

#endif
