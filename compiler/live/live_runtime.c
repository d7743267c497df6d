/* live_runtime.c - the runtime's functions, by the kind of database. */
#include "live.h"

enum inlay_result live_ensure(struct live *live, const struct inlay_set *set,
                              struct inlay_error *error)
{
	if (live->sqlite != NULL)
		return ensure_migrated(live->sqlite, set, &live->settings, error);
	return ensure_migrated(live->postgres, set, &live->settings, error);
}

enum inlay_result live_check(struct live *live, const struct inlay_set *set,
                             struct inlay_error *error)
{
	if (live->sqlite != NULL)
		return inlay_check(live->sqlite, set, &live->settings, error);
	return inlay_check(live->postgres, set, &live->settings, error);
}

enum inlay_result live_rollback(struct live *live, const struct inlay_set *set,
                                const struct inlay_rollback_scope *scope, struct inlay_error *error)
{
	if (live->sqlite != NULL)
		return inlay_rollback(live->sqlite, set, scope, &live->settings, error);
	return inlay_rollback(live->postgres, set, scope, &live->settings, error);
}

enum inlay_result live_baseline(struct live *live, const struct inlay_set *set,
                                const struct inlay_baseline_scope *scope, struct inlay_error *error)
{
	if (live->sqlite != NULL)
		return inlay_baseline(live->sqlite, set, scope, &live->settings, error);
	return inlay_baseline(live->postgres, set, scope, &live->settings, error);
}

enum inlay_result live_status(struct live *live, const struct inlay_set *set,
                              void (*each)(void *context, const struct inlay_migration_status *row),
                              void *context, struct inlay_error *error)
{
	if (live->sqlite != NULL)
		return inlay_status(live->sqlite, set, &live->settings, each, context, error);
	return inlay_status(live->postgres, set, &live->settings, each, context, error);
}

enum inlay_result live_history(struct live *live,
                               void (*each)(void *context, const struct inlay_history_entry *entry),
                               void *context, struct inlay_error *error)
{
	if (live->sqlite != NULL)
		return inlay_history(live->sqlite, &live->settings, each, context, error);
	return inlay_history(live->postgres, &live->settings, each, context, error);
}

enum inlay_result live_examine(struct live *live, const struct inlay_set *set,
                               void (*each)(void *context, const struct inlay_finding *finding),
                               void *context, struct inlay_error *error)
{
	if (live->sqlite != NULL)
		return inlay_examine(live->sqlite, set, &live->settings, each, context, error);
	return inlay_examine(live->postgres, set, &live->settings, each, context, error);
}

enum inlay_result live_repair(struct live *live, const struct inlay_set *set,
                              const struct inlay_repair_scope *scope, struct inlay_error *error)
{
	if (live->sqlite != NULL)
		return inlay_repair(live->sqlite, set, scope, &live->settings, error);
	return inlay_repair(live->postgres, set, scope, &live->settings, error);
}
