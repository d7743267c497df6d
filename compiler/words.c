/* words.c - a small matcher, enough to tell one kind of statement from another without a
 * grammar. */
#include "words.h"

#include <string.h>

struct words words_read(const struct statement *statement, enum dialect dialect)
{
	struct words words = { .all = true };
	struct lexer lexer;
	struct token token;
	size_t depth = 0;

	lexer_init_slice(&lexer, dialect, statement->text, statement->standard_conforming_strings);
	while ((token = lexer_next_significant(&lexer)).kind != TOKEN_END) {
		if (token.kind == TOKEN_OPEN) {
			depth++;
		} else if (token.kind == TOKEN_CLOSE) {
			depth -= depth > 0;
		} else if (depth > 0) {
			if (depth == 1 && words.count == 1 && words.option_count < WORDS_MAX)
				words.options[words.option_count++] = token.text;
		} else {
			if (words.count == WORDS_MAX) {
				words.all = false;
				break;
			}
			words.items[words.count++] = token.text;
		}
	}
	return words;
}

/* Is `word` one of the alternatives "a|b|c"? */
static bool is_one_of(struct text word, const char *alternatives, size_t size)
{
	while (size > 0) {
		const char *bar = memchr(alternatives, '|', size);
		size_t length = bar != NULL ? (size_t)(bar - alternatives) : size;
		char one[64];

		if (length < sizeof(one)) {
			memcpy(one, alternatives, length);
			one[length] = '\0';
			if (text_equals_folded(word, one))
				return true;
		}
		size -= length;
		alternatives += length;
		if (size > 0) {
			alternatives++;
			size--;
		}
	}
	return false;
}

static bool has_option(const struct words *words, const char *option, size_t size)
{
	size_t i;

	for (i = 0; i < words->option_count; i++)
		if (is_one_of(words->options[i], option, size))
			return true;
	return false;
}

/* How many words the atom takes at `index`; 0 when it does not fit. */
static size_t match_atom(const struct words *words, size_t index, const char *atom, size_t size)
{
	size_t end = index + 1;

	if (index >= words->count)
		return 0;
	if (size == 1 && *atom == '@') {
		while (end + 1 < words->count && text_equals(words->items[end], text_of(".")))
			end += 2;
		return end - index;
	}
	if (*atom == '!')
		return !is_one_of(words->items[index], atom + 1, size - 1);
	return (size == 1 && *atom == '*') || is_one_of(words->items[index], atom, size);
}

bool words_match(const struct words *words, const char *pattern)
{
	size_t index = 0;

	while (*pattern != '\0') {
		size_t size = strcspn(pattern, " ");
		bool optional = *pattern == '?';
		const char *atom = pattern + optional;
		size_t atom_size = size - optional;

		size_t taken = match_atom(words, index, atom, atom_size);

		if (atom_size == 1 && *atom == '$')
			return words->all && index == words->count;
		if (*atom == '(' ? !has_option(words, atom + 1, atom_size - 1)
		                 : taken == 0 && !optional)
			return false;
		index += taken;
		pattern += size;
		pattern += *pattern == ' ';
	}
	return true;
}
