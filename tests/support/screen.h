/* screen.h - a person at a terminal: keys go in, and what the screen shows is read. */
#ifndef TEST_SCREEN_H
#define TEST_SCREEN_H

#include "console.h"

#include <sys/types.h>

/* A program at work on a terminal of its own. */
struct screen {
	pid_t pid;
	int terminal;
	char *bytes; /* All that it wrote, NUL-terminated. */
	size_t size;
	size_t seen; /* How far screen_await() has come. */
};

#define KEY_CTRL_C "\x03"
#define KEY_CTRL_D "\x04"

/* Runs `script` by sh, as console_run() does, on a terminal of so many columns with TERM=xterm.
 * The script ends in `exec "$INLAY" ...`, so that its end is the command's. */
struct screen screen_open(const struct console *console, const char *script, int columns);

/* Waits until `text` was written, behind what an earlier call has found; fails the test when the
 * program ends before that, or after a minute. */
void screen_await(struct screen *screen, const char *text);

void screen_type(struct screen *screen, const char *keys);

/* Waits for the program's end, for a minute: its exit status, or 128 + the signal's number. */
int screen_wait(struct screen *screen);

/* What is to be read at the end: lines as they stand after all that was written over, without
 * colors; the caller frees it. */
char *screen_text(const struct screen *screen);

/* Ends the program, if it has not ended, and frees everything. */
void screen_close(struct screen *screen);

#endif
