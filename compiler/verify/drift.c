/* drift.c - the comparison: scratch database, two catalogs, what counts. */
#include "drift.h"

#include "scope.h"
#include "scratch.h"
#include "set_view.h"

#include <libpq-fe.h>

static enum drift_result unknown(struct drift *drift, const char *why_not, const char *help)
{
	drift->why_not = why_not;
	drift->help = help;
	return DRIFT_UNKNOWN;
}

/* --- What the set makes --- */

/* What stands in the way of applying it, that can be known before. */
static enum drift_result refuse_calls(const struct live *live, const struct live_set *set,
                                      int64_t to_version, struct drift *drift)
{
	struct set_view view = set_view_of(&set->set, live->address.dialect);
	const struct inlay_image_migration *call = set_view_call(&view, to_version);

	if (call == NULL)
		return DRIFT_NONE;
	return unknown(drift,
	               arena_format(live->arena,
	                            "%s calls a function of the application, which is not here",
	                            set_view_file(&view, call)),
	               NULL);
}

/* The last migration up to there.  Without any there is nothing to apply. */
static const char *apply(struct scratch *scratch, const struct live_set *set, int64_t to_version)
{
	struct set_view view = set_view_of(&set->set, scratch->live.address.dialect);
	int64_t last = -1;
	uint32_t i;

	if (to_version == DRIFT_ALL)
		return scratch_migrate(scratch, &set->set, -1);
	for (i = 0; i < view.migration_count && view.migrations[i].version <= to_version; i++)
		last = view.migrations[i].version;
	return last >= 0 ? scratch_migrate(scratch, &set->set, last) : NULL;
}

/* Goes on with the rest of the set, to see what its repeatable migrations make. */
static void find_repeatables(struct scratch *scratch, const struct live_set *set,
                             struct scope *scope, struct drift *drift)
{
	struct set_view view = set_view_of(&set->set, scratch->live.address.dialect);
	int64_t head =
	        view.migration_count > 0 ? view.migrations[view.migration_count - 1].version : -1;
	bool is_good = set_view_call(&view, -1) == NULL;

	if (is_good && head >= 0)
		is_good = scratch_migrate(scratch, &set->set, head) == NULL;
	if (is_good) {
		scope->before = head >= 0 ? scratch_look(&scratch->live) : scope->made;
		is_good = scratch_migrate(scratch, &set->set, -1) == NULL;
	}
	if (is_good)
		scope->behind = scratch_look(&scratch->live);
	if (scope->before == NULL || scope->behind == NULL) {
		scope->behind = NULL;
		catalog_line(&drift->remarks,
		             "what the repeatable migrations make is not known, and counts");
	}
}

static enum drift_result begin(struct scratch *scratch, struct live *live, const char *rehearse,
                               struct drift *drift)
{
	const char *trouble = scratch_open(scratch, live, rehearse);

	if (trouble == NULL)
		return DRIFT_NONE;
	return unknown(drift,
	               arena_format(live->arena, "there is no scratch database: %s", trouble),
	               live->postgres != NULL && rehearse != NULL
	                       ? "--rehearse=URL wants a server where the role may create "
	                         "databases; --rehearse=auto starts one"
	                       : NULL);
}

/* --- The comparison --- */

static void remark_versions(const struct scratch *scratch, const struct live *live,
                            struct drift *drift)
{
	int theirs, ours;

	if (live->postgres == NULL)
		return;
	theirs = PQserverVersion(live->postgres) / 10000;
	ours = PQserverVersion(scratch->live.postgres) / 10000;
	if (theirs != ours)
		catalog_line(&drift->remarks,
		             arena_format(live->arena,
		                          "the database is PostgreSQL %d's, and was compared with "
		                          "one of PostgreSQL %d, which may word things otherwise",
		                          theirs, ours));
}

static void remark_left_out(const struct scope *scope, struct drift *drift)
{
	const char *names = scope_left_out(scope);

	if (names != NULL)
		catalog_line(&drift->remarks,
		             arena_format(scope->arena,
		                          "schemas in which the migrations make nothing were not "
		                          "compared: %s",
		                          names));
}

/* Both are read; the scratch database may go on. */
static enum drift_result compare(struct scratch *scratch, const struct live_set *set,
                                 int64_t to_version, struct scope *scope, struct drift *drift)
{
	static const struct catalog_words words = { ": not in the database",
		                                    ": only in the database",
		                                    ", and the set makes it" };
	struct set_view view = set_view_of(&set->set, scratch->live.address.dialect);

	if (to_version != DRIFT_ALL && view.repeatable_count > 0)
		find_repeatables(scratch, set, scope, drift);
	remark_left_out(scope, drift);
	drift->made = scope->made;
	drift->diff = catalog_diff_in(scope->arena, scope_narrow(scope, scope->made),
	                              scope_narrow(scope, scope->found), &words);
	return drift->diff.count > 0 ? DRIFT_FOUND : DRIFT_NONE;
}

enum drift_result drift_compare_again(struct scratch *scratch, struct live *live,
                                      const struct live_set *set, const struct drift_scope *wanted,
                                      struct drift *drift)
{
	struct arena *arena = live->arena;
	struct scope scope = { .arena = arena, .except = wanted->except };
	const char *trouble = apply(scratch, set, wanted->to_version);

	*drift = (struct drift){ .remarks = { .arena = arena } };
	if (trouble != NULL)
		return unknown(
		        drift,
		        arena_format(arena, "the set fails on a scratch database: %s", trouble),
		        "inlay check says more");
	scope.is_elsewhere = scratch->live.settings.schema != NULL;
	scope.made = scratch_look(&scratch->live);
	if (scope.made == NULL)
		return unknown(drift,
		               arena_format(arena, "the scratch database can not be read: %s",
		                            scratch->live.words),
		               NULL);
	scope.found = wanted->found != NULL ? wanted->found : scratch_look(live);
	if (scope.found == NULL)
		return unknown(drift,
		               arena_format(arena, "the schema can not be read: %s", live->words),
		               NULL);
	remark_versions(scratch, live, drift);
	return compare(scratch, set, wanted->to_version, &scope, drift);
}

enum drift_result drift_compare_on(struct scratch *scratch, struct live *live,
                                   const struct live_set *set, const struct drift_scope *scope,
                                   struct drift *drift)
{
	enum drift_result result;

	*scratch = (struct scratch){ .server = { .lifeline = -1, .child = -1 } };
	*drift = (struct drift){ .remarks = { .arena = live->arena } };
	result = refuse_calls(live, set, scope->to_version, drift);
	if (result == DRIFT_NONE)
		result = begin(scratch, live, scope->rehearse, drift);
	if (result == DRIFT_NONE)
		result = drift_compare_again(scratch, live, set, scope, drift);
	return result;
}
