/* check.c - `inlay check`: what compile would find, and nothing written. */
#include "commands.h"

#include "check.h"
#include "image.h"
#include "layout.h"
#include "report.h"
#include "syntax.h"

#include <stdio.h>

/* "lexer, PostgreSQL's grammar, lint, rehearsal on SQLite" */
static void add_stages(struct buffer *out, const struct options *options, const bool *dialects)
{
	buffer_string(out, "lexer");
	if (dialects[DIALECT_POSTGRES] && !options->no_syntax && syntax_version() != NULL)
		buffer_string(out, ", PostgreSQL's grammar");
	if (!options->no_lint)
		buffer_string(out, options->style ? ", lint and style" : ", lint");
	if (options->no_rehearsal)
		return;
	if (dialects[DIALECT_SQLITE])
		buffer_string(out, ", rehearsal on SQLite");
	if (dialects[DIALECT_POSTGRES] && options->rehearse != NULL)
		buffer_string(out, ", rehearsal on PostgreSQL");
}

/* What was looked at, when nothing was wrong: silence would not say whether anything was. */
static void tell(const struct workspace *workspace, const struct options *options)
{
	const struct migration_set *set = &workspace->set;
	struct buffer text = { 0 };

	image_write_counts(&text, set->count, set->repeatable_count);
	buffer_format(&text, " in %zu file%s for %s: ", workspace->sources.count,
	              workspace->sources.count == 1 ? "" : "s", dialect_titles(set->dialects));
	add_stages(&text, options, set->dialects);
	printf("%s: nothing wrong with %.*s\n", set->directory, (int)text.size,
	       (const char *)text.start);
	buffer_clear(&text);
}

enum exit_code command_check(const struct options *options)
{
	bool dialects[DIALECT_COUNT];
	struct workspace workspace;
	enum exit_code code;

	if (!options_dialects(options, dialects))
		return EXIT_USAGE;
	check_set(&workspace, options, options->dialect != NULL ? dialects : NULL);
	code = report_problems(&workspace.problems, options);
	if (code == EXIT_DONE && report_count_warnings(&workspace.problems) > 0)
		code = EXIT_FINDINGS;
	if (code == EXIT_DONE && report_is_wanted(options))
		tell(&workspace, options);
	set_clear(&workspace);
	return code;
}
