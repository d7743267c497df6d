/* keeper.h - servers for tests: run as somebody who is not root, and never left behind. */
#ifndef INLAY_TESTS_KEEPER_H
#define INLAY_TESTS_KEEPER_H

#include <stdbool.h>

#define KEEPER_PATH_SIZE 512

/* A server to keep.  The texts are needed until keeper_start() returns. */
struct keeper_task {
	char *const *arguments; /* A path and what goes with it, up to NULL. */
	const char *directory;  /* Of keeper_make_directory(); removed at the end. */
	int end_signal;         /* What ends the server at once. */
};

struct keeper;

/* A fresh directory, "/tmp/inlay-NAME-...", that belongs to the servers' user. */
bool keeper_make_directory(char path[KEEPER_PATH_SIZE], const char *name);

/* Finds a program: in PATH, then in `elsewhere`, directories up to NULL. */
bool keeper_find(char path[KEEPER_PATH_SIZE], const char *program, const char *const *elsewhere);

/* Runs a program to its end as the servers' user; what it says goes to "log" in `directory`. */
bool keeper_run(char *const *arguments, const char *directory);

/* Starts the server.  It is stopped, and its directory removed, by keeper_end() or when this
 * program ends, however that ends. */
struct keeper *keeper_start(const struct keeper_task *task);

/* Ends the server at once, by the task's signal, and waits for that; the directory stays. */
void keeper_halt(struct keeper *keeper);

/* Starts it again. */
void keeper_resume(struct keeper *keeper);

void keeper_end(struct keeper *keeper);

#endif
