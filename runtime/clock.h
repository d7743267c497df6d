/* clock.h - time for waiting and measuring; knows nothing of dates. */
#ifndef INLAY_CLOCK_H
#define INLAY_CLOCK_H

#include "names.h"

#include <stdint.h>

/* Milliseconds on a clock that never goes back. */
int64_t clock_now_ms(void);

/* Sleeps for some time between the two, so that processes that start together part. */
void clock_sleep_ms(int64_t shortest_ms, int64_t longest_ms);

#endif
