/* table_text.c - what of a SQLite table only its CREATE TABLE tells: read off the tokens. */
#include "catalog_sqlite.h"

#include <string.h>

/* The text being read, and the element (column or constraint) at hand. */
struct reading {
	struct arena *arena;
	struct table_text *out;
	struct lexer lexer;
	struct token token;
	const char *name; /* The element's first token. */
};

static void step(struct reading *reading)
{
	reading->token = lexer_next_significant(&reading->lexer);
}

static bool is_word(const struct reading *reading, const char *word)
{
	return reading->token.kind == TOKEN_WORD && text_equals_folded(reading->token.text, word);
}

static bool take_word(struct reading *reading, const char *word)
{
	bool is_it = is_word(reading, word);

	if (is_it)
		step(reading);
	return is_it;
}

/* From "(" to its ")", normalized; behind it afterwards. */
static const char *take_group(struct reading *reading)
{
	struct text group = reading->token.text;
	size_t depth = 0;

	while (reading->token.kind != TOKEN_END) {
		depth += reading->token.kind == TOKEN_OPEN;
		depth -= reading->token.kind == TOKEN_CLOSE;
		group.size = (size_t)(reading->token.text.start - group.start) +
		             reading->token.text.size;
		step(reading);
		if (depth == 0)
			break;
	}
	return catalog_normalize(reading->arena, DIALECT_SQLITE, group);
}

static const char *token_text(struct reading *reading)
{
	return catalog_normalize(reading->arena, DIALECT_SQLITE, reading->token.text);
}

/* Behind REFERENCES, up to the end of the clause's own words. */
static void take_key(struct reading *reading)
{
	catalog_line(&reading->out->keys, "");
}

static void take_deferrable(struct reading *reading)
{
	struct catalog_lines *keys = &reading->out->keys;

	if (take_word(reading, "initially") && is_word(reading, "deferred") && keys->count > 0)
		keys->items[keys->count - 1] = "deferred";
}

static void take_conflict(struct reading *reading)
{
	if (!take_word(reading, "conflict"))
		return;
	catalog_line(&reading->out->others, arena_format(reading->arena, "on conflict %s: %s",
	                                                 token_text(reading), reading->name));
	step(reading);
}

/* One word of an element that means something here. */
static void take_clause(struct reading *reading)
{
	struct table_text *out = reading->out;

	if (take_word(reading, "check")) {
		if (reading->token.kind == TOKEN_OPEN)
			catalog_line(&out->checks,
			             arena_format(reading->arena, "check %s", take_group(reading)));
	} else if (take_word(reading, "as")) {
		if (reading->token.kind == TOKEN_OPEN) {
			catalog_line(&out->generated, reading->name);
			catalog_line(&out->generated, take_group(reading));
		}
	} else if (take_word(reading, "references")) {
		take_key(reading);
	} else if (take_word(reading, "not")) {
		(void)take_word(reading, "deferrable");
	} else if (take_word(reading, "deferrable")) {
		take_deferrable(reading);
	} else if (take_word(reading, "on")) {
		take_conflict(reading);
	} else if (reading->token.kind == TOKEN_OPEN) {
		(void)take_group(reading);
	} else {
		step(reading);
	}
}

static bool at_element_end(const struct reading *reading)
{
	return reading->token.kind == TOKEN_END || reading->token.kind == TOKEN_CLOSE ||
	       (reading->token.kind == TOKEN_PUNCTUATION && reading->token.text.start[0] == ',');
}

static void take_element(struct reading *reading)
{
	reading->name = token_text(reading);
	if (!is_word(reading, "check"))
		step(reading); /* A column may be called anything but that. */
	while (!at_element_end(reading))
		take_clause(reading);
}

/* What is left of the text, as one line. */
static void take_rest(struct reading *reading, const char *what)
{
	struct text rest = reading->token.text;

	if (reading->token.kind == TOKEN_END)
		return;
	rest.size = (size_t)(reading->lexer.limit - rest.start);
	catalog_line(&reading->out->others,
	             arena_format(reading->arena, "%s %s", what,
	                          catalog_normalize(reading->arena, DIALECT_SQLITE, rest)));
}

void table_text_read(struct arena *arena, struct text sql, struct table_text *text)
{
	struct reading reading = { .arena = arena, .out = text };

	*text = (struct table_text){
		.checks = { .arena = arena },
		.others = { .arena = arena },
		.generated = { .arena = arena },
		.keys = { .arena = arena },
	};
	lexer_init_slice(&reading.lexer, DIALECT_SQLITE, sql, true);
	step(&reading);
	(void)take_word(&reading, "create");
	text->is_virtual = take_word(&reading, "virtual");
	while (reading.token.kind != TOKEN_OPEN && reading.token.kind != TOKEN_END &&
	       !(text->is_virtual && is_word(&reading, "using")))
		step(&reading);
	if (text->is_virtual || reading.token.kind == TOKEN_END) {
		take_rest(&reading, "module");
		return;
	}
	do {
		step(&reading);
		take_element(&reading);
	} while (reading.token.kind != TOKEN_END && reading.token.kind != TOKEN_CLOSE);
	step(&reading);
	take_rest(&reading, "options");
}
