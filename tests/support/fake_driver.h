/* fake_driver.h - a driver that fails at the Nth question, in front of one that does not. */
#ifndef INLAY_TESTS_FAKE_DRIVER_H
#define INLAY_TESTS_FAKE_DRIVER_H

#include "../../runtime/driver.h"

/* When to fail, and how. */
struct fake_plan {
	const struct driver *real; /* Answers all other questions. */
	uint32_t fail_at;          /* 1 fails the first question; 0 none. */
	enum outcome outcome;      /* OUTCOME_LOST: all later questions fail too. */
	bool after;                /* The failing question is answered first: nobody hears it. */
};

/* Uses `plan` from now on, and forgets what was counted. */
void fake_driver_start(const struct fake_plan *plan);

/* Hand this to ensure_run(). */
const struct driver *fake_driver(enum inlay_dialect dialect);

/* Questions asked since the start: of those that can fail. */
uint32_t fake_driver_count(void);

/* Whether the last session was closed. */
bool fake_driver_is_closed(void);

#endif
