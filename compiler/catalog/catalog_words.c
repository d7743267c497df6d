/* catalog_words.c - whether two lines of PostgreSQL's say the same, each in its version's words. */
#include "catalog.h"

#include <string.h>

/* Tokens, a line each: words and plain names as PostgreSQL folds them. */
struct words {
	const char *const *items;
	size_t count;
};

/* --- Reading --- */

/* Need not be quoted, for all that can be seen. */
static bool is_folded_name(struct text name)
{
	size_t i;

	for (i = 1; i + 1 < name.size; i++) {
		unsigned char byte = name.start[i];
		bool is_letter = (byte >= 'a' && byte <= 'z') || byte == '_';

		if (!is_letter && (i == 1 || byte < '0' || byte > '9'))
			return false;
	}
	return name.size > 2;
}

static const char *fold(struct arena *arena, const struct token *token)
{
	char *word;
	size_t i;

	if (token->kind == TOKEN_NAME && is_folded_name(token->text))
		return arena_copy(arena,
		                  (struct text){ token->text.start + 1, token->text.size - 2 });
	word = arena_copy(arena, token->text);
	for (i = 0; token->kind == TOKEN_WORD && word[i] != '\0'; i++)
		word[i] = (char)text_fold((unsigned char)word[i]);
	return word;
}

static struct words read_words(struct arena *arena, const char *line)
{
	struct catalog_lines words = { .arena = arena };
	struct lexer lexer;
	struct token token;

	lexer_init_slice(&lexer, DIALECT_POSTGRES, text_of(line), true);
	for (token = lexer_next_significant(&lexer); token.kind != TOKEN_END;
	     token = lexer_next_significant(&lexer))
		catalog_line(&words, fold(arena, &token));
	return (struct words){ words.items, words.count };
}

static bool is_at(struct words words, size_t i, const char *word)
{
	return i < words.count && strcmp(words.items[i], word) == 0;
}

static struct words slice(struct words words, size_t from, size_t to)
{
	return (struct words){ words.items + from, to - from };
}

/* The tokens from "(" to its ")". */
static size_t group_size(struct words words)
{
	size_t depth = 0;
	size_t i;

	for (i = 0; i < words.count; i++) {
		depth += is_at(words, i, "(");
		depth -= is_at(words, i, ")");
		if (depth == 0)
			return i + 1;
	}
	return words.count;
}

/* Where the word stands, in no parentheses; the count when it does not. */
static size_t find(struct words words, const char *word)
{
	size_t i;

	for (i = 0; i < words.count && !is_at(words, i, word);)
		i += is_at(words, i, "(") ? group_size(slice(words, i, words.count)) : 1;
	return i;
}

/* Without parentheses around all of it. */
static struct words strip(struct words words)
{
	return is_at(words, 0, "(") && group_size(words) == words.count
	               ? slice(words, 1, words.count - 1)
	               : words;
}

/* --- Calls --- */

static void rewrite(struct catalog_lines *out, struct words words);

static void call(struct catalog_lines *out, const char *function, struct words first,
                 struct words second)
{
	catalog_line(out, function);
	catalog_line(out, "(");
	rewrite(out, first);
	if (second.count > 0) {
		catalog_line(out, ",");
		rewrite(out, second);
	}
	catalog_line(out, ")");
}

static bool call_extract(struct catalog_lines *out, struct words inner)
{
	const char *field[] = { "", "::", "text" };
	size_t from = find(inner, "from");

	if (from != 1 || inner.count < 3)
		return false;
	field[0] = arena_format(out->arena, "'%s'", inner.items[0]);
	call(out, "date_part", (struct words){ field, 3 }, slice(inner, 2, inner.count));
	return true;
}

static bool call_position(struct catalog_lines *out, struct words inner)
{
	size_t in = find(inner, "in");

	if (in >= inner.count)
		return false;
	call(out, "position", strip(slice(inner, in + 1, inner.count)), strip(slice(inner, 0, in)));
	return true;
}

static bool call_trim(struct catalog_lines *out, struct words inner)
{
	static const char *const sides[][2] = { { "both", "btrim" },
		                                { "leading", "ltrim" },
		                                { "trailing", "rtrim" } };
	size_t from = find(inner, "from");
	size_t i;

	for (i = 0; i < sizeof(sides) / sizeof(sides[0]) && from < inner.count; i++) {
		if (!is_at(inner, 0, sides[i][0]))
			continue;
		call(out, sides[i][1], slice(inner, from + 1, inner.count), slice(inner, 1, from));
		return true;
	}
	return false;
}

/* The first word that stands for a comma, in no parentheses. */
static size_t find_comma(struct words words)
{
	static const char *const commas[] = { "from", "for", "placing", "similar", "escape" };
	size_t first = words.count;
	size_t i;

	for (i = 0; i < sizeof(commas) / sizeof(commas[0]); i++)
		if (find(words, commas[i]) < first)
			first = find(words, commas[i]);
	return first;
}

static bool call_with_commas(struct catalog_lines *out, const char *function, struct words inner)
{
	size_t i = 0;

	if (find_comma(inner) >= inner.count)
		return false;
	catalog_line(out, function);
	catalog_line(out, "(");
	while (i < inner.count) {
		struct words rest = slice(inner, i, inner.count);
		size_t size = find_comma(rest);

		rewrite(out, slice(rest, 0, size));
		i += size + 1;
		if (size < rest.count)
			catalog_line(out, ",");
	}
	catalog_line(out, ")");
	return true;
}

/* What stands in parentheses of its own. */
static bool call_infix(struct catalog_lines *out, struct words inner)
{
	size_t at = 0;
	size_t overlaps = find(inner, "overlaps");

	while (at < inner.count && !(is_at(inner, at, "at") && is_at(inner, at + 1, "time") &&
	                             is_at(inner, at + 2, "zone")))
		at += is_at(inner, at, "(") ? group_size(slice(inner, at, inner.count)) : 1;
	if (at > 0 && at < inner.count)
		call(out, "timezone", slice(inner, at + 3, inner.count), slice(inner, 0, at));
	else if (overlaps > 0 && overlaps < inner.count)
		call(out, "overlaps", strip(slice(inner, 0, overlaps)),
		     strip(slice(inner, overlaps + 1, inner.count)));
	else if (inner.count > 2 && is_at(inner, inner.count - 2, "is") &&
	         is_at(inner, inner.count - 1, "normalized"))
		call(out, "is_normalized", slice(inner, 0, inner.count - 2), slice(inner, 0, 0));
	else
		return false;
	return true;
}

static bool call_of(struct catalog_lines *out, const char *function, struct words inner)
{
	if (strcmp(function, "extract") == 0)
		return call_extract(out, inner);
	if (strcmp(function, "position") == 0)
		return call_position(out, inner);
	if (strcmp(function, "trim") == 0)
		return call_trim(out, inner);
	if (strcmp(function, "substring") == 0 || strcmp(function, "overlay") == 0)
		return call_with_commas(out, function, inner);
	return false;
}

/* EXTRACT() is a double precision before PostgreSQL 14, and so is what it is compared with. */
static bool is_cast_number(struct words words)
{
	char first = words.count > 4 ? words.items[1][0] : 'x';

	return is_at(words, 0, "(") && first >= '0' && first <= '9' && is_at(words, 2, ")") &&
	       is_at(words, 3, "::") &&
	       (is_at(words, 4, "numeric") ||
	        (is_at(words, 4, "double") && is_at(words, 5, "precision")));
}

/* PostgreSQL 14 and later write as SQL has it what it was written so; before, all are calls. */
static void rewrite(struct catalog_lines *out, struct words words)
{
	size_t i = 0;

	while (i < words.count) {
		bool is_call = !is_at(words, i, "(") && is_at(words, i + 1, "(");
		struct words group = slice(words, i + is_call, words.count);
		size_t size = is_at(group, 0, "(") ? group_size(group) : 0;
		struct words inner = size > 1 ? slice(group, 1, size - 1) : slice(group, 0, 0);

		if (!is_call && is_cast_number(group)) {
			catalog_line(out, words.items[i + 1]);
			i += is_at(words, i + 4, "double") ? 6 : 5;
		} else if (is_at(words, i, "collation") && is_at(words, i + 1, "for")) {
			catalog_line(out, "pg_collation_for");
			i += 2;
		} else if (is_call ? call_of(out, words.items[i], inner)
		                   : inner.count > 0 && call_infix(out, inner)) {
			i += is_call + size;
		} else {
			catalog_line(out, words.items[i++]);
		}
	}
}

static struct words read_calls(struct arena *arena, const char *line)
{
	struct catalog_lines out = { .arena = arena };

	rewrite(&out, read_words(arena, line));
	return (struct words){ out.items, out.count };
}

/* --- Comparing --- */

/* Does `a` have a qualifier at i that `b` does not have at j?  It is always the same one. */
static bool is_qualifier(struct words a, size_t i, struct words b, size_t j, const char **qualifier)
{
	if (!is_at(a, i + 1, ".") || is_at(b, j + 1, ".") || i + 2 >= a.count ||
	    !is_at(b, j, a.items[i + 2]))
		return false;
	if (*qualifier == NULL)
		*qualifier = a.items[i];
	return strcmp(*qualifier, a.items[i]) == 0;
}

/* Up to PostgreSQL 15 all columns in a view are qualified, since 16 not those of a single table. */
static bool is_same_but_qualifier(struct words longer, struct words shorter)
{
	const char *qualifier = NULL;
	size_t i = 0;
	size_t j = 0;

	while (i < longer.count && j < shorter.count) {
		if (is_qualifier(longer, i, shorter, j, &qualifier))
			i += 2;
		if (strcmp(longer.items[i++], shorter.items[j++]) != 0)
			return false;
	}
	return i == longer.count && j == shorter.count;
}

bool catalog_says_same(struct arena *arena, enum catalog_kind kind, const char *a, const char *b)
{
	struct words left = read_calls(arena, a);
	struct words right = read_calls(arena, b);

	if (left.count == right.count || kind != CATALOG_VIEW) {
		size_t i = 0;

		while (i < left.count && i < right.count && is_at(right, i, left.items[i]))
			i++;
		return i == left.count && i == right.count;
	}
	return left.count > right.count ? is_same_but_qualifier(left, right)
	                                : is_same_but_qualifier(right, left);
}
