/* apply.h - running migrations, up or down. */
#ifndef INLAY_APPLY_H
#define INLAY_APPLY_H

#include "run.h"

/* Runs everything in `work`, in the transaction that gate_open() opened and others behind it.
 * Afterwards no transaction is open and the session is as it was. */
enum run_end apply_work(struct call *call, const struct work *work);

#endif
