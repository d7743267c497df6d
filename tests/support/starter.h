/* starter.h - another process that migrates the test's database, and tells how it went. */
#ifndef INLAY_TESTS_STARTER_H
#define INLAY_TESTS_STARTER_H

#include "database.h"

#include <sys/types.h>

struct starter {
	pid_t pid;
	int end;     /* Of the pipe it reports through. */
	int backend; /* Its server process. */
};

/* How it went. */
struct starter_report {
	enum inlay_result result;
	struct inlay_error error;
	char events[4000]; /* "waiting 2_b [holder] message\n" for each. */
};

/* Starts one on PostgreSQL whose application name is `name`, with the database's options. */
struct starter starter_start(const struct database *database, const struct inlay_set *set,
                             const char *name);

/* Returns when a session of that application is in a statement that contains `text`. */
void starter_await(struct database *database, const char *name, const char *text);

/* Waits for its end. */
struct starter_report starter_finish(struct starter *starter);

/* Kills it, and waits until its server process is gone too. */
void starter_kill(struct database *database, struct starter *starter);

#endif
