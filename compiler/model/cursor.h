/* cursor.h - a place among the significant tokens of one statement, for those who read grammar.
 * Copy it to be able to come back. */
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

/* The same, with strings read as `cursor` reads them. */
struct cursor cursor_inside(const struct cursor *cursor, struct text text);

/* At the end it stays there. */
void cursor_advance(struct cursor *cursor);

bool cursor_at_end(const struct cursor *cursor);

/* Is the next token this word (lower-case; no quoted name), or this sign? */
bool cursor_is(const struct cursor *cursor, const char *lower);

/* Is it one of these?  The list ends with NULL. */
bool cursor_is_one_of(const struct cursor *cursor, const char *const *words);

/* Goes past it if it is. */
bool cursor_take(struct cursor *cursor, const char *lower);

/* Goes past all of "if not exists" (words between single spaces), or past none of them. */
bool cursor_take_words(struct cursor *cursor, const char *words);

/* Goes past one name without dots; NULL, and nothing is passed, when there is none. */
const char *cursor_take_part(struct cursor *cursor);

/* Goes past a name of up to three parts; its name is NULL, and nothing is passed, when there is
 * none.  The first of three parts, a database, is left out. */
struct name cursor_take_name(struct cursor *cursor);

/* Goes past a string, with its continuations, and returns what it says; NULL: there is none. */
const char *cursor_take_string(struct cursor *cursor);

/* Goes past what is in balanced parentheses, and returns it without them; start NULL: no "(".  One
 * that never closes goes to the end. */
struct text cursor_take_group(struct cursor *cursor);

/* Goes past one token, or past all of a group. */
void cursor_skip(struct cursor *cursor);

/* Goes past tokens (and groups) up to one of these words or signs ("," ")" "default" ...) outside
 * parentheses, brackets and CASE ... END, or the end; returns what was passed, without space
 * around.  The list ends with NULL. */
struct text cursor_take_until(struct cursor *cursor, const char *const *ends);

/* What lies between `start`, where a token began, and the last token that was passed. */
struct text cursor_since(const struct cursor *cursor, const unsigned char *start);

#endif
