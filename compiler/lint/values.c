/* values.c - defaults that are the same for all rows, and those that are not. */
#include "values.h"

#include "model/cursor.h"

#include <string.h>

/* Volatile by pg_proc of PostgreSQL 15 to 18, pgcrypto, uuid-ossp and their like; now(),
 * current_timestamp, statement_timestamp(), txid_current() and uuid_generate_v5() are not. */
static const char *const volatile_functions[] = {
	"clock_timestamp",  "currval",          "gen_random_bytes", "gen_random_uuid",
	"gen_salt",         "lastval",          "nextval",          "pgp_pub_encrypt",
	"pgp_sym_encrypt",  "random",           "random_normal",    "set_config",
	"setval",           "timeofday",        "uuid_generate_v1", "uuid_generate_v1mc",
	"uuid_generate_v4", "uuid_generate_v7", "uuidv4",           "uuidv7",
};

static bool is_listed(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(volatile_functions) / sizeof(volatile_functions[0]); i++)
		if (strcmp(volatile_functions[i], name) == 0)
			return true;
	return false;
}

/* Does the definition say IMMUTABLE or STABLE? */
static bool is_declared_steady(struct lint *lint, const struct statement *statement)
{
	struct cursor cursor = cursor_of(lint->arena, statement, lint->dialect);

	for (; !cursor_at_end(&cursor); cursor_skip(&cursor))
		if (cursor_is(&cursor, "immutable") || cursor_is(&cursor, "stable"))
			return true;
	return false;
}

#define FUNCTIONS_MAX 64 /* That are looked into for one expression. */

static struct text search(struct lint *lint, struct text expression, int *left);

/* A body in quotes of either kind, without them. */
static struct text unquoted(struct text body)
{
	if (body.size >= 2 && body.start[0] == '\'' && body.start[body.size - 1] == '\'')
		return (struct text){ body.start + 1, body.size - 2 };
	return body;
}

/* PostgreSQL puts the body of a simple function in SQL in the place of the call: SELECT and an
 * expression, no FROM.  Then it is the body that counts. */
static bool is_inlined_and_steady(struct lint *lint, const struct ddl *function, int *left)
{
	struct cursor cursor;
	struct text body;

	if (function->language == NULL || strcmp(function->language, "sql") != 0 ||
	    function->security_definer || function->sets_search_path ||
	    function->body.start == NULL)
		return false;
	/* It need not end where a token does. */
	body = text_of(arena_copy(lint->arena, unquoted(function->body)));
	cursor = cursor_of_text(lint->arena, body, lint->dialect);
	if (!cursor_take(&cursor, "select") && !cursor_take(&cursor, "return"))
		return false;
	for (; !cursor_at_end(&cursor); cursor_skip(&cursor)) {
		if (cursor_is(&cursor, "from"))
			return false;
		if (cursor_take(&cursor, ";") && !cursor_at_end(&cursor))
			return false;
	}
	return search(lint, body, left).start == NULL;
}

/* What the history says of a function of its own. */
static bool is_users(struct lint *lint, struct name name, int *left)
{
	const struct schema_object *object = schema_object(lint->schema, OBJECT_FUNCTION, name);
	struct ddl function;

	if (object == NULL || object->origin.statement == NULL || --*left < 0 ||
	    is_declared_steady(lint, object->origin.statement))
		return false;
	function = ddl_read(lint->arena, object->origin.statement, lint->dialect);
	return !is_inlined_and_steady(lint, &function, left);
}

static struct text search(struct lint *lint, struct text expression, int *left)
{
	struct cursor cursor = cursor_of_text(lint->arena, expression, lint->dialect);

	while (!cursor_at_end(&cursor)) {
		struct name name = cursor_take_name(&cursor);
		bool is_builtin;

		if (name.name == NULL) {
			cursor_advance(&cursor);
			continue;
		}
		if (cursor.token.kind != TOKEN_OPEN)
			continue;
		is_builtin = schema_object(lint->schema, OBJECT_FUNCTION, name) == NULL;
		if (is_builtin ? is_listed(name.name) : is_users(lint, name, left))
			return name.at;
	}
	return (struct text){ 0 };
}

struct text values_volatile_call(struct lint *lint, struct text expression)
{
	int left = FUNCTIONS_MAX;

	if (expression.start == NULL)
		return expression;
	return search(lint, expression, &left);
}

bool values_are_written(struct lint *lint, const struct ddl_column *column)
{
	return column->identity || ddl_serial_type(&column->type) != NULL ||
	       (column->generated && column->stored) ||
	       values_volatile_call(lint, column->default_at).start != NULL;
}
