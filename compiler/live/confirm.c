/* confirm.c - asks a person, when there is one. */
#define _DEFAULT_SOURCE

#include "confirm.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

bool live_has_somebody(void)
{
	return isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1;
}

enum live_answer live_confirm(bool yes, const char *question)
{
	char line[80];

	if (yes)
		return LIVE_YES;
	if (!live_has_somebody())
		return LIVE_NOBODY;
	(void)fflush(stdout);
	fprintf(stderr, "%s [y/N] ", question);
	fflush(stderr);
	if (fgets(line, sizeof(line), stdin) == NULL) {
		fputc('\n', stderr);
		return LIVE_NO;
	}
	line[strcspn(line, "\r\n")] = '\0';
	return strcasecmp(line, "y") == 0 || strcasecmp(line, "yes") == 0 ? LIVE_YES : LIVE_NO;
}

enum exit_code live_agree(const struct live *live, bool yes, const char *question, const char *deed)
{
	switch (live_confirm(yes, question)) {
	case LIVE_YES: return EXIT_DONE;
	case LIVE_NO: return live_fail(live, NULL, "nothing was changed");
	case LIVE_NOBODY: break;
	}
	(void)live_fail(live, "--yes does not ask", "%s, and there is no terminal to ask on", deed);
	return EXIT_USAGE;
}
