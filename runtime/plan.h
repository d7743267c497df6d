/*
 * plan.h - what is to be done: the set's migrations against the rows of a database.
 *
 * Pure: no database, no clock, no memory of its own.
 */
#ifndef INLAY_PLAN_H
#define INLAY_PLAN_H

#include "tracking.h"

/* One version that the set or the database has.  One of the two pointers may be NULL. */
struct plan_item {
	enum inlay_state state;
	const struct inlay_image_migration *migration;
	const struct tracking_row *row;
};

/* Walks through both in version order.  Caller's memory. */
struct plan_cursor {
	const struct image_view *view;
	const struct tracking_row *row; /* The next one. */
	uint32_t index;                 /* The next migration. */
	int64_t last_version;           /* The database's; -1 when it has none. */
};

/* Rows in version order. */
void plan_start(struct plan_cursor *cursor, const struct image_view *view,
                const struct tracking_rows *rows);

/* The next item; false when there is none left. */
bool plan_next(struct plan_cursor *cursor, struct plan_item *item);

/* What the walk came to. */
enum plan_verdict {
	PLAN_DONE,         /* Nothing is pending. */
	PLAN_APPLY,        /* Migrations `first` and all after it are pending. */
	PLAN_RESUME,       /* The same, but `first` has an unfinished row (`culprit`). */
	PLAN_WAIT,         /* `culprit` is unfinished and somebody is at work on it. */
	PLAN_STUCK,        /* `culprit` is unfinished and can not be gone on with. */
	PLAN_DOUBT,        /* Nobody can know whether the statement it was at took effect. */
	PLAN_EDITED,       /* As the results of the same names; `culprit` is the first one. */
	PLAN_CHAIN_BROKEN, /* `culprit` is the set's, but its row's chain is not. */
	PLAN_MISSING,
	PLAN_LATE,
	PLAN_AHEAD /* Only when that is refused. */
};

struct plan {
	enum plan_verdict verdict;
	uint32_t first;
	struct plan_item culprit;
	bool is_in_doubt; /* PLAN_RESUME: the next statement may have taken effect already. */
};

/* Its process was at a statement that is not in one transaction with the record of it. */
bool plan_is_in_doubt(const struct tracking_row *row);

struct plan plan_make(const struct image_view *view, const struct tracking_rows *rows,
                      bool refuse_ahead);

#endif
