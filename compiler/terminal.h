/* terminal.h - what a stream leads to: a terminal that somebody looks at, or a file, or a pipe. */
#ifndef INLAY_TERMINAL_H
#define INLAY_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>

/* Colors are wanted there: a terminal, unless TERM is "dumb" or NO_COLOR says no; or CLICOLOR_FORCE
 * says yes. */
bool terminal_wants_color(int descriptor);

/* A line there can be written over. */
bool terminal_is_live(int descriptor);

/* Its columns; 80 when nobody knows. */
size_t terminal_width(int descriptor);

#endif
