/* ddl_type.c - types of columns: PostgreSQL's with their many names, SQLite's, which are any
 * words. */
#include "ddl_parts.h"

#include <stdlib.h>
#include <string.h>

/* Names of one word that PostgreSQL calls otherwise. */
static const struct alias {
	const char *written;
	const char *name;
} aliases[] = {
	{ "bool", "boolean" },
	{ "char", "character" },
	{ "dec", "numeric" },
	{ "decimal", "numeric" },
	{ "float", "double precision" },
	{ "float4", "real" },
	{ "float8", "double precision" },
	{ "int", "integer" },
	{ "int2", "smallint" },
	{ "int4", "integer" },
	{ "int8", "bigint" },
	{ "nchar", "character" },
	{ "serial2", "smallserial" },
	{ "serial4", "serial" },
	{ "serial8", "bigserial" },
	{ "time", "time without time zone" },
	{ "timestamp", "timestamp without time zone" },
	{ "timestamptz", "timestamp with time zone" },
	{ "timetz", "time with time zone" },
	{ "varbit", "bit varying" },
	{ "varchar", "character varying" },
};

static const char *resolve(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(aliases) / sizeof(aliases[0]); i++)
		if (strcmp(aliases[i].written, name) == 0)
			return aliases[i].name;
	return name;
}

/* ---- PostgreSQL ------------------------------------------------------------------------------ */

/* Types whose name is several words, but for the time zone behind precision. */
static const struct phrase {
	const char *words;
	const char *name;
} phrases[] = {
	{ "double precision", "double precision" },
	{ "character varying", "character varying" },
	{ "char varying", "character varying" },
	{ "national character varying", "character varying" },
	{ "national char varying", "character varying" },
	{ "nchar varying", "character varying" },
	{ "national character", "character" },
	{ "national char", "character" },
	{ "bit varying", "bit varying" },
};

static const char *take_phrase(struct cursor *cursor)
{
	size_t i;

	for (i = 0; i < sizeof(phrases) / sizeof(phrases[0]); i++)
		if (cursor_take_words(cursor, phrases[i].words))
			return phrases[i].name;
	return NULL;
}

/* A name of one word, or of a schema and a word. */
static const char *take_type_name(struct cursor *cursor)
{
	bool is_word = cursor->token.kind == TOKEN_WORD;
	struct name name = cursor_take_name(cursor);

	if (name.name == NULL)
		return NULL;
	if (name.schema == NULL && is_word)
		return resolve(name.name);
	if (name.schema != NULL && strcmp(name.schema, "pg_catalog") == 0)
		return resolve(name.name);
	return name_to_sql(cursor->arena, name, cursor->dialect);
}

static const char *copy_group(struct cursor *cursor)
{
	return arena_copy(cursor->arena, cursor_take_group(cursor));
}

static const char *without_space(struct cursor *cursor)
{
	char *text, *from, *to;

	if (cursor->token.kind != TOKEN_OPEN)
		return NULL;
	text = (char *)(size_t)copy_group(cursor);
	for (from = to = text; *from != '\0'; from++)
		if (strchr(" \t\r\n", *from) == NULL)
			*to++ = *from;
	*to = '\0';
	return text;
}

/* time and timestamp with or without time zone, and float(24). */
static void read_precision(struct cursor *cursor, struct ddl_type *type)
{
	type->arguments = without_space(cursor);
	if (cursor_take_words(cursor, "with time zone")) {
		if (strncmp(type->name, "timestamp", 9) == 0)
			type->name = "timestamp with time zone";
		else if (strncmp(type->name, "time", 4) == 0)
			type->name = "time with time zone";
	} else {
		cursor_take_words(cursor, "without time zone");
	}
}

static void read_interval(struct cursor *cursor, struct ddl_type *type)
{
	static const char *const fields[] = { "year",   "month",  "day", "hour",
		                              "minute", "second", NULL };

	while (cursor_is_one_of(cursor, fields) || cursor_is(cursor, "to"))
		cursor_advance(cursor);
	if (type->arguments == NULL)
		type->arguments = without_space(cursor);
}

static void read_array(struct cursor *cursor, struct ddl_type *type)
{
	if (cursor_take(cursor, "array"))
		type->is_array = true;
	while (cursor_take(cursor, "[")) {
		type->is_array = true;
		if (cursor->token.kind == TOKEN_NUMBER)
			cursor_advance(cursor);
		cursor_take(cursor, "]");
	}
}

static struct ddl_type read_postgres_type(struct cursor *cursor)
{
	struct ddl_type type = { 0 };
	const unsigned char *start = cursor->token.text.start;
	bool is_float;

	cursor_take(cursor, "setof");
	is_float = cursor_is(cursor, "float");
	type.name = take_phrase(cursor);
	if (type.name == NULL)
		type.name = take_type_name(cursor);
	if (type.name == NULL)
		return type;
	read_precision(cursor, &type);
	if (strcmp(type.name, "interval") == 0)
		read_interval(cursor, &type);
	if (is_float && type.arguments != NULL) {
		type.name = strtol(type.arguments, NULL, 10) <= 24 ? "real" : type.name;
		type.arguments = NULL;
	}
	if (cursor_is(cursor, "%")) {
		cursor_advance(cursor); /* column%TYPE */
		cursor_take(cursor, "type");
	}
	read_array(cursor, &type);
	type.at = cursor_since(cursor, start);
	return type;
}

/* ---- SQLite ---------------------------------------------------------------------------------- */

static const char *const sqlite_type_ends[] = { "constraint", "primary", "not",        "null",
	                                        "unique",     "check",   "default",    "collate",
	                                        "references", "as",      "deferrable", NULL };

static struct ddl_type read_sqlite_type(struct cursor *cursor)
{
	struct ddl_type type = { 0 };
	const unsigned char *start = cursor->token.text.start;
	const unsigned char *end;

	while (!cursor_is_one_of(cursor, sqlite_type_ends)) {
		struct cursor ahead = *cursor;

		if (cursor_take_words(&ahead, "generated always"))
			break;
		if (cursor_take_part(cursor) == NULL)
			break;
	}
	if (cursor->at <= start)
		return type;
	end = cursor->at;
	type.name = ddl_lower(cursor, (struct text){ start, (size_t)(end - start) });
	type.arguments = without_space(cursor);
	type.at = cursor_since(cursor, start);
	return type;
}

struct ddl_type ddl_read_type(struct cursor *cursor)
{
	return cursor->dialect == DIALECT_POSTGRES ? read_postgres_type(cursor)
	                                           : read_sqlite_type(cursor);
}

const char *ddl_serial_type(const struct ddl_type *type)
{
	static const char *const types[][2] = { { "serial", "integer" },
		                                { "bigserial", "bigint" },
		                                { "smallserial", "smallint" } };
	size_t i;

	for (i = 0; type->name != NULL && i < sizeof(types) / sizeof(types[0]); i++)
		if (strcmp(type->name, types[i][0]) == 0)
			return types[i][1];
	return NULL;
}
