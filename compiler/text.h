/* text.h - a piece of bytes somebody else owns, and the few questions asked of it. */
#ifndef INLAY_TEXT_H
#define INLAY_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Borrowed bytes.  What source.c reads has one readable NUL past the end, which the lexers need. */
struct text {
	const unsigned char *start;
	size_t size;
};

/* A text over a C string, without its NUL. */
struct text text_of(const char *string);

/* The same bytes? */
bool text_equals(struct text a, struct text b);

/* Less than, equal to or greater than 0, as memcmp() orders bytes; a beginning comes first. */
int text_compare(struct text a, struct text b);

/* ASCII capitals as small letters; every other byte as it is. */
unsigned char text_fold(unsigned char byte);

/* The same bytes, when ASCII letters of `a` are made lower-case?  `lower` is lower-case already. */
bool text_equals_folded(struct text a, const char *lower);

/* The same bytes, or in it, in any case of ASCII letters? */
bool text_equals_caseless(struct text a, struct text b);
bool text_contains_caseless(struct text text, struct text part);

/* Does `text` begin with `prefix`? */
bool text_starts_with(struct text text, const char *prefix);

/* `text` without white space (space, tab, CR, LF, FF, VT) at both ends. */
struct text text_trim(struct text text);

/* Takes the first word off `*rest`: up to a byte of `separators`, white space before it left out.
 * Empty when there is none. */
struct text text_next_word(struct text *rest, const char *separators);

/* Offset of the first byte that is a NUL or breaks UTF-8 (RFC 3629), or text.size if none does. */
size_t text_find_invalid(struct text text);

/* How many code points valid UTF-8 `text` has. */
size_t text_code_points(struct text text);

/* A place in a file, for people: both 1-based; the column counts code points. */
struct position {
	uint32_t line;
	uint32_t column;
};

/* Where `offset` is in `text`.  Lines end at LF.  A byte-order mark has no column.  O(offset). */
struct position text_position(struct text text, size_t offset);

/* Size of the byte-order mark `text` begins with: 3 or 0. */
size_t text_mark_size(struct text text);

#endif
