/* record_repair.h - writing down what a repair makes of rows; see record.h. */
#ifndef INLAY_RECORD_REPAIR_H
#define INLAY_RECORD_REPAIR_H

#include "place.h"

/* One row: as it was read, and as it is to be. */
struct repaired_row {
	const struct tracking_row *read;
	struct tracking_row row; /* Its texts are read's, but for the checksum. */
	char checksum[FORMAT_DIGEST_SIZE];
	struct place place; /* What it is to say of that. */
	/* What is to be written. */
	bool is_deleted;
	bool has_state; /* row.status, .progress and .is_down. */
	bool has_place;
	const struct inlay_image_migration *text; /* All that the set says of it, or NULL. */
	char message[240];                        /* For the log, and for people. */
};

/* Makes the row ours until the transaction ends, or fails when it is not as it was read. */
enum outcome record_repair_hold(struct tracking *tracking, const struct repaired_row *repaired);

/* Makes the row ours beyond the transaction, as that of whoever is at its next statement. */
enum outcome record_repair_take(struct tracking *tracking, const struct repaired_row *repaired);

/* Writes what is to be written of a row that is held. */
enum outcome record_repair_write(struct tracking *tracking, const struct image_view *view,
                                 const struct repaired_row *repaired);

/* A line for the log; `repaired` is NULL when it is about no row. */
enum outcome record_repair_note(struct tracking *tracking, const struct repaired_row *repaired,
                                const char *message);

#endif
