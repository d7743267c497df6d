/* emit.h - writes C into a buffer.  Knows C, not migrations. */
#ifndef INLAY_EMIT_H
#define INLAY_EMIT_H

#include "buffer.h"
#include "../runtime/inlay.h"
#include "image.h"

#define EMIT_LITERAL_MAX ((size_t)4095) /* Bytes of a string literal that C99 promises. */
#define EMIT_STRING_MAX                                                                            \
	((size_t)65000) /* Beyond it MSVC refuses a literal; then it is a list of characters. */

/* `text` inside a C comment, which it can neither end nor upset. */
void emit_comment(struct buffer *out, struct text text);

/* The first line of every generated file. */
void emit_banner(struct buffer *out, const char *directory_label);

/* The initializer of a char array: `text` and its NUL, one line of text a line of C, indented
 * by `depth` tabs; no line end behind it. */
void emit_string(struct buffer *out, struct text text, int depth);

/* "{ { 0x...u, 0x...u, 0x...u, 0x...u } }" */
void emit_digest(struct buffer *out, const struct inlay_digest *digest);

/* The two products.  `header_name` is how the source includes the header: "app_migrations.h". */
void emit_header(struct buffer *out, const struct image *image);
void emit_source(struct buffer *out, const struct image *image, const char *header_name);

#endif
