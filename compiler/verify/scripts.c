/* scripts.c - the set's scripts, up, down and up again, as `inlay check` rehearses them. */
#include "parts.h"

#include "ignore.h"
#include "rehearse/rehearse.h"

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

void scripts_judge(struct pass *pass, const struct scratch *scratch)
{
	struct workspace *workspace = pass->verification->set->workspace;
	struct diagnostics found = { .arena = pass->arena };
	struct diagnostics dropped = { .arena = pass->arena };
	struct rehearsal rehearsal = {
		.arena = pass->arena,
		.problems = &found,
		.postgres = scratch->server.url,
	};

	if (workspace == NULL) {
		diagnostics_add(pass->problems, pass_problem(pass, RULE_LIVE_UNSEEN, NULL),
		                "up, down and up again was not tried: that needs the files, and "
		                "the set is a program's");
		return;
	}
	rehearsal.set = &workspace->set;
	rehearsal.sources = &workspace->sources;
	if (pass->live->sqlite != NULL)
		rehearse_sqlite(&rehearsal);
	else
		rehearse_postgres(&rehearsal);
	diagnostics_filter(&found, is_wanted, NULL);
	ignore_apply(ignore_read(pass->arena, &workspace->sources, &workspace->set, &dropped),
	             &found);
	take_all(pass, &found);
	pass->verification->saw_scripts = true;
}
