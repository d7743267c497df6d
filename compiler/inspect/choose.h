/* choose.h - the one set of a file that is meant. */
#ifndef INLAY_CHOOSE_H
#define INLAY_CHOOSE_H

#include "inspect.h"
#include "options.h"

/* Which one, or why there is none. */
struct inspect_choice {
	struct inspect_image found;
	enum exit_code code; /* EXIT_DONE: found. */
	const char *problem; /* Else: in words, the file's name before them. */
	const char *help;    /* Or NULL. */
};

/* The set of that name, or (NULL) the only one there is.  A damaged one beside it is no reason to
 * refuse one that is named. */
struct inspect_choice inspect_choose(struct arena *arena, const char *path, const char *name);

/* The same of what was read. */
struct inspect_choice inspect_choose_from(struct arena *arena, const struct inspect_images *images,
                                          const char *path, const char *name);

/* Why a file can not be read. */
struct inspect_choice inspect_unreadable(const char *words);

/* The same for a file that has none at all, which is EXIT_NO_INPUT. */
struct inspect_choice inspect_nothing(const char *path);

/* The same for a set without that dialect. */
struct inspect_choice inspect_lacks(struct arena *arena, const struct inlay_image *image,
                                    enum dialect dialect);

/* "inlay inspect: app: there is no set in it" on standard error; returns choice->code. */
enum exit_code inspect_refuse(const char *command, const char *path,
                              const struct inspect_choice *choice);

#endif
