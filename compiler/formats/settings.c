/* settings.c - KEY = VALUE, a line each: as much of TOML and of Java's properties as these tools
 * write. */
#include "format.h"

#include <string.h>

static struct text without_quotes(struct text value)
{
	if (value.size >= 2 && (*value.start == '"' || *value.start == '\'') &&
	    value.start[value.size - 1] == *value.start)
		return (struct text){ value.start + 1, value.size - 2 };
	return value;
}

/* A value without the comment behind it. */
static struct text value_of(struct text text)
{
	const unsigned char *hash;

	text = text_trim(text);
	if (text.size > 0 && (*text.start == '"' || *text.start == '\'')) {
		const unsigned char *end = memchr(text.start + 1, *text.start, text.size - 1);
		struct text rest;

		if (end == NULL)
			return text;
		rest = (struct text){ end + 1, (size_t)(text.start + text.size - end - 1) };
		rest = text_trim(rest);
		if (rest.size == 0 || *rest.start == '#')
			text.size = (size_t)(end + 1 - text.start);
		return without_quotes(text);
	}
	hash = memchr(text.start, '#', text.size);
	if (hash != NULL)
		text.size = (size_t)(hash - text.start);
	return text_trim(text);
}

struct setting setting_next(struct text *rest)
{
	struct setting setting = { .key = { NULL, 0 } };
	const unsigned char *equals;

	for (;;) {
		setting.line = line_next(rest);
		if (setting.line.start == NULL)
			return setting;
		setting.line = text_trim(setting.line);
		if (setting.line.size > 0 && *setting.line.start != '#')
			break;
	}
	setting.key = (struct text){ setting.line.start, 0 };
	equals = memchr(setting.line.start, '=', setting.line.size);
	if (equals == NULL)
		return setting;
	setting.key = text_trim(
	        (struct text){ setting.line.start, (size_t)(equals - setting.line.start) });
	setting.value = value_of((struct text){
	        equals + 1, (size_t)(setting.line.start + setting.line.size - equals - 1) });
	return setting;
}
