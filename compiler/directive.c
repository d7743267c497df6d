/* directive.c - comments that mean something. */
#include "directive.h"

#include "identifier.h"

#include <string.h>

struct text directive_body(struct text comment)
{
	return text_trim((struct text){ comment.start + 2, comment.size - 2 });
}

bool directive_is_ours(struct text comment)
{
	struct text word = directive_body(comment);
	size_t size = strlen("migrate:");

	return word.size >= size &&
	       text_equals_folded((struct text){ word.start, size }, "migrate:");
}

/* What other tools write into comments, without the dashes, and whose it is.  Here it would be
 * prose: the down part of a file would run as up. */
static const struct {
	const char *start;
	const char *tool;
	const char *layout;
} foreign_directives[] = {
	{ "+goose ", "goose", "goose" },
	{ "+migrate ", "sql-migrate", NULL },
	{ "-- create above / drop below", "tern", "tern" },
	{ "-- tern:", "tern", "tern" },
	{ "bun:split", "bun", NULL },
	{ "liquibase formatted sql", "Liquibase", NULL },
	{ "atlas:txmode", "Atlas", "atlas" },
	{ "atlas:txtar", "Atlas", "atlas" },
	{ "atlas:delimiter", "Atlas", "atlas" },
	{ "atlas:checkpoint", "Atlas", "atlas" },
};

#define FOREIGN_COUNT (sizeof(foreign_directives) / sizeof(foreign_directives[0]))

/* All that stands in a comment on a line of its own, between statements: nobody writes that to
 * people. */
static const char *const lone_words[] = {
	"up", "down", "migrate up", "migrate down", "rollback", "@undo", "//@undo",
};

bool directive_is_lone_word(struct text comment)
{
	struct text word = directive_body(comment);
	size_t i;

	for (i = 0; i < sizeof(lone_words) / sizeof(lone_words[0]); i++)
		if (text_equals_folded(word, lone_words[i]))
			return true;
	return false;
}

/* Its row in the table, or the table's size. */
static size_t find_foreign(struct text comment)
{
	struct text word = directive_body(comment);
	size_t i = 0;

	while (i < FOREIGN_COUNT && !text_starts_with(word, foreign_directives[i].start))
		i++;
	return i;
}

const char *directive_tool(struct text comment)
{
	size_t row = find_foreign(comment);

	if (row < FOREIGN_COUNT)
		return foreign_directives[row].tool;
	return directive_is_lone_word(comment) ? "another tool" : NULL;
}

const char *directive_layout(struct text comment)
{
	size_t row = find_foreign(comment);

	return row < FOREIGN_COUNT ? foreign_directives[row].layout : NULL;
}

bool directive_is_any(struct text comment)
{
	return directive_is_ours(comment) ||
	       text_starts_with(directive_body(comment), "checksum:") ||
	       directive_tool(comment) != NULL;
}

/* Wrong case and what follows it are parse.c's to refuse. */
static bool is_repeatable(struct text comment)
{
	struct text rest;

	if (comment.start[0] != '-')
		return false;
	rest = directive_body(comment);
	return text_equals_folded(text_next_word(&rest, " \t\r"), "migrate:repeatable");
}

bool directive_marks_repeatable(struct text file, enum dialect dialect)
{
	struct lexer lexer;

	lexer_init(&lexer, dialect, file);
	for (;;) {
		struct token token = lexer_next(&lexer);

		if (token.kind == TOKEN_COMMENT && is_repeatable(token.text))
			return true;
		if (token.kind != TOKEN_COMMENT && token.kind != TOKEN_SPACE &&
		    token.kind != TOKEN_SEMICOLON && token.kind != TOKEN_META)
			return false;
	}
}

static bool is_function_name(struct text word)
{
	char name[IDENTIFIER_SIZE_MAX + 1];

	if (word.size > IDENTIFIER_SIZE_MAX)
		return false;
	memcpy(name, word.start, word.size);
	name[word.size] = '\0';
	return identifier_is_free(name);
}

/* "version:2" */
static bool parse_version(struct text word, uint32_t *version)
{
	size_t i = strlen("version:");
	uint64_t number = 0;

	if (!text_starts_with(word, "version:") || i == word.size || word.start[i] == '0')
		return false;
	for (; i < word.size; i++) {
		if (word.start[i] < '0' || word.start[i] > '9')
			return false;
		number = number * 10 + (uint64_t)(word.start[i] - '0');
		if (number > DIRECTIVE_VERSION_MAX)
			return false;
	}
	*version = (uint32_t)number;
	return true;
}

const char *directive_parse_call(struct text rest, struct directive_call *call, struct text *at,
                                 const char **help)
{
	struct text word;

	*call = (struct directive_call){ .name = text_next_word(&rest, " \t\r"), .version = 1 };
	*at = call->name;
	*help = "write `-- migrate:call name_of_a_c_function`";
	if (call->name.size == 0)
		return "a call without the name of a function";
	*help = "letters, digits and _, at most 60, beginning with a letter; no keyword of C or "
	        "C++, no inlay_";
	if (!is_function_name(call->name))
		return "this can not be the name of a function";
	word = text_next_word(&rest, " \t\r");
	*at = word;
	*help = "nothing but a version can follow the name: version:1 (which it is without) to "
	        "version:2147483647";
	if (word.size > 0 && !parse_version(word, &call->version))
		return "this is not the version of a call";
	*at = text_trim(rest);
	return at->size > 0 ? "something behind the call" : NULL;
}
