/* measure.h - clocks, child processes and a table: what every benchmark needs. */
#ifndef INLAY_BENCH_MEASURE_H
#define INLAY_BENCH_MEASURE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* How a child process went. */
struct child_cost {
	int status;     /* Exit status; -1 when it could not be run. */
	double seconds; /* Wall clock. */
	double user_seconds;
	long memory_kib; /* Largest resident set. */
};

/* Seconds on a monotonic clock. */
double measure_now(void);

/* The middle one of samples, which it sorts. */
double measure_median(double *samples, size_t count);

/* Runs argv[0] by PATH, its standard output and error into `log` (or /dev/null when NULL). */
struct child_cost measure_run(char *const *argv, const char *log);

/* A fresh directory under TMPDIR; ends the program when it can not be made. */
void measure_directory(char *path, size_t size);

/* Removes it and all files in it, two levels deep. */
void measure_remove(const char *path);

/* Callgrind's count of instructions for argv, or -1 without valgrind. */
int64_t measure_instructions(char *const *argv);

/* How many system calls argv makes of those that strace's `which` names ("all",
 * "fsync,fdatasync"), or -1 without strace. */
int64_t measure_system_calls(char *const *argv, const char *which);

/* A line of what the kernel says of a process, "VmRSS" or "VmHWM", in KiB; -1 when it does not. */
long measure_memory_kib(long pid, const char *line);

/* From here on VmHWM of this process is the largest there was since. */
void measure_forget_peak(void);

#endif
