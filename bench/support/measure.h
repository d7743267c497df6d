/* measure.h - clocks, child processes and a table: what every benchmark needs. */
#ifndef INLAY_BENCH_MEASURE_H
#define INLAY_BENCH_MEASURE_H

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

/* Runs argv[0] by PATH, its standard output and error into `log` (or /dev/null when NULL). */
struct child_cost measure_run(char *const *argv, const char *log);

/* A fresh directory under TMPDIR; ends the program when it can not be made. */
void measure_directory(char *path, size_t size);

/* Removes it and all files in it, two levels deep. */
void measure_remove(const char *path);

/* Callgrind's count of instructions for argv, or -1 without valgrind. */
int64_t measure_instructions(char *const *argv);

#endif
