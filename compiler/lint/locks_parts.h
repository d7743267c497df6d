/* locks_parts.h - the parts of locks.c; nobody else includes it. */
#ifndef INLAY_LOCKS_PARTS_H
#define INLAY_LOCKS_PARTS_H

#include "locks.h"

/* The answer being put together. */
struct lock_list {
	const struct schema *schema;
	struct lock *items;
	size_t count;
};

/* Adds a lock, or makes the one that is there stronger; NULL when there is no room for it. */
struct lock *lock_list_add(struct lock_list *list, struct name table, enum lock_mode mode);

/* The same, on the table and, if it is partitioned, on all below it, of which only those that are
 * not partitioned have rows to be written anew or read. */
void lock_list_add_tree(struct lock_list *list, struct lock lock);

/* The tables on the other side of the table's foreign keys: of those that it has itself, all, or
 * those with `column`; and of those that point to it, the same of their targets. */
void lock_list_add_referenced(struct lock_list *list, const struct schema_table *table,
                              const char *column, enum lock_mode mode);
void lock_list_add_referencing(struct lock_list *list, const struct schema_table *table,
                               const char *column, enum lock_mode mode);

/* The default partition of `parent`: it is read where its rows could belong to a new one. */
void lock_list_add_default(struct lock_list *list, struct name parent, bool scans);

/* locks_alter.c */
void locks_of_alter_table(struct lock_list *list, const struct ddl *ddl);
void locks_of_alter_domain(struct lock_list *list, const struct ddl *ddl);

#endif
