/* alerts.h - which events are worth an alert, at any time that is given. */
#ifndef INLAY_ALERTS_H
#define INLAY_ALERTS_H

#include "names.h"
#include "inlay_observe.h"

#include <stdint.h>

/* Databases whose limits are kept apart; those beyond share one. */
#define ALERTS_DATABASE_COUNT_MAX 256

/* inlay_alert_event() at `now_ms` on a clock that never goes back. */
void alerts_event_at(struct inlay_alerts *alerts, const struct inlay_event *event, int64_t now_ms);

#endif
