/* preview.h - what a call of the runtime would do, as its dry run tells: nothing is written, and no
 * lock is taken. */
#ifndef INLAY_PREVIEW_H
#define INLAY_PREVIEW_H

#include "buffer.h"
#include "live.h"

/* What would be sent. */
struct preview_command {
	size_t migration;   /* Its index in the preview. */
	uint32_t statement; /* Of the migration's own; 0: what is around it. */
	const char *sql;    /* With values in the place of parameters. */
};

struct preview_migration {
	int64_t version; /* -1: a repeatable one. */
	const char *name;
	const char *file;
	const char *function; /* Of the application, that its script calls; or NULL. */
};

struct preview {
	struct preview_migration *migrations; /* In the order in which it would come to them. */
	size_t migration_count;
	size_t migration_capacity;
	struct preview_command *commands;
	size_t command_count;
	size_t command_capacity;
};

/* Of live_ensure(), or, unless `scope` is NULL, of live_rollback(): INLAY_OK when there is nothing
 * to do, INLAY_PENDING when there is, or why it would not begin.  Without migrations INLAY_PENDING
 * means that others are at it.  All texts are in live's arena. */
enum inlay_result preview_take(struct live *live, const struct inlay_set *set,
                               const struct inlay_rollback_scope *scope, struct preview *preview,
                               struct inlay_error *error);

/* All of it as a script that can be run. */
void preview_write_sql(const struct preview *preview, struct buffer *out);

/* The statements of migration `index` that take something away, a line each. */
void preview_write_losses(const struct preview *preview, size_t index, struct buffer *out);

#endif
