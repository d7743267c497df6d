/* env_file.h - a file of NAME=VALUE lines, into the environment. */
#ifndef INLAY_ENV_FILE_H
#define INLAY_ENV_FILE_H

#include "arena.h"

/* Sets each NAME that is not set yet.  Empty lines and those that begin with # are passed over,
 * `export ` before a name too; a value may stand in single quotes, or in double ones, where \n, \"
 * and \\ are what they are in C.  NULL, or what is wrong: "app.env:3: ...". */
const char *env_file_read(struct arena *arena, const char *path);

#endif
