/* parts.h - between the files of verify: one pass over a database. */
#ifndef INLAY_VERIFY_PARTS_H
#define INLAY_VERIFY_PARTS_H

#include "catalog/catalog.h"
#include "leftovers.h"
#include "recorded.h"
#include "scratch.h"
#include "set_view.h"
#include "verify.h"

/* What a query has found, before it is known whether the set means it so. */
struct leftover_row {
	enum rule rule;
	const char *columns[LEFTOVER_COLUMNS];
};

struct pass {
	struct verification *verification;
	struct live *live;
	struct arena *arena;
	struct diagnostics *problems;
	struct set_view view;
	struct standing standing;
	struct recorded recorded;
	int64_t to_version;          /* How far the schema is to be compared: drift.h. */
	const char *uncomparable;    /* Why it can not be, or NULL. */
	const struct catalog *made;  /* What the set makes, or NULL: not known. */
	const struct catalog *found; /* What the database has, or NULL: it can not be read. */
	struct leftover_row *leftovers;
	size_t leftover_count, leftover_capacity;
	/* How differences begin that were told of as something else. */
	struct catalog_lines told;
};

/* A problem with the database as a whole. */
struct problem pass_problem(const struct pass *pass, enum rule rule, const char *help);

/* With a migration's file: by version, or -1 and the name of a repeatable one's file.  With the
 * database where the set does not have it. */
struct problem pass_problem_at(const struct pass *pass, enum rule rule, int64_t version,
                               const char *filename);

/* Where each migration stands (history.c). */
void history_judge(struct pass *pass);

/* There is no history that can be judged. */
void history_refuse(struct pass *pass, const char *message);

/* Do the rows contradict each other (chain.c)? */
void chain_judge(struct pass *pass);

/* What an unfinished or careless change has left behind (leftovers.c): asks, and tells once
 * pass->made is known. */
void leftovers_read(struct pass *pass);
void leftovers_tell(struct pass *pass);

/* Up, down and up again (scripts.c).  `scratch` is open, with a beginning of the set. */
void scripts_judge(struct pass *pass, struct scratch *scratch);

#endif
