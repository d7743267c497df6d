/* split_rules.h - what split.c asks of a dialect; nobody else includes it. */
#ifndef INLAY_SPLIT_RULES_H
#define INLAY_SPLIT_RULES_H

#include "split.h"

/* The phase every statement starts in. */
#define SPLIT_PHASE_START 0u

/* One row of a dialect's table: in this phase, this word leads to that phase. */
struct split_step {
	unsigned int phase;
	const char *word; /* Lower case. */
	unsigned int next;
};

/* Where a step leads from `phase`, or `otherwise` when no row fits. */
unsigned int split_step(const struct split_step *steps, size_t count, unsigned int phase,
                        const struct token *token, unsigned int otherwise);

/* Adds a token to the statement's account; true when it is the semicolon that ends it. */
bool split_take_postgres(struct split_statement *statement, const struct token *token);
bool split_take_sqlite(struct split_statement *statement, const struct token *token);

/* What a finished statement means for the text after it: how strings are read, COPY's data. */
void split_after_postgres(struct splitter *splitter, struct text statement);

#endif
