/*
 * split_postgres.c - where a statement ends for PostgreSQL's grammar, and what a statement does to
 * the text after it.  psql sends the same, except where it miscounts (a function named "begin").
 */
#include "split_rules.h"

#include <string.h>

enum phase {
	PHASE_START = SPLIT_PHASE_START,
	PHASE_BODY_START, /* After ATOMIC, or after a semicolon of the body. */
	PHASE_CREATE,
	PHASE_CREATE_OR,
	PHASE_CREATE_REPLACE,
	PHASE_ROUTINE,       /* CREATE FUNCTION or PROCEDURE, which can have a body. */
	PHASE_ROUTINE_BEGIN, /* The token before was BEGIN. */
	PHASE_BODY_OPENS,
	PHASE_BODY_CLOSES,
	PHASE_OTHER /* Nothing that changes where the statement ends. */
};

/* END is looked for only where a statement of the body could begin, so that CASE ... END, "AS end"
 * and "t.end" never count. */
#define STEP_COUNT (sizeof(steps) / sizeof(steps[0]))

static const struct split_step steps[] = {
	{ PHASE_START, "create", PHASE_CREATE },
	{ PHASE_BODY_START, "create", PHASE_CREATE },
	{ PHASE_BODY_START, "end", PHASE_BODY_CLOSES },
	{ PHASE_CREATE, "or", PHASE_CREATE_OR },
	{ PHASE_CREATE_OR, "replace", PHASE_CREATE_REPLACE },
	{ PHASE_CREATE, "function", PHASE_ROUTINE },
	{ PHASE_CREATE, "procedure", PHASE_ROUTINE },
	{ PHASE_CREATE_REPLACE, "function", PHASE_ROUTINE },
	{ PHASE_CREATE_REPLACE, "procedure", PHASE_ROUTINE },
	{ PHASE_ROUTINE, "begin", PHASE_ROUTINE_BEGIN },
	{ PHASE_ROUTINE_BEGIN, "begin", PHASE_ROUTINE_BEGIN },
	{ PHASE_ROUTINE_BEGIN, "atomic", PHASE_BODY_OPENS },
};

static void take_outside_parentheses(struct split_statement *statement, const struct token *token)
{
	bool routine = statement->phase == PHASE_ROUTINE || statement->phase == PHASE_ROUTINE_BEGIN;

	if (statement->phase == PHASE_OTHER)
		return;
	statement->phase = split_step(steps, STEP_COUNT, statement->phase, token,
	                              routine ? PHASE_ROUTINE : PHASE_OTHER);
	if (statement->phase == PHASE_BODY_OPENS) {
		statement->bodies++;
		statement->phase = PHASE_BODY_START;
	} else if (statement->phase == PHASE_BODY_CLOSES) {
		statement->bodies--;
		statement->phase = PHASE_OTHER;
	}
}

bool split_take_postgres(struct split_statement *statement, const struct token *token)
{
	if (token->kind == TOKEN_SEMICOLON) {
		if (statement->depth > 0)
			return false;
		statement->phase = PHASE_BODY_START;
		return statement->bodies == 0;
	}
	if (statement->depth == 0)
		take_outside_parentheses(statement, token);
	if (token->kind == TOKEN_OPEN && statement->depth++ == 0)
		statement->open_parenthesis = token->text.start;
	if (token->kind == TOKEN_CLOSE && statement->depth > 0 && --statement->depth == 0)
		statement->open_parenthesis = NULL;
	return false;
}

/* What follows is about statements that are complete: they are lexed again, but only if the first
 * byte speaks for it, and no further than needed. */

static bool is_word(const struct token *token, const char *lower)
{
	return token->kind == TOKEN_WORD && text_equals_folded(token->text, lower);
}

static bool is_text(const struct token *token, const char *exact)
{
	return text_equals(token->text, text_of(exact));
}

/* After COPY: is it FROM STDIN?  (The grammar takes FROM STDOUT as well.)  A name after a dot may
 * be any word, even FROM; columns, options and queries are in parentheses. */
static bool copies_from_client(struct lexer *lexer)
{
	struct token token;
	size_t depth = 0;

	while ((token = lexer_next_significant(lexer)).kind != TOKEN_END) {
		if (token.kind == TOKEN_OPEN)
			depth++;
		else if (token.kind == TOKEN_CLOSE && depth > 0)
			depth--;
		else if (is_text(&token, "."))
			lexer_next_significant(lexer);
		else if (depth == 0 && is_word(&token, "from"))
			break;
	}
	token = lexer_next_significant(lexer);
	return is_word(&token, "stdin") || is_word(&token, "stdout");
}

static void expect_copy_data(struct splitter *splitter)
{
	const struct lexer *lexer = &splitter->lexer;
	const unsigned char *feed;

	if (splitter->copy_count++ > 0)
		return;
	feed = memchr(lexer->cursor, '\n', (size_t)(lexer->limit - lexer->cursor));
	splitter->copy_data = feed != NULL ? feed + 1 : lexer->limit;
}

/* What a quoted token says, escapes aside; any other token as it is. */
static struct text content(const struct token *token)
{
	struct text text = token->text;
	unsigned char quote = text.start[text.size - 1];
	const unsigned char *opening;
	size_t prefix_size;

	if (quote != '\'' && quote != '"')
		return text;
	opening = memchr(text.start, quote, text.size);
	prefix_size = (size_t)(opening - text.start) + 1;
	return (struct text){ text.start + prefix_size, text.size - prefix_size - 1 };
}

/* Is `text` the beginning of `lower`, at least `min` bytes of it?  The server reads booleans so. */
static bool is_short_for(struct text text, const char *lower, size_t min)
{
	char part[8];

	if (text.size < min || text.size > strlen(lower))
		return false;
	memcpy(part, lower, text.size);
	part[text.size] = '\0';
	return text_equals_folded(text, part);
}

static void set_conforming(struct lexer *lexer, const struct token *value)
{
	struct text text = content(value);

	if (is_short_for(text, "off", 2) || is_short_for(text, "false", 1) ||
	    is_short_for(text, "no", 1) || is_short_for(text, "0", 1))
		lexer->standard_conforming_strings = false;
	if (is_short_for(text, "on", 2) || is_short_for(text, "true", 1) ||
	    is_short_for(text, "yes", 1) || is_short_for(text, "1", 1) || is_word(value, "default"))
		lexer->standard_conforming_strings = true;
}

static bool is_setting(const struct token *token)
{
	return text_equals_folded(content(token), "standard_conforming_strings");
}

/* After SET: [SESSION | LOCAL] standard_conforming_strings { = | TO } value. */
static void after_set(struct splitter *splitter, struct lexer *lexer)
{
	struct token token = lexer_next_significant(lexer);

	if (is_word(&token, "session") || is_word(&token, "local"))
		token = lexer_next_significant(lexer);
	if (token.kind == TOKEN_END || !is_setting(&token))
		return;
	token = lexer_next_significant(lexer);
	if (!is_text(&token, "=") && !is_word(&token, "to"))
		return;
	token = lexer_next_significant(lexer);
	if (token.kind != TOKEN_END)
		set_conforming(&splitter->lexer, &token);
}

/* After RESET or DISCARD: the setting or everything goes back to what a new session has. */
static void after_reset(struct splitter *splitter, struct lexer *lexer)
{
	struct token token = lexer_next_significant(lexer);

	if (token.kind != TOKEN_END && (is_word(&token, "all") || is_setting(&token)))
		splitter->lexer.standard_conforming_strings = true;
}

/* After SELECT: [pg_catalog.]set_config('standard_conforming_strings', value. */
static void after_select(struct splitter *splitter, struct lexer *lexer)
{
	struct token token = lexer_next_significant(lexer);

	if (is_word(&token, "pg_catalog")) {
		lexer_next_significant(lexer);
		token = lexer_next_significant(lexer);
	}
	if (!is_word(&token, "set_config") || lexer_next_significant(lexer).kind != TOKEN_OPEN)
		return;
	token = lexer_next_significant(lexer);
	if (token.kind == TOKEN_END || !is_setting(&token))
		return;
	lexer_next_significant(lexer);
	token = lexer_next_significant(lexer);
	if (token.kind != TOKEN_END)
		set_conforming(&splitter->lexer, &token);
}

void split_after_postgres(struct splitter *splitter, struct text statement)
{
	struct lexer lexer;
	struct token first;

	if (statement.start == NULL || memchr("cCdDrRsS", statement.start[0], 8) == NULL)
		return;
	lexer_init_slice(&lexer, DIALECT_POSTGRES, statement,
	                 splitter->lexer.standard_conforming_strings);
	first = lexer_next_significant(&lexer);
	if (is_word(&first, "copy") && copies_from_client(&lexer))
		expect_copy_data(splitter);
	else if (is_word(&first, "set"))
		after_set(splitter, &lexer);
	else if (is_word(&first, "reset") || is_word(&first, "discard"))
		after_reset(splitter, &lexer);
	else if (is_word(&first, "select"))
		after_select(splitter, &lexer);
}
