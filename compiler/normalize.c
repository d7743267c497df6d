/* normalize.c - the two habits of other tools' files that our runtime makes unnecessary. */
#include "normalize.h"

#include "words.h"

#include <string.h>

static const char begin_pattern[] =
        "begin|start ?transaction|work|deferred|immediate|exclusive ?transaction|work";
static const char commit_pattern[] = "commit|end ?transaction|work $";

/* Without the quotes that SQLite takes around a name. */
static struct text unquoted(struct text name)
{
	if (name.size >= 2 && strchr("'\"`[", *name.start) != NULL)
		return (struct text){ name.start + 1, name.size - 2 };
	return name;
}

/* A boolean as sqlite3GetBoolean() reads it: the low byte of an int, or one of three words; all
 * else is false. */
static bool is_true(struct text value)
{
	uint64_t number = 0;
	size_t i;

	for (i = 0; i < value.size && value.start[i] >= '0' && value.start[i] <= '9'; i++)
		number = number * 10 + (uint64_t)(value.start[i] - '0');
	if (i > 0)
		return i < 11 && number <= INT32_MAX && (number & 0xff) != 0;
	return text_equals_folded(value, "on") || text_equals_folded(value, "true") ||
	       text_equals_folded(value, "yes");
}

/* What stands last in the statement, but for a parenthesis; a negative number is empty, which is
 * false as it is to SQLite. */
static struct text last_value(const struct statement *statement)
{
	struct text value = { NULL, 0 };
	bool negative = false;
	struct lexer lexer;
	struct token token;

	lexer_init_slice(&lexer, DIALECT_SQLITE, statement->text,
	                 statement->standard_conforming_strings);
	while ((token = lexer_next_significant(&lexer)).kind != TOKEN_END) {
		if (token.kind == TOKEN_CLOSE)
			continue;
		negative = text_equals(value, text_of("-"));
		value = token.text;
	}
	return negative ? (struct text){ value.start, 0 } : unquoted(value);
}

/* PRAGMA foreign_keys = off, with any schema before it (it makes no difference), any quotes, or
 * the value in parentheses: 1 on, 0 off, -1 neither. */
static int foreign_keys_value(const struct statement *statement)
{
	struct words words = words_read(statement, DIALECT_SQLITE);
	size_t name = 1;

	if (!words_match(&words, "pragma *"))
		return -1;
	if (words_match(&words, "pragma * . *"))
		name = 3;
	if (!text_equals_folded(unquoted(words.items[name]), "foreign_keys"))
		return -1;
	if (words.count == name + 1 && statement->text.start[statement->text.size - 1] != ')')
		return -1; /* A question, not a setting. */
	return is_true(last_value(statement));
}

static void lift_foreign_keys(struct script *script, struct diagnostics *problems)
{
	size_t kept = 0;
	size_t i;

	for (i = 0; i < script->count; i++) {
		int value = script->statements[i].call > 0
		                    ? -1
		                    : foreign_keys_value(&script->statements[i]);

		if (value < 0) {
			script->statements[kept++] = script->statements[i];
			continue;
		}
		if (value == 0)
			script->foreign_keys_off = true;
		if (value == 1 && script->foreign_keys_off)
			continue; /* The usual end of it: they come back by themselves. */
		diagnostics_add(
		        problems,
		        (struct problem){ .rule = RULE_FOREIGN_KEYS,
		                          .source = script->source,
		                          .dialects = ON_SQLITE,
		                          .at = script->statements[i].text },
		        value == 0 ? "foreign keys are off for this whole migration and checked "
		                     "before it is committed"
		                   : "foreign keys can not be turned on inside a transaction; "
		                     "turn them on for the connection");
	}
	script->count = kept;
}

static bool is_control(const struct statement *statement, enum dialect dialect, const char *pattern)
{
	struct words words = words_read(statement, dialect);

	return statement->call == 0 && words_match(&words, pattern);
}

static void drop_wrapper(struct script *script, enum dialect dialect, struct diagnostics *problems)
{
	size_t i;

	if (script->count < 2 || !is_control(&script->statements[0], dialect, begin_pattern) ||
	    !is_control(&script->statements[script->count - 1], dialect, commit_pattern))
		return;
	for (i = 1; i + 1 < script->count;
	     i++) /* More of them: no wrapper, an error that validate.c tells. */
		if (is_control(&script->statements[i], dialect,
		               "begin|start|commit|end|rollback|abort"))
			return;
	diagnostics_add(
	        problems,
	        (struct problem){ .rule = RULE_WRAPPER,
	                          .source = script->source,
	                          .dialects = 1u << dialect,
	                          .at = script->statements[0].text },
	        "each migration runs in its own transaction; this one and its commit are dropped");
	script->count -= 2;
	memmove(script->statements, script->statements + 1,
	        script->count * sizeof(*script->statements));
}

void normalize_script(struct script *script, enum dialect dialect, struct diagnostics *problems)
{
	if (script->source == NULL || script->no_transaction)
		return;
	if (dialect == DIALECT_SQLITE)
		lift_foreign_keys(script, problems);
	drop_wrapper(script, dialect, problems);
}
