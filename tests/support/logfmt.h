/* logfmt.h - reads lines of logfmt, strictly. */
#ifndef TEST_LOGFMT_H
#define TEST_LOGFMT_H

/* The value of `key`, on the heap; NULL when the line does not have it.  Fails the current cmocka
 * test unless the whole line is well-formed. */
char *logfmt_read(const char *line, const char *key);

#endif
