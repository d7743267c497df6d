/* text.c - slices of bytes: comparing, trimming, UTF-8, positions.  Knows nothing of SQL. */
#include "text.h"

#include <assert.h>
#include <string.h>

#define HIGH_BITS 0x8080808080808080u
#define LOW_BITS  0x0101010101010101u

struct text text_of(const char *string)
{
	return (struct text){ (const unsigned char *)string, strlen(string) };
}

bool text_equals(struct text a, struct text b)
{
	return a.size == b.size && (a.size == 0 || memcmp(a.start, b.start, a.size) == 0);
}

unsigned char text_fold(unsigned char byte)
{
	return byte >= 'A' && byte <= 'Z' ? (unsigned char)(byte | 0x20) : byte;
}

int text_compare(struct text a, struct text b)
{
	size_t size = a.size < b.size ? a.size : b.size;
	int order = size > 0 ? memcmp(a.start, b.start, size) : 0;

	if (order != 0 || a.size == b.size)
		return order;
	return a.size < b.size ? -1 : 1;
}

bool text_equals_folded(struct text a, const char *lower)
{
	size_t i;

	/* A NUL in `a` would pass for the end of `lower`. */
	for (i = 0; i < a.size; i++) {
		if (lower[i] == '\0' || text_fold(a.start[i]) != (unsigned char)lower[i])
			return false;
	}
	return lower[i] == '\0';
}

bool text_equals_caseless(struct text a, struct text b)
{
	size_t i;

	if (a.size != b.size)
		return false;
	for (i = 0; i < a.size; i++)
		if (text_fold(a.start[i]) != text_fold(b.start[i]))
			return false;
	return true;
}

bool text_contains_caseless(struct text text, struct text part)
{
	unsigned char first = part.size > 0 ? text_fold(*part.start) : 0;
	size_t i;

	for (i = 0; i + part.size <= text.size; i++)
		if (part.size == 0 ||
		    (text_fold(text.start[i]) == first &&
		     text_equals_caseless((struct text){ text.start + i, part.size }, part)))
			return true;
	return false;
}

bool text_starts_with(struct text text, const char *prefix)
{
	size_t size = strlen(prefix);

	return text.size >= size && (size == 0 || memcmp(text.start, prefix, size) == 0);
}

static bool is_space(unsigned char byte)
{
	return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

struct text text_trim(struct text text)
{
	while (text.size > 0 && is_space(text.start[0])) {
		text.start++;
		text.size--;
	}
	while (text.size > 0 && is_space(text.start[text.size - 1]))
		text.size--;
	return text;
}

struct text text_next_word(struct text *rest, const char *separators)
{
	size_t separator_count = strlen(separators);
	struct text word;
	size_t size = 0;

	*rest = text_trim(*rest);
	while (size < rest->size && memchr(separators, rest->start[size], separator_count) == NULL)
		size++;
	word = (struct text){ rest->start, size };
	rest->start += size;
	rest->size -= size;
	return word;
}

/* Steps over eight bytes at a time for as long as they are all ASCII and none is NUL. */
static const unsigned char *skip_plain(const unsigned char *at, const unsigned char *end)
{
	uint64_t word;

	while (end - at >= (ptrdiff_t)sizeof(word)) {
		memcpy(&word, at, sizeof(word));
		/* Where all are ASCII, only a NUL gets a high bit when 1 is taken from each. */
		if (((word | (word - LOW_BITS)) & HIGH_BITS) != 0)
			break;
		at += sizeof(word);
	}
	return at;
}

static bool is_tail(unsigned char byte)
{
	return (byte & 0xc0) == 0x80;
}

/* Size of the well-formed sequence (RFC 3629, table in section 4) that starts at `at`, or 0. */
static size_t sequence_size(const unsigned char *at, size_t left)
{
	unsigned char lead = at[0];
	/* The first tail's range: no longer than needed; no surrogates, nothing past the end. */
	unsigned char min = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
	unsigned char max = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
	size_t size = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
	size_t i;

	if (lead < 0x80)
		return lead != 0;
	if (lead < 0xc2 || lead > 0xf4 || left < size || at[1] < min || at[1] > max)
		return 0;
	for (i = 2; i < size; i++) {
		if (!is_tail(at[i]))
			return 0;
	}
	return size;
}

size_t text_find_invalid(struct text text)
{
	const unsigned char *at = text.start;
	const unsigned char *end = text.start + text.size;

	while ((at = skip_plain(at, end)) < end) {
		size_t size = sequence_size(at, (size_t)(end - at));

		if (size == 0)
			break;
		at += size;
	}
	return (size_t)(at - text.start);
}

size_t text_code_points(struct text text)
{
	size_t count = 0;
	size_t i;

	for (i = 0; i < text.size; i++)
		count += !is_tail(text.start[i]);
	return count;
}

size_t text_mark_size(struct text text)
{
	return text_starts_with(text, "\xef\xbb\xbf") ? 3 : 0;
}

struct position text_position(struct text text, size_t offset)
{
	const unsigned char *line = text.start + text_mark_size(text);
	const unsigned char *place = text.start + offset;
	struct position position = { 1, 1 };
	const unsigned char *feed;

	assert(offset <= text.size);
	if (place <= line)
		return position;
	while ((feed = memchr(line, '\n', (size_t)(place - line))) != NULL) {
		line = feed + 1;
		position.line++;
	}
	text = (struct text){ line, (size_t)(place - line) };
	position.column += (uint32_t)text_code_points(text);
	return position;
}
