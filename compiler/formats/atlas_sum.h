/* atlas_sum.h - atlas.sum, which guards a directory of Atlas. */
#ifndef INLAY_ATLAS_SUM_H
#define INLAY_ATLAS_SUM_H

#include "format.h"

/* Holds the files against atlas.sum, if there is one.
 *
 *     h1:<base64 of SHA-256 over the names and hashes below>
 *     NAME h1:<base64 of SHA-256 over name and bytes of each file up to this one>
 *
 * Of a file that begins with `-- atlas:sum ignore` only the name goes in, and it has no line. */
void atlas_sum_check(struct reading *reading);

#define ATLAS_HASH_SIZE 45 /* 32 bytes in base64, and the NUL. */

/* A hash as Atlas writes it down. */
void atlas_sum_to_text(const struct inlay_digest *digest, char hash[ATLAS_HASH_SIZE]);

/* Is `-- atlas:sum ignore` the file's first line? */
bool atlas_sum_leaves_out(struct text text);

#endif
