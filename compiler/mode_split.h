/* mode_split.h - a script that can not be one migration, as several. */
#ifndef INLAY_MODE_SPLIT_H
#define INLAY_MODE_SPLIT_H

#include "arena.h"
#include "mode.h"

/* What a statement asks for. */
enum need {
	NEED_ANY,         /* A setting of the session: it goes with its neighbours. */
	NEED_WRAPPER,     /* BEGIN, COMMIT: neither. */
	NEED_TRANSACTION, /* What everything does that is not known to refuse one. */
	NEED_NONE         /* It refuses a transaction. */
};

/* The script's statements as files of one need each, in order, under names that go on from its own;
 * long statements are cut.  needs[i] is statement i's. */
const char *mode_split(struct arena *arena, const struct script *script, const enum need *needs,
                       struct mode_input input);

#endif
