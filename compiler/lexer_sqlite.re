/*
 * lexer_sqlite.re - how SQLite quotes, comments and cuts words: as sqlite3GetToken() does, in 3.40
 * and later.  Knows no grammar.  lexer_sqlite.c is made from it, and committed:
 *
 *     re2c -W -Werror -b -i --no-generation-date --no-version -o lexer_sqlite.c lexer_sqlite.re
 */
#include "lexer_dialects.h"

#include <string.h>

/* A quote that never closes takes all that is left: nothing after it can be trusted. */
static struct token unterminated(struct lexer *lexer, const unsigned char *start)
{
	lexer->cursor = lexer->limit;
	return lexer_token(lexer, TOKEN_UNTERMINATED, start);
}

/* A quote ends at the next one that is not doubled. */
static struct token quoted(struct lexer *lexer, enum token_kind kind, const unsigned char *start)
{
	const unsigned char *at;
	const unsigned char *limit = lexer->limit;
	unsigned char quote = start[0];

	for (at = lexer->cursor; at < limit; at++) {
		if (*at != quote)
			continue;
		if (limit - at == 1 || at[1] != quote) {
			lexer->cursor = at + 1;
			return lexer_token(lexer, kind, start);
		}
		at++;
	}
	return unterminated(lexer, start);
}

/* To the closing mark, or to the end of the input, which closes a comment as well. */
static struct token block_comment(struct lexer *lexer, const unsigned char *start)
{
	const unsigned char *at = lexer->cursor;

	while ((at = memchr(at, '*', (size_t)(lexer->limit - at))) != NULL) {
		at++;
		if (at < lexer->limit && *at == '/') {
			lexer->cursor = at + 1;
			return lexer_token(lexer, TOKEN_COMMENT, start);
		}
	}
	if (lexer->limit - start > 2) {
		lexer->cursor = lexer->limit;
		return lexer_token(lexer, TOKEN_COMMENT, start);
	}
	/* At the very end, with nothing inside, it is no comment but a slash and a star. */
	lexer->cursor = start + 1;
	return lexer_token(lexer, TOKEN_OPERATOR, start);
}

struct token lexer_next_sqlite(struct lexer *lexer)
{
	const unsigned char *start = lexer->cursor;
	const unsigned char *marker;
	/*!re2c
	re2c:define:YYCTYPE  = "unsigned char";
	re2c:define:YYCURSOR = "lexer->cursor";
	re2c:define:YYMARKER = marker;
	re2c:yyfill:enable   = 0;
	re2c:sentinel        = 0; /* Only the last rule takes a NUL: the input's end. */

	space      = [ \t\n\v\f\r];
	mark       = "\xef\xbb\xbf";
	word_rest  = [a-zA-Z0-9_$\x80-\xff];
	word_start = [a-zA-Z_\x80-\xff] \ "\xef";
	/* A byte-order mark is white space where a token begins; else its bytes are a word's. */
	not_mark   = (word_rest \ "\xbb") word_rest* | "\xbb" ((word_rest \ "\xbf") word_rest*)?;
	word       = word_start word_rest* | "\xef" not_mark?;
	digits     = [0-9] [0-9_]*;
	decimal    = digits ("." [0-9_]*)? | "." digits;
	number     = decimal ([eE] [-+]? digits)? | "0" [xX] [0-9a-fA-F] [0-9a-fA-F_]*;
	junk       = word_rest \ [0-9_];
	variable   = [$@#:] "::"* word_rest (word_rest | "::")*;
	argument   = "(" [^ \t\n\v\f\r)\x00]*;

	(space \ "\v") space*               { return lexer_token(lexer, TOKEN_SPACE, start); }
	mark                                { return lexer_token(lexer, TOKEN_SPACE, start); }
	"--" ("\r"* [^\r\n\x00])*           { return lexer_token(lexer, TOKEN_COMMENT, start); }
	"/*" "/"?                           { return block_comment(lexer, start); }
	word                                { return lexer_token(lexer, TOKEN_WORD, start); }
	number                              { return lexer_token(lexer, TOKEN_NUMBER, start); }
	number junk word_rest*              { return lexer_token(lexer, TOKEN_INVALID, start); }
	"?" [0-9]*                          { return lexer_token(lexer, TOKEN_PARAMETER, start); }
	variable                            { return lexer_token(lexer, TOKEN_PARAMETER, start); }
	variable argument ")"               { return lexer_token(lexer, TOKEN_PARAMETER, start); }
	variable argument                   { return lexer_token(lexer, TOKEN_INVALID, start); }
	[$@#:] "::"*                        { return lexer_token(lexer, TOKEN_INVALID, start); }
	"'"                                 { return quoted(lexer, TOKEN_STRING, start); }
	["`]                                { return quoted(lexer, TOKEN_NAME, start); }
	"[" [^\]\x00]* "]"                  { return lexer_token(lexer, TOKEN_NAME, start); }
	"["                                 { return unterminated(lexer, start); }
	[xX] "'" ([0-9a-fA-F]{2})* "'"      { return lexer_token(lexer, TOKEN_HEX_STRING, start); }
	[xX] "'" [^'\x00]* "'"              { return lexer_token(lexer, TOKEN_INVALID, start); }
	[xX] "'" [^'\x00]*                  { return unterminated(lexer, start); }
	"("                                 { return lexer_token(lexer, TOKEN_OPEN, start); }
	")"                                 { return lexer_token(lexer, TOKEN_CLOSE, start); }
	";"                                 { return lexer_token(lexer, TOKEN_SEMICOLON, start); }
	[,.]                                { return lexer_token(lexer, TOKEN_PUNCTUATION, start); }
	[-+*/%&~|<>=]                       { return lexer_token(lexer, TOKEN_OPERATOR, start); }
	"||" | "->" ">"? | "<<" | ">>"      { return lexer_token(lexer, TOKEN_OPERATOR, start); }
	"<=" | ">=" | "<>" | "==" | "!="    { return lexer_token(lexer, TOKEN_OPERATOR, start); }
	*                                   { return lexer_token(lexer, TOKEN_INVALID, start); }
	*/
}
