/* clock.h - time for waiting and measuring, and the date for who shows it; nothing is decided by a
 * date. */
#ifndef INLAY_CLOCK_H
#define INLAY_CLOCK_H

#include "names.h"

#include <stdint.h>

/* Milliseconds on a clock that never goes back. */
int64_t clock_now_ms(void);

/* Seconds since 1970, UTC, as far as this host knows.  May go back. */
int64_t clock_wall_s(void);

/* The same clock, up to some milliseconds behind, for less than a tenth of the time where the
 * system has one.  Never 0. */
int64_t clock_coarse_ms(void);

/* Sleeps for some time between the two, so that processes that start together part. */
void clock_sleep_ms(int64_t shortest_ms, int64_t longest_ms);

#endif
