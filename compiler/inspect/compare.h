/* compare.h - two releases of a program: what differs between their sets, and whether the second
 * one can take over the databases of the first. */
#ifndef INLAY_COMPARE_H
#define INLAY_COMPARE_H

#include "inspect.h"

enum compare_kind {
	COMPARE_NEW,         /* Only the second one has it. */
	COMPARE_GONE,        /* Only the first one has it. */
	COMPARE_EDITED,      /* Other SQL. */
	COMPARE_DOWN,        /* Another down script. */
	COMPARE_REFORMATTED, /* The same SQL in a file that differs. */
	COMPARE_RENAMED
};

struct compare_change {
	enum compare_kind kind;
	bool is_repeatable;
	int64_t version; /* Of a repeatable one: the revision. */
	const char *name;
	const char *words; /* "edited for PostgreSQL" */
	bool is_breaking;  /* A new or a gone one. */
};

enum compare_verdict {
	COMPARE_SAME,
	COMPARE_FOLLOWS, /* The first one is a beginning of the second one, as databases see it. */
	COMPARE_BEHIND,  /* The other way round; databases of the first are ahead of the second. */
	COMPARE_APART    /* The second one refuses databases of the first. */
};

struct comparison {
	struct compare_change *changes; /* By version, then repeatable ones by name. */
	size_t count;
	enum compare_verdict verdict;
	const char **reasons; /* COMPARE_APART: a sentence each. */
	size_t reason_count;
	size_t new_count;   /* Migrations that the second one applies, and ... */
	size_t again_count; /* repeatable ones that it applies, or applies again. */
};

struct comparison compare_images(struct arena *arena, const struct inlay_image *before,
                                 const struct inlay_image *after);

#endif
