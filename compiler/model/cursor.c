/* cursor.c - one token ahead, and the few things that every reader of SQL takes. */
#include "cursor.h"

#include <string.h>

static struct cursor cursor_start(struct cursor cursor, struct text text, bool conforming)
{
	lexer_init_slice(&cursor.lexer, cursor.dialect, text, conforming);
	cursor.at = text.start;
	cursor.token = lexer_next_significant(&cursor.lexer);
	return cursor;
}

struct cursor cursor_of(struct arena *arena, const struct statement *statement,
                        enum dialect dialect)
{
	struct cursor cursor = { .arena = arena, .dialect = dialect };

	return cursor_start(cursor, statement->text, statement->standard_conforming_strings);
}

struct cursor cursor_of_text(struct arena *arena, struct text text, enum dialect dialect)
{
	struct cursor cursor = { .arena = arena, .dialect = dialect };

	return cursor_start(cursor, text, true);
}

struct cursor cursor_inside(const struct cursor *cursor, struct text text)
{
	return cursor_start(*cursor, text, cursor->lexer.standard_conforming_strings);
}

void cursor_advance(struct cursor *cursor)
{
	if (cursor->token.kind == TOKEN_END)
		return;
	cursor->at = cursor->token.text.start + cursor->token.text.size;
	cursor->token = lexer_next_significant(&cursor->lexer);
}

bool cursor_at_end(const struct cursor *cursor)
{
	return cursor->token.kind == TOKEN_END;
}

bool cursor_is(const struct cursor *cursor, const char *lower)
{
	switch (cursor->token.kind) {
	case TOKEN_WORD: return text_equals_folded(cursor->token.text, lower);
	case TOKEN_OPERATOR:
	case TOKEN_PUNCTUATION:
	case TOKEN_OPEN:
	case TOKEN_CLOSE:
	case TOKEN_SEMICOLON: return text_equals(cursor->token.text, text_of(lower));
	default: return false;
	}
}

bool cursor_is_one_of(const struct cursor *cursor, const char *const *words)
{
	for (; *words != NULL; words++)
		if (cursor_is(cursor, *words))
			return true;
	return false;
}

bool cursor_take(struct cursor *cursor, const char *lower)
{
	if (!cursor_is(cursor, lower))
		return false;
	cursor_advance(cursor);
	return true;
}

bool cursor_take_words(struct cursor *cursor, const char *words)
{
	struct cursor ahead = *cursor;

	while (*words != '\0') {
		size_t size = strcspn(words, " ");
		char word[32];

		if (size >= sizeof(word))
			return false;
		memcpy(word, words, size);
		word[size] = '\0';
		if (!cursor_take(&ahead, word))
			return false;
		words += size;
		words += *words == ' ';
	}
	*cursor = ahead;
	return true;
}

/* ---- names and strings ----------------------------------------------------------------------- */

const char *cursor_take_part(struct cursor *cursor)
{
	struct token token = cursor->token;
	const char *part = name_from_token(cursor->arena, &token, cursor->dialect);

	if (part == NULL)
		return NULL;
	cursor_advance(cursor);
	if (token.kind == TOKEN_UNICODE_NAME && cursor_take(cursor, "uescape")) {
		const char *escape = cursor_take_string(cursor);

		if (escape != NULL && strlen(escape) == 1)
			part = name_from_unicode(cursor->arena, &token, *escape);
	}
	return part;
}

struct name cursor_take_name(struct cursor *cursor)
{
	const unsigned char *start = cursor->token.text.start;
	struct name name = { .name = cursor_take_part(cursor) };

	while (name.name != NULL && cursor_is(cursor, ".")) {
		struct cursor ahead = *cursor;
		const char *part;

		cursor_advance(&ahead);
		part = cursor_take_part(&ahead);
		if (part == NULL)
			break;
		*cursor = ahead;
		name.schema = name.name;
		name.name = part;
	}
	if (name.name != NULL)
		name.at = cursor_since(cursor, start);
	return name;
}

const char *cursor_take_string(struct cursor *cursor)
{
	const char *string = string_from_token(cursor->arena, &cursor->token);

	if (string == NULL)
		return NULL;
	cursor_advance(cursor);
	while (cursor->token.kind == TOKEN_CONTINUATION) {
		struct token piece = { .kind = TOKEN_STRING, .text = cursor->token.text };

		string = arena_format(cursor->arena, "%s%s", string,
		                      string_from_token(cursor->arena, &piece));
		cursor_advance(cursor);
	}
	return string;
}

/* ---- groups ---------------------------------------------------------------------------------- */

struct text cursor_take_group(struct cursor *cursor)
{
	struct text text = { NULL, 0 };
	const unsigned char *end;
	size_t depth = 0;

	if (cursor->token.kind != TOKEN_OPEN)
		return text;
	text.start = cursor->token.text.start + 1;
	do {
		depth += cursor->token.kind == TOKEN_OPEN;
		depth -= cursor->token.kind == TOKEN_CLOSE;
		end = cursor->token.text.start;
		cursor_advance(cursor);
	} while (depth > 0 && !cursor_at_end(cursor));
	if (depth > 0)
		end = cursor->at;
	text.size = (size_t)(end - text.start);
	return text_trim(text);
}

void cursor_skip(struct cursor *cursor)
{
	if (cursor->token.kind == TOKEN_OPEN)
		cursor_take_group(cursor);
	else
		cursor_advance(cursor);
}

struct text cursor_take_until(struct cursor *cursor, const char *const *ends)
{
	const unsigned char *start = cursor->token.text.start;
	size_t depth = 0;

	while (!cursor_at_end(cursor) && (depth > 0 || !cursor_is_one_of(cursor, ends))) {
		if (cursor_is(cursor, "[") || cursor_is(cursor, "case"))
			depth++;
		else if (cursor_is(cursor, "]") || cursor_is(cursor, "end"))
			depth -= depth > 0;
		cursor_skip(cursor);
	}
	return cursor_since(cursor, start);
}

struct text cursor_since(const struct cursor *cursor, const unsigned char *start)
{
	if (cursor->at <= start)
		return (struct text){ start, 0 };
	return (struct text){ start, (size_t)(cursor->at - start) };
}
