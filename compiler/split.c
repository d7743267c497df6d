/* split.c - the statement loop.  What ends a statement: split_postgres.c and split_sqlite.c. */
#include "split_rules.h"

#include <assert.h>
#include <string.h>

void split_init(struct splitter *splitter, enum dialect dialect, struct text input,
                bool (*wanted)(struct text comment))
{
	*splitter = (struct splitter){ .wanted = wanted };
	lexer_init(&splitter->lexer, dialect, input);
	splitter->next_token = splitter->lexer.cursor;
}

unsigned int split_step(const struct split_step *steps, size_t count, unsigned int phase,
                        const struct token *token, unsigned int otherwise)
{
	size_t i;

	if (token->kind != TOKEN_WORD)
		return otherwise;
	for (i = 0; i < count; i++) {
		if (steps[i].phase == phase && text_equals_folded(token->text, steps[i].word))
			return steps[i].next;
	}
	return otherwise;
}

static const unsigned char *token_end(const struct token *token)
{
	return token->text.start + token->text.size;
}

/* The next token; but one that would cross the start of COPY's data is cut, or spoilt, there. */
static struct token next_token(struct splitter *splitter)
{
	struct lexer *lexer = &splitter->lexer;
	struct token token = lexer_next(lexer);

	if (splitter->copy_count == 0 || lexer->cursor <= splitter->copy_data)
		return token;
	if (token.kind == TOKEN_SPACE) {
		lexer->cursor = splitter->copy_data;
	} else {
		token.kind = TOKEN_UNTERMINATED;
		lexer->cursor = lexer->limit;
		splitter->copy_count = 0;
	}
	token.text.size = (size_t)(lexer->cursor - token.text.start);
	return token;
}

static bool is_open(const struct splitter *splitter)
{
	return splitter->statement.start != NULL;
}

/* Any item but a statement. */
static struct split_item item(const struct splitter *splitter, enum split_kind kind,
                              const struct token *token)
{
	return (struct split_item){ .kind = kind,
		                    .text = token->text,
		                    .inside_statement = is_open(splitter) };
}

/* The statement as far as it has come. */
static struct split_item finish(struct splitter *splitter, bool terminated)
{
	const struct split_statement *statement = &splitter->statement;
	struct split_item result = {
		.kind = SPLIT_STATEMENT,
		.text = { statement->start, (size_t)(statement->end - statement->start) },
		.standard_conforming_strings = splitter->lexer.standard_conforming_strings,
		.terminated = terminated,
		.open_parenthesis = statement->open_parenthesis,
		.open_body = statement->bodies > 0,
	};

	splitter->statement = (struct split_statement){ .start = NULL };
	splitter->lexer.continued = TOKEN_END; /* No string goes on in another statement. */
	if (terminated && splitter->lexer.dialect == DIALECT_POSTGRES)
		split_after_postgres(splitter, result.text);
	return result;
}

/* Adds a token to the statement; true when it ends it. */
static bool take(struct splitter *splitter, const struct token *token)
{
	struct split_statement *statement = &splitter->statement;

	if (!is_open(splitter)) {
		if (token->kind == TOKEN_SEMICOLON)
			return false;
		*statement = (struct split_statement){ .start = token->text.start,
			                               .phase = SPLIT_PHASE_START };
	}
	if (splitter->lexer.dialect == DIALECT_POSTGRES ? split_take_postgres(statement, token)
	                                                : split_take_sqlite(statement, token))
		return true;
	statement->end = token_end(token);
	return false;
}

/* Is there nothing but space and comments after this one?  The answer is kept until it is used up,
 * so that many comments in a row stay linear. */
static bool is_last(struct splitter *splitter, const struct token *comment)
{
	if (splitter->next_token < token_end(comment)) {
		struct lexer ahead = splitter->lexer;

		splitter->next_token = lexer_next_significant(&ahead).text.start;
	}
	return splitter->next_token == splitter->lexer.limit;
}

static bool is_wanted(const struct splitter *splitter, const struct token *comment)
{
	return splitter->wanted != NULL && comment->text.start[0] == '-' &&
	       splitter->wanted(comment->text);
}

/* Does this comment end the open statement? */
static bool is_end(const struct splitter *splitter, const struct token *comment)
{
	return splitter->ends != NULL && splitter->statement.depth == 0 &&
	       splitter->statement.bodies == 0 && splitter->ends(comment->text);
}

/* The line that begins at `line`, without its end. */
static struct text line_at(const unsigned char *line, const unsigned char *limit)
{
	const unsigned char *feed = memchr(line, '\n', (size_t)(limit - line));
	const unsigned char *end = feed != NULL ? feed : limit;

	if (end > line && end[-1] == '\r')
		end--;
	return (struct text){ line, (size_t)(end - line) };
}

/* The data of the oldest COPY that still lacks it; the cursor goes where its last line ends. */
static struct split_item copy_data(struct splitter *splitter)
{
	struct split_item result = { .kind = SPLIT_COPY_DATA };
	const unsigned char *limit = splitter->lexer.limit;
	const unsigned char *line = splitter->copy_data;
	const unsigned char *feed;

	result.text.start = line;
	splitter->lexer.cursor = limit;
	while (line < limit) {
		struct text text = line_at(line, limit);

		if (text_equals(text, text_of("\\."))) {
			splitter->lexer.cursor = text.start + text.size;
			break;
		}
		feed = memchr(line, '\n', (size_t)(limit - line));
		line = feed != NULL ? feed + 1 : limit;
	}
	result.text.size = (size_t)(splitter->lexer.cursor - result.text.start);
	feed = memchr(splitter->lexer.cursor, '\n', (size_t)(limit - splitter->lexer.cursor));
	splitter->copy_data = feed != NULL ? feed + 1 : limit;
	/* A look-ahead may have taken data for SQL. */
	splitter->next_token = splitter->lexer.cursor;
	splitter->copy_count--;
	if (splitter->copy_count > 0)
		splitter->lexer.cursor = splitter->copy_data;
	return result;
}

struct split_item split_next(struct splitter *splitter)
{
	for (;;) {
		struct token token;

		if (splitter->copy_count > 0 && splitter->lexer.cursor >= splitter->copy_data)
			return is_open(splitter) ? finish(splitter, false) : copy_data(splitter);
		token = next_token(splitter);
		switch (token.kind) {
		case TOKEN_END:
			return is_open(splitter) ? finish(splitter, false)
			                         : item(splitter, SPLIT_END, &token);
		case TOKEN_SPACE: break;
		case TOKEN_COMMENT:
			if (!is_wanted(splitter, &token))
				break;
			if (!is_open(splitter) ||
			    (!is_last(splitter, &token) && !is_end(splitter, &token)))
				return item(splitter, SPLIT_COMMENT, &token);
			/* It comes after the statement. */
			splitter->lexer.cursor = token.text.start;
			return finish(splitter, false);
		case TOKEN_META: return item(splitter, SPLIT_META, &token);
		case TOKEN_UNTERMINATED: {
			struct split_item result = item(splitter, SPLIT_UNTERMINATED, &token);

			splitter->statement.start = NULL;
			return result;
		}
		default:
			if (take(splitter, &token))
				return finish(splitter, true);
		}
	}
}
