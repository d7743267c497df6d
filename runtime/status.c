/* status.c - tells what the tracking tables hold; decides nothing. */
#include "status.h"

#include "blame.h"
#include "plan.h"
#include "repeatable.h"

static void tell_status(const struct call *call, const struct plan_item *item,
                        void (*each)(void *, const struct inlay_migration_status *), void *context)
{
	char checksum[FORMAT_DIGEST_SIZE];
	struct inlay_migration_status status = { .size = sizeof(status), .state = item->state };

	if (item->row != NULL) {
		status.version = item->row->version;
		status.filename = item->row->filename;
		status.applied_at = item->row->applied_at;
		status.duration_ms = item->row->duration_ms;
		status.checksum = item->row->checksum;
	} else {
		format_digest(checksum, &item->migration->checksum);
		status.version = item->migration->version;
		status.filename = image_file_name(&call->view, item->migration);
		status.applied_at = "";
		status.duration_ms = -1;
		status.checksum = checksum;
	}
	each(context, &status);
}

static void tell_all(const struct call *call, const struct tracking_rows *rows,
                     void (*each)(void *, const struct inlay_migration_status *), void *context)
{
	struct plan_cursor cursor;
	struct plan_item item;

	plan_start(&cursor, &call->view, rows);
	while (plan_next(&cursor, &item))
		tell_status(call, &item, each, context);
}

/* Repeatable ones stand behind the others, in name order.  The state keeps no times of theirs; the
 * log does. */
static void tell_repeatables(const struct call *call, const struct tracking_rows *rows,
                             void (*each)(void *, const struct inlay_migration_status *),
                             void *context)
{
	const struct image_view *view = &call->view;

	for (uint32_t i = 0; i < view->repeatable_count; i++) {
		char checksum[FORMAT_DIGEST_SIZE];
		struct inlay_migration_status status = { .size = sizeof(status), .version = -1 };

		format_digest(checksum, &view->repeatables[i].checksum);
		status.filename = image_file_name(view, &view->repeatables[i]);
		status.state = repeatable_state(rows->repeatables, view, &view->repeatables[i]);
		status.applied_at = "";
		status.duration_ms = -1;
		status.checksum = checksum;
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
