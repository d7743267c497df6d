/* work.c - lists what a plan found pending. */
#include "work.h"

#include "repeatable.h"

#include <stdlib.h>

static void add_versioned(struct work *work, const struct image_view *view)
{
	struct plan_cursor cursor;
	struct plan_item item;

	plan_start(&cursor, view, work->rows);
	while (plan_next(&cursor, &item)) {
		bool is_resumed = item.state == INLAY_STATE_INTERRUPTED;
		bool is_late =
		        item.state == INLAY_STATE_LATE || (is_resumed && item.row->next != NULL);

		if (!is_resumed && !is_late && item.state != INLAY_STATE_PENDING)
			continue;
		if (is_late)
			work->last_late = work->count;
		work->items[work->count++] =
		        (struct work_item){ item.migration, item.row, NULL, is_resumed, is_late };
	}
}

/* Behind what is unfinished nothing else can be recorded, and nothing in front of it. */
static void keep_resumed(struct work *work)
{
	for (uint32_t i = 0; i < work->count; i++)
		if (work->items[i].is_resumed)
			work->items[0] = work->items[i];
	work->is_partial = work->count > 1;
	work->count = 1;
}

static void add_repeatables(struct work *work, const struct image_view *view)
{
	for (uint32_t i = 0; i < view->repeatable_count; i++) {
		const struct inlay_image_migration *repeatable = &view->repeatables[i];
		enum inlay_state state =
		        repeatable_state(work->rows->repeatables, view, repeatable);

		work->is_superseded = work->is_superseded || state == INLAY_STATE_AHEAD;
		if (state == INLAY_STATE_PENDING)
			work->items[work->count++] = (struct work_item){ .migration = repeatable };
	}
}

bool work_create(struct work *work, const struct plan *plan, const struct image_view *view,
                 const struct tracking_rows *rows)
{
	*work = (struct work){ .way = &record_up, .rows = rows, .set = view };
	work->is_in_doubt = plan->is_in_doubt;
	work->items = calloc(plan->pending_count + 1, sizeof(struct work_item));
	if (work->items == NULL)
		return false;
	if (plan->verdict == PLAN_REPEAT) {
		work->way = &record_repeatable;
		add_repeatables(work, view);
		return true;
	}
	add_versioned(work, view);
	if (plan->verdict == PLAN_RESUME && plan->late_count > 0)
		keep_resumed(work);
	/* The repeatable ones are looked at when the others are through. */
	work->is_partial = work->is_partial || view->repeatable_count > 0;
	return true;
}

bool work_create_behind(struct work *work, const struct plan *plan, const struct image_view *view,
                        const struct tracking_rows *rows)
{
	*work = (struct work){ .way = &record_repeatable, .rows = rows, .set = view };
	if (plan->verdict == PLAN_REPEAT || plan->is_ahead || view->repeatable_count == 0)
		return true;
	if (view->migration_count > 0)
		work->tip = &view->migrations[view->migration_count - 1].chain;
	work->items = calloc(view->repeatable_count, sizeof(struct work_item));
	if (work->items != NULL)
		add_repeatables(work, view);
	return work->items != NULL;
}

void work_destroy(struct work *work)
{
	free(work->items);
	work->items = NULL;
}
