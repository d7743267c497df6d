/* confirm.h - a question that is answered with yes or no. */
#ifndef INLAY_CONFIRM_H
#define INLAY_CONFIRM_H

#include <stdbool.h>

enum live_answer {
	LIVE_YES,
	LIVE_NO,
	LIVE_NOBODY /* There is no terminal: nobody can be asked. */
};

/* Asks "QUESTION [y/N] " on standard error and reads a line, when both ends are a terminal; with
 * `yes` (--yes) asks nobody. */
enum live_answer live_confirm(bool yes, const char *question);

#endif
