/* apply.h - one migration: claim it, run its statements, record it. */
#ifndef INLAY_APPLY_H
#define INLAY_APPLY_H

#include "call.h"
#include "plan.h"

enum apply_end {
	APPLY_DONE,
	APPLY_LOST_RACE, /* Somebody else was faster, or still is: nothing was changed. */
	APPLY_FAILED     /* call->error says how. */
};

struct apply_task {
	const struct inlay_image_migration *migration;
	const struct tracking_row *failed; /* Its row, when it is to be taken over; or NULL. */
	uint32_t index;                    /* For events: 1-based ... */
	uint32_t count;                    /* ... of so many. */
};

/* Applies one migration and counts it in call->error->applied_count. */
enum apply_end apply_migration(struct call *call, const struct apply_task *task);

#endif
