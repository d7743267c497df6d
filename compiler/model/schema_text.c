/* schema_text.c - names in expressions, as far as words tell. */
#include "schema_parts.h"

#include "cursor.h"

#include <string.h>

static bool is_name(const struct schema *schema, const struct token *token, const char *name)
{
	size_t size = strlen(name);
	struct text text = token->text;

	if (token->kind == TOKEN_WORD && text.size != size)
		return false;
	if (token->kind != TOKEN_WORD && token->kind != TOKEN_NAME &&
	    token->kind != TOKEN_UNICODE_NAME)
		return false;
	return name_same(name_from_token(schema->arena, token, schema->dialect), name,
	                 schema->dialect);
}

bool schema_mentions(const struct schema *schema, struct text text, const char *name)
{
	struct cursor cursor;

	if (text.start == NULL)
		return false;
	cursor = cursor_of_text(schema->arena, text, schema->dialect);
	for (; !cursor_at_end(&cursor); cursor_advance(&cursor))
		if (is_name(schema, &cursor.token, name))
			return true;
	return false;
}

struct text schema_replace(struct schema *schema, struct text text, const char *name,
                           const char *new_name)
{
	const char *written = name_quote(schema->arena, new_name, schema->dialect);
	const unsigned char *from = text.start;
	struct cursor cursor;
	size_t count = 0, size = 0;
	char *result;

	if (!schema_mentions(schema, text, name))
		return text;
	cursor = cursor_of_text(schema->arena, text, schema->dialect);
	for (; !cursor_at_end(&cursor); cursor_advance(&cursor))
		count += is_name(schema, &cursor.token, name);
	result = arena_allocate(schema->arena, text.size + count * strlen(written) + 1);
	cursor = cursor_of_text(schema->arena, text, schema->dialect);
	for (; !cursor_at_end(&cursor); cursor_advance(&cursor)) {
		struct text token = cursor.token.text;

		if (!is_name(schema, &cursor.token, name))
			continue;
		memcpy(result + size, from, (size_t)(token.start - from));
		size += (size_t)(token.start - from);
		memcpy(result + size, written, strlen(written));
		size += strlen(written);
		from = token.start + token.size;
	}
	memcpy(result + size, from, (size_t)(text.start + text.size - from));
	return text_of(result);
}
