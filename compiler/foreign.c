/* foreign.c - whose word it is, and what to do about it. */
#include "foreign.h"

#include "directive.h"

#include <string.h>

void foreign_report(struct arena *arena, struct problem problem, struct diagnostics *problems)
{
	const char *own = problem.source->tool;
	const char *tool = directive_tool(problem.at);
	const char *layout = directive_layout(problem.at);

	if (own != NULL && strcmp(own, tool) == 0)
		return;
	problem.help = "write `-- migrate:up` and `-- migrate:down` sections";
	if (own != NULL)
		problem.help = arena_format(
		        arena, "the directory is read as %s's: keep the two tools apart", own);
	else if (layout != NULL)
		problem.help = arena_format(
		        arena,
		        "--layout %s reads a directory of %s as it is; in one of inlay write "
		        "`-- migrate:up` and `-- migrate:down` sections",
		        layout, tool);
	diagnostics_add(problems, problem, "this is a directive of %s", tool);
}

bool foreign_clashes(const struct source *source, struct text comment, struct text word)
{
	const struct source *file;

	/* What stands in the file as it is was not put there by formats/. */
	return source->tool != NULL &&
	       text_equals(source_as_written(source, comment, &file), comment) &&
	       (text_equals(word, text_of("migrate:up")) ||
	        text_equals(word, text_of("migrate:down")) ||
	        text_equals(word, text_of("migrate:repeatable")));
}
