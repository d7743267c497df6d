/* sums_parts.h - what several tools' checksums are made of. */
#ifndef INLAY_ADOPT_SUMS_PARTS_H
#define INLAY_ADOPT_SUMS_PARTS_H

#include "arena.h"
#include "text.h"

/* The line ends that a file may have had where it was applied. */
enum line_ends {
	LINE_ENDS_KEPT,
	LINE_ENDS_LF,   /* Every CRLF as LF. */
	LINE_ENDS_CRLF, /* Every LF as CRLF, unless it is one. */
	LINE_ENDS_COUNT
};

struct text sums_with_line_ends(struct arena *arena, struct text text, enum line_ends ends);

/* `text` without the ASCII characters in `left_out`. */
struct text sums_without(struct arena *arena, struct text text, const char *left_out);

/* The digest of that name ("SHA384", see digest.h), in small hex digits; NULL if it can not be
 * had. */
const char *sums_hex(struct arena *arena, const char *algorithm, struct text text);

#endif
