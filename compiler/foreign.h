/* foreign.h - other tools' words in our files, and ours in theirs. */
#ifndef INLAY_FOREIGN_H
#define INLAY_FOREIGN_H

#include "source.h"

/* Reports a comment, problem.at, that is another tool's directive; not when that tool's own file
 * still has it: what it orders has been read by then, and is prose. */
void foreign_report(struct arena *arena, struct problem problem, struct diagnostics *problems);

/* Would our `word` in that comment say again what another tool's file says in its own words?  What
 * inlay adds (a call, a session, breaking) may stand there. */
bool foreign_clashes(const struct source *source, struct text comment, struct text word);

#endif
