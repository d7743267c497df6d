/* pending.h - what is pending and may not, or not yet, be applied; and what is told of it. */
#ifndef INLAY_PENDING_H
#define INLAY_PENDING_H

#include "rounds.h"
#include "work.h"

/* What the options let pass. */
struct policy pending_policy(const struct inlay_options *options);

/* May this call apply anything? */
bool pending_may_apply(const struct call *call);

/* Tells that the database was asked, and what it said. */
void pending_tell_check(struct call *call, bool is_done, int64_t duration_ms);

/* Tells what is pending, and in a dry run what would be sent: INLAY_PENDING. */
enum round pending_tell(struct call *call, const struct plan *plan, const struct work *work);

/* Others are at it, and we do not wait: INLAY_PENDING. */
enum round pending_tell_busy(struct call *call, const struct plan *plan);

/* The history that we would begin is there, in another schema: INLAY_FOREIGN.  Asks one query,
 * where there is such a table. */
bool pending_is_elsewhere(struct call *call);

/* Tells in what the database and the set differ. */
void pending_tell_drift(struct call *call, const struct tracking_rows *rows,
                        const struct plan *plan);

/* Tells of a migration that can not be gone on with, as call->error says. */
void pending_tell_interrupted(struct call *call, const struct plan *plan);

enum round pending_without_memory(struct call *call);

#endif
