/* hint.h - which command helps where a call of the runtime did not end well. */
#ifndef INLAY_HINT_H
#define INLAY_HINT_H

#include "live.h"

/* In one line; NULL where the message says it all. */
const char *hint_for(const struct live *live, const struct inlay_error *error);

#endif
