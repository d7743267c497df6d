/* differential_test.c - our statements and tokens against those of psql, PostgreSQL's parser and
 * SQLite. */
#include "../compiler/split.h"
#include "oracle/corpus.h"
#include "oracle/oracle.h"
#include "oracle/traps.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/* cmocka.h wants the four above first. */
#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define POSTGRES_SCRIPTS 6000
#define SOUP_SCRIPTS     8000
#define SQLITE_SCRIPTS   6000
#define SHOWN_MAX        5

/* How often we were compared with an oracle, and how that went. */
struct tally {
	const char *oracle;
	size_t scripts;
	size_t texts;
	size_t not_judged; /* The oracle could not tell. */
	size_t excused;    /* Known to differ, for a reason that is written down. */
	size_t different;
};

static void report(const struct tally *tally)
{
	print_message(
	    "%-28s %6zu scripts, %6zu texts equal, %5zu not judged, %5zu excused, %zu different\n",
	    tally->oracle, tally->scripts, tally->texts, tally->not_judged, tally->excused,
	    tally->different);
	assert_int_equal(tally->different, 0);
	assert_true(tally->scripts > 0);
}

/* What is missing on a developer's machine is a skip there, and an error in CI. */
static void skip_or_fail(const char *what)
{
	print_message("SKIPPED: %s\n", what);
	if (getenv("CI") != NULL)
		fail_msg("%s, and this is CI", what);
	skip();
}

static struct text text_of_oracle(struct oracle_text text)
{
	return (struct text){ (const unsigned char *)text.start, text.size };
}

/* The next token that is neither space nor comment, nor a semicolon at the statement's end. */
static struct token next_token(struct lexer *lexer)
{
	struct token token = lexer_next_significant(lexer);

	while (token.kind == TOKEN_SEMICOLON) {
		struct lexer ahead = *lexer;

		if (next_token(&ahead).kind != TOKEN_END)
			break;
		token = lexer_next_significant(lexer);
	}
	return token;
}

/* SQLite counts empty statements with the one after them. */
static void skip_semicolons(struct lexer *lexer)
{
	struct lexer ahead = *lexer;

	while (lexer_next_significant(&ahead).kind == TOKEN_SEMICOLON)
		*lexer = ahead;
}

/* The same tokens?  psql drops empty lines, so white space does not count, nor does a last
 * semicolon. */
static bool same_tokens(enum dialect dialect, struct oracle_text a, struct oracle_text b,
                        bool conforming)
{
	struct lexer lexers[2];
	struct token tokens[2];

	lexer_init_slice(&lexers[0], dialect, text_of_oracle(a), conforming);
	lexer_init_slice(&lexers[1], dialect, text_of_oracle(b), conforming);
	skip_semicolons(&lexers[0]);
	skip_semicolons(&lexers[1]);
	do {
		tokens[0] = next_token(&lexers[0]);
		tokens[1] = next_token(&lexers[1]);
		if (tokens[0].kind != tokens[1].kind ||
		    !text_equals(tokens[0].text, tokens[1].text))
			return false;
	} while (tokens[0].kind != TOKEN_END);
	return true;
}

static bool same_statement(enum dialect dialect, struct oracle_text a, struct oracle_text b)
{
	return same_tokens(dialect, a, b, true) || same_tokens(dialect, a, b, false);
}

/* Semicolons, comments and white space. */
static bool is_empty(enum dialect dialect, struct oracle_text text)
{
	struct lexer lexer;
	struct token token;

	lexer_init_slice(&lexer, dialect, text_of_oracle(text), true);
	do
		token = lexer_next_significant(&lexer);
	while (token.kind == TOKEN_SEMICOLON);
	return token.kind == TOKEN_END;
}

static void show(const char *title, const struct oracle_answer *answer)
{
	size_t i;

	print_message("  %s:\n", title);
	for (i = 0; i < answer->count; i++)
		print_message("    [%s]\n", answer->texts[i].start);
}

/* Are both lists the same, empty ones left out?  Differences are shown, the first few of them. */
static void compare(struct tally *tally, enum dialect dialect, struct oracle_text script,
                    const struct oracle_answer *ours, const struct oracle_answer *theirs)
{
	size_t i = 0, j = 0;

	tally->scripts++;
	for (;;) {
		while (i < ours->count && is_empty(dialect, ours->texts[i]))
			i++;
		while (j < theirs->count && is_empty(dialect, theirs->texts[j]))
			j++;
		if (i == ours->count || j == theirs->count ||
		    !same_statement(dialect, ours->texts[i], theirs->texts[j]))
			break;
		tally->texts++;
		i++;
		j++;
	}
	if (i == ours->count && j == theirs->count)
		return;
	tally->different++;
	if (tally->different <= SHOWN_MAX) {
		print_message("%s differs:\n%s\n", tally->oracle, script.start);
		show("ours", ours);
		show(tally->oracle, theirs);
	}
}

static void add_data(struct oracle_answer *ours, struct text data)
{
	char text[CORPUS_SCRIPT_SIZE_MAX + 8] = "data:";
	size_t size = data.size;

	if (size >= 2 && memcmp(data.start + size - 2, "\\.", 2) == 0)
		size -= 2;
	memcpy(text + 5, data.start, size);
	oracle_add(ours, text, size + 5);
}

/* Our statements, and COPY's data as the psql oracle has it.  Not judged: something has no end, or
 * there is a meta-command. */
static void split_ours(enum dialect dialect, struct oracle_text script, struct oracle_answer *ours)
{
	struct splitter splitter;
	struct split_item item;

	ours->judged = true;
	split_init(&splitter, dialect, text_of_oracle(script), NULL);
	while ((item = split_next(&splitter)).kind != SPLIT_END) {
		if (item.kind == SPLIT_STATEMENT)
			oracle_add(ours, (const char *)item.text.start, item.text.size);
		if (item.kind == SPLIT_UNTERMINATED || item.kind == SPLIT_META)
			ours->judged = false;
		if (item.kind == SPLIT_COPY_DATA)
			add_data(ours, item.text);
	}
}

static void add_token(struct oracle_tokens *tokens, size_t start, size_t end)
{
	assert_true(tokens->count < ORACLE_TOKEN_MAX);
	tokens->starts[tokens->count] = start;
	tokens->ends[tokens->count] = end;
	tokens->count++;
}

/* Our tokens as the server's scanner has them: joined strings are one token, N'x' is two. */
static void lex_ours(struct oracle_text script, struct oracle_tokens *ours)
{
	struct lexer lexer;
	struct token token;
	size_t after_string = 0; /* How many tokens there were with the last string. */

	*ours = (struct oracle_tokens){ .judged = true, .complete = true };
	lexer_init(&lexer, DIALECT_POSTGRES, text_of_oracle(script));
	while ((token = lexer_next(&lexer)).kind != TOKEN_END) {
		size_t start = (size_t)(token.text.start - (unsigned char *)script.start);
		size_t end = start + token.text.size;

		if (token.kind == TOKEN_SPACE)
			continue;
		if (token.kind == TOKEN_META)
			ours->judged = false;
		if (token.kind == TOKEN_UNTERMINATED)
			ours->complete = false;
		if (token.kind == TOKEN_CONTINUATION) {
			ours->count = after_string; /* Comments between the pieces go. */
			ours->ends[after_string - 1] = end;
			continue;
		}
		if (token.kind == TOKEN_NATIONAL_STRING)
			add_token(ours, start, start + 1);
		add_token(ours, start + (token.kind == TOKEN_NATIONAL_STRING), end);
		if (token.kind >= TOKEN_STRING && token.kind <= TOKEN_HEX_STRING)
			after_string = ours->count;
	}
}

/* libpg_query 15 has no right place for U&'x' and U&"x". */
static bool same_token(struct oracle_text script, const struct oracle_tokens *ours,
                       const struct oracle_tokens *theirs, size_t i)
{
	const char *start = script.start + ours->starts[i];

	if ((*start == 'U' || *start == 'u') && start[1] == '&' &&
	    (start[2] == '\'' || start[2] == '"'))
		return true;
	return ours->starts[i] == theirs->starts[i] && ours->ends[i] == theirs->ends[i];
}

static void compare_tokens(struct tally *tally, struct oracle_text script,
                           const struct oracle_tokens *ours, const struct oracle_tokens *theirs)
{
	size_t i = 0;

	tally->scripts++;
	while (ours->complete && theirs->complete && i < ours->count && i < theirs->count &&
	       same_token(script, ours, theirs, i))
		i++;
	tally->texts += i;
	if (ours->complete == theirs->complete &&
	    (!ours->complete || (i == ours->count && i == theirs->count)))
		return;
	tally->different++;
	if (tally->different <= SHOWN_MAX)
		print_message(
		    "%s differs at token %zu (offset %zu; %zu of ours, %zu of theirs):\n%s\n",
		    tally->oracle, i, i < ours->count ? ours->starts[i] : script.size, ours->count,
		    theirs->count, script.start);
}

/* Our "1a" and "$1a" are the server's of today; they were cut otherwise until 15.2. */
static bool has_junk_number(struct oracle_text script)
{
	struct lexer lexer;
	struct token token;

	lexer_init(&lexer, DIALECT_POSTGRES, text_of_oracle(script));
	while ((token = lexer_next(&lexer)).kind != TOKEN_END) {
		if (token.kind == TOKEN_INVALID && token.text.size > 1)
			return true;
	}
	return false;
}

/* libpg_query 15 has comments as tokens, and does not join strings across them, as the server does.
 */
static bool has_comment_in_string(struct oracle_text script)
{
	bool commented = false;
	struct lexer lexer;
	struct token token;

	lexer_init(&lexer, DIALECT_POSTGRES, text_of_oracle(script));
	while ((token = lexer_next(&lexer)).kind != TOKEN_END) {
		if (token.kind == TOKEN_CONTINUATION && commented)
			return true;
		if (token.kind != TOKEN_SPACE)
			commented = token.kind == TOKEN_COMMENT;
	}
	return false;
}

/* A corpus: scripts with our answers. */
struct corpus {
	size_t count;
	struct oracle_text *texts;
	struct oracle_answer *ours;
	struct oracle_answer *theirs;
	bool *psql_differs;
	bool *grammar_differs;
};

static void *allocate(size_t count, size_t size)
{
	void *memory = calloc(count, size);

	assert_non_null(memory);
	return memory;
}

static void corpus_create(struct corpus *corpus, size_t count, enum dialect dialect,
                          void (*make)(struct corpus_script *script, uint64_t seed))
{
	static struct corpus_script script;
	size_t i;

	corpus->count = count;
	corpus->texts = allocate(count, sizeof(*corpus->texts));
	corpus->ours = allocate(count, sizeof(*corpus->ours));
	corpus->theirs = allocate(count, sizeof(*corpus->theirs));
	corpus->psql_differs = allocate(count, sizeof(*corpus->psql_differs));
	corpus->grammar_differs = allocate(count, sizeof(*corpus->grammar_differs));
	for (i = 0; i < count; i++) {
		make(&script, i);
		corpus->texts[i].start = allocate(script.size + 1, 1);
		corpus->texts[i].size = script.size;
		memcpy(corpus->texts[i].start, script.bytes, script.size);
		corpus->psql_differs[i] = script.psql_differs;
		corpus->grammar_differs[i] = script.grammar_differs;
		split_ours(dialect, corpus->texts[i], &corpus->ours[i]);
	}
}

static void corpus_destroy(struct corpus *corpus)
{
	size_t i;

	for (i = 0; i < corpus->count; i++) {
		free(corpus->texts[i].start);
		oracle_free(&corpus->ours[i]);
		oracle_free(&corpus->theirs[i]);
	}
	free(corpus->texts);
	free(corpus->ours);
	free(corpus->theirs);
	free(corpus->psql_differs);
	free(corpus->grammar_differs);
}

static void need_pgquery(void)
{
	static int loaded = -1;

	if (loaded < 0)
		loaded = pgquery_oracle_load();
	if (!loaded)
		skip_or_fail("libpg_query is not here to compare with");
}

/* Sends to psql what it can judge; the scripts that it can not are sent as nothing. */
static void compare_with_psql(struct corpus *corpus, const char *name)
{
	struct tally tally = { .oracle = name };
	struct oracle_text *sent = allocate(corpus->count, sizeof(*sent));
	static char nothing[] = "";
	const char *reason;
	bool missing;
	size_t i;

	for (i = 0; i < corpus->count; i++) {
		bool judged = corpus->ours[i].judged && !corpus->psql_differs[i];

		sent[i] = judged ? corpus->texts[i] : (struct oracle_text){ nothing, 0 };
	}
	reason = psql_oracle(sent, corpus->count, corpus->theirs, &missing);
	free(sent);
	if (missing)
		skip_or_fail(reason);
	if (reason != NULL)
		fail_msg("%s", reason);
	for (i = 0; i < corpus->count; i++) {
		if (corpus->psql_differs[i])
			tally.excused++;
		else if (!corpus->ours[i].judged)
			tally.not_judged++;
		else
			compare(&tally, DIALECT_POSTGRES, corpus->texts[i], &corpus->ours[i],
			        &corpus->theirs[i]);
	}
	report(&tally);
}

static void postgres_statements_as_psql_sends_them(void **state)
{
	struct corpus corpus;

	(void)state;
	corpus_create(&corpus, POSTGRES_SCRIPTS, DIALECT_POSTGRES, corpus_postgres);
	compare_with_psql(&corpus, "psql, statements");
	corpus_destroy(&corpus);
}

/* psql reads strings line by line: it forgets that a string before the line end had escapes. */
static bool has_odd_continuation(struct oracle_text script)
{
	enum token_kind string = TOKEN_END;
	struct lexer lexer;
	struct token token;

	lexer_init(&lexer, DIALECT_POSTGRES, text_of_oracle(script));
	while ((token = lexer_next_significant(&lexer)).kind != TOKEN_END) {
		if (token.kind == TOKEN_CONTINUATION && string != TOKEN_STRING)
			return true;
		if (token.kind != TOKEN_CONTINUATION)
			string = token.kind;
	}
	return false;
}

static void postgres_soup_as_psql_sends_it(void **state)
{
	struct corpus corpus;
	size_t i;

	(void)state;
	corpus_create(&corpus, SOUP_SCRIPTS, DIALECT_POSTGRES, corpus_postgres_soup);
	for (i = 0; i < corpus.count; i++)
		corpus.psql_differs[i] = has_odd_continuation(corpus.texts[i]) ||
		                         has_junk_number(corpus.texts[i]);
	compare_with_psql(&corpus, "psql, token soup");
	corpus_destroy(&corpus);
}

static void compare_with_grammar(struct corpus *corpus, const char *name, bool must_judge)
{
	struct tally tally = { .oracle = name };
	size_t i;

	for (i = 0; i < corpus->count; i++) {
		if (corpus->grammar_differs[i] || has_comment_in_string(corpus->texts[i])) {
			tally.excused++;
			continue;
		}
		pgquery_oracle_split(corpus->texts[i], &corpus->theirs[i]);
		if (corpus->theirs[i].judged && corpus->ours[i].judged)
			compare(&tally, DIALECT_POSTGRES, corpus->texts[i], &corpus->ours[i],
			        &corpus->theirs[i]);
		else if (must_judge)
			fail_msg("the grammar can not tell: %s", corpus->texts[i].start);
		else
			tally.not_judged++;
	}
	report(&tally);
}

static void postgres_statements_as_the_grammar_has_them(void **state)
{
	struct corpus corpus;

	(void)state;
	need_pgquery();
	corpus_create(&corpus, POSTGRES_SCRIPTS, DIALECT_POSTGRES, corpus_postgres);
	compare_with_grammar(&corpus, "libpg_query, statements", false);
	corpus_destroy(&corpus);
}

static void compare_scans(struct tally *tally, size_t count,
                          void (*make)(struct corpus_script *script, uint64_t seed))
{
	static struct oracle_tokens ours, theirs;
	static struct corpus_script script;
	size_t i;

	for (i = 0; i < count; i++) {
		struct oracle_text text = { script.bytes, 0 };

		make(&script, i);
		text.size = script.size;
		lex_ours(text, &ours);
		pgquery_oracle_scan(text, &theirs);
		if (has_comment_in_string(text) || has_junk_number(text))
			tally->excused++;
		else if (ours.judged && theirs.judged)
			compare_tokens(tally, text, &ours, &theirs);
		else
			tally->not_judged++;
	}
}

static void postgres_tokens_as_the_scanner_has_them(void **state)
{
	struct tally soup = { .oracle = "libpg_query, soup tokens" };
	struct tally statements = { .oracle = "libpg_query, tokens" };

	(void)state;
	need_pgquery();
	compare_scans(&soup, SOUP_SCRIPTS, corpus_postgres_soup);
	compare_scans(&statements, POSTGRES_SCRIPTS, corpus_postgres);
	report(&soup);
	report(&statements);
}

static void sqlite_statements_as_prepare_has_them(void **state)
{
	struct tally tally = { .oracle = "SQLite, statements" };
	struct corpus corpus;
	size_t i;

	(void)state;
	corpus_create(&corpus, SQLITE_SCRIPTS, DIALECT_SQLITE, corpus_sqlite);
	for (i = 0; i < corpus.count; i++) {
		sqlite_oracle(corpus.texts[i], &corpus.theirs[i]);
		if (corpus.theirs[i].judged)
			compare(&tally, DIALECT_SQLITE, corpus.texts[i], &corpus.ours[i],
			        &corpus.theirs[i]);
		else
			tally.not_judged++;
	}
	report(&tally);
	corpus_destroy(&corpus);
}

/* The table of traps: as a corpus, so that one psql serves them all. */
static void make_trap(struct corpus_script *script, uint64_t index)
{
	const struct trap *trap = &postgres_traps[index];

	*script = (struct corpus_script){ .size = strlen(trap->script) };
	memcpy(script->bytes, trap->script, script->size);
	script->psql_differs = trap->psql_differs != NULL;
	script->grammar_differs = trap->grammar_differs != NULL;
}

static void postgres_traps_as_psql_sends_them(void **state)
{
	struct corpus corpus;

	(void)state;
	corpus_create(&corpus, postgres_trap_count, DIALECT_POSTGRES, make_trap);
	compare_with_psql(&corpus, "psql, traps");
	corpus_destroy(&corpus);
}

static void postgres_traps_as_the_grammar_has_them(void **state)
{
	struct corpus corpus;

	(void)state;
	need_pgquery();
	corpus_create(&corpus, postgres_trap_count, DIALECT_POSTGRES, make_trap);
	compare_with_grammar(&corpus, "libpg_query, traps", true);
	corpus_destroy(&corpus);
}

static void sqlite_traps_as_prepare_has_them(void **state)
{
	struct tally tally = { .oracle = "SQLite, traps" };
	size_t i;

	(void)state;
	for (i = 0; i < sqlite_trap_count; i++) {
		struct oracle_text script = { (char *)(uintptr_t)sqlite_traps[i],
			                      strlen(sqlite_traps[i]) };
		struct oracle_answer ours = { .texts = NULL }, theirs = { .texts = NULL };

		split_ours(DIALECT_SQLITE, script, &ours);
		sqlite_oracle(script, &theirs);
		if (!theirs.judged)
			fail_msg("SQLite can not tell: %s", script.start);
		compare(&tally, DIALECT_SQLITE, script, &ours, &theirs);
		oracle_free(&ours);
		oracle_free(&theirs);
	}
	report(&tally);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(postgres_traps_as_psql_sends_them),
		cmocka_unit_test(postgres_traps_as_the_grammar_has_them),
		cmocka_unit_test(sqlite_traps_as_prepare_has_them),
		cmocka_unit_test(postgres_statements_as_psql_sends_them),
		cmocka_unit_test(postgres_soup_as_psql_sends_it),
		cmocka_unit_test(postgres_statements_as_the_grammar_has_them),
		cmocka_unit_test(postgres_tokens_as_the_scanner_has_them),
		cmocka_unit_test(sqlite_statements_as_prepare_has_them),
	};

	return cmocka_run_group_tests_name("differential", tests, NULL, NULL);
}
