/* lexer.h - bytes to tokens: a lexer for each dialect, which knows quoting but no grammar. */
#ifndef INLAY_LEXER_H
#define INLAY_LEXER_H

#include "text.h"

enum dialect {
	DIALECT_SQLITE,   /* as sqlite3GetToken() sees it */
	DIALECT_POSTGRES, /* as the server's scan.l (16, UTF-8) sees it */
	DIALECT_COUNT
};

/* Which dialects, as bits, for tables. */
#define ON_SQLITE   (1u << DIALECT_SQLITE)
#define ON_POSTGRES (1u << DIALECT_POSTGRES)
#define ON_BOTH     (ON_SQLITE | ON_POSTGRES)

enum token_kind {
	TOKEN_END,             /* Nothing is left; size 0. */
	TOKEN_SPACE,           /* White space, as the dialect defines it. */
	TOKEN_COMMENT,         /* A whole comment; a line comment excludes its line end. */
	TOKEN_WORD,            /* Keyword or unquoted name. */
	TOKEN_NAME,            /* Quoted name: "x", and in SQLite [x] and `x`. */
	TOKEN_UNICODE_NAME,    /* U&"x" (PostgreSQL). */
	TOKEN_STRING,          /* 'x'. */
	TOKEN_ESCAPE_STRING,   /* E'x', or 'x' where strings do not conform (PostgreSQL). */
	TOKEN_UNICODE_STRING,  /* U&'x' (PostgreSQL). */
	TOKEN_NATIONAL_STRING, /* N'x' (PostgreSQL). */
	TOKEN_BIT_STRING,      /* B'01' (PostgreSQL). */
	TOKEN_HEX_STRING,      /* X'1f'; a blob in SQLite. */
	TOKEN_CONTINUATION,    /* A further piece of the last string: 'a' LF 'b' (PostgreSQL). */
	TOKEN_DOLLAR_STRING,   /* $tag$ ... $tag$ (PostgreSQL). */
	TOKEN_NUMBER,          /* 1, 1.5, 1e5, 0x1f, 1_000. */
	TOKEN_PARAMETER,       /* $1; in SQLite ?1 :a @a $a(;). */
	TOKEN_OPERATOR,        /* Longest match by the dialect's rules: <= :: => ->> and so on. */
	TOKEN_PUNCTUATION,     /* One of , . [ ] : and any other single byte that stands alone. */
	TOKEN_OPEN,            /* ( */
	TOKEN_CLOSE,           /* ) */
	TOKEN_SEMICOLON,       /* ; */
	TOKEN_META,            /* A psql command: backslash to the end of the line (PostgreSQL). */
	TOKEN_UNTERMINATED,    /* A quote or comment never closed: all the rest of the input. */
	TOKEN_INVALID          /* What is no token: a stray byte, 1a, $1a; in SQLite x'1'. */
};

struct token {
	enum token_kind kind;
	struct text text; /* A slice of the input; owns nothing. */
};

/* Caller's memory.  Tokens tile the input: each begins where the last one ended, none is empty but
 * TOKEN_END, and their sizes add up to the input's. */
struct lexer {
	const unsigned char *cursor;
	const unsigned char *limit; /* *limit must be readable; 0 unless this is a slice. */
	enum dialect dialect;
	bool standard_conforming_strings; /* PostgreSQL: true at first; the splitter changes it. */
	enum token_kind continued;        /* The last string's kind, or TOKEN_END: a quote after */
	                                  /* a line end goes on with it. */
	const unsigned char *string_end;  /* Where that string ended. */
	const unsigned char *signs_end;   /* A + or - before it is an operator by itself. */
};

/* Starts at the first byte of `input` after a byte-order mark.  input.start[input.size] must be 0
 * and readable. */
void lexer_init(struct lexer *lexer, enum dialect dialect, struct text input);

/* The next token.  After TOKEN_END it keeps returning TOKEN_END. */
struct token lexer_next(struct lexer *lexer);

/* The next token that is neither white space nor comment. */
struct token lexer_next_significant(struct lexer *lexer);

/* Starts inside a text that was lexed before, at a token's first byte, and ends at a token's end: a
 * statement; or it is what stands in quotes there, and a token that would end later is cut off.  No
 * byte-order mark is looked for.  Bytes after the slice are read up to a NUL. */
void lexer_init_slice(struct lexer *lexer, enum dialect dialect, struct text slice,
                      bool standard_conforming_strings);

#endif
