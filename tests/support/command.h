/* command.h - runs shell commands in a directory of their own and keeps what they said. */
#ifndef TEST_COMMAND_H
#define TEST_COMMAND_H

#include "files.h"

/* How a command ended. */
struct outcome {
	int status;       /* Its exit status; 128 + N when signal N ended it. */
	struct bytes out; /* Standard output. */
	struct bytes err; /* Standard error. */
};

/* Runs `script` by sh in `directory`.  There `inlay` is the command under test (INLAY in the
 * environment), standard input is empty, and $ROOT is the directory of the test itself: the
 * repository. */
struct outcome command_run(const char *directory, const char *script);

void outcome_free(struct outcome *outcome);

/* Fails the current cmocka test, with the script and all that was said, unless it ended in
 * `status`. */
void command_expect(const char *directory, const char *script, int status);

/* Compares `expected` with `received`.  If they differ, prints the first line that does, with its
 * number, under `what`, and returns false. */
bool same_bytes(const char *what, struct bytes expected, struct bytes received);

/* A command, how it ends, and what it says. */
struct command_row {
	const char *script;
	int status;
	const char *out;
	const char *err;
};

/* Runs them one by one, and fails at the end where one of them ended otherwise or said something
 * else: both streams are all that is expected, or (`begins`) begin so; "" is always nothing. */
void command_expect_rows(const char *directory, const struct command_row *rows, size_t count,
                         bool begins);

#endif
