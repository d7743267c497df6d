/* screen.c - a pseudo-terminal, and as much of a terminal as the command makes use of. */
#define _XOPEN_SOURCE   700
#define _DEFAULT_SOURCE /* For TIOCSWINSZ and TIOCSCTTY. */

#include "screen.h"

#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
/* cmocka.h wants some of those first. */
#include <cmocka.h>

#define PATIENCE_S 60
#define SLICE_MS   100

static _Noreturn void become_shell(const struct console *console, const char *script,
                                   const char *name)
{
	char *text = console_script(console, script);
	int terminal;

	(void)setsid();
	terminal = open(name, O_RDWR);
	if (terminal < 0 || ioctl(terminal, TIOCSCTTY, 0) != 0 || dup2(terminal, 0) < 0 ||
	    dup2(terminal, 1) < 0 || dup2(terminal, 2) < 0 || chdir(console->directory) != 0)
		_exit(126);
	(void)close(terminal);
	(void)setenv("TERM", "xterm", 1);
	(void)unsetenv("NO_COLOR");
	(void)unsetenv("CLICOLOR_FORCE");
	execl("/bin/sh", "sh", "-c", text, (char *)NULL);
	_exit(127);
}

struct screen screen_open(const struct console *console, const char *script, int columns)
{
	struct winsize size = { .ws_row = 24, .ws_col = (unsigned short)columns };
	struct screen screen = { .terminal = posix_openpt(O_RDWR | O_NOCTTY) };
	char name[100];

	assert_true(screen.terminal >= 0);
	assert_int_equal(fcntl(screen.terminal, F_SETFD, FD_CLOEXEC), 0);
	assert_int_equal(grantpt(screen.terminal), 0);
	assert_int_equal(unlockpt(screen.terminal), 0);
	assert_int_equal(ioctl(screen.terminal, TIOCSWINSZ, &size), 0);
	(void)snprintf(name, sizeof(name), "%s", ptsname(screen.terminal));
	screen.bytes = calloc(1, 1);
	(void)fflush(NULL);
	screen.pid = fork();
	assert_true(screen.pid >= 0);
	if (screen.pid == 0)
		become_shell(console, script, name);
	return screen;
}

static time_t now_s(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

/* Reads what comes within a slice of time; false when nobody will write any more. */
static bool read_some(struct screen *screen)
{
	struct pollfd wait = { .fd = screen->terminal, .events = POLLIN };
	char *larger;
	ssize_t count;

	if (poll(&wait, 1, SLICE_MS) <= 0)
		return true;
	larger = realloc(screen->bytes, screen->size + 4097);
	assert_non_null(larger);
	screen->bytes = larger;
	/* EIO: the last one that had the terminal open has gone. */
	count = read(screen->terminal, screen->bytes + screen->size, 4096);
	if (count > 0)
		screen->size += (size_t)count;
	screen->bytes[screen->size] = '\0';
	return count > 0;
}

void screen_await(struct screen *screen, const char *text)
{
	time_t began = now_s();
	bool goes_on = true;
	const char *found;

	while ((found = strstr(screen->bytes + screen->seen, text)) == NULL) {
		if (!goes_on || now_s() - began > PATIENCE_S)
			fail_msg("in vain: \"%s\" in\n%s", text, screen->bytes + screen->seen);
		goes_on = read_some(screen);
	}
	screen->seen = (size_t)(found - screen->bytes) + strlen(text);
}

void screen_type(struct screen *screen, const char *keys)
{
	assert_int_equal(write(screen->terminal, keys, strlen(keys)), strlen(keys));
}

int screen_wait(struct screen *screen)
{
	time_t began = now_s();
	int status = 0;

	while (read_some(screen))
		if (now_s() - began > PATIENCE_S)
			fail_msg("it does not end:\n%s", screen->bytes);
	assert_int_equal(waitpid(screen->pid, &status, 0), screen->pid);
	screen->pid = 0;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* The size of "\033[...X" at `at`; its last byte says what it does. */
static size_t sequence_size(const char *at)
{
	return strspn(at + 2, "0123456789;") + 3;
}

char *screen_text(const struct screen *screen)
{
	char *text = calloc(1, screen->size + 1);
	size_t line = 0; /* Where the last line begins, */
	size_t end = 0;  /* where it ends, */
	size_t at = 0;   /* and where the cursor is. */

	assert_non_null(text);
	for (const char *byte = screen->bytes; *byte != '\0'; byte++) {
		if (byte[0] == '\033' && byte[1] == '[') {
			size_t size = sequence_size(byte);

			if (byte[size - 1] == 'K')
				end = at;
			byte += size - 1;
		} else if (*byte == '\r') {
			at = line;
		} else if (*byte == '\n') {
			text[end++] = '\n';
			line = at = end;
		} else {
			text[at++] = *byte;
			end = at > end ? at : end;
		}
	}
	text[end] = '\0';
	return text;
}

void screen_close(struct screen *screen)
{
	if (screen->pid > 0) {
		(void)kill(screen->pid, SIGKILL);
		(void)waitpid(screen->pid, NULL, 0);
	}
	(void)close(screen->terminal);
	free(screen->bytes);
	*screen = (struct screen){ .terminal = -1 };
}
