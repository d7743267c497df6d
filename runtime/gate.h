/*
 * gate.h - who may write: politeness among programs that start together, and patience.
 *
 * The gate is a lock that is only ever tried, never waited for: on PostgreSQL an advisory lock of
 * the transaction (or a row, on engines without), on SQLite the write lock itself.  It spares all
 * but one starter the work.  Correctness rests on the tracking table's keys alone, so nothing is
 * lost when two get through.
 */
#ifndef INLAY_GATE_H
#define INLAY_GATE_H

#include "call.h"

#define GATE_HOLDER_SIZE_MAX 400

enum gate_end {
	GATE_OPEN,  /* A transaction is open, the gate is ours, `rows` is what it sees. */
	GATE_TAKEN, /* Others are at work. */
	GATE_FAILED /* call->error says why. */
};

/* Reads the rows without the gate, for whoever may only read; GATE_TAKEN when others are at work,
 * as far as can be told: then the rows are of no use.  Otherwise as gate_open(). */
enum gate_end gate_look(struct call *call, struct tracking_rows *rows);

/* Tries the gate, and reads the rows behind it.  Call tracking_rows_destroy() in any case. */
enum gate_end gate_open(struct call *call, struct tracking_rows *rows);

/* Sends another try, for a transaction that follows: nobody else should get in between, but it is
 * no harm when one does.  *is_ours, unless NULL, is set when the answer is there. */
enum outcome gate_send(struct tracking *tracking, bool *is_ours);

/* Who holds the advisory lock, in words; or "", also where the gate is another one.  Behind
 * call_look(). */
void gate_ask_holder(struct tracking *tracking, char holder[GATE_HOLDER_SIZE_MAX]);

/* What a call that waits knows of the others.  Zero at first. */
struct gate_wait {
	bool has_begun;
	int64_t began_ms;
	int64_t moved_ms; /* When the others were last seen to come on. */
	int64_t asked_ms; /* When it was last asked who they are, and told; 0 for never. */
	int64_t told_version;
	int64_t told_progress;
	int64_t patience; /* Grows while we wait. */
	bool is_over;     /* The others had come as far as our set when last looked at. */
	bool is_known;    /* How far the others are: */
	int64_t version;  /* the last row's version, or -1, and its progress. */
	int64_t progress;
	char holder[GATE_HOLDER_SIZE_MAX]; /* Who holds the gate, in words; or "". */
};

/* Waits until it is worth trying again: the others have come to an end, or nothing moves any more.
 * False when the call's time is over, or it is cancelled; then call->error says so. */
bool gate_wait(struct call *call, struct gate_wait *wait);

#endif
