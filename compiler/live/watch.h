/* watch.h - beside calls of the runtime that may take long: Ctrl-C stops them, a clock ticks. */
#ifndef INLAY_WATCH_H
#define INLAY_WATCH_H

#include "live.h"

/* What a watch tells, on a thread of its own. */
struct watch_listener {
	void (*tick)(void *context);     /* About ten times a second. */
	void (*stopping)(void *context); /* SIGINT, SIGTERM or SIGHUP came: once. */
	void *context;
};

/* From now on such a signal sets live->settings.cancel and interrupts SQLite; a second one ends the
 * program at once.  One that is ignored stays so.  Who no longer reads what is printed does not
 * end the program until watch_stop().  One watch at a time; `listener`, or NULL, must outlive it.
 * Where the system has no thread for it nothing ticks, and SQLite's statement runs to its end. */
void watch_start(struct live *live, const struct watch_listener *listener);

/* Ends it.  Returns the signal that came, or 0. */
int watch_stop(struct live *live);

/* Ends the program by that signal, as its parent expects of who was asked to stop; what was printed
 * is written out.  0: there was none, and it goes on. */
void watch_die(int number);

#endif
