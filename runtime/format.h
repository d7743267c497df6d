/* format.h - texts in buffers of fixed size: never too long, never cut inside a character. */
#ifndef INLAY_FORMAT_H
#define INLAY_FORMAT_H

#include "names.h"
#include "inlay_image.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define FORMAT_LIKE_PRINTF(text, first) __attribute__((__format__(__printf__, text, first)))
#else
#define FORMAT_LIKE_PRINTF(text, first)
#endif

#define FORMAT_DIGEST_SIZE 65 /* 64 hex digits and the NUL. */

/* Like snprintf(); what does not fit is cut off at a character's end. */
void format_into(char *buffer, size_t size, const char *format, ...) FORMAT_LIKE_PRINTF(3, 4);

/* The same, with the arguments as a list. */
void format_arguments(char *buffer, size_t size, const char *format, va_list arguments)
        FORMAT_LIKE_PRINTF(3, 0);

/* The same, behind what the buffer holds already. */
void format_append(char *buffer, size_t size, const char *format, ...) FORMAT_LIKE_PRINTF(3, 4);

/* Turns every run of line ends, tabs and other control characters, with the spaces around it, into
 * one space; at both ends into none. */
void format_one_line(char *text);

/* The usual 64 hex digits. */
void format_digest(char buffer[FORMAT_DIGEST_SIZE], const struct inlay_digest *digest);

/* `name` as a quoted SQL identifier.  size >= 2 * strlen(name) + 3 for it to fit. */
void format_identifier(char *buffer, size_t size, const char *name);

/* How many bytes the UTF-8 character at the beginning of `text` has, 1 to 4, and which one it is;
 * 0 when there is none.  `text` ends with a NUL, which is a character of one byte. */
size_t format_character(const char *text, uint32_t *code);

/* A place in a file, both 1-based; the column counts code points. */
struct format_position {
	uint32_t line;
	uint32_t column;
};

/* Where code point `character` of `text` is, when the text begins at `start`. */
struct format_position format_position(struct format_position start, const char *text,
                                       int64_t character);

#endif
