/* status.c - tells what the tracking tables hold, next to what the set has; changes nothing. */
#include "status.h"

#include "blame.h"
#include "plan.h"
#include "repeatable.h"

#include <string.h>

/* A row's digests and an entry's, as texts. */
struct digests {
	char checksum[FORMAT_DIGEST_SIZE];
	char source[FORMAT_DIGEST_SIZE];
};

/* What the set has. */
static void tell_entry_of_set(const struct image_view *view,
                              const struct inlay_image_migration *migration,
                              struct digests *digests, struct inlay_migration_status *status)
{
	format_digest(digests->checksum, &migration->checksum);
	format_digest(digests->source, &migration->source_checksum);
	status->filename = image_file_name(view, migration);
	status->name = image_text(view, migration->name);
	status->set_checksum = digests->checksum;
	status->set_source_checksum = digests->source;
	status->checksum = digests->checksum;
	status->source_checksum = digests->source;
	status->statement_count = migration->up_count;
}

static struct inlay_migration_status status_init(enum inlay_state state, int64_t version)
{
	return (struct inlay_migration_status){
		.size = sizeof(struct inlay_migration_status),
		.version = version,
		.state = state,
		.filename = "",
		.applied_at = "",
		.duration_ms = -1,
		.set_checksum = "",
		.set_source_checksum = "",
		.name = "",
		.actor = "",
		.progress = -1,
		.statement_count = -1,
	};
}

static uint32_t flags_of_unfinished(const struct call *call, const struct plan_item *item)
{
	uint32_t flags = 0;

	if (item->row->is_alive)
		flags |= INLAY_STATUS_AT_WORK;
	if (item->row->is_down)
		return flags | INLAY_STATUS_UNDOING;
	if (item->migration == NULL)
		return flags;
	switch (plan_judge_unfinished(&call->view, item->migration, item->row)) {
	case PLAN_DOUBT: return flags | INLAY_STATUS_DOUBT;
	case PLAN_STUCK: return flags | INLAY_STATUS_STUCK;
	default: return flags;
	}
}

static uint32_t flags_of(const struct call *call, const struct plan_item *item,
                         const struct plan *plan)
{
	const struct image_view *view = &call->view;
	int64_t head = -1;
	uint32_t flags = 0;
	char source[FORMAT_DIGEST_SIZE];

	if (item->row == NULL)
		return 0;
	if (view->migration_count > 0)
		head = view->migrations[view->migration_count - 1].version;
	if (item->row->progress >= 0)
		flags = flags_of_unfinished(call, item);
	if (item->state == INLAY_STATE_AHEAD && item->row->floor > head && item->row->floor > 0)
		flags |= INLAY_STATUS_BARRING;
	if (item->state != INLAY_STATE_APPLIED)
		return flags;
	format_digest(source, &item->migration->source_checksum);
	if (strcmp(item->row->source_checksum, source) != 0)
		flags |= INLAY_STATUS_REFORMATTED;
	if (plan->verdict == PLAN_CHAIN_BROKEN && plan->culprit.row == item->row)
		flags |= INLAY_STATUS_ALTERED;
	return flags;
}

static void tell_status(const struct call *call, const struct plan_item *item,
                        const struct plan *plan, struct inlay_migration_status *status)
{
	const struct tracking_row *row = item->row;

	if (row == NULL)
		return;
	status->filename = row->filename;
	status->applied_at = row->applied_at;
	status->duration_ms = row->duration_ms;
	status->checksum = row->checksum;
	status->source_checksum = row->source_checksum;
	status->actor = row->actor;
	status->progress = row->progress;
	status->flags = flags_of(call, item, plan);
	if (item->migration != NULL && row->progress >= 0 && row->is_down)
		status->statement_count = item->migration->down_count;
}

static void tell_all(const struct call *call, const struct tracking_rows *rows,
                     void (*each)(void *, const struct inlay_migration_status *), void *context)
{
	const struct policy strict = { .refuse_ahead = false };
	const struct plan plan = plan_make(&call->view, rows, &strict);
	struct plan_cursor cursor;
	struct plan_item item;

	plan_start(&cursor, &call->view, rows);
	while (plan_next(&cursor, &item)) {
		int64_t version = item.row != NULL ? item.row->version : item.migration->version;
		struct inlay_migration_status status = status_init(item.state, version);
		struct digests digests;

		if (item.migration != NULL)
			tell_entry_of_set(&call->view, item.migration, &digests, &status);
		tell_status(call, &item, &plan, &status);
		each(context, &status);
	}
}

/* Repeatable ones stand behind the others, in name order.  The state keeps no times of theirs; the
 * log does. */
static void tell_repeatables(const struct call *call, const struct tracking_rows *rows,
                             void (*each)(void *, const struct inlay_migration_status *),
                             void *context)
{
	const struct image_view *view = &call->view;

	for (uint32_t i = 0; i < view->repeatable_count; i++) {
		const struct inlay_image_migration *repeatable = &view->repeatables[i];
		struct inlay_migration_status status =
		        status_init(repeatable_state(rows->repeatables, view, repeatable), -1);
		struct digests digests;

		tell_entry_of_set(view, repeatable, &digests, &status);
		each(context, &status);
	}
}

enum inlay_result status_run(const struct request *request,
                             void (*each)(void *context, const struct inlay_migration_status *row),
                             void *context)
{
	struct tracking_rows rows = { .first = NULL };
	struct call call;
	enum inlay_result result = call_open(&call, request);

	if (result != INLAY_OK)
		return result;
	call.tracking.reads_state = call.view.repeatable_count > 0;
	if (call_check_image(&call) == INLAY_OK &&
	    call_look(&call, &rows, "the tracking table can not be read") == INLAY_OK &&
	    each != NULL) {
		tell_all(&call, &rows, each, context);
		tell_repeatables(&call, &rows, each, context);
	}
	tracking_rows_destroy(&rows);
	return call_close(&call);
}

/* The caller's function, for the rows of the log. */
struct listener {
	void (*each)(void *context, const struct inlay_history_entry *entry);
	void *context;
};

static const char *text_or_empty(const char *text)
{
	return text != NULL ? text : "";
}

static void tell_entry(void *context, const char *const *columns, uint32_t column_count)
{
	const struct listener *listener = context;
	struct inlay_history_entry entry = { .size = sizeof(entry) };

	(void)column_count;
	entry.sequence = tracking_number(columns[0], -1);
	entry.version = tracking_number(columns[1], -1);
	entry.filename = text_or_empty(columns[2]);
	entry.action = text_or_empty(columns[3]);
	entry.happened_at = text_or_empty(columns[4]);
	entry.duration_ms = tracking_number(columns[5], -1);
	entry.actor = text_or_empty(columns[6]);
	entry.message = text_or_empty(columns[7]);
	entry.direction = text_or_empty(columns[8]);
	entry.checksum = text_or_empty(columns[9]);
	if (listener->each != NULL)
		listener->each(listener->context, &entry);
}

enum inlay_result history_run(const struct request *request,
                              void (*each)(void *context, const struct inlay_history_entry *entry),
                              void *context)
{
	struct tracking_rows rows = { .first = NULL };
	struct listener listener = { each, context };
	struct call call;
	enum inlay_result result = call_open_without_set(&call, request);

	if (result != INLAY_OK)
		return result;
	if (call_look(&call, &rows, "the tracking table can not be read") == INLAY_OK &&
	    call.tracking.log_exists &&
	    tracking_history(&call.tracking, tell_entry, &listener) != OUTCOME_DONE)
		(void)blame_reading(&call, "the log can not be read");
	tracking_rows_destroy(&rows);
	return call_close(&call);
}
