/* cache.c - the only state that outlives a call: a fixed table of slots that are never freed.
 *
 * A slot's key is complete before the table points to it and never changes, so reading it takes no
 * lock.  What changes are three numbers. */
#include "cache.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define TABLE_SIZE  8192 /* A power of two, twice as many as there may be slots. */
#define SHARD_COUNT 16
#define CACHE_LINE  64
#define FORGOTTEN   0 /* No generation: they begin with 1. */
#define HASH_FACTOR 0x9e3779b97f4a7c15u

_Static_assert(TABLE_SIZE >= 2 * INLAY_CACHE_SLOT_COUNT_MAX, "probing must find a free place");

struct cache_slot {
	/* The answer.  Whoever reads its generation sees a time that is no older. */
	_Atomic uint64_t generation;
	_Atomic int64_t answered_ms;
	_Atomic int64_t refreshed_until_ms; /* Somebody asks again, until then at most; or 0. */
	/* The key. */
	uint64_t hash;
	const struct inlay_image *image;
	struct inlay_digest digest;
	int64_t to_version;
	uint32_t policy;
	uint32_t text_count;
	uint32_t text_sizes[CACHE_TEXT_COUNT_MAX]; /* With their NUL. */
	char texts[];
};

static _Atomic(struct cache_slot *) table[TABLE_SIZE];
static _Atomic uint32_t slot_count;
static _Atomic uint64_t generation = FORGOTTEN + 1;

/* The slot that this thread found last: most threads ask about one database. */
static _Thread_local struct cache_slot *last_slot;

/* --- Counters: each thread counts in one of several places, so that they do not share one --- */

enum counter {
	HITS,
	STALE_HITS,
	MISSES,
	REFRESHES,
	FAILURES,
	OVERFLOWS,
	COUNTER_COUNT
};

static struct shard {
	_Alignas(CACHE_LINE) _Atomic uint64_t counts[COUNTER_COUNT];
} shards[SHARD_COUNT];

static _Atomic uint32_t thread_count;
static _Thread_local struct shard *shard;

static void count(enum counter counter)
{
	if (shard == NULL)
		shard = &shards[atomic_fetch_add(&thread_count, 1) % SHARD_COUNT];
	(void)atomic_fetch_add_explicit(&shard->counts[counter], 1, memory_order_relaxed);
}

static uint64_t sum(enum counter counter)
{
	uint64_t total = 0;

	for (size_t i = 0; i < SHARD_COUNT; i++)
		total += atomic_load_explicit(&shards[i].counts[counter], memory_order_relaxed);
	return total;
}

/* --- Slots --- */

static uint64_t mix(uint64_t hash, uint64_t word)
{
	hash = (hash ^ word) * HASH_FACTOR;
	return hash ^ (hash >> 29);
}

/* Which slots to look at; keys are compared whole. */
static uint64_t hash_key(const struct cache_key *key)
{
	uint64_t hash = mix(key->policy, (uint64_t)(uintptr_t)key->image);

	hash = mix(hash, (uint64_t)key->to_version);

	for (uint32_t i = 0; i < key->text_count; i++) {
		const char *text = key->texts[i];
		size_t size = strlen(text);
		uint64_t word;

		for (; size >= sizeof(word); text += sizeof(word), size -= sizeof(word)) {
			memcpy(&word, text, sizeof(word));
			hash = mix(hash, word);
		}
		word = size;
		for (; size > 0; size--)
			word = word << 8 | (unsigned char)*text++;
		hash = mix(hash, word);
	}
	return hash;
}

static bool is_about(const struct cache_slot *slot, const struct cache_key *key)
{
	const char *text = slot->texts;

	if (slot->image != key->image || slot->policy != key->policy ||
	    slot->to_version != key->to_version || slot->text_count != key->text_count ||
	    memcmp(&slot->digest, &key->image->digest, sizeof(slot->digest)) != 0)
		return false;
	for (uint32_t i = 0; i < key->text_count; i++) {
		if (strcmp(text, key->texts[i]) != 0)
			return false;
		text += slot->text_sizes[i];
	}
	return true;
}

/* The key's slot, or NULL and the first free place on its way. */
static struct cache_slot *find_from(const struct cache_key *key, uint64_t hash, size_t *place)
{
	for (size_t i = (size_t)hash % TABLE_SIZE;; i = (i + 1) % TABLE_SIZE) {
		struct cache_slot *slot = atomic_load_explicit(&table[i], memory_order_acquire);

		if (slot == NULL || (slot->hash == hash && is_about(slot, key))) {
			*place = i;
			return slot;
		}
	}
}

static struct cache_slot *create_slot(const struct cache_key *key, uint64_t hash)
{
	struct cache_slot *slot;
	uint32_t text_sizes[CACHE_TEXT_COUNT_MAX] = { 0 };
	size_t size = 0;
	char *next;

	for (uint32_t i = 0; i < key->text_count; i++) {
		text_sizes[i] = (uint32_t)strlen(key->texts[i]) + 1;
		size += text_sizes[i];
	}
	slot = calloc(1, sizeof(*slot) + size);
	if (slot == NULL)
		return NULL;
	slot->hash = hash;
	slot->image = key->image;
	slot->digest = key->image->digest;
	slot->policy = key->policy;
	slot->to_version = key->to_version;
	slot->text_count = key->text_count;
	memcpy(slot->text_sizes, text_sizes, sizeof(text_sizes));
	next = slot->texts;
	for (uint32_t i = 0; i < key->text_count; i++) {
		memcpy(next, key->texts[i], text_sizes[i]);
		next += text_sizes[i];
	}
	return slot;
}

/* One more slot may be in use, unless that are too many. */
static bool reserve_slot(uint32_t count_max)
{
	uint32_t used = atomic_load_explicit(&slot_count, memory_order_relaxed);

	while (used < count_max)
		if (atomic_compare_exchange_weak(&slot_count, &used, used + 1))
			return true;
	return false;
}

/* Puts `made` where the key belongs, and returns the slot that is there then: perhaps the one of
 * somebody who was faster. */
static struct cache_slot *insert(const struct cache_key *key, struct cache_slot *made)
{
	for (;;) {
		size_t place;
		struct cache_slot *found = find_from(key, made->hash, &place);

		if (found != NULL)
			return found;
		if (atomic_compare_exchange_strong_explicit(&table[place], &found, made,
		                                            memory_order_acq_rel,
		                                            memory_order_acquire))
			return made;
	}
}

/* A new slot for the key; NULL when there is no room. */
static struct cache_slot *add_slot(const struct cache_key *key, uint64_t hash, uint32_t count_max)
{
	struct cache_slot *made;
	struct cache_slot *slot;

	if (!reserve_slot(count_max))
		return NULL;
	made = create_slot(key, hash);
	slot = made != NULL ? insert(key, made) : NULL;
	if (slot == NULL || slot != made) {
		free(made);
		(void)atomic_fetch_sub(&slot_count, 1);
	}
	return slot;
}

/* The key's slot; NULL when there is none and no room for one. */
static struct cache_slot *find_or_add(const struct cache_key *key, uint32_t count_max)
{
	struct cache_slot *slot;
	uint64_t hash;
	size_t place;

	if (last_slot != NULL && is_about(last_slot, key))
		return last_slot;
	hash = hash_key(key);
	slot = find_from(key, hash, &place);
	if (slot == NULL)
		slot = add_slot(key, hash, count_max);
	if (slot != NULL)
		last_slot = slot;
	return slot;
}

/* --- Answers --- */

static bool is_believed(const struct cache_question *question)
{
	int64_t answered_ms =
	        atomic_load_explicit(&question->slot->answered_ms, memory_order_relaxed);
	int64_t age_ms = question->asked_ms - answered_ms;

	return age_ms > -CACHE_REFRESH_MS && age_ms < (int64_t)question->ttl_ms;
}

/* Gives up the right to refresh, unless it has passed to somebody else. */
static void release(struct cache_question *question)
{
	int64_t claimed_until_ms = question->claimed_until_ms;

	if (claimed_until_ms != 0)
		(void)atomic_compare_exchange_strong(&question->slot->refreshed_until_ms,
		                                     &claimed_until_ms, 0);
	question->claimed_until_ms = 0;
}

/* The answer is too old: is it up to this caller to ask again? */
static bool claim(struct cache_question *question)
{
	_Atomic int64_t *refreshed_until_ms = &question->slot->refreshed_until_ms;
	int64_t until_ms = atomic_load_explicit(refreshed_until_ms, memory_order_relaxed);
	int64_t left_ms = until_ms - question->asked_ms;

	if (left_ms > 0 && left_ms <= CACHE_REFRESH_MS)
		return false;
	if (!atomic_compare_exchange_strong(refreshed_until_ms, &until_ms,
	                                    question->asked_ms + CACHE_REFRESH_MS))
		return false;
	question->claimed_until_ms = question->asked_ms + CACHE_REFRESH_MS;
	return true;
}

static enum cache_course look_up(struct cache_question *question)
{
	struct cache_slot *slot = question->slot;

	if (slot == NULL)
		return CACHE_OVERFLOW;
	if (atomic_load_explicit(&slot->generation, memory_order_acquire) != question->generation)
		return CACHE_MISS;
	if (is_believed(question))
		return CACHE_HIT;
	if (!claim(question)) {
		count(STALE_HITS);
		return CACHE_HIT;
	}
	if (!is_believed(question)) /* It was not refreshed between the two looks. */
		return CACHE_REFRESH;
	release(question);
	return CACHE_HIT;
}

static void begin(struct cache_question *question)
{
	question->claimed_until_ms = 0;
	question->generation = atomic_load_explicit(&generation, memory_order_acquire);
	question->slot = question->key.text_count > 0
	                         ? find_or_add(&question->key, question->slot_count_max)
	                         : NULL;
}

bool cache_knows(struct cache_question *question)
{
	static const enum counter counters[] = {
		[CACHE_HIT] = HITS,
		[CACHE_MISS] = MISSES,
		[CACHE_REFRESH] = REFRESHES,
		[CACHE_OVERFLOW] = OVERFLOWS,
	};

	begin(question);
	question->course = look_up(question);
	count(counters[question->course]);
	return question->course == CACHE_HIT;
}

void cache_ask(struct cache_question *question)
{
	begin(question);
	question->course = question->slot != NULL ? CACHE_PROBE : CACHE_UNUSED;
}

/* The time first: whoever sees the generation must not see an older time. */
static void remember(const struct cache_question *question)
{
	struct cache_slot *slot = question->slot;

	if (atomic_load_explicit(&generation, memory_order_acquire) != question->generation)
		return;
	atomic_store_explicit(&slot->answered_ms, question->asked_ms, memory_order_relaxed);
	atomic_store_explicit(&slot->generation, question->generation, memory_order_release);
}

/* Does the database say that it is otherwise?  Or did it say nothing? */
static bool is_answer(enum inlay_result result)
{
	return result != INLAY_UNREACHABLE && result != INLAY_LOCKED && result != INLAY_NO_MEMORY &&
	       result != INLAY_MISUSE;
}

void cache_end(struct cache_question *question, enum inlay_result result)
{
	bool is_counted = question->course == CACHE_MISS || question->course == CACHE_REFRESH;

	if (!is_counted && question->course != CACHE_PROBE)
		return;
	if (is_counted && result != INLAY_OK)
		count(FAILURES);
	if (result == INLAY_OK)
		remember(question);
	else if (is_answer(result))
		atomic_store_explicit(&question->slot->generation, FORGOTTEN, memory_order_release);
	release(question);
	question->course = CACHE_UNUSED;
}

void cache_invalidate(struct cache_question *own, int64_t now_ms)
{
	if (own != NULL &&
	    atomic_compare_exchange_strong(&generation, &(uint64_t){ own->generation },
	                                   own->generation + 1)) {
		own->generation++;
		own->asked_ms = now_ms;
	} else {
		(void)atomic_fetch_add(&generation, 1);
	}
}

/* --- The public functions --- */

void inlay_cache_forget(void)
{
	cache_invalidate(NULL, 0);
}

/* A program that was compiled with another inlay.h has a struct of another size. */
void inlay_cache_read(struct inlay_cache_statistics *statistics)
{
	struct inlay_cache_statistics found = inlay_cache_statistics_init();

	if (statistics == NULL)
		return;
	found.hit_count = sum(HITS);
	found.stale_hit_count = sum(STALE_HITS);
	found.miss_count = sum(MISSES);
	found.refresh_count = sum(REFRESHES);
	found.failure_count = sum(FAILURES);
	found.overflow_count = sum(OVERFLOWS);
	found.slot_count = atomic_load_explicit(&slot_count, memory_order_relaxed);
	found.size = statistics->size;
	if (found.size >= sizeof(found.size))
		memcpy(statistics, &found, found.size < sizeof(found) ? found.size : sizeof(found));
}
