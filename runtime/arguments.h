/* arguments.h - what a caller hands in, checked; each function returns what is wrong, or NULL. */
#ifndef INLAY_ARGUMENTS_H
#define INLAY_ARGUMENTS_H

#include "image.h"

/* Takes the options over the defaults; `source` may be NULL.  A program compiled with an older
 * inlay.h has fewer of them; one compiled with a newer may only use what this library knows, so
 * what it has more is zero. */
const char *arguments_take_options(struct inlay_options *target,
                                   const struct inlay_options *source);

/* What is wrong with the options' numbers. */
const char *arguments_check_options(const struct inlay_options *options);

/* What is wrong with the names in the options, for this kind of database.  Apart, since who finds
 * an answer under these names need not look at them again. */
const char *arguments_check_names(const struct inlay_options *options, enum inlay_dialect dialect);

/* Ends the set where the options say. */
const char *arguments_end_set(const struct inlay_options *options, struct image_view *view);

/* Finds the dialect's migrations in the set. */
const char *arguments_take_set(const struct inlay_set *set, enum inlay_dialect dialect,
                               struct image_view *view);

#endif
