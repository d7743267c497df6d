/* atlas_sum.h - atlas.sum, which guards a directory of Atlas. */
#ifndef INLAY_ATLAS_SUM_H
#define INLAY_ATLAS_SUM_H

#include "format.h"

/* Holds the files against atlas.sum, if there is one.
 *
 *     h1:<base64 of SHA-256 over the names and hashes below>
 *     NAME h1:<base64 of SHA-256 over name and bytes of each file up to this one>
 *
 * Of a file with `-- atlas:sum ignore` only the name goes in, and it has no line. */
void atlas_sum_check(struct reading *reading);

#endif
