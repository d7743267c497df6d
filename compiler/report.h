/* report.h - what every command tells at its end. */
#ifndef INLAY_REPORT_H
#define INLAY_REPORT_H

#include "diagnostics.h"
#include "options.h"

/* Prints the diagnostics, without notes where --quiet asks for it, and says how the program should
 * end because of them: EXIT_DONE when there is no error.  Text goes to standard error, with a
 * summary; the formats for machines go to standard output. */
enum exit_code report_problems(struct diagnostics *problems, const struct options *options);

/* How many warnings there are, of those that are no errors. */
size_t report_count_warnings(const struct diagnostics *problems);

/* May a command say on standard output what it has done?  Not with --quiet, nor where a program
 * reads it. */
bool report_is_wanted(const struct options *options);

/* "inlay: PATH: No such file or directory" from errno; returns EXIT_NO_OUTPUT. */
enum exit_code report_unwritten(const char *path);

#endif
