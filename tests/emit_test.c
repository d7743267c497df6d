/* emit_test.c - the small pieces of C: literals, comments, and names that may be symbols. */
#include "emit.h"
#include "identifier.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

static void assert_buffer(struct buffer *buffer, const char *expected)
{
	buffer_byte(buffer, '\0');
	assert_string_equal((const char *)buffer->start, expected);
	buffer_clear(buffer);
}

static void literals_survive_any_compiler(void **state)
{
	static const struct {
		const char *text;
		const char *c;
	} rows[] = {
		{ "", "\"\"" },
		{ "SELECT 1", "\"SELECT 1\"" },
		{ "\"\\\t\r", "\"\\\"\\\\\\t\\r\"" },
		{ "a\nb", "\"a\\n\"\n\t\"b\"" },
		{ "a\n", "\"a\\n\"" },
		{ "\n\n", "\"\\n\"\n\t\"\\n\"" },
		{ "?", "\"?\"" },
		{ "?\?/?\?", "\"?\\?/?\\?\"" },
		{ "????", "\"?\\?\\?\\?\"" },
		{ "\001"
		  "7",
		  "\"\\0017\"" },
		{ "\177\200\377f", "\"\\177\\200\\377f\"" },
		{ "%s \\n '", "\"%s \\\\n '\"" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buffer out = { 0 };

		emit_string(&out, text_of(rows[i].text), 1);
		assert_buffer(&out, rows[i].c);
	}
}

/* No piece between two quotes may grow without bound, nor the whole literal. */
static void long_literals_are_cut_and_longer_ones_listed(void **state)
{
	static char text[EMIT_STRING_MAX + 2];
	struct buffer out = { 0 };

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	emit_string(&out, (struct text){ (unsigned char *)text, 4500 }, 0);
	assert_int_equal(out.size, 4500 + 3 * 2 + 2);
	buffer_clear(&out);
	emit_string(&out, (struct text){ (unsigned char *)text, EMIT_STRING_MAX }, 0);
	assert_int_equal(out.start[0], '"');
	buffer_clear(&out);
	text[0] = '\303';
	emit_string(&out, (struct text){ (unsigned char *)text, EMIT_STRING_MAX + 1 }, 0);
	assert_memory_equal(out.start, "{\n\t'\\303',120,120,", 18);
	assert_memory_equal(out.start + out.size - 7, "120,0 }", 7);
	buffer_clear(&out);
}

static void comments_can_not_be_ended(void **state)
{
	static const struct {
		const char *text;
		const char *comment;
	} rows[] = {
		{ "migrations/001_a.sql", "migrations/001_a.sql" },
		{ "x*/ y /*", "x_/ y /_" },
		{ "a\\\nb", "a__b" },
		{ "\?\?/", "__/" },
		{ "caf\303\251 \344\270\255", "caf\303\251 \344\270\255" },
		{ "a\342\200\256b\342\201\246c", "a_b_c" },
		{ "\033[1m\177", "_[1m_" },
		{ "caf\351\303\251", "caf___" },
		{ "\342", "_" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buffer out = { 0 };

		emit_comment(&out, text_of(rows[i].text));
		assert_buffer(&out, rows[i].comment);
	}
}

static void digests_are_four_numbers(void **state)
{
	const struct inlay_digest digest = { { 0, 1, 0xffffffffffffffff, 0x0123456789abcdef } };
	struct buffer out = { 0 };

	(void)state;
	emit_digest(&out, &digest);
	assert_buffer(&out, "{ { 0x0000000000000000u, 0x0000000000000001u, 0xffffffffffffffffu, "
	                    "0x0123456789abcdefu } }");
}

static void symbols_are_ours_to_use(void **state)
{
	static const char *const yes[] = {
		"a",
		"A9_",
		"app_migrations",
		"Class",
		"inlays",
		"new_",
		"int_",
		"s23456789012345678901234567890123456789012345678901234567890",
	};
	static const char *const no[] = {
		"",
		"_a",
		"9a",
		"a-b",
		"a b",
		"a\n",
		"caf\303\251",
		"int",
		"class",
		"co_await",
		"main",
		"inlay",
		"inlay_",
		"inlay_set",
		"INLAY_OK",
		"ensure_migrated",
		"ensure_migrated_sqlite",
		"ensure_migrated_postgres",
		"uint32_t",
		"static_cast",
		"s234567890123456789012345678901234567890123456789012345678901",
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(yes) / sizeof(yes[0]); i++)
		assert_true(identifier_is_free(yes[i]));
	for (i = 0; i < sizeof(no) / sizeof(no[0]); i++)
		assert_false(identifier_is_free(no[i]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(literals_survive_any_compiler),
		cmocka_unit_test(long_literals_are_cut_and_longer_ones_listed),
		cmocka_unit_test(comments_can_not_be_ended),
		cmocka_unit_test(digests_are_four_numbers),
		cmocka_unit_test(symbols_are_ours_to_use),
	};

	return cmocka_run_group_tests_name("emit", tests, NULL, NULL);
}
