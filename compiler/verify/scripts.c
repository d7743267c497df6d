/* scripts.c - the set's scripts, up, down and up again: file by file as `inlay check` does it; of
 * a program's set as a whole. */
#include "parts.h"

#include "drift.h"
#include "ignore.h"
#include "rehearse/rehearse.h"

/* --- From files --- */

/* Of a migration that is released the rehearsal with rows says nothing: the tables it met were
 * others.  Where it went and did not come back does matter. */
static bool is_wanted(const struct diagnostic *diagnostic, void *context)
{
	(void)context;
	return diagnostic->problem.rule != RULE_REHEARSAL_ROWS &&
	       diagnostic->problem.rule != RULE_REHEARSAL_LOST;
}

static void take_all(struct pass *pass, const struct diagnostics *found)
{
	size_t i;

	for (i = 0; i < found->count; i++)
		diagnostics_add(pass->problems, found->items[i].problem, "%s",
		                found->items[i].message);
}

static void judge_files(struct pass *pass, const struct scratch *scratch)
{
	struct workspace *workspace = pass->verification->set->workspace;
	struct diagnostics found = { .arena = pass->arena };
	struct diagnostics dropped = { .arena = pass->arena };
	struct rehearsal rehearsal = {
		.arena = pass->arena,
		.set = &workspace->set,
		.sources = &workspace->sources,
		.problems = &found,
		.postgres = scratch->server.url,
	};

	if (pass->live->sqlite != NULL)
		rehearse_sqlite(&rehearsal);
	else
		rehearse_postgres(&rehearsal);
	diagnostics_filter(&found, is_wanted, NULL);
	ignore_apply(ignore_read(pass->arena, &workspace->sources, &workspace->set, &dropped),
	             &found);
	take_all(pass, &found);
}

/* --- As a whole --- */

/* How many of the last ones can be undone here. */
static uint32_t count_reversible(const struct set_view *view)
{
	uint32_t i = view->migration_count;

	while (i > 0 && (view->migrations[i - 1].flags & INLAY_MIGRATION_HAS_DOWN) != 0 &&
	       !set_view_down_calls(view, &view->migrations[i - 1]))
		i--;
	return view->migration_count - i;
}

static void tell_failure(struct pass *pass, enum rule rule, const char *words)
{
	diagnostics_add(pass->problems, pass_problem(pass, rule, NULL), "%s", words);
}

static void tell_difference(struct pass *pass, const struct catalog_diff *diff)
{
	size_t i;

	for (i = 0; i < diff->count; i++)
		diagnostics_add(pass->problems,
		                pass_problem(pass, RULE_REHEARSAL_AGAIN,
		                             i > 0 ? NULL
		                                   : "make down undo all that up does, and "
		                                     "nothing else"),
		                "up, down and up again lead to another schema than up: %s",
		                diff->lines[i]);
}

/* Down as far as there are scripts, and up again. */
static void go_back_and_forth(struct pass *pass, struct scratch *scratch, uint32_t count)
{
	const struct inlay_set *set = &pass->verification->set->set;
	struct inlay_rollback_scope last = inlay_rollback_last(count);
	struct inlay_error error = inlay_error_init();
	const struct catalog *before = scratch_look(&scratch->live);
	const struct catalog *behind;
	const char *trouble;

	if (live_rollback(&scratch->live, set, &last, &error) != INLAY_OK) {
		tell_failure(pass, RULE_REHEARSAL, arena_string(pass->arena, error.message));
		return;
	}
	trouble = scratch_migrate(scratch, set, -1);
	if (trouble != NULL) {
		tell_failure(pass, RULE_REHEARSAL_AGAIN,
		             arena_format(pass->arena, "after up and down, up fails: %s", trouble));
		return;
	}
	behind = scratch_look(&scratch->live);
	if (before != NULL && behind != NULL) {
		struct catalog_diff diff = catalog_diff(pass->arena, before, behind);

		tell_difference(pass, &diff);
	}
}

static void judge_whole(struct pass *pass, struct scratch *scratch)
{
	const struct inlay_image_migration *call = set_view_call(&pass->view, DRIFT_ALL);
	uint32_t count = count_reversible(&pass->view);
	const char *trouble;

	if (call != NULL) {
		tell_failure(pass, RULE_REHEARSAL_STOPPED,
		             arena_format(pass->arena,
		                          "%s calls a function of the application: up, down and up "
		                          "again was not tried",
		                          set_view_file(&pass->view, call)));
		return;
	}
	trouble = scratch_migrate(scratch, &pass->verification->set->set, -1);
	if (trouble != NULL)
		tell_failure(pass, RULE_REHEARSAL, trouble);
	else if (count > 0)
		go_back_and_forth(pass, scratch, count);
}

void scripts_judge(struct pass *pass, struct scratch *scratch)
{
	if (pass->verification->set->workspace != NULL)
		judge_files(pass, scratch);
	else
		judge_whole(pass, scratch);
	pass->verification->saw_scripts = true;
}
