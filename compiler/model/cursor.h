/* cursor.h - a place among the significant tokens of one statement, for those who read grammar. */
#ifndef INLAY_CURSOR_H
#define INLAY_CURSOR_H

#include "migration.h"
#include "name.h"

struct cursor {
	struct arena *arena;
	enum dialect dialect;
	struct lexer lexer;
	struct token token;      /* The one that is next. */
	const unsigned char *at; /* Where the token before it ended. */
};

/* At the first token of the statement. */
struct cursor cursor_of(struct arena *arena, const struct statement *statement,
                        enum dialect dialect);

/* At the first token of a slice of a statement that was cut at tokens. */
struct cursor cursor_of_text(struct arena *arena, struct text text, enum dialect dialect);

void cursor_advance(struct cursor *cursor);

/* Is the next token this word (lower-case; no quoted name), or this sign? */
bool cursor_is(const struct cursor *cursor, const char *lower);

/* Goes past it if it is. */
bool cursor_take(struct cursor *cursor, const char *lower);

/* Goes past all of "if not exists" (words between single spaces), or past none of them. */
bool cursor_take_words(struct cursor *cursor, const char *words);

/* Goes past a name of up to three parts; its name is NULL, and nothing is passed, when there is
 * none.  The first of three parts, a database, is left out. */
struct name cursor_take_name(struct cursor *cursor);

/* Goes past what is in balanced parentheses, and returns it without them; start NULL: no "(". */
struct text cursor_take_group(struct cursor *cursor);

/* Goes past tokens (and groups) up to one of these words or signs ("," ")" "default" ...) outside
 * parentheses, or the end; returns what was passed, without space around. */
struct text cursor_take_until(struct cursor *cursor, const char *const *ends);

#endif
