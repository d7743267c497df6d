/* admin_text.c - grows texts; escapes for JSON and for HTML. */
#include "admin_text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD, for what is no character. */

void admin_text_clear(struct admin_text *text)
{
	free(text->start);
	*text = (struct admin_text){ .start = NULL };
}

static bool make_room(struct admin_text *text, size_t size)
{
	size_t capacity = text->capacity > 0 ? text->capacity : 1024;
	char *grown;

	if (text->no_memory)
		return false;
	while (capacity - text->size <= size && capacity <= SIZE_MAX / 2)
		capacity *= 2;
	if (capacity == text->capacity)
		return true;
	grown = capacity - text->size > size ? realloc(text->start, capacity) : NULL;
	if (grown == NULL) {
		text->no_memory = true;
		return false;
	}
	text->start = grown;
	text->capacity = capacity;
	return true;
}

void admin_text_add(struct admin_text *text, const char *bytes, size_t size)
{
	if (!make_room(text, size))
		return;
	if (size > 0)
		memcpy(text->start + text->size, bytes, size);
	text->size += size;
	text->start[text->size] = '\0';
}

void admin_text_string(struct admin_text *text, const char *string)
{
	admin_text_add(text, string, strlen(string));
}

void admin_text_format(struct admin_text *text, const char *format, ...)
{
	char line[512];
	va_list arguments;

	va_start(arguments, format);
	format_arguments(line, sizeof(line), format, arguments);
	va_end(arguments);
	admin_text_string(text, line);
}

void admin_text_json(struct admin_text *text, const char *string)
{
	uint32_t code;
	size_t size;

	if (string[0] == '\0') {
		admin_text_string(text, "null");
		return;
	}
	admin_text_string(text, "\"");
	for (; *string != '\0'; string += size > 0 ? size : 1) {
		size = format_character(string, &code);
		if (size == 0)
			admin_text_string(text, REPLACEMENT);
		else if (code == '"' || code == '\\')
			admin_text_format(text, "\\%c", (int)code);
		else if (code < ' ' || code == 0x7f)
			admin_text_format(text, "\\u%04" PRIx32, code);
		else
			admin_text_add(text, string, size);
	}
	admin_text_string(text, "\"");
}

/* It would be seen as something else than it is: controls, and marks that turn the direction. */
static bool is_deceptive(uint32_t code)
{
	return code < ' ' || (code >= 0x7f && code < 0xa0) || (code >= 0x200b && code <= 0x200f) ||
	       (code >= 0x2028 && code <= 0x202e) || (code >= 0x2060 && code <= 0x206f) ||
	       code == 0x061c || code == 0xfeff;
}

void admin_text_html(struct admin_text *text, const char *string)
{
	uint32_t code;
	size_t size;

	for (; *string != '\0'; string += size > 0 ? size : 1) {
		size = format_character(string, &code);
		if (size == 0 || is_deceptive(code))
			admin_text_string(text, REPLACEMENT);
		else if (strchr("&<>\"'", *string) != NULL)
			admin_text_format(text, "&#%" PRIu32 ";", code);
		else
			admin_text_add(text, string, size);
	}
}
