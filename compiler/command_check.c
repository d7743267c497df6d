/* command_check.c - `inlay check`: what compile would find, and nothing written. */
#include "commands.h"

#include "check.h"
#include "report.h"

enum exit_code command_check(const struct options *options)
{
	bool dialects[DIALECT_COUNT];
	struct workspace workspace;
	enum exit_code code;

	if (!options_dialects(options, dialects))
		return EXIT_USAGE;
	check_set(&workspace, options, options->dialect != NULL ? dialects : NULL);
	code = report_problems(&workspace.problems, options);
	set_clear(&workspace);
	return code;
}
