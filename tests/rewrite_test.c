/* rewrite_test.c - texts made of parts of others know where each byte came from; and whatever
 * stands in another tool's files, reading them ends, and ends well. */
#include "files.h"
#include "formats/rewrite.h"
#include "parse.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

/* A file in memory, being rewritten. */
struct sheet {
	struct arena arena;
	struct diagnostics problems;
	struct source source;
	struct entry entry;
	struct reading reading;
	struct rewrite rewrite;
	struct source translated;
};

static void sheet_begin(struct sheet *sheet, struct text text)
{
	unsigned char *copy;

	memset(sheet, 0, sizeof(*sheet));
	copy = (unsigned char *)arena_copy(&sheet->arena, (struct text){ text.start, text.size });
	sheet->problems.arena = &sheet->arena;
	sheet->source = (struct source){ .path = "m/001_a.sql", .name = "001_a.sql" };
	sheet->source.text = (struct text){ copy, text.size };
	sheet->source.says = &sheet->entry.says;
	sheet->entry = (struct entry){ .source = &sheet->source, .kind = ENTRY_MIGRATION };
	sheet->entry.says.dialect = DIALECT_COUNT;
	sheet->reading = (struct reading){ .arena = &sheet->arena,
		                           .problems = &sheet->problems,
		                           .entries = &sheet->entry,
		                           .count = 1 };
	rewrite_begin(&sheet->rewrite, &sheet->reading, &sheet->entry);
}

static struct text part(const struct sheet *sheet, size_t offset, size_t size)
{
	return (struct text){ sheet->source.text.start + offset, size };
}

static void expect_place(const struct sheet *sheet, size_t at, size_t size, const char *written)
{
	const struct source *file;
	struct text place =
	        source_as_written(&sheet->translated,
	                          (struct text){ sheet->translated.text.start + at, size }, &file);

	assert_ptr_equal(file, &sheet->source);
	assert_in_range(place.start - file->text.start, 0, file->text.size);
	if (!text_equals(place, text_of(written)))
		fail_msg("%zu+%zu is `%.*s`, expected `%s`", at, size, (int)place.size,
		         (const char *)place.start, written);
}

/* "abcdefghij" to "XbcdYZhiW..." and so on. */
static void places_lead_back(void **state)
{
	struct sheet sheet;

	(void)state;
	sheet_begin(&sheet, text_of("abcdefghij"));
	rewrite_put(&sheet.rewrite, part(&sheet, 0, 1), "X");  /* X for a */
	rewrite_put(&sheet.rewrite, part(&sheet, 4, 3), "YZ"); /* bcd kept, YZ for efg */
	rewrite_put(&sheet.rewrite, part(&sheet, 9, 0), "!");  /* hi kept, ! inserted before j */
	rewrite_finish(&sheet.rewrite, &sheet.translated);
	assert_true(text_equals(sheet.translated.text, text_of("XbcdYZhi!j")));
	expect_place(&sheet, 0, 1, "a");
	expect_place(&sheet, 1, 3, "bcd");
	expect_place(&sheet, 0, 2, "ab");
	expect_place(&sheet, 4, 1, "efg");
	expect_place(&sheet, 5, 1, "efg");
	expect_place(&sheet, 3, 3, "defg");
	expect_place(&sheet, 5, 2, "efgh");
	expect_place(&sheet, 8, 1, "");
	expect_place(&sheet, 7, 3, "ij");
	expect_place(&sheet, 9, 1, "j");
	expect_place(&sheet, 10, 0, "");
	arena_clear(&sheet.arena);
}

static void lines_are_dropped_and_moved(void **state)
{
	struct sheet sheet;

	(void)state;
	sheet_begin(&sheet, text_of("\xef\xbb\xbf"
	                            "one\r\ntwo\nthree"));
	rewrite_drop_line(&sheet.rewrite, part(&sheet, 3, 3));
	rewrite_skip(&sheet.rewrite, sheet.source.text.start + 12);
	rewrite_keep(&sheet.rewrite, sheet.source.text.start + 17);
	rewrite_skip(&sheet.rewrite, sheet.source.text.start + 8);
	rewrite_keep(&sheet.rewrite, sheet.source.text.start + 12);
	rewrite_skip(&sheet.rewrite, sheet.source.text.start + 17);
	rewrite_finish(&sheet.rewrite, &sheet.translated);
	assert_true(text_equals(sheet.translated.text, text_of("\xef\xbb\xbf"
	                                                       "threetwo\n")));
	expect_place(&sheet, 3, 5, "three");
	expect_place(&sheet, 8, 3, "two");
	expect_place(&sheet, 7, 2, ""); /* Its end is above its beginning. */
	arena_clear(&sheet.arena);
}

/* A fix is of use where it changes what is in the file, and only there. */
static void fixes_lead_back(void **state)
{
	const struct problem problem = { .rule = RULE_DIRECTIVE };
	struct sheet sheet;
	struct problem added = problem;

	(void)state;
	sheet_begin(&sheet, text_of("abc ${x} def"));
	rewrite_put(&sheet.rewrite, part(&sheet, 4, 4), "value");
	rewrite_finish(&sheet.rewrite, &sheet.translated);
	added.source = &sheet.translated;
	added.at = (struct text){ sheet.translated.text.start + 10, 3 };
	added.fix = (struct fix){ added.at, "DEF" };
	diagnostics_add(&sheet.problems, added, "a fix of kept bytes");
	added.at = (struct text){ sheet.translated.text.start + 4, 5 };
	added.fix = (struct fix){ added.at, "VALUE" };
	diagnostics_add(&sheet.problems, added, "a fix of a placeholder");
	diagnostics_as_written(&sheet.problems);
	added = sheet.problems.items[0].problem;
	assert_ptr_equal(added.source, &sheet.source);
	assert_ptr_equal(added.at.start, sheet.source.text.start + 9);
	assert_ptr_equal(added.fix.at.start, sheet.source.text.start + 9);
	assert_string_equal(added.fix.text, "DEF");
	added = sheet.problems.items[1].problem;
	assert_true(text_equals(added.at, text_of("${x}")));
	assert_null(added.fix.at.start);
	arena_clear(&sheet.arena);
}

/* ---- whatever stands there ------------------------------------------------------------------- */

static const struct format *const translators[] = {
	&format_atlas, &format_dbmate, &format_diesel, &format_flyway,
	&format_goose, &format_sqlx,   &format_tern,
};

static const char *const fragments[] = {
	"-- +goose Up\n",
	"-- +goose StatementBegin\n",
	"-- +goose StatementEnd\n",
	"-- +goose ENVSUB ON\n",
	"-- +goose ENVSUB OFF",
	"-- +goose Down",
	"-- +goose NO TRANSACTION\n",
	"-- migrate:up",
	"-- migrate:down transaction:false\n",
	"-- no-transaction",
	"---- create above / drop below ----",
	"---- tern: disable-tx ----\n",
	"-- atlas:delimiter //\n",
	"-- atlas:delimiter \\n\\n\n",
	"-- atlas:txtar\n",
	"-- migration.sql --\n",
	"-- down.sql --",
	"-- checks.sql --\n",
	"\n",
	"\n\n",
	"//",
	"${",
	"}",
	"${a}",
	"$b",
	"$$",
	"{{",
	"}}",
	"{{.a}}",
	"{{ .b | c }}",
	"'",
	"\"",
	"/*",
	"*/",
	"--",
	";",
	"(",
	")",
	"SELECT 1",
	"\r\n",
	"\xef\xbb\xbf",
	"\xff",
	" ",
	"CREATE FUNCTION f() BEGIN ATOMIC SELECT 1; END",
	"${a:-x}",
	"${a-}",
	"${:}",
	"-- atlas:txmode none\n",
	"-- atlas:assert",
	"-- atlas:nolint\n",
	"\\",
};
#define FRAGMENT_COUNT (sizeof(fragments) / sizeof(fragments[0]))

static uint32_t seed;

static uint32_t random_below(uint32_t limit)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % limit;
}

static void compose(struct buffer *text)
{
	uint32_t count = random_below(14);

	while (count-- > 0)
		buffer_string(text, fragments[random_below(FRAGMENT_COUNT)]);
}

/* Each byte of the new text has its place in the file. */
static void check_places(const struct sheet *sheet)
{
	struct text text = sheet->translated.text;
	size_t i;

	for (i = 0; i < text.size; i++) {
		const struct source *file;
		struct text place = source_as_written(&sheet->translated,
		                                      (struct text){ text.start + i, 1 }, &file);

		assert_true(place.start >= file->text.start &&
		            place.start + place.size <= file->text.start + file->text.size);
	}
}

static void translate_one(const struct format *format, struct text text)
{
	static const char *const placeholders[] = { "a=1" };
	struct parse_input input = { .role = FILE_BOTH, .dialect = DIALECT_POSTGRES };
	struct parsed_file parsed;
	struct sheet sheet;

	if (text_find_invalid(text) != text.size)
		return; /* format_read() does not translate it either. */
	sheet_begin(&sheet, text);
	sheet.reading.format = format;
	sheet.reading.placeholders = placeholders;
	sheet.reading.placeholder_count = format->placeholders != NULL;
	format->translate(&sheet.rewrite);
	rewrite_finish(&sheet.rewrite, &sheet.translated);
	sheet.translated.tool = format->title;
	check_places(&sheet);
	input.source = &sheet.translated;
	parse_file(&sheet.arena, &input, &parsed, &sheet.problems);
	diagnostics_as_written(&sheet.problems);
	arena_clear(&sheet.arena);
}

static void anything_can_be_read(void **state)
{
	size_t round, i;

	(void)state;
	for (round = 0; round < 20000; round++) {
		struct buffer text = { 0 };

		seed = (uint32_t)round;
		compose(&text);
		for (i = 0; i < sizeof(translators) / sizeof(translators[0]); i++)
			translate_one(translators[i], buffer_contents(&text));
		buffer_clear(&text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(places_lead_back),
		cmocka_unit_test(lines_are_dropped_and_moved),
		cmocka_unit_test(fixes_lead_back),
		cmocka_unit_test(anything_can_be_read),
	};

	return cmocka_run_group_tests_name("rewrite", tests, NULL, NULL);
}
