/*
 * lexer_postgres.re - how PostgreSQL quotes, comments and cuts words: as the server's scan.l does,
 * of version 16, in UTF-8.  Knows no grammar.  lexer_postgres.c is made from it, and committed:
 *
 *     re2c -W -Werror -b -i --no-generation-date --no-version -o lexer_postgres.c lexer_postgres.re
 */
#include "lexer_dialects.h"

#include <string.h>

/* A quote that never closes takes all that is left: nothing after it can be trusted. */
static struct token unterminated(struct lexer *lexer, const unsigned char *start)
{
	lexer->cursor = lexer->limit;
	return lexer_token(lexer, TOKEN_UNTERMINATED, start);
}

/* Comments nest, which no regular expression can match.  The cursor is after the opening one. */
static struct token block_comment(struct lexer *lexer, const unsigned char *start)
{
	const unsigned char *at = lexer->cursor;
	size_t depth = 1;

	while (depth > 0) {
		if (lexer->limit - at < 2)
			return unterminated(lexer, start);
		if (at[0] == '*' && at[1] == '/') {
			depth--;
			at += 2;
		} else if (at[0] == '/' && at[1] == '*') {
			depth++;
			at += 2;
		} else {
			at++;
		}
	}
	lexer->cursor = at;
	return lexer_token(lexer, TOKEN_COMMENT, start);
}

/* Ends at the tag it began with, which the cursor is after.  A tag has no "$" inside, so that a
 * comparison that fails has looked no further than the next "$": the search stays linear. */
static struct token dollar_string(struct lexer *lexer, const unsigned char *start)
{
	size_t tag_size = (size_t)(lexer->cursor - start);
	const unsigned char *at = lexer->cursor;

	while ((at = memchr(at, '$', (size_t)(lexer->limit - at))) != NULL) {
		if ((size_t)(lexer->limit - at) >= tag_size && memcmp(at, start, tag_size) == 0) {
			lexer->cursor = at + tag_size;
			return lexer_token(lexer, TOKEN_DOLLAR_STRING, start);
		}
		at++;
	}
	return unterminated(lexer, start);
}

/* How the text between quotes is read. */
enum quoting {
	QUOTING_RAW,     /* The next quote ends it: B'' and X''. */
	QUOTING_DOUBLED, /* A doubled quote is one inside. */
	QUOTING_ESCAPED  /* So is one after a backslash. */
};

/* Moves the cursor from after the opening quote to after the closing one; false: there is none. */
static bool skip_quoted(struct lexer *lexer, unsigned char quote, enum quoting quoting)
{
	const unsigned char *at = lexer->cursor;
	const unsigned char *limit = lexer->limit;

	for (; at < limit; at++) {
		if (*at == '\\' && quoting == QUOTING_ESCAPED && limit - at > 1) {
			at++;
		} else if (*at == quote) {
			if (quoting == QUOTING_RAW || limit - at == 1 || at[1] != quote) {
				lexer->cursor = at + 1;
				return true;
			}
			at++;
		}
	}
	return false;
}

static struct token name(struct lexer *lexer, enum token_kind kind, const unsigned char *start)
{
	if (!skip_quoted(lexer, '"', QUOTING_DOUBLED))
		return unterminated(lexer, start);
	return lexer_token(lexer, kind, start);
}

static enum quoting string_quoting(const struct lexer *lexer, enum token_kind kind)
{
	switch (kind) {
	case TOKEN_BIT_STRING:
	case TOKEN_HEX_STRING:
		return QUOTING_RAW;
	case TOKEN_ESCAPE_STRING:
		return QUOTING_ESCAPED;
	case TOKEN_NATIONAL_STRING: /* To the server an nchar and then a plain string. */
		return lexer->standard_conforming_strings ? QUOTING_DOUBLED : QUOTING_ESCAPED;
	default:
		return QUOTING_DOUBLED;
	}
}

static struct token string(struct lexer *lexer, enum token_kind kind, const unsigned char *start)
{
	if (!skip_quoted(lexer, '\'', string_quoting(lexer, kind)))
		return unterminated(lexer, start);
	lexer->continued = kind;
	lexer->string_end = lexer->cursor;
	return lexer_token(lexer, kind, start);
}

static bool is_line_end(unsigned char byte)
{
	return byte == '\n' || byte == '\r';
}

/* Is there a line end between the last string and the quote at `quote`, and else only white space
 * and line comments?  Then it is one string to the server.  No other token needs to care. */
static bool continues_string(const struct lexer *lexer, const unsigned char *quote)
{
	const unsigned char *at = lexer->string_end;
	bool line_ended = false;

	if (lexer->continued == TOKEN_END)
		return false;
	while (at < quote) {
		if (at[0] == '-' && at[1] == '-') {
			while (at < quote && *at != 0 && !is_line_end(*at))
				at++;
		} else if (*at == ' ' || (*at >= '\t' && *at <= '\r')) {
			line_ended = line_ended || is_line_end(*at);
			at++;
		} else {
			return false;
		}
	}
	return line_ended;
}

/* A quote without a prefix: a string, or a further piece of the last one, read as that one was. */
static struct token plain_string(struct lexer *lexer, const unsigned char *start)
{
	enum token_kind kind = TOKEN_STRING;
	struct token token;

	if (continues_string(lexer, start)) {
		token = string(lexer, lexer->continued, start);
		if (token.kind != TOKEN_UNTERMINATED)
			token.kind = TOKEN_CONTINUATION;
		return token;
	}
	if (!lexer->standard_conforming_strings)
		kind = TOKEN_ESCAPE_STRING;
	return string(lexer, kind, start);
}

#define SET_OF_OPERATOR_BYTES "~!@#^&|`?+-*/%<>="
#define SET_OF_FREE_BYTES     "~!@#^&|`?%"

static bool contains(const char *set, unsigned char byte)
{
	return byte != 0 && strchr(set, byte) != NULL;
}

static bool is_sign(unsigned char byte)
{
	return byte == '+' || byte == '-';
}

static bool starts_comment(const unsigned char *at)
{
	return (at[0] == '-' && at[1] == '-') || (at[0] == '/' && at[1] == '*');
}

/* All the operator bytes there are, up to the start of a comment; and then, since "=-1" is two
 * operators in SQL, without + and - at the end, unless it has a byte that no operator of the
 * standard has.  The signs left over can only be operators of one byte each: remembering that keeps
 * "++++..." linear. */
static struct token operator_token(struct lexer *lexer, const unsigned char *start)
{
	const unsigned char *end = start;
	const unsigned char *run_end;
	bool keeps_signs = false;

	if (start < lexer->signs_end)
		return lexer_token(lexer, TOKEN_OPERATOR, start);
	while (end < lexer->limit && contains(SET_OF_OPERATOR_BYTES, *end)) {
		if (end > start && starts_comment(end))
			break;
		keeps_signs = keeps_signs || contains(SET_OF_FREE_BYTES, *end);
		end++;
	}
	run_end = end;
	while (!keeps_signs && end - start > 1 && is_sign(end[-1]))
		end--;
	if (end < run_end)
		lexer->signs_end = run_end;
	lexer->cursor = end;
	return lexer_token(lexer, TOKEN_OPERATOR, start);
}

struct token lexer_next_postgres(struct lexer *lexer)
{
	const unsigned char *start = lexer->cursor;
	const unsigned char *marker;
	/*!re2c
	re2c:define:YYCTYPE  = "unsigned char";
	re2c:define:YYCURSOR = "lexer->cursor";
	re2c:define:YYMARKER = marker;
	re2c:yyfill:enable   = 0;
	re2c:sentinel        = 0; /* Only the last rule takes a NUL: the input's end. */

	word_start = [a-zA-Z_\x80-\xff];
	word       = word_start [a-zA-Z0-9_$\x80-\xff]*;
	tag        = "$" (word_start [a-zA-Z0-9_\x80-\xff]*)? "$";
	operator   = [-~!@#^&|`?+*/%<>=];
	integer    = [0-9] ("_"? [0-9])*;
	decimal    = integer "." integer? | "." integer;
	real       = (integer | decimal) [eE] [-+]? integer;
	based      = "0" ([xX] ("_"? [0-9a-fA-F])+ | [oO] ("_"? [0-7])+ | [bB] ("_"? [01])+);
	number     = integer | decimal | real | based;
	/* What the server calls trailing junk.  Before 15 it was a number and a word. */
	junk       = (integer | decimal) [eE] [-+] | (integer | decimal | real) word;

	[ \t\n\v\f\r]+                  { return lexer_token(lexer, TOKEN_SPACE, start); }
	"--" [^\r\n\x00]*               { return lexer_token(lexer, TOKEN_COMMENT, start); }
	"/*"                            { return block_comment(lexer, start); }
	word                            { return lexer_token(lexer, TOKEN_WORD, start); }
	number                          { return lexer_token(lexer, TOKEN_NUMBER, start); }
	integer / ".."                  { return lexer_token(lexer, TOKEN_NUMBER, start); }
	"$" [0-9]+                      { return lexer_token(lexer, TOKEN_PARAMETER, start); }
	junk | "$" [0-9]+ word          { return lexer_token(lexer, TOKEN_INVALID, start); }
	"'"                             { return plain_string(lexer, start); }
	[eE] "'"                        { return string(lexer, TOKEN_ESCAPE_STRING, start); }
	[uU] "&'"                       { return string(lexer, TOKEN_UNICODE_STRING, start); }
	[nN] "'"                        { return string(lexer, TOKEN_NATIONAL_STRING, start); }
	[bB] "'"                        { return string(lexer, TOKEN_BIT_STRING, start); }
	[xX] "'"                        { return string(lexer, TOKEN_HEX_STRING, start); }
	["]                             { return name(lexer, TOKEN_NAME, start); }
	[uU] "&" ["]                    { return name(lexer, TOKEN_UNICODE_NAME, start); }
	tag                             { return dollar_string(lexer, start); }
	"("                             { return lexer_token(lexer, TOKEN_OPEN, start); }
	")"                             { return lexer_token(lexer, TOKEN_CLOSE, start); }
	";"                             { return lexer_token(lexer, TOKEN_SEMICOLON, start); }
	[,.:] | "[" | "]"               { return lexer_token(lexer, TOKEN_PUNCTUATION, start); }
	"::" | ":=" | ".."              { return lexer_token(lexer, TOKEN_OPERATOR, start); }
	operator                        { return operator_token(lexer, start); }
	[\\] [^\r\n\x00]*               { return lexer_token(lexer, TOKEN_META, start); }
	*                               { return lexer_token(lexer, TOKEN_INVALID, start); }
	*/
}
