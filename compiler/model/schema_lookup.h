/* schema_lookup.h - objects of the model by kind and name, in constant time. */
#ifndef INLAY_SCHEMA_LOOKUP_H
#define INLAY_SCHEMA_LOOKUP_H

#include "schema.h"

/* A kind of its own: tables that some foreign key or partition names. */
#define LOOKUP_REFERENCED 100u

struct lookup_entry {
	unsigned kind; /* enum ddl_object, or LOOKUP_REFERENCED. */
	struct name name;
	bool removed;
	size_t index;      /* Among tables or objects. */
	struct name table; /* Of an index or a trigger. */
};

/* Open addressing; entries that are removed stay until it grows. */
struct schema_lookup {
	struct arena *arena;
	enum dialect dialect;
	struct lookup_entry *entries;
	size_t capacity; /* A power of two, or 0. */
	size_t used;
	size_t temporary_count; /* Tables. */
	bool has_view_triggers; /* There has been one. */
	bool has_tables;        /* Before this statement there was one. */
	const struct migration *migration;
};

/* NULL when there is none. */
struct lookup_entry *lookup_find(const struct schema_lookup *lookup, unsigned kind,
                                 struct name name);

/* The entry, made if there is none. */
struct lookup_entry *lookup_put(struct schema_lookup *lookup, unsigned kind, struct name name);

void lookup_remove(struct schema_lookup *lookup, unsigned kind, struct name name);

#endif
