/* ddl_body.c - triggers, functions and DO: where their code is. */
#include "ddl_parts.h"

static const char *const none[] = { NULL };

/* ---- triggers -------------------------------------------------------------------------------- */

/* The event: [BEFORE | AFTER | INSTEAD OF] INSERT OR UPDATE OF a, b. */
static const char *read_event(struct cursor *cursor)
{
	static const char *const on[] = { "on", NULL };
	struct cursor ahead = *cursor;
	static const char *const times[] = { "before", "after", "instead", NULL };
	bool has_time = cursor_is_one_of(&ahead, times);
	const char *event = ddl_lower(cursor, cursor_take_until(cursor, on));

	return has_time ? event : arena_format(cursor->arena, "before %s", event);
}

void ddl_read_create_trigger(struct cursor *cursor, struct ddl *ddl)
{
	static const char *const body[] = { "begin", "execute", NULL };

	ddl->kind = DDL_CREATE_TRIGGER;
	ddl_read_new_name(cursor, ddl);
	ddl->event = read_event(cursor);
	if (cursor_take(cursor, "on"))
		ddl->table = cursor_take_name(cursor);
	if (cursor->dialect == DIALECT_SQLITE && ddl->table.schema == NULL)
		ddl->table.schema = ddl->name.schema;
	while (!cursor_at_end(cursor) && !cursor_is_one_of(cursor, body))
		cursor_skip(cursor);
	ddl->body = cursor_take_until(cursor, none);
}

/* ---- functions ------------------------------------------------------------------------------- */

/* What is in a string: in dollars without them, else as it is written. */
static struct text inside_dollars(struct text text)
{
	size_t tag = 1;

	if (text.size < 4 || text.start[0] != '$')
		return text;
	while (tag < text.size && text.start[tag] != '$')
		tag++;
	tag++;
	if (text.size < 2 * tag)
		return text;
	return (struct text){ text.start + tag, text.size - 2 * tag };
}

static bool at_string(const struct cursor *cursor)
{
	return cursor->token.kind == TOKEN_STRING || cursor->token.kind == TOKEN_ESCAPE_STRING ||
	       cursor->token.kind == TOKEN_UNICODE_STRING ||
	       cursor->token.kind == TOKEN_DOLLAR_STRING;
}

static void take_body(struct cursor *cursor, struct ddl *ddl)
{
	const unsigned char *start = cursor->token.text.start;

	do
		cursor_advance(cursor);
	while (cursor->token.kind == TOKEN_CONTINUATION);
	if (ddl->body.start == NULL)
		ddl->body = inside_dollars(cursor_since(cursor, start));
}

static void take_language(struct cursor *cursor, struct ddl *ddl)
{
	ddl->language = at_string(cursor) ? cursor_take_string(cursor) : cursor_take_part(cursor);
	if (ddl->language != NULL)
		ddl->language = ddl_lower(cursor, text_of(ddl->language));
}

static void read_function_option(struct cursor *cursor, struct ddl *ddl)
{
	if (cursor_take(cursor, "language")) {
		take_language(cursor, ddl);
	} else if (cursor_take_words(cursor, "security definer")) {
		ddl->security_definer = true;
	} else if (cursor_take_words(cursor, "set search_path")) {
		ddl->sets_search_path = true;
		cursor_skip(cursor); /* TO or = */
		if (at_string(cursor))
			cursor_advance(cursor);
	} else if (cursor_take(cursor, "as")) {
		if (at_string(cursor))
			take_body(cursor, ddl);
	} else if (cursor_is(cursor, "begin") || cursor_is(cursor, "return")) {
		ddl->body = cursor_take_until(cursor, none);
	} else {
		cursor_skip(cursor);
	}
}

void ddl_read_create_function(struct cursor *cursor, struct ddl *ddl)
{
	ddl->kind = DDL_CREATE_FUNCTION;
	ddl->name = cursor_take_name(cursor);
	cursor_take_group(cursor);
	while (!cursor_at_end(cursor))
		read_function_option(cursor, ddl);
}

/* DO [LANGUAGE name] string [LANGUAGE name] */
void ddl_read_do(struct cursor *cursor, struct ddl *ddl)
{
	ddl->kind = DDL_DO;
	while (!cursor_at_end(cursor)) {
		if (cursor_take(cursor, "language"))
			take_language(cursor, ddl);
		else if (at_string(cursor))
			take_body(cursor, ddl);
		else
			cursor_skip(cursor);
	}
}
