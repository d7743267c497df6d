/* run.c - what the two ways of applying a migration share; knows no SQL. */
#include "run.h"

#include "blame.h"
#include "clock.h"
#include "gate.h"
#include "tables.h"

#include <inttypes.h>
#include <string.h>

#define RETRY_SHORTEST_MS 20 /* The pause before the first try again; doubles with each. */
#define RETRY_LONGEST_MS  2000

/* --- Where it stands --- */

void run_turn_to(struct run *run, uint32_t index)
{
	const struct image_view *view = &run->call->view;

	run->index = index;
	run->migration = &view->migrations[index];
	run->entry = (struct record_entry){ .view = view, .migration = run->migration };
	run->entry.attempt = 1;
	run->entry.started_ms = clock_now_ms();
	run->entry.is_timed_by_server = true;
	run->progress = 0;
	run->ended_by_itself = false;
	run_purpose(run, STEP_BEGIN, 0);
}

void run_turn_to_failed(struct run *run)
{
	uint32_t index = run->session->failure.purpose.migration;
	bool ended_by_itself = run->ended_by_itself;

	if (index == run->index)
		return;
	run_turn_to(run, index);
	run->ended_by_itself = ended_by_itself;
}

void run_purpose(struct run *run, enum step step, uint32_t statement)
{
	run->session->purpose = (struct purpose){ step, run->index, statement };
}

struct command run_statement(const struct run *run, uint32_t index)
{
	const struct image_view *view = &run->call->view;
	const struct inlay_image_statement *statement =
	        &view->statements[run->migration->up + index];

	return (struct command){ .sql = image_text(view, statement->text),
		                 .sql_size = statement->size };
}

/* --- What it tells --- */

static void report(struct run *run, enum inlay_event_kind kind, uint32_t index, const char *message)
{
	const struct image_view *view = &run->call->view;
	char label[INLAY_MIGRATION_SIZE_MAX];
	struct inlay_event event = call_event(run->call, kind, &view->migrations[index], label);

	event.index = run->applied_before + index - run->plan->first + 1;
	event.count = run->applied_before + view->migration_count - run->plan->first;
	if (kind != INLAY_EVENT_APPLYING && run->began_ms > 0)
		event.duration_ms = clock_now_ms() - run->began_ms;
	event.message = message;
	call_report(run->call, &event);
}

void run_take_answer(void *context, const struct purpose *purpose)
{
	struct run *run = context;

	if (purpose->step == STEP_CLAIM) {
		run->began_ms = clock_now_ms();
		report(run, INLAY_EVENT_APPLYING, purpose->migration, "");
	} else if (purpose->step == STEP_PROGRESS) {
		run->progress = purpose->statement;
	} else if (purpose->step == STEP_COMMIT) {
		run->call->error->applied_count++;
		run->call->retry_count = 0;
		tables_set_created(&run->call->tracking);
		report(run, INLAY_EVENT_APPLIED, purpose->migration, "");
		run->began_ms = clock_now_ms();
	}
}

/* --- What it sends --- */

static enum outcome take_over(struct run *run)
{
	enum outcome outcome;

	run->entry.unfinished = run->plan->culprit.row;
	run->entry.attempt = run->entry.unfinished->attempt;
	outcome = record_take_over(&run->call->tracking, &run->entry);
	run->entry.attempt++;
	return outcome;
}

enum outcome run_send_claim(struct run *run, uint32_t flags)
{
	const struct plan *plan = run->plan;
	struct tracking *tracking = &run->call->tracking;
	bool takes_over = plan->verdict == PLAN_RESUME && run->index == plan->first;
	enum outcome outcome;

	run_purpose(run, STEP_BEGIN, 0);
	outcome = run->session->driver->begin(run->session, flags);
	if (outcome == OUTCOME_DONE && run->index != plan->first)
		outcome = gate_send(tracking, NULL);
	if (outcome == OUTCOME_DONE && run->index == plan->first)
		outcome = tables_send_create(tracking);
	if (outcome != OUTCOME_DONE)
		return outcome;
	run_purpose(run, STEP_CLAIM, 0);
	outcome = takes_over ? take_over(run) : record_claim(tracking, &run->entry);
	if (outcome != OUTCOME_DONE)
		return outcome;
	run_purpose(run, STEP_BEGIN, 0);
	return run->session->driver->claimed(run->session);
}

enum outcome run_send_applied(struct run *run)
{
	struct tracking *tracking = &run->call->tracking;
	enum outcome outcome;

	run_purpose(run, STEP_RECORD, 0);
	outcome = run->session->driver->settle(run->session);
	if (outcome == OUTCOME_DONE)
		outcome = record_finish(tracking, &run->entry);
	if (outcome == OUTCOME_DONE)
		outcome = record_add_note(tracking, &run->entry, "applied", NULL);
	if (outcome == OUTCOME_DONE)
		outcome = record_mark(tracking, &run->entry);
	if (outcome != OUTCOME_DONE)
		return outcome;
	run_purpose(run, STEP_COMMIT, 0);
	return run->session->driver->commit(run->session);
}

enum outcome run_record_alone(struct run *run,
                              enum outcome (*record)(struct run *run, const char *text),
                              const char *text)
{
	const struct driver *driver = run->session->driver;
	enum outcome outcome;

	run_purpose(run, STEP_RECORD, 0);
	run->session->more = false;
	outcome = driver->begin(run->session, 0);
	if (outcome == OUTCOME_DONE)
		outcome = driver->settle(run->session);
	if (outcome == OUTCOME_DONE)
		outcome = record(run, text);
	if (outcome == OUTCOME_DONE)
		outcome = driver->commit(run->session);
	if (driver->finish(run->session) != OUTCOME_DONE || outcome != OUTCOME_DONE) {
		outcome = run->session->failure.outcome;
		driver->rollback(run->session);
	}
	return outcome;
}

/* --- How it ends badly --- */

enum inlay_result run_result(const struct run *run)
{
	switch (run->session->failure.outcome) {
	case OUTCOME_BUSY: return INLAY_LOCKED;
	case OUTCOME_LOST: return INLAY_UNREACHABLE;
	case OUTCOME_NO_MEMORY: return INLAY_NO_MEMORY;
	case OUTCOME_DONE:
	case OUTCOME_CONFLICT:
	case OUTCOME_RETRY:
	case OUTCOME_ALONE:
	case OUTCOME_TORN:
	case OUTCOME_FAILED: break;
	}
	return INLAY_FAILED;
}

/* What the database says of a guard that did not hold tells nobody anything. */
static void explain_conflict(struct run *run)
{
	struct failure *failure = &run->session->failure;

	if (failure->outcome != OUTCOME_CONFLICT)
		return;
	failure->sqlstate[0] = '\0';
	failure->code = 0;
	format_into(failure->message, sizeof(failure->message),
	            "its row in %s is gone or was changed by somebody else",
	            run->call->tracking.name);
}

bool run_may_retry(struct run *run)
{
	struct call *call = run->call;
	int64_t pause_ms = RETRY_SHORTEST_MS;

	if (run->session->failure.outcome != OUTCOME_RETRY ||
	    call->retry_count >= call->options.retry_count)
		return false;
	for (uint32_t i = 0; i < call->retry_count && pause_ms < RETRY_LONGEST_MS; i++)
		pause_ms *= 2;
	call->retry_count++;
	report(run, INLAY_EVENT_RETRYING, run->index, run->session->failure.message);
	clock_sleep_ms(pause_ms / 2, pause_ms);
	return true;
}

/* The connection is gone: did the server itself end it, before a COMMIT was under way? */
static bool is_certain(const struct failure *failure)
{
	static const char *const ends[] = { "57P01", "57P02", "25P04" };

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (strcmp(failure->sqlstate, ends[i]) == 0)
			return failure->purpose.step != STEP_COMMIT;
	return false;
}

void run_describe_rolled_back(const struct run *run, char world[RUN_WORLD_SIZE_MAX])
{
	const struct failure *failure = &run->session->failure;
	const struct image_view *view = &run->call->view;
	uint32_t earlier = run->plan->first + run->call->error->applied_count - run->applied_before;
	char label[INLAY_MIGRATION_SIZE_MAX];

	image_migration_label(view, &view->migrations[earlier], label, sizeof(label));

	/* Whatever was sent may have arrived. */
	if (failure->outcome == OUTCOME_LOST && !is_certain(failure)) {
		format_into(world, RUN_WORLD_SIZE_MAX,
		            "from %s on each migration is applied or rolled back, never half: "
		            "call again",
		            label);
		return;
	}
	/* On SQLite a COMMIT that fails takes along the migrations that share it. */
	format_into(world, RUN_WORLD_SIZE_MAX,
	            earlier < run->index ? "everything from %s on is rolled back, "
	                                 : "%s is rolled back, ",
	            label);
	format_append(world, RUN_WORLD_SIZE_MAX,
	              earlier == 0   ? "no migration is applied"
	              : earlier == 1 ? "1 earlier migration stays applied"
	                             : "%" PRIu32 " earlier migrations stay applied",
	              earlier);
}

static enum outcome write_failed_note(struct run *run, const char *text)
{
	return record_add_note(&run->call->tracking, &run->entry, "failed", text);
}

enum run_end run_end_failed(struct run *run)
{
	const char *message = run->call->error->message;

	run->session->driver->rollback(run->session);
	(void)run->session->driver->reset(run->session);
	run->entry.is_timed_by_server = false;
	if (run->began_ms > 0)
		run->entry.started_ms = run->began_ms;
	if (run->call->tracking.log_exists)
		(void)run_record_alone(run, write_failed_note, message);
	report(run, INLAY_EVENT_FAILED, run->index, message);
	return RUN_FAILED;
}

enum run_end run_end_not_reset(struct run *run)
{
	struct blame_place place = { run->migration, BLAME_NO_STATEMENT,
		                     "the connection's settings can not be restored",
		                     "the migration is applied" };

	(void)blame_failure(run->call, INLAY_UNREACHABLE, &place);
	return run_end_failed(run);
}

enum run_end run_end_own(struct run *run, const char *doing, const char *world)
{
	struct blame_place place = { run->migration, BLAME_NO_STATEMENT, doing, world };

	explain_conflict(run);
	(void)blame_failure(run->call, run_result(run), &place);
	return run_end_failed(run);
}
