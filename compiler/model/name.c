/* name.c - unquoting, folding and quoting; knows which words are keywords. */
#include "name.h"

#include "checksum.h"

#include <stdlib.h>
#include <string.h>

/* PostgreSQL's words that are not free as names everywhere: all but the unreserved ones of the
 * appendix "SQL Key Words" (17), sorted. */
static const char *const postgres_keywords[] = {
	"all",
	"analyse",
	"analyze",
	"and",
	"any",
	"array",
	"as",
	"asc",
	"asymmetric",
	"authorization",
	"between",
	"bigint",
	"binary",
	"bit",
	"boolean",
	"both",
	"case",
	"cast",
	"char",
	"character",
	"check",
	"coalesce",
	"collate",
	"collation",
	"column",
	"concurrently",
	"constraint",
	"create",
	"cross",
	"current_catalog",
	"current_date",
	"current_role",
	"current_schema",
	"current_time",
	"current_timestamp",
	"current_user",
	"dec",
	"decimal",
	"default",
	"deferrable",
	"desc",
	"distinct",
	"do",
	"else",
	"end",
	"except",
	"exists",
	"extract",
	"false",
	"fetch",
	"float",
	"for",
	"foreign",
	"freeze",
	"from",
	"full",
	"grant",
	"greatest",
	"group",
	"grouping",
	"having",
	"ilike",
	"in",
	"initially",
	"inner",
	"inout",
	"int",
	"integer",
	"intersect",
	"interval",
	"into",
	"is",
	"isnull",
	"join",
	"json",
	"json_array",
	"json_arrayagg",
	"json_exists",
	"json_object",
	"json_objectagg",
	"json_query",
	"json_scalar",
	"json_serialize",
	"json_table",
	"json_value",
	"lateral",
	"leading",
	"least",
	"left",
	"like",
	"limit",
	"localtime",
	"localtimestamp",
	"merge_action",
	"national",
	"natural",
	"nchar",
	"none",
	"normalize",
	"not",
	"notnull",
	"null",
	"nullif",
	"numeric",
	"offset",
	"on",
	"only",
	"or",
	"order",
	"out",
	"outer",
	"overlaps",
	"overlay",
	"placing",
	"position",
	"precision",
	"primary",
	"real",
	"references",
	"returning",
	"right",
	"row",
	"select",
	"session_user",
	"setof",
	"similar",
	"smallint",
	"some",
	"substring",
	"symmetric",
	"system_user",
	"table",
	"tablesample",
	"then",
	"time",
	"timestamp",
	"to",
	"trailing",
	"treat",
	"trim",
	"true",
	"union",
	"unique",
	"user",
	"using",
	"values",
	"varchar",
	"variadic",
	"verbose",
	"when",
	"where",
	"window",
	"with",
	"xmlattributes",
	"xmlconcat",
	"xmlelement",
	"xmlexists",
	"xmlforest",
	"xmlnamespaces",
	"xmlparse",
	"xmlpi",
	"xmlroot",
	"xmlserialize",
	"xmltable",
};

static int compare(const void *key, const void *item)
{
	return strcmp(key, *(const char *const *)item);
}

static bool is_keyword(const char *part, enum dialect dialect)
{
	if (dialect == DIALECT_SQLITE)
		return sqlite_keyword(text_of(part));
	return bsearch(part, postgres_keywords,
	               sizeof(postgres_keywords) / sizeof(postgres_keywords[0]),
	               sizeof(postgres_keywords[0]), compare) != NULL;
}

/* ---- comparing ------------------------------------------------------------------------------- */

bool name_same(const char *a, const char *b, enum dialect dialect)
{
	if (a == NULL || b == NULL)
		return a == b;
	if (dialect == DIALECT_POSTGRES)
		return strcmp(a, b) == 0;
	for (; text_fold((unsigned char)*a) == text_fold((unsigned char)*b); a++, b++)
		if (*a == '\0')
			return true;
	return false;
}

bool name_is_among(const char *name, const char *const *names, size_t count, enum dialect dialect)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (name_same(names[i], name, dialect))
			return true;
	return false;
}

const char *name_default_schema(enum dialect dialect)
{
	return dialect == DIALECT_SQLITE ? "main" : "public";
}

bool name_equals(struct name a, struct name b, enum dialect dialect)
{
	if (!name_same(a.name, b.name, dialect))
		return false;
	return name_same(a.schema != NULL ? a.schema : name_default_schema(dialect),
	                 b.schema != NULL ? b.schema : name_default_schema(dialect), dialect);
}

/* ---- reading --------------------------------------------------------------------------------- */

/* The bytes between `start` and `end`, with two of `quote` as one. */
static char *undouble(struct arena *arena, struct text text, unsigned char quote)
{
	char *result = arena_allocate(arena, text.size + 1);
	size_t size = 0;
	size_t i;

	for (i = 0; i < text.size; i++) {
		result[size++] = (char)text.start[i];
		if (text.start[i] == quote)
			i++;
	}
	return result;
}

/* `text` without `before` bytes at its start and one at its end. */
static struct text inside(struct text text, size_t before)
{
	if (text.size < before + 1)
		return (struct text){ text.start, 0 };
	return (struct text){ text.start + before, text.size - before - 1 };
}

static size_t put_utf8(char *at, unsigned long point)
{
	if (point < 0x80) {
		at[0] = (char)point;
		return 1;
	}
	if (point < 0x800) {
		at[0] = (char)(0xc0 | point >> 6);
		at[1] = (char)(0x80 | (point & 0x3f));
		return 2;
	}
	if (point < 0x10000) {
		at[0] = (char)(0xe0 | point >> 12);
		at[1] = (char)(0x80 | (point >> 6 & 0x3f));
		at[2] = (char)(0x80 | (point & 0x3f));
		return 3;
	}
	at[0] = (char)(0xf0 | (point >> 18 & 7));
	at[1] = (char)(0x80 | (point >> 12 & 0x3f));
	at[2] = (char)(0x80 | (point >> 6 & 0x3f));
	at[3] = (char)(0x80 | (point & 0x3f));
	return 4;
}

/* \0061 and \+000061 in place, as U&"..." has them, where `escape` is the backslash; a code point
 * never takes more bytes than its escape. */
static void undo_unicode(char *text, char escape)
{
	char *from = text, *to = text;

	while (*from != '\0') {
		size_t digits = from[0] == escape && from[1] == '+' ? 6 : 4;
		char *start = from + (digits == 6 ? 2 : 1);
		char number[8] = { 0 };

		if (from[0] == escape && from[1] == escape) {
			*to++ = escape;
			from += 2;
		} else if (from[0] == escape && strspn(start, "0123456789abcdefABCDEF") >= digits) {
			memcpy(number, start, digits);
			to += put_utf8(to, strtoul(number, NULL, 16));
			from = start + digits;
		} else {
			*to++ = *from++;
		}
	}
	*to = '\0';
}

static void fold_all(char *text)
{
	for (; *text != '\0'; text++)
		*text = (char)text_fold((unsigned char)*text);
}

const char *name_from_token_whole(struct arena *arena, const struct token *token,
                                  enum dialect dialect)
{
	struct text text = token->text;
	char *name;

	switch (token->kind) {
	case TOKEN_WORD:
		name = arena_copy(arena, text);
		if (dialect == DIALECT_POSTGRES)
			fold_all(name);
		return name;
	case TOKEN_NAME:
		return undouble(arena, inside(text, 1), text.start[0] == '[' ? ']' : text.start[0]);
	case TOKEN_UNICODE_NAME:
		name = undouble(arena, inside(text, 3), '"');
		undo_unicode(name, '\\');
		return name;
	case TOKEN_STRING:
		return dialect == DIALECT_SQLITE ? undouble(arena, inside(text, 1), '\'') : NULL;
	default: return NULL;
	}
}

static const char *cut(struct arena *arena, const char *name)
{
	size_t size = POSTGRES_NAME_SIZE_MAX;

	if (strlen(name) <= size)
		return name;
	while (size > 0 && ((unsigned char)name[size] & 0xc0) == 0x80)
		size--; /* Not in the middle of a character. */
	return arena_copy(arena, (struct text){ (const unsigned char *)name, size });
}

const char *name_from_token(struct arena *arena, const struct token *token, enum dialect dialect)
{
	const char *name = name_from_token_whole(arena, token, dialect);

	return name == NULL || dialect == DIALECT_SQLITE ? name : cut(arena, name);
}

const char *name_from_unicode(struct arena *arena, const struct token *token, char escape)
{
	char *name = undouble(arena, inside(token->text, 3), '"');

	undo_unicode(name, escape);
	return cut(arena, name);
}

/* E'...': enough for what is written in practice; octal and hexadecimal digits stay. */
static char *undo_escapes(struct arena *arena, struct text text)
{
	static const char letters[] = "bfnrt", bytes[] = "\b\f\n\r\t";
	char *result = arena_allocate(arena, text.size + 1);
	size_t size = 0;
	size_t i;

	for (i = 0; i < text.size; i++) {
		const char *letter = NULL;

		if (text.start[i] == '\\' && i + 1 < text.size)
			letter = strchr(letters, text.start[++i]);
		else if (text.start[i] == '\'' && i + 1 < text.size)
			i++;
		result[size++] = letter != NULL && *letter != '\0' ? bytes[letter - letters]
		                                                   : (char)text.start[i];
	}
	return result;
}

const char *string_from_token(struct arena *arena, const struct token *token)
{
	struct text text = token->text;
	const unsigned char *mark;
	char *string;

	switch (token->kind) {
	case TOKEN_STRING: return undouble(arena, inside(text, 1), '\'');
	case TOKEN_NATIONAL_STRING: return undouble(arena, inside(text, 2), '\'');
	case TOKEN_ESCAPE_STRING:
		return undo_escapes(arena, inside(text, text.start[0] == '\'' ? 1 : 2));
	case TOKEN_UNICODE_STRING:
		string = undouble(arena, inside(text, 3), '\'');
		undo_unicode(string, '\\');
		return string;
	case TOKEN_DOLLAR_STRING:
		mark = memchr(text.start + 1, '$', text.size - 1);
		if (mark == NULL || text.size < 2 * (size_t)(mark + 1 - text.start))
			return NULL;
		text.size -= 2 * (size_t)(mark + 1 - text.start);
		text.start = mark + 1;
		return arena_copy(arena, text);
	default: return NULL;
	}
}

/* ---- writing --------------------------------------------------------------------------------- */

static bool is_plain(const char *part, enum dialect dialect)
{
	static const char lower[] = "abcdefghijklmnopqrstuvwxyz_";
	static const char upper[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	const char *at;

	if (strchr("0123456789", *part) != NULL) /* The end, too. */
		return false;
	for (at = part; *at != '\0'; at++)
		if (strchr(lower, *at) == NULL && strchr("0123456789", *at) == NULL &&
		    (dialect == DIALECT_POSTGRES || strchr(upper, *at) == NULL))
			return false;
	return !is_keyword(part, dialect);
}

const char *string_to_sql(struct arena *arena, const char *text)
{
	char *sql = arena_allocate(arena, 2 * strlen(text) + 3);
	size_t size = 0;

	sql[size++] = '\'';
	for (; *text != '\0'; text++) {
		if (*text == '\'')
			sql[size++] = '\'';
		sql[size++] = *text;
	}
	sql[size] = '\'';
	return sql;
}

const char *name_quote(struct arena *arena, const char *part, enum dialect dialect)
{
	char *quoted, *to;

	if (is_plain(part, dialect))
		return part;
	quoted = arena_allocate(arena, 2 * strlen(part) + 3);
	to = quoted;
	*to++ = '"';
	for (; *part != '\0'; part++) {
		if (*part == '"')
			*to++ = '"';
		*to++ = *part;
	}
	*to = '"';
	return quoted;
}

const char *name_to_sql(struct arena *arena, struct name name, enum dialect dialect)
{
	if (name.name == NULL)
		return "";
	if (name.schema == NULL)
		return name_quote(arena, name.name, dialect);
	return arena_format(arena, "%s.%s", name_quote(arena, name.schema, dialect),
	                    name_quote(arena, name.name, dialect));
}
