/* many_postgres.c - many PostgreSQL databases or schemas: who calls only this links only that
 * driver. */
#include "connection_postgres.h"
#include "many.h"

static int prepare(const struct inlay_many *many, void *connection)
{
	return many->prepare_postgres != NULL ? many->prepare_postgres(many->context, connection)
	                                      : 0;
}

static const struct many_kind kind = {
	.driver = &driver_postgres,
	.name = connection_name_postgres,
	.describe = connection_describe_postgres,
	.prepare = prepare,
};

enum inlay_result ensure_migrated_all_postgres(struct inlay_many *many, const struct inlay_set *set,
                                               const struct inlay_options *options,
                                               struct inlay_error *error)
{
	struct many_request request = { &kind, many, set, options, error };

	return many_run(&request);
}
