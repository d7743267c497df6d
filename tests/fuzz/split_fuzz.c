/* split_fuzz.c - any bytes through both lexers and the splitter; what must always hold is checked.
 */
#include "../../compiler/split.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define REQUIRE(condition) \
	do { \
		if (!(condition)) { \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition); \
			abort(); \
		} \
	} while (0)

#define ITEM_COUNT_MAX 4096

static bool is_trivia(enum token_kind kind)
{
	return kind == TOKEN_SPACE || kind == TOKEN_COMMENT;
}

static bool wants_all(struct text comment)
{
	return comment.size > 0;
}

/* Tokens tile the input. */
static void check_tiling(enum dialect dialect, struct text input, bool conforming)
{
	const unsigned char *at = input.start + text_mark_size(input);
	struct lexer lexer;
	struct token token;

	lexer_init(&lexer, dialect, input);
	lexer.standard_conforming_strings = conforming;
	while ((token = lexer_next(&lexer)).kind != TOKEN_END) {
		REQUIRE(token.text.start == at && token.text.size > 0);
		at += token.text.size;
	}
	REQUIRE(at == input.start + input.size);
}

/* A statement's slice has the tokens it has in the whole input, and ends with one of them; neither
 * its first nor its last is white space or a comment. */
static void check_slice(enum dialect dialect, struct lexer *whole, const struct split_item *item)
{
	struct lexer slice;
	struct token expected, received;
	enum token_kind last = TOKEN_SPACE;

	REQUIRE(item->text.size > 0);
	lexer_init_slice(&slice, dialect, item->text, item->standard_conforming_strings);
	do
		expected = lexer_next(whole);
	while (expected.text.start < item->text.start);
	for (;;) {
		received = lexer_next(&slice);
		if (received.kind == TOKEN_END)
			break;
		REQUIRE(received.kind == expected.kind);
		REQUIRE(received.text.start == expected.text.start);
		REQUIRE(received.text.size == expected.text.size);
		REQUIRE(last != TOKEN_SPACE || received.text.start > item->text.start ||
		        !is_trivia(received.kind));
		last = received.kind;
		expected = lexer_next(whole);
	}
	REQUIRE(!is_trivia(last) && last != TOKEN_META);
	REQUIRE(received.text.start == item->text.start + item->text.size);
	whole->cursor = item->text.start + item->text.size; /* One token further was read. */
	whole->continued = TOKEN_END; /* No string goes on in another statement. */
}

/* A statement that a semicolon ended is one statement when it stands alone. */
static void check_again(enum dialect dialect, const struct split_item *item)
{
	unsigned char *copy;
	struct text input = { NULL, item->text.size + 1 };
	struct splitter splitter;
	struct split_item again;
	size_t count = 0;

	/* A mark in the middle of a file is no mark; "$a(" takes a semicolon in. */
	if (!item->terminated || text_mark_size(item->text) > 0 ||
	    memchr(item->text.start, '(', item->text.size) != NULL)
		return;
	copy = malloc(input.size + 1);
	REQUIRE(copy != NULL);
	memcpy(copy, item->text.start, item->text.size);
	memcpy(copy + item->text.size, ";", 2);
	input.start = copy;
	split_init(&splitter, dialect, input, NULL);
	splitter.lexer.standard_conforming_strings = item->standard_conforming_strings;
	while ((again = split_next(&splitter)).kind != SPLIT_END) {
		if (again.kind != SPLIT_STATEMENT)
			continue;
		REQUIRE(text_equals(again.text, item->text));
		REQUIRE(again.terminated && !again.open_body);
		count++;
	}
	REQUIRE(count == 1);
	free(copy);
}

static size_t split_all(enum dialect dialect, struct text input, struct split_item *items,
                        bool (*wanted)(struct text comment), bool (*ends)(struct text comment))
{
	struct splitter splitter;
	size_t count = 0;

	split_init(&splitter, dialect, input, wanted);
	splitter.ends = ends;
	while (count < ITEM_COUNT_MAX && (items[count] = split_next(&splitter)).kind != SPLIT_END)
		count++;
	return count;
}

/* Items come in order, but for what lies inside a statement. */
static void check_items(enum dialect dialect, struct text input, const struct split_item *items,
                        size_t count)
{
	const unsigned char *done = input.start;
	struct lexer whole;
	size_t i;

	lexer_init(&whole, dialect, input);
	for (i = 0; i < count; i++) {
		const struct split_item *item = &items[i];

		if (item->inside_statement && item->kind != SPLIT_UNTERMINATED)
			continue;
		REQUIRE(item->text.start >= done);
		done = item->text.start + item->text.size;
		REQUIRE(done <= input.start + input.size);
		if (item->kind == SPLIT_COPY_DATA)
			whole.cursor = done;
		if (item->kind != SPLIT_STATEMENT)
			continue;
		whole.standard_conforming_strings = item->standard_conforming_strings;
		REQUIRE(
		    item->open_parenthesis == NULL ||
		    (item->open_parenthesis >= item->text.start && item->open_parenthesis < done));
		check_slice(dialect, &whole, item);
		check_again(dialect, item);
	}
}

/* Asking for comments changes nothing about the statements. */
static void check_comments(enum dialect dialect, struct text input, const struct split_item *items,
                           size_t count)
{
	static struct split_item with[ITEM_COUNT_MAX];
	size_t with_count = split_all(dialect, input, with, wants_all, NULL);
	size_t i, j = 0;

	if (with_count == ITEM_COUNT_MAX)
		return;
	for (i = 0; i < with_count; i++) {
		if (with[i].kind == SPLIT_COMMENT)
			continue;
		REQUIRE(j < count && with[i].kind == items[j].kind);
		REQUIRE(with[i].text.start == items[j].text.start &&
		        with[i].text.size == items[j].text.size);
		REQUIRE(with[i].terminated == items[j].terminated);
		j++;
	}
	REQUIRE(j == count);
}

static void check_text(struct text input)
{
	size_t valid = text_find_invalid(input);
	struct position position = text_position(input, valid);

	REQUIRE(valid <= input.size);
	REQUIRE(position.line >= 1 && position.column >= 1);
	REQUIRE(text_find_invalid((struct text){ input.start, valid }) == valid);
	REQUIRE(text_code_points(input) <= input.size);
	REQUIRE(text_trim(input).size <= input.size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct split_item items[ITEM_COUNT_MAX];
	unsigned char *copy = malloc(size + 1);
	struct text input = { copy, size };
	enum dialect dialect;

	REQUIRE(copy != NULL);
	if (size > 0)
		memcpy(copy, data, size);
	copy[size] = 0;
	check_text(input);
	check_tiling(DIALECT_POSTGRES, input, false);
	for (dialect = 0; dialect < DIALECT_COUNT; dialect++) {
		size_t count = split_all(dialect, input, items, NULL, NULL);

		check_tiling(dialect, input, true);
		check_items(dialect, input, items, count);
		if (count < ITEM_COUNT_MAX)
			check_comments(dialect, input, items, count);
		count = split_all(dialect, input, items, wants_all, wants_all);
		check_items(dialect, input, items, count);
	}
	free(copy);
	return 0;
}
