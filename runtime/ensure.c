/* ensure.c - the story of ensure_migrated(), top to bottom.  Details live one file away. */
#include "ensure.h"

#include "apply.h"
#include "blame.h"
#include "clock.h"
#include "plan.h"

/* How a round of looking and applying ended. */
enum round {
	ROUND_OVER,      /* Nothing is pending, or call->error says why that can not be. */
	ROUND_LOST_RACE, /* Somebody else applied, or is about to apply, what we meant to. */
	ROUND_WAIT       /* Somebody else is at work on a migration without a transaction. */
};

/* Nothing pending, and that is certain?  One query, no lock, nothing written. */
static bool is_at_head(struct call *call)
{
	bool ahead = false;

	return tracking_at_head(&call->tracking, &call->view, &ahead) &&
	       !(ahead && call->options.refuse_ahead != 0);
}

/* Applies what the plan says is pending, one migration after the other. */
static enum round apply_pending(struct call *call, const struct plan *plan)
{
	const struct image_view *view = &call->view;
	uint32_t applied_count = call->error->applied_count;
	struct apply_task task = { .count = applied_count + view->migration_count - plan->first };
	enum apply_end end = APPLY_DONE;

	if (call->session.driver->prepare(&call->session) != OUTCOME_DONE) {
		(void)blame_reading(call, "migrations are pending and can not be applied");
		return ROUND_OVER;
	}
	for (uint32_t i = plan->first; i < view->migration_count && end == APPLY_DONE; i++) {
		task.migration = &view->migrations[i];
		task.failed = i == plan->first ? plan->culprit.row : NULL;
		task.index = call->error->applied_count + 1;
		end = apply_migration(call, &task);
	}
	return end == APPLY_LOST_RACE ? ROUND_LOST_RACE : ROUND_OVER;
}

static enum round follow(struct call *call, const struct plan *plan)
{
	switch (plan->verdict) {
	case PLAN_DONE: return ROUND_OVER;
	case PLAN_APPLY:
	case PLAN_RESUME: return apply_pending(call, plan);
	case PLAN_WAIT:
		if (clock_now_ms() < call->session.deadline_ms)
			return ROUND_WAIT;
		break;
	default: break;
	}
	(void)blame_plan(call, plan);
	return ROUND_OVER;
}

/* Looks at the database as it is now, and does what is to be done. */
static enum round migrate_once(struct call *call)
{
	struct tracking_rows rows = { .first = NULL };
	enum round round = ROUND_OVER;

	if (call_find_tracking(call) != INLAY_OK)
		return ROUND_OVER;
	if (call->tracking.exists && tracking_read(&call->tracking, &rows) != OUTCOME_DONE) {
		(void)blame_reading(call, "the tracking table can not be read");
	} else {
		struct plan plan = plan_make(&call->view, &rows, call->options.refuse_ahead != 0);

		round = follow(call, &plan);
	}
	tracking_rows_destroy(&rows);
	return round;
}

/* Others are at work: after a while it is worth looking again. */
static void wait_for_others(struct call *call, enum round round, bool *reported)
{
	struct inlay_event event = call_event(call, INLAY_EVENT_WAITING, NULL, NULL);

	if (!*reported)
		call_report(call, &event);
	*reported = true;
	clock_sleep_ms(round == ROUND_WAIT ? 20 : 2, round == ROUND_WAIT ? 60 : 20);
}

static void migrate(struct call *call)
{
	bool reported = false;
	enum round round;

	if (call_check_image(call) != INLAY_OK)
		return;
	while ((round = migrate_once(call)) != ROUND_OVER) {
		if (round == ROUND_LOST_RACE && clock_now_ms() >= call->session.deadline_ms) {
			(void)blame_waiting(call);
			return;
		}
		wait_for_others(call, round, &reported);
	}
}

enum inlay_result ensure_run(const struct request *request)
{
	struct call call;
	enum inlay_result result = call_open(&call, request);

	if (result != INLAY_OK)
		return result;
	if (!is_at_head(&call))
		migrate(&call);
	return call_close(&call);
}
