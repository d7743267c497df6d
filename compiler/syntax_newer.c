/* syntax_newer.c - one table: where an older grammar stops, and what it does not know. */
#include "syntax_newer.h"

#include "words.h"

#include <string.h>

/* The grammar stops at the word `token`, in a statement that begins like `head` and has the word
 * `with` (NULL: any). */
static const struct newer {
	int version;
	const char *token;
	const char *head;
	const char *with;
	const char *what;
} newer[] = {
	{ 16, "storage", "create table", NULL, "STORAGE in CREATE TABLE" },
	{ 16, "json", NULL, "is", "IS JSON" },
	{ 16, ":", NULL, "json_object", "JSON_OBJECT with `:`" },
	{ 16, "value", NULL, "json_object", "JSON_OBJECT with VALUE" },
	{ 16, "on", NULL, "json_array", "JSON_ARRAY ... NULL ON NULL" },
	{ 16, "null", NULL, "json_array", "JSON_ARRAY ... NULL ON NULL" },
	{ 16, "absent", NULL, "json_array", "JSON_ARRAY ... ABSENT ON NULL" },
	{ 16, "returning", NULL, "json_array", "JSON_ARRAY ... RETURNING" },
	{ 16, "returning", NULL, "json_object", "JSON_OBJECT ... RETURNING" },
	{ 16, "returning", NULL, "json_arrayagg", "JSON_ARRAYAGG ... RETURNING" },
	{ 16, "order", NULL, "json_arrayagg", "JSON_ARRAYAGG ... ORDER BY" },
	{ 16, ":", NULL, "json_objectagg", "JSON_OBJECTAGG with `:`" },
	{ 16, "on", "create statistics", NULL, "CREATE STATISTICS without a name" },
	{ 16, "inherit", "grant", NULL, "GRANT ... WITH INHERIT" },
	{ 16, "set", "grant", NULL, "GRANT ... WITH SET" },
	{ 16, "indent", NULL, "xmlserialize", "XMLSERIALIZE ... INDENT" },
	{ 17, "returning", "merge", NULL, "MERGE ... RETURNING" },
	{ 17, "returning", "with", "merge", "MERGE ... RETURNING" },
	{ 17, "by", "merge", NULL, "WHEN NOT MATCHED BY in MERGE" },
	{ 17, "columns", NULL, "json_table", "JSON_TABLE" },
	{ 17, "passing", NULL, "json_table", "JSON_TABLE" },
	{ 17, "as", NULL, "json_table", "JSON_TABLE" },
	{ 17, "returning", NULL, "json_value", "JSON_VALUE" },
	{ 17, "passing", NULL, "json_value", "JSON_VALUE" },
	{ 17, "null", NULL, "json_value", "JSON_VALUE" },
	{ 17, "error", NULL, "json_value", "JSON_VALUE" },
	{ 17, "default", NULL, "json_value", "JSON_VALUE" },
	{ 17, "returning", NULL, "json_query", "JSON_QUERY" },
	{ 17, "passing", NULL, "json_query", "JSON_QUERY" },
	{ 17, "with", NULL, "json_query", "JSON_QUERY" },
	{ 17, "without", NULL, "json_query", "JSON_QUERY" },
	{ 17, "passing", NULL, "json_exists", "JSON_EXISTS" },
	{ 17, "error", NULL, "json_exists", "JSON_EXISTS" },
	{ 17, "expression", "alter table", NULL, "SET EXPRESSION" },
	{ 17, "default", "alter table", "method", "SET ACCESS METHOD DEFAULT" },
	{ 17, "default", "alter table", "statistics", "SET STATISTICS DEFAULT" },
	{ 17, "with", NULL, "json", "JSON() with WITH UNIQUE KEYS" },
	{ 17, "local", NULL, "at", "AT LOCAL" },
	{ 18, "virtual", NULL, NULL, "a virtual generated column" },
	{ 18, "without", NULL, "overlaps", "WITHOUT OVERLAPS" },
	{ 18, "enforced", NULL, NULL, "ENFORCED and NOT ENFORCED" },
	{ 18, "not", "alter|create table", NULL, "a NOT NULL constraint of a table" },
	{ 18, "with", NULL, "returning", "RETURNING WITH (OLD AS ..., NEW AS ...)" },
	{ 18, "large", "alter default privileges", NULL, "privileges ON LARGE OBJECTS" },
	{ 18, "inherit", "alter table", "constraint", "ALTER CONSTRAINT ... INHERIT" },
	{ 18, "only", "vacuum|analyze", NULL, "ONLY in VACUUM and ANALYZE" },
};

static bool has_word(const struct statement *statement, const char *lower)
{
	struct lexer lexer;
	struct token token;

	lexer_init_slice(&lexer, DIALECT_POSTGRES, statement->text,
	                 statement->standard_conforming_strings);
	while ((token = lexer_next_significant(&lexer)).kind != TOKEN_END)
		if (token.kind == TOKEN_WORD && text_equals_folded(token.text, lower))
			return true;
	return false;
}

/* The token before `at`; size 0: there is none. */
static struct text token_before(const struct statement *statement, struct text at)
{
	struct text before = { at.start, 0 };
	struct lexer lexer;
	struct token token;

	lexer_init_slice(&lexer, DIALECT_POSTGRES, statement->text,
	                 statement->standard_conforming_strings);
	while ((token = lexer_next_significant(&lexer)).kind != TOKEN_END &&
	       token.text.start < at.start)
		before = token.text;
	return before;
}

/* 0x1f and 1_000: our lexer knows them. */
static bool is_new_number(const struct statement *statement, struct text at)
{
	struct lexer lexer;

	if (at.size < 2 || at.start[0] < '0' || at.start[0] > '9')
		return false;
	lexer_init_slice(&lexer, DIALECT_POSTGRES, at, statement->standard_conforming_strings);
	return lexer_next(&lexer).kind == TOKEN_NUMBER &&
	       (memchr(at.start, '_', at.size) != NULL || strchr("xXoObB", at.start[1]) != NULL);
}

static bool fits(const struct newer *row, const struct statement *statement,
                 const struct words *words, struct text at)
{
	return text_equals_folded(at, row->token) &&
	       (row->head == NULL || words_match(words, row->head)) &&
	       (row->with == NULL || has_word(statement, row->with));
}

/* What is not told by a word. */
static struct newer find_other(const struct statement *statement, struct text at,
                               const char *message)
{
	struct text before = token_before(statement, at);

	if (is_new_number(statement, at))
		return (struct newer){ .version = 16, .what = "such a number" };
	if (strstr(message, "subquery in FROM must have an alias") != NULL)
		return (struct newer){ .version = 16, .what = "a subquery without an alias" };
	if (text_equals_folded(before, "period")) /* A name to older grammars. */
		return (struct newer){ .version = 18, .what = "PERIOD" };
	if (text_equals(before, text_of(")")) && strchr(",)", *at.start) != NULL &&
	    has_word(statement, "generated"))
		return (struct newer){ .version = 18, .what = "a generated column without STORED" };
	return (struct newer){ 0 };
}

static struct newer find(const struct statement *statement, struct text at, const char *message)
{
	struct words words = words_read(statement, DIALECT_POSTGRES);
	size_t i;

	for (i = 0; i < sizeof(newer) / sizeof(newer[0]); i++)
		if (fits(&newer[i], statement, &words, at))
			return newer[i];
	return find_other(statement, at, message);
}

const char *syntax_newer_help(struct arena *arena, const struct statement *statement,
                              struct text at, const char *message, int grammar)
{
	struct newer found = find(statement, at, message);

	if (found.version > grammar)
		return arena_format(
		        arena,
		        "%s came with PostgreSQL %d, and the grammar here is %d's: where "
		        "the server knows it, write `-- inlay:ignore syntax -- "
		        "PostgreSQL %d` above the statement",
		        found.what, found.version, grammar, found.version);
	return arena_format(arena,
	                    "the grammar is PostgreSQL %d's; what only a newer server knows passes "
	                    "with `-- inlay:ignore syntax -- reason` above the statement",
	                    grammar);
}
