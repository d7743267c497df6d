/* classify.h - what the runtime has to know about a statement, and about a script because of its
 * statements.  It has no lexer: what is not decided here it can not know. */
#ifndef INLAY_CLASSIFY_H
#define INLAY_CLASSIFY_H

#include "migration.h"

/* The answers, as runtime/inlay_image.h explains them. */
struct classification {
	uint32_t flags;    /* INLAY_STATEMENT_... */
	bool session;      /* It may leave something in the session. */
	struct text probe; /* Owned by the arena; start NULL: none. */
};

struct classification classify_statement(struct arena *arena, const struct statement *statement,
                                         enum dialect dialect);

/* Writes the answers into the script and its statements. */
void classify_script(struct arena *arena, struct script *script, enum dialect dialect);

#endif
