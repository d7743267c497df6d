/* session.h - does what a document says, in one shell and one clean directory. */
#ifndef TEST_SESSION_H
#define TEST_SESSION_H

#include "document.h"

/* For cmocka: the product is the one in $INLAY_PREFIX, or there is no test. */
int session_set_up(void **state);

/*
 * Runs it with that product.  NULL when all came as the document
 * says; otherwise what did not, "PATH:LINE: ..." first, which the caller frees.  `server` is the
 * URL of its database, or NULL.
 */
char *session_run(const struct document *document, const char *server);

#endif
