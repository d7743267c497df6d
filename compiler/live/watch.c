/*
 * watch.c - a signal handler that sets a flag, and a thread that does the rest.
 *
 * The handler does no more than what a handler may: the flag is the runtime's options->cancel.  A
 * byte in a pipe wakes the thread, which also is the clock; SIGALRM for that would cut short what
 * the databases' libraries wait for.
 */
#include "watch.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define TICK_MS 100
/* A statement that began between the flag and the first interrupt meets another one. */
#define INTERRUPT_COUNT 3

static const int numbers[] = { SIGINT, SIGTERM, SIGHUP };
#define NUMBER_COUNT (sizeof(numbers) / sizeof(numbers[0]))

/* Handlers have no context. */
static volatile int arrived;
static int ends[2];

static struct {
	struct sigaction before[NUMBER_COUNT];
	struct sigaction pipe_before;
	struct sqlite3 *sqlite;
	const struct watch_listener *listener;
	pthread_t thread;
	bool has_thread;
	_Atomic bool is_over;
} watch;

static void end_by(int number)
{
	(void)signal(number, SIG_DFL);
	(void)raise(number);
}

static void on_signal(int number)
{
	int error = errno;

	if (arrived != 0)
		end_by(number);
	arrived = number;
	/* A full pipe wakes as well. */
	if (write(ends[1], "", 1) < 0)
		errno = error;
	errno = error;
}

static void drain(void)
{
	char bytes[16];

	while (read(ends[0], bytes, sizeof(bytes)) > 0)
		;
}

static void *run(void *context)
{
	const struct watch_listener *listener = context;
	int interrupt_count = 0;

	for (;;) {
		struct pollfd wait = { .fd = ends[0], .events = POLLIN };

		(void)poll(&wait, 1, TICK_MS);
		drain();
		if (atomic_load(&watch.is_over))
			return NULL;
		if (listener != NULL && arrived != 0 && interrupt_count == 0)
			listener->stopping(listener->context);
		if (arrived != 0 && interrupt_count++ < INTERRUPT_COUNT && watch.sqlite != NULL)
			sqlite3_interrupt(watch.sqlite);
		if (listener != NULL)
			listener->tick(listener->context);
	}
}

static void take_signals(void)
{
	struct sigaction action;
	size_t i;

	memset(&action, 0, sizeof(action));
	action.sa_handler = on_signal;
	action.sa_flags = SA_RESTART;
	(void)sigemptyset(&action.sa_mask);
	for (i = 0; i < NUMBER_COUNT; i++) {
		(void)sigaction(numbers[i], NULL, &watch.before[i]);
		if (watch.before[i].sa_handler != SIG_IGN)
			(void)sigaction(numbers[i], &action, NULL);
	}
	action.sa_handler = SIG_IGN;
	(void)sigaction(SIGPIPE, &action, &watch.pipe_before);
}

void watch_start(struct live *live, const struct watch_listener *listener)
{
	arrived = 0;
	watch.sqlite = live->sqlite;
	watch.listener = listener;
	atomic_store(&watch.is_over, false);
	watch.has_thread = false;
	if (pipe(ends) != 0)
		return;
	(void)fcntl(ends[0], F_SETFL, O_NONBLOCK);
	(void)fcntl(ends[1], F_SETFL, O_NONBLOCK);
	live->settings.cancel = &arrived;
	watch.has_thread =
	        pthread_create(&watch.thread, NULL, run, (void *)(uintptr_t)listener) == 0;
	take_signals();
}

int watch_stop(struct live *live)
{
	size_t i;

	if (live->settings.cancel == NULL)
		return 0;
	for (i = 0; i < NUMBER_COUNT; i++)
		(void)sigaction(numbers[i], &watch.before[i], NULL);
	(void)sigaction(SIGPIPE, &watch.pipe_before, NULL);
	atomic_store(&watch.is_over, true);
	if (watch.has_thread) {
		/* The thread wakes by itself if this fails. */
		ssize_t written = write(ends[1], "", 1);

		(void)written;
		(void)pthread_join(watch.thread, NULL);
	}
	(void)close(ends[0]);
	(void)close(ends[1]);
	live->settings.cancel = NULL;
	return arrived;
}

void watch_die(int number)
{
	if (number == 0)
		return;
	(void)fflush(NULL);
	end_by(number);
}
