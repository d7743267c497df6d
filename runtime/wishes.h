/*
 * wishes.h - what a caller wants to be recorded, and what of it is not yet.
 *
 * Pure: no database, no clock.
 */
#ifndef INLAY_WISHES_H
#define INLAY_WISHES_H

#include "plan.h"

/* Of one migration of the set. */
struct wish {
	bool is_wanted;
	const char *applied_at; /* The caller's, or NULL. */
};

/* One that is to be recorded. */
struct wishes_item {
	const struct inlay_image_migration *migration;
	const char *applied_at;
	bool is_settled; /* No migration of the set is missing in front of it. */
	bool is_repeatable;
};

struct wishes {
	const struct image_view *view;
	const struct inlay_baseline_scope *scope;
	struct wish *wishes;       /* Owned; one for each migration of the view. */
	struct wishes_item *items; /* Owned; in version order, repeatable ones last. */
	uint32_t count;
};

/* Reads the scope.  NULL, or what is wrong with it in words, which are in `problem` and do not say
 * that nothing was changed; "" when memory is out.  Call wishes_destroy() in any case. */
const char *wishes_create(struct wishes *wishes, const struct image_view *view,
                          const struct inlay_baseline_scope *scope, char *problem, size_t size);
void wishes_destroy(struct wishes *wishes);

/* Fills in the items that `rows` lack.  NULL, or the first one that is older than a row: then that
 * one can not be recorded. */
const struct inlay_image_migration *wishes_hold_against(struct wishes *wishes,
                                                        const struct tracking_rows *rows);

#endif
