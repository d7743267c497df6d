/* syntax.c - PostgreSQL's grammar: libpg_query's parser over each statement by itself. */
#include "syntax.h"

#include <string.h>

#ifdef INLAY_HAVE_PG_QUERY

#include "buffer.h"
#include "syntax_newer.h"

#include <pg_query.h>
#include <stdlib.h>

#define MESSAGE_SIZE_MAX 160 /* Bytes: what it is near to may be a whole body. */

const char *syntax_version(void)
{
	return "PostgreSQL " PG_MAJORVERSION " (libpg_query)";
}

struct syntax {
	struct diagnostics *problems;
	struct buffer text; /* The statement being parsed, with a NUL. */
};

/* What can not be read as it stands has been reported, and PostgreSQL would only say it again. */
static bool is_reported(const struct syntax *syntax, const struct source *source)
{
	size_t i;

	for (i = 0; i < syntax->problems->count; i++) {
		const struct problem *problem = &syntax->problems->items[i].problem;

		if (problem->source != source)
			continue;
		switch (problem->rule) {
		case RULE_UNTERMINATED:
		case RULE_PSQL_COMMAND:
		case RULE_COPY_DATA:
		case RULE_LAYOUT:
		case RULE_PLACEHOLDER: return true;
		default: break;
		}
	}
	return false;
}

/* The library reads 'a\'b' as standard strings only: then the two do not speak of one text. */
static bool has_old_escapes(const struct statement *statement)
{
	struct lexer lexer;
	struct token token;

	if (statement->standard_conforming_strings)
		return false;
	lexer_init_slice(&lexer, DIALECT_POSTGRES, statement->text, false);
	while ((token = lexer_next(&lexer)).kind != TOKEN_END)
		if (token.kind == TOKEN_ESCAPE_STRING && *token.text.start == '\'' &&
		    memchr(token.text.start, '\\', token.text.size) != NULL)
			return true;
	return false;
}

/* The offset in bytes of the character `position`, which counts from 1. */
static size_t offset_of(struct text text, int position)
{
	size_t offset = 0;

	while (offset < text.size && --position > 0)
		do
			offset++;
		while (offset < text.size && (text.start[offset] & 0xc0) == 0x80);
	return offset;
}

/* The token at that offset; the last one when it is behind all of them. */
static struct text token_at(const struct statement *statement, size_t offset)
{
	struct text found = statement->text;
	struct lexer lexer;
	struct token token;

	lexer_init_slice(&lexer, DIALECT_POSTGRES, statement->text,
	                 statement->standard_conforming_strings);
	while ((token = lexer_next_significant(&lexer)).kind != TOKEN_END) {
		if ((size_t)(token.text.start - statement->text.start) > offset)
			break;
		found = token.text;
	}
	return found;
}

/* The server's message in one line that can be read. */
static const char *message_of(struct arena *arena, const char *message)
{
	char *line = arena_format(arena, "%.*s", MESSAGE_SIZE_MAX, message);
	size_t size = strlen(line);
	size_t i;

	if (size < strlen(message)) {
		while (size > 0 && ((unsigned char)message[size] & 0xc0) == 0x80)
			size--;
		line = arena_format(arena, "%.*s ...", (int)size, message);
	}
	for (i = 0; line[i] != '\0'; i++)
		if ((unsigned char)line[i] < ' ')
			line[i] = ' ';
	return line;
}

static void report(const struct syntax *syntax, const struct script *script,
                   const struct statement *statement, const PgQueryError *error)
{
	struct arena *arena = syntax->problems->arena;
	struct text at = token_at(statement, offset_of(statement->text, error->cursorpos));

	diagnostics_add(
	        syntax->problems,
	        (struct problem){ .rule = RULE_SYNTAX,
	                          .source = script->source,
	                          .at = at,
	                          .dialects = ON_POSTGRES,
	                          .help = syntax_newer_help(arena, statement, at, error->message,
	                                                    PG_VERSION_NUM / 10000) },
	        "%s", message_of(arena, error->message));
}

static void check_script(struct syntax *syntax, const struct script *script)
{
	size_t i;

	for (i = 0; i < script->count; i++) {
		const struct statement *statement = &script->statements[i];
		PgQuerySplitResult result;

		if (statement->call > 0 || has_old_escapes(statement))
			continue;
		syntax->text.size = 0;
		buffer_text(&syntax->text, statement->text);
		buffer_byte(&syntax->text, '\0');
		/* Of the entry points it does the least beside parsing. */
		result = pg_query_split_with_parser((const char *)syntax->text.start);
		if (result.error != NULL && !is_reported(syntax, script->source))
			report(syntax, script, statement, result.error);
		pg_query_free_split_result(result);
	}
}

static void check_migrations(struct syntax *syntax, const struct migration *migrations,
                             size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		check_script(syntax, &migrations[i].variants[DIALECT_POSTGRES].up);
		check_script(syntax, &migrations[i].variants[DIALECT_POSTGRES].down);
	}
}

void syntax_check(const struct migration_set *set, struct diagnostics *problems)
{
	struct syntax syntax = { .problems = problems };

	check_migrations(&syntax, set->items, set->count);
	check_migrations(&syntax, set->repeatables, set->repeatable_count);
	buffer_clear(&syntax.text);
}

#else

const char *syntax_version(void)
{
	return NULL;
}

void syntax_check(const struct migration_set *set, struct diagnostics *problems)
{
	diagnostics_add(problems,
	                (struct problem){ .rule = RULE_SYNTAX_UNCHECKED,
	                                  .path = set->directory,
	                                  .dialects = ON_POSTGRES,
	                                  .help = "install libpg_query (libpg-query-dev) and build "
	                                          "inlay again, or rehearse on PostgreSQL: "
	                                          "--rehearse=auto" },
	                "this inlay was built without libpg_query, so PostgreSQL's grammar was not "
	                "asked");
}

#endif
