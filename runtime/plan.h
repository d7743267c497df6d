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

/* What the options let pass. */
struct policy {
	bool refuse_ahead;
	bool allow_edited;
	bool allow_missing;
	bool allow_late;
	bool refuse_interrupted;
};

/* What the walk came to. */
enum plan_verdict {
	PLAN_DONE,         /* Nothing is pending. */
	PLAN_APPLY,        /* Some are pending. */
	PLAN_RESUME,       /* The same, and `unfinished` is to be gone on with. */
	PLAN_REPEAT,       /* Only repeatable ones are pending. */
	PLAN_WAIT,         /* `culprit` is unfinished and somebody is at work on it. */
	PLAN_INTERRUPTED,  /* `culprit` could be gone on with, and that is refused. */
	PLAN_STUCK,        /* `culprit` is unfinished and can not be gone on with. */
	PLAN_UNDOING,      /* `culprit` is half rolled back. */
	PLAN_DOUBT,        /* Nobody can know whether the statement it was at took effect. */
	PLAN_EDITED,       /* As the results of the same names; `culprit` is the first one. */
	PLAN_CHAIN_BROKEN, /* `culprit` is the set's, but its row's chain is not. */
	PLAN_MISSING,
	PLAN_LATE,
	PLAN_AHEAD, /* Only when that is refused. */
	PLAN_BARRED /* `culprit` is ahead, and there is a breaking one. */
};

struct plan {
	enum plan_verdict verdict;
	uint32_t pending_count; /* Of PLAN_APPLY, _RESUME and _REPEAT. */
	uint32_t late_count;    /* Of these: older than applied ones. */
	struct plan_item culprit;
	const struct tracking_row *unfinished; /* PLAN_RESUME. */
	bool is_in_doubt; /* PLAN_RESUME: the next statement may have taken effect already. */
	bool is_ahead;    /* There are later migrations than the set's. */
	bool is_loose;    /* Something differs that the policy lets pass. */
};

/* Is there something to apply? */
bool plan_is_pending(const struct plan *plan);

/* Does such an item differ as no pending migration explains? */
bool plan_is_drift(enum inlay_state state);

/* Does its chain stand for no set's history, since late migrations were to come? */
bool plan_is_unsettled(const struct tracking_row *row);

/* Its process was at a statement that is not in one transaction with the record of it. */
bool plan_is_in_doubt(const struct tracking_row *row);

/* Can `row`, which is unfinished and nobody's, be gone on with, when `migration` is what it was at?
 * What ran already must still be what the file says, and of the statement that its process died in
 * it must be possible to tell, or not matter, whether it took effect. */
enum plan_verdict plan_judge_unfinished(const struct image_view *view,
                                        const struct inlay_image_migration *migration,
                                        const struct tracking_row *row);

struct plan plan_make(const struct image_view *view, const struct tracking_rows *rows,
                      const struct policy *policy);

#endif
