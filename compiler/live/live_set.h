/* live_set.h - the set that a command is to bring to a database: from a directory, as the build
 * reads it, or out of a program that carries it. */
#ifndef INLAY_LIVE_SET_H
#define INLAY_LIVE_SET_H

#include "inlay.h"
#include "inspect/inspect.h"
#include "set.h"

struct live_set {
	struct inlay_set set; /* For the runtime, of one dialect at least. */
	/* From a directory: what was read; else NULL. */
	struct workspace *workspace;
	struct inspect_image image; /* From a program. */
	struct arena arena;         /* Where that is. */
};

/* Reads what --from (with --set) or --dir name, for a database of that kind, and holds a directory
 * against its lock file.  EXIT_DONE, or after messages EXIT_INVALID, EXIT_NO_INPUT or EXIT_USAGE.
 * live_set_clear() in any case.  A migration that calls a function of the application is in the
 * set, but fails where the command applies it. */
enum exit_code live_set_read(struct live_set *set, const char *command,
                             const struct options *options, enum dialect dialect);

/* The function of the application that the up script of `version` calls, or NULL. */
const char *live_set_function(const struct live_set *set, int64_t version, enum dialect dialect);

void live_set_clear(struct live_set *set);

#endif
