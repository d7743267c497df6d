/* run.c - what the two ways of applying a migration share; knows no SQL. */
#include "run.h"

#include "blame.h"
#include "clock.h"
#include "gate.h"
#include "repeatable.h"
#include "tables.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define RETRY_SHORTEST_MS 20 /* The pause before the first try again; doubles with each. */
#define RETRY_LONGEST_MS  2000
#define RETRY_SLICE_MS    200 /* In between it is looked whether the call is cancelled. */

/* --- Where it stands --- */

bool run_init(struct run *run, struct call *call, const struct work *work)
{
	const struct tracking_rows *rows = work->rows;
	const char *repeatables = rows->repeatables != NULL ? rows->repeatables : "";

	*run = (struct run){ .call = call, .session = &call->session, .work = work };
	run->done_before = call->error->applied_count + call->error->rolled_back_count;
	run->floor = rows->last != NULL ? rows->last->floor : 0;
	format_into(run->next_tip, sizeof(run->next_tip), "%s",
	            rows->last != NULL ? rows->last->chain : "");
	if (work->tip != NULL)
		format_digest(run->next_tip, work->tip);
	format_into(run->next_fingerprint, sizeof(run->next_fingerprint), "%s", rows->fingerprint);
	run->next_repeatables = strdup(repeatables);
	return run->next_repeatables != NULL;
}

void run_destroy(struct run *run)
{
	free(run->repeatables);
	free(run->next_repeatables);
	run->repeatables = NULL;
	run->next_repeatables = NULL;
}

const struct work_item *run_item(const struct run *run)
{
	return &run->work->items[run->index];
}

const struct tracking_row *run_resumed(const struct run *run)
{
	return run_item(run)->is_resumed ? run_item(run)->row : NULL;
}

static void turn(struct run *run, uint32_t index)
{
	const struct work_item *item = &run->work->items[index];

	run->index = index;
	run->migration = item->migration;
	run->entry = (struct record_entry){ .view = &run->call->view, .migration = run->migration };
	run->entry.row = item->row;
	run->entry.down = item->script;
	run->entry.set = run->work->set;
	run->entry.attempt = item->row != NULL ? item->row->attempt : 1;
	run->entry.started_ms = clock_now_ms();
	run->entry.is_timed_by_server = true;
	run->entry.previous = run->previous;
	run->entry.tip = run->tip;
	run->entry.next_tip = run->next_tip;
	run->entry.fingerprint = run->fingerprint;
	run->entry.next_fingerprint = run->next_fingerprint;
	run->progress = 0;
	run->ended_by_itself = false;
	run->is_in_doubt = false;
	run_purpose(run, STEP_BEGIN, 0);
}

/* The chain in front of a migration of the set. */
static void chain_before(const struct inlay_image_migration *migration,
                         const struct image_view *set, char chain[FORMAT_DIGEST_SIZE])
{
	chain[0] = '\0';
	if (migration > set->migrations)
		format_digest(chain, &migration[-1].chain);
}

static void expect_late(struct run *run)
{
	const struct tracking_rows *rows = run->work->rows;
	const struct inlay_image_migration *last = image_find(run->work->set, rows->last->version);
	const struct tracking_row *later = rows->first;

	while (later != NULL && later->version < run->migration->version &&
	       !plan_is_unsettled(later))
		later = later->next;
	run->entry.later = later;
	run->entry.is_last_late = run->index == run->work->last_late;
	chain_before(run->migration, run->work->set, run->previous);
	if (run->entry.is_last_late && last != NULL)
		format_digest(run->next_tip, &last->chain);
	else
		format_into(run->next_tip, sizeof(run->next_tip), TRACKING_UNSETTLED "%" PRId64,
		            rows->last->version);
}

static void expect_up(struct run *run)
{
	bool is_breaking = (run->migration->flags & INLAY_MIGRATION_BREAKING) != 0;

	run->entry.floor = run_item(run)->is_late ? 0 : run->floor;
	if (is_breaking && run->migration->version > run->entry.floor)
		run->entry.floor = run->migration->version;
	if (run->entry.floor > run->floor)
		run->floor = run->entry.floor;
	if (run_item(run)->is_late) {
		expect_late(run);
		return;
	}
	format_into(run->previous, sizeof(run->previous), "%s", run->tip);
	format_digest(run->next_tip, &run->migration->chain);
	/* The row that was taken over is the last one already. */
	if (run_resumed(run) != NULL)
		chain_before(run->migration, run->work->set, run->tip);
}

/* What is left when the last row is gone. */
static void expect_down(struct run *run)
{
	const struct tracking_row *before = run->work->rows->first;

	run->next_tip[0] = '\0';
	for (; before != NULL && before->next != NULL; before = before->next)
		if (before->next == run_item(run)->row)
			format_into(run->next_tip, sizeof(run->next_tip), "%s", before->chain);
}

static bool expect_repeatable(struct run *run)
{
	bool is_last = run->index + 1 == run->work->count && !run->work->is_superseded;

	free(run->repeatables);
	run->repeatables = run->next_repeatables;
	run->next_repeatables = repeatable_add(run->repeatables, &run->call->view, run->migration);
	run->next_fingerprint[0] = '\0';
	if (is_last)
		tracking_fingerprint_of(run->work->set, run->next_fingerprint);
	run->entry.repeatables = run->repeatables;
	run->entry.next_repeatables = run->next_repeatables;
	return run->next_repeatables != NULL;
}

bool run_turn_to(struct run *run, uint32_t index)
{
	memcpy(run->tip, run->next_tip, sizeof(run->tip));
	memcpy(run->fingerprint, run->next_fingerprint, sizeof(run->fingerprint));
	turn(run, index);
	if (run->work->way == &record_repeatable)
		return expect_repeatable(run);
	if (run->work->way == &record_down)
		expect_down(run);
	else
		expect_up(run);
	return true;
}

void run_turn_to_failed(struct run *run)
{
	uint32_t index = run->session->failure.purpose.migration;
	bool ended_by_itself = run->ended_by_itself;
	bool has_row = run->work->items[index].row != NULL;

	if (index == run->index)
		return;
	turn(run, index);
	run->entry.attempt += has_row; /* Its claim was sent. */
	run->ended_by_itself = ended_by_itself;
}

void run_purpose(struct run *run, enum step step, uint32_t statement)
{
	run->session->purpose = (struct purpose){ step, run->index, statement };
}

const struct inlay_image_statement *run_statement(const struct run *run, uint32_t index)
{
	return &run->call->view.statements[run->migration->up + index];
}

/* --- What it tells --- */

static struct inlay_event event_of(struct run *run, enum inlay_event_kind kind, uint32_t index,
                                   char label[INLAY_MIGRATION_SIZE_MAX])
{
	const struct inlay_image_migration *migration = run->work->items[index].migration;
	struct inlay_event event = call_event(run->call, kind, migration, label);

	if (run->work->way == &record_repeatable)
		event.version = -1;
	event.index = run->done_before + index + 1;
	event.count = run->done_before + run->work->count;
	return event;
}

static void report(struct run *run, enum inlay_event_kind kind, uint32_t index, const char *message)
{
	char label[INLAY_MIGRATION_SIZE_MAX];
	struct inlay_event event = event_of(run, kind, index, label);

	if (run->began_ms > 0)
		event.duration_ms = clock_now_ms() - run->began_ms;
	if (kind == INLAY_EVENT_FAILED)
		event.result = run->call->error->result;
	event.message = message;
	call_report(run->call, &event);
}

static void report_statement(struct run *run, const struct purpose *purpose)
{
	const struct image_view *view = &run->call->view;
	const struct inlay_image_migration *migration =
	        run->work->items[purpose->migration].migration;
	char label[INLAY_MIGRATION_SIZE_MAX];
	struct inlay_event event;

	if (run->call->options.on_event == NULL)
		return;
	event = event_of(run, INLAY_EVENT_STATEMENT, purpose->migration, label);
	event.statement = purpose->statement + 1;
	event.sql = image_text(view, view->statements[migration->up + purpose->statement].text);
	call_report(run->call, &event);
}

static void count_done(struct run *run)
{
	if (run->work->way == &record_down)
		run->call->error->rolled_back_count++;
	else
		run->call->error->applied_count++;
	run->done_count++;
	run->call->retry_count = 0;
	tables_set_created(&run->call->tracking);
}

void run_take_answer(void *context, const struct purpose *purpose)
{
	struct run *run = context;
	bool is_down = run->work->way == &record_down;

	if (purpose->step == STEP_CLAIM && purpose->statement == 0) {
		run->began_ms = 0;
		report(run, is_down ? INLAY_EVENT_ROLLING_BACK : INLAY_EVENT_APPLYING,
		       purpose->migration, "");
		run->began_ms = clock_now_ms();
	} else if (purpose->step == STEP_STATEMENT) {
		report_statement(run, purpose);
	} else if (purpose->step == STEP_PROGRESS) {
		run->progress = purpose->statement;
	} else if (purpose->step == STEP_COMMIT) {
		count_done(run);
		report(run, is_down ? INLAY_EVENT_ROLLED_BACK : INLAY_EVENT_APPLIED,
		       purpose->migration, "");
		run->began_ms = clock_now_ms();
	}
}

/* --- What it sends --- */

/* The row is ours with an attempt of its own. */
static enum outcome send_claim(struct run *run)
{
	const struct record_way *way = run->work->way;
	bool takes_over = run_resumed(run) != NULL;
	enum outcome outcome =
	        (takes_over ? way->take_over : way->claim)(&run->call->tracking, &run->entry);

	run->entry.attempt += run_item(run)->row != NULL;
	return outcome;
}

enum outcome run_send_claim(struct run *run, uint32_t flags)
{
	struct tracking *tracking = &run->call->tracking;
	enum outcome outcome;

	run_purpose(run, STEP_BEGIN, 0);
	outcome = run->session->driver->begin(run->session, flags);
	if (outcome == OUTCOME_DONE && run->index > 0)
		outcome = gate_send(tracking, NULL);
	if (outcome == OUTCOME_DONE && run->index == 0)
		outcome = tables_send_create(tracking);
	if (outcome != OUTCOME_DONE)
		return outcome;
	run_purpose(run, STEP_CLAIM, 0);
	outcome = send_claim(run);
	if (outcome != OUTCOME_DONE)
		return outcome;
	run_purpose(run, STEP_BEGIN, 0);
	return run->session->driver->claimed(run->session);
}

/* A function of the application, in place of a statement. */
static enum outcome call_function(struct run *run, const struct inlay_image_statement *statement)
{
	const struct driver *driver = run->session->driver;
	const char *name = image_text(&run->call->view, statement->text);
	struct inlay_call function = { .size = sizeof(function), .version = -1 };
	enum outcome outcome = driver->lend(run->session);
	char label[INLAY_MIGRATION_SIZE_MAX];
	char message[INLAY_MESSAGE_SIZE_MAX / 2];
	int code;

	if (outcome != OUTCOME_DONE)
		return outcome;
	image_migration_label(&run->call->view, run->migration, label, sizeof(label));
	if (driver->dialect == INLAY_DIALECT_POSTGRES)
		function.postgres = run->session->connection;
	else
		function.sqlite = run->session->connection;
	function.context = run->call->options.call_context;
	if (run->work->way != &record_repeatable)
		function.version = run->migration->version;
	function.migration = label;
	code = run->call->functions[statement->probe](&function);
	outcome = driver->take_back(run->session);
	/* It may be over, which its row will tell; a failed one (25P02) is not. */
	run->ended_by_itself = outcome != OUTCOME_DONE && !driver->in_transaction(run->session) &&
	                       strcmp(run->session->failure.sqlstate, "25P02") != 0;
	if (outcome != OUTCOME_DONE || code == 0)
		return outcome;
	function.message[sizeof(function.message) - 1] = '\0';
	format_into(message, sizeof(message), "%s() failed with %d%s%s", name, code,
	            function.message[0] != '\0' ? ": " : "", function.message);
	format_one_line(message);
	return driver_fail(run->session, OUTCOME_FAILED, message);
}

static enum outcome execute_statement(struct run *run, const struct command *command)
{
	const struct driver *driver = run->session->driver;
	enum outcome outcome = driver->execute(run->session, command);

	if (outcome != OUTCOME_DONE || driver->in_transaction(run->session))
		return outcome;
	run->ended_by_itself = true;
	return driver_fail(run->session, OUTCOME_FAILED,
	                   "this statement ended the migration's transaction");
}

enum outcome run_stop(struct run *run, uint32_t index)
{
	if (!driver_is_cancelled(run->session))
		return OUTCOME_DONE;
	run_purpose(run, STEP_STATEMENT, index);
	return driver_fail(run->session, OUTCOME_CANCELLED, DRIVER_CANCELLED_WORDS);
}

enum outcome run_send_statement(struct run *run, uint32_t index)
{
	const struct inlay_image_statement *statement = run_statement(run, index);
	struct command command = { .sql = image_text(&run->call->view, statement->text),
		                   .sql_size = statement->size };
	struct purpose purpose;
	enum outcome outcome;

	if (run_stop(run, index) != OUTCOME_DONE)
		return OUTCOME_CANCELLED;
	run_purpose(run, STEP_STATEMENT, index);
	if ((statement->flags & INLAY_STATEMENT_WAIT) == 0)
		return run->session->driver->send(run->session, &command);
	if ((statement->flags & INLAY_STATEMENT_CALL) == 0 || run->session->is_dry)
		return execute_statement(run, &command);
	purpose = run->session->purpose;
	outcome = call_function(run, statement);
	if (outcome == OUTCOME_DONE)
		run_take_answer(run, &purpose);
	return outcome;
}

enum outcome run_send_done(struct run *run)
{
	struct tracking *tracking = &run->call->tracking;
	const struct record_way *way = run->work->way;
	enum outcome outcome;

	run_purpose(run, STEP_RECORD, 0);
	outcome = run->session->driver->settle(run->session);
	if (outcome == OUTCOME_DONE)
		outcome = way->finish(tracking, &run->entry);
	if (outcome == OUTCOME_DONE)
		outcome = record_add_note(tracking, &run->entry, way, NULL);
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
	outcome = driver_finish(run->session, outcome);
	if (outcome != OUTCOME_DONE)
		driver->rollback(run->session);
	return outcome;
}

/* --- How it ends badly --- */

enum inlay_result run_result(const struct run *run)
{
	switch (run->session->failure.outcome) {
	case OUTCOME_BUSY: return INLAY_LOCKED;
	case OUTCOME_LOST: return INLAY_UNREACHABLE;
	case OUTCOME_NO_MEMORY: return INLAY_NO_MEMORY;
	case OUTCOME_CANCELLED: return INLAY_CANCELLED;
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

bool run_is_cancelled(const struct run *run)
{
	const volatile int *cancel = run->call->options.cancel;

	return cancel != NULL && *cancel != 0;
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
	for (; pause_ms > 0 && !run_is_cancelled(run); pause_ms -= RETRY_SLICE_MS)
		clock_sleep_ms((pause_ms < RETRY_SLICE_MS ? pause_ms : RETRY_SLICE_MS) / 2,
		               pause_ms < RETRY_SLICE_MS ? pause_ms : RETRY_SLICE_MS);
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

/* How much is applied now, for certain. */
static void describe_applied(const struct run *run, char *world)
{
	uint32_t count = 0;

	for (const struct tracking_row *row = run->work->rows->first; row != NULL; row = row->next)
		count += row->progress < 0;
	if (run->work->way == &record_up)
		count += run->done_count;
	else if (run->work->way == &record_down)
		count -= run->done_count < count ? run->done_count : count;
	format_append(world, RUN_WORLD_SIZE_MAX,
	              run->work->way == &record_down ? "%" PRIu32 " migrations are applied"
	              : count == 0                   ? "no migration is applied"
	              : count == 1                   ? "1 earlier migration stays applied"
	                           : "%" PRIu32 " earlier migrations stay applied",
	              count);
}

void run_describe_rolled_back(const struct run *run, char world[RUN_WORLD_SIZE_MAX])
{
	const struct failure *failure = &run->session->failure;
	const struct image_view *view = &run->call->view;
	bool is_down = run->work->way == &record_down;
	uint32_t first = run->done_count < run->index ? run->done_count : run->index;
	char label[INLAY_MIGRATION_SIZE_MAX];

	image_migration_label(view, run->work->items[first].migration, label, sizeof(label));
	/* Whatever was sent may have arrived. */
	if (failure->outcome == OUTCOME_LOST && !is_certain(failure)) {
		format_into(world, RUN_WORLD_SIZE_MAX,
		            is_down ? "from %s on each migration is rolled back or still applied, "
		                      "never half: call again"
		                    : "from %s on each migration is applied or rolled back, never "
		                      "half: call again",
		            label);
		return;
	}
	/* On SQLite a COMMIT that fails takes along the migrations that share it. */
	if (is_down)
		format_into(world, RUN_WORLD_SIZE_MAX, "%s is still applied, ", label);
	else
		format_into(world, RUN_WORLD_SIZE_MAX,
		            first < run->index ? "everything from %s on is rolled back, "
		                               : "%s is rolled back, ",
		            label);
	describe_applied(run, world);
}

static enum outcome write_failed_note(struct run *run, const char *text)
{
	return record_add_note(&run->call->tracking, &run->entry, run->work->way, text);
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
		                     "the migration is done" };

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
