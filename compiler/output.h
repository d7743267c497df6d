/* output.h - writes files: whole or not at all, and only when their bytes change.  The only
 * file that does. */
#ifndef INLAY_OUTPUT_H
#define INLAY_OUTPUT_H

#include "text.h"

enum output_result {
	OUTPUT_UNCHANGED, /* The file had these bytes; it was not touched. */
	OUTPUT_WRITTEN,
	OUTPUT_FAILED /* errno says why; the file is what it was. */
};

/* Puts `contents` at `path`, through a temporary file beside it. */
enum output_result output_write(const char *path, struct text contents);

/* Makes a directory, or takes one that is there and empty, but for hidden files.  false: errno says
 * why; ENOTEMPTY: something is in it. */
bool output_make_directory(const char *path);

/* Would output_write() change the file? */
bool output_differs(const char *path, struct text contents);

/* Would the file `path` lie directly in `directory`? */
bool output_is_in(const char *path, const char *directory);

#endif
