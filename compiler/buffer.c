/* buffer.c - a growing array of bytes; out of memory ends the program, so no caller checks. */
#include "buffer.h"

#include "arena.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* `size` bytes at the end for the caller to write, counted as used. */
static unsigned char *extend(struct buffer *buffer, size_t size)
{
	unsigned char *end;

	if (size > buffer->capacity - buffer->size) {
		buffer->capacity = buffer->capacity * 2 + size + 256;
		buffer->start = memory_resize(buffer->start, buffer->capacity);
	}
	end = buffer->start + buffer->size;
	buffer->size += size;
	return end;
}

void buffer_bytes(struct buffer *buffer, const void *bytes, size_t size)
{
	if (size > 0)
		memcpy(extend(buffer, size), bytes, size);
}

void buffer_text(struct buffer *buffer, struct text text)
{
	buffer_bytes(buffer, text.start, text.size);
}

void buffer_string(struct buffer *buffer, const char *string)
{
	buffer_bytes(buffer, string, strlen(string));
}

void buffer_byte(struct buffer *buffer, unsigned char byte)
{
	*extend(buffer, 1) = byte;
}

void buffer_format(struct buffer *buffer, const char *format, ...)
{
	char small[256];
	va_list arguments;
	int size;

	va_start(arguments, format);
	size = vsnprintf(small, sizeof(small), format, arguments);
	va_end(arguments);
	if (size >= 0 && (size_t)size < sizeof(small)) {
		buffer_bytes(buffer, small, (size_t)size);
	} else if (size >= 0) {
		unsigned char *end = extend(buffer, (size_t)size + 1);

		va_start(arguments, format);
		vsnprintf((char *)end, (size_t)size + 1, format, arguments);
		va_end(arguments);
		buffer->size--;
	}
}

struct text buffer_contents(const struct buffer *buffer)
{
	return (struct text){ buffer->start, buffer->size };
}

void buffer_clear(struct buffer *buffer)
{
	free(buffer->start);
	*buffer = (struct buffer){ 0 };
}

void buffer_print(struct buffer *buffer, FILE *to)
{
	if (buffer->size > 0)
		(void)fwrite(buffer->start, 1, buffer->size, to);
	buffer_clear(buffer);
}
