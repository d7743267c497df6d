/* sums_parts.c - line ends, characters left out, and digests in hex. */
#include "sums_parts.h"

#include "buffer.h"
#include "digest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct text sums_with_line_ends(struct arena *arena, struct text text, enum line_ends ends)
{
	unsigned char *copy;
	size_t size = 0;
	size_t i;

	if (ends == LINE_ENDS_KEPT)
		return text;
	copy = arena_allocate(arena, 2 * text.size + 1);
	for (i = 0; i < text.size; i++) {
		bool ends_line = text.start[i] == '\n';

		if (ends_line && size > 0 && copy[size - 1] == '\r')
			size--;
		if (ends_line && ends == LINE_ENDS_CRLF)
			copy[size++] = '\r';
		copy[size++] = text.start[i];
	}
	return (struct text){ copy, size };
}

struct text sums_without(struct arena *arena, struct text text, const char *left_out)
{
	unsigned char *copy = arena_allocate(arena, text.size + 1);
	size_t size = 0;
	size_t i;

	for (i = 0; i < text.size; i++)
		if (text.start[i] == '\0' || strchr(left_out, text.start[i]) == NULL)
			copy[size++] = text.start[i];
	return (struct text){ copy, size };
}

const char *sums_hex(struct arena *arena, const char *algorithm, struct text text)
{
	static const char digits[] = "0123456789abcdef";
	unsigned char digest[DIGEST_SIZE_MAX];
	size_t size = 0;
	size_t i;
	char *hex;

	if (!digest_of(algorithm, text.start, text.size, digest, &size))
		return NULL;
	hex = arena_allocate(arena, 2 * size + 1);
	for (i = 0; i < size; i++) {
		hex[2 * i] = digits[digest[i] >> 4];
		hex[2 * i + 1] = digits[digest[i] & 15];
	}
	hex[2 * size] = '\0';
	return hex;
}
