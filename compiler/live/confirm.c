/* confirm.c - asks a person, when there is one. */
#define _DEFAULT_SOURCE

#include "confirm.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum live_answer live_confirm(bool yes, const char *question)
{
	char line[80];

	if (yes)
		return LIVE_YES;
	if (isatty(STDIN_FILENO) == 0 || isatty(STDERR_FILENO) == 0)
		return LIVE_NOBODY;
	fprintf(stderr, "%s [y/N] ", question);
	fflush(stderr);
	if (fgets(line, sizeof(line), stdin) == NULL)
		return LIVE_NO;
	line[strcspn(line, "\r\n")] = '\0';
	return strcmp(line, "y") == 0 || strcmp(line, "Y") == 0 || strcmp(line, "yes") == 0
	               ? LIVE_YES
	               : LIVE_NO;
}
