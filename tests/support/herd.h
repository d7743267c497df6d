/* herd.h - processes that all wait at one gate, and then migrate at once. */
#ifndef INLAY_TESTS_HERD_H
#define INLAY_TESTS_HERD_H

#include "../../runtime/inlay.h"
#include "../../runtime/inlay_image.h"

#include <stdbool.h>
#include <sys/types.h>

#define HERD_COUNT_MAX 256

/* What a process of the herd does. */
struct herd_member {
	enum inlay_dialect dialect;
	const char *place; /* SQLite's path, or options for libpq. */
	const struct inlay_set *set;
	const struct inlay_options *options; /* Or NULL. */
};

struct herd {
	int gate[2];
	pid_t pids[HERD_COUNT_MAX];
	int count;
};

/* How it went, all together. */
struct herd_outcome {
	int applied_count; /* Migrations that they say they applied. */
	int failed_count;  /* Processes that have not succeeded; their messages are printed. */
	double seconds;    /* From the gate's opening to the end of the last one. */
};

void herd_init(struct herd *herd);

/* Forks `count` processes that wait.  A connection that is refused is tried again for 30 s, as an
 * application has to do when the server has none left. */
void herd_add(struct herd *herd, const struct herd_member *member, int count);

/* Opens the gate, and waits for all. */
struct herd_outcome herd_run(struct herd *herd);

/* `count` members like this one; all must succeed. */
struct herd_outcome herd_run_alike(const struct herd_member *member, int count);

#endif
