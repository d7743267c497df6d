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
	struct text names;  /* "rule, rule", trimmed; may be empty. */
	struct text reason; /* Behind the second "--"; may be empty. */
	struct text scope;  /* IGNORE: the text it is for; size 0: no statement follows. */
};

struct remark_list {
	struct remark *items;
	size_t count;
};

/* All of a file's, in order.  `dialect` says how the file is read. */
struct remark_list remarks_read(struct arena *arena, const struct source *source,
                                enum dialect dialect);

/* Takes the next name off `names`; false at the end. */
bool remark_next_name(struct text *names, struct text *name);

#endif
