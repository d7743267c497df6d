/* watch.c - live/watch.h by a console handler that sets a flag, and a thread that does the rest. */
#include "live/watch.h"

#include <sqlite3.h>
#include <stdatomic.h>
#define WIN32_LEAN_AND_MEAN
#include <windows.h>

#define TICK_MS 100
/* A statement that began between the flag and the first interrupt meets another one. */
#define INTERRUPT_COUNT 3
#define ENDED_BY_CTRL_C 0xC000013A

/* Handlers have no context. */
static volatile int arrived;

static struct {
	struct sqlite3 *sqlite;
	pthread_t thread;
	bool has_thread;
	_Atomic bool is_over;
} watch;

/* On a thread of its own.  The second one goes on to the system's handler, which ends us. */
static BOOL WINAPI on_control(DWORD event)
{
	(void)event;
	if (arrived != 0)
		return FALSE;
	arrived = SIGINT;
	return TRUE;
}

static void *run(void *context)
{
	const struct watch_listener *listener = context;
	int interrupt_count = 0;

	while (!atomic_load(&watch.is_over)) {
		if (listener != NULL && arrived != 0 && interrupt_count == 0)
			listener->stopping(listener->context);
		if (arrived != 0 && interrupt_count++ < INTERRUPT_COUNT && watch.sqlite != NULL)
			sqlite3_interrupt(watch.sqlite);
		if (listener != NULL)
			listener->tick(listener->context);
		Sleep(TICK_MS);
	}
	return NULL;
}

void watch_start(struct live *live, const struct watch_listener *listener)
{
	arrived = 0;
	watch.sqlite = live->sqlite;
	atomic_store(&watch.is_over, false);
	live->settings.cancel = &arrived;
	watch.has_thread =
	        pthread_create(&watch.thread, NULL, run, (void *)(uintptr_t)listener) == 0;
	(void)SetConsoleCtrlHandler(on_control, TRUE);
}

int watch_stop(struct live *live)
{
	if (live->settings.cancel == NULL)
		return 0;
	(void)SetConsoleCtrlHandler(on_control, FALSE);
	atomic_store(&watch.is_over, true);
	if (watch.has_thread)
		(void)pthread_join(watch.thread, NULL);
	live->settings.cancel = NULL;
	return arrived;
}

void watch_die(int number)
{
	if (number == 0)
		return;
	(void)fflush(NULL);
	ExitProcess(ENDED_BY_CTRL_C);
}
