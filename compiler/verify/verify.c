/* verify.c - the looks, in order: each knows what the ones before it have said. */
#include "verify.h"

#include "drift.h"
#include "parts.h"

#include <string.h>

static void tell_unseen(struct pass *pass, const char *what, const char *why, const char *help)
{
	diagnostics_add(pass->problems, pass_problem(pass, RULE_LIVE_UNSEEN, help), "%s: %s", what,
	                why);
}

/* --- Other tools --- */

static void tell_foreign(struct pass *pass)
{
	const struct verification *verification = pass->verification;
	size_t i;

	for (i = 0; i < verification->foreign_count; i++)
		diagnostics_add(pass->problems, pass_problem(pass, RULE_LIVE_FOREIGN, NULL),
		                "%s is a table of %s: who still migrates with that goes behind "
		                "inlay's back",
		                verification->foreign[i].table, verification->foreign[i].tool);
}

/* --- The schema --- */

/* "~ table t: constraint c ..." of a leftover "table t: constraint c ", "+ index i" and "~ index i:
 * ..." of "index i". */
static bool is_told(const struct pass *pass, const char *line)
{
	size_t i;

	for (i = 0; i < pass->told.count; i++) {
		const char *start = pass->told.items[i];
		size_t size = strlen(start);

		if (strncmp(line + 2, start, size) == 0 &&
		    (start[size - 1] == ' ' || line[2 + size] == '\0' || line[2 + size] == ':'))
			return true;
	}
	return false;
}

static void tell_drift(struct pass *pass, const struct drift *drift)
{
	const char *help = "+ is only in the database, - is missing there, ~ is otherwise: undo it "
	                   "there, or write it as a migration; --except NAME leaves out what is "
	                   "not the application's";
	size_t i;

	for (i = 0; i < drift->diff.count; i++) {
		if (is_told(pass, drift->diff.lines[i]))
			continue;
		diagnostics_add(pass->problems, pass_problem(pass, RULE_LIVE_DRIFT, help), "%s",
		                drift->diff.lines[i]);
		help = NULL; /* Once is enough. */
	}
}

/* The live database has been read; leftovers are told first, as they are the better words for what
 * they are about. */
static void judge_schema(struct pass *pass)
{
	struct drift_scope scope = {
		.to_version = pass->to_version,
		.rehearse = pass->verification->options->rehearse,
		.except = pass->verification->except,
		.found = pass->found,
	};
	struct scratch scratch = { .server = { .lifeline = -1, .child = -1 } };
	struct drift drift = { .why_not = pass->uncomparable };
	enum drift_result result = DRIFT_UNKNOWN;
	size_t i;

	if (pass->uncomparable == NULL)
		result = drift_compare_on(&scratch, pass->live, pass->verification->set, &scope,
		                          &drift);
	pass->made = drift.made;
	leftovers_tell(pass);
	if (result == DRIFT_UNKNOWN)
		tell_unseen(pass, "the schema was not compared", drift.why_not, drift.help);
	for (i = 0; i < drift.remarks.count; i++)
		diagnostics_add(pass->problems, pass_problem(pass, RULE_LIVE_UNSEEN, NULL), "%s",
		                drift.remarks.items[i]);
	if (result == DRIFT_FOUND)
		tell_drift(pass, &drift);
	pass->verification->saw_schema = result != DRIFT_UNKNOWN;
	if (result != DRIFT_UNKNOWN)
		scripts_judge(pass, &scratch);
	scratch_close(&scratch);
}

/* The history.  The transaction is open behind it. */
static enum exit_code look_back(struct pass *pass)
{
	const struct inlay_set *set = &pass->verification->set->set;
	struct inlay_error error = inlay_error_init();
	enum exit_code code;

	if (live_status(pass->live, set, NULL, NULL, &error) == INLAY_FOREIGN) {
		history_refuse(pass, live_spell(pass->live, &error));
		return recorded_begin(pass->live)
		               ? EXIT_DONE
		               : live_fail(pass->live, NULL, "%s: %s", pass->live->address.shown,
		                           pass->live->words);
	}
	code = recorded_read(&pass->recorded, &pass->standing, pass->live, set);
	if (code == EXIT_DONE)
		history_judge(pass);
	return code;
}

/* All that is asked of the live database, in one transaction that does not last longer. */
static enum exit_code look(struct pass *pass)
{
	struct live *live = pass->live;
	enum exit_code code = look_back(pass);

	if (code != EXIT_DONE)
		return code;
	leftovers_read(pass);
	pass->found = scratch_look(live);
	if (pass->found == NULL)
		pass->uncomparable =
		        arena_format(pass->arena, "it can not be read: %s", live->words);
	recorded_end(live);
	return EXIT_DONE;
}

enum exit_code verify_run(struct verification *verification)
{
	struct live *live = verification->live;
	struct pass pass = {
		.verification = verification,
		.live = live,
		.arena = live->arena,
		.problems = &verification->problems,
		.view = set_view_of(&verification->set->set, live->address.dialect),
		.recorded = { .arena = live->arena },
		.to_version = DRIFT_NOTHING,
		.told = { .arena = live->arena },
	};
	enum exit_code code;

	verification->migration_count = pass.view.migration_count;
	verification->repeatable_count = pass.view.repeatable_count;
	code = look(&pass);

	if (code != EXIT_DONE)
		return code;
	tell_foreign(&pass);
	judge_schema(&pass);
	return EXIT_DONE;
}
