/* crowd.c - fork, wait for the end of a pipe, work. */
#include "crowd.h"

#include "measure.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static _Noreturn void fail(const char *what)
{
	(void)fprintf(stderr, "crowd: %s\n", what);
	exit(2);
}

/* All have been forked, and now each is to reach its read() of the gate. */
static void let_them_settle(void)
{
	const struct timespec pause = { 0, 100000000 };

	(void)nanosleep(&pause, NULL);
}

double crowd_run(int count, int (*work)(const void *context), const void *context)
{
	pid_t *pids = calloc((size_t)count, sizeof(*pids));
	int failed_count = 0;
	int gate[2];
	double start, seconds;

	(void)fflush(NULL);
	if (pids == NULL || pipe(gate) != 0)
		fail("no pipe");
	for (int i = 0; i < count; i++) {
		char byte;

		pids[i] = fork();
		if (pids[i] < 0)
			fail("no process");
		if (pids[i] != 0)
			continue;
		(void)close(gate[1]);
		_exit(read(gate[0], &byte, 1) == 0 ? work(context) : 2);
	}
	let_them_settle();
	start = measure_now();
	(void)close(gate[1]);
	for (int i = 0; i < count; i++) {
		int status;

		if (waitpid(pids[i], &status, 0) < 0 || !WIFEXITED(status) ||
		    WEXITSTATUS(status) != 0)
			failed_count++;
	}
	seconds = measure_now() - start;
	(void)close(gate[0]);
	free(pids);
	if (failed_count > 0)
		fail("not all have succeeded");
	return seconds;
}
