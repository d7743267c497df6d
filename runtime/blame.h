/*
 * blame.h - says what went wrong: fills in the caller's error, message and all.
 *
 * A message is one line for people: where, what, and what the database looks like now.  Nothing
 * here touches a database.
 */
#ifndef INLAY_BLAME_H
#define INLAY_BLAME_H

#include "call.h"
#include "plan.h"

/* A read failed: session->failure says how.  `what` begins the message. */
enum inlay_result blame_reading(struct call *call, const char *what);

/* Where in a migration something failed. */
struct blame_place {
	const struct inlay_image_migration *migration;
	uint32_t statement; /* 0-based; BLAME_NO_STATEMENT when it was none of its own. */
	const char *doing;  /* What failed when it was not a statement: "at COMMIT". */
	const char *world;  /* What the database looks like now, without a full stop. */
};
#define BLAME_NO_STATEMENT UINT32_MAX

/* A command of a migration failed: session->failure says how. */
enum inlay_result blame_failure(struct call *call, enum inlay_result result,
                                const struct blame_place *place);

/* A command of a repair failed: session->failure says how; `world` what there is now. */
enum inlay_result blame_repair(struct call *call, const char *world);

/* The plan does not allow the set to be applied. */
enum inlay_result blame_plan(struct call *call, const struct plan *plan);

/* Others kept the database busy until the deadline: `holder`, as far as is known, or "", who is at
 * `current`, or NULL. */
enum inlay_result blame_waiting(struct call *call, const char *holder,
                                const struct inlay_image_migration *current);

#endif
