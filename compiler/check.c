/* check.c - the stages, in order of certainty: each sees what the ones before it left standing. */
#include "check.h"

#include "ignore.h"
#include "lint/lint.h"
#include "rehearse/rehearse.h"
#include "since.h"
#include "syntax.h"

static void judge_statements(struct workspace *workspace, const struct options *options)
{
	const struct migration_set *set = &workspace->set;

	if (!options->no_syntax && set->dialects[DIALECT_POSTGRES])
		syntax_check(set, &workspace->problems);
	if (!options->no_lint)
		lint_set(&workspace->arena, set, &workspace->problems);
}

/* What was asked for and can not be had of this set: nobody looks for what is not said. */
static void refuse_missed(struct workspace *workspace, const struct options *options)
{
	const struct migration_set *set = &workspace->set;
	bool on_postgres = set->dialects[DIALECT_POSTGRES];

	if (options->rehearse != NULL && !on_postgres)
		diagnostics_add(&workspace->problems,
		                (struct problem){ .rule = RULE_REHEARSAL_SERVER,
		                                  .path = set->directory,
		                                  .help = "leave out --rehearse, or check the set "
		                                          "with --dialect all" },
		                "--rehearse is for PostgreSQL, and this is a set for SQLite only");
	if (options->schema_out != NULL && on_postgres && options->rehearse == NULL &&
	    !set->dialects[DIALECT_SQLITE])
		diagnostics_add(&workspace->problems,
		                (struct problem){ .rule = RULE_SCHEMA_OUT,
		                                  .path = options->schema_out,
		                                  .help = "add --rehearse=auto, or the URL of a "
		                                          "server" },
		                "PostgreSQL's schema is known from a rehearsal only");
}

static void rehearse(struct workspace *workspace, const struct options *options)
{
	struct rehearsal rehearsal = {
		.arena = &workspace->arena,
		.set = &workspace->set,
		.sources = &workspace->sources,
		.problems = &workspace->problems,
		.postgres = options->rehearse,
		.schema_out = options->schema_out,
	};

	refuse_missed(workspace, options);
	if (workspace->set.dialects[DIALECT_SQLITE])
		rehearse_sqlite(&rehearsal);
	if (workspace->set.dialects[DIALECT_POSTGRES] && options->rehearse != NULL)
		rehearse_postgres(&rehearsal);
}

/* Which rules were looked for: of the others nobody knows whether an ignore is of use. */
static void note_what_ran(const struct workspace *workspace, const struct options *options,
                          bool rehearsed, bool ran[RULE_COUNT])
{
	int rule;

	if (workspace->set.dialects[DIALECT_POSTGRES])
		rehearsed = rehearsed && options->rehearse != NULL;
	for (rule = 0; rule < RULE_COUNT; rule++)
		switch (rule_group((enum rule)rule)) {
		case GROUP_CORE: ran[rule] = true; break;
		case GROUP_STAGE: ran[rule] = rehearsed; break;
		case GROUP_LINT: ran[rule] = !options->no_lint; break;
		case GROUP_STYLE: ran[rule] = !options->no_lint && options->style; break;
		case GROUP_LIVE: ran[rule] = false; break;
		}
	ran[RULE_SYNTAX] = !options->no_syntax && syntax_version() != NULL;
}

void check_set(struct workspace *workspace, const struct options *options, const bool *dialects)
{
	struct diagnostics *problems = &workspace->problems;
	bool ran[RULE_COUNT];
	bool rehearsed = false;
	struct ignore_list *ignores;

	set_read(workspace, options, dialects);
	since_settle(&workspace->arena, &workspace->set, &workspace->lock, options->since,
	             problems);
	judge_statements(workspace, options);
	ignores = ignore_read(&workspace->arena, &workspace->sources, &workspace->set, problems);
	ignore_apply(ignores, problems);
	if (problems->error_count == 0 && !options->no_rehearsal) {
		rehearse(workspace, options);
		ignore_apply(ignores, problems);
		rehearsed = true;
	}
	/* Last: what the lock file says of a new migration is no reason not to try it. */
	lock_file_check(&workspace->arena, &workspace->lock, &workspace->set, problems);
	note_what_ran(workspace, options, rehearsed, ran);
	ignore_report_unused(ignores, ran, problems);
}
