/* unfinished.h - the script of a row that is not finished, and what can be done about it.  Pure. */
#ifndef INLAY_UNFINISHED_H
#define INLAY_UNFINISHED_H

#include "plan.h"

struct unfinished {
	const struct tracking_row *row;
	const struct inlay_image_migration *migration; /* The set's, or NULL. */
	enum inlay_finding_kind kind;                  /* RESUMABLE, DOUBT, STUCK or AT_WORK. */
	bool has_transaction; /* One of its statements ended it, or its engine needs the claim. */
	const char *file;     /* Owned; "migrations/002_a.sql", or "". */
	/* Owned: its statements, as they were when it was begun; as the set has them where the row
	 * keeps none. */
	struct inlay_finding_statement *statements;
	uint32_t statement_count;
	uint32_t through_count;
	const char *probe; /* Owned: of the next statement, or NULL. */
	char *texts;       /* Theirs. */
};

/* Reads `row`, which is not finished.  False when memory is out.  unfinished_destroy() in any
 * case. */
bool unfinished_read(struct unfinished *unfinished, const struct image_view *view,
                     const struct tracking_row *row);
void unfinished_destroy(struct unfinished *unfinished);

/* Could the next call go on with it, if it had `through_count` statements behind it and was not in
 * doubt? */
bool unfinished_is_resumable(const struct unfinished *unfinished, const struct image_view *view,
                             uint32_t through_count);

#endif
