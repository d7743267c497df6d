/* report.h - what every command tells on standard error at its end. */
#ifndef INLAY_REPORT_H
#define INLAY_REPORT_H

#include "diagnostics.h"
#include "options.h"

/* Prints the diagnostics (errors only with --quiet), and says how the program should end
 * because of them: EXIT_DONE when there is no error. */
enum exit_code report_problems(struct diagnostics *problems, const struct options *options);

/* "inlay: PATH: No such file or directory" from errno; returns EXIT_NO_OUTPUT. */
enum exit_code report_unwritten(const char *path);

#endif
