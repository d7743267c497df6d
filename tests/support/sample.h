/* sample.h - diagnostics that show everything the formats have to tell apart: two files, one with a
 * byte-order mark and names that have to be escaped, all severities, a fix, one without a place,
 * one with a path only, one with nothing. */
#ifndef TEST_SAMPLE_H
#define TEST_SAMPLE_H

#include "../../compiler/diagnostics.h"
#include "../../compiler/source.h"

struct sample {
	struct arena arena;
	struct source first, second;
	struct diagnostics diagnostics;
};

/* Ends with arena_clear(&sample->arena). */
void sample_fill(struct sample *sample);

/* Where `part` first is in the file; "": its end. */
struct text sample_find(const struct source *source, const char *part);

#endif
