/* scratch.c - the options of scratch databases, which nothing in the environment changes. */
#include "scratch.h"

#include "arguments.h"

#define LOCK_TIMEOUT_MS 60000

const char *scratch_take_options(struct inlay_options *taken, const struct inlay_options *given,
                                 enum inlay_dialect dialect)
{
	struct inlay_options all;
	const char *problem = arguments_take_options(&all, given);

	*taken = inlay_options_init();
	taken->lock_timeout_ms = LOCK_TIMEOUT_MS;
	taken->auto_migrate = 1;
	taken->dry_run = 0;
	taken->cache_ttl_ms = 0;
	taken->rollout_percent = 100;
	if (problem == NULL)
		problem = arguments_check_names(&all, dialect);
	if (problem != NULL)
		return problem;
	taken->table = all.table;
	taken->schema = all.schema;
	taken->on_event = all.on_event;
	taken->context = all.context;
	taken->call_context = all.call_context;
	return NULL;
}

const char *scratch_check_set(const struct inlay_set *set, enum inlay_dialect dialect)
{
	struct image_view view;

	return arguments_take_set(set, dialect, &view);
}
