/* repair.c - the story of inlay_repair(), top to bottom; what it comes to is mend.c's to say. */
#include "repair.h"

#include "blame.h"
#include "dry.h"
#include "mend.h"
#include "record_row.h"
#include "rounds.h"
#include "tables.h"

#include <inttypes.h>
#include <string.h>

#define SCOPE_SIZE_MIN sizeof(struct inlay_repair_scope) /* 0.1.0 */

/* --- Telling --- */

static void tell(struct call *call, enum inlay_event_kind kind, const struct repaired_row *repaired)
{
	const struct inlay_image_migration *migration = NULL;
	char label[INLAY_MIGRATION_SIZE_MAX];
	struct inlay_event event;

	if (repaired != NULL)
		migration = image_find(&call->view, repaired->read->version);
	event = call_event(call, kind, migration, label);
	event.message = repaired != NULL ? repaired->message : MEND_MARK_MESSAGE;
	if (repaired != NULL && migration == NULL) {
		event.version = repaired->read->version;
		event.migration = repaired->read->filename;
	}
	call_report(call, &event);
}

static void tell_all(struct call *call, enum inlay_event_kind kind, const struct mend *mend)
{
	for (uint32_t i = 0; i < mend->row_count; i++)
		if (mend_is_changed(&mend->rows[i]))
			tell(call, kind, &mend->rows[i]);
	if (mend->mark.is_wrong)
		tell(call, kind, NULL);
}

/* --- Writing --- */

static enum outcome send_rows(struct call *call, const struct mend *mend,
                              enum outcome (*send)(struct call *, const struct repaired_row *))
{
	enum outcome outcome = OUTCOME_DONE;

	for (uint32_t i = 0; i < mend->row_count && outcome == OUTCOME_DONE; i++)
		if (mend_is_changed(&mend->rows[i]))
			outcome = send(call, &mend->rows[i]);
	return outcome;
}

static enum outcome hold(struct call *call, const struct repaired_row *repaired)
{
	return record_repair_hold(&call->tracking, repaired);
}

static enum outcome write_row(struct call *call, const struct repaired_row *repaired)
{
	enum outcome outcome = record_repair_write(&call->tracking, &call->view, repaired);

	return outcome == OUTCOME_DONE
	               ? record_repair_note(&call->tracking, repaired, repaired->message)
	               : outcome;
}

/* user_version, where it is ours, tells of the history that there is now. */
static enum outcome send_mark(struct call *call, const struct mend *mend)
{
	struct command command = { .row = NULL };
	enum outcome outcome = OUTCOME_DONE;

	if (!mend->mark.is_ours || mend->mark.now == mend->mark.expected)
		return OUTCOME_DONE;
	if (mend->mark.is_wrong)
		outcome = record_repair_note(&call->tracking, NULL, MEND_MARK_MESSAGE);
	return outcome == OUTCOME_DONE
	               ? tracking_send(&call->tracking, &command,
	                               "PRAGMA main.user_version = %" PRId64, mend->mark.expected)
	               : outcome;
}

/* All in one transaction.  Rows are held first: no two may ever have the same `previous`. */
static enum outcome send_all(struct call *call, const struct mend *mend)
{
	const struct driver *driver = call->session.driver;
	enum outcome outcome;

	call->session.purpose = (struct purpose){ .step = STEP_RECORD };
	outcome = driver->begin(&call->session, DRIVER_BEGIN_ALONE);
	if (outcome == OUTCOME_DONE)
		outcome = tables_send_create(&call->tracking);
	if (outcome == OUTCOME_DONE)
		outcome = record_lock_table(&call->tracking);
	if (outcome == OUTCOME_DONE)
		outcome = send_rows(call, mend, hold);
	if (outcome == OUTCOME_DONE)
		outcome = send_rows(call, mend, write_row);
	if (outcome == OUTCOME_DONE)
		outcome = send_mark(call, mend);
	if (outcome == OUTCOME_DONE)
		outcome = driver->commit(&call->session);
	return driver_finish(&call->session, outcome);
}

static enum round apply(struct call *call, const struct mend *mend)
{
	enum outcome outcome = send_all(call, mend);

	call_forget(call);
	if (outcome == OUTCOME_DONE) {
		tables_set_created(&call->tracking);
		tell_all(call, INLAY_EVENT_REPAIRED, mend);
		return ROUND_OVER;
	}
	call->session.driver->rollback(&call->session);
	if (outcome == OUTCOME_CONFLICT || outcome == OUTCOME_BUSY || outcome == OUTCOME_RETRY)
		return ROUND_WAIT;
	(void)blame_repair(call, "nothing was changed");
	return ROUND_OVER;
}

/* --- What is half built --- */

static enum outcome send_cleanup(struct call *call, const struct mend *mend)
{
	const struct driver *driver = call->session.driver;
	struct command command = { .sql = mend->cleanup };
	enum outcome outcome;

	command.sql_size = (uint32_t)strlen(mend->cleanup);
	call->session.purpose = (struct purpose){ .step = STEP_RECORD };
	outcome = driver->begin(&call->session, DRIVER_BEGIN_ALONE);
	if (outcome == OUTCOME_DONE)
		outcome = record_repair_take(&call->tracking, mend->half_built);
	if (outcome == OUTCOME_DONE)
		outcome = driver->commit(&call->session);
	outcome = driver_finish(&call->session, outcome);
	if (outcome == OUTCOME_DONE)
		outcome = driver->begin(&call->session, INLAY_MIGRATION_NO_TRANSACTION);
	return outcome == OUTCOME_DONE ? driver->execute(&call->session, &command) : outcome;
}

/* In no transaction, so that the row says first that we are at it: nobody goes on with the
 * migration meanwhile.  Should we die there, the next one finds the same as we did. */
static enum round clear_away(struct call *call, const struct mend *mend)
{
	enum outcome outcome = send_cleanup(call, mend);

	if (outcome == OUTCOME_DONE)
		outcome = call->session.driver->reset(&call->session);
	if (outcome == OUTCOME_DONE)
		return ROUND_AGAIN;
	call->session.driver->rollback(&call->session);
	if (outcome == OUTCOME_CONFLICT)
		return ROUND_WAIT;
	(void)blame_repair(call, "it stays interrupted, as it was");
	return ROUND_OVER;
}

/* --- Showing --- */

static void show(struct call *call, void *context)
{
	const struct mend *mend = context;

	if (mend->cleanup[0] != '\0')
		(void)send_cleanup(call, mend);
	(void)send_all(call, mend);
}

static enum round show_all(struct call *call, struct mend *mend)
{
	call->session.driver->rollback(&call->session);
	call->error->pending_count = mend->change_count;
	(void)error_set(call->error, INLAY_PENDING,
	                "%" PRIu32 " %s would be repaired; nothing was changed: this is a dry run "
	                "(dry_run is on: %s)",
	                mend->change_count, mend->change_count == 1 ? "row" : "rows",
	                call->origins.dry_run);
	tell_all(call, INLAY_EVENT_PENDING, mend);
	dry_act(call, show, mend);
	return ROUND_OVER;
}

/* --- The story --- */

/* Somebody is at work on what is to be repaired. */
static bool is_taken(const struct tracking_rows *rows, int64_t version)
{
	for (const struct tracking_row *row = rows->first; row != NULL; row = row->next)
		if (row->version == version && row->progress >= 0 && row->is_alive)
			return true;
	return false;
}

static enum round wait_for_others(struct call *call)
{
	call->session.driver->rollback(&call->session);
	if (!call->only_looks)
		return ROUND_WAIT;
	(void)error_set(call->error, INLAY_LOCKED,
	                "somebody is at work on it; nothing was changed: call again");
	return ROUND_OVER;
}

static enum round follow(struct call *call, const struct tracking_rows *rows, bool is_behind_gate,
                         void *context)
{
	const struct inlay_repair_scope *scope = context;
	enum round round = ROUND_OVER;
	struct mend mend;

	if (is_taken(rows, scope->version))
		return wait_for_others(call);
	if (mend_plan(&mend, call, rows, scope) && mend.change_count > 0) {
		if (call->options.dry_run != 0)
			round = show_all(call, &mend);
		else
			round = !is_behind_gate           ? ROUND_AGAIN
			        : mend.cleanup[0] != '\0' ? clear_away(call, &mend)
			                                  : apply(call, &mend);
	}
	if (round == ROUND_OVER)
		call->session.driver->rollback(&call->session);
	mend_destroy(&mend);
	return round;
}

static bool is_scope(const struct inlay_repair_scope *scope)
{
	if (scope == NULL || scope->size < SCOPE_SIZE_MIN)
		return false;
	switch (scope->what) {
	case INLAY_REPAIR_RECORDS: return scope->version == -1;
	case INLAY_REPAIR_DONE:
	case INLAY_REPAIR_AGAIN:
	case INLAY_REPAIR_FORGET:
	case INLAY_REPAIR_ACCEPT: return scope->version >= 0;
	}
	return false;
}

enum inlay_result repair_run(const struct request *request, const struct inlay_repair_scope *scope)
{
	struct inlay_repair_scope own;
	struct call call;
	enum inlay_result result = call_open(&call, request);

	if (result != INLAY_OK)
		return result;
	if (!is_scope(scope)) {
		(void)error_set(call.error, INLAY_MISUSE,
		                "the scope is not set: begin with inlay_repair_records() or "
		                "inlay_repair_version()");
		return call_close(&call);
	}
	own = *scope;
	call.tracking.reads_state = true;
	call.tracking.reads_all = true;
	call.only_looks = call.options.dry_run != 0;
	if (call_check_image(&call) == INLAY_OK && call.only_looks)
		rounds_look(&call, follow, &own);
	else if (call.error->result == INLAY_OK)
		rounds_run(&call, follow, NULL, &own);
	return call_close(&call);
}
