/* lexer_test.c - tables of inputs and the tokens each dialect makes of them. */
#include "../compiler/lexer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/* cmocka.h wants the four above first. */
#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* One letter a kind; what a row of a table spells. */
static const char letters[] = {
	[TOKEN_END] = '$',          [TOKEN_SPACE] = '_',           [TOKEN_COMMENT] = 'C',
	[TOKEN_WORD] = 'W',         [TOKEN_NAME] = 'Q',            [TOKEN_UNICODE_NAME] = 'V',
	[TOKEN_STRING] = 'S',       [TOKEN_ESCAPE_STRING] = 'E',   [TOKEN_UNICODE_STRING] = 'U',
	[TOKEN_NATIONAL_STRING] = 'N', [TOKEN_BIT_STRING] = 'B',   [TOKEN_HEX_STRING] = 'X',
	[TOKEN_CONTINUATION] = '+', [TOKEN_DOLLAR_STRING] = 'D',   [TOKEN_NUMBER] = '1',
	[TOKEN_PARAMETER] = 'P',    [TOKEN_OPERATOR] = 'O',        [TOKEN_PUNCTUATION] = ',',
	[TOKEN_OPEN] = '(',         [TOKEN_CLOSE] = ')',           [TOKEN_SEMICOLON] = ';',
	[TOKEN_META] = '\\',        [TOKEN_UNTERMINATED] = '!',    [TOKEN_INVALID] = '?',
};

struct row {
	const char *input;
	const char *kinds; /* A letter a token; white space left out. */
	const char
	    *cuts; /* The tokens' texts with a space between, or NULL where the kinds say it all. */
};

static const struct row postgres_rows[] = {
	/* Words. */
	{ "a _b c1 d$e", "WWWW", "a _b c1 d$e" },
	{ "a$$b$$c", "W", NULL },
	{ "größe été 表", "WWW", NULL },
	{ "date'2024\\'", "WS", "date '2024\\'" },
	{ "name'x'", "WS", "name 'x'" },
	{ "true_e'x'", "WS", "true_e 'x'" },
	/* Strings, and what may stand before the quote. */
	{ "'a;b'", "S", NULL },
	{ "''", "S", NULL },
	{ "''''", "S", NULL },
	{ "'it''s' 'x'", "SS", "'it''s' 'x'" },
	{ "'C:\\' x", "SW", "'C:\\' x" },
	{ "E'a\\';b' e'\\\\'", "EE", "E'a\\';b' e'\\\\'" },
	{ "E'a''b' E'\\''", "EE", NULL },
	{ "E 'a'", "WS", "E 'a'" },
	{ "U&'\\0061' u&'x'", "UU", NULL },
	{ "U&\"\\0061\" u&\"x\"\"y\"", "VV", NULL },
	{ "U & 'x'", "WOS", NULL },
	{ "u&x", "WOW", "u & x" },
	{ "U&'a\\' x", "UW", "U&'a\\' x" },
	{ "N'a' n'b''c'", "NN", NULL },
	{ "B'01' b'1'", "BB", NULL },
	{ "X'1f' x'AB'", "XX", NULL },
	{ "B'01''10'", "BS", "B'01' '10'" },
	{ "\"a\" \"a\"\"b;\" \"\"", "QQQ", NULL },
	/* Strings that go on after a line end. */
	{ "'a'\n'b'", "S+", NULL },
	{ "'a'\r'b'", "S+", NULL },
	{ "'a' \n 'b'\n\n'c'", "S++", NULL },
	{ "'a' 'b'", "SS", NULL },
	{ "'a' -- note\n'b'", "SC+", NULL },
	{ "'a'\n-- it's\n-- so\n'b'", "SCC+", NULL },
	{ "'a'\n/* no */'b'", "SCS", NULL },
	{ "'a'\n,'b'", "S,S", NULL },
	{ "'a';\n'b'", "S;S", NULL },
	{ "E'a'\n'b\\'c;d'", "E+", "E'a' 'b\\'c;d'" },
	{ "'a'\n'b\\'c;d'", "S+W;W!", "'a' 'b\\' c ; d '" },
	{ "U&'a'\n'b\\' 1", "U+1", NULL },
	{ "X'1'\n'2''3'", "X+S", "X'1' '2' '3'" },
	{ "'a'\nE'b'", "SE", NULL },
	{ "'a'\n$$b$$", "SD", NULL },
	{ "$$a$$\n'b'", "DS", NULL },
	{ "'a'\n- 'b'", "SOS", NULL },
	{ "'a'\n\"b\"\n'c'", "SQS", NULL },
	{ "'a'\v\n'b'", "S+", NULL },
	/* Dollar quotes. */
	{ "$$ ; $$;", "D;", NULL },
	{ "$f$ ; $g$ ; $$ ; $f$;", "D;", NULL },
	{ "$A$ $a$ $A$ $a$", "D!", "$A$ $a$ $A$ $a$" },
	{ "$ä$ ; $ä$", "D", NULL },
	{ "$a$ $a $a$", "D", NULL },
	{ "$a$$$a$", "D", NULL },
	{ "$a$ $b$a$", "D", NULL },
	{ "$$a$b$$", "D", NULL },
	{ "$1$$;$$", "PD", "$1 $$;$$" },
	{ "$1 $23", "PP", NULL },
	{ "$1a$ $1a$$;", "??;", "$1a$ $1a$$ ;" },
	{ "$a", "?W", "$ a" },
	{ "$", "?", NULL },
	{ "$ $", "??", NULL },
	{ "$a b$", "?WW", NULL },
	{ "$a-$x$a-$", "?WO!", "$ a - $x$a-$" },
	/* Comments. */
	{ "-- a; 'b\n;", "C;", NULL },
	{ "-- a\r;", "C;", NULL },
	{ "--\n--", "CC", NULL },
	{ "/* ; */;", "C;", NULL },
	{ "/* a /* b */ ; */;", "C;", NULL },
	{ "/*/*/**/*/*/ x", "CW", NULL },
	{ "/*/ */ x", "CW", NULL },
	{ "/***/ x", "CW", NULL },
	{ "/* -- */ x", "CW", NULL },
	{ "/* ' */ 'x'", "CS", NULL },
	/* Operators end where a comment starts, and do not end in a sign without reason. */
	{ "1+--x\n2", "1OC1", "1 + --x 2" },
	{ "1*/*x*/2", "1OC1", "1 * /*x*/ 2" },
	{ "a<=b", "WOW", "a <= b" },
	{ "a<>b != c => d", "WOWOWOW", NULL },
	{ "a ->> b #>> c @> d", "WOWOWOW", NULL },
	{ "x=-1", "WOO1", "x = - 1" },
	{ "x<=-1", "WOO1", "x <= - 1" },
	{ "x@-1", "WO1", "x @- 1" },
	{ "x ?-| y", "WOW", "x ?-| y" },
	{ "x ~~* y !~~* z", "WOWOW", NULL },
	{ "+-+", "OOO", "+ - +" },
	{ "*+-+", "OOOO", "* + - +" },
	{ "+-*", "O", NULL },
	{ "+-@", "O", NULL },
	{ "@+--", "OC", "@+ --" },
	{ "%-/*x*/", "OC", "%- /*x*/" },
	{ "=/*x*/>", "OCO", NULL },
	{ "||/ 27", "O1", NULL },
	{ "a::int", "WOW", "a :: int" },
	{ "a:=b a:b", "WOWW,W", "a := b a : b" },
	{ "::=", "OO", ":: =" },
	{ ":::", "O,", NULL },
	{ "a.b.*", "W,W,O", NULL },
	{ "a[1:2]", "W,1,1,", NULL },
	{ "f(a, b)", "W(W,W)", NULL },
	/* Numbers. */
	{ "1 1. .5 1.5", "1111", "1 1. .5 1.5" },
	{ "1e5 1.e5 .5e-3 1E+2", "1111", NULL },
	{ "1_000 1_000.5_0 1e1_0", "111", NULL },
	{ "0x1F 0o17 0b01 0X_f", "1111", NULL },
	{ "1..2", "1O1", "1 .. 2" },
	{ "1_0..2", "1O1", "1_0 .. 2" },
	{ "1.5..2", "1O1", "1.5 .. 2" },
	{ "1...2", "1O1", "1 .. .2" },
	{ "1__0 1_ 1e 1e+ 1.5e- 0x 0x_ 0x1g 0b2", "?????????",
	  "1__0 1_ 1e 1e+ 1.5e- 0x 0x_ 0x1g 0b2" },
	{ "1a 1.5ä 1e5x 1E'a' 1e5$a$;", "???" "?S" "?;", "1a 1.5ä 1e5x 1E 'a' 1e5$a$ ;" },
	{ "1$a$;$a$", "1D", NULL },
	{ "-1", "O1", NULL },
	/* The rest. */
	{ "\\set x 'y\nselect", "\\W", "\\set x 'y select" },
	{ "a \\gset\r\nb", "W\\W", "a \\gset b" },
	{ "\\", "\\", NULL },
	{ "'\\' \\", "S\\", NULL },
	{ "{ } \x01 \x7f", "????", NULL },
	{ " \t\r\n\f\v", "", NULL },
	{ "", "", NULL },
	/* Every way to end too early. */
	{ "a 'b", "W!", NULL },
	{ "'a''", "!", NULL },
	{ "'a''b", "!", NULL },
	{ "E'a\\'", "!", NULL },
	{ "E'a\\", "!", NULL },
	{ "'", "!", NULL },
	{ "N'", "!", NULL },
	{ "U&'", "!", NULL },
	{ "U&\"a", "!", NULL },
	{ "X'1f", "!", NULL },
	{ "\"a\"\"", "!", NULL },
	{ "'a'\n'b", "S!", NULL },
	{ "/*", "!", NULL },
	{ "/* a /* b */", "!", NULL },
	{ "/* *", "!", NULL },
	{ "/* /", "!", NULL },
	{ "$$", "!", NULL },
	{ "$$a$", "!", NULL },
	{ "$a$ ; $a", "!", NULL },
	{ "$a$ $b$", "!", NULL },
	{ "-- a", "C", NULL },
	{ "--", "C", NULL },
	{ "-", "O", NULL },
	{ "/", "O", NULL },
	{ "1.", "1", NULL },
	{ "a;", "W;", NULL },
};

static const struct row sqlite_rows[] = {
	/* Words and quotes. */
	{ "a _b c1 d$e", "WWWW", "a _b c1 d$e" },
	{ "größe 表", "WW", NULL },
	{ "$$b$$", "P", NULL },
	{ "'a;b' 'it''s' ''", "SSS", NULL },
	{ "'C:\\' x", "SW", NULL },
	{ "'a'\n'b'", "SS", NULL },
	{ "\"a\"\"b;\" `c``d;` [e;\"f]", "QQQ", NULL },
	{ "[a[b] ]", "Q?", "[a[b] ]" },
	{ "[]", "Q", NULL },
	{ "E'a' N'b'", "WSWS", NULL },
	{ "x'1f' X'AB' x''", "XXX", NULL },
	{ "x'1' x'1g' x'a''b'", "???S", "x'1' x'1g' x'a' 'b'" },
	{ "x '1f'", "WS", NULL },
	/* Comments do not nest, end at LF alone, and may lack their end. */
	{ "-- a; 'b\n;", "C;", NULL },
	{ "-- a\r;", "C", NULL },
	{ "-- a\r\r;\r\r\nb", "CW", "-- a\r\r; b" },
	{ "-- a\r", "C", "-- a" },
	{ "/* a /* b */ x */", "CWOO", NULL },
	{ "/*/ */ x", "CW", NULL },
	{ "/**/x", "CW", NULL },
	{ "/***/x", "CW", NULL },
	{ "a /* b ; 'c", "WC", NULL },
	{ "/*/", "C", NULL },
	{ "/* *", "C", NULL },
	{ "/**", "C", NULL },
	{ "/* ", "C", NULL },
	{ "a /*", "WOO", "a / *" },
	{ "a--", "WC", NULL },
	/* Parameters. */
	{ "? ?1 :a @a $a #a", "PPPPPP", NULL },
	{ "?1a", "PW", "?1 a" },
	{ "$a::b(;) x", "PW", "$a::b(;) x" },
	{ "$a(b c)", "?W)", "$a(b c )" },
	{ "$a(b", "?", NULL },
	{ "$a()(b)", "P(W)", NULL },
	{ ":a::b :1 @::c", "PPP", NULL },
	{ "a:b::c", "WP", "a :b::c" },
	{ "$ : @ #", "????", NULL },
	{ "$(a)", "?(W)", NULL },
	{ "::a", "?P", ": :a" },
	{ "$::", "?", NULL },
	{ ":::", "?", NULL },
	{ "$a:b", "PP", "$a :b" },
	/* Operators. */
	{ "a||b -> c ->> d", "WOWOWOW", "a || b -> c ->> d" },
	{ "a<=b>=c<>d!=e==f=g<<h>>i", "WOWOWOWOWOWOWOWOW",
	  "a <= b >= c <> d != e == f = g << h >> i" },
	{ "a|b&c~d%e", "WOWOWOWOW", NULL },
	{ "===", "OO", "== =" },
	{ "<<=>>>", "OOOO", "<< = >> >" },
	{ "-->", "C", NULL },
	{ "->--x", "OC", NULL },
	{ "a!b", "W?W", NULL },
	{ "!=", "O", NULL },
	{ "a.b , c", "W,W,W", NULL },
	{ "f(a)", "W(W)", NULL },
	/* Numbers. */
	{ "1 1. .5 1.5 1e5 1.e5 .5E-3", "1111111", "1 1. .5 1.5 1e5 1.e5 .5E-3" },
	{ "0x1F 0XaB", "11", NULL },
	{ "1_000 0x1_F 1_0.5_0e1_0", "111", NULL },
	{ "1..2", "11", "1. .2" },
	{ "1e 1e+ 12abc 0x 0x1g 1$", "??O????", "1e 1e + 12abc 0x 0x1g 1$" },
	{ "1.a", "?", NULL },
	{ ". ._5", ",,W", ". . _5" },
	/* The rest. */
	{ "{ } ] ^ \\ \x01 \x7f", "???????", NULL },
	{ "a\xef\xbb\xbf" "b", "W", NULL },
	{ "a \xef\xbb\xbf" "b", "WW", "a b" },
	{ "\xef\xbb \xef \xef\xbb\xbe \xefx", "WWWW", NULL },
	{ " \t\r\n\f", "", NULL },
	{ "\v", "?", NULL },
	{ " \v", "", NULL },
	{ "", "", NULL },
	/* Every way to end too early. */
	{ "a 'b", "W!", NULL },
	{ "'a''", "!", NULL },
	{ "'a''b", "!", NULL },
	{ "\"a", "!", NULL },
	{ "`a``", "!", NULL },
	{ "[a", "!", NULL },
	{ "x'1", "!", NULL },
	{ "x'z", "!", NULL },
	{ "x'", "!", NULL },
	{ "-", "O", NULL },
	{ "/", "O", NULL },
	{ "a;", "W;", NULL },
};

/* Input in a block of its exact size, so that the sanitizer sees a byte too far. */
static struct text exact_copy(const char *bytes, size_t size)
{
	unsigned char *start = malloc(size + 1);

	assert_non_null(start);
	if (size > 0)
		memcpy(start, bytes, size);
	start[size] = 0;
	return (struct text){ start, size };
}

static void free_copy(struct text text)
{
	free((void *)(uintptr_t)text.start);
}

/* Lexes all of `input`, which must come out in pieces that add up. */
static void check_tiling(enum dialect dialect, struct text input, bool conforming)
{
	struct lexer lexer;
	struct token token;
	const unsigned char *expected;

	lexer_init(&lexer, dialect, input);
	lexer.standard_conforming_strings = conforming;
	expected = input.start + text_mark_size(input);
	while ((token = lexer_next(&lexer)).kind != TOKEN_END) {
		assert_ptr_equal(token.text.start, expected);
		assert_true(token.text.size > 0);
		expected += token.text.size;
	}
	assert_ptr_equal(expected, input.start + input.size);
	assert_ptr_equal(token.text.start, expected);
	assert_int_equal(token.text.size, 0);
	assert_int_equal(lexer_next(&lexer).kind, TOKEN_END);
}

/* What the lexer makes of a text, as two strings like those of a row. */
static void describe(enum dialect dialect, struct text input, bool conforming, char *kinds,
                     char *cuts)
{
	const char *first_cut = cuts;
	struct lexer lexer;
	struct token token;

	lexer_init(&lexer, dialect, input);
	lexer.standard_conforming_strings = conforming;
	while ((token = lexer_next(&lexer)).kind != TOKEN_END) {
		if (token.kind == TOKEN_SPACE)
			continue;
		*kinds++ = letters[token.kind];
		if (cuts != first_cut)
			*cuts++ = ' ';
		memcpy(cuts, token.text.start, token.text.size);
		cuts += token.text.size;
	}
	*kinds = '\0';
	*cuts = '\0';
}

static void check_row(enum dialect dialect, const struct row *row, bool conforming)
{
	struct text input = exact_copy(row->input, strlen(row->input));
	char kinds[256];
	char cuts[512];

	describe(dialect, input, conforming, kinds, cuts);
	if (strcmp(kinds, row->kinds) != 0 || (row->cuts != NULL && strcmp(cuts, row->cuts) != 0))
		fail_msg("%s\n  expected %s  %s\n  received %s  %s", row->input, row->kinds,
		         row->cuts != NULL ? row->cuts : "", kinds, cuts);
	free_copy(input);
}

static void postgres_table(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(postgres_rows); i++)
		check_row(DIALECT_POSTGRES, &postgres_rows[i], true);
}

static void sqlite_table(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(sqlite_rows); i++)
		check_row(DIALECT_SQLITE, &sqlite_rows[i], true);
}

static void backslashes_escape_when_strings_do_not_conform(void **state)
{
	static const struct row rows[] = {
		{ "'a\\';b'", "E", NULL },
		{ "'a'\n'b\\'c'", "E+", NULL },
		{ "N'a\\'b'", "N", NULL },
		{ "N'a'\n'\\''", "N+", NULL },
		{ "E'a\\'b'", "E", NULL },
		{ "U&'a\\'", "U", NULL },
		{ "X'a\\' B'\\'", "XB", NULL },
		{ "\"a\\\" x", "QW", NULL },
		{ "'C:\\", "!", NULL },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++)
		check_row(DIALECT_POSTGRES, &rows[i], false);
}

/* However a file is cut off, in whichever dialect: no byte is lost and none is read that is not
 * there. */
static void every_beginning_of_every_row_tiles(void **state)
{
	const struct row *tables[] = { postgres_rows, sqlite_rows };
	size_t counts[] = { COUNT(postgres_rows), COUNT(sqlite_rows) };
	size_t i, j, size;

	(void)state;
	for (i = 0; i < COUNT(tables); i++) {
		for (j = 0; j < counts[i]; j++) {
			for (size = 0; size <= strlen(tables[i][j].input); size++) {
				struct text input = exact_copy(tables[i][j].input, size);

				check_tiling(DIALECT_POSTGRES, input, true);
				check_tiling(DIALECT_POSTGRES, input, false);
				check_tiling(DIALECT_SQLITE, input, true);
				free_copy(input);
			}
		}
	}
}

/* The compiler never lets a NUL through, but the lexer does not rely on it. */
static void a_nul_inside_is_a_byte_like_others(void **state)
{
	static const char input[] = "a\0'b\0c'\0--d\0e\n/*\0*/$$\0$$[\0]\"\0\"x'\0'\\\0:\0$a(\0)";
	size_t size;

	(void)state;
	for (size = 0; size < sizeof(input); size++) {
		struct text text = exact_copy(input, size);

		check_tiling(DIALECT_POSTGRES, text, true);
		check_tiling(DIALECT_SQLITE, text, true);
		free_copy(text);
	}
}

static void a_byte_order_mark_is_skipped_once(void **state)
{
	static const struct row rows[] = {
		{ "\xef\xbb\xbfselect", "W", "select" },
		{ "\xef\xbb\xbf", "", NULL },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		check_row(DIALECT_POSTGRES, &rows[i], true);
		check_row(DIALECT_SQLITE, &rows[i], true);
	}
}

/* A slice ends where it ends, whatever the bytes after it. */
static void a_slice_has_the_tokens_it_had(void **state)
{
	struct text input = exact_copy("select 'a'\n'b' , 1;'c'", 22);
	struct text slice = { input.start + 7, 11 };
	struct lexer lexer;

	(void)state;
	lexer_init_slice(&lexer, DIALECT_POSTGRES, slice, true);
	assert_int_equal(lexer_next_significant(&lexer).kind, TOKEN_STRING);
	assert_int_equal(lexer_next_significant(&lexer).kind, TOKEN_CONTINUATION);
	assert_int_equal(lexer_next_significant(&lexer).kind, TOKEN_PUNCTUATION);
	assert_int_equal(lexer_next_significant(&lexer).kind, TOKEN_NUMBER);
	assert_int_equal(lexer_next_significant(&lexer).kind, TOKEN_END);
	free_copy(input);
}

/* A megabyte of what could make a careless lexer start over at each byte.  It would take hours. */
static void hostile_input_is_linear(void **state)
{
	static const char *const pieces[] = { "+",     "+-", "*+",   "+/**/", "$a",   "$a$",
		                              "/*",    "'",  "''\n", "[",     "$a(",  "--",
		                              "-- \n", "\\", "1_",   "1.",    "e'\\", "x'" };
	size_t size = (size_t)1 << 20;
	char *bytes = malloc(size);
	size_t i, at;

	(void)state;
	assert_non_null(bytes);
	for (i = 0; i < COUNT(pieces); i++) {
		struct text input;

		for (at = 0; at < size; at++)
			bytes[at] = pieces[i][at % strlen(pieces[i])];
		input = exact_copy(bytes, size);
		check_tiling(DIALECT_POSTGRES, input, true);
		check_tiling(DIALECT_SQLITE, input, true);
		free_copy(input);
	}
	free(bytes);
}

/* What stands in quotes may end within a token: the rest of it is not read. */
static void a_token_is_cut_where_its_slice_ends(void **state)
{
	static const char *const sources[] = { "BEGIN; END$$", "1 -- done$$", "/* a$$ b", "'a$$'" };

	(void)state;
	for (size_t i = 0; i < 4; i++)
		for (int dialect = 0; dialect < DIALECT_COUNT; dialect++) {
			struct text input = text_of(sources[i]);
			struct text slice = { input.start,
				              (size_t)(strstr(sources[i], "$$") - sources[i]) };
			struct lexer lexer;
			struct token token;
			size_t size = 0;

			lexer_init_slice(&lexer, (enum dialect)dialect, slice, true);
			while (token = lexer_next(&lexer), token.kind != TOKEN_END)
				size += token.text.size;
			assert_int_equal(size, slice.size);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(postgres_table),
		cmocka_unit_test(sqlite_table),
		cmocka_unit_test(backslashes_escape_when_strings_do_not_conform),
		cmocka_unit_test(every_beginning_of_every_row_tiles),
		cmocka_unit_test(a_nul_inside_is_a_byte_like_others),
		cmocka_unit_test(a_byte_order_mark_is_skipped_once),
		cmocka_unit_test(a_slice_has_the_tokens_it_had),
		cmocka_unit_test(a_token_is_cut_where_its_slice_ends),
		cmocka_unit_test(hostile_input_is_linear),
	};

	return cmocka_run_group_tests_name("lexer", tests, NULL, NULL);
}
