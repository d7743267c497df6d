/* plan.c - compares what the set has with what the database has; decides, and does nothing. */
#include "plan.h"

#include "format.h"
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

/* A migration without a transaction: what ran already must still be what the file says, and of the
 * statement that its process died in it must be possible to tell, or not matter, whether it took
 * effect.  A mended rest of the file is fine. */
static enum plan_verdict judge_alone(const struct plan_cursor *cursor, const struct plan_item *item)
{
	const uint32_t harmless = INLAY_STATEMENT_REPEATABLE | INLAY_STATEMENT_SETUP;
	const struct inlay_image_migration *migration = item->migration;
	const struct inlay_image_statement *next;
	const struct tracking_row *row = item->row;
	uint32_t progress = (uint32_t)row->progress;

	if (cursor->row != NULL || row->progress > migration->up_count ||
	    !script_begins_with(row->up, cursor->view, migration, progress))
		return PLAN_STUCK;
	if (!plan_is_in_doubt(row))
		return PLAN_RESUME;
	next = &cursor->view->statements[migration->up + progress];
	if (!script_begins_with(row->up, cursor->view, migration, progress + 1) ||
	    (next->probe == 0 && (next->flags & harmless) == 0))
		return PLAN_DOUBT;
	return PLAN_RESUME;
}

/* An unfinished row: may this call go on with it? */
static enum plan_verdict judge_unfinished(const struct plan_cursor *cursor,
                                          const struct plan_item *item)
{
	if (item->row->is_alive)
		return PLAN_WAIT;
	if ((item->migration->flags & INLAY_MIGRATION_NO_TRANSACTION) != 0)
		return judge_alone(cursor, item);
	if (plan_is_in_doubt(item->row))
		return PLAN_STUCK; /* It had no transaction when it was begun. */
	/* Claimed on an engine with the row gate: nothing of it is there.  Otherwise one of its
	 * statements ended the transaction. */
	return item->row->progress == 0 && cursor->row == NULL ? PLAN_RESUME : PLAN_STUCK;
}

static enum plan_verdict judge(const struct plan_cursor *cursor, const struct plan_item *item,
                               bool refuse_ahead)
{
	switch (item->state) {
	case INLAY_STATE_APPLIED:
		if (!same_digest(item->row->chain, &item->migration->chain))
			return PLAN_CHAIN_BROKEN;
		return PLAN_DONE;
	case INLAY_STATE_PENDING: return PLAN_APPLY;
	case INLAY_STATE_EDITED: return PLAN_EDITED;
	case INLAY_STATE_MISSING: return PLAN_MISSING;
	case INLAY_STATE_AHEAD: return refuse_ahead ? PLAN_AHEAD : PLAN_DONE;
	case INLAY_STATE_LATE: return PLAN_LATE;
	case INLAY_STATE_INTERRUPTED: return judge_unfinished(cursor, item);
	}
	return PLAN_STUCK;
}

bool plan_is_in_doubt(const struct tracking_row *row)
{
	return strcmp(row->status, "alone") == 0;
}

struct plan plan_make(const struct image_view *view, const struct tracking_rows *rows,
                      bool refuse_ahead)
{
	struct plan plan = { .verdict = PLAN_DONE, .first = view->migration_count };
	struct plan_cursor cursor;
	struct plan_item item;

	plan_start(&cursor, view, rows);
	while (plan_next(&cursor, &item)) {
		enum plan_verdict verdict = judge(&cursor, &item, refuse_ahead);

		if (verdict == PLAN_DONE)
			continue;
		/* What is pending is the set's end: everything after it would be late. */
		plan.verdict = verdict;
		plan.culprit = item;
		if (verdict == PLAN_APPLY || verdict == PLAN_RESUME)
			plan.first = (uint32_t)(item.migration - view->migrations);
		plan.is_in_doubt = verdict == PLAN_RESUME && plan_is_in_doubt(item.row);
		break;
	}
	return plan;
}
