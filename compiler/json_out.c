/* json_out.c - what jansson lacks: memory that is there, and strings of any bytes. */
#include "json_out.h"

#include "arena.h"

#include <stdlib.h>

static void *allocate(size_t size)
{
	return memory_resize(NULL, size);
}

void json_out_init(void)
{
	json_set_alloc_funcs(allocate, free);
}

json_t *json_out_text(struct text text)
{
	struct buffer valid = { 0 };
	json_t *string;

	while (text.size > 0) {
		/* A NUL is no character to text_find_invalid(), and one to JSON. */
		size_t size = text_find_invalid(text);

		buffer_bytes(&valid, text.start, size);
		if (size < text.size && text.start[size] == '\0')
			buffer_byte(&valid, '\0');
		else if (size < text.size)
			buffer_string(&valid, "\xef\xbf\xbd");
		size += size < text.size;
		text.start += size;
		text.size -= size;
	}
	string = json_stringn(valid.size > 0 ? (const char *)valid.start : "", valid.size);
	buffer_clear(&valid);
	return string;
}

json_t *json_out_string(const char *string)
{
	return string != NULL ? json_out_text(text_of(string)) : json_null();
}

json_t *json_out_filled(const char *string)
{
	return string != NULL && string[0] != '\0' ? json_out_string(string) : json_null();
}

json_t *json_out_number(int64_t number)
{
	return number >= 0 ? json_integer(number) : json_null();
}

static int append(const char *bytes, size_t size, void *out)
{
	buffer_bytes(out, bytes, size);
	return 0;
}

void json_out_write(struct buffer *out, json_t *value, size_t flags)
{
	json_dump_callback(value, append, out, flags);
	json_decref(value);
}

void json_out_document(struct buffer *out, json_t *document)
{
	json_out_write(out, document, JSON_INDENT(2));
	buffer_byte(out, '\n');
}
