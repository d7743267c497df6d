/*
 * apply.c - the order in which migrations are claimed, run and recorded; knows no SQL.
 *
 * Everything is sent before the first answer is looked at; where something fails, what is behind
 * it does not happen, and its purpose says where that was.
 */
#include "apply.h"

#include "alone.h"
#include "blame.h"

#include <inttypes.h>

#define LEAVES_MARKS (INLAY_MIGRATION_SESSION | INLAY_MIGRATION_FOREIGN_KEYS_OFF)

static bool is_transactional(const struct run *run)
{
	return (run->migration->flags & INLAY_MIGRATION_NO_TRANSACTION) == 0;
}

/* --- Sending --- */

/* Engines whose schema changes are not in a transaction get the claim first, for itself: what is
 * half there has a row that says so. */
static enum outcome send_second_step(struct run *run)
{
	const struct driver *driver = run->session->driver;
	enum outcome outcome;

	run_purpose(run, STEP_BEGIN, 0);
	outcome = driver->commit(run->session);
	if (outcome == OUTCOME_DONE)
		outcome = driver->begin(run->session, run->migration->flags);
	if (outcome == OUTCOME_DONE)
		outcome = record_hold(&run->call->tracking, &run->entry);
	return outcome == OUTCOME_DONE ? driver->claimed(run->session) : outcome;
}

/* A function of the application may end the transaction in ways that only its own row shows. */
static uint32_t begin_flags(const struct run *run)
{
	for (uint32_t i = 0; i < run->migration->up_count; i++)
		if ((run_statement(run, i)->flags & INLAY_STATEMENT_CALL) != 0)
			return run->migration->flags | DRIVER_BEGIN_ALONE;
	return run->migration->flags;
}

static enum outcome send_migration(struct run *run)
{
	enum outcome outcome;

	run->session->more = run->index + 1 < run->work->count;
	outcome = run_send_claim(run, begin_flags(run));
	/* A repeatable one is recorded when it is claimed: half of it does no harm. */
	if (outcome == OUTCOME_DONE && run->call->tracking.row_gate &&
	    run->work->way != &record_repeatable)
		outcome = send_second_step(run);
	for (uint32_t i = 0; i < run->migration->up_count && outcome == OUTCOME_DONE; i++)
		outcome = run_send_statement(run, i);
	return outcome == OUTCOME_DONE ? run_send_done(run) : outcome;
}

/* --- Failing --- */

/* A statement succeeded and the transaction is over.  When our row is there, it was committed. */
static enum outcome write_half(struct run *run, const char *text)
{
	(void)text;
	return record_fail(&run->call->tracking, &run->entry,
	                   run->session->failure.purpose.statement + 1);
}

static enum run_end end_transaction_gone(struct run *run)
{
	struct failure failure = run->session->failure;
	char world[RUN_WORLD_SIZE_MAX];
	struct blame_place place = { run->migration, failure.purpose.statement, "", world };
	enum inlay_result result = INLAY_FAILED;
	RUN_LABEL(run, label);

	run->session->driver->rollback(run->session);
	if (run_record_alone(run, write_half, NULL) == OUTCOME_DONE) {
		result = INLAY_INTERRUPTED;
		format_into(world, sizeof(world),
		            "what ran up to it may be committed, the rest of %s did not run, and "
		            "it can not be gone on with: undo what is there, then run `inlay "
		            "repair %" PRId64 " --forget`",
		            label, run->migration->version);
	} else {
		run_describe_rolled_back(run, world);
	}
	run->session->failure = failure;
	(void)blame_failure(run->call, result, &place);
	return run_end_failed(run);
}

static enum outcome write_withdrawn(struct run *run, const char *text)
{
	(void)text;
	return run->work->way->withdraw(&run->call->tracking, &run->entry);
}

/* Takes back a claim that is committed already, keeping what went wrong. */
static void withdraw(struct run *run)
{
	struct failure failure = run->session->failure;

	run->session->driver->rollback(run->session);
	if (run->call->tracking.row_gate)
		(void)run_record_alone(run, write_withdrawn, NULL);
	run->session->failure = failure;
}

static enum run_end end_statement(struct run *run)
{
	char world[RUN_WORLD_SIZE_MAX];
	struct blame_place place = { run->migration, run->session->failure.purpose.statement, "",
		                     world };

	run_describe_rolled_back(run, world);
	if (run->session->failure.outcome == OUTCOME_ALONE)
		format_append(world, sizeof(world),
		              "; put `-- migrate:up transaction:false` on top of the file, and "
		              "other statements into a migration of their own");
	(void)blame_failure(run->call, run_result(run), &place);
	return run_end_failed(run);
}

/* session->failure is the first thing that went wrong: what does that mean? */
static enum run_end end_badly(struct run *run)
{
	const struct failure *failure = &run->session->failure;
	enum step step = failure->purpose.step;
	char world[RUN_WORLD_SIZE_MAX];

	driver_heed_cancel(run->session);
	if (failure->outcome == OUTCOME_TORN) {
		run->session->driver->rollback(run->session);
		run->session->manner.separate = true;
		return RUN_AGAIN;
	}
	if ((step == STEP_BEGIN || step == STEP_CLAIM) &&
	    (failure->outcome == OUTCOME_CONFLICT || failure->outcome == OUTCOME_BUSY)) {
		run->session->driver->rollback(run->session);
		return RUN_LOST_RACE;
	}
	if (run->ended_by_itself)
		return end_transaction_gone(run);
	withdraw(run);
	if (run_may_retry(run))
		return RUN_AGAIN;
	run_describe_rolled_back(run, world);
	switch (step) {
	case STEP_STATEMENT: return end_statement(run);
	case STEP_COMMIT: return run_end_own(run, "at COMMIT", world);
	case STEP_RECORD: return run_end_own(run, "it can not be recorded", world);
	default: return run_end_own(run, "it can not be begun", world);
	}
}

/* --- The run --- */

/* Waits for the answers to what was sent; `outcome` is what sending the last of it came to. */
static enum run_end finish(struct run *run, enum outcome outcome)
{
	if (run->ended_by_itself)
		return end_badly(run);
	if (run->session->driver->finish(run->session) == OUTCOME_DONE && outcome == OUTCOME_DONE)
		return RUN_DONE;
	run_turn_to_failed(run);
	return end_badly(run);
}

/* Waits, and puts back what the migration has left in the session. */
static enum run_end finish_and_reset(struct run *run, enum outcome outcome)
{
	enum run_end end = finish(run, outcome);

	if (end == RUN_DONE && run->session->driver->reset(run->session) != OUTCOME_DONE)
		return run_end_not_reset(run);
	return end;
}

/* Between two migrations, or before the first. */
static enum run_end end_cancelled(struct run *run)
{
	enum run_end end;

	driver_heed_cancel(run->session);
	end = finish_and_reset(run, OUTCOME_DONE);
	if (end == RUN_DONE) {
		run->session->driver->rollback(run->session);
		(void)call_is_cancelled(run->call);
		end = RUN_FAILED;
	}
	return end;
}

static enum run_end apply_next(struct run *run)
{
	enum outcome outcome;

	if (driver_is_cancelled(run->session))
		return end_cancelled(run);

	if (!is_transactional(run)) {
		enum run_end end = finish(run, OUTCOME_DONE);

		return end == RUN_DONE ? alone_apply(run) : end;
	}
	outcome = send_migration(run);
	if (outcome != OUTCOME_DONE || (run->migration->flags & LEAVES_MARKS) != 0)
		return finish_and_reset(run, outcome);
	return RUN_DONE;
}

static enum run_end end_without_memory(struct run *run)
{
	run->session->driver->rollback(run->session);
	(void)error_set(run->call->error, INLAY_NO_MEMORY, "memory is out; %s",
	                "nothing was changed");
	return RUN_FAILED;
}

enum run_end apply_work(struct call *call, const struct work *work)
{
	struct run run;
	enum run_end end = RUN_DONE;

	if (!run_init(&run, call, work)) {
		run_destroy(&run);
		return end_without_memory(&run);
	}
	call->session.answered = run_take_answer;
	call->session.context = &run;
	for (uint32_t i = 0; i < work->count && end == RUN_DONE; i++)
		end = run_turn_to(&run, i) ? apply_next(&run) : end_without_memory(&run);
	if (end == RUN_DONE)
		end = finish_and_reset(&run, OUTCOME_DONE);
	call->session.answered = NULL;
	run_destroy(&run);
	return end;
}
