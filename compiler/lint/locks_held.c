/* locks_held.c - the locks of each script, one list; and pairs of them, in a hash table. */
#include "locks_held.h"

#define BUCKET_COUNT 1024
#define HELD_MAX     64 /* Of one script; more would say nothing new. */

/* One script locked `first` and later `second`. */
struct pair {
	struct held_lock first;
	struct name second;
	struct pair *next; /* In its bucket. */
	bool is_told;
};

struct locks_held {
	struct arena *arena;
	const struct script *script; /* Whose locks are held. */
	struct held_lock *held;
	size_t held_count, held_capacity;
	bool stops_writes; /* So does this script, with or without a transaction. */
	struct pair *buckets[BUCKET_COUNT];
	const struct script *told; /* The last one of which an opposite order was told. */
};

struct locks_held *locks_held_create(struct arena *arena)
{
	struct locks_held *locks = arena_array(arena, struct locks_held, 1);

	locks->arena = arena;
	return locks;
}

/* ---- this script ----------------------------------------------------------------------------- */

/* A table that may have rows; a view or materialized view that is not this set's own news. */
static bool is_in_use(const struct lint *lint, struct name name)
{
	const struct schema_object *object = schema_object(lint->schema, OBJECT_VIEW, name);

	if (object == NULL)
		object = schema_object(lint->schema, OBJECT_MATERIALIZED_VIEW, name);
	if (object != NULL)
		return object->origin.released;
	return lint_may_have_rows(lint, name);
}

static size_t locks_in_use(const struct lint *lint, enum lock_mode least,
                           struct lock locks[LOCK_COUNT_MAX])
{
	size_t count = locks_of(lint->schema, lint->ddl, locks);
	size_t i, kept = 0;

	for (i = 0; i < count; i++)
		if (locks[i].mode >= least && is_in_use(lint, locks[i].table))
			locks[kept++] = locks[i];
	return kept;
}

size_t locks_held_wanted(const struct lint *lint, struct lock locks[LOCK_COUNT_MAX])
{
	return locks_in_use(lint, LOCK_ACCESS_EXCLUSIVE, locks);
}

bool locks_held_stop_writes(const struct lint *lint)
{
	return lint->locks->script == lint->script && lint->locks->stops_writes;
}

size_t locks_held_here(const struct lint *lint, const struct held_lock **held)
{
	const struct locks_held *locks = lint->locks;

	*held = locks->held;
	return locks->script == lint->script ? locks->held_count : 0;
}

static bool is_held(const struct locks_held *locks, struct name table)
{
	size_t i;

	for (i = 0; i < locks->held_count; i++)
		if (name_equals(locks->held[i].table, table, DIALECT_POSTGRES))
			return true;
	return false;
}

/* ---- all scripts ----------------------------------------------------------------------------- */

static size_t bucket_of(struct name first, struct name second)
{
	size_t hash = 5381;
	const char *at;

	for (at = first.name; *at != '\0'; at++)
		hash = hash * 33 + (unsigned char)*at;
	for (at = second.name; *at != '\0'; at++)
		hash = hash * 33 + (unsigned char)*at;
	return hash % BUCKET_COUNT;
}

static struct pair *find_pair(const struct locks_held *locks, struct name first, struct name second)
{
	struct pair *pair = locks->buckets[bucket_of(first, second)];

	while (pair != NULL && !(name_equals(pair->first.table, first, DIALECT_POSTGRES) &&
	                         name_equals(pair->second, second, DIALECT_POSTGRES)))
		pair = pair->next;
	return pair;
}

static void note_pair(struct locks_held *locks, const struct held_lock *first, struct name second)
{
	size_t bucket = bucket_of(first->table, second);
	struct pair *pair;

	if (find_pair(locks, first->table, second) != NULL)
		return;
	pair = arena_array(locks->arena, struct pair, 1);
	*pair = (struct pair){ *first, second, locks->buckets[bucket], false };
	locks->buckets[bucket] = pair;
}

const struct held_lock *locks_held_opposite(const struct lint *lint, struct name first,
                                            struct name second)
{
	struct locks_held *locks = lint->locks;
	struct pair *pair = find_pair(locks, second, first);

	if (pair == NULL || pair->is_told || pair->first.migration == lint->migration ||
	    locks->told == lint->script)
		return NULL;
	pair->is_told = true;
	locks->told = lint->script;
	return &pair->first;
}

/* Locks of one statement are in no order; only what was held before it is. */
void locks_held_note(struct lint *lint)
{
	struct locks_held *locks = lint->locks;
	struct lock wanted[LOCK_COUNT_MAX];
	size_t count, before, i, j;

	if (lint->dialect != DIALECT_POSTGRES)
		return;
	if (locks->script != lint->script) {
		locks->held_count = 0;
		locks->stops_writes = false;
	}
	locks->script = lint->script;
	count = locks_in_use(lint, LOCK_SHARE, wanted);
	locks->stops_writes |= count > 0;
	if (lint->script->no_transaction)
		return;
	before = locks->held_count;
	for (i = 0; i < count; i++) {
		struct held_lock *held;

		if (wanted[i].mode < LOCK_ACCESS_EXCLUSIVE || locks->held_count == HELD_MAX ||
		    is_held(locks, wanted[i].table))
			continue;
		for (j = 0; j < before; j++)
			note_pair(locks, &locks->held[j], wanted[i].table);
		locks->held = arena_grow(locks->arena, locks->held, locks->held_count,
		                         &locks->held_capacity, sizeof(*locks->held));
		held = &locks->held[locks->held_count++];
		*held = (struct held_lock){ wanted[i].table, lint->migration, lint->ddl };
	}
}
