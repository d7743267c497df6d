/* progress.h - what up, down and redo tell while the runtime is at work, and how it went. */
#ifndef INLAY_PROGRESS_H
#define INLAY_PROGRESS_H

#include "live.h"
#include "watch.h"

#include <pthread.h>

#define PROGRESS_TEXT_SIZE 512

/* A migration that was applied or rolled back. */
struct progress_done {
	int64_t version; /* -1: a repeatable one. */
	const char *migration;
	const char *file;
	int64_t duration_ms;
	bool is_down;
};

/* When a migration began, and its last statement so far was through, by our clock. */
struct progress_time {
	int64_t began_ms;
	int64_t ended_ms;
};

/* What the last line of a terminal shows. */
struct progress_line {
	enum {
		PROGRESS_NOTHING,
		PROGRESS_AT_WORK,
		PROGRESS_WAITING
	} what;
	char migration[INLAY_MIGRATION_SIZE_MAX];
	char holder[PROGRESS_TEXT_SIZE];
	int64_t began_ms;
	uint32_t statement, statement_count;
	uint32_t index, count;
	bool is_down;
	bool is_stopping;
	bool is_shown;
	bool is_over; /* The call has returned: a signal still on its way changes nothing. */
};

/* Begin with progress_init(); end with progress_clear(). */
struct progress {
	struct live *live;
	bool is_quiet;   /* --quiet: nothing. */
	bool is_json;    /* Nothing on standard output. */
	bool is_verbose; /* Each statement. */
	bool is_live;    /* Standard error is a terminal, whose last line is ours. */
	bool has_color;  /* Standard output takes them. */
	int64_t began_ms;
	struct progress_done *done;
	size_t done_count;
	size_t capacity;
	/* SQLite: of migrations that share a COMMIT the runtime tells when that is through. */
	struct progress_time *times; /* By the event's index. */
	size_t time_count;
	size_t time_capacity;
	struct watch_listener listener; /* For watch_start(). */
	pthread_mutex_t lock;           /* Of what is below. */
	struct progress_line line;
};

void progress_init(struct progress *progress, struct live *live, const struct options *options);
void progress_clear(struct progress *progress);

/* For inlay_options.on_event. */
void progress_event(void *progress, const struct inlay_event *event);

/* Is it shown how far a migration is?  Then inlay_options.prompt_events is to be set. */
bool progress_wants_statements(const struct progress *progress);

/* Takes the last line away, for whoever writes something else. */
void progress_hide(struct progress *progress);

/* "3 migrations applied in 45 ms" on standard output. */
void progress_tell_totals(const struct progress *progress);

/* Milliseconds since progress_init(). */
int64_t progress_elapsed_ms(const struct progress *progress);

#endif
