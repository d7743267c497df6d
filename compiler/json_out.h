/* json_out.h - between our texts and jansson's values; out of memory ends the program. */
#ifndef INLAY_JSON_OUT_H
#define INLAY_JSON_OUT_H

#include "buffer.h"

#include <jansson.h>

/* Call it before anything of jansson's. */
void json_out_init(void);

/* A string.  Bytes that are no UTF-8 become U+FFFD. */
json_t *json_out_text(struct text text);

/* A string, or null for NULL; the second one also for an empty one. */
json_t *json_out_string(const char *string);
json_t *json_out_filled(const char *string);

/* A number, or null for one below 0. */
json_t *json_out_number(int64_t number);

/* Appends the value, as jansson's JSON_... flags say, and releases it. */
void json_out_write(struct buffer *out, json_t *value, size_t flags);

/* The same of what a command prints with --json: indented, and with the end of the line. */
void json_out_document(struct buffer *out, json_t *document);

#endif
