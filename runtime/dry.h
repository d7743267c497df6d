/* dry.h - a run that sends nothing and tells what it would send. */
#ifndef INLAY_DRY_H
#define INLAY_DRY_H

#include "work.h"
#include "call.h"

/* Tells every command of a run of `work`, and of one of `behind` unless that is NULL, as an event
 * WOULD_RUN, in order.  Changes nothing, and leaves call->error as it is. */
void dry_show(struct call *call, const struct work *work, const struct work *behind);

/* The same of whatever act(call, context) sends. */
void dry_act(struct call *call, void (*act)(struct call *call, void *context), void *context);

#endif
