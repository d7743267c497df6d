/*
 * cache.h - which databases this process has found up to date, and when; knows no database.
 *
 * A question is what one call wants to know.  Either cache_knows() answers it, or the call asks the
 * database between cache_knows() and cache_end().  Only "up to date" is ever remembered.
 *
 * An answer belongs to a generation.  cache_invalidate() begins the next one, and answers of the
 * ones before are not believed any more; so a check that began before and ends after it leaves
 * nothing behind.  Within a generation an answer is believed as long as its reader likes.  Where it
 * is older, one reader refreshes it: it asks, and the others go on with what was known until it is
 * done or CACHE_REFRESH_MS are over, as its thread may hang or be gone.
 *
 * All functions may be called from several threads at once, with questions of their own.  The time
 * is handed in, in milliseconds on one clock that goes by itself; 0 and less do not occur.
 */
#ifndef INLAY_CACHE_H
#define INLAY_CACHE_H

#include "names.h"
#include "driver.h"

/* For so long nobody else refreshes an answer; and by so much a time may be before the answer's and
 * still belong to it, since threads read the clock before they look. */
#define CACHE_REFRESH_MS 10000

#define CACHE_TEXT_COUNT_MAX (DRIVER_IDENTITY_COUNT_MAX + 2)

/* What makes two questions the same one.  All of it is compared. */
struct cache_key {
	const struct inlay_image *image; /* With its digest: memory may be used again. */
	const char *texts[CACHE_TEXT_COUNT_MAX];
	uint32_t text_count; /* 0: what it is about can not be told, so nothing is remembered. */
	int64_t to_version;  /* Where the set ends. */
	uint32_t policy;     /* What else the answer depends on, as bits. */
};

enum cache_course {
	CACHE_UNUSED, /* Nothing is looked up, counted or remembered. */
	CACHE_HIT,
	CACHE_MISS,
	CACHE_REFRESH,
	CACHE_OVERFLOW, /* Counted, and not remembered. */
	CACHE_PROBE     /* Asked whatever is known: remembered, and not counted. */
};

struct cache_slot;

/* The caller fills in the first four. */
struct cache_question {
	struct cache_key key;
	uint32_t ttl_ms;         /* Older answers are not believed. */
	uint32_t slot_count_max; /* No new slot when so many are in use. */
	int64_t asked_ms;        /* When the question was asked: now. */
	enum cache_course course;
	struct cache_slot *slot; /* Where the answer belongs, or NULL. */
	uint64_t generation;
	int64_t claimed_until_ms; /* Of a refresh; otherwise 0. */
};

/* Is the answer "up to date"?  When not, the caller asks the database, and calls cache_end().  The
 * key's texts are needed until this returns. */
bool cache_knows(struct cache_question *question);

/* The caller asks the database in any case, and calls cache_end(). */
void cache_ask(struct cache_question *question);

/* What the database said.  INLAY_OK is remembered; a result that says that the database is
 * otherwise makes the process forget; where it did not answer, what was known stays. */
void cache_end(struct cache_question *question, enum inlay_result result);

/* Somebody may have changed a database: forgets all answers.  `own`, or NULL, is the question of
 * the call that did it: its answer may be remembered unless others changed something, too. */
void cache_invalidate(struct cache_question *own, int64_t now_ms);

#endif
