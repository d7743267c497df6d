/* environment.h - options that whoever runs the program sets, in its environment. */
#ifndef INLAY_ENVIRONMENT_H
#define INLAY_ENVIRONMENT_H

#include "names.h"
#include "inlay.h"

#include <stdbool.h>
#include <stddef.h>

/* Where the values of a call's options come from, in words for people: "option", "default", the
 * variable's name, or what a variable said ("APP_ENV=production").  Static texts. */
struct origins {
	const char *auto_migrate;
	const char *lock_timeout_ms;
	const char *dry_run;
	const char *cache_ttl_ms;
	const char *rollout_percent;
};

/* Gives the options that say INLAY_FROM_ENVIRONMENT their values, or their defaults, and turns
 * auto_migrate off where the roll-out has not come to this host yet.  The variables are read by the
 * first call of the process alone; safe on any thread.  NULL, or which variable makes no sense, and
 * what to write: static.  A variable that no option asks for may say what it will. */
const char *environment_fill(struct inlay_options *options, struct origins *origins);

/* "auto_migrate=off (APP_ENV=production) lock_timeout_ms=30000 (default) ..." */
void environment_describe(char *buffer, size_t size, const struct inlay_options *options,
                          const struct origins *origins);

/* True for the first caller of the process, who is to tell of it, and for nobody else. */
bool environment_is_untold(void);

/* Which hundredth of the hosts the one of this name is in, 0 to 99: FNV-1a (64 bits) of the name's
 * bytes, modulo 100.  It is in the roll-out when this is less than rollout_percent. */
uint32_t environment_hundredth(const char *host);

/* For tests: the next call reads the environment again.  No other call may be under way. */
void environment_forget(void);

#endif
