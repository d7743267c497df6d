/* confirm.h - a question that is answered with yes or no. */
#ifndef INLAY_CONFIRM_H
#define INLAY_CONFIRM_H

#include "live.h"

enum live_answer {
	LIVE_YES,
	LIVE_NO,
	LIVE_NOBODY /* There is no terminal: nobody can be asked. */
};

/* Asks "QUESTION [y/N] " on standard error and reads a line, when both ends are a terminal; with
 * `yes` (--yes) asks nobody. */
enum live_answer live_confirm(bool yes, const char *question);

/* The same of what a command was told to do: EXIT_DONE for yes; after a message EXIT_FAILED for no,
 * and EXIT_USAGE ("DEED, and there is no terminal to ask on") where there is nobody. */
enum exit_code live_agree(const struct live *live, bool yes, const char *question,
                          const char *deed);

/* Is there a terminal to ask on? */
bool live_has_somebody(void);

#endif
