/* many_sqlite.c - many SQLite files: who calls only this links only that driver. */
#include "connection_sqlite.h"
#include "format.h"
#include "many.h"

#include <stdlib.h>
#include <string.h>

/* A URI without what follows its path: that may hold a key. */
static void describe(const char *database, char *buffer, size_t size)
{
	size_t length = strlen(database);

	if (strncmp(database, "file:", 5) == 0)
		length = strcspn(database, "?#");
	format_into(buffer, size, "%.*s", (int)length, database);
}

static int prepare(const struct inlay_many *many, void *connection)
{
	return many->prepare_sqlite != NULL ? many->prepare_sqlite(many->context, connection) : 0;
}

static const struct many_kind kind = {
	.driver = &driver_sqlite,
	.name = connection_name_sqlite,
	.describe = describe,
	.prepare = prepare,
	.is_threadsafe = connection_is_threadsafe_sqlite,
};

enum inlay_result ensure_migrated_all_sqlite(struct inlay_many *many, const struct inlay_set *set,
                                             const struct inlay_options *options,
                                             struct inlay_error *error)
{
	struct many_request request = { &kind, many, set, options, error };

	return many_run(&request);
}
