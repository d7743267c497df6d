/* postgres.c - the public functions for PostgreSQL: who calls only these links only that driver. */
#include "baseline.h"
#include "driver.h"
#include "ensure.h"
#include "examine.h"
#include "repair.h"
#include "rollback.h"
#include "status.h"

enum inlay_result ensure_migrated_postgres(struct pg_conn *connection, const struct inlay_set *set,
                                           const struct inlay_options *options,
                                           struct inlay_error *error)
{
	struct request request = { &driver_postgres, connection, set, options, error };

	return ensure_run(&request);
}

enum inlay_result inlay_check_postgres(struct pg_conn *connection, const struct inlay_set *set,
                                       const struct inlay_options *options,
                                       struct inlay_error *error)
{
	struct request request = { &driver_postgres, connection, set, options, error };

	return check_run(&request);
}

enum inlay_result inlay_rollback_postgres(struct pg_conn *connection, const struct inlay_set *set,
                                          const struct inlay_rollback_scope *scope,
                                          const struct inlay_options *options,
                                          struct inlay_error *error)
{
	struct request request = { &driver_postgres, connection, set, options, error };

	return rollback_run(&request, scope);
}

enum inlay_result inlay_baseline_postgres(struct pg_conn *connection, const struct inlay_set *set,
                                          const struct inlay_baseline_scope *scope,
                                          const struct inlay_options *options,
                                          struct inlay_error *error)
{
	struct request request = { &driver_postgres, connection, set, options, error };

	return baseline_run(&request, scope);
}

enum inlay_result inlay_status_postgres(struct pg_conn *connection, const struct inlay_set *set,
                                        const struct inlay_options *options,
                                        void (*each)(void *context,
                                                     const struct inlay_migration_status *row),
                                        void *context, struct inlay_error *error)
{
	struct request request = { &driver_postgres, connection, set, options, error };

	return status_run(&request, each, context);
}

enum inlay_result
inlay_history_postgres(struct pg_conn *connection, const struct inlay_options *options,
                       void (*each)(void *context, const struct inlay_history_entry *entry),
                       void *context, struct inlay_error *error)
{
	struct request request = { &driver_postgres, connection, NULL, options, error };

	return history_run(&request, each, context);
}

enum inlay_result inlay_examine_postgres(struct pg_conn *connection, const struct inlay_set *set,
                                         const struct inlay_options *options,
                                         void (*each)(void *context,
                                                      const struct inlay_finding *finding),
                                         void *context, struct inlay_error *error)
{
	struct request request = { &driver_postgres, connection, set, options, error };

	return examine_run(&request, each, context);
}

enum inlay_result inlay_repair_postgres(struct pg_conn *connection, const struct inlay_set *set,
                                        const struct inlay_repair_scope *scope,
                                        const struct inlay_options *options,
                                        struct inlay_error *error)
{
	struct request request = { &driver_postgres, connection, set, options, error };

	return repair_run(&request, scope);
}
