/* place.h - where in the history each row of a database belongs, as far as the set knows.  Pure. */
#ifndef INLAY_PLACE_H
#define INLAY_PLACE_H

#include "plan.h"

/* What a row ought to say of its place. */
struct place {
	struct tracking_row *row;
	const struct inlay_image_migration *migration; /* NULL: the last one, see place_next(). */
	char chain[FORMAT_DIGEST_SIZE];
	char previous[FORMAT_DIGEST_SIZE];
	int64_t floor;
};

/* Caller's memory. */
struct place_cursor {
	struct plan_cursor cursor;
	char chain[FORMAT_DIGEST_SIZE]; /* What the next row follows. */
	int64_t floor;
	bool is_over;
};

void place_start(struct place_cursor *cursor, const struct image_view *view,
                 const struct tracking_rows *rows);

/* The rows from the first one on that are finished and the set's, in order; then the row behind
 * them, which is not and of which only `previous` is known.  Behind that nothing is known. */
bool place_next(struct place_cursor *cursor, struct place *place);

/* Does the row say so? */
bool place_is_right(const struct place *place);

/* Is it the set's text that was recorded, to the byte? */
bool place_has_source(const struct place *place);

#endif
