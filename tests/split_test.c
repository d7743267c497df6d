/* split_test.c - tables of inputs and the statements each dialect makes of them. */
#include "../compiler/split.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/* cmocka.h wants the four above first. */
#include <cmocka.h>

#define COUNT(array)  (sizeof(array) / sizeof((array)[0]))
#define RECEIVED_SIZE 1024

/*
 * A row's items are its texts in brackets, each followed by what else is known of it:
 *
 *     [statement]   ; terminated   ~ strings do not conform   { a body is open
 *                   (N a parenthesis is open, the one with N before it
 *     #[comment]  \[meta-command]   ^ inside a statement
 *     =[COPY's data]  ![unterminated]
 */
struct row {
	const char *input;
	const char *items;
};

static const struct row postgres_rows[] = {
	/* Ends of files, and empty statements. */
	{ "", "" },
	{ " \n\t", "" },
	{ ";", "" },
	{ ";;\n;", "" },
	{ "-- a\n/* b */", "" },
	{ "a", "[a]" },
	{ "a;", "[a];" },
	{ "a ;", "[a];" },
	{ ";a;;b;", "[a];[b];" },
	{ "a; -- x", "[a];" },
	{ "a -- x", "[a]" },
	{ "a /* x */ -- y\n", "[a]" },
	{ "-- x\na /* y */ b -- z\n;", "[a /* y */ b];" },
	{ "\xef\xbb\xbf" "a;", "[a];" },
	{ "a\r\n;\r\nb\r\n", "[a];[b]" },
	{ "a;'", "[a];![']" },
	{ "a 'b", "!['b]^" },
	{ "a;/* b", "[a];![/* b]" },
	{ "a $x$ b; $x", "![$x$ b; $x]^" },
	{ "a \"b;", "![\"b;]^" },
	{ "a; --", "[a];" },
	/* Semicolons that end nothing. */
	{ "a 'b;c'; d", "[a 'b;c'];[d]" },
	{ "a \"b;c\"; d", "[a \"b;c\"];[d]" },
	{ "a $$b;c$$; d", "[a $$b;c$$];[d]" },
	{ "a $f$b;$$c;$f$; d", "[a $f$b;$$c;$f$];[d]" },
	{ "a $A$b;$a$c;$A$; d", "[a $A$b;$a$c;$A$];[d]" },
	{ "a $ä$;$ä$; d", "[a $ä$;$ä$];[d]" },
	{ "a /* b; /* c; */ d; */ e; f", "[a /* b; /* c; */ d; */ e];[f]" },
	{ "a -- b;\n; c", "[a];[c]" },
	{ "a -- b;\r; c", "[a];[c]" },
	{ "a (b; c); d", "[a (b; c)];[d]" },
	{ "create rule r as on insert to t do (a; b;); d",
	  "[create rule r as on insert to t do (a; b;)];[d]" },
	{ "a$$b; c$$d; e", "[a$$b];[c$$d];[e]" },
	{ "select $1$$;$$; a", "[select $1$$;$$];[a]" },
	{ "select E'a\\';b'; c", "[select E'a\\';b'];[c]" },
	{ "select 'C:\\'; c", "[select 'C:\\'];[c]" },
	{ "select E'a'\n'b\\'c;d'; e", "[select E'a'\n'b\\'c;d'];[e]" },
	{ "select 1 +-- a;\n2; b", "[select 1 +-- a;\n2];[b]" },
	{ "select 2 */* a; */3; b", "[select 2 */* a; */3];[b]" },
	{ "call f('x', $$ BEGIN a; END $$); b", "[call f('x', $$ BEGIN a; END $$)];[b]" },
	{ "do $$ begin a; end $$; b", "[do $$ begin a; end $$];[b]" },
	/* Parentheses that do not match. */
	{ "a (b; c", "[a (b; c](0" },
	{ "a (b (c); d", "[a (b (c); d](0" },
	{ "a (b) (c; d", "[a (b) (c; d](1" },
	{ "a ) ; b", "[a )];[b]" },
	{ "a ) ( ) ; b", "[a ) ( )];[b]" },
	/* BEGIN ATOMIC. */
	{ "create function f() returns int begin atomic select 1; select 2; end; b",
	  "[create function f() returns int begin atomic select 1; select 2; end];[b]" },
	{ "CREATE OR REPLACE PROCEDURE p() BEGIN /* x */ ATOMIC ;; END; b",
	  "[CREATE OR REPLACE PROCEDURE p() BEGIN /* x */ ATOMIC ;; END];[b]" },
	{ "create function f() begin atomic end; b", "[create function f() begin atomic end];[b]" },
	{ "create function f() begin\n-- x\natomic a; end; b",
	  "[create function f() begin\n-- x\natomic a; end];[b]" },
	{ "create function f() begin atomic select case when a then b end; end; c",
	  "[create function f() begin atomic select case when a then b end; end];[c]" },
	{ "create function f() begin atomic select case when a then case b when c then d end "
	  "end end; end; c",
	  "[create function f() begin atomic select case when a then case b when c then d end "
	  "end end; end];[c]" },
	{ "create function f() begin atomic select 1 as end; select t.end from t; end; c",
	  "[create function f() begin atomic select 1 as end; select t.end from t; end];[c]" },
	{ "create function begin() returns int begin atomic select 1; end; c",
	  "[create function begin() returns int begin atomic select 1; end];[c]" },
	{ "create function begin() returns int language sql as 'x'; c",
	  "[create function begin() returns int language sql as 'x'];[c]" },
	{ "create function f() begin atomic select begin(); end; c",
	  "[create function f() begin atomic select begin(); end];[c]" },
	{ "create function f(a int default (select 1)) begin atomic (select 1); end; c",
	  "[create function f(a int default (select 1)) begin atomic (select 1); end];[c]" },
	{ "create function f() begin atomic create function g() begin atomic a; end; b; end; c",
	  "[create function f() begin atomic create function g() begin atomic a; end; b; end]"
	  ";[c]" },
	{ "create function f() begin atomic create or replace function g() begin atomic end; "
	  "end; c",
	  "[create function f() begin atomic create or replace function g() begin atomic end; "
	  "end];[c]" },
	{ "create function f() returns begin begin atomic end; c",
	  "[create function f() returns begin begin atomic end];[c]" },
	{ "create function f() returns begin begin atomic a; end; c",
	  "[create function f() returns begin begin atomic a; end];[c]" },
	{ "create function f() as 'begin atomic'; c",
	  "[create function f() as 'begin atomic'];[c]" },
	{ "create function f() as $$ begin atomic a; $$; c",
	  "[create function f() as $$ begin atomic a; $$];[c]" },
	{ "create function \"create\"() begin atomic a; end; c",
	  "[create function \"create\"() begin atomic a; end];[c]" },
	{ "create function f() begin atomic a", "[create function f() begin atomic a]{" },
	{ "create function f() begin atomic a;", "[create function f() begin atomic a;]{" },
	{ "create function f() begin atomic a; end", "[create function f() begin atomic a; end]" },
	{ "create function f() begin atomic a; \"end\"; end; b",
	  "[create function f() begin atomic a; \"end\"; end];[b]" },
	{ "begin; a; end; b", "[begin];[a];[end];[b]" },
	{ "begin atomic; a", "[begin atomic];[a]" },
	{ "create view v as select begin atomic; a", "[create view v as select begin atomic];[a]" },
	{ "create or function f() begin atomic; a", "[create or function f() begin atomic];[a]" },
	{ "create function f(begin atomic); a", "[create function f(begin atomic)];[a]" },
	{ "create trigger t begin a; end; b", "[create trigger t begin a];[end];[b]" },
	/* standard_conforming_strings. */
	{ "set standard_conforming_strings = off; select 'a\\';b'; c",
	  "[set standard_conforming_strings = off];[select 'a\\';b'];~[c]~" },
	{ "SET SESSION Standard_Conforming_Strings TO 'False'; 'a\\';b';",
	  "[SET SESSION Standard_Conforming_Strings TO 'False'];['a\\';b'];~" },
	{ "set local standard_conforming_strings=0; '\\';'",
	  "[set local standard_conforming_strings=0];['\\';']~" },
	{ "set \"standard_conforming_strings\" to no; '\\';'",
	  "[set \"standard_conforming_strings\" to no];['\\';']~" },
	{ "set standard_conforming_strings = E'of'; '\\';'",
	  "[set standard_conforming_strings = E'of'];['\\';']~" },
	{ "set standard_conforming_strings = $$off$$; a",
	  "[set standard_conforming_strings = $$off$$];[a]" },
	{ "set standard_conforming_strings = off; set standard_conforming_strings = on; '\\'",
	  "[set standard_conforming_strings = off];[set standard_conforming_strings = on]"
	  ";~['\\']" },
	{ "set standard_conforming_strings = off; reset standard_conforming_strings; '\\'",
	  "[set standard_conforming_strings = off];[reset standard_conforming_strings];~['\\']" },
	{ "set standard_conforming_strings = off; reset all; '\\'",
	  "[set standard_conforming_strings = off];[reset all];~['\\']" },
	{ "set standard_conforming_strings = off; set standard_conforming_strings to default; "
	  "'\\'",
	  "[set standard_conforming_strings = off];[set standard_conforming_strings to default]"
	  ";~['\\']" },
	{ "select set_config('standard_conforming_strings', 'off', false); '\\';'",
	  "[select set_config('standard_conforming_strings', 'off', false)];['\\';']~" },
	{ "SELECT pg_catalog . set_config ( 'standard_conforming_strings' , 'f', true); '\\';'",
	  "[SELECT pg_catalog . set_config ( 'standard_conforming_strings' , 'f', true)]"
	  ";['\\';']~" },
	{ "select set_config('search_path', '', false); '\\'",
	  "[select set_config('search_path', '', false)];['\\']" },
	{ "set standard_conforming_strings = maybe; '\\'",
	  "[set standard_conforming_strings = maybe];['\\']" },
	{ "set standard_conforming_strings = o; '\\'",
	  "[set standard_conforming_strings = o];['\\']" },
	{ "set search_path = standard_conforming_strings, off; '\\'",
	  "[set search_path = standard_conforming_strings, off];['\\']" },
	{ "alter role r set standard_conforming_strings = off; '\\'",
	  "[alter role r set standard_conforming_strings = off];['\\']" },
	{ "set standard_conforming_strings = off", "[set standard_conforming_strings = off]" },
	{ "set; set local; set standard_conforming_strings; select; reset; copy; set "
	  "standard_conforming_strings to; a",
	  "[set];[set local];[set standard_conforming_strings];[select];[reset];[copy];[set "
	  "standard_conforming_strings to];[a]" },
	/* COPY. */
	{ "copy t from stdin;\n1\t;'\n\\.\na;", "[copy t from stdin];=[1\t;'\n\\.][a];" },
	{ "COPY t (a, b) FROM stdin WITH (FORMAT csv);\r\n1\r\n\\.\r\na",
	  "[COPY t (a, b) FROM stdin WITH (FORMAT csv)];=[1\r\n\\.][a]" },
	{ "copy t from stdout;\n\\.\na", "[copy t from stdout];=[\\.][a]" },
	{ "copy s.t from stdin;\n;", "[copy s.t from stdin];=[;]" },
	{ "copy s.from from stdin;\n;", "[copy s.from from stdin];=[;]" },
	{ "copy t from stdin;", "[copy t from stdin];=[]" },
	{ "copy t from stdin;\n", "[copy t from stdin];=[]" },
	{ "copy t from stdin", "[copy t from stdin]" },
	{ "copy t from stdin;\n\\.", "[copy t from stdin];=[\\.]" },
	{ "copy t from stdin; -- x\n1\n\\.\n\\.\n", "[copy t from stdin];=[1\n\\.]\\[\\.]" },
	{ "copy t from stdin;\n \\.\n\\. \n\\.x\n\\.\na",
	  "[copy t from stdin];=[ \\.\n\\. \n\\.x\n\\.][a]" },
	{ "copy t from stdin; a; b;\n1\n\\.\nc", "[copy t from stdin];[a];[b];=[1\n\\.][c]" },
	{ "copy t from stdin; a\n1\n\\.\nb", "[copy t from stdin];[a]=[1\n\\.][b]" },
	{ "copy t from stdin; 'a\n1\n\\.\nb'", "[copy t from stdin];!['a\n1\n\\.\nb']" },
	{ "copy t from stdin; copy u from stdin;\n1\n\\.\n2\n\\.\na",
	  "[copy t from stdin];[copy u from stdin];=[1\n\\.]=[2\n\\.][a]" },
	{ "copy t to stdout;\na", "[copy t to stdout];[a]" },
	{ "copy (select 1 from stdin) to stdout;\na",
	  "[copy (select 1 from stdin) to stdout];[a]" },
	{ "copy t from 'stdin';\na", "[copy t from 'stdin'];[a]" },
	{ "copy t from program 'x';\na", "[copy t from program 'x'];[a]" },
	{ "copy t from 'f' where a is distinct from stdin;\na",
	  "[copy t from 'f' where a is distinct from stdin];[a]" },
	{ "copy\nt\nfrom/**/STDIN\n;\n1\n\\.", "[copy\nt\nfrom/**/STDIN];=[1\n\\.]" },
	/* psql's commands. */
	{ "\\restrict x\na;\n\\unrestrict x\n", "\\[\\restrict x][a];\\[\\unrestrict x]" },
	{ "a \\g\nb;", "\\[\\g]^[a \\g\nb];" },
	{ "\\echo 'a;\r\nb", "\\[\\echo 'a;][b]" },
	{ "\\", "\\[\\]" },
	/* Comments that are asked for: those with "want". */
	{ "-- want\na;", "#[-- want][a];" },
	{ "a; -- want\nb", "[a];#[-- want][b]" },
	{ "a -- want\n;", "#[-- want]^[a];" },
	{ "a\n-- want 1\n-- want 2\nb;",
	  "#[-- want 1]^#[-- want 2]^[a\n-- want 1\n-- want 2\nb];" },
	{ "a\n-- want 1\n-- x\n-- want 2\n", "[a]#[-- want 1]#[-- want 2]" },
	{ "a -- want", "[a]#[-- want]" },
	{ "a -- want\n/* b */", "[a]#[-- want]" },
	{ "a (-- want\n", "[a (](0#[-- want]" },
	{ "a -- want\n'", "#[-- want]^![']^" },
	{ "/* want */ a '-- want' $$-- want$$; -- no", "[a '-- want' $$-- want$$];" },
	{ "copy t from stdin;\n-- want\n/*\n\\.\na -- want\nb",
	  "[copy t from stdin];=[-- want\n/*\n\\.]#[-- want]^[a -- want\nb]" },
	{ "copy t from stdin; a -- want\n/*\n\\.\nb -- want\nc",
	  "[copy t from stdin];#[-- want]^[a]=[/*\n\\.]#[-- want]^[b -- want\nc]" },
	{ "-- want\r\na", "#[-- want][a]" },
};

static const struct row sqlite_rows[] = {
	/* Ends of files, and empty statements. */
	{ "", "" },
	{ " \n\t", "" },
	{ ";;", "" },
	{ "-- a\n/* b", "" },
	{ "a", "[a]" },
	{ ";a;;b;", "[a];[b];" },
	{ "a -- x", "[a]" },
	{ "a /* x", "[a]" },
	{ "a /*", "[a /*]" },
	{ "\xef\xbb\xbf" "a;", "[a];" },
	{ "a;'", "[a];![']" },
	{ "a [b;", "![[b;]^" },
	{ "a `b;", "![`b;]^" },
	/* Semicolons that end nothing, and some that do. */
	{ "a 'b;c' \"d;e\" `f;g` [h;i]; j", "[a 'b;c' \"d;e\" `f;g` [h;i]];[j]" },
	{ "a /* b; /* c; */ d; e", "[a /* b; /* c; */ d];[e]" },
	{ "a -- b;\r; c\n; d", "[a];[d]" },
	{ "a (b; c", "[a (b];(0[c]" },
	{ "$a(;); b", "[$a(;)];[b]" },
	{ "select $$; b$$", "[select $$];[b$$]" },
	{ "begin; a; end; b", "[begin];[a];[end];[b]" },
	{ "a \\b; c", "[a \\b];[c]" },
	{ "copy t from stdin;\na;", "[copy t from stdin];[a];" },
	/* Triggers. */
	{ "create trigger t after insert on u begin a; b; end; c",
	  "[create trigger t after insert on u begin a; b; end];[c]" },
	{ "CREATE TEMP TRIGGER t BEGIN a; END; c", "[CREATE TEMP TRIGGER t BEGIN a; END];[c]" },
	{ "create temporary trigger if not exists t begin a; end\n;\nc",
	  "[create temporary trigger if not exists t begin a; end];[c]" },
	{ "explain create trigger t begin a; end; c",
	  "[explain create trigger t begin a; end];[c]" },
	{ "explain query plan create temp trigger t begin a; end; c",
	  "[explain query plan create temp trigger t begin a; end];[c]" },
	{ "create trigger t begin select case when a then b end; end; c",
	  "[create trigger t begin select case when a then b end; end];[c]" },
	{ "create trigger t begin select 1 as \"end\"; end; c",
	  "[create trigger t begin select 1 as \"end\"; end];[c]" },
	{ "create trigger t begin a; /* x */ end -- y\n /* z */ ; c",
	  "[create trigger t begin a; /* x */ end];[c]" },
	{ "create trigger t begin a;;end; c", "[create trigger t begin a;;end];[c]" },
	{ "create trigger begin after insert on u begin a; end; c",
	  "[create trigger begin after insert on u begin a; end];[c]" },
	{ "create trigger t when (a; b) begin c; end; d",
	  "[create trigger t when (a];(0[b) begin c];[end];[d]" },
	{ "create trigger t; a", "[create trigger t];[a]" },
	{ "create trigger t begin a; end", "[create trigger t begin a; end]" },
	{ "create trigger t begin a; end --", "[create trigger t begin a; end]" },
	{ "create trigger t begin a;", "[create trigger t begin a;]{" },
	{ "create trigger t begin a", "[create trigger t begin a]{" },
	{ "create trigger t", "[create trigger t]" },
	{ "create trigger t begin a; end b; end; c", "[create trigger t begin a; end b; end];[c]" },
	{ "create view trigger as select 1; c", "[create view trigger as select 1];[c]" },
	{ "create \"trigger\" t begin a; c", "[create \"trigger\" t begin a];[c]" },
	{ "create table begin(a); b", "[create table begin(a)];[b]" },
	/* Comments that are asked for: those with "want". */
	{ "-- want\na;", "#[-- want][a];" },
	{ "a -- want\n;", "#[-- want]^[a];" },
	{ "a -- want\n/* b", "[a]#[-- want]" },
	{ "create trigger t begin -- want\n a; end; c",
	  "#[-- want]^[create trigger t begin -- want\n a; end];[c]" },
	{ "-- want\r\na", "#[-- want][a]" },
};

static bool has_want(struct text comment)
{
	size_t i;

	for (i = 0; i + 4 <= comment.size; i++) {
		if (memcmp(comment.start + i, "want", 4) == 0)
			return true;
	}
	return false;
}

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

/* How many opening parentheses there are before this one. */
static int count_open_before(struct text input, const unsigned char *parenthesis)
{
	const unsigned char *at;
	int count = 0;

	assert_int_equal(*parenthesis, '(');
	for (at = input.start; at < parenthesis; at++)
		count += *at == '(';
	return count;
}

/* Adds to a string in a buffer of RECEIVED_SIZE bytes. */
static void add(char *received, const char *format, ...)
{
	size_t size = strlen(received);
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(received + size, RECEIVED_SIZE - size, format, arguments);
	va_end(arguments);
}

/* Adds an item as a row spells it. */
static void describe_item(char *received, struct text input, const struct split_item *item)
{
	static const char *const signs[] = {
		[SPLIT_STATEMENT] = "", [SPLIT_COMMENT] = "#",       [SPLIT_META] = "\\",
		[SPLIT_COPY_DATA] = "=", [SPLIT_UNTERMINATED] = "!",
	};

	add(received, "%s[%.*s]", signs[item->kind], (int)item->text.size,
	    (const char *)item->text.start);
	if (item->inside_statement)
		add(received, "^");
	if (item->kind != SPLIT_STATEMENT)
		return;
	if (item->terminated)
		add(received, ";");
	if (item->open_parenthesis != NULL)
		add(received, "(%d", count_open_before(input, item->open_parenthesis));
	if (item->open_body)
		add(received, "{");
	if (!item->standard_conforming_strings)
		add(received, "~");
}

static void check_row(enum dialect dialect, const struct row *row,
                      bool (*ends)(struct text comment))
{
	struct text input = exact_copy(row->input, strlen(row->input));
	char received[RECEIVED_SIZE] = "";
	struct splitter splitter;
	struct split_item item;

	split_init(&splitter, dialect, input, has_want);
	splitter.ends = ends;
	while ((item = split_next(&splitter)).kind != SPLIT_END)
		describe_item(received, input, &item);
	assert_int_equal(split_next(&splitter).kind, SPLIT_END);
	if (strcmp(received, row->items) != 0)
		fail_msg("%s\n  expected %s\n  received %s", row->input, row->items, received);
	free_copy(input);
}

static void postgres_table(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(postgres_rows); i++)
		check_row(DIALECT_POSTGRES, &postgres_rows[i], NULL);
}

static void sqlite_table(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(sqlite_rows); i++)
		check_row(DIALECT_SQLITE, &sqlite_rows[i], NULL);
}

static void a_comment_can_end_a_statement(void **state)
{
	static const struct row rows[] = {
		{ "a\n-- want\nb", "[a]#[-- want][b]" },
		{ "a -- no\n-- want\nb", "[a]#[-- want][b]" },
		{ "-- want\n-- want\na", "#[-- want]#[-- want][a]" },
		{ "a (\n-- want\n) b", "#[-- want]^[a (\n-- want\n) b]" },
		{ "a;-- want\nb", "[a];#[-- want][b]" },
	};
	static const struct row body = {
		"create trigger t begin\n-- want\na; end; b",
		"#[-- want]^[create trigger t begin\n-- want\na; end];[b]",
	};
	static const struct row string = { "e'a'\n-- want\n'b\\' c", "[e'a']#[-- want]['b\\' c]" };
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		check_row(DIALECT_POSTGRES, &rows[i], has_want);
		check_row(DIALECT_SQLITE, &rows[i], has_want);
	}
	check_row(DIALECT_SQLITE, &body, has_want);
	check_row(DIALECT_POSTGRES, &string, has_want);
}

/* Between statements there is nothing but white space, comments, semicolons, and the meta-commands
 * that were reported before. */
static void check_only_trivia(enum dialect dialect, const unsigned char *start,
                              const unsigned char *end)
{
	struct text gap = exact_copy((const char *)start, (size_t)(end - start));
	struct lexer lexer;
	struct token token;

	lexer_init(&lexer, dialect, gap);
	while ((token = lexer_next_significant(&lexer)).kind != TOKEN_END)
		assert_true(token.kind == TOKEN_SEMICOLON || token.kind == TOKEN_META);
	free_copy(gap);
}

/* Nothing is lost: what is no space, comment or semicolon between statements lies in statements,
 * meta-commands, COPY's data or what is unterminated. */
static void check_nothing_is_lost(enum dialect dialect, struct text input)
{
	struct splitter splitter;
	struct split_item item;
	const unsigned char *done = input.start + text_mark_size(input);
	const unsigned char *end = input.start + input.size;

	split_init(&splitter, dialect, input, NULL);
	do {
		item = split_next(&splitter);
		if (item.kind == SPLIT_META && item.inside_statement)
			continue;
		assert_true(item.text.start >= done || item.kind == SPLIT_UNTERMINATED);
		if (item.kind != SPLIT_UNTERMINATED)
			check_only_trivia(dialect, done, item.text.start);
		done = item.text.start + item.text.size;
		assert_true(done <= end);
	} while (item.kind != SPLIT_END);
	assert_ptr_equal(done, end);
}

static void every_beginning_of_every_row_is_split(void **state)
{
	const struct row *tables[] = { postgres_rows, sqlite_rows };
	size_t counts[] = { COUNT(postgres_rows), COUNT(sqlite_rows) };
	size_t i, j, size;

	(void)state;
	for (i = 0; i < COUNT(tables); i++) {
		for (j = 0; j < counts[i]; j++) {
			for (size = 0; size <= strlen(tables[i][j].input); size++) {
				struct text input = exact_copy(tables[i][j].input, size);

				check_nothing_is_lost(DIALECT_POSTGRES, input);
				check_nothing_is_lost(DIALECT_SQLITE, input);
				free_copy(input);
			}
		}
	}
}

static bool wants_all(struct text comment)
{
	return comment.size > 0;
}

/* A megabyte of what could make a careless splitter look ahead, or back, again and again. */
static void hostile_input_is_linear(void **state)
{
	static const char *const pieces[] = {
		"a -- want\n",
		"-- want\n",
		"a;",
		"(",
		"copy t from stdin;",
		"copy t from stdin;\n\\.\n",
		"select set_config(",
		"begin atomic ",
		"create function f() begin atomic ",
		"create trigger t begin a;end;",
	};
	size_t size = (size_t)1 << 20;
	char *bytes = malloc(size);
	size_t i, at;

	(void)state;
	assert_non_null(bytes);
	for (i = 0; i < COUNT(pieces); i++) {
		enum dialect dialect;
		struct text input;

		for (at = 0; at < size; at++)
			bytes[at] = pieces[i][at % strlen(pieces[i])];
		input = exact_copy(bytes, size);
		for (dialect = 0; dialect < DIALECT_COUNT; dialect++) {
			struct splitter splitter;

			split_init(&splitter, dialect, input, wants_all);
			while (split_next(&splitter).kind != SPLIT_END)
				;
		}
		free_copy(input);
	}
	free(bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(postgres_table),
		cmocka_unit_test(sqlite_table),
		cmocka_unit_test(a_comment_can_end_a_statement),
		cmocka_unit_test(every_beginning_of_every_row_is_split),
		cmocka_unit_test(hostile_input_is_linear),
	};

	return cmocka_run_group_tests_name("split", tests, NULL, NULL);
}
