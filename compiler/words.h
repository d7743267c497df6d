/* words.h - how a statement begins: its first tokens, and patterns over them. */
#ifndef INLAY_WORDS_H
#define INLAY_WORDS_H

#include "migration.h"

#define WORDS_MAX 20

/* The first significant tokens of a statement; groups in parentheses are left out, as options
 * are mostly written there: VACUUM (FULL) t is "vacuum t". */
struct words {
	struct text items[WORDS_MAX];
	size_t count;
	struct text options[WORDS_MAX]; /* What is in parentheses right behind the first one. */
	size_t option_count;
	bool all; /* The statement has no further ones. */
};

struct words words_read(const struct statement *statement, enum dialect dialect);

/* Does the statement begin like `pattern`?  The pattern is lower-case words between single
 * spaces: "a|b" is either, "?a" may be there, "*" is any one, "!a|b" any one but these, "@" is a
 * name with or without its schema, "(a" asks for an option, and "$" is the statement's end. */
bool words_match(const struct words *words, const char *pattern);

#endif
