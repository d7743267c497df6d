/* many.h - one set for many databases, over any driver. */
#ifndef INLAY_MANY_RUN_H
#define INLAY_MANY_RUN_H

#include "names.h"
#include "driver.h"
#include "inlay_many.h"

/* What differs between the kinds of databases. */
struct many_kind {
	const struct driver *driver;

	/* Text that tells the database from others for as long as it lives, in every process, and
	 * holds no password; the caller frees it.  NULL when there is none: then it is not
	 * remembered. */
	char *(*name)(const char *database);

	/* For people, without any password. */
	void (*describe)(const char *database, char *buffer, size_t size);

	/* Calls the application's function, if there is one; 0 is success. */
	int (*prepare)(const struct inlay_many *many, void *connection);

	/* May several connections be used at a time?  NULL: they may. */
	bool (*is_threadsafe)(void);
};

/* What the caller handed in. */
struct many_request {
	const struct many_kind *kind;
	struct inlay_many *many;
	const struct inlay_set *set;
	const struct inlay_options *options;
	struct inlay_error *error;
};

enum inlay_result many_run(const struct many_request *request);

#endif
