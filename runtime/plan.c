/* plan.c - compares what the set has with what the database has; decides, and does nothing. */
#include "plan.h"

#include "format.h"
#include "repeatable.h"
#include "script.h"

#include <string.h>

void plan_start(struct plan_cursor *cursor, const struct image_view *view,
                const struct tracking_rows *rows)
{
	cursor->view = view;
	cursor->row = rows->first;
	cursor->index = 0;
	cursor->last_version = rows->last != NULL ? rows->last->version : -1;
}

static bool same_digest(const char *text, const struct inlay_digest *digest)
{
	char expected[FORMAT_DIGEST_SIZE];

	format_digest(expected, digest);
	return strcmp(text, expected) == 0;
}

static enum inlay_state state_of_both(const struct plan_item *item)
{
	if (item->row->progress >= 0)
		return INLAY_STATE_INTERRUPTED;
	if (!same_digest(item->row->checksum, &item->migration->checksum))
		return INLAY_STATE_EDITED;
	return INLAY_STATE_APPLIED;
}

static enum inlay_state state_of_row(const struct plan_cursor *cursor)
{
	if (cursor->index < cursor->view->migration_count)
		return INLAY_STATE_MISSING;
	return INLAY_STATE_AHEAD;
}

bool plan_next(struct plan_cursor *cursor, struct plan_item *item)
{
	const struct inlay_image_migration *migration = NULL;
	const struct tracking_row *row = cursor->row;

	if (cursor->index < cursor->view->migration_count)
		migration = &cursor->view->migrations[cursor->index];
	if (migration == NULL && row == NULL)
		return false;
	if (migration != NULL && row != NULL && migration->version < row->version)
		row = NULL;
	else if (migration != NULL && row != NULL && migration->version > row->version)
		migration = NULL;

	item->migration = migration;
	item->row = row;
	if (migration != NULL && row != NULL)
		item->state = state_of_both(item);
	else if (row != NULL)
		item->state = state_of_row(cursor);
	else if (migration->version < cursor->last_version)
		item->state = INLAY_STATE_LATE;
	else
		item->state = INLAY_STATE_PENDING;

	if (migration != NULL)
		cursor->index++;
	if (row != NULL)
		cursor->row = row->next;
	return true;
}

bool plan_is_pending(const struct plan *plan)
{
	return plan->verdict == PLAN_APPLY || plan->verdict == PLAN_RESUME ||
	       plan->verdict == PLAN_REPEAT;
}

bool plan_is_drift(enum inlay_state state)
{
	return state == INLAY_STATE_EDITED || state == INLAY_STATE_MISSING ||
	       state == INLAY_STATE_LATE;
}

bool plan_is_in_doubt(const struct tracking_row *row)
{
	return strcmp(row->status, "alone") == 0;
}

/* Then the rows were compared one by one, which is as good. */
bool plan_is_unsettled(const struct tracking_row *row)
{
	return strncmp(row->chain, TRACKING_UNSETTLED, sizeof(TRACKING_UNSETTLED) - 1) == 0;
}

/* Without a transaction: a mended rest of the file is fine. */
static enum plan_verdict judge_alone(const struct image_view *view,
                                     const struct inlay_image_migration *migration,
                                     const struct tracking_row *row)
{
	const uint32_t harmless = INLAY_STATEMENT_REPEATABLE | INLAY_STATEMENT_SETUP;
	const struct inlay_image_statement *next;
	uint32_t progress = (uint32_t)row->progress;

	if (row->progress > migration->up_count ||
	    !script_begins_with(row->script, view, migration, progress))
		return PLAN_STUCK;
	if (!plan_is_in_doubt(row))
		return PLAN_RESUME;
	next = &view->statements[migration->up + progress];
	if (!script_begins_with(row->script, view, migration, progress + 1) ||
	    (next->probe == 0 && (next->flags & harmless) == 0))
		return PLAN_DOUBT;
	return PLAN_RESUME;
}

enum plan_verdict plan_judge_unfinished(const struct image_view *view,
                                        const struct inlay_image_migration *migration,
                                        const struct tracking_row *row)
{
	/* Behind what is unfinished there can only be what it was late for. */
	if (row->next != NULL && !plan_is_unsettled(row->next))
		return PLAN_STUCK;
	if ((migration->flags & INLAY_MIGRATION_NO_TRANSACTION) != 0)
		return judge_alone(view, migration, row);
	if (plan_is_in_doubt(row))
		return PLAN_STUCK; /* It had no transaction when it was begun. */
	/* Claimed on an engine with the row gate: nothing of it is there.  Otherwise one of its
	 * statements ended the transaction. */
	return row->progress == 0 ? PLAN_RESUME : PLAN_STUCK;
}

/* An unfinished row: may this call go on with it? */
static enum plan_verdict judge_interrupted(const struct image_view *view,
                                           const struct plan_item *item,
                                           const struct policy *policy)
{
	enum plan_verdict verdict;

	if (item->row->is_alive)
		return PLAN_WAIT;
	if (item->row->is_down)
		return PLAN_UNDOING;
	verdict = plan_judge_unfinished(view, item->migration, item->row);
	return verdict == PLAN_RESUME && policy->refuse_interrupted ? PLAN_INTERRUPTED : verdict;
}

static bool is_breaking(const struct tracking_row *row)
{
	return row->floor > 0 && row->floor == row->version;
}

static enum plan_verdict judge_ahead(const struct image_view *view, const struct plan_item *item,
                                     const struct policy *policy)
{
	int64_t head = -1;

	if (view->migration_count > 0)
		head = view->migrations[view->migration_count - 1].version;
	if (item->row->floor > head && item->row->floor > 0)
		return PLAN_BARRED;
	return policy->refuse_ahead ? PLAN_AHEAD : PLAN_DONE;
}

/* `plan` is what the items before came to. */
static enum plan_verdict judge(const struct image_view *view, const struct plan_item *item,
                               const struct policy *policy, const struct plan *plan)
{
	bool is_other = plan->late_count > 0 || plan->is_loose || policy->allow_edited;

	switch (item->state) {
	case INLAY_STATE_APPLIED:
		if (!is_other && !plan_is_unsettled(item->row) &&
		    !same_digest(item->row->chain, &item->migration->chain))
			return PLAN_CHAIN_BROKEN;
		return PLAN_DONE;
	case INLAY_STATE_PENDING: return PLAN_APPLY;
	case INLAY_STATE_EDITED: return policy->allow_edited ? PLAN_DONE : PLAN_EDITED;
	case INLAY_STATE_MISSING:
		if (policy->allow_missing && is_breaking(item->row))
			return PLAN_BARRED;
		return policy->allow_missing ? PLAN_DONE : PLAN_MISSING;
	case INLAY_STATE_AHEAD: return judge_ahead(view, item, policy);
	case INLAY_STATE_LATE: return policy->allow_late ? PLAN_APPLY : PLAN_LATE;
	case INLAY_STATE_INTERRUPTED: return judge_interrupted(view, item, policy);
	}
	return PLAN_STUCK;
}

static bool is_work(enum plan_verdict verdict)
{
	return verdict == PLAN_DONE || verdict == PLAN_APPLY || verdict == PLAN_RESUME;
}

/* Adds an item that stands in nobody's way. */
static void add(struct plan *plan, const struct plan_item *item, enum plan_verdict verdict)
{
	plan->is_ahead = plan->is_ahead || item->state == INLAY_STATE_AHEAD;
	plan->is_loose = plan->is_loose || item->state == INLAY_STATE_EDITED ||
	                 item->state == INLAY_STATE_MISSING;
	if (item->state == INLAY_STATE_LATE && plan->late_count++ == 0)
		plan->culprit = *item;
	if (verdict == PLAN_DONE)
		return;
	plan->pending_count++;
	if (verdict == PLAN_APPLY && plan->verdict == PLAN_RESUME)
		return;
	plan->verdict = verdict;
	if (verdict != PLAN_RESUME)
		return;
	plan->unfinished = item->row;
	plan->is_in_doubt = plan_is_in_doubt(item->row);
}

/* Repeatable ones belong to the last version: who is behind leaves them alone. */
static void add_repeatables(struct plan *plan, const struct image_view *view,
                            const struct tracking_rows *rows)
{
	if (plan->verdict != PLAN_DONE || plan->is_ahead)
		return;
	for (uint32_t i = 0; i < view->repeatable_count; i++)
		if (repeatable_state(rows->repeatables, view, &view->repeatables[i]) ==
		    INLAY_STATE_PENDING)
			plan->pending_count++;
	if (plan->pending_count > 0)
		plan->verdict = PLAN_REPEAT;
}

struct plan plan_make(const struct image_view *view, const struct tracking_rows *rows,
                      const struct policy *policy)
{
	struct plan plan = { .verdict = PLAN_DONE };
	struct plan_cursor cursor;
	struct plan_item item;

	plan_start(&cursor, view, rows);
	while (plan_next(&cursor, &item)) {
		enum plan_verdict verdict = judge(view, &item, policy, &plan);

		if (is_work(verdict)) {
			add(&plan, &item, verdict);
			continue;
		}
		plan.verdict = verdict;
		plan.culprit = item;
		return plan;
	}
	/* The history can be rewritten only where all of it is the set's. */
	if (plan.late_count > 0 && (plan.is_loose || plan.is_ahead))
		plan.verdict = PLAN_LATE;
	add_repeatables(&plan, view, rows);
	return plan;
}
