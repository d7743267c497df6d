/* place.c - walks along the history while it is the set's. */
#include "place.h"

#include <string.h>

void place_start(struct place_cursor *cursor, const struct image_view *view,
                 const struct tracking_rows *rows)
{
	*cursor = (struct place_cursor){ .floor = 0 };
	plan_start(&cursor->cursor, view, rows);
}

static void take(struct place_cursor *cursor, struct place *place)
{
	const struct inlay_image_migration *migration = place->migration;

	format_digest(place->chain, &migration->chain);
	memcpy(cursor->chain, place->chain, sizeof(cursor->chain));
	if ((migration->flags & INLAY_MIGRATION_BREAKING) != 0)
		cursor->floor = migration->version;
	place->floor = cursor->floor;
}

bool place_next(struct place_cursor *cursor, struct place *place)
{
	struct plan_item item;

	/* A migration that is not there, or an end. */
	if (cursor->is_over || !plan_next(&cursor->cursor, &item) || item.row == NULL)
		return false;
	/* The list's own memory. */
	place->row = (struct tracking_row *)(uintptr_t)item.row;
	place->migration = item.state == INLAY_STATE_APPLIED ? item.migration : NULL;
	memcpy(place->previous, cursor->chain, sizeof(place->previous));
	if (place->migration != NULL) {
		take(cursor, place);
		return true;
	}
	cursor->is_over = true;
	format_into(place->chain, sizeof(place->chain), "%s", item.row->chain);
	place->floor = item.row->floor;
	return true;
}

bool place_is_right(const struct place *place)
{
	return strcmp(place->row->chain, place->chain) == 0 &&
	       strcmp(place->row->previous, place->previous) == 0;
}

bool place_has_source(const struct place *place)
{
	char source_checksum[FORMAT_DIGEST_SIZE];

	if (place->migration == NULL)
		return true;
	format_digest(source_checksum, &place->migration->source_checksum);
	return strcmp(place->row->source_checksum, source_checksum) == 0;
}
