/* checksum_test.c - which edits are the same migration, which are another, and that the format
 * stays. */
#include "checksum.h"
#include "parse.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#define IN_SQLITE   (1u << DIALECT_SQLITE)
#define IN_POSTGRES (1u << DIALECT_POSTGRES)
#define IN_BOTH     (IN_SQLITE | IN_POSTGRES)

/* Of the up script of a file with this text, which must be free of errors. */
static struct inlay_digest checksum_of(const char *sql, enum dialect dialect)
{
	struct arena arena = { 0 };
	struct diagnostics problems = { .arena = &arena };
	struct source source = { .path = "001_a.sql", .name = "001_a.sql", .text = text_of(sql) };
	struct parsed_file parsed;
	struct inlay_digest digest;

	parse_file(&arena, &(struct parse_input){ &source, dialect, FILE_BOTH, false }, &parsed,
	           &problems);
	if (problems.error_count > 0)
		print_error("%s\n  %s\n", sql, problems.items[0].message);
	assert_int_equal(problems.error_count, 0);
	digest = checksum_script(&parsed.up, dialect);
	arena_clear(&arena);
	return digest;
}

/* Two texts, and the dialects in which they are the same migration or are not. */
struct row {
	const char *name;
	unsigned dialects;
	const char *left;
	const char *right;
};

static const struct row equal_rows[] = {
	{ "white space", IN_BOTH, "SELECT 1 + 2", "SELECT\n\t1\f+\r2  " },
	{ "no white space", IN_BOTH, "SELECT (1) , a", "SELECT(1),a" },
	{ "comments", IN_BOTH, "SELECT 1", "-- a\nSELECT /* b; */ 1 -- c;" },
	{ "comments between statements", IN_BOTH, "SELECT 1;SELECT 2",
	  "SELECT 1;/**/\n--\n;SELECT 2" },
	{ "CRLF between tokens", IN_BOTH, "SELECT\n1;\n", "SELECT\r\n1;\r\n" },
	{ "CRLF in a string", IN_BOTH, "SELECT 'a\nb'", "SELECT 'a\r\nb'" },
	{ "CRLF in a quoted name", IN_BOTH, "SELECT \"a\nb\"", "SELECT \"a\r\nb\"" },
	{ "CRLF in a dollar quote", IN_POSTGRES, "SELECT $$a\nb$$", "SELECT $$a\r\nb$$" },
	{ "byte-order mark", IN_BOTH, "SELECT 1", "\xef\xbb\xbfSELECT 1" },
	{ "trailing semicolon", IN_BOTH, "SELECT 1", "SELECT 1;" },
	{ "empty statements", IN_BOTH, "SELECT 1; SELECT 2", ";;SELECT 1;;; SELECT 2;;" },
	{ "keyword case", IN_BOTH, "select 1 where 2 in (3)", "SELECT 1 WHERE 2 IN (3)" },
	{ "name case", IN_POSTGRES, "SELECT Some_Column FROM T", "select some_column from t" },
	{ "number case", IN_POSTGRES, "SELECT 1E5, 0XAB", "SELECT 1e5, 0xab" },
	{ "prefix case", IN_POSTGRES, "SELECT E'a', X'1f', U&'b'", "SELECT e'a', x'1f', u&'b'" },
	{ "string continuation", IN_POSTGRES, "SELECT 'ab'", "SELECT 'a'\n  'b'" },
	{ "continuation over a comment", IN_POSTGRES, "SELECT 'ab'", "SELECT 'a' -- c\n'b'" },
	{ "escape string continuation", IN_POSTGRES, "SELECT E'a\\'b'", "SELECT E'a'\n'\\'b'" },
	{ "section line", IN_BOTH, "SELECT 1",
	  "-- migrate:up\nSELECT 1\n-- migrate:down\nSELECT 2" },
	{ "the default spelt out", IN_BOTH, "SELECT 1",
	  "-- migrate:up transaction:true\nSELECT 1" },
	{ "header checksum", IN_BOTH, "SELECT 1",
	  "-- checksum: sha256:00000000000000000000000000000000000000000000000000000000000000ff\n"
	  "SELECT 1" },
	{ "wrapper", IN_BOTH, "SELECT 1", "BEGIN; SELECT 1; COMMIT;" },
	{ "ways to turn foreign keys off", IN_SQLITE, "PRAGMA foreign_keys=OFF; SELECT 1",
	  "pragma main.foreign_keys ( 'no' ); SELECT 1; PRAGMA foreign_keys = on" },
	{ "pg_dump's guards", IN_POSTGRES, "SELECT 1",
	  "\\restrict abc\nSELECT 1;\n\\unrestrict abc\n" },
	{ "a fresh session, twice without a transaction", IN_POSTGRES,
	  "-- migrate:session fresh\nSELECT 1",
	  "-- migrate:up transaction:false\n-- migrate:session fresh\nSELECT 1" },
	{ "a fresh session, which SQLite has not", IN_SQLITE, "SELECT 1",
	  "-- migrate:session fresh\nSELECT 1" },
	{ "blob prefix case", IN_SQLITE, "SELECT x'0a'", "SELECT X'0a'" },
	{ "breaking above or below the section line", IN_BOTH,
	  "-- migrate:breaking\n-- migrate:up\nSELECT 1",
	  "-- migrate:up\n-- migrate:breaking\nSELECT 1" },
	{ "repeatable", IN_BOTH, "SELECT 1", "-- migrate:repeatable\nSELECT 1" },
	{ "layout of a call", IN_BOTH, "SELECT 1;\n-- migrate:call f\nSELECT 2",
	  "SELECT 1\n\t--migrate:call\tf \r\n;SELECT 2" },
	{ "a call's version spelt out", IN_BOTH, "-- migrate:call f",
	  "-- migrate:call f version:1" },
	{ "wrapper around a call", IN_BOTH, "SELECT 1;\n-- migrate:call commit",
	  "BEGIN; SELECT 1;\n-- migrate:call commit\nCOMMIT;" },
};

static const struct row other_rows[] = {
	{ "string content", IN_BOTH, "SELECT 'a'", "SELECT 'b'" },
	{ "string case", IN_BOTH, "SELECT 'a'", "SELECT 'A'" },
	{ "space in a string", IN_BOTH, "SELECT 'a b'", "SELECT 'a  b'" },
	{ "comment marks in a string", IN_BOTH, "SELECT 'a'", "SELECT 'a--'" },
	{ "doubled quote", IN_BOTH, "SELECT 'a''b'", "SELECT 'a' 'b'" },
	{ "quoted name case", IN_BOTH, "SELECT \"a\"", "SELECT \"A\"" },
	{ "quoted and bare name", IN_BOTH, "SELECT a", "SELECT \"a\"" },
	{ "name and string", IN_BOTH, "SELECT \"a\"", "SELECT 'a'" },
	{ "column case", IN_SQLITE, "SELECT Name", "SELECT name" },
	{ "number split", IN_BOTH, "SELECT 1e5", "SELECT 1 e5" },
	{ "operator split", IN_BOTH, "SELECT 1 <= 2", "SELECT 1 < = 2" },
	{ "word split", IN_BOTH, "SELECT ab", "SELECT a b" },
	{ "tokens joined across a comment", IN_BOTH, "SELECT ab", "SELECT a/**/b" },
	{ "unicode string and operator", IN_POSTGRES, "SELECT U&'x'", "SELECT U & 'x'" },
	{ "escape string and plain string", IN_POSTGRES, "SELECT E'x'", "SELECT 'x'" },
	{ "prefix and name", IN_POSTGRES, "SELECT N'x'", "SELECT N 'x'" },
	{ "bits and hex", IN_POSTGRES, "SELECT B'01'", "SELECT X'01'" },
	{ "strings on one line", IN_POSTGRES, "SELECT 'a'\n'b'", "SELECT 'a' 'b'" },
	{ "no continuation", IN_SQLITE, "SELECT 'ab'", "SELECT 'a'\n'b'" },
	{ "space in a dollar quote", IN_POSTGRES, "SELECT $$ a $$", "SELECT $$ a  $$" },
	{ "dollar tags", IN_POSTGRES, "SELECT $a$x$a$", "SELECT $b$x$b$" },
	{ "dollar quote and string", IN_POSTGRES, "SELECT $$x$$", "SELECT 'x'" },
	{ "lone CR in a string", IN_BOTH, "SELECT 'a\nb'", "SELECT 'a\rb'" },
	{ "statement boundary", IN_BOTH, "SELECT 1 SELECT 2", "SELECT 1; SELECT 2" },
	{ "statement order", IN_BOTH, "SELECT 1; SELECT 2", "SELECT 2; SELECT 1" },
	{ "a statement more", IN_BOTH, "SELECT 1", "SELECT 1; SELECT 1" },
	{ "transaction:false", IN_BOTH, "SELECT 1", "-- migrate:up transaction:false\nSELECT 1" },
	{ "foreign keys off", IN_SQLITE, "SELECT 1", "PRAGMA foreign_keys = off; SELECT 1" },
	{ "standard_conforming_strings", IN_POSTGRES,
	  "SET standard_conforming_strings = on; SELECT 'a'",
	  "SET standard_conforming_strings = off; SELECT 'a'" },
	{ "number spelling", IN_BOTH, "SELECT 1.0", "SELECT 1.00" },
	{ "negative number", IN_BOTH, "SELECT -1", "SELECT 1" },
	{ "no statement", IN_BOTH, "", "SELECT 1" },
	{ "non-ASCII name case", IN_BOTH, "SELECT \xc3\xa4", "SELECT \xc3\x84" },
	{ "blob case", IN_SQLITE, "SELECT x'0a'", "SELECT x'0A'" },
	{ "a fresh session", IN_POSTGRES, "-- migrate:up transaction:false\nSELECT 1",
	  "-- migrate:session fresh\nSELECT 1" },
	{ "breaking", IN_BOTH, "SELECT 1", "-- migrate:breaking\nSELECT 1" },
	{ "a call", IN_BOTH, "SELECT 1", "SELECT 1;\n-- migrate:call f" },
	{ "a call's name", IN_BOTH, "-- migrate:call f", "-- migrate:call g" },
	{ "a call's name in another case", IN_BOTH, "-- migrate:call f", "-- migrate:call F" },
	{ "a call's version", IN_BOTH, "-- migrate:call f", "-- migrate:call f version:2" },
	{ "a call's place", IN_BOTH, "-- migrate:call f\nSELECT 1",
	  "SELECT 1;\n-- migrate:call f" },
	{ "a call and SQL of that name", IN_BOTH, "-- migrate:call f", "f" },
	{ "calls called like a wrapper", IN_BOTH, "SELECT 1",
	  "-- migrate:call begin\nSELECT 1;\n-- migrate:call commit" },
	{ "kinds of parameter", IN_BOTH, "SELECT $1", "SELECT $2" },
};

static int count_wrong(const struct row *rows, size_t count, bool equal)
{
	int wrong = 0;
	size_t i;
	int dialect;

	for (i = 0; i < count; i++) {
		for (dialect = 0; dialect < DIALECT_COUNT; dialect++) {
			struct inlay_digest left, right;

			if ((rows[i].dialects & 1u << dialect) == 0)
				continue;
			left = checksum_of(rows[i].left, (enum dialect)dialect);
			right = checksum_of(rows[i].right, (enum dialect)dialect);
			if (digest_equals(&left, &right) == equal)
				continue;
			print_error("%s, dialect %d: should %s\n", rows[i].name, dialect,
			            equal ? "be the same" : "differ");
			wrong++;
		}
	}
	return wrong;
}

static void layout_does_not_count(void **state)
{
	(void)state;
	assert_int_equal(count_wrong(equal_rows, sizeof(equal_rows) / sizeof(equal_rows[0]), true),
	                 0);
}

static void meaning_does(void **state)
{
	(void)state;
	assert_int_equal(count_wrong(other_rows, sizeof(other_rows) / sizeof(other_rows[0]), false),
	                 0);
}

static void dialects_differ(void **state)
{
	const struct inlay_digest sqlite = checksum_of("SELECT 1", DIALECT_SQLITE);
	const struct inlay_digest postgres = checksum_of("SELECT 1", DIALECT_POSTGRES);

	(void)state;
	assert_false(digest_equals(&sqlite, &postgres));
}

/* ---- the format, computed by hand ------------------------------------------------------------ */

/*
 * Each is the SHA-256 of the stream that checksum.c describes, by Python's hashlib: for the first
 * one of b"inlay checksum 1\0sqlite\0\n", for the fourth of b"inlay checksum
 * 1\0sqlite\0foreign_keys:off\0\nwselect\0" b"11\0", for the call of hash_all of
 * b"inlay checksum 1\0postgres\0\nchash_all\0" b"v1\0".  Released checksums are in databases:
 * these never change.
 */
static const struct {
	enum dialect dialect;
	const char *sql;
	const char *hex;
} known[] = {
	{ DIALECT_SQLITE, "", "46d5808d6944eb5c61a4a5ea63bf83fcb72d3520b797b83608dbb24c860765d7" },
	{ DIALECT_POSTGRES, "-- nothing\n;",
	  "93339a7e73e4850132268c99003cffbb60685d84d881421af9c4d2111c4a3098" },
	{ DIALECT_SQLITE, "CREATE TABLE T (Id INTEGER PRIMARY KEY);\nSELECT 1E5 <= 'it''s' x'0A';",
	  "0f275624b623ec526b457b892071d8fb57067b21f6ab3f7f2d8336396053ea21" },
	{ DIALECT_SQLITE, "pragma foreign_keys=off; SELECT 1",
	  "f00185a5f52d92c833011f60f28b2552c17a39f490cd18b716affa7a6ccfe49b" },
	{ DIALECT_POSTGRES,
	  "-- migrate:up transaction:false\nSELECT 'a'\n'b', E'a\\n', U&'x', N'n', B'01', X'1F', "
	  "$q$ B "
	  "$q$, "
	  "1E5::INT, \"Q\".U&\"x\", $1",
	  "b87d3335456a4b27ad10e9df3beb508472cb908f30220ffe0d7d5684fbe469ee" },
	{ DIALECT_POSTGRES, "-- migrate:session fresh\nSELECT 1",
	  "5ebc073f3065faaac416af19ba374d47f2c9d76589710c508bb62cd9344d89fa" },
	{ DIALECT_SQLITE, "-- migrate:breaking\nSELECT 1",
	  "b5da085d8eba358b968659f1b41787e8dda6ac01fac4cfdf4e8aca267b9a8fce" },
	{ DIALECT_POSTGRES, "-- migrate:call hash_all",
	  "e5e5ac85974e69136dc20a68a5661b1d36ae0019746a2a0717bf46cdcee33e46" },
	{ DIALECT_POSTGRES,
	  "-- migrate:up transaction:false\n-- migrate:breaking\nSELECT 1\n"
	  "-- migrate:call Hash_All version:12\nSELECT 2",
	  "9e02a4ce914d1c89d66221a992c73b5576b2deb101451f5c1d50f1bb677b2d1e" },
	{ DIALECT_POSTGRES, "CREATE FUNCTION f() BEGIN ATOMIC SELECT 1; END;",
	  "309476a627319141b034cccf632f0822c4f7702a6ccb1d675d30f88f2f686c6f" },
};

static void assert_digest(const struct inlay_digest *digest, const char *expected)
{
	char hex[DIGEST_HEX_SIZE];

	digest_to_hex(digest, hex);
	assert_string_equal(hex, expected);
}

static void the_format_stays(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		struct inlay_digest digest = checksum_of(known[i].sql, known[i].dialect);

		assert_digest(&digest, known[i].hex);
	}
}

/* SHA-256(32 zero bytes, version in 8 bytes with the highest first, checksum), and on from there:
 *
 *     c1 = sha256(bytes(32) + struct.pack(">q", 1) + checksum1)
 *     c2 = sha256(c1 + struct.pack(">q", 20261120093000) + checksum2)
 */
static void the_chain_is_as_documented(void **state)
{
	const struct inlay_digest none = { { 0 } };
	const struct inlay_digest one = checksum_of(known[2].sql, DIALECT_SQLITE);
	const struct inlay_digest two = checksum_of(known[4].sql, DIALECT_POSTGRES);
	struct inlay_digest chain = checksum_chain(&none, 1, &one);

	(void)state;
	assert_digest(&chain, "dcb9186fcf7c1bf5bcb88008a6b96a9756af41414937e1bb627add58be06ebcb");
	chain = checksum_chain(&chain, 20261120093000, &two);
	assert_digest(&chain, "73b60c73a3f3aa10e7838cb22572dd46241e83d5aefd3fa820842627dcef4482");
}

/* SHA-256(32 zero bytes, revision, name and NUL, checksum), and on from there:
 *
 *     c1 = sha256(bytes(32) + struct.pack(">q", 1) + b"R__a\0" + checksum1)
 *     c2 = sha256(c1 + struct.pack(">q", 258) + b"R__b\0" + checksum2)
 */
static void the_chain_of_repeatable_ones_is_too(void **state)
{
	const struct inlay_digest none = { { 0 } };
	const struct inlay_digest one = checksum_of(known[2].sql, DIALECT_SQLITE);
	const struct inlay_digest two = checksum_of(known[4].sql, DIALECT_POSTGRES);
	struct inlay_digest chain = checksum_chain_repeatable(&none, 1, "R__a", &one);

	(void)state;
	assert_digest(&chain, "e349a067179ed99714fbfa8a45146de8946b04140543a1d8fb29fa2fb89a224d");
	chain = checksum_chain_repeatable(&chain, 258, "R__b", &two);
	assert_digest(&chain, "e0aff7b74fdafe7e1a55e1e4a5612036990b6fd2d44337d1306b6aee711671e4");
}

static void source_checksums_ignore_line_ends_and_mark(void **state)
{
	const char *hex = "987e867ae4d570d5fd5d91a2538676941273196fa9516f4dca9339d38630e920";
	struct inlay_digest digest = checksum_source(text_of("SELECT 1;\n\r-- x\n"));

	(void)state;
	assert_digest(&digest, hex);
	digest = checksum_source(text_of("\xef\xbb\xbfSELECT 1;\r\n\r-- x\r\n"));
	assert_digest(&digest, hex);
	digest = checksum_source(text_of(""));
	assert_digest(&digest, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

static void hex_goes_both_ways(void **state)
{
	const char *hex = "0123456789abcdef00000000000000000000000000000000fedcba9876543210";
	char upper[] = "0123456789ABCDEF00000000000000000000000000000000FEDCBA9876543210";
	struct inlay_digest digest;

	(void)state;
	assert_true(digest_from_hex(text_of(hex), &digest));
	assert_int_equal(digest.words[0], 0x0123456789abcdef);
	assert_digest(&digest, hex);
	assert_true(digest_from_hex(text_of(upper), &digest));
	assert_digest(&digest, hex);
	assert_false(digest_from_hex(text_of(hex + 1), &digest));
	upper[10] = 'g';
	assert_false(digest_from_hex(text_of(upper), &digest));
	assert_false(digest_from_hex((struct text){ NULL, 0 }, &digest));
}

static void keywords_are_known(void **state)
{
	static const char *const yes[] = { "abort", "ABORT", "wItHoUt", "current_timestamp", "as" };
	static const char *const no[] = {
		"a", "", "integer", "abortx", "current_timestampx", "strict", "zzz", "as\x80"
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(yes) / sizeof(yes[0]); i++)
		assert_true(sqlite_keyword(text_of(yes[i])));
	for (i = 0; i < sizeof(no) / sizeof(no[0]); i++)
		assert_false(sqlite_keyword(text_of(no[i])));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(layout_does_not_count),
		cmocka_unit_test(meaning_does),
		cmocka_unit_test(dialects_differ),
		cmocka_unit_test(the_format_stays),
		cmocka_unit_test(the_chain_is_as_documented),
		cmocka_unit_test(the_chain_of_repeatable_ones_is_too),
		cmocka_unit_test(source_checksums_ignore_line_ends_and_mark),
		cmocka_unit_test(hex_goes_both_ways),
		cmocka_unit_test(keywords_are_known),
	};

	return cmocka_run_group_tests_name("checksum", tests, NULL, NULL);
}
