/* history.c - each migration as the set and the database have it. */
#include "parts.h"

#include "drift.h"

#include <string.h>

/* --- Where --- */

struct problem pass_problem(const struct pass *pass, enum rule rule, const char *help)
{
	return (struct problem){
		.rule = rule,
		.path = pass->live->address.shown,
		.help = help,
	};
}

static const struct source *file_of(const struct pass *pass, const struct migration *migration)
{
	return migration->variants[pass->live->address.dialect].up.source;
}

static const struct source *find_source(const struct pass *pass, int64_t version,
                                        const char *filename)
{
	const struct workspace *workspace = pass->verification->set->workspace;
	size_t i;

	if (workspace == NULL)
		return NULL;
	for (i = 0; i < workspace->set.count && version >= 0; i++)
		if (workspace->set.items[i].version == version)
			return file_of(pass, &workspace->set.items[i]);
	for (i = 0; i < workspace->set.repeatable_count && version < 0; i++) {
		const struct source *source = file_of(pass, &workspace->set.repeatables[i]);

		if (source != NULL && strcmp(source_base_name(source->path), filename) == 0)
			return source;
	}
	return NULL;
}

struct problem pass_problem_at(const struct pass *pass, enum rule rule, int64_t version,
                               const char *filename)
{
	const struct inlay_image_migration *migration =
	        version >= 0 ? set_view_find(&pass->view, version) : NULL;
	struct problem problem = pass_problem(pass, rule, NULL);

	problem.source = find_source(pass, version, filename);
	if (problem.source == NULL && migration != NULL)
		problem.path = set_view_text(&pass->view, migration->file);
	return problem;
}

/* --- What --- */

struct tally {
	size_t pending;
	const char *first_pending;
	size_t ahead;
	const char *first_ahead;
};

/* Ahead: one of many; told of each only where programs must not run any more. */
static bool is_ahead(const struct inlay_migration_status *row)
{
	return row->state == INLAY_STATE_AHEAD && row->progress < 0 &&
	       (row->flags & INLAY_STATUS_BARRING) == 0;
}

static enum rule rule_for(const struct inlay_migration_status *row)
{
	if ((row->flags & INLAY_STATUS_AT_WORK) != 0)
		return RULE_LIVE_PENDING;
	if (row->progress >= 0)
		return RULE_LIVE_INTERRUPTED;
	switch (row->state) {
	case INLAY_STATE_APPLIED:
		return (row->flags & INLAY_STATUS_ALTERED) != 0 ? RULE_LIVE_CHAIN
		                                                : RULE_LIVE_REFORMATTED;
	case INLAY_STATE_EDITED: return RULE_LIVE_EDITED;
	case INLAY_STATE_MISSING: return RULE_LIVE_MISSING;
	case INLAY_STATE_LATE: return RULE_LIVE_LATE;
	case INLAY_STATE_AHEAD: return RULE_LIVE_BARRED;
	case INLAY_STATE_INTERRUPTED: return RULE_LIVE_INTERRUPTED;
	case INLAY_STATE_PENDING: break;
	}
	return RULE_LIVE_PENDING;
}

/* Why the schema can not be compared, with such a migration; or NULL. */
static const char *uncomparable(const struct inlay_migration_status *row)
{
	if (row->progress >= 0)
		return "a migration is half done";
	switch (row->state) {
	case INLAY_STATE_MISSING:
	case INLAY_STATE_AHEAD: return "the database has migrations that the set lacks";
	case INLAY_STATE_LATE: return "a migration is pending, and later ones are applied";
	default: return NULL;
	}
}

static void judge_one(struct pass *pass, struct tally *tally,
                      const struct inlay_migration_status *row)
{
	struct problem problem;
	const char *words, *why_not = uncomparable(row);

	if (why_not != NULL)
		pass->uncomparable = why_not;
	if (row->state == INLAY_STATE_PENDING && tally->pending++ == 0)
		tally->first_pending = row->filename;
	if (is_ahead(row) && tally->ahead++ == 0)
		tally->first_ahead = row->filename;
	if (row->state == INLAY_STATE_PENDING || is_ahead(row))
		return;
	problem = pass_problem_at(pass, rule_for(row), row->version, row->filename);
	words = standing_words(&pass->standing, row, &problem.help);
	if (words != NULL)
		diagnostics_add(pass->problems, problem, "%s", words);
}

/* One sentence for all of them: where there is one there are many. */
static void tell_tally(struct pass *pass, const struct tally *tally)
{
	bool is_finding = pass->verification->options->up_to_date;

	if (tally->ahead > 0)
		diagnostics_add(pass->problems,
		                pass_problem(pass, RULE_LIVE_AHEAD,
		                             "verify with the set of the release that was deployed "
		                             "last"),
		                "%zu migration%s ahead, from a later release than this set: %s%s",
		                tally->ahead, tally->ahead == 1 ? " is" : "s are",
		                tally->first_ahead, tally->ahead == 1 ? "" : " first");
	if (tally->pending > 0)
		diagnostics_add(pass->problems,
		                pass_problem(pass,
		                             is_finding ? RULE_LIVE_BEHIND : RULE_LIVE_PENDING,
		                             is_finding ? "inlay up applies them" : NULL),
		                "%zu migration%s pending: %s%s", tally->pending,
		                tally->pending == 1 ? " is" : "s are", tally->first_pending,
		                tally->pending == 1 ? "" : " first");
}

void history_refuse(struct pass *pass, const char *message)
{
	pass->uncomparable = "nobody knows what is applied";
	diagnostics_add(pass->problems, pass_problem(pass, RULE_LIVE_TRACKING, NULL), "%s",
	                message);
}

void history_judge(struct pass *pass)
{
	const struct recorded *recorded = &pass->recorded;
	struct tally tally = { .pending = 0 };
	size_t i;

	if (recorded->format > RECORDED_FORMAT) {
		history_refuse(pass, arena_format(pass->arena,
		                                  "the tracking tables are in format %lld, and "
		                                  "inlay " INLAY_VERSION
		                                  " knows format %d: verify with a newer one",
		                                  (long long)recorded->format, RECORDED_FORMAT));
		return;
	}
	if (pass->standing.elsewhere != NULL) {
		history_refuse(pass, pass->standing.elsewhere);
		return;
	}
	for (i = 0; i < pass->standing.count; i++)
		judge_one(pass, &tally, &pass->standing.rows[i]);
	tell_tally(pass, &tally);
	if (tally.pending == 0)
		pass->to_version = DRIFT_ALL;
	else if (recorded->row_count > 0)
		pass->to_version = recorded->rows[recorded->row_count - 1].version;
	chain_judge(pass);
	pass->verification->saw_history = true;
}
