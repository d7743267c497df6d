/* history.c - each migration as the set and the database have it. */
#include "parts.h"

#include "checksum.h"

#include <stdio.h>
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

/* --- What was applied --- */

static void tell_edited(struct pass *pass, const struct recorded_state *state)
{
	struct problem problem =
	        pass_problem_at(pass, RULE_LIVE_EDITED, state->version, state->filename);

	problem.help = "bring the file back to what was applied, and write the change as a new "
	               "migration; where the database has what the file says now, inlay repair "
	               "--accept records that";
	diagnostics_add(pass->problems, problem,
	                "%s was applied on %s with other SQL than the set has", state->filename,
	                state->applied_at);
}

static void judge_layout(struct pass *pass, const struct recorded_state *state)
{
	const struct inlay_image_migration *migration = set_view_find(&pass->view, state->version);
	const struct recorded_row *row = recorded_find(&pass->recorded, state->version);
	char hex[DIGEST_HEX_SIZE];

	if (migration == NULL || row == NULL)
		return;
	digest_to_hex(&migration->source_checksum, hex);
	if (strcmp(hex, row->source_checksum) != 0)
		diagnostics_add(pass->problems,
		                pass_problem_at(pass, RULE_LIVE_REFORMATTED, state->version,
		                                state->filename),
		                "%s differs from what was applied in layout and comments only",
		                state->filename);
}

static void tell_missing(struct pass *pass, const struct recorded_state *state)
{
	struct problem problem = pass_problem(
	        pass, RULE_LIVE_MISSING,
	        "bring the file back, or verify with the set that the database was migrated with");

	pass->uncomparable = "the database has migrations that the set lacks";
	diagnostics_add(pass->problems, problem,
	                "%s was applied on %s, and the set has later migrations but not this one",
	                state->filename, state->applied_at);
}

static void tell_late(struct pass *pass, const struct recorded_state *state)
{
	struct problem problem =
	        pass_problem_at(pass, RULE_LIVE_LATE, state->version, state->filename);

	problem.help = "give it a version behind the last one that is applied";
	pass->uncomparable = "a migration in the middle is pending";
	diagnostics_add(pass->problems, problem,
	                "%s is pending, and later migrations are applied already", state->filename);
}

static void tell_interrupted(struct pass *pass, const struct recorded_state *state)
{
	const struct recorded_row *row = recorded_find(&pass->recorded, state->version);
	bool is_down = row != NULL && strcmp(row->direction, "down") == 0;
	struct problem problem =
	        pass_problem_at(pass, RULE_LIVE_INTERRUPTED, state->version, state->filename);

	problem.help = "inlay repair says what is wrong and what it can do; inlay up goes on where "
	               "that is certain";
	pass->uncomparable = "a migration is half done";
	diagnostics_add(pass->problems, problem,
	                "%s of %s has begun on %s and not finished, or is at work just now",
	                is_down ? "the rollback" : "the up script", state->filename,
	                state->applied_at);
}

/* --- What was not, and what is more --- */

struct tally {
	size_t pending;
	const struct recorded_state *first_pending;
	size_t ahead;
	const struct recorded_state *first_ahead;
	bool is_barred;
};

static void tell_pending(struct pass *pass, const struct tally *tally)
{
	bool is_finding = pass->verification->options->up_to_date;
	const struct recorded_state *first = tally->first_pending;
	struct problem problem =
	        pass_problem(pass, is_finding ? RULE_LIVE_BEHIND : RULE_LIVE_PENDING,
	                     is_finding ? "inlay up applies them" : NULL);

	if (tally->pending == 0)
		return;
	diagnostics_add(pass->problems, problem, "%zu migration%s pending, %s%s", tally->pending,
	                tally->pending == 1 ? " is" : "s are", first->filename,
	                tally->pending == 1 ? "" : " first");
}

static void tell_ahead(struct pass *pass, const struct tally *tally)
{
	struct problem problem = pass_problem(
	        pass, RULE_LIVE_AHEAD,
	        tally->is_barred
	                ? "one of them is breaking: programs with this set refuse to start here"
	                : "verify with the set of the release that was deployed last");

	if (tally->ahead == 0)
		return;
	pass->uncomparable = "the database has migrations that the set lacks";
	diagnostics_add(pass->problems, problem,
	                "the database has %zu migration%s that %s later than the set, %s%s",
	                tally->ahead, tally->ahead == 1 ? "" : "s",
	                tally->ahead == 1 ? "is" : "are", tally->first_ahead->filename,
	                tally->ahead == 1 ? "" : " first");
}

static void count(struct tally *tally, const struct pass *pass, const struct recorded_state *state)
{
	const struct set_view *view = &pass->view;
	const struct recorded_row *row = recorded_find(&pass->recorded, state->version);
	int64_t head = view->migration_count > 0
	                       ? view->migrations[view->migration_count - 1].version
	                       : -1;

	if (state->state == INLAY_STATE_PENDING) {
		if (tally->pending++ == 0)
			tally->first_pending = state;
		return;
	}
	if (tally->ahead++ == 0)
		tally->first_ahead = state;
	if (state->version >= 0 && row != NULL && row->floor > 0 && row->floor > head)
		tally->is_barred = true;
}

/* --- All --- */

static void judge_one(struct pass *pass, struct tally *tally, const struct recorded_state *state)
{
	switch (state->state) {
	case INLAY_STATE_APPLIED: judge_layout(pass, state); break;
	case INLAY_STATE_EDITED: tell_edited(pass, state); break;
	case INLAY_STATE_MISSING: tell_missing(pass, state); break;
	case INLAY_STATE_LATE: tell_late(pass, state); break;
	case INLAY_STATE_INTERRUPTED: tell_interrupted(pass, state); break;
	case INLAY_STATE_PENDING:
	case INLAY_STATE_AHEAD: count(tally, pass, state); break;
	}
}

/* How far the schema can be compared. */
static void settle_limit(struct pass *pass, const struct tally *tally)
{
	const struct recorded *recorded = &pass->recorded;

	if (tally->pending == 0)
		pass->to_version = -1;
	else if (recorded->row_count > 0)
		pass->to_version = recorded->rows[recorded->row_count - 1].version;
}

static void tell_tracking(struct pass *pass, const char *message)
{
	pass->uncomparable = "the history can not be read";
	diagnostics_add(pass->problems, pass_problem(pass, RULE_LIVE_TRACKING, NULL), "%s",
	                message);
}

void history_judge(struct pass *pass, const struct inlay_error *error)
{
	struct tally tally = { .pending = 0 };
	size_t i;

	if (error->result == INLAY_FOREIGN) {
		tell_tracking(pass, error->message);
		return;
	}
	if (pass->recorded.format > RECORDED_FORMAT) {
		tell_tracking(pass,
		              arena_format(pass->arena,
		                           "the tracking tables are in format %lld, and this is "
		                           "inlay " INLAY_VERSION ", which knows format %d: "
		                           "verify with a newer one",
		                           (long long)pass->recorded.format, RECORDED_FORMAT));
		return;
	}
	for (i = 0; i < pass->recorded.state_count; i++)
		judge_one(pass, &tally, &pass->recorded.states[i]);
	tell_ahead(pass, &tally);
	tell_pending(pass, &tally);
	settle_limit(pass, &tally);
	chain_judge(pass);
	pass->verification->saw_history = true;
}
