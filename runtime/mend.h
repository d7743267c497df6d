/* mend.h - what a repair makes of a history: which rows are to be written, and how.  Writes
 * nothing. */
#ifndef INLAY_MEND_H
#define INLAY_MEND_H

#include "call.h"
#include "examine.h"
#include "record_repair.h"

#define MEND_CLEANUP_SIZE_MAX 512

struct mend {
	struct repaired_row *rows; /* Owned: all of them, in version order. */
	uint32_t row_count;
	uint32_t change_count;      /* Of those that are to be written; and of the mark. */
	struct tracking_rows after; /* What there will be; a list of the rows above. */
	/* What an interrupted migration has left half built goes first, by this; or "". */
	char cleanup[MEND_CLEANUP_SIZE_MAX];
	const struct repaired_row *half_built;
	struct mark mark; /* SQLite's, held against that; is_wrong already before. */
};

/* Plans what `scope` asks for.  False with an error in call->error: it is refused, or memory is
 * out.  mend_destroy() in any case. */
bool mend_plan(struct mend *mend, struct call *call, const struct tracking_rows *rows,
               const struct inlay_repair_scope *scope);
void mend_destroy(struct mend *mend);

/* Is something of this row to be written? */
bool mend_is_changed(const struct repaired_row *repaired);

#define MEND_MARK_MESSAGE "user_version tells of the history in the table again"

#endif
