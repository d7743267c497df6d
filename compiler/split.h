/* split.h - tokens to statements: where one SQL command ends and the next begins. */
#ifndef INLAY_SPLIT_H
#define INLAY_SPLIT_H

#include "lexer.h"

enum split_kind {
	SPLIT_END,         /* Nothing is left. */
	SPLIT_STATEMENT,   /* A command, without its semicolon and the space and comments around. */
	SPLIT_COMMENT,     /* A line comment ("-- ...") that `wanted` asked for. */
	SPLIT_META,        /* A psql command (PostgreSQL), one line without its end, anywhere. */
	SPLIT_COPY_DATA,   /* What follows COPY ... FROM STDIN (PostgreSQL), see split_next(). */
	SPLIT_UNTERMINATED /* A quote or comment that never ends: all that is left.  Of the */
	                   /* statement that it stands in nothing is reported. */
};

struct split_item {
	enum split_kind kind;
	struct text text; /* A slice of the input. */

	/* SPLIT_COMMENT, SPLIT_META, SPLIT_UNTERMINATED: a statement has begun and not ended.  A
	 * comment after which nothing comes is outside. */
	bool inside_statement;

	/* SPLIT_STATEMENT: */
	bool standard_conforming_strings;      /* How its strings were lexed. */
	bool terminated;                       /* A semicolon followed. */
	bool open_body;                        /* It ends inside BEGIN ATOMIC, a trigger's BEGIN. */
	const unsigned char *open_parenthesis; /* The first "(" still open at its end, or NULL. */
};

/* Private to split*.c: the statement being read. */
struct split_statement {
	const unsigned char *start; /* Its first token, or NULL between statements. */
	const unsigned char *end;   /* After its last token so far. */
	const unsigned char *open_parenthesis;
	size_t depth;       /* Of parentheses. */
	size_t bodies;      /* Of BEGIN ATOMIC, or of a trigger, whose END is to come. */
	unsigned int phase; /* What its words have been; each dialect has its own enum. */
};

/* Caller's memory; see split_init(). */
struct splitter {
	struct lexer lexer;

	/* Which line comments are reported; NULL for none. */
	bool (*wanted)(struct text comment);

	/* Which of those end the statement they come after, as a semicolon would, where no
	 * parenthesis or body is open; NULL for none.  May be set after split_init(). */
	bool (*ends)(struct text comment);

	/* Private: */
	struct split_statement statement;
	const unsigned char *next_token; /* The last look-ahead: where the next token begins. */
	const unsigned char *copy_data;  /* The line after the oldest COPY whose data is to come. */
	size_t copy_count;               /* How many those are: a line can have more than one. */
};

void split_init(struct splitter *splitter, enum dialect dialect, struct text input,
                bool (*wanted)(struct text comment));

/* The next item, in the order of their first bytes, except that comments and meta-commands inside a
 * statement come before the statement itself.
 *
 * COPY ... FROM STDIN with its semicolon is followed by one SPLIT_COPY_DATA, which may be empty:
 * from the next line to the end of the line "\.", without that line's end, or to the end of the
 * input.  It begins on the next line as in psql, whatever else is on COPY's line; a statement that
 * begins on that line ends with it, not terminated. */
struct split_item split_next(struct splitter *splitter);

#endif
