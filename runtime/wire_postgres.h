/*
 * wire_postgres.h - a PostgreSQL connection as a stream of commands and answers.
 *
 * Hides libpq: what is above knows SQL and no client library.  Commands go by the extended
 * protocol, which takes exactly one: were a migration split wrongly, the server would refuse it
 * rather than run two.
 *
 * wire_send() puts libpq into pipeline mode and does not wait for answers, but reads those that
 * come, so that neither side's buffers fill; wire_finish() sends the one Sync, reads the rest and
 * leaves pipeline mode.  What is unanswered is bounded (WIRE_WINDOW_...): a migration of any size
 * needs constant memory on both sides.
 */
#ifndef INLAY_WIRE_POSTGRES_H
#define INLAY_WIRE_POSTGRES_H

#include "names.h"
#include "driver.h"

#define WIRE_WINDOW_COUNT 1024      /* Commands that are unanswered at most, */
#define WIRE_WINDOW_SIZE  (1 << 20) /* and bytes of them, but for one that is larger. */

/* A command whose answer is still to come. */
struct wire_entry {
	struct purpose purpose;
	uint32_t size;
	bool is_commit; /* Must be answered by COMMIT: in a failed transaction it is ROLLBACK. */
	void (*row)(void *context, const char *const *columns, uint32_t column_count);
	void *context;
};

/* What lasts from the first wire_send() to wire_close(). */
struct wire {
	struct wire_entry entries[WIRE_WINDOW_COUNT]; /* A ring. */
	uint32_t first;
	uint32_t count;
	size_t unanswered_size;
	size_t unflushed_size; /* Sent since the server was last asked to answer. */
	bool in_pipeline;
	bool failed;  /* The server said so, session->failure says how; what follows is not
	                     * executed. */
	bool refuses; /* We have failed, and send nothing more; what was sent goes on. */
	struct failure refusal; /* How, where `refuses`. */
	bool was_committed;     /* The last wire_execute() was answered by COMMIT. */
	bool was_nonblocking;
	void *fresh; /* A second connection, or NULL. */
};

/* See driver.h.  `wire` may be NULL for wire_execute(): then nothing was sent. */
enum outcome wire_send(struct session *session, struct wire *wire, const struct command *command);
enum outcome wire_send_commit(struct session *session, struct wire *wire);
enum outcome wire_finish(struct session *session, struct wire *wire);
enum outcome wire_execute(struct session *session, struct wire *wire,
                          const struct command *command);

/* Nothing more is sent before wire_finish(), which returns session->failure unless something that
 * was sent before has failed. */
void wire_refuse(struct session *session, struct wire *wire);

/* The server is asked to answer what it has so far: whoever looks on sees how far we are. */
void wire_flush(struct session *session, struct wire *wire);

/* Around what somebody else does with the connection: ends what they left under way.  False when
 * that was anything. */
void wire_lend(struct session *session, struct wire *wire);
bool wire_take_back(struct session *session, struct wire *wire);

/* Runs a command on a second connection to the same server, opened when there is none. */
enum outcome wire_execute_fresh(struct session *session, struct wire *wire,
                                const struct command *command);
void wire_close_fresh(struct wire *wire);

/* Fills in session->failure, and returns `outcome`. */
enum outcome wire_fail(struct session *session, enum outcome outcome, const char *message);

#endif
