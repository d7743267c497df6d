/* git.h - asks the `git` program, without a shell.  The only file that runs another program for the
 * command. */
#ifndef INLAY_GIT_H
#define INLAY_GIT_H

#include "arena.h"

#define GIT_ARGUMENTS_MAX 8

/* What `git -C directory arguments...` said. */
struct git_answer {
	bool ran;         /* false: there is no such program. */
	int status;       /* Its exit status; 128 and more where a signal ended it. */
	struct text text; /* Standard output, with one readable NUL behind it. */
};

/* Runs git and waits for it.  `arguments` end with NULL.  With `complaints` its standard error is
 * in the text too, else it is dropped. */
struct git_answer git_ask(struct arena *arena, const char *directory, bool complaints,
                          const char *const arguments[GIT_ARGUMENTS_MAX]);

#endif
