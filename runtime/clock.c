/* clock.c - the only file that knows the operating system's clock. */
#include "clock.h"

#include <time.h>
#include <unistd.h>

#ifdef CLOCK_MONOTONIC_COARSE
#define COARSE_CLOCK CLOCK_MONOTONIC_COARSE
#else
#define COARSE_CLOCK CLOCK_MONOTONIC
#endif

static int64_t now_ns(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int64_t clock_coarse_ms(void)
{
	struct timespec now;

	(void)clock_gettime(COARSE_CLOCK, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000 + 1;
}

int64_t clock_now_ms(void)
{
	return now_ns() / 1000000;
}

int64_t clock_wall_s(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec;
}

/* Scrambles its input (splitmix64), so that neighbouring clocks and pids give unlike numbers and
 * no state has to be kept. */
static uint64_t scramble(uint64_t value)
{
	value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9u;
	value = (value ^ (value >> 27)) * 0x94d049bb133111ebu;
	return value ^ (value >> 31);
}

void clock_sleep_ms(int64_t shortest_ms, int64_t longest_ms)
{
	uint64_t span_ns = (uint64_t)(longest_ms - shortest_ms) * 1000000 + 1;
	uint64_t random = scramble((uint64_t)now_ns() ^ ((uint64_t)getpid() << 32));
	int64_t sleep_ns = shortest_ms * 1000000 + (int64_t)(random % span_ns);
	struct timespec pause;

	pause.tv_sec = (time_t)(sleep_ns / 1000000000);
	pause.tv_nsec = (long)(sleep_ns % 1000000000);
	(void)nanosleep(&pause, NULL); /* Woken early by a signal: the caller looks again anyway. */
}
