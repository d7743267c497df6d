/* format.c - the only file that cuts, quotes and measures texts. */
#include "format.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static bool continues_character(char byte)
{
	return ((unsigned char)byte & 0xc0) == 0x80;
}

/* How many bytes the character that begins with `byte` should have. */
static size_t character_size(char byte)
{
	unsigned char first = (unsigned char)byte;

	if (first < 0xc0)
		return 1;
	if (first < 0xe0)
		return 2;
	return first < 0xf0 ? 3 : 4;
}

/* Takes off a last character that lost its tail. */
static void cut_partial_character(char *text)
{
	size_t size = strlen(text);
	size_t start = size;

	while (start > 0 && size - start < 4 && continues_character(text[start - 1]))
		start--;
	if (start > 0 && start - 1 + character_size(text[start - 1]) > size)
		text[start - 1] = '\0';
}

void format_arguments(char *buffer, size_t size, const char *format, va_list arguments)
{
	int wanted = vsnprintf(buffer, size, format, arguments);

	if (wanted < 0)
		buffer[0] = '\0';
	else if ((size_t)wanted >= size)
		cut_partial_character(buffer);
}

void format_into(char *buffer, size_t size, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	format_arguments(buffer, size, format, arguments);
	va_end(arguments);
}

void format_append(char *buffer, size_t size, const char *format, ...)
{
	size_t used = strlen(buffer);
	va_list arguments;

	va_start(arguments, format);
	format_arguments(buffer + used, size - used, format, arguments);
	va_end(arguments);
}

void format_one_line(char *text)
{
	char *target = text;
	bool parted = false; /* Controls, and the spaces around them, since the last character. */

	for (const char *source = text; *source != '\0'; source++) {
		if ((unsigned char)*source < ' ' || *source == 0x7f) {
			parted = true;
		} else if (*source != ' ' || !parted) {
			if (parted && target > text && target[-1] != ' ')
				*target++ = ' ';
			parted = false;
			*target++ = *source;
		}
	}
	while (target > text && target[-1] == ' ')
		target--;
	*target = '\0';
}

void format_digest(char buffer[FORMAT_DIGEST_SIZE], const struct inlay_digest *digest)
{
	const uint64_t *words = digest->words;

	(void)snprintf(buffer, FORMAT_DIGEST_SIZE,
	               "%016" PRIx64 "%016" PRIx64 "%016" PRIx64 "%016" PRIx64, words[0], words[1],
	               words[2], words[3]);
}

void format_identifier(char *buffer, size_t size, const char *name)
{
	size_t used = 0;

	buffer[used++] = '"';
	for (; *name != '\0' && used + 4 <= size; name++) {
		if (*name == '"')
			buffer[used++] = '"';
		buffer[used++] = *name;
	}
	buffer[used++] = '"';
	buffer[used] = '\0';
}

struct format_position format_position(struct format_position start, const char *text,
                                       int64_t character)
{
	struct format_position position = start;

	for (; *text != '\0' && character > 0; text++) {
		if (continues_character(text[1]))
			continue; /* Counted at the character's last byte. */
		character--;
		position.column++;
		if (*text == '\n') {
			position.line++;
			position.column = 1;
		}
	}
	return position;
}

/* What the first byte announces; 0 when no character begins with it. */
static size_t announced_size(unsigned char first)
{
	if (first < 0x80)
		return 1;
	if (first < 0xc2 || first > 0xf4)
		return 0;
	return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

size_t format_character(const char *text, uint32_t *code)
{
	static const uint32_t smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *bytes = (const unsigned char *)text;
	size_t size = announced_size(bytes[0]);
	uint32_t value = size == 1 ? bytes[0] : bytes[0] & (0x7fu >> size);

	for (size_t i = 1; i < size; i++) {
		if ((bytes[i] & 0xc0) != 0x80)
			return 0;
		value = (value << 6) | (bytes[i] & 0x3fu);
	}
	if (value < smallest[size] || value > 0x10ffff || (value >= 0xd800 && value < 0xe000))
		return 0;
	*code = value;
	return size;
}
