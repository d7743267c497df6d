/* events.h - events as the runtime would tell them, made by hand. */
#ifndef TEST_EVENTS_H
#define TEST_EVENTS_H

#include "command.h"

#include "inlay.h"

/* An event that tells nothing but its kind; level info. */
struct inlay_event event_make(enum inlay_event_kind kind);

/* An event that tells everything, also what its kind does not have. */
struct inlay_event event_make_full(enum inlay_event_kind kind);

/* Builds tests/threads_test/observers.c with ThreadSanitizer in `directory` and runs it; the test
 * fails unless that ends well.  What it printed is the caller's, for outcome_free(). */
struct outcome observers_run(const char *directory);

#endif
