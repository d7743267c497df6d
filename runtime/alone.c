/*
 * alone.c - a migration without a transaction: each statement with a record of it; knows no SQL.
 *
 * A statement that can runs in one transaction with its record, so it has happened exactly when
 * the record says so.  One that can not (CREATE INDEX CONCURRENTLY, VACUUM) is announced first, as
 * "alone": when its process dies there, the compiler's probe tells whether it took effect, or
 * running it again does no harm, or a person has to look.
 */
#include "alone.h"

#include "blame.h"
#include "clock.h"
#include "tables.h"

#include <inttypes.h>
#include <string.h>

#define CLEANUP_SIZE_MAX 512

/* --- Failing --- */

static void describe(const struct run *run, bool recorded, char world[RUN_WORLD_SIZE_MAX])
{
	RUN_LABEL(run, label);

	format_into(world, RUN_WORLD_SIZE_MAX, "%s runs without a transaction: ", label);
	if (run->progress == 0)
		format_append(world, RUN_WORLD_SIZE_MAX, "none of its statements is through");
	else if (run->progress == 1)
		format_append(world, RUN_WORLD_SIZE_MAX, "its statement 1 stays");
	else
		format_append(world, RUN_WORLD_SIZE_MAX, "its statements 1 to %" PRIu32 " stay",
		              run->progress);
	format_append(world, RUN_WORLD_SIZE_MAX,
	              recorded ? ", the next call goes on with statement %" PRIu32
	                       : ", which its row could not be told: the next call sees to it",
	              run->progress + 1);
}

static enum outcome write_failed(struct run *run, const char *text)
{
	struct tracking *tracking = &run->call->tracking;

	(void)text;
	return run->is_in_doubt ? record_doubt(tracking, &run->entry, run->progress)
	                        : record_fail(tracking, &run->entry, run->progress);
}

/* Leaves the row for somebody to take over, and what went wrong as it was.  OUTCOME_CONFLICT:
 * somebody already has. */
static enum outcome record_half_way(struct run *run)
{
	struct failure failure = run->session->failure;
	enum outcome recorded;

	run->session->driver->rollback(run->session);
	recorded = run_record_alone(run, write_failed, NULL);
	run->session->failure = failure;
	return recorded;
}

/* Whoever has taken it over from us goes on with it, and tells how it ends. */
static enum run_end give_way(struct run *run)
{
	run->session->driver->rollback(run->session);
	(void)run->session->driver->reset(run->session);
	return RUN_LOST_RACE;
}

/* session->failure says what went wrong.  `hint` is added to the world, or NULL. */
static enum run_end end_interrupted(struct run *run, const char *hint)
{
	const struct purpose purpose = run->session->failure.purpose;
	char world[RUN_WORLD_SIZE_MAX];
	struct blame_place place = { run->migration, purpose.statement, "", world };
	enum outcome recorded;

	if (run->session->failure.outcome == OUTCOME_CONFLICT && purpose.step != STEP_STATEMENT)
		return give_way(run);
	driver_heed_cancel(run->session);
	recorded = record_half_way(run);
	/* What our statement ran into was their work. */
	if (recorded == OUTCOME_CONFLICT)
		return give_way(run);
	describe(run, recorded == OUTCOME_DONE, world);
	if (!run_is_cancelled(run) && run_may_retry(run)) {
		(void)run->session->driver->reset(run->session);
		return RUN_AGAIN;
	}
	if (purpose.step != STEP_STATEMENT) {
		place.statement = BLAME_NO_STATEMENT;
		place.doing = purpose.step == STEP_BEGIN ? "it can not be begun"
		                                         : "its progress can not be recorded";
	}
	if (hint != NULL)
		format_append(world, sizeof(world), "%s", hint);
	(void)blame_failure(run->call, INLAY_INTERRUPTED, &place);
	return run_end_failed(run);
}

/* Statement `index` is at fault, though the database did not say so. */
static enum outcome blame_statement(struct run *run, uint32_t index, const char *message)
{
	run_purpose(run, STEP_STATEMENT, index);
	return driver_fail(run->session, OUTCOME_FAILED, message);
}

/* --- Recording --- */

/* Sends "so many are through" into the transaction that is open, and its COMMIT. */
static enum outcome send_progress(struct run *run, uint32_t progress, bool alone)
{
	const struct driver *driver = run->session->driver;
	enum outcome outcome;

	run_purpose(run, STEP_RECORD, progress);
	outcome = driver->settle(run->session);
	if (outcome == OUTCOME_DONE)
		outcome = record_progress(&run->call->tracking, &run->entry, progress, alone);
	if (outcome != OUTCOME_DONE)
		return outcome;
	run_purpose(run, STEP_PROGRESS, progress);
	return driver->commit(run->session);
}

/* The same in a transaction of its own. */
static enum outcome send_record(struct run *run, uint32_t progress, bool alone)
{
	enum outcome outcome;

	run_purpose(run, STEP_RECORD, progress);
	outcome = run->session->driver->begin(run->session, 0);
	return outcome == OUTCOME_DONE ? send_progress(run, progress, alone) : outcome;
}

/* --- Probes --- */

/* What a probe answers: is the effect there, and what clears a half of it away? */
struct probe {
	bool is_there;
	bool is_complete;
	char cleanup[CLEANUP_SIZE_MAX];
};

static void take_probe(void *context, const char *const *columns, uint32_t column_count)
{
	struct probe *probe = context;

	probe->is_there = true;
	probe->is_complete = columns[0] != NULL && columns[0][0] == 't';
	if (column_count > 1 && columns[1] != NULL)
		format_into(probe->cleanup, sizeof(probe->cleanup), "%s", columns[1]);
}

static enum outcome ask_probe(struct run *run, uint32_t index, uint32_t through,
                              struct probe *probe)
{
	struct command command = { .row = take_probe, .context = probe };

	*probe = (struct probe){ .is_there = false };
	command.sql = image_text(&run->call->view, run_statement(run, index)->probe);
	command.sql_size = (uint32_t)strlen(command.sql);
	run_purpose(run, STEP_RECORD, through);
	return run->session->driver->execute(run->session, &command);
}

/* Before the statement that an earlier call stopped at: clears away what is half there.  *is_done
 * when that call's statement took effect and only its record is missing. */
static enum outcome clear_away(struct run *run, uint32_t index, bool *is_done)
{
	struct command command = { .row = NULL };
	struct probe probe;
	enum outcome outcome;

	*is_done = false;
	if (run_statement(run, index)->probe == 0)
		return OUTCOME_DONE;
	outcome = ask_probe(run, index, index, &probe);
	*is_done = probe.is_complete && run->work->is_in_doubt;
	if (outcome != OUTCOME_DONE || !probe.is_there || probe.is_complete ||
	    probe.cleanup[0] == '\0')
		return outcome;
	command.sql = probe.cleanup;
	command.sql_size = (uint32_t)strlen(probe.cleanup);
	/* In one trip with the announcement, which fails when the row is not ours any more: who has
	 * taken it over in the meantime may have built what we would clear away. */
	outcome = send_record(run, index, true);
	run_purpose(run, STEP_STATEMENT, index);
	if (outcome == OUTCOME_DONE)
		outcome = run->session->driver->send(run->session, &command);
	return driver_finish(run->session, outcome);
}

/* IF NOT EXISTS is content with an index that an earlier attempt has left invalid. */
static enum outcome check_effect(struct run *run, uint32_t index)
{
	struct probe probe;
	enum outcome outcome = ask_probe(run, index, index + 1, &probe);

	if (outcome != OUTCOME_DONE || probe.is_complete || !probe.is_there)
		return outcome;
	return blame_statement(
	        run, index,
	        "what it makes was there before, half built: the next call clears it away");
}

/* --- Statements --- */

/* In one transaction with its record. */
static enum outcome send_with_record(struct run *run, uint32_t index)
{
	const struct driver *driver = run->session->driver;
	enum outcome outcome;

	run_purpose(run, STEP_BEGIN, index);
	outcome = driver->begin(run->session, 0);
	if (outcome == OUTCOME_DONE)
		outcome = driver->claimed(run->session);
	if (outcome == OUTCOME_DONE)
		outcome = run_send_statement(run, index);
	return outcome == OUTCOME_DONE ? send_progress(run, index + 1, false) : outcome;
}

/* Where only what comes behind an announced statement has failed, that one may have happened:
 * "failed" would tell whoever goes on that it has not. */
static void note_effect(struct run *run, uint32_t index)
{
	const struct purpose *purpose = &run->session->failure.purpose;

	if (purpose->step == STEP_STATEMENT || purpose->statement != index + 1)
		return;
	if (run_statement(run, index)->probe != 0)
		run->is_in_doubt = true;
	else
		run->progress = index + 1;
}

/* Announced, run and recorded, one after the other.  Through a pooler, what goes in one trip goes
 * to one server process: the one that was announced. */
static enum outcome run_announced(struct run *run, uint32_t index)
{
	const struct driver *driver = run->session->driver;
	const struct inlay_image_statement *statement = run_statement(run, index);
	struct command command = { .sql = image_text(&run->call->view, statement->text),
		                   .sql_size = statement->size };
	enum outcome outcome = send_record(run, index, true);
	bool waits;

	command.fresh = (run->migration->flags & INLAY_MIGRATION_FRESH) != 0;
	waits = command.fresh || (statement->flags & INLAY_STATEMENT_WAIT) != 0;
	run_purpose(run, STEP_STATEMENT, index);
	if (outcome == OUTCOME_DONE)
		outcome = waits ? driver->execute(run->session, &command)
		                : driver->send(run->session, &command);
	if (outcome == OUTCOME_DONE && statement->probe != 0)
		outcome = check_effect(run, index);
	if (outcome == OUTCOME_DONE && !(waits && driver->in_transaction(run->session)))
		outcome = send_record(run, index + 1, false);
	outcome = driver_finish(run->session, outcome);
	if (outcome != OUTCOME_DONE)
		note_effect(run, index);
	return outcome;
}

static enum run_end run_by_itself(struct run *run, uint32_t index)
{
	const struct tracking_row *resumed = run_resumed(run);
	bool is_done = false;
	enum outcome outcome = run_stop(run, index);

	if (outcome != OUTCOME_DONE)
		outcome = driver_finish(run->session, outcome);
	else if (resumed != NULL && index == (uint32_t)resumed->progress)
		outcome = clear_away(run, index, &is_done);
	if (outcome == OUTCOME_DONE && is_done)
		outcome = driver_finish(run->session, send_record(run, index + 1, false));
	else if (outcome == OUTCOME_DONE)
		outcome = run_announced(run, index);
	if (outcome == OUTCOME_DONE && run->session->driver->in_transaction(run->session))
		outcome = blame_statement(run, index, "this statement leaves a transaction open");
	return outcome == OUTCOME_DONE ? RUN_DONE : end_interrupted(run, NULL);
}

/* Waits for what was sent.  A statement that turns out not to run inside a transaction is run
 * again without: `*again` is its index. */
static enum run_end finish(struct run *run, uint32_t *again)
{
	const struct failure *failure = &run->session->failure;

	if (run->session->driver->finish(run->session) == OUTCOME_DONE)
		return RUN_DONE;
	if (failure->outcome != OUTCOME_ALONE || failure->purpose.step != STEP_STATEMENT)
		return end_interrupted(run, NULL);
	run->session->driver->rollback(run->session);
	*again = failure->purpose.statement;
	return RUN_DONE;
}

static enum run_end run_statement_at(struct run *run, uint32_t *index)
{
	bool is_alone = (run_statement(run, *index)->flags & INLAY_STATEMENT_ALONE) != 0;
	bool is_last = *index + 1 == run->migration->up_count;
	bool leaves_much = (run->migration->flags & INLAY_MIGRATION_SESSION) != 0;
	uint32_t again = UINT32_MAX;
	enum run_end end = RUN_DONE;

	if (is_alone)
		end = finish(run, &again);
	else if (send_with_record(run, *index) != OUTCOME_DONE || is_last || leaves_much)
		end = finish(run, &again);
	if (end == RUN_DONE && again != UINT32_MAX) {
		is_alone = true;
		*index = again;
	}
	if (end == RUN_DONE && is_alone)
		end = run_by_itself(run, *index);
	(*index)++;
	return end;
}

/* What earlier statements set up was gone with the session of the call that ran them, or was put
 * back at its end.  Without it the rest would mean something else: a DROP TABLE after a forgotten
 * foreign_keys = OFF deletes the children's rows, a forgotten search_path changes the wrong schema.
 */
static enum run_end set_up_again(struct run *run)
{
	for (uint32_t i = 0; i < run->progress; i++) {
		const struct inlay_image_statement *statement = run_statement(run, i);
		struct command command = { .sql = image_text(&run->call->view, statement->text),
			                   .sql_size = statement->size };

		if ((statement->flags & INLAY_STATEMENT_SETUP) == 0)
			continue;
		run_purpose(run, STEP_STATEMENT, i);
		if (run->session->driver->execute(run->session, &command) != OUTCOME_DONE)
			return end_interrupted(run, ", but first runs this one again, as it sets "
			                            "up the session");
	}
	return RUN_DONE;
}

static enum run_end run_all(struct run *run)
{
	enum run_end end = RUN_DONE;

	for (uint32_t i = run->progress; i < run->migration->up_count && end == RUN_DONE;)
		end = run_statement_at(run, &i);
	return end;
}

/* --- The migration --- */

/* The claim is committed before anything happens: it is what a crash leaves. */
static enum run_end claim(struct run *run)
{
	const struct driver *driver = run->session->driver;
	enum outcome outcome = run_send_claim(run, 0);
	char world[RUN_WORLD_SIZE_MAX];

	run_purpose(run, STEP_BEGIN, 0);
	if (outcome == OUTCOME_DONE)
		outcome = driver->commit(run->session);
	outcome = driver_finish(run->session, outcome);
	if (outcome == OUTCOME_DONE) {
		tables_set_created(&run->call->tracking);
		return RUN_DONE;
	}
	driver->rollback(run->session);
	if (outcome == OUTCOME_CONFLICT || outcome == OUTCOME_BUSY)
		return RUN_LOST_RACE;
	run_describe_rolled_back(run, world);
	return run_end_own(run, "it can not be begun", world);
}

static enum run_end end_applied(struct run *run)
{
	enum outcome outcome;

	run_purpose(run, STEP_RECORD, run->migration->up_count);
	run->entry.is_timed_by_server = false;
	outcome = run->session->driver->begin(run->session, 0);
	if (outcome == OUTCOME_DONE)
		outcome = run_send_done(run);
	if (driver_finish(run->session, outcome) != OUTCOME_DONE)
		return end_interrupted(run, NULL);
	if (run->session->driver->reset(run->session) == OUTCOME_DONE)
		return RUN_DONE;
	return run_end_not_reset(run);
}

static enum run_end apply(struct run *run)
{
	const struct driver *driver = run->session->driver;
	enum run_end end = claim(run);

	if (end != RUN_DONE)
		return end;
	if (run_resumed(run) != NULL)
		run->progress = (uint32_t)run_resumed(run)->progress;
	run_purpose(run, STEP_BEGIN, run->progress);
	if (driver->begin(run->session, run->migration->flags) != OUTCOME_DONE)
		return end_interrupted(run, NULL);
	end = set_up_again(run);
	if (end == RUN_DONE)
		end = run_all(run);
	return end == RUN_DONE ? end_applied(run) : end;
}

enum run_end alone_apply(struct run *run)
{
	bool separate = run->session->manner.separate;
	enum run_end end;

	run->session->more = false;
	run->session->manner.separate = true;
	end = apply(run);
	run->session->manner.separate = separate;
	return end;
}
