/*
 * undo.h - down scripts as an image of their own: each one the up script of an entry.
 *
 * So what runs migrations runs rollbacks, wherever their scripts come from: the program's set, or
 * the texts in the tracking table.
 */
#ifndef INLAY_UNDO_H
#define INLAY_UNDO_H

#include "tracking.h"

/* One migration that is to be undone: its row, and its down script as a text of script.h. */
struct undo_item {
	const struct tracking_row *row;
	char *script; /* Owned. */
};

struct undo {
	struct undo_item *items; /* Owned; the first one is undone first. */
	uint32_t count;
	struct image_view view; /* Entry i is for item i; versions do not ascend. */
	void *image;            /* Owned. */
};

/* Room for `count` items, none of which is there yet.  False when memory is out.  Call
 * undo_destroy() in any case. */
bool undo_create(struct undo *undo, uint32_t count);
void undo_destroy(struct undo *undo);

/* How building it ended. */
enum undo_end {
	UNDO_BUILT,
	UNDO_NO_SCRIPT,   /* `*failed` has a text that is no script. */
	UNDO_NO_FUNCTION, /* `*failed` calls a function that the set does not have. */
	UNDO_NO_MEMORY
};

/* Builds undo->view out of the items.  `set` is what calls mean. */
enum undo_end undo_build(struct undo *undo, const struct image_view *set,
                         const struct undo_item **failed);

#endif
