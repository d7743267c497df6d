/* identifier.h - which names C and C++ leave to us: for a set, and for the functions it calls. */
#ifndef INLAY_IDENTIFIER_H
#define INLAY_IDENTIFIER_H

#include <stdbool.h>

#define IDENTIFIER_SIZE_MAX 60 /* Bytes: C99 promises 63. */

/* Can `name` name something of the generated C: an identifier of at most that size, no keyword of C
 * or C++, and not one of ours? */
bool identifier_is_free(const char *name);

#endif
