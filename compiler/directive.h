/* directive.h - which comments are orders to us, which ones are another tool's, and what they say.
 */
#ifndef INLAY_DIRECTIVE_H
#define INLAY_DIRECTIVE_H

#include "lexer.h"

#define DIRECTIVE_VERSION_MAX 2147483647u /* Of a call. */

/* What a line comment says: without its dashes and the space around. */
struct text directive_body(struct text comment);

/* Is it one of ours, "-- migrate:..."?  In any case, so that "-- Migrate:Down" is refused and not
 * taken for prose. */
bool directive_is_ours(struct text comment);

/* Is it all that stands in many other tools' comments before the down part, "-- down"? */
bool directive_is_lone_word(struct text comment);

/* The tool whose directive it is, or NULL. */
const char *directive_tool(struct text comment);

/* The name for --layout of that tool, or NULL: we can not read its directories. */
const char *directive_layout(struct text comment);

/* Is it any of these, or a header checksum? */
bool directive_is_any(struct text comment);

/* Does "-- migrate:repeatable" stand above the first statement of this file? */
bool directive_marks_repeatable(struct text file, enum dialect dialect);

/* What stands behind "migrate:call". */
struct directive_call {
	struct text name;
	uint32_t version; /* At least 1. */
};

/* What is wrong with `rest`, or NULL; then also where (`*at`) and what to do (`*help`). */
const char *directive_parse_call(struct text rest, struct directive_call *call, struct text *at,
                                 const char **help);

#endif
