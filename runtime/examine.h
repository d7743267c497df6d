/* examine.h - the story of inlay_examine(). */
#ifndef INLAY_EXAMINE_H
#define INLAY_EXAMINE_H

#include "call.h"

enum inlay_result examine_run(const struct request *request,
                              void (*each)(void *context, const struct inlay_finding *finding),
                              void *context);

/* SQLite's user_version, held against `rows` and the state. */
struct mark {
	bool is_ours; /* It is there, and tells of a history, or that nothing is sure. */
	int64_t now;
	int64_t expected;
	bool is_wrong; /* It tells of another history. */
};
struct mark examine_mark(struct call *call, const struct tracking_rows *rows);

#endif
