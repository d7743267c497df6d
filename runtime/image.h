/* image.h - reading the image a program carries: is it whole, and what does it hold? */
#ifndef INLAY_RUNTIME_IMAGE_H
#define INLAY_RUNTIME_IMAGE_H

#include "names.h"
#include "inlay.h"
#include "inlay_image.h"

#include <stdbool.h>
#include <stddef.h>

/* One dialect's migrations in an image, found once per call. */
struct image_view {
	const struct inlay_image *image;
	const struct inlay_image_migration *migrations;
	uint32_t migration_count;
	const struct inlay_image_migration *repeatables;
	uint32_t repeatable_count;
	const struct inlay_image_statement *statements;
	uint32_t statement_count;
};

/* Looks at the header alone, in constant time, and finds the dialect's tables in it; the image
 * has `size` readable bytes.  NULL when all is well, otherwise what is wrong, in words. */
const char *image_check_header(const struct inlay_image *image, size_t size,
                               enum inlay_dialect dialect, struct image_view *view);

/* Looks at every entry, so that nothing the other functions return leads out of the image, and no
 * call out of a set that has `function_count` functions. */
const char *image_check(const struct image_view *view, uint32_t function_count);

/* The migration of that version, or NULL. */
const struct inlay_image_migration *image_find(const struct image_view *view, int64_t version);

/* Leaves out what is later than that version, and the repeatable migrations.  false, with nothing
 * left out, when there is no such version. */
bool image_end_at(struct image_view *view, int64_t version);

/* The index of the function that the set's scripts call by this name; UINT32_MAX when none does. */
uint32_t image_find_function(const struct image_view *view, const char *name);

/* The text at `offset`. */
const char *image_text(const struct image_view *view, uint32_t offset);

/* "003_add_invoices": the file's name without what follows the migration's own. */
void image_migration_label(const struct image_view *view,
                           const struct inlay_image_migration *migration, char *buffer,
                           size_t size);

/* "003_add_invoices.sql": the last part of the file's path. */
const char *image_file_name(const struct image_view *view,
                            const struct inlay_image_migration *migration);

#endif
