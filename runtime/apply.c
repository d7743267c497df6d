/* apply.c - the order in which a migration is claimed, run and recorded; knows no SQL. */
#include "apply.h"

#include "blame.h"
#include "clock.h"
#include "record.h"
#include "setup.h"

#include <inttypes.h>

#define WORLD_SIZE_MAX 600

/* A migration at work. */
struct work {
	struct call *call;
	struct session *session;
	const struct apply_task *task;
	struct record_entry entry;
	uint32_t progress; /* Statements that are through. */
	int64_t started_ms;
	int64_t counted_ms; /* Up to here the time we worked is given back. */
	char label[INLAY_MIGRATION_SIZE_MAX];
};

static bool is_transactional(const struct work *work)
{
	return (work->task->migration->flags & INLAY_MIGRATION_NO_TRANSACTION) == 0;
}

static enum inlay_result result_of(const struct work *work)
{
	switch (work->session->failure.outcome) {
	case OUTCOME_BUSY: return INLAY_LOCKED;
	case OUTCOME_LOST: return INLAY_UNREACHABLE;
	case OUTCOME_NO_MEMORY: return INLAY_NO_MEMORY;
	case OUTCOME_DONE:
	case OUTCOME_CONFLICT:
	case OUTCOME_FAILED: break;
	}
	return INLAY_FAILED;
}

/* --- Time --- */

/* The time we worked is not time we waited: it must not be missing when we have to wait. */
static void give_back_time(struct work *work)
{
	int64_t now_ms = clock_now_ms();

	work->session->deadline_ms += now_ms - work->counted_ms;
	work->counted_ms = now_ms;
}

/* What went by was spent waiting. */
static void keep_time(struct work *work)
{
	work->counted_ms = clock_now_ms();
}

static void report(struct work *work, enum inlay_event_kind kind)
{
	struct inlay_event event = call_event(work->call, kind, work->task->migration, work->label);

	event.index = work->task->index;
	event.count = work->task->count;
	if (kind != INLAY_EVENT_APPLYING)
		event.duration_ms = clock_now_ms() - work->started_ms;
	if (kind == INLAY_EVENT_FAILED)
		event.message = work->call->error->message;
	call_report(work->call, &event);
}

/* --- What the database looks like after a failure --- */

static void describe_rolled_back(const struct work *work, char world[WORLD_SIZE_MAX])
{
	uint32_t earlier = (uint32_t)(work->task->migration - work->call->view.migrations);

	format_into(world, WORLD_SIZE_MAX,
	            earlier == 0   ? "%s is rolled back, no migration is applied"
	            : earlier == 1 ? "%s is rolled back, 1 earlier migration stays applied"
	                           : "%s is rolled back, %" PRIu32
	                             " earlier migrations stay applied",
	            work->label, earlier);
}

static void describe_interrupted(const struct work *work, bool recorded, char world[WORLD_SIZE_MAX])
{
	format_into(world, WORLD_SIZE_MAX, "%s runs without a transaction: ", work->label);
	if (work->progress == 0)
		format_append(world, WORLD_SIZE_MAX, "none of its statements is through");
	else if (work->progress == 1)
		format_append(world, WORLD_SIZE_MAX, "its statement 1 stays");
	else
		format_append(world, WORLD_SIZE_MAX, "its statements 1 to %" PRIu32 " stay",
		              work->progress);
	format_append(world, WORLD_SIZE_MAX,
	              recorded ? ", the next call goes on with statement %" PRIu32
	                       : ", its row could not be written and says that it is running: set "
	                         "status = 'failed' and progress = %" PRIu32,
	              recorded ? work->progress + 1 : work->progress);
}

/* --- Records in transactions of their own --- */

/* Writes one line or row in a transaction of its own, as the caller's own role. */
static enum outcome record_alone(struct work *work,
                                 enum outcome (*record)(struct work *work, const void *detail),
                                 const void *detail)
{
	const struct driver *driver = work->session->driver;
	enum outcome outcome;

	give_back_time(work);
	outcome = driver->begin(work->session, 0);
	if (outcome == OUTCOME_DONE)
		outcome = driver->settle(work->session);
	if (outcome == OUTCOME_DONE)
		outcome = record(work, detail);
	if (outcome == OUTCOME_DONE)
		outcome = driver->commit(work->session);
	if (outcome != OUTCOME_DONE)
		driver->rollback(work->session);
	keep_time(work);
	return outcome;
}

static enum outcome write_progress(struct work *work, const void *detail)
{
	(void)detail;
	return record_progress(&work->call->tracking, &work->entry, work->progress);
}

static enum outcome write_failed(struct work *work, const void *detail)
{
	(void)detail;
	return record_fail(&work->call->tracking, &work->entry, work->progress);
}

static enum outcome write_note(struct work *work, const void *detail)
{
	return record_add_note(&work->call->tracking, &work->entry, detail);
}

/* The row says that it is applied, and the log too. */
static enum outcome write_applied(struct work *work, const void *detail)
{
	struct record_note note = { .action = "applied" };
	enum outcome outcome;

	(void)detail;
	note.duration_ms = clock_now_ms() - work->started_ms;
	outcome = record_finish(&work->call->tracking, &work->entry, note.duration_ms);
	if (outcome != OUTCOME_DONE)
		return outcome;
	return record_add_note(&work->call->tracking, &work->entry, &note);
}

/* --- The ends --- */

/* call->error is filled in.  Leaves a note, as well as it goes, and tells the application. */
static enum apply_end end_failed(struct work *work)
{
	struct record_note note = { .action = "failed", .message = work->call->error->message };

	work->session->driver->rollback(work->session);
	(void)work->session->driver->reset(work->session);
	note.duration_ms = clock_now_ms() - work->started_ms;
	if (work->call->tracking.log_exists)
		(void)record_alone(work, write_note, &note);
	report(work, INLAY_EVENT_FAILED);
	return APPLY_FAILED;
}

/* One of our own commands failed while the migration's transaction was open. */
static enum apply_end end_own_failure(struct work *work, const char *doing)
{
	char world[WORLD_SIZE_MAX];
	struct blame_place place = { work->task->migration, BLAME_NO_STATEMENT, doing, world };

	describe_rolled_back(work, world);
	(void)blame_failure(work->call, result_of(work), &place);
	return end_failed(work);
}

static enum apply_end end_applied(struct work *work)
{
	struct blame_place place = { work->task->migration, BLAME_NO_STATEMENT,
		                     "the connection's settings can not be restored",
		                     "the migration is applied" };

	work->call->error->applied_count++;
	work->call->tracking.exists = true;
	work->call->tracking.log_exists = true;
	report(work, INLAY_EVENT_APPLIED);
	give_back_time(work);
	if (work->session->driver->reset(work->session) == OUTCOME_DONE)
		return APPLY_DONE;
	(void)blame_failure(work->call, INLAY_UNREACHABLE, &place);
	return APPLY_FAILED;
}

/* --- Claiming --- */

static enum outcome claim_row(struct work *work)
{
	struct tracking *tracking = &work->call->tracking;
	enum outcome outcome = tracking_create(tracking);

	if (outcome != OUTCOME_DONE)
		return outcome;
	if (work->task->failed == NULL)
		return record_claim(tracking, &work->entry);
	work->entry.attempt = work->task->failed->attempt;
	outcome = record_take_over(tracking, &work->entry);
	work->entry.attempt++;
	return outcome;
}

/* Opens the migration's transaction and makes the migration ours, in that order. */
static enum apply_end claim(struct work *work, uint32_t flags)
{
	const struct driver *driver = work->session->driver;
	enum outcome outcome = driver->begin(work->session, flags);

	if (outcome == OUTCOME_DONE)
		outcome = claim_row(work);
	if (outcome == OUTCOME_DONE)
		outcome = driver->claimed(work->session);
	keep_time(work);
	if (outcome == OUTCOME_DONE)
		return APPLY_DONE;
	if (outcome != OUTCOME_CONFLICT && outcome != OUTCOME_BUSY)
		return end_own_failure(work, "it can not be begun");
	driver->rollback(work->session);
	if (outcome == OUTCOME_CONFLICT)
		return APPLY_LOST_RACE;
	(void)blame_waiting(work->call);
	return APPLY_FAILED;
}

/* --- Statements --- */

static enum outcome run_statement(struct work *work, uint32_t index)
{
	const struct image_view *view = &work->call->view;
	const struct inlay_image_statement *statement =
	        &view->statements[work->task->migration->up + index];
	struct command command = { .sql = image_text(view, statement->text),
		                   .sql_size = statement->size };
	enum outcome outcome = work->session->driver->execute(work->session, &command);

	if (outcome == OUTCOME_BUSY)
		keep_time(work);
	else
		give_back_time(work);
	return outcome;
}

/* --- With a transaction --- */

static enum apply_end end_statement_failed(struct work *work)
{
	char world[WORLD_SIZE_MAX];
	struct blame_place place = { work->task->migration, work->progress, "", world };

	describe_rolled_back(work, world);
	(void)blame_failure(work->call, result_of(work), &place);
	return end_failed(work);
}

/* A statement succeeded and the transaction is over.  When our row is there, it was committed. */
static enum apply_end end_transaction_gone(struct work *work)
{
	struct failure failure = { .outcome = OUTCOME_FAILED, .character = -1 };
	char world[WORLD_SIZE_MAX];
	struct blame_place place = { work->task->migration, work->progress, "", world };
	enum inlay_result result = INLAY_FAILED;

	format_into(failure.message, sizeof(failure.message),
	            "this statement ended the migration's transaction");
	work->session->driver->rollback(work->session);
	work->progress++;
	if (record_alone(work, write_failed, NULL) == OUTCOME_DONE) {
		result = INLAY_INTERRUPTED;
		format_into(world, sizeof(world),
		            "what ran up to it is committed, the rest of %s did not run, and it "
		            "can not be gone on with: undo it by hand",
		            work->label);
	} else {
		describe_rolled_back(work, world);
	}
	work->session->failure = failure;
	(void)blame_failure(work->call, result, &place);
	return end_failed(work);
}

static enum apply_end commit(struct work *work)
{
	char world[WORLD_SIZE_MAX];
	struct blame_place place = { work->task->migration, BLAME_NO_STATEMENT, "at COMMIT",
		                     world };
	enum outcome outcome;

	give_back_time(work);
	outcome = work->session->driver->commit(work->session);
	keep_time(work);
	if (outcome == OUTCOME_DONE)
		return APPLY_DONE;
	describe_rolled_back(work, world);
	if (work->session->failure.outcome == OUTCOME_LOST)
		format_into(world, sizeof(world),
		            "%s is applied or rolled back, never half: call again", work->label);
	(void)blame_failure(work->call, result_of(work), &place);
	return end_failed(work);
}

static enum apply_end apply_in_transaction(struct work *work)
{
	const struct driver *driver = work->session->driver;
	enum apply_end end = claim(work, work->task->migration->flags);

	if (end != APPLY_DONE)
		return end;
	report(work, INLAY_EVENT_APPLYING);
	for (; work->progress < work->task->migration->up_count; work->progress++) {
		if (run_statement(work, work->progress) != OUTCOME_DONE)
			return end_statement_failed(work);
		if (!driver->in_transaction(work->session))
			return end_transaction_gone(work);
	}
	if (driver->settle(work->session) != OUTCOME_DONE ||
	    write_applied(work, NULL) != OUTCOME_DONE)
		return end_own_failure(work, "it can not be recorded");
	end = commit(work);
	return end == APPLY_DONE ? end_applied(work) : end;
}

/* --- Without a transaction --- */

/* Leaves the row for somebody to take over, and what went wrong as it was.  Did that work? */
static bool record_half_way(struct work *work)
{
	struct failure failure = work->session->failure;
	bool recorded;

	work->session->driver->rollback(work->session);
	recorded = record_alone(work, write_failed, NULL) == OUTCOME_DONE;
	work->session->failure = failure;
	return recorded;
}

/* Statement `work->progress` failed, or, with `doing`, what we have to write about it. */
static enum apply_end end_interrupted(struct work *work, const char *doing)
{
	char world[WORLD_SIZE_MAX];
	struct blame_place place = { work->task->migration, work->progress, "", world };

	if (doing != NULL) {
		place.statement = BLAME_NO_STATEMENT;
		place.doing = doing;
	}
	describe_interrupted(work, record_half_way(work), world);
	(void)blame_failure(work->call, INLAY_INTERRUPTED, &place);
	return end_failed(work);
}

/* Statement `index` was through once, and did not run again. */
static enum apply_end end_not_set_up(struct work *work, uint32_t index)
{
	char world[WORLD_SIZE_MAX];
	struct blame_place place = { work->task->migration, index, "", world };

	describe_interrupted(work, record_half_way(work), world);
	format_append(world, sizeof(world),
	              ", but first runs this one again, as it sets up the session");
	(void)blame_failure(work->call, INLAY_INTERRUPTED, &place);
	return end_failed(work);
}

/*
 * What earlier statements set up was gone with the session of the call that ran them, or was put
 * back at its end.  Without it the rest would mean something else: a DROP TABLE after a forgotten
 * foreign_keys = OFF deletes the children's rows, a forgotten search_path changes the wrong schema.
 */
static enum apply_end set_up_again(struct work *work)
{
	const struct image_view *view = &work->call->view;

	for (uint32_t i = 0; i < work->progress; i++) {
		const struct inlay_image_statement *statement =
		        &view->statements[work->task->migration->up + i];

		if (setup_is_one(image_text(view, statement->text)) &&
		    run_statement(work, i) != OUTCOME_DONE)
			return end_not_set_up(work, i);
	}
	return APPLY_DONE;
}

/* Runs the statements that are not through; records each, since nobody could tell afterwards. */
static enum apply_end run_alone(struct work *work)
{
	const struct driver *driver = work->session->driver;
	const struct inlay_image_migration *migration = work->task->migration;

	while (work->progress < migration->up_count) {
		if (run_statement(work, work->progress) != OUTCOME_DONE)
			return end_interrupted(work, NULL);
		if (driver->in_transaction(work->session)) {
			struct failure failure = { .outcome = OUTCOME_FAILED, .character = -1 };

			format_into(failure.message, sizeof(failure.message),
			            "this statement leaves a transaction open");
			work->session->failure = failure;
			return end_interrupted(work, NULL);
		}
		work->progress++;
		if (work->progress < migration->up_count &&
		    record_alone(work, write_progress, NULL) != OUTCOME_DONE)
			return end_interrupted(work, "its progress can not be recorded");
	}
	if (record_alone(work, write_applied, NULL) != OUTCOME_DONE)
		return end_interrupted(work, "it can not be recorded");
	return end_applied(work);
}

static enum apply_end apply_without_transaction(struct work *work)
{
	const struct driver *driver = work->session->driver;
	enum apply_end end = claim(work, 0);

	if (end != APPLY_DONE)
		return end;
	end = commit(work);
	if (end != APPLY_DONE)
		return end;
	work->call->tracking.exists = true;
	work->call->tracking.log_exists = true;
	report(work, INLAY_EVENT_APPLYING);
	if (driver->begin(work->session, work->task->migration->flags) != OUTCOME_DONE)
		return end_interrupted(work, "it can not be begun");
	end = set_up_again(work);
	return end == APPLY_DONE ? run_alone(work) : end;
}

enum apply_end apply_migration(struct call *call, const struct apply_task *task)
{
	struct work work = {
		.call = call,
		.session = &call->session,
		.task = task,
		.entry = { &call->view, task->migration, 1 },
		.progress = task->failed != NULL ? (uint32_t)task->failed->progress : 0,
		.started_ms = clock_now_ms(),
	};

	work.counted_ms = work.started_ms;
	image_migration_label(&call->view, task->migration, work.label, sizeof(work.label));
	return is_transactional(&work) ? apply_in_transaction(&work)
	                               : apply_without_transaction(&work);
}
