/* list.h - which tenants there are.  A program of yours asks its own directory of customers. */
#ifndef LIST_H
#define LIST_H

#include <inlay_many.h>

/* Begins as { NULL, 0 }. */
struct list {
	struct inlay_target *targets;
	size_t count;
};

/* Every file of the directory that ends in ".db", by name.  0, with a message on stderr, when that
 * can not be told. */
int list_files(struct list *list, const char *directory);

/* Every schema of that database whose name fits the pattern ("tenant_*"), by name.  The targets
 * point to `url`, which has to stay. */
int list_schemas(struct list *list, const char *url, const char *pattern);

void list_free(struct list *list);

#endif
