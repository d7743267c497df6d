/* ensure.c - the story of ensure_migrated(), top to bottom.  Details live one file away. */
#include "ensure.h"

#include "apply.h"
#include "blame.h"
#include "clock.h"
#include "pending.h"
#include "rounds.h"

/* Nothing pending, and that is certain?  One query, no lock, nothing written. */
static bool is_at_head(struct call *call)
{
	bool is_ahead = false;

	if (call->tracking.is_found && !call->tracking.exists)
		return false; /* Known, and the query would be an error in the server's log. */
	return tracking_at_head(&call->tracking, &call->view, &is_ahead) &&
	       !(is_ahead && call->options.refuse_ahead != 0);
}

/* Applies what is pending.  The time that takes is not time we waited. */
static enum round apply(struct call *call, const struct work *work)
{
	int64_t began_ms = clock_now_ms();
	enum run_end end = apply_work(call, work);

	call_forget(call);
	call->deadline_ms += clock_now_ms() - began_ms;
	switch (end) {
	case RUN_LOST_RACE: return ROUND_WAIT;
	case RUN_AGAIN: return ROUND_AGAIN;
	case RUN_DONE: return work->is_partial ? ROUND_AGAIN : ROUND_OVER;
	case RUN_FAILED: break;
	}
	return ROUND_OVER;
}

/* Something is pending: may we, and is it our turn? */
static enum round go_to_work(struct call *call, const struct plan *plan,
                             const struct tracking_rows *rows, bool is_behind_gate)
{
	struct work work;
	enum round round = ROUND_AGAIN;

	if (!work_create(&work, plan, &call->view, rows))
		round = pending_without_memory(call);
	else if (pending_is_elsewhere(call))
		round = ROUND_OVER;
	else if (!pending_may_apply(call))
		round = pending_tell(call, plan, &work);
	else if (is_behind_gate)
		round = apply(call, &work);
	work_destroy(&work);
	return round;
}

/* What the rows come to: the work, or the reason why not. */
static enum round follow(struct call *call, const struct tracking_rows *rows, bool is_behind_gate,
                         void *context)
{
	struct policy policy = pending_policy(&call->options);
	struct plan plan = plan_make(&call->view, rows, &policy);

	(void)context;
	if (!is_behind_gate)
		pending_tell_drift(call, rows, &plan);
	if (plan_is_pending(&plan))
		return go_to_work(call, &plan, rows, is_behind_gate);
	call->session.driver->rollback(&call->session);
	if (plan.verdict == PLAN_WAIT)
		return call->only_looks ? pending_tell_busy(call, &plan) : ROUND_WAIT;
	if (plan.verdict != PLAN_DONE && blame_plan(call, &plan) == INLAY_INTERRUPTED)
		pending_tell_interrupted(call, &plan);
	return ROUND_OVER;
}

static bool check(struct call *call)
{
	int64_t began_ms = clock_now_ms();
	bool is_done = is_at_head(call);

	pending_tell_check(call, is_done, clock_now_ms() - began_ms);
	return is_done;
}

static enum inlay_result bring_up_to_date(struct call *call)
{
	call->only_looks = !pending_may_apply(call);
	if (check(call) || call_check_image(call) != INLAY_OK)
		return call_close(call);
	if (call->only_looks)
		rounds_look(call, follow, NULL);
	else
		rounds_run(call, follow, is_at_head, NULL);
	return call_close(call);
}

enum inlay_result ensure_run(const struct request *request)
{
	struct call call;
	enum inlay_result result = call_open_or_recall(&call, request);

	if (result != INLAY_OK || call.error->is_cached != 0 || call.error->unchecked != INLAY_OK)
		return result;
	return bring_up_to_date(&call);
}

enum inlay_result check_run(const struct request *request)
{
	struct call call;
	enum inlay_result result = call_open(&call, request);

	if (result != INLAY_OK)
		return result;
	call.options.auto_migrate = 0;
	call.origins.auto_migrate = "inlay_check()";
	call.options.dry_run = 0;
	call_remember(&call);
	return bring_up_to_date(&call);
}
