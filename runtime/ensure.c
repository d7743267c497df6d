/* ensure.c - the story of ensure_migrated(), top to bottom.  Details live one file away. */
#include "ensure.h"

#include "apply.h"
#include "blame.h"
#include "clock.h"
#include "gate.h"

/* How a round of looking and applying ended. */
enum round {
	ROUND_OVER, /* Nothing is pending, or call->error says why that can not be. */
	ROUND_WAIT, /* Somebody else is at work. */
	ROUND_AGAIN /* Something has changed in between: look again. */
};

/* Nothing pending, and that is certain?  One query, no lock, nothing written. */
static bool is_at_head(struct call *call)
{
	bool ahead = false;

	if (call->tracking.is_qualified && !call->tracking.exists)
		return false; /* Known, and the query would be an error in the server's log. */
	return tracking_at_head(&call->tracking, &call->view, &ahead) &&
	       !(ahead && call->options.refuse_ahead != 0);
}

static bool is_pending(const struct plan *plan)
{
	return plan->verdict == PLAN_APPLY || plan->verdict == PLAN_RESUME;
}

/* Applies what is pending.  The time that takes is not time we waited. */
static enum round apply(struct call *call, const struct plan *plan)
{
	int64_t began_ms = clock_now_ms();
	enum run_end end = apply_pending(call, plan);

	call->deadline_ms += clock_now_ms() - began_ms;
	switch (end) {
	case RUN_LOST_RACE: return ROUND_WAIT;
	case RUN_AGAIN: return ROUND_AGAIN;
	case RUN_DONE:
	case RUN_FAILED: break;
	}
	return ROUND_OVER;
}

/* What the rows come to: the work, or the reason why not.  Only behind the gate is it done. */
static enum round follow(struct call *call, const struct tracking_rows *rows, bool is_behind_gate)
{
	struct plan plan = plan_make(&call->view, rows, call->options.refuse_ahead != 0);

	if (is_pending(&plan))
		return is_behind_gate ? apply(call, &plan) : ROUND_AGAIN;
	call->session.driver->rollback(&call->session);
	if (plan.verdict == PLAN_WAIT)
		return ROUND_WAIT;
	if (plan.verdict != PLAN_DONE)
		(void)blame_plan(call, &plan);
	return ROUND_OVER;
}

/* A look without a lock: whoever may only read learns what there is to learn. */
static enum round look(struct call *call)
{
	struct tracking_rows rows = { .first = NULL };
	enum round round = ROUND_OVER;

	switch (gate_look(call, &rows)) {
	case GATE_OPEN: round = follow(call, &rows, false); break;
	case GATE_TAKEN: round = ROUND_WAIT; break;
	case GATE_FAILED: break;
	}
	tracking_rows_destroy(&rows);
	return round;
}

/* Through the gate, where nobody else changes what we see, and to work. */
static enum round migrate_once(struct call *call)
{
	struct tracking_rows rows = { .first = NULL };
	enum round round = ROUND_OVER;

	switch (gate_open(call, &rows)) {
	case GATE_OPEN: round = follow(call, &rows, true); break;
	case GATE_TAKEN: round = ROUND_WAIT; break;
	case GATE_FAILED: break;
	}
	tracking_rows_destroy(&rows);
	return round;
}

static void migrate(struct call *call)
{
	struct gate_wait wait = { .has_begun = false };
	enum round round;

	if (call_check_image(call) != INLAY_OK)
		return;
	for (round = look(call); round != ROUND_OVER; round = migrate_once(call)) {
		if (round == ROUND_WAIT && (!gate_wait(call, &wait) || is_at_head(call)))
			return;
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
