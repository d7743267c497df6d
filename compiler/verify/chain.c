/* chain.c - each row is the successor of the one before it: or somebody has changed them. */
#include "parts.h"

#include <stdlib.h>
#include <string.h>

#define UNSETTLED                                                                                  \
	"late " /* Begins the chain of rows that late migrations are still to come before. */

static const char help[] = "inlay repair tells whether it can put it right";

static bool is_unsettled(const struct recorded_row *row)
{
	return strncmp(row->chain, UNSETTLED, strlen(UNSETTLED)) == 0;
}

/* Is nothing said of any row that explains the rest? */
static bool is_plain(const struct standing *standing)
{
	size_t i;

	for (i = 0; i < standing->count; i++)
		if ((standing->rows[i].state != INLAY_STATE_APPLIED &&
		     standing->rows[i].state != INLAY_STATE_PENDING) ||
		    (standing->rows[i].flags & INLAY_STATUS_ALTERED) != 0 ||
		    standing->rows[i].progress >= 0)
			return false;
	return true;
}

static bool judge_order(struct pass *pass)
{
	const struct recorded *recorded = &pass->recorded;
	size_t i;

	for (i = 0; i < recorded->row_count; i++) {
		const struct recorded_row *row = &recorded->rows[i];
		const char *before = i > 0 ? recorded->rows[i - 1].chain : "";

		if (is_unsettled(row) || (i > 0 && is_unsettled(&recorded->rows[i - 1])) ||
		    strcmp(row->previous, before) == 0)
			continue;
		diagnostics_add(pass->problems, pass_problem(pass, RULE_LIVE_CHAIN, help),
		                "the row of %s does not follow the one before it: a row was "
		                "deleted, added or changed",
		                row->filename);
		return false;
	}
	return true;
}

/* --- SQLite's user_version --- */

static uint32_t first_bits(const char *digest)
{
	char digits[9];

	if (strlen(digest) < 8)
		return 0;
	memcpy(digits, digest, 8);
	digits[8] = '\0';
	return (uint32_t)strtoul(digits, NULL, 16);
}

static void take_number(void *context, const char *const *columns, int count)
{
	(void)count;
	*(int64_t *)context = columns[0] != NULL ? (int64_t)strtoll(columns[0], NULL, 10) : 0;
}

/* A mark says what is applied to every program that asks: it had better be true.  What is not
 * negative is the application's own. */
static void judge_mark(struct pass *pass)
{
	const struct recorded *recorded = &pass->recorded;
	const char *chain =
	        recorded->row_count > 0 ? recorded->rows[recorded->row_count - 1].chain : "";
	uint32_t bits = first_bits(chain) ^ first_bits(recorded->fingerprint);
	int64_t mark = (int64_t)(bits >> 1) - ((int64_t)1 << 31);
	int64_t found = 0;
	struct live_query query = {
		.sql = "PRAGMA main.user_version",
		.row = take_number,
		.context = &found,
	};

	if (pass->live->sqlite == NULL ||
	    strcmp(pass->live->settings.table, "schema_migrations") != 0 ||
	    !live_query(pass->live, &query) || found >= 0 || found == mark)
		return;
	diagnostics_add(
	        pass->problems, pass_problem(pass, RULE_LIVE_CHAIN, "inlay repair puts it right"),
	        "user_version says that another history is applied than the tracking table has");
}

void chain_judge(struct pass *pass)
{
	if (is_plain(&pass->standing) && judge_order(pass) && pass->recorded.row_count > 0)
		judge_mark(pass);
}
