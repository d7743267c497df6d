/*
 * work.h - what a run goes through: migrations, in the order in which they run.
 *
 * The texts and statements are those of call->view; the script that runs is each entry's up.
 */
#ifndef INLAY_WORK_H
#define INLAY_WORK_H

#include "plan.h"
#include "record.h"

/* One migration that is to be run. */
struct work_item {
	const struct inlay_image_migration *migration;
	const struct tracking_row *row; /* As it was read, of one to go on with or to undo. */
	const char *script;             /* Of one to undo: its down script, as in script.h. */
	bool is_resumed;                /* It is unfinished, and nobody's. */
	bool is_late;
};

struct work {
	const struct record_way *way;
	struct work_item *items; /* Owned. */
	uint32_t count;
	const struct tracking_rows *rows; /* As they were read. */
	const struct image_view *set;
	const struct inlay_digest *tip; /* The chain that it begins behind; NULL: as in rows. */
	uint32_t last_late;             /* Index of the last late one. */
	bool is_in_doubt;   /* Of the resumed one: its next statement may have taken effect. */
	bool is_partial;    /* More is pending behind it, for another run. */
	bool is_superseded; /* The database has later revisions of some repeatable ones. */
};

/* The pending migrations that `plan` found, or the repeatable ones.  False when memory is out.
 * Call work_destroy() in any case. */
bool work_create(struct work *work, const struct plan *plan, const struct image_view *view,
                 const struct tracking_rows *rows);

/* The repeatable ones that are pending behind them; none where the database is ahead of the set. */
bool work_create_behind(struct work *work, const struct plan *plan, const struct image_view *view,
                        const struct tracking_rows *rows);
void work_destroy(struct work *work);

#endif
