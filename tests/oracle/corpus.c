/*
 * corpus.c - makes scripts from fragments.  A template is text in which a backslash-free "%" and a
 * letter stand for a fragment of a kind: %e an expression, %s a statement of a body, %c white space
 * or a comment,
 * %; the end of a statement.  The letters are an index into a table of fragments, so that the
 * generator is the few functions at the end of this file.
 */
#include "corpus.h"

#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct fragment {
	const char *text;
	char differs; /* 'p': psql gets it wrong; 'r': in a routine; 'g': the grammar can not know
	                 it; 0: none. */
};

struct grammar {
	const struct fragment *fragments[128]; /* By letter. */
	size_t counts[128];
};

/* The simple ones come first: where nesting is deep only those are taken. */
#define SIMPLE_COUNT 8

static const struct fragment postgres_expressions[] = {
	{ "1", 0 },
	{ "a", 0 },
	{ "'a;b'", 0 },
	{ "'it''s'", 0 },
	{ "$$;$$", 0 },
	{ "t.a", 0 },
	{ "\"a;b\"", 0 },
	{ "$1", 0 },
	{ "E'a\\';b\\\\'", 0 },
	{ "e'\\n;'", 0 },
	{ "'C:\\'", 0 },
	{ "''", 0 },
	{ "''''", 0 },
	{ "U&'\\0061;'", 0 },
	{ "U&\"\\0061;\"", 0 },
	{ "u&'d!0061;' uescape '!'", 0 },
	{ "N'n;'", 0 },
	{ "B'01'", 0 },
	{ "X'1f'", 0 },
	{ "$a$ ; $b$ $$ ' -- /* $a$", 0 },
	{ "$A$ $b$;$b$ $A$", 0 },
	{ "$ä$;$ä$", 0 },
	{ "$_1$;$_$;$_1$", 0 },
	{ "a$$b", 0 },
	{ "größe", 0 },
	{ "\"a\"\";b\"", 0 },
	{ "1.5", 0 },
	{ ".5", 0 },
	{ "1.", 0 },
	{ "1e5", 0 },
	{ "1.5E-3", 0 },
	{ "'a'\n'b;'", 0 },
	{ "'a' -- it's;\n\n 'b\\'", 0 },
	{ "E'a'\n';b'", 0 },
	{ "E'a'\n'b\\';c'", 'p' },
	{ "U&'a'\n'b;'", 0 },
	{ "date'2024-01-01\\'", 0 },
	{ "date $$;$$", 0 },
	{ "(%e)", 0 },
	{ "%e + %e", 0 },
	{ "%e %o %e", 0 },
	{ "%e %o %e", 0 },
	{ "%e +-- ;'\n%e", 0 },
	{ "%e*/* ; ' */%e", 0 },
	{ "%e /* a /* ; */ ' */ || %e", 0 },
	{ "1=-1", 0 },
	{ "- %e", 0 },
	{ "2 *-1", 0 },
	{ "%e::text", 0 },
	{ "%e::numeric(1, 2)", 0 },
	{ "f(%e,%c%e)", 0 },
	{ "f(a => %e, b := %e)", 0 },
	{ "begin(%e)", 'r' },
	{ "case when %e then %e end", 0 },
	{ "case %e when %e then %e else %e end", 0 },
	{ "(case when %e then %e end)", 0 },
	{ "array[%e, %e]", 0 },
	{ "a[1:2]", 0 },
	{ "t.end", 'r' },
	{ "t.\"end\"", 0 },
	{ "(select %e from t where %e)", 0 },
	{ "exists (select %e as \"end\")", 0 },
	{ "%e is not distinct from %e", 0 },
	{ "%e between %e and %e", 0 },
	{ "%c%e", 0 },
};

static const struct fragment postgres_operators[] = {
	{ "-", 0 },  { "/", 0 },   { "||", 0 }, { "<=", 0 },  { ">=", 0 },  { "<>", 0 },
	{ "!=", 0 }, { "->", 0 },  { "->>", 0 }, { "@>", 0 }, { "&&", 0 },  { "~", 0 },
	{ "!~~*", 0 }, { "=", 0 }, { "<", 0 },  { "#>>", 0 }, { "@-", 0 },  { "?|", 0 },
	{ "and", 0 }, { "or", 0 }, { "%", 0 }, { "^", 0 }, { "*", 0 }, { "operator(pg_catalog.+)",
	  0 },
};

static const struct fragment spaces[] = {
	{ " ", 0 },         { "\n", 0 },        { " -- it's;\n", 0 }, { " /* ; ' */ ", 0 },
	{ " --\n", 0 },     { "\t", 0 },        { "/**/", 0 },        { "\n\n", 0 },
	{ " /*;*/--;\n", 0 }, { " --\"$$\n ", 0 },
};

/* What a rule can do. */
static const struct fragment postgres_actions[] = {
	{ "select %e", 0 },
	{ "select %e, %e from t where %e", 0 },
	{ "insert into t (a, b) values (%e, %e)", 0 },
	{ "update t set a = %e where %e", 0 },
	{ "delete from t where %e", 0 },
	{ "select %e as \"end\"", 0 },
	{ "select 1%cas end", 'r' },
	{ "select a as begin", 'r' },
	{ "with w as (select %e) select %e from w", 0 },
	{ "(select %e)", 0 },
	{ "", 0 },
};

/* What a body can do. */
static const struct fragment postgres_inner[] = {
	{ "%d", 0 },
	{ "%d", 0 },
	{ "%d", 0 },
	{ "%d", 0 },
	{ "%d", 0 },
	{ "%d", 0 },
	{ "create function g() returns int begin atomic%c%send", 0 },
	{ "create or replace procedure g(a int default %e) begin%catomic %send", 0 },
	{ "%d", 0 },
	{ "create function g() returns int language sql as $x$ begin; $x$", 0 },
};

static const struct fragment body_statements[] = {
	{ "", 0 },
	{ "%i;%c", 0 },
	{ "%i%c;\n", 0 },
	{ "%i; %i; ", 0 },
	{ "%i;%c%i;%c%i;%c", 0 },
	{ "return %e; ", 0 },
	{ ";; ", 0 },
	{ "%i; ", 0 },
};

static const struct fragment routine_names[] = {
	{ "f", 0 }, { "f", 0 }, { "s.f", 0 }, { "\"begin\"", 0 }, { "\"f;\"", 0 }, { "\"create\"",
	  0 },
	{ "begin", 'r' }, { "\"atomic\"", 0 }, { "atomic", 0 }, { "s.\"end\"", 0 },
};

/* What a parser of SQL alone can not know. */
static const struct fragment postgres_sessions[] = {
	{ "set standard_conforming_strings = off;\nselect 'a\\';b', N'\\';', E'\\''%;"
	  "reset standard_conforming_strings;\nselect '\\'",
	  'g' },
	{ "set local standard_conforming_strings to off;\n'\\';'%;'a'\n'b;'%;"
	  "set standard_conforming_strings to on;\nselect '\\'",
	  'g' },
	{ "select pg_catalog.set_config('standard_conforming_strings', 'off', false);\n"
	  "select '\\\\', '\\';'%;select set_config('standard_conforming_strings', 'on', "
	  "false);\nselect '\\'",
	  'g' },
	{ "copy t from stdin;\n1\t;'\n$$\n\\N\t/*\n\\.\nselect 1", 'g' },
	{ "copy t (a, b) from stdin with (format csv);\n1,\"a;\n b\"\n\\.\nselect 1", 'g' },
	{ "copy t%cfrom stdin; -- x;\n\\.\nselect 2", 'g' },
};

static const struct fragment postgres_statements[] = {
	{ "%i", 0 },
	{ "%i", 0 },
	{ "%i", 0 },
	{ "create table t%c(a int default (%e), check (%e))", 0 },
	{ "create view v as select %e%cas b", 0 },
	{ "create rule r as on insert to t do (%d;%c%d)", 0 },
	{ "create rule r as on insert to t do instead (%d; %d;)", 0 },
	{ "create rule r as on update to t where %e do also (%d%c;;%d;)", 0 },
	{ "do $$ begin perform 1; end $$", 0 },
	{ "do $do$ begin case 1 when 2 then null; end case; end $do$", 0 },
	{ "call f('x', $$ BEGIN a; END $$)", 0 },
	{ "create function %n() returns int language sql as $f$ select 1; $f$", 0 },
	{ "create function %n() returns int language sql as 'select 1; end'", 0 },
	{ "create%cfunction %n(a int)%creturns int begin%catomic %send", 0 },
	{ "CREATE or REPLACE function %n(a int default %e) returns int BEGIN ATOMIC%c%sEND", 0 },
	{ "create procedure %n() language sql begin atomic %send", 0 },
	{ "create or replace procedure %n(inout a int) begin atomic %s%cend", 0 },
	{ "create function %n() returns int language sql return %e", 0 },
	{ "create trigger g before insert on t for each row execute function f('a;')", 0 },
	{ "begin", 0 },
	{ "commit", 0 },
	{ "end", 0 },
	{ "set search_path = 'a;', public", 0 },
	{ "select set_config('search_path', '', false)", 0 },
	{ "set standard_conforming_strings = on", 0 },
	{ "comment on table t is 'a;\\'", 0 },
	{ "prepare p as select %e", 0 },
	{ "explain (costs off) select %e", 0 },
	{ "copy (select %e) to stdout", 0 },
	{ "copy t (a, b) from '/x;'", 0 },
	{ "%g", 0 },
};

static const struct fragment statement_ends[] = {
	{ ";", 0 }, { ";", 0 }, { ";\n", 0 }, { " ;\n", 0 }, { "\n;\n", 0 }, { "%c;%c", 0 },
	  { ";;\n", 0 }, { "; ;%c", 0 },
};

static const struct fragment sqlite_expressions[] = {
	{ "1", 0 },
	{ "a", 0 },
	{ "'a;b'", 0 },
	{ "'it''s'", 0 },
	{ "\"a;b\"", 0 },
	{ "[a;b]", 0 },
	{ "`a;b`", 0 },
	{ "t.a", 0 },
	{ "'C:\\'", 0 },
	{ "''", 0 },
	{ "`a``;`", 0 },
	{ "\"a\"\";\"", 0 },
	{ "[a\";'b]", 0 },
	{ "x'1f'", 0 },
	{ "X''", 0 },
	{ "1.5", 0 },
	{ ".5", 0 },
	{ "1.", 0 },
	{ "1.e5", 0 },
	{ "1E-3", 0 },
	{ "0x1F", 0 },
	{ "?", 0 },
	{ "?1", 0 },
	{ ":a", 0 },
	{ "@a", 0 },
	{ "$a", 0 },
	{ "#a", 0 },
	{ "$a(;)", 0 },
	{ "$a::b(;')", 0 },
	{ "$$", 0 },
	{ "größe", 0 },
	{ "a$b", 0 },
	{ "(%e)", 0 },
	{ "%e + %e", 0 },
	{ "%e %o %e", 0 },
	{ "%e %o %e", 0 },
	{ "%e +-- ;'\n%e", 0 },
	{ "%e*/* ; ' /* */%e", 0 },
	{ "- %e", 0 },
	{ "~%e", 0 },
	{ "1=-1", 0 },
	{ "case when %e then %e end", 0 },
	{ "case %e when %e then %e else %e end", 0 },
	{ "max(%e,%c%e)", 0 },
	{ "(select %e from t where %e)", 0 },
	{ "exists (select %e as \"end\")", 0 },
	{ "%e is not %e", 0 },
	{ "%e between %e and %e", 0 },
	{ "cast(%e as text)", 0 },
	{ "%c%e", 0 },
};

static const struct fragment sqlite_operators[] = {
	{ "-", 0 }, { "/", 0 }, { "||", 0 }, { "<=", 0 }, { ">=", 0 }, { "<>", 0 }, { "!=", 0 },
	  { "->", 0 },
	{ "->>", 0 }, { "==", 0 }, { "=", 0 }, { "<<", 0 }, { ">>", 0 }, { "|", 0 }, { "&", 0 },
	  { "<", 0 },
	{ "and", 0 }, { "or", 0 }, { "%", 0 }, { "*", 0 }, { ">", 0 }, { "like", 0 }, { "glob", 0 },
};

static const struct fragment sqlite_inner[] = {
	{ "select %e", 0 },
	{ "select %e, %e from t where %e", 0 },
	{ "insert into t (a, b) values (%e, %e)", 0 },
	{ "insert or replace into t select %e, %e, %e", 0 },
	{ "update t set a = %e where %e", 0 },
	{ "delete from t where %e", 0 },
	{ "select %e as \"end\"", 0 },
	{ "select %e as begin", 0 },
	{ "select case when %e then %e end", 0 },
};

static const struct fragment sqlite_trigger_statements[] = {
	{ "%i; ", 0 },
	{ "%i;%c", 0 },
	{ "%i%c;\n", 0 },
	{ "%i; %i; ", 0 },
	{ "%i;%c%i;%c%i;%c", 0 },
};

static const struct fragment trigger_names[] = {
	{ "g", 0 }, { "if not exists g", 0 }, { "begin", 0 }, { "\"g;\"", 0 }, { "main.g", 0 },
	  { "[end]", 0 }, { "trigger", 0 },
};

static const struct fragment sqlite_statements[] = {
	{ "%i", 0 },
	{ "%i", 0 },
	{ "%i", 0 },
	{ "create table x%c(a int default (%l), b, check (a > %l))", 0 },
	{ "create table begin(a)", 0 },
	{ "create view v as select %l%cas b", 0 },
	{ "create index i on t(a) where b > %l", 0 },
	{ "create trigger %n after insert on t begin%c%send", 0 },
	{ "create%ctrigger %n before update of a, b on t for each row when new.a > %l begin %send",
	  0 },
	{ "CREATE TEMP TRIGGER g after delete on t BEGIN %sEND", 0 },
	{ "create temporary%ctrigger if not exists g after insert on t%cbegin%c%s%cend%c", 0 },
	{ "explain create trigger %n after insert on t begin %send", 0 },
	{ "explain%cquery plan create temp trigger g after insert on t begin %send", 0 },
	{ "explain query plan select %e", 0 },
	{ "explain%c%i", 0 },
	{ "begin", 0 },
	{ "commit", 0 },
	{ "end", 0 },
	{ "begin immediate transaction", 0 },
	{ "pragma foreign_keys = on", 0 },
	{ "pragma%cuser_version(1)", 0 },
	{ "with w as (select %e) select %e from w", 0 },
	{ "alter table t add column \"d;\" text default 'a;'", 0 },
	{ "drop table t", 0 },
};

/* Literals: where SQLite allows no parameter and no column. */
static const struct fragment sqlite_literals[] = {
	{ "1", 0 }, { "'a;b'", 0 }, { "x'1f'", 0 }, { "'it''s'", 0 }, { "(1 + 2)", 0 }, { "- 1",
	  0 }, { "0x1f", 0 }, { "'--'", 0 },
	{ "case 1 when 2 then 3 end", 0 }, { "(1 /* ; */ || 2)", 0 }, { "('a' -- ;\n)", 0 },
};

static const struct fragment soup_pieces[] = {
	{ "a", 0 }, { "b$c", 0 }, { "E", 0 }, { "U&", 0 }, { "N", 0 }, { "X", 0 },
	{ "1", 0 }, { "1.5", 0 }, { ".5", 0 }, { "1e5", 0 }, { "1e", 0 }, { "1e+", 0 },
	{ ".", 0 }, { "..", 0 }, { ":", 0 }, { "::", 0 }, { ":=", 0 }, { ", ", 0 },
	{ "+", 0 }, { "-", 0 }, { "*", 0 }, { "/", 0 }, { "<", 0 }, { ">", 0 },
	{ "=", 0 }, { "@", 0 }, { "~", 0 }, { "%", 0 }, { "?", 0 }, { "|", 0 },
	{ "&", 0 }, { "#", 0 }, { "!", 0 }, { "^", 0 }, { "`", 0 }, { "'x'", 0 },
	{ "'it''s'", 0 }, { "''", 0 }, { "E'a\\'b'", 0 }, { "e'\\\\'", 0 }, { "U&'x'", 0 },
	  { "U&\"x\"", 0 },
	{ "N'y'", 0 }, { "B'01'", 0 }, { "X'1f'", 0 }, { "$$;$$", 0 }, { "$a$;$a$", 0 }, { "$A$",
	  0 },
	{ "$1", 0 }, { "$", 0 }, { "\"x\"", 0 }, { "\"a;b\"", 0 }, { "-- c;'\n", 0 }, { "--\n", 0 },
	{ "/* ; */", 0 }, { "/* /* */ ; */", 0 }, { "(", 0 }, { ")", 0 }, { ";", 0 }, { ";", 0 },
	{ "[", 0 }, { "]", 0 }, { "\n", 0 }, { "\r", 0 }, { "ä", 0 }, { "$ä$", 0 },
	{ "select", 0 }, { "create", 0 }, { "end", 0 }, { "case", 0 }, { "'", 0 }, { "\"", 0 },
	{ "/*", 0 }, { "*/", 0 }, { "--", 0 }, { "$$", 0 }, { "$a$", 0 }, { "'\n'", 0 },
	{ "\n'\\'", 0 }, { "{", 0 }, { "\t", 0 }, { "\f", 0 }, { "=>", 0 }, { "<=", 0 },
	{ "@-", 0 }, { "+-", 0 }, { "*/*", 0 }, { "0", 0 }, { "_", 0 }, { "\"\"", 0 },
};

static const struct fragment soup[] = {
	{ "%p", 0 }, { "%p%q", 0 }, { "%p %q", 0 }, { "%p\n%q", 0 }, { "%p%q", 0 }
};

#define TABLE(letter, table) [letter] = table
#define SIZE(letter, table)  [letter] = COUNT(table)

static const struct grammar postgres = {
	.fragments = { TABLE('e', postgres_expressions), TABLE('o', postgres_operators),
	               TABLE('c', spaces), TABLE('i', postgres_inner), TABLE('s', body_statements),
	               TABLE('n', routine_names), TABLE('t', postgres_statements),
	               TABLE(';', statement_ends), TABLE('g', postgres_sessions),
	               TABLE('d', postgres_actions) },
	.counts = { SIZE('e', postgres_expressions), SIZE('o', postgres_operators),
	            SIZE('c', spaces), SIZE('i', postgres_inner), SIZE('s', body_statements),
	            SIZE('n', routine_names), SIZE('t', postgres_statements),
	            SIZE(';', statement_ends), SIZE('g', postgres_sessions),
	            SIZE('d', postgres_actions) },
};

static const struct grammar sqlite = {
	.fragments = { TABLE('e', sqlite_expressions), TABLE('o', sqlite_operators),
	               TABLE('c', spaces), TABLE('i', sqlite_inner),
	               TABLE('s', sqlite_trigger_statements), TABLE('n', trigger_names),
	               TABLE('t', sqlite_statements), TABLE(';', statement_ends),
	               TABLE('l', sqlite_literals) },
	.counts = { SIZE('e', sqlite_expressions), SIZE('o', sqlite_operators), SIZE('c', spaces),
	            SIZE('i', sqlite_inner), SIZE('s', sqlite_trigger_statements),
	            SIZE('n', trigger_names), SIZE('t', sqlite_statements),
	            SIZE(';', statement_ends), SIZE('l', sqlite_literals) },
};

static const struct grammar postgres_soup = {
	.fragments = { TABLE('p', soup_pieces), TABLE('q', soup) },
	.counts = { SIZE('p', soup_pieces), SIZE('q', soup) },
};

/* xorshift64*: small, and the same everywhere. */
static size_t pick(struct corpus_script *script, size_t count)
{
	script->random ^= script->random >> 12;
	script->random ^= script->random << 25;
	script->random ^= script->random >> 27;
	return (size_t)((script->random * 2685821657736338717u) >> 33) % count;
}

static void append(struct corpus_script *script, char byte)
{
	if (script->size < CORPUS_SCRIPT_SIZE_MAX)
		script->bytes[script->size++] = byte;
}

/* Notes what a fragment means for the oracles. */
static void mark(struct corpus_script *script, const struct fragment *fragment,
                 unsigned char letter)
{
	if (letter == 't')
		script->in_routine = strstr(fragment->text, "%n") != NULL;
	if (letter == 'i' && strstr(fragment->text, " g(") != NULL)
		script->in_routine = true;
	if (fragment->differs == 'p' || (fragment->differs == 'r' && script->in_routine))
		script->psql_differs = true;
	if (fragment->differs == 'g')
		script->grammar_differs = true;
}

/* Writes a template, with a fragment for each of its letters. */
static void expand(struct corpus_script *script, const struct grammar *grammar, const char *text,
                   int depth)
{
	const char *at;

	for (at = text; *at != '\0'; at++) {
		unsigned char letter = (unsigned char)at[1];
		const struct fragment *fragment;
		size_t count;

		if (*at != '%' || letter >= 128 || grammar->counts[letter] == 0) {
			append(script, *at);
			continue;
		}
		count = grammar->counts[letter];
		if (depth >= 5 && letter != 'p' && count > SIMPLE_COUNT)
			count = SIMPLE_COUNT;
		fragment = &grammar->fragments[letter][depth >= 12 ? 0 : pick(script, count)];
		mark(script, fragment, letter);
		expand(script, grammar, fragment->text, depth + 1);
		at++;
	}
}

static void begin(struct corpus_script *script, uint64_t seed)
{
	*script = (struct corpus_script){ .random = (seed + 1) * 0x9e3779b97f4a7c15u };
}

/* Some scripts are upper case, some have Windows' line ends. */
static void finish(struct corpus_script *script)
{
	bool upper = pick(script, 4) == 0;
	bool crlf = pick(script, 8) == 0;
	struct corpus_script plain = *script;
	size_t i;

	script->size = 0;
	for (i = 0; i < plain.size; i++) {
		char byte = plain.bytes[i];

		if (crlf && byte == '\n')
			append(script, '\r');
		if (upper && byte >= 'a' && byte <= 'z')
			byte = (char)(byte - 32);
		append(script, byte);
	}
	script->bytes[script->size] = '\0';
}

static void statements(struct corpus_script *script, const struct grammar *grammar)
{
	size_t count = 1 + pick(script, 5);

	if (pick(script, 3) == 0)
		expand(script, grammar, "%c", 0);
	if (pick(script, 8) == 0)
		expand(script, grammar, ";%c", 0);
	while (count-- > 0) {
		expand(script, grammar, "%t", 0);
		if (count > 0 || pick(script, 4) != 0)
			expand(script, grammar, "%;", 0);
		else if (pick(script, 2) == 0)
			expand(script, grammar, "%c", 0);
	}
}

void corpus_postgres(struct corpus_script *script, uint64_t seed)
{
	begin(script, seed);
	statements(script, &postgres);
	finish(script);
}

void corpus_sqlite(struct corpus_script *script, uint64_t seed)
{
	begin(script, seed);
	statements(script, &sqlite);
	if (pick(script, 8) == 0)
		expand(script, &sqlite, ";/* no end ; '", 0);
	finish(script);
}

void corpus_postgres_soup(struct corpus_script *script, uint64_t seed)
{
	size_t count;

	begin(script, seed);
	for (count = 1 + pick(script, 4); count > 0; count--)
		expand(script, &postgres_soup, "%q", 0);
	finish(script);
}
