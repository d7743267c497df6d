/* repair_tell.h - what `inlay repair` has found, in words. */
#ifndef INLAY_REPAIR_TELL_H
#define INLAY_REPAIR_TELL_H

#include "live/holder.h"

/* Findings that were copied, as the runtime's own are gone when it returns. */
struct repair_findings {
	struct arena *arena;
	int64_t version; /* -1, or only those of this one. */
	struct inlay_finding *items;
	size_t count;
	size_t capacity;
};

/* For live_examine(). */
void repair_take_finding(void *context, const struct inlay_finding *finding);

/* All on standard output: numbered, with the command lines that help. */
void repair_tell_findings(const struct repair_findings *findings);

/* What the matter is with one, without what helps; and in one line, with what is next. */
void repair_tell_finding(const struct inlay_finding *finding);
void repair_tell_next(const struct inlay_finding *finding);

/* Those who hold the lock; numbered behind `count` findings where one does nothing with it, which
 * is to be looked after: returns how many there are. */
size_t repair_tell_holders(const struct holders *holders, size_t count, bool tells);
void repair_tell_holder(const struct holder *holder);

/* What was repaired, or would be sent. */
void repair_tell_event(const struct inlay_event *event);

#endif
