/* plan_test.c - a table of sets against databases: what is pending, and what is wrong first. */
#include "../runtime/format.h"
#include "../runtime/work.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/* cmocka.h wants some of those first. */
#include <cmocka.h>

#define COUNT_MAX 8

/* A set or a database in short: one letter a migration, at the place of its version (a is 1). */
struct plan_case {
	const char *name;
	const char *set; /* "abc": versions 1 to 3.  Upper case: runs without a transaction. */
	/* As above; "x" in front of a letter: edited; "!": broken chain; "r": running; "d": the
	 * same, but its process is gone; "z": the same, and at its first statement; "q": gone at a
	 * statement that is not in one transaction with its record; "f": failed after its first
	 * statement; "e": the same, and that statement was edited since. */
	const char *database;
	bool refuse_ahead;
	enum plan_verdict verdict;
	int64_t version;    /* Of the culprit, or the first pending; 0 for none. */
	const char *states; /* a word's first letter for each version, in order. */
};

static const struct plan_case cases[] = {
	{ "an empty database", "abc", "", false, PLAN_APPLY, 1, "ppp" },
	{ "nothing is pending", "abc", "abc", false, PLAN_DONE, 0, "aaa" },
	{ "the end is pending", "abcd", "ab", false, PLAN_APPLY, 3, "aapp" },
	{ "both are empty", "", "", false, PLAN_DONE, 0, "" },
	{ "an empty set, a full database", "", "ab", false, PLAN_DONE, 0, "AA" },
	{ "an empty set, and ahead is refused", "", "ab", true, PLAN_AHEAD, 1, "AA" },
	{ "ahead", "ab", "abcd", false, PLAN_DONE, 0, "aaAA" },
	{ "ahead, and that is refused", "ab", "abcd", true, PLAN_AHEAD, 3, "aaAA" },
	{ "edited", "abc", "axbc", false, PLAN_EDITED, 2, "aea" },
	{ "the first of two edited ones", "abc", "xaxbc", false, PLAN_EDITED, 1, "eea" },
	{ "edited before something pending", "abc", "axb", false, PLAN_EDITED, 2, "aep" },
	{ "missing", "acd", "abc", false, PLAN_MISSING, 2, "amap" },
	{ "missing before the first", "bc", "ab", false, PLAN_MISSING, 1, "map" },
	{ "the last of the database is missing", "abd", "abc", false, PLAN_MISSING, 3, "aamp" },
	{ "late", "abc", "ac", false, PLAN_LATE, 2, "ala" },
	{ "late, for the database is ahead", "abc", "abd", false, PLAN_LATE, 3, "aalA" },
	{ "edited comes before late", "abc", "xac", false, PLAN_EDITED, 1, "ela" },
	{ "late comes before edited", "abc", "axc", false, PLAN_LATE, 2, "ale" },
	{ "the chain is broken", "abc", "a!bc", false, PLAN_CHAIN_BROKEN, 2, "aaa" },
	{ "somebody is at work", "aBc", "arB", false, PLAN_WAIT, 2, "aip" },
	{ "somebody seems to be at work in a transaction", "abc", "arb", false, PLAN_WAIT, 2,
	  "aip" },
	{ "who was at work is gone", "aBc", "adB", false, PLAN_RESUME, 2, "aip" },
	{ "gone, and nobody can know", "aBc", "aqB", false, PLAN_DOUBT, 2, "aip" },
	{ "gone before anything happened", "abc", "azb", false, PLAN_RESUME, 2, "aip" },
	{ "failed, and gone on with", "aBc", "afB", false, PLAN_RESUME, 2, "aip" },
	{ "failed, and edited where it ran", "aBc", "aeB", false, PLAN_STUCK, 2, "aip" },
	{ "failed, though it has a transaction", "abc", "afb", false, PLAN_STUCK, 2, "aip" },
	{ "failed, and later ones are there", "aBc", "afBc", false, PLAN_STUCK, 2, "aia" },
	{ "a newer program is at work", "ab", "abrC", false, PLAN_DONE, 0, "aaA" },
};

/* --- A made-up image --- */

struct made_image {
	struct inlay_image image;
	struct inlay_image_migration migrations[COUNT_MAX];
	struct inlay_image_statement statements[2];
	char texts[64];
	struct image_view view;
};

static struct inlay_digest digest(char kind, int64_t version)
{
	return (struct inlay_digest){ { (uint64_t)kind, (uint64_t)version, 0xabcdef,
		                        ~(uint64_t)0 } };
}

static int64_t version_of(char letter)
{
	return (letter | 0x20) - 'a' + 1;
}

static bool is_upper(char letter)
{
	return letter >= 'A' && letter <= 'Z';
}

static void make_image(struct made_image *made, const char *letters)
{
	static const char texts[] = "SELECT 1\0SELECT 2\0x.sql";
	uint32_t base = (uint32_t)offsetof(struct made_image, texts);

	memset(made, 0, sizeof(*made));
	memcpy(made->texts, texts, sizeof(texts));
	made->statements[0] = (struct inlay_image_statement){ base, 8, 1, 1, 0, 0 };
	made->statements[1] = (struct inlay_image_statement){ base + 9, 8, 2, 1, 0, 0 };
	for (uint32_t i = 0; letters[i] != '\0'; i++) {
		struct inlay_image_migration *migration = &made->migrations[i];

		migration->version = version_of(letters[i]);
		migration->file = base + 18;
		migration->flags = is_upper(letters[i]) ? INLAY_MIGRATION_NO_TRANSACTION : 0;
		migration->up_count = 2;
		migration->checksum = digest('c', migration->version);
		migration->chain = digest('h', migration->version);
	}
	made->view.image = &made->image;
	made->view.migrations = made->migrations;
	made->view.migration_count = (uint32_t)strlen(letters);
	made->view.statements = made->statements;
	made->view.statement_count = 2;
}

/* --- Made-up rows --- */

struct made_rows {
	struct tracking_rows rows;
	struct tracking_row row[COUNT_MAX];
	char checksums[COUNT_MAX][FORMAT_DIGEST_SIZE];
	char chains[COUNT_MAX][FORMAT_DIGEST_SIZE];
};

#define SCRIPT(first)                                                                              \
	"inlay-script 1 1 2 "                                                                      \
	"0000000000000000000000000000000000000000000000000000000000000000 "                        \
	"5:x.sql\n1 1 0 8:" first "\n2 1 0 8:SELECT 2\n"

static void make_row(struct made_rows *made, size_t index, char letter, char mark)
{
	struct tracking_row *row = &made->row[index];
	struct inlay_digest checksum = digest(mark == 'x' ? 'x' : 'c', version_of(letter));
	struct inlay_digest chain = digest(mark == '!' ? '!' : 'h', version_of(letter));
	bool unfinished = strchr("rdzqfe", mark) != NULL;

	format_digest(made->checksums[index], &checksum);
	format_digest(made->chains[index], &chain);
	row->version = version_of(letter);
	row->progress = mark == 'z' ? 0 : unfinished ? 1 : -1;
	row->is_alive = mark == 'r';
	row->filename = row->applied_at = row->actor = row->down = "";
	row->checksum = made->checksums[index];
	row->chain = made->chains[index];
	row->status = strchr("rdz", mark) != NULL ? "running"
	              : mark == 'q'               ? "alone"
	              : unfinished                ? "failed"
	                                          : "applied";
	row->script = mark == 'e' ? SCRIPT("SELECT 9") : unfinished ? SCRIPT("SELECT 1") : "";
	if (index > 0)
		made->row[index - 1].next = row;
	made->rows.first = &made->row[0];
	made->rows.last = row;
}

static void make_rows(struct made_rows *made, const char *letters)
{
	size_t count = 0;

	memset(made, 0, sizeof(*made));
	while (*letters != '\0') {
		bool marked = strchr("x!rdzqfe", *letters) != NULL && letters[1] != '\0' &&
		              version_of(letters[1]) > 0;
		char mark = marked ? *letters++ : ' ';

		make_row(made, count++, *letters++, mark);
	}
}

/* --- The cases --- */

static char state_letter(enum inlay_state state)
{
	return state == INLAY_STATE_AHEAD ? 'A' : inlay_state_name(state)[0];
}

static void check_states(const struct plan_case *expected, const struct made_image *image,
                         const struct made_rows *rows)
{
	struct plan_cursor cursor;
	struct plan_item item;
	char states[COUNT_MAX + 1] = "";
	size_t count = 0;

	plan_start(&cursor, &image->view, &rows->rows);
	while (plan_next(&cursor, &item))
		states[count++] = state_letter(item.state);
	if (strcmp(states, expected->states) != 0)
		fail_msg("%s: expected states %s, received %s", expected->name, expected->states,
		         states);
}

/* What the plan is about: the first one to be applied, or the one that stands in the way. */
static int64_t version_in(const struct plan *plan, const struct made_image *image,
                          const struct made_rows *rows)
{
	int64_t version = 0;
	struct work work;

	if (plan_is_pending(plan)) {
		assert_true(work_create(&work, plan, &image->view, &rows->rows));
		assert_int_equal(work.count, plan->pending_count);
		version = work.items[0].migration->version;
		work_destroy(&work);
	} else if (plan->culprit.row != NULL) {
		version = plan->culprit.row->version;
	} else if (plan->culprit.migration != NULL) {
		version = plan->culprit.migration->version;
	}
	return version;
}

static void plans_every_case(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct plan_case *expected = &cases[i];
		struct made_image image;
		struct made_rows rows;
		struct policy policy = { .refuse_ahead = false };
		struct plan plan;
		int64_t version;

		make_image(&image, expected->set);
		make_rows(&rows, expected->database);
		policy.refuse_ahead = expected->refuse_ahead;
		plan = plan_make(&image.view, &rows.rows, &policy);
		version = version_in(&plan, &image, &rows);
		if (plan.verdict != expected->verdict || version != expected->version)
			fail_msg("%s: expected verdict %d at %d, received %d at %d", expected->name,
			         expected->verdict, (int)expected->version, plan.verdict,
			         (int)version);
		check_states(expected, &image, &rows);
	}
}

/* The process died at statement 2, which the record does not tell whether it took effect. */
static void goes_on_where_it_can_be_known(void **state)
{
	static const struct doubt_case {
		uint32_t flags;
		uint32_t probe;
		enum plan_verdict verdict;
	} doubts[] = {
		{ INLAY_STATEMENT_ALONE, 0, PLAN_DOUBT },
		{ INLAY_STATEMENT_ALONE, 1, PLAN_RESUME },
		{ INLAY_STATEMENT_ALONE | INLAY_STATEMENT_REPEATABLE, 0, PLAN_RESUME },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(doubts) / sizeof(doubts[0]); i++) {
		struct made_image image;
		struct made_rows rows;
		struct policy policy = { .refuse_ahead = false };
		struct plan plan;

		make_image(&image, "aBc");
		make_rows(&rows, "aqB");
		image.statements[1].flags = doubts[i].flags;
		image.statements[1].probe = doubts[i].probe;
		plan = plan_make(&image.view, &rows.rows, &policy);
		assert_int_equal(plan.verdict, doubts[i].verdict);
		assert_int_equal(plan.is_in_doubt, plan.verdict == PLAN_RESUME);
		/* The statement in question is another one now: the probe would not be its own. */
		rows.row[1].script = SCRIPT("SELECT 8");
		plan = plan_make(&image.view, &rows.rows, &policy);
		assert_int_equal(plan.verdict, PLAN_STUCK);
		image.statements[1].text = image.statements[0].text;
		rows.row[1].script = SCRIPT("SELECT 1");
		plan = plan_make(&image.view, &rows.rows, &policy);
		assert_int_equal(plan.verdict, PLAN_DOUBT);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plans_every_case),
		cmocka_unit_test(goes_on_where_it_can_be_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
