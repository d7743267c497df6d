/*
 * split_sqlite.c - where a statement ends for sqlite3_prepare_v2(): at the first semicolon, but for
 * CREATE TRIGGER, which ends at "; END ;".
 */
#include "split_rules.h"

enum phase {
	PHASE_START = SPLIT_PHASE_START,
	PHASE_EXPLAIN,
	PHASE_EXPLAIN_QUERY,
	PHASE_CREATE,
	PHASE_TRIGGER,   /* CREATE TRIGGER, before BEGIN. */
	PHASE_BODY,      /* After BEGIN, in a statement. */
	PHASE_BODY_NEXT, /* After a semicolon of the body. */
	PHASE_BODY_END,  /* After "; END". */
	PHASE_OTHER      /* Nothing that changes where the statement ends. */
};

#define STEP_COUNT (sizeof(steps) / sizeof(steps[0]))

static const struct split_step steps[] = {
	{ PHASE_START, "create", PHASE_CREATE },         { PHASE_START, "explain", PHASE_EXPLAIN },
	{ PHASE_EXPLAIN, "query", PHASE_EXPLAIN_QUERY }, { PHASE_EXPLAIN, "create", PHASE_CREATE },
	{ PHASE_EXPLAIN_QUERY, "plan", PHASE_EXPLAIN },  { PHASE_CREATE, "temp", PHASE_CREATE },
	{ PHASE_CREATE, "temporary", PHASE_CREATE },     { PHASE_CREATE, "trigger", PHASE_TRIGGER },
	{ PHASE_TRIGGER, "begin", PHASE_BODY },          { PHASE_BODY_NEXT, "end", PHASE_BODY_END },
};

static void take_parenthesis(struct split_statement *statement, const struct token *token)
{
	if (token->kind == TOKEN_OPEN && statement->depth++ == 0)
		statement->open_parenthesis = token->text.start;
	if (token->kind == TOKEN_CLOSE && statement->depth > 0 && --statement->depth == 0)
		statement->open_parenthesis = NULL;
}

/* Where a token leads that is in no row of the table. */
static enum phase phase_otherwise(unsigned int phase)
{
	switch (phase) {
	case PHASE_TRIGGER: return PHASE_TRIGGER;
	case PHASE_BODY:
	case PHASE_BODY_NEXT:
	case PHASE_BODY_END: return PHASE_BODY;
	default: return PHASE_OTHER;
	}
}

bool split_take_sqlite(struct split_statement *statement, const struct token *token)
{
	take_parenthesis(statement, token);
	if (token->kind == TOKEN_SEMICOLON) {
		if (statement->bodies == 0)
			return true;
		statement->phase = PHASE_BODY_NEXT;
		return false;
	}
	if (statement->phase != PHASE_OTHER) {
		statement->phase = split_step(steps, STEP_COUNT, statement->phase, token,
		                              phase_otherwise(statement->phase));
		statement->bodies = statement->phase == PHASE_BODY;
	}
	return false;
}
