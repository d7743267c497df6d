/* buffer.h - bytes that grow at the end: what the compiler writes, before it is written. */
#ifndef INLAY_BUFFER_H
#define INLAY_BUFFER_H

#include "text.h"

#include <stdio.h>

/* Begin with { 0 }; end with buffer_clear(). */
struct buffer {
	unsigned char *start;
	size_t size;
	size_t capacity;
};

void buffer_bytes(struct buffer *buffer, const void *bytes, size_t size);
void buffer_text(struct buffer *buffer, struct text text);
void buffer_string(struct buffer *buffer, const char *string);
void buffer_byte(struct buffer *buffer, unsigned char byte);
void buffer_format(struct buffer *buffer, const char *format, ...)
        __attribute__((format(printf, 2, 3)));

/* What is in it; valid until the next change. */
struct text buffer_contents(const struct buffer *buffer);

/* Writes what is in it to the stream, and clears it.  Whether that went well the stream knows. */
void buffer_print(struct buffer *buffer, FILE *to);

/* Frees; the buffer can be used again. */
void buffer_clear(struct buffer *buffer);

#endif
