/* rounds.c - takes turns with other starters; what there is to do is its callers' to know. */
#include "rounds.h"

#include "clock.h"
#include "gate.h"

/* A look without a lock: whoever may only read learns what there is to learn. */
static enum round look(struct call *call, rounds_follow *follow, void *context)
{
	struct tracking_rows rows = { .first = NULL };
	enum round round = ROUND_OVER;

	switch (gate_look(call, &rows)) {
	case GATE_OPEN: round = follow(call, &rows, false, context); break;
	case GATE_TAKEN: round = ROUND_WAIT; break;
	case GATE_FAILED: break;
	}
	tracking_rows_destroy(&rows);
	return round;
}

static void report_locked(struct call *call, int64_t began_ms)
{
	struct inlay_event event = call_event(call, INLAY_EVENT_LOCKED, NULL, NULL);

	event.waited_ms = clock_now_ms() - began_ms;
	call_report(call, &event);
}

/* Through the gate, where nobody else changes what we see, and to work. */
static enum round work(struct call *call, rounds_follow *follow, int64_t began_ms, void *context)
{
	struct tracking_rows rows = { .first = NULL };
	enum round round = ROUND_OVER;

	switch (gate_open(call, &rows)) {
	case GATE_OPEN:
		report_locked(call, began_ms);
		round = follow(call, &rows, true, context);
		break;
	case GATE_TAKEN: round = ROUND_WAIT; break;
	case GATE_FAILED: break;
	}
	tracking_rows_destroy(&rows);
	return round;
}

void rounds_run(struct call *call, rounds_follow *follow, bool (*is_over)(struct call *call),
                void *context)
{
	struct gate_wait wait = { .has_begun = false };
	int64_t began_ms = clock_now_ms();
	enum round round;

	for (round = look(call, follow, context); round != ROUND_OVER;
	     round = work(call, follow, began_ms, context)) {
		if (call_is_cancelled(call))
			return;
		if (round == ROUND_WAIT && !gate_wait(call, &wait))
			return;
		if (round == ROUND_WAIT && is_over != NULL && is_over(call))
			return;
	}
}

void rounds_look(struct call *call, rounds_follow *follow, void *context)
{
	(void)look(call, follow, context);
}
