/* set_view.h - what a set carries for one kind of database, wherever the set is from. */
#ifndef INLAY_SET_VIEW_H
#define INLAY_SET_VIEW_H

#include "inlay.h"
#include "inlay_image.h"
#include "lexer.h"

struct set_view {
	const struct inlay_image *image;
	const struct inlay_image_migration *migrations; /* By ascending version. */
	uint32_t migration_count;
	const struct inlay_image_migration *repeatables;
	uint32_t repeatable_count;
	const struct inlay_image_statement *statements;
};

struct set_view set_view_of(const struct inlay_set *set, enum dialect dialect);

const char *set_view_text(const struct set_view *view, uint32_t offset);

/* "003_add_invoices.sql": the end of its file's path. */
const char *set_view_file(const struct set_view *view,
                          const struct inlay_image_migration *migration);

/* The migration of that version, or NULL. */
const struct inlay_image_migration *set_view_find(const struct set_view *view, int64_t version);

/* The first migration up to `to_version` (-1: of all, the repeatable ones too) whose up script
 * calls a function of the application, or NULL. */
const struct inlay_image_migration *set_view_call(const struct set_view *view, int64_t to_version);

/* Does the down script call one? */
bool set_view_down_calls(const struct set_view *view,
                         const struct inlay_image_migration *migration);

#endif
