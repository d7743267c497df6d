/* classify.c - two tables of how statements begin, and the probes; knows SQL no further than
 * words.h does. */
#include "classify.h"

#include "model/cursor.h"
#include "words.h"

#include <string.h>

/* ---- flags ----------------------------------------------------------------------------------- */

#define ALONE      INLAY_STATEMENT_ALONE
#define SETUP      INLAY_STATEMENT_SETUP
#define REPEATABLE INLAY_STATEMENT_REPEATABLE
#define WAIT       INLAY_STATEMENT_WAIT

/* A statement has the flags of every row that it begins like.
 *
 * All of REINDEX and CLUSTER is here, since partitioned tables refuse a transaction and the text
 * does not tell.  CREATE INDEX CONCURRENTLY IF NOT EXISTS is not repeatable: the invalid index that
 * an interrupted one leaves would satisfy it. */
static const struct flag_row {
	unsigned dialects;
	uint32_t flags;
	const char *pattern;
} flag_rows[] = {
	{ ON_POSTGRES, ALONE | WAIT, "begin|start|commit|end|rollback|abort|savepoint|release" },
	{ ON_POSTGRES, ALONE | WAIT, "prepare transaction" },
	{ ON_POSTGRES, WAIT, "copy" },

	{ ON_POSTGRES, ALONE, "create ?unique index concurrently" },
	{ ON_POSTGRES, ALONE, "drop index concurrently" },
	{ ON_POSTGRES, ALONE, "create|drop database|tablespace" },
	{ ON_POSTGRES, ALONE, "create|alter|drop subscription" },
	{ ON_POSTGRES, ALONE, "alter database @ set tablespace" },
	{ ON_POSTGRES, ALONE, "alter table ?if ?exists ?only @ detach partition @ concurrently" },
	{ ON_POSTGRES, ALONE, "call|do" },
	{ ON_POSTGRES, ALONE | REPEATABLE, "vacuum|cluster|reindex" },
	{ ON_POSTGRES, ALONE | REPEATABLE, "alter system" },
	{ ON_POSTGRES, ALONE | REPEATABLE | SETUP, "discard" },

	{ ON_POSTGRES, REPEATABLE | SETUP, "reset" },
	{ ON_POSTGRES, REPEATABLE, "set" },
	{ ON_POSTGRES, SETUP, "set !local|constraints|transaction" },
	{ ON_POSTGRES, REPEATABLE, "analyze|analyse|checkpoint|refresh" },
	{ ON_POSTGRES, REPEATABLE, "alter extension @ update" },
	{ ON_POSTGRES, REPEATABLE, "drop * if exists" },
	{ ON_POSTGRES, REPEATABLE, "drop * * if exists" },
	{ ON_POSTGRES, REPEATABLE, "drop * * * if exists" },
	{ ON_POSTGRES, REPEATABLE, "create * if not exists" },
	{ ON_POSTGRES, REPEATABLE, "create * !concurrently if not exists" },
	{ ON_POSTGRES, REPEATABLE, "create * * !concurrently if not exists" },

	{ ON_SQLITE, ALONE | WAIT, "begin|commit|end|rollback|savepoint|release" },
	{ ON_SQLITE, ALONE | SETUP, "attach|detach" },
	{ ON_SQLITE, ALONE | SETUP | REPEATABLE, "pragma" },
	{ ON_SQLITE, ALONE, "vacuum" }, /* VACUUM INTO wants a new file each time. */
	{ ON_SQLITE, REPEATABLE, "vacuum $" },
	{ ON_SQLITE, REPEATABLE, "vacuum !into $" },
	{ ON_SQLITE, REPEATABLE, "analyze|reindex" },
};

static uint32_t flags_of(const struct words *words, enum dialect dialect)
{
	uint32_t flags = 0;
	size_t i;

	for (i = 0; i < sizeof(flag_rows) / sizeof(flag_rows[0]); i++)
		if ((flag_rows[i].dialects & 1u << dialect) != 0 &&
		    words_match(words, flag_rows[i].pattern))
			flags |= flag_rows[i].flags;
	return flags;
}

/* ---- what the session keeps ------------------------------------------------------------------ */

/* How much of a statement is looked through for what could reach the session. */
enum extent {
	EXTENT_NONE, /* No need to look: it is nothing that we know to be harmless. */
	EXTENT_HEAD, /* As far as the first parenthesis; what follows is kept, and not run now. */
	EXTENT_ALL
};

/* PostgreSQL's statements that leave the session alone unless they mention one of the words below.
 * The first row that fits decides. */
static const struct session_row {
	enum extent extent;
	const char *pattern;
} session_rows[] = {
	{ EXTENT_HEAD, "create ?or ?replace ?constraint function|procedure|trigger" },
	{ EXTENT_HEAD, "create event trigger" },
	{ EXTENT_ALL, "create|alter|drop|comment|grant|revoke|truncate" },
	{ EXTENT_ALL, "insert|update|delete|merge|copy|lock" },
	{ EXTENT_ALL, "refresh|reindex|cluster|vacuum|analyze|analyse|checkpoint" },
	{ EXTENT_ALL, "security|import|reassign|notify" },
	{ EXTENT_ALL, "set local|constraints|transaction" },
};

/* As a part of any word, so that pg_temp is one of them; a column named temperature costs no more
 * than putting the session back for nothing. */
static const char *const session_words[] = { "set_config", "temp", "prepare" };

static bool is_session_token(const struct token *token)
{
	size_t i;

	if (token->kind == TOKEN_UNICODE_NAME)
		return true; /* It could say anything. */
	for (i = 0; i < sizeof(session_words) / sizeof(session_words[0]); i++)
		if (text_contains_caseless(token->text, text_of(session_words[i])))
			return true;
	return false;
}

static struct lexer lexer_of(const struct statement *statement, enum dialect dialect)
{
	struct lexer lexer;

	lexer_init_slice(&lexer, dialect, statement->text, statement->standard_conforming_strings);
	return lexer;
}

static bool reaches_session_postgres(const struct statement *statement, const struct words *words)
{
	struct lexer lexer = lexer_of(statement, DIALECT_POSTGRES);
	enum extent extent = EXTENT_NONE;
	struct token token;
	size_t i;

	for (i = 0; i < sizeof(session_rows) / sizeof(session_rows[0]); i++)
		if (extent == EXTENT_NONE && words_match(words, session_rows[i].pattern))
			extent = session_rows[i].extent;
	if (extent == EXTENT_NONE)
		return true;
	while ((token = lexer_next_significant(&lexer)).kind != TOKEN_END) {
		if (extent == EXTENT_HEAD && token.kind == TOKEN_OPEN)
			return false;
		if (is_session_token(&token))
			return true;
	}
	return false;
}

/* SQLite takes a name in any quotes, a string's too. */
static bool is_temp_name(const struct token *token)
{
	struct text text = token->text;

	return (token->kind == TOKEN_NAME || token->kind == TOKEN_STRING) && text.size > 2 &&
	       text_equals_folded((struct text){ text.start + 1, text.size - 2 }, "temp");
}

/* TEMP and TEMPORARY as words, and "temp" as the schema of a name. */
static bool reaches_session_sqlite(const struct statement *statement, const struct words *words)
{
	struct lexer lexer = lexer_of(statement, DIALECT_SQLITE);
	bool after_name = false;
	struct token token;

	if (words_match(words, "pragma|attach|detach"))
		return true;
	while ((token = lexer_next_significant(&lexer)).kind != TOKEN_END) {
		if (after_name && text_equals(token.text, text_of(".")))
			return true;
		if (token.kind == TOKEN_WORD && (text_equals_folded(token.text, "temp") ||
		                                 text_equals_folded(token.text, "temporary")))
			return true;
		after_name = is_temp_name(&token);
	}
	return false;
}

/* ---- probes ---------------------------------------------------------------------------------- */

/* %s: the table as a string, the index as a string.  Nothing here depends on the search path but
 * the table's own name. */
static const char create_index_probe[] =
        "SELECT CASE WHEN i.indisvalid AND i.indisready AND i.indislive THEN 't' ELSE 'f' END,\n"
        "pg_catalog.format('DROP INDEX CONCURRENTLY %%I.%%I', n.nspname, c.relname)\n"
        "FROM pg_catalog.pg_index AS i\n"
        "JOIN pg_catalog.pg_class AS c ON c.oid OPERATOR(pg_catalog.=) i.indexrelid\n"
        "JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace\n"
        "WHERE i.indrelid OPERATOR(pg_catalog.=)\n"
        "CAST(pg_catalog.to_regclass(%s) AS pg_catalog.oid)\n"
        "AND c.relname OPERATOR(pg_catalog.=)\n"
        "CAST((pg_catalog.parse_ident(%s))[1] AS pg_catalog.name)";

/* %s: the index as a string. */
static const char drop_index_probe[] = "SELECT 't', NULL WHERE pg_catalog.to_regclass(%s) IS NULL";

/* Goes past a name of at most `parts` parts and returns it as it is written, but for the space
 * around its dots; NULL for what is none, or is written in a way that the server's functions would
 * not read (U&"x"). */
static const char *take_name(struct cursor *cursor, int parts)
{
	const char *name = "";

	for (;;) {
		if (cursor->token.kind != TOKEN_WORD && cursor->token.kind != TOKEN_NAME)
			return NULL;
		name = arena_format(cursor->arena, "%s%.*s", name, (int)cursor->token.text.size,
		                    (const char *)cursor->token.text.start);
		cursor_advance(cursor);
		if (!cursor_take(cursor, "."))
			return name;
		if (--parts == 0)
			return NULL;
		name = arena_format(cursor->arena, "%s.", name);
	}
}

/* `text` as a string in SQL, whatever standard_conforming_strings is. */
static const char *quote(struct arena *arena, const char *text)
{
	char *quoted = arena_allocate(arena, 2 * strlen(text) + 4);
	char *at = quoted;

	if (strchr(text, '\\') != NULL)
		*at++ = 'E';
	*at++ = '\'';
	for (; *text != '\0'; text++) {
		if (*text == '\'' || *text == '\\')
			*at++ = *text;
		*at++ = *text;
	}
	*at = '\'';
	return quoted;
}

/* The rest of CREATE INDEX CONCURRENTLY [IF NOT EXISTS] name ON [ONLY] table [USING ...] (. */
static const char *probe_create_index(struct cursor *cursor)
{
	const char *index, *table;

	cursor_take_words(cursor, "if not exists");
	index = take_name(cursor, 1);
	if (index == NULL || !cursor_take(cursor, "on"))
		return NULL;
	cursor_take(cursor, "only");
	table = take_name(cursor, 3);
	if (table == NULL || (cursor->token.kind != TOKEN_OPEN && !cursor_take(cursor, "using")))
		return NULL;
	return arena_format(cursor->arena, create_index_probe, quote(cursor->arena, table),
	                    quote(cursor->arena, index));
}

/* The rest of DROP INDEX CONCURRENTLY name [RESTRICT]. */
static const char *probe_drop_index(struct cursor *cursor)
{
	const char *index = take_name(cursor, 3);

	cursor_take(cursor, "restrict");
	if (index == NULL || cursor->token.kind != TOKEN_END)
		return NULL;
	return arena_format(cursor->arena, drop_index_probe, quote(cursor->arena, index));
}

/* NULL: there is none. */
static const char *find_probe(struct arena *arena, const struct statement *statement,
                              const struct words *words)
{
	bool creates = words_match(words, "create ?unique index concurrently");
	struct cursor cursor = cursor_of(arena, statement, DIALECT_POSTGRES);

	if (!creates && !words_match(words, "drop index concurrently !if"))
		return NULL;
	while (!cursor_take(&cursor, "concurrently"))
		cursor_advance(&cursor);
	return creates ? probe_create_index(&cursor) : probe_drop_index(&cursor);
}

/* ---- statements and scripts ------------------------------------------------------------------ */

/* CREATE MATERIALIZED VIEW ... WITH (timescaledb.continuous): it fills the view in transactions of
 * its own. */
static bool is_continuous_aggregate(const struct statement *statement, const struct words *words)
{
	struct lexer lexer = lexer_of(statement, DIALECT_POSTGRES);
	struct token token;

	if (!words_match(words, "create materialized view"))
		return false;
	while ((token = lexer_next_significant(&lexer)).kind != TOKEN_END)
		if (text_contains_caseless(token.text, text_of("timescaledb")))
			return true;
	return false;
}

struct classification classify_statement(struct arena *arena, const struct statement *statement,
                                         enum dialect dialect)
{
	struct words words = words_read(statement, dialect);
	struct classification result = { .flags = flags_of(&words, dialect) };
	const char *probe;

	/* The function may do anything, but it does it in one transaction with its record. */
	if (statement->call > 0)
		return (struct classification){ .flags = INLAY_STATEMENT_CALL | WAIT,
			                        .session = true };
	if (dialect == DIALECT_SQLITE) {
		result.session = reaches_session_sqlite(statement, &words);
		return result;
	}
	if (is_continuous_aggregate(statement, &words))
		result.flags |= ALONE;
	result.session = reaches_session_postgres(statement, &words);
	probe = find_probe(arena, statement, &words);
	if (probe != NULL)
		result.probe = text_of(probe);
	return result;
}

void classify_script(struct arena *arena, struct script *script, enum dialect dialect)
{
	size_t i;

	for (i = 0; i < script->count; i++) {
		struct statement *statement = &script->statements[i];
		struct classification found = classify_statement(arena, statement, dialect);

		statement->flags = found.flags;
		if (script->fresh && statement->call == 0)
			statement->flags |= ALONE;
		statement->probe = found.probe;
		script->session |= found.session;
	}
}
