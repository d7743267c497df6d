/* lexer_dialects.h - what lexer.c and the two generated lexers share; nobody else includes it. */
#ifndef INLAY_LEXER_DIALECTS_H
#define INLAY_LEXER_DIALECTS_H

#include "lexer.h"

/* The next token of a lexer that is not at its limit. */
struct token lexer_next_postgres(struct lexer *lexer);
struct token lexer_next_sqlite(struct lexer *lexer);

/* What lies between `start` and the cursor. */
static inline struct token lexer_token(const struct lexer *lexer, enum token_kind kind,
                                       const unsigned char *start)
{
	return (struct token){ kind, { start, (size_t)(lexer->cursor - start) } };
}

#endif
