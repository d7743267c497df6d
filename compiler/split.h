/* split.h - tokens to statements: where one SQL command ends and the next begins, judged by the databases. */
#ifndef INLAY_SPLIT_H
#define INLAY_SPLIT_H

#include "lexer.h"

enum split_kind {
	SPLIT_END,         /* Nothing is left. */
	SPLIT_STATEMENT,   /* One SQL command, without its semicolon, leading and trailing space and comments. */
	SPLIT_COMMENT,     /* A line comment ("-- ...") that `wanted` asked for. */
	SPLIT_META,        /* A psql meta-command (PostgreSQL), without its line end; reported wherever it stands. */
	SPLIT_COPY_DATA,   /* What follows COPY ... FROM STDIN; (PostgreSQL): from the next line to the end of the
	                    * line "\.", that line end not included, or to the end of input.  May be empty. */
	SPLIT_UNTERMINATED /* A quote, comment or dollar quote that never ends: `text` begins at its opening and is
	                    * all that is left.  The statement it stands in is not reported. */
};

struct split_item {
	enum split_kind kind;
	struct text text;             /* A slice of the input. */
	bool inside_statement;        /* SPLIT_COMMENT, SPLIT_META, SPLIT_UNTERMINATED: a statement has begun and
	                               * not ended.  A comment after which nothing comes is outside. */
	bool standard_conforming_strings; /* SPLIT_STATEMENT: how its strings were lexed. */
	bool terminated;              /* SPLIT_STATEMENT: a semicolon followed. */
	const unsigned char *open_parenthesis; /* SPLIT_STATEMENT: first "(" still open at its end, or NULL. */
	bool open_body;               /* SPLIT_STATEMENT: input ended inside BEGIN ATOMIC or a trigger's BEGIN. */
};

/* Private to split*.c: the statement being read. */
struct split_statement {
	const unsigned char *start; /* Its first token, or NULL between statements. */
	const unsigned char *end;   /* After its last token so far. */
	const unsigned char *open_parenthesis;
	size_t depth;               /* Of parentheses. */
	size_t bodies;              /* Of BEGIN ATOMIC ... END, or a trigger's BEGIN ... END, not closed yet. */
	unsigned int phase;         /* What its words have been; each dialect has its own enum. */
};

/* Caller's memory; see split_init(). */
struct splitter {
	struct lexer lexer;
	bool (*wanted)(struct text comment); /* Which line comments are reported; NULL for none. */
	bool (*ends)(struct text comment);   /* Which of those end the statement they come after, as a semicolon
	                                      * would, where no parenthesis or body is open; NULL for none.  May
	                                      * be set after split_init(). */

	/* Private: */
	struct split_statement statement;
	const unsigned char *next_token; /* The last look-ahead's result: where the next token begins. */
	const unsigned char *copy_data;  /* The line after the oldest COPY whose data is to come. */
	size_t copy_count;               /* How many those are: more than one can stand on a line. */
};

void split_init(struct splitter *splitter, enum dialect dialect, struct text input,
                bool (*wanted)(struct text comment));

/* The next item, in the order of their first bytes, except that comments and meta-commands inside a
 * statement come before the statement itself.
 *
 * As psql does it, COPY's data begins on the line after its semicolon, whatever else is on that line.  A
 * statement that begins on that line must end there too: at the line's end it is reported as not terminated. */
struct split_item split_next(struct splitter *splitter);

#endif
