/* call.h - one call of a public function: its arguments, checked and complete, until it returns. */
#ifndef INLAY_CALL_H
#define INLAY_CALL_H

#include "cache.h"
#include "driver.h"
#include "environment.h"
#include "error.h"
#include "image.h"
#include "tracking.h"

/* What the caller handed in. */
struct request {
	const struct driver *driver;
	void *connection;
	const struct inlay_set *set;
	const struct inlay_options *options;
	struct inlay_error *error;
};

struct call {
	struct session session;
	struct inlay_options options; /* With every default filled in. */
	struct origins origins;       /* Where they are from. */
	struct image_view view;
	struct tracking tracking;
	inlay_function *const *functions; /* What the image's calls mean. */
	uint32_t function_count;
	bool only_looks;           /* Applies nothing, and so waits for nobody. */
	bool only_records;         /* Runs nothing. */
	bool means_to_write;       /* It has tried the gate. */
	struct inlay_error *error; /* All of it may be filled in. */
	struct inlay_error
	        *older_error;         /* Of a caller with an older inlay.h, or NULL: gets what it */
	struct inlay_error own_error; /* has room for of this one, when the call ends. */
	struct cache_question question; /* Whether the database is up to date. */
	bool may_go_unchecked;          /* See options->allow_unchecked. */
	bool has_waited;                /* For others, at least once. */
	int64_t deadline_ms;            /* On clock_now_ms(); waiting for others ends here. */
	uint32_t retry_count;           /* How often the migration at work was tried again. */
};

/* Checks the request and opens the session.  Unless INLAY_OK there is nothing to close. */
enum inlay_result call_open(struct call *call, const struct request *request);

/* The same for a call that is about no set: call->view is empty. */
enum inlay_result call_open_without_set(struct call *call, const struct request *request);

/* call_open() of a call that asks whether the database is up to date and need not, when this
 * process remembers: then call->error->is_cached is set, the result is INLAY_OK, and there is
 * nothing to close either; nor where call->error->unchecked is set, as the connection is not
 * open. */
enum inlay_result call_open_or_recall(struct call *call, const struct request *request);

/* Behind call_open(), of a call that asks the same whatever is remembered. */
void call_remember(struct call *call);

/* The database may be another one now: nothing that this process remembers is true any more. */
void call_forget(struct call *call);

/* Has the application asked to stop?  Then call->error says so. */
bool call_is_cancelled(struct call *call);

/* Puts the connection back, remembers the answer, and returns the error's result, which is INLAY_OK
 * when the database could not be asked and the options allow that. */
enum inlay_result call_close(struct call *call);

/* Checks every entry of the image: needed before anything but its last chain is used. */
enum inlay_result call_check_image(struct call *call);

/* Finds the tracking tables and reads `rows`, which start out empty; an error, which begins with
 * `what` when the database is at fault, when they can not be read, are not ours or can not be.
 * Call tracking_rows_destroy() in any case. */
enum inlay_result call_look(struct call *call, struct tracking_rows *rows, const char *what);

/* Tells the application. */
void call_report(struct call *call, const struct inlay_event *event);

/* An event about `migration`, or about none when that is NULL; `label` holds its name. */
struct inlay_event call_event(const struct call *call, enum inlay_event_kind kind,
                              const struct inlay_image_migration *migration,
                              char label[INLAY_MIGRATION_SIZE_MAX]);

#endif
