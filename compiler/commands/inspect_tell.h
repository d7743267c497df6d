/* inspect_tell.h - between the files of `inlay inspect`: sets as text, as SQL and as JSON. */
#ifndef INLAY_INSPECT_TELL_H
#define INLAY_INSPECT_TELL_H

#include "buffer.h"
#include "inspect/compare.h"
#include "inspect/inspect.h"
#include "json_out.h"
#include "lexer.h"

/* What an operand names. */
struct inspected {
	const char *path;  /* As given. */
	bool is_directory; /* Of migrations: a set that is in no file yet. */
	struct inspect_images images;
};

/* One set as a heading and a table, as SQL (the up scripts, or what undoes them), as JSON. */
void inspect_tell_set(struct arena *arena, const struct inspected *inspected,
                      const struct inspect_image *found, struct buffer *out);
void inspect_tell_sql(const struct inlay_image *image, enum dialect dialect, bool down,
                      struct buffer *out);
json_t *inspect_json_set(const struct inspected *inspected, const struct inspect_image *found,
                         bool with_sql);

/* "sqlite, postgres": those that the set carries. */
void inspect_dialects(const struct inlay_image *image, bool carried[DIALECT_COUNT]);

/* Any dialect that it carries: they all have the same migrations. */
enum dialect inspect_any_dialect(const struct inlay_image *image);

#endif
