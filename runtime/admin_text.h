/* admin_text.h - a text that grows, and what is written into it so that nobody can break out. */
#ifndef INLAY_ADMIN_TEXT_H
#define INLAY_ADMIN_TEXT_H

#include "format.h"

#include <stdbool.h>

/* Zero at first.  When memory is out, nothing more is added. */
struct admin_text {
	char *start; /* NUL-terminated; NULL while empty. */
	size_t size;
	size_t capacity;
	bool no_memory;
};

void admin_text_clear(struct admin_text *text);

void admin_text_add(struct admin_text *text, const char *bytes, size_t size);
void admin_text_string(struct admin_text *text, const char *string);

/* At most some hundred bytes: for what is ours, and numbers. */
void admin_text_format(struct admin_text *text, const char *format, ...) FORMAT_LIKE_PRINTF(2, 3);

/* Between quotes, by RFC 8259; "" is null.  Bytes that are no UTF-8 become U+FFFD. */
void admin_text_json(struct admin_text *text, const char *string);

/* As text or as an attribute's value of HTML.  So do control characters and those that turn the
 * direction of writing around. */
void admin_text_html(struct admin_text *text, const char *string);

#endif
