/* setup.h - statements that change nothing but the session they run in. */
#ifndef INLAY_SETUP_H
#define INLAY_SETUP_H

#include "names.h"

#include <stdbool.h>

/* Does `sql`, which begins with its first token, only set up the session?  Such a statement is gone
 * with the session, and can run again. */
bool setup_is_one(const char *sql);

#endif
