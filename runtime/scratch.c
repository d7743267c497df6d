/* scratch.c - the options of scratch databases: what a test needs, and nothing of the environment. */
#include "scratch.h"

#include "image.h"

#include <string.h>

#define OPTIONS_SIZE_MIN offsetof(struct inlay_options, statement_lock_timeout_ms) /* 0.1.0 */
#define OPTIONS_SIZE_MAX 4096
#define LOCK_TIMEOUT_MS  60000

const char *scratch_take_options(struct inlay_options *taken, const struct inlay_options *given)
{
	struct inlay_options all = inlay_options_init();

	*taken = inlay_options_init();
	taken->lock_timeout_ms = LOCK_TIMEOUT_MS;
	taken->auto_migrate = 1;
	taken->dry_run = 0;
	taken->cache_ttl_ms = 0;
	taken->rollout_percent = 100;
	if (given == NULL)
		return NULL;
	if (given->size < OPTIONS_SIZE_MIN || given->size > OPTIONS_SIZE_MAX)
		return "options->size is not set: begin with inlay_options_init()";
	memcpy(&all, given, given->size < sizeof(all) ? given->size : sizeof(all));
	taken->table = all.table;
	taken->schema = all.schema;
	taken->on_event = all.on_event;
	taken->context = all.context;
	taken->call_context = all.call_context;
	return taken->table != NULL ? NULL
	                            : "options->table is NULL: begin with inlay_options_init()";
}

const char *scratch_check_set(const struct inlay_set *set, enum inlay_dialect dialect)
{
	struct image_view view;

	if (set == NULL || set->image == NULL)
		return "there is no set";
	if (set->abi != INLAY_ABI)
		return "the set was generated for another inlay.h: run `inlay compile` of this "
		       "release again";
	return image_check_header(set->image, set->image->size, dialect, &view);
}
