/* apply.h - applying what is pending. */
#ifndef INLAY_APPLY_H
#define INLAY_APPLY_H

#include "run.h"

/* Applies everything that the plan says is pending, in the transaction that gate_open() opened and
 * others behind it.  Afterwards no transaction is open and the session is as it was. */
enum run_end apply_pending(struct call *call, const struct plan *plan);

#endif
