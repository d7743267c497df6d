/* lexer.c - what the two lexers have in common.  The tokens: lexer_postgres.re, lexer_sqlite.re. */
#include "lexer_dialects.h"

#include <assert.h>

void lexer_init(struct lexer *lexer, enum dialect dialect, struct text input)
{
	size_t mark_size = text_mark_size(input);

	assert(input.start[input.size] == 0);
	lexer_init_slice(lexer, dialect,
	                 (struct text){ input.start + mark_size, input.size - mark_size }, true);
}

void lexer_init_slice(struct lexer *lexer, enum dialect dialect, struct text slice,
                      bool standard_conforming_strings)
{
	assert(dialect < DIALECT_COUNT);
	*lexer = (struct lexer){
		.cursor = slice.start,
		.limit = slice.start + slice.size,
		.dialect = dialect,
		.standard_conforming_strings = standard_conforming_strings,
		.continued = TOKEN_END,
		.string_end = slice.start,
		.signs_end = slice.start,
	};
}

struct token lexer_next(struct lexer *lexer)
{
	const unsigned char *start = lexer->cursor;
	struct token token;

	if (start >= lexer->limit)
		return lexer_token(lexer, TOKEN_END, start);
	if (lexer->dialect == DIALECT_POSTGRES)
		token = lexer_next_postgres(lexer);
	else
		token = lexer_next_sqlite(lexer);

	/* What is in quotes need not end where a token does: `$$ BEGIN ... END$$`. */
	if (lexer->cursor > lexer->limit) {
		lexer->cursor = lexer->limit;
		token.text.size = (size_t)(lexer->limit - start);
	}

	/* Tokens tile the input. */
	assert(token.text.start == start && token.text.size > 0);
	assert(lexer->cursor == start + token.text.size && lexer->cursor <= lexer->limit);
	return token;
}

struct token lexer_next_significant(struct lexer *lexer)
{
	struct token token;

	do
		token = lexer_next(lexer);
	while (token.kind == TOKEN_SPACE || token.kind == TOKEN_COMMENT);
	return token;
}
