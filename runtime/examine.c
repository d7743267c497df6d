/* examine.c - tells what is wrong with a history; what can be done about it is repair.c's. */
#include "examine.h"

#include "place.h"
#include "unfinished.h"

#include <inttypes.h>
#include <string.h>

#define MESSAGE_SIZE_MAX 400

struct examination {
	struct call *call;
	const struct tracking_rows *rows;
	void (*each)(void *context, const struct inlay_finding *finding);
	void *context;
};

static void tell(const struct examination *examination, struct inlay_finding *finding,
                 const struct tracking_row *row)
{
	const struct image_view *view = &examination->call->view;
	const struct inlay_image_migration *migration = NULL;

	finding->size = sizeof(*finding);
	finding->version = row != NULL ? row->version : -1;
	finding->filename = row != NULL ? row->filename : "";
	finding->since = row != NULL ? row->applied_at : "";
	finding->actor = row != NULL ? row->actor : "";
	if (row != NULL)
		migration = image_find(view, row->version);
	if (finding->file == NULL)
		finding->file = migration != NULL ? image_text(view, migration->file) : "";
	examination->each(examination->context, finding);
}

/* --- What is not finished --- */

static uint32_t remedies_of(const struct unfinished *unfinished)
{
	bool has_set = unfinished->migration != NULL || unfinished->row->is_down;
	uint32_t remedies = INLAY_REPAIR_FORGET | (has_set ? INLAY_REPAIR_ACCEPT : 0u);

	switch (unfinished->kind) {
	case INLAY_FINDING_DOUBT: return remedies | INLAY_REPAIR_DONE | INLAY_REPAIR_AGAIN;
	case INLAY_FINDING_RESUMABLE: return remedies | INLAY_REPAIR_DONE;
	case INLAY_FINDING_STUCK: return remedies;
	default: return 0;
	}
}

static void describe_unfinished(const struct unfinished *unfinished, char *message, size_t size)
{
	const char *what = unfinished->row->is_down ? "its rollback" : "it";
	uint32_t next = unfinished->through_count + 1;

	switch (unfinished->kind) {
	case INLAY_FINDING_AT_WORK:
		format_into(message, size, "somebody is at work on %s", what);
		return;
	case INLAY_FINDING_DOUBT:
		format_into(message, size,
		            "%s stopped in statement %" PRIu32
		            ", its process is gone, and nobody can know whether that statement "
		            "took effect",
		            what, next);
		return;
	case INLAY_FINDING_RESUMABLE:
		format_into(message, size, "%s stopped, and the next call goes on with %s", what,
		            unfinished->through_count < unfinished->statement_count
		                    ? "it"
		                    : "its last record");
		if (unfinished->through_count < unfinished->statement_count)
			format_into(message, size,
			            "%s stopped, and the next call goes on with statement %" PRIu32,
			            what, next);
		return;
	default: break;
	}
	if (unfinished->migration == NULL && !unfinished->row->is_down)
		format_into(message, size,
		            "it stopped, and the set does not have it: a release that does goes "
		            "on with it");
	else if (unfinished->has_transaction)
		format_into(message, size,
		            "%s stopped, as a statement of it ended its transaction: what ran up "
		            "to it may be there",
		            what);
	else
		format_into(message, size,
		            "%s stopped, and can not be gone on with: the part of the file that "
		            "ran was edited, or later migrations are there",
		            what);
}

static bool tell_unfinished(const struct examination *examination, const struct tracking_row *row)
{
	struct inlay_finding finding = { .is_down = row->is_down };
	struct unfinished unfinished;
	char message[MESSAGE_SIZE_MAX];
	bool good = unfinished_read(&unfinished, &examination->call->view, row);

	if (good) {
		describe_unfinished(&unfinished, message, sizeof(message));
		finding.kind = unfinished.kind;
		finding.file = unfinished.file;
		finding.remedies = remedies_of(&unfinished);
		finding.message = message;
		finding.through_count = unfinished.through_count;
		finding.statement_count = unfinished.statement_count;
		finding.statements = unfinished.statements;
		tell(examination, &finding, row);
	}
	unfinished_destroy(&unfinished);
	return good;
}

/* --- What is finished --- */

static void tell_item(const struct examination *examination, const struct plan_item *item)
{
	struct inlay_finding finding = { .kind = INLAY_FINDING_EDITED };
	struct tracking_row late;

	if (item->state == INLAY_STATE_EDITED) {
		finding.remedies = INLAY_REPAIR_ACCEPT;
		finding.message = "it was edited after it had been applied";
		tell(examination, &finding, item->row);
	} else if (item->state == INLAY_STATE_MISSING) {
		finding.kind = INLAY_FINDING_MISSING;
		finding.remedies = INLAY_REPAIR_FORGET;
		finding.message = "it is applied, and the set, which has later ones, lacks it";
		tell(examination, &finding, item->row);
	} else if (item->state == INLAY_STATE_LATE) {
		late = (struct tracking_row){ .version = item->migration->version };
		late.filename = image_file_name(&examination->call->view, item->migration);
		late.applied_at = "";
		late.actor = "";
		finding.kind = INLAY_FINDING_LATE;
		finding.message = "it is not applied, and older than a migration that is";
		tell(examination, &finding, &late);
	}
}

static void tell_place(const struct examination *examination, const struct place *place)
{
	struct inlay_finding finding = { .remedies = INLAY_REPAIR_RECORDS };

	if (!place_has_source(place)) {
		finding.kind = INLAY_FINDING_REFORMATTED;
		finding.message = "its file was changed, its statements were not";
		tell(examination, &finding, place->row);
	}
	if (!place_is_right(place)) {
		finding.kind = INLAY_FINDING_CHAIN;
		finding.message = "its place in the history is not the set's, although its "
		                  "checksum is: the table was changed by hand";
		tell(examination, &finding, place->row);
	}
}

/* --- SQLite's user_version --- */

/* The chain of what is through; NULL while the last row is being rolled back: nothing is sure. */
static const char *chain_of(const struct tracking_rows *rows)
{
	const char *chain = "";

	for (const struct tracking_row *row = rows->first; row != NULL; row = row->next) {
		if (row->progress >= 0 && row->is_down)
			return NULL;
		if (row->progress < 0)
			chain = row->chain;
	}
	return chain;
}

struct mark examine_mark(struct call *call, const struct tracking_rows *rows)
{
	const char *chain = chain_of(rows);
	int64_t unsure = tracking_mark_of("", "");
	struct mark mark = { .expected = unsure };

	if (tracking_is_postgres(&call->tracking) ||
	    call->tracking.user_version == INLAY_USER_VERSION_NEVER)
		return mark;
	if (chain != NULL)
		mark.expected = tracking_mark_of(chain, rows->fingerprint);
	mark.now = tracking_user_version(&call->tracking);
	/* The top bit tells it from an application's own; what can not be read is none. */
	mark.is_ours = mark.now < 0 && mark.now > INT64_MIN;
	mark.is_wrong = mark.is_ours && mark.now != mark.expected && mark.now != unsure;
	return mark;
}

static void tell_mark(const struct examination *examination)
{
	struct inlay_finding finding = { .kind = INLAY_FINDING_MARK };

	if (!examine_mark(examination->call, examination->rows).is_wrong)
		return;
	finding.remedies = INLAY_REPAIR_RECORDS;
	finding.message = "user_version tells of another history than the table: one of them was "
	                  "changed by hand";
	tell(examination, &finding, NULL);
}

/* --- All of it --- */

static bool tell_all(const struct examination *examination)
{
	const struct image_view *view = &examination->call->view;
	struct place_cursor places;
	struct plan_cursor cursor;
	struct plan_item item;
	struct place place;
	bool has_place;

	place_start(&places, view, examination->rows);
	plan_start(&cursor, view, examination->rows);
	has_place = place_next(&places, &place);
	while (plan_next(&cursor, &item)) {
		if (item.row != NULL && item.row->progress >= 0) {
			if (!tell_unfinished(examination, item.row))
				return false;
		} else {
			tell_item(examination, &item);
		}
		if (item.row == NULL || !has_place || place.row != item.row)
			continue;
		tell_place(examination, &place);
		has_place = place_next(&places, &place);
	}
	tell_mark(examination);
	return true;
}

enum inlay_result examine_run(const struct request *request,
                              void (*each)(void *context, const struct inlay_finding *finding),
                              void *context)
{
	struct tracking_rows rows = { .first = NULL };
	struct examination examination = { .rows = &rows, .each = each, .context = context };
	struct call call;
	enum inlay_result result = call_open(&call, request);

	if (result != INLAY_OK)
		return result;
	examination.call = &call;
	call.tracking.reads_state = true;
	call.tracking.reads_all = true;
	if (call_check_image(&call) == INLAY_OK &&
	    call_look(&call, &rows, "the tracking table can not be read") == INLAY_OK &&
	    each != NULL && !tell_all(&examination))
		(void)error_set(call.error, INLAY_NO_MEMORY, "memory is out");
	tracking_rows_destroy(&rows);
	return call_close(&call);
}
