/* report.c - diagnostics to standard error, and to an exit code. */
#include "report.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum exit_code report_problems(struct diagnostics *problems, const struct options *options)
{
	enum exit_code code = problems->error_count > 0 ? EXIT_INVALID : EXIT_DONE;
	struct buffer text = { 0 };
	size_t i;

	for (i = 0; i < problems->count; i++)
		if (problems->items[i].problem.rule == RULE_DIRECTORY)
			code = EXIT_NO_INPUT;
	diagnostics_render(problems, options->quiet ? SEVERITY_WARNING : SEVERITY_NOTE, &text);
	if (text.size > 0)
		fwrite(text.start, 1, text.size, stderr);
	buffer_clear(&text);
	return code;
}

enum exit_code report_unwritten(const char *path)
{
	int error = errno;

	fprintf(stderr, "inlay: %s: %s\n", path, strerror(error));
	if (error == ENOENT || error == ENOTDIR)
		fputs("    help: create the directory it goes to first\n", stderr);
	return EXIT_NO_OUTPUT;
}
