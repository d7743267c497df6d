/* pending.c - decides whether what is pending may be applied, and tells what is not. */
#include "pending.h"

#include "blame.h"
#include "dry.h"

#include <inttypes.h>
#include <string.h>

#define NAMES_SIZE_MAX 900

struct policy pending_policy(const struct inlay_options *options)
{
	return (struct policy){
		.refuse_ahead = options->refuse_ahead != 0,
		.allow_edited = options->allow_edited != 0,
		.allow_missing = options->allow_missing != 0,
		.allow_late = options->allow_late != 0,
		.refuse_interrupted = options->refuse_interrupted != 0,
	};
}

bool pending_may_apply(const struct call *call)
{
	return call->options.auto_migrate != 0 && call->options.dry_run == 0;
}

void pending_tell_check(struct call *call, bool is_done, int64_t duration_ms)
{
	struct inlay_event event;

	if (call->options.on_event == NULL)
		return;
	event = call_event(call, INLAY_EVENT_CHECKED, NULL, NULL);
	event.result = is_done ? INLAY_OK : INLAY_PENDING;
	event.duration_ms = duration_ms;
	call_report(call, &event);
}

static void report(struct call *call, const struct work *work, uint32_t index)
{
	char label[INLAY_MIGRATION_SIZE_MAX];
	struct inlay_event event =
	        call_event(call, INLAY_EVENT_PENDING, work->items[index].migration, label);

	if (work->way == &record_repeatable)
		event.version = -1;
	event.index = index + 1;
	event.count = work->count;
	call_report(call, &event);
}

/* "003_a, 004_b": as many as there is room for, and how many more there are. */
static void list(const struct call *call, const struct work *work, char names[NAMES_SIZE_MAX])
{
	uint32_t i;

	names[0] = '\0';
	for (i = 0; i < work->count && strlen(names) + INLAY_MIGRATION_SIZE_MAX < NAMES_SIZE_MAX;
	     i++) {
		char label[INLAY_MIGRATION_SIZE_MAX];

		image_migration_label(&call->view, work->items[i].migration, label, sizeof(label));
		format_append(names, NAMES_SIZE_MAX, "%s%s", i > 0 ? ", " : "", label);
	}
	if (i < work->count)
		format_append(names, NAMES_SIZE_MAX, " and %" PRIu32 " more", work->count - i);
}

/* The real call would look at the repeatable ones in a run of their own. */
static void show(struct call *call, const struct plan *plan, const struct work *work)
{
	struct work behind;

	if (work_create_behind(&behind, plan, &call->view, work->rows))
		dry_show(call, work, behind.count > 0 ? &behind : NULL);
	work_destroy(&behind);
}

enum round pending_tell(struct call *call, const struct plan *plan, const struct work *work)
{
	bool is_dry = call->options.dry_run != 0;
	char names[NAMES_SIZE_MAX];

	call->session.driver->rollback(&call->session);
	call->error->pending_count = plan->pending_count;
	for (uint32_t i = 0; i < work->count; i++)
		report(call, work, i);
	list(call, work, names);
	(void)error_set(call->error, INLAY_PENDING,
	                "%" PRIu32 " %s pending: %s; nothing was changed: %s: %s)",
	                plan->pending_count,
	                plan->pending_count == 1 ? "migration is" : "migrations are", names,
	                is_dry ? "this is a dry run (dry_run is on"
	                       : "this call may not apply them (auto_migrate is off",
	                is_dry ? call->origins.dry_run : call->origins.auto_migrate);
	if (is_dry)
		show(call, plan, work);
	return ROUND_OVER;
}

enum round pending_tell_busy(struct call *call, const struct plan *plan)
{
	const struct tracking_row *row = plan->culprit.row;

	call->error->pending_count = 1;
	(void)error_set(call->error, INLAY_PENDING,
	                "%s is not finished, somebody is at work on it (%s): call again",
	                row->filename, row->actor);
	return ROUND_OVER;
}

bool pending_is_elsewhere(struct call *call)
{
	if (!tracking_is_outside(&call->tracking, &call->view))
		return false;
	call->session.driver->rollback(&call->session);
	(void)error_set(call->error, INLAY_FOREIGN,
	                "this set's history is in %s, and the connection's current schema is %s, "
	                "where there is none; nothing was changed: say which one is meant by "
	                "options->schema, or by the connection's search_path",
	                call->tracking.outer_name, call->tracking.schema);
	return true;
}

static enum inlay_result result_of(enum inlay_state state)
{
	return state == INLAY_STATE_EDITED    ? INLAY_EDITED
	       : state == INLAY_STATE_MISSING ? INLAY_MISSING
	                                      : INLAY_LATE;
}

/* Where the call goes on all the same, a warning is enough. */
static enum inlay_level level_of(const struct plan *plan)
{
	return plan->verdict == PLAN_EDITED || plan->verdict == PLAN_MISSING ||
	                       plan->verdict == PLAN_LATE || plan->verdict == PLAN_AHEAD ||
	                       plan->verdict == PLAN_BARRED
	               ? INLAY_LEVEL_ERROR
	               : INLAY_LEVEL_WARNING;
}

static void report_drift(struct call *call, const struct plan_item *item, const struct plan *plan)
{
	char label[INLAY_MIGRATION_SIZE_MAX];
	struct inlay_event event = call_event(call, INLAY_EVENT_DRIFT, item->migration, label);

	event.level = level_of(plan);
	event.result = result_of(item->state);
	event.message = inlay_state_name(item->state);
	if (item->migration == NULL) {
		event.version = item->row->version;
		event.migration = item->row->filename;
	}
	call_report(call, &event);
}

static void report_ahead(struct call *call, const struct plan *plan)
{
	struct inlay_event event = call_event(call, INLAY_EVENT_DRIFT, NULL, NULL);

	event.level = level_of(plan);
	event.result = INLAY_AHEAD;
	event.message = inlay_state_name(INLAY_STATE_AHEAD);
	event.version = plan->culprit.row->version;
	event.migration = plan->culprit.row->filename;
	call_report(call, &event);
}

void pending_tell_drift(struct call *call, const struct tracking_rows *rows,
                        const struct plan *plan)
{
	struct plan_cursor cursor;
	struct plan_item item;

	if (call->options.on_event == NULL)
		return;
	plan_start(&cursor, &call->view, rows);
	while (plan_next(&cursor, &item))
		if (plan_is_drift(item.state))
			report_drift(call, &item, plan);
	if (plan->verdict == PLAN_AHEAD || plan->verdict == PLAN_BARRED)
		report_ahead(call, plan);
}

void pending_tell_interrupted(struct call *call, const struct plan *plan)
{
	char label[INLAY_MIGRATION_SIZE_MAX];
	struct inlay_event event;

	if (call->error->result != INLAY_INTERRUPTED)
		return;
	event = call_event(call, INLAY_EVENT_FAILED, plan->culprit.migration, label);
	event.result = INLAY_INTERRUPTED;
	event.message = call->error->message;
	call_report(call, &event);
}

enum round pending_without_memory(struct call *call)
{
	call->session.driver->rollback(&call->session);
	(void)error_set(call->error, INLAY_NO_MEMORY, "memory is out; nothing was changed");
	return ROUND_OVER;
}
