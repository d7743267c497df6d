/* words.c - a small matcher, enough to tell one kind of statement from another without a grammar. */
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
		} else if (depth == 0) {
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

bool words_match(const struct words *words, const char *pattern)
{
	size_t index = 0;

	while (*pattern != '\0') {
		size_t size = strcspn(pattern, " ");
		bool optional = *pattern == '?';
		const char *atom = pattern + optional;
		size_t atom_size = size - optional;

		if (atom_size == 1 && *atom == '$')
			return words->all && index == words->count;
		if (index < words->count &&
		    ((atom_size == 1 && *atom == '*') || is_one_of(words->items[index], atom, atom_size)))
			index++;
		else if (!optional)
			return false;
		pattern += size;
		pattern += *pattern == ' ';
	}
	return true;
}
