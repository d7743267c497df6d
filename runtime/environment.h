/* environment.h - options that whoever runs the program sets, in its environment. */
#ifndef INLAY_ENVIRONMENT_H
#define INLAY_ENVIRONMENT_H

#include "names.h"
#include "inlay.h"

#include <stdbool.h>

#define ENVIRONMENT_PROBLEM_SIZE_MAX 200

/* Gives the options that say INLAY_FROM_ENVIRONMENT their values, or their defaults.  False when a
 * variable makes no sense: `problem` names it. */
bool environment_fill(struct inlay_options *options, char problem[ENVIRONMENT_PROBLEM_SIZE_MAX]);

#endif
