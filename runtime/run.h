/*
 * run.h - a run of migrations, up or down: where it stands, what it tells, how it ends badly.
 *
 * What apply.c (in transactions) and alone.c (without) share.
 */
#ifndef INLAY_RUN_H
#define INLAY_RUN_H

#include "call.h"
#include "work.h"

/* How a run, or one migration of it, ended. */
enum run_end {
	RUN_DONE,
	RUN_LOST_RACE, /* Somebody else has claimed it: look again. */
	RUN_AGAIN,     /* It was rolled back for what may pass: look again, at once or soon. */
	RUN_FAILED     /* call->error says how. */
};

struct run {
	struct call *call;
	struct session *session;
	const struct work *work;
	uint32_t done_before; /* By this call, when the run began. */
	uint32_t done_count;  /* By this run, for certain. */
	/* The migration that is being sent, or that failed. */
	uint32_t index;
	const struct inlay_image_migration *migration;
	struct record_entry entry;
	char tip[FORMAT_DIGEST_SIZE]; /* The chain that the database ends with; */
	char next_tip[FORMAT_DIGEST_SIZE];
	char previous[FORMAT_DIGEST_SIZE];    /* the one that the migration's follows; */
	char fingerprint[FORMAT_DIGEST_SIZE]; /* and of the repeatable ones. */
	char next_fingerprint[FORMAT_DIGEST_SIZE];
	char *repeatables; /* The state's text; both are owned. */
	char *next_repeatables;
	int64_t floor;
	/* What the answers say. */
	uint32_t progress; /* Statements that are through, of a migration without a transaction. */
	int64_t began_ms;  /* When the migration that is at work began. */
	bool ended_by_itself; /* A statement of it ended its transaction. */
	bool is_in_doubt;     /* The next one was announced, and may have happened. */
};

/* A run of `work`, which must outlive it.  False when memory is out.  Call run_destroy() in any
 * case. */
bool run_init(struct run *run, struct call *call, const struct work *work);
void run_destroy(struct run *run);

/* The item at work; the row that it is to go on with, or NULL. */
const struct work_item *run_item(const struct run *run);
const struct tracking_row *run_resumed(const struct run *run);

/* Turns to migration `index`, the first or the next one: what is sent from now on is for it.  False
 * when memory is out. */
bool run_turn_to(struct run *run, uint32_t index);

/* Turns back to the one that session->failure is about. */
void run_turn_to_failed(struct run *run);

/* What is sent from now on is for this. */
void run_purpose(struct run *run, enum step step, uint32_t statement);

/* Statement `index` of the migration. */
const struct inlay_image_statement *run_statement(const struct run *run, uint32_t index);

/* Unless the application has asked to stop: then fails in front of that statement. */
enum outcome run_stop(struct run *run, uint32_t index);

/* Sends it.  Where it may end the transaction, or is the application's function, waits for it. */
enum outcome run_send_statement(struct run *run, uint32_t index);

/* For session->answered: tells the application of what is certain. */
void run_take_answer(void *context, const struct purpose *purpose);

/* Sends a claim, or a take-over, in a transaction that it begins. */
enum outcome run_send_claim(struct run *run, uint32_t flags);

/* Sends "it is done" into the open transaction, and the COMMIT. */
enum outcome run_send_done(struct run *run);

/* Writes in a transaction of its own, as the caller's own role; waits for it. */
enum outcome run_record_alone(struct run *run,
                              enum outcome (*record)(struct run *run, const char *text),
                              const char *text);

/* What runs into session->failure comes to. */
enum inlay_result run_result(const struct run *run);

/* Has the application asked to stop, heeded or not? */
bool run_is_cancelled(const struct run *run);

/* May it pass, and are there tries left?  Then tells the application, counts, waits a little. */
bool run_may_retry(struct run *run);

/* call->error is filled in: rolls back, leaves a note as well as it goes, tells the application. */
enum run_end run_end_failed(struct run *run);

/* The migration is done, and the session is not what it was. */
enum run_end run_end_not_reset(struct run *run);

/* What failed was one of our own commands: `doing` says which, `world` what is there now. */
enum run_end run_end_own(struct run *run, const char *doing, const char *world);

#define RUN_WORLD_SIZE_MAX 600
#define RUN_LABEL(run, label)                                                                      \
	char label[INLAY_MIGRATION_SIZE_MAX];                                                      \
	image_migration_label(&(run)->call->view, (run)->migration, label, sizeof(label))

/* "... is rolled back, ... stay applied". */
void run_describe_rolled_back(const struct run *run, char world[RUN_WORLD_SIZE_MAX]);

#endif
