/* json_out.h - between our texts and jansson's values; out of memory ends the program. */
#ifndef INLAY_JSON_OUT_H
#define INLAY_JSON_OUT_H

#include "buffer.h"

#include <jansson.h>

/* Call it before anything of jansson's. */
void json_out_init(void);

/* A string.  Bytes that are no UTF-8 become U+FFFD. */
json_t *json_out_text(struct text text);

/* A string, or null for NULL. */
json_t *json_out_string(const char *string);

/* Appends the value, as jansson's JSON_... flags say, and releases it. */
void json_out_write(struct buffer *out, json_t *value, size_t flags);

#endif
