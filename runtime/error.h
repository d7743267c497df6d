/* error.h - filling in the caller's struct inlay_error. */
#ifndef INLAY_ERROR_H
#define INLAY_ERROR_H

#include "format.h"
#include "inlay.h"

/* Forgets everything but the size. */
void error_reset(struct inlay_error *error);

/* Sets result and message, and returns the result.  The first cause wins: an error that has one
 * already is left as it is, and its own result returned. */
enum inlay_result error_set(struct inlay_error *error, enum inlay_result result, const char *format,
                            ...) FORMAT_LIKE_PRINTF(3, 4);

#endif
