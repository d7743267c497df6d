/* text_test.c - tables for slices of bytes: UTF-8, positions, trimming. */
#include "../compiler/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
/* cmocka.h wants the four above first. */
#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Text in a block of its exact size, so that the sanitizer sees a byte too far. */
static struct text exact_copy(const char *bytes, size_t size)
{
	unsigned char *start = malloc(size > 0 ? size : 1);

	assert_non_null(start);
	if (size > 0)
		memcpy(start, bytes, size);
	return (struct text){ start, size };
}

static void free_copy(struct text text)
{
	free((void *)(uintptr_t)text.start);
}

static void equality(void **state)
{
	static const struct {
		const char *a;
		const char *b;
		bool same;
		bool same_folded;
	} rows[] = {
		{ "", "", true, true },      { "a", "a", true, true },
		{ "A", "a", false, true },   { "Stdin", "stdin", false, true },
		{ "a", "", false, false },   { "", "a", false, false },
		{ "ab", "a", false, false }, { "a", "ab", false, false },
		{ "@", "`", false, false },  { "[", "{", false, false },
		{ "Ä", "ä", false, false },  { "Z_9", "z_9", false, true },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		struct text a = exact_copy(rows[i].a, strlen(rows[i].a));

		assert_int_equal(text_equals(a, text_of(rows[i].b)), rows[i].same);
		assert_int_equal(text_equals_folded(a, rows[i].b), rows[i].same_folded);
		free_copy(a);
	}
	assert_false(text_equals_folded((struct text){ (const unsigned char *)"a\0b", 3 }, "a"));
	assert_true(text_equals((struct text){ NULL, 0 }, (struct text){ NULL, 0 }));
}

static void any_case(void **state)
{
	static const struct {
		const char *text;
		const char *part;
		bool same;
		bool contained;
	} rows[] = {
		{ "", "", true, true },
		{ "a", "", false, true },
		{ "", "a", false, false },
		{ "Ab", "aB", true, true },
		{ "xAb", "aB", false, true },
		{ "aab", "AB", false, true },
		{ "Abx", "aB", false, true },
		{ "a", "ab", false, false },
		{ "xxa", "ab", false, false },
		{ "@[", "`{", false, false },
		{ "\xc3\x84", "\xc3\xa4", false, false },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		struct text text = exact_copy(rows[i].text, strlen(rows[i].text));
		struct text part = exact_copy(rows[i].part, strlen(rows[i].part));

		assert_int_equal(text_equals_caseless(text, part), rows[i].same);
		assert_int_equal(text_contains_caseless(text, part), rows[i].contained);
		free_copy(text);
		free_copy(part);
	}
	assert_int_equal(text_fold('Z'), 'z');
	assert_int_equal(text_fold('['), '[');
}

static void beginnings_and_trimming(void **state)
{
	static const struct {
		const char *input;
		const char *trimmed;
	} rows[] = {
		{ "", "" },
		{ " ", "" },
		{ " \t\r\n\f\v", "" },
		{ "a", "a" },
		{ "\r\n a b \n", "a b" },
		{ "\xc2\xa0", "\xc2\xa0" },
		{ "\x08x\x0e", "\x08x\x0e" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		struct text input = exact_copy(rows[i].input, strlen(rows[i].input));

		assert_true(text_equals(text_trim(input), text_of(rows[i].trimmed)));
		free_copy(input);
	}
	assert_true(text_starts_with(text_of("abc"), "ab"));
	assert_true(text_starts_with(text_of("ab"), "ab"));
	assert_true(text_starts_with(text_of("ab"), ""));
	assert_false(text_starts_with(text_of("a"), "ab"));
	assert_false(text_starts_with(text_of("b"), "ab"));
	assert_int_equal(text_mark_size(text_of("\xef\xbb\xbf")), 3);
	assert_int_equal(text_mark_size(text_of("\xef\xbb")), 0);
	assert_int_equal(text_mark_size(text_of("")), 0);
}

static const struct {
	const char *bytes;
	bool valid;
} sequences[] = {
	{ "\x7f", true },
	{ "\xc2\x80", true },
	{ "\xdf\xbf", true },
	{ "\xe0\xa0\x80", true },
	{ "\xed\x9f\xbf", true },
	{ "\xee\x80\x80", true },
	{ "\xef\xbf\xbf", true },
	{ "\xf0\x90\x80\x80", true },
	{ "\xf4\x8f\xbf\xbf", true },
	{ "\x80", false },
	{ "\xbf", false },
	{ "\xc0\x80", false },
	{ "\xc1\xbf", false },
	{ "\xc2", false },
	{ "\xc2\x41", false },
	{ "\xc2\xc2", false },
	{ "\xe0\x9f\xbf", false },
	{ "\xe0\xa0", false },
	{ "\xe1\x80\x41", false },
	{ "\xed\xa0\x80", false },
	{ "\xf0\x8f\xbf\xbf", false },
	{ "\xf0\x90\x80", false },
	{ "\xf4\x90\x80\x80", false },
	{ "\xf5\x80\x80\x80", false },
	{ "\xff", false },
	{ "\xfe", false },
	{ "\xf1\x80\x80\x41", false },
};

/* Each sequence at each distance from an eight-byte step's edges, alone and followed by more. */
static void invalid_utf8_is_found_where_it_is(void **state)
{
	size_t i, before, after;

	(void)state;
	for (i = 0; i < COUNT(sequences); i++) {
		for (before = 0; before < 20; before++) {
			for (after = 0; after < 20; after += 9) {
				char bytes[64];
				size_t size = strlen(sequences[i].bytes);
				struct text text;

				memset(bytes, 'a', sizeof(bytes));
				memcpy(bytes + before, sequences[i].bytes, size);
				text = exact_copy(bytes, before + size + after);
				assert_int_equal(text_find_invalid(text),
				                 sequences[i].valid ? text.size : before);
				free_copy(text);
			}
		}
	}
}

static void a_nul_is_invalid(void **state)
{
	size_t at;

	(void)state;
	for (at = 0; at < 32; at++) {
		char bytes[32];
		struct text text;

		memset(bytes, at % 2 == 0 ? 'a' : '\x01', sizeof(bytes));
		bytes[at] = '\0';
		text = exact_copy(bytes, sizeof(bytes));
		assert_int_equal(text_find_invalid(text), at);
		free_copy(text);
	}
	assert_int_equal(text_find_invalid((struct text){ (const unsigned char *)"", 0 }), 0);
}

/* Against a decoder written from the other side: by value ranges, not by tables of bytes. */
static bool plain_valid(const unsigned char *at, size_t size, uint32_t *value)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t i;

	*value = size == 1 ? at[0] : at[0] & (0xffu >> (size + 1));
	if (size == 1)
		return at[0] > 0 && at[0] < 0x80;
	if (((unsigned int)at[0] >> (7 - size)) != (0xffu >> (7 - size)) - 1)
		return false;
	for (i = 1; i < size; i++) {
		if (at[i] >> 6 != 2)
			return false;
		*value = *value << 6 | (at[i] & 0x3f);
	}
	return *value >= least[size] && *value <= 0x10ffff && (*value < 0xd800 || *value > 0xdfff);
}

static void every_two_bytes_and_many_four(void **state)
{
	uint32_t number, value;
	size_t size;

	(void)state;
	for (number = 0; number < 0x1000000; number += number < 0x10000 ? 1 : 251) {
		unsigned char bytes[4] = { (unsigned char)(number >> 8), (unsigned char)number,
			                   (unsigned char)(number >> 16), 0x80 };
		size_t expected = 0;

		for (size = 1; size <= 4; size++) {
			if (plain_valid(bytes, size, &value))
				expected = size;
		}
		size = text_find_invalid((struct text){ bytes, expected > 0 ? expected : 4 });
		assert_int_equal(size, expected);
	}
}

static void positions(void **state)
{
	static const struct {
		const char *input;
		size_t offset;
		uint32_t line;
		uint32_t column;
	} rows[] = {
		{ "", 0, 1, 1 },
		{ "abc", 0, 1, 1 },
		{ "abc", 2, 1, 3 },
		{ "abc", 3, 1, 4 },
		{ "a\nb", 1, 1, 2 },
		{ "a\nb", 2, 2, 1 },
		{ "a\r\nbc", 4, 2, 2 },
		{ "a\rb", 2, 1, 3 },
		{ "\n\n\n", 3, 4, 1 },
		{ "äöü;", 6, 1, 4 },
		{ "x\n表🙂y", 9, 2, 3 },
		{ "\xef\xbb\xbf"
		  "a",
		  3, 1, 1 },
		{ "\xef\xbb\xbf"
		  "a",
		  4, 1, 2 },
		{ "\xef\xbb\xbf"
		  "a",
		  0, 1, 1 },
		{ "\xef\xbb\xbf\n\xef\xbb\xbf"
		  "a",
		  7, 2, 2 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		struct text input = exact_copy(rows[i].input, strlen(rows[i].input));
		struct position position = text_position(input, rows[i].offset);

		if (position.line != rows[i].line || position.column != rows[i].column)
			fail_msg("row %zu: %u:%u", i, (unsigned)position.line,
			         (unsigned)position.column);
		free_copy(input);
	}
}

static void code_points(void **state)
{
	(void)state;
	assert_int_equal(text_code_points(text_of("")), 0);
	assert_int_equal(text_code_points(text_of("abc")), 3);
	assert_int_equal(text_code_points(text_of("aä表🙂")), 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equality),
		cmocka_unit_test(any_case),
		cmocka_unit_test(beginnings_and_trimming),
		cmocka_unit_test(invalid_utf8_is_found_where_it_is),
		cmocka_unit_test(a_nul_is_invalid),
		cmocka_unit_test(every_two_bytes_and_many_four),
		cmocka_unit_test(positions),
		cmocka_unit_test(code_points),
	};

	return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
