/* holder.h - who keeps others from migrating: sessions at the gate, as PostgreSQL tells of them. */
#ifndef INLAY_HOLDER_H
#define INLAY_HOLDER_H

#include "live.h"

/* One session.  Its texts are the arena's. */
struct holder {
	const char *pid;
	const char *words;   /* "backend 71, role ada, application app, address 10.0.0.7" */
	const char *doing;   /* "idle in transaction for 12 min, in a transaction since ..." */
	const char *command; /* Its last or running one, cut; or "". */
	bool is_idle; /* It has done nothing for a while, and nobody knows whether it ever will. */
};

struct holders {
	struct live *live;
	struct holder *items;
	size_t count;
	size_t capacity;
};

/* Finds those that have the gate, have locked the tracking table, or are at a migration that is not
 * finished.  None on SQLite, where a lock ends with its process.  false when the database can not
 * tell: live->words says why. */
bool holder_find(struct holders *holders, struct live *live);

/* Ends it.  false when that is refused: live->words says why. */
bool holder_end(struct live *live, const struct holder *holder);

#endif
