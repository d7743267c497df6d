/* baseline.c - the story of inlay_baseline(): what is recorded without being run. */
#include "baseline.h"

#include "blame.h"
#include "clock.h"
#include "dry.h"
#include "pending.h"
#include "record.h"
#include "repeatable.h"
#include "tables.h"
#include "wishes.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* What is being sent, and the history behind which it is written. */
struct writer {
	struct call *call;
	const struct tracking_rows *rows;
	struct record_entry entry;
	char tip[FORMAT_DIGEST_SIZE]; /* The chain that the database ends with. */
	char next_tip[FORMAT_DIGEST_SIZE];
	char previous[FORMAT_DIGEST_SIZE];
	char fingerprint[FORMAT_DIGEST_SIZE];
	char next_fingerprint[FORMAT_DIGEST_SIZE];
	char *repeatables; /* Owned. */
};

/* A call's work, for a dry run too. */
struct baseline {
	const struct wishes *wishes;
	const struct tracking_rows *rows;
};

/* --- Writing --- */

static void set_purpose(struct call *call, enum step step, uint32_t index)
{
	call->session.purpose = (struct purpose){ step, index, 0 };
}

static void turn(struct writer *writer, const struct wishes_item *item)
{
	bool is_breaking = (item->migration->flags & INLAY_MIGRATION_BREAKING) != 0;
	const char *adopted_from = writer->entry.adopted_from;
	int64_t floor = writer->entry.floor;

	if (is_breaking && !item->is_repeatable && item->migration->version > floor)
		floor = item->migration->version;
	memcpy(writer->tip, writer->next_tip, sizeof(writer->tip));
	memcpy(writer->fingerprint, writer->next_fingerprint, sizeof(writer->fingerprint));
	writer->entry = (struct record_entry){ .view = &writer->call->view };
	writer->entry.migration = item->migration;
	writer->entry.applied_at = item->applied_at;
	writer->entry.adopted_from = adopted_from;
	writer->entry.attempt = 1;
	writer->entry.floor = floor;
	writer->entry.tip = writer->tip;
	writer->entry.next_tip = writer->next_tip;
	writer->entry.previous = writer->previous;
	writer->entry.fingerprint = writer->fingerprint;
	writer->entry.next_fingerprint = writer->next_fingerprint;
}

/* Behind a gap no set has this history, and the chain says so: see TRACKING_UNSETTLED. */
static void expect_version(struct writer *writer, const struct wishes_item *item)
{
	int64_t version = item->migration->version;

	memcpy(writer->previous, writer->tip, sizeof(writer->previous));
	format_digest(writer->next_tip, &item->migration->chain);
	if (item->is_settled)
		return;
	format_into(writer->previous, sizeof(writer->previous),
	            TRACKING_UNSETTLED "before %" PRId64, version);
	format_into(writer->next_tip, sizeof(writer->next_tip), TRACKING_UNSETTLED "%" PRId64,
	            version);
}

/* Are all of them what the set has, when `text` is the state's? */
static bool are_all_there(const struct image_view *view, const char *text)
{
	for (uint32_t i = 0; i < view->repeatable_count; i++)
		if (repeatable_state(text, view, &view->repeatables[i]) != INLAY_STATE_APPLIED)
			return false;
	return true;
}

static enum outcome send_repeatable(struct writer *writer, const struct wishes_item *item)
{
	const struct image_view *view = &writer->call->view;
	char *next = repeatable_add(writer->repeatables, view, item->migration);
	enum outcome outcome;

	if (next == NULL)
		return OUTCOME_NO_MEMORY;
	writer->next_fingerprint[0] = '\0';
	if (are_all_there(view, next))
		tracking_fingerprint_of(view, writer->next_fingerprint);
	writer->entry.repeatables = writer->repeatables;
	writer->entry.next_repeatables = next;
	outcome = record_baseline_repeatable(&writer->call->tracking, &writer->entry);
	free(writer->repeatables);
	writer->repeatables = next;
	return outcome;
}

static enum outcome send_item(struct writer *writer, const struct wishes_item *item)
{
	turn(writer, item);
	if (item->is_repeatable)
		return send_repeatable(writer, item);
	expect_version(writer, item);
	return record_baseline(&writer->call->tracking, &writer->entry);
}

/* user_version goes from what the first of them found to what the last one leaves. */
static enum outcome send_mark(struct writer *writer)
{
	const struct tracking_rows *rows = writer->rows;
	struct record_entry entry = writer->entry;

	entry.tip = rows->last != NULL ? rows->last->chain : "";
	entry.fingerprint = rows->fingerprint;
	return record_mark(&writer->call->tracking, &entry);
}

static enum outcome send_all(struct writer *writer, const struct wishes *wishes)
{
	struct call *call = writer->call;
	const struct driver *driver = call->session.driver;
	enum outcome outcome;

	call->session.more = false;
	set_purpose(call, STEP_BEGIN, 0);
	outcome = driver->begin(&call->session, DRIVER_BEGIN_ALONE);
	if (outcome == OUTCOME_DONE)
		outcome = tables_send_create(&call->tracking);
	if (outcome == OUTCOME_DONE)
		outcome = record_begin_baseline(&call->tracking);
	for (uint32_t i = 0; i < wishes->count && outcome == OUTCOME_DONE; i++) {
		set_purpose(call, STEP_CLAIM, i);
		outcome = send_item(writer, &wishes->items[i]);
	}
	set_purpose(call, STEP_RECORD, 0);
	if (outcome == OUTCOME_DONE)
		outcome = driver->settle(&call->session);
	if (outcome == OUTCOME_DONE)
		outcome = send_mark(writer);
	return outcome == OUTCOME_DONE ? driver->commit(&call->session) : outcome;
}

static enum outcome write_all(struct call *call, const struct baseline *baseline)
{
	const struct tracking_rows *rows = baseline->rows;
	const char *repeatables = rows->repeatables != NULL ? rows->repeatables : "";
	struct writer writer = { .call = call, .rows = rows, .repeatables = strdup(repeatables) };
	enum outcome outcome = OUTCOME_NO_MEMORY;

	writer.entry.adopted_from = baseline->wishes->scope->adopted_from;
	writer.entry.floor = rows->last != NULL ? rows->last->floor : 0;
	format_into(writer.next_tip, sizeof(writer.next_tip), "%s",
	            rows->last != NULL ? rows->last->chain : "");
	format_into(writer.next_fingerprint, sizeof(writer.next_fingerprint), "%s",
	            rows->fingerprint);
	if (writer.repeatables != NULL)
		outcome = send_all(&writer, baseline->wishes);
	free(writer.repeatables);
	return outcome;
}

/* --- Telling --- */

static void report(struct call *call, enum inlay_event_kind kind, const struct wishes *wishes,
                   uint32_t index)
{
	const struct wishes_item *item = &wishes->items[index];
	const char *tool = wishes->scope->adopted_from;
	char label[INLAY_MIGRATION_SIZE_MAX];
	char message[RECORD_ADOPTED_SIZE] = "";
	struct inlay_event event = call_event(call, kind, item->migration, label);

	if (tool != NULL && kind == INLAY_EVENT_BASELINED)
		format_into(message, sizeof(message), "from %s", tool);
	if (item->is_repeatable)
		event.version = -1;
	event.index = index + 1;
	event.count = wishes->count;
	event.message = message;
	call_report(call, &event);
}

static enum round tell_done(struct call *call, const struct wishes *wishes)
{
	call->error->recorded_count = wishes->count;
	for (uint32_t i = 0; i < wishes->count; i++)
		report(call, INLAY_EVENT_BASELINED, wishes, i);
	return ROUND_OVER;
}

static enum round blame(struct call *call, const struct wishes *wishes)
{
	const struct failure *failure = &call->session.failure;
	struct blame_place place = { .statement = BLAME_NO_STATEMENT };
	enum inlay_result result = INLAY_FAILED;

	if (failure->outcome == OUTCOME_CANCELLED && call_is_cancelled(call))
		return ROUND_OVER;
	place.migration = wishes->items[failure->purpose.migration].migration;
	place.doing = "it can not be recorded as applied";
	place.world = "nothing was changed";
	if (failure->outcome == OUTCOME_NO_MEMORY)
		result = INLAY_NO_MEMORY;
	if (failure->outcome == OUTCOME_LOST) {
		result = INLAY_UNREACHABLE;
		place.world = "all of them are recorded, or none: call again";
	}
	(void)blame_failure(call, result, &place);
	return ROUND_OVER;
}

static void show(struct call *call, void *context)
{
	(void)write_all(call, context);
}

static enum round tell_dry(struct call *call, struct baseline *baseline)
{
	uint32_t count = baseline->wishes->count;
	char label[INLAY_MIGRATION_SIZE_MAX];

	image_migration_label(&call->view, baseline->wishes->items[0].migration, label,
	                      sizeof(label));
	call->error->pending_count = count;
	for (uint32_t i = 0; i < count; i++)
		report(call, INLAY_EVENT_PENDING, baseline->wishes, i);
	(void)error_set(call->error, INLAY_PENDING,
	                "%" PRIu32 " %s would be recorded as applied, %s first; nothing was "
	                "changed: this is a dry run (dry_run is on: %s)",
	                count, count == 1 ? "migration" : "migrations", label,
	                call->origins.dry_run);
	dry_act(call, show, baseline);
	return ROUND_OVER;
}

/* --- The rounds --- */

static enum round record(struct call *call, const struct baseline *baseline)
{
	struct session *session = &call->session;
	int64_t began_ms = clock_now_ms();
	enum outcome outcome = write_all(call, baseline);

	if (outcome == OUTCOME_NO_MEMORY && session->failure.outcome == OUTCOME_DONE)
		(void)driver_fail(session, OUTCOME_NO_MEMORY, "memory is out");
	outcome = driver_finish(session, outcome);
	call_forget(call);
	call->deadline_ms += clock_now_ms() - began_ms; /* Which is not time we waited. */
	if (outcome == OUTCOME_DONE)
		return tell_done(call, baseline->wishes);
	session->driver->rollback(session);
	/* Nothing has happened, and somebody else was at it. */
	if (outcome == OUTCOME_CONFLICT || outcome == OUTCOME_BUSY || outcome == OUTCOME_RETRY)
		return ROUND_WAIT;
	return blame(call, baseline->wishes);
}

static enum round refuse(struct call *call, enum inlay_result result, const struct plan *plan,
                         const char *why)
{
	struct inlay_error *error = call->error;

	error->version = plan->culprit.migration->version;
	image_migration_label(&call->view, plan->culprit.migration, error->migration,
	                      sizeof(error->migration));
	format_into(error->file, sizeof(error->file), "%s",
	            image_text(&call->view, plan->culprit.migration->file));
	(void)error_set(error, result, "%s: %s %s; nothing was changed", error->file,
	                error->migration, why);
	return ROUND_OVER;
}

/* The history is the set's: what is missing of what is wanted? */
static enum round go_to_work(struct call *call, const struct tracking_rows *rows,
                             bool is_behind_gate, struct wishes *wishes)
{
	struct plan plan = { .culprit.migration = wishes_hold_against(wishes, rows) };
	struct baseline baseline = { wishes, rows };

	if (plan.culprit.migration != NULL)
		return refuse(call, INLAY_LATE, &plan,
		              "can not be recorded behind later ones: let ensure_migrated() apply "
		              "it with options->allow_late");
	if (wishes->count == 0 || pending_is_elsewhere(call))
		return ROUND_OVER;
	if (call->options.dry_run != 0)
		return tell_dry(call, &baseline);
	if (!is_behind_gate)
		return ROUND_AGAIN;
	return call_is_cancelled(call) ? ROUND_OVER : record(call, &baseline);
}

/* What is late stays late, and what is not finished is not ours to finish. */
static enum round judge(struct call *call, const struct tracking_rows *rows, bool is_behind_gate,
                        struct wishes *wishes)
{
	struct policy policy = pending_policy(&call->options);
	struct plan plan;

	policy.allow_late = true;
	policy.refuse_interrupted = true;
	plan = plan_make(&call->view, rows, &policy);
	switch (plan.verdict) {
	case PLAN_DONE:
	case PLAN_APPLY:
	case PLAN_REPEAT: return go_to_work(call, rows, is_behind_gate, wishes);
	case PLAN_WAIT: return call->only_looks ? pending_tell_busy(call, &plan) : ROUND_WAIT;
	case PLAN_INTERRUPTED:
		return refuse(call, INLAY_INTERRUPTED, &plan,
		              "is not finished: let ensure_migrated() go on with it first");
	default: (void)blame_plan(call, &plan);
	}
	return ROUND_OVER;
}

static enum round follow(struct call *call, const struct tracking_rows *rows, bool is_behind_gate,
                         void *context)
{
	enum round round = judge(call, rows, is_behind_gate, context);

	call->session.driver->rollback(&call->session);
	return round;
}

enum inlay_result baseline_run(const struct request *request,
                               const struct inlay_baseline_scope *scope)
{
	char problem[200];
	const char *wrong;
	struct wishes wishes;
	struct call call;
	enum inlay_result result = call_open(&call, request);

	if (result != INLAY_OK)
		return result;
	call.only_records = true;
	call.only_looks = call.options.dry_run != 0;
	if (call_check_image(&call) != INLAY_OK)
		return call_close(&call);
	wrong = wishes_create(&wishes, &call.view, scope, problem, sizeof(problem));
	if (wrong != NULL && wrong[0] == '\0')
		(void)error_set(call.error, INLAY_NO_MEMORY, "memory is out; nothing was changed");
	else if (wrong != NULL)
		(void)error_set(call.error, INLAY_MISUSE, "%s; nothing was changed", wrong);
	else if (call.only_looks)
		rounds_look(&call, follow, &wishes);
	else
		rounds_run(&call, follow, NULL, &wishes);
	wishes_destroy(&wishes);
	return call_close(&call);
}
