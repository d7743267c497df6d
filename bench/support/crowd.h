/* crowd.h - processes that start the same work at the same moment. */
#ifndef INLAY_BENCH_CROWD_H
#define INLAY_BENCH_CROWD_H

/* Forks `count` processes, lets them all run `work(context)` at once, and returns the seconds from
 * then to the end of the last one.  Each ends with what `work` returns; ends the program unless
 * that was 0.  The caller has no connection open: those must not cross fork(). */
double crowd_run(int count, int (*work)(const void *context), const void *context);

#endif
