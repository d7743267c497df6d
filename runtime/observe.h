/* observe.h - what log lines, alerts and metrics share: an event as this library knows it, and its
 * texts, character by character. */
#ifndef INLAY_OBSERVE_PRIVATE_H
#define INLAY_OBSERVE_PRIVATE_H

#include "names.h"
#include "inlay_observe.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* U+FFFD, for what is no character. */
#define OBSERVE_REPLACEMENT "\xef\xbf\xbd"

/* The event with all fields of this header.  What an older library did not tell is empty or 0, but
 * for the level, which is the usual one of the kind, and the result of FAILED.  No text is NULL.
 * False for what is shorter than the first struct inlay_event there was. */
bool observe_read(struct inlay_event *copy, const struct inlay_event *event);

#endif
