/* remark.h - comments to the tool, which change nothing in the database:
 *
 *   -- inlay:ignore rule[, rule] -- reason         the statement it stands in, behind or above
 *   -- inlay:ignore-file rule[, rule] -- reason    the whole file
 *   -- inlay:requires name[, name] -- reason       what the application brings: see rehearse.h
 */
#ifndef INLAY_REMARK_H
#define INLAY_REMARK_H

#include "migration.h"

enum remark_kind {
	REMARK_IGNORE,
	REMARK_IGNORE_FILE,
	REMARK_REQUIRES,
	REMARK_UNKNOWN
};

struct remark {
	enum remark_kind kind;
	const struct source *source;
	struct text at;     /* The comment. */
	struct text word;   /* "inlay:ignore", as it is written. */
	struct text names;  /* "rule, rule", trimmed; may be empty. */
	struct text reason; /* Behind the second "--"; may be empty. */
	struct text scope;  /* The text it is for.  IGNORE: a statement; size 0: none follows.
	                     * IGNORE_FILE: all; size 0: it stands below a statement. */
};

struct remark_list {
	struct remark *items;
	size_t count;
};

/* All of a file's, in order.  `dialect` says how the file is read.  Line comments only. */
struct remark_list remarks_read(struct arena *arena, const struct source *source,
                                enum dialect dialect);

/* Takes the next name off `names`, without space around: what commas separate.  false at the
 * end. */
bool remark_next_name(struct text *names, struct text *name);

#endif
