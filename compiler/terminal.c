/* terminal.c - asks the system and the environment. */
#define _DEFAULT_SOURCE /* For TIOCGWINSZ. */

#include "terminal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define USUAL_WIDTH 80

static bool is_set(const char *variable)
{
	const char *value = getenv(variable);

	return value != NULL && *value != '\0';
}

bool terminal_is_live(int descriptor)
{
	const char *terminal = getenv("TERM");

	return isatty(descriptor) == 1 && terminal != NULL && strcmp(terminal, "dumb") != 0;
}

/* As no-color.org and bixense.com/clicolors have it. */
bool terminal_wants_color(int descriptor)
{
	const char *force = getenv("CLICOLOR_FORCE");

	if (is_set("NO_COLOR"))
		return false;
	if (force != NULL && *force != '\0' && strcmp(force, "0") != 0)
		return true;
	return terminal_is_live(descriptor);
}

size_t terminal_width(int descriptor)
{
	struct winsize size = { 0 };

	if (ioctl(descriptor, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
		return USUAL_WIDTH;
	return size.ws_col;
}
