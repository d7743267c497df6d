/* safe.c - what a terminal would obey, character by character. */
#include "safe.h"

/* Size of the character at `at` in valid UTF-8 if a terminal would obey it and not show it: a
 * control character or one that turns the direction of writing; else 0. */
static size_t control_size(const unsigned char *at)
{
	if (*at < 0x20 || *at == 0x7f)
		return *at != '\t';
	if (at[0] == 0xc2 && at[1] < 0xa0)
		return 2;
	if (at[0] == 0xe2 && ((at[1] == 0x80 && at[2] >= 0xaa && at[2] <= 0xae) ||
	                      (at[1] == 0x81 && at[2] >= 0xa6 && at[2] <= 0xa9)))
		return 3;
	return 0;
}

static void add_valid(struct buffer *out, struct text text)
{
	size_t i = 0;

	while (i < text.size) {
		size_t control = control_size(text.start + i);

		buffer_byte(out, control > 0 ? '?' : text.start[i]);
		i += control > 0 ? control : 1;
	}
}

void safe_text(struct buffer *out, struct text text)
{
	while (text.size > 0) {
		size_t size = text_find_invalid(text);

		add_valid(out, (struct text){ text.start, size });
		if (size < text.size)
			buffer_byte(out, '?');
		size += size < text.size;
		text.start += size;
		text.size -= size;
	}
}

void safe_string(struct buffer *out, const char *string)
{
	safe_text(out, text_of(string));
}
