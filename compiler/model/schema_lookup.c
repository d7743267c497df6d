/* schema_lookup.c - a hash table by FNV-1a. */
#include "schema_lookup.h"

static uint64_t hash_part(uint64_t hash, const char *part)
{
	for (; *part != '\0'; part++) {
		unsigned char byte = (unsigned char)*part;

		/* Names that are the same in one dialect or the other have the same hash. */
		hash ^= text_fold(byte);
		hash *= 0x100000001b3u;
	}
	return hash ^ '.';
}

static uint64_t hash_of(const struct schema_lookup *lookup, unsigned kind, struct name name)
{
	uint64_t hash = 0xcbf29ce484222325u ^ kind;

	hash = hash_part(hash,
	                 name.schema != NULL ? name.schema : name_default_schema(lookup->dialect));
	hash = hash_part(hash, name.name);
	return hash ^ hash >> 29;
}

/* The entry, or the free place where it would be. */
static struct lookup_entry *locate(const struct schema_lookup *lookup, unsigned kind,
                                   struct name name)
{
	size_t mask = lookup->capacity - 1;
	size_t at = (size_t)hash_of(lookup, kind, name) & mask;

	while (lookup->entries[at].name.name != NULL) {
		if (lookup->entries[at].kind == kind &&
		    name_equals(lookup->entries[at].name, name, lookup->dialect))
			break;
		at = (at + 1) & mask;
	}
	return &lookup->entries[at];
}

struct lookup_entry *lookup_find(const struct schema_lookup *lookup, unsigned kind,
                                 struct name name)
{
	struct lookup_entry *entry;

	if (lookup->capacity == 0 || name.name == NULL)
		return NULL;
	entry = locate(lookup, kind, name);
	return entry->name.name == NULL || entry->removed ? NULL : entry;
}

static void grow(struct schema_lookup *lookup)
{
	struct lookup_entry *old = lookup->entries;
	size_t old_capacity = lookup->capacity;
	size_t live = 0;
	size_t i;

	for (i = 0; i < old_capacity; i++)
		live += old[i].name.name != NULL && !old[i].removed;
	lookup->capacity = 64;
	while (lookup->capacity < live * 4)
		lookup->capacity *= 2;
	lookup->entries = arena_array(lookup->arena, struct lookup_entry, lookup->capacity);
	lookup->used = live;
	for (i = 0; i < old_capacity; i++)
		if (old[i].name.name != NULL && !old[i].removed)
			*locate(lookup, old[i].kind, old[i].name) = old[i];
}

struct lookup_entry *lookup_put(struct schema_lookup *lookup, unsigned kind, struct name name)
{
	struct lookup_entry *entry;

	if ((lookup->used + 1) * 2 > lookup->capacity)
		grow(lookup);
	entry = locate(lookup, kind, name);
	if (entry->name.name == NULL)
		lookup->used++;
	if (entry->name.name == NULL || entry->removed)
		*entry = (struct lookup_entry){ .kind = kind, .name = name };
	return entry;
}

void lookup_remove(struct schema_lookup *lookup, unsigned kind, struct name name)
{
	struct lookup_entry *entry = lookup_find(lookup, kind, name);

	if (entry != NULL)
		entry->removed = true;
}
