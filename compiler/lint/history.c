/* history.c - comparing pieces of SQL, and saying where something comes from. */
#include "history.h"

#include "model/cursor.h"

static bool same_token(const struct cursor *a, const struct cursor *b)
{
	const char *name = name_from_token(a->arena, &a->token, a->dialect);
	const char *other = name_from_token(b->arena, &b->token, b->dialect);

	if (name != NULL && other != NULL)
		return name_same(name, other, DIALECT_SQLITE);
	return text_equals(a->token.text, b->token.text);
}

bool history_same(struct lint *lint, struct text a, struct text b)
{
	struct cursor first, second;

	if (a.start == NULL || b.start == NULL)
		return a.start == b.start;
	first = cursor_of_text(lint->arena, a, lint->dialect);
	second = cursor_of_text(lint->arena, b, lint->dialect);
	while (!cursor_at_end(&first) && !cursor_at_end(&second)) {
		if (!same_token(&first, &second))
			return false;
		cursor_advance(&first);
		cursor_advance(&second);
	}
	return cursor_at_end(&first) && cursor_at_end(&second);
}

const char *history_origin(struct lint *lint, struct origin origin)
{
	if (origin.migration == NULL || origin.migration == lint->migration)
		return "";
	return lint_format(lint, " (from %s)", origin.migration->title);
}

struct text history_find(struct lint *lint, struct text after, const char *name)
{
	struct cursor cursor = cursor_of(lint->arena, lint->ddl->statement, lint->dialect);

	for (; !cursor_at_end(&cursor); cursor_advance(&cursor))
		if (cursor.token.text.start > after.start &&
		    name_same(name_from_token(lint->arena, &cursor.token, lint->dialect), name,
		              lint->dialect))
			return cursor.token.text;
	return after;
}
