/* adopt_checksum_test.c - what other tools store for a file, against what they were seen to store.
 *
 * Every checksum here was read from a database on which the tool itself had applied that file:
 * Flyway 11.14.0, Liquibase 4.33.0, Prisma 6.19.3, refinery 0.10.0, Sqitch 1.3.1, sqlx 0.9.0
 * and Atlas 0.13.1, on SQLite.  tests/real_tools/ asks the tools again. */
#include "adopt/sums.h"
#include "adopt/sums_parts.h"
#include "adopt_vectors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

typedef enum adopt_sum compare_fn(const struct adopt_files *files, size_t index,
                                  const struct adopt_row *row, const char **ours);

/* The bytes of a file; a NUL would end them. */
static struct adopt_file file_of(const char *path, int64_t version, const char *text)
{
	return (struct adopt_file){ .path = path, .version = version, .text = text_of(text) };
}

/* What `compare` says of a row with that checksum and files[index], and what ours would be. */
static enum adopt_sum ask(compare_fn *compare, const struct adopt_file *files, size_t index,
                          const struct adopt_row *row, char ours[200])
{
	struct arena arena = { 0 };
	struct adopt_prefixes prefixes = { { NULL } };
	const struct adopt_files all = { &arena, files, index + 1, &prefixes };
	const char *text = NULL;
	enum adopt_sum sum = compare(&all, index, row, &text);

	(void)snprintf(ours, 200, "%s", text != NULL ? text : "nothing");
	arena_clear(&arena);
	return sum;
}

static void expect(compare_fn *compare, const struct adopt_file *file, const char *stored,
                   enum adopt_sum expected)
{
	struct adopt_row row = { .key = "1", .detail = "", .checksum = stored };
	char ours[200];
	enum adopt_sum sum = ask(compare, file, 0, &row, ours);

	if (sum != expected)
		print_error("%s: stored %s, ours %s\n", file->path, stored, ours);
	assert_int_equal(sum, expected);
	if (expected == ADOPT_SUM_DIFFERS)
		assert_string_not_equal(ours, stored);
}

/* That is what is stored for the file, and for no other. */
static void expect_ours(compare_fn *compare, const struct adopt_file *file, const char *stored)
{
	struct adopt_row row = { .key = "1", .detail = "", .checksum = "0" };
	char ours[200];

	if (stored == NULL)
		return; /* The tool does not take the file. */
	expect(compare, file, stored, ADOPT_SUM_SAME);
	if (strcmp(stored, "0") != 0)
		assert_int_equal(ask(compare, file, 0, &row, ours), ADOPT_SUM_DIFFERS);
	else
		(void)ask(compare, file, 0, &row, ours);
	assert_string_equal(ours, stored);
}

/* --- Files with all that can be odd about one --- */

static void each_tool_stores_what_we_compute(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		const struct vector *vector = &vectors[i];
		struct adopt_file file = file_of(vector->path, (int64_t)i + 1, vector->text);

		expect_ours(sums_flyway, &file, vector->flyway);
		expect_ours(sums_prisma, &file, vector->prisma);
		expect_ours(sums_refinery, &file, vector->refinery);
		expect_ours(sums_sqitch, &file, vector->sqitch);
		expect_ours(sums_sqlx, &file, vector->sqlx);
	}
}

/* --- Line ends --- */

/* Git may have changed them since. */
static void other_line_ends_are_the_same_file(void **state)
{
	static const char lf[] = "CREATE TABLE b (\n\tid integer -- the key\n);\n";
	static const char crlf[] = "CREATE TABLE a (id integer);\r\n";
	static const char other[] = "CREATE TABLE b (\n\tid integer -- the  key\n);\n";
	const struct vector *with_crlf = &vectors[1];
	const struct vector *with_lf = &vectors[0];
	struct adopt_file file = file_of("below/V2__crlf.sql", 2, lf);

	(void)state;
	expect(sums_prisma, &file, with_crlf->prisma, ADOPT_SUM_SAME);
	expect(sums_refinery, &file, with_crlf->refinery, ADOPT_SUM_SAME);
	expect(sums_sqitch, &file, with_crlf->sqitch, ADOPT_SUM_SAME);
	expect(sums_sqlx, &file, with_crlf->sqlx, ADOPT_SUM_SAME);

	file = file_of("V1__lf.sql", 1, crlf);
	expect(sums_prisma, &file, with_lf->prisma, ADOPT_SUM_SAME);
	expect(sums_refinery, &file, with_lf->refinery, ADOPT_SUM_SAME);
	expect(sums_sqitch, &file, with_lf->sqitch, ADOPT_SUM_SAME);
	expect(sums_sqlx, &file, with_lf->sqlx, ADOPT_SUM_SAME);

	file = file_of("V2__crlf.sql", 2, other);
	expect(sums_flyway, &file, with_crlf->flyway, ADOPT_SUM_DIFFERS);
	expect(sums_prisma, &file, with_crlf->prisma, ADOPT_SUM_DIFFERS);
	expect(sums_refinery, &file, with_crlf->refinery, ADOPT_SUM_DIFFERS);
	expect(sums_sqitch, &file, with_crlf->sqitch, ADOPT_SUM_DIFFERS);
	expect(sums_sqlx, &file, with_crlf->sqlx, ADOPT_SUM_DIFFERS);
}

static void line_ends_are_made_as_asked(void **state)
{
	struct arena arena = { 0 };
	struct text mixed = text_of("\na\r\nb\rc\r\r\nd");

	(void)state;
	assert_true(text_equals(sums_with_line_ends(&arena, mixed, LINE_ENDS_KEPT), mixed));
	assert_true(text_equals(sums_with_line_ends(&arena, mixed, LINE_ENDS_LF),
	                        text_of("\na\nb\rc\r\nd")));
	assert_true(text_equals(sums_with_line_ends(&arena, mixed, LINE_ENDS_CRLF),
	                        text_of("\r\na\r\nb\rc\r\r\nd")));
	assert_null(sums_hex(&arena, "no such digest", mixed));
	arena_clear(&arena);
}

/* --- Flyway --- */

/* With -placeholders.who=me: of a versioned migration the file counts, of a repeatable one what
 * becomes of it. */
static void flyway_puts_placeholders_into_repeatable_ones(void **state)
{
	struct adopt_file plain =
	        file_of("R__plain.sql", 0, "CREATE TABLE IF NOT EXISTS r (id integer);\n");
	struct adopt_file filled = file_of("R__placeholder.sql", 0,
	                                   "-- ${who} ${flyway:filename}\n"
	                                   "CREATE TABLE IF NOT EXISTS s (id integer);\n");
	struct adopt_file versioned =
	        file_of("V1__placeholder.sql", 1, "-- ${who}\nCREATE TABLE t (id integer);\n");
	struct adopt_row row = { .key = "", .detail = "", .state = ADOPT_REPEATABLE };
	char ours[200];

	(void)state;
	expect_ours(sums_flyway, &versioned, "-1151546166");
	row.checksum = "2066312306";
	assert_int_equal(ask(sums_flyway, &plain, 0, &row, ours), ADOPT_SUM_SAME);
	row.checksum = "2066312307";
	assert_int_equal(ask(sums_flyway, &plain, 0, &row, ours), ADOPT_SUM_DIFFERS);
	row.checksum = "2070131613";
	assert_int_equal(ask(sums_flyway, &filled, 0, &row, ours), ADOPT_SUM_UNUSABLE);
	row.checksum = ours;
	assert_int_equal(ask(sums_flyway, &filled, 0, &row, ours), ADOPT_SUM_SAME);
}

/* Flyway was told another encoding, then; Prisma puts U+FFFD in. */
static void what_is_not_utf8_is_decoded_first(void **state)
{
	struct adopt_file file =
	        file_of("V1__latin1.sql", 1, "-- \344\nCREATE TABLE t (a text);\n");

	(void)state;
	expect(sums_flyway, &file, "1", ADOPT_SUM_UNUSABLE);
	expect(sums_prisma, &file, "1", ADOPT_SUM_UNUSABLE);
}

/* --- Prisma, sqlx, refinery: variants --- */

/* The first digit of the bytes below 16. */
static void prisma_once_left_zeros_out(void **state)
{
	struct adopt_file file = file_of("1_lf/migration.sql", 1, "-- 0\n");

	(void)state;
	expect_ours(sums_prisma, &file,
	            "95c4bf84e043d00fd8a1047547b7f94eb40378fdf5b6272085f0d71792583c63");
	expect(sums_prisma, &file, "95c4bf84e043d0fd8a147547b7f94eb4378fdf5b6272085f0d71792583c63",
	       ADOPT_SUM_SAME);
	expect(sums_prisma, &file,
	       "1"
	       "95c4bf84e043d0fd8a147545b7f94eb4378fdf5b6272085f0d71792583c63",
	       ADOPT_SUM_DIFFERS);
}

/* ignored-chars in sqlx.toml: ["\r"], and [" ", "\t", "\r", "\n", "\uFEFF"]. */
static void sqlx_ignores_characters(void **state)
{
	struct adopt_file file =
	        file_of("1_a.sql", 1, "\357\273\277CREATE TABLE a (\r\n\tid integer\r\n);\r\n");

	(void)state;
	expect(sums_sqlx, &file,
	       "86e96f45978f2101d20b6a9e9f2909869f143941a07603fab87932e4730d9270b2ee43030ed6b8860b8"
	       "4c6444053724e",
	       ADOPT_SUM_SAME);
	expect(sums_sqlx, &file,
	       "0e9360e680a51c8d89e3dd35011043147111f62795f82fe2d6090190bd0d86526897b832ff876006234"
	       "23f55d7816bb0",
	       ADOPT_SUM_SAME);
	file.text.size -= 3; /* Without ";". */
	expect(sums_sqlx, &file,
	       "0e9360e680a51c8d89e3dd35011043147111f62795f82fe2d6090190bd0d86526897b832ff876006234"
	       "23f55d7816bb0",
	       ADOPT_SUM_DIFFERS);
}

/* With the feature int8-versions. */
static void refinery_may_have_long_versions(void **state)
{
	struct adopt_file file = file_of("V1__lf.sql", 1, "CREATE TABLE a (id integer);\n");
	struct adopt_file later = file_of("V20240101120000__long.sql", INT64_C(20240101120000),
	                                  "CREATE TABLE b (id integer);\n");

	(void)state;
	expect(sums_refinery, &file, "8098994233730644890", ADOPT_SUM_SAME);
	expect(sums_refinery, &file, "8098994233730644891", ADOPT_SUM_DIFFERS);
	expect_ours(sums_refinery, &later, "8092650802239742565");
}

/* --- Atlas --- */

static const struct {
	const char *path;
	const char *text;
	const char *stored; /* NULL: Atlas leaves it out. */
} atlas_files[] = {
	{ "1_lf.sql", "CREATE TABLE a (id integer);\n",
	  "bygs/vm9K56kqn9djk4qj3GVUCHqkbfDwpOA/xzpaH0=" },
	{ "2_crlf.sql", "CREATE TABLE b (\r\n\tid integer -- the key\r\n);\r\n",
	  "8o6xRBp0Dn2WfqW1kXQ1wOpf3NQtVX2ym8GP34ci2tw=" },
	{ "3_ignored.sql", "-- atlas:sum ignore\n\nCREATE TABLE c (id integer);\n", NULL },
	{ "4_not_ascii.sql",
	  "-- Gr\303\266\303\237e: \344\270\226\347\225\214 \360\237\232\200\n"
	  "CREATE TABLE e (name text DEFAULT 'Zo\303\253');\n",
	  "Dc90YUcBGIhqM1vhFTLiDOpg8jb/21bj+A43su9IEf8=" },
	{ "5_no_newline.sql", "CREATE TABLE d (id integer)",
	  "fIcvY283PU5mcAzOA9YzlWMnjVfdEhFd37/gb3xf5O8=" },
	{ "6_below.sql",
	  "-- A comment\n-- atlas:sum ignore\n-- behind it\n\nCREATE TABLE f (id integer);\n",
	  "LSpp0mcMcqY4/8rdYR98mP/+7wZxU1wsqmmCs9YaDyQ=" },
	{ "7_not_header.sql", "-- atlas:sum ignore\nCREATE TABLE g (id integer);\n", NULL },
	{ "8_empty.sql", "", "1OCeeMGmAzirIhOh9zVNwcVVCQcfnD5RKgMRvPYEtho=" },
	{ "9_last.sql", "CREATE TABLE h (id integer);\n",
	  "ahYQA5iKzvrLG3ehZC0l98FhWgtZ3GBLUMxirVt9lg8=" },
};

#define ATLAS_COUNT (sizeof(atlas_files) / sizeof(atlas_files[0]))

static void fill(struct adopt_file files[ATLAS_COUNT])
{
	for (size_t i = 0; i < ATLAS_COUNT; i++)
		files[i] = file_of(atlas_files[i].path, (int64_t)i + 1, atlas_files[i].text);
}

static void atlas_sums_all_files_up_to_one(void **state)
{
	struct adopt_file files[ATLAS_COUNT];
	struct adopt_row row = { .key = "" };
	char ours[200];

	(void)state;
	fill(files);
	for (size_t i = 0; i < ATLAS_COUNT; i++) {
		const char *stored = atlas_files[i].stored;

		row.checksum = stored != NULL ? stored : "";
		assert_int_equal(ask(sums_atlas, files, i, &row, ours),
		                 stored != NULL ? ADOPT_SUM_SAME : ADOPT_SUM_UNUSABLE);
		row.checksum = "h1:";
		assert_int_equal(ask(sums_atlas, files, i, &row, ours),
		                 stored != NULL ? ADOPT_SUM_DIFFERS : ADOPT_SUM_UNUSABLE);
		if (stored != NULL)
			assert_string_equal(ours, stored);
	}
}

/* But for the one that it leaves out. */
static void atlas_sees_an_earlier_edit(void **state)
{
	struct adopt_file files[ATLAS_COUNT];
	struct adopt_row row = { .key = "", .checksum = atlas_files[3].stored };
	char ours[200];

	(void)state;
	fill(files);
	files[2].text = text_of("-- atlas:sum ignore\nSELECT 1;\n");
	assert_int_equal(ask(sums_atlas, files, 3, &row, ours), ADOPT_SUM_SAME);
	files[2].path = "3_renamed.sql";
	assert_int_equal(ask(sums_atlas, files, 3, &row, ours), ADOPT_SUM_DIFFERS);
	fill(files);
	files[0].text.size--;
	assert_int_equal(ask(sums_atlas, files, 3, &row, ours), ADOPT_SUM_DIFFERS);
}

/* All of a checkout's. */
static void atlas_forgives_line_ends(void **state)
{
	struct adopt_file files[] = {
		file_of("below/1_lf.sql", 1, "CREATE TABLE a (id integer);\r\n"),
	};
	struct adopt_row row = { .key = "", .checksum = atlas_files[0].stored };
	char ours[200];

	(void)state;
	assert_int_equal(ask(sums_atlas, files, 0, &row, ours), ADOPT_SUM_SAME);
}

/* --- Liquibase --- */

static const char changelog[] =
        "--liquibase formatted sql\n"
        "\n"
        "--changeset alice:plain\n"
        "CREATE TABLE a (id integer);\n"
        "\n"
        "--changeset alice:comments\n"
        "-- a comment of ours\n"
        "CREATE TABLE b ( -- the key\n"
        "\tid integer /* inner */\n"
        ");\n"
        "--comment: what it is for\n"
        "--rollback DROP TABLE b;\n"
        "\n"
        "-- changeset alice:spaced runInTransaction:false splitStatements:false"
        " stripComments:false\n"
        "--preconditions onFail:HALT\n"
        "--precondition-sql-check expectedResult:0 SELECT 0\n"
        "CREATE TABLE c (name text DEFAULT 'a  b');\n"
        "CREATE INDEX c_name ON c (name);\n"
        "-- rollback DROP TABLE c;\n"
        "\n"
        "--changeset alice:delimiter endDelimiter:/\n"
        "CREATE TABLE d (id integer)\n"
        "/\n"
        "CREATE INDEX d_id ON d (id)\n"
        "/\n"
        "\n"
        "--changeset alice:not_ascii\n"
        "-- Gr\303\266\303\237e: \344\270\226\347\225\214 \360\237\232\200 e\314\201\n"
        "CREATE TABLE e (name text DEFAULT 'Zo\303\253\302\240');\n"
        "\n"
        "--changeset alice:block\n"
        "CREATE TABLE f (id integer);\n"
        "/* liquibase rollback\n"
        "DROP TABLE f;\n"
        "*/\n"
        "\n"
        "--changeset \"bob b\":\"with space\"\n"
        "--validCheckSum: 1:any\n"
        "CREATE TABLE g (id integer);\n"
        "\n"
        "--changeset carol:form runOnChange:true\n"
        "CREATE TABLE h (id integer); -- \v and \f\n"
        "--ignoreLines:1\n"
        "CREATE TABLE ignored (id integer);\n"
        "CREATE TABLE kept (id integer);\n"
        "--changeset carol:crlf\r\n"
        "CREATE TABLE i (\r\n"
        "\tid integer\r\n"
        ");\r\n"
        "\r\n"
        "--changeset carol:two_dashes\n"
        "--CREATE\n"
        "--\n"
        "CREATE TABLE j (id integer); --rollback no\n"
        "--rollbackDROP TABLE j;\n"
        "--rollback not required\n"
        "--changeset carol:last\n"
        "CREATE TABLE k (id integer)";

static void liquibase_checks_changesets(void **state)
{
	static const struct {
		const char *author, *id, *stored;
		enum adopt_sum sum;
	} rows[] = {
		{ "alice", "plain", "9:6b86ace02f5af071a6efedc9a3617cd0", ADOPT_SUM_SAME },
		{ "alice", "comments", "9:146a10da600b47bac96964b7ab7fc8d3", ADOPT_SUM_SAME },
		{ "alice", "spaced", "9:fa1878b7f2ada1bc2178eabd813cb9b9", ADOPT_SUM_SAME },
		{ "alice", "delimiter", "9:6b62046b9ece4171d133dbd1cb3cb875", ADOPT_SUM_SAME },
		{ "alice", "not_ascii", "9:5e97f2d5578fbdc6f28ad333d225a3d3", ADOPT_SUM_SAME },
		{ "alice", "block", "9:34f174c46c46d8eecafa980cf6e72ca2", ADOPT_SUM_SAME },
		{ "bob b", "with space", "9:62909f1a248f791166ba9a0737eaa2b7", ADOPT_SUM_SAME },
		{ "carol", "form", "9:046bd6f082da793f421e90419d1b1e4b", ADOPT_SUM_UNUSABLE },
		{ "carol", "crlf", "9:c666651cd98521b23b6c44903b787bb6", ADOPT_SUM_SAME },
		{ "carol", "two_dashes", "9:3e20163ed0966499e9fed21baeef49cd", ADOPT_SUM_SAME },
		{ "carol", "last", "9:e48ced697f9d07a894b853678c09da52", ADOPT_SUM_SAME },
		/* Another one's; older; another author's; not there. */
		{ "alice", "plain", "9:e48ced697f9d07a894b853678c09da52", ADOPT_SUM_DIFFERS },
		{ "alice", "plain", "8:6b86ace02f5af071a6efedc9a3617cd0", ADOPT_SUM_UNUSABLE },
		{ "bob", "plain", "9:6b86ace02f5af071a6efedc9a3617cd0", ADOPT_SUM_UNUSABLE },
		{ "alice", "none", "9:6b86ace02f5af071a6efedc9a3617cd0", ADOPT_SUM_UNUSABLE },
	};
	struct adopt_file file = file_of("1_all.sql", 1, changelog);
	char ours[200];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct adopt_row row = { .key = rows[i].id,
			                 .detail = rows[i].author,
			                 .checksum = rows[i].stored };
		enum adopt_sum sum = ask(sums_liquibase, &file, 0, &row, ours);

		if (sum != rows[i].sum)
			print_error("%s:%s: ours %s\n", rows[i].author, rows[i].id, ours);
		assert_int_equal(sum, rows[i].sum);
	}
}

/* Odd headers, none of which may be read past its end. */
static void liquibase_reads_headers(void **state)
{
	static const char *const texts[] = {
		"--liquibase formatted sql\n--changeset a",
		"--liquibase formatted sql\n--changeset \"a",
		"--liquibase formatted sql\n--changeset \"a\"",
		"--liquibase formatted sql\n--changeset a:",
		"--liquibase formatted sql\n--changeset  ",
		"--liquibase formatted sql",
		"--",
		"",
	};
	struct adopt_row row = { .key = "1", .detail = "a", .checksum = "9:0" };
	char ours[200];

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct adopt_file file = file_of("1_all.sql", 1, texts[i]);

		assert_int_equal(ask(sums_liquibase, &file, 0, &row, ours), ADOPT_SUM_UNUSABLE);
	}
}

/* A changeset's SQL in a file of its own, by sqlFile or by hand. */
static void liquibase_checks_a_file_that_is_a_changeset(void **state)
{
	struct adopt_file file = file_of("1_b.sql", 1,
	                                 "\357\273\277-- a comment of ours\r\n"
	                                 "CREATE TABLE b (   -- the key\r\n"
	                                 "id integer /* inner */ );\r\n");

	(void)state;
	expect(sums_liquibase, &file, "9:146a10da600b47bac96964b7ab7fc8d3", ADOPT_SUM_SAME);
	file.text.size -= 3;
	expect(sums_liquibase, &file, "9:146a10da600b47bac96964b7ab7fc8d3", ADOPT_SUM_UNUSABLE);
}

/* With --changeLogParameters or properties, whose values are not in the file. */
static void liquibase_has_parameters(void **state)
{
	struct adopt_file file = file_of("1_b.sql", 1,
	                                 "--liquibase formatted sql\n--changeset a:1\n"
	                                 "CREATE TABLE ${name} (a text);\n");
	struct adopt_row row = { .key = "1", .detail = "a", .checksum = "9:0" };
	char ours[200];

	(void)state;
	assert_int_equal(ask(sums_liquibase, &file, 0, &row, ours), ADOPT_SUM_UNUSABLE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_tool_stores_what_we_compute),
		cmocka_unit_test(other_line_ends_are_the_same_file),
		cmocka_unit_test(line_ends_are_made_as_asked),
		cmocka_unit_test(flyway_puts_placeholders_into_repeatable_ones),
		cmocka_unit_test(what_is_not_utf8_is_decoded_first),
		cmocka_unit_test(prisma_once_left_zeros_out),
		cmocka_unit_test(sqlx_ignores_characters),
		cmocka_unit_test(refinery_may_have_long_versions),
		cmocka_unit_test(atlas_sums_all_files_up_to_one),
		cmocka_unit_test(atlas_sees_an_earlier_edit),
		cmocka_unit_test(atlas_forgives_line_ends),
		cmocka_unit_test(liquibase_checks_changesets),
		cmocka_unit_test(liquibase_reads_headers),
		cmocka_unit_test(liquibase_checks_a_file_that_is_a_changeset),
		cmocka_unit_test(liquibase_has_parameters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
