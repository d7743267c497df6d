/* rounds.h - looking, taking one's turn, and looking again, until there is nothing left to do. */
#ifndef INLAY_ROUNDS_H
#define INLAY_ROUNDS_H

#include "call.h"

/* How a round of looking and working ended. */
enum round {
	ROUND_OVER, /* Nothing is left to do, or call->error says why that can not be. */
	ROUND_WAIT, /* Somebody else is at work. */
	ROUND_AGAIN /* Something has changed in between: look again, behind the gate. */
};

/* What a caller makes of the rows: the work, or the reason why not.  Only behind the gate is work
 * done; then a transaction is open, which it ends. */
typedef enum round rounds_follow(struct call *call, const struct tracking_rows *rows,
                                 bool is_behind_gate, void *context);

/* Goes round: first a look without a lock, for whoever may only read, then through the gate.  After
 * waiting for others asks is_over(), unless NULL, whether that was all. */
void rounds_run(struct call *call, rounds_follow *follow, bool (*is_over)(struct call *call),
                void *context);

/* Only the look. */
void rounds_look(struct call *call, rounds_follow *follow, void *context);

#endif
